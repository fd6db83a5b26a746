// Package dates finds when an article was published and last modified. JSON-LD, meta
// elements, markup, visible lines, the page's address and script data give
// candidates; each is weighed by a table of evidence (evidence.go), and the day that
// is best supported by all of them is chosen (choose.go). The package also reads
// single dates, as they are written in some sixty languages and five calendars.
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
	var found Found
	f := &finder{page: p, style: styleOf(p), story: storyOf(p, title, kept)}
	f.read()
	f.swapDayMonth()
	first, support := f.choosePublished()
	last := f.chooseModified(first)
	if first != nil {
		found.Published = Date{f.precise(first).String(), article.Provenance{From: first.from, Confidence: confidence(support)}}
	} else if visible := f.visibleUpdate(); visible != nil {
		// The only date that readers see by the story: it was published then as it reads now.
		first = visible
		found.Published = Date{first.String(), article.Provenance{From: first.from, Confidence: 0.4}}
		if last.days() < first.days() {
			last = first
		}
	}
	if last != nil {
		found.Modified = Date{last.String(), article.Provenance{From: last.from, Confidence: confidence(last.weight.sum)}}
	}
	if p.Explaining() {
		f.explain(first, last)
	}
	return found
}

// confidence maps evidence, which has no upper bound, to less than 1.
func confidence(evidence float64) float64 { return evidence / (evidence + 0.6) }

// read collects the candidates. Scripts are large, and not read if a time of
// publication is as good as certain.
func (f *finder) read() {
	f.readJSONLD()
	f.readMetas()
	f.readElements()
	f.readLines()
	f.readAddress()
	for i := range f.found {
		if c := &f.found[i]; c.label == labelPublished && c.weight.sum >= 2.8 && c.hasTime() {
			return
		}
	}
	f.readScripts()
}
