package parsers

import (
	"bytes"
	"mime"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxHTML bounds what is parsed; a page is cut there.
const maxHTML = 16 << 20

// document gives the page's tree. Where html.Parse gives up on a page nested
// deeper than it goes, the tree is made of its tokens' text: flat, but whole.
func document(p *article.Page) (*html.Node, error) {
	if p.Doc != nil {
		return p.Doc, nil
	}
	if len(p.HTML) == 0 || !isHTML(p) {
		return nil, ErrNotArticle
	}
	text, err := decode(p)
	if err != nil {
		return nil, err
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return flatTree(text), nil
	}
	return doc, nil
}

func isHTML(p *article.Page) bool {
	for name, values := range p.Header {
		if !strings.EqualFold(name, "Content-Type") || len(values) == 0 {
			continue
		}
		if mt, _, err := mime.ParseMediaType(values[0]); err == nil {
			return mt == "text/html" || mt == "application/xhtml+xml"
		}
	}
	head := p.HTML[:min(len(p.HTML), 512)]
	if bytes.HasPrefix(head, []byte("%PDF-")) {
		return false
	}
	if bytes.HasPrefix(head, []byte("\xfe\xff")) || bytes.HasPrefix(head, []byte("\xff\xfe")) {
		return true // UTF-16 text
	}
	ct := sniff(head)
	return strings.HasPrefix(ct, "text/") && ct != "text/xml; charset=utf-8" || bytes.Contains(bytes.ToLower(head), []byte("<html"))
}

// flatTree makes a document of a page's tokens: block elements become
// paragraphs one after another, and the head's elements stay as they are.
func flatTree(text []byte) *html.Node {
	doc := &html.Node{Type: html.DocumentNode}
	body := &html.Node{Type: html.ElementNode, Data: "body", DataAtom: atom.Body}
	head := &html.Node{Type: html.ElementNode, Data: "head", DataAtom: atom.Head}
	root := &html.Node{Type: html.ElementNode, Data: "html", DataAtom: atom.Html}
	doc.AppendChild(root)
	root.AppendChild(head)
	root.AppendChild(body)
	z := html.NewTokenizer(bytes.NewReader(text))
	var para, in *html.Node
	var skip string
	for {
		switch z.Next() {
		case html.ErrorToken:
			return doc
		case html.StartTagToken, html.SelfClosingTagToken:
			t := z.Token()
			switch {
			case t.Data == "meta" || t.Data == "link":
				head.AppendChild(element(t))
			case t.Data == "title" || t.Data == "script":
				in = element(t)
				head.AppendChild(in)
			case t.Data == "style" || t.Data == "noscript" || t.Data == "template":
				skip = t.Data
			case block.BorderTag(t.Data):
				para = nil
			}
		case html.EndTagToken:
			name, _ := z.TagName()
			tag := string(name)
			if tag == skip {
				skip = ""
			}
			in = nil
			if block.BorderTag(tag) {
				para = nil
			}
		case html.TextToken:
			s := string(z.Text())
			switch {
			case skip != "":
			case in != nil:
				in.AppendChild(&html.Node{Type: html.TextNode, Data: s})
			case strings.TrimSpace(s) != "":
				if para == nil {
					para = &html.Node{Type: html.ElementNode, Data: "p", DataAtom: atom.P}
					body.AppendChild(para)
				}
				para.AppendChild(&html.Node{Type: html.TextNode, Data: html.UnescapeString(s)})
			}
		}
	}
}

func element(t html.Token) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: t.Data, DataAtom: t.DataAtom, Attr: t.Attr}
}

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
