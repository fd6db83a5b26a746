package replay

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"unicode"

	"golang.org/x/net/html"
)

// A Mark is a text that is highlighted where a page shows it first: with an element
//
//	<mark class="newsmorgue-evidence" id="newsmorgue-mark-1">
//
// around each part of it. The marks that are found are numbered from 1.
type Mark struct {
	Text string // white space does not matter
	// Within are names of elements, such as h1, in which a place is preferred to others.
	Within []string
	// Value is what the attribute datetime, content or title of an element says, as of a
	// time that is written otherwise; its text is highlighted if Text is not found.
	Value string
	// Next says that the text is looked for after the mark before, then in the page.
	Next bool
}

const idPrefix = "newsmorgue-mark-"

// markStyle is how marks look, whatever the page does.
const markStyle = `mark.newsmorgue-evidence{display:inline!important;visibility:visible!important;opacity:1!important;` +
	`background:#ffe28a!important;color:#1f1b16!important;-webkit-text-fill-color:#1f1b16!important;` +
	`outline:2px solid #7c2419!important;scroll-margin-block:25vh}`

const (
	maxMarks    = 5000
	maxSearched = 4 << 20 // bytes of visible text
	maxMissed   = 64      // marks that are looked for in the whole text and not found
	maxPlaces   = 50      // of a text, of which the one within the preferred elements is chosen
)

// highlight puts marks into a tree and returns 1 for each that has a place of its own.
func highlight(doc *html.Node, marks []Mark) []int {
	if len(marks) == 0 {
		return nil
	}
	marks = marks[:min(len(marks), maxMarks)]
	h := newShown(doc)
	found := make([]int, len(marks))
	number, missed, after := 0, 0, 0
	for i, m := range marks {
		text := collapseShown(m.Text)
		from := 0
		if m.Next {
			from = after
		}
		at := -1
		if len(text) > 1 && missed < maxMissed {
			if at = h.find(text, from, m.Within); at < 0 && from > 0 {
				at = h.find(text, 0, m.Within)
			}
			if at < 0 {
				missed++
			}
		}
		end := at + len(text)
		if at < 0 && m.Value != "" {
			at, end = h.byValue(doc, m.Value)
		}
		if at < 0 || h.marked(at, end) {
			continue
		}
		number++
		found[i] = 1
		after = end
		h.mark(at, end, number)
	}
	h.apply()
	if number > 0 {
		addStyle(doc)
	}
	return found
}

func addStyle(doc *html.Node) {
	for n := range doc.Descendants() {
		if n.Type == html.ElementNode && n.Data == "head" && n.Namespace == "" {
			style := element("style")
			style.AppendChild(&html.Node{Type: html.TextNode, Data: markStyle})
			n.AppendChild(style)
			return
		}
	}
}

// A shown is the text that a page shows, with the places where it is from.
type shown struct {
	text  string
	raw   []int32 // for each byte of text, where in its node it is from
	nodes []*html.Node
	start []int // where in text each node begins
	cuts  []cut
	spans [][2]int           // of text that are marked
	place map[*html.Node]int // of nodes; made when it is needed
}

// A cut is a part of a text node that is to be marked.
type cut struct {
	node     int
	from, to int // in the node
	number   int // of the mark; 0 unless it is the first part of it
}

// unshown are elements whose text is not shown, or cannot have marks in it.
var unshown = map[string]bool{"head": true, "style": true, "title": true, "textarea": true, "select": true, "option": true, "datalist": true, "template": true}

// inline are elements between whose text and the text around it is no space.
var inline = map[string]bool{
	"a": true, "abbr": true, "acronym": true, "b": true, "bdi": true, "bdo": true, "big": true, "cite": true, "code": true, "del": true, "dfn": true,
	"em": true, "font": true, "i": true, "ins": true, "kbd": true, "mark": true, "nobr": true, "q": true, "s": true, "samp": true, "small": true,
	"span": true, "strike": true, "strong": true, "sub": true, "sup": true, "time": true, "tt": true, "u": true, "var": true, "wbr": true,
}

func newShown(doc *html.Node) *shown {
	h := &shown{}
	var b strings.Builder
	space := true
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if b.Len() > maxSearched {
			return
		}
		switch n.Type {
		case html.TextNode:
			h.nodes = append(h.nodes, n)
			h.start = append(h.start, b.Len())
			for i, r := range n.Data {
				switch {
				case dropped(r):
				case unicode.IsSpace(r):
					if !space {
						b.WriteByte(' ')
						h.raw = append(h.raw, int32(i))
					}
					space = true
				default:
					was := b.Len()
					b.WriteRune(r)
					for range b.Len() - was {
						h.raw = append(h.raw, int32(i))
					}
					space = false
				}
			}
			return
		case html.ElementNode:
			_, hidden := attribute(n, "hidden")
			if n.Namespace != "" || unshown[n.Data] || hidden {
				return
			}
		}
		apart := n.Type == html.ElementNode && !inline[n.Data]
		if apart && !space && len(h.nodes) > 0 {
			b.WriteByte(' ')
			h.raw = append(h.raw, int32(len(h.nodes[len(h.nodes)-1].Data)))
			space = true
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if apart && !space && len(h.nodes) > 0 {
			b.WriteByte(' ')
			h.raw = append(h.raw, int32(len(h.nodes[len(h.nodes)-1].Data)))
			space = true
		}
	}
	walk(doc)
	h.text = b.String()
	return h
}

// dropped are characters that are not seen: soft hyphens, and spaces without width.
func dropped(r rune) bool {
	return r == '\u00ad' || r >= '\u200b' && r <= '\u200f' || r == '\ufeff' || r == '\u2060'
}

// collapseShown is a text as shown has it.
func collapseShown(s string) string {
	s = strings.Map(func(r rune) rune {
		if dropped(r) {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// find returns where a text is, from a place on; -1 if it is nowhere.
func (h *shown) find(text string, from int, within []string) int {
	first := -1
	for range maxPlaces {
		i := strings.Index(h.text[from:], text)
		if i < 0 {
			break
		}
		at := from + i
		whole := h.whole(at, at+len(text))
		if whole && (len(within) == 0 || h.isWithin(at, within)) {
			return at
		}
		if first < 0 && whole {
			first = at
		}
		from = at + 1
		if len(within) == 0 && first >= 0 {
			break
		}
	}
	return first
}

// whole reports whether a place is not a part of a longer word.
func (h *shown) whole(from, to int) bool {
	letter := func(s string, last bool) bool {
		var r rune
		for _, c := range s {
			r = c
			if !last {
				break
			}
		}
		return r < 0x3000 && (unicode.IsLetter(r) || unicode.IsDigit(r))
	}
	// Four bytes have the rune before or after it.
	before, after := h.text[max(0, from-4):from], h.text[to:min(len(h.text), to+4)]
	return !(before != "" && letter(before, true) && letter(h.text[from:to], false)) &&
		!(after != "" && letter(after, false) && letter(h.text[max(from, to-4):to], true))
}

// nodeAt is the number of the node from which a byte of the text is.
func (h *shown) nodeAt(at int) int {
	n := sort.SearchInts(h.start, at+1) - 1
	return max(n, 0)
}

func (h *shown) isWithin(at int, names []string) bool {
	for n := h.nodes[h.nodeAt(at)].Parent; n != nil; n = n.Parent {
		if slices.Contains(names, n.Data) {
			return true
		}
	}
	return false
}

// byValue finds the text of the first element that has a value in an attribute.
func (h *shown) byValue(doc *html.Node, value string) (from, to int) {
	if h.place == nil {
		h.place = make(map[*html.Node]int, len(h.nodes))
		for i, n := range h.nodes {
			h.place[n] = i
		}
	}
	for n := range doc.Descendants() {
		if n.Type != html.ElementNode || !slices.ContainsFunc(n.Attr, func(a html.Attribute) bool { return says(a, value) }) {
			continue
		}
		from, to = -1, -1
		for c := range n.Descendants() {
			if i, ok := h.place[c]; ok {
				end := len(h.text)
				if i+1 < len(h.start) {
					end = h.start[i+1]
				}
				if h.start[i] < end {
					if from < 0 {
						from = h.start[i]
					}
					to = end
				}
			}
		}
		if from >= 0 {
			return from, to
		}
	}
	return -1, -1
}

// says reports whether an attribute has a value; of times, the day counts.
func says(a html.Attribute, value string) bool {
	switch a.Key {
	case "datetime":
		return len(value) >= 10 && strings.HasPrefix(a.Val, value[:10])
	case "content", "title":
		return a.Val == value
	}
	return false
}

// marked reports whether a place is within one that is marked, such as a name in a byline.
// It looks at the first marks only, as there are few where one is a part of another.
func (h *shown) marked(from, to int) bool {
	return slices.ContainsFunc(h.spans[:min(len(h.spans), maxPlaces)], func(s [2]int) bool { return s[0] <= from && to <= s[1] })
}

// mark notes the parts of text nodes between two places.
func (h *shown) mark(from, to, number int) {
	h.spans = append(h.spans, [2]int{from, to})
	for n := h.nodeAt(from); n < len(h.nodes) && h.start[n] < to; n++ {
		end := len(h.text)
		if n+1 < len(h.start) {
			end = h.start[n+1]
		}
		a, b := max(from, h.start[n]), min(to, end)
		if a >= b {
			continue
		}
		data := h.nodes[n].Data
		c := cut{node: n, from: int(h.raw[a]), to: len(data), number: number}
		if b < end {
			c.to = int(h.raw[b])
		}
		if c.from >= c.to || strings.TrimSpace(data[c.from:c.to]) == "" {
			continue
		}
		number = 0
		h.cuts = append(h.cuts, c)
	}
}

// apply puts mark elements around the parts. Where two overlap, the first counts.
func (h *shown) apply() {
	slices.SortStableFunc(h.cuts, func(a, b cut) int {
		if a.node != b.node {
			return a.node - b.node
		}
		return a.from - b.from
	})
	for i := 0; i < len(h.cuts); {
		node := h.cuts[i].node
		n, at := h.nodes[node], 0
		put := func(child *html.Node) { n.Parent.InsertBefore(child, n) }
		for ; i < len(h.cuts) && h.cuts[i].node == node; i++ {
			c := h.cuts[i]
			if c.from < at {
				if c.number == 0 || c.to <= at {
					continue
				}
				c.from = at
			}
			if c.from > at {
				put(&html.Node{Type: html.TextNode, Data: n.Data[at:c.from]})
			}
			m := element("mark")
			m.Attr = []html.Attribute{{Key: "class", Val: "newsmorgue-evidence"}}
			if c.number > 0 {
				m.Attr = append(m.Attr, html.Attribute{Key: "id", Val: fmt.Sprint(idPrefix, c.number)})
			}
			m.AppendChild(&html.Node{Type: html.TextNode, Data: n.Data[c.from:c.to]})
			put(m)
			at = c.to
		}
		if at < len(n.Data) {
			put(&html.Node{Type: html.TextNode, Data: n.Data[at:]})
		}
		n.Parent.RemoveChild(n)
	}
}
