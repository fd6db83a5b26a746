// Package warn finds what somebody who watches a site should look at: fewer new
// articles than usual, articles without title, text or date, a bot wall, turns without
// a run, runs that fail, a disk that fills up. It sends nothing.
//
// The statistics are simple and robust, so that a figure can be explained in a
// sentence: what is usual is a median, and what is rare is more than four deviations
// below it, by the median absolute deviation. Nothing is said of a site with less than
// two weeks of history.
package warn

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// The kinds of warnings.
const (
	KindYield      = "yield"      // fewer new articles than usual
	KindExtraction = "extraction" // fewer articles than usual have a title, a text or a date
	KindWall       = "wall"       // a bot wall in place of most pages
	KindMissed     = "missed"     // turns without a run
	KindFailing    = "failing"    // several runs in a row failed
	KindDisk       = "disk"       // the disk will be full soon
)

// Kinds are all kinds of warnings.
var Kinds = []string{KindDisk, KindExtraction, KindFailing, KindMissed, KindWall, KindYield}

// A Level says how a condition stands.
type Level int

// The levels. Unknown leaves a warning as it is.
const (
	Unknown Level = iota
	Fine
	Bad
)

// A Finding is how one condition stands. Text says why, where it is not Unknown.
type Finding struct {
	Kind  string
	Level Level
	Text  string
}

// A Run is what the checks need of a run, or of turns without one.
type Run struct {
	Start, End time.Time
	Status     string // keep.StatusComplete and so on, catalog.StatusSkipped, "" while it goes on or if it was killed
	Reason     string // why turns had no run, or the limit of a run
	IsUpdate   bool   // the site was complete before
	New        int    // articles
	Pages      int
	Answered   int // attempts at pages that had an answer
	Blocked    int // bot walls among these
	Filled     Filled
}

// Filled counts the articles that were read, and those that have a field.
type Filled struct{ Read, Title, Text, Published int }

// ReadRun makes a Run of one in the catalog.
func ReadRun(r catalog.Run) Run {
	res := Run{Start: r.Start, End: r.End, Status: r.Status}
	if r.Status == catalog.StatusSkipped {
		var s keep.Skipped
		if json.Unmarshal(r.Counts, &s) == nil {
			res.Reason = s.Reason
		}
		return res
	}
	var s keep.Summary
	if len(r.Counts) == 0 || json.Unmarshal(r.Counts, &s) != nil {
		return res
	}
	res.Reason, res.IsUpdate = s.Reason, s.Mode == "update"
	res.New, res.Pages, res.Answered, res.Blocked = s.New, s.Pages, s.PagesAsked-s.PagesFailed, s.Blocked
	res.Filled = Filled{s.Filled[keep.FilledRead], s.Filled[keep.FilledTitle], s.Filled[keep.FilledText], s.Filled[keep.FilledPublished]}
	return res
}

// Good reports whether a run did its work.
func (r Run) Good() bool {
	return r.Status == keep.StatusComplete || r.Status == keep.StatusLimited && r.Pages > 0
}

// Failed reports whether a run got nothing, or could not begin. A run that was stopped
// or killed is neither good nor failed.
func (r Run) Failed() bool {
	switch r.Status {
	case keep.StatusFailed, keep.StatusNothing:
		return true
	case keep.StatusLimited:
		return r.Pages == 0
	case catalog.StatusSkipped:
		return r.Reason == keep.SkippedFailed
	}
	return false
}

// leastFailed is how many failed runs in a row are worth a warning. One or two pass by
// themselves too often.
const leastFailed = 3

// Failing looks for runs that failed one after another, the oldest run first.
func Failing(runs []Run) Finding {
	n, why := 0, ""
	for _, r := range slices.Backward(runs) {
		switch {
		case r.Failed():
			n++
			if why == "" {
				why = failure(r)
			}
			continue
		case !r.Good():
			continue // stopped, or still going on
		}
		break
	}
	switch {
	case n >= leastFailed:
		return Finding{KindFailing, Bad, fmt.Sprintf("%d runs in a row failed (%s)", n, why)}
	case n == 0 && slices.ContainsFunc(runs, Run.Good):
		return Finding{KindFailing, Fine, "the last run succeeded"}
	}
	return Finding{Kind: KindFailing}
}

func failure(r Run) string {
	switch r.Status {
	case keep.StatusNothing:
		return "nothing archived"
	case keep.StatusLimited:
		return "nothing archived before " + r.Reason
	case catalog.StatusSkipped:
		return "the run could not begin"
	}
	return "stopped by an error"
}

// Missed looks for a turn without a run after the last good run, the oldest first. It
// has ended when two good runs follow one another: a site whose runs take longer than
// its interval misses a turn each time. What keep-out hours prevent is meant so, and a
// run that could not begin is one that failed.
func Missed(runs []Run) Finding {
	good := 0
	for _, r := range slices.Backward(runs) {
		switch {
		case r.Good():
			good++
		case r.Status == catalog.StatusSkipped && r.Reason != keep.SkippedKeepOut && r.Reason != keep.SkippedFailed:
			if good == 0 {
				return Finding{KindMissed, Bad, "a turn had no run: " + reasons[r.Reason]}
			}
			return Finding{Kind: KindMissed}
		}
		if good == 2 {
			break
		}
	}
	if good == 0 {
		return Finding{Kind: KindMissed}
	}
	return Finding{KindMissed, Fine, "the last turns had their runs"}
}

var reasons = map[string]string{
	keep.SkippedBusy: "the site was crawled by another process", keep.SkippedOverlap: "the run before was still going on",
	keep.SkippedDown: "newsmorgue watch was not running", keep.SkippedSlots: "too many other runs at that time",
}

// Fewer walls than this may be those of single pages.
const leastWalls = 3

// Wall looks for a bot wall in place of most pages of the newest run.
func Wall(runs []Run) Finding {
	for _, r := range slices.Backward(runs) {
		switch {
		case r.Blocked >= leastWalls && r.Blocked*2 > r.Answered:
			return Finding{KindWall, Bad, fmt.Sprintf("a bot wall in place of %d of %d pages", r.Blocked, r.Answered)}
		case r.Pages > 0 && r.Blocked*2 <= r.Answered:
			return Finding{KindWall, Fine, "pages instead of a bot wall"}
		case r.Answered > 0:
			return Finding{Kind: KindWall}
		}
	}
	return Finding{Kind: KindWall}
}

// Labels say what a warning of a kind is about.
var Labels = map[string]string{
	KindYield: "new articles", KindExtraction: "extraction", KindWall: "bot wall", KindMissed: "turns without a run", KindFailing: "failed runs", KindDisk: "disk space",
}

// Compare returns which warnings begin and which end, given those that have not ended.
// Those that end have the text of what is fine again.
func Compare(active []frontier.Warning, site string, findings []Finding, now time.Time) (begin, end []frontier.Warning) {
	for _, f := range findings {
		i := slices.IndexFunc(active, func(w frontier.Warning) bool { return w.Site == site && w.Kind == f.Kind })
		switch {
		case f.Level == Bad && i < 0:
			begin = append(begin, frontier.Warning{Site: site, Kind: f.Kind, Text: f.Text, Since: now})
		case f.Level == Fine && i >= 0:
			end = append(end, frontier.Warning{Site: site, Kind: f.Kind, Text: f.Text, Since: active[i].Since})
		}
	}
	return begin, end
}

// since is when a warning began; zero if there is none.
func since(active []frontier.Warning, site, kind string) time.Time {
	for _, w := range active {
		if w.Site == site && w.Kind == kind {
			return w.Since
		}
	}
	return time.Time{}
}

// Site makes all checks of a site whose runs, the oldest first, are given, with the
// turns that had none. Days are those of the zone.
func Site(site string, runs []Run, active []frontier.Warning, zone *time.Location, now time.Time) []Finding {
	return []Finding{
		Failing(runs), Missed(runs), Wall(runs),
		Yield(runs, zone, now, since(active, site, KindYield)),
		Extraction(runs, now, since(active, site, KindExtraction)),
	}
}

// join lists texts: "a, b and c".
func join(texts []string) string {
	if n := len(texts); n > 1 {
		return strings.Join(texts[:n-1], ", ") + " and " + texts[n-1]
	}
	return strings.Join(texts, "")
}
