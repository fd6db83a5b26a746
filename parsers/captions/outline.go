package captions

import (
	"slices"
	"sort"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html/atom"
)

// An outline is the shape of a page as captions need it: where each element ends,
// how many words lie in it, and between which elements the story lies. Elements
// are indices into block.Page.Elems.
type outline struct {
	end     []int32        // of each element: the index after the last one below it
	story   []int32        // words of the story before each element's start
	all     []int32        // words of all blocks before each element's start
	root    int            // the element that holds nearly all of the story
	from    int            // the first element that is asked for captions
	to      int            // the one after the last
	inRange []*block.Block // blocks of these elements, by their elements
}

func measure(p *doc.Page, kept block.Kept) outline {
	o := outline{end: subtreeEnds(p)}
	first, last := o.countWords(p, kept)
	body := bodyOf(p)
	if o.words(body) > 0 {
		o.root = o.narrow(p, body)
	} else {
		o.root = mainOf(p, body, int(o.end[body]))
		first, last = o.root, int(o.end[o.root])
	}
	o.setRange(p, body, first, last)
	for _, b := range p.Blocks {
		if b.Elem >= o.from && b.Elem < o.to {
			o.inRange = append(o.inRange, b)
		}
	}
	slices.SortStableFunc(o.inRange, func(a, b *block.Block) int { return a.Elem - b.Elem })
	return o
}

// bodyOf is the page's body element; the first element if it has none.
func bodyOf(p *doc.Page) int { return max(p.Order[p.Body], 1) }

// subtreeEnds gives for each element the index after the last one below it.
func subtreeEnds(p *doc.Page) []int32 {
	end := make([]int32, len(p.Elems))
	for i := range end {
		end[i] = int32(i + 1)
	}
	for i := len(end) - 1; i > 0; i-- {
		if up := p.Elems[i].Parent; up > 0 {
			end[up] = max(end[up], end[i])
		}
	}
	return end
}

// countWords counts words up to each element, and gives the elements of the
// story's first and last block.
func (o *outline) countWords(p *doc.Page, kept block.Kept) (first, last int) {
	n := len(p.Elems)
	o.story, o.all = make([]int32, n+1), make([]int32, n+1)
	first = n
	for _, b := range p.Blocks {
		o.all[b.Elem+1] += int32(b.Words)
		if kept.Has(b) {
			o.story[b.Elem+1] += int32(b.Words)
			first, last = min(first, b.Elem), max(last, b.Elem)
		}
	}
	for i := range n {
		o.story[i+1] += o.story[i]
		o.all[i+1] += o.all[i]
	}
	return first, last
}

// narrow is the smallest element below another that holds nearly all of the story.
func (o *outline) narrow(p *doc.Page, top int) int {
	total := o.words(top)
	for {
		inner := 0
		for c := top + 1; c < int(o.end[top]) && inner == 0; c = int(o.end[c]) {
			if o.words(c)*10 >= total*9 && p.Elems[c].Node.DataAtom != atom.P {
				inner = c
			}
		}
		if inner == 0 {
			return top
		}
		top = inner
	}
}

var mains = doc.Select("main, article")

// mainOf is the element for the contents of a page without a story, as galleries
// are; the body if it has none.
func mainOf(p *doc.Page, body, end int) int {
	if first := p.Select(mains).First(); first.Length() > 0 {
		if i := p.Order[first.Nodes[0]]; i > body && i < end {
			return i
		}
	}
	return body
}

// setRange sets the range of elements that are asked for captions. first and last
// are the elements of the story's first and last block.
func (o *outline) setRange(p *doc.Page, body, first, last int) {
	head := o.root // the smallest element that holds both story and title
	if h := visibleTitle(p); h != nil {
		first = h.Elem
		for head > 0 && !o.holds(head, h.Elem) {
			head = int(p.Elems[head].Parent)
		}
	}
	const before, after, beforeInHead = 60, 60, 400 // elements
	o.from, o.to = first-before, min(last+after, len(p.Elems))
	if head > 0 && head != body && p.Elems[head].Node.DataAtom != atom.Html {
		o.from = min(o.from, max(head, first-beforeInHead))
		o.to = min(o.to, max(int(o.end[head]), last+1))
	}
	// What the choice of the body left out may hold pictures: up to the end of the
	// article's element.
	for a, up := o.root, 0; a > body && up < 6; a, up = int(p.Elems[a].Parent), up+1 {
		if p.Elems[a].Node.DataAtom == atom.Article || a == o.root && p.Elems[a].Hints&block.HintBody != 0 {
			o.from, o.to = min(o.from, a), max(o.to, int(o.end[a]))
			break
		}
	}
	o.from = max(o.from, body)
}

// visibleTitle is the page's first h1 in sight; nil if it has none.
func visibleTitle(p *doc.Page) *block.Block {
	for _, b := range p.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			return b
		}
	}
	return nil
}

// holds reports whether an element lies below another or is the same.
func (o *outline) holds(top, i int) bool { return top <= i && i < int(o.end[top]) }

// words counts the story's words below an element.
func (o *outline) words(i int) int { return o.wordsBetween(i, int(o.end[i])) }

// wordsBetween counts the story's words from the start of one element to the
// start of another.
func (o *outline) wordsBetween(i, k int) int { return int(o.story[k] - o.story[i]) }

// allWords counts the words of all blocks below an element.
func (o *outline) allWords(i int) int { return int(o.all[o.end[i]] - o.all[i]) }

// blocksIn lists the blocks below an element, in reading order.
func (o *outline) blocksIn(i int) []*block.Block {
	at := sort.Search(len(o.inRange), func(k int) bool { return o.inRange[k].Elem >= i })
	end := at
	for end < len(o.inRange) && o.inRange[end].Elem < int(o.end[i]) {
		end++
	}
	list := slices.Clone(o.inRange[at:end])
	slices.SortFunc(list, func(a, b *block.Block) int { return a.N - b.N })
	return list
}

// hasOneBlock reports whether one block alone lies below an element.
func (o *outline) hasOneBlock(i int) bool {
	at := sort.Search(len(o.inRange), func(k int) bool { return o.inRange[k].Elem >= i })
	return at < len(o.inRange) && o.holds(i, o.inRange[at].Elem) && (at+1 == len(o.inRange) || !o.holds(i, o.inRange[at+1].Elem))
}

// selected gives the places of the elements that a selector selects, ascending.
func (f *finder) selected(sel *doc.Selector) []int {
	places, ok := f.positions[sel]
	if ok {
		return places
	}
	for _, n := range f.Select(sel).Nodes {
		places = append(places, f.Order[n])
	}
	if f.positions == nil {
		f.positions = map[*doc.Selector][]int{}
	}
	f.positions[sel] = places
	return places
}

// firstBelow is the first element below another that a selector selects; 0 if
// there is none among the first so many elements.
func (f *finder) firstBelow(i int, sel *doc.Selector, most int) int {
	places := f.selected(sel)
	at := sort.SearchInts(places, i+1)
	if at < len(places) && places[at] < min(int(f.end[i]), i+most) {
		return places[at]
	}
	return 0
}

// anyBelow reports whether one of an element's first descendants is selected by a
// selector.
func (f *finder) anyBelow(i int, sel *doc.Selector) bool { return f.firstBelow(i, sel, 200) > 0 }

// figureOf is the figure that an element stands in; the element itself where
// there is none.
func (f *finder) figureOf(i int) int {
	for k, up := i, 0; k > 0 && up < 8; k, up = int(f.Elems[k].Parent), up+1 {
		if f.Elems[k].Node.DataAtom == atom.Figure {
			return k
		}
	}
	return i
}
