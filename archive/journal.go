package archive

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"
)

const (
	journalEnd = ".journal"
	sealedEnd  = ".jsonl.zst"
	tornEnd    = ".torn"

	crcWidth = 9 // eight digits and a space
	// maxLine bounds one line of a journal. Control characters are six times as long
	// in JSON, and payloads have up to 16 MiB.
	maxLine = 256 << 20
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// appendLine appends a record's journal line to b, and also returns the length of its JSON.
func appendLine(b []byte, r *Record) ([]byte, int) {
	start := len(b)
	b = append(b, "00000000 "...)
	b = r.appendJSON(b)
	body := b[start+crcWidth:]
	n := len(body)
	putSum(b[start:], body)
	return append(b, '\n'), n
}

// putSum writes the checksum of a record's JSON at the beginning of its line.
func putSum(line, body []byte) {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.Checksum(body, castagnoli))
	hex.Encode(line, sum[:])
	line[crcWidth-1] = ' '
}

// checkLine returns the JSON of a journal line, given without its line feed, or nil
// if the line is damaged.
func checkLine(line []byte) []byte {
	if len(line) < crcWidth+2 || line[8] != ' ' {
		return nil
	}
	var sum [4]byte
	if _, err := hex.Decode(sum[:], line[:8]); err != nil || bytes.ContainsAny(line[:8], "ABCDEF") {
		return nil
	}
	body := line[crcWidth:]
	crc := uint32(sum[0])<<24 | uint32(sum[1])<<16 | uint32(sum[2])<<8 | uint32(sum[3])
	if crc32.Checksum(body, castagnoli) != crc {
		return nil
	}
	return body
}

// A journalLine is one line of a journal, as found by scanJournal.
type journalLine struct {
	offset int64  // of the line
	body   []byte // JSON, valid until the next line; nil if damaged
	size   int64  // of the line, line feed included
}

// capture describes the record of a line, with its location.
func (l journalLine) capture() (Capture, error) {
	if l.body == nil {
		return Capture{}, fmt.Errorf("%w: line at offset %d does not match its checksum", ErrDamaged, l.offset)
	}
	c, err := describe(l.body)
	c.Offset, c.Length = l.offset, int64(len(l.body))
	return c, err
}

// scanJournal reads the lines from an offset on and calls visit for each complete
// one that is valid or is followed by a valid one. It returns the offset where the
// last valid line ends; what comes after that is torn or still being written.
func scanJournal(r io.Reader, from int64, visit func(journalLine) error) (good int64, err error) {
	br := bufio.NewReaderSize(r, 1<<20)
	good = from
	var bad []journalLine // invalid lines: damaged if a valid line follows, else torn
	offset := from
	var long []byte
	for {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if len(long)+len(line) > maxLine {
				return good, fmt.Errorf("%w: line of over %d bytes at offset %d", ErrDamaged, maxLine, offset)
			}
			long = append(long, line...)
			continue
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return good, err
		}
		if errors.Is(err, io.EOF) {
			return good, nil // no line feed: torn
		}
		if len(long) > 0 {
			line = append(long, line...)
		}
		l := journalLine{offset: offset, body: checkLine(line[:len(line)-1]), size: int64(len(line))}
		offset += l.size
		if l.body == nil {
			bad = append(bad, l)
		} else {
			for _, b := range bad {
				if err := visit(b); err != nil {
					return good, err
				}
			}
			bad = bad[:0]
			good = offset
			if err := visit(l); err != nil {
				return good, err
			}
		}
		long = long[:0]
	}
}

// recoverJournal truncates a torn tail of a journal that the caller has locked, and
// saves the removed bytes. It returns the journal's length and number of lines.
func recoverJournal(d disk, f file) (size int64, lines int, err error) {
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return 0, 0, err
	}
	good, err := scanJournal(f, 0, func(journalLine) error { lines++; return nil })
	if err != nil {
		return 0, 0, fmt.Errorf("recover %s: %w", filepath.Base(f.Name()), err)
	}
	size, err = f.Seek(0, io.SeekEnd)
	if err != nil || size == good {
		return good, lines, err
	}
	if err := saveTorn(d, f, good, size); err != nil {
		return 0, 0, fmt.Errorf("recover %s: %w", filepath.Base(f.Name()), err)
	}
	if err := f.Truncate(good); err != nil {
		return 0, 0, err
	}
	return good, lines, f.Sync()
}

// saveTorn appends the bytes that are about to be removed to NAME.torn.
func saveTorn(d disk, f file, from, to int64) error {
	name := strings.TrimSuffix(f.Name(), journalEnd) + tornEnd
	torn, err := d.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	_, err = io.Copy(torn, io.NewSectionReader(f, from, to-from))
	return errors.Join(err, torn.Sync(), torn.Close())
}

// A Capture is the index entry of one record: like in CDX, a URL at a time.
// Segment and ID are its permanent address; Frame, Offset and Length are its
// current location.
type Capture struct {
	URL, Type, Segment, ID string
	Time                   time.Time
	Status                 int // HTTP status, or 0
	Digest                 Digest
	RefersTo               string
	ContentType            string // of the payload
	Frame, FrameLength     int64  // offset and length of its zstd frame in the sealed file; Frame is -1 in a journal
	Offset, Length         int64  // of its JSON in the decoded frame; in a journal, Offset is that of its line
}

// captureOf describes a record, without its location.
func captureOf(r *Record) Capture {
	c := Capture{
		URL: r.TargetURI(), Type: r.Type(), ID: r.ID(), Time: r.Date(), Digest: Digest(r.Get("WARC-Payload-Digest")),
		RefersTo: r.Get("WARC-Refers-To"), ContentType: r.Get("Content-Type"), Frame: -1,
	}
	if r.HTTP != nil {
		c.ContentType = r.HTTP.Get("Content-Type")
		if c.Type != "request" {
			c.Status = r.HTTP.Status()
		}
	}
	return c
}

// describe is like captureOf for a line of JSON, without decoding its payload.
func describe(line []byte) (Capture, error) {
	var r Record
	err := scanMembers(line, func(key string, s *scanner) (bool, error) {
		switch key {
		case "text", "latin1", "base64", "head":
			return false, nil // stop before the payload
		case "http":
			return true, r.scanHTTP(s)
		}
		return true, r.scanField(key, s)
	})
	if err == nil && (r.Type() == "" || r.ID() == "") {
		err = errors.New("no WARC-Type or WARC-Record-ID")
	}
	if err != nil {
		return Capture{}, fmt.Errorf("%w: record: %w", ErrDamaged, err)
	}
	return captureOf(&r), nil
}
