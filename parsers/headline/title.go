// Package headline reads what stands above a story: title, standfirst and section,
// and the tags that the page gives it. Each field has one function, which takes a
// page and returns a value and where it is from.
package headline

import (
	"math"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A titleReader reads the title of one page.
type titleReader struct {
	page      *doc.Page
	declared  []*declaredTitle
	headings  []*heading
	sections  map[string]bool // folded; nil until isSection is asked
	pageLinks *links          // nil until links is asked
}

// Title is the headline that a reader sees, if the titles that the page declares
// support it: those alone are often written for search engines and networks. On a
// page without such a heading it is the declared title that most of the others
// agree with, and on one that declares none the first heading. Without any, both
// results are empty.
func Title(p *doc.Page) (string, article.Provenance) {
	r := &titleReader{page: p}
	r.declared = r.readDeclared()
	r.headings = r.readHeadings()
	if h := r.chooseHeading(); h != nil {
		r.explainHeadings(h)
		r.explainDeclared(nil, "the page shows a headline")
		return h.text, article.Provenance{From: h.from(), Confidence: twoDigits(min(0.98, 0.65+h.support/3))}
	}
	d := chooseDeclared(r.declared)
	r.explainDeclared(d, "how many declared titles agree")
	r.explainHeadings(nil)
	if d != nil {
		shown := r.withoutPosition(d)
		return r.visiblePart(shown.text), article.Provenance{From: shown.from(), Confidence: twoDigits(min(0.95, 0.4+d.score/20))}
	}
	if s := firstHeading(p); s != "" {
		return s, article.Provenance{From: "dom:heading", Confidence: 0.4}
	}
	return "", article.Provenance{}
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

// twoDigits rounds a confidence: more would pretend to know more.
func twoDigits(confidence float64) float64 { return math.Round(confidence*100) / 100 }

func (r *titleReader) explainHeadings(won *heading) {
	if !r.page.Explaining() {
		return
	}
	for _, h := range r.headings {
		c := article.Candidate{Field: "title", Value: h.text, From: h.from(), Score: h.score, Won: h == won, Why: h.why}
		c.Evidence = headingEvidence.Explain(h.evidence)
		r.page.AddCandidate(c)
	}
}

func (r *titleReader) explainDeclared(won *declaredTitle, why string) {
	if !r.page.Explaining() {
		return
	}
	for _, d := range r.declared {
		c := article.Candidate{Field: "title", Value: d.text, From: d.from(), Score: d.weight, Won: d == won, Why: why}
		if d.evidence != nil {
			c.Score, c.Evidence = d.score, declaredEvidence.Explain(d.evidence)
		}
		r.page.AddCandidate(c)
	}
}

// withoutPosition is the title of the JSON-LD where the chosen title begins with it
// and goes on, after a separator, with where the story stands.
func (r *titleReader) withoutPosition(d *declaredTitle) *declaredTitle {
	ld := r.declared[0]
	rest, longer := strings.CutPrefix(d.text, ld.text)
	if !ld.isJSONLD() || !longer || rest == "" {
		return d
	}
	if sign, _ := utf8.DecodeRuneInString(strings.TrimSpace(rest)); strings.ContainsRune("-|–—ㅣ｜", sign) {
		return ld
	}
	return d
}

// visiblePart is the part of a declared title that stands alone as a line of the
// page: what is before or after it is then no part of the headline. Without such a
// line the title stays whole.
func (r *titleReader) visiblePart(title string) string {
	parts := titleParts(title)
	if len(parts) == 0 {
		return title
	}
	for _, h := range r.headings {
		if part := parts[text.Fold(h.text)]; part != "" && !r.page.IsSite(part) && !r.linksElsewhere(h) {
			return part
		}
	}
	for _, b := range r.page.Blocks {
		if len(b.Text) >= len(title) || !isPlainLine(b) {
			continue
		}
		if part := parts[text.Fold(b.Text)]; part != "" && !r.page.IsSite(part) {
			return part
		}
	}
	return title
}

// titleParts are what stands before and after each separator of a title, by how it folds.
func titleParts(title string) map[string]string {
	parts := map[string]string{}
	for _, s := range separator.FindAllStringIndex(title, 6) {
		for _, part := range []string{title[:s[0]], title[s[1]:]} {
			if f := text.Fold(part); len(f) >= 8 {
				parts[f] = strings.TrimSpace(part)
			}
		}
	}
	return parts
}

// isPlainLine reports whether a block is a line of the page's content: not of its
// frame, of a path or of a menu.
func isPlainLine(b *block.Block) bool {
	const outside = block.InNav | block.InFooter | block.InHidden | block.InAside | block.InDialog | block.InCaption | block.InList
	return b.Flags&outside == 0 && b.Words >= 3 && b.LinkBytes*2 <= len(b.Text)
}

// firstHeading is the text of the first heading in the page's content.
func firstHeading(p *doc.Page) string {
	for _, b := range p.Blocks {
		if b.Flags&block.InHeading != 0 && b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && b.Words > 0 {
			return b.Text
		}
	}
	return ""
}
