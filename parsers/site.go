package parsers

import (
	"slices"

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
	seen.Blocks = observed(x, body.Choose(x, nil, seen.Title, standfirst).Blocks())
	return seen, nil
}

// observed lists the visible text of a page. kept are the blocks that a reading without
// a profile takes for the body.
func observed(x *doc.Page, kept block.Kept) (blocks []template.Block) {
	for _, b := range x.Blocks {
		if b.Words > 0 && b.Flags&block.InHidden == 0 {
			blocks = append(blocks, template.Block{Path: body.Place(x, b), Text: b.Text, Words: b.Words, Linked: b.LinkCount > 0, Kept: kept[b.N]})
		}
	}
	return blocks
}

// Seen is what a reading knows of a page that Observe would find out again. It holds
// the whole page.
type Seen struct {
	page *doc.Page
	kept block.Kept
}

// note keeps what was chosen before a profile changes it. Nothing is noted for nil.
func (s *Seen) note(story *body.Selection) {
	if s != nil {
		s.page, s.kept = story.Page(), slices.Clone(story.Blocks())
	}
}

// Observe is what the function Observe gives of the page, under the title that its
// article has.
func (s *Seen) Observe(title string) *template.Page {
	p := &template.Page{At: s.page.Input.Fetched, Title: title, Blocks: observed(s.page, s.kept)}
	if u := s.page.Input.URL; u != nil {
		p.URL = u.String()
	}
	if c := s.page.Rels["canonical"]; len(c) > 0 {
		p.Canonical = s.page.Resolve(c[0])
	}
	return p
}

// ParseSeen is Parse, and gives what Observe needs of the same page.
func (p *Parser) ParseSeen(page *article.Page) (*article.Article, *Seen, error) {
	seen := &Seen{}
	a, err := p.parse(page, nil, seen)
	if err != nil || len(seen.page.Blocks) == 0 {
		return a, nil, err
	}
	return a, seen, nil
}
