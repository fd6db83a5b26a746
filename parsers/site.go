package parsers

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/template"
)

// extractor names the parser and what it knows of the site, for Article.Extractor.
func (p *Parser) extractor() string {
	if p.Site == nil {
		return article.Extractor
	}
	return article.Extractor + "; profile=" + p.Site.Digest()
}

// ExtractorFor is what Article.Extractor says of readings with a profile, which
// may be nil.
func ExtractorFor(site *template.Profile) string { return (&Parser{Site: site}).extractor() }

// Observe gives what a template.Learner compares of a page: its visible text, and
// what of it a reading without a profile takes for the body. Errors are those of Parse.
func Observe(page *article.Page) (*template.Page, error) {
	root, err := Document(page)
	if err != nil {
		return nil, err
	}
	x := doc.Read(page, root)
	if len(x.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	seen := &template.Page{At: page.Fetched}
	if page.URL != nil {
		seen.URL = page.URL.String()
	}
	if c := x.Rels["canonical"]; len(c) > 0 {
		seen.Canonical = x.Resolve(c[0])
	}
	seen.Title, _ = headline.Title(x)
	standfirst := headline.Subtitle(x, seen.Title).First
	story := body.Choose(x, nil, seen.Title, standfirst)
	for _, b := range x.Blocks {
		if b.Words > 0 && b.Flags&block.InHidden == 0 {
			seen.Blocks = append(seen.Blocks, template.Block{Path: body.Place(x, b), Text: b.Text, Words: b.Words, Linked: b.LinkCount > 0, Kept: story.Kept(b)})
		}
	}
	return seen, nil
}
