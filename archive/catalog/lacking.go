package catalog

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Lacking says how many bytes of sealed segments CatchUp would read for an archive's
// catalog: all if there is no catalog that can be used (none), and if it must be rebuilt,
// as after records were erased. It reads no segment and changes nothing.
func Lacking(ctx context.Context, a *archive.Archive) (bytes int64, none bool, err error) {
	if bytes, none, err = lacking(ctx, a); err != nil {
		return 0, false, fmt.Errorf("catalog: %w", err)
	}
	return bytes, none, nil
}

func lacking(ctx context.Context, a *archive.Archive) (bytes int64, none bool, err error) {
	segs, err := a.Segments()
	if err != nil {
		return 0, false, err
	}
	all := int64(0)
	for _, s := range segs {
		if s.Sealed {
			all += s.Bytes
		}
	}
	c, err := open(ctx, a, filepath.Join(a.Dir(), "catalog.sqlite"))
	if errors.Is(err, errStale) {
		return all, true, nil
	}
	if err != nil {
		return 0, false, err
	}
	known, err := c.segmentStates(ctx)
	if err = errors.Join(err, c.Close()); err != nil {
		if notDatabase(err) {
			return all, true, nil
		}
		return 0, false, err
	}
	for _, s := range segs {
		k, ok := known[s.Name]
		delete(known, s.Name)
		if k.sealed && (!s.Sealed || k.state != s.Bytes) {
			return all, false, nil
		}
		if s.Sealed && !ok {
			bytes += s.Bytes
		}
	}
	if len(known) > 0 {
		return all, false, nil
	}
	return bytes, false, nil
}
