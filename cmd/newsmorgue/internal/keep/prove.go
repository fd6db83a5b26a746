package keep

import (
	"context"
	"errors"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// ErrSuppressed means that a record is suppressed, and so is not shown.
var ErrSuppressed = errors.New("suppressed")

// ProveStory makes a proof of an article: its conversion record, the response or revisit
// that it was read from, the request, and for a revisit the record with the payload. Of
// the last two, those that are suppressed are left out, and hidden are their IDs. It
// returns ErrSuppressed if the article or the page that it was read from is suppressed.
func ProveStory(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, s catalog.Story) (p *archive.Proof, hidden []string, err error) {
	return prove(ctx, ar, cat, []string{s.Segment}, s.RecordID, s.ResponseID)
}

// ProveRecord makes a proof of the record with an ID, and of what belongs to it as
// ProveStory does. An erased record is proved by its tombstone. It returns
// ErrSuppressed if the record is suppressed and not erased.
func ProveRecord(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, id string) (p *archive.Proof, hidden []string, err error) {
	found, err := ar.Locate(ctx, nil, id)
	if err != nil {
		return nil, nil, err
	}
	c, ids := found[0], []string{id}
	if c.Type == "conversion" && c.RefersTo != "" {
		ids = append(ids, c.RefersTo)
	}
	return prove(ctx, ar, cat, []string{c.Segment}, ids...)
}

// prove makes a proof of records and of what belongs to the last one.
func prove(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, segments []string, ids ...string) (p *archive.Proof, hidden []string, err error) {
	caps, err := ar.Locate(ctx, segments, ids...)
	if err != nil {
		return nil, nil, err
	}
	suppressed, err := cat.Hidden(ctx)
	if err != nil {
		return nil, nil, err
	}
	// What belongs to a page may be of another URL, or suppressed by itself.
	isHidden := func(c archive.Capture) bool { return suppressed.Hides(c) && !c.IsErased() }
	for _, c := range caps {
		if isHidden(c) {
			return nil, nil, ErrSuppressed
		}
	}
	last := caps[len(caps)-1]
	more, err := belonging(ctx, ar, cat, append(segments, last.Segment), last)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range more {
		if isHidden(c) {
			hidden = append(hidden, c.ID)
		} else {
			caps = append(caps, c)
		}
	}
	// A record from elsewhere may only look like a time stamp.
	p, err = ar.Proof(ctx, func(s *archive.Stamp) bool {
		return CheckStamp(s, nil).State != TokenInvalid
	}, caps...)
	return p, hidden, err
}

// belonging lists what belongs to a response or revisit: the request and what else was
// recorded with it, and for a revisit the record with the payload. They are looked for in
// the given segments first.
func belonging(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, segments []string, page archive.Capture) (more []archive.Capture, err error) {
	if page.Type != "response" && page.Type != "revisit" {
		return nil, nil
	}
	rec, err := ar.RecordAt(ctx, page)
	if err != nil {
		return nil, err
	}
	for _, id := range rec.Values("WARC-Concurrent-To") {
		found, err := ar.Locate(ctx, segments, id)
		if errors.Is(err, archive.ErrNotFound) {
			continue // a crash may have cost it
		}
		if err != nil {
			return nil, err
		}
		more = append(more, found...)
	}
	if page.Type == "revisit" {
		payload, err := cat.Payload(ctx, page.ID)
		if err != nil {
			return nil, err
		}
		found, err := ar.Locate(ctx, segments, payload.ID())
		if err != nil {
			return nil, err
		}
		more = append(more, found...)
	}
	return more, nil
}
