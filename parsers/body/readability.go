package body

import (
	"fmt"
	"net/url"
	"strconv"
	"unicode/utf8"

	"github.com/go-shiori/go-readability"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// stamp names the attribute by which elements of readability's tree are found
// again in ours.
const stamp = "data-newsmorgue"

// maxVoters bounds the blocks that readability is given: its work is more than
// proportional to them.
const maxVoters = 5_000

// vote marks the blocks that go-readability takes for the article. It runs once,
// on a tree of its own: the blocks that may be prose or are near some, and the
// elements that hold them. It need not see what it would only throw away.
//
// The library is given hostile trees. If it panics, its vote is lost, and the
// error says so.
func vote(p *doc.Page) (err error) {
	if p.Body == nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("go-readability failed: %v", r)
		}
	}()
	s := &skeleton{page: p, made: map[int]*html.Node{}}
	root := s.build()
	if len(s.voters) == 0 || len(s.voters) > maxVoters {
		return nil
	}
	parser := readability.NewParser()
	parser.DisableJSONLD = true
	parser.CharThresholds = 100
	base := p.Input.URL
	if base == nil {
		base = &url.URL{}
	}
	found, err := parser.ParseDocument(root, base)
	if err != nil {
		return fmt.Errorf("go-readability: %w", err)
	}
	if found.Node == nil {
		return nil
	}
	for n := range found.Node.Descendants() {
		if n.Type != html.ElementNode {
			continue
		}
		if k, err := strconv.Atoi(block.Attr(n, stamp)); err == nil && k >= 0 && k < len(s.voters) {
			s.voters[k].InReadability = true
		}
	}
	return nil
}

// A skeleton is a page reduced to the blocks that readability votes on.
type skeleton struct {
	page   *doc.Page
	made   map[int]*html.Node // by element
	voters []*block.Block     // by stamp
}

// enoughText is how many bytes of a block readability is shown: its work
// is proportional to them, and less to what it finds.
const enoughText = 160

// far is how many blocks a block without prose may stand away from prose to be
// voted on.
const far = 3

func (s *skeleton) build() *html.Node {
	root := emptyDocument()
	head, body := newElement(atom.Head), bodyOf(root)
	body.Parent.InsertBefore(head, body)
	if s.page.Title != "" {
		title := newElement(atom.Title)
		title.AppendChild(&html.Node{Type: html.TextNode, Data: s.page.Title})
		head.AppendChild(title)
	}
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
		if (i-last <= far || next-i <= far) && s.mayVote(b) && len(s.voters) <= maxVoters {
			s.add(b)
		}
	}
	s.join(body, 0)
	s.stopRendering()
	return root
}

// stopRendering puts nodes in the boxes that cannot be rendered. The library renders
// each candidate, and the article, for a log and a text that nobody reads: it gives up
// at the first such node. Elsewhere it only asks for elements and texts.
func (s *skeleton) stopRendering() {
	stops := make([]html.Node, len(s.made)) // of the type ErrorNode
	for _, n := range s.made {
		if (boxes[n.DataAtom] || n.DataAtom == atom.Body) && n.DataAtom != atom.Span && n.FirstChild != nil {
			n.InsertBefore(&stops[0], n.FirstChild)
			stops = stops[1:]
		}
	}
}

// mayVote leaves out what no reader would take for a story.
func (s *skeleton) mayVote(b *block.Block) bool {
	const never = block.InNav | block.InFooter | block.InAside | block.InCaption | block.InDialog | block.InHidden
	e := &s.page.Elems[b.Elem]
	return b.Flags&never == 0 && b.Words > 0 && !(e.PathHints&(block.HintConsent|block.HintShare|block.HintNewsletter) != 0 && len(b.Text) < 600)
}

// wholeBlocks are elements that hold one block as a whole.
var wholeBlocks = map[atom.Atom]bool{atom.P: true, atom.Li: true, atom.H1: true, atom.H2: true, atom.H3: true, atom.H4: true, atom.H5: true, atom.H6: true, atom.Pre: true, atom.Dt: true, atom.Dd: true}

// add puts a block in: its text, and what of it is in links at its end.
func (s *skeleton) add(b *block.Block) {
	var n *html.Node
	if wholeBlocks[b.Node.DataAtom] && s.made[b.Elem] == nil {
		n = s.element(b.Elem)
	} else {
		n = newElement(atom.P)
		s.element(b.Elem).AppendChild(n)
	}
	n.Attr = append(n.Attr, html.Attribute{Key: stamp, Val: strconv.Itoa(len(s.voters))})
	s.voters = append(s.voters, b)
	text, link := b.Text, b.LinkBytes
	if end := enoughText; len(text) > end {
		for end < len(text) && !utf8.RuneStart(text[end]) {
			end++
		}
		link = link * end / len(text)
		text = text[:end]
	}
	cut := max(0, len(text)-link)
	for cut > 0 && cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut--
	}
	if cut > 0 {
		n.AppendChild(&html.Node{Type: html.TextNode, Data: text[:cut]})
	}
	if cut < len(text) {
		a := newElement(atom.A)
		a.Attr = []html.Attribute{{Key: "href", Val: "/"}}
		a.AppendChild(&html.Node{Type: html.TextNode, Data: text[cut:]})
		n.AppendChild(a)
	}
}

// element mirrors an element of the page, and those above it, in the skeleton.
func (s *skeleton) element(elem int) *html.Node {
	if n := s.made[elem]; n != nil {
		return n
	}
	e := &s.page.Elems[elem]
	n := &html.Node{Type: html.ElementNode, Data: e.Node.Data, DataAtom: e.Node.DataAtom}
	for i, name := range s.page.ClassAndID(elem) {
		if name != "" && len(name) < 300 {
			n.Attr = append(n.Attr, html.Attribute{Key: [2]string{"class", "id"}[i], Val: name})
		}
	}
	if role := block.Attr(e.Node, "role"); role != "" {
		n.Attr = append(n.Attr, html.Attribute{Key: "role", Val: role})
	}
	s.made[elem] = n
	parent := s.made[s.page.Order[s.page.Body]]
	if up := int(e.Parent); up > 0 {
		parent = s.element(up)
	}
	parent.AppendChild(n)
	return n
}

// boxes are wrappers: one that is alone in another has no meaning of its own.
var boxes = map[atom.Atom]bool{atom.Div: true, atom.Section: true, atom.Article: true, atom.Main: true, atom.Center: true, atom.Span: true}

// join merges boxes that are alone in each other; the inner one keeps both names.
func (s *skeleton) join(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil && depth < block.MaxDepth; {
		next := c.NextSibling
		if inner := c.FirstChild; boxes[c.DataAtom] && inner != nil && inner == c.LastChild && boxes[inner.DataAtom] {
			c.RemoveChild(inner)
			n.InsertBefore(inner, c)
			n.RemoveChild(c)
			for _, key := range []string{"class", "id"} {
				inherit(inner, key, block.Attr(c, key))
			}
			c = inner
			continue
		}
		s.join(c, depth+1)
		c = next
	}
}

// inherit puts a name before an element's own one.
func inherit(n *html.Node, key, name string) {
	if name == "" {
		return
	}
	for i, a := range n.Attr {
		if a.Key == key {
			if len(a.Val)+len(name) < 300 {
				n.Attr[i].Val = name + " " + a.Val
			}
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: key, Val: name})
}
