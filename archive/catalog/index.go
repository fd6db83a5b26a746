package catalog

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers"
)

// timeLayout sorts as text; all times of the catalog are UTC.
const timeLayout = "2006-01-02T15:04:05.000000Z"

// Index adds records that were just appended, in one transaction. A record
// that is there already changes nothing.
func (c *Catalog) Index(ctx context.Context, caps []archive.Capture, recs []*archive.Record) error {
	if len(caps) == 0 {
		return nil
	}
	if len(caps) != len(recs) {
		return fmt.Errorf("catalog: %d places for %d records", len(caps), len(recs))
	}
	return c.inTx(ctx, func(tx *sql.Tx) error {
		added := map[string]int{}
		for i, rec := range recs {
			isNew, err := addRecord(ctx, tx, caps[i], rec)
			if err != nil {
				return err
			}
			if isNew {
				added[caps[i].Segment]++
			}
		}
		for segment, n := range added {
			if err := countRecords(ctx, tx, segment, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func countRecords(ctx context.Context, tx *sql.Tx, segment string, n int) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO segments VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET records = records + excluded.records", segment, n)
	return err
}

func (c *Catalog) inTx(ctx context.Context, do func(*sql.Tx) error) error {
	tx, err := c.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the first error tells the story
		return fmt.Errorf("catalog: %w", err)
	}
	return tx.Commit()
}

// catchUpStep is how many records one transaction of CatchUp takes.
const catchUpStep = 500

// CatchUp adds the records that the segments have and the catalog lacks, as
// after a crash between the two, and returns how many. A damaged record is
// passed over: verify names it.
func (c *Catalog) CatchUp(ctx context.Context) (n int, err error) {
	segs, err := c.a.Segments()
	if err != nil {
		return 0, err
	}
	for _, seg := range segs {
		added, err := c.catchUp(ctx, seg)
		n += added
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

func (c *Catalog) catchUp(ctx context.Context, seg archive.SegmentInfo) (int, error) {
	known := map[string]bool{}
	rows, err := c.db.QueryContext(ctx, "SELECT records FROM segments WHERE name = ?", seg.Name)
	if err != nil {
		return 0, err
	}
	have := 0
	for rows.Next() {
		if err := rows.Scan(&have); err != nil {
			return 0, err
		}
	}
	if err := rows.Close(); err != nil {
		return 0, err
	}
	var missing []archive.Capture
	total := 0
	for capture, err := range c.a.Captures(ctx, seg.Name) {
		if err != nil {
			return 0, err
		}
		total++
		missing = append(missing, capture)
	}
	if total <= have {
		return 0, nil
	}
	// Sealing changed the order, so that what is missing is found by id.
	if have > 0 {
		if known, err = c.idsOf(ctx, seg.Name); err != nil {
			return 0, err
		}
	}
	added := 0
	var recs []*archive.Record
	var caps []archive.Capture
	step := func() error {
		err := c.Index(ctx, caps, recs)
		added += len(recs)
		caps, recs = caps[:0], recs[:0]
		return err
	}
	for e, err := range c.a.Records(ctx, seg.Name, 0) {
		if ctx.Err() != nil {
			return added, ctx.Err()
		}
		if err != nil || known[e.ID] {
			continue
		}
		caps, recs = append(caps, e.Capture), append(recs, e.Record)
		if len(recs) == catchUpStep {
			if err := step(); err != nil {
				return added, err
			}
		}
	}
	return added, step()
}

func (c *Catalog) idsOf(ctx context.Context, segment string) (map[string]bool, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT id FROM captures WHERE segment = ?", segment)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	ids := map[string]bool{}
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, rows.Err()
}

// addRecord adds a record's rows; false if it was there.
func addRecord(ctx context.Context, tx *sql.Tx, at archive.Capture, r *archive.Record) (bool, error) {
	var etag, modified string
	if r.HTTP != nil && r.Type() != "request" {
		etag, modified = r.HTTP.Get("ETag"), r.HTTP.Get("Last-Modified")
	}
	res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO captures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		at.ID, at.Segment, at.URL, at.Type, at.Time.UTC().Format(timeLayout), at.Status, string(at.Digest), at.ContentType, at.RefersTo,
		r.Get("WARC-Warcinfo-ID"), etag, modified, r.Get("WARC-Truncated"), len(r.Payload))
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	switch {
	case at.Type == "conversion" && strings.Contains(at.ContentType, "newsmorgue.article/"):
		err = addReading(ctx, tx, at, r)
	case at.Type == "warcinfo":
		err = addRunStart(ctx, tx, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, "newsmorgue.run/"):
		err = addRunEnd(ctx, tx, at, r)
	}
	return true, err
}

// storyID names the story of a URL: 12 digits, of which people need only the first few.
func storyID(url string) string {
	sum := sha256.Sum256([]byte(url))
	return hex.EncodeToString(sum[:6])
}

func addReading(ctx context.Context, tx *sql.Tx, at archive.Capture, r *archive.Record) error {
	var a parsers.Article
	if err := json.Unmarshal(r.Payload, &a); err != nil {
		return nil // not an article of ours; its capture is known all the same
	}
	var authors []string
	for _, au := range a.Authors {
		authors = append(authors, au.Name)
	}
	names, err := json.Marshal(authors)
	if err != nil {
		return err
	}
	story, captured := storyID(at.URL), at.Time.UTC().Format(timeLayout)
	_, err = tx.ExecContext(ctx, "INSERT OR REPLACE INTO readings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		at.ID, at.Segment, at.RefersTo, a.Extractor, string(archive.SHA256(r.Payload)), story, at.URL, a.CanonicalURL, a.Site, string(a.Kind),
		a.Title, a.Byline, string(names), a.Section, a.Language, a.Published, a.Modified, captured, len(strings.Fields(a.Text)))
	if err != nil {
		return err
	}
	// The newest reading stands for the story, by capture and then by record ID,
	// which makes a rebuild equal whatever the order of records.
	_, err = tx.ExecContext(ctx, `INSERT INTO stories SELECT story, id, site, kind, ? FROM readings WHERE id = ?
		ON CONFLICT (story) DO UPDATE SET reading = excluded.reading, site = excluded.site, kind = excluded.kind, sorted = excluded.sorted
		WHERE (SELECT captured || id FROM readings WHERE id = excluded.reading) > (SELECT captured || id FROM readings WHERE id = stories.reading)`,
		sorted(a.Published, at.Time), at.ID)
	return err
}

// sorted is the instant that lists are ordered by: published, else captured.
func sorted(published string, captured time.Time) string {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, published); err == nil {
			return t.UTC().Format(timeLayout)
		}
	}
	return captured.UTC().Format(timeLayout)
}

func addRunStart(ctx context.Context, tx *sql.Tx, at archive.Capture, r *archive.Record) error {
	site := ""
	lines := bufio.NewScanner(bytes.NewReader(r.Payload))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && name == "newsmorgue-site" {
			site = strings.TrimSpace(value)
		}
	}
	if site == "" {
		return nil // a warcinfo record of another tool
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO runs VALUES (?, ?, ?, '', '', '')
		ON CONFLICT (id) DO UPDATE SET site = excluded.site, start = excluded.start`, at.ID, site, at.Time.UTC().Format(timeLayout))
	return err
}

func addRunEnd(ctx context.Context, tx *sql.Tx, at archive.Capture, r *archive.Record) error {
	var end struct{ Site, Status string }
	if err := json.Unmarshal(r.Payload, &end); err != nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO runs VALUES (?, ?, '', ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET end = excluded.end, status = excluded.status, counts = excluded.counts`,
		at.RefersTo, end.Site, at.Time.UTC().Format(timeLayout), end.Status, string(r.Payload))
	return err
}
