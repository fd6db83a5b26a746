package frontier

import (
	"context"
	"fmt"
	"time"
)

// Priorities of what a refresh visits again, behind what is new or was called modified:
// first what is not announced any more, then what is due.
const (
	priorityModified = 85
	priorityLost     = 90
	priorityDue      = 100 // and at most priorityDue + dueSpan
	dueSpan          = 900
)

// RequeueDue queues what has a date that has come: first what is late by the largest
// share of its interval, since that is the most likely to have changed. It returns how
// many URLs that are.
func (f *Frontier) RequeueDue(ctx context.Context, site string, now time.Time) (int, error) {
	return f.queueAgain(ctx, site, `UPDATE urls SET state = 0, due = ?3, attempt = 0,
		priority = ?4 + min(?5, ?5 * max(next - visited, 1) / max(?2 - visited, 1))
		WHERE site = ?1 AND state = 1 AND next > 0 AND next <= ?2 AND kind IN ('', 'feed')`, site, now.UnixMilli(), byDate, priorityDue, dueSpan)
}

// QueueModified queues the pages that a document calls modified since their last visit and
// that the run did not take up, because it was not known yet whether to believe that. It
// returns how many these are.
func (f *Frontier) QueueModified(ctx context.Context, site string) (int, error) {
	return f.queueAgain(ctx, site, `UPDATE urls SET state = 0, due = ?2, attempt = 0, priority = min(priority, ?3)
		WHERE id IN (SELECT p.id FROM documents d JOIN entries e ON e.document = d.id JOIN urls p ON p.id = e.page
			WHERE d.site = ?1 AND `+believed+` AND e.missing = 0 AND e.modified > p.visited AND p.kind = '' AND p.state = 1)`, site, byDate, priorityModified)
}

// Unqueue takes from the queue what RequeueDue, QueueLost or QueueModified put there and a run did not come
// to, for the next run to choose anew.
func (f *Frontier) Unqueue(ctx context.Context, site string) error {
	_, err := f.queueAgain(ctx, site, "UPDATE urls SET state = 1, due = 0 WHERE site = ?1 AND state = 0 AND due = ?2", site, byDate)
	return err
}

// lost are the articles that a document of one root (?2) announced and no document of that
// root announces any more, as far as they were not asked for since (?1 is the site): pages
// move from one sitemap of an index to another. state is that of their URL.
func lost(state int) string {
	return fmt.Sprintf(`SELECT p.id FROM entries e JOIN documents d ON d.id = e.document JOIN urls p ON p.id = e.page
	WHERE d.site = ?1 AND d.root = ?2 AND e.missing > 0 AND e.missing > p.visited AND p.kind = '' AND p.article = 1 AND p.gone = 0 AND p.state = %d
	AND NOT `+announced+" GROUP BY p.id", state)
}

// announced is whether a document of a root (?2) announces a page.
const announced = "EXISTS (SELECT 1 FROM entries e JOIN documents d ON d.id = e.document WHERE e.page = p.id AND d.root = ?2 AND e.missing = 0)"

// unread are the documents of a root (?2) that were not had since a time (?3), or never
// in full: the root itself, and those that it or one of its indexes names.
const unread = `SELECT u.id FROM urls u LEFT JOIN documents own ON own.id = u.id
	WHERE u.site = ?1 AND (u.id = ?2 OR u.kind = 'sitemap' AND u.id IN (SELECT e.page FROM entries e JOIN documents d ON d.id = e.document WHERE d.root = ?2 AND e.missing = 0))
	AND (u.visited < ?3 OR u.state != 1 OR NOT (u.status BETWEEN 200 AND 299 OR u.status = 304) OR coalesce(own.complete, 0) = 0)`

// A Loss is what a complete list, or the sitemaps of one index, no longer announce.
type Loss struct {
	root      int64
	Announced int // articles, the lost ones included
	Lost      int // of these, those that were not asked for since
	// Doubted says that what was lost last was mostly still there: the list may name the
	// latest articles only.
	Doubted bool
}

// losses lists them, whether or not all documents of a root were had.
func (f *Frontier) losses(ctx context.Context, site string) ([]Loss, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	rows, err := f.db.QueryContext(ctx, `SELECT DISTINCT d.root, coalesce(r.wrong, 0) > 0 FROM entries e JOIN documents d ON d.id = e.document JOIN urls p ON p.id = e.page
		LEFT JOIN documents r ON r.id = d.root WHERE d.site = ? AND e.missing > 0 AND e.missing > p.visited AND p.article = 1 AND p.gone = 0`, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	var all []Loss
	for rows.Next() {
		var l Loss
		if err := rows.Scan(&l.root, &l.Doubted); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		all = append(all, l)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	rows.Close() // frees the one connection
	for i, l := range all {
		err := f.db.QueryRowContext(ctx, `SELECT (SELECT count(*) FROM (`+lost(done)+`)), (SELECT count(DISTINCT e.page) FROM entries e
			JOIN documents d ON d.id = e.document JOIN urls p ON p.id = e.page WHERE d.root = ?2 AND p.article = 1 AND p.gone = 0 AND (e.missing = 0 OR e.missing > p.visited))`, site, l.root).
			Scan(&all[i].Lost, &all[i].Announced)
		if err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
	}
	return all, nil
}

// Confirm queues, where something is not announced any more, the documents that may
// announce it and were not had since a time. It returns how many these are.
func (f *Frontier) Confirm(ctx context.Context, site string, since time.Time) (int, error) {
	all, err := f.losses(ctx, site)
	n := 0
	for _, l := range all {
		if err != nil {
			break
		}
		var more int
		more, err = f.queueAgain(ctx, site, "UPDATE urls SET state = 0, due = 0, attempt = 0 WHERE state = 1 AND visited < ?3 AND id IN ("+unread+")", site, l.root, since.UnixMilli())
		n += more
	}
	return n, err
}

// Losses lists what is no longer announced by documents that were all had since a time.
func (f *Frontier) Losses(ctx context.Context, site string, since time.Time) (whole []Loss, err error) {
	all, err := f.losses(ctx, site)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, l := range all {
		var open int
		if err := f.db.QueryRowContext(ctx, "SELECT count(*) FROM ("+unread+")", site, l.root, since.UnixMilli()).Scan(&open); err != nil {
			return nil, fmt.Errorf("frontier: %w", err)
		}
		if open == 0 && l.Lost > 0 {
			whole = append(whole, l)
		}
	}
	return whole, nil
}

// QueueLost queues articles of a loss, spread over all of them, until so many are queued:
// another loss may have queued some. It returns how many it queued.
func (f *Frontier) QueueLost(ctx context.Context, site string, l Loss, most int) (int, error) {
	return f.queueAgain(ctx, site, `UPDATE urls SET state = 0, due = ?3, attempt = 0, priority = ?4
		WHERE id IN (`+lost(done)+` ORDER BY p.id * 2654435761 % 1000003 LIMIT max(0, ?5 - (SELECT count(*) FROM (`+lost(queued)+`))))`, site, l.root, byDate, priorityLost, most)
}

// Answered counts the articles that the documents of a loss no longer announce and that
// were asked for since a time, and how many of them are still articles.
func (f *Frontier) Answered(ctx context.Context, site string, l Loss, since time.Time) (asked, still int, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	err = f.db.QueryRowContext(ctx, `SELECT count(*), count(*) FILTER (WHERE gone = 0 AND state = 1 AND (status BETWEEN 200 AND 299 OR status = 304)) FROM urls p
		WHERE id IN (SELECT e.page FROM entries e JOIN documents d ON d.id = e.document JOIN urls p ON p.id = e.page
			WHERE d.site = ?1 AND d.root = ?2 AND e.missing > 1 AND e.missing <= p.visited AND p.visited >= ?3 AND p.article = 1)
		AND NOT `+announced, site, l.root, since.UnixMilli()).
		Scan(&asked, &still)
	if err != nil {
		return 0, 0, fmt.Errorf("frontier: %w", err)
	}
	return asked, still, nil
}

// Disbelieve leaves the rest of a loss alone: the articles are there, whatever the
// documents say. Later losses are doubted.
func (f *Frontier) Disbelieve(ctx context.Context, l Loss) error {
	return f.verdict(ctx, l, "UPDATE documents SET wrong = wrong + 1 WHERE id = ?",
		"UPDATE entries SET missing = 1 WHERE missing > 0 AND document IN (SELECT id FROM documents WHERE root = ?)")
}

// Believe ends the doubt about what documents no longer announce.
func (f *Frontier) Believe(ctx context.Context, l Loss) error {
	return f.verdict(ctx, l, "UPDATE documents SET wrong = 0 WHERE id = ?")
}

func (f *Frontier) verdict(ctx context.Context, l Loss, updates ...string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, u := range updates {
		if _, err := f.db.ExecContext(ctx, u, l.root); err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
	}
	return nil
}
