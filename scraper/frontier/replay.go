package frontier

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// runsSchema is which runs a frontier knows. A frontier that is older than the archive,
// such as a snapshot, lacks what later runs did: it does not name these, whoever compares
// them with the records. So that a name always means that, it is written after everything
// that it stands for, into the same file.
const runsSchema = `
-- whole says that all answers of a run are accounted for; else only that the run has queued
-- what it visits again.
CREATE TABLE runs (run TEXT PRIMARY KEY, site TEXT NOT NULL, whole INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX runs_site ON runs (site);
-- known_since has since when a site's runs are noted; site is '' for all.
CREATE TABLE known_since (site TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
`

// Runs are the runs of a site that a frontier knows.
type Runs struct {
	// Known has the record IDs of runs: true for those whose answers are all accounted
	// for, false for those that have only begun, as far as the frontier knows.
	Known map[string]bool
	// Since is since when runs are noted: of earlier ones nothing can be said. It is zero
	// if all are.
	Since time.Time
	// Forgotten is when the site was removed: the runs before are to be left alone. It is
	// zero if it never was.
	Forgotten time.Time
}

// Runs lists the runs of a site that are known.
func (f *Frontier) Runs(ctx context.Context, site string) (Runs, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	r := Runs{Known: map[string]bool{}}
	var since, forgotten int64
	err := f.db.QueryRowContext(ctx, "SELECT coalesce(max(at) FILTER (WHERE site = ''), 0), coalesce(max(at) FILTER (WHERE site = ?1), 0) FROM known_since WHERE site IN ('', ?1)", site).
		Scan(&since, &forgotten)
	if err != nil {
		return r, fmt.Errorf("frontier: %w", err)
	}
	r.Since, r.Forgotten = fromMillis(since), fromMillis(forgotten)
	rows, err := f.db.QueryContext(ctx, "SELECT run, whole FROM runs WHERE site = ?", site)
	if err != nil {
		return r, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		var whole bool
		if err := rows.Scan(&id, &whole); err != nil {
			return r, fmt.Errorf("frontier: %w", err)
		}
		r.Known[id] = whole
	}
	return r, rows.Err()
}

// BeginRun notes that a run has queued what it visits again.
func (f *Frontier) BeginRun(ctx context.Context, site, run string) error {
	return f.exec(ctx, "INSERT OR IGNORE INTO runs VALUES (?, ?, 0)", run, site)
}

// EndRun notes that all answers of a run are accounted for.
func (f *Frontier) EndRun(ctx context.Context, site, run string) error {
	return f.exec(ctx, "INSERT INTO runs VALUES (?, ?, 1) ON CONFLICT (run) DO UPDATE SET whole = 1", run, site)
}

// ReopenRun notes that there are answers of a run that are not accounted for, such as
// records that came late from another machine.
func (f *Frontier) ReopenRun(ctx context.Context, run string) error {
	return f.exec(ctx, "UPDATE runs SET whole = 0 WHERE run = ?", run)
}

func (f *Frontier) exec(ctx context.Context, query string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, err := f.db.ExecContext(ctx, query, args...); err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	return nil
}

// knowsRunsBefore notes that nothing more is to be learned from a site's runs before a
// time. The lock must be held.
func (f *Frontier) knowsRunsBefore(ctx context.Context, site string, at time.Time) error {
	_, err := f.db.ExecContext(ctx, "DELETE FROM runs WHERE site = ?1", site)
	if err == nil {
		_, err = f.db.ExecContext(ctx, "INSERT OR REPLACE INTO known_since VALUES (?, ?)", site, at.UnixMilli())
	}
	if err != nil {
		return fmt.Errorf("frontier: %w", err)
	}
	return nil
}

const recallQuery = `SELECT id, url, via, hop, hops, kind, depth, priority, due, attempt, visited, hints, edited, gone, interval FROM urls WHERE site = ? AND url = ?`

// Recall returns a URL as the frontier knows it, queued or not; nil if it is unknown. It is
// not leased, and no run of the site may be under way.
func (f *Frontier) Recall(ctx context.Context, site, url string) (*scraper.Lease, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	recall, err := f.prepared(ctx, recallQuery)
	if err != nil {
		return nil, err
	}
	rows, err := recall.QueryContext(ctx, site, url)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	defer rows.Close()
	if !rows.Next() {
		return nil, rows.Err()
	}
	l, err := scanLease(rows, site)
	if err != nil {
		return nil, fmt.Errorf("frontier: %w", err)
	}
	return l, nil
}

// retryAtQuery is retryQuery for a URL that need not be queued.
const retryAtQuery = "UPDATE urls SET state = 0, attempt = attempt + 1, due = ?, status = ?, reason = ? WHERE id = ?"

// DoneAt takes how a visit ended that was made at a time, of a URL that Recall returned.
// The host does not rest, unless it asked then to wait for longer than until now. Its
// address is noted: see Outcome.
func (f *Frontier) DoneAt(ctx context.Context, l *scraper.Lease, o scraper.Outcome, at time.Time) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	h, _, err := f.clock(ctx, l.URL.Host)
	if err != nil {
		return err
	}
	if ip, _, err := net.SplitHostPort(o.RemoteAddr); err == nil && ip != h.addr && !net.ParseIP(ip).IsLoopback() {
		_, err := f.db.ExecContext(ctx, "INSERT INTO hosts VALUES (?1, 0, ?2) ON CONFLICT (host) DO UPDATE SET addr = ?2", l.URL.Host, ip)
		if err != nil {
			return fmt.Errorf("frontier: %w", err)
		}
		h.addr = ip
	}
	if until := at.Add(o.RetryAfter); until.After(time.Now()) {
		h.next = later(h.next, until)
		g := f.group(l.URL.Host, h)
		g.next = later(g.next, h.next)
	} else {
		o.RetryAfter = 0
	}
	o.HostRest = 0
	if err := f.record(ctx, l, o, h, at, retryAtQuery); err != nil {
		return err
	}
	f.forgetQueues(l.Site)
	return nil
}

// forgetQueues has what is in memory of a site's queues loaded again. The lock must be held.
func (f *Frontier) forgetQueues(site string) {
	if s := f.sites[site]; s != nil && len(s.leased) == 0 {
		s.loaded, s.order, s.queues, s.turn = false, nil, map[string]*queue{}, 0
	}
}

// NoAnswer is the reason of URLs of which nobody knows any more why a run did not get them.
const NoAnswer = "no answer, or excluded"

// Settle takes that a run ended, at a time, with nothing left to do: what is still queued
// and was due then was excluded or had no answer, as there is no record of it. A later run
// tries it again. It returns how many URLs that are.
func (f *Frontier) Settle(ctx context.Context, site string, at time.Time) (int, error) {
	n, err := f.queueAgain(ctx, site, "UPDATE urls SET state = 3, attempt = 0, due = 0, reason = CASE WHEN reason = '' THEN ?3 ELSE reason END WHERE site = ?1 AND state = 0 AND due <= ?2",
		site, at.UnixMilli(), NoAnswer)
	f.mu.Lock()
	f.forgetQueues(site)
	f.mu.Unlock()
	return n, err
}

var errNoFile = errors.New("this frontier has no file")

// snapshotHome is the inode number in a snapshot that was not opened yet: no file has it.
// It says that the file is consistent, wherever it was copied since.
const snapshotHome = -1

// Snapshot writes a consistent copy of the frontier to a new file, while crawls go on. What
// is leased is queued in it. Opened by Open, it is a frontier like any other. The copy names
// the runs that it knows (see Runs): of these, it has all outcomes.
func (f *Frontier) Snapshot(ctx context.Context, path string) error {
	if f.path == "" {
		return fmt.Errorf("frontier: snapshot: %w", errNoFile)
	}
	// A connection of its own: in WAL mode, who reads keeps nobody from writing.
	from, err := sql.Open("sqlite", uri(f.path)+"?mode=ro&_pragma=busy_timeout(30000)")
	if err != nil {
		return fmt.Errorf("frontier: snapshot: %w", err)
	}
	defer from.Close()
	if _, err := from.ExecContext(ctx, "VACUUM INTO ?", path); err != nil {
		return fmt.Errorf("frontier: snapshot: %w", err)
	}
	to, err := sql.Open("sqlite", uri(path)+"?_pragma=journal_mode(DELETE)&_pragma=synchronous(FULL)")
	if err != nil {
		return fmt.Errorf("frontier: snapshot: %w", err)
	}
	_, err = to.ExecContext(ctx, fmt.Sprintf("UPDATE home SET inode = %d", snapshotHome))
	if err = errors.Join(err, to.Close()); err != nil {
		return fmt.Errorf("frontier: snapshot: %w", err)
	}
	return nil
}
