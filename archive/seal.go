package archive

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

const (
	frameSize   = 1 << 20 // decoded bytes of a frame
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
}

// sealJournal writes the sealed file of a journal and removes the journal.
// Each step leaves an archive that opens: FORMAT.md, "Sealing".
func (a *Archive) sealJournal(ctx context.Context, segment string, journal io.ReaderAt, size int64) error {
	lines, damaged, err := sealOrder(io.NewSectionReader(journal, 0, size))
	if err != nil {
		return err
	}
	if len(damaged) > 0 {
		if err := a.quarantine(segment, journal, damaged); err != nil {
			return err
		}
	}
	tmp := filepath.Join(a.segmentsDir(), "."+segment+".tmp")
	final := filepath.Join(a.segmentsDir(), segment+sealedEnd)
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	previous, err := a.lastRoot()
	if err == nil {
		err = writeSegment(ctx, f, segment, previous, journal, lines)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := os.Rename(tmp, final); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	if err := syncDir(a.segmentsDir()); err != nil {
		return err
	}
	if err := os.Chmod(final, 0o444); err != nil {
		return err
	}
	// Only a sealed file that reads back replaces its journal.
	if _, err := a.index(segment); err != nil {
		return err
	}
	err = os.Remove(filepath.Join(a.segmentsDir(), segment+journalEnd))
	a.mu.Lock()
	delete(a.journals, segment)
	a.mu.Unlock()
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// A sealLine is where a good line's JSON lies in its journal, and what orders it.
type sealLine struct {
	capture Capture
	key     string
	offset  int64 // of the JSON
	length  int
}

func sealOrder(r io.Reader) (lines []sealLine, damaged []journalLine, err error) {
	_, err = scanJournal(r, 0, func(l journalLine) error {
		if l.body == nil {
			damaged = append(damaged, l)
			return nil
		}
		c, err := describe(l.body)
		if err != nil {
			damaged = append(damaged, journalLine{offset: l.offset, size: l.size})
			return nil
		}
		key := ""
		if c.URL != "" {
			key = cdxj.SURT(c.URL)
		}
		lines = append(lines, sealLine{c, key, l.offset + crcWidth, len(l.body)})
		return nil
	})
	slices.SortStableFunc(lines, func(a, b sealLine) int {
		return cmp.Or(strings.Compare(a.key, b.key), a.capture.Time.Compare(b.capture.Time))
	})
	return lines, damaged, err
}

// quarantine keeps the bytes of damaged lines, which a sealed segment cannot hold.
func (a *Archive) quarantine(segment string, journal io.ReaderAt, damaged []journalLine) error {
	dir := filepath.Join(a.dir, "quarantine")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(dir, segment+".lines"), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return err
	}
	for _, l := range damaged {
		_, cerr := io.Copy(f, io.NewSectionReader(journal, l.offset, l.size))
		err = errors.Join(err, cerr)
	}
	return errors.Join(err, f.Sync(), f.Close())
}

// lastRoot is the Merkle root of the segment sealed last; "" if there is none.
func (a *Archive) lastRoot() (string, error) {
	segs, err := a.Segments()
	if err != nil {
		return "", err
	}
	for _, s := range slices.Backward(segs) {
		if !s.Sealed {
			continue
		}
		if x, err := a.index(s.Name); err == nil {
			return x.header.Root, nil
		}
	}
	return "", nil
}

func writeSegment(ctx context.Context, w io.Writer, segment, previous string, journal io.ReaderAt, lines []sealLine) error {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedDefault), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	defer enc.Close()
	header := indexHeader{Index: 1, Segment: segment, Records: len(lines), Previous: previous, Frames: [][2]int64{}}
	var rows bytes.Buffer
	rowEnc := json.NewEncoder(&rows)
	rowEnc.SetEscapeHTML(false)
	var tree merkle
	var frame, packed []byte
	var written int64
	endFrame := func() error {
		if len(frame) == 0 {
			return nil
		}
		packed = enc.EncodeAll(frame, packed[:0])
		header.Frames = append(header.Frames, [2]int64{written, header.Raw})
		header.Raw += int64(len(frame))
		written += int64(len(packed))
		frame = frame[:0]
		_, err := w.Write(packed)
		return err
	}
	for _, l := range lines {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(frame) > 0 && len(frame)+l.length >= frameSize {
			if err := endFrame(); err != nil {
				return err
			}
		}
		start := len(frame)
		frame = slices.Grow(frame, l.length+1)[:start+l.length]
		if _, err := journal.ReadAt(frame[start:], l.offset); err != nil {
			return err
		}
		tree.add(frame[start:])
		frame = append(frame, '\n')
		c := l.capture
		row := []any{bare(c.ID), c.Type, c.Time.Format(dateLayout), c.URL, c.Status, string(c.Digest), bare(c.RefersTo), c.ContentType,
			len(header.Frames), start, l.length}
		if err := rowEnc.Encode(row); err != nil {
			return err
		}
	}
	if err := endFrame(); err != nil {
		return err
	}
	header.Root = tree.root()
	head, err := json.Marshal(header)
	if err != nil {
		return err
	}
	index := enc.EncodeAll(append(append(head, '\n'), rows.Bytes()...), nil)
	content := uint32(len(index) + trailerSize)
	tail := binary.LittleEndian.AppendUint32(nil, indexMagic)
	tail = binary.LittleEndian.AppendUint32(tail, content)
	tail = append(tail, index...)
	end := binary.LittleEndian.AppendUint64(nil, uint64(len(index)))
	end = binary.LittleEndian.AppendUint64(end, uint64(written)+8+uint64(content))
	crc := crc32.Update(crc32.Checksum(end, castagnoli), castagnoli, index)
	end = binary.LittleEndian.AppendUint32(end, crc)
	tail = append(append(tail, end...), trailerMark...)
	if _, err := w.Write(tail); err != nil {
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

// merkle computes the root of RFC 9162, section 2.1.1, over lines as they come:
// one hash for each level that waits for its right neighbour.
type merkle struct {
	levels [][]byte
	n      uint64
}

func (m *merkle) add(line []byte) {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(line)
	node := h.Sum(nil)
	for i := m.n; i&1 == 1; i >>= 1 {
		last := len(m.levels) - 1
		node = join(m.levels[last], node)
		m.levels = m.levels[:last]
	}
	m.levels = append(m.levels, node)
	m.n++
}

func (m *merkle) root() string {
	if m.n == 0 {
		sum := sha256.Sum256(nil)
		return "sha256:" + hex.EncodeToString(sum[:])
	}
	node := m.levels[len(m.levels)-1]
	for i := len(m.levels) - 2; i >= 0; i-- {
		node = join(m.levels[i], node)
	}
	return "sha256:" + hex.EncodeToString(node)
}

func join(left, right []byte) []byte {
	h := sha256.New()
	h.Write([]byte{1})
	h.Write(left)
	h.Write(right)
	return h.Sum(nil)
}
