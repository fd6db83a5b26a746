package captions

import (
	"slices"
	"sort"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// collectLines finds the lines beside media: those with no text of the story and at
// most two lines between them and a medium, and those in its figure.
func (f *finder) collectLines() {
	if len(f.media) == 0 {
		return
	}
	for at, b := range f.inRange {
		if f.full() {
			return
		}
		if f.mayBeLine(b) && !f.aloneInNamed(b) && f.besideMedium(at, b) {
			f.addRegion(region{elem: b.Elem, block: b, from: fromLine})
		}
	}
}

// aloneInNamed reports whether a block is all of an element that is a region.
func (f *finder) aloneInNamed(b *block.Block) bool {
	return slices.ContainsFunc(f.regions[:f.named], func(g region) bool {
		return f.holds(g.elem, b.Elem) && f.hasOneBlock(g.elem)
	})
}

// mayBeLine reports whether a block has the form of a caption.
func (f *finder) mayBeLine(b *block.Block) bool {
	const others = block.InHidden | block.InNav | block.InPre | block.InButton
	return b.Words > 0 && b.Words <= 90 && b.Flags&others == 0 && b.LinkBytes*2 <= len(b.Text)
}

// besideMedium reports whether a block stands beside a medium. at is its place among
// the blocks of the range.
func (f *finder) besideMedium(at int, b *block.Block) bool {
	const near = 14 // elements
	k := sort.SearchInts(f.media, b.Elem)
	for _, m := range f.media[max(0, k-1):min(len(f.media), k+2)] {
		if figure := f.figureOf(m); figure != m && f.holds(figure, b.Elem) {
			return true
		}
		if m < b.Elem-near || m > b.Elem+near+len(b.Text) {
			continue
		}
		if f.holds(b.Elem, m) || f.linesBetween(at, b, m) <= 2 {
			return true
		}
	}
	return false
}

// linesBetween counts the blocks between a block and a medium; a block of the story
// is too many.
func (f *finder) linesBetween(at int, b *block.Block, m int) int {
	n, step := 0, 1
	if m < b.Elem {
		step = -1
	}
	for k := at + step; k >= 0 && k < len(f.inRange) && n < 3; k += step {
		o := f.inRange[k]
		if step < 0 && o.Elem < m || step > 0 && o.Elem > m {
			break
		}
		if n++; f.inStory(o) && o.Words > 20 {
			n = 3
		}
	}
	return n
}

// nearestMedium is the medium that stands nearest to an element, before it or
// behind, with no text of the story between; 0 if there is none.
func (f *finder) nearestMedium(i int) int {
	const near = 25 // elements
	k := sort.SearchInts(f.media, i)
	if k > 0 {
		if m := f.media[k-1]; i-m <= near && f.wordsBetween(m, i) <= 20 {
			return m
		}
	}
	if k < len(f.media) {
		if m := f.media[k]; m-i <= near && f.wordsBetween(int(f.end[i]), max(m, int(f.end[i]))) <= 20 {
			return m
		}
	}
	return 0
}

// mediaBeside reports whether a medium stands near a block.
func (f *finder) mediaBeside(b *block.Block) bool {
	const near = 12 // elements
	at := sort.SearchInts(f.media, b.Elem-near)
	return at < len(f.media) && f.media[at] <= b.Elem+near
}

// blocksOf are the blocks of a region's text.
func (f *finder) blocksOf(g *region) []*block.Block {
	switch {
	case g.from == fromLightbox:
		return nil
	case g.block != nil:
		return []*block.Block{g.block}
	}
	if inner := f.blocksIn(g.elem); len(inner) > 0 {
		return slices.Clone(inner)
	}
	// An inline element: the block that it is part of.
	for i := int(f.Elems[g.elem].Parent); i > 0; i = int(f.Elems[i].Parent) {
		at := sort.Search(len(f.inRange), func(k int) bool { return f.inRange[k].Elem >= i })
		if at < len(f.inRange) && f.inRange[at].Elem == i {
			return f.inRange[at : at+1]
		}
		if block.BlockLevel(f.Elems[i].Node) {
			break
		}
	}
	return nil
}
