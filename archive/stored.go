package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"reflect"
	"slices"
	"sort"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// maxSpan is how much of a stored segment one request fetches when it is read in
	// stored order, and maxGap how many bytes between two frames are fetched with them
	// rather than with another request.
	maxSpan = 8 << 20
	maxGap  = 512 << 10
	// minAhead is what is fetched when a second frame is read that follows the first;
	// each further request fetches twice as much, up to maxSpan.
	minAhead = 1 << 20
	// tailSpan is what is fetched of the end of a segment at first: the trailer, and with
	// it the index if that is small.
	tailSpan = 256 << 10
	// maxExtent is the longest range that is kept in the cache. Only the index of a large
	// segment and records of many megabytes are longer.
	maxExtent = 16 << 20
	// maxStored is the largest object that is read as a segment, in bytes: eight times what
	// a journal may have when it is sealed. A store may claim any size.
	maxStored = 8 * sealSize
)

// A StoreError is the error of a request to a store. It says nothing about what the store
// has: that may be whole. It wraps ErrDenied if access was denied.
type StoreError struct {
	Store string // where it is: Store.String
	Name  string // of the object, or what the names begin with that were listed
	Err   error
}

func (e *StoreError) Error() string { return fmt.Sprintf("%s in %s: %v", e.Name, e.Store, e.Err) }

// Unwrap returns the error of the store.
func (e *StoreError) Unwrap() error { return e.Err }

// isStoreError reports whether an error is that of a request, and so not of the data.
func isStoreError(err error) bool {
	var s *StoreError
	return errors.As(err, &s)
}

// errReplaced says that the object of a segment is another one than when it was listed.
var errReplaced = errors.New("the stored segment was replaced while it was read: try again")

// A storedSegment is a sealed segment in a store, as it was listed or last seen. If it is
// replaced, there is another storedSegment for it.
type storedSegment struct {
	name   string
	store  Store
	object Object
	header atomic.Pointer[indexHeader] // without its frames; nil until the index is read

	mu     sync.Mutex
	next   int64 // where what was read last ends
	window int64 // what was fetched then, if it was read in order
}

// same reports whether a segment is the same object.
func (s *storedSegment) same(other *storedSegment) bool {
	return s.object.ETag == other.object.ETag && s.object.Size == other.object.Size && reflect.ValueOf(s.store).Comparable() && s.store == other.store
}

// ahead returns how much to fetch from an offset for who needs some bytes there: more
// than these if the segment seems to be read in stored order.
func (s *storedSegment) ahead(at, need int64) span {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.next > 0 && at >= s.next && at-s.next <= maxGap {
		s.window = min(max(2*s.window, minAhead), maxSpan)
	} else {
		s.window = 0
	}
	s.next = min(at+max(need, s.window), s.object.Size)
	return span{at, s.next}
}

// A storedFile is a segmentFile in a store. It is safe for concurrent use, except for plan.
type storedFile struct {
	a     *Archive
	s     *storedSegment
	cache *Cache
	spans []span // planned, in order, without overlaps
}

func (f *storedFile) Close() error                  { return nil }
func (f *storedFile) size() (int64, error)          { return f.s.object.Size, nil }
func (f *storedFile) version() (fileVersion, error) { return fileVersion{stored: f.s}, nil }
func (f *storedFile) isCurrent() bool               { return f.a.isStill(fileVersion{stored: f.s}, f.s.name) }

func (f *storedFile) at(ctx context.Context) io.ReaderAt { return storedReader{ctx, f} }

func (f *storedFile) plan(caps []Capture) { f.spans = spansOf(caps) }

// spansOf returns the ranges to fetch for reading records: whole frames, joined if they
// are near each other. It returns nil if the records are not in stored order.
func spansOf(caps []Capture) []span {
	var spans []span
	frame := int64(-1)
	for _, c := range caps {
		if c.Frame < 0 || c.Frame == frame || c.FrameLength <= 0 {
			continue
		}
		frame = c.Frame
		end := c.Frame + c.FrameLength
		if len(spans) > 0 {
			last := &spans[len(spans)-1]
			if c.Frame < last.end {
				return nil
			}
			if c.Frame-last.end <= maxGap && end-last.at <= maxSpan {
				last.end = end
				continue
			}
		}
		spans = append(spans, span{c.Frame, end})
	}
	return spans
}

func (f *storedFile) planAll() {
	f.spans = nil
	for at := int64(0); at < f.s.object.Size; at += maxSpan {
		f.spans = append(f.spans, span{at, min(at+maxSpan, f.s.object.Size)})
	}
}

// planTail says that the trailer and the index will be read.
func (f *storedFile) planTail() {
	f.spans = []span{{max(0, f.s.object.Size-tailSpan), f.s.object.Size}}
}

func (f *storedFile) load(ctx context.Context, c Capture) error {
	if c.FrameLength > maxExtent {
		return nil // it is not kept
	}
	var first [1]byte
	_, err := f.at(ctx).ReadAt(first[:], c.Frame)
	return err
}

// choose returns the range to fetch for who needs some bytes at an offset: to the end of
// the planned range that has them, or else what storedSegment.ahead says.
func (f *storedFile) choose(at, need int64) span {
	i := sort.Search(len(f.spans), func(i int) bool { return f.spans[i].end > at })
	if i < len(f.spans) && f.spans[i].at <= at {
		return span{at, f.spans[i].end}
	}
	return f.s.ahead(at, need)
}

// A storedReader reads a stored segment until ctx ends.
type storedReader struct {
	ctx context.Context // io.ReaderAt takes none; a storedReader lives as long as one call
	f   *storedFile
}

// ReadAt implements io.ReaderAt. Its errors are io.EOF and *StoreError.
func (r storedReader) ReadAt(b []byte, at int64) (n int, err error) {
	size := r.f.s.object.Size
	for n < len(b) {
		from := at + int64(n)
		if from < 0 || from >= size {
			return n, io.EOF
		}
		need := min(int64(len(b)-n), size-from)
		if need > maxExtent {
			if err := r.f.fetchInto(r.ctx, b[n:n+int(need)], from); err != nil {
				return n, err
			}
			n += int(need)
			continue
		}
		e, err := r.f.cache.read(r.ctx, r.f.s, from, func() span { return r.f.choose(from, need) }, r.f.fetch)
		if err != nil {
			return n, r.f.failed(err)
		}
		n += copy(b[n:], e.data[from-e.at:])
	}
	return n, nil
}

// failed makes a *StoreError of an error.
func (f *storedFile) failed(err error) error {
	if isStoreError(err) {
		return err
	}
	return &StoreError{f.s.store.String(), f.s.object.Name, err}
}

func (f *storedFile) fetch(ctx context.Context, s span) ([]byte, error) {
	b := make([]byte, s.end-s.at)
	return b, f.fetchInto(ctx, b, s.at)
}

// errGone is the error of an object that is no longer there. It is that of a missing file,
// too, for those who look for the segment under its other names.
var errGone = fmt.Errorf("%w: %w", ErrNoObject, fs.ErrNotExist)

// fetchInto reads a range of the object, with one request.
func (f *storedFile) fetchInto(ctx context.Context, b []byte, at int64) error {
	r, err := f.request(ctx, at, int64(len(b)))
	if err != nil {
		return err
	}
	n, err := io.ReadFull(r, b)
	if err := errors.Join(err, r.Close()); err != nil {
		return f.failed(fmt.Errorf("%d of %d bytes at offset %d came: %w", n, len(b), at, err))
	}
	return nil
}

// confirm asks the store whether the object is still the same.
func (f *storedFile) confirm(ctx context.Context) error {
	r, err := f.request(ctx, 0, 1)
	if err != nil {
		return err
	}
	r.Close()
	return nil
}

// request asks for a range of the object. If that is another one than was listed, it notes
// it and returns errReplaced.
func (f *storedFile) request(ctx context.Context, at, length int64) (io.ReadCloser, error) {
	r, o, err := f.s.store.ReadRange(ctx, f.s.object.Name, at, length)
	if errors.Is(err, ErrNoObject) {
		err = errGone
	}
	if err != nil {
		return nil, f.failed(err)
	}
	if o.ETag == f.s.object.ETag && o.Size == f.s.object.Size {
		return r, nil
	}
	r.Close()
	if err := f.a.stored.replaced(f.s, o); err != nil {
		return nil, f.failed(err)
	}
	f.a.dropCaches(f.s.name)
	return nil, f.failed(errReplaced)
}

// storedSegments are the sealed segments in the stores that are attached to an archive.
type storedSegments struct {
	listing sync.Mutex // held while the stores are listed
	looked  time.Time  // when they were listed for a segment that was nowhere

	mu     sync.RWMutex
	stores []Store
	byName map[string]*storedSegment
	cache  *Cache
}

func (s *storedSegments) find(segment string) *storedSegment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.byName[segment]
}

// all lists the stored segments, in no order.
func (s *storedSegments) all() []*storedSegment {
	s.mu.RLock()
	defer s.mu.RUnlock()
	all := make([]*storedSegment, 0, len(s.byName))
	for _, seg := range s.byName {
		all = append(all, seg)
	}
	return all
}

func (s *storedSegments) ranges() *Cache {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cache == nil {
		s.cache = NewCache(DefaultCache)
	}
	return s.cache
}

// replaced notes that the object of a segment is another one now.
func (s *storedSegments) replaced(old *storedSegment, o Object) error {
	o, err := checkObject(old.object.Name, o)
	if err != nil {
		return err
	}
	cache := s.ranges()
	s.mu.Lock()
	if s.byName[old.name] == old {
		s.byName[old.name] = &storedSegment{name: old.name, store: old.store, object: o}
	}
	s.mu.Unlock()
	cache.drop(old)
	return nil
}

// put adds a segment, and returns what was known of it.
func (s *storedSegments) put(seg *storedSegment) (old *storedSegment) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old = s.byName[seg.name]
	if old != nil && old.same(seg) {
		return nil
	}
	if s.byName == nil {
		s.byName = map[string]*storedSegment{}
	}
	s.byName[seg.name] = seg
	return old
}

// set replaces what is attached. It returns the segments that changed or are gone.
func (s *storedSegments) set(stores []Store, byName map[string]*storedSegment) (changed []string) {
	cache := s.ranges()
	s.mu.Lock()
	var gone []*storedSegment
	for name, old := range s.byName {
		now := byName[name]
		if now != nil && now.same(old) {
			byName[name] = old // with what is cached of it
			continue
		}
		gone = append(gone, old)
	}
	s.stores, s.byName = slices.Clone(stores), byName
	s.mu.Unlock()
	for _, old := range gone {
		cache.drop(old)
		changed = append(changed, old.name)
	}
	return changed
}
