package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// perTimeline is how many versions a page of the timeline shows.
const perTimeline = 50

// A versionsData is what the page of an article's versions shows. Its JSON is that of
// newsmorgue diff --json, with the page of the timeline.
type versionsData struct {
	URL      string         `json:"url"`
	Versions int            `json:"versions"`
	From     *versionJSON   `json:"from,omitempty"`
	To       *versionJSON   `json:"to,omitempty"`
	Diff     *versions.Diff `json:"diff"`
	Timeline []timelineLine `json:"timeline"`

	Story       catalog.Story  `json:"-"`
	View        string         `json:"-"` // "side" or "inline"
	Only        string         `json:"-"` // "substantive" or ""
	Reread      bool           `json:"-"`
	Problem     string         `json:"-"` // why the two cannot be compared
	Shown       *shownDiff     `json:"-"`
	Before      *sideVersion   `json:"-"`
	After       *sideVersion   `json:"-"`
	First, Last int            `json:"-"` // versions of the timeline's page
	Hidden      int            `json:"-"` // versions of the page without a substantive edit
	Pager       []timelineLink `json:"-"`
	Prev, Next  string         `json:"-"` // address of the comparison before and after
	Here        string         `json:"-"` // path
	Elsewhere   []sideVersion  `json:"-"` // chosen versions that are on another page of the timeline
}

// A versionJSON is a version in JSON, as newsmorgue diff prints it.
type versionJSON struct {
	Number    int    `json:"number"`
	Captured  string `json:"captured"`
	Response  string `json:"response"`
	Reading   string `json:"reading"`
	Extractor string `json:"extractor"`
}

// A timelineLine is a line of the timeline: a version, or something else that happened.
type timelineLine struct {
	Number   int              `json:"number,omitempty"` // of the version; 0 if there is none
	What     string           `json:"what"`             // as in catalog.Change, or "version"
	How      string           `json:"how,omitempty"`
	MovedTo  string           `json:"moved_to,omitempty"`
	Captured time.Time        `json:"captured"`
	Classes  []versions.Class `json:"classes,omitempty"`
	Silent   bool             `json:"silent,omitempty"`
	Summary  string           `json:"summary,omitempty"`
	Problem  string           `json:"problem,omitempty"`

	IsFrom, IsTo bool   `json:"-"`
	Compare      string `json:"-"` // address of the comparison with the version before
}

// Chips are the words of the line's classes.
func (m timelineLine) Chips() []editChip { return chipsOf(m.Classes, m.Silent) }

// An editChip is a short mark with an explanation.
type editChip struct{ Kind, Name, Means string }

func chipsOf(classes []versions.Class, silent bool) (all []editChip) {
	for _, c := range classes {
		n := nameOfClass(c)
		all = append(all, editChip{string(c), n.Name, n.Means})
	}
	if silent {
		all = append(all, editChip{"silent", "silent", "the page says nothing of the edit: it has no note, and the same date of modification"})
	}
	return all
}

// A sideVersion is one of two versions that are compared.
type sideVersion struct {
	Number   int
	Captured time.Time
	Raw      string // address of its original in replay
	URL      string
}

// A timelineLink is a link to a page of a list.
type timelineLink struct{ Name, Address string }

func (s *Server) versions(r *http.Request) (*page, error) {
	ctx := r.Context()
	story, err := s.storyByID(ctx, r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	history, err := s.history(ctx, story.URL)
	if err != nil {
		return nil, err
	}
	d := &versionsData{URL: story.URL, Versions: len(history.Versions), Story: story, Here: "/article/" + story.ID + "/versions"}
	q := r.URL.Query()
	if d.View, err = chosenValue(q, "view", "side", "inline"); err != nil {
		return nil, err
	}
	if d.Only, err = chosenValue(q, "only", "", "substantive"); err != nil {
		return nil, err
	}
	if id := q.Get("reading"); id != "" {
		q = withReading(q, id, history.Versions)
	}
	from, to, err := pickVersions(q, d.Versions)
	if err != nil {
		return nil, err
	}
	if err := d.pageOf(q, max(to, 0)); err != nil {
		return nil, err
	}
	if err := s.timeline(ctx, d, history, from, to); err != nil {
		return nil, err
	}
	if to > from {
		if err := s.compareVersions(ctx, d, history.Versions, from, to); err != nil {
			return nil, err
		}
		d.links(from, to)
	}
	title := story.Title
	if title == "" {
		title = story.URL
	}
	return &page{Title: "Versions of " + title, Section: "/articles", Template: "versions", Data: d}, nil
}

// storyByID finds the article of an ID; errMissing if there is none.
func (s *Server) storyByID(ctx context.Context, id string) (catalog.Story, error) {
	if len(id) == 12 {
		found, err := s.Catalog.Find(ctx, id)
		if err != nil {
			return catalog.Story{}, err
		}
		for _, st := range found {
			if st.ID == id {
				return st, nil
			}
		}
	}
	return catalog.Story{}, fmt.Errorf("%w: no article has the ID %s", errMissing, cutText(id, 40))
}

// chosenValue returns a parameter that has one of some values, the first if it is missing.
func chosenValue(q url.Values, name string, values ...string) (string, error) {
	v := q.Get(name)
	if v == "" {
		return values[0], nil
	}
	if !slices.Contains(values, v) {
		return "", refuse("%s is %q; it must be %s", name, cutText(v, 50), strings.Join(slices.DeleteFunc(values, func(s string) bool { return s == "" }), " or "))
	}
	return v, nil
}

// withReading names the version of a reading in a request that has its ID, as links from
// the feed of changes do: these do not know numbers.
func withReading(q url.Values, id string, all []catalog.Version) url.Values {
	q.Del("reading")
	for i, v := range all {
		if uuidOf(v.Reading) == id || uuidOf(v.RecordID) == id {
			q.Set("to", strconv.Itoa(i+1))
			q.Set("from", strconv.Itoa(max(i, 1)))
			if i == 0 {
				q.Del("from")
			}
			return q
		}
	}
	return q
}

// pickVersions returns the places of the two versions of a request, from before to: the
// last two unless it names others. Both are the same if there is one version only, and -1
// if there is none.
func pickVersions(q url.Values, n int) (from, to int, err error) {
	number := func(name string, usual int) (int, error) {
		v := q.Get(name)
		if v == "" {
			return usual, nil
		}
		i, err := strconv.Atoi(v)
		if err != nil || i < 1 || i > n {
			return 0, refuse("%s is %q; the article has %s, counted from 1", name, cutText(v, 50), plural(n, "version"))
		}
		return i - 1, nil
	}
	if to, err = number("to", n-1); err != nil {
		return 0, 0, err
	}
	if from, err = number("from", max(to-1, min(0, n-1))); err != nil {
		return 0, 0, err
	}
	if from > to {
		from, to = to, from
	}
	if from == to && n > 1 {
		if q.Get("from") != "" && q.Get("to") != "" {
			return 0, 0, refuse("from and to are both version %d; choose two versions", to+1)
		}
		if to == 0 { // the first one has none before it
			to = 1
		} else {
			from--
		}
	}
	return from, to, nil
}

// pageOf decides which versions the timeline shows: those of the page that is asked for,
// or on which a version is.
func (d *versionsData) pageOf(q url.Values, version int) error {
	pages := max((d.Versions+perTimeline-1)/perTimeline, 1)
	at := version / perTimeline
	if v := q.Get("page"); v != "" {
		n, err := strconv.Atoi(v)
		if err != nil || n < 1 || n > pages {
			return refuse("page is %q; the timeline has %s", cutText(v, 50), plural(pages, "page"))
		}
		at = n - 1
	}
	d.First, d.Last = at*perTimeline, min((at+1)*perTimeline, d.Versions)
	if pages == 1 {
		return nil
	}
	link := func(name string, n int) {
		if n >= 0 && n < pages && n != at {
			v := url.Values{}
			for k, all := range q {
				v[k] = all
			}
			v.Set("page", strconv.Itoa(n+1))
			d.Pager = append(d.Pager, timelineLink{name, d.Here + "?" + v.Encode()})
		}
	}
	link("First", 0)
	link("← Earlier", at-1)
	link("Later →", at+1)
	link("Last", pages-1)
	return nil
}

// summaryTime is how long the summaries of a page of the timeline may take: what is not
// read until then comes the next time, as what was read is remembered.
const summaryTime = 120 * time.Millisecond

// timeline makes the lines of the timeline's page.
func (s *Server) timeline(ctx context.Context, d *versionsData, h *catalog.History, from, to int) error {
	r, begun := &editReader{s: s}, time.Now()
	events := h.Changes
	for len(events) > 0 && d.First > 0 && d.First < len(h.Versions) && events[0].Captured.Before(h.Versions[d.First].Captured) {
		events = events[1:]
	}
	for i := d.First; i < d.Last; i++ {
		v := h.Versions[i]
		for len(events) > 0 && events[0].Captured.Before(v.Captured) {
			d.event(events[0])
			events = events[1:]
		}
		line := timelineLine{Number: i + 1, What: "version", Captured: v.Captured, IsFrom: i == from, IsTo: i == to}
		for len(events) > 0 && events[0].ResponseID == v.ResponseID {
			if line.What = events[0].What; events[0].From != "" {
				line.MovedTo = events[0].URL
			}
			events = events[1:]
		}
		if i > 0 {
			if err := s.summarize(ctx, r, &line, h.Versions[i-1], v, time.Since(begun) < summaryTime); err != nil {
				return err
			}
			line.Compare = d.address(i-1, i)
			if d.Only != "" && line.Problem == "" && !isSubstantive(line.Classes) && !line.IsFrom && !line.IsTo {
				d.Hidden++
				continue
			}
		}
		d.Timeline = append(d.Timeline, line)
	}
	for _, e := range events {
		if d.Last < len(h.Versions) && !e.Captured.Before(h.Versions[d.Last].Captured) {
			break
		}
		d.event(e)
	}
	for _, i := range []int{from, to} {
		if i >= 0 && (i < d.First || i >= d.Last) {
			d.Elsewhere = append(d.Elsewhere, sideVersion{Number: i + 1, Captured: h.Versions[i].Captured})
		}
	}
	return nil
}

// event adds a line of something that gave no version.
func (d *versionsData) event(c catalog.Change) {
	d.Timeline = append(d.Timeline, timelineLine{What: c.What, How: c.How, Captured: c.Captured})
}

// summarize fills in what a version changed; what is not remembered only if read says so.
func (s *Server) summarize(ctx context.Context, r *editReader, line *timelineLine, before, after catalog.Version, read bool) error {
	if !read {
		r = &editReader{s: s, onlyKnown: true}
	}
	e, err := r.between(ctx, before, after)
	if err != nil {
		return err
	}
	line.Classes, line.Silent, line.Summary, line.Problem = e.Classes, e.Silent, e.Summary, e.Problem
	return nil
}

// address is that of a comparison, by the places of its versions.
func (d *versionsData) address(from, to int) string {
	v := url.Values{"from": {strconv.Itoa(from + 1)}, "to": {strconv.Itoa(to + 1)}}
	if d.View != "side" {
		v.Set("view", d.View)
	}
	if d.Only != "" {
		v.Set("only", d.Only)
	}
	return d.Here + "?" + v.Encode()
}

// links fills in where one can go from a comparison: one version back and on.
func (d *versionsData) links(from, to int) {
	if to > 1 {
		d.Prev = d.address(to-2, to-1)
	}
	if to+1 < d.Versions {
		d.Next = d.address(to, to+1)
	}
}

// compareVersions compares two versions.
func (s *Server) compareVersions(ctx context.Context, d *versionsData, all []catalog.Version, from, to int) error {
	c, err := s.comparisonOf(ctx, all[from], all[to])
	d.From, d.To = jsonVersion(all, from), jsonVersion(all, to)
	d.Before, d.After = &sideVersion{Number: from + 1, Captured: all[from].Captured}, &sideVersion{Number: to + 1, Captured: all[to].Captured}
	if err != nil {
		if !isUnreadable(err) {
			return err
		}
		d.Problem = sentence(err.Error())
		return nil
	}
	for _, side := range []struct {
		of  *sideVersion
		url string
	}{{d.Before, c.before}, {d.After, c.after}} {
		side.of.URL, side.of.Raw = side.url, pagePath(side.of.Captured, side.url)
	}
	d.Reread, d.Diff = c.reread, c.diff
	d.Shown = showDiff(d.Diff, d.Only != "")
	return nil
}

func jsonVersion(all []catalog.Version, i int) *versionJSON {
	v := all[i]
	return &versionJSON{i + 1, v.Captured.UTC().Format(time.RFC3339), v.ResponseID, v.RecordID, v.Extractor}
}

// Switch is the address of the same comparison in the other view.
func (d *versionsData) Switch(view, only string) string {
	e := *d
	e.View, e.Only = view, only
	return e.address(d.From.Number-1, d.To.Number-1)
}
