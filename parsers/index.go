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

	counted struct { // see wordsOf
		text  string
		words int
	}

	figures map[*html.Node]bool // of tables: see dataTable

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

// wordsOf counts the words of a text that several fields ask about, as they do of
// the whole story: one after another only once.
func (x *index) wordsOf(text string) int {
	if x.counted.text != text {
		x.counted.text, x.counted.words = text, block.CountWords(text)
	}
	return x.counted.words
}
