// Package notice says what runs found: as a notice for programs, as a text for people,
// and as an Atom feed. It sends nothing.
package notice

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/warn"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// Schema names the JSON form of a Notice. The number increases when a member changes
// its meaning; new members may come at any time.
const Schema = "newsmorgue.notice/1"

// A Notice says what is to be told after a run of a site.
type Notice struct {
	Schema   string         `json:"schema"`
	ID       string         `json:"id"`             // the same each time it is sent
	Archive  string         `json:"archive"`        // its ID
	Site     string         `json:"site,omitempty"` // as in sites.toml; absent if it is about the archive
	Run      string         `json:"run,omitempty"`  // record ID of the run's start; absent if there was no run
	Status   string         `json:"status,omitempty"`
	Started  time.Time      `json:"started,omitzero"`
	Ended    time.Time      `json:"ended,omitzero"`
	Counts   map[string]int `json:"counts,omitempty"` // of changes, by what happened
	Changes  []Change       `json:"changes"`          // at most MaxChanges
	Omitted  int            `json:"omitted,omitempty"`
	Warnings []Warning      `json:"warnings"`
}

// A Change is something that happened to an article.
type Change struct {
	ID          string    `json:"id"`   // the same in all notices and feeds
	What        string    `json:"what"` // catalog.ChangeNew and so on
	URL         string    `json:"url"`
	From        string    `json:"from,omitempty"` // the URL before a move
	Article     string    `json:"article"`        // ID in the archive
	Site        string    `json:"site"`           // of the article
	Kind        string    `json:"kind"`
	Title       string    `json:"title,omitempty"`
	TitleBefore string    `json:"title_before,omitempty"` // if it was another one
	Summary     string    `json:"summary"`                // what happened, in a sentence
	Captured    time.Time `json:"captured"`
	Last        time.Time `json:"last,omitzero"` // when it was seen last as it was before
	Status      int       `json:"http_status,omitempty"`
	How         string    `json:"how,omitempty"` // of what is gone
	Capture     string    `json:"capture"`       // record ID of the response
	Reading     string    `json:"reading,omitempty"`
	Before      string    `json:"before,omitempty"` // the reading before an edit
	HTML        string    `json:"-"`                // Summary and more, as HTML

	// Of an edit: its classes, the most severe first, and whether the page says nothing
	// of it.
	Classes []versions.Class `json:"classes,omitempty"`
	Silent  bool             `json:"silent,omitempty"`
}

// A Warning begins or has ended.
type Warning struct {
	Site  string    `json:"site,omitempty"`
	Kind  string    `json:"kind"`
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
	Ended bool      `json:"ended,omitempty"`
}

const (
	// MaxChanges is how many changes a notice lists.
	MaxChanges = 500
	// maxNew is up to how many new articles are listed at all. More are the first crawl
	// of a site, of which only the number is told.
	maxNew = 2000
	// maxText is the longest title or sentence, in characters.
	maxText = 500
)

// order is the order of changes in a notice: first what a reader may miss otherwise.
var order = []string{catalog.ChangeGone, catalog.ChangePaywalled, catalog.ChangeRestored, catalog.ChangeMoved, catalog.ChangeEdited, catalog.ChangeNew}

// Whats are all kinds of changes.
func Whats() []string { return slices.Clone(order) }

// An Author makes notices from what is in an archive.
type Author struct {
	Archive string // its ID
	Catalog *catalog.Catalog
}

// space is the name space of the IDs of notices, changes and feeds.
var space = uuid.MustParse("0e1e8b0c-5f0a-5c5d-9a27-0d6c1d3f6a51")

func (a *Author) id(parts ...string) string {
	return uuid.NewSHA1(space, []byte(a.Archive+"\n"+strings.Join(parts, "\n"))).URN()
}

// Of makes the notice of some runs of a site, the newest first: the one that just
// ended, and earlier ones that nobody was told of. Status and times are those of the
// first.
func (a *Author) Of(ctx context.Context, site string, runs []catalog.Run) (*Notice, error) {
	n := &Notice{Schema: Schema, Archive: a.Archive, Site: site, Changes: []Change{}, Warnings: []Warning{}}
	if len(runs) == 0 {
		return n, nil
	}
	n.Run, n.Status, n.Started, n.Ended = runs[0].ID, runs[0].Status, runs[0].Start, runs[0].End
	n.ID = a.id("notice", site, n.Run)
	all, unlisted, err := a.changes(ctx, runs)
	if err != nil {
		return nil, err
	}
	n.Counts = map[string]int{}
	for _, c := range all {
		n.Counts[c.What]++
	}
	if unlisted > 0 {
		n.Counts[catalog.ChangeNew] += unlisted
	}
	n.Omitted = unlisted + max(0, len(all)-MaxChanges)
	for _, c := range all[:min(len(all), MaxChanges)] {
		n.Changes = append(n.Changes, a.change(ctx, c))
	}
	return n, nil
}

// changes lists the changes that runs found, in order, and how many new articles are
// not among them.
func (a *Author) changes(ctx context.Context, runs []catalog.Run) (all []catalog.Change, unlisted int, err error) {
	what, found := order, 0
	for _, r := range runs {
		found += warn.ReadRun(r).New
	}
	if found > maxNew {
		what, unlisted = order[:len(order)-1], found
	}
	for _, r := range runs { // not all since then: other sites' runs have theirs
		listed, err := a.Catalog.Changes(ctx, catalog.ChangeFilter{What: what, Since: r.Start, Run: r.ID})
		if err != nil {
			return nil, 0, err
		}
		all = append(all, listed...)
	}
	slices.SortStableFunc(all, func(x, y catalog.Change) int {
		return cmp.Compare(slices.Index(order, x.What), slices.Index(order, y.What))
	})
	return all, unlisted, nil
}

// change describes a change, with both readings of an edit if they can be read: one
// may be erased.
func (a *Author) change(ctx context.Context, c catalog.Change) Change {
	res := Change{
		ID: a.id("change", c.What, c.URL, c.ResponseID), What: c.What, URL: c.URL, From: c.From, Article: c.ID, Site: c.Site, Kind: c.Kind, Title: clip(c.Title, maxText),
		Captured: c.Captured, Last: c.Last, Status: c.Status, How: c.How, Capture: c.ResponseID, Reading: c.Reading, Before: c.Before,
	}
	summary, edit := a.describe(ctx, c, &res)
	res.Summary, res.HTML = clip(sentence(c, summary), maxText), page(c, edit)
	return res
}

// Recent lists the newest changes of a site's runs, at most n, for a feed.
func (a *Author) Recent(ctx context.Context, site string, n int) ([]Change, error) {
	runs, err := a.Catalog.Runs(ctx, site, recentRuns)
	if err != nil || len(runs) == 0 {
		return nil, err
	}
	// New articles are looked for back to where there are enough, and never in a first
	// crawl, which may have very many.
	ids, found, newSince := map[string]bool{}, 0, time.Time{}
	for _, r := range runs {
		ids[r.ID] = true
		if runs[0].Start.Sub(r.Start) > recent {
			break
		}
		count := warn.ReadRun(r).New
		if found < n && found+count <= maxNew {
			newSince = r.Start
		}
		found += count
	}
	since := runs[0].Start.Add(-recent)
	all, err := a.Catalog.Changes(ctx, catalog.ChangeFilter{Since: since})
	if err == nil && !newSince.IsZero() {
		var fresh []catalog.Change
		fresh, err = a.Catalog.Changes(ctx, catalog.ChangeFilter{What: []string{catalog.ChangeNew}, Since: newSince})
		all = append(all, fresh...)
	}
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(c catalog.Change) bool { return !ids[c.Run] })
	slices.SortStableFunc(all, func(x, y catalog.Change) int { return y.Captured.Compare(x.Captured) })
	var res []Change
	for _, c := range all[:min(len(all), n)] {
		res = append(res, a.change(ctx, c))
	}
	return res, nil
}

// How far back a feed looks for changes when it begins.
const (
	recent     = 60 * 24 * time.Hour
	recentRuns = 5000
)

// Warn adds warnings that begin, and that have ended. A notice without a run gets its
// ID from the first of them.
func (a *Author) Warn(n *Notice, begin, end []frontier.Warning) {
	for i, list := range [][]frontier.Warning{begin, end} {
		for _, w := range list {
			n.Warnings = append(n.Warnings, Warning{Site: w.Site, Kind: w.Kind, Text: w.Text, Since: w.Since, Ended: i == 1})
		}
	}
	if n.ID == "" && len(n.Warnings) > 0 {
		w := n.Warnings[0]
		n.ID = a.id("warning", w.Site, w.Kind, w.Since.UTC().Format(time.RFC3339Nano), fmt.Sprint(w.Ended))
	}
}

// Empty reports whether there is nothing to tell.
func (n *Notice) Empty() bool { return len(n.Counts) == 0 && len(n.Warnings) == 0 }

// StatusText is how a run ended, if not as it should; "" if it did.
func (n *Notice) StatusText() string {
	switch n.Status {
	case keep.StatusFailed:
		return "stopped by an error"
	case keep.StatusNothing:
		return "nothing archived"
	case keep.StatusInterrupted:
		return "interrupted"
	}
	return ""
}

// clip shortens text to n characters.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if r := []rune(s); len(r) > n {
		return strings.TrimRight(string(r[:n-1]), " ") + "…"
	}
	return s
}
