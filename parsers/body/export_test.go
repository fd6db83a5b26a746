package body

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// SelectionOf is a choice of the blocks for which is holds.
func SelectionOf(p *doc.Page, is func(*block.Block) bool) *Selection {
	s := newSelection(p)
	for _, b := range p.Blocks {
		if is(b) {
			s.keep(b, "")
		}
	}
	return s
}

// KeepOnly drops all but the first blocks of the story, and its last.
func (s *Selection) KeepOnly(n int) {
	_, last := s.Range()
	for _, b := range s.page.Blocks {
		if s.Kept(b) && b.N < last {
			if n--; n < 0 {
				s.drop(b, "test")
			}
		}
	}
}
