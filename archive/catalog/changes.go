package catalog

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"
)

// What happened to an article.
const (
	ChangeNew       = "new"       // it is archived for the first time
	ChangeEdited    = "edited"    // it differs from the version before
	ChangeMoved     = "moved"     // it has another URL, and may be edited
	ChangePaywalled = "paywalled" // a paywall hides more than half of it
	ChangeGone      = "gone"      // its URL has another page, or none
	ChangeRestored  = "restored"  // it is there again, and may be edited
)

// A Change is something that happened to an article between two captures.
type Change struct {
	What             string
	ID, URL          string // of the article; after a move, its new ones
	From             string // the URL before a move; also of what is restored at another URL
	Site, Kind       string
	Title            string    // after the change
	Captured         time.Time // of the capture that shows it
	Last             time.Time // of the last capture before that shows what was before; zero for a new article
	ResponseID       string    // of the capture
	Run              string    // in which it was captured
	Status           int       // HTTP status of that
	How              string    // of what is gone: "HTTP 404", "redirect to the front page", …
	Reading, Before  string    // readings that show the edit, by the same extractor; Before is empty if nothing was edited
	ReadingExtractor string
}

// A ChangeFilter selects changes. The zero value selects all but new articles.
type ChangeFilter struct {
	Sites        []string
	What         []string  // all but ChangeNew if empty
	Since, Until time.Time // of the capture that shows the change: from Since, before Until
	Run          string    // in which it was captured
	URL          string    // of the article, also one that it had before
	Last         bool      // only the last change of each article: with ChangeGone, what is gone and has not come back
}

// Changes lists what happened to articles, the newest first. Only readings by the same
// extractor are compared. An article that was moved, with a redirect or a canonical
// link, is one article.
func (c *Catalog) Changes(ctx context.Context, f ChangeFilter) ([]Change, error) {
	stories, err := c.candidates(ctx, f)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var all []Change
	done, kin := map[storyKey]bool{}, newKinship(c.db)
	for _, s := range stories {
		if done[s] {
			continue
		}
		changes, members, err := c.changesOf(ctx, kin, s)
		if err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		for _, m := range members {
			done[m] = true
		}
		for i, ch := range changes {
			if f.selects(ch) && (!f.Last || i == len(changes)-1) {
				all = append(all, ch)
			}
		}
	}
	sortNewest(all)
	return all, nil
}

// candidates are the stories that may have changes: those with captures in the time.
// Of others than new articles, those that did not always answer the same; of new ones
// since a time, those that were no article before.
func (c *Catalog) candidates(ctx context.Context, f ChangeFilter) ([]storyKey, error) {
	if f.URL != "" {
		return []storyKey{storyOf(f.URL)}, nil
	}
	query, args := f.candidates()
	return storiesWhere(ctx, c.db, query, args...)
}

// candidates is the query for them. What happened since a time is found by the index of
// dates: SQLite must be told, or it goes through all captures.
func (f ChangeFilter) candidates() (string, []any) {
	from, where, args := "captures c", "c.type IN ('response', 'revisit', 'resource')", []any{}
	if !f.Since.IsZero() {
		from, where, args = from+" INDEXED BY captures_date", where+" AND c.date >= ?", append(args, instant(f.Since))
	}
	if !f.Until.IsZero() {
		where, args = where+" AND c.date < ?", append(args, instant(f.Until))
	}
	if f.Run != "" {
		where, args = where+" AND c.run = ?", append(args, recordID(f.Run))
	}
	// Where a site moves to https, both URLs may answer the same each time. Most stories
	// have one capture: the index says so, without a row of the table.
	const varied = `(EXISTS (SELECT 1 FROM captures o WHERE o.story = c.story AND o.id != c.id AND o.type IN ('response', 'revisit', 'resource') AND (o.digest, o.status) != (c.digest, c.status))
		OR EXISTS (SELECT 1 FROM readings b WHERE b.url = 'http' || substr(c.url, 6)))`
	switch {
	case !slices.Contains(f.What, ChangeNew):
		where += " AND " + varied
	case !f.Since.IsZero():
		// Most of what a refresh captures was an article before, and is the same.
		where += " AND (" + varied + " OR NOT EXISTS (SELECT 1 FROM readings o WHERE o.story = c.story AND o.captured < ? AND o.kind IN ('article', 'live', 'gallery', 'video')))"
		args = append(args, instant(f.Since))
	}
	// A story is one if it ever was read as one: what is gone has no reading in the time.
	where += " AND EXISTS (SELECT 1 FROM readings r WHERE r.story = c.story AND r.kind IN ('article', 'live', 'gallery', 'video')"
	if len(f.Sites) > 0 {
		where += " AND r.site IN (?" + strings.Repeat(",?", len(f.Sites)-1) + ")"
		for _, s := range f.Sites {
			args = append(args, s)
		}
	}
	return "SELECT DISTINCT c.story FROM " + from + " WHERE " + where + ") ORDER BY c.story", args
}

func (f ChangeFilter) selects(c Change) bool {
	switch {
	case len(f.What) == 0 && c.What == ChangeNew, len(f.What) > 0 && !slices.Contains(f.What, c.What):
		return false
	case !f.Since.IsZero() && c.Captured.Before(f.Since), !f.Until.IsZero() && !c.Captured.Before(f.Until):
		return false
	case f.Run != "" && c.Run != f.Run:
		return false
	}
	return len(f.Sites) == 0 || slices.Contains(f.Sites, c.Site)
}

// changesOf lists what happened to one article, the oldest first.
func (c *Catalog) changesOf(ctx context.Context, k *kinship, story storyKey) ([]Change, []storyKey, error) {
	all, members, err := c.lifeline(ctx, k, story)
	if err != nil {
		return nil, nil, err
	}
	return changesIn(all), members, nil
}

// changesIn lists what happened to an article, by its captures, the oldest first.
func changesIn(all []*answer) []Change {
	w := walk{readings: lastReadings{}, became: map[string]bool{}}
	for _, a := range all {
		if len(a.readings) > 0 {
			w.became[a.url] = true
		}
	}
	for _, a := range all {
		w.take(a)
	}
	return w.changes
}

// A walk follows what happened to an article, capture by capture.
type walk struct {
	course
	readings lastReadings
	changes  []Change
	whole    *answer         // the newest capture that shows the article; nil before that
	became   map[string]bool // the URLs of the article
	away     string          // why it is not to be seen: ChangeGone or ChangePaywalled; "" if it is
}

// take adds the next capture.
func (w *walk) take(a *answer) {
	switch why := w.course.take(a); {
	case why == "" && a.reading().kind.Story():
		w.shows(a)
	case w.whole == nil || why == "":
		return
	case why == ReasonPaywall:
		w.hides(a, ChangePaywalled, "")
	default:
		if how := w.gone(a, why); how != "" {
			w.hides(a, ChangeGone, how)
		}
	}
}

// shows takes a capture that shows the article.
func (w *walk) shows(a *answer) {
	v, isEdit := w.readings.compare(a)
	isFirst := w.readings[a.reading().url] == nil // of this URL
	w.readings.add(a)
	before := w.whole
	w.whole = a
	ch := w.change(a)
	if isEdit {
		ch.Reading, ch.Before, ch.ReadingExtractor = v.Reading, v.Before, v.Extractor
	}
	switch {
	case before == nil:
		ch.What = ChangeNew
	case w.away != "":
		ch.What, ch.Last = ChangeRestored, before.date
		if isFirst {
			ch.From = before.reading().url
		}
	case isFirst:
		ch.What, ch.Last, ch.From = ChangeMoved, before.date, before.reading().url
	case isEdit:
		ch.What, ch.Last = ChangeEdited, before.date
	default:
		return
	}
	w.away = ""
	w.changes = append(w.changes, ch)
}

// hides takes a capture that shows the article no more.
func (w *walk) hides(a *answer, what, how string) {
	if w.away == what {
		return
	}
	w.away = what
	ch := w.change(a)
	ch.What, ch.How, ch.Last = what, how, w.whole.date
	w.changes = append(w.changes, ch)
}

// change is a Change of the article as it was seen last.
func (w *walk) change(a *answer) Change {
	r := w.whole.reading()
	return Change{ID: storyOf(r.url).String(), URL: r.url, Site: r.site, Kind: string(r.kind), Title: r.title, Captured: a.date, ResponseID: a.id, Run: a.run,
		Status: a.status, Reading: r.id, ReadingExtractor: r.extractor}
}

// gone says how an article is gone, by a capture that does not show it; "" if it is
// not: errors and walls pass.
func (w *walk) gone(a *answer, why Reason) string {
	switch {
	case a.status == http.StatusNotFound || a.status == http.StatusGone || a.status == http.StatusUnavailableForLegalReasons:
		return fmt.Sprintf("HTTP %d", a.status)
	case a.target != "" && a.target != a.url:
		return w.redirected(a)
	case why == ReasonKind && a.status < 300:
		if rank(a.reading().kind) == listRank {
			return "a list of stories in its place"
		}
		return "another page in its place"
	}
	return ""
}

// redirected says how an article is gone by a redirect: to the front page or a list. One
// to the same page in other words (http and https, a slash) or to another article, which
// it has become then, is none.
func (w *walk) redirected(a *answer) string {
	switch {
	case isRoot(a.target) && !isRoot(a.url):
		return "redirect to the front page"
	case w.became[a.target]:
		return ""
	case a.status == http.StatusMovedPermanently || a.status == http.StatusPermanentRedirect:
		return "redirect to another page"
	}
	return "" // to a login, for example
}
