package archive

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// Locate finds records by their IDs, in the order of the IDs: in the segments that are
// named first, else in the others, the newest first. It returns ErrNotFound if one of
// the IDs is in no segment.
func (a *Archive) Locate(ctx context.Context, first []string, ids ...string) ([]Capture, error) {
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	names := slices.Clone(first)
	for _, s := range slices.Backward(segs) {
		if !slices.Contains(first, s.Name) {
			names = append(names, s.Name)
		}
	}
	found := make([]Capture, len(ids))
	left := len(ids)
	for _, name := range names {
		if err := ctx.Err(); err != nil || left == 0 {
			return found, err
		}
		caps, find, err := a.captures(ctx, name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		for i, id := range ids {
			if at, ok := find(id); ok && at < len(caps) && found[i].ID == "" {
				found[i] = caps[at]
				left--
			}
		}
	}
	if i := slices.IndexFunc(found, func(c Capture) bool { return c.ID == "" }); i >= 0 {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, ids[i])
	}
	return found, nil
}

// IsErased reports whether the record is the tombstone of an erased one.
func (c Capture) IsErased() bool { return isTombstone(c) }
