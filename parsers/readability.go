package parsers

import (
	"net/url"
	"strconv"

	"github.com/go-shiori/dom"
	"github.com/go-shiori/go-readability"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
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
	if len(x.Order) > maxElements || x.Body == nil {
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
	if x.Title != "" {
		t := &html.Node{Type: html.ElementNode, Data: "title", DataAtom: atom.Title}
		t.AppendChild(&html.Node{Type: html.TextNode, Data: x.Title})
		head.AppendChild(t)
	}
	body, _, _ := x.prune(x.Body, 0)
	root.AppendChild(body)
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
	for _, b := range x.Blocks {
		if taken[strconv.Itoa(b.Pos())] {
			b.Vote, any = true, true
		}
	}
	return any
}

// phrasing are elements that change how text looks and not what it is.
var phrasing = map[atom.Atom]bool{
	atom.B: true, atom.I: true, atom.Em: true, atom.Strong: true, atom.U: true, atom.Font: true, atom.Small: true, atom.Big: true, atom.Mark: true,
	atom.Abbr: true, atom.Sub: true, atom.Sup: true, atom.S: true, atom.Ins: true, atom.Cite: true, atom.Tt: true,
}

// Bounds of a part that is nothing but links: menus, teasers, tags.
const (
	linkPart   = 80 // characters
	linkShare  = 85 // percent of its text
	linkLabels = 3
)

// prune copies a subtree without what readability would only throw away, and
// returns the characters of its text and of these within links. Elements that
// change no more than how text looks go up in their parents, and parts that are
// nothing but links are left out.
func (x *index) prune(n *html.Node, depth int) (c *html.Node, text, linked int) {
	c = &html.Node{Type: html.ElementNode, Data: n.Data, DataAtom: n.DataAtom}
	for _, a := range n.Attr {
		if kept[a.Key] && len(a.Val) < 300 {
			c.Attr = append(c.Attr, a)
		}
	}
	if pos, ok := x.Order[n]; ok {
		c.Attr = append(c.Attr, html.Attribute{Key: stamp, Val: strconv.Itoa(pos)})
	}
	if depth > 500 {
		return c, 0, 0
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch k.Type {
		case html.TextNode:
			c.AppendChild(&html.Node{Type: html.TextNode, Data: k.Data})
			text += letters(k.Data)
		case html.ElementNode:
			if block.Unread[k.DataAtom] || k.DataAtom == atom.Nav || k.DataAtom == atom.Footer || k.DataAtom == atom.Aside || k.DataAtom == atom.Figcaption || k.DataAtom == atom.Dialog || block.Hidden(k) ||
				x.Hint(k)&(block.HintConsent|block.HintShare|block.HintNewsletter) != 0 && len(block.TextOf(k)) < 600 {
				continue
			}
			if plain := onlyText(k); plain != "" && phrasing[k.DataAtom] {
				c.AppendChild(&html.Node{Type: html.TextNode, Data: plain})
				text += letters(plain)
				continue
			}
			kc, kt, kl := x.prune(k, depth+1)
			if k.DataAtom == atom.A {
				kl = kt
			}
			if listing[k.DataAtom] && kt > linkPart && kl*100 > kt*linkShare && links(k, linkLabels) {
				continue
			}
			c.AppendChild(kc)
			text, linked = text+kt, linked+kl
		}
	}
	return c, text, linked
}

// listing are elements that menus and teasers are made of.
var listing = map[atom.Atom]bool{atom.Ul: true, atom.Ol: true, atom.Div: true, atom.Section: true, atom.Aside: true, atom.Header: true, atom.Form: true}

// onlyText is the text of an element that holds nothing else.
func onlyText(n *html.Node) string {
	if n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return n.FirstChild.Data
	}
	return ""
}

// letters counts the bytes of a text that are no white space.
func letters(s string) int {
	n := 0
	for i := range len(s) {
		if s[i] > ' ' {
			n++
		}
	}
	return n
}

// links reports whether a node has so many links.
func links(n *html.Node, want int) bool {
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			if want--; want == 0 {
				return true
			}
		}
	}
	return false
}
