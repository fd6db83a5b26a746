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
// The stages are methods of a reading (reading.go). What else is here concerns the
// page as a whole: its tree (page.go), its kind and address, its further pages, and
// what it teaches about its site (site.go). EVALUATION.md says how well all this
// works, and how to measure it.
package parsers

import (
	"errors"
	"fmt"
	"runtime/debug"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// An Article and the Page that it is read from are types of package article.
type (
	Article = article.Article
	Page    = article.Page
)

// ErrNotArticle is returned for what is no HTML page or has no visible text.
var ErrNotArticle = errors.New("no article: not an HTML page, or no visible text")

// A Parser reads articles. Its zero value works, and is safe for many goroutines.
type Parser struct {
	Site *template.Profile // what is known of the page's site; nil: nothing

	model   *block.Model               // judges blocks; nil: the program's own
	fields  map[string]*evidence.Model // choose fields; for others the program's own
	numbers contacts.Numbers           // phone numbers that were read
}

// WithModels returns a parser that judges blocks and chooses fields by other models
// than the program's own, so that package train can measure models that have not
// seen a page. m may be nil.
func WithModels(m *block.Model, fields map[string]*evidence.Model) *Parser {
	return &Parser{model: m, fields: fields}
}

// A FaultError is a fault of the parser that a page showed. It costs the article of that
// page alone: a crawl goes on, and the page stays archived for a parser without it.
type FaultError struct {
	Value any    // of the panic
	Stack []byte // where it was
}

func (e *FaultError) Error() string { return fmt.Sprintf("a fault of the parser: %v", e.Value) }

// catch turns a panic into a FaultError. It is deferred.
func catch(err *error) {
	if v := recover(); v != nil {
		*err = &FaultError{v, debug.Stack()}
	}
}

// Parse reads the article of a page. It returns ErrNotArticle for what is no HTML
// page or has no visible text, and a FaultError if the parser itself fails. page.Doc is
// not written to.
func (p *Parser) Parse(page *Page) (*Article, error) { return p.parse(page, nil, nil) }

// Explain is Parse with its reasons.
func (p *Parser) Explain(page *Page) (*Article, *article.Explanation, error) {
	e := &article.Explanation{}
	a, err := p.parse(page, e, nil)
	return a, e, err
}

// parse is the list of stages. Each needs what the ones before it found.
func (p *Parser) parse(page *Page, e *article.Explanation, seen *Seen) (_ *Article, err error) {
	defer catch(&err)
	root, err := Document(page)
	if err != nil {
		return nil, err
	}
	r := newReading(doc.Read(page, root), p.extractor())
	r.page.Explanation, r.page.Models = e, p.fields
	if r.empty() {
		return nil, ErrNotArticle
	}
	r.identity()
	standfirst := r.headline()
	visible := body.Choose(r.page, p.model, r.a.Title, standfirst)
	seen.note(visible)
	visible.DropRepeated(p.Site)
	visible.KeepStandfirst(r.a.Subtitle, standfirst)
	places := r.captions(visible)
	r.authors(visible)
	visible.DropByline(r.a.Byline, r.a.Authors)
	sure := visible.Certainty()
	r.body(visible.Assemble(places), article.Provenance{From: "dom:blocks", Confidence: sure.Confidence(p.model)})
	visible, found := r.fromData(visible)
	if !found && len(r.page.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	r.explainBody(sure, p.model)
	r.dates(visible)
	r.labels()
	r.origin(visible)
	r.contacts(visible, &p.numbers)
	r.a.Rights = r.page.Rights()
	fillFromHints(r.a, page.Hints)
	r.kind(visible)
	r.paywall()
	return r.a, nil
}
