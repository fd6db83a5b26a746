package exchange

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A LeftRevisit is a revisit that is not in the export, since what it refers to cannot be
// in it either.
type LeftRevisit struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Why string `json:"why"`
}

// maxLeft bounds the revisits that a Summary names.
const maxLeft = 20

// Why a revisit is left out.
const (
	whySuppressed = "what it refers to is suppressed"
	whyMissing    = "what it refers to is not in the archive"
	whyUnread     = "what it refers to cannot be read"
)

// withOriginals yields the selected records, and before a revisit the response that it
// refers to, if that is not in the export by itself. A revisit whose original cannot be
// exported is left out, so that none refers to a record outside of the export.
func (e *exporter) withOriginals(ctx context.Context) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for rec, err := range e.records(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			if rec.Type() == "revisit" && !e.has(ctx, rec.Get("WARC-Refers-To")) {
				of, why, err := e.original(ctx, rec)
				switch {
				case err != nil:
					yield(nil, err)
					return
				case why != "":
					e.leaveOut(rec, why)
					continue
				case !e.has(ctx, of.ID()):
					e.added[of.ID()] = true
					e.sum.Originals++
					if !yield(of, nil) {
						return
					}
				}
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

func (e *exporter) leaveOut(revisit *archive.Record, why string) {
	e.sum.Outside++
	if len(e.sum.LeftOut) < maxLeft {
		e.sum.LeftOut = append(e.sum.LeftOut, LeftRevisit{revisit.ID(), revisit.TargetURI(), why})
	}
}

// has reports whether the record with an ID is in the export and has a payload.
func (e *exporter) has(ctx context.Context, id string) bool {
	if id == "" || e.had.has(id) || e.unread[id] {
		return false
	}
	if e.added[id] {
		return true
	}
	found, err := e.catalog.Lookup(ctx, id)
	if err != nil {
		return false
	}
	for _, c := range found {
		if c.ID == id {
			return hasPayload(c.Type) && e.selects(c) && e.isThere(ctx, c)
		}
	}
	return false
}

// isThere reports whether a record that is selected can be read. The catalog may know
// records of damaged lines and of segments that are gone.
func (e *exporter) isThere(ctx context.Context, c archive.Capture) bool {
	at, err := e.archive.Locate(ctx, []string{c.Segment}, c.ID)
	if err != nil {
		return false
	}
	if e.passed(at[0]) {
		return true // else it would be in unread
	}
	_, err = e.archive.RecordAt(ctx, at[0])
	return err == nil
}

// hasPayload reports whether revisits may refer to records of a type (WARC 1.1, section
// 6.7): what files of other programs refer to may be anything.
func hasPayload(typ string) bool { return typ == "response" || typ == "resource" }

// passed reports whether the records up to a capture were exported: those that could not
// be read are known.
func (e *exporter) passed(c archive.Capture) bool {
	at := e.at
	switch {
	case c.Segment != at.Segment:
		return e.done[c.Segment]
	case (c.Frame < 0) != (at.Frame < 0): // it was sealed in between
		return false
	case c.Frame != at.Frame:
		return c.Frame < at.Frame
	}
	return c.Offset <= at.Offset
}

// isLost reports whether an error says that a record cannot be had, now or later: it is
// damaged, or its segment is gone.
func isLost(err error) bool {
	return errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrNotFound) || errors.Is(err, fs.ErrNotExist)
}

// original is the response with the payload of a revisit, which is written with it where
// it is not selected by itself; why says why there is none.
func (e *exporter) original(ctx context.Context, revisit *archive.Record) (of *archive.Record, why string, err error) {
	if e.hidden.Hides(archive.Capture{Type: "response", ID: revisit.Get("WARC-Refers-To"), URL: revisit.Get("WARC-Refers-To-Target-URI")}) {
		return nil, whySuppressed, nil
	}
	of, err = e.catalog.Payload(ctx, revisit.ID())
	if errors.Is(err, archive.ErrNotFound) || err == nil && !hasPayload(of.Type()) {
		of, err = e.byPlace(ctx, revisit)
	}
	switch {
	case errors.Is(err, archive.ErrNotFound):
		return nil, whyMissing, nil
	case isLost(err):
		return nil, whyUnread, nil
	case err != nil:
		return nil, "", err
	case e.hidden.Hides(archive.Capture{Type: of.Type(), ID: of.ID(), URL: of.TargetURI(), Time: of.Date()}):
		return nil, whySuppressed, nil
	}
	return of, "", nil
}

// byPlace finds the original of a revisit by its URL and time: some programs name no
// record.
func (e *exporter) byPlace(ctx context.Context, revisit *archive.Record) (*archive.Record, error) {
	url := revisit.Get("WARC-Refers-To-Target-URI")
	at, err := time.Parse(time.RFC3339Nano, revisit.Get("WARC-Refers-To-Date"))
	if url == "" || err != nil {
		return nil, archive.ErrNotFound
	}
	caps, err := e.catalog.Captured(ctx, url)
	if err != nil {
		return nil, err
	}
	for _, c := range caps {
		if hasPayload(c.Type) && c.Time.Equal(at) {
			return e.catalog.Record(ctx, c.ID)
		}
	}
	return nil, archive.ErrNotFound
}
