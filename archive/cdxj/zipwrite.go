package cdxj

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// zipFormat is the format that the first line of an .idx file names.
const zipFormat = "cdxj-gzip-1.0"

// ErrOrder is returned for lines that are not sorted.
var ErrOrder = errors.New("the lines of an index must be sorted by their bytes")

// A ZipWriter writes a compressed index (ZipNum): a .cdx.gz file of gzip members with
// some lines each, and an .idx file with the first key of each member. A lookup reads one
// member. It is not safe for use by several goroutines.
type ZipWriter struct {
	data, idx io.Writer
	filename  string
	lines     int

	gz     *gzip.Writer
	block  bytes.Buffer
	count  int    // lines in the block
	first  string // key and timestamp of its first line
	last   string // the last line
	hold   string // the block goes on up to here
	offset int64
	begun  bool
}

// NewZipWriter returns a ZipWriter. filename is the name of the .cdx.gz file in the .idx
// file. Members have lines lines; 1024 if lines is 0.
func NewZipWriter(data, idx io.Writer, filename string, lines int) *ZipWriter {
	if lines <= 0 {
		lines = 1024
	}
	z := &ZipWriter{data: data, idx: idx, filename: filename, lines: lines}
	z.gz = gzip.NewWriter(&z.block)
	return z
}

// maxHold bounds the lines of a block, as a multiple of the usual ones.
const maxHold = 8

// Write adds a line. Lines must come sorted by their bytes. line is the text of l, if the
// caller has it; or "".
//
// A member never begins at a line with the key and timestamp of the line before it, since
// ReplayWeb.page keeps one member for each such pair. Nor does it begin between the SURT of
// a URL and the key with the slash at the end of its path, which a WabacSURT has, as long
// as that makes it not more than eight times as large: so readers that look URLs up by
// either kind of key find the member.
func (z *ZipWriter) Write(l Line, line string) error {
	if line == "" {
		line = l.String()
	}
	if line < z.last {
		return fmt.Errorf("%w: %s after %s", ErrOrder, shorten(line), shorten(z.last))
	}
	start := l.Key + " " + l.Timestamp
	previous := ""
	if len(z.last) > len(start) {
		previous = z.last[:len(start)]
	}
	full := z.count >= z.lines && previous != start && (start > z.hold || z.count >= maxHold*z.lines)
	if full {
		if err := z.flush(); err != nil {
			return err
		}
	}
	if z.count == 0 {
		z.first, z.hold = start, ""
		z.gz.Reset(&z.block)
	}
	z.hold = max(z.hold, slashKey(l))
	z.count++
	z.last = line
	if _, err := io.WriteString(z.gz, line); err != nil {
		return err
	}
	_, err := z.gz.Write([]byte{'\n'})
	return err
}

// slashKey is what follows all lines with the key that the URL of a line has if the slash
// at the end of its path stays; "" if the key of the line has the slash, or the URL has none.
func slashKey(l Line) string {
	url := l.Fields["url"]
	if n := strings.IndexAny(url, "?#"); n >= 0 {
		url = url[:n]
	}
	path, query, found := strings.Cut(l.Key, "?")
	if !strings.HasSuffix(url, "/") || strings.HasSuffix(path, "/") {
		return ""
	}
	if found {
		query = "?" + query
	}
	return path + "/" + query + " 9"
}

// begin writes the first line of the .idx file.
func (z *ZipWriter) begin() error {
	if z.begun {
		return nil
	}
	z.begun = true
	meta, err := json.Marshal(struct {
		Format   string `json:"format"`
		Filename string `json:"filename"`
	}{zipFormat, z.filename})
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(z.idx, "!meta 0 %s\n", meta)
	return err
}

func (z *ZipWriter) flush() error {
	if err := errors.Join(z.begin(), z.gz.Close()); err != nil {
		return err
	}
	sum := sha256.Sum256(z.block.Bytes())
	block := Block{Offset: z.offset, Length: int64(z.block.Len()), Digest: "sha256:" + hex.EncodeToString(sum[:])}
	entry, err := json.Marshal(block)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(z.idx, "%s %s\n", z.first, entry); err != nil {
		return err
	}
	n, err := z.data.Write(z.block.Bytes())
	z.offset += int64(n)
	z.block.Reset()
	z.count = 0
	return err
}

// Close writes the last member. It does not close the files.
func (z *ZipWriter) Close() error {
	if z.count > 0 {
		return z.flush()
	}
	if err := z.begin(); err != nil || z.offset > 0 {
		return err
	}
	z.gz.Reset(&z.block) // a file without a member is not gzip
	if err := z.gz.Close(); err != nil {
		return err
	}
	n, err := z.data.Write(z.block.Bytes())
	z.offset += int64(n)
	z.block.Reset()
	return err
}
