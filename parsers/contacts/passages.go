package contacts

import (
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

// A passage is what a reader reads in one element between two borders, line by
// line, with the e-mail addresses that a browser would show there. It may be
// empty but for a link: an icon.
type passage struct {
	block *block.Block // nil if the page has no text there
	node  *html.Node   // the block element
	n     int          // its place among the page's blocks; without text, of the one before it
	sub   int          // its place among the passages of the same n
	text  string       // lines parted by "\n"
	links []anchor
	flags block.Flags
	hints block.Hints
	story bool     // it belongs to the story
	next  *passage // of its block
	above *headingAbove
}

// An anchor is a link of a passage; of an icon, without text.
type anchor struct {
	start, end int
	href       string
	title      string // what it is called where it has no text
}

// Bounds of a passage: contacts stand in short texts.
const (
	maxPassage      = 8_000
	maxPassageDepth = 60
	maxAnchors      = 200
)

// Elements that hold contacts, or profiles, in their attributes.
var (
	linkSelector      = doc.Select(`a`)
	protectedSelector = doc.Select(`span[data-cfemail]`) // by Cloudflare; links are so too
	signSelector      = doc.Select(`img[alt*="@"]`)      // a picture of the sign
)

// readPassages reads the passages of the elements that may have e-mail addresses or
// numbers: by a link, by their text.
func (r *contactReader) readPassages() {
	want := newWantedNodes(r.page)
	r.readLinks(want)
	for _, n := range r.page.Select(protectedSelector).Nodes {
		want.addBlockOf(n)
	}
	for _, n := range r.page.Select(signSelector).Nodes {
		if len(block.Attr(n, "alt")) < 8 {
			want.addBlockOf(n)
		}
	}
	for _, b := range r.page.Blocks {
		if !want.has[b.Elem] && len(want.elems) < maxItems && r.mayContact(b) {
			want.add(b.Elem)
		}
	}
	r.read(want.elems)
}

// readLinks makes the blocks of the links that reach somebody wanted.
func (r *contactReader) readLinks(want *wantedNodes) {
	for _, n := range r.page.Select(linkSelector).Nodes {
		if reaches(strings.TrimSpace(block.Attr(n, "href"))) || block.Attr(n, "data-cfemail") != "" {
			want.addBlockOf(n)
		}
	}
}

// mayContact reports whether the text of a block may have an e-mail address or a
// number.
func (r *contactReader) mayContact(b *block.Block) bool {
	if len(b.Text) < minDigits {
		return false
	}
	if signsIn(b.Text) != 0 {
		return true
	}
	return len(b.Text) < maxPhoneText && b.Flags&block.InHidden == 0 && mayPhone(b.Text) && len(numberSpots(b.Text)) > 0
}

// wantedNodes are block elements whose passages are wanted, in order.
type wantedNodes struct {
	page  *doc.Page
	elems []int
	has   []bool // by element
}

func newWantedNodes(p *doc.Page) *wantedNodes {
	return &wantedNodes{page: p, has: make([]bool, len(p.Elems))}
}

// addBlockOf adds the block element that a node is in, or is.
func (w *wantedNodes) addBlockOf(n *html.Node) {
	for up := 0; n != nil && !block.BlockLevel(n); up++ {
		if n = n.Parent; up > maxPassageDepth {
			return
		}
	}
	if n != nil && len(w.elems) < maxItems {
		w.add(w.page.Order[n])
	}
}

func (w *wantedNodes) add(elem int) {
	if elem > 0 && !w.has[elem] {
		w.has[elem] = true
		w.elems = append(w.elems, elem)
	}
}

// read gets the passages of elements that have not been read.
func (r *contactReader) read(elems []int) {
	var some [8]*block.Block
	for _, elem := range elems {
		if r.isRead[elem] {
			continue
		}
		r.isRead[elem] = true
		n, blocks := r.page.Elems[elem].Node, r.appendBlocks(some[:0], elem)
		ps := plainPassage(n, blocks)
		if ps == nil {
			ps = passagesOf(r.page, n)
		}
		r.place(ps, blocks)
		var last *passage // with text
		for i, p := range ps {
			p.sub = i
			p.story = r.story(p.n)
			if p.block == nil {
				continue
			}
			if last != nil && last.block == p.block {
				last.next = p
			} else if r.byBlock[p.block.N] == nil {
				r.byBlock[p.block.N] = p
			}
			last = p
		}
		r.passages = append(r.passages, ps...)
	}
}

// plainPassage is the passage of an element that has no other in it: its text is
// that of the block. It is nil for other elements.
func plainPassage(n *html.Node, blocks []*block.Block) []*passage {
	if len(blocks) != 1 || len(blocks[0].Text) > maxPassage {
		return nil
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.ElementNode {
			return nil
		}
	}
	return []*passage{{node: n, text: blocks[0].Text, n: -1}}
}

// A blockChain finds the blocks of each element.
type blockChain struct {
	first []int32 // by element: its first block, counted from 1; 0 if it has none
	next  []int32 // by block: the next of the same element, likewise
}

func newBlockChain(p *doc.Page) blockChain {
	c := blockChain{make([]int32, len(p.Elems)), make([]int32, len(p.Blocks))}
	for i, b := range slices.Backward(p.Blocks) {
		c.next[i], c.first[b.Elem] = c.first[b.Elem], int32(i+1)
	}
	return c
}

// appendBlocks appends the blocks of an element, in order.
func (r *contactReader) appendBlocks(blocks []*block.Block, elem int) []*block.Block {
	for i := r.chain.first[elem]; i > 0; i = r.chain.next[i-1] {
		blocks = append(blocks, r.page.Blocks[i-1])
	}
	return blocks
}

// sortedPassages are the passages read so far in the order of the page; of those
// of one place, the page's text goes before links without any.
func (r *contactReader) sortedPassages() []*passage {
	ps := slices.Clone(r.passages)
	slices.SortFunc(ps, func(a, b *passage) int {
		return cmp.Or(a.n-b.n, a.sub-b.sub, withoutText(a)-withoutText(b), r.page.Order[a.node]-r.page.Order[b.node])
	})
	return ps
}

func withoutText(p *passage) int {
	if p.block == nil {
		return 1
	}
	return 0
}

// place gives passages their blocks and places. blocks are those of the same
// element, in order.
func (r *contactReader) place(ps []*passage, blocks []*block.Block) {
	page, k := r.page, 0
	for _, p := range ps {
		p.flags = page.Elems[page.Order[p.node]].Flags
		p.hints = page.HintsBelow(p.node, page.Body)
		at := p.n
		if p.text != "" && len(blocks) > 0 {
			b := blocks[min(k, len(blocks)-1)]
			for j := k; j < min(len(blocks), k+20) && len(ps) != len(blocks); j++ {
				if sameStart(blocks[j].Text, p.text) {
					b, k = blocks[j], j
					break
				}
			}
			k++
			p.block, p.n = b, b.N
			p.flags |= b.Flags
			continue
		}
		if at < 0 {
			at = page.Order[p.node]
		}
		p.n = r.blockBefore(at)
	}
}

// blockBefore is the last block that began before an element.
func (r *contactReader) blockBefore(elem int) int {
	return max(0, sort.Search(len(r.begun), func(i int) bool { return int(r.begun[i]) > elem })-1)
}

func sameStart(a, b string) bool {
	n := min(len(a), len(b), 16)
	for i := range n {
		if a[i] != b[i] && b[i] != '\n' {
			return false
		}
	}
	return true
}
