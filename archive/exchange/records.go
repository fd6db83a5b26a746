package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// Records writes the records with some IDs as one .warc.gz file, in the order of the IDs
// and as WARC has them: with the warcinfo record of the file, before them those of the runs
// that fetched them, and before a revisit the response that it refers to. Each record is in
// the file once. What is suppressed, erased, lost or damaged is left out, as are revisits of
// such responses, and records that speak of the archive itself; the Summary counts the rest. It returns ErrNothing, and
// has written nothing, if that leaves none. Of the options only Software and Workers count.
func Records(ctx context.Context, a *archive.Archive, c *catalog.Catalog, out io.Writer, ids []string, o Options) (Summary, error) {
	e, err := newExporter(ctx, a, c, Options{Software: o.Software, Workers: o.Workers})
	if err != nil {
		return Summary{}, wrap(err)
	}
	recs, err := e.chosen(ctx, ids)
	if err != nil || len(recs) == 0 {
		if err == nil {
			err = ErrNothing
		}
		return e.sum, wrap(err)
	}
	s := &warcSet{exporter: e}
	if s.info, err = e.info(ctx); err != nil {
		return e.sum, wrap(err)
	}
	w := warc.NewWriter(out, warc.Options{Workers: e.Workers})
	name := fmt.Sprintf("newsmorgue-%s.warc.gz", recordIDText(recs[len(recs)-1].ID()))
	if _, err := w.Write(s.infoRecord(name, recs[len(recs)-1].Date())); err != nil {
		return e.sum, wrap(err)
	}
	for _, rec := range recs {
		_, err := w.Write(rec)
		switch {
		case errors.Is(err, warc.ErrInvalid):
			e.sum.Invalid++
		case err != nil:
			return e.sum, wrap(err)
		default:
			e.count(rec)
		}
	}
	e.sum.Bytes = w.Offset()
	return e.sum, nil
}

// chosen reads the records with some IDs and what belongs to them.
func (e *exporter) chosen(ctx context.Context, ids []string) (recs []*archive.Record, err error) {
	r := e.archive.NewReader()
	defer r.Close()
	seen := map[string]bool{}
	add := func(rec *archive.Record) {
		if !seen[rec.ID()] {
			seen[rec.ID()] = true
			recs = append(recs, rec)
		}
	}
	var near []archive.Capture // the records so far: the others are likely beside them
	for _, id := range ids {
		at, err := e.place(ctx, r, near, id)
		if errors.Is(err, archive.ErrNotFound) {
			e.sum.Damaged++
			continue
		}
		if err != nil {
			return nil, err
		}
		near = append(near, at)
		if !e.selects(at) {
			e.sum.Hidden++
			continue
		}
		rec, err := r.Record(ctx, at)
		if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
			e.sum.Damaged++
			continue
		}
		if err != nil {
			return nil, err
		}
		before, err := e.before(ctx, rec)
		if errors.Is(err, errNoOriginal) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, b := range before {
			add(b)
		}
		add(rec)
	}
	return recs, nil
}

// place finds a record by its ID: in the catalog, else beside others, else in the segments.
// Its time and type are known, so that it can be found out whether it is suppressed.
func (e *exporter) place(ctx context.Context, r *archive.Reader, near []archive.Capture, id string) (archive.Capture, error) {
	found, err := e.catalog.Lookup(ctx, id)
	if err != nil {
		return archive.Capture{}, err
	}
	for _, c := range found {
		if c.ID == id {
			return c, nil
		}
	}
	var segments []string
	for _, c := range near {
		if at, err := r.Beside(ctx, c, id); err == nil {
			return at, nil
		}
		segments = append(segments, c.Segment)
	}
	found, err = e.archive.Locate(ctx, segments, id)
	if err != nil {
		return archive.Capture{}, err
	}
	return found[0], nil
}

// errNoOriginal says that a revisit is left out, because what it refers to cannot be
// written.
var errNoOriginal = errors.New("no original")

// before are the records that a file has before a record, so that a reader has met what
// the record refers to: that of its run, and the original of a revisit.
func (e *exporter) before(ctx context.Context, rec *archive.Record) (recs []*archive.Record, err error) {
	if run := rec.Get("WARC-Warcinfo-ID"); run != "" {
		info, err := e.catalog.Record(ctx, run)
		switch {
		case errors.Is(err, archive.ErrDamaged), errors.Is(err, archive.ErrNotFound):
		case err != nil:
			return nil, err
		case info.Type() == "warcinfo":
			recs = append(recs, info)
		}
	}
	if rec.Type() != "revisit" {
		return recs, nil
	}
	of, why, err := e.original(ctx, rec)
	switch {
	case err != nil:
		return nil, err
	case why != "":
		e.leaveOut(rec, why)
		return nil, errNoOriginal
	}
	return append(recs, of), nil
}

// recordIDText is a record ID as a part of a file's name.
func recordIDText(id string) string {
	var b []byte
	for i := len("<urn:uuid:"); i < len(id) && len(b) < 36; i++ {
		if c := id[i]; c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c == '-' {
			b = append(b, c)
		}
	}
	return string(b)
}
