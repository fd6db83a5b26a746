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
	found := make([]Capture, len(ids))
	left := len(ids)
	search := func(name string) error {
		if err := ctx.Err(); err != nil || left == 0 {
			return err
		}
		caps, find, err := a.captures(ctx, name)
		if errors.Is(err, ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		for i, id := range ids {
			if at, ok := find(id); ok && at < len(caps) && found[i].ID == "" {
				found[i] = caps[at]
				left--
			}
		}
		return nil
	}
	for _, name := range first {
		if err := search(name); err != nil {
			return nil, err
		}
	}
	if left == 0 { // mostly: listing the segments takes longer than a search in one
		return found, nil
	}
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(segs) {
		if slices.Contains(first, s.Name) {
			continue
		}
		if err := search(s.Name); err != nil {
			return nil, err
		}
	}
	if i := slices.IndexFunc(found, func(c Capture) bool { return c.ID == "" }); i >= 0 {
		return nil, fmt.Errorf("%w: %s", ErrNotFound, ids[i])
	}
	return found, nil
}

// IsErased reports whether the record is the tombstone of an erased one.
func (c Capture) IsErased() bool { return isTombstone(c) }
