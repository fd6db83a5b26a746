// Package headline reads what stands above a story: title, standfirst and section,
// and the tags that the page gives it. Each field has one function, which takes a
// page and returns a value and where it is from.
package headline

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// A titleReader reads the title of one page.
type titleReader struct {
	page      *doc.Page
	affixes   *affixes
	names     nameReader
	pageLinks *links // nil until links is asked
	declared  []*declaredTitle

	candidates []*candidate
	byFold     map[string]*candidate
	starts     map[uint64]bool // text.FoldStart of the candidates

	shown  []*showing         // the page's headings
	counts [lineLevel + 1]int // of headings, by level

	// What survey reads; the slices are by block.
	proseUpTo    []int      // words of prose before it
	headingsUpTo []int      // headings before it
	nextProse    []int      // the next block of prose
	mainH1       *candidate // nil if there is none
	numMainH1    int
	h1Likeness   float64
	slug         []uint32
	description  []uint32
}

// Title is the page's headline: of all that its head declares and its headings and
// lines show, whole or without the names of site and section, what the evidence
// speaks for most. What is declared and what is shown is one candidate where both
// have the same letters. Without any both results are empty.
func Title(p *doc.Page) (string, article.Provenance) {
	r := &titleReader{page: p, byFold: map[string]*candidate{}, starts: map[uint64]bool{}, names: nameReader{p}}
	r.affixes = newAffixes(p, r.links())
	r.declared = readDeclared(p, r.affixes)
	for _, d := range r.declared {
		if c := r.candidate(d.text); c != nil {
			c.declare(d)
		}
		for _, run := range d.runs {
			if c := r.candidate(run.text); c != nil {
				c.declarePart(d, run, r.affixes)
			}
		}
	}
	r.readHeadings()
	r.readLines()
	r.weigh()
	return r.choose()
}

// choose is the candidate that the model finds most likely. A page that has any has a
// title: how sure it is, its confidence says.
func (r *titleReader) choose() (string, article.Provenance) {
	m := r.page.Model("title", titleModel)
	var best *candidate
	for _, c := range r.candidates {
		c.score = m.Score(c.evidence)
		if (best == nil || c.score > best.score) && !r.leadsOn(c) && !r.isText(c) {
			best = c
		}
	}
	best = r.withKicker(best)
	if r.page.Explaining() {
		for _, c := range r.candidates {
			r.page.AddCandidate(article.Candidate{Field: "title", Value: c.text, From: c.from, Score: c.score, Won: c == best, Evidence: m.Explain(c.evidence)})
		}
	}
	if best == nil {
		return "", article.Provenance{}
	}
	return best.text, article.Provenance{From: best.from, Confidence: m.Confidence(best.score)}
}

// withKicker is the chosen title with the line above it, "Traffic: Ferry stays", where a
// colon joins the two in the heading and each declared title has both.
func (r *titleReader) withKicker(best *candidate) *candidate {
	if best == nil || best.shown == nil || best.lines != withoutSides || len(r.declared) < 2 {
		return best
	}
	for _, c := range r.candidates {
		if c.shown != best.shown || c.lines != withSides || !c.colon {
			continue
		}
		// They begin with it, whatever follows.
		if !slices.ContainsFunc(r.declared, func(d *declaredTitle) bool { return c.claims[d.source] < frontOfIt }) {
			return c
		}
	}
	return best
}

// leadsOn reports whether a candidate is the link of a lower heading to another page,
// beside an h1 that is none: the name of an artist, or of another story.
func (r *titleReader) leadsOn(c *candidate) bool {
	s, v := c.shown, c.evidence
	if r.mainH1 == nil || s == nil || s.level == 1 || v[agreeing] != 0 || s.block.LinkBytes*10 < len(s.block.Text)*8 && s.block.Flags&block.InLink == 0 {
		return false
	}
	return r.links().leadAway(s.node) && !r.links().leadHome(s.node)
}

// isText reports whether a candidate is a heading that holds a paragraph of the story,
// where the head declares another title.
func (r *titleReader) isText(c *candidate) bool {
	return len(r.declared) > 0 && c.shown != nil && c.evidence[agreeing] == 0 && c.whole == 0 && isParagraph(c.text)
}

// Words of what is no headline.
const (
	longText     = 28 // of several sentences, or of one that ends with a full stop
	veryLongText = 45
)

// isParagraph reports whether a text is a paragraph by its length.
func isParagraph(s string) bool {
	if len(s) < 120 {
		return false
	}
	words := block.CountWords(s)
	return words >= veryLongText || words >= longText && (strings.HasSuffix(s, ".") || strings.Contains(s, ". "))
}

// H1Text is the text of the first h1 in the page's content; "" without one.
func H1Text(p *doc.Page) string {
	for _, b := range p.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b.Text
		}
	}
	return ""
}
