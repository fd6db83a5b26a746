// Package captions finds the captions of a story's pictures and videos, with their
// credits and the addresses of the media that they belong to.
//
// [Find] is the way in. It works in three steps: it measures where the story lies
// among the page's elements (outline.go); it collects regions, which are elements
// and lines that are captions by their tag, their names, their place or their form
// (named.go, lines.go, figures.go, glued.go, lightbox.go); and it reads each region
// as text and credit (read.go, runs.go, split.go, around.go). What decides that
// something is a caption, or that it is not one of this story, is a rule in a table;
// its name is what --explain prints.
package captions

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
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
// except that its explanation, if it has one, gets a candidate for each caption and
// each rejected region, with the rule that decided.
func Find(p *doc.Page, kept block.Kept) Found {
	f := newFinder(p, kept)
	f.collectNamed()
	f.named = len(f.regions)
	f.collectLines()
	f.collectFigures()
	f.collectGlued()
	f.collectLightbox()
	slices.SortStableFunc(f.regions, func(a, b region) int { return a.elem - b.elem })
	from := article.Provenance{}
	for _, g := range f.regions {
		if f.read(g) && from.From == "" {
			from = article.Provenance{From: g.from, Confidence: confidence(g.from)}
		}
	}
	f.addStructuredCredits()
	f.dropCopies()
	return Found{Captions: f.captions, Places: f.places, Provenance: from, Taken: f.taken()}
}

// A finder finds the captions of one page. It asks of the page only what lies
// between the title and the end of the story.
type finder struct {
	*doc.Page
	outline
	remains

	media     []int                   // elements that show something, ascending
	positions map[*doc.Selector][]int // see selected
	roles     map[string]captionRole  // of values of class and id
	regions   []region
	named     int             // how many of the regions are named elements; they come first
	ldLines   map[string]bool // see isLDCaption
	asked     int             // how often outsideStory was asked

	captions []article.Caption
	places   []int          // of the captions' media
	seen     map[string]int // index of a caption by its folded text
}

func newFinder(p *doc.Page, kept block.Kept) *finder {
	f := &finder{Page: p, outline: measure(p, kept), remains: remains{kept: slices.Clone(kept)}, roles: map[string]captionRole{}, seen: map[string]int{}}
	f.findMedia()
	return f
}

// A region is an element, or a block, that is a caption.
type region struct {
	elem  int
	block *block.Block     // where only a block is the caption; else nil
	from  string           // as in Provenance
	rule  string           // by which it was found
	split *article.Caption // what was split off a block that stays; else nil
}

// Bounds of what is read: galleries have some hundred pictures.
const (
	maxCaptions = 200
	maxRegions  = 2 * maxCaptions
	maxAsked    = 4000
)

// Where captions are from, as in Provenance.
const (
	fromFigcaption  = "dom:figcaption"
	fromNames       = "dom:caption"
	fromFigure      = "dom:figure"
	fromCredit      = "dom:credit"
	fromAlt         = "dom:alt"
	fromLightbox    = "dom:data-caption"
	fromGlued       = "text:glued"
	fromImageObject = "jsonld:ImageObject"
)

// full reports whether there are as many regions as will be read.
func (f *finder) full() bool { return len(f.regions) >= maxRegions }

func (f *finder) addRegion(g region) { f.regions = append(f.regions, g) }

// regionAround reports whether an element lies within a region.
func (f *finder) regionAround(i int) bool {
	return slices.ContainsFunc(f.regions, func(g region) bool { return g.block == nil && f.holds(g.elem, i) })
}

// regionBelow reports whether one of some regions lies within an element.
func (f *finder) regionBelow(i int, regions []region) bool {
	return slices.ContainsFunc(regions, func(g region) bool { return f.holds(i, g.elem) })
}

// reject notes for --explain why something is no caption of the story.
func (f *finder) reject(from, value, why string) {
	if f.Explaining() {
		score, list := weigh(from, why)
		f.AddCandidate(article.Candidate{Field: "captions", Value: value, From: from, Score: score, Why: why, Evidence: list})
	}
}

// add appends a caption, unless it is there already: pages repeat captions for
// every size of a picture.
func (f *finder) add(g region, c article.Caption, medium int) bool {
	key := text.Fold(c.Text)
	if key == "" {
		key = text.Fold(c.Credit) + c.MediaURL
	}
	if k, ok := f.seen[key]; ok {
		f.captions[k] = merged(f.captions[k], c)
		f.reject(g.from, c.Text, "a repetition")
		return false
	}
	if len(f.captions) >= maxCaptions {
		return false
	}
	f.seen[key] = len(f.captions)
	c.Credits = credit.Parts(c.Credit)
	place := g.elem
	if medium > 0 && medium < place {
		place = medium
	}
	if len(f.places) > 0 { // places are in order
		place = max(place, f.places[len(f.places)-1])
	}
	f.captions = append(f.captions, c)
	f.places = append(f.places, place)
	if f.Explaining() {
		score, list := weigh(g.from, "")
		f.AddCandidate(article.Candidate{Field: "captions", Value: strings.TrimSpace(c.Text + " | " + c.Credit), From: g.from, Score: score, Won: true, Why: g.rule, Evidence: list})
	}
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
