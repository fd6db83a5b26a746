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
	"slices"

	"github.com/klauspost/compress/zstd"
)

// segmentIndex is a sealed segment's index in memory.
type segmentIndex struct {
	file     fileVersion // that it was read from
	header   indexHeader
	dataEnd  int64 // where the data frames end
	captures []Capture
	byID     map[string]int
	// scanned is nil, or why the index could not be read and was rebuilt from the
	// frames; the header has no root and no frames then.
	scanned error
}

// cachedRows bounds the index rows that stay in memory; a row is about 300 bytes.
const cachedRows = 60_000

// maxIndex bounds the size of an index, compressed and decompressed: a size in a
// file must not be trusted.
const maxIndex = 1 << 30

// maxRows bounds the records of a segment: a writer seals it at a twentieth of them.
const maxRows = 2_000_000

var zstdMagic = []byte{0x28, 0xB5, 0x2F, 0xFD}

// isZstd reports whether a file begins with a zstd frame, as a sealed segment does.
func isZstd(f io.ReaderAt) bool {
	var b [4]byte
	n, err := f.ReadAt(b[:], 0)
	return n == len(b) && (err == nil || errors.Is(err, io.EOF)) && bytes.Equal(b[:], zstdMagic)
}

// index reads a sealed segment's index, or returns it from the cache. A damaged
// index is rebuilt from the frames: it costs time, never a record. It returns
// fs.ErrNotExist if there is no such sealed segment.
func (a *Archive) index(ctx context.Context, segment string) (*segmentIndex, error) {
	if x := a.cachedIndex(segment); x != nil {
		return x, nil
	}
	var x *segmentIndex
	var err error
	for range 3 { // a stored segment may be replaced meanwhile
		if x, err = a.loadIndex(ctx, segment); !errors.Is(err, errReplaced) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.indexes = slices.DeleteFunc(a.indexes, func(y *segmentIndex) bool { return y.header.Segment == segment })
	a.indexes = append(a.indexes, x)
	rows := 0
	for _, y := range a.indexes {
		rows += len(y.captures)
	}
	for len(a.indexes) > 1 && rows > cachedRows {
		rows -= len(a.indexes[0].captures)
		a.indexes = slices.Delete(a.indexes, 0, 1)
	}
	return x, nil
}

// cachedIndex returns the index of a segment if it is in memory, and still that of its file.
func (a *Archive) cachedIndex(segment string) *segmentIndex {
	a.mu.Lock()
	i := slices.IndexFunc(a.indexes, func(x *segmentIndex) bool { return x.header.Segment == segment })
	if i < 0 {
		a.mu.Unlock()
		return nil
	}
	x := a.indexes[i]
	a.indexes = append(slices.Delete(a.indexes, i, i+1), x)
	a.mu.Unlock()
	if a.isStill(x.file, segment) {
		return x
	}
	a.dropCaches(segment)
	return nil
}

func (a *Archive) loadIndex(ctx context.Context, segment string) (*segmentIndex, error) {
	f, err := a.openSealed(segment)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	file, err := f.version()
	if err != nil {
		return nil, err
	}
	x, err := openIndex(ctx, f, segment)
	if errors.Is(err, ErrDamaged) {
		damage := err
		if x, err = scanFrames(ctx, f, segment); x != nil {
			x.scanned = damage
		}
	}
	if err != nil {
		return nil, fmt.Errorf("segment %s: %w", segment, err)
	}
	x.file = file
	if file.stored != nil && x.scanned == nil {
		header := x.header
		header.Frames = nil
		file.stored.header.Store(&header)
	}
	return x, nil
}

// sealedHeader returns the header of a sealed segment's index, perhaps without its frames,
// and why it could not be read if it is rebuilt. That of a stored segment stays in memory.
func (a *Archive) sealedHeader(ctx context.Context, segment string) (h indexHeader, scanned, err error) {
	if s := a.stored.find(segment); s != nil {
		if h := s.header.Load(); h != nil && !a.isLocal(segment) {
			return *h, nil, nil
		}
	}
	x, err := a.index(ctx, segment)
	if err != nil {
		return h, nil, err
	}
	return x.header, x.scanned, nil
}

// openIndex reads the index of an open file.
func openIndex(ctx context.Context, f segmentFile, segment string) (*segmentIndex, error) {
	size, err := f.size()
	if err != nil {
		return nil, err
	}
	if s, ok := f.(*storedFile); ok && size < minSealed {
		// It was listed as cut short; nothing else would ask whether it still is.
		if err := s.confirm(ctx); err != nil {
			return nil, err
		}
	}
	f.planTail()
	return readIndex(f.at(ctx), size, segment)
}

// minSealed is the size of the smallest index with its frame's header, in bytes.
const minSealed = trailerSize + 8

// readIndex reads the index at the end of a file. It returns ErrDamaged if there is none.
func readIndex(f io.ReaderAt, size int64, segment string) (*segmentIndex, error) {
	if size < minSealed {
		return nil, fmt.Errorf("%w: file too short for an index", ErrDamaged)
	}
	end, err := readClaimed(f, trailerSize, size-trailerSize)
	if err != nil {
		return nil, err
	}
	n := binary.LittleEndian.Uint64(end[:8])
	if string(end[20:]) != trailerMark || binary.LittleEndian.Uint64(end[8:16]) != uint64(size) || n > maxIndex || int64(n) > size-trailerSize-8 {
		return nil, fmt.Errorf("%w: no complete index at the end", ErrDamaged)
	}
	tail, err := readClaimed(f, int64(n)+8, size-trailerSize-int64(n)-8)
	if err != nil {
		return nil, err
	}
	if binary.LittleEndian.Uint32(tail) != indexMagic || uint64(binary.LittleEndian.Uint32(tail[4:])) != n+trailerSize {
		return nil, fmt.Errorf("%w: the index is not in a frame of its own", ErrDamaged)
	}
	body := tail[8:]
	crc := crc32.Update(crc32.Checksum(end[:16], castagnoli), castagnoli, body)
	if crc != binary.LittleEndian.Uint32(end[16:20]) {
		return nil, fmt.Errorf("%w: index does not match its checksum", ErrDamaged)
	}
	dec, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderMaxMemory(maxIndex), zstd.WithDecoderConcurrency(1))
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

// claimStep is how much memory is taken at a time for bytes of which a file only says that
// it has them.
const claimStep = 64 << 20

// readClaimed reads n bytes at an offset. It is an error if there are fewer.
func readClaimed(f io.ReaderAt, n, at int64) ([]byte, error) {
	var b []byte
	for have := int64(0); have < n; have = int64(len(b)) {
		step := min(n-have, claimStep)
		b = slices.Grow(b, int(step))[:have+step]
		if _, err := f.ReadAt(b[have:], at+have); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func (x *segmentIndex) decode(r io.Reader, segment string) error {
	r = bufio.NewReader(r)
	d := json.NewDecoder(r)
	if err := d.Decode(&x.header); err != nil {
		return err
	}
	if x.header.Segment != segment {
		return fmt.Errorf("belongs to segment %q", x.header.Segment)
	}
	if x.header.Records < 0 || x.header.Records > maxRows {
		return fmt.Errorf("has %d records", x.header.Records)
	}
	var before [2]int64
	for i, f := range x.header.Frames {
		if f[0] < before[0] || f[1] < before[1] || f[0] >= x.dataEnd || f[1] > x.header.Raw || i > 0 && (f[0] == before[0] || f[1] == before[1]) {
			return errors.New("frames out of order")
		}
		before = f
	}
	x.byID = map[string]int{}
	if err := x.decodeRows(io.MultiReader(d.Buffered(), r), segment); err != nil {
		return err
	}
	if len(x.captures) != x.header.Records {
		return fmt.Errorf("has %d records, its header says %d", len(x.captures), x.header.Records)
	}
	return nil
}

func (x *segmentIndex) find(id string) (int, bool) {
	i, ok := x.byID[id]
	return i, ok
}

// frame returns the offset and length of the n-th frame in the file.
func (x *segmentIndex) frame(n int64) (at, length int64) {
	at, end := x.header.Frames[n][0], x.dataEnd
	if n+1 < int64(len(x.header.Frames)) {
		end = x.header.Frames[n+1][0]
	}
	return at, end - at
}

// scanFrames builds a segment's index from its frames. After a damaged frame it
// continues at the next frame that decodes.
func scanFrames(ctx context.Context, file segmentFile, segment string) (*segmentIndex, error) {
	size, err := file.size()
	if err != nil {
		return nil, err
	}
	file.planAll()
	f := file.at(ctx)
	dec, err := newFrameDecoder()
	if err != nil {
		return nil, err
	}
	defer dec.Close()
	x := &segmentIndex{header: indexHeader{Segment: segment}, byID: map[string]int{}, dataEnd: size}
	var data []byte
	for at := int64(0); at < size; {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		length, err := frameLength(f, at, size)
		if err == nil {
			data, err = readFrame(f, dec, at, length, data[:0], nil)
		}
		if isStoreError(err) {
			return nil, err
		}
		if err != nil {
			if at, err = nextFrame(f, at+1, size); err != nil {
				return nil, err
			}
			continue
		}
		x.addFrame(segment, at, length, data)
		at += length
	}
	x.header.Records = len(x.captures)
	return x, nil
}

// addFrame adds the records of a frame to the index.
func (x *segmentIndex) addFrame(segment string, at, length int64, data []byte) {
	for start := 0; start < len(data); {
		n := bytes.IndexByte(data[start:], '\n')
		if n < 0 {
			return
		}
		if c, err := describe(data[start : start+n]); err == nil {
			c.Segment, c.Frame, c.FrameLength, c.Offset, c.Length = segment, at, length, int64(start), int64(n)
			x.byID[c.ID] = len(x.captures)
			x.captures = append(x.captures, c)
		}
		start += n + 1
	}
}

// frameLength walks the blocks of the zstd frame at an offset (RFC 8878, section
// 3.1.1) and returns the frame's length in the file.
func frameLength(f io.ReaderAt, at, end int64) (int64, error) {
	head := make([]byte, min(zstd.HeaderMaxSize, end-at))
	if _, err := f.ReadAt(head, at); err != nil {
		return 0, err
	}
	var h zstd.Header
	if err := h.Decode(head); err != nil || h.Skippable {
		return 0, fmt.Errorf("%w: no zstd frame at offset %d", ErrDamaged, at)
	}
	next := at + int64(h.HeaderSize)
	for last := false; !last; {
		var b [3]byte
		if _, err := f.ReadAt(b[:], next); err != nil {
			return 0, err
		}
		v := int64(b[0]) | int64(b[1])<<8 | int64(b[2])<<16
		last = v&1 == 1
		size := v >> 3
		switch v >> 1 & 3 {
		case 1: // one byte, repeated
			size = 1
		case 3:
			return 0, fmt.Errorf("%w: reserved block type in the frame at offset %d", ErrDamaged, at)
		}
		next += 3 + size
		if next > end {
			return 0, fmt.Errorf("%w: frame at offset %d exceeds the file", ErrDamaged, at)
		}
	}
	if h.HasCheckSum {
		next += 4
	}
	if next > end || next-at > maxLine {
		return 0, fmt.Errorf("%w: frame at offset %d exceeds the file", ErrDamaged, at)
	}
	return next - at, nil
}

// nextFrame returns the offset where the next zstd frame may begin, or end.
func nextFrame(f io.ReaderAt, from, end int64) (int64, error) {
	buf := make([]byte, 1<<16)
	for at := from; at < end; {
		n, err := f.ReadAt(buf, at)
		if i := bytes.Index(buf[:n], zstdMagic); i >= 0 {
			return at + int64(i), nil
		}
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return 0, err
		}
		at += int64(n) - 3 // the magic number may span two reads
	}
	return end, nil
}
