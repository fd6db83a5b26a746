// Package captions finds the captions of a story's pictures and videos, with their
// credits and the addresses of the media that they belong to.
//
// [Find] is the way in. It measures where the story lies among the page's elements
// (outline.go); it collects regions, which are elements and lines that may be
// captions by their tag, their names, their place or their form (named.go, lines.go,
// glued.go, lightbox.go); it reads each region as text and credits (read.go, runs.go,
// credits.go); and it chooses among them (choose.go). Two models decide: one which
// regions are captions of the story's media (evidence.go, weigh.go), the other which
// parts of a text are its credits. Both are learned from labelled pages by
// internal/train, and what they go by is what --explain prints. A few forms are
// captions for certain (certain.go).
package captions

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Found is what Find found.
type Found struct {
	Captions   []article.Caption  // in document order; at most 200
	Places     []int              // Places[i] is where the medium of Captions[i] stands, as in block.Page.Order; ascending
	Provenance article.Provenance // of the first caption; zero if there is none
	Taken      []Taken            // in document order, each block once
}

// Taken is a block that captions take out of the story.
type Taken struct {
	Block *block.Block
	Rest  string // what of its text stays in the story; "" if all of it is a caption
}

// Find reads the captions of the story's media. kept says which blocks of the page
// are the story; a page without any may be a gallery. The page is not written to,
// except that its explanation, if it has one, gets the candidates with what speaks
// for and against each.
func Find(p *doc.Page, kept block.Kept) Found {
	f := newFinder(p, kept)
	f.collectNamed()
	f.named = len(f.regions)
	f.collectLines()
	f.collectGlued()
	f.collectLightbox()
	slices.SortStableFunc(f.regions, func(a, b region) int { return a.elem - b.elem })
	f.read()
	f.choose()
	confidence := f.take()
	f.addStructuredCredits()
	f.dropCopies()
	found := Found{Captions: f.captions, Places: f.places, Taken: f.taken()}
	if len(f.captions) > 0 {
		found.Provenance = article.Provenance{From: f.first, Confidence: confidence}
	}
	return found
}

// A finder finds the captions of one page. It asks of the page only what lies
// between the title and the end of the story.
type finder struct {
	*doc.Page
	outline
	remains

	model       *evidence.Model // of captions
	creditModel *evidence.Model

	media      []int                   // elements that show something, ascending
	positions  map[*doc.Selector][]int // see selected
	roles      map[string]captionRole  // of values of class and id
	regions    []region
	described  map[string]bool // ids of what pictures refer to as their descriptions
	named      int             // how many of the regions are named elements; they come first
	candidates []candidate
	data       []string // see dataLines; nil: not yet asked for
	asked      int      // how often outsideStory was asked

	ofMedium map[int]int   // candidates of each medium
	marked   map[int]int   // and those in elements that are captions by tag or names
	shapes   map[shape]int // candidates by the kind of their element

	forms  map[string][]credit.Form   // what creditForms found, by the text
	owners map[string]evidence.Values // see weighOwner
	abouts map[int]string             // see shownBy
	prose  string                     // see storyText

	noted, spansNoted int // candidates in the explanation

	captions []article.Caption
	places   []int          // of the captions' media
	first    string         // where the first caption is from
	seen     map[string]int // index of a caption by its folded text
}

func newFinder(p *doc.Page, kept block.Kept) *finder {
	f := &finder{Page: p, outline: measure(p, kept), remains: remains{kept: slices.Clone(kept)}, roles: map[string]captionRole{}, seen: map[string]int{},
		forms: map[string][]credit.Form{}, owners: map[string]evidence.Values{}, abouts: map[int]string{}}
	f.model, f.creditModel = p.Model("captions", captionsModel), p.Model("credits", creditsModel)
	f.findMedia()
	return f
}

// A region is an element, or a block, that may be a caption.
type region struct {
	elem  int
	block *block.Block     // where only a block is the caption; else nil
	from  string           // as in Provenance
	split *article.Caption // what was split off a block that stays; else nil
}

// Bounds of what is read: galleries have some hundred pictures.
const (
	maxCaptions = 200
	maxRegions  = 2 * maxCaptions
	maxAsked    = 4000
	maxNoted    = 300 // candidates of each sort in an explanation
)

// Where captions are from, as in Provenance.
const (
	fromFigcaption = "dom:figcaption"
	fromNames      = "dom:caption"
	fromLine       = "dom:line"
	fromLightbox   = "dom:data-caption"
	fromGlued      = "text:glued"
)

// full reports whether there are as many regions as will be read.
func (f *finder) full() bool { return len(f.regions) >= maxRegions }

func (f *finder) addRegion(g region) { f.regions = append(f.regions, g) }

// regionAround reports whether an element lies within a region.
func (f *finder) regionAround(i int) bool {
	return slices.ContainsFunc(f.regions, func(g region) bool { return g.block == nil && f.holds(g.elem, i) })
}

// add appends a caption, unless it is there already: pages repeat captions for
// every size of a picture.
func (f *finder) add(k *candidate) bool {
	c := k.Caption
	i, again := f.seen[text.Fold(c.Text)]
	if again && c.Text != "" && f.captions[i].MediaURL != "" {
		f.captions[i] = merged(f.captions[i], c)
		return false
	}
	if k.medium > 0 {
		n := f.Elems[k.medium].Node
		c.MediaURL = f.mediaURL(n)
		if c.Media == "image" {
			c.Media = mediaKind(n)
		}
	}
	key := text.Fold(c.Text)
	if key == "" {
		key = text.Fold(c.Credit) + c.MediaURL
	}
	if i, ok := f.seen[key]; ok {
		f.captions[i] = merged(f.captions[i], c)
		return false
	}
	if len(f.captions) >= maxCaptions {
		return false
	}
	if f.first == "" {
		f.first = k.from
	}
	f.seen[key] = len(f.captions)
	c.Credits = credit.Parts(c.Credit)
	place := k.elem
	if k.medium > 0 && k.medium < place {
		place = k.medium
	}
	if len(f.places) > 0 { // places are in order
		place = max(place, f.places[len(f.places)-1])
	}
	f.captions = append(f.captions, c)
	f.places = append(f.places, place)
	return true
}

// merged is a caption with what only its repetition has.
func merged(c, again article.Caption) article.Caption {
	if c.Credit == "" && again.Credit != "" {
		c.Credit, c.Credits = again.Credit, credit.Parts(again.Credit)
	}
	if c.MediaURL == "" {
		c.MediaURL = again.MediaURL
	}
	return c
}
