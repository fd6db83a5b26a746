package replay

import (
	"bytes"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// parse gives the tree of a page as browsers that run no scripts make it. Where
// html.Parse gives up, since the page is nested too deep, the tree is a shallower one.
func parse(page []byte) *html.Node {
	doc, err := html.ParseWithOptions(bytes.NewReader(page), html.ParseOptionEnableScripting(false))
	if err != nil {
		return shallow(page)
	}
	return doc
}

// maxDepth is how deep a shallow tree is nested; browsers have a limit like it.
const maxDepth = 300

// shallow makes a tree of a page from its tokens. What is nested deeper than maxDepth is
// put into the element at that depth. Drawings and formulas are left out: their content
// has other rules for where tags end.
func shallow(page []byte) *html.Node {
	b := &builder{doc: &html.Node{Type: html.DocumentNode}}
	root, head := element("html"), element("head")
	b.doc.AppendChild(&html.Node{Type: html.DoctypeNode, Data: "html"})
	b.doc.AppendChild(root)
	root.AppendChild(head)
	body := element("body")
	root.AppendChild(body)
	b.head, b.open = head, []*html.Node{body}
	z := html.NewTokenizer(bytes.NewReader(page))
	for {
		switch kind := z.Next(); kind {
		case html.ErrorToken:
			return b.doc
		case html.TextToken:
			b.text(string(z.Text()))
		case html.StartTagToken, html.SelfClosingTagToken:
			b.start(z.Token())
		case html.EndTagToken:
			name, _ := z.TagName()
			b.end(string(name))
		}
	}
}

func element(name string) *html.Node {
	return &html.Node{Type: html.ElementNode, Data: name, DataAtom: atom.Lookup([]byte(name))}
}

// A builder is a shallow tree that is being made.
type builder struct {
	doc, head *html.Node
	open      []*html.Node // from the body down
	deeper    []string     // elements that are open below maxDepth
	raw       *html.Node   // the open style sheet or title
	without   string       // the open element that is left out with its content
	nested    int          // of elements of that name in it
}

// left are elements that are left out of shallow trees with their content.
var left = map[string]bool{"svg": true, "math": true, "script": true, "iframe": true, "noembed": true, "noframes": true, "xmp": true, "plaintext": true, "select": true}

// void are the elements without content.
var void = map[string]bool{
	"area": true, "base": true, "br": true, "col": true, "embed": true, "hr": true, "img": true, "input": true, "link": true, "meta": true,
	"param": true, "source": true, "track": true, "wbr": true,
}

// maxDeeper bounds how many open elements below maxDepth are remembered.
const maxDeeper = 1 << 16

func (b *builder) start(t html.Token) {
	switch {
	case b.without != "":
		if t.Data == b.without {
			b.nested++
		}
		return
	case b.raw != nil:
		return
	case left[t.Data]:
		b.without, b.nested = t.Data, 1
		return
	}
	n := element(t.Data)
	n.Attr = t.Attr
	top := b.open[len(b.open)-1]
	switch t.Data {
	case "html", "head", "body", "frameset":
		return
	case "base", "link", "meta":
		b.head.AppendChild(n)
		return
	case "style", "title":
		b.head.AppendChild(n)
		b.raw = n
		return
	}
	if void[t.Data] {
		top.AppendChild(n)
		return
	}
	if len(b.open) < maxDepth {
		top.AppendChild(n)
		b.open = append(b.open, n)
	} else if len(b.deeper) < maxDeeper {
		b.deeper = append(b.deeper, t.Data)
	}
}

func (b *builder) end(name string) {
	switch {
	case b.without != "":
		if name == b.without {
			if b.nested--; b.nested == 0 {
				b.without = ""
			}
		}
		return
	case b.raw != nil:
		if name == b.raw.Data {
			b.raw = nil
		}
		return
	}
	if n := len(b.deeper); n > 0 {
		if b.deeper[n-1] == name {
			b.deeper = b.deeper[:n-1]
		}
		return
	}
	// An end tag closes the element of its name, if one of the innermost few is it.
	for i := len(b.open) - 1; i > 0 && i > len(b.open)-20; i-- {
		if b.open[i].Data == name {
			b.open = b.open[:i]
			return
		}
	}
}

func (b *builder) text(s string) {
	switch {
	case b.without != "":
	case b.raw != nil:
		b.raw.AppendChild(&html.Node{Type: html.TextNode, Data: s})
	default:
		b.open[len(b.open)-1].AppendChild(&html.Node{Type: html.TextNode, Data: s})
	}
}
