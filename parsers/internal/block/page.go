// Package block reads a page as blocks of text: runs between two block-level
// borders, in reading order, each with the elements that it stands in and what
// their classes and ids suggest. A model of decision trees says how likely each
// block belongs to the article. The package reads no fields: that is the work of
// the packages of parsers.
package block

import (
	"golang.org/x/net/html"
)

// A Page is the result of one walk over a document: its blocks, its elements, and
// what its head says. The document is not written to.
type Page struct {
	Doc         *html.Node
	Body        *html.Node          // nil if there is none
	Blocks      []*Block            // in document order
	Elems       []Elem              // in document order; the first stands for "no element"
	Order       map[*html.Node]int  // of elements: index into Elems
	H1          []*Block            // the blocks of h1 elements
	Media       []*html.Node        // figures, captioned boxes, players and pictures, in order
	JSONLD      []*html.Node        // JSON-LD scripts, in order, bounded
	DataScripts []*html.Node        // other scripts that may hold the page's data, bounded
	Metas       map[string][]string // content of meta elements by their name, property, itemprop and http-equiv, in lower case
	Rels        map[string][]string // href of link elements by each word of their rel, in lower case
	Title       string              // of the title element
	Base        string              // href of the base element, from which addresses of the page are relative
	Lang        string              // lang of the html element
	Words       int                 // in blocks that are not hidden

	// Values of class and id have numbers, because many elements share them.
	nameNumbers map[string]int32
	names       []string // by number; the first is empty
	nameHints   []Hints  // by number
	nameTraits  []trait  // by number
}

// An Elem is one element of a page, with what it passes on to those below it.
type Elem struct {
	Node      *html.Node
	Parent    int32 // index into Page.Elems; 0 at the top
	Depth     int32
	Names     [2]int32 // numbers of its class and its id: see Page.ClassAndID
	Hints     Hints    // of its own names
	PathHints Hints    // of its own names and those of all elements above it but html and body
	Flags     Flags    // of it and all elements above it
}

// A Block is a run of text between two borders: the text of a paragraph, a
// list item, a cell, or of what stands between two line breaks.
type Block struct {
	Node      *html.Node // the block-level element that the text belongs to
	Elem      int        // its index in Page.Elems
	Text      string     // white space collapsed, never empty
	LinkBytes int        // bytes of Text within links
	LinkCount int        // how many links it touches
	BoldBytes int        // bytes of Text in bold or italic type
	Words     int        // see CountWords
	N         int        // its index in Page.Blocks
	Flags     Flags

	// Others set these before and by Model.Score.
	InReadability    bool    // go-readability takes it into the article
	ArticleBodyShare float32 // share of its words that the page's JSON-LD articleBody has
	Probability      float32 // that it belongs to the article, by the model
}

// Pos is the block's place in document order, to compare with Page.Order.
func (b *Block) Pos() int { return b.Elem }

// HintsBelow joins the hints of a node and its ancestors, up to but without top.
func (p *Page) HintsBelow(n, top *html.Node) Hints {
	if top == p.Body {
		return p.Elems[p.Order[n]].PathHints
	}
	var all Hints
	for i := p.Order[n]; i > 0 && p.Elems[i].Node != top; i = int(p.Elems[i].Parent) {
		all |= p.Elems[i].Hints
	}
	return all
}

// NameCount is how many numbers the values of class and id have: see Elem.Names.
func (p *Page) NameCount() int { return len(p.names) }

// Name is the value of class or id with a number.
func (p *Page) Name(number int32) string { return p.names[number] }

// ClassAndID are the values of an element's class and id; empty where it has none.
func (p *Page) ClassAndID(elem int) [2]string {
	n := p.Elems[elem].Names
	return [2]string{p.names[n[0]], p.names[n[1]]}
}
