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
// that it was read from, the request, and for a revisit the record with the payload. That
// record is left out, and hidden is its ID, if it is the page of a suppressed URL.
func ProveStory(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, s catalog.Story) (p *archive.Proof, hidden string, err error) {
	return prove(ctx, ar, cat, []string{s.Segment}, s.RecordID, s.ResponseID)
}

// ProveRecord makes a proof of the record with an ID, and of what belongs to it as
// ProveStory does. An erased record is proved by its tombstone. It returns
// ErrSuppressed if the record is suppressed and not erased.
func ProveRecord(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, id string) (p *archive.Proof, hidden string, err error) {
	found, err := ar.Locate(ctx, nil, id)
	if err != nil {
		return nil, "", err
	}
	suppressed, err := cat.Hidden(ctx)
	if err != nil {
		return nil, "", err
	}
	c := found[0]
	if suppressed.Hides(c) && !c.IsErased() {
		return nil, "", ErrSuppressed
	}
	ids := []string{id}
	if c.Type == "conversion" && c.RefersTo != "" {
		ids = append(ids, c.RefersTo)
	}
	return prove(ctx, ar, cat, []string{c.Segment}, ids...)
}

// prove makes a proof of records and of what belongs to the last one.
func prove(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, segments []string, ids ...string) (p *archive.Proof, hidden string, err error) {
	caps, err := ar.Locate(ctx, segments, ids...)
	if err != nil {
		return nil, "", err
	}
	last := caps[len(caps)-1]
	segments = append(segments, last.Segment)
	if last.Type == "response" || last.Type == "revisit" {
		rec, err := ar.RecordAt(ctx, last)
		if err != nil {
			return nil, "", err
		}
		for _, id := range rec.Values("WARC-Concurrent-To") {
			found, err := ar.Locate(ctx, segments, id)
			if errors.Is(err, archive.ErrNotFound) {
				continue // a crash may have cost it
			}
			if err != nil {
				return nil, "", err
			}
			caps = append(caps, found...)
		}
	}
	if last.Type == "revisit" {
		payload, err := cat.Payload(ctx, last.ID)
		if err != nil {
			return nil, "", err
		}
		found, err := ar.Locate(ctx, segments, payload.ID())
		if err != nil {
			return nil, "", err
		}
		suppressed, err := cat.Hidden(ctx)
		if err != nil {
			return nil, "", err
		}
		if suppressed.Hides(found[0]) && !found[0].IsErased() {
			hidden = found[0].ID
		} else {
			caps = append(caps, found...)
		}
	}
	// A record from elsewhere may only look like a time stamp.
	p, err = ar.Proof(ctx, func(s *archive.Stamp) bool {
		check := CheckToken(s.TSA, s.Digest, s.Token, nil)
		return check.State != TokenInvalid && check.Token.Time.Equal(s.Time)
	}, caps...)
	return p, hidden, err
}
