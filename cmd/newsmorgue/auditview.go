package main

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/pagetext"
)

// What stands before a line of a page.
const (
	gutterNone    = ' '
	gutterText    = '|' // the line is in the article's text
	gutterCaption = ':' // it is in a caption or credit
)

// A viewLine is a line of a page.
type viewLine struct {
	text   []rune
	mark   []bool // by rune: it is in the value that is asked for
	gutter rune
	head   bool // of what the page says about itself
	strong bool // of a heading
}

// marked reports whether a part of the line is marked.
func (l *viewLine) marked() bool {
	for _, m := range l.mark {
		if m {
			return true
		}
	}
	return false
}

// An auditView is a page as lines, with what the current question is about marked.
type auditView struct {
	lines  []viewLine
	places []int // lines where a marked part begins, to go to
}

// maxCompared bounds the blocks that are compared with the text.
const maxCompared = 5000

// newAuditView lays out the page of an article in lines of a width, at least 10 cells.
func newAuditView(p *auditPage, cells int) *auditView {
	cells = max(cells, 10)
	v := &auditView{}
	var q audit.Question
	if !p.form.Done() {
		q = p.question()
	}
	needles := needlesOf(q)
	for _, h := range p.page.Head {
		v.add(h, viewLine{head: true, gutter: gutterNone}, needles, cells)
	}
	parts := newTextParts(p)
	spaced := true // an empty line is before the next block
	for i, b := range p.page.Blocks {
		long := utf8.RuneCountInString(b.Text) > 60 || b.Level > 0
		if long && !spaced || i == 0 {
			v.lines = append(v.lines, viewLine{gutter: gutterNone})
		}
		line, text := viewLine{gutter: gutterNone, strong: b.Level > 0}, b.Text
		if i < maxCompared {
			line.gutter = parts.gutterOf(b)
		}
		switch {
		case b.Image:
			text = "[image: " + text + "]"
		case b.Item:
			text = "- " + text
		}
		v.add(text, line, needles, cells)
		if spaced = long; long {
			v.lines = append(v.lines, viewLine{gutter: gutterNone})
		}
	}
	if p.page.Truncated {
		v.add("(the rest of the page is not shown)", viewLine{head: true, gutter: gutterNone}, nil, cells)
	}
	v.findPlaces(q)
	return v
}

// add adds the lines of a paragraph.
func (v *auditView) add(text string, like viewLine, needles [][]rune, cells int) {
	runes := []rune(plain(text))
	mark := marks(runes, needles)
	for _, r := range wrap(runes, cells) {
		l := like
		l.text, l.mark = runes[r[0]:r[1]], mark[r[0]:r[1]]
		v.lines = append(v.lines, l)
	}
}

// findPlaces notes where marked parts begin; of the text, its first and last line.
func (v *auditView) findPlaces(q audit.Question) {
	wanted := map[string]rune{"text": gutterText, "captions": gutterCaption}[q.Field]
	last := -1
	for i := range v.lines {
		l := &v.lines[i]
		in := l.marked()
		if wanted != 0 && l.gutter == wanted {
			in = true
		}
		switch {
		case !in:
		case wanted == gutterText:
			if len(v.places) == 0 {
				v.places = append(v.places, i)
			}
			last = i
		case i == 0 || len(v.places) == 0 || v.places[len(v.places)-1] < i-1:
			v.places = append(v.places, i)
		}
	}
	if last > 0 && last != v.places[0] {
		v.places = append(v.places, last)
	}
	// Where the page shows the value comes before where its head has it.
	slices.SortStableFunc(v.places, func(a, b int) int {
		switch {
		case v.lines[a].head == v.lines[b].head:
			return 0
		case v.lines[a].head:
			return 1
		}
		return -1
	})
}

// needlesOf returns what to mark in a page for a question, in lower case.
func needlesOf(q audit.Question) (needles [][]rune) {
	switch q.Field {
	case "text", "kind", "language":
		return nil
	case "published":
		day, _, _ := strings.Cut(q.Value, "T")
		if len(day) >= len("2026") {
			needles = append(needles, []rune(day))
		}
		return needles
	}
	for line := range strings.SplitSeq(q.Value, "\n") {
		n := []rune(folded(line))
		if len(n) > 1 && len(needles) < 100 {
			needles = append(needles, n)
		}
	}
	return needles
}

// folded folds white space, and letters to lower case one by one: the number of runes
// of a text with folded white space stays.
func folded(s string) string {
	return strings.Map(unicode.ToLower, plain(strings.Join(strings.Fields(s), " ")))
}

// marks finds all needles in a text.
func marks(text []rune, needles [][]rune) []bool {
	mark := make([]bool, len(text))
	lower := strings.Map(unicode.ToLower, string(text))
	for _, n := range needles {
		needle := string(n)
		at := 0 // bytes
		rest := 0
		for {
			i := strings.Index(lower[at:], needle)
			if i < 0 {
				break
			}
			rest += utf8.RuneCountInString(lower[at : at+i])
			for k := range n {
				mark[rest+k] = true
			}
			rest += len(n)
			at += i + len(needle)
		}
	}
	return mark
}

// textParts finds the blocks of a page that are in the article's text or captions.
type textParts struct {
	text       string // folded
	paragraphs map[string]bool
	long       []string // paragraphs that a block of the page may have with others
	captions   string
	captioned  []string // captions that a block may have with a credit
}

func newTextParts(p *auditPage) *textParts {
	t := &textParts{text: folded(p.article.Text), paragraphs: map[string]bool{}}
	for paragraph := range strings.SplitSeq(p.article.Text, "\n") {
		if f := folded(paragraph); f != "" {
			t.paragraphs[f] = true
			if len(f) > 30 && len(t.long) < 1000 {
				t.long = append(t.long, f)
			}
		}
	}
	for _, q := range p.form.Questions {
		if q.Field == "captions" {
			t.captions = folded(q.Value)
		}
	}
	for _, c := range p.article.Captions {
		if f := folded(c.Text); len(f) > 10 && len(t.captioned) < 1000 {
			t.captioned = append(t.captioned, f)
		}
	}
	return t
}

func (t *textParts) gutterOf(b pagetext.Block) rune {
	f := folded(b.Text)
	has := func(parts []string) bool {
		return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(f, part) })
	}
	switch {
	case b.Image:
		return gutterNone
	case t.paragraphs[f] || len(f) > 20 && strings.Contains(t.text, f):
		return gutterText
	case len(f) > 10 && strings.Contains(t.captions, f), has(t.captioned):
		return gutterCaption
	case len(f) > 200 && has(t.long):
		return gutterText
	}
	return gutterNone
}

// wrap cuts a text into lines of at most some cells, between words if it can; the
// lines are from and to, in runes. An empty text has one empty line.
func wrap(text []rune, cells int) (lines [][2]int) {
	from, space, used := 0, -1, 0
	for i := 0; i < len(text); i++ {
		if text[i] == ' ' {
			space = i
		}
		used += cellsOf(text[i])
		if used <= cells || i == from {
			continue
		}
		end, next := i, i
		if space > from {
			end, next = space, space+1
		}
		lines = append(lines, [2]int{from, end})
		from, space, used = next, -1, 0
		i = next - 1
	}
	return append(lines, [2]int{from, len(text)})
}

// provenanceLine says where a value is from.
func provenanceLine(p *auditPage, field string) string {
	from, ok := p.article.Provenance[field]
	if !ok || from.From == "" {
		return ""
	}
	return fmt.Sprintf("from %s", plain(clip(from.From, 100)))
}
