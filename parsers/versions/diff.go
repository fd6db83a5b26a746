// Package versions compares two versions of an article: which fields, paragraphs,
// sentences and words differ, and what kind of edit that is. It renders the result
// for terminals and as an HTML page. It does not know where versions are kept, and
// it has no clock: the same two articles always give the same Diff.
//
// Compare works from the whole to the part. Blocks are aligned first, by their text
// and then by their words; sentences within edited blocks next; words within edited
// sentences last. Every step is bounded by sizes, never by time.
package versions

import "github.com/newsmorgue/newsmorgue/parsers/article"

// Schema names the format of Diff's JSON.
const Schema = "newsmorgue.diff/1"

// A Diff is what changed between two versions of an article. It holds the text of
// both bodies: Before and After give them back.
type Diff struct {
	Schema  string  `json:"schema"`
	URL     string  `json:"url"`
	Title   string  `json:"title,omitempty"` // of the later version, else of the earlier
	From    string  `json:"from,omitempty"`  // names of the two versions, for readers: set by the caller
	To      string  `json:"to,omitempty"`
	Class   Class   `json:"class"`   // the most severe of Classes; "none" if nothing changed
	Classes []Class `json:"classes"` // each once, the most severe first
	// Silent reports a substantive edit that the page does not mention: there is no new
	// note, and the date of modification is the same. Live pages are never silent: that
	// they change is what they are for.
	Silent  bool    `json:"silent"`
	Summary string  `json:"summary"` // one English sentence, without a full stop
	Counts  Counts  `json:"counts"`
	Notes   []Note  `json:"notes,omitempty"`
	Fields  []Field `json:"fields"` // only those that differ
	Blocks  []Block `json:"blocks"` // all, in the order of the later version; removed ones stand where they were
}

// Changed reports whether anything differs.
func (d *Diff) Changed() bool { return d.Class != None }

// Counts are the sizes of an edit. Sentences and words are those of the body.
// Moved and reformatted text counts as neither added nor removed.
type Counts struct {
	BlocksAdded          int `json:"blocks_added"` // with something that did not move there from elsewhere
	BlocksRemoved        int `json:"blocks_removed"`
	BlocksEdited         int `json:"blocks_edited"`
	BlocksMoved          int `json:"blocks_moved"`
	BlocksRearranged     int `json:"blocks_rearranged"` // split or joined
	BlocksUnchanged      int `json:"blocks_unchanged"`
	SentencesAdded       int `json:"sentences_added"`
	SentencesRemoved     int `json:"sentences_removed"`
	SentencesEdited      int `json:"sentences_edited"`
	SentencesMoved       int `json:"sentences_moved"`
	SentencesReformatted int `json:"sentences_reformatted"` // edited, but cosmetic only
	WordsAdded           int `json:"words_added"`
	WordsRemoved         int `json:"words_removed"`
}

// An Op says what happened to a block, a sentence or an item of a field.
type Op string

// The operations. MovedOut and MovedIn are of sentences and items only: a sentence
// that moved is listed at both places.
const (
	Equal    Op = "equal"
	Added    Op = "added"
	Removed  Op = "removed"
	Edited   Op = "edited"
	Moved    Op = "moved" // and otherwise unchanged
	MovedOut Op = "moved_out"
	MovedIn  Op = "moved_in"
)

// A Field is one that differs, by its name in the article's JSON.
type Field struct {
	Name   string     `json:"name"`
	Op     Op         `json:"op"` // Added, Removed or Edited
	Class  Class      `json:"class"`
	Before string     `json:"before,omitempty"` // of fields with one value
	After  string     `json:"after,omitempty"`
	Spans  []Span     `json:"spans,omitempty"` // of edited prose: title, subtitle, summary, byline
	Items  []Sentence `json:"items,omitempty"` // of lists: the values that differ
}

// A Block is a part of the body in both versions or in one: usually one block, or
// several where a paragraph was split or paragraphs were joined.
type Block struct {
	Op         Op     `json:"op"`
	Moved      bool   `json:"moved,omitempty"`      // also of edited blocks
	Rearranged bool   `json:"rearranged,omitempty"` // split or joined: Before and After differ in length
	Class      Class  `json:"class"`
	Type       string `json:"type"`                  // as in article.Block; of the later version if it has one
	TypeBefore string `json:"type_before,omitempty"` // if that differs
	Before     []int  `json:"before,omitempty"`      // indexes into the earlier body
	After      []int  `json:"after,omitempty"`       // indexes into the later body
	// Lines is the content of equal and moved blocks: one text, or the items of a list,
	// or the rows of a table with tabs between cells. Media and embeds have a label.
	Lines []string `json:"lines,omitempty"`
	// Sentences are the content of other blocks: sentences of a text, items of a list,
	// rows of a table.
	Sentences []Sentence `json:"sentences,omitempty"`
}

// A Sentence is one unit of an edited, added or removed block, with the white space
// that follows it.
type Sentence struct {
	Op     Op     `json:"op"`
	Class  Class  `json:"class"`
	Text   string `json:"text,omitempty"`   // of ops with one text
	Before string `json:"before,omitempty"` // of edited ones, and of equal ones whose white space at the end differs
	After  string `json:"after,omitempty"`
	Spans  []Span `json:"spans,omitempty"` // of edited ones
	At     *int   `json:"at,omitempty"`    // of moved ones: index into Diff.Blocks of the other place
	// EndsBefore and EndsAfter mark the last sentence of a block of the earlier and of
	// the later version, where a Block stands for several.
	EndsBefore bool `json:"ends_before,omitempty"`
	EndsAfter  bool `json:"ends_after,omitempty"`
}

// Old is the sentence in the earlier version, "" if it was not there.
func (s *Sentence) Old() string {
	switch {
	case s.Op == Added || s.Op == MovedIn:
		return ""
	case s.two():
		return s.Before
	}
	return s.Text
}

// New is the sentence in the later version, "" if it is not there.
func (s *Sentence) New() string {
	switch {
	case s.Op == Removed || s.Op == MovedOut:
		return ""
	case s.two():
		return s.After
	}
	return s.Text
}

func (s *Sentence) two() bool { return s.Before != "" || s.After != "" }

// A Span is a run of words of an edited sentence.
type Span struct {
	Op   SpanOp `json:"op"`
	Text string `json:"text"`
}

// A SpanOp says in which version a run of words is.
type SpanOp string

// The operations on words.
const (
	Keep   SpanOp = "equal"
	Insert SpanOp = "insert"
	Delete SpanOp = "delete"
)

// Content is a block of a body as a Diff holds it: its type and its lines, as in
// Block.Lines.
type Content struct {
	Type  string
	Lines []string
}

// Before is the body of the earlier version, from what the Diff holds.
func (d *Diff) Before() []Content { return d.body(false) }

// After is the body of the later version, from what the Diff holds.
func (d *Diff) After() []Content { return d.body(true) }

func (d *Diff) body(after bool) []Content {
	n := 0
	for i := range d.Blocks {
		n += len(d.Blocks[i].side(after))
	}
	body := make([]Content, n)
	for i := range d.Blocks {
		b := &d.Blocks[i]
		at := b.side(after)
		for k, lines := range b.contents(after) {
			if k < len(at) && at[k] >= 0 && at[k] < n { // a Diff may come from a file
				body[at[k]] = Content{Type: b.typeOf(after), Lines: lines}
			}
		}
	}
	return body
}

func (b *Block) side(after bool) []int {
	if after {
		return b.After
	}
	return b.Before
}

func (b *Block) typeOf(after bool) string {
	if !after && b.TypeBefore != "" {
		return b.TypeBefore
	}
	return b.Type
}

// contents are the lines of each block of one version that b stands for.
func (b *Block) contents(after bool) [][]string {
	if len(b.side(after)) == 0 {
		return nil
	}
	if b.Op == Equal || b.Op == Moved {
		return [][]string{b.Lines}
	}
	if !isProse(b.typeOf(after)) {
		var lines []string
		for i := range b.Sentences {
			if s := &b.Sentences[i]; s.in(after) {
				lines = append(lines, s.side(after))
			}
		}
		return [][]string{lines}
	}
	var all [][]string
	var text []byte
	for i := range b.Sentences {
		s := &b.Sentences[i]
		if !s.in(after) {
			continue
		}
		text = append(text, s.side(after)...)
		if ends := s.EndsBefore && !after || s.EndsAfter && after; ends {
			all, text = append(all, []string{string(text)}), nil
		}
	}
	if len(all) == 0 || len(text) > 0 {
		all = append(all, []string{string(text)})
	}
	return all
}

func (s *Sentence) in(after bool) bool {
	if after {
		return s.Op != Removed && s.Op != MovedOut
	}
	return s.Op != Added && s.Op != MovedIn
}

func (s *Sentence) side(after bool) string {
	if after {
		return s.New()
	}
	return s.Old()
}

// isProse reports whether blocks of a type hold sentences, and not items or rows.
func isProse(blockType string) bool {
	switch blockType {
	case article.List, article.Table, article.Media, article.Embed:
		return false
	}
	return true
}
