package keep

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"sync/atomic"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// An ImportSource is a file, or a folder, whose records an Import reads.
type ImportSource struct {
	Name      string
	Bytes     int64           // -1 if unknown
	whole     bool            // it is another archive: its records are taken as they are
	own       bool            // its records are made here
	exported  bool            // this program exported it, as far as was read
	named     map[string]bool // files of a manifest
	damagedAt int64           // offset of the last damaged member; -1 before the first
	entries   func(context.Context) iter.Seq2[importEntry, error]
}

// An importEntry is what a source has at one place.
type importEntry struct {
	warc.Entry
	read int64 // bytes of the source so far

	// What kind of problem there is instead of a record, why, and in which line of a
	// manifest.
	problem, why string
	line         int
}

// MaxImportedBlock is the size of the largest block that is imported, in bytes. Larger
// records are left out, and named.
const MaxImportedBlock = 64 << 20

// A countingReader counts what is read.
type countingReader struct {
	r io.Reader
	n atomic.Int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// WARCReader is the source of a WARC or ARC file that is read once, such as standard
// input.
func WARCReader(name string, r io.Reader) *ImportSource {
	return &ImportSource{damagedAt: -1, Name: name, Bytes: -1, entries: func(ctx context.Context) iter.Seq2[importEntry, error] { return warcEntries(ctx, r, 0) }}
}

// WARCFile is the source of a WARC or ARC file, compressed or not.
func WARCFile(file string) (*ImportSource, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return &ImportSource{damagedAt: -1, Name: file, Bytes: st.Size(), entries: func(ctx context.Context) iter.Seq2[importEntry, error] {
		return func(yield func(importEntry, error) bool) {
			f, err := os.Open(file)
			if err != nil {
				yield(importEntry{}, err)
				return
			}
			defer f.Close()
			for e, err := range warcEntries(ctx, f, 0) {
				if !yield(e, err) {
					return
				}
			}
		}
	}}, nil
}

func warcEntries(ctx context.Context, r io.Reader, before int64) iter.Seq2[importEntry, error] {
	return func(yield func(importEntry, error) bool) {
		c := &countingReader{r: r}
		some := false
		for e, err := range warc.NewReader(c, warc.ReaderOptions{MaxBlock: MaxImportedBlock}).Records(ctx) {
			if err != nil {
				yield(importEntry{}, err)
				return
			}
			some = some || e.Record != nil
			if !yield(importEntry{Entry: *e, read: before + c.n.Load()}, nil) {
				return
			}
		}
		if !some {
			yield(importEntry{}, errors.New("it has no WARC or ARC record"))
		}
	}
}

// WACZFile is the source of the WARC files in a WACZ package.
func WACZFile(file string) (*ImportSource, error) {
	st, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	return &ImportSource{damagedAt: -1, Name: file, Bytes: st.Size(), entries: func(ctx context.Context) iter.Seq2[importEntry, error] {
		return func(yield func(importEntry, error) bool) {
			f, err := os.Open(file)
			if err != nil {
				yield(importEntry{}, err)
				return
			}
			defer f.Close()
			p, err := wacz.Open(f, st.Size())
			if err != nil {
				yield(importEntry{}, err)
				return
			}
			before := int64(0)
			for _, name := range p.WARCs() {
				if !waczMember(ctx, p, name, before, yield) {
					return
				}
				before = min(before+p.Size(name), st.Size())
			}
			if len(p.WARCs()) == 0 {
				yield(importEntry{}, errors.New("it has no WARC file in its folder archive"))
			}
		}
	}}, nil
}

// waczMember gives the records of a WARC file in a package. A member that cannot be read
// is damage; the next one is read.
func waczMember(ctx context.Context, p *wacz.Package, name string, before int64, yield func(importEntry, error) bool) bool {
	damage := func(err error) bool {
		return yield(importEntry{Entry: warc.Entry{Offset: -1, Notes: []warc.Note{{Kind: warc.KindDamaged, What: fmt.Sprintf("%s: %v", name, err)}}}, read: before}, nil)
	}
	r, err := p.Open(name)
	if err != nil {
		return damage(err)
	}
	defer r.Close()
	for e, err := range warcEntries(ctx, r, before) {
		if err != nil && ctx.Err() == nil {
			return damage(err)
		}
		if !yield(e, err) {
			return false
		}
	}
	return true
}

// IsWARCName reports whether a file has the name of a WARC or ARC file.
func IsWARCName(name string) bool {
	name = strings.ToLower(name)
	for _, end := range []string{".gz", ".zst"} {
		name = strings.TrimSuffix(name, end)
	}
	return strings.HasSuffix(name, ".warc") || strings.HasSuffix(name, ".arc")
}

// IsWARC reports whether data begins like a WARC or ARC file, or is compressed.
func IsWARC(begin []byte) bool {
	for _, magic := range []string{"WARC/", "filedesc:", "\x1f\x8b", "\x28\xb5\x2f\xfd", "\x5d\x2a\x4d\x18"} {
		if bytes.HasPrefix(begin, []byte(magic)) {
			return true
		}
	}
	return false
}

// ArchiveFolder is the source of another archive. Its records are taken as they are,
// what it has suppressed first.
func ArchiveFolder(ar *archive.Archive) (*ImportSource, error) {
	segs, err := ar.Segments()
	if err != nil {
		return nil, err
	}
	s := &ImportSource{damagedAt: -1, Name: ar.Dir(), whole: true}
	for _, seg := range segs {
		s.Bytes += seg.Bytes
	}
	s.entries = func(ctx context.Context) iter.Seq2[importEntry, error] {
		return func(yield func(importEntry, error) bool) {
			isSuppression := func(c archive.Capture) bool { return c.Type == "metadata" && c.ContentType == catalog.SuppressionType }
			if !folderEntries(ctx, ar, isSuppression, nil, yield) {
				return
			}
			ends := map[string]int64{}
			at := int64(0)
			for _, seg := range segs {
				at += seg.Bytes
				ends[seg.Name] = at - seg.Bytes
			}
			folderEntries(ctx, ar, func(c archive.Capture) bool { return !isSuppression(c) }, ends, yield)
		}
	}
	return s, nil
}

func folderEntries(ctx context.Context, ar *archive.Archive, which func(archive.Capture) bool, ends map[string]int64, yield func(importEntry, error) bool) bool {
	for e, err := range ar.Select(ctx, which) {
		if ctx.Err() != nil {
			yield(importEntry{}, ctx.Err())
			return false
		}
		in := importEntry{Entry: warc.Entry{Record: e.Record, Offset: -1}, read: ends[e.Segment]}
		if err != nil {
			in.Entry = warc.Entry{Offset: -1, Notes: []warc.Note{{Kind: warc.KindDamaged, What: err.Error()}}}
		}
		if !yield(in, nil) {
			return false
		}
	}
	return true
}
