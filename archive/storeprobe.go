package archive

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
)

// ProbePrefix begins the names of objects that ProbeStore writes. Where it was killed, one
// may be left.
const ProbePrefix = "probe/"

// ProbeStore tests that a store keeps its promises where servers are known not to: that
// Put and Replace look at their conditions, also at the same time. It writes an object
// below ProbePrefix and removes it. It returns ErrUnsafeStore for a store that does not.
func ProbeStore(ctx context.Context, s Store) (err error) {
	name := ProbePrefix + strings.ToLower(rand.Text())
	defer func() {
		// A probe that was interrupted does not stay, either.
		if e := s.Remove(context.WithoutCancel(ctx), name); err == nil && e != nil {
			err = fmt.Errorf("remove the probe: %w", e)
		}
	}()
	first, err := probePut(ctx, s, name)
	if err != nil {
		return err
	}
	put := func(body string) error {
		_, err := s.Put(ctx, name, strings.NewReader(body), int64(len(body)))
		return err
	}
	if err := put("second"); !errors.Is(err, ErrExists) {
		return probeError(s, "overwrites an object that exists, and ignores If-None-Match", err)
	}
	replace := func(etag, body string) (Object, error) {
		return s.Replace(ctx, name, etag, strings.NewReader(body), int64(len(body)))
	}
	second, err := replace(first.ETag, "third")
	if err != nil {
		return fmt.Errorf("%s refuses to replace an object that nobody has changed: %w", s, err)
	}
	if _, err := replace(first.ETag, "fourth"); !errors.Is(err, ErrChanged) {
		return probeError(s, "replaces an object that was changed meanwhile, and ignores If-Match", err)
	}
	return probeContent(ctx, s, second, "third")
}

// probePut puts an object several times at once, of which one must succeed.
func probePut(ctx context.Context, s Store, name string) (Object, error) {
	const n = 4
	var objects [n]Object
	var errs [n]error
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			body := fmt.Sprintf("first %d", i)
			objects[i], errs[i] = s.Put(ctx, name, strings.NewReader(body), int64(len(body)))
		})
	}
	wg.Wait()
	winner := -1
	for i, err := range errs {
		switch {
		case err == nil && winner >= 0:
			return Object{}, probeError(s, "overwrites an object that exists, and ignores If-None-Match", nil)
		case err == nil:
			winner = i
		case !errors.Is(err, ErrExists):
			return Object{}, fmt.Errorf("write a probe into %s: %w", s, err)
		}
	}
	if winner < 0 {
		// The answer to the one that was stored got lost.
		r, o, err := s.ReadRange(ctx, name, 0, -1)
		if err != nil {
			return Object{}, fmt.Errorf("read the probe in %s: %w", s, err)
		}
		return o, r.Close()
	}
	return objects[winner], probeContent(ctx, s, objects[winner], fmt.Sprintf("first %d", winner))
}

func probeContent(ctx context.Context, s Store, want Object, content string) error {
	r, o, err := s.ReadRange(ctx, want.Name, 0, -1)
	if err != nil {
		return fmt.Errorf("read the probe in %s: %w", s, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, 100))
	if err != nil {
		return fmt.Errorf("read the probe in %s: %w", s, err)
	}
	if string(b) != content || o.ETag != want.ETag {
		return fmt.Errorf("%s returned another version of an object than the last one, %q with ETag %s instead of %q with %s: %w", s, b, o.ETag, content, want.ETag, ErrUnsafeStore)
	}
	return nil
}

func probeError(s Store, what string, err error) error {
	if err != nil {
		return fmt.Errorf("test the conditions of %s: %w", s, err)
	}
	return fmt.Errorf("%s %s: %w", s, what, ErrUnsafeStore)
}
