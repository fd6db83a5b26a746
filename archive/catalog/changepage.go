package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// A ChangePage is a part of what happened to articles.
type ChangePage struct {
	Changes []Change // the newest first
	// Next is the time before which the list goes on; zero if it ends here.
	// All that happened from Next on has been looked at.
	Next time.Time
}

// How many records a page looks at: at once, and in all.
const (
	changeWindow = 120
	changesUntil = 3000
)

// A ChangeFeed lists changes page after page. It remembers the articles that it looked at,
// so it is for one answer, not for long.
type ChangeFeed struct{ w *changeWalk }

// ChangeFeed returns the feed of the changes that a filter selects.
func (c *Catalog) ChangeFeed(f ChangeFilter) *ChangeFeed {
	return &ChangeFeed{&changeWalk{c: c, f: f, kin: newKinship(c.db), known: map[storyKey]*lifeChanges{}, odd: slices.Equal(f.What, []string{ChangeGone})}}
}

// Page lists the newest changes before a time, or the newest of all if it is zero: about
// size of them, more only if they are of the same instant. It looks at a bounded part of
// the archive and may find fewer, or none: Next says where it ended.
func (d *ChangeFeed) Page(ctx context.Context, until time.Time, size int) (p ChangePage, err error) {
	w := d.w
	if w.odd {
		if err := w.c.indexOdd(ctx); err != nil {
			return p, fmt.Errorf("catalog: %w", err)
		}
	}
	if p.Next = w.f.Until; !until.IsZero() && (p.Next.IsZero() || until.Before(p.Next)) {
		p.Next = until
	}
	if p.Next.IsZero() {
		p.Next = time.UnixMicro(1<<62 - 1)
	}
	for looked, window := 0, changeWindow; looked < changesUntil && len(p.Changes) < size; looked, window = looked+window, window*2 {
		from, err := w.windowStart(ctx, p.Next, window)
		if err != nil {
			return p, fmt.Errorf("catalog: %w", err)
		}
		found, err := w.changes(ctx, from, p.Next)
		if err != nil {
			return p, fmt.Errorf("catalog: %w", err)
		}
		p.Changes = append(p.Changes, found...)
		if p.Next = from; from.IsZero() || !from.After(w.f.Since) {
			p.Next = time.Time{}
			break
		}
	}
	if len(p.Changes) > size {
		n := size
		for n < len(p.Changes) && p.Changes[n].Captured.Equal(p.Changes[n-1].Captured) {
			n++
		}
		if n < len(p.Changes) {
			p.Changes, p.Next = p.Changes[:n], p.Changes[n-1].Captured
		}
	}
	return p, nil
}

// A changeWalk goes back in time.
type changeWalk struct {
	c     *Catalog
	f     ChangeFilter
	odd   bool // only what is gone is looked for
	kin   *kinship
	known map[storyKey]*lifeChanges
}

// lifeChanges are what happened to one article, under all its URLs.
type lifeChanges struct{ all []Change }

// The conditions of what may show that an article is gone: an answer without a page, or a
// page of another kind. Few records are such, so they have indexes of their own, which are
// made by the first question for them: they are no part of the schema.
const (
	oddCapture = "status NOT IN (200, 304) AND type IN ('response', 'revisit', 'resource')"
	oddReading = "kind NOT IN ('article', 'live', 'gallery', 'video', '')"
)

func (c *Catalog) indexOdd(ctx context.Context) error {
	var n int
	err := c.db.QueryRowContext(ctx, "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name IN ('captures_odd', 'readings_odd')").Scan(&n)
	if err != nil || n == 2 {
		return err
	}
	c.db.writing.Lock()
	defer c.db.writing.Unlock()
	ctx = context.WithoutCancel(ctx)
	_, err = c.db.ExecContext(ctx, "CREATE INDEX IF NOT EXISTS captures_odd ON captures (date) WHERE "+oddCapture)
	if err == nil {
		_, err = c.db.ExecContext(ctx, "CREATE INDEX IF NOT EXISTS readings_odd ON readings (captured) WHERE "+oddReading)
	}
	return err
}

// windowStart is the time of the record that is so many before a time; zero if there are
// fewer.
func (w *changeWalk) windowStart(ctx context.Context, until time.Time, records int) (from time.Time, err error) {
	queries := []string{"SELECT date FROM captures INDEXED BY captures_date WHERE date < ? ORDER BY date DESC LIMIT 1 OFFSET ?"}
	if w.odd {
		queries = []string{
			"SELECT date FROM captures INDEXED BY captures_odd WHERE " + oddCapture + " AND date < ? ORDER BY date DESC LIMIT 1 OFFSET ?",
			"SELECT captured FROM readings INDEXED BY readings_odd WHERE " + oddReading + " AND captured < ? ORDER BY captured DESC LIMIT 1 OFFSET ?",
		}
	}
	for _, q := range queries {
		var at time.Time
		if _, err := w.c.one(ctx, []any{(*instant)(&at)}, q, instant(until), records-1); err != nil {
			return from, err
		}
		if at.After(from) {
			from = at
		}
	}
	return from, nil
}

// changes lists what happened from one time to before another, the newest first.
func (w *changeWalk) changes(ctx context.Context, from, until time.Time) (all []Change, err error) {
	f := w.f
	if f.Until = until; from.After(f.Since) {
		f.Since = from
	}
	stories, err := w.candidates(ctx, f)
	if err != nil {
		return nil, err
	}
	seen := map[*lifeChanges]bool{}
	for _, s := range stories {
		of := w.known[s]
		if of == nil {
			changes, members, err := w.c.changesOf(ctx, w.kin, s)
			if err != nil {
				return nil, err
			}
			of = &lifeChanges{changes}
			w.known[s] = of
			for _, m := range members {
				w.known[m] = of
			}
		}
		if seen[of] {
			continue
		}
		seen[of] = true
		for i, ch := range of.all {
			if f.selects(ch) && (!f.Last || i == len(of.all)-1) {
				all = append(all, ch)
			}
		}
	}
	sortNewest(all)
	return all, nil
}

func sortNewest(all []Change) {
	slices.SortStableFunc(all, func(a, b Change) int {
		if n := b.Captured.Compare(a.Captured); n != 0 {
			return n
		}
		return strings.Compare(a.URL, b.URL)
	})
}

// candidates are the stories that may have changes in a time.
func (w *changeWalk) candidates(ctx context.Context, f ChangeFilter) ([]storyKey, error) {
	if f.URL != "" {
		return nil, errors.New("a page of changes is not of one URL: see History")
	}
	if !w.odd {
		return w.c.candidates(ctx, f)
	}
	const isArticle = " AND EXISTS (SELECT 1 FROM readings r WHERE r.story = o.story AND r.kind IN ('article', 'live', 'gallery', 'video'))"
	return storiesWhere(ctx, w.c.db, "SELECT o.story FROM captures o INDEXED BY captures_odd WHERE "+oddCapture+" AND o.date >= ?1 AND o.date < ?2"+isArticle+
		" UNION SELECT o.story FROM readings o INDEXED BY readings_odd WHERE "+oddReading+" AND o.captured >= ?1 AND o.captured < ?2"+isArticle, instant(f.Since), instant(f.Until))
}
