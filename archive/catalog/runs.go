package catalog

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Run is one crawl of one site. End is zero if the run is not finished or was killed.
type Run struct {
	ID, Site   string
	Start, End time.Time
	Status     string
	Counts     json.RawMessage // the payload of its metadata record
}

// StatusSkipped is the status of turns of a schedule that had no run.
const StatusSkipped = "skipped"

// Runs lists the runs of a site ("" for all), the newest first.
func (c *Catalog) Runs(ctx context.Context, site string, limit int) ([]Run, error) {
	return c.RunsUntil(ctx, site, time.Time{}, limit)
}

// RunsUntil lists the runs of Runs that began no later than a time; all if it is zero.
// Later ones than now were recorded while the clock was wrong.
func (c *Catalog) RunsUntil(ctx context.Context, site string, until time.Time, limit int) ([]Run, error) {
	return c.runs(ctx, "status != '"+StatusSkipped+"'", site, until, limit)
}

// History lists the runs of a site ("" for all) and, with StatusSkipped, the turns of
// its schedule that had none, the newest first.
func (c *Catalog) History(ctx context.Context, site string, limit int) ([]Run, error) {
	return c.HistoryUntil(ctx, site, time.Time{}, limit)
}

// HistoryUntil is History up to a time, as RunsUntil.
func (c *Catalog) HistoryUntil(ctx context.Context, site string, until time.Time, limit int) ([]Run, error) {
	return c.runs(ctx, "true", site, until, limit)
}

// HistoryPage is a part of History: at most limit runs and turns after the first offset.
// It also counts all.
func (c *Catalog) HistoryPage(ctx context.Context, site string, offset, limit int) (page []Run, of int, err error) {
	const all = "FROM runs WHERE (?1 = '' OR site = ?1) AND start != 0"
	if err := c.db.QueryRowContext(ctx, "SELECT count(*) "+all, site).Scan(&of); err != nil {
		return nil, 0, fmt.Errorf("catalog: %w", err)
	}
	// What is sorted has no counts, which may be long.
	page, err = c.listRuns(ctx, `SELECT id, site, start, end, status, counts FROM runs WHERE id IN (SELECT id `+all+` ORDER BY start DESC, id LIMIT ?2 OFFSET ?3)
		ORDER BY start DESC, id`, site, limit, offset)
	return page, of, err
}

// LastRuns lists the newest run of each site, by site.
func (c *Catalog) LastRuns(ctx context.Context) ([]Run, error) {
	return c.listRuns(ctx, `SELECT id, site, start, end, status, counts FROM runs r WHERE status != '`+StatusSkipped+`' AND start != 0 AND NOT EXISTS
		(SELECT 1 FROM runs n WHERE n.site = r.site AND n.status != '`+StatusSkipped+`' AND n.start >= r.start AND (n.start > r.start OR n.id < r.id)) ORDER BY site`)
}

func (c *Catalog) runs(ctx context.Context, where, site string, until time.Time, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = -1
	}
	return c.listRuns(ctx, `SELECT id, site, start, end, status, counts FROM runs WHERE (? = '' OR site = ?) AND start != 0 AND (? = 0 OR start <= ?) AND `+where+`
		ORDER BY start DESC, id LIMIT ?`, site, site, instant(until), instant(until), limit)
}

func (c *Catalog) listRuns(ctx context.Context, query string, args ...any) ([]Run, error) {
	rows, err := c.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var runs []Run
	for rows.Next() {
		r, err := scanRun(rows)
		if err != nil {
			return nil, err
		}
		runs = append(runs, r)
	}
	return runs, rows.Err()
}

// Killed returns the IDs of the site's runs that were killed or failed, and are newer
// than the last run that ended otherwise.
func (c *Catalog) Killed(ctx context.Context, site string) (map[string]bool, error) {
	runs, err := c.Runs(ctx, site, 100)
	killed := map[string]bool{}
	for _, r := range runs {
		if !r.End.IsZero() && r.Status != "failed" { // a failed run may leave as much undone as a killed one
			break
		}
		killed[r.ID] = true
	}
	return killed, err
}

// EachRun lists the runs of sites (of all if there are none) and the turns of schedules
// without one, the oldest first. Unlike History it holds one at a time.
func (c *Catalog) EachRun(ctx context.Context, sites []string, until time.Time) iter.Seq2[Run, error] {
	return func(yield func(Run, error) bool) {
		where, args := "start != 0 AND (? = 0 OR start <= ?)", []any{instant(until), instant(until)}
		if len(sites) > 0 {
			where, args = where+" AND "+in("site", len(sites)), append(args, anys(sites)...)
		}
		rows, err := c.db.QueryContext(ctx, "SELECT id, site, start, end, status, counts FROM runs WHERE "+where+" ORDER BY start, id", args...)
		if err != nil {
			yield(Run{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			r, err := scanRun(rows)
			if !yield(r, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(Run{}, fmt.Errorf("catalog: %w", err))
		}
	}
}

func scanRun(rows *sql.Rows) (r Run, err error) {
	var counts string
	if err := rows.Scan((*recordID)(&r.ID), &r.Site, (*instant)(&r.Start), (*instant)(&r.End), &r.Status, &counts); err != nil {
		return r, err
	}
	if counts != "" {
		r.Counts = json.RawMessage(counts)
	}
	return r, nil
}

// Run finds a run by the ID of its warcinfo record, which may lack its brackets and
// "urn:uuid:".
func (c *Catalog) Run(ctx context.Context, id string) (r Run, ok bool, err error) {
	bare := strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(id, "<"), "urn:uuid:"), ">")
	var counts string
	ok, err = c.one(ctx, []any{(*recordID)(&r.ID), &r.Site, (*instant)(&r.Start), (*instant)(&r.End), &r.Status, &counts},
		"SELECT id, site, start, end, status, counts FROM runs WHERE id = ?", recordID(urn+strings.ToLower(bare)+">"))
	if counts != "" {
		r.Counts = json.RawMessage(counts)
	}
	return r, ok, err
}

// FetchedBy lists the captures that runs of sites fetched, whatever their URLs.
func (c *Catalog) FetchedBy(ctx context.Context, sites []string) iter.Seq2[archive.Capture, error] {
	return func(yield func(archive.Capture, error) bool) {
		rows, err := c.db.QueryContext(ctx, "SELECT c.url, c.date FROM captures c WHERE c.run IN (SELECT id FROM runs WHERE "+in("site", len(sites))+")", anys(sites)...)
		if err != nil {
			yield(archive.Capture{}, fmt.Errorf("catalog: %w", err))
			return
		}
		defer rows.Close()
		for rows.Next() {
			var at archive.Capture
			err := rows.Scan(&at.URL, (*instant)(&at.Time))
			if !yield(at, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(archive.Capture{}, fmt.Errorf("catalog: %w", err))
		}
	}
}
