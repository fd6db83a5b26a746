package parsers

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Examine gives a page's blocks as Parse judges them, before it has: with the
// votes of go-readability and of JSON-LD, and what the features compare with.
// Models are trained on it. The error is Parse's.
func (p *Parser) Examine(page *article.Page) (*block.Page, block.Context, error) {
	root, err := document(page)
	if err != nil {
		return nil, block.Context{}, err
	}
	x := doc.Read(page, root)
	if len(x.Blocks) == 0 {
		return nil, block.Context{}, ErrNotArticle
	}
	title, _ := headline.Title(x)
	_, standfirst := headline.Subtitle(x, title)
	return x.Page, body.Examine(x, title, standfirst), nil
}
