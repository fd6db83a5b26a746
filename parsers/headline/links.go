package headline

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

var anchors = doc.Select("a")

// links finds the links of a page by the element that they stand in.
type links struct {
	page *doc.Page
	all  []*html.Node // in document order
}

func linksOf(p *doc.Page) *links { return &links{p, p.Select(anchors).Nodes} }

// within lists the links within an element, the first ones of many.
func (l *links) within(n *html.Node) []*html.Node {
	top := l.page.Order[n]
	first, _ := slices.BinarySearchFunc(l.all, top+1, func(a *html.Node, order int) int { return l.page.Order[a] - order })
	end := first
	for end < len(l.all) && end-first < doc.MaxWithin && block.Within(l.all[end], n) {
		end++
	}
	return l.all[first:end]
}

// of is the link that an element is, the first one in it, or the one around it within
// the story; nil without one.
func (l *links) of(n *html.Node) *html.Node {
	if n.DataAtom == atom.A {
		return n
	}
	if in := l.within(n); len(in) > 0 {
		return in[0]
	}
	for up := n.Parent; up != nil; up = up.Parent {
		switch up.DataAtom {
		case atom.A:
			return up
		case atom.Body, atom.Article, atom.Main:
			return nil
		}
	}
	return nil
}

// target is where a link leads; nil for what is not a valid URL.
func (l *links) target(a *html.Node) *url.URL {
	u, err := url.Parse(l.page.Resolve(block.Attr(a, "href")))
	if err != nil {
		return nil
	}
	return u
}

// leadHome reports whether the first link in an element leads to the front page, as
// those of logos do.
func (l *links) leadHome(n *html.Node) bool {
	in := l.within(n)
	if len(in) == 0 {
		return false
	}
	u := l.target(in[0])
	return u != nil && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
}

// leadAway reports whether the link of an element leads to another page.
func (l *links) leadAway(n *html.Node) bool {
	a := l.of(n)
	if a == nil {
		return false
	}
	ref := strings.TrimSpace(block.Attr(a, "href"))
	if ref == "" || ref[0] == '#' || strings.HasPrefix(ref, "javascript:") {
		return false
	}
	u := l.page.Resolve(ref)
	canonical := l.page.Rels["canonical"]
	return u != "" && !doc.SameURL(u, l.page.Input.URL) && (len(canonical) == 0 || u != l.page.Resolve(canonical[0]))
}
