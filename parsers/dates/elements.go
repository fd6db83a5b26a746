package dates

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dateElements are elements that are marked up as dates, or may be.
var dateElements = doc.Select("time, [itemprop*=date i], [datetime], abbr[title], span[title]")

// dateAttrs are the attributes that may hold the date of such an element, in the
// order in which they are tried.
var dateAttrs = []string{"datetime", "content", "title"}

// readElements reads the dates that are marked up.
func (f *finder) readElements() {
	at := f.story.byElement()
	n := 0
	for _, node := range f.page.Select(dateElements).Nodes {
		if n == maxCandidates {
			return
		}
		e := dateElement{Node: node, id: f.page.Order[node]}
		if prop := block.Attr(node, "itemprop"); strings.Contains(strings.ToLower(prop), "date") {
			e.prop = strings.ToLower(prop)
		}
		if node.DataAtom != atom.Time && e.prop == "" && block.Attr(node, "datetime") == "" && !titleIsDate(node) {
			continue
		}
		n++
		e.zone = at.zone(e.id)
		f.readElement(e)
	}
}

// titleIsDate reports whether the title of an element may be a date and little else.
func titleIsDate(n *html.Node) bool {
	title := block.Attr(n, "title")
	return len(title) >= 8 && len(title) < 40 && mayDate(title)
}

// A dateElement is an element that is marked up as a date.
type dateElement struct {
	*html.Node
	id   int    // index into Page.Elems
	prop string // its itemprop in lower case, if that names a date
	zone zone
}

// readElement adds the date of an element: of its attributes, else of its text.
func (f *finder) readElement(e dateElement) {
	c := candidate{from: "dom:" + e.Data, label: e.label(), group: groupPage}
	if c.label == labelOther {
		return
	}
	if e.prop != "" {
		c.from = "dom:" + e.prop
	}
	if e.prop != "" && f.inHead(e) {
		c.group = groupMeta
	}
	c.weight = f.weighElement(e, c)
	for _, key := range dateAttrs {
		if value := block.Attr(e.Node, key); value != "" && f.addValue(value, c) {
			return
		}
	}
	text := block.VisibleText(e.Node)
	if len(text) >= 120 || !mayDate(text) {
		return
	}
	c.group = groupPage
	for i, d := range f.style.dates(text, 2) {
		own := labelOf(text[:d.start])
		if own == unlabelled && i > 0 {
			return
		}
		labelled := c
		if own != unlabelled {
			labelled.label = own
		}
		f.add(d, labelled)
	}
}

// label is what the element's microdata, the text before it or its names say that
// the date is of.
func (e dateElement) label() label {
	switch {
	case strings.Contains(e.prop, "modified") || strings.Contains(e.prop, "updated"):
		return labelUpdated
	case strings.Contains(e.prop, "published") || strings.Contains(e.prop, "created") || strings.Contains(e.prop, "upload"):
		return labelPublished
	}
	if l := labelOf(textBefore(e.Node)); l != unlabelled {
		return l
	}
	own := namesOf(e.Node)
	if p := e.Parent; p != nil && own.label == unlabelled {
		return namesOf(p).label
	}
	return own.label
}

// inHead reports whether an element is a meta element before all that readers see.
func (f *finder) inHead(e dateElement) bool {
	title := f.story.title
	return e.DataAtom == atom.Meta && f.page.Elems[e.id].Flags == 0 && title != nil && e.id < title.Elem && e.zone == zoneFar
}

// beside are names of sections that are not part of the story.
const beside = block.HintRelated | block.HintComment | block.HintSidebar | block.HintPromo

func (f *finder) weighElement(e dateElement, c candidate) weight {
	var w weight
	if c.group == groupMeta {
		w = f.newWeight(headMicrodata)
	} else {
		w = f.newWeight(markedUp + int(e.zone))
		if c.label == labelPublished {
			w.add(markedUpPublished + int(e.zone))
		}
		if e.prop != "" {
			w.add(microdata)
		} else if e.DataAtom != atom.Time {
			w.add(noTimeElement)
		}
	}
	switch elem := &f.page.Elems[e.id]; {
	case elem.Flags&(block.InNav|block.InFooter|block.InAside) != 0, elem.PathHints&beside != 0 && e.zone != zoneHeader:
		w.discount(elementOutside)
	case elem.Flags&block.InLink != 0 && e.zone != zoneHeader:
		w.discount(elementInCard)
	}
	return w
}

// textBefore is the end of the text right before an element.
func textBefore(n *html.Node) string {
	for up := 0; up < 3 && n != nil; up++ {
		for s, k := n.PrevSibling, 0; s != nil && k < 4; s, k = s.PrevSibling, k+1 {
			t := ""
			switch {
			case s.Type == html.TextNode:
				t = s.Data
			case s.Type == html.ElementNode && !block.Invisible[s.DataAtom]:
				t = block.TextOf(s)
			}
			if len(t) > 2000 {
				return ""
			}
			if t = strings.TrimSpace(t); t != "" {
				return t[max(0, len(t)-80):]
			}
		}
		n = n.Parent
	}
	return ""
}
