package archive

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"
)

const (
	// frameSize bounds the decoded bytes of a frame of several records. Larger
	// frames pack the pages of one site better, smaller ones read faster.
	frameSize   = 3 << 19
	indexMagic  = 0x184D2A5F
	trailerSize = 24
	trailerMark = "NMX1"
)

// indexHeader is the first line of a segment's index.
type indexHeader struct {
	Index    int        `json:"index"`
	Segment  string     `json:"segment"`
	Records  int        `json:"records"`
	Raw      int64      `json:"raw"`
	Frames   [][2]int64 `json:"frames"`
	Root     string     `json:"root"`
	Previous string     `json:"previous"`
	Erased   int        `json:"erased,omitempty"`
	Rescued  *rescued   `json:"rescued,omitempty"`
}

// rescued names the damaged segment that a segment holds the survivors of.
type rescued struct {
	Segment string `json:"segment"`
	Root    string `json:"root"` // "" where it could not be read any more
}

// A segmentLine is one record on its way into a sealed segment.
type segmentLine struct {
	capture Capture
	json    []byte // without line feed, valid until the next line
	leaf    leaf
}

// install writes a sealed segment under a temporary name and puts it in place.
// Each step leaves an archive that opens: FORMAT.md, "Sealing". If the header
// gives a root, another one is refused before anything is replaced.
func (a *Archive) install(ctx context.Context, header indexHeader, lines iter.Seq2[segmentLine, error]) error {
	tmp := filepath.Join(a.segmentsDir(), "."+header.Segment+".tmp")
	final := filepath.Join(a.segmentsDir(), header.Segment+sealedEnd)
	f, err := a.disk.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	err = writeSegment(ctx, f, header, lines)
	if err == nil {
		err = f.Chmod(0o444)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		err = a.disk.Rename(tmp, final)
	}
	if err != nil {
		return errors.Join(err, removeIfThere(a.disk, tmp))
	}
	a.forget(header.Segment)
	return a.disk.SyncDir(a.segmentsDir())
}

// forget drops what is in memory of a segment whose files have changed.
func (a *Archive) forget(segment string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.journals, segment)
	for i, x := range a.indexes {
		if x.header.Segment == segment {
			a.indexes = append(a.indexes[:i:i], a.indexes[i+1:]...)
			break
		}
	}
}

func writeSegment(ctx context.Context, w io.Writer, header indexHeader, lines iter.Seq2[segmentLine, error]) error {
	s, err := newSegmentWriter(w, header)
	if err != nil {
		return err
	}
	defer s.enc.Close()
	for l, err := range lines {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = s.add(l)
		}
		if err != nil {
			return err
		}
	}
	return s.end()
}

// A segmentWriter packs lines into frames, several at a time, and keeps their index.
type segmentWriter struct {
	w       io.Writer
	enc     *zstd.Encoder
	header  indexHeader
	rows    bytes.Buffer
	rowEnc  *json.Encoder
	tree    merkle
	frames  [][]byte // filled, not yet packed; the last one grows
	packed  [][]byte
	written int64
}

func newSegmentWriter(w io.Writer, header indexHeader) (*segmentWriter, error) {
	// EncodeAll of one encoder runs in as many goroutines as it is allowed.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithWindowSize(2<<20), zstd.WithLowerEncoderMem(true)) // frames are smaller; a larger record is one of a few
	if err != nil {
		return nil, err
	}
	header.Index, header.Frames = 1, [][2]int64{}
	s := &segmentWriter{w: w, enc: enc, header: header}
	s.rowEnc = json.NewEncoder(&s.rows)
	s.rowEnc.SetEscapeHTML(false)
	s.frames = make([][]byte, 1, runtime.GOMAXPROCS(0))
	s.packed = make([][]byte, cap(s.frames))
	return s, nil
}

func (s *segmentWriter) add(l segmentLine) error {
	frame := &s.frames[len(s.frames)-1]
	if len(*frame) > 0 && len(*frame)+len(l.json) >= frameSize {
		if len(s.frames) == cap(s.frames) {
			if err := s.flush(); err != nil {
				return err
			}
		} else {
			s.frames = s.frames[:len(s.frames)+1]
			s.frames[len(s.frames)-1] = s.frames[len(s.frames)-1][:0]
		}
		frame = &s.frames[len(s.frames)-1]
	}
	start := len(*frame)
	*frame = append(append(*frame, l.json...), '\n')
	s.tree.add(l.leaf)
	s.header.Records++
	if isTombstone(l.capture) {
		s.header.Erased++
	}
	c := l.capture
	row := []any{bare(c.ID), c.Type, c.Time.Format(dateLayout), c.URL, c.Status, string(c.Digest), bare(c.RefersTo), c.ContentType,
		len(s.header.Frames) + len(s.frames) - 1, start, len(l.json)}
	return s.rowEnc.Encode(row)
}

// flush packs the filled frames side by side and writes them in order.
func (s *segmentWriter) flush() error {
	var wg sync.WaitGroup
	for i, frame := range s.frames {
		if len(frame) == 0 {
			continue
		}
		wg.Go(func() { s.packed[i] = s.enc.EncodeAll(frame, s.packed[i][:0]) })
	}
	wg.Wait()
	for i, frame := range s.frames {
		if len(frame) == 0 {
			continue
		}
		if _, err := s.w.Write(s.packed[i]); err != nil {
			return err
		}
		s.header.Frames = append(s.header.Frames, [2]int64{s.written, s.header.Raw})
		s.header.Raw += int64(len(frame))
		s.written += int64(len(s.packed[i]))
		s.frames[i] = frame[:0]
	}
	s.frames = s.frames[:1]
	return nil
}

// end writes what is left, the index and the trailer.
func (s *segmentWriter) end() error {
	if err := s.flush(); err != nil {
		return err
	}
	root := s.tree.root()
	if s.header.Root != "" && s.header.Root != root {
		return fmt.Errorf("%w: the records are not those that were sealed; repair the archive first", ErrDamaged)
	}
	s.header.Root = root
	head, err := json.Marshal(s.header)
	if err != nil {
		return err
	}
	index := s.enc.EncodeAll(append(append(head, '\n'), s.rows.Bytes()...), nil)
	content := uint32(len(index) + trailerSize)
	tail := binary.LittleEndian.AppendUint32(nil, indexMagic)
	tail = binary.LittleEndian.AppendUint32(tail, content)
	tail = append(tail, index...)
	end := binary.LittleEndian.AppendUint64(nil, uint64(len(index)))
	end = binary.LittleEndian.AppendUint64(end, uint64(s.written)+8+uint64(content))
	crc := crc32.Update(crc32.Checksum(end, castagnoli), castagnoli, index)
	end = binary.LittleEndian.AppendUint32(end, crc)
	tail = append(append(tail, end...), trailerMark...)
	if _, err := s.w.Write(tail); err != nil {
		return fmt.Errorf("write index: %w", err)
	}
	return nil
}

// bare is a record ID without its URN form, as an index keeps it.
func bare(id string) string {
	if s, ok := strings.CutPrefix(id, "<urn:uuid:"); ok && strings.HasSuffix(s, ">") {
		return strings.TrimSuffix(s, ">")
	}
	return id
}

// whole undoes bare.
func whole(id string) string {
	if len(id) == 36 && !strings.ContainsAny(id, "<>:") {
		return "<urn:uuid:" + id + ">"
	}
	return id
}
