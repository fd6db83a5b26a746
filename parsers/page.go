package parsers

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"golang.org/x/net/html"
)

// maxHTML bounds what is parsed; a page is cut there.
const maxHTML = 16 << 20

// Document gives a page's tree, which is parsed unless the page has one. It returns
// ErrNotArticle if the page is not HTML.
func Document(p *article.Page) (*html.Node, error) {
	if p.Doc != nil {
		return p.Doc, nil
	}
	if len(p.HTML) == 0 || !tree.IsHTML(contentType(p), p.HTML) {
		return nil, ErrNotArticle
	}
	encoding := contentType(p)
	if p.Charset != "" {
		encoding = "text/html; charset=" + p.Charset
	}
	text, err := charset.Decode(p.HTML[:min(len(p.HTML), maxHTML)], encoding, hostname(p))
	if err != nil {
		return nil, err
	}
	return tree.Parse(text), nil
}

// contentType is the values of the Content-Type fields joined by commas, "" if there
// is none.
func contentType(p *article.Page) string {
	for name, values := range p.Header {
		if strings.EqualFold(name, "Content-Type") {
			return strings.Join(values, ", ")
		}
	}
	return ""
}

func hostname(p *article.Page) string {
	if p.URL == nil {
		return ""
	}
	return p.URL.Hostname()
}
