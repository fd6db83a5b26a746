package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// A Version is an article as it was from one capture until the next Version.
type Version struct {
	Captured   time.Time
	ResponseID string // of the response or revisit
	RecordID   string // its newest reading
	Extractor  string // of that reading
	// Reading and Before show the edit: readings of this capture and of an earlier one
	// by the same extractor. Before is empty for the first version.
	Reading, Before string
}

// Versions lists the versions of an article, the oldest first, without suppressed
// ones. Only readings by the same extractor, including its profile, are compared: a
// difference between extractors is not an edit of the page. If several extractors
// have readings of both captures, that of the later capture's newest reading decides.
func (c *Catalog) Versions(ctx context.Context, url string) ([]Version, error) {
	rows, err := c.db.QueryContext(ctx, `SELECT id, response, extractor, content, captured FROM readings r WHERE story = ? AND url = ? AND kind != ''
		AND NOT EXISTS (SELECT 1 FROM hidden h WHERE h.url = r.url AND h.record = x'' OR h.record IN (r.id, r.response)) ORDER BY captured, response, id`, int64(storyOf(url)), url)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	type reading struct {
		id, response string
		extractor    string
		content      []byte
		captured     time.Time
	}
	var versions []Version
	last := map[string]reading{} // by extractor, of the captures before
	var of []reading             // of one capture
	endCapture := func() {
		if len(of) == 0 {
			return
		}
		newest := of[len(of)-1]
		v := Version{Captured: newest.captured, ResponseID: newest.response, RecordID: newest.id, Extractor: newest.extractor, Reading: newest.id}
		edit := len(versions) == 0
		seen := map[string]bool{}
		for i := len(of) - 1; i >= 0; i-- {
			r := of[i]
			before, ok := last[r.extractor]
			if seen[r.extractor] || !ok {
				continue
			}
			seen[r.extractor] = true
			if len(seen) == 1 && string(before.content) != string(r.content) {
				edit, v.Reading, v.Before = true, r.id, before.id
			}
		}
		for _, r := range of {
			last[r.extractor] = r
		}
		if edit {
			versions = append(versions, v)
		}
		of = of[:0]
	}
	for rows.Next() {
		var r reading
		if err := rows.Scan((*recordID)(&r.id), (*recordID)(&r.response), &r.extractor, &r.content, (*instant)(&r.captured)); err != nil {
			return nil, err
		}
		if len(of) > 0 && of[0].response != r.response {
			endCapture()
		}
		of = append(of, r)
	}
	endCapture()
	return versions, rows.Err()
}

// Profile finds the record of the newest template profile of a site.
func (c *Catalog) Profile(ctx context.Context, site string) (id string, ok bool, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT id FROM profiles WHERE site = ? ORDER BY date DESC, id DESC LIMIT 1", site).Scan((*recordID)(&id))
	if errors.Is(err, sql.ErrNoRows) {
		return "", false, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("catalog: %w", err)
	}
	return id, true, nil
}

// CapturedSince counts the stories of a site whose newest reading is of a capture
// after a time.
func (c *Catalog) CapturedSince(ctx context.Context, site string, t time.Time) (n int, err error) {
	err = c.db.QueryRowContext(ctx, "SELECT count(*) FROM stories s JOIN readings r ON r.id = s.reading WHERE s.site = ? AND r.captured > ?", site, instant(t)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("catalog: %w", err)
	}
	return n, nil
}
