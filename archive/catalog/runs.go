package catalog

import (
	"context"
	"encoding/json"
	"fmt"
	"time"
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

func (c *Catalog) runs(ctx context.Context, where, site string, until time.Time, limit int) ([]Run, error) {
	if limit <= 0 {
		limit = -1
	}
	rows, err := c.db.QueryContext(ctx, `SELECT id, site, start, end, status, counts FROM runs WHERE (? = '' OR site = ?) AND start != 0 AND (? = 0 OR start <= ?) AND `+where+`
		ORDER BY start DESC, id LIMIT ?`, site, site, instant(until), instant(until), limit)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	var runs []Run
	for rows.Next() {
		var r Run
		var counts string
		if err := rows.Scan((*recordID)(&r.ID), &r.Site, (*instant)(&r.Start), (*instant)(&r.End), &r.Status, &counts); err != nil {
			return nil, err
		}
		if counts != "" {
			r.Counts = json.RawMessage(counts)
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
