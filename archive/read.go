package archive

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/klauspost/compress/zstd"
)

// A SegmentInfo describes one segment.
type SegmentInfo struct {
	Name   string // for life, without ending
	Sealed bool
	Bytes  int64 // on disk
}

// Segments lists the segments in the order of their names, which is that of
// their starts. Where a journal and its sealed file both exist, the sealed one counts.
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
		st, err := e.Info()
		if err != nil {
			continue // sealed and removed since the listing
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

// segmentIndex is a sealed segment's index in memory.
type segmentIndex struct {
	header   indexHeader
	dataEnd  int64 // where the data frames end
	captures []Capture
	byID     map[string]int
}

// cachedIndexes is how many indexes stay in memory: about 5 MB each at most.
const cachedIndexes = 8

// maxIndex bounds an index, packed and unpacked: sizes in a file are claims.
const maxIndex = 1 << 30

// index reads a sealed segment's index, from memory if it was used lately.
func (a *Archive) index(segment string) (*segmentIndex, error) {
	a.mu.Lock()
	for i, x := range a.indexes {
		if x.header.Segment == segment {
			a.indexes = append(slices.Delete(a.indexes, i, i+1), x)
			a.mu.Unlock()
			return x, nil
		}
	}
	a.mu.Unlock()
	f, err := os.Open(filepath.Join(a.segmentsDir(), segment+sealedEnd))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	x, err := readIndex(f, segment)
	if err != nil {
		return nil, fmt.Errorf("segment %s: %w", segment, err)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.indexes = append(a.indexes, x)
	if len(a.indexes) > cachedIndexes {
		a.indexes = slices.Delete(a.indexes, 0, 1)
	}
	return x, nil
}

func readIndex(f io.ReadSeeker, segment string) (*segmentIndex, error) {
	size, err := f.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if size < trailerSize+8 {
		return nil, fmt.Errorf("%w: too short for an index", ErrDamaged)
	}
	var end [trailerSize]byte
	if err := readAt(f, end[:], size-trailerSize); err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(end[:8])
	if string(end[20:]) != trailerMark || binary.LittleEndian.Uint64(end[8:16]) != uint64(size) || n > maxIndex || int64(n) > size-trailerSize-8 {
		return nil, fmt.Errorf("%w: no whole index at the end", ErrDamaged)
	}
	packed := make([]byte, n)
	if err := readAt(f, packed, size-trailerSize-int64(n)); err != nil {
		return nil, err
	}
	crc := crc32.Update(crc32.Checksum(end[:16], castagnoli), castagnoli, packed)
	if crc != binary.LittleEndian.Uint32(end[16:20]) {
		return nil, fmt.Errorf("%w: index does not match its checksum", ErrDamaged)
	}
	dec, err := zstd.NewReader(bytes.NewReader(packed), zstd.WithDecoderMaxMemory(maxIndex), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	x := &segmentIndex{dataEnd: size - trailerSize - int64(n) - 8}
	if err := x.decode(dec, segment); err != nil {
		return nil, fmt.Errorf("%w: index: %w", ErrDamaged, err)
	}
	return x, nil
}

func readAt(f io.ReadSeeker, b []byte, at int64) error {
	if _, err := f.Seek(at, io.SeekStart); err != nil {
		return err
	}
	_, err := io.ReadFull(f, b)
	return err
}

func (x *segmentIndex) decode(r io.Reader, segment string) error {
	d := json.NewDecoder(bufio.NewReader(r))
	if err := d.Decode(&x.header); err != nil {
		return err
	}
	if x.header.Segment != segment {
		return fmt.Errorf("is of segment %q", x.header.Segment)
	}
	var before [2]int64
	for i, f := range x.header.Frames {
		if f[0] < before[0] || f[1] < before[1] || f[0] >= x.dataEnd || f[1] > x.header.Raw || i > 0 && (f[0] == before[0] || f[1] == before[1]) {
			return errors.New("frames out of order")
		}
		before = f
	}
	x.byID = map[string]int{}
	for d.More() {
		var row []json.RawMessage
		if err := d.Decode(&row); err != nil {
			return err
		}
		c, err := rowCapture(row, segment)
		if err != nil {
			return err
		}
		if c.Frame < 0 || c.Frame >= int64(len(x.header.Frames)) || c.Offset < 0 || c.Length < 2 || c.Length > maxLine {
			return fmt.Errorf("record %s lies nowhere", c.ID)
		}
		x.byID[c.ID] = len(x.captures)
		x.captures = append(x.captures, c)
	}
	if len(x.captures) != x.header.Records {
		return fmt.Errorf("%d records instead of %d", len(x.captures), x.header.Records)
	}
	return nil
}

func (x *segmentIndex) find(id string) (int, bool) {
	i, ok := x.byID[id]
	return i, ok
}

func rowCapture(row []json.RawMessage, segment string) (Capture, error) {
	c := Capture{Segment: segment}
	var date, digest string
	into := []any{&c.ID, &c.Type, &date, &c.URL, &c.Status, &digest, &c.RefersTo, &c.ContentType, &c.Frame, &c.Offset, &c.Length}
	if len(row) < len(into) {
		return c, fmt.Errorf("row of %d columns", len(row))
	}
	for i, p := range into {
		if err := json.Unmarshal(row[i], p); err != nil {
			return c, err
		}
	}
	t, err := time.Parse(time.RFC3339Nano, date)
	c.ID, c.RefersTo, c.Digest, c.Time = whole(c.ID), whole(c.RefersTo), Digest(digest), t.UTC()
	return c, err
}

// tailScan is how far an open journal was read, and what is in it.
type tailScan struct {
	mu      sync.Mutex
	upTo    int64
	records []Capture
	byID    map[string]int
}

// journal reads what a journal has gained since it was last read. The records
// it returns are never changed again; find looks one up.
func (a *Archive) journal(segment string) (caps []Capture, find func(id string) (int, bool), err error) {
	a.mu.Lock()
	t := a.journals[segment]
	if t == nil {
		t = &tailScan{byID: map[string]int{}}
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
	st, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if st.Size() < t.upTo { // its writer cut it back after a fault
		t.upTo, t.records, t.byID = 0, nil, map[string]int{}
	}
	if _, err := f.Seek(t.upTo, io.SeekStart); err != nil {
		return nil, nil, err
	}
	good, err := scanJournal(f, t.upTo, func(l journalLine) error {
		if l.body == nil {
			return nil // damage costs its line; verify names it
		}
		c, err := describe(l.body)
		if err != nil {
			return nil
		}
		c.Segment, c.Offset, c.Length = segment, l.offset, int64(len(l.body))
		t.byID[c.ID] = len(t.records)
		t.records = append(t.records, c)
		return nil
	})
	t.upTo = good
	return t.records, t.find, err
}

func (t *tailScan) find(id string) (int, bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	i, ok := t.byID[id]
	return i, ok
}

// captures are a segment's records, sealed or not.
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
		// Sealed between the two looks.
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

// An Entry is a record and where it lies.
type Entry struct {
	Capture
	Record *Record
}

// Records reads the records of a segment in stored order, after the first from.
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

// Record reads one record by its address. With segment "" or a wrong one, all
// segments are searched. ErrNotFound where it is nowhere.
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

// A segmentReader reads records and keeps the last file and frame, so that
// records in stored order decode each frame once.
type segmentReader struct {
	segment string
	journal bool
	f       *os.File
	frame   int64
	data    []byte
}

func (r *segmentReader) close() {
	if r.f != nil {
		r.f.Close()
		r.f = nil
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
		return nil, fmt.Errorf("%w: segment %s holds another record where %s should be", ErrDamaged, c.Segment, c.ID)
	}
	return rec, nil
}

func (r *segmentReader) line(a *Archive, c Capture) ([]byte, error) {
	journal := c.Frame < 0
	if r.f == nil || r.segment != c.Segment || r.journal != journal {
		r.close()
		end := sealedEnd
		if journal {
			end = journalEnd
		}
		f, err := os.Open(filepath.Join(a.segmentsDir(), c.Segment+end))
		if journal && errors.Is(err, fs.ErrNotExist) {
			// Sealed since it was listed: the address holds, the place has changed.
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
		r.f, r.segment, r.journal, r.frame, r.data = f, c.Segment, journal, -1, nil
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
		x, err := a.index(c.Segment)
		if err != nil {
			return nil, err
		}
		if r.data, err = readFrame(r.f, x, c.Frame); err != nil {
			return nil, err
		}
		r.frame = c.Frame
	}
	if c.Offset+c.Length > int64(len(r.data)) {
		return nil, fmt.Errorf("%w: frame %d is shorter than its index says", ErrDamaged, c.Frame)
	}
	return r.data[c.Offset : c.Offset+c.Length], nil
}

func readFrame(f io.ReaderAt, x *segmentIndex, n int64) ([]byte, error) {
	frames := x.header.Frames
	end, raw := x.dataEnd, x.header.Raw
	if n+1 < int64(len(frames)) {
		end, raw = frames[n+1][0], frames[n+1][1]
	}
	size := raw - frames[n][1]
	if size > maxLine || end-frames[n][0] > maxLine {
		return nil, fmt.Errorf("%w: frame %d is too large", ErrDamaged, n)
	}
	packed := make([]byte, end-frames[n][0])
	if _, err := f.ReadAt(packed, frames[n][0]); err != nil {
		return nil, err
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderMaxMemory(uint64(size)+1<<20), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	data, err := dec.DecodeAll(packed, make([]byte, 0, size))
	if err != nil {
		return nil, fmt.Errorf("%w: frame %d: %w", ErrDamaged, n, err)
	}
	return data, nil
}
