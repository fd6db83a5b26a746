package keep

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// Repaired is the result of a repair.
type Repaired struct {
	Losses  []archive.Loss
	URLs    []string // pages of which something was lost
	Due     int      // of these, due again in the frontier
	Unknown []string // of these, unknown to every crawl
}

// Repair mends an archive's segments, makes the pages of which something was
// lost due again, and rebuilds the catalog.
func Repair(ctx context.Context, ar *archive.Archive, o archive.VerifyOptions) (*Repaired, error) {
	cat, err := catalog.Open(ctx, ar)
	if err != nil {
		return nil, err
	}
	defer cat.Close()
	m := &Repaired{}
	if m.Losses, err = ar.Repair(ctx, o); err != nil {
		return m, err
	}
	lost := map[string]bool{}
	note := func(typ, url string) {
		if url != "" && typ != "request" && typ != "metadata" && typ != "warcinfo" {
			lost[url] = true
		}
	}
	for _, l := range m.Losses {
		for _, c := range l.Lost {
			note(c.Type, c.URL)
		}
	}
	// The catalog still knows records of which nothing is readable.
	found, err := cat.Check(ctx, nil)
	if err != nil {
		return m, err
	}
	moved := map[string]bool{}
	for _, l := range m.Losses {
		moved[l.Segment] = true
	}
	for _, d := range found {
		if d.Kind != catalog.DamageLost {
			continue
		}
		if moved[d.Segment] {
			// Records that survived have only moved.
			if _, err := ar.Record(ctx, "", d.ID); err == nil {
				continue
			}
		}
		note(d.Type, d.URL)
	}
	m.URLs = slices.Sorted(maps.Keys(lost))
	if len(m.URLs) > 0 {
		front, err := OpenFrontier(ar)
		if err != nil {
			return m, err
		}
		m.Unknown, err = front.Revive(ctx, m.URLs...)
		if err = errors.Join(err, front.Close()); err != nil {
			return m, err
		}
		m.Due = len(m.URLs) - len(m.Unknown)
	}
	if len(m.Losses) == 0 && len(found) == 0 {
		return m, nil
	}
	return m, cat.Rebuild(ctx)
}

// A Suppressed is the result of a suppression.
type Suppressed struct {
	catalog.Suppression
	Captures   int      `json:"captures"`            // that it hides
	Erased     int      `json:"erased,omitempty"`    // records
	Saved      int      `json:"saved,omitempty"`     // pages that had the same bytes and keep them
	OtherFiles []string `json:"elsewhere,omitempty"` // files that may still hold the bytes
	// OtherURLs are those of the same article that are not suppressed.
	OtherURLs []string `json:"other_urls,omitempty"`
	// CatalogInUse means that somebody reads an earlier state of the catalog: its files may
	// have erased words until they end.
	CatalogInUse bool `json:"catalog_in_use,omitempty"`
}

// Suppress writes a suppression into the archive's ledger and, if it says so,
// erases what it hides. Everything it needs is checked before the first change.
func Suppress(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, s catalog.Suppression) (*Suppressed, error) {
	res := &Suppressed{}
	target := s.URL
	var err error
	if s.Record != "" {
		target = s.Record
	} else if !s.Lift {
		if res.OtherURLs, err = cat.OtherURLs(ctx, s.URL); err != nil {
			return nil, err
		}
	}
	hides, err := cat.Lookup(ctx, target)
	if err != nil {
		return nil, err
	}
	for _, c := range hides {
		if c.Type == "response" || c.Type == "revisit" || c.Type == "resource" {
			res.Captures++
		}
	}
	writer, err := ar.NewWriter()
	if err != nil {
		return nil, err
	}
	defer writer.Close()
	if s.Erase {
		if res.Saved, err = saveTwins(ctx, cat, writer, hides, s.URL); err != nil {
			return nil, err
		}
	}
	s.Date = time.Now().UTC().Truncate(time.Microsecond)
	rec, err := catalog.NewSuppression(&s)
	if err != nil {
		return nil, err
	}
	if err := keepRecord(ctx, cat, writer, rec); err != nil {
		return nil, err
	}
	res.Suppression = s
	if err := writer.Close(); err != nil || !s.Erase {
		return res, err
	}
	if res.Erased, res.OtherFiles, err = eraseTarget(ctx, ar, cat, s, hides); err != nil {
		return res, fmt.Errorf("the page is hidden but not erased: %w", err)
	}
	if err := cat.Rebuild(ctx); err != nil {
		return res, err
	}
	emptied, err := cat.EmptyLog(ctx)
	res.CatalogInUse = err == nil && !emptied
	return res, err
}

// eraseTarget erases the records that a suppression hides. hides are those with its URL or
// record ID. The catalog must be rebuilt afterwards.
func eraseTarget(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, s catalog.Suppression, hides []archive.Capture) (n int, otherFiles []string, err error) {
	var when time.Time
	var url string
	readings := map[string]bool{}
	for _, c := range hides {
		if c.ID == s.Record {
			when, url = c.Time, c.URL
		}
		if c.Type == "conversion" {
			readings[c.ID] = true
		}
	}
	if s.Record != "" {
		ids, err := cat.ReadingsOf(ctx, s.Record)
		if err != nil {
			return 0, nil, err
		}
		for _, id := range ids {
			readings[id] = true
		}
	}
	erased, otherFiles, err := ar.Erase(ctx, s.ID, func(c archive.Capture) bool {
		switch {
		case isAudit(c):
			return readings[c.RefersTo]
		case c.Type == "metadata" || c.Type == "warcinfo":
			return false
		case s.Record == "":
			return c.URL == s.URL
		}
		// A capture goes with what was sent for it and what was read from it.
		return c.ID == s.Record || c.Type == "conversion" && c.RefersTo == s.Record || c.Type == "request" && c.URL == url && c.Time.Equal(when)
	})
	return len(erased), otherFiles, err
}

// eraseWhat erases what a suppression that came from another archive hides, and returns
// how many records that were.
func eraseWhat(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, s catalog.Suppression) (int, error) {
	hides, err := cat.Lookup(ctx, cmp.Or(s.Record, s.URL))
	if err != nil {
		return 0, err
	}
	if !slices.ContainsFunc(hides, func(c archive.Capture) bool { return c.Type != "metadata" }) {
		return 0, nil // it is erased
	}
	writer, err := ar.NewWriter()
	if err != nil {
		return 0, err
	}
	_, err = saveTwins(ctx, cat, writer, hides, s.URL)
	if err := errors.Join(err, writer.Close()); err != nil {
		return 0, err
	}
	n, _, err := eraseTarget(ctx, ar, cat, s, hides)
	if err != nil {
		return 0, fmt.Errorf("%s is hidden but not erased: %w", s.URL+s.Record, err)
	}
	return n, cat.Rebuild(ctx)
}

func keepRecord(ctx context.Context, cat *catalog.Catalog, w *archive.Writer, rec *archive.Record) error {
	caps, err := w.Append(ctx, rec)
	if err != nil {
		return err
	}
	return cat.Index(ctx, caps, []*archive.Record{rec})
}

// saveTwins writes out in full the first revisit, by each other page, of a
// payload that is about to be erased: other pages keep what they had.
func saveTwins(ctx context.Context, cat *catalog.Catalog, w *archive.Writer, gone []archive.Capture, url string) (saved int, err error) {
	done := map[archive.Digest]bool{}
	for _, c := range gone {
		if c.Type != "response" || done[c.Digest] {
			continue
		}
		revisits, err := cat.Revisits(ctx, c.ID)
		if err != nil {
			return saved, err
		}
		for _, r := range revisits {
			if r.URL == url || r.URL == c.URL {
				continue
			}
			twin, err := fullRecord(ctx, cat, r, c)
			if err != nil {
				return saved, err
			}
			if err := keepRecord(ctx, cat, w, twin); err != nil {
				return saved, err
			}
			done[c.Digest] = true
			saved++
			break
		}
	}
	return saved, nil
}

// fullRecord is a revisit as the response that it would have been.
func fullRecord(ctx context.Context, cat *catalog.Catalog, revisit, original archive.Capture) (*archive.Record, error) {
	r, err := cat.Record(ctx, revisit.ID)
	if err != nil {
		return nil, err
	}
	o, err := cat.Record(ctx, original.ID)
	if err != nil {
		return nil, err
	}
	full := archive.NewRecord("response", r.Date())
	for _, f := range r.Fields {
		switch f.Name {
		case "WARC-Type", "WARC-Record-ID", "WARC-Date", "WARC-Profile", "WARC-Refers-To", "WARC-Refers-To-Target-URI", "WARC-Refers-To-Date", "WARC-Truncated",
			"WARC-Block-Digest", "Content-Length":
		default:
			full.Add(f.Name, f.Value)
		}
	}
	full.Set("Newsmorgue-Saves", revisit.ID)
	full.HTTP, full.Payload = r.HTTP, o.Payload
	return full, nil
}
