package captions

import (
	"slices"
	"sort"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// remains is what captions leave of the story: its blocks, less those that are
// captions, and its texts, less the captions that were split off.
type remains struct {
	kept    block.Kept
	rests   map[*block.Block]string // texts of blocks that captions were split off
	touched []*block.Block          // dropped, or with a rest
}

// textOf is what remains of a block's text.
func (s *remains) textOf(b *block.Block) string {
	if rest, ok := s.rests[b]; ok {
		return rest
	}
	return b.Text
}

// wordsOf counts the words of what remains of a block's text.
func (s *remains) wordsOf(b *block.Block) int {
	if rest, ok := s.rests[b]; ok {
		return block.CountWords(rest)
	}
	return b.Words
}

// inStory reports whether a block is part of the story.
func (s *remains) inStory(b *block.Block) bool { return s.kept.Has(b) }

// drop takes a block out of the story.
func (s *remains) drop(b *block.Block) {
	if s.kept.Has(b) {
		s.kept[b.N] = false
		s.touched = append(s.touched, b)
	}
}

// keepRest notes what remains of a block's text when a caption is split off.
func (s *remains) keepRest(b *block.Block, rest string) {
	if s.rests == nil {
		s.rests = map[*block.Block]string{}
	}
	s.rests[b] = rest
	s.touched = append(s.touched, b)
}

// taken lists the blocks that captions have taken out of the story.
func (s *remains) taken() []Taken {
	slices.SortFunc(s.touched, func(a, b *block.Block) int { return a.N - b.N })
	var list []Taken
	for _, b := range slices.Compact(s.touched) {
		rest := ""
		if s.kept.Has(b) {
			rest = s.rests[b]
		}
		list = append(list, Taken{b, rest})
	}
	return list
}

// dropRegion takes the text of a region out of the story. raw is that text.
func (f *finder) dropRegion(g region, raw string) {
	if g.from == fromLightbox {
		return
	}
	if g.block != nil {
		f.drop(g.block)
		return
	}
	inner := f.blocksIn(g.elem)
	for _, b := range inner {
		f.drop(b)
	}
	if len(inner) == 0 && raw != "" {
		f.dropFromLine(g.elem, raw)
	}
}

// dropFromLine takes the text of an inline element out of the block that it is
// part of.
func (f *finder) dropFromLine(i int, raw string) {
	owner := i
	for owner > 0 && !block.BlockLevel(f.Elems[owner].Node) {
		owner = int(f.Elems[owner].Parent)
	}
	at := sort.Search(len(f.inRange), func(k int) bool { return f.inRange[k].Elem >= owner })
	for ; at < len(f.inRange) && f.inRange[at].Elem == owner; at++ {
		b := f.inRange[at]
		if !f.inStory(b) {
			continue
		}
		line := f.textOf(b)
		if line == raw {
			f.drop(b)
			return
		}
		if before, after, ok := strings.Cut(line, raw); ok {
			f.keepRest(b, block.Clean(before+" "+after))
			return
		}
	}
}

// dropCopies takes lines that repeat a caption beside a medium out of the story. A
// paragraph or an item of a list stays, and a line elsewhere.
func (f *finder) dropCopies() {
	if len(f.captions) == 0 {
		return
	}
	copies := map[string]bool{}
	for _, c := range f.captions {
		if c.Text != "" && block.CountWords(c.Text) >= 4 {
			copies[text.Fold(c.Text)] = true
			copies[text.Fold(c.Text+c.Credit)] = true
		}
	}
	for _, b := range f.inRange {
		if !f.inStory(b) || b.Flags&(block.InHeading|block.InParagraph|block.InList) != 0 || !f.mediaBeside(b) {
			continue
		}
		if words := f.wordsOf(b); words >= 4 && words <= 100 && copies[text.Fold(f.textOf(b))] {
			f.drop(b)
		}
	}
}
