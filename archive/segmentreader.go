package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"slices"

	"github.com/klauspost/compress/zstd"
)

// A segmentReader reads records. It keeps the last file and frame, so that reading
// in stored order decodes each frame once.
type segmentReader struct {
	segment string
	journal bool
	f       segmentFile
	planned []Capture // of one segment; nil if it is not known what will be read
	frame   int64
	data    []byte
	packed  []byte // the compressed frame
	dec     *zstd.Decoder
}

func (r *segmentReader) close() {
	r.closeFile()
	if r.dec != nil {
		r.dec.Close()
		r.dec = nil
	}
}

func (r *segmentReader) closeFile() {
	if r.f != nil {
		r.f.Close()
		r.f = nil
	}
}

func (r *segmentReader) read(ctx context.Context, a *Archive, c Capture) (*Record, error) {
	line, err := r.line(ctx, a, c)
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
	r.closeFile()
	var f segmentFile
	if journal {
		f, err = openLocal(filepath.Join(a.segmentsDir(), segment+journalEnd))
	} else {
		f, err = a.openSealed(segment)
	}
	if err != nil {
		return err
	}
	if len(r.planned) > 0 && r.planned[0].Segment == segment {
		f.plan(r.planned)
	}
	r.f, r.segment, r.journal, r.frame = f, segment, journal, -1
	return nil
}

// line returns the JSON of a record, valid until the next call.
func (r *segmentReader) line(ctx context.Context, a *Archive, c Capture) ([]byte, error) {
	for tries := 3; ; tries-- {
		line, err := r.lineAt(ctx, a, c)
		if tries == 0 || !errors.Is(err, errMoved) && !errors.Is(err, errReplaced) {
			return line, err
		}
		r.closeFile()
		x, err := a.index(ctx, c.Segment)
		if errors.Is(err, fs.ErrNotExist) && a.lookAgain(ctx) {
			x, err = a.index(ctx, c.Segment)
		}
		if err != nil {
			return nil, err
		}
		i, ok := x.find(c.ID)
		if !ok {
			return nil, ErrNotFound
		}
		c = x.captures[i]
	}
}

// errMoved says that a segment is in another file by now, as a journal that was sealed:
// only the location of its records has changed.
var errMoved = errors.New("the segment was moved while it was read: try again")

// lineAt is line for a record at its present location.
func (r *segmentReader) lineAt(ctx context.Context, a *Archive, c Capture) ([]byte, error) {
	journal := c.Frame < 0
	err := r.open(a, c.Segment, journal)
	if journal && (errors.Is(err, fs.ErrNotExist) || err == nil && isZstd(r.f.at(ctx))) {
		return nil, errMoved
	}
	if err != nil {
		return nil, err
	}
	if c.Length < 2 || c.Length > maxLine || c.Offset < 0 {
		return nil, fmt.Errorf("%w: invalid location of a record", ErrDamaged)
	}
	if journal {
		line := make([]byte, crcWidth+c.Length)
		if _, err := r.f.at(ctx).ReadAt(line, c.Offset); err != nil {
			return nil, err
		}
		body := checkLine(line)
		if body == nil {
			return nil, fmt.Errorf("%w: line does not match its checksum", ErrDamaged)
		}
		return body, nil
	}
	if r.frame != c.Frame {
		if err := r.load(ctx, c); err != nil {
			return nil, err
		}
	}
	if c.Offset+c.Length > int64(len(r.data)) {
		return nil, fmt.Errorf("%w: frame at offset %d is shorter than the index says", ErrDamaged, c.Frame)
	}
	return r.data[c.Offset : c.Offset+c.Length], nil
}

// load reads and decodes the frame of a record.
func (r *segmentReader) load(ctx context.Context, c Capture) (err error) {
	if !r.f.isCurrent() {
		return errMoved
	}
	if r.dec == nil {
		if r.dec, err = newFrameDecoder(); err != nil {
			return err
		}
	}
	if cap(r.data) > maxKeptFrame {
		r.data, r.packed = nil, nil
	}
	r.frame = -1
	if r.data, err = readFrame(r.f.at(ctx), r.dec, c.Frame, c.FrameLength, r.data[:0], &r.packed); err != nil {
		return err
	}
	r.frame = c.Frame
	return nil
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
		if isStoreError(err) {
			return nil, err
		}
		return nil, fmt.Errorf("%w: frame at offset %d: %w", ErrDamaged, at, err)
	}
	data, err := dec.DecodeAll(compressed, data)
	if err != nil {
		return nil, fmt.Errorf("%w: frame at offset %d: %w", ErrDamaged, at, err)
	}
	return data, nil
}
