package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Past is what is known of a capture, and of its URL just before it.
type Past struct {
	// Before is the current version then, as Current would have found it; if there was
	// none, the newest response, as LastResponse. It is zero if Was is false. Only the
	// fields that have to do with the schedule of visits are filled: ResponseID, CaptureID,
	// ArticleRecordID, ReadID, Kind, Title, Published and Fingerprint.
	Before Held
	Was    bool

	Why     Reason // why the capture did not become the current version
	Changed bool   // it is another version than Before
	// State is what was read from the capture, as in State; Reading is where the record of
	// that is, whose ID is empty if there is none.
	State   State
	Reading archive.Capture
}

// PastOf returns what is known of a capture of a page.
func (c *Catalog) PastOf(ctx context.Context, url, capture string) (p Past, err error) {
	all, err := (&history{}).timeline(ctx, c.db, storyOf(url))
	if err != nil {
		return p, fmt.Errorf("catalog: %w", err)
	}
	course, at := &course{}, (*answer)(nil)
	for _, a := range all {
		if a.url != url {
			continue // of another URL with the same hash
		}
		if a.id == capture {
			at = a
			break
		}
		course.take(a)
	}
	if err := c.before(ctx, &p, course.current, url, capture); err != nil || at == nil {
		return p, err
	}
	was := course.current
	p.Why = course.take(at)
	p.State = State{Last: at.date, Status: at.status, Why: p.Why}
	if len(at.readings) == 0 {
		return p, nil
	}
	r := at.reading()
	if p.Reading, err = c.located(ctx, r.id); err != nil {
		return p, err
	}
	p.State.Kind, p.State.Title, p.State.Site, p.State.Fingerprint = string(r.kind), r.title, r.site, r.fingerprint
	p.Changed = was != nil && p.Why == "" && !sameContent(was, at)
	return p, nil
}

// before fills what was current before a capture, or else the newest response.
func (c *Catalog) before(ctx context.Context, p *Past, current *answer, url, capture string) (err error) {
	h := &p.Before
	h.URL = url
	if current == nil {
		p.Was, err = c.one(ctx, []any{(*recordID)(&h.CaptureID), (*recordID)(&h.ResponseID)}, `SELECT p.id, CASE p.type WHEN 'revisit' THEN p.refers ELSE p.id END
			FROM captures n JOIN captures p ON p.story = n.story AND p.url = n.url AND p.type IN ('response', 'revisit') AND (p.date, p.id) < (n.date, n.id)
			WHERE n.id = ?1 ORDER BY p.date DESC, p.id DESC LIMIT 1`, recordID(capture))
		return err
	}
	r := current.reading()
	p.Was, h.CaptureID, h.ResponseID = true, current.bearer(), current.bearer()
	if current.typ == "revisit" && !current.ownURL {
		h.ResponseID = current.refers
	}
	h.ArticleRecordID, h.ReadID, h.Kind, h.Title, h.Site, h.Fingerprint = r.id, r.response, string(r.kind), r.title, r.site, r.fingerprint
	if current.weak {
		h.Kind = "blocked"
	}
	_, err = c.one(ctx, []any{&h.Published}, "SELECT published FROM readings WHERE id = ?", recordID(r.id))
	return err
}

// sameContent reports whether two captures have the same article, by the newest extractor
// that has read both; by their newest readings if there is none.
func sameContent(a, b *answer) bool {
	for i := len(b.readings) - 1; i >= 0; i-- {
		for j := len(a.readings) - 1; j >= 0; j-- {
			if a.readings[j].extractor == b.readings[i].extractor {
				return bytes.Equal(a.readings[j].content, b.readings[i].content)
			}
		}
	}
	return bytes.Equal(a.reading().content, b.reading().content)
}

// capturesStep is how many captures CapturesBy reads at once.
const capturesStep = 2000

// CapturesBy calls visit with the responses and revisits of a run that began at a time, in
// the order of their times, suppressed ones, too. end is when no other capture of it can
// follow; zero is not known. The catalog may be used within visit.
func (c *Catalog) CapturesBy(ctx context.Context, run string, start, end time.Time, visit func([]archive.Capture) error) error {
	last := archive.Capture{Time: start.Add(-time.Minute)}
	for {
		until := int64(1<<63 - 1)
		if !end.IsZero() {
			until = end.Add(time.Minute).UnixMicro()
		}
		page, err := c.captures(ctx, `INDEXED BY captures_date WHERE run = ?1 AND type IN ('response', 'revisit') AND date >= ?2 AND (date > ?2 OR id > ?3) AND date <= ?4 ORDER BY date, id LIMIT ?5`,
			recordID(run), instant(last.Time), recordID(last.ID), until, capturesStep)
		if err != nil || len(page) == 0 {
			return errors.Join(err, ctx.Err())
		}
		if err := visit(page); err != nil {
			return err
		}
		last = page[len(page)-1]
	}
}
