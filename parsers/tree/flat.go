package tree

import (
	"bytes"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// Flat makes a shallow tree of a page in UTF-8 from its tokens, for pages that
// html.Parse refuses because they are nested too deep. It holds what readers and
// links need: block elements become paragraphs one after another, with the elements
// that refer to other URLs; meta, link, base, title and script elements go to the
// head. Its depth does not depend on the page's.
func Flat(text []byte) *html.Node {
	b := newBuilder()
	z := html.NewTokenizer(bytes.NewReader(text))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.doc
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(string(name))
		case html.TextToken:
			b.text(string(z.Text()))
		}
	}
}

// refers are the elements that refer to other URLs by an attribute and have no text.
var refers = map[atom.Atom]bool{
	atom.Area: true, atom.Img: true, atom.Input: true, atom.Source: true, atom.Video: true, atom.Audio: true, atom.Track: true,
	atom.Embed: true, atom.Object: true, atom.Frame: true, atom.Iframe: true,
}

// A builder holds the places where the next tokens go.
type builder struct {
	doc, head, body *html.Node
	para            *html.Node // open paragraph, nil if none
	anchor          *html.Node // open link in it, nil if none
	raw             *html.Node // open element of the head, which takes text as it is
	skip            string     // tag whose content is left out
}

func newBuilder() *builder {
	b := &builder{doc: &html.Node{Type: html.DocumentNode}, head: element(atom.Head, nil), body: element(atom.Body, nil)}
	root := element(atom.Html, nil)
	b.doc.AppendChild(root)
	root.AppendChild(b.head)
	root.AppendChild(b.body)
	return b
}

func element(a atom.Atom, attrs []html.Attribute) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: a.String(), DataAtom: a, Attr: attrs}
}

func (b *builder) start(t html.Token) {
	switch a := t.DataAtom; {
	case a == atom.Meta || a == atom.Link || a == atom.Base:
		b.head.AppendChild(element(a, t.Attr))
	case a == atom.Title || a == atom.Script:
		b.raw = element(a, t.Attr)
		b.head.AppendChild(b.raw)
	case a == atom.Style || a == atom.Noscript || a == atom.Template:
		b.skip = t.Data
	case a == atom.A:
		b.anchor = element(a, t.Attr)
		b.paragraph().AppendChild(b.anchor)
	case refers[a]:
		b.paragraph().AppendChild(element(a, t.Attr))
	case block.BlockLevelTag(t.Data):
		b.para, b.anchor = nil, nil
	}
}

func (b *builder) end(tag string) {
	if tag == b.skip {
		b.skip = ""
	}
	b.raw = nil
	if tag == "a" {
		b.anchor = nil
	}
	if block.BlockLevelTag(tag) {
		b.para, b.anchor = nil, nil
	}
}

func (b *builder) text(s string) {
	switch {
	case b.skip != "":
	case b.raw != nil:
		b.raw.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	case strings.TrimSpace(s) != "":
		in := b.paragraph()
		if b.anchor != nil {
			in = b.anchor
		}
		in.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
}

func (b *builder) paragraph() *html.Node {
	if b.para == nil {
		b.para = element(atom.P, nil)
		b.body.AppendChild(b.para)
	}
	return b.para
}
