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
// ones, and with those that it had under other URLs before it was moved. Captures that are not a page of its kind give none, and a page that is again
// what it was gives another one. Only readings by the same extractor, including its
// profile, are compared: a difference between extractors is not an edit of the page.
// If several extractors have readings of both captures, that of the later capture's
// newest reading decides.
func (c *Catalog) Versions(ctx context.Context, url string) ([]Version, error) {
	return c.versions(ctx, newKinship(c.db), storyOf(url))
}

func (c *Catalog) versions(ctx context.Context, kin *kinship, story storyKey) ([]Version, error) {
	all, _, err := c.lifeline(ctx, kin, story)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	return versionsIn(all), nil
}

// versionsIn lists the versions among the captures of an article, the oldest first.
func versionsIn(all []*answer) (versions []Version) {
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
	return versions
}

// lastReadings are the newest readings of an article so far, by URL and extractor.
type lastReadings map[string]*readingsOf

// readingsOf are the newest readings of one URL, by extractor.
type readingsOf struct {
	date time.Time
	by   map[string]reading
}

func (l lastReadings) add(a *answer) {
	url := a.reading().url
	if l[url] == nil {
		l[url] = &readingsOf{by: map[string]reading{}}
	}
	l[url].date = a.date
	for _, r := range a.readings {
		l[url].by[r.extractor] = r
	}
}

// before returns the readings that a capture is compared with: those of its URL, or if
// it is the first one of that, as after a move, of the URL that was captured last.
func (l lastReadings) before(a *answer) map[string]reading {
	if same := l[a.reading().url]; same != nil {
		return same.by
	}
	var newest *readingsOf
	for _, r := range l {
		if newest == nil || r.date.After(newest.date) {
			newest = r
		}
	}
	if newest == nil {
		return nil
	}
	return newest.by
}

// compare returns a capture as a version, and reports whether it differs from those
// before it. An article says where it is, so one that was moved always does.
func (l lastReadings) compare(a *answer) (v Version, isEdit bool) {
	newest := a.reading()
	v = Version{Captured: a.date, ResponseID: a.id, RecordID: newest.id, Extractor: newest.extractor, Reading: newest.id}
	last := l.before(a)
	for i := len(a.readings) - 1; i >= 0; i-- {
		r := a.readings[i]
		before, ok := last[r.extractor]
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
