package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

const (
	// listingAtOnce is how many shards are listed at a time.
	listingAtOnce = 16
	// maxPartObjects bounds the objects of a stored archive, all shards together. A store
	// may list any number.
	maxPartObjects = 2 << 20

	segmentsPrefix, journalsPrefix = "segments/", "journals/"
)

// errReadOnly is the error of writing to a store that is opened for reading.
var errReadOnly = errors.New("the store is opened for reading")

// readStore is a store for reading whose errors are *archive.StoreError, but for
// archive.ErrNoObject.
type readStore struct{ archive.Store }

func (s readStore) failed(name string, err error) error {
	told := new(archive.StoreError)
	if err == nil || errors.Is(err, archive.ErrNoObject) || errors.Is(err, context.Canceled) || errors.As(err, &told) {
		return err
	}
	return &archive.StoreError{Store: s.Store.String(), Name: name, Err: err}
}

func (s readStore) Put(context.Context, string, io.ReadSeeker, int64) (archive.Object, error) {
	return archive.Object{}, errReadOnly
}

func (s readStore) Replace(context.Context, string, string, io.ReadSeeker, int64) (archive.Object, error) {
	return archive.Object{}, errReadOnly
}

func (s readStore) Remove(context.Context, string) error { return errReadOnly }

func (s readStore) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	r, o, err := s.Store.ReadRange(ctx, name, offset, length)
	return r, o, s.failed(name, err)
}

func (s readStore) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		for o, err := range s.Store.List(ctx, prefix) {
			if !yield(o, s.failed(prefix, err)) {
				return
			}
		}
	}
}

// A storedPart is a shard of a stored cluster, or a stored archive that is none.
type storedPart struct {
	archive.Store
	number  int  // of the shard
	isShard bool // it has a prefix of its own, so that one listing shows everything

	mu       sync.Mutex
	segments []archive.Object // as they were listed last, for the next listing
	listed   bool
}

// List implements archive.Store. The segments that relist has listed are not listed again.
func (p *storedPart) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	p.mu.Lock()
	known, listed := p.segments, p.listed
	if prefix == segmentsPrefix {
		p.segments, p.listed = nil, false
	}
	p.mu.Unlock()
	if prefix != segmentsPrefix || !listed {
		return p.Store.List(ctx, prefix)
	}
	return func(yield func(archive.Object, error) bool) {
		for _, o := range known {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// relist lists segments and parts of journals. Journals come first: one that is sealed
// meanwhile is seen twice, and not missed.
func (p *storedPart) relist(ctx context.Context) (journals, segments []archive.Object, err error) {
	prefixes := []string{journalsPrefix, segmentsPrefix}
	if p.isShard {
		prefixes = []string{""}
	}
	for _, prefix := range prefixes {
		for o, err := range p.Store.List(ctx, prefix) {
			if err != nil {
				return nil, nil, err
			}
			switch {
			case len(journals)+len(segments) >= maxPartObjects:
				return nil, nil, fmt.Errorf("%w: %s lists more than %d objects", archive.ErrDamaged, p.Store, maxPartObjects)
			case strings.HasPrefix(o.Name, journalsPrefix):
				journals = append(journals, o)
			case strings.HasPrefix(o.Name, segmentsPrefix):
				segments = append(segments, o)
			}
		}
	}
	p.mu.Lock()
	p.segments, p.listed = segments, true
	p.mu.Unlock()
	return journals, segments, nil
}

// storedParts are the parts of a stored archive as one store: what mirror.Fetch makes a
// folder of. Names of segments and journals are unique, so that each says which part it is
// in.
type storedParts struct {
	name  string // of the whole store
	info  []byte // archive.json
	parts []*storedPart

	mu       sync.Mutex
	of       map[string]*storedPart // by the name of a segment or journal
	segments []archive.Object       // of all parts, as they were listed with the journals last
}

// partsOf returns the parts of the archive in a store; of a cluster, its shards.
func partsOf(store archive.Store, shards int) []*storedPart {
	if shards == 0 {
		return []*storedPart{{Store: store}}
	}
	parts := make([]*storedPart, shards)
	for i := range parts {
		parts[i] = &storedPart{Store: readStore{archive.SubStore(store, cluster.ShardPrefix(i))}, number: i, isShard: true}
	}
	return parts
}

func (s *storedParts) String() string { return s.name }

func (s *storedParts) Put(context.Context, string, io.ReadSeeker, int64) (archive.Object, error) {
	return archive.Object{}, errReadOnly
}

func (s *storedParts) Replace(context.Context, string, string, io.ReadSeeker, int64) (archive.Object, error) {
	return archive.Object{}, errReadOnly
}

func (s *storedParts) Remove(context.Context, string) error { return errReadOnly }

// ReadRange implements archive.Store, for what was listed, and for archive.json.
func (s *storedParts) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if name == "archive.json" && offset == 0 && length < 0 {
		return io.NopCloser(bytes.NewReader(s.info)), archive.Object{Name: name, Size: int64(len(s.info))}, nil
	}
	s.mu.Lock()
	part := s.of[unitOf(name)]
	s.mu.Unlock()
	if part == nil {
		return nil, archive.Object{}, fmt.Errorf("%s in %s: %w", name, s.name, archive.ErrNoObject)
	}
	return part.ReadRange(ctx, name, offset, length)
}

// List implements archive.Store. Listing the journals, which come first, lists all parts,
// the segments included.
func (s *storedParts) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		var objects []archive.Object
		switch prefix {
		case journalsPrefix:
			var err error
			if objects, err = s.relist(ctx); err != nil {
				yield(archive.Object{}, err)
				return
			}
		case segmentsPrefix:
			s.mu.Lock()
			objects = s.segments
			s.mu.Unlock()
		}
		for _, o := range objects {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// relist lists all parts, several at a time.
func (s *storedParts) relist(ctx context.Context) (journals []archive.Object, err error) {
	type list struct{ journals, segments []archive.Object }
	lists := make([]list, len(s.parts))
	err = eachOf(ctx, len(s.parts), listingAtOnce, func(ctx context.Context, i int) (err error) {
		lists[i].journals, lists[i].segments, err = s.parts[i].relist(ctx)
		return err
	})
	if err != nil {
		return nil, err
	}
	of := map[string]*storedPart{}
	var segments []archive.Object
	for i, l := range lists {
		for _, o := range slices.Concat(l.segments, l.journals) {
			unit := unitOf(o.Name)
			if of[unit] == nil {
				of[unit] = s.parts[i]
			}
			if of[unit] != s.parts[i] {
				continue // two shards have it: the first counts
			}
			if strings.HasPrefix(o.Name, segmentsPrefix) {
				segments = append(segments, o)
			} else {
				journals = append(journals, o)
			}
		}
		if len(segments)+len(journals) > maxPartObjects {
			return nil, fmt.Errorf("%w: %s lists more than %d objects", archive.ErrDamaged, s.name, maxPartObjects)
		}
	}
	byName := func(a, b archive.Object) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(segments, byName)
	slices.SortFunc(journals, byName)
	s.mu.Lock()
	s.of, s.segments = of, segments
	s.mu.Unlock()
	return journals, nil
}

// unitOf is the name of the segment or journal that an object is of.
func unitOf(object string) string {
	_, name, _ := strings.Cut(object, "/")
	name, _, _ = strings.Cut(name, "/")
	return strings.TrimSuffix(name, ".jsonl.zst")
}

// eachOf calls f with 0 to n-1, several at a time. It returns the first error, which ends
// the context of the others.
func eachOf(ctx context.Context, n, atOnce int, f func(ctx context.Context, i int) error) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	turns := make(chan struct{}, atOnce)
	var wg sync.WaitGroup
	for i := range n {
		select {
		case turns <- struct{}{}:
		case <-ctx.Done():
		}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-turns }()
			if err := f(ctx, i); err != nil {
				cancel(err)
			}
		})
	}
	wg.Wait()
	return context.Cause(ctx)
}
