package frontier

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// A Known is what a frontier knows about one URL of one crawl.
type Known struct {
	Site     string        `json:"crawl"`
	URL      string        `json:"url"`
	Kind     string        `json:"kind,omitempty"` // of the request
	Via      string        `json:"via,omitempty"`
	Hops     string        `json:"hops,omitempty"`
	Depth    int           `json:"depth"`
	Priority int           `json:"priority"`
	Attempt  int           `json:"attempt,omitempty"`
	State    string        `json:"state"`            // "queued", "done", "skipped" or "failed"
	Status   int           `json:"status,omitempty"` // of the last answer; 0 if there was none
	Reason   string        `json:"reason,omitempty"` // of a skip, a failure, a wait; or what is wrong with a feed, sitemap or list that was kept
	Read     string        `json:"read,omitempty"`   // the kind that was read
	Due      time.Time     `json:"due,omitzero"`
	Visited  time.Time     `json:"visited,omitzero"`
	Next     time.Time     `json:"next,omitzero"` // when it is due again
	Hints    scraper.Hints `json:"hints,omitzero"`
}

var stateNames = []string{queued: "queued", done: "done", skipped: "skipped", failed: "failed"}

// Lookup finds a URL in all crawls.
func (f *Frontier) Lookup(ctx context.Context, url string) ([]Known, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.db.QueryContext(ctx, `SELECT site, url, kind, via, hops, depth, priority, attempt, state, status, reason, read, due, visited, next, hints
		FROM urls WHERE url = ? ORDER BY site`, url)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var found []Known
	for rows.Next() {
		var k Known
		var state int
		var due, visited, next int64
		var hints string
		err := rows.Scan(&k.Site, &k.URL, &k.Kind, &k.Via, &k.Hops, &k.Depth, &k.Priority, &k.Attempt, &state, &k.Status, &k.Reason, &k.Read, &due, &visited, &next, &hints)
		if err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		k.State, k.Due, k.Visited, k.Next = stateNames[state], fromMillis(due), fromMillis(visited), fromMillis(next)
		if hints != "" {
			if err := json.Unmarshal([]byte(hints), &k.Hints); err != nil {
				return nil, fmt.Errorf("frontier: hints of %s: %w", k.URL, err)
			}
		}
		found = append(found, k)
	}
	return found, rows.Err()
}

// A HostQueue is the queue of one host.
type HostQueue struct {
	Host    string    `json:"host"`
	Pending int       `json:"pending"`
	Next    time.Time `json:"next,omitzero"` // when it may get the next request, if that is later
	Retries []Retry   `json:"retries,omitempty"`
}

// A Retry is what of a host's queue is fetched again: URLs of one kind that had no
// answer, or one that asked to wait, for one reason.
type Retry struct {
	Kind   scraper.Kind `json:"kind,omitempty"`   // of the requests; empty for pages
	Styles bool         `json:"styles,omitempty"` // they are style sheets, by their names
	Reason string       `json:"reason"`
	Count  int          `json:"count"`
	Due    time.Time    `json:"due,omitzero"` // of the first of them
}

// Queues lists the hosts of a crawl that have something queued: those with retries
// first, then the longest queue first.
func (f *Frontier) Queues(ctx context.Context, site string, limit int) ([]HostQueue, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	retries, err := f.retries(ctx, site)
	if err != nil {
		return nil, err
	}
	queues, err := f.queues(ctx, site, limit)
	for i := range queues {
		queues[i].Retries = retries[queues[i].Host]
	}
	return queues, err
}

// retries finds what is fetched again, by host.
func (f *Frontier) retries(ctx context.Context, site string) (map[string][]Retry, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT host, kind, reason, kind = 'asset' AND (url LIKE '%.css' OR url LIKE '%.css?%') AS styles, count(*), min(due) FROM urls
		WHERE site = ? AND state = 0 AND attempt > 0 GROUP BY host, kind, reason, styles ORDER BY 5 DESC, 1, 2, 3 LIMIT 500`, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	retries := map[string][]Retry{}
	for rows.Next() {
		var host string
		var r Retry
		var due int64
		if err := rows.Scan(&host, &r.Kind, &r.Reason, &r.Styles, &r.Count, &due); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		r.Due = fromMillis(due)
		retries[host] = append(retries[host], r)
	}
	return retries, rows.Err()
}

func (f *Frontier) queues(ctx context.Context, site string, limit int) ([]HostQueue, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT u.host, count(*), coalesce(max(h.next), 0) FROM urls u LEFT JOIN hosts h ON h.host = u.host
		WHERE u.site = ? AND u.state = 0 GROUP BY u.host ORDER BY max(u.attempt > 0) DESC, 2 DESC, 1 LIMIT ?`, site, limit)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var queues []HostQueue
	for rows.Next() {
		var q HostQueue
		var next int64
		if err := rows.Scan(&q.Host, &q.Pending, &next); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		if t := fromMillis(next); t.After(time.Now()) {
			q.Next = t
		}
		queues = append(queues, q)
	}
	return queues, rows.Err()
}

// Problems counts, by reason, the URLs that a crawl could not keep or will try again,
// with an example each.
func (f *Frontier) Problems(ctx context.Context, site string) ([]scraper.Reason, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.reasons(ctx, `site = ? AND (state IN (2, 3) OR state = 0 AND attempt > 0 OR status >= 400)`, site)
}

func (f *Frontier) reasons(ctx context.Context, where string, args ...any) ([]scraper.Reason, error) {
	rows, err := f.db.QueryContext(ctx, `SELECT CASE WHEN reason != '' THEN reason WHEN state = 0 THEN 'not fetched yet' WHEN status > 0 THEN 'HTTP ' || status ELSE 'no answer' END AS why,
		count(*), min(url) FROM urls WHERE `+where+` GROUP BY why ORDER BY 2 DESC, 1 LIMIT 50`, args...)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var all []scraper.Reason
	for rows.Next() {
		var r scraper.Reason
		if err := rows.Scan(&r.Reason, &r.Count, &r.Example); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		all = append(all, r)
	}
	return all, rows.Err()
}

const recentQuery = "SELECT count(*) FROM urls WHERE site = ? AND visited > 0 AND visited >= ?"

// Recent counts the URLs of a crawl that were visited since a time.
func (f *Frontier) Recent(ctx context.Context, site string, since time.Time) (n int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.db.QueryRowContext(ctx, recentQuery, site, since.UnixMilli()).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("frontier: %w", err)
	}
	return n, nil
}

// A Coverage compares the pages that one source announces with those archived.
type Coverage struct {
	Source    string           `json:"source"` // "feed", "sitemap", "news-sitemap" or "wp-json"
	Announced int              `json:"announced"`
	Kept      int              `json:"kept"`     // answered with a page
	Articles  int              `json:"articles"` // of these, read as articles
	Missing   []scraper.Reason `json:"missing,omitempty"`
}

// Coverage compares what is announced with what was kept, source by source.
func (f *Frontier) Coverage(ctx context.Context, site string) ([]Coverage, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	const got = "state = 1 AND (status BETWEEN 200 AND 299 OR status = 304)"
	rows, err := f.db.QueryContext(ctx, `SELECT json_extract(hints, '$.source') AS source, count(*), count(*) FILTER (WHERE `+got+`),
		count(*) FILTER (WHERE `+got+` AND article = 1)
		FROM urls WHERE site = ? AND kind = '' AND announced = 1 AND hints != '' GROUP BY source ORDER BY source`, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	var all []Coverage
	for rows.Next() {
		var c Coverage
		if err := rows.Scan(&c.Source, &c.Announced, &c.Kept, &c.Articles); err != nil {
			rows.Close()
			return nil, fmt.Errorf("frontier: %w", err)
		}
		all = append(all, c)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	rows.Close() // frees the one connection
	for i := range all {
		all[i].Missing, err = f.reasons(ctx, "site = ? AND kind = '' AND announced = 1 AND json_extract(hints, '$.source') = ? AND NOT ("+got+")", site, all[i].Source)
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// An Announcement is how many pages of a site are announced for one year.
type Announcement struct {
	Site  string `json:"site"`
	Year  int    `json:"year"` // 0 where no date is given
	Pages int    `json:"pages"`
}

// Announced counts what is announced, by site and year of publication or else
// of the last change.
func (f *Frontier) Announced(ctx context.Context, site string) ([]Announcement, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.db.QueryContext(ctx, `SELECT host, CAST(coalesce(substr(coalesce(json_extract(hints, '$.published'), json_extract(hints, '$.modified')), 1, 4),
		CASE WHEN due > 0 THEN strftime('%Y', due / 1000, 'unixepoch') END, 0) AS INTEGER) AS year, count(*)
		FROM urls WHERE site = ? AND kind = '' AND announced = 1 GROUP BY host, year ORDER BY host, year`, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var all []Announcement
	for rows.Next() {
		var a Announcement
		if err := rows.Scan(&a.Site, &a.Year, &a.Pages); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		if i := slices.IndexFunc(all, func(b Announcement) bool { return b.Site == a.Site && b.Year == a.Year }); i >= 0 {
			all[i].Pages += a.Pages
			continue
		}
		all = append(all, a)
	}
	return all, rows.Err()
}
