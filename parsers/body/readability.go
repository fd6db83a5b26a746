package body

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html/atom"
)

// maxVoters bounds the blocks that are voted on: the work is more than proportional to
// them.
const maxVoters = 5_000

// vote marks the blocks that Mozilla's Readability takes for the article
// (readable.go), in a tree of its own: the blocks that may be prose or are near some,
// and the elements that hold them. It need not see what it would only throw away.
func vote(p *doc.Page) {
	if p.Body == nil {
		return
	}
	for _, b := range readable(p) {
		b.InReadability = true
	}
}

// A part is an element or a text of the tree that Readability works on. A text has no
// tag.
type part struct {
	tag                               string
	class, id, role                   string
	parent, first, last, before, next *part
	block                             *block.Block // that the element shows; nil if it shows none

	// Of a text: itself, its characters, and its commas, of all scripts and of ASCII.
	text                 string
	runes, commas, ascii int

	score  float64
	scored bool
}

// A skeleton is a page reduced to the blocks that Readability votes on.
type skeleton struct {
	page   *doc.Page
	made   map[int]*part // by element
	voters int
	store  []part // parts that are not yet in use
}

// enoughText is how many bytes of a block Readability is shown: its work grows with
// them, and less what it finds.
const enoughText = 160

// far is how many blocks a block without prose may stand away from prose to be
// voted on.
const far = 3

// build gives the tree's body.
func (s *skeleton) build() *part {
	body := s.element("body")
	s.made[s.page.Order[s.page.Body]] = body
	blocks := s.page.Blocks
	prose := make([]bool, len(blocks))
	for i, b := range blocks {
		prose[i] = s.mayVote(b) && block.IsProse(b)
	}
	next, last := -1, -1-far
	for i, b := range blocks {
		if prose[i] {
			last = i
		}
		if next < i { // the next prose from here
			for next = i; next < len(blocks) && !prose[next]; next++ {
			}
		}
		if (i-last <= far || next-i <= far) && s.mayVote(b) && s.voters <= maxVoters {
			s.add(b)
		}
	}
	join(body, 0)
	return body
}

// mayVote leaves out what no reader would take for a story.
func (s *skeleton) mayVote(b *block.Block) bool {
	const never = block.InNav | block.InFooter | block.InAside | block.InCaption | block.InDialog | block.InHidden
	e := &s.page.Elems[b.Elem]
	return b.Flags&never == 0 && b.Words > 0 && !(e.PathHints&(block.HintConsent|block.HintShare|block.HintNewsletter) != 0 && len(b.Text) < 600)
}

// wholeBlocks are elements that hold one block as a whole.
var wholeBlocks = map[atom.Atom]bool{atom.P: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Dt: true, atom.Dd: true}

// element is a new part.
func (s *skeleton) element(tag string) *part {
	if len(s.store) == 0 {
		s.store = make([]part, 256)
	}
	n := &s.store[0]
	s.store = s.store[1:]
	n.tag = tag
	return n
}

// add puts a block in: its text, and what of it is in links at its end.
func (s *skeleton) add(b *block.Block) {
	var n *part
	if wholeBlocks[b.Node.DataAtom] && s.made[b.Elem] == nil {
		n = s.mirror(b.Elem)
	} else {
		n = s.element("p")
		s.mirror(b.Elem).append(n)
	}
	n.block = b
	s.voters++
	text, link := b.Text, b.LinkBytes
	if end := enoughText; len(text) > end {
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		link = link * end / len(text)
		text = strings.TrimRight(text[:end], " ")
	}
	cut := max(0, len(text)-link)
	for cut > 0 && cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if cut < len(text) && text[cut] == ' ' {
		cut++
	}
	if cut > 0 {
		s.text(n, text[:cut])
	}
	if cut < len(text) {
		a := s.element("a")
		s.text(a, text[cut:])
		n.append(a)
	}
}

// text appends a text to a part.
func (s *skeleton) text(to *part, text string) {
	n := s.element("")
	n.text = text
	for _, r := range text {
		n.runes++
		switch r {
		case ',':
			n.commas++
			n.ascii++
		case '،', '﹐', '︐', '︑', '⹁', '⸴', '⸲', '，':
			n.commas++
		}
	}
	to.append(n)
}

// mirror gives the part for an element of the page, in those for the elements above it.
func (s *skeleton) mirror(elem int) *part {
	if n := s.made[elem]; n != nil {
		return n
	}
	e := &s.page.Elems[elem]
	n := s.element(e.Node.Data)
	if n.tag == "font" {
		n.tag = "span"
	}
	names := s.page.ClassAndID(elem)
	if len(names[0]) < maxNames {
		n.class = names[0]
	}
	if len(names[1]) < maxNames {
		n.id = names[1]
	}
	n.role = block.Attr(e.Node, "role")
	s.made[elem] = n
	parent := s.made[s.page.Order[s.page.Body]]
	if up := int(e.Parent); up > 0 {
		parent = s.mirror(up)
	}
	parent.append(n)
	return n
}

// maxNames bounds the names of an element, in bytes.
const maxNames = 300

// boxes are wrappers: one that is alone in another has no meaning of its own.
var boxes = map[string]bool{"div": true, "section": true, "article": true, "main": true, "center": true, "span": true}

// join merges boxes that are alone in each other; the inner one keeps both names.
func join(n *part, depth int) {
	for c := n.first; c != nil && depth < block.MaxDepth; {
		next := c.next
		if inner := c.first; boxes[c.tag] && inner != nil && inner == c.last && boxes[inner.tag] {
			c.replace(inner)
			inner.class, inner.id = inherit(c.class, inner.class), inherit(c.id, inner.id)
			c = inner
			continue
		}
		join(c, depth+1)
		c = next
	}
}

// inherit puts a name before an element's own one.
func inherit(name, own string) string {
	switch {
	case name == "" || own != "" && len(own)+len(name) >= maxNames:
		return own
	case own == "":
		return name
	}
	return name + " " + own
}

// remove takes a part out of its tree.
func (n *part) remove() {
	p := n.parent
	if p == nil {
		return
	}
	if n.before != nil {
		n.before.next = n.next
	} else {
		p.first = n.next
	}
	if n.next != nil {
		n.next.before = n.before
	} else {
		p.last = n.before
	}
	n.parent, n.before, n.next = nil, nil, nil
}

// append puts a part at the end of another one.
func (n *part) append(c *part) {
	c.remove()
	c.parent, c.before = n, n.last
	if n.last != nil {
		n.last.next = c
	} else {
		n.first = c
	}
	n.last = c
}

// replace puts a part in the place of this one.
func (n *part) replace(by *part) {
	by.remove()
	by.parent, by.before, by.next = n.parent, n.before, n.next
	if by.before != nil {
		by.before.next = by
	} else {
		by.parent.first = by
	}
	if by.next != nil {
		by.next.before = by
	} else {
		by.parent.last = by
	}
	n.parent, n.before, n.next = nil, nil, nil
}

// following is the next part below top in document order, nil after the last; without
// what stands in n if past.
func (n *part) following(top *part, past bool) *part {
	if n.first != nil && !past {
		return n.first
	}
	for n != top && n.next == nil {
		if n = n.parent; n == nil {
			return nil
		}
	}
	if n == top {
		return nil
	}
	return n.next
}
