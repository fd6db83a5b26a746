// Package doc is what a page says before any field is read: its blocks, its
// head's metas and links, its JSON-LD, its names for itself, its paywall marks.
// Readers of fields take a [Page] and write nothing to it but candidates, and package
// body where the next story begins.
package doc

import (
	"net/url"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
)

// A Page is one walk over a page: its blocks of text in reading order, and
// what its head says. Every field is read from it.
type Page struct {
	*block.Page
	Input *article.Page
	LD    []Object

	sites []string // see SiteNames

	baseURL *url.URL // see base
	based   bool     // baseURL is known

	counted struct { // see CountWords
		text  string
		words int
	}

	// NextStory is the element with which another story begins below this one, as on
	// pages that load the next when readers come to the end; 0 for none. Package body
	// finds it when it chooses the story.
	NextStory int

	Explanation *article.Explanation // nil unless asked for

	Models map[string]*evidence.Model // by field; instead of the program's own: see Model

	elements *elementIndex // see index

	classes map[string]classname.Mask // see ClassName
}

// ClassName is classname.Of of an attribute's value, each of which is read once: the
// elements of a page have few different ones, and several fields ask for them.
func (p *Page) ClassName(value string) classname.Mask {
	m, known := p.classes[value]
	if !known {
		if p.classes == nil {
			p.classes = map[string]classname.Mask{}
		}
		m = classname.Of(value)
		p.classes[value] = m
	}
	return m
}

// Read walks over the page once. root is shared with others and not written to.
func Read(p *article.Page, doc *html.Node) *Page {
	x := &Page{Input: p}
	x.Page = block.Read(doc, func(line string) bool {
		_, credit, _ := credit.Split(line, false)
		return credit != ""
	})
	for _, script := range x.JSONLD {
		x.LD = append(x.LD, ParseLD(block.TextOf(script))...)
	}
	return x
}

// CountWords counts the words of a text that several fields ask about, as they do of
// the whole story: one after another only once.
func (p *Page) CountWords(text string) int {
	if p.counted.text != text {
		p.counted.text, p.counted.words = text, block.CountWords(text)
	}
	return p.counted.words
}
