package catalog

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// SameArticle is the field of a response or revisit without a reading of its own: the
// ID of an earlier capture of the same URL, whose article it has, too.
const SameArticle = "Newsmorgue-Same-Article"

// PageEdit is the field of a reading that an article got when one of its further pages
// was edited: the ID of the capture that shows the edit. It is a reading of the
// article's own capture, which may be older.
const PageEdit = "Newsmorgue-Page-Edit"

// A Reason says why a capture is not a page of its URL's kind, which becomes the
// current version. The empty Reason says that it is one.
type Reason string

// The reasons. A page with ReasonWall or ReasonPlaceholder is shown, as blocked, as
// long as there is no other.
const (
	ReasonStatus      Reason = "status"      // an error or a redirect
	ReasonUnread      Reason = "unread"      // nothing was extracted from it
	ReasonPlaceholder Reason = "placeholder" // the site showed the same page in place of many others: a Verdict
	ReasonWall        Reason = "wall"        // a bot wall, or a question about cookies
	ReasonTruncated   Reason = "truncated"   // incomplete, with less text than the version before
	ReasonPaywall     Reason = "paywall"     // behind a paywall, with less than half of the text
	ReasonKind        Reason = "kind"        // an error page or a list of stories in place of an article
)

// A reading is a row of readings as far as the choice of a version needs it.
type reading struct {
	id, response, extractor string
	edit                    string // see PageEdit
	content                 []byte
	url, site, title        string
	kind                    article.Kind
	words                   int
	paywalled               bool
	fingerprint             Fingerprint
	verdict                 int64 // Since of a Verdict on its words, in microseconds; noVerdict
	sorted                  int64
}

const noVerdict = -1

// An answer is a capture with the readings that count for it: its own, else those of
// the capture that it names as the same.
type answer struct {
	id, typ, refers, same string
	date                  time.Time
	status                int
	url, target           string // target is where a redirect leads to
	run                   string
	truncated             bool
	ownURL                bool      // refers is a capture of the same URL
	readings              []reading // of one capture, the oldest first; the last is current
	weak                  bool      // it is current only for lack of a better one
}

func (a *answer) reading() *reading { return &a.readings[len(a.readings)-1] }

// bearer is the capture with the version: for a revisit of the same URL, what it
// refers to.
func (a *answer) bearer() string {
	if a.typ == "revisit" && a.ownURL {
		return a.refers
	}
	return a.id
}

// A course is what a page was, capture by capture.
type course struct {
	first   *answer // the first one with a reading
	current *answer // nil before that
	wasList bool    // a version before the current one was a list of stories
	strays  int     // captures in a row that look like another kind of the same page
	stray   []byte  // content of the last one
}

// maxStrays is how many captures in a row, with the same title and different
// contents, show that a page is of another kind than its first reading said.
const maxStrays = 3

// take adds the next capture and says why it is not a page of its kind.
func (c *course) take(a *answer) Reason {
	switch {
	case a.status != 304 && (a.status >= 300 || 0 < a.status && a.status < 200):
		return ReasonStatus
	case len(a.readings) == 0:
		return ReasonUnread
	}
	if c.first == nil {
		c.first = a
	}
	a.weak = a.reading().kind == article.KindBlocked || c.isPlaceholder(a)
	if c.current != nil && !c.current.weak {
		for _, rule := range stays {
			if rule.applies(c, a) {
				return rule.reason
			}
		}
		c.wasList = c.wasList || rank(c.current.reading().kind) == listRank
	}
	c.current, c.strays, c.stray = a, 0, nil
	switch {
	case !a.weak:
		return ""
	case a.reading().kind == article.KindBlocked:
		return ReasonWall
	}
	return ReasonPlaceholder
}

// isPlaceholder reports whether a capture is the page of a Verdict, and not the URL's
// own page. A verdict that was given on the words of an older reading remains: a newer
// extractor may find other words on the same page.
func (c *course) isPlaceholder(a *answer) bool {
	r := a.judged()
	if r == nil {
		return false
	}
	if r.verdict > c.first.date.UnixMicro() && slices.ContainsFunc(c.first.readings, func(f reading) bool { return f.fingerprint == r.fingerprint }) {
		return false
	}
	return c.current == nil || c.current.weak || !strings.EqualFold(a.reading().title, c.current.reading().title)
}

// judged returns the newest reading of a capture whose words are those of a Verdict;
// nil if there is none.
func (a *answer) judged() *reading {
	for i := len(a.readings) - 1; i >= 0; i-- {
		if a.readings[i].verdict != noVerdict {
			return &a.readings[i]
		}
	}
	return nil
}

// stays are the rules by which a capture does not replace the current version. A
// page that only became shorter is an edit, and replaces it.
var stays = []struct {
	reason  Reason
	applies func(c *course, a *answer) bool
}{
	{ReasonPlaceholder, func(_ *course, a *answer) bool { return a.weak && a.reading().kind != article.KindBlocked }},
	{ReasonWall, func(_ *course, a *answer) bool { return a.reading().kind == article.KindBlocked }},
	{ReasonTruncated, func(c *course, a *answer) bool {
		return a.truncated && !c.current.truncated && a.reading().words < c.current.reading().words
	}},
	{ReasonKind, (*course).ofLesserKind},
	{ReasonPaywall, func(c *course, a *answer) bool {
		return a.reading().paywalled && rank(a.reading().kind) == storyRank && a.reading().words*2 < c.current.reading().words
	}},
}

// ofLesserKind reports whether a page is not of the kind that its URL has had. A
// list of stories that was once read as an article is known by the lists before it;
// by its URL, if it is the front page; or by keeping its title while its content
// changes from capture to capture, which error pages do not.
func (c *course) ofLesserKind(a *answer) bool {
	now, before := a.reading(), c.current.reading()
	if rank(now.kind) >= rank(before.kind) {
		return false
	}
	if rank(now.kind) == listRank && (c.wasList || isRoot(now.url)) {
		return false
	}
	if now.title != "" && strings.EqualFold(now.title, before.title) && rank(now.kind) == rank(before.kind)-1 {
		if !bytes.Equal(c.stray, now.content) {
			c.strays, c.stray = c.strays+1, now.content
		}
	}
	return c.strays < maxStrays
}

const (
	otherRank = iota
	listRank
	storyRank
)

// rank orders kinds: a page of a lesser one may stand in place of a page of a higher.
func rank(k article.Kind) int {
	switch {
	case k.Story():
		return storyRank
	case k == article.KindHome || k == article.KindSection || k == article.KindAuthor:
		return listRank
	}
	return otherRank
}

func isRoot(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
}

// undoubted reports whether a capture with nothing of a higher kind before it is the
// current version, whatever else was before it.
func (a *answer) undoubted() bool {
	if (&course{}).take(a) != "" || a.truncated || a.judged() != nil {
		return false
	}
	return !(a.reading().paywalled && rank(a.reading().kind) == storyRank)
}

// shown is a condition on a capture or reading: it is not suppressed. A suppression is of
// a URL or of a record, and each is looked up in the index of the ledger: joined by OR,
// they would be compared with every suppression, for every capture.
func shown(url, ids string) string {
	return "NOT EXISTS (SELECT 1 FROM hidden h WHERE h.record = x'' AND h.url = " + url + `)
		AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.record IN (` + ids + ") AND h.record != x'')"
}

const readingColumns = `coalesce(r.id, x''), coalesce(r.response, x''), coalesce(r.edit, x''), coalesce(r.extractor, ''), r.content, coalesce(r.url, ''), coalesce(r.site, ''), coalesce(r.title, ''),
	coalesce(r.kind, ''), coalesce(r.words, 0), coalesce(r.paywalled, 0), coalesce(r.fingerprint, 0), coalesce(r.sorted, 0),
	coalesce((SELECT min(v.since) FROM verdicts v WHERE v.site = r.site AND v.fingerprint = r.fingerprint), -1)`

func (r *reading) columns() []any {
	return []any{(*recordID)(&r.id), (*recordID)(&r.response), (*recordID)(&r.edit), &r.extractor, &r.content, &r.url, &r.site, &r.title, &r.kind, &r.words, &r.paywalled,
		&r.fingerprint, &r.sorted, &r.verdict}
}

var (
	// answersQuery lists the captures of a story with their readings, the newest first.
	answersQuery = `SELECT EXISTS (SELECT 1 FROM readings WHERE story = ?1), c.id, c.type, c.date, c.status, c.url, c.target, c.run, c.refers, c.same, c.type != 'revisit' AND c.truncated != '',
		EXISTS (SELECT 1 FROM captures t WHERE t.id = c.refers AND t.story = c.story), ` + readingColumns + ` FROM captures c
		LEFT JOIN readings r ON r.story = c.story AND r.response IN (c.id, nullif(c.same, x''), nullif(c.refers, x'')) AND r.kind != '' AND ` + shown("r.url", "r.id, r.response") + `
		WHERE c.story = ?1 AND c.type IN ('response', 'revisit', 'resource') AND ` + shown("c.url", "c.id") + ` ORDER BY c.date DESC, c.id DESC, r.id DESC`
	// orphansQuery lists the readings of a story whose captures are lost, likewise.
	orphansQuery = `SELECT 1, r.response, 'response', r.captured, 200, r.url, '', x'', x'', x'', 0, 0, ` + readingColumns + ` FROM readings r WHERE r.story = ?1 AND r.kind != ''
		AND NOT EXISTS (SELECT 1 FROM captures c WHERE c.id = r.response) AND ` + shown("r.url", "r.id, r.response") + ` ORDER BY r.captured DESC, r.response DESC, r.id DESC`
	// higherQuery finds out whether a story has readings of a higher kind, by rank.
	higherQuery = [...]string{
		otherRank: "SELECT 1 FROM readings WHERE story = ? AND kind IN ('article', 'live', 'gallery', 'video', 'home', 'section', 'author') LIMIT 1",
		listRank:  "SELECT 1 FROM readings WHERE story = ? AND kind IN ('article', 'live', 'gallery', 'video') LIMIT 1",
	}
)

// isAnswer reports whether records of a type are captures that may have readings.
func isAnswer(typ string) bool { return typ == "response" || typ == "revisit" || typ == "resource" }

// A querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// A history is the captures of a story.
type history struct {
	all      []*answer // the newest first
	complete bool      // else only the newest
	unread   bool      // the story has no readings; all is empty
}

// answers reads the captures of a story; only the newest one if it satisfies enough.
func answers(ctx context.Context, q querier, query string, story storyKey, enough func(*answer) bool) (h history, err error) {
	rows, err := q.QueryContext(ctx, query, int64(story))
	if err != nil {
		return h, err
	}
	defer rows.Close()
	for rows.Next() {
		a, r, isRead := &answer{}, reading{}, false
		err := rows.Scan(append([]any{&isRead, (*recordID)(&a.id), &a.typ, (*instant)(&a.date), &a.status, &a.url, &a.target, (*recordID)(&a.run), (*recordID)(&a.refers), (*recordID)(&a.same), &a.truncated, &a.ownURL},
			r.columns()...)...)
		if err != nil || !isRead {
			return history{unread: true}, err
		}
		if n := len(h.all); n == 0 || h.all[n-1].id != a.id {
			if n > 0 {
				h.all[n-1].choose()
			}
			if n == 1 && enough != nil && enough(h.all[0]) {
				return h, nil
			}
			h.all = append(h.all, a)
		} else {
			a = h.all[n-1]
		}
		if r.id != "" {
			a.readings = append(a.readings, r)
		}
	}
	if n := len(h.all); n > 0 {
		h.all[n-1].choose()
	}
	h.complete = true
	return h, rows.Err()
}

// choose keeps the readings that count for a capture, the oldest first.
func (a *answer) choose() {
	for _, id := range []string{a.id, a.same, a.refers} {
		if of := func(r reading) bool { return r.response == id }; id != "" && slices.ContainsFunc(a.readings, of) {
			a.readings = slices.DeleteFunc(a.readings, func(r reading) bool { return !of(r) })
			break
		}
	}
	slices.Reverse(a.readings)
}

// timeline returns all captures of a story, the oldest first, each with the readings
// that count for it. If no capture with a reading is left of the page, readings whose
// captures are lost stand for them.
func (h *history) timeline(ctx context.Context, q querier, story storyKey) (all []*answer, err error) {
	if !h.complete && !h.unread {
		if *h, err = answers(ctx, q, answersQuery, story, nil); err != nil {
			return nil, err
		}
	}
	if h.unread {
		return nil, nil
	}
	byID := map[string]*answer{}
	for _, a := range h.all {
		byID[a.id] = a
	}
	some := false
	for _, a := range h.all {
		// Other programs write revisits of revisits.
		for next, n := a, 0; next != nil && len(a.readings) == 0 && n < maxRevisits; n++ {
			if next = cmp.Or(byID[next.same], byID[next.refers]); next != nil {
				a.readings = next.readings
				if next.typ == "revisit" && next.ownURL && a.refers == next.id {
					a.refers = next.refers
				}
			}
		}
		some = some || len(a.readings) > 0
	}
	all = slices.Clone(h.all)
	if !some {
		orphans, err := answers(ctx, q, orphansQuery, story, nil)
		if err != nil {
			return nil, err
		}
		all = append(all, orphans.all...)
	}
	slices.Reverse(all)
	slices.SortStableFunc(all, func(a, b *answer) int { return a.date.Compare(b.date) })
	return all, nil
}

// maxRevisits is how many revisits of revisits are followed; this program writes none.
const maxRevisits = 8

// A latest is the current version of a story, and its newest capture with the reason
// why that is not the current version. Either is nil if there is none.
type latest struct {
	current, newest *answer
	why             Reason
	unread          bool // the story has no readings
}

func latestOf(ctx context.Context, q querier, story storyKey) (latest, error) {
	h, err := answers(ctx, q, answersQuery, story, (*answer).undoubted)
	if err != nil || h.unread {
		return latest{unread: h.unread}, err
	}
	if len(h.all) > 0 && h.all[0].undoubted() {
		higher := false
		if r := rank(h.all[0].reading().kind); r < storyRank && !(h.complete && len(h.all) == 1) {
			if higher, err = finds(ctx, q, higherQuery[r], story); err != nil {
				return latest{}, err
			}
		}
		if !higher {
			return latest{current: h.all[0], newest: h.all[0]}, nil
		}
	}
	all, err := h.timeline(ctx, q, story)
	if err != nil {
		return latest{}, err
	}
	var l latest
	c := &course{}
	for _, a := range all {
		l.newest, l.why = a, c.take(a)
	}
	l.current = c.current
	return l, nil
}

func finds(ctx context.Context, q querier, query string, story storyKey) (bool, error) {
	rows, err := q.QueryContext(ctx, query, int64(story))
	if err != nil {
		return false, err
	}
	defer rows.Close()
	return rows.Next(), rows.Err()
}

// staleStories are the stories whose current version may change in a transaction.
// Each is updated once, at its end, from the rows alone: so a rebuild gives the same,
// whatever the order of records.
type staleStories struct {
	keys     map[storyKey]bool
	verdicts bool // all stories with the page of a verdict are stale

	read    map[string]*Read // the readings of the transaction, by ID
	lastDoc int64            // the last row of the full text; 0 before it is asked for
}

func (s *staleStories) add(keys ...storyKey) {
	if s.keys == nil {
		s.keys = map[storyKey]bool{}
	}
	for _, k := range keys {
		s.keys[k] = true
	}
}

func (s *staleStories) update(ctx context.Context, tx *transaction) error {
	if s.verdicts {
		keys, err := storiesWhere(ctx, tx, "SELECT DISTINCT r.story FROM verdicts v JOIN readings r ON r.site = v.site AND r.fingerprint = v.fingerprint")
		if err != nil {
			return err
		}
		s.add(keys...)
	}
	for _, k := range slices.Sorted(maps.Keys(s.keys)) {
		if err := s.updateStory(ctx, tx, k); err != nil {
			return err
		}
	}
	return nil
}

func (s *staleStories) updateStory(ctx context.Context, tx *transaction, story storyKey) error {
	l, err := latestOf(ctx, tx, story)
	if err != nil || l.unread {
		return err
	}
	before, err := indexedOf(ctx, tx, story)
	if err != nil {
		return err
	}
	current := l.current
	if current == nil {
		if err := before.remove(ctx, tx); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM stories WHERE story = ?", int64(story))
		return err
	}
	r := current.reading()
	kind := r.kind
	if current.weak {
		kind = article.KindBlocked
	}
	doc, err := s.replaceWords(ctx, tx, before, r.id)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO stories VALUES (?,?,?,?,?,?,?) ON CONFLICT (story) DO UPDATE SET
		reading = excluded.reading, capture = excluded.capture, site = excluded.site, kind = excluded.kind, sorted = excluded.sorted, doc = excluded.doc
		WHERE reading != excluded.reading OR capture != excluded.capture OR kind != excluded.kind OR doc != excluded.doc`,
		int64(story), recordID(r.id), recordID(current.bearer()), r.site, string(kind), r.sorted, doc)
	return err
}

// A State is what a URL has answered so far.
type State struct {
	Current time.Time `json:"current,omitzero"`      // of the newest capture with the current version; zero if there is none
	Last    time.Time `json:"last"`                  // of the newest capture
	Status  int       `json:"status"`                // of that
	Why     Reason    `json:"not_current,omitempty"` // why that is not a page of its kind
	// What was read from the newest capture; empty if nothing was.
	Kind        string      `json:"kind,omitempty"`
	Title       string      `json:"title,omitempty"`
	Site        string      `json:"-"`
	Fingerprint Fingerprint `json:"-"`
}

// State returns what a URL has answered so far; ok is false if it has no reading.
func (c *Catalog) State(ctx context.Context, url string) (s State, ok bool, err error) {
	l, err := latestOf(ctx, c.db, storyOf(url))
	if err != nil {
		return s, false, fmt.Errorf("catalog: %w", err)
	}
	if l.newest == nil {
		return s, false, nil
	}
	s = State{Last: l.newest.date, Status: l.newest.status, Why: l.why}
	if l.current != nil {
		s.Current = l.current.date
	}
	if len(l.newest.readings) > 0 {
		r := l.newest.reading()
		s.Kind, s.Title, s.Site, s.Fingerprint = string(r.kind), r.title, r.site, r.fingerprint
	}
	return s, true, nil
}
