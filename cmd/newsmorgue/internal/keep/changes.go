package keep

import (
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

const reextractSchema = "newsmorgue.reextract/1"

// Reextracted is the report of a Reextract. Pages are captures: a URL that was captured
// twice counts twice.
type Reextracted struct {
	Schema    string    `json:"schema,omitempty"` // of the record
	Extractor string    `json:"extractor"`
	Sites     []string  `json:"sites,omitempty"` // none means all
	DryRun    bool      `json:"dry_run,omitempty"`
	Status    string    `json:"status"`
	Started   time.Time `json:"started"`
	Ended     time.Time `json:"ended"`
	Seconds   float64   `json:"seconds"`

	Pages      int `json:"pages"`                // all of the below but the suppressed and damaged
	Already    int `json:"already,omitempty"`    // read by this extractor before
	Unchanged  int `json:"unchanged"`            // the same article as before
	Changed    int `json:"changed"`              // another article than before
	New        int `json:"newly_read"`           // never read before
	Lost       int `json:"no_longer_read"`       // no article any more; the last one stays
	Suppressed int `json:"suppressed,omitempty"` // left alone
	Damaged    int `json:"damaged,omitempty"`    // the page or its last reading cannot be read
	Written    int `json:"written"`              // readings

	Fields   []FieldChanges `json:"fields,omitempty"` // of the changed ones, the most frequent first
	Kinds    []KindChanges  `json:"kinds,omitempty"`  // of the changed and newly read ones
	Shown    int            `json:"shown"`            // current versions that list and export show from now on
	Hidden   int            `json:"hidden"`           // and that they no longer show
	NewURLs  []string       `json:"newly_read_examples,omitempty"`
	LostURLs []string       `json:"no_longer_read_examples,omitempty"`
	Archive  string         `json:"archive,omitempty"`

	fields map[string]*FieldChanges
	kinds  map[[2]string]*KindChanges
	fresh  []numbered[string]
	lost   []numbered[string]
}

// FieldChanges are the pages on which a field differs from the reading before.
type FieldChanges struct {
	Field    string        `json:"field"` // as in the article's JSON
	Count    int           `json:"count"`
	Added    int           `json:"added,omitempty"`   // of these, it was empty before
	Removed  int           `json:"removed,omitempty"` // of these, it is empty now
	Examples []FieldChange `json:"examples,omitempty"`

	examples []numbered[FieldChange]
}

// A FieldChange is an example; values are cut to where they differ.
type FieldChange struct {
	URL    string `json:"url"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
}

// KindChanges are the pages of a kind that are now of another kind.
type KindChanges struct {
	From    string `json:"from,omitempty"` // "" for pages that were never read
	To      string `json:"to"`
	Count   int    `json:"count"`
	Example string `json:"example,omitempty"`

	seq int
}

// exampleCount is how many examples a report has of each change.
const exampleCount = 3

// numbered is an example with the place of its page in the archive: a report has the
// first ones, whichever worker was faster.
type numbered[T any] struct {
	seq int
	of  T
}

func addExample[T any](all []numbered[T], seq int, of func() T) []numbered[T] {
	if len(all) == exampleCount && all[exampleCount-1].seq < seq {
		return all
	}
	all = append(all, numbered[T]{seq, of()})
	slices.SortFunc(all, func(a, b numbered[T]) int { return cmp.Compare(a.seq, b.seq) })
	return all[:min(len(all), exampleCount)]
}

func examplesOf[T any](all []numbered[T]) (of []T) {
	for _, e := range all {
		of = append(of, e.of)
	}
	return of
}

// add counts what became of one capture.
func (r *Reextracted) add(o outcome) {
	name := func() string { return o.url }
	switch o.class {
	case notAPage:
		return
	case suppressed:
		r.Suppressed++
		return
	case damaged:
		r.Damaged++
		return
	case readAlready:
		r.Already++
	case unchanged:
		r.Unchanged++
	case changed:
		r.Changed++
		r.addFields(o)
		r.addKind(o)
	case newlyRead:
		r.New++
		r.fresh = addExample(r.fresh, o.seq, name)
		r.addKind(o)
	case noLongerRead:
		r.Lost++
		r.lost = addExample(r.lost, o.seq, name)
	}
	r.Pages++
}

func (r *Reextracted) addKind(o outcome) {
	key := [2]string{"", string(o.now.Kind)}
	if o.was != nil {
		key[0] = string(o.was.Kind)
	}
	if key[0] == key[1] {
		return
	}
	if r.kinds == nil {
		r.kinds = map[[2]string]*KindChanges{}
	}
	k := r.kinds[key]
	if k == nil {
		k = &KindChanges{From: key[0], To: key[1], seq: o.seq + 1}
		r.kinds[key] = k
	}
	if k.Count++; o.seq < k.seq {
		k.seq, k.Example = o.seq, o.url
	}
	switch before := article.Kind(o.stored.Kind); {
	case before != "" && !o.stored.IsCurrent:
	case before.Story() && !o.now.Kind.Story():
		r.Hidden++
	case !before.Story() && o.now.Kind.Story():
		r.Shown++
	}
}

func (r *Reextracted) addFields(o outcome) {
	was, now := fieldsOf(o.was), fieldsOf(o.now)
	if was["text"] != now["text"] { // the same, as blocks
		delete(was, "body")
		delete(now, "body")
	}
	if r.fields == nil {
		r.fields = map[string]*FieldChanges{}
	}
	names := maps.Clone(was)
	maps.Copy(names, now)
	for name := range names {
		before, after := was[name], now[name]
		if before == after {
			continue
		}
		f := r.fields[name]
		if f == nil {
			f = &FieldChanges{Field: name}
			r.fields[name] = f
		}
		f.Count++
		if before == "" {
			f.Added++
		}
		if after == "" {
			f.Removed++
		}
		f.examples = addExample(f.examples, o.seq, func() FieldChange {
			b, a := excerpts(before, after)
			return FieldChange{o.url, b, a}
		})
	}
}

// fieldsOf returns what an article says by the names of its JSON members: strings as
// they are, the rest as JSON, what ContentDigest leaves out left out.
func fieldsOf(a *article.Article) map[string]string {
	said := *a
	said.Extractor, said.Provenance = "", nil
	said.Body = slices.Clone(a.Body)
	for i := range said.Body {
		said.Body[i].Links = nil
	}
	body, err := json.Marshal(&said)
	var members map[string]json.RawMessage
	if err != nil || json.Unmarshal(body, &members) != nil {
		return nil // cannot happen: there are only strings and numbers
	}
	fields := map[string]string{}
	for name, raw := range members {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			text = string(raw)
		}
		if text != "" {
			fields[name] = text
		}
	}
	return fields
}

// The length in characters of an excerpt, and of what it has before the first
// difference.
const (
	excerptLength = 100
	excerptLead   = 20
)

// excerpts cuts two values to where they differ.
func excerpts(before, after string) (string, string) {
	if utf8.RuneCountInString(before) <= excerptLength && utf8.RuneCountInString(after) <= excerptLength {
		return before, after
	}
	b, a := []rune(before), []rune(after)
	same := 0
	for same < min(len(b), len(a)) && b[same] == a[same] {
		same++
	}
	from := max(0, same-excerptLead)
	return excerpt(b, from), excerpt(a, from)
}

func excerpt(r []rune, from int) string {
	to := min(len(r), from+excerptLength)
	if from >= to && from == 0 {
		return ""
	}
	from = min(from, to)
	text := strings.Join(strings.Fields(string(r[from:to])), " ")
	if from > 0 {
		text = "…" + text
	}
	if to < len(r) {
		text += "…"
	}
	return text
}

func (r *Reextracted) finish(interrupted bool, err error) {
	r.Ended = time.Now().UTC()
	r.Seconds = float64(r.Ended.Sub(r.Started).Milliseconds()) / 1000
	switch {
	case interrupted:
		r.Status = StatusInterrupted
	case err != nil:
		r.Status = StatusFailed
	default:
		r.Status = StatusComplete
	}
	for _, f := range r.fields {
		f.Examples = examplesOf(f.examples)
		r.Fields = append(r.Fields, *f)
	}
	slices.SortFunc(r.Fields, func(a, b FieldChanges) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Field, b.Field))
	})
	for _, k := range r.kinds {
		r.Kinds = append(r.Kinds, *k)
	}
	slices.SortFunc(r.Kinds, func(a, b KindChanges) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	r.NewURLs, r.LostURLs = examplesOf(r.fresh), examplesOf(r.lost)
}

// recorded is the report as it is archived: without examples, since their pages may be
// suppressed or erased later.
func (r *Reextracted) recorded() *Reextracted {
	c := *r
	c.Schema, c.Archive, c.NewURLs, c.LostURLs = reextractSchema, "", nil, nil
	c.Fields, c.Kinds = slices.Clone(r.Fields), slices.Clone(r.Kinds)
	for i := range c.Fields {
		c.Fields[i].Examples = nil
	}
	for i := range c.Kinds {
		c.Kinds[i].Example = ""
	}
	return &c
}
