package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
)

// Proof makes a proof of records in sealed segments, of which Segment and ID count, with
// the time stamps in the archive that cover them: the earliest of each authority, of
// those that are usable, or of all if usable is nil. The tokens are not verified. It
// returns ErrOpen if a record is in an open journal, ErrNotFound if it is not in its
// segment, and ErrDamaged if the records of the segment are not those that were sealed.
// The memory that it needs are the records, and 32 bytes for each other one of their
// segments.
func (a *Archive) Proof(ctx context.Context, usable func(*Stamp) bool, records ...Capture) (*Proof, error) {
	p := &Proof{Format: proofFormat, Version: ProofVersion, Archive: a.info.ID}
	wanted := map[string]map[string]*ProvedRecord{} // by segment and record ID
	var order []*ProvedRecord
	for _, c := range records {
		if wanted[c.Segment] == nil {
			wanted[c.Segment] = map[string]*ProvedRecord{}
		}
		if wanted[c.Segment][c.ID] == nil {
			r := &ProvedRecord{Segment: c.Segment}
			wanted[c.Segment][c.ID] = r
			order = append(order, r)
		}
	}
	for _, r := range order {
		if r.Line != nil {
			continue // found together with another one of its segment
		}
		segment, err := a.proveIn(ctx, r.Segment, wanted[r.Segment])
		if err != nil {
			return nil, fmt.Errorf("segment %s: %w", r.Segment, err)
		}
		p.Segments = append(p.Segments, segment)
	}
	for _, r := range order {
		p.Records = append(p.Records, *r)
	}
	if err := a.addStamps(ctx, p, usable); err != nil {
		return nil, err
	}
	if err := p.bounded(); err != nil {
		return nil, err
	}
	return p, p.Verify()
}

// proveIn reads a segment and fills in the wanted records.
func (a *Archive) proveIn(ctx context.Context, name string, wanted map[string]*ProvedRecord) (ProvedSegment, error) {
	x, err := a.index(ctx, name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if _, _, err := a.captures(ctx, name); err != nil {
			return ProvedSegment{}, err
		}
		return ProvedSegment{}, ErrOpen
	case err == nil:
		err = x.scanned // a rebuilt index has no root
	}
	if err != nil {
		return ProvedSegment{}, err
	}
	for id := range wanted {
		if _, ok := x.find(id); !ok {
			return ProvedSegment{}, fmt.Errorf("%w: %s", ErrNotFound, id)
		}
	}
	leaves := make([]leaf, 0, len(x.captures))
	indexes := make(map[*ProvedRecord]int, len(wanted))
	for l, err := range a.lines(ctx, x.captures) {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil {
			return ProvedSegment{}, err
		}
		if r := wanted[l.capture.ID]; r != nil {
			r.Line, r.Erased = slices.Clone(l.json), isTombstone(l.capture)
			indexes[r] = len(leaves)
		}
		leaves = append(leaves, l.leaf)
	}
	root := treeRoot(leaves).String()
	if root != x.header.Root {
		return ProvedSegment{}, fmt.Errorf("%w: the records differ from those that were sealed", ErrDamaged)
	}
	for r, i := range indexes {
		r.Index, r.Path = uint64(i), hexPath(inclusionPath(leaves, i))
	}
	return ProvedSegment{SealedRoot{name, len(leaves), root}, x.header.Previous}, nil
}

// addStamps adds the time stamps that cover segments of a proof: for each authority the
// earliest that covers a segment. Those of another archive, and those that cannot be
// read, prove nothing here.
func (a *Archive) addStamps(ctx context.Context, p *Proof, usable func(*Stamp) bool) error {
	var stamps []*Stamp
	for s, err := range a.Stamps(ctx) {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil && s.Archive == p.Archive && len(s.Token) <= maxProofToken && (usable == nil || usable(s)) {
			stamps = append(stamps, s)
		}
	}
	slices.SortStableFunc(stamps, func(a, b *Stamp) int { return a.Time.Compare(b.Time) })
	type coverage struct{ tsa, segment string }
	covered := map[coverage]bool{}
	for _, s := range stamps {
		if len(p.Stamps) == maxProofStamps {
			return nil
		}
		leaves, err := segmentLeaves(s.Archive, s.Segments)
		if err != nil {
			return err
		}
		proved := ProvedStamp{TSA: s.TSA, Digest: s.Digest, Size: uint64(len(leaves)), Token: s.Token}
		for _, in := range p.Segments {
			i := slices.Index(s.Segments, in.SealedRoot)
			if i < 0 || covered[coverage{s.TSA, in.Segment}] {
				continue
			}
			covered[coverage{s.TSA, in.Segment}] = true
			proved.Segments = append(proved.Segments, StampedSegment{in.Segment, uint64(i), hexPath(inclusionPath(leaves, i))})
		}
		if len(proved.Segments) > 0 {
			p.Stamps = append(p.Stamps, proved)
		}
	}
	return nil
}
