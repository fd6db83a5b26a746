package parsers

import (
	"bytes"
	"mime"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/flat"
	"golang.org/x/net/html"
)

// maxHTML bounds what is parsed; a page is cut there.
const maxHTML = 16 << 20

// Document gives a page's tree, which is parsed unless the page has one. Where
// html.Parse gives up on a page nested
// deeper than it goes, the tree is made of its tokens' text: flat, but whole.
func Document(p *article.Page) (*html.Node, error) {
	if p.Doc != nil {
		return p.Doc, nil
	}
	if len(p.HTML) == 0 || !isHTML(p) {
		return nil, ErrNotArticle
	}
	text, err := charset.Decode(p.HTML[:min(len(p.HTML), maxHTML)], contentType(p), hostname(p))
	if err != nil {
		return nil, err
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return flat.Tree(text), nil
	}
	return doc, nil
}

// contentType is the Content-Type field, with the charset that Page names in
// place of the field's own.
func contentType(p *article.Page) string {
	if p.Charset != "" {
		return "text/html; charset=" + p.Charset
	}
	for name, values := range p.Header {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 {
			return values[0]
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

func isHTML(p *article.Page) bool {
	for name, values := range p.Header {
		if !strings.EqualFold(name, "Content-Type") || len(values) == 0 {
			continue
		}
		if mt, _, err := mime.ParseMediaType(values[0]); err == nil {
			return (mt == "text/html" || mt == "application/xhtml+xml") && !isPDF(p.HTML)
		}
	}
	if isPDF(p.HTML) {
		return false
	}
	head := p.HTML[:min(len(p.HTML), 512)]
	if bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.HasPrefix(head, []byte("\xff\xfe")) {
		return true // UTF-16 text
	}
	ct := sniff(head)
	return strings.HasPrefix(ct, "text/") && ct != "text/xml; charset=utf-8" || bytes.Contains(bytes.ToLower(head), []byte("<html"))
}

// isPDF recognizes the files that servers most often send as HTML.
func isPDF(b []byte) bool { return bytes.HasPrefix(b, []byte("%PDF-")) }

// sniff tells text from binary and markup from both, as far as bytes tell.
func sniff(head []byte) string {
	if bytes.IndexByte(head, 0) >= 0 {
		return "application/octet-stream"
	}
	trimmed := bytes.ToLower(bytes.TrimLeft(head, " \t\r\n"))
	switch {
	case bytes.HasPrefix(trimmed, []byte("<?xml")) && !bytes.Contains(trimmed, []byte("<html")) && !bytes.Contains(trimmed, []byte("<!doctype html")):
		return "text/xml; charset=utf-8"
	case bytes.HasPrefix(trimmed, []byte("{")), bytes.HasPrefix(trimmed, []byte("[")):
		return "application/json"
	}
	return "text/html"
}
