package archive

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

// A journal is sealed when it reaches one of these limits. At the end of a run, one
// of runEndSealSize or more is sealed, so that little data stays uncompressed.
const (
	sealSize       = 512 << 20 // bytes
	sealRecords    = 100_000   // bounds the memory of an index
	sealAge        = 7 * 24 * time.Hour
	runEndSealSize = 16 << 20 // bytes
)

const segmentTime = "20060102T150405Z"

// segmentStart returns the start time in a segment's name, or zero.
func segmentStart(name string) time.Time {
	stamp, _, _ := strings.Cut(name, "-")
	t, err := time.Parse(segmentTime, stamp)
	if err != nil {
		return time.Time{}
	}
	return t
}

// sealJournal writes the sealed file of a journal that the caller has locked. The
// journal's name then becomes a second name of the sealed file, until
// removeJournalName: a copy of the folder that began earlier finds the records
// under either name.
func (a *Archive) sealJournal(ctx context.Context, segment string, journal io.ReaderAt, size int64) error {
	lines, damaged, err := sealOrder(io.NewSectionReader(journal, 0, size))
	if err != nil {
		return err
	}
	header := indexHeader{Segment: segment}
	var loss *Record
	if len(damaged) > 0 {
		if loss, err = a.quarantineLines(segment, journal, damaged); err != nil {
			return err
		}
		header.Rescued = &rescued{Segment: segment}
	}
	if header.Previous, err = a.lastRoot(ctx); err != nil {
		return err
	}
	if err := a.install(ctx, header, journalLines(journal, lines, loss)); err != nil {
		return err
	}
	// Replace the journal only if the sealed file can be read back.
	if x, err := a.index(ctx, segment); err != nil || x.scanned != nil {
		return errors.Join(err, x.scanned)
	}
	return a.linkJournalName(segment)
}

// linkJournalName makes the journal's name a hard link to the sealed file. If the
// file system has no hard links, it removes the journal.
func (a *Archive) linkJournalName(segment string) error {
	journal := filepath.Join(a.segmentsDir(), segment+journalEnd)
	tmp := filepath.Join(a.segmentsDir(), "."+segment+".link.tmp")
	if err := removeIfThere(a.disk, tmp); err != nil {
		return err
	}
	if a.disk.Link(filepath.Join(a.segmentsDir(), segment+sealedEnd), tmp) == nil {
		if a.disk.Rename(tmp, journal) == nil {
			return nil
		}
		if err := removeIfThere(a.disk, tmp); err != nil {
			return err
		}
	}
	return removeIfThere(a.disk, journal)
}

// removeJournalName removes the journal's name of a sealed segment.
func (a *Archive) removeJournalName(segment string) error {
	return removeIfThere(a.disk, filepath.Join(a.segmentsDir(), segment+journalEnd))
}

// A sealLine is the location of a valid line in its journal, with its sort key.
type sealLine struct {
	capture Capture
	key     string // SURT
	offset  int64  // of the line
	length  int    // of the JSON
}

// sealOrder returns the valid lines of a journal in the order of the sealed file,
// and its damaged lines.
func sealOrder(r io.Reader) (lines []sealLine, damaged []journalLine, err error) {
	_, err = scanJournal(r, 0, func(l journalLine) error {
		c, err := l.capture()
		if err != nil {
			damaged = append(damaged, journalLine{offset: l.offset, size: l.size})
			return nil
		}
		key := ""
		if c.URL != "" {
			key = cdxj.SURT(c.URL)
		}
		lines = append(lines, sealLine{c, key, l.offset, len(l.body)})
		return nil
	})
	slices.SortStableFunc(lines, func(a, b sealLine) int {
		return cmp.Or(strings.Compare(a.key, b.key), a.capture.Time.Compare(b.capture.Time))
	})
	return lines, damaged, err
}

// journalLines reads lines in the given order, after the loss record if there is
// one. It checks each line again, as the disk may have lost it since.
func journalLines(journal io.ReaderAt, lines []sealLine, loss *Record) iter.Seq2[segmentLine, error] {
	return func(yield func(segmentLine, error) bool) {
		if loss != nil {
			if !yield(lineOf(loss), nil) {
				return
			}
		}
		var buf []byte
		for _, l := range lines {
			buf = slices.Grow(buf[:0], crcWidth+l.length)[:crcWidth+l.length]
			if _, err := journal.ReadAt(buf, l.offset); err != nil {
				yield(segmentLine{}, err)
				return
			}
			body := checkLine(buf)
			if body == nil {
				yield(segmentLine{}, fmt.Errorf("%w: journal line at offset %d changed during sealing", ErrDamaged, l.offset))
				return
			}
			if !yield(segmentLine{l.capture, body, lineLeaf(l.capture, body)}, nil) {
				return
			}
		}
	}
}

// lineLeaf is the leaf of a line. That of a tombstone, which may come from another
// archive, is the one of the record that it replaces.
func lineLeaf(c Capture, line []byte) leaf {
	if isTombstone(c) {
		var r Record
		if r.UnmarshalJSON(line) == nil {
			if l, err := tombstoneLeaf(&r); err == nil {
				return l
			}
		}
	}
	return leafOf(line)
}

// lineOf returns the line of a record that is not in a journal.
func lineOf(r *Record) segmentLine {
	r.Finish()
	body := r.appendJSON(nil)
	return segmentLine{captureOf(r), body, leafOf(body)}
}

// quarantineLines saves damaged journal lines, which cannot be in a sealed segment,
// in the quarantine. It returns their loss record.
func (a *Archive) quarantineLines(segment string, journal io.ReaderAt, damaged []journalLine) (*Record, error) {
	name := filepath.Join("quarantine", segment+".lines")
	if err := os.MkdirAll(filepath.Join(a.dir, "quarantine"), 0o755); err != nil {
		return nil, err
	}
	f, err := a.disk.OpenFile(filepath.Join(a.dir, name), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o644)
	if err != nil {
		return nil, err
	}
	loss := Loss{Segment: segment, Quarantine: name}
	for _, l := range damaged {
		_, cerr := io.Copy(f, io.NewSectionReader(journal, l.offset, l.size))
		err = errors.Join(err, cerr)
		loss.Lost = append(loss.Lost, salvageFields(journal, l)...)
	}
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, err
	}
	return loss.record()
}

// lineForm finds the members that identify a record in a damaged line.
var lineForm = regexp.MustCompile(`"WARC-Type":"([a-z]{1,20})"|"WARC-Record-ID":"([^"\\]{1,200})"|"WARC-Date":"([0-9TZ:.-]{10,40})"|"WARC-Target-URI":"([^"\\]+)"`)

// salvageFields reads the fields that identify the record of a damaged line. If a
// line feed was lost, the line has two records, and both are returned.
func salvageFields(journal io.ReaderAt, l journalLine) []Capture {
	buf := make([]byte, min(l.size, 1<<20))
	n, _ := journal.ReadAt(buf, l.offset) // use what could be read
	var found []Capture
	for _, m := range lineForm.FindAllSubmatch(buf[:n], -1) {
		if len(m[1]) > 0 || len(found) == 0 {
			found = append(found, Capture{Frame: -1, Offset: l.offset, Length: l.size})
		}
		c := &found[len(found)-1]
		switch {
		case len(m[1]) > 0:
			c.Type = string(m[1])
		case len(m[2]) > 0:
			c.ID = string(m[2])
		case len(m[3]) > 0:
			c.Time, _ = time.Parse(time.RFC3339Nano, string(m[3])) // zero if damaged
		case len(m[4]) > 0:
			c.URL = string(m[4])
		}
	}
	if len(found) == 0 {
		found = []Capture{{Frame: -1, Offset: l.offset, Length: l.size}}
	}
	return found
}

// lastRootWait is how long sealing waits for the stores to tell the last root.
const lastRootWait = 10 * time.Second

// lastRoot returns the Merkle root of the newest sealed segment, or "". Sealing goes on if a
// store is away: of the segments that were read by then, it is that of the newest, so that
// two segments may have the same one before them.
func (a *Archive) lastRoot(ctx context.Context) (string, error) {
	segs, err := a.Segments()
	if err != nil {
		return "", err
	}
	limited, cancel := context.WithTimeout(ctx, lastRootWait)
	defer cancel()
	away := false
	for _, s := range slices.Backward(segs) {
		if !s.Sealed || away && !s.Local {
			continue
		}
		h, scanned, err := a.sealedHeader(limited, s.Name)
		if err == nil && scanned == nil {
			return h.Root, nil
		}
		away = away || failedStore(err)
	}
	return "", ctx.Err()
}
