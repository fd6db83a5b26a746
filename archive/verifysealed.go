package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

func (v *verifier) segment(ctx context.Context, name string) error {
	f, err := v.open(name)
	if err != nil {
		v.damage(Damage{Kind: DamageFile, Segment: name, What: err.Error()})
		return nil
	}
	defer func() { f.Close() }()
	if d, ok := f.(localFile); ok && strings.HasSuffix(d.Name(), journalEnd) && !isZstd(d) {
		return v.journal(ctx, name, d.File)
	}
	for range 3 { // it may be replaced while it is opened
		err = v.sealed(ctx, name, f)
		if !errors.Is(err, errReplaced) {
			break
		}
		again, oerr := v.open(name)
		if oerr != nil {
			return oerr
		}
		f.Close()
		f = again
	}
	return err
}

// open opens a segment to read all of it, past the cache.
func (v *verifier) open(name string) (segmentFile, error) {
	f, err := v.a.openSealed(name)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = openLocal(filepath.Join(v.a.segmentsDir(), name+journalEnd))
	}
	if errors.Is(err, fs.ErrNotExist) { // it was sealed between the two attempts
		f, err = v.a.openSealed(name)
	}
	if s, ok := f.(*storedFile); ok {
		s.cache = NewCache(4 * maxSpan)
	}
	return f, err
}

func (v *verifier) sealed(ctx context.Context, name string, f segmentFile) error {
	x, err := openIndex(ctx, f, name)
	if isStoreError(err) {
		return v.unread(name, err)
	}
	v.res.Segments++
	hasIndex := err == nil
	if err != nil {
		v.damage(Damage{Kind: DamageIndex, Segment: name, What: err.Error()})
		if x, err = scanFrames(ctx, f, name); err != nil {
			if ctx.Err() != nil || isStoreError(err) {
				return v.unread(name, err)
			}
			v.damage(Damage{Kind: DamageFile, Segment: name, What: err.Error()})
			return nil
		}
		v.reportGaps(name, x)
	}
	leaves, err := v.frames(ctx, f, x)
	if err != nil {
		return v.unread(name, err)
	}
	if size, err := f.size(); err == nil {
		v.progress(name, size-x.dataEnd, 0)
	}
	if !hasIndex {
		return v.resolveIfMany(ctx)
	}
	var tree merkle
	for _, l := range leaves {
		tree.add(l)
	}
	// Damaged frames are reported already; the root shows any other change.
	if root := tree.root(); root != x.header.Root && !v.damaged(name) {
		v.damage(Damage{Kind: DamageRoot, Segment: name, What: "the records differ from those that were sealed: their root is " + root + ", not " + x.header.Root})
	}
	v.roots[x.header.Root] = true
	if r := x.header.Rescued; r != nil {
		v.roots[r.Root] = true
	}
	v.previous = append(v.previous, Capture{Segment: name, ID: x.header.Previous})
	return v.resolveIfMany(ctx)
}

// unread returns the error of a segment whose bytes could not be read. That it is no
// longer in its store is damage, like a missing file; anything else is not.
func (v *verifier) unread(name string, err error) error {
	if errors.Is(err, ErrNoObject) {
		v.damage(Damage{Kind: DamageFile, Segment: name, What: err.Error()})
		return nil
	}
	return fmt.Errorf("segment %s: %w", name, err)
}

// frames checks the frames of a segment and returns the leaves of its records.
func (v *verifier) frames(ctx context.Context, f segmentFile, x *segmentIndex) ([]leaf, error) {
	leaves := make([]leaf, len(x.captures))
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	f.plan(x.captures)
	type frame struct{ from, to int }
	frames := make(chan frame)
	var wg sync.WaitGroup
	for range v.o.Workers {
		wg.Go(func() {
			dec, err := newFrameDecoder()
			if err != nil {
				cancel(err)
				for range frames {
				}
				return
			}
			defer dec.Close()
			c := &checker{v: v, x: x}
			for fr := range frames {
				if ctx.Err() != nil {
					continue
				}
				if err := c.frame(f.at(ctx), dec, x.captures[fr.from:fr.to], leaves[fr.from:fr.to]); err != nil {
					cancel(err)
				}
			}
			c.report()
		})
	}
	for from := 0; from < len(x.captures) && ctx.Err() == nil; {
		to := from + 1
		for to < len(x.captures) && x.captures[to].Frame == x.captures[from].Frame {
			to++
		}
		// Load in order, so that the workers find what one request got.
		if err := f.load(ctx, x.captures[from]); err != nil {
			cancel(err)
			break
		}
		frames <- frame{from, to}
		from = to
	}
	close(frames)
	wg.Wait()
	return leaves, context.Cause(ctx)
}

func (v *verifier) damaged(segment string) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.ContainsFunc(v.res.Damage, func(d Damage) bool { return d.Segment == segment })
}

// reportGaps reports the bytes between the frames that a scan could read.
func (v *verifier) reportGaps(name string, x *segmentIndex) {
	at := int64(0)
	for _, c := range x.captures {
		if c.Frame > at {
			v.damage(Damage{Kind: DamageFrame, Segment: name, What: fmt.Sprintf("bytes %d to %d cannot be read; their records are unknown, since the index is damaged, too", at, c.Frame)})
		}
		at = max(at, c.Frame+c.FrameLength)
	}
}
