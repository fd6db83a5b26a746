package catalog

import (
	"bytes"
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
	RecordID   string // the newest reading that counts for it
	Extractor  string // of that reading
	// Reading and Before show the edit: readings of this version and of an earlier one
	// by the same extractor. Before is empty for the first version.
	Reading, Before string
}

// Versions lists the versions of an article, the oldest first, without suppressed
// ones. Captures that are not a page of its kind give none, and a page that is again
// what it was gives another one. Only readings by the same extractor, including its
// profile, are compared: a difference between extractors is not an edit of the page.
// If several extractors have readings of both captures, that of the later capture's
// newest reading decides.
func (c *Catalog) Versions(ctx context.Context, url string) ([]Version, error) {
	story := storyOf(url)
	all, err := (&history{}).timeline(ctx, c.db, story)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	var versions []Version
	page, last := course{}, lastReadings{}
	for _, a := range all {
		if page.take(a) != "" {
			continue
		}
		if v, isEdit := last.compare(a); isEdit || len(versions) == 0 {
			versions = append(versions, v)
		}
		last.add(a)
	}
	return versions, nil
}

// lastReadings are the newest readings of the captures so far, by extractor.
type lastReadings map[string]reading

func (l lastReadings) add(a *answer) {
	for _, r := range a.readings {
		l[r.extractor] = r
	}
}

// compare returns a capture as a version, and reports whether it differs from those
// before it.
func (l lastReadings) compare(a *answer) (v Version, isEdit bool) {
	newest := a.reading()
	v = Version{Captured: a.date, ResponseID: a.id, RecordID: newest.id, Extractor: newest.extractor, Reading: newest.id}
	for i := len(a.readings) - 1; i >= 0; i-- {
		r := a.readings[i]
		before, ok := l[r.extractor]
		if !ok {
			continue
		}
		if bytes.Equal(before.content, r.content) {
			return v, false
		}
		v.Reading, v.Before = r.id, before.id
		return v, true
	}
	return v, false
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
