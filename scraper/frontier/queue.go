package frontier

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// queue is the front of a host's queue; the rest is in the table.
type queue struct {
	rows  []*scraper.Lease
	stale bool      // the table may have a better URL
	read  time.Time // when rows were read from the table
	later time.Time // when the first URL that is not due yet becomes due, as far as is known; of an empty queue, of all in the table
}

// rereadAfter is how long a queue may be in memory: a URL of the table that has
// become due meanwhile may be better.
const rereadAfter = 10 * time.Second

// prefetch is how many URLs of a host are read at once.
const prefetch = 64

// A place is where a URL stands in its host's queue.
type place struct {
	priority, depth int
	id              int64
}

func (p place) compare(o place) int {
	return cmp.Or(p.priority-o.priority, p.depth-o.depth, cmp.Compare(p.id, o.id))
}

// queued notes that the table has a URL at a place of a host's queue, due at a
// time. What stands behind the part in memory is read when that is used up.
func (s *site) queued(host string, at place, due, now time.Time) {
	q := s.queues[host]
	switch {
	case q == nil:
		s.touch(host)
	case q.stale:
	case due.After(now):
		if q.later.IsZero() || due.Before(q.later) {
			q.later = due
		}
	case len(q.rows) == 0 || at.compare(placeOf(q.rows[len(q.rows)-1])) <= 0:
		q.stale = true
	}
}

func placeOf(l *scraper.Lease) place { return place{l.Priority, l.Depth, l.ID} }

// fill reads ahead from the table if the part of a host's queue in memory may not be
// the best of it.
func (f *Frontier) fill(ctx context.Context, site, host string, s *site, q *queue, now time.Time) error {
	if !q.later.IsZero() && !q.later.After(now) || now.Sub(q.read) >= rereadAfter && len(q.rows) > 0 {
		q.stale = true
	}
	if !q.stale {
		return nil
	}
	return f.refill(ctx, site, host, s, q, now)
}

// pop takes the best URL of a queue that has one.
func (q *queue) pop() *scraper.Lease {
	l := q.rows[0]
	q.rows = q.rows[1:]
	if len(q.rows) == 0 {
		q.stale = true
	}
	return l
}

const nextQuery = `SELECT id, url, via, hop, hops, kind, depth, priority, due, attempt, visited, hints, edited, gone, interval FROM urls
		WHERE site = ? AND host = ? AND state = 0 AND due <= ? ORDER BY priority, depth, id LIMIT ?`

func (f *Frontier) refill(ctx context.Context, site, host string, s *site, q *queue, now time.Time) error {
	q.rows, q.read = nil, now
	if !q.later.After(now) {
		q.later = time.Time{}
	}
	next, err := f.prepared(ctx, nextQuery)
	if err != nil {
		return err
	}
	rows, err := next.QueryContext(ctx, site, host, now.UnixMilli(), prefetch+len(s.leased))
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		l, err := scanLease(rows, site)
		if err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
		if s.leased[l.ID] == nil {
			q.rows = append(q.rows, l)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	rows.Close() // frees the one connection
	q.stale = false
	if len(q.rows) == 0 {
		var due sql.NullInt64
		err := f.db.QueryRowContext(ctx, "SELECT min(due) FROM urls WHERE site = ? AND host = ? AND state = 0 AND due > ?", site, host, now.UnixMilli()).Scan(&due)
		if err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
		q.later = time.Time{}
		if due.Valid {
			q.later = fromMillis(due.Int64)
		}
	}
	return nil
}

func scanLease(rows *sql.Rows, site string) (*scraper.Lease, error) {
	l := &scraper.Lease{Request: &scraper.Request{Site: site}}
	var raw, via, hints string
	var due, visited, edited, interval int64
	if err := rows.Scan(&l.ID, &raw, &via, &l.Hop, &l.Hops, &l.Kind, &l.Depth, &l.Priority, &due, &l.Attempt, &visited, &hints, &edited, &l.Gone, &interval); err != nil {
		return nil, err
	}
	var err error
	if l.URL, err = url.Parse(raw); err != nil {
		return nil, err
	}
	if via != "" {
		if l.Via, err = url.Parse(via); err != nil {
			return nil, err
		}
	}
	l.Due, l.Visited, l.Edited, l.Interval = fromMillis(due), fromMillis(visited), fromMillis(edited), time.Duration(interval)*time.Millisecond
	if hints != "" {
		err = json.Unmarshal([]byte(hints), &l.Hints)
	}
	return l, err
}
