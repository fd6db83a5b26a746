package frontier

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// Done ends a lease: see scraper.Frontier.
func (f *Frontier) Done(ctx context.Context, l *scraper.Lease, o scraper.Outcome) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := l.URL.Host
	h, _, err := f.clock(ctx, name)
	if err != nil {
		return err
	}
	s := f.site(l.Site)
	g := s.leased[l.ID]
	if g == nil {
		return fmt.Errorf("frontier: %s is not leased", l.URL)
	}
	now := time.Now()
	if rest := max(o.HostRest, o.RetryAfter); rest > 0 {
		h.next = later(h.next, now.Add(rest))
	}
	g.busy--
	if ip, _, err := net.SplitHostPort(o.RemoteAddr); err == nil && !net.ParseIP(ip).IsLoopback() {
		h.addr = ip
		g = f.group(name, h)
	}
	g.next = later(g.next, h.next)
	delete(s.leased, l.ID)
	if o.Result == scraper.ResultRetry { // it is in the queue again, maybe at a better place
		at := place{}
		if o.Priority > 0 {
			at = place{o.Priority, l.Depth, l.ID}
		}
		s.queued(name, at, o.NextVisit, now)
	}
	defer f.notify()
	return f.record(ctx, l, o, h, now, retryQuery)
}

const (
	restQuery  = "INSERT OR REPLACE INTO hosts VALUES (?, ?, ?)"
	retryQuery = "UPDATE urls SET attempt = attempt + 1, due = ?, status = ?, reason = ? WHERE id = ?"
	// An answer that is unchanged (304) has the same faults as the one before.
	doneQuery = `UPDATE urls SET state = ?1, attempt = 0, due = 0, status = ?2,
		reason = CASE WHEN ?9 AND ?3 = '' AND status BETWEEN 200 AND 304 THEN reason ELSE ?3 END,
		read = ?4, article = ?5, visited = ?6, next = ?7,
		gone = ?10, edited = CASE WHEN ?11 THEN ?6 ELSE edited END, interval = ?12, ifnew = ?13 WHERE id = ?8`
	moveQuery = "UPDATE urls SET priority = ? WHERE id = ?"
	// The page by which an article was found is worth more visits, unless the article is
	// announced elsewhere.
	creditQuery = `UPDATE urls SET interval = ifnew, next = visited + ifnew, ifnew = 0
		WHERE site = ?1 AND url = ?2 AND ifnew > 0 AND (?3 OR kind = 'feed')`
)

// record writes an outcome down, as of a time. retry is the statement that queues the URL
// again.
func (f *Frontier) record(ctx context.Context, l *scraper.Lease, o scraper.Outcome, h *host, now time.Time, retry string) error {
	var stmts [6]*sql.Stmt
	for i, query := range []string{restQuery, retry, doneQuery, moveQuery, creditQuery, judgeQuery} {
		var err error
		if stmts[i], err = f.prepared(ctx, query); err != nil {
			return err
		}
	}
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	defer tx.Rollback()
	if o.HostRest > 0 || o.RetryAfter > 0 {
		if _, err := tx.StmtContext(ctx, stmts[0]).ExecContext(ctx, l.URL.Host, millis(h.next), h.addr); err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
	}
	switch {
	case o.Result == scraper.ResultRetry && o.NextVisit.IsZero() && o.Priority == 0:
		return tx.Commit() // as if never leased
	case o.Result == scraper.ResultRetry && o.NextVisit.IsZero():
		_, err = tx.StmtContext(ctx, stmts[3]).ExecContext(ctx, o.Priority, l.ID)
	case o.Result == scraper.ResultRetry:
		_, err = tx.StmtContext(ctx, stmts[1]).ExecContext(ctx, millis(o.NextVisit), o.Status, o.Reason, l.ID)
	default:
		state := map[scraper.Result]int{scraper.ResultKept: done, scraper.ResultSkipped: skipped, scraper.ResultFailed: failed}[o.Result]
		_, err = tx.StmtContext(ctx, stmts[2]).ExecContext(ctx, state, o.Status, o.Reason, o.Kind, o.Article, now.UnixMilli(), millis(o.NextVisit), l.ID,
			o.Unchanged || o.Status == 304, o.Gone, o.Changed, o.Interval.Milliseconds(), o.IfNew.Milliseconds())
		if err == nil && o.Article && o.Result == scraper.ResultKept {
			err = f.learn(ctx, tx, stmts[4], stmts[5], l, o)
		}
	}
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	return tx.Commit()
}

// learn takes what the visit of an article says about the documents and pages by which
// it became known.
func (f *Frontier) learn(ctx context.Context, tx *sql.Tx, credit, judge *sql.Stmt, l *scraper.Lease, o scraper.Outcome) (err error) {
	switch {
	case !l.Visited.IsZero():
		_, err = tx.StmtContext(ctx, judge).ExecContext(ctx, l.ID, l.Visited.UnixMilli(), o.Changed)
	case l.Via != nil:
		_, err = tx.StmtContext(ctx, credit).ExecContext(ctx, l.Site, l.Via.String(), l.Hints.Source == "")
	}
	return err
}
