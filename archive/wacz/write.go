package wacz

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"iter"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/klauspost/compress/flate"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// WriterOptions are the options of a Writer.
type WriterOptions struct {
	// Temp is an empty folder for temporary files, which the caller removes afterwards.
	Temp string
	// Title, Description (Markdown) and Software describe the package.
	Title, Description, Software string
	// Created is when the package was made; if zero, the time of its newest record, so
	// that the same records give the same bytes.
	Created time.Time
	// MainPageURL is the page that a viewer opens first; if empty, the front page.
	MainPageURL string
	// Key makes the keys of the index; cdxj.SURT if nil.
	Key func(url string) string
	// Prefix begins the names of WARC files; "newsmorgue" if empty.
	Prefix string
	// MaxFile is the size at which a WARC file is complete, in bytes; 1 GiB if zero.
	MaxFile int64
	// Info are lines of the warcinfo record with which each WARC file begins, such as
	// software, operator and robots.
	Info []archive.Field

	// Has reports whether the caller will write the record with an ID, or has written it.
	// If nil, an original must come before its revisits; memory grows by 50 bytes for
	// each response then.
	Has func(id string) bool
	// Original returns the response that a revisit refers to, if Has does not know it: it
	// is written before the revisit, so that no revisit points outside the package. nil
	// if there is none: then the revisit is an error.
	Original func(ctx context.Context, revisit *archive.Record) (*archive.Record, error)
	// Invalid is called for records that a WARC file cannot have. They are left out if it
	// returns nil. Without it, they are an error.
	Invalid func(rec *archive.Record, err error) error

	Workers int // that compress for WriteAll; GOMAXPROCS if zero
}

// A Summary is what a Writer wrote.
type Summary struct {
	Records    int64 `json:"records"` // without the warcinfo records of the files
	Originals  int64 `json:"originals,omitempty"`
	Lines      int64 `json:"indexed"`
	Pages      int64 `json:"pages"`
	ExtraPages int64 `json:"extra_pages"`
	Files      int   `json:"files"` // WARC files
	Bytes      int64 `json:"bytes"` // of the package
}

// ErrOutside is wrapped by the error about a revisit whose original is not in the package.
var ErrOutside = errors.New("the original of a revisit is not in the package")

const defaultMaxFile = 1 << 30

// infoNamespace is that of the IDs of warcinfo records (UUID version 5).
var infoNamespace = uuid.MustParse("4f0d3a86-6a1e-5a70-9a53-3f5d9c2b7e11")

// A Writer writes a package. Its memory does not grow with the records, except as Has
// says. It is not safe for use by several goroutines.
type Writer struct {
	o       WriterOptions
	zip     *zip.Writer
	out     *countingWriter
	summary Summary
	newest  time.Time

	file      *member // the open WARC file
	resources []Resource
	seen      map[string]bool // IDs of responses, if Has is nil
	pulled    map[string]bool // IDs of originals that were not asked for
	originals int64
	coder     coder

	lineSorter, pageSorter *extsort.Sorter
	lines, pages           *extsort.Writer
	hasPage, hasMain       bool
	first                  Page // the first HTML page, which is listed if no other is
	main                   pageLine
	mainRank               int
	responseID             string // of the last response
	responseSize           int64
}

// A countingWriter counts the bytes of the package.
type countingWriter struct {
	w io.Writer
	n int64
}

func (c *countingWriter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.n += int64(n)
	return n, err
}

// A member is a file of the package that is being written.
type member struct {
	name string
	w    io.Writer
	sum  hash.Hash
	n    int64
}

func (m *member) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.sum.Write(p[:n])
	m.n += int64(n)
	return n, err
}

// NewWriter returns a Writer of a package that begins at the start of w.
func NewWriter(w io.Writer, o WriterOptions) (*Writer, error) {
	o.Prefix = cmp.Or(o.Prefix, "newsmorgue")
	o.MaxFile = cmp.Or(o.MaxFile, defaultMaxFile)
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	out := &countingWriter{w: w}
	x := &Writer{o: o, out: out, zip: zip.NewWriter(out), pulled: map[string]bool{}}
	if o.Has == nil {
		x.seen = map[string]bool{}
	}
	x.zip.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.DefaultCompression) })
	for name, s := range map[string]**extsort.Sorter{"lines": &x.lineSorter, "pages": &x.pageSorter} {
		dir := filepath.Join(o.Temp, name)
		if err := os.Mkdir(dir, 0o700); err != nil {
			return nil, err
		}
		*s = extsort.New(dir, 0)
	}
	x.lines, x.pages = x.lineSorter.Writer(), x.pageSorter.Writer()
	return x, nil
}

// create begins a member. Only one can be open.
func (w *Writer) create(name string, deflate bool, at time.Time) (*member, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Store, Modified: at.UTC()}
	if deflate {
		h.Method = zip.Deflate
	}
	if at.Year() < 1980 { // ZIP cannot have it
		h.Modified = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	f, err := w.zip.CreateHeader(h)
	if err != nil {
		return nil, err
	}
	return &member{name: name, w: f, sum: sha256.New()}, nil
}

// close lists a complete member.
func (w *Writer) close(m *member) error {
	w.resources = append(w.resources, Resource{Name: strings.ToLower(path.Base(m.name)), Path: m.name, Hash: hashOf(m.sum), Bytes: m.n})
	return nil
}

func hashOf(h hash.Hash) string { return "sha256:" + hex.EncodeToString(h.Sum(nil)) }

// WriteAll writes records, in order. Records of one capture should be next to each other.
// It may be called several times.
func (w *Writer) WriteAll(ctx context.Context, recs iter.Seq2[*archive.Record, error]) error {
	return encodeAll(ctx, w.o.Workers, w.complete(ctx, recs), w.place)
}

// complete adds the originals that revisits need.
func (w *Writer) complete(ctx context.Context, recs iter.Seq2[*archive.Record, error]) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for rec, err := range recs {
			if err != nil {
				yield(nil, err)
				return
			}
			if w.pulled[rec.ID()] {
				continue // it was written before its revisit
			}
			original, err := w.originalOf(ctx, rec)
			if err != nil {
				yield(nil, err)
				return
			}
			if original != nil {
				w.pulled[original.ID()] = true
				w.originals++
				if !yield(original, nil) {
					return
				}
			}
			if w.seen != nil && rec.Type() == "response" {
				w.seen[rec.ID()] = true
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

// originalOf returns the response that has to be written before a record.
func (w *Writer) originalOf(ctx context.Context, rec *archive.Record) (*archive.Record, error) {
	if rec.Type() != "revisit" {
		return nil, nil
	}
	of := rec.Get("WARC-Refers-To")
	if w.pulled[of] || w.seen[of] || w.o.Has != nil && w.o.Has(of) {
		return nil, nil
	}
	var original *archive.Record
	var err error
	if w.o.Original != nil {
		original, err = w.o.Original(ctx, rec)
	}
	if err == nil && original == nil {
		err = ErrOutside
	}
	if err != nil {
		return nil, fmt.Errorf("revisit %s of %s: %w", rec.ID(), rec.TargetURI(), err)
	}
	if w.pulled[original.ID()] {
		return nil, nil
	}
	return original, nil
}

// place puts an encoded record into the WARC file.
func (w *Writer) place(e *encoded) error {
	if e.err != nil {
		if errors.Is(e.err, warc.ErrInvalid) && w.o.Invalid != nil {
			return w.o.Invalid(e.rec, e.err)
		}
		return fmt.Errorf("record %s: %w", e.rec.ID(), e.err)
	}
	if w.file != nil && w.file.n >= w.o.MaxFile {
		if err := w.endFile(); err != nil {
			return err
		}
	}
	date := e.rec.Date()
	if w.file == nil {
		if err := w.beginFile(e.rec.ID(), date); err != nil {
			return err
		}
	}
	if date.After(w.newest) {
		w.newest = date
	}
	at := warc.Written{Offset: w.file.n, Length: int64(len(e.bytes)), Digest: e.digest}
	if _, err := w.file.Write(e.bytes); err != nil {
		return err
	}
	w.summary.Records++
	if l, ok := IndexLine(e.rec, path.Base(w.file.name), at, w.o.Key); ok {
		w.summary.Lines++
		w.responseID, w.responseSize = e.rec.ID(), int64(len(e.rec.Payload))
		if w.first.URL == "" {
			w.first, _ = htmlPage(e.rec)
		}
		return w.lines.Add([]byte(l.String()), nil)
	}
	if e.page != nil {
		if e.rec.Get("WARC-Refers-To") == w.responseID {
			e.page.Size = w.responseSize
		}
		return w.addPage(*e.page, e.home)
	}
	return nil
}

// beginFile begins a WARC file with its warcinfo record, named as WARC 1.1 recommends
// (annex C).
func (w *Writer) beginFile(firstID string, date time.Time) error {
	name := fmt.Sprintf("%s-%s-%05d.warc.gz", w.o.Prefix, cdxj.Timestamp17(date), w.summary.Files)
	var err error
	if w.file, err = w.create(archiveDir+name, false, date); err != nil {
		return err
	}
	w.summary.Files++
	lines := slices.Clone(w.o.Info)
	if w.o.Software != "" && !slices.ContainsFunc(lines, func(f archive.Field) bool { return f.Name == "software" }) {
		lines = append([]archive.Field{{Name: "software", Value: w.o.Software}}, lines...)
	}
	lines = append(lines, archive.Field{Name: "format", Value: "WARC File Format 1.1"})
	var text bytes.Buffer
	for _, l := range lines {
		fmt.Fprintf(&text, "%s: %s\r\n", l.Name, strings.NewReplacer("\r", " ", "\n", " ").Replace(l.Value))
	}
	info := &archive.Record{Payload: text.Bytes(), Fields: []archive.Field{
		{Name: "WARC-Type", Value: "warcinfo"},
		{Name: "WARC-Record-ID", Value: "<urn:uuid:" + uuid.NewSHA1(infoNamespace, []byte(name+" "+firstID)).String() + ">"},
		{Name: "WARC-Date", Value: archive.FormatDate(date)},
		{Name: "WARC-Filename", Value: name},
		{Name: "Content-Type", Value: "application/warc-fields"},
	}}
	info.Finish()
	e := &encoded{rec: info}
	if w.coder.encode(e); e.err != nil {
		return e.err
	}
	_, err = w.file.Write(e.bytes)
	return err
}

func (w *Writer) endFile() error {
	m := w.file
	w.file = nil
	return w.close(m)
}

// Close writes the index, the lists of pages and the checksums. It does not close the
// underlying writer. A package without records is an error.
func (w *Writer) Close(ctx context.Context) (*Summary, error) {
	if w.file == nil && w.summary.Files == 0 {
		return nil, errors.New("a WACZ package must have at least one record")
	}
	if !w.hasPage && w.first.URL != "" { // a viewer needs one to begin with
		if err := w.AddPage(w.first); err != nil {
			return nil, err
		}
	}
	if err := errors.Join(w.endFile(), w.lines.Close(), w.pages.Close()); err != nil {
		return nil, err
	}
	if err := w.writeIndex(ctx); err != nil {
		return nil, err
	}
	if err := w.writePages(ctx); err != nil {
		return nil, err
	}
	if err := w.writeDescription(); err != nil {
		return nil, err
	}
	if err := w.zip.Close(); err != nil {
		return nil, err
	}
	w.summary.Bytes, w.summary.Originals = w.out.n, w.originals
	return &w.summary, nil
}

// writeIndex writes the sorted lines. The .idx file has one line for 1024 of them and
// waits in memory.
func (w *Writer) writeIndex(ctx context.Context) error {
	m, err := w.create(indexDir+"index.cdx.gz", false, w.newest)
	if err != nil {
		return err
	}
	var idx bytes.Buffer
	z := cdxj.NewZipWriter(m, &idx, "index.cdx.gz", 0)
	for e, err := range w.lineSorter.Merge(ctx) {
		if err != nil {
			return err
		}
		line := string(e.Key)
		l, err := cdxj.ParseLine(line)
		if err != nil {
			return err
		}
		if err := z.Write(l, line); err != nil {
			return err
		}
	}
	if err := errors.Join(z.Close(), w.close(m)); err != nil {
		return err
	}
	if m, err = w.create(indexDir+"index.idx", true, w.newest); err != nil {
		return err
	}
	if _, err := m.Write(idx.Bytes()); err != nil {
		return err
	}
	return w.close(m)
}

// writeDescription writes datapackage.json and its digest.
func (w *Writer) writeDescription() error {
	created := w.o.Created
	if created.IsZero() {
		created = w.newest
	}
	d := dataPackage{
		Profile: "data-package", Version: Version, Title: w.o.Title, Description: w.o.Description, Software: w.o.Software,
		Created: created.UTC().Format(pageTime), Modified: created.UTC().Format(pageTime),
		MainPageURL: cmp.Or(w.main.URL, w.o.MainPageURL), MainPageDate: w.main.TS, Resources: w.resources,
	}
	text, err := indented(d)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(text)
	digest, err := indented(packageDigest{packageName, "sha256:" + hex.EncodeToString(sum[:])})
	if err != nil {
		return err
	}
	for _, f := range []struct {
		name string
		text []byte
	}{{packageName, text}, {digestName, digest}} {
		m, err := w.create(f.name, true, w.newest)
		if err != nil {
			return err
		}
		if _, err := m.Write(f.text); err != nil {
			return err
		}
	}
	return nil
}

func indented(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	err := e.Encode(v)
	return b.Bytes(), err
}
