package doc

import (
	"slices"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Selector is a compiled CSS selector (Selectors Level 4, as cascadia has it).
// Package variables hold them, so that each is compiled once.
//
// A selector could be tried on every element of a page. [Page.Select] tries it
// only on those with the tag name or the attribute that its last compound
// requires, which it looks up in an index of the page.
type Selector struct{ parts []selectorPart }

// A selectorPart is one of the selectors that commas separate.
type selectorPart struct {
	sel  cascadia.Sel
	tag  string // that an element must have, or ""
	attr string // that an element must have, one of indexedAttrs, or ""
	atom atom.Atom
	bare bool // the tag name is all of the selector
}

// Select compiles a selector. Like regexp.MustCompile it is for selectors that
// the program contains: an invalid one stops the program at its start.
func Select(css string) *Selector {
	cascadia.MustCompile(css)
	group, _ := cascadia.ParseGroup(css)
	s := &Selector{}
	for _, sel := range group {
		part := selectorPart{sel: sel}
		part.tag, part.attr = required(sel.String())
		part.atom = atom.Lookup([]byte(part.tag))
		part.bare = part.tag != "" && part.tag == sel.String()
		s.parts = append(s.parts, part)
	}
	return s
}

// Matches reports whether an element is one that the selector selects.
func (s *Selector) Matches(n *html.Node) bool {
	return slices.ContainsFunc(s.parts, func(p selectorPart) bool { return p.sel.Match(n) })
}

// indexedAttrs are the attributes by which elements are looked up.
var indexedAttrs = []string{"rel", "itemprop", "itemtype", "property", "datetime", "role"}

// isIndexed is whether an attribute is one of them. Pages have thousands of others.
func isIndexed(key string) bool {
	switch key {
	case "rel", "itemprop", "itemtype", "property", "datetime", "role":
		return true
	}
	return false
}

// required says which tag name and which indexed attribute an element must have
// to be selected by a selector, as cascadia prints it; "" for none.
func required(css string) (tag, attr string) {
	last := lastCompound(css)
	end := strings.IndexFunc(last, func(r rune) bool { return !isNameRune(r) })
	if end < 0 {
		end = len(last)
	}
	tag = last[:end]
	for _, name := range indexedAttrs {
		if at := strings.Index(last, "["+name); at >= 0 && !strings.Contains(last[:at], "(") && !isNameRune(rune(last[at+1+len(name)])) && !strings.Contains(last, "!=") {
			return tag, name
		}
	}
	return tag, ""
}

func isNameRune(r rune) bool {
	return r == '-' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// lastCompound is what follows the last combinator: of "figure > figcaption" the
// last word. Combinators within brackets and quotes are none.
func lastCompound(css string) string {
	start, depth, quote := 0, 0, rune(0)
	for i, r := range css {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '"' || r == '\'':
			quote = r
		case r == '[' || r == '(':
			depth++
		case r == ']' || r == ')':
			depth--
		case depth == 0 && strings.ContainsRune(" >+~", r):
			start = i + 1
		}
	}
	return css[start:]
}

// An elementIndex finds the elements of a page by tag name and by attribute.
type elementIndex struct {
	byTag  map[atom.Atom][]*html.Node
	byAttr map[string][]*html.Node
	other  []*html.Node // with names that are not HTML's, as amp-img
}

func (p *Page) index() *elementIndex {
	if p.elements != nil {
		return p.elements
	}
	x := &elementIndex{byTag: map[atom.Atom][]*html.Node{}, byAttr: map[string][]*html.Node{}}
	// Pages have few tags, and those again and again: most are found by some bits.
	type tagged struct {
		tag   atom.Atom
		nodes []*html.Node
	}
	var open [128]tagged
	for i := range p.Elems[1:] {
		n := p.Elems[i+1].Node
		if n.DataAtom == 0 {
			x.other = append(x.other, n)
		} else {
			t := &open[(n.DataAtom>>8^n.DataAtom>>18)%atom.Atom(len(open))]
			if t.tag != n.DataAtom {
				if t.tag != 0 {
					x.byTag[t.tag] = t.nodes
				}
				*t = tagged{n.DataAtom, x.byTag[n.DataAtom]}
			}
			t.nodes = append(t.nodes, n)
		}
		for k := range n.Attr {
			if key := n.Attr[k].Key; isIndexed(key) {
				x.byAttr[key] = append(x.byAttr[key], n)
			}
		}
	}
	for _, t := range open {
		if t.tag != 0 {
			x.byTag[t.tag] = t.nodes
		}
	}
	p.elements = x
	return x
}

// Select gives the elements of the page that a selector selects, in document
// order. It knows the elements of Page.Elems: what stands in noscript, iframe
// and the like is not among them.
func (p *Page) Select(s *Selector) *goquery.Selection {
	x := p.index()
	if len(s.parts) == 1 && s.parts[0].bare && s.parts[0].atom != 0 {
		return &goquery.Selection{Nodes: slices.Clip(x.byTag[s.parts[0].atom])}
	}
	var found []*html.Node
	for _, part := range s.parts {
		for _, n := range x.candidates(p, part) {
			if part.bare && n.DataAtom != 0 || part.sel.Match(n) {
				found = append(found, n)
			}
		}
	}
	if len(s.parts) > 1 {
		slices.SortFunc(found, func(a, b *html.Node) int { return p.Order[a] - p.Order[b] })
		found = slices.Compact(found)
	}
	return &goquery.Selection{Nodes: found}
}

// candidates are the elements that a selector need be tried on.
func (x *elementIndex) candidates(p *Page, part selectorPart) []*html.Node {
	switch {
	case part.attr != "":
		return x.byAttr[part.attr]
	case part.atom != 0:
		return x.byTag[part.atom]
	case part.tag != "":
		return x.other
	}
	all := make([]*html.Node, len(p.Elems)-1)
	for i := range all {
		all[i] = p.Elems[i+1].Node
	}
	return all
}
