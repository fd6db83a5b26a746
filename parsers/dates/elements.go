package dates

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// dateAttrs are the attributes that may hold the date of such an element, in the
// order in which they are tried.
var dateAttrs = []string{"datetime", "content", "title", "data-published", "data-published-at", "data-publish-date", "data-pubdate", "data-datetime", "data-date", "data-timestamp", "data-utc", "data-epoch", "data-unixtime", "data-time"}

const firstDataAttr = 3 // of dateAttrs

var dataAttrs = text.Set(strings.Join(dateAttrs[firstDataAttr:], " "))

// readElements reads the dates that are marked up.
func (f *finder) readElements() {
	at := f.story.byElement()
	n := 0
	for id := range f.page.Elems {
		node := f.page.Elems[id].Node
		if node == nil { // the first stands for the page itself
			continue
		}
		prop, is := dateProp(node)
		if !is {
			continue
		}
		if n++; n > maxClaims {
			return
		}
		f.readElement(dateElement{Node: node, id: id, prop: prop, zone: at.zone(id)})
	}
}

// dateProp reports whether an element is marked up as a date, or may be, and gives its
// itemprop in lower case if that names a date.
func dateProp(n *html.Node) (prop string, is bool) {
	is = n.DataAtom == atom.Time
	for i := range n.Attr {
		switch a := &n.Attr[i]; {
		case a.Key == "itemprop":
			if p := strings.ToLower(a.Val); len(p) < 200 && strings.Contains(p, "date") {
				prop, is = p, true
			}
		case a.Key == "datetime":
			is = is || a.Val != ""
		case a.Key == "title":
			is = is || (n.DataAtom == atom.Abbr || n.DataAtom == atom.Span) && titleIsDate(n)
		case strings.HasPrefix(a.Key, "data-") && dataAttrs[a.Key]:
			is = is || hasDateData(n)
		}
	}
	return prop, is
}

// titleIsDate reports whether the title of an element may be a date and little else.
func titleIsDate(n *html.Node) bool {
	title := block.Attr(n, "title")
	return len(title) >= 8 && len(title) < 40 && mayDate(title)
}

// hasDateData reports whether a data attribute of an element may give a date.
func hasDateData(n *html.Node) bool {
	for _, key := range dateAttrs[firstDataAttr:] {
		if v := block.Attr(n, key); len(v) >= 8 && len(v) < 40 && (mayDate(v) || text.DigitsIn(v) >= 10) {
			return true
		}
	}
	return false
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
	c := claim{from: "dom:" + e.Data, label: e.label(), kind: element}
	if c.label == labelOther {
		return
	}
	if e.prop != "" {
		c.from = "dom:" + e.prop
	}
	if e.prop != "" && f.inHead(e) {
		c.kind = headMicrodata
	}
	c.seen = f.sightOf(e)
	shownText := ""
	if !doc.Big(e.Node) { // else it may hold a story, and be in a hundred of its kind
		shownText = block.VisibleText(e.Node)
	}
	shown := f.shownIn(shownText)
	for _, key := range dateAttrs {
		value := block.Attr(e.Node, key)
		if value == "" || !f.addValue(value, c) {
			continue
		}
		f.splitUpdate(shownText, shown, c)
		return
	}
	c.kind = element
	for i, d := range shown {
		labelled := c
		switch own := labelOf(shownText[:d.start]); {
		case own != unlabelled:
			labelled.label = own
		case i > 0:
			return
		}
		f.add(d, labelled)
	}
}

// splitUpdate corrects the claim that was added last, if its element shows readers
// both a publication and an update, and the moment that it gives programs is that of
// the update.
func (f *finder) splitUpdate(shownText string, shown []partialDate, c claim) {
	if len(shown) == 0 || c.label == labelUpdated {
		return
	}
	first := shown[0]
	var update partialDate
	switch {
	case len(shown) == 2 && labelOf(shownText[first.end:shown[1].start]) == labelUpdated:
		update = shown[1]
	case len(shown) == 1:
		update = f.style.updateAfter(shownText[first.end:], first)
	}
	given := &f.found[len(f.found)-1]
	if !given.sameMinute(update) || first.sameMinute(update) {
		return
	}
	given.label = labelUpdated
	c.kind, c.label = element, labelPublished
	f.add(first, c)
}

// shownIn reads the text of a date's element.
func (f *finder) shownIn(s string) []partialDate {
	if len(s) >= 120 || !mayDate(s) {
		return nil
	}
	return f.style.dates(s, 2)
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

// sightOf is how readers see an element.
func (f *finder) sightOf(e dateElement) sight {
	s := sight{zone: e.zone, away: f.story.away(e.id), named: e.DataAtom == atom.Time, microdata: e.prop != "", first: true, words: -1}
	elem := &f.page.Elems[e.id]
	s.bars = elem.Flags&(block.InNav|block.InFooter|block.InAside) != 0
	s.beside = elem.PathHints&beside != 0
	s.card = elem.Flags&block.InLink != 0
	return s
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
