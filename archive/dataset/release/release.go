// Package release compares a dataset with an earlier release of it: which articles were
// added, changed or withdrawn. Each dataset has digests.csv, with a digest of each row
// of its articles, so that the earlier release need not be read in its own format. Both
// are sorted by ID and are merged in constant memory. Withdrawn articles are named by
// their IDs only: a suppressed article's URL is in no file that is written afterwards.
package release

import (
	"bufio"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// Names of the files.
const (
	Digests = "digests.csv" // id, version, sha256: a line for each row of articles
	Changes = "changes.csv" // id, change, url: a line for each article that differs
)

const (
	digestsHeader = "id,version,sha256"
	maxID         = 128
)

// A Row is a row of the table of articles.
type Row struct {
	ID      string // ASCII letters, digits, ".", "_" and "-"; at most 128 bytes
	Version int64
	Sum     [sha256.Size]byte // see Sum
	URL     string            // for changes.csv
}

// moving are the columns whose values may differ from release to release although the
// article is the same.
var moving = []string{"versions", "last_captured", "cluster", "cluster_size", "cluster_first", "duplicate_of", "split"}

// Sum digests the values of a row with the names of their columns. Missing values count
// as nothing, and neither do columns that tell of other articles or later captures:
// versions, last_captured, clusters and splits.
func Sum(columns []table.Column, row []table.Value) [sha256.Size]byte {
	buf := sumBuffers.Get().(*[]byte)
	b := (*buf)[:0]
	for i, c := range columns {
		if !row[i].Set || slices.Contains(moving, c.Name) {
			continue
		}
		b = append(append(b, c.Name...), 0)
		b = table.AppendRow(b, columns[i:i+1], row[i:i+1])
	}
	sum := sha256.Sum256(b)
	if cap(b) <= maxKeptBuffer {
		*buf = b
	}
	sumBuffers.Put(buf)
	return sum
}

var sumBuffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKeptBuffer is the size in bytes above which a buffer is not kept for the next row.
const maxKeptBuffer = 1 << 20

// Counts count articles.
type Counts struct{ Added, Changed, Withdrawn, Stayed int64 }

// A Comparison writes digests.csv and changes.csv while rows are added. It is used by
// one goroutine at a time.
type Comparison struct {
	old     *reader // nil if there is no earlier release
	digests *bufio.Writer
	changes *csv.Writer // nil if there is no earlier release
	last    Row
	current group
	counts  Counts
	err     error
}

// A group is the rows of one article: its versions.
type group struct {
	id, url string
	rows    hash.Hash
}

func newGroup(id string) group { return group{id: id, rows: sha256.New()} }

func (g *group) add(version int64, sum string) { fmt.Fprintf(g.rows, "%d,%s\n", version, sum) }

// New begins a comparison with the digests.csv of an earlier release. If old is nil,
// there is none, and only digests is written; changes may be nil then.
func New(old io.Reader, digests, changes io.Writer) (*Comparison, error) {
	c := &Comparison{digests: bufio.NewWriterSize(digests, 1<<16)}
	fmt.Fprintln(c.digests, digestsHeader)
	if old == nil {
		return c, nil
	}
	c.changes = csv.NewWriter(changes)
	if err := c.changes.Write([]string{"id", "change", "url"}); err != nil {
		return nil, err
	}
	var err error
	c.old, err = newReader(old)
	return c, err
}

// Add adds a row. Rows come in the order of their IDs and versions, each once.
func (c *Comparison) Add(r Row) error {
	if c.err == nil {
		c.err = c.add(r)
	}
	return c.err
}

func (c *Comparison) add(r Row) error {
	if !validID(r.ID) {
		return fmt.Errorf("release: %q is not a valid ID", r.ID)
	}
	if c.last.ID != "" && !before(c.last.ID, c.last.Version, r.ID, r.Version) {
		return fmt.Errorf("release: %s version %d is not after %s version %d", r.ID, r.Version, c.last.ID, c.last.Version)
	}
	sum := hex.EncodeToString(r.Sum[:])
	if _, err := fmt.Fprintf(c.digests, "%s,%d,%s\n", r.ID, r.Version, sum); err != nil {
		return err
	}
	if r.ID != c.last.ID {
		if err := c.finish(); err != nil {
			return err
		}
		c.current = newGroup(r.ID)
	}
	c.last = r
	c.current.url = r.URL
	c.current.add(r.Version, sum)
	return nil
}

// finish compares the article whose rows are complete.
func (c *Comparison) finish() error {
	if c.current.id == "" || c.old == nil {
		return nil
	}
	if err := c.withdraw(c.current.id); err != nil {
		return err
	}
	switch {
	case c.old.group.id != c.current.id:
		c.counts.Added++
		return c.changes.Write([]string{c.current.id, "added", c.current.url})
	case string(c.old.group.rows.Sum(nil)) == string(c.current.rows.Sum(nil)):
		c.counts.Stayed++
		return c.old.next()
	}
	c.counts.Changed++
	if err := c.changes.Write([]string{c.current.id, "changed", c.current.url}); err != nil {
		return err
	}
	return c.old.next()
}

// withdraw lists the articles of the earlier release before an ID; all if it is empty.
func (c *Comparison) withdraw(id string) error {
	for c.old.group.id != "" && (id == "" || c.old.group.id < id) {
		c.counts.Withdrawn++
		if err := c.changes.Write([]string{c.old.group.id, "withdrawn", ""}); err != nil {
			return err
		}
		if err := c.old.next(); err != nil {
			return err
		}
	}
	return nil
}

// Close completes both files and returns how many articles are added, changed,
// withdrawn and the same; zeros if there is no earlier release.
func (c *Comparison) Close() (Counts, error) {
	if c.err == nil {
		c.err = c.finish()
	}
	if c.err == nil && c.old != nil {
		c.err = c.withdraw("")
	}
	c.err = errors.Join(c.err, c.digests.Flush())
	if c.changes != nil {
		c.changes.Flush()
		c.err = errors.Join(c.err, c.changes.Error())
	}
	return c.counts, c.err
}

// A reader reads digests.csv, an article at a time.
type reader struct {
	lines *bufio.Scanner
	n     int
	group group // "" as its ID at the end

	// The row after those of the group.
	id      string
	version int64
	sum     string
}

func newReader(r io.Reader) (*reader, error) {
	d := &reader{lines: bufio.NewScanner(r)}
	d.lines.Buffer(make([]byte, 0, 1<<16), 1<<16)
	if !d.lines.Scan() || d.lines.Text() != digestsHeader {
		return nil, errors.Join(fmt.Errorf("%s of the earlier release does not begin with %q", Digests, digestsHeader), d.lines.Err())
	}
	d.n = 1
	if err := d.row(); err != nil {
		return nil, err
	}
	return d, d.next()
}

// next reads the rows of the next article.
func (d *reader) next() error {
	if d.group = (group{}); d.id == "" {
		return nil
	}
	d.group = newGroup(d.id)
	for d.id == d.group.id {
		d.group.add(d.version, d.sum)
		if err := d.row(); err != nil {
			return err
		}
	}
	return nil
}

// row reads a line; at the end, the ID becomes empty.
func (d *reader) row() error {
	id, version := d.id, d.version
	if !d.lines.Scan() {
		d.id = ""
		if err := d.lines.Err(); err != nil {
			return fmt.Errorf("%s of the earlier release: line %d: %w", Digests, d.n+1, err)
		}
		return nil
	}
	d.n++
	fields := strings.Split(d.lines.Text(), ",")
	wrong := func(what string) error {
		return fmt.Errorf("%s of the earlier release: line %d: %s", Digests, d.n, what)
	}
	if len(fields) != 3 || !validID(fields[0]) {
		return wrong("not an ID, a version and a digest")
	}
	n, err := strconv.ParseInt(fields[1], 10, 64)
	if err != nil {
		return wrong("the version is not a number")
	}
	if _, err := hex.DecodeString(fields[2]); err != nil || len(fields[2]) != 2*sha256.Size || strings.ToLower(fields[2]) != fields[2] {
		return wrong("the digest is not a SHA-256")
	}
	d.id, d.version, d.sum = fields[0], n, fields[2]
	if id != "" && !before(id, version, d.id, d.version) {
		return wrong("not sorted by ID and version")
	}
	return nil
}

func before(id string, version int64, nextID string, nextVersion int64) bool {
	return id < nextID || id == nextID && version < nextVersion
}

func validID(s string) bool {
	if s == "" || len(s) > maxID {
		return false
	}
	for _, c := range []byte(s) {
		if (c < '0' || c > '9') && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && c != '.' && c != '_' && c != '-' {
			return false
		}
	}
	return true
}
