package mirror

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
)

const (
	// partSize bounds the lines of a part, in bytes; a longer line has a part of its own.
	partSize = 16 << 20
	// maxPart bounds a part whatever it says about itself, stored or decoded.
	maxPart = archive.MaxLine + 1<<20
	// maxParts is the highest number of a part.
	maxParts = 999_999
	// maxJournal bounds the decoded parts of one journal. Journals are sealed at 512 MiB,
	// and two machines may have put parts of one.
	maxJournal = 4 << 30
)

func segmentObject(name string) string { return "segments/" + name + ".jsonl.zst" }

func partObject(journal string, n int) string { return fmt.Sprintf("journals/%s/%06d.zst", journal, n) }

// segmentOf returns the name of the segment whose object this is.
func segmentOf(object string) (string, bool) {
	name, ok := strings.CutPrefix(object, "segments/")
	if !ok {
		return "", false
	}
	name, ok = strings.CutSuffix(name, ".jsonl.zst")
	return name, ok && archive.IsSegmentName(name)
}

// partOf returns the journal and number of the part whose object this is.
func partOf(object string) (journal string, n int, ok bool) {
	rest, ok := strings.CutPrefix(object, "journals/")
	if !ok {
		return "", 0, false
	}
	journal, file, ok := strings.Cut(rest, "/")
	number, zst := strings.CutSuffix(file, ".zst")
	n, err := strconv.Atoi(number)
	if !ok || !zst || err != nil || n < 1 || n > maxParts || !archive.IsSegmentName(journal) || partObject(journal, n) != object {
		return "", 0, false
	}
	return journal, n, true
}

// tiny is the length below which a frame has its size only if it is a single segment.
const tiny = 256

// A coder encodes and decodes parts.
type coder struct {
	enc, small *zstd.Encoder // small is for lines below tiny
	dec        *zstd.Decoder
}

// theCoder is made once. A part lives until its journal is sealed; it costs little time
// instead of little space.
var theCoder = sync.OnceValues(func() (c coder, err error) {
	options := []zstd.EOption{zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderCRC(true), zstd.WithEncoderConcurrency(1), zstd.WithLowerEncoderMem(true)}
	if c.enc, err = zstd.NewWriter(nil, options...); err != nil {
		return c, err
	}
	if c.small, err = zstd.NewWriter(nil, append(options, zstd.WithSingleSegment(true))...); err != nil {
		return c, err
	}
	c.dec, err = zstd.NewReader(nil, zstd.WithDecoderMaxMemory(maxPart), zstd.WithDecoderConcurrency(2))
	return c, err
})

func encodePart(lines []byte) ([]byte, error) {
	c, err := theCoder()
	if err != nil {
		return nil, err
	}
	if len(lines) < tiny {
		return c.small.EncodeAll(lines, nil), nil
	}
	return c.enc.EncodeAll(lines, nil), nil
}

// decodePart returns the lines of a part: one zstd frame with its size and a checksum, of
// whole lines whose checksums match.
func decodePart(body []byte) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(body); err != nil || h.Skippable || !h.HasFCS || !h.HasCheckSum {
		return nil, fmt.Errorf("%w: not a zstd frame with its size and a checksum", archive.ErrDamaged)
	}
	if h.FrameContentSize > maxPart {
		return nil, fmt.Errorf("%w: a frame of %d bytes, over the %d that are allowed", archive.ErrDamaged, h.FrameContentSize, maxPart)
	}
	c, err := theCoder()
	if err != nil {
		return nil, err
	}
	// What the frame says about its size is not allocated before it is decoded.
	lines, err := c.dec.DecodeAll(body, make([]byte, 0, min(h.FrameContentSize, uint64(len(body))*16)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", archive.ErrDamaged, err)
	}
	if uint64(len(lines)) != h.FrameContentSize {
		return nil, fmt.Errorf("%w: more than one frame", archive.ErrDamaged)
	}
	for i, rest := 0, lines; len(rest) > 0; i++ {
		n := bytes.IndexByte(rest, '\n')
		if n < 0 || archive.JournalLine(rest[:n]) == nil {
			return nil, fmt.Errorf("%w: line %d is cut off or does not match its checksum", archive.ErrDamaged, i+1)
		}
		rest = rest[n+1:]
	}
	if len(lines) == 0 {
		return nil, fmt.Errorf("%w: no lines", archive.ErrDamaged)
	}
	return lines, nil
}

// readPart reads a part from the store.
func readPart(ctx context.Context, store archive.Store, name string) ([]byte, error) {
	body, _, err := readObject(ctx, store, name, maxPart)
	if err != nil {
		return nil, err
	}
	return decodeNamed(store, name, body)
}

func decodeNamed(store archive.Store, name string, body []byte) ([]byte, error) {
	lines, err := decodePart(body)
	if err != nil {
		return nil, fmt.Errorf("%s in %s: %w", name, store, err)
	}
	return lines, nil
}

// readObject reads a whole object of at most most bytes.
func readObject(ctx context.Context, store archive.Store, name string, most int64) ([]byte, archive.Object, error) {
	r, o, err := store.ReadRange(ctx, name, 0, -1)
	if err != nil {
		return nil, o, err
	}
	defer r.Close()
	if o.Size > most {
		return nil, o, fmt.Errorf("%w: %s in %s has %d bytes, over the %d that are allowed", archive.ErrDamaged, name, store, o.Size, most)
	}
	body, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, o, fmt.Errorf("read %s: %w", name, err)
	}
	if int64(len(body)) != o.Size {
		return nil, o, fmt.Errorf("read %s: %d of %d bytes came: %w", name, len(body), o.Size, io.ErrUnexpectedEOF)
	}
	return body, o, nil
}

// eachLine calls visit for each line of lines, with its line feed.
func eachLine(lines []byte, visit func(line []byte) error) error {
	for len(lines) > 0 {
		n := bytes.IndexByte(lines, '\n') + 1
		if n == 0 {
			return nil
		}
		if err := visit(lines[:n]); err != nil {
			return err
		}
		lines = lines[n:]
	}
	return nil
}

// A lineSet is a set of journal lines.
type lineSet map[[16]byte]struct{}

func lineKey(line []byte) [16]byte {
	sum := sha256.Sum256(line)
	return [16]byte(sum[:16])
}

func (s lineSet) add(lines []byte) {
	_ = eachLine(lines, func(line []byte) error { s[lineKey(line)] = struct{}{}; return nil })
}

// without returns the lines that are not in the set.
func (s lineSet) without(lines []byte) []byte {
	if len(s) == 0 {
		return lines
	}
	var rest []byte
	_ = eachLine(lines, func(line []byte) error {
		if _, ok := s[lineKey(line)]; !ok {
			rest = append(rest, line...)
		}
		return nil
	})
	return rest
}

// A listing is what a store has of an archive.
type listing struct {
	segments map[string]archive.Object         // by the segment's name
	parts    map[string]map[int]archive.Object // by the journal's name and the number
}

func list(ctx context.Context, store archive.Store) (*listing, error) {
	l := &listing{map[string]archive.Object{}, map[string]map[int]archive.Object{}}
	// Journals come first: one that is sealed meanwhile is then found as a segment, too.
	if err := l.listParts(ctx, store, "journals/"); err != nil {
		return nil, err
	}
	for o, err := range store.List(ctx, "segments/") {
		if err != nil {
			return nil, fmt.Errorf("list %s: %w", store, err)
		}
		if name, ok := segmentOf(o.Name); ok {
			l.segments[name] = o
		}
	}
	return l, nil
}

// listParts lists the parts whose names begin with prefix.
func (l *listing) listParts(ctx context.Context, store archive.Store, prefix string) error {
	for o, err := range store.List(ctx, prefix) {
		if err != nil {
			return fmt.Errorf("list %s: %w", store, err)
		}
		if journal, n, ok := partOf(o.Name); ok {
			l.addPart(journal, n, o)
		}
	}
	return nil
}

// relistJournal lists the parts of a journal again. What is not there any more is forgotten.
func (l *listing) relistJournal(ctx context.Context, store archive.Store, journal string) error {
	delete(l.parts, journal)
	return l.listParts(ctx, store, "journals/"+journal+"/")
}

func (l *listing) addPart(journal string, n int, o archive.Object) {
	if l.parts[journal] == nil {
		l.parts[journal] = map[int]archive.Object{}
	}
	l.parts[journal][n] = o
}

// numbers returns the numbers of a journal's parts, in order.
func (l *listing) numbers(journal string) []int {
	numbers := make([]int, 0, len(l.parts[journal]))
	for n := range l.parts[journal] {
		numbers = append(numbers, n)
	}
	slices.Sort(numbers)
	return numbers
}

// readers is how many parts are read at a time. Most are small; large ones are read alone.
const readers = 8

// readParts reads parts of a journal in the order of their numbers, several at a time, and
// calls visit with the lines of each.
func readParts(ctx context.Context, store archive.Store, l *listing, journal string, numbers []int, visit func(n int, lines []byte) error) error {
	var total int64
	for start := 0; start < len(numbers); {
		// A group has at most as many stored bytes as a full part may have.
		end, size := start, int64(0)
		for end < len(numbers) && end-start < readers && (end == start || size+l.parts[journal][numbers[end]].Size <= partSize) {
			size += l.parts[journal][numbers[end]].Size
			end++
		}
		group := numbers[start:end]
		bodies, errs := make([][]byte, len(group)), make([]error, len(group))
		var wg sync.WaitGroup
		for i, n := range group {
			wg.Go(func() { bodies[i], _, errs[i] = readObject(ctx, store, partObject(journal, n), maxPart) })
		}
		wg.Wait()
		// They are decoded one by one: only then is it known how large they are.
		for i, n := range group {
			if errs[i] != nil {
				return errs[i]
			}
			lines, err := decodeNamed(store, partObject(journal, n), bodies[i])
			if err != nil {
				return err
			}
			bodies[i] = nil
			if total += int64(len(lines)); total > maxJournal {
				return fmt.Errorf("%w: the parts of journal %s in %s have over %d bytes", archive.ErrDamaged, journal, store, int64(maxJournal))
			}
			if err := visit(n, lines); err != nil {
				return err
			}
		}
		start = end
	}
	return nil
}

// errGone reports whether an object is gone that was listed before.
func errGone(err error) bool { return errors.Is(err, archive.ErrNoObject) }
