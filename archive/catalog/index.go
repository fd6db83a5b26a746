package catalog

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// hasRow reports whether records of this type have a row in the catalog. Requests
// have none: they are found by their responses.
func hasRow(c archive.Capture) bool { return c.Type != "request" && c.Type != "continuation" }

// Index adds records that were just appended, in one transaction. A record that is
// already in the catalog is ignored. Calls that come while others are being written
// share the next transaction: see batches.
func (c *Catalog) Index(ctx context.Context, caps []archive.Capture, recs []*archive.Record) error {
	return c.IndexRead(ctx, caps, recs, nil)
}

// IndexRead is Index for records one of which is that of an article that is at hand;
// read may be nil.
func (c *Catalog) IndexRead(ctx context.Context, caps []archive.Capture, recs []*archive.Record, read *Read) error {
	return c.index(ctx, &addition{caps: caps, recs: recs, reads: []*Read{read}})
}

func (c *Catalog) index(ctx context.Context, a *addition) error {
	if len(a.caps) == 0 {
		return nil
	}
	if len(a.caps) != len(a.recs) {
		return fmt.Errorf("catalog: %d captures for %d records", len(a.caps), len(a.recs))
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // others may wait for the same transaction
	return c.batches.add(a, func(all []*addition) error { return c.addAll(ctx, all) })
}

// addAll adds the records of several calls in one transaction.
func (c *Catalog) addAll(ctx context.Context, all []*addition) error {
	return c.inTx(ctx, func(tx *transaction) error {
		if err := tx.forMany(ctx, all); err != nil {
			return err
		}
		added := map[string]int{}
		stale := &staleStories{}
		for _, a := range all {
			reads := map[*archive.Record]*Read{}
			for _, r := range a.reads {
				if r != nil {
					reads[r.Record] = r
				}
			}
			for i, rec := range a.recs {
				isNew, err := addRecord(ctx, tx, stale, a.caps[i], rec, reads[rec])
				if err != nil {
					return err
				}
				if isNew {
					added[a.caps[i].Segment]++
				}
			}
		}
		if err := stale.update(ctx, tx); err != nil {
			return err
		}
		for segment, n := range added {
			_, err := tx.ExecContext(ctx, "INSERT INTO segments (name, records, sealed, state) VALUES (?, ?, 0, 0) ON CONFLICT (name) DO UPDATE SET records = records + excluded.records", segment, n)
			if err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Catalog) inTx(ctx context.Context, do func(*transaction) error) error {
	c.db.writing.Lock()
	defer c.db.writing.Unlock()
	tx, err := c.db.begin(ctx)
	if err != nil {
		return fmt.Errorf("catalog: %w", err)
	}
	if err := do(tx); err != nil {
		_ = tx.Rollback() // the first error matters
		return fmt.Errorf("catalog: %w", err)
	}
	return tx.Commit()
}

// catchUpStep is how many records CatchUp adds in one transaction.
const catchUpStep = 500

// CatchUp adds the records that are in the segments and not in the catalog, as
// after a crash, updates the locations of sealed records, and returns how many
// records it added. If segments were repaired or records erased, it rebuilds the
// catalog. Damaged records are skipped: see Unreadable.
func (c *Catalog) CatchUp(ctx context.Context) (n int, err error) {
	n, err = c.catchUp(ctx)
	if errors.Is(err, errStale) {
		return 0, c.Rebuild(ctx)
	}
	return n, err
}

// Unreadable counts the records that are missing in the catalog because they could not be
// read when their segments were indexed. archive.Verify reports what is damaged now, also
// what was damaged since.
func (c *Catalog) Unreadable(ctx context.Context) (n int, err error) {
	if err := c.db.QueryRowContext(ctx, "SELECT coalesce(sum(unreadable), 0) FROM segments").Scan(&n); err != nil {
		return 0, fmt.Errorf("catalog: %w", err)
	}
	return n, nil
}

// catchUp is CatchUp without a rebuild.
func (c *Catalog) catchUp(ctx context.Context) (n int, err error) {
	if n, err = c.catchUpRecords(ctx); err != nil {
		return n, err
	}
	return n, c.indexWaiting(ctx)
}

// A segmentState is the catalog's row of a segment.
type segmentState struct {
	records int
	sealed  bool
	state   int64
}

func (c *Catalog) catchUpRecords(ctx context.Context) (n int, err error) {
	segs, err := c.a.Segments()
	if err != nil {
		return 0, err
	}
	known, err := c.segmentStates(ctx)
	if err != nil {
		return 0, err
	}
	for _, seg := range segs {
		k := known[seg.Name]
		delete(known, seg.Name)
		if k.sealed && (!seg.Sealed || k.state != seg.Bytes) {
			return n, errStale
		}
		if k.sealed == seg.Sealed && k.state == seg.Bytes && seg.Bytes > 0 {
			continue
		}
		added, err := c.catchUpSegment(ctx, seg, k)
		n += added
		if err != nil {
			return n, err
		}
	}
	if len(known) > 0 {
		return n, errStale // segments were moved to the quarantine
	}
	return n, nil
}

func (c *Catalog) segmentStates(ctx context.Context) (map[string]segmentState, error) {
	return segmentStatesOf(ctx, c.db)
}

func segmentStatesOf(ctx context.Context, q querier) (map[string]segmentState, error) {
	rows, err := q.QueryContext(ctx, "SELECT name, records, sealed, state FROM segments")
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	known := map[string]segmentState{}
	for rows.Next() {
		var name string
		var k segmentState
		if err := rows.Scan(&name, &k.records, &k.sealed, &k.state); err != nil {
			return nil, err
		}
		known[name] = k
	}
	return known, rows.Err()
}

func (c *Catalog) catchUpSegment(ctx context.Context, seg archive.SegmentInfo, k segmentState) (int, error) {
	total, from := 0, int64(0)
	for capture, err := range c.a.Captures(ctx, seg.Name) {
		if errors.Is(err, archive.ErrNotFound) {
			return 0, nil // sealed or repaired after it was listed
		}
		if err != nil {
			return 0, err
		}
		if hasRow(capture) {
			total++
		}
	}
	if total < k.records {
		return 0, errStale // of a snapshot whose last records were lost with their journal
	}
	added := 0
	if total > k.records {
		var err error
		if added, err = c.addMissing(ctx, seg.Name, k.records > 0, from); err != nil {
			return added, err
		}
	}
	if seg.Sealed {
		if err := c.updateLocations(ctx, seg.Name); err != nil {
			return added, err
		}
	}
	_, err := c.db.ExecContext(ctx, `INSERT INTO segments (name, records, sealed, state, unreadable) VALUES (?, 0, ?, ?, ?)
		ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed, state = excluded.state, unreadable = excluded.unreadable`,
		seg.Name, seg.Sealed, seg.Bytes, max(0, total-k.records-added))
	return added, err
}

func (c *Catalog) addMissing(ctx context.Context, segment string, some bool, from int64) (added int, err error) {
	known := map[recordID]bool{}
	// Sealing changes the order, so missing records are found by ID.
	if some {
		if known, err = c.idsOf(ctx, segment); err != nil {
			return 0, err
		}
	}
	var recs []*archive.Record
	var caps []archive.Capture
	step := func() error {
		err := c.IndexReads(ctx, caps, recs, prepareAll(recs))
		added += len(recs)
		caps, recs = caps[:0], recs[:0]
		return err
	}
	for e, err := range c.a.Records(ctx, segment, from) {
		if ctx.Err() != nil {
			return added, ctx.Err()
		}
		if isAway(err) {
			return added, err // the next CatchUp reads the rest
		}
		if err != nil || !hasRow(e.Capture) || known[recordID(e.ID)] {
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

// updateLocations sets the locations of the records of a sealed segment.
func (c *Catalog) updateLocations(ctx context.Context, segment string) error {
	return c.inTx(ctx, func(tx *transaction) error {
		captures, err := tx.PrepareContext(ctx, "UPDATE captures SET frame = ?, packed = ?, at = ?, size = ? WHERE id = ? AND segment = ? AND frame < 0")
		if err != nil {
			return err
		}
		defer captures.Close()
		readings, err := tx.PrepareContext(ctx, "UPDATE readings SET frame = ?, packed = ?, at = ?, size = ? WHERE id = ? AND segment = ? AND frame < 0")
		if err != nil {
			return err
		}
		defer readings.Close()
		for at, err := range c.a.Captures(ctx, segment) {
			if err != nil {
				return err
			}
			if !hasRow(at) {
				continue
			}
			into := captures
			if isReading(at) {
				into = readings
			}
			if _, err := into.ExecContext(ctx, at.Frame, at.FrameLength, at.Offset, at.Length, recordID(at.ID), at.Segment); err != nil {
				return err
			}
		}
		return nil
	})
}

func (c *Catalog) idsOf(ctx context.Context, segment string) (map[recordID]bool, error) {
	rows, err := c.db.QueryContext(ctx, "SELECT id FROM captures WHERE segment = ?1 UNION ALL SELECT id FROM readings WHERE segment = ?1", segment)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	ids := map[recordID]bool{}
	for rows.Next() {
		var id recordID
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids[id] = true
	}
	return ids, rows.Err()
}

// targetOf is where a redirect leads to; "" if that is not a URL.
func targetOf(from, location string) string {
	base, err := url.Parse(from)
	if err != nil || location == "" {
		return ""
	}
	to, err := base.Parse(strings.TrimSpace(location))
	if err != nil || to.Host == "" {
		return ""
	}
	to.Fragment = ""
	if to.Path == "" {
		to.Path = "/"
	}
	return to.String()
}

func isReading(c archive.Capture) bool {
	return c.Type == "conversion" && strings.Contains(c.ContentType, "newsmorgue.article/")
}

// addRecord adds a record's rows and notes the stories whose current version may
// change by it. It returns false if the catalog had the rows already, or if the
// record has none.
func addRecord(ctx context.Context, tx *transaction, stale *staleStories, at archive.Capture, r *archive.Record, read *Read) (bool, error) {
	if !hasRow(at) {
		return false, nil
	}
	if isReading(at) {
		stale.add(storyOf(at.URL))
		reading := readingOf(at, r, read)
		stale.keep(at.ID, reading)
		return addReading(ctx, tx, at, reading)
	}
	var etag, modified, target string
	if r.HTTP != nil {
		etag, modified = r.HTTP.Get("ETag"), r.HTTP.Get("Last-Modified")
		if at.Status >= 300 && at.Status < 400 {
			target = targetOf(at.URL, r.HTTP.Get("Location"))
		}
	}
	res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO captures VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		recordID(at.ID), at.Segment, int64(storyOf(at.URL)), at.URL, at.Type, instant(at.Time), at.Status, digest(at.Digest), at.ContentType, recordID(at.RefersTo),
		recordID(r.Get(SameArticle)), recordID(r.Get("WARC-Warcinfo-ID")), etag, modified, r.Get("WARC-Truncated"), target, len(r.Payload), at.Frame, at.FrameLength, at.Offset, at.Length)
	if err != nil {
		return false, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return false, err
	}
	switch {
	case isAnswer(at.Type):
		stale.add(storyOf(at.URL))
	case r.Get(archive.ImportID) != "":
		// What a file says about runs, suppressions and verdicts is not about this archive.
	case at.Type == "warcinfo":
		err = addRunStart(ctx, tx, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, "newsmorgue.run/"):
		err = addRunEnd(ctx, tx, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, "newsmorgue.skipped/"):
		err = addSkipped(ctx, tx, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, "newsmorgue.template/"):
		err = addProfile(ctx, tx, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, "newsmorgue.suppression/"):
		err = addSuppression(ctx, tx, stale, at, r)
	case at.Type == "metadata" && strings.Contains(at.ContentType, verdictSchema):
		err = addVerdict(ctx, tx, stale, at, r)
	}
	return true, err
}

// invalidUTF8 is how JSON has bytes that are not UTF-8.
var invalidUTF8 = []byte(`\ufffd`)

// readingOf is the article of a record: the one at hand if the record is that one's,
// and would give the same.
func readingOf(at archive.Capture, r *archive.Record, read *Read) *Read {
	if read != nil && read.prepared != nil && read.Record == r {
		return read
	}
	if read != nil && read.Record == r && !bytes.Contains(r.Payload, invalidUTF8) {
		return read
	}
	a := &article.Article{}
	if err := json.Unmarshal(r.Payload, a); err != nil {
		a = &article.Article{URL: at.URL} // not a valid article; its row still shows that it exists
	}
	return &Read{Record: r, Article: a, Fingerprint: FingerprintOf(at.URL, a)}
}

func addReading(ctx context.Context, tx *transaction, at archive.Capture, read *Read) (bool, error) {
	a := read.Article
	var authors []string
	for _, au := range a.Authors {
		authors = append(authors, au.Name)
	}
	names, err := json.Marshal(authors)
	if err != nil {
		return false, err
	}
	canonical := a.CanonicalURL
	if canonical == at.URL {
		canonical = "="
	}
	p := read.prepare()
	res, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO readings VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)",
		recordID(at.ID), at.Segment, recordID(at.RefersTo), a.Extractor, p.content, int64(storyOf(at.URL)), at.URL, canonical, a.Site, string(a.Kind),
		a.Title, a.Byline, string(names), a.Section, a.Language, a.Published, a.Modified, instant(at.Time), instant(sortTime(a.Published, at.Time)),
		p.words, a.Paywalled, int64(FieldsOf(a)), read.Fingerprint, recordID(read.Record.Get(PageEdit)), at.Frame, at.FrameLength, at.Offset, at.Length)
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// countWords counts what white space parts, as strings.Fields does.
func countWords(s string) (n int) {
	for range strings.FieldsSeq(s) {
		n++
	}
	return n
}

// sortTime returns the time by which lists are sorted: of publication, else of capture.
func sortTime(published string, captured time.Time) time.Time {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly, "2006-01", "2006"} {
		if t, err := time.Parse(layout, published); err == nil {
			return t
		}
	}
	return captured
}

func addRunStart(ctx context.Context, tx *transaction, at archive.Capture, r *archive.Record) error {
	site := ""
	lines := bufio.NewScanner(bytes.NewReader(r.Payload))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok && name == "newsmorgue-site" {
			site = strings.TrimSpace(value)
		}
	}
	if site == "" {
		return nil // the warcinfo record of another program
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO runs VALUES (?, ?, ?, 0, '', '')
		ON CONFLICT (id) DO UPDATE SET site = excluded.site, start = excluded.start`, recordID(at.ID), site, instant(at.Time))
	return err
}

func addRunEnd(ctx context.Context, tx *transaction, at archive.Capture, r *archive.Record) error {
	var end struct{ Site, Status string }
	if err := json.Unmarshal(r.Payload, &end); err != nil {
		return nil
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO runs VALUES (?, ?, 0, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET end = excluded.end, status = excluded.status, counts = excluded.counts`,
		recordID(at.RefersTo), end.Site, instant(at.Time), end.Status, string(r.Payload))
	return err
}

// addSkipped adds the turns of a schedule that had no run.
func addSkipped(ctx context.Context, tx *transaction, at archive.Capture, r *archive.Record) error {
	var s struct {
		Site        string
		From, Until time.Time
	}
	if err := json.Unmarshal(r.Payload, &s); err != nil || s.Site == "" || s.From.IsZero() {
		return nil // not a valid record
	}
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?)", recordID(at.ID), s.Site, instant(s.From), instant(s.Until), StatusSkipped, string(r.Payload))
	return err
}

func addProfile(ctx context.Context, tx *transaction, at archive.Capture, r *archive.Record) error {
	var of struct{ Site string }
	if err := json.Unmarshal(r.Payload, &of); err != nil || of.Site == "" {
		return nil // not a valid profile
	}
	_, err := tx.ExecContext(ctx, "INSERT OR IGNORE INTO profiles VALUES (?,?,?)", recordID(at.ID), of.Site, instant(at.Time))
	return err
}
