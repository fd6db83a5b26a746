// Package contacts finds the blocks of a page that say how to reach somebody:
// e-mail addresses, phone and fax numbers, postal addresses, profiles.
//
// [Find] reads them in steps: the passages that may have contacts (passages.go),
// the items in them (items.go, with the grammars of emails.go and phones.go, and
// postal.go with that of addresses.go), groups of items that stand together and
// what each is called and whose it is (groups.go), and at last what only the page's
// JSON-LD says (jsonld.go). Which candidates are contacts, and not the story's or
// somebody else's, which items make one block, its label and its kind are chosen by
// learned models over named evidence (placeevidence.go, mailevidence.go,
// numberevidence.go, addressevidence.go, pairs.go, labelevidence.go, kindevidence.go). parsers/internal/train makes them of labelled pages
// and of those in testdata.
package contacts

import (
	"math"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Bounds of one page: of its items, of the lines that addresses are looked for in.
const (
	maxItems = 500
	maxLines = 1500
)

// Find returns the contact blocks of a page in the order of the page, visible ones
// before hidden ones, those of JSON-LD alone last. A block that the page repeats
// is there once, and none is without an e-mail address, a number or an address;
// of a page without contacts the result is nil. Numbers have an E.164 form only
// where they are valid in a country that the page may be of.
//
// kept are the blocks of the story. authors are those of the story: their mailboxes
// are known by their names. numbers remembers the phone numbers that were read, on
// this page and others. The provenance is that of the first item ("dom:link",
// "dom:address", "dom:footer", "dom:blocks"), with the mean confidence of all; what
// JSON-LD alone says has none.
func Find(p *doc.Page, numbers *Numbers, authors []article.Author, kept block.Kept) ([]article.Contact, article.Provenance) {
	r := newContactReader(p, authors, kept)
	r.numbers = numbers
	r.near, r.mail = make([]bool, len(r.page.Blocks)+1), make([]bool, len(r.page.Blocks)+1)
	r.readPassages()
	r.findMails()
	r.findNumbers()
	r.findPostal()
	return r.addData(r.blocks()), r.provenance()
}

// provenance says where the items are from, and how sure they are on the whole.
func (r *contactReader) provenance() (from article.Provenance) {
	if len(r.items) == 0 {
		return from
	}
	sum := 0.0
	for _, it := range r.items {
		sum += it.sure
	}
	return article.Provenance{From: r.items[0].p.from(r.items[0].linked), Confidence: math.Round(100*sum/float64(len(r.items))) / 100}
}

// A contactReader reads the contacts of one page.
type contactReader struct {
	page     *doc.Page
	authors  []article.Author
	names    siteNames
	begun    []int32 // for each block the last element that had begun by then
	chain    blockChain
	passages []*passage // that have been read
	isRead   []bool     // by element: its passages have been read
	byBlock  []*passage // by number of the block the first of its passages; passage.next follows
	from, to int        // the blocks of the story; from > to if there is none
	all      bool       // the page is about contacts: it has no story
	items    []contactItem
	steps    []pairStep // by item, once they are in order
	numbers  *Numbers
	near     []bool       // blocks close to an e-mail address or a number
	mail     []bool       // blocks with an e-mail address that counts
	marked   map[int]bool // elements that say they are an address; nil until asked
	ranges   int          // that were weighed as addresses
	profiles []profileLink
	home     []string // countries that the page may be of
	dialled  []string // those and a guess, for numbers
	regs     []string // those, and the countries of numbers that were found
}

func newContactReader(p *doc.Page, authors []article.Author, kept block.Kept) *contactReader {
	r := &contactReader{page: p, authors: authors, names: namesOfSite(p), chain: newBlockChain(p),
		isRead: make([]bool, len(p.Elems)), byBlock: make([]*passage, len(p.Blocks))}
	r.home = regions(p)
	r.dialled = dialledRegions(p, r.home)
	r.regs = slices.Clone(r.dialled)
	r.all = isContactPage(p)
	r.from, r.to = storyRange(p.Blocks, kept)
	r.begun = make([]int32, len(p.Blocks))
	last := 0
	for i, b := range p.Blocks {
		last = max(last, b.Elem)
		r.begun[i] = int32(last)
	}
	return r
}

// blocks are the contacts that the page has in its text.
func (r *contactReader) blocks() (kept []article.Contact) {
	groups := r.groups()
	if len(groups) > 0 {
		r.readProfiles()
	}
	for _, hidden := range []bool{false, true} {
		for _, g := range groups {
			if g.hidden != hidden {
				continue
			}
			c := r.contact(g)
			if isEmpty(&c) || coveredBy(kept, c) {
				continue // the same block again, for small screens
			}
			kept = append(kept, c)
		}
	}
	return kept
}
