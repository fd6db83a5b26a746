// Package byline finds who wrote an article, where and for whom: the authors and
// the byline as printed, the dateline, and the agency or publication that the
// story was taken from. It reads one page; it does not know other pages of the
// site, nor does it verify that an author exists.
//
// Every place of the page that names somebody (JSON-LD, meta elements, markup,
// lines of text) makes a claim. Each name that claims have, in whatever spelling, is
// a candidate. A learned model weighs what speaks for and against it: who names it
// where, what it looks like, whom other places name. Each name that is more likely an
// author's than not is one; there may be none.
package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// Find reads who the page says wrote it, and the byline as printed. title is the
// article's title, kept are the blocks of its body. All are
// empty if no name is likely an author's; byline is empty as well if no reader of the
// page sees one. The provenance is that of authors: "jsonld:", "meta:" and "attr:"
// with the property's name, "microdata:author", "dom:" and "text:" with the kind
// of markup or line, "title" for the page's title element.
func Find(p *doc.Page, title string, kept block.Kept) (authors []article.Author, byline string, prov article.Provenance) {
	x := newReader(p, title, kept)
	x.readDeclared()
	x.readMarkup()
	x.readAttributes()
	x.readLines()
	x.readPageTitle()
	x.readSiteName()
	return x.choose()
}

// IsLine reports whether a short text is a byline or a row of dates.
func IsLine(s string) bool {
	if utf8.RuneCountInString(s) > 120 {
		return false
	}
	if rest, words, colon := cutByWord(s); words > 0 && (colon || words > 1 || !ambiguousByWords[strings.ToLower(firstWord(s))] || shape(rest) == formPerson) {
		r, _ := utf8.DecodeRuneInString(rest)
		return rest != "" && !unicode.IsLower(r) && !strings.HasSuffix(rest, ".") && block.CountWords(rest) <= 10
	}
	if !text.HasDigit(s) && block.CountWords(s) > 3 {
		return false
	}
	return dates.IsDateRow(s) && (dates.Parse(s, true) != "" || block.CountWords(s) <= 3)
}

// A reader reads the byline of one page.
type reader struct {
	*doc.Page
	kept      block.Kept
	sites     map[string]bool           // what the page calls its publication, folded
	names     map[string]classname.Mask // see authorNames
	numbered  []classname.Mask          // see namesOf
	title     int                       // elements where the title, the first and the last block of the body stand; 0 if unknown
	firstAt   int
	lastAt    int
	titleN    int // blocks of the same, -1 if unknown
	firstN    int
	lastN     int
	shown     map[string]int          // see seen
	folded    []string                // the texts of short blocks, folded: see lookFor
	namesIn   map[string][]authorName // see bylineNames
	cards     map[*html.Node]bool     // see inCard
	itemNames map[*html.Node]string   // see readItemNames
	wrap      block.Hints             // what class names say of the title too, and so says nothing
	titleKey  string                  // the article's title, folded
	eastern   bool                    // the page is in a language that has no "In" before a place
	claims    []claim
}

func newReader(p *doc.Page, title string, kept block.Kept) *reader {
	x := &reader{Page: p, kept: kept, sites: map[string]bool{}, names: map[string]classname.Mask{}, shown: map[string]int{}, namesIn: map[string][]authorName{}, titleN: -1, firstN: -1, lastN: -1}
	x.eastern = x.speaks("ko zh ja")
	x.titleKey = text.Fold(title)
	for _, n := range p.SiteNames() {
		x.sites[n] = true
	}
	_, last := kept.Range()
	if b := p.TitleBlock(title); b != nil && (b.N <= last || last < 0) { // after the story it is a link to another
		x.title, x.titleN = b.Pos(), b.N
		x.wrap = p.Elems[b.Elem].PathHints
	} else if last >= 0 {
		x.wrap = p.Elems[p.Blocks[last].Elem].PathHints
	}
	for _, b := range p.Blocks {
		if !kept.Has(b) {
			continue
		}
		if x.firstN < 0 && (x.titleN < 0 || b.N > x.titleN) && b.Words > 12 {
			x.firstAt, x.firstN = b.Pos(), b.N
		}
		x.lastAt, x.lastN = b.Pos(), b.N
	}
	return x
}

// isOwn reports whether a name is the publication's own.
func (x *reader) isOwn(name string) bool {
	f := text.Fold(name)
	if x.sites[f] {
		return true
	}
	return strings.HasPrefix(f, "the") && x.sites[f[3:]] || x.sites["the"+f]
}
