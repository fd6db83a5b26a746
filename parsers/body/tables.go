package body

import (
	"strconv"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of a table: one with more cells, the empty ones counted, has its rows without
// those.
const (
	maxColumns = 100
	maxCells   = 100_000
)

// A grid says in which column each cell of a table stands (HTML Standard, section
// 4.9.12). Cells that span several stand in the first of them.
type grid struct {
	column map[*html.Node]int
	width  int // 0 if the table is too large
}

func gridOf(table *html.Node) *grid {
	g := &grid{column: map[*html.Node]int{}}
	var taken []int // by column: for how many rows yet a cell above stands there
	rows := 0
	for n := table.FirstChild; n != nil; {
		switch n.DataAtom {
		case atom.Table:
			n = block.Past(table, n)
			continue
		case atom.Thead, atom.Tbody, atom.Tfoot:
			clear(taken) // cells end with their group
		case atom.Tr:
			taken = g.row(n, taken)
			rows++
		}
		n = block.Following(table, n)
	}
	if g.width > maxColumns || g.width*rows > maxCells {
		g.width = 0
	}
	return g
}

// row places the cells of a row and returns what they and those above take of the rows
// below.
func (g *grid) row(tr *html.Node, taken []int) []int {
	at := 0
	free := func() {
		for ; at < len(taken) && taken[at] > 0; at++ {
			taken[at]--
		}
	}
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom != atom.Td && c.DataAtom != atom.Th {
			continue
		}
		free()
		g.column[c] = at
		down := span(c, "rowspan")
		for range min(span(c, "colspan"), maxColumns+1-min(at, maxColumns)) {
			if at == len(taken) && at <= maxColumns {
				taken = append(taken, 0)
			}
			if at < len(taken) {
				taken[at] = down - 1
			}
			at++
		}
	}
	g.width = max(g.width, at)
	for ; at < len(taken); at++ {
		taken[at] = max(0, taken[at]-1)
	}
	return taken
}

// span is the value of colspan or rowspan; 1 if it has none.
func span(cell *html.Node, key string) int {
	n, err := strconv.Atoi(block.Attr(cell, key))
	if err != nil || n < 1 {
		return 1
	}
	return min(n, 1000)
}

// addCell adds a block to the cell that it stands in. Empty cells keep their place.
func (a *assembly) addCell(b *block.Block, links []article.Link) {
	t, r := nearest(b.Node, atom.Table), nearest(b.Node, atom.Tr)
	if t != a.table {
		a.emit(article.Block{Type: article.Table})
		a.table, a.row = t, nil
		if a.grids[t] == nil {
			a.grids[t] = gridOf(t)
		}
		a.grid = a.grids[t]
	}
	last := a.last()
	if r != a.row {
		last.Rows = append(last.Rows, make([]string, a.grid.width))
		a.row = r
	}
	row := &last.Rows[len(last.Rows)-1]
	column, placed := a.grid.column[cellOf(b.Node, t)]
	if !placed || column >= len(*row) { // a caption, or a table that is too large
		*row = append(*row, b.Text)
	} else if cell := &(*row)[column]; *cell == "" {
		*cell = b.Text
	} else if len(*cell) < maxJoined {
		*cell += " " + b.Text
	}
	last.Links = append(last.Links, links...)
}

// cellOf is the cell of a table that a node stands in; nil if it stands in none.
func cellOf(n, table *html.Node) *html.Node {
	for ; n != nil && n != table; n = n.Parent {
		if n.DataAtom == atom.Td || n.DataAtom == atom.Th {
			return n
		}
	}
	return nil
}
