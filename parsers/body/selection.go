package body

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// A Selection says of each block of a page whether it is part of the story, and
// which rule decided. Other packages only ask; this one decides.
type Selection struct {
	page    *doc.Page
	kept    block.Kept
	why     []string              // by block: the rule that decided, "" for none
	tables  map[*html.Node]bool   // see dataTable
	posts   map[*html.Node]string // see post
	opening int                   // the first block that is likely to be prose of the story, -1 if none is
}

// clone is a selection of the same page that can be changed alone.
func (s *Selection) clone() *Selection {
	return &Selection{s.page, slices.Clone(s.kept), slices.Clone(s.why), s.tables, s.posts, s.opening}
}

func newSelection(p *doc.Page) *Selection {
	return &Selection{page: p, kept: make(block.Kept, len(p.Blocks)), why: make([]string, len(p.Blocks)), tables: map[*html.Node]bool{}, posts: map[*html.Node]string{}, opening: -1}
}

// Page is the page that the blocks are from. It is another one than the visible
// page where the story was found in script data.
func (s *Selection) Page() *doc.Page { return s.page }

// Kept reports whether a block is part of the story.
func (s *Selection) Kept(b *block.Block) bool { return s.kept[b.N] }

// Why names the rule that decided about a block; "" if its score alone did.
func (s *Selection) Why(b *block.Block) string { return s.why[b.N] }

// Blocks says which blocks are part of the story, as it is now: later changes of
// the selection do not show in it.
func (s *Selection) Blocks() block.Kept { return slices.Clone(s.kept) }

// Range is where the story begins and ends among the page's blocks; -1, -1 if it
// has none.
func (s *Selection) Range() (first, last int) { return s.kept.Range() }

func (s *Selection) keep(b *block.Block, why string) { s.kept[b.N], s.why[b.N] = true, why }
func (s *Selection) drop(b *block.Block, why string) { s.kept[b.N], s.why[b.N] = false, why }

// KeepStandfirst makes the standfirst part of the story, once, if readers see it.
// first is its first block, nil if it has none; str is its text.
func (s *Selection) KeepStandfirst(str string, first *block.Block) {
	if first == nil || s.Kept(first) || first.Flags&block.InHidden != 0 {
		return
	}
	blocks := s.page.Blocks
	for _, b := range blocks {
		if s.Kept(b) && len(b.Text) >= len(first.Text) && strings.Contains(b.Text, first.Text) {
			return
		}
	}
	for _, b := range blocks[first.N:min(len(blocks), first.N+5)] {
		if !strings.HasPrefix(str, b.Text) {
			return
		}
		s.keep(b, "")
		str = strings.TrimPrefix(str[len(b.Text):], " ")
	}
}

// TakeOut takes a block that is a caption out of the story. rest is what of its
// text is no caption and stays; "" if nothing does. Later readers see the rest. An
// item or cell that says what a caption says stays: it belongs with its neighbours.
func (s *Selection) TakeOut(b *block.Block, rest string) {
	if b.Flags&(block.InList|block.InTable) != 0 && b.Flags&(block.InCaption|block.InFigure) == 0 && s.besideItems(b) {
		return
	}
	if rest == "" {
		s.drop(b, "caption")
		return
	}
	b.Text, b.Words = rest, block.CountWords(rest)
}

// besideItems reports whether a block next to one is a kept one of the same list or
// table.
func (s *Selection) besideItems(b *block.Block) bool {
	const group = block.InList | block.InTable
	for _, n := range []int{b.N - 1, b.N + 1} {
		if n >= 0 && n < len(s.page.Blocks) {
			if o := s.page.Blocks[n]; s.Kept(o) && o.Flags&group == b.Flags&group && s.page.SameContainer(o, b) {
				return true
			}
		}
	}
	return false
}

// DropByline takes the line that names the authors out of the story. It stands near
// one of the story's ends; a cell or an item with a name in it does not.
func (s *Selection) DropByline(byline string, authors []article.Author) {
	var names strings.Builder
	for _, a := range authors {
		names.WriteString(text.Fold(a.Name))
	}
	line, joined := text.Fold(byline), names.String()
	within := s.within()
	for _, b := range s.page.Blocks {
		if !s.Kept(b) || b.Words > 25 || b.Flags&(block.InTable|block.InList|block.InQuote|block.InPre) != 0 || within[b.N] {
			continue
		}
		if text.FoldsTo(b.Text, line) || text.FoldsTo(b.Text, joined) {
			s.drop(b, "byline")
		}
	}
}

// within says of each block whether several of the story's paragraphs stand before
// it and some after it.
func (s *Selection) within() []bool {
	const before, after = 4, 2
	all := make([]bool, len(s.page.Blocks))
	count := 0
	for i, b := range s.page.Blocks {
		all[i] = count >= before
		if s.Kept(b) && block.IsProse(b) {
			count++
		}
	}
	count = 0
	for i, b := range slices.Backward(s.page.Blocks) {
		all[i] = all[i] && count >= after
		if s.Kept(b) && block.IsProse(b) {
			count++
		}
	}
	return all
}
