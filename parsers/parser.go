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
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/captions"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/language"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// Extractor names this parser and its version. A change of what Parse gives
// for some page is a new version, so that readings can be told apart.
const Extractor = "newsmorgue/2"

// ErrNotArticle is returned for what holds no visible text or is no HTML page.
var ErrNotArticle = errors.New("no article: not an HTML page, or no visible text")

// dropListed takes back a date that was seen on a front: there, it is that of a
// story which the front lists, unless it stands by the front's own title.
func dropListed(a *article.Article, field string, value *string) {
	pr := a.Provenance[field]
	if (strings.HasPrefix(pr.From, "dom:") || strings.HasPrefix(pr.From, "text:")) && (a.Kind == article.KindHome || pr.Confidence < 0.75) {
		*value = ""
		delete(a.Provenance, field)
	}
}

// A Parser reads articles. Its zero value works, and is safe for many goroutines.
type Parser struct {
	Site *template.Profile // what is known of the page's site; nil: nothing
	// Model judges blocks; the program's own if nil. It is there for measuring
	// other ones.
	Model *block.Model
}

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
	root, err := document(page)
	if err != nil {
		return nil, err
	}
	x := doc.Read(page, root)
	x.Explanation = e
	if len(x.Blocks) == 0 && !body.MayHoldBody(x, 0) && len(x.LD) == 0 {
		return nil, ErrNotArticle
	}
	a := &article.Article{Schema: article.Schema, Extractor: p.extractor(), Provenance: map[string]article.Provenance{}}
	note := func(field string, pr article.Provenance) {
		if pr.From != "" {
			a.Provenance[field] = pr
		}
	}
	if page.URL != nil && page.URL.Host != "" {
		a.URL, a.Site = page.URL.String(), doc.SiteOf(page.URL)
	}
	if c := x.Rels["canonical"]; len(c) > 0 {
		a.CanonicalURL = x.Resolve(c[0])
	}
	var pr article.Provenance
	a.Title, pr = headline.Title(x)
	note("title", pr)
	subtitle, subtitleBlock := headline.Subtitle(x, a.Title)
	a.Subtitle = subtitle
	if subtitleBlock != nil {
		note("subtitle", article.Provenance{From: "dom:" + subtitleBlock.Node.Data, Confidence: 0.8})
	}
	body.Choose(x, p.Model, a.Title, subtitleBlock)
	body.DropRepeated(x, p.Site)
	body.KeepStandfirst(x, subtitle, subtitleBlock)
	captions, places, pr := captions.Find(x)
	a.Captions = captions
	note("captions", pr)
	a.Authors, a.Byline, pr = byline.Find(x, a.Title)
	note("authors", pr)
	body.DropByline(x, a.Byline, a.Authors)
	a.Body = body.Assemble(x, places)
	a.Text = article.PlainText(a.Body)
	if len(a.Body) > 0 {
		note("body", article.Provenance{From: "dom:blocks", Confidence: 0.8})
	}
	a.Summary, pr.From = x.FirstMeta("og:description", "description", "twitter:description")
	if a.Summary != "" {
		note("summary", article.Provenance{From: "meta:" + pr.From, Confidence: 0.9})
	}
	if !body.FromData(x, a) && len(x.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	var changed article.Provenance
	a.Published, pr, a.Modified, changed = dates.Find(x, a.Title)
	note("published", pr)
	note("modified", changed)
	a.Section, pr = headline.Section(x, a.Title)
	note("section", pr)
	a.Tags, pr = headline.Tags(x, a)
	note("tags", pr)
	a.Language, pr = language.Find(x, a.Text)
	note("language", pr)
	var agency string
	a.Dateline, pr, agency = byline.Dateline(x, a.Body)
	note("dateline", pr)
	a.Source, pr = byline.Source(x, a, agency)
	note("source", pr)
	a.Contacts = contacts.Find(x, a.Authors)
	a.Rights = x.Rights()
	a.Further = further(x)
	hint(a, page.Hints)
	a.Kind = findKind(x, a)
	if a.Kind.Story() {
		a.Pages = pages(x)
	}
	if a.Kind == article.KindHome || a.Kind == article.KindSection || a.Kind == article.KindAuthor {
		dropListed(a, "published", &a.Published)
		dropListed(a, "modified", &a.Modified)
	}
	a.Paywalled = a.Paywalled || paywalled(x, a.Text)
	explainBlocks(x)
	return a, nil
}

// hint fills what the page does not say from what feeds and sitemaps say.
func hint(a *article.Article, h article.Hints) {
	fill := func(field string, to *string, value string) {
		if *to == "" && value != "" {
			*to = value
			a.Provenance[field] = article.Provenance{From: h.Source + ":" + field, Confidence: 0.6}
		}
	}
	fill("title", &a.Title, h.Title)
	fill("language", &a.Language, h.Language)
	if !h.Published.IsZero() {
		fill("published", &a.Published, h.Published.Format(time.RFC3339))
	}
	if !h.Modified.IsZero() && h.Modified.After(h.Published) {
		fill("modified", &a.Modified, h.Modified.Format(time.RFC3339))
	}
	if len(a.Authors) == 0 {
		for _, n := range h.Authors {
			if n = block.Clean(n); n != "" && !byline.IsPlaceholder(n) {
				a.Authors = append(a.Authors, article.Author{Name: n, Kind: "person"})
				a.Provenance["authors"] = article.Provenance{From: h.Source + ":authors", Confidence: 0.6}
			}
		}
	}
}
