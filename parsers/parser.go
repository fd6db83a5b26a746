// Package parsers reads the article out of a page: body, headline, byline, dates,
// captions, contact blocks. It works on a parsed document alone and touches
// neither network, disk nor clock.
//
// [Parser.Parse] is the list of stages. Each field has a package of its own, with
// one way in, which takes the page ([doc.Page], over internal/block) and returns
// a value with its provenance:
//
//   - parsers/article: the words that everyone shares, and how an article prints
//   - parsers/headline: title, standfirst, section, tags
//   - parsers/body: which blocks are the story, as typed blocks
//   - parsers/byline: authors, dateline, source
//   - parsers/captions, parsers/contacts, parsers/dates, parsers/language
//   - parsers/template: what repeats across the pages of a site
//
// What remains here concerns the page as a whole: its tree (page.go), its kind,
// its further pages, what it teaches about its site (site.go), and why it was
// read as it was (explain.go). EVALUATION.md says how well all this works, and
// how to measure it.
package parsers

import (
	"errors"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// ErrNotArticle is returned for what holds no visible text or is no HTML page.
var ErrNotArticle = errors.New("no article: not an HTML page, or no visible text")

// A Parser reads articles. Its zero value works, and is safe for many goroutines.
type Parser struct {
	Site *template.Profile // what is known of the page's site; nil: nothing

	model *block.Model // judges blocks; nil: the program's own
}

// WithModel returns a parser that judges blocks by another model, so that package
// train can measure one that has not seen the page.
func WithModel(m *block.Model) *Parser { return &Parser{model: m} }

// Parse reads the article of a page. It returns ErrNotArticle for what is no
// HTML page or has no text; page.Doc is not written to.
func (p *Parser) Parse(page *article.Page) (*article.Article, error) { return p.parse(page, nil) }

// Explain is Parse with its reasons.
func (p *Parser) Explain(page *article.Page) (*article.Article, *article.Explanation, error) {
	e := &article.Explanation{}
	a, err := p.parse(page, e)
	return a, e, err
}

func (p *Parser) parse(page *article.Page, e *article.Explanation) (*article.Article, error) {
	root, err := Document(page)
	if err != nil {
		return nil, err
	}
	x := doc.Read(page, root)
	x.Explanation = e
	if len(x.Blocks) == 0 && len(x.LD) == 0 && !body.MayHoldBody(x, 0) {
		return nil, ErrNotArticle
	}
	r := newReading(x, p.extractor())
	r.identity()
	standfirst := r.headline()
	visible := body.Choose(x, p.model, r.a.Title, standfirst)
	visible.DropRepeated(p.Site)
	visible.KeepStandfirst(r.a.Subtitle, standfirst)
	places := r.captions(visible)
	r.authors(visible.Blocks())
	visible.DropByline(r.a.Byline, r.a.Authors)
	r.body(visible.Assemble(places), article.Provenance{From: "dom:blocks", Confidence: 0.8})
	story := r.fromData(visible)
	if len(x.Blocks) == 0 && story == visible {
		return nil, ErrNotArticle
	}
	if story.Page() == x {
		visible = story
	}
	kept := visible.Blocks()
	r.dates(kept)
	r.labels()
	r.origin(kept)
	r.a.Contacts = contacts.Find(x, r.a.Authors, kept)
	r.a.Rights = x.Rights()
	fillFromHints(r.a, page.Hints)
	r.kind(visible)
	r.a.Paywalled = r.a.Paywalled || paywalled(x, r.a.Text)
	if x.Explaining() {
		e.Blocks = visible.Explain()
		if story != visible {
			e.Blocks = append(e.Blocks, story.Explain()...)
		}
	}
	return r.a, nil
}
