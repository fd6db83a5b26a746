package parsers

import (
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// A Parser reads articles. Its zero value works, and is safe for many goroutines.
type Parser struct {
	Site *template.Profile // what is known of the page's site; nil: nothing
	// Model judges blocks; the program's own if nil. It is there for measuring
	// other ones.
	Model *block.Model
}

// Parse reads the article of a page. It returns ErrNotArticle for what is no
// HTML page or has no text; page.Doc is not written to.
func (p *Parser) Parse(page *Page) (*Article, error) { return p.parse(page, nil) }

// Explain is Parse with its reasons.
func (p *Parser) Explain(page *Page) (*Article, *Explanation, error) {
	e := &Explanation{}
	a, err := p.parse(page, e)
	return a, e, err
}

func (p *Parser) parse(page *Page, e *Explanation) (*Article, error) {
	doc, err := page.document()
	if err != nil {
		return nil, err
	}
	x := newIndex(page, doc)
	x.explanation = e
	if len(x.Blocks) == 0 && !x.mayHoldBody(0) && len(x.ld) == 0 {
		return nil, ErrNotArticle
	}
	a := &Article{Schema: Schema, Extractor: p.extractor(), Provenance: map[string]Provenance{}}
	note := func(field string, pr Provenance) {
		if pr.From != "" {
			a.Provenance[field] = pr
		}
	}
	if page.URL != nil && page.URL.Host != "" {
		a.URL, a.Site = page.URL.String(), siteOf(page.URL)
	}
	if c := x.Rels["canonical"]; len(c) > 0 {
		a.CanonicalURL = x.resolve(c[0])
	}
	var pr Provenance
	a.Title, pr = x.findTitle()
	note("title", pr)
	subtitle, subtitleBlock := x.findSubtitle(a.Title)
	a.Subtitle = subtitle
	if subtitleBlock != nil {
		note("subtitle", Provenance{"dom:" + subtitleBlock.Node.Data, 0.8})
	}
	x.chooseBody(p.Model, a.Title, subtitleBlock)
	x.dropRepeated(p.Site)
	x.keepStandfirst(subtitle, subtitleBlock)
	captions, places, pr := x.findCaptions()
	a.Captions = captions
	note("captions", pr)
	a.Authors, a.Byline, pr = x.findAuthors(a.Title)
	note("authors", pr)
	x.dropByline(a.Byline, a.Authors)
	a.Body = x.assemble(places)
	a.Text = plainText(a.Body)
	if len(a.Body) > 0 {
		note("body", Provenance{"dom:blocks", 0.8})
	}
	a.Summary, pr.From = x.first("og:description", "description", "twitter:description")
	if a.Summary != "" {
		note("summary", Provenance{"meta:" + pr.From, 0.9})
	}
	if !x.fromData(a) && len(x.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	var changed Provenance
	a.Published, pr, a.Modified, changed = x.findDates(a.Title)
	note("published", pr)
	note("modified", changed)
	a.Section, pr = x.findSection(a.Title)
	note("section", pr)
	a.Tags, pr = x.findTags(a)
	note("tags", pr)
	a.Language, pr = x.findLanguage(a.Text)
	note("language", pr)
	var agency string
	a.Dateline, pr, agency = x.findDateline(a.Body)
	note("dateline", pr)
	a.Source, pr = x.findSource(a, agency)
	note("source", pr)
	a.Contacts = x.findContacts(a.Authors)
	a.Rights = x.rights()
	a.Further = x.further()
	a.hint(page.Hints)
	a.Kind = x.findKind(a)
	if a.Kind.Story() {
		a.Pages = x.pages()
	}
	if a.Kind == KindHome || a.Kind == KindSection || a.Kind == KindAuthor {
		a.dropListed("published", &a.Published)
		a.dropListed("modified", &a.Modified)
	}
	a.Paywalled = a.Paywalled || x.paywalled(a.Text)
	x.explainBlocks()
	return a, nil
}

// hint fills what the page does not say from what feeds and sitemaps say.
func (a *Article) hint(h Hints) {
	fill := func(field string, to *string, value string) {
		if *to == "" && value != "" {
			*to = value
			a.Provenance[field] = Provenance{h.Source + ":" + field, 0.6}
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
			if n = block.Clean(n); n != "" && !notAuthor.MatchString(n) {
				a.Authors = append(a.Authors, Author{Name: n, Kind: "person"})
				a.Provenance["authors"] = Provenance{h.Source + ":authors", 0.6}
			}
		}
	}
}

// Inherit takes over what an earlier reading of the same page had from hints
// and this one lacks.
func (a *Article) Inherit(before *Article) {
	for field, pr := range before.Provenance {
		source, _, _ := strings.Cut(pr.From, ":")
		if _, has := a.Provenance[field]; has || !hintSources[source] {
			continue
		}
		switch field {
		case "title":
			a.Title = before.Title
		case "language":
			a.Language = before.Language
		case "published":
			a.Published = before.Published
		case "modified":
			a.Modified = before.Modified
		case "authors":
			a.Authors = before.Authors
		default:
			continue
		}
		a.Provenance[field] = pr
	}
}

// hintSources are the sources that Hints name.
var hintSources = map[string]bool{"feed": true, "sitemap": true, "news-sitemap": true, "wp-json": true}
