package versions

import (
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// Compare finds what changed from one version of an article to a later one. Targets
// of links within texts are not compared: they often hold session ids. Neither are
// the extractor and the provenance of fields; versions of different extractors should
// not be compared, because their differences are no edits.
func Compare(before, after *article.Article) *Diff {
	c := &comparison{
		before: before, after: after,
		differ: newDiffer(),
		judge:  newJudge(before, after),
		diff:   &Diff{Schema: Schema, URL: after.URL, Title: after.Title, Fields: []Field{}, Blocks: []Block{}},
	}
	if c.diff.URL == "" {
		c.diff.URL = before.URL
	}
	if c.diff.Title == "" {
		c.diff.Title = before.Title
	}
	c.blocks()
	c.moves()
	c.notes()
	c.fields()
	c.access()
	c.count()
	c.conclude()
	return c.diff
}

// A comparison is a Diff in the making.
type comparison struct {
	before, after *article.Article
	differ        *differ
	judge         *judge
	diff          *Diff
	classes       classSet
}

// blocks aligns the two bodies, and the sentences of what was edited.
func (c *comparison) blocks() {
	a, b := blockUnits(c.before), blockUnits(c.after)
	groups := match(a, b, matchMode{far: true, rearrange: true, movedEqual: true})
	c.diff.Blocks = make([]Block, 0, len(groups))
	for _, g := range groups {
		c.diff.Blocks = append(c.diff.Blocks, c.block(g, a, b))
	}
}

// blockUnits are the blocks of a body, to be aligned.
func blockUnits(a *article.Article) []unit {
	units := make([]unit, len(a.Body))
	for i := range a.Body {
		block := &a.Body[i]
		u := &units[i]
		u.texts = linesOf(a, block)
		u.kind, u.typ = block.Type, block.Type
		if isProse(block.Type) {
			u.kind = article.Paragraph // a heading may have become a paragraph
		}
	}
	return units
}

// linesOf is the content of a block as Block.Lines has it.
func linesOf(a *article.Article, b *article.Block) []string {
	switch b.Type {
	case article.List:
		return b.Items
	case article.Table:
		rows := make([]string, len(b.Rows))
		for i, row := range b.Rows {
			rows[i] = strings.Join(row, "\t")
		}
		return rows
	case article.Media:
		if b.Caption == nil || *b.Caption < 0 || *b.Caption >= len(a.Captions) {
			return []string{b.Text}
		}
		if c := &a.Captions[*b.Caption]; c.Text != "" {
			return []string{c.Text}
		} else {
			return []string{c.MediaURL}
		}
	case article.Embed:
		if b.Text != "" {
			return []string{b.Text}
		}
		return []string{b.URL}
	}
	return []string{b.Text}
}

// block is the Block of a group.
func (c *comparison) block(g group, a, b []unit) Block {
	out := Block{Before: g.a, After: g.b, Moved: g.moved, Rearranged: len(g.a)+len(g.b) > 2}
	switch {
	case len(g.b) == 0:
		out.Op, out.Type = Removed, c.before.Body[g.a[0]].Type
		out.Sentences = oneSided(Removed, a[g.a[0]], out.Type)
		if out.label() {
			labelClasses(out.Sentences)
		}
		return out
	case len(g.a) == 0:
		out.Op, out.Type = Added, c.after.Body[g.b[0]].Type
		out.Sentences = oneSided(Added, b[g.b[0]], out.Type)
		if out.label() {
			labelClasses(out.Sentences)
		}
		return out
	}
	before, after := &c.before.Body[g.a[0]], &c.after.Body[g.b[0]]
	out.Type = after.Type
	if before.Type != after.Type {
		out.TypeBefore = before.Type
	}
	if !out.Rearranged && out.TypeBefore == "" && before.Level == after.Level && same(a[g.a[0]].texts, b[g.b[0]].texts) {
		out.Op, out.Lines, out.Class = Equal, b[g.b[0]].texts, None
		if g.moved {
			out.Op, out.Class = Moved, Minor
		}
		return out
	}
	out.Op, out.Class = Edited, Cosmetic
	if g.moved {
		out.Class = Minor
	}
	out.Sentences = c.sentences(parts(g.a, a, before.Type), parts(g.b, b, after.Type), out.Rearranged)
	if out.label() {
		labelClasses(out.Sentences)
	}
	return out
}

// labelClasses classifies pictures and embeds. What their captions say is a field.
func labelClasses(all []Sentence) {
	for i := range all {
		s := &all[i]
		switch {
		case s.Op == Equal:
		case s.Op == Edited && labelKey(s.Before) == labelKey(s.After):
			s.Class = Cosmetic
		default:
			s.Class = Minor
		}
	}
}

// labelKey is the address or the caption of a picture without what is cosmetic.
func labelKey(s string) string {
	if strings.Contains(s, "://") {
		return foldURL(s)
	}
	return fold(s)
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

// A part is a sentence, and whether it ends its block.
type part struct {
	text string
	ends bool
}

// parts are the sentences, items or rows of neighbouring blocks.
func parts(blocks []int, units []unit, blockType string) []part {
	var all []part
	for _, i := range blocks {
		for _, s := range divide(units[i].texts, blockType) {
			all = append(all, part{text: s})
		}
		if len(all) > 0 {
			all[len(all)-1].ends = true
		}
	}
	return all
}

func divide(lines []string, blockType string) []string {
	if isProse(blockType) && len(lines) == 1 {
		return sentences(lines[0])
	}
	return lines
}

func oneSided(op Op, u unit, blockType string) []Sentence {
	var all []Sentence
	for _, s := range divide(u.texts, blockType) {
		all = append(all, Sentence{Op: op, Text: s, Class: oneSidedClass(s)})
	}
	return all
}

// oneSidedClass is the class of a sentence that was added or removed.
func oneSidedClass(s string) Class {
	if countWords(s) == 0 {
		return Cosmetic
	}
	return Substantive
}

// sentences compares what an edited block says.
func (c *comparison) sentences(a, b []part, rearranged bool) []Sentence {
	groups := match(partUnits(a), partUnits(b), matchMode{})
	out := make([]Sentence, 0, len(groups))
	for _, g := range groups {
		var s Sentence
		switch {
		case len(g.b) == 0:
			s = Sentence{Op: Removed, Text: a[g.a[0]].text, Class: oneSidedClass(a[g.a[0]].text)}
		case len(g.a) == 0:
			s = Sentence{Op: Added, Text: b[g.b[0]].text, Class: oneSidedClass(b[g.b[0]].text)}
		default:
			s = c.sentence(a[g.a[0]].text, b[g.b[0]].text)
		}
		if rearranged {
			s.EndsBefore = len(g.a) > 0 && a[g.a[0]].ends
			s.EndsAfter = len(g.b) > 0 && b[g.b[0]].ends
		}
		out = append(out, s)
	}
	return out
}

// sentence compares a sentence with its later version.
func (c *comparison) sentence(before, after string) Sentence {
	switch {
	case before == after:
		return Sentence{Op: Equal, Text: after, Class: None}
	case strings.TrimSpace(before) == strings.TrimSpace(after) && before != "" && after != "":
		// It ended its paragraph in one version only.
		return Sentence{Op: Equal, Before: before, After: after, Class: None}
	}
	s := Sentence{Op: Edited, Before: before, After: after}
	// White space at the end is compared on its own: else it would be part of the words
	// that changed before it.
	bodyA, bodyB := trimEnd(before), trimEnd(after)
	s.Spans = c.differ.spans(bodyA, bodyB)
	s.Spans = appendSpans(s.Spans, c.differ.spans(before[len(bodyA):], after[len(bodyB):]))
	s.Class = c.judge.edit(before, after, s.Spans)
	return s
}

func trimEnd(s string) string { return strings.TrimRightFunc(s, unicode.IsSpace) }

func partUnits(parts []part) []unit {
	units := make([]unit, len(parts))
	for i, p := range parts {
		units[i] = unit{texts: []string{p.text}}
	}
	return units
}

// Sentences that move are long enough not to be the same by chance.
const (
	minMovedWords = 4
	minMovedBytes = 20
)

// moves finds sentences that were taken out of one place and put in at another,
// wherever these are.
func (c *comparison) moves() {
	type place struct{ block, sentence int }
	gone := map[string][]place{}
	each := func(op Op, do func(key string, at place, s *Sentence)) {
		for i := range c.diff.Blocks {
			for k := range c.diff.Blocks[i].Sentences {
				s := &c.diff.Blocks[i].Sentences[k]
				if s.Op == op && len(s.Text) >= minMovedBytes && countWords(s.Text) >= minMovedWords {
					do(fold(s.Text), place{i, k}, s)
				}
			}
		}
	}
	each(Removed, func(key string, at place, _ *Sentence) { gone[key] = append(gone[key], at) })
	if len(gone) == 0 {
		return
	}
	each(Added, func(key string, at place, s *Sentence) {
		from := gone[key]
		if len(from) == 0 {
			return
		}
		gone[key] = from[1:]
		old := &c.diff.Blocks[from[0].block].Sentences[from[0].sentence]
		old.Op, old.Class, old.At = MovedOut, Minor, &at.block
		here := from[0].block
		s.Op, s.Class, s.At = MovedIn, Minor, &here
	})
}

// notes finds notes that the later version has gained. What follows a note in its
// block belongs to it, and so does the block after one that is a heading only.
func (c *comparison) notes() {
	within := NoteKind("")
	for i := range c.diff.Blocks {
		b := &c.diff.Blocks[i]
		if b.Op == Equal || b.Op == Moved || b.Op == Removed || !isProse(b.Type) && b.Type != article.List {
			if b.Op != Removed {
				within = ""
			}
			continue
		}
		if b.Op != Added {
			within = ""
		}
		heading := false
		for k := range b.Sentences {
			s := &b.Sentences[k]
			switch {
			case s.Op == Added && within != "":
				c.note(within, s, s.Text, true)
				heading = false
			case s.Op == Added:
				if kind, label := noteIn(s.Text); kind != "" {
					within, heading = kind, label
					c.note(kind, s, s.Text, false)
				}
			case s.Op == Edited:
				kind, _ := noteIn(s.After)
				if had, _ := noteIn(s.Before); kind != "" && had == "" {
					c.note(kind, s, s.After, false)
				} else if kind != "" && had == kind {
					s.Class = c.editedNote(kind, s)
				}
			}
		}
		if !heading {
			within = ""
		}
	}
}

// note records a note, or the continuation of one, and says so at its sentence.
func (c *comparison) note(kind NoteKind, s *Sentence, text string, continues bool) {
	text = strings.TrimSpace(text)
	if n := len(c.diff.Notes); continues && n > 0 {
		if len(c.diff.Notes[n-1].Text) < noteLength {
			c.diff.Notes[n-1].Text += " " + text
		}
	} else {
		c.diff.Notes = append(c.diff.Notes, Note{kind, text})
	}
	s.Class = kind.class()
}

// editedNote is the class of a note that was there and changed. A later date of an
// update is a note; other notes count by what was edited.
func (c *comparison) editedNote(kind NoteKind, s *Sentence) Class {
	if kind != Update || !s.Class.MoreSevere(Cosmetic) {
		return s.Class
	}
	c.diff.Notes = append(c.diff.Notes, Note{kind, strings.TrimSpace(s.After)})
	return UpdateNoted
}
