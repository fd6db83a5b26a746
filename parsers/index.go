package parsers

import (
	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// An index is one walk over a page: its blocks of text in reading order, and
// what its head says. Every field is read from it.
type index struct {
	*block.Page
	page *Page
	ld   []object

	sections []string // see sectionNames
	sites    []string // see siteNames

	explanation *Explanation // nil unless asked for
}

func newIndex(p *Page, doc *html.Node) *index {
	x := &index{page: p}
	x.Page = block.Read(doc, func(line string) bool {
		_, credit, _ := splitCredit(line, false)
		return credit != ""
	})
	for _, script := range x.Data {
		x.ld = append(x.ld, parseLD(block.TextOf(script))...)
	}
	return x
}
