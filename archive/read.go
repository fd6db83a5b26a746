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

	"github.com/klauspost/compress/zstd"
)

// A SegmentInfo describes one segment.
type SegmentInfo struct {
	Name   string // without extension; it never changes
	Sealed bool
	Bytes  int64 // on disk
}

// Segments lists the segments sorted by name, and so by the time of their start.
// If a segment has both a journal and a sealed file, the sealed file counts.
func (a *Archive) Segments() ([]SegmentInfo, error) {
	entries, err := os.ReadDir(a.segmentsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	byName := map[string]SegmentInfo{}
	for _, e := range entries {
		name, sealed := strings.CutSuffix(e.Name(), sealedEnd)
		if !sealed {
			var journal bool
			if name, journal = strings.CutSuffix(e.Name(), journalEnd); !journal {
				continue
			}
		}
		if strings.HasPrefix(name, ".") || byName[name].Sealed {
			continue
		}
		// A copy made during sealing may have the sealed file under the journal's name.
		sealed = sealed || a.journalIsSealed(name)
		st, err := e.Info()
		if err != nil {
			continue // sealed and removed after it was listed
		}
		byName[name] = SegmentInfo{Name: name, Sealed: sealed, Bytes: st.Size()}
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
func (a *Archive) captures(segment string) (caps []Capture, find func(id string) (int, bool), err error) {
	x, err := a.index(segment)
	if err == nil {
		return x.captures, x.find, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, err
	}
	caps, find, err = a.journal(segment)
	if errors.Is(err, fs.ErrNotExist) {
		// It was sealed between the two attempts.
		if x, err := a.index(segment); err == nil {
			return x.captures, x.find, nil
		}
		return nil, nil, fmt.Errorf("%w: segment %s", ErrNotFound, segment)
	}
	return caps, find, err
}

// Captures lists the records of a segment in stored order, from its index.
func (a *Archive) Captures(_ context.Context, segment string) iter.Seq2[Capture, error] {
	return func(yield func(Capture, error) bool) {
		caps, _, err := a.captures(segment)
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

// Records reads the records of a segment in stored order, without the first from.
func (a *Archive) Records(ctx context.Context, segment string, from int64) iter.Seq2[Entry, error] {
	return func(yield func(Entry, error) bool) {
		caps, _, err := a.captures(segment)
		if err != nil {
			yield(Entry{}, err)
			return
		}
		var rd segmentReader
		defer rd.close()
		for i := min(max(from, 0), int64(len(caps))); i < int64(len(caps)); i++ {
			if err := ctx.Err(); err != nil {
				yield(Entry{}, err)
				return
			}
			rec, err := rd.read(a, caps[i])
			if !yield(Entry{caps[i], rec}, err) {
				return
			}
		}
	}
}

// Select reads the matching records of all segments, in stored order, the oldest
// segment first. A record that cannot be read is yielded with its error; the
// iteration continues after it.
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
			caps, _, err := a.captures(s.Name)
			if err != nil && !yield(Entry{Capture: Capture{Segment: s.Name}}, fmt.Errorf("segment %s: %w", s.Name, err)) {
				return
			}
			for _, c := range caps {
				if !match(c) {
					continue
				}
				if err := ctx.Err(); err != nil {
					yield(Entry{}, err)
					return
				}
				rec, err := rd.read(a, c)
				if !yield(Entry{c, rec}, err) {
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
		caps, find, err := a.captures(name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if i, ok := find(id); ok && i < len(caps) {
			return rd.read(a, caps[i])
		}
	}
	return nil, fmt.Errorf("%w: %s", ErrNotFound, id)
}

// RecordAt reads one record at a known location, with one seek and one frame. If
// the record is no longer there, as after sealing, it is found by its address.
func (a *Archive) RecordAt(ctx context.Context, c Capture) (*Record, error) {
	var rd segmentReader
	defer rd.close()
	if c.Frame < 0 || c.FrameLength > 0 {
		if rec, err := rd.read(a, c); err == nil {
			return rec, nil
		}
	}
	return a.Record(ctx, c.Segment, c.ID)
}

// A segmentReader reads records. It keeps the last file and frame, so that reading
// in stored order decodes each frame once.
type segmentReader struct {
	segment string
	journal bool
	f       *os.File
	frame   int64
	data    []byte
	packed  []byte // the compressed frame
	dec     *zstd.Decoder
}

func (r *segmentReader) close() {
	if r.f != nil {
		r.f.Close()
		r.f = nil
	}
	if r.dec != nil {
		r.dec.Close()
		r.dec = nil
	}
}

func (r *segmentReader) read(a *Archive, c Capture) (*Record, error) {
	line, err := r.line(a, c)
	if err != nil {
		return nil, fmt.Errorf("segment %s, record %s of %s: %w", c.Segment, c.ID, c.URL, err)
	}
	rec := new(Record)
	if err := rec.UnmarshalJSON(line); err != nil {
		return nil, fmt.Errorf("segment %s, record %s of %s: %w", c.Segment, c.ID, c.URL, err)
	}
	if rec.ID() != c.ID {
		return nil, fmt.Errorf("%w: segment %s has another record at the location of %s", ErrDamaged, c.Segment, c.ID)
	}
	return rec, nil
}

// open opens the file of a segment as r.f, unless it is open already.
func (r *segmentReader) open(a *Archive, segment string, journal bool) (err error) {
	if r.f != nil && r.segment == segment && r.journal == journal {
		return nil
	}
	if r.f != nil {
		r.f.Close()
		r.f = nil
	}
	var f *os.File
	if journal {
		f, err = os.Open(filepath.Join(a.segmentsDir(), segment+journalEnd))
	} else {
		f, err = a.openSealed(segment)
	}
	if err != nil {
		return err
	}
	r.f, r.segment, r.journal, r.frame = f, segment, journal, -1
	return nil
}

// line returns the JSON of a record, valid until the next call.
func (r *segmentReader) line(a *Archive, c Capture) ([]byte, error) {
	journal := c.Frame < 0
	err := r.open(a, c.Segment, journal)
	if journal && (errors.Is(err, fs.ErrNotExist) || err == nil && isZstd(r.f)) {
		// It was sealed after it was listed: only the location has changed.
		x, xerr := a.index(c.Segment)
		if xerr != nil {
			return nil, xerr
		}
		i, ok := x.byID[c.ID]
		if !ok {
			return nil, ErrNotFound
		}
		return r.line(a, x.captures[i])
	}
	if err != nil {
		return nil, err
	}
	if c.Length < 2 || c.Length > maxLine || c.Offset < 0 {
		return nil, fmt.Errorf("%w: invalid location of a record", ErrDamaged)
	}
	if journal {
		line := make([]byte, crcWidth+c.Length)
		if _, err := r.f.ReadAt(line, c.Offset); err != nil {
			return nil, err
		}
		body := checkLine(line)
		if body == nil {
			return nil, fmt.Errorf("%w: line does not match its checksum", ErrDamaged)
		}
		return body, nil
	}
	if r.frame != c.Frame {
		if r.dec == nil {
			if r.dec, err = newFrameDecoder(); err != nil {
				return nil, err
			}
		}
		if cap(r.data) > maxKeptFrame {
			r.data, r.packed = nil, nil
		}
		if r.data, err = readFrame(r.f, r.dec, c.Frame, c.FrameLength, r.data[:0], &r.packed); err != nil {
			r.frame = -1
			return nil, err
		}
		r.frame = c.Frame
	}
	if c.Offset+c.Length > int64(len(r.data)) {
		return nil, fmt.Errorf("%w: frame at offset %d is shorter than the index says", ErrDamaged, c.Frame)
	}
	return r.data[c.Offset : c.Offset+c.Length], nil
}

// maxKeptFrame bounds the buffers that are used again, in bytes; only a record that is
// larger than a frame may be has a longer one.
const maxKeptFrame = 8 << 20

func newFrameDecoder() (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxLine+1<<20), zstd.WithDecoderConcurrency(1))
}

// readFrame decodes the frame at an offset of a file and appends its content to data. It
// uses the buffer packed, which may be nil, for the compressed frame.
func readFrame(f io.ReaderAt, dec *zstd.Decoder, at, length int64, data []byte, packed *[]byte) ([]byte, error) {
	if length <= 0 || length > maxLine {
		return nil, fmt.Errorf("%w: frame at offset %d is too large", ErrDamaged, at)
	}
	var own []byte
	if packed == nil {
		packed = &own
	}
	*packed = slices.Grow((*packed)[:0], int(length))[:length]
	compressed := *packed
	if _, err := f.ReadAt(compressed, at); err != nil {
		return nil, fmt.Errorf("%w: frame at offset %d: %w", ErrDamaged, at, err)
	}
	data, err := dec.DecodeAll(compressed, data)
	if err != nil {
		return nil, fmt.Errorf("%w: frame at offset %d: %w", ErrDamaged, at, err)
	}
	return data, nil
}
