package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// A SegmentInfo describes one segment.
type SegmentInfo struct {
	Name   string // without extension; it never changes
	Sealed bool
	Bytes  int64 // of the file that is read
	Local  bool  // it is read from disk; else from a store
	Stored bool  // a store that is attached has it, sealed
}

// Segments lists the segments sorted by name, and so by the time of their start: those on
// disk, and those that the stores had when they were listed last (Attach, Refresh). If a
// segment has both a journal and a sealed file, on disk or in a store, the sealed file
// counts, and of two sealed files that on disk.
func (a *Archive) Segments() ([]SegmentInfo, error) {
	files, err := a.localSegments(func(name string) bool { return !strings.HasPrefix(name, ".") })
	if err != nil {
		return nil, err
	}
	byName := map[string]SegmentInfo{}
	for name, f := range files {
		byName[name] = SegmentInfo{Name: name, Sealed: f.Sealed, Bytes: f.Size, Local: true}
	}
	for _, stored := range a.stored.all() {
		s := byName[stored.name]
		if !s.Sealed {
			s = SegmentInfo{Name: stored.name, Sealed: true, Bytes: stored.object.Size}
		}
		s.Stored = true
		byName[stored.name] = s
	}
	segs := make([]SegmentInfo, 0, len(byName))
	for _, s := range byName {
		segs = append(segs, s)
	}
	slices.SortFunc(segs, func(a, b SegmentInfo) int { return strings.Compare(a.Name, b.Name) })
	return segs, nil
}

// journalCache is what was read of an open journal, up to an offset.
type journalCache struct {
	mu      sync.Mutex
	upTo    int64
	records []Capture
	byID    map[string]int
}

// journal reads what was appended to a journal since it was last read, and returns
// all its records. The slice is never changed again; find looks up an ID in it.
func (a *Archive) journal(segment string) (caps []Capture, find func(id string) (int, bool), err error) {
	a.mu.Lock()
	t := a.journals[segment]
	if t == nil {
		t = &journalCache{byID: map[string]int{}}
		a.journals[segment] = t
	}
	a.mu.Unlock()
	t.mu.Lock()
	defer t.mu.Unlock()
	f, err := os.Open(filepath.Join(a.segmentsDir(), segment+journalEnd))
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	if isZstd(f) { // it was sealed after the search for its sealed file
		return nil, nil, fs.ErrNotExist
	}
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if st.Size() < t.upTo { // its writer truncated it after an error
		t.upTo, t.records, t.byID = 0, nil, map[string]int{}
	}
	if _, err := f.Seek(t.upTo, io.SeekStart); err != nil {
		return nil, nil, err
	}
	good, err := scanJournal(f, t.upTo, func(l journalLine) error {
		c, err := l.capture()
		if err != nil {
			return nil // only this line is lost; Verify reports it
		}
		c.Segment = segment
		t.byID[c.ID] = len(t.records)
		t.records = append(t.records, c)
		return nil
	})
	t.upTo = good
	return t.records, t.find, err
}

func (t *journalCache) find(id string) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.byID[id]
	return i, ok
}

// captures returns the index entries of a segment, sealed or not; find looks up an ID.
func (a *Archive) captures(ctx context.Context, segment string) (caps []Capture, find func(id string) (int, bool), err error) {
	x, err := a.index(ctx, segment)
	if err == nil {
		return x.captures, x.find, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	caps, find, err = a.journal(segment)
	if errors.Is(err, fs.ErrNotExist) {
		// It was sealed between the two attempts.
		x, err := a.index(ctx, segment)
		if errors.Is(err, fs.ErrNotExist) && a.lookAgain(ctx) {
			x, err = a.index(ctx, segment)
		}
		if err == nil {
			return x.captures, x.find, nil
		}
		if isStoreError(err) && !errors.Is(err, fs.ErrNotExist) {
			return nil, nil, err
		}
		return nil, nil, fmt.Errorf("%w: segment %s", ErrNotFound, segment)
	}
	return caps, find, err
}

// Captures lists the records of a segment in stored order, from its index.
func (a *Archive) Captures(ctx context.Context, segment string) iter.Seq2[Capture, error] {
	return func(yield func(Capture, error) bool) {
		caps, _, err := a.captures(ctx, segment)
		for _, c := range caps {
			if !yield(c, nil) {
				return
			}
		}
		if err != nil {
			yield(Capture{}, err)
		}
	}
}

// An Entry is a record with its index entry.
type Entry struct {
	Capture
	Record *Record
}

// Records reads the records of a segment in stored order, without the first from. A record
// that cannot be read is yielded with its error, and the iteration continues after it; only
// a *StoreError ends it.
func (a *Archive) Records(ctx context.Context, segment string, from int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		caps, _, err := a.captures(ctx, segment)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		var rd segmentReader
		defer rd.close()
		rd.planned = caps[min(max(from, 0), int64(len(caps))):]
		for _, c := range rd.planned {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			rec, err := rd.read(ctx, a, c)
			if !yield(Entry{c, rec}, err) || isStoreError(err) {
				return
			}
		}
	}
}

// Select reads the matching records of all segments, in stored order, the oldest
// segment first. A record that cannot be read is yielded with its error, and the
// iteration continues after it; only a *StoreError ends it.
func (a *Archive) Select(ctx context.Context, match func(Capture) bool) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		segs, err := a.Segments()
		if err != nil {
			yield(Entry{}, err)
			return
		}
		var rd segmentReader
		defer rd.close()
		for _, s := range segs {
			caps, _, err := a.captures(ctx, s.Name)
			if err != nil && (!yield(Entry{Capture: Capture{Segment: s.Name}}, fmt.Errorf("segment %s: %w", s.Name, err)) || isStoreError(err)) {
				return
			}
			if rd.planned = nil; !s.Local {
				// What will be read must be known before it is.
				caps = slices.DeleteFunc(slices.Clone(caps), func(c Capture) bool { return !match(c) })
				rd.planned = caps
			}
			for _, c := range caps {
				if s.Local && !match(c) {
					continue
				}
				if err := ctx.Err(); err != nil {
					yield(Entry{}, err)
					return
				}
				rec, err := rd.read(ctx, a, c)
				if !yield(Entry{c, rec}, err) || isStoreError(err) {
					return
				}
			}
		}
	}
}

// Record reads one record by its address. If the record is not in that segment, or
// segment is "", it searches all segments. It returns ErrNotFound if there is none.
func (a *Archive) Record(ctx context.Context, segment, id string) (*Record, error) {
	names := []string{segment}
	segs, err := a.Segments()
	if err != nil {
		return nil, err
	}
	for _, s := range slices.Backward(segs) {
		if s.Name != segment {
			names = append(names, s.Name)
		}
	}
	var rd segmentReader
	defer rd.close()
	for _, name := range names {
		if name == "" {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		caps, find, err := a.captures(ctx, name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if i, ok := find(id); ok && i < len(caps) {
			return rd.read(ctx, a, caps[i])
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
}

// RecordAt reads one record at a known location, with one seek and one frame, or from a
// store with one request. If the record is no longer there, as after sealing, it is found
// by its address.
func (a *Archive) RecordAt(ctx context.Context, c Capture) (*Record, error) {
	var rd segmentReader
	defer rd.close()
	if c.Frame < 0 || c.FrameLength > 0 {
		if rec, err := rd.read(ctx, a, c); err == nil || failedStore(err) {
			return rec, err
		}
	}
	return a.Record(ctx, c.Segment, c.ID)
}

// failedStore reports whether an error is that of a store, so that no other way leads to
// the record. A segment that is gone may be elsewhere.
func failedStore(err error) bool { return isStoreError(err) && !errors.Is(err, ErrNoObject) }
