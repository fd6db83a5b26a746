package frontier

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// What says which URLs Requeue makes due again.
type What int

// The choices of Requeue. Each includes the one before.
const (
	Failed     What = iota // URLs without an answer, or excluded by settings or robots.txt; traps stay excluded
	Announcers             // seeds and where they redirect, the feeds near them, sitemaps, the first pages of lists
	Everything             // every page
)

// countSchema has what counts the URLs of a site, and finds the few of many: a run of a
// million URLs, and whoever looks at it, would read the whole table several times else.
const countSchema = `
CREATE INDEX tally ON urls (site, state, kind, article, status, announced);
CREATE INDEX starts ON urls (site) WHERE hop IN ('', 'R');
CREATE INDEX visits ON urls (site, visited) WHERE visited > 0;
`

// notKept are URLs without an answer or excluded, traps aside: a run would have to find
// out again that they lead nowhere.
const notKept = "state IN (2, 3) AND (state = 3 OR reason NOT LIKE 'trap:%')"

// fewSitemaps is up to how many sitemaps of a site are asked for in each run. Of more,
// those of an index that did not change lately wait until they are due, unless it calls
// them modified.
const fewSitemaps = 20

// ofIndex is true for a sitemap that an index names: see scraper.Request's Hops.
const ofIndex = "length(hops) - length(replace(hops, 'M', '')) > 1"

// requeue has, for each choice, which URLs of the site ?1 it is about. The feeds of single
// pages and listings, further away, have a date of their own.
var requeue = map[What][]string{
	Failed: {notKept},
	Announcers: {
		notKept,
		"state = 1 AND kind = 'sitemap' AND (next <= ?2 OR NOT (" + ofIndex + ") OR (SELECT count(*) FROM urls WHERE site = ?1 AND kind = 'sitemap' AND state = 1 AND status < 400) <= ?3)",
		"state = 1 AND kind = 'feed' AND (next = 0 OR depth <= 1)",
		"state = 1 AND kind = 'list' AND url LIKE '%page=1'",
		start + " AND state = 1 AND (hop = '' OR " + seedTarget + ")",
	},
	Everything: {"state IN (2, 3)", "state = 1 AND kind != 'asset'"},
}

// start is true for what may be a seed or the target of one: few URLs.
const start = "hop IN ('', 'R')"

// byDate is the due time of a URL that RequeueDue, QueueLost or QueueModified queued, and nothing else: it is
// in the past like any, and tells these apart, which lose their place at the end of a
// run that had no time for them.
const byDate = 1

// Requeue makes URLs of a site due again, before a run of it begins.
func (f *Frontier) Requeue(ctx context.Context, site string, what What) error {
	return f.RequeueAt(ctx, site, what, time.Now())
}

// RequeueAt is Requeue for a run that began at a time.
func (f *Frontier) RequeueAt(ctx context.Context, site string, what What, at time.Time) error {
	args := []any{site}
	if what == Announcers {
		args = append(args, at.UnixMilli(), fewSitemaps)
	}
	var chosen []string // each by the index that suits it
	for _, where := range requeue[what] {
		chosen = append(chosen, "SELECT id FROM urls WHERE site = ?1 AND "+where)
	}
	_, err := f.queueAgain(ctx, site, "UPDATE urls SET state = 0, due = 0, attempt = 0 WHERE id IN ("+strings.Join(chosen, " UNION ")+")", args...)
	return err
}

// queueAgain runs an update that queues URLs of a site, and returns how many.
func (f *Frontier) queueAgain(ctx context.Context, site, update string, args ...any) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	res, err := f.db.ExecContext(ctx, update, args...)
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	// What is in memory is loaded again.
	if s := f.sites[site]; s != nil {
		s.loaded = false
	}
	f.notify()
	return int(n), nil
}

// Stats are the figures of one site.
type Stats struct {
	Known         int // URLs
	Pending       int // queued
	Pages         int // answered with a page
	Announced     int // pages that feeds and sitemaps name
	AnnouncedKept int // of these, answered with a page
}

const statsQuery = `SELECT count(*), count(*) FILTER (WHERE state = 0), count(*) FILTER (WHERE kind = '' AND state = 1 AND (status BETWEEN 200 AND 299 OR status = 304)),
	count(*) FILTER (WHERE announced = 1 AND kind = ''),
	count(*) FILTER (WHERE announced = 1 AND kind = '' AND state = 1 AND (status BETWEEN 200 AND 299 OR status = 304)) FROM urls WHERE site = ?`

// Stats counts a site's URLs.
func (f *Frontier) Stats(ctx context.Context, site string) (Stats, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var s Stats
	err := f.db.QueryRowContext(ctx, statsQuery, site).
		Scan(&s.Known, &s.Pending, &s.Pages, &s.Announced, &s.AnnouncedKept)
	if err != nil {
		return s, fmt.Errorf("frontier: %w", err)
	}
	return s, nil
}

// Articles counts the pages of a site that count as articles.
func (f *Frontier) Articles(ctx context.Context, site string) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.db.QueryRowContext(ctx, "SELECT count(*) FROM urls WHERE site = ? AND article = 1", site).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	return n, nil
}

// Revive makes URLs due again in every crawl that knows them and returns those that
// no crawl knows. It is for pages whose records are lost.
func (f *Frontier) Revive(ctx context.Context, urls ...string) (unknown []string, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range urls {
		res, err := f.db.ExecContext(ctx, "UPDATE urls SET state = 0, due = 0, attempt = 0 WHERE url = ?", u)
		if err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		} else if n == 0 {
			unknown = append(unknown, u)
		}
	}
	for _, s := range f.sites {
		s.loaded = false
	}
	f.notify()
	return unknown, nil
}

// Forget removes all URLs of a site, as if it had never been crawled, and returns how
// many there were. The clocks of its hosts stay: they are about other people's
// servers. No run of the site may be under way. Where another process has done this,
// it also removes what this one still has in memory.
func (f *Frontier) Forget(ctx context.Context, site string) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, q := range []string{"DELETE FROM entries WHERE document IN (SELECT id FROM documents WHERE site = ?)", "DELETE FROM documents WHERE site = ?", "DELETE FROM spent WHERE site = ?"} {
		if _, err := f.db.ExecContext(ctx, q, site); err != nil {
			return 0, fmt.Errorf("frontier: %w", err)
		}
	}
	res, err := f.db.ExecContext(ctx, "DELETE FROM urls WHERE site = ?", site)
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	// The records of its runs say nothing about a crawl that begins anew.
	if err := f.knowsRunsBefore(ctx, site, time.Now()); err != nil {
		return 0, err
	}
	for _, query := range []string{"DELETE FROM told WHERE site = ?", "DELETE FROM warnings WHERE site = ?"} {
		if _, err := f.db.ExecContext(ctx, query, site); err != nil {
			return 0, fmt.Errorf("frontier: %w", err)
		}
	}
	if f.sites[site] != nil {
		delete(f.sites, site)
		clear(f.seen) // it is a cache, and its keys do not say whose they are
	}
	f.notify()
	return int(n), nil
}

// Sites lists the crawls that the frontier knows.
func (f *Frontier) Sites(ctx context.Context) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.db.QueryContext(ctx, "SELECT DISTINCT site FROM urls ORDER BY site")
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var names []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		names = append(names, name)
	}
	return names, rows.Err()
}
