package body

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// smoothGroups judges the items of a list together, and the cells of a data table:
// they belong to a story as a whole or not at all.
func (s *Selection) smoothGroups() {
	blocks := s.page.Blocks
	for from := 0; from < len(blocks); {
		group := s.groupOf(blocks[from])
		if group == nil {
			from++
			continue
		}
		to := from
		var p, w float32
		for to < len(blocks) && s.groupOf(blocks[to]) == group {
			k := float32(min(blocks[to].Words, 60) + 1)
			p, w = p+k*blocks[to].Probability, w+k
			to++
		}
		own := float32(1) / 3 // how much an item's own score counts
		if group.DataAtom == atom.Table {
			own = 0
		}
		if to-from > 1 {
			for _, b := range blocks[from:to] {
				b.Probability = own*b.Probability + (1-own)*p/w
			}
		}
		from = to
	}
}

// groupOf is the list or data table that a block stands in; nil if none.
func (s *Selection) groupOf(b *block.Block) *html.Node {
	if b.Flags&block.InTable != 0 {
		if t := nearest(b.Node, atom.Table); s.dataTable(t) {
			return t
		}
	}
	if b.Flags&block.InList != 0 {
		return nearestList(b.Node)
	}
	return nil
}

// dataTable tells a table of data from one that lays out a page. Each of its
// cells asks, so the answer is kept.
func (s *Selection) dataTable(t *html.Node) bool {
	data, known := s.tables[t]
	if !known {
		data = holdsData(t)
		s.tables[t] = data
	}
	return data
}

func holdsData(t *html.Node) bool {
	rows, cells, long := 0, 0, 0
	for n := range t.Descendants() {
		switch n.DataAtom {
		case atom.Th:
			return true
		case atom.Table:
			return false
		case atom.Tr:
			rows++
		case atom.Td:
			cells++
			if len(block.TextOf(n)) > 300 {
				long++
			}
		}
	}
	return rows >= 2 && cells >= 2*rows && long == 0
}

// nearest is the innermost element of a kind that an element is or stands in; an
// element without a parent if there is none.
func nearest(n *html.Node, tag atom.Atom) *html.Node {
	for ; n != nil; n = n.Parent {
		if n.DataAtom == tag {
			return n
		}
	}
	return &html.Node{Type: html.ElementNode}
}

// nearestList finds the list of an item; nil for text that stands in a list otherwise.
func nearestList(n *html.Node) *html.Node {
	for ; n != nil; n = n.Parent {
		switch n.DataAtom {
		case atom.Ul, atom.Ol, atom.Dl:
			return n
		}
	}
	return nil
}

// keepTables keeps the data tables that stand between two kept blocks beside
// them, where nothing but their score speaks against them and that not much.
func (s *Selection) keepTables() {
	blocks := s.page.Blocks
	for from := 1; from < len(blocks); {
		group := s.groupOf(blocks[from])
		if group == nil || group.DataAtom != atom.Table {
			from++
			continue
		}
		to, fits := from, true
		for ; to < len(blocks) && s.groupOf(blocks[to]) == group; to++ {
			b := blocks[to]
			fits = fits && !s.Kept(b) && s.Why(b) == "" && b.Flags&block.InHidden == 0 && b.Probability >= betweenMin
		}
		if fits && to < len(blocks) && s.Kept(blocks[from-1]) && s.Kept(blocks[to]) && beside(blocks[from-1].Node, group) && beside(blocks[to].Node, group) {
			for _, b := range blocks[from:to] {
				s.keep(b, "within the story")
			}
		}
		from = to
	}
}

// beside reports whether an element stands in the element that a group stands in, which
// may have two boxes of its own.
func beside(n, group *html.Node) bool {
	for p, up := group.Parent, 0; p != nil && up < 3; p, up = p.Parent, up+1 {
		if n.Parent == p {
			return true
		}
	}
	return false
}
