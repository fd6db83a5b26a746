package parsers

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// paywalled reports whether the page keeps readers from the whole story: by its
// own word and what is really there. Some sites say of every page that it is not
// free, and show it all the same.
func paywalled(p *doc.Page, text string) bool {
	words := p.CountWords(text)
	if words >= doc.MaxStub && !p.DeclaredPaid() {
		return false
	}
	return p.Wall(words) || p.DeclaredPaid() && (words < doc.MaxStub || p.Announced() > 2*words)
}
