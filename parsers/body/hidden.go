package body

import "github.com/newsmorgue/newsmorgue/parsers/internal/block"

// dropHidden drops text that the page hides for good, unless most of the story is
// hidden, as where a script shows it: then what hides it says nothing. What is hidden
// until a reader asks for it is left to the model: much of it is the story's.
func (s *Selection) dropHidden() {
	total, hidden := 0, 0
	for _, b := range s.page.Blocks {
		if s.Kept(b) {
			total += b.Words
			if b.Flags&block.InUnseen != 0 {
				hidden += b.Words
			}
		}
	}
	if hidden == 0 || hidden*2 > total {
		return
	}
	for _, b := range s.page.H1 {
		if b.Flags&block.InUnseen != 0 {
			return // a page with its title hidden is shown otherwise than its markup says
		}
	}
	for _, b := range s.page.Blocks {
		if s.Kept(b) && b.Flags&block.InUnseen != 0 {
			s.drop(b, "hidden")
		}
	}
}
