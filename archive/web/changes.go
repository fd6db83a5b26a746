package web

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// How much of the feed a page shows, and for how long it looks.
const (
	perChanges   = 50
	leastChanges = 10 // however long it takes
	changeTime   = 130 * time.Millisecond
)

// A changeWord says in words what happened to an article.
type changeWord struct{ What, Name, Means string }

// changeWords are what happens to articles, in the order of the filters.
var changeWords = []changeWord{
	{catalog.ChangeEdited, "edited", "differs from the version before"},
	{catalog.ChangeGone, "gone", "its address has another page, or none"},
	{catalog.ChangeRestored, "restored", "is there again"},
	{catalog.ChangeMoved, "moved", "has another address"},
	{catalog.ChangePaywalled, "paywalled", "a paywall hides more than half of it"},
	{catalog.ChangeNew, "new", "was archived for the first time"},
}

// A changesData is what the feed of changes shows.
type changesData struct {
	Changes []changeLine `json:"changes"`
	Next    string       `json:"next,omitempty"`      // address of the next page
	Reached string       `json:"looked_to,omitempty"` // how far back the page looked, if it is not full

	Query changeQuery  `json:"-"`
	Days  []changeDay  `json:"-"`
	What  []filterChip `json:"-"`
	Class []filterChip `json:"-"`
	Sites []filterChip `json:"-"` // those in use
	Feed  string       `json:"-"` // address of the Atom feed
	Newer string       `json:"-"` // address of the first page
	Back  time.Time    `json:"-"` // as Reached
}

// A filterChip is a link that switches a value of a filter.
type filterChip struct {
	Value, Name, Means, Address string
	On                          bool
}

// A changeLine is something that happened to an article. Its JSON is that of newsmorgue
// list --changes --json, with addresses of the viewer.
type changeLine struct {
	What     string           `json:"what"`
	ID       string           `json:"id"`
	URL      string           `json:"url"`
	From     string           `json:"from,omitempty"`
	Site     string           `json:"site"`
	Kind     string           `json:"kind"`
	Title    string           `json:"title,omitempty"`
	Captured string           `json:"captured"`
	LastSeen string           `json:"last_seen,omitempty"`
	Status   int              `json:"status,omitempty"`
	How      string           `json:"how,omitempty"`
	Classes  []versions.Class `json:"classes,omitempty"`
	Silent   bool             `json:"silent,omitempty"`
	Summary  string           `json:"summary,omitempty"`
	Reading  string           `json:"reading,omitempty"`
	Before   string           `json:"before,omitempty"`
	Compare  string           `json:"compare,omitempty"`   // address of the comparison
	LastGood string           `json:"last_good,omitempty"` // address of the last good capture of what is gone

	at, last time.Time
	response string
}

// At is when the capture was made that shows it.
func (c changeLine) At() time.Time { return c.at }

// Last is when the article was seen before that.
func (c changeLine) Last() time.Time { return c.last }

// Chips are the words of the edit's classes.
func (c changeLine) Chips() []editChip { return chipsOf(c.Classes, c.Silent) }

// A changeDay is the changes of one day, in UTC.
type changeDay struct {
	Day     string
	Changes []changeLine
}

// A changeQuery is what the feed is asked for.
type changeQuery struct {
	What, Sites, Classes []string
	Since, Until         string // as they were written
	Run                  string // its UUID
	Vanished             bool   // only articles that are gone now

	filter catalog.ChangeFilter
	page   time.Time // where the page begins; the newest if zero
	values url.Values
}

func parseChangeQuery(v url.Values) (q changeQuery, err error) {
	q.values = url.Values{}
	for _, name := range []string{"what", "site", "class", "since", "until", "run"} {
		for _, s := range v[name] {
			for part := range strings.SplitSeq(s, ",") {
				if part = strings.TrimSpace(part); part != "" && !slices.Contains(q.values[name], part) {
					q.values.Add(name, part)
				}
			}
		}
		if len(q.values[name]) > 50 {
			return q, refuse("%s has more than 50 values", name)
		}
	}
	q.What, q.Sites, q.Classes = q.values["what"], q.values["site"], q.values["class"]
	for _, w := range q.What {
		if !slices.ContainsFunc(changeWords, func(c changeWord) bool { return c.What == w }) {
			return q, refuse("what is %q; it must be one of new, edited, moved, paywalled, gone and restored", cutText(w, 50))
		}
	}
	for _, c := range q.Classes {
		if c != "silent" && nameOfClass(versions.Class(c)).Means == "" {
			return q, refuse("class is %q; it must be silent or one of those that the page lists", cutText(c, 50))
		}
	}
	if q.Run = bareID(q.values.Get("run")); q.Run != "" && !uuidForm.MatchString(q.Run) {
		return q, refuse("run is %q; it must be the UUID of a run, as in its address", cutText(q.Run, 50))
	}
	q.Vanished = q.Run == "" && slices.Equal(q.What, []string{catalog.ChangeGone})
	q.filter = catalog.ChangeFilter{Sites: q.Sites, What: q.What, Last: q.Vanished}
	if q.Run != "" {
		q.filter.Run = wholeRecordID(q.Run)
	}
	q.Since, q.Until = q.values.Get("since"), q.values.Get("until")
	if q.filter.Since, err = parseChangeTime("since", q.Since, false); err != nil {
		return q, err
	}
	if q.filter.Until, err = parseChangeTime("until", q.Until, true); err != nil {
		return q, err
	}
	if page := v.Get("page"); page != "" && page != "1" {
		if q.page, err = time.Parse(time.RFC3339Nano, page); err != nil {
			return q, refuse("page is %q; it must be a time, as in the links of the page before", cutText(page, 50))
		}
		if q.filter.Until.IsZero() || q.page.Before(q.filter.Until) {
			q.filter.Until = q.page
		}
	}
	return q, nil
}

// parseChangeTime reads a time, or a day, month or year; its end if end says so.
func parseChangeTime(name, s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04", "2006-01-02 15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), nil
		}
	}
	_, t, err := readDay(name, s, end)
	if err != nil {
		return t, refuse("%s is %q; it must be a day such as 2026-11-23, a month, a year, or a time such as 2026-11-23T18:00:00Z", name, cutText(s, 50))
	}
	if end { // what was captured before the next day
		t = t.Add(time.Microsecond)
	}
	return t, nil
}

// address is that of the feed with one value more or less, or of its page.
func (q changeQuery) address(path string, change func(url.Values)) string {
	v := url.Values{}
	for k, all := range q.values {
		v[k] = slices.Clone(all)
	}
	if change != nil {
		change(v)
	}
	if len(v) == 0 {
		return path
	}
	return path + "?" + v.Encode()
}

// toggled is the address of the feed with a value of a filter switched.
func (q changeQuery) toggled(name, value string) string {
	return q.address("/changes", func(v url.Values) {
		if i := slices.Index(v[name], value); i >= 0 {
			v[name] = slices.Delete(v[name], i, i+1)
			if len(v[name]) == 0 {
				v.Del(name)
			}
			return
		}
		v.Add(name, value)
	})
}

func (s *Server) changes(r *http.Request) (*page, error) {
	q, err := parseChangeQuery(r.URL.Query())
	if err != nil {
		return nil, err
	}
	d, err := s.changesOf(r.Context(), q)
	if err != nil {
		return nil, err
	}
	for _, c := range changeWords {
		d.What = append(d.What, filterChip{c.What, c.Name, c.Means, q.toggled("what", c.What), slices.Contains(q.What, c.What)})
	}
	for _, c := range classNames {
		d.Class = append(d.Class, filterChip{string(c.class), c.Name, c.Means, q.toggled("class", string(c.class)), slices.Contains(q.Classes, string(c.class))})
	}
	d.Class = append(d.Class, filterChip{"silent", "silent", "the page says nothing of the edit", q.toggled("class", "silent"), slices.Contains(q.Classes, "silent")})
	for _, site := range q.Sites {
		d.Sites = append(d.Sites, filterChip{site, site, "", q.toggled("site", site), true})
	}
	d.Feed = q.address("/changes.atom", nil)
	if !q.page.IsZero() {
		d.Newer = q.address("/changes", nil)
	}
	for _, c := range d.Changes {
		day := c.at.UTC().Format("2006-01-02")
		if n := len(d.Days); n == 0 || d.Days[n-1].Day != day {
			d.Days = append(d.Days, changeDay{Day: day})
		}
		last := &d.Days[len(d.Days)-1]
		last.Changes = append(last.Changes, c)
	}
	title := "Changes"
	if q.Run != "" {
		title = "Changes of a run"
	}
	if q.Vanished {
		title = "Articles gone"
	}
	return &page{Title: title, Section: "/changes", Template: "changes", Data: d}, nil
}

// changesOf returns a page of the feed of changes. Complete ones are remembered as long as
// nothing is added to the archive.
func (s *Server) changesOf(ctx context.Context, q changeQuery) (*changesData, error) {
	head, err := s.Catalog.Head(ctx)
	if err != nil {
		return nil, err
	}
	key := q.values.Encode() + " " + q.page.Format(time.RFC3339Nano)
	d := s.feed.get(head, key)
	if d == nil {
		if d, err = s.findChanges(ctx, q); err != nil {
			return nil, err
		}
		if d.Reached == "" { // another time it may reach further
			s.feed.put(head, key, d)
		}
	}
	own := *d // a page adds to it
	return &own, nil
}

// maxFeedPages is how many pages of the feed are remembered.
const maxFeedPages = 64

// feedPages are pages of the feed of changes in one state of the archive.
type feedPages struct {
	mu    sync.Mutex
	head  string
	pages map[string]*changesData // by what is asked for
}

func (f *feedPages) get(head, key string) *changesData {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.head != head {
		return nil
	}
	return f.pages[key]
}

func (f *feedPages) put(head, key string, d *changesData) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.head != head || len(f.pages) >= maxFeedPages {
		f.head, f.pages = head, map[string]*changesData{}
	}
	f.pages[key] = d
}

// findChanges looks for changes, the newest first, until the page is full, all was looked
// at, or it took too long.
func (s *Server) findChanges(ctx context.Context, q changeQuery) (*changesData, error) {
	if err := s.boundByRun(ctx, &q); err != nil {
		return nil, err
	}
	d, r, begun := &changesData{Query: q, Changes: []changeLine{}}, &editReader{s: s}, time.Now()
	feed, until := s.Catalog.ChangeFeed(q.filter), time.Time{}
	for {
		p, err := feed.Page(ctx, until, perChanges-len(d.Changes))
		if err != nil {
			return nil, err
		}
		next := p.Next
		for i, ch := range p.Changes {
			line, ok, err := s.changeLine(ctx, r, q, ch)
			if err != nil {
				return nil, err
			}
			if ok {
				d.Changes = append(d.Changes, line)
			}
			// What has the same instant is not divided.
			if i+1 < len(p.Changes) && len(d.Changes) >= leastChanges && time.Since(begun) > changeTime && r.mustRead(p.Changes[i+1]) && !p.Changes[i+1].Captured.Equal(ch.Captured) {
				next = ch.Captured
				break
			}
		}
		isFull := len(d.Changes) >= perChanges
		if next.IsZero() || isFull || time.Since(begun) > changeTime {
			if !next.IsZero() {
				d.Next = q.address("/changes", func(v url.Values) { v.Set("page", next.UTC().Format(time.RFC3339Nano)) })
				if !isFull {
					d.Back, d.Reached = next, next.UTC().Format(time.RFC3339)
				}
			}
			return d, nil
		}
		until = next
	}
}

// boundByRun looks for the changes of a run only while it ran, so that those of an old run
// are found at once.
func (s *Server) boundByRun(ctx context.Context, q *changeQuery) error {
	if q.Run == "" {
		return nil
	}
	run, ok, err := s.Catalog.Run(ctx, q.Run)
	if err != nil {
		return err
	}
	if !ok {
		return fmt.Errorf("%w: a run with the ID %s", errMissing, q.Run)
	}
	q.filter.Run = run.ID
	if q.filter.Since.Before(run.Start) {
		q.filter.Since = run.Start
	}
	if end := run.End.Add(time.Microsecond); !run.End.IsZero() && (q.filter.Until.IsZero() || end.Before(q.filter.Until)) {
		q.filter.Until = end
	}
	return nil
}

// WithoutRun is the address of the feed of all runs.
func (d *changesData) WithoutRun() string {
	return d.Query.address("/changes", func(v url.Values) { v.Del("run") })
}

// changeLine makes the line of a change; ok is false if its edit is of none of the classes
// that are asked for.
func (s *Server) changeLine(ctx context.Context, r *editReader, q changeQuery, ch catalog.Change) (l changeLine, ok bool, err error) {
	l = changeLine{What: ch.What, ID: ch.ID, URL: ch.URL, From: ch.From, Site: ch.Site, Kind: ch.Kind, Title: ch.Title, Captured: ch.Captured.UTC().Format(time.RFC3339),
		Status: ch.Status, How: ch.How, at: ch.Captured, last: ch.Last, response: ch.ResponseID}
	if !ch.Last.IsZero() {
		l.LastSeen = ch.Last.UTC().Format(time.RFC3339)
	}
	if ch.What == catalog.ChangeGone || ch.What == catalog.ChangePaywalled {
		l.LastGood = pagePath(ch.Last, ch.URL)
	}
	if ch.Before != "" {
		l.Reading, l.Before = ch.Reading, ch.Before
		l.Compare = "/article/" + ch.ID + "/versions?reading=" + url.QueryEscape(uuidOf(ch.Reading))
		e, err := r.edit(ctx, pair{ch.Before, ch.Reading})
		if err != nil {
			return l, false, err
		}
		l.Classes, l.Silent, l.Summary = e.Classes, e.Silent, e.Summary
		if e.Problem != "" {
			l.Compare = ""
		}
	}
	return l, q.selects(l), nil
}

// uuidOf is a WARC-Record-ID without "<urn:uuid:" and ">".
func uuidOf(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(id, "<urn:uuid:"), ">")
}

func (q changeQuery) selects(l changeLine) bool {
	if len(q.Classes) == 0 {
		return true
	}
	for _, c := range q.Classes {
		if c == "silent" && l.Silent || slices.Contains(l.Classes, versions.Class(c)) {
			return true
		}
	}
	return false
}
