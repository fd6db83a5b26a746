package parsers

import (
	"net/url"
	"strconv"

	"github.com/go-shiori/dom"
	"github.com/go-shiori/go-readability"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stamp names the attribute by which elements of readability's tree are found
// again in ours.
const stamp = "data-newsmorgue"

// kept are the attributes that readability looks at.
var kept = map[string]bool{"class": true, "id": true, "role": true, "rel": true, "href": true, "src": true, "itemprop": true, "style": true, "dir": true, "hidden": true, "aria-hidden": true}

// maxElements bounds the tree that readability is given: its work is more than
// proportional to it.
const maxElements = 60_000

// vote marks the blocks that go-readability takes for the article. It runs once,
// on a copy without what it would only throw away.
func (x *index) vote() (ok bool) {
	if len(x.order) > maxElements || x.body == nil {
		return false
	}
	// The library is given hostile trees; a fault of its own costs its vote only.
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	doc := &html.Node{Type: html.DocumentNode}
	root := &html.Node{Type: html.ElementNode, Data: "html", DataAtom: atom.Html}
	head := &html.Node{Type: html.ElementNode, Data: "head", DataAtom: atom.Head}
	doc.AppendChild(root)
	root.AppendChild(head)
	if x.title != "" {
		t := &html.Node{Type: html.ElementNode, Data: "title", DataAtom: atom.Title}
		t.AppendChild(&html.Node{Type: html.TextNode, Data: x.title})
		head.AppendChild(t)
	}
	root.AppendChild(x.prune(x.body, 0))
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	parser.CharThresholds = 300
	base := x.page.URL
	if base == nil {
		base = &url.URL{}
	}
	article, err := parser.ParseDocument(doc, base)
	if err != nil || article.Node == nil {
		return false
	}
	taken := map[string]bool{}
	for _, n := range dom.QuerySelectorAll(article.Node, "["+stamp+"]") {
		taken[dom.GetAttribute(n, stamp)] = true
	}
	any := false
	for _, b := range x.blocks {
		if taken[strconv.Itoa(b.pos)] {
			b.vote, any = true, true
		}
	}
	return any
}

func (x *index) prune(n *html.Node, depth int) *html.Node {
	c := &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom}
	for _, a := range n.Attr {
		if kept[a.Key] && len(a.Val) < 300 {
			c.Attr = append(c.Attr, a)
		}
	}
	if pos, ok := x.order[n]; ok {
		c.Attr = append(c.Attr, html.Attribute{Key: stamp, Val: strconv.Itoa(pos)})
	}
	if depth > 500 {
		return c
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch k.Type {
		case html.TextNode:
			c.AppendChild(&html.Node{Type: html.TextNode, Data: k.Data})
		case html.ElementNode:
			if unread[k.DataAtom] || k.DataAtom == atom.Nav || k.DataAtom == atom.Footer || k.DataAtom == atom.Figcaption || k.DataAtom == atom.Dialog || hidden(k) ||
				x.hint(k)&(hintConsent|hintShare|hintNewsletter) != 0 && len(textOf(k)) < 600 {
				continue
			}
			c.AppendChild(x.prune(k, depth+1))
		}
	}
	return c
}
