// Package frontier is a scraper.Frontier in SQLite: which URLs of which site are
// known, due and done, and when each host may get the next request. If it is lost,
// URLs must be discovered again, but no page is lost.
package frontier

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// Horizon is how far into the future a run waits for a URL or a host; what is
// due later waits for a later run.
const Horizon = 10 * time.Minute

const schemaVersion = 7

// The states of a URL.
const (
	queued = iota
	done
	skipped
	failed
)

const schema = `
CREATE TABLE urls (
	id INTEGER PRIMARY KEY, site TEXT NOT NULL, url TEXT NOT NULL, host TEXT NOT NULL,
	kind TEXT NOT NULL, via TEXT NOT NULL, hop TEXT NOT NULL, hops TEXT NOT NULL, depth INTEGER NOT NULL, priority INTEGER NOT NULL,
	due INTEGER NOT NULL, attempt INTEGER NOT NULL DEFAULT 0, state INTEGER NOT NULL DEFAULT 0,
	status INTEGER NOT NULL DEFAULT 0, reason TEXT NOT NULL DEFAULT '', read TEXT NOT NULL DEFAULT '',
	visited INTEGER NOT NULL DEFAULT 0, next INTEGER NOT NULL DEFAULT 0,
	announced INTEGER NOT NULL, hints TEXT NOT NULL,
	-- See scraper.Outcome; interval and ifnew are in milliseconds.
	article INTEGER NOT NULL DEFAULT 0, gone INTEGER NOT NULL DEFAULT 0, edited INTEGER NOT NULL DEFAULT 0,
	interval INTEGER NOT NULL DEFAULT 0, ifnew INTEGER NOT NULL DEFAULT 0,
	UNIQUE (site, url)
);
CREATE INDEX queue ON urls (site, host, priority, depth, id) WHERE state = 0;
-- home distinguishes a frontier from a copy, which may be inconsistent.
CREATE TABLE home (inode INTEGER NOT NULL);
CREATE TABLE hosts (host TEXT PRIMARY KEY, next INTEGER NOT NULL, addr TEXT NOT NULL) WITHOUT ROWID;
-- schedules has since when a site's schedule is followed.
CREATE TABLE schedules (site TEXT PRIMARY KEY, plan TEXT NOT NULL, since INTEGER NOT NULL) WITHOUT ROWID;
` + listSchema + spentSchema + runsSchema + countSchema

// Frontier is a scraper.Frontier. It is safe for many goroutines. Several
// processes may have the same file open as long as they crawl different sites.
type Frontier struct {
	db   *sql.DB
	path string // of the file; empty if there is none

	stmts  map[string]*sql.Stmt // guarded by mu
	mu     sync.Mutex
	sites  map[string]*site
	hosts  map[string]*host
	groups map[string]*group
	// reserved counts the chains of redirects that wait for a host, by its name.
	reserved map[string]int
	wake     chan struct{} // closed when something changed that Next may wait for
	seed     maphash.Seed
	seen     map[uint64]struct{} // URLs known to be in the table; bounded
	lastID   int64               // of the last row that was added
}

// site is the state of one crawl in memory.
type site struct {
	loaded  bool
	perHost int
	order   []string          // hosts with queued URLs, in turn
	queues  map[string]*queue // by host
	leased  map[int64]*group  // the clock that each lease holds
	turn    int
}

// host is a host's clock.
type host struct {
	next time.Time
	addr string
}

// group is the hosts that share an address, which count as one.
type group struct {
	busy int
	next time.Time
}

// maxSeen bounds seen.
const maxSeen = 1 << 19

// Close closes the file. What was leased is queued.
func (f *Frontier) Close() error { return f.db.Close() }

// SetPerHost sets how many requests a crawl may make to a host at a time; 1 by
// default. Those of all crawls count together.
func (f *Frontier) SetPerHost(site string, n int) {
	f.mu.Lock()
	f.site(site).perHost = max(1, n)
	f.mu.Unlock()
}

func (f *Frontier) notify() {
	close(f.wake)
	f.wake = make(chan struct{})
}

func (f *Frontier) site(name string) *site {
	s := f.sites[name]
	if s == nil {
		s = &site{perHost: 1, queues: map[string]*queue{}, leased: map[int64]*group{}}
		f.sites[name] = s
	}
	return s
}

func (s *site) touch(host string) {
	q := s.queues[host]
	if q == nil {
		q = &queue{}
		s.queues[host] = q
		s.order = append(s.order, host)
	}
	q.stale = true
}

// addQuery queues a URL. The state of one that is done goes back to queued only
// by a later due date; the WHERE keeps rows that would not change from being written.
const addQuery = `
		INSERT INTO urls (site, url, host, kind, via, hop, hops, depth, priority, due, announced, hints) VALUES (?,?,?,?,?,?,?,?,?,?,?,?)
		ON CONFLICT (site, url) DO UPDATE SET
			priority = min(priority, excluded.priority), hops = CASE WHEN excluded.depth < depth THEN excluded.hops ELSE hops END, depth = min(depth, excluded.depth),
			announced = max(announced, excluded.announced),
			hints = CASE WHEN excluded.hints != '' AND (hints = '' OR json_extract(excluded.hints, '$.source') != 'sitemap') THEN excluded.hints ELSE hints END,
			attempt = CASE WHEN state != 0 AND excluded.due > visited THEN 0 ELSE attempt END,
			due = CASE WHEN state != 0 OR excluded.due < due THEN excluded.due ELSE due END,
			state = CASE WHEN state != 0 AND excluded.due > visited THEN 0 ELSE state END
		WHERE excluded.priority < priority OR excluded.depth < depth OR excluded.announced > announced
			OR (excluded.hints != '' AND excluded.hints != hints AND (hints = '' OR json_extract(excluded.hints, '$.source') != 'sitemap')) OR (state != 0 AND excluded.due > visited) OR (state = 0 AND excluded.due < due)`

// prepared returns a statement that is parsed once. There is one connection, so it
// must be called before a transaction begins.
func (f *Frontier) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s, ok := f.stmts[query]; ok {
		return s, nil
	}
	s, err := f.db.PrepareContext(ctx, query)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	f.stmts[query] = s
	return s, nil
}

// Add queues requests: see scraper.Frontier.
func (f *Frontier) Add(ctx context.Context, reqs ...*scraper.Request) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var fresh []*scraper.Request
	for _, r := range reqs {
		// A plain link to a known URL changes nothing.
		if _, known := f.seen[f.hash(r)]; known && r.Due.IsZero() && r.Hints.Source == "" && r.Hop != scraper.HopSeed {
			continue
		}
		fresh = append(fresh, r)
	}
	if len(fresh) == 0 {
		return nil
	}
	insert, err := f.prepared(ctx, addQuery)
	if err != nil {
		return err
	}
	tx, err := f.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	defer tx.Rollback()
	stmt := tx.StmtContext(ctx, insert)
	written := make([]writtenRow, len(fresh))
	for i, r := range fresh {
		if written[i], err = f.addRow(ctx, stmt, r); err != nil {
			return fmt.Errorf("frontier: add %s: %w", r.URL, err)
		}
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	if len(f.seen) > maxSeen {
		clear(f.seen)
	}
	now := time.Now()
	for i, r := range fresh {
		f.seen[f.hash(r)] = struct{}{}
		switch w := written[i]; {
		case w.id != 0:
			f.site(r.Site).queued(r.URL.Host, place{r.Priority, r.Depth, w.id}, r.Due, now)
		case w.changed:
			f.site(r.Site).touch(r.URL.Host)
		}
	}
	f.notify()
	return nil
}

// A writtenRow is what addQuery did for one URL.
type writtenRow struct {
	id      int64 // of a new row; 0 if there was one
	changed bool
}

func (f *Frontier) addRow(ctx context.Context, stmt *sql.Stmt, r *scraper.Request) (w writtenRow, err error) {
	via, hints := "", ""
	if r.Via != nil {
		via = r.Via.String()
	}
	announced := 0
	if r.Hints.Source != "" {
		announced = 1
		b, err := json.Marshal(r.Hints)
		if err != nil {
			return w, err
		}
		hints = string(b)
	}
	res, err := stmt.ExecContext(ctx, r.Site, r.URL.String(), r.URL.Host, string(r.Kind), via, string(r.Hop), r.Hops, r.Depth, r.Priority,
		millis(r.Due), announced, hints)
	if err != nil {
		return w, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == 0 {
		return w, err
	}
	// SQLite gives the id of the last new row, also after an update.
	id, err := res.LastInsertId()
	if id != f.lastID {
		f.lastID, w.id = id, id
	}
	w.changed = true
	return w, err
}

func (f *Frontier) hash(r *scraper.Request) uint64 {
	return maphash.String(f.seed, r.Site+"\x00"+r.URL.String())
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(n int64) time.Time {
	if n == 0 {
		return time.Time{}
	}
	return time.UnixMilli(n)
}

// Next waits for a host that may get a request and leases one of its URLs: see
// scraper.Frontier.
func (f *Frontier) Next(ctx context.Context, sites ...string) (*scraper.Lease, error) {
	for {
		f.mu.Lock()
		now := time.Now()
		var soonest time.Time
		leased := 0
		for _, name := range sites {
			s := f.site(name)
			lease, at, err := f.pick(ctx, name, s, now)
			if err != nil || lease != nil {
				f.mu.Unlock()
				return lease, err
			}
			if !at.IsZero() && (soonest.IsZero() || at.Before(soonest)) {
				soonest = at
			}
			leased += len(s.leased)
		}
		wake := f.wake
		f.mu.Unlock()
		wait := Horizon
		if !soonest.IsZero() {
			wait = soonest.Sub(now)
		}
		if leased == 0 && (soonest.IsZero() || wait > Horizon) {
			return nil, scraper.ErrDrained
		}
		timer := time.NewTimer(min(max(wait, 0), Horizon))
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil, ctx.Err()
		case <-wake:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// pick leases the best URL of a host that may get a request; hosts take turns. If
// there is none, it returns when there may be one; zero if nothing is queued.
func (f *Frontier) pick(ctx context.Context, name string, s *site, now time.Time) (*scraper.Lease, time.Time, error) {
	if err := f.load(ctx, name, s); err != nil {
		return nil, time.Time{}, err
	}
	var soonest time.Time
	at := func(t time.Time) {
		if soonest.IsZero() || t.Before(soonest) {
			soonest = t
		}
	}
	for i := 0; i < len(s.order); i++ {
		k := (s.turn + i) % len(s.order)
		hostName := s.order[k]
		q := s.queues[hostName]
		if err := f.fill(ctx, name, hostName, s, q, now); err != nil {
			return nil, soonest, err
		}
		if len(q.rows) == 0 && q.later.IsZero() {
			// Nothing is queued here; the host comes back with the next Add.
			delete(s.queues, hostName)
			s.order = slices.Delete(s.order, k, k+1)
			if k < s.turn {
				s.turn--
			}
			i--
			continue
		}
		h, g, err := f.clock(ctx, hostName)
		if err != nil {
			return nil, soonest, err
		}
		if g.busy >= s.perHost || f.reserved[hostName] > 0 {
			at(now.Add(Horizon)) // its Done wakes us, even if another crawl's
			continue
		}
		if next := later(h.next, g.next); next.After(now) {
			at(next)
			continue
		}
		if len(q.rows) == 0 {
			at(q.later)
			continue
		}
		lease := q.pop()
		g.busy++
		s.leased[lease.ID] = g
		s.turn = k + 1
		return lease, time.Time{}, nil
	}
	return nil, soonest, nil
}

func later(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// load finds the hosts that have something queued from an earlier run.
func (f *Frontier) load(ctx context.Context, name string, s *site) error {
	if s.loaded {
		return nil
	}
	rows, err := f.db.QueryContext(ctx, "SELECT DISTINCT host FROM urls WHERE site = ? AND state = 0", name)
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
		s.touch(h)
	}
	s.loaded = true
	return rows.Err()
}

// clock finds a host's clock and the group it belongs to.
func (f *Frontier) clock(ctx context.Context, name string) (*host, *group, error) {
	h := f.hosts[name]
	if h == nil {
		h = &host{}
		var next int64
		err := f.db.QueryRowContext(ctx, "SELECT next, addr FROM hosts WHERE host = ?", name).Scan(&next, &h.addr)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, nil, fmt.Errorf("frontier: %w", err)
		}
		h.next = fromMillis(next)
		f.hosts[name] = h
	}
	return h, f.group(name, h), nil
}

// Address is the IP address that a host answered from; "" if that is not known.
func (f *Frontier) Address(ctx context.Context, host string) (string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, _, err := f.clock(ctx, host)
	if err != nil {
		return "", err
	}
	return h.addr, nil
}

func (f *Frontier) group(name string, h *host) *group {
	key := name
	if h.addr != "" {
		key = "@" + h.addr
	}
	g := f.groups[key]
	if g == nil {
		g = &group{}
		f.groups[key] = g
	}
	return g
}
