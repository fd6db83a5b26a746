package exchange

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"iter"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// placeOf identifies a capture by its URL and time: a response, its request and the
// articles that were read from it have the same.
func placeOf(url string, t time.Time) uint64 {
	h := fnv.New64a()
	h.Write([]byte(url))
	h.Write(binary.BigEndian.AppendUint64(nil, uint64(t.UnixMicro())))
	return h.Sum64()
}

// own are media types of records that speak of the archive and not of pages; they stay
// in it. Suppressions name what is hidden.
var own = []string{"newsmorgue.suppression/", "newsmorgue.audit/", "newsmorgue.loss/", "newsmorgue.tombstone/", "newsmorgue.stamp/"}

// selects reports whether a record is selected, but for what an earlier export has.
func (e *exporter) selects(c archive.Capture) bool {
	if e.hidden.Hides(c) {
		return false
	}
	if c.Type == "metadata" {
		for _, schema := range own {
			if strings.Contains(c.ContentType, schema) {
				return false
			}
		}
	}
	if !e.Since.IsZero() && c.Time.Before(e.Since) || !e.Until.IsZero() && c.Time.After(e.Until) {
		return false
	}
	if len(e.sites) == 0 {
		return true
	}
	if c.URL == "" || !strings.Contains(c.URL, "://") {
		return e.runs[c.ID] || e.runs[c.RefersTo] // others that are referred to come along: see yieldOne
	}
	return e.sites[e.SiteOf(c.URL)] || e.fetched[placeOf(c.URL, c.Time)]
}

// records yields the selected records in stored order. Records of runs come before the
// first record that refers to them.
func (e *exporter) records(ctx context.Context) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		segments, err := e.archive.Segments()
		if err != nil {
			yield(nil, err)
			return
		}
		var total, done int64
		for _, s := range segments {
			total += s.Bytes
		}
		r := e.archive.NewReader()
		defer r.Close()
		runs := map[string]bool{}
		for _, s := range segments {
			var seen int64
			gone := false
			for c, err := range e.archive.Captures(ctx, s.Name) {
				if gone = errors.Is(err, archive.ErrNotFound); gone {
					break // sealed or repaired after it was listed
				}
				if err != nil {
					yield(nil, err)
					return
				}
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				if c.Frame > seen {
					seen = c.Frame
					e.tell(done+min(seen, s.Bytes), total)
				}
				if !e.selects(c) || runs[c.ID] || e.added[c.ID] {
					continue
				}
				if e.had.has(c.ID) {
					e.sum.Had++
					continue
				}
				e.at = c
				if !e.yieldOne(ctx, r, c, runs, yield) {
					return
				}
			}
			e.done[s.Name] = !gone
			done += s.Bytes
			e.tell(done, total)
		}
	}
}

// yieldOne yields a record, and before it the one of its run.
func (e *exporter) yieldOne(ctx context.Context, r *archive.Reader, c archive.Capture, runs map[string]bool, yield func(*archive.Record, error) bool) bool {
	rec, err := r.Record(ctx, c)
	if isLost(err) {
		e.sum.Damaged++
		if hasPayload(c.Type) {
			e.unread[c.ID] = true
		}
		return true
	}
	if err != nil {
		return yield(nil, err)
	}
	if run := rec.Get("WARC-Warcinfo-ID"); run != "" && len(e.sites) > 0 && !runs[run] && !e.runs[run] && !e.had.has(run) {
		runs[run] = true
		info, err := e.catalog.Record(ctx, run)
		switch {
		case isLost(err):
		case err != nil:
			return yield(nil, err)
		case info.Type() == "warcinfo":
			if !yield(info, nil) {
				return false
			}
		}
	}
	return yield(rec, nil)
}

// warcFields reads the lines of an application/warc-fields block.
func warcFields(block []byte) map[string]string {
	fields := map[string]string{}
	lines := bufio.NewScanner(bytes.NewReader(block))
	for lines.Scan() {
		if name, value, ok := strings.Cut(lines.Text(), ":"); ok {
			fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return fields
}
