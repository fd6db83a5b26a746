// Package dates finds when an article was published and last modified. JSON-LD, meta
// elements, markup, visible lines, the page's address and script data make claims
// (claim.go). The claims of one day are joined (day.go), and a model chooses among
// the days by named evidence (evidence.go), one among the claims of that day for the
// time, and one among the claims of updates (choose.go); "none" is an answer too. The
// package also reads single dates, as they are written in some sixty languages and six
// calendars.
//
// It has no clock: only dates up to the time at which the page was fetched count.
package dates

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// Found is when an article was published and last modified.
type Found struct{ Published, Modified Date }

// A Date is one date and where it is from; both are empty if the page has none.
type Date struct {
	Value string // RFC 3339, as precise as the page gives it
	From  article.Provenance
}

// Find gives the dates at which a page says that its article, whose title it is
// given, was published and last modified, each with where it is from ("jsonld:…",
// "meta:…", "dom:…", "text:…", "url" or "state:…"). Dates are in RFC 3339, as precise
// as the page gives them: "2026-11-23", "2026-11-23T10:00" or
// "2026-11-23T10:00:00+01:00"; times without offset are local. A date and its
// provenance are empty if the page does not tell.
//
// kept are the blocks of the story: what stands near them is more likely to be
// their date.
func Find(p *doc.Page, title string, kept block.Kept) Found {
	f := &finder{page: p, style: styleOf(p), story: storyOf(p, title, kept)}
	f.read()
	f.dropHijri()
	f.swapDayMonth()
	f.relabelUpdates()
	first := f.choosePublished()
	last := f.chooseModified(first)
	return Found{first.date(), last.date()}
}

// read collects the claims. Scripts are large, and not read if a time of publication
// is as good as certain.
func (f *finder) read() {
	f.readJSONLD()
	f.readMetas()
	f.readElements()
	f.readLines()
	f.readAddress()
	for i := range f.found {
		if f.found[i].settles() {
			return
		}
	}
	f.readScripts()
}

// settles reports whether a claim makes it needless to look into scripts.
func (c *claim) settles() bool {
	return c.label == labelPublished && c.hasTime() &&
		(headRank[c.kind] > headRank[jsonldVideo] || c.rank() >= zoneRank[zoneAbove])
}
