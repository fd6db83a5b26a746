package dates

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// A story is where the article lies among the blocks of its page.
type story struct {
	title, start, end *block.Block // nil if unknown; start and end are kept
}

// storyOf finds the story of a page.
func storyOf(p *doc.Page, title string, kept block.Kept) story {
	s := story{title: p.TitleBlock(title)}
	from := 0
	if s.title != nil {
		from = s.title.N + 1
	}
	var first *block.Block // a standfirst, if a byline with a date follows
	for _, b := range p.Blocks[from:] {
		if !kept.Has(b) {
			if first != nil && s.start == first && s.end == first && b.N <= first.N+5 && isDatedByline(b) {
				s.start = nil
			}
			continue
		}
		s.end = b
		if s.start == nil && b.Words >= 12 && b.Flags&block.InHeading == 0 {
			s.start = b
			if first == nil {
				first = b
			}
		}
	}
	if s.start == nil {
		s.start = first
	}
	return s
}

// isDatedByline reports whether a block may be a byline with a date.
func isDatedByline(b *block.Block) bool {
	return b.Words <= 25 && b.Flags&block.InHidden == 0 && mayDate(b.Text)
}

// away counts elements from the title, or else from the story's beginning, to one.
func (s *story) away(elem int) int {
	switch {
	case s.title != nil:
		return elem - s.title.Elem
	case s.start != nil:
		return elem - s.start.Elem
	}
	return elem
}

// A zone is a part of the page relative to the story.
type zone uint8

const (
	zoneFar    zone = iota
	zoneHeader      // between title and story
	zoneAbove       // shortly before the title
	zoneLead        // the first two blocks of the story
	zoneWithin      // in the story
	zoneTail        // shortly after the story
	zones
)

var zoneNames = [zones]string{"far from the story", "between title and story", "above the title", "in the story's opening", "within the story", "after the story"}

// A scale is a count of places on the page, of the story and of how near is near.
type scale struct {
	title, start, end   int // -1 if unknown
	above, below, after int // places are near if they are fewer than this away
}

// byBlock counts blocks: a line may belong to an element that begins far above it.
func (s story) byBlock() scale {
	place := func(b *block.Block) int {
		if b == nil {
			return -1
		}
		return b.N
	}
	return scale{title: place(s.title), start: place(s.start), end: place(s.end), above: 8, below: 12, after: 11}
}

// byElement counts elements.
func (s story) byElement() scale {
	place := func(b *block.Block) int {
		if b == nil {
			return -1
		}
		return b.Elem
	}
	return scale{title: place(s.title), start: place(s.start), end: place(s.end), above: 30, below: 80, after: 60}
}

// zone is the zone of a place.
func (s scale) zone(at int) zone {
	first := s.title
	if first < 0 {
		first = s.start
	}
	switch {
	case first < 0:
	case at < first:
		if first-at < s.above {
			return zoneAbove
		}
	case s.start < 0:
		if at-s.title < s.below {
			return zoneHeader
		}
	case at < s.start:
		return zoneHeader
	case at <= s.end:
		return zoneWithin
	case at-s.end < s.after:
		return zoneTail
	}
	return zoneFar
}
