package frontier

import (
	"context"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// Follow ends a lease and leases the next URL of a chain of redirects: see
// scraper.Frontier.
func (f *Frontier) Follow(ctx context.Context, l *scraper.Lease, o scraper.Outcome, next *scraper.Request) (*scraper.Lease, error) {
	kept := context.WithoutCancel(ctx) // what was answered is written down, also if the run is stopped
	// The order matters if the process dies: next is queued before l counts as done.
	if err := f.Add(kept, next); err != nil {
		return nil, err
	}
	f.reserve(next.URL.Host, 1)
	defer f.reserve(next.URL.Host, -1)
	if l.URL.String() == next.URL.String() {
		o.Result, o.NextVisit = scraper.ResultRetry, time.Time{} // stays queued
	}
	if err := f.Done(kept, l, o); err != nil {
		return nil, err
	}
	if err := f.again(kept, next); err != nil {
		return nil, err
	}
	timeout := time.NewTimer(Horizon)
	defer timeout.Stop()
	for {
		lease, wait, wake, err := f.take(kept, next)
		if err != nil || lease != nil || wait > Horizon {
			return lease, err
		}
		timer := time.NewTimer(wait)
		select {
		case <-wake:
		case <-timer.C:
		case <-timeout.C:
			timer.Stop()
			return nil, nil
		case <-ctx.Done():
			timer.Stop()
			return nil, nil
		}
		timer.Stop()
	}
}

// reserve keeps a host for a chain of redirects (n is 1), or no longer (-1).
func (f *Frontier) reserve(host string, n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.reserved[host] += n; f.reserved[host] <= 0 {
		delete(f.reserved, host)
	}
	f.notify()
}

// again queues a URL whose last answer was a redirect: with the cookies of a chain
// it may have another.
func (f *Frontier) again(ctx context.Context, r *scraper.Request) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	_, err := f.db.ExecContext(ctx, "UPDATE urls SET state = 0, due = 0, attempt = 0 WHERE site = ? AND url = ? AND state != 0 AND status BETWEEN 300 AND 399 AND status != 304",
		r.Site, r.URL.String())
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	f.site(r.Site).touch(r.URL.Host)
	return nil
}

const takeQuery = `SELECT id, url, via, hop, hops, kind, depth, priority, due, attempt, visited, hints, edited, gone, interval FROM urls WHERE site = ? AND url = ? AND state = 0`

// take leases one URL if its host may get a request now. Otherwise it returns how
// long to wait, more than Horizon if it is no use, and a channel that is closed when
// something changed meanwhile.
func (f *Frontier) take(ctx context.Context, r *scraper.Request) (*scraper.Lease, time.Duration, <-chan struct{}, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	const never = Horizon + 1
	h, g, err := f.clock(ctx, r.URL.Host)
	if err != nil {
		return nil, never, nil, err
	}
	s := f.site(r.Site)
	switch wait := time.Until(later(h.next, g.next)); {
	case wait > 0:
		return nil, wait, f.wake, nil
	case g.busy >= s.perHost:
		return nil, Horizon, f.wake, nil // a Done wakes us
	}
	rows, err := f.db.QueryContext(ctx, takeQuery, r.Site, r.URL.String())
	if err != nil {
		return nil, never, nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, never, nil, rows.Err() // done already
	}
	lease, err := scanLease(rows, r.Site)
	if err != nil {
		return nil, never, nil, fmt.Errorf("frontier: %w", err)
	}
	if s.leased[lease.ID] != nil {
		return nil, never, nil, nil // by another worker
	}
	g.busy++
	s.leased[lease.ID] = g
	s.touch(r.URL.Host) // the part of the queue in memory may have it, too
	return lease, 0, nil, nil
}

// SeedTargets lists the pages that seeds of a crawl redirected to, in this run or an
// earlier one.
func (f *Frontier) SeedTargets(ctx context.Context, site string) ([]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.db.QueryContext(ctx, seedTargets, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var urls []string
	for rows.Next() {
		var u string
		if err := rows.Scan(&u); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		urls = append(urls, u)
	}
	return urls, rows.Err()
}

const seedTargets = "SELECT url FROM urls WHERE site = ? AND " + start + " AND " + seedTarget + " ORDER BY id LIMIT 1000"

// seedTarget is true for a page to which nothing but redirects led from a seed.
const seedTarget = "(kind = '' AND depth = 0 AND hop = 'R' AND trim(hops, 'R') = '')"
