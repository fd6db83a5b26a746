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
	// frameSize bounds the decoded bytes of a frame with several records. Larger
	// frames compress better, smaller ones are faster to read.
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

// rescued names the damaged segment whose intact records a segment has.
type rescued struct {
	Segment string `json:"segment"`
	Root    string `json:"root"` // "" if it could not be read
}

// A segmentLine is one record to be written into a sealed segment.
type segmentLine struct {
	capture Capture
	json    []byte // without line feed, valid until the next line
	leaf    leaf
}

// install writes a sealed segment under a temporary name and renames it. A crash
// after any step leaves a valid archive: FORMAT.md, "Sealing". If the header has a
// root and the records have another one, install fails and replaces nothing.
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
	a.dropCaches(header.Segment)
	return a.disk.SyncDir(a.segmentsDir())
}

// dropCaches drops what is cached of a segment whose files have changed.
func (a *Archive) dropCaches(segment string) {
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

// A segmentWriter compresses lines into frames, several in parallel, and builds
// their index.
type segmentWriter struct {
	w          io.Writer
	enc        *zstd.Encoder
	header     indexHeader
	rows       bytes.Buffer
	rowEnc     *json.Encoder
	tree       merkle
	frames     [][]byte // not yet compressed; lines are added to the last one
	compressed [][]byte
	written    int64
}

func newSegmentWriter(w io.Writer, header indexHeader) (*segmentWriter, error) {
	// EncodeAll of one encoder may run in this many goroutines.
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(runtime.GOMAXPROCS(0)),
		zstd.WithWindowSize(2<<20), zstd.WithLowerEncoderMem(true)) // few frames are larger than this window
	if err != nil {
		return nil, err
	}
	header.Index, header.Frames = 1, [][2]int64{}
	s := &segmentWriter{w: w, enc: enc, header: header}
	s.rowEnc = json.NewEncoder(&s.rows)
	s.rowEnc.SetEscapeHTML(false)
	s.frames = make([][]byte, 1, runtime.GOMAXPROCS(0))
	s.compressed = make([][]byte, cap(s.frames))
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
	row := []any{trimURN(c.ID), c.Type, c.Time.Format(dateLayout), c.URL, c.Status, string(c.Digest), trimURN(c.RefersTo), c.ContentType,
		len(s.header.Frames) + len(s.frames) - 1, start, len(l.json)}
	return s.rowEnc.Encode(row)
}

// flush compresses the frames in parallel and writes them in order.
func (s *segmentWriter) flush() error {
	var wg sync.WaitGroup
	for i, frame := range s.frames {
		if len(frame) == 0 {
			continue
		}
		wg.Go(func() { s.compressed[i] = s.enc.EncodeAll(frame, s.compressed[i][:0]) })
	}
	wg.Wait()
	for i, frame := range s.frames {
		if len(frame) == 0 {
			continue
		}
		if _, err := s.w.Write(s.compressed[i]); err != nil {
			return err
		}
		s.header.Frames = append(s.header.Frames, [2]int64{s.written, s.header.Raw})
		s.header.Raw += int64(len(frame))
		s.written += int64(len(s.compressed[i]))
		s.frames[i] = frame[:0]
	}
	s.frames = s.frames[:1]
	return nil
}

// end writes the remaining frames, the index and the trailer.
func (s *segmentWriter) end() error {
	if err := s.flush(); err != nil {
		return err
	}
	root := s.tree.root()
	if s.header.Root != "" && s.header.Root != root {
		return fmt.Errorf("%w: the records differ from those that were sealed; repair the archive first", ErrDamaged)
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

// trimURN removes "<urn:uuid:" and ">" from a record ID, as an index stores it.
func trimURN(id string) string {
	if s, ok := strings.CutPrefix(id, "<urn:uuid:"); ok && strings.HasSuffix(s, ">") {
		return strings.TrimSuffix(s, ">")
	}
	return id
}

// addURN is the inverse of trimURN.
func addURN(id string) string {
	if len(id) == 36 && !strings.ContainsAny(id, "<>:") {
		return "<urn:uuid:" + id + ">"
	}
	return id
}
