package mirror

import (
	"context"
	"errors"
	"io"
	"iter"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
)

var errFault = errors.New("no answer")

// faulty is a store whose n-th request fails, or whose answer is lost.
type faulty struct {
	archive.Store
	fail int  // the request that fails; 0: none
	late bool // it fails after it had its effect

	mu sync.Mutex
	n  int
}

// step returns what comes before and after a request.
func (f *faulty) step() (before, after error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n++
	switch {
	case f.n != f.fail:
	case f.late:
		after = errFault
	default:
		before = errFault
	}
	return before, after
}

func (f *faulty) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	before, after := f.step()
	if before != nil {
		return archive.Object{}, before
	}
	o, err := f.Store.Put(ctx, name, body, size)
	return o, errors.Join(err, after)
}

func (f *faulty) Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (archive.Object, error) {
	before, after := f.step()
	if before != nil {
		return archive.Object{}, before
	}
	o, err := f.Store.Replace(ctx, name, etag, body, size)
	return o, errors.Join(err, after)
}

// ReadRange ends early if it fails late.
func (f *faulty) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	before, after := f.step()
	if before != nil {
		return nil, archive.Object{}, before
	}
	r, o, err := f.Store.ReadRange(ctx, name, offset, length)
	if err == nil && after != nil {
		r = io.NopCloser(io.LimitReader(r, o.Size/2))
	}
	return r, o, err
}

func (f *faulty) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		before, after := f.step()
		if before != nil {
			yield(archive.Object{}, before)
			return
		}
		for o, err := range f.Store.List(ctx, prefix) {
			if !yield(o, err) {
				return
			}
		}
		if after != nil {
			yield(archive.Object{}, after)
		}
	}
}

func (f *faulty) Remove(ctx context.Context, name string) error {
	before, after := f.step()
	if before != nil {
		return before
	}
	return errors.Join(f.Store.Remove(ctx, name), after)
}
