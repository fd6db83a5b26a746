package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A namedElement is an element that is a caption by its tag or its names.
type namedElement struct {
	elem int
	from string
}

// An elementRule says why a candidate is not a caption.
type elementRule struct {
	name    string
	applies func(*finder, namedElement) bool
}

// Elements by containerRules are more than one caption: captions are looked for
// below them.
var containerRules = []elementRule{
	{"holds a part of the story", func(f *finder, c namedElement) bool { return f.words(c.elem) > 150 }},
	{"holds much text", func(f *finder, c namedElement) bool { return c.from == fromNames && f.allWords(c.elem) > 400 }},
	{"a gallery", func(f *finder, c namedElement) bool {
		count, _ := f.mediaIn(c.elem)
		return count > 1 && f.hasOwnCaptions(c.elem)
	}},
	{"a list of captions", (*finder).listsCaptions},
}

func firstRule(rules []elementRule, f *finder, c namedElement) string {
	for _, r := range rules {
		if r.applies(f, c) {
			return r.name
		}
	}
	return ""
}

// collectNamed finds the elements that are captions by their tag or names.
func (f *finder) collectNamed() {
	for i := f.from; i < f.to && !f.full(); {
		n := f.Elems[i].Node
		if block.Invisible[n.DataAtom] {
			i = int(f.end[i])
			continue
		}
		c := namedElement{i, f.sourceOf(i)}
		if c.from == "" || firstRule(containerRules, f, c) != "" {
			i++
			continue
		}
		if c.from == fromNames {
			if str := block.VisibleText(n); str == "" || len(str) > 3000 {
				i++
				continue
			}
			c.elem = f.withCredit(i)
		}
		f.addRegion(region{elem: c.elem, from: c.from})
		i = int(f.end[c.elem])
	}
}

// sourceOf is where a caption is from that is this element; "" if it is not a caption.
func (f *finder) sourceOf(i int) string {
	n := f.Elems[i].Node
	switch n.DataAtom {
	case atom.Figcaption:
		return fromFigcaption
	case atom.Img, atom.Input, atom.Button, atom.Caption:
		return ""
	}
	if f.role(n)&saysCaption != 0 || f.titlesMedia(i) || f.describesMedia(i) {
		return fromNames
	}
	return ""
}

// titlesMedia reports whether an element is the title of a medium by the microformat
// hMedia.
func (f *finder) titlesMedia(i int) bool {
	return block.Attr(f.Elems[i].Node, "class") == "fn" && block.Attr(f.Elems[f.Elems[i].Parent].Node, "class") == "hmedia"
}

// describesMedia reports whether an element is the description of a picture by an
// attribute: that of a picture or figure which refers to it, or its own as a property
// of schema.org's ImageObject.
func (f *finder) describesMedia(i int) bool {
	for _, a := range f.Elems[i].Node.Attr {
		switch {
		case a.Key == "id" && f.described[a.Val]:
			return true
		case a.Key == "itemprop" && a.Val == "description":
			for k, up := int(f.Elems[i].Parent), 0; k > 0 && up < 3; k, up = int(f.Elems[k].Parent), up+1 {
				if kind := block.Attr(f.Elems[k].Node, "itemtype"); kind != "" {
					return strings.HasSuffix(kind, "/ImageObject") || strings.HasSuffix(kind, "/Photograph")
				}
			}
		}
	}
	return false
}

// noteDescribed notes which elements a picture or figure refers to as its description.
func (f *finder) noteDescribed(n *html.Node) {
	if n.DataAtom != atom.Img && n.DataAtom != atom.Figure {
		return
	}
	for _, a := range n.Attr {
		if a.Key == "aria-describedby" || a.Key == "aria-labelledby" && n.DataAtom == atom.Figure {
			if f.described == nil {
				f.described = map[string]bool{}
			}
			for id := range strings.FieldsSeq(a.Val) { // a list of ids
				f.described[id] = true
			}
		}
	}
}

// withCredit gives the parent of a caption where that holds nothing but the
// caption and, by its names, the credit; else the caption.
func (f *finder) withCredit(i int) int {
	up := int(f.Elems[i].Parent)
	if up == 0 || f.holds(up, f.root) || f.allWords(up)-f.allWords(i) > 100 || f.words(up) > 90 {
		return i
	}
	if count, _ := f.mediaIn(up); count > 0 {
		return i
	}
	if len(f.regions) > 0 && f.regions[len(f.regions)-1].elem >= up {
		return i // it holds another caption
	}
	credits := 0
	for c := up + 1; c < int(f.end[up]); c = int(f.end[c]) {
		n := f.Elems[c].Node
		if c == i || block.Invisible[n.DataAtom] {
			continue
		}
		if f.role(n)&(saysCredit|maybeCredit) == 0 || !creditSize(n) {
			return i
		}
		credits++
	}
	if credits == 0 || credits > 3 {
		return i
	}
	return up
}

// listsCaptions reports whether an element holds several captions of one name, and
// nothing else.
func (f *finder) listsCaptions(c namedElement) bool {
	n, class := 0, ""
	for i := c.elem + 1; i < int(f.end[c.elem]); i = int(f.end[i]) {
		own := block.Attr(f.Elems[i].Node, "class")
		if f.role(f.Elems[i].Node)&saysCaption == 0 || n > 0 && own != class {
			return false
		}
		n, class = n+1, own
	}
	return n > 1
}

var captionParts = doc.Select("figure, figcaption")

// hasOwnCaptions reports whether an element contains captions.
func (f *finder) hasOwnCaptions(i int) bool {
	if f.firstBelow(i, captionParts, len(f.Elems)) > 0 {
		return true
	}
	for k := i + 1; k < int(f.end[i]); k++ {
		if f.role(f.Elems[k].Node)&saysCaption != 0 {
			return true
		}
	}
	return false
}

// linksAway reports whether all of a caption links to another page.
func (f *finder) linksAway(i int) bool {
	linked, all := 0, 0
	for _, b := range f.blocksIn(i) {
		linked, all = linked+b.LinkBytes, all+len(b.Text)
	}
	if all == 0 || linked*10 < all*9 {
		return false
	}
	a := f.anchorOf(i)
	if a == 0 {
		return false
	}
	return toOtherPage(f.Elems[a].Node)
}

// toOtherPage reports whether a link leads to another page, and not to a picture.
func toOtherPage(link *html.Node) bool {
	href, _, _ := strings.Cut(block.Attr(link, "href"), "?")
	return href != "" && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "javascript:") && !pictureName(href)
}

// anchorOf is the first anchor within an element, or the one that it stands in; 0
// if there is none.
func (f *finder) anchorOf(i int) int {
	if f.Elems[i].Node.DataAtom == atom.A {
		return i
	}
	if a := f.firstBelow(i, anchors, len(f.Elems)); a > 0 {
		return a
	}
	for k, up := i, 0; k > 0 && up < 6; k, up = int(f.Elems[k].Parent), up+1 {
		if f.Elems[k].Node.DataAtom == atom.A {
			return k
		}
	}
	return 0
}
