package archive

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// powerDisk is a disk that simulates power failures. They leave of a file what was
// flushed and perhaps some of the rest, and of a folder the names that were flushed
// and any of the later changes.
type powerDisk struct {
	files   map[string]*diskFile // as the running system sees them
	durable map[string]*diskFile
	pending []func(names map[string]*diskFile) // changes of names since the folder was flushed
	after   func()                             // called after each change
}

// A diskFile is the content of one file, which may have several names.
type diskFile struct{ synced, now []byte }

func (d *powerDisk) changed(op func(map[string]*diskFile)) {
	op(d.files)
	d.pending = append(d.pending, op)
	d.after()
}

func (d *powerDisk) OpenFile(name string, flag int, mode fs.FileMode) (file, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	p := d.files[name]
	if p == nil {
		p = &diskFile{}
		d.changed(func(names map[string]*diskFile) { names[name] = p })
	}
	if flag&os.O_TRUNC != 0 {
		p.now = nil
	}
	return &powerFile{f, d, p}, nil
}

func (d *powerDisk) Rename(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	p := d.files[from]
	d.changed(func(names map[string]*diskFile) { delete(names, from); names[to] = p })
	return nil
}

func (d *powerDisk) Link(from, to string) error {
	if err := os.Link(from, to); err != nil {
		return err
	}
	p := d.files[from]
	d.changed(func(names map[string]*diskFile) { names[to] = p })
	return nil
}

func (d *powerDisk) Remove(name string) error {
	if err := os.Remove(name); err != nil {
		return err
	}
	d.changed(func(names map[string]*diskFile) { delete(names, name) })
	return nil
}

func (d *powerDisk) SyncDir(string) error {
	d.durable, d.pending = maps.Clone(d.files), nil
	d.after()
	return nil
}

// fail returns the files of the folder after a power failure.
func (d *powerDisk) fail(r *rand.Rand) map[string][]byte {
	names := maps.Clone(d.durable)
	some := r.IntN(3) // most disks preserve the order of changes, some do not
	for i, op := range d.pending {
		if some == 0 && r.IntN(2) == 0 || some == 1 && i >= r.IntN(len(d.pending)+1) {
			continue
		}
		op(names)
	}
	left := map[string][]byte{}
	for name, p := range names {
		kept := p.synced
		switch tail, grown := bytes.CutPrefix(p.now, p.synced); {
		case grown:
			kept = append(bytes.Clone(p.synced), tail[:r.IntN(len(tail)+1)]...)
			if r.IntN(3) == 0 { // the length was written, the bytes were not
				kept = append(bytes.Clone(p.synced), make([]byte, len(tail))...)
			}
		case r.IntN(2) == 0:
			kept = p.now
		}
		left[name] = kept
	}
	return left
}

type powerFile struct {
	*os.File
	d *powerDisk
	p *diskFile
}

func (f *powerFile) Write(b []byte) (int, error) {
	n, err := f.File.Write(b)
	return n, f.wrote(err)
}

func (f *powerFile) WriteAt(b []byte, at int64) (int, error) {
	n, err := f.File.WriteAt(b, at)
	return n, f.wrote(err)
}

func (f *powerFile) Truncate(n int64) error { return f.wrote(f.File.Truncate(n)) }

func (f *powerFile) wrote(err error) error {
	st, serr := f.Stat()
	if err != nil || serr != nil {
		return fmt.Errorf("%w, %w", err, serr)
	}
	f.p.now = make([]byte, st.Size())
	if _, err := f.ReadAt(f.p.now, 0); err != nil && st.Size() > 0 {
		// The file was opened for writing only.
		if f.p.now, err = os.ReadFile(f.Name()); err != nil {
			return err
		}
	}
	f.d.after()
	return nil
}

func (f *powerFile) Sync() error {
	f.p.synced = bytes.Clone(f.p.now)
	f.d.after()
	return nil
}

// TestPowerFailure simulates a power failure after every change of the disk, which
// may or may not have written what was not flushed. Acknowledged records must be in
// the archive, it must verify, and a new writer must work.
func TestPowerFailure(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	r := rand.New(rand.NewPCG(11, 25))
	var acked []string
	checks, silent := 0, false
	d := &powerDisk{files: map[string]*diskFile{}, durable: map[string]*diskFile{}}
	d.after = func() {
		for range 3 {
			if silent || t.Failed() {
				return
			}
			checks++
			copied := filepath.Join(t.TempDir(), "news")
			if _, err := Create(copied, "newsmorgue/test"); err != nil {
				t.Fatal(err)
			}
			for name, body := range d.fail(r) {
				if err := os.WriteFile(filepath.Join(copied, "segments", filepath.Base(name)), body, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			holdsExactly(t, copied, acked, nil)
			b, err := Open(copied)
			if err != nil {
				t.Fatal(err)
			}
			w, err := b.NewWriter()
			if err != nil {
				t.Fatalf("a writer after the power came back: %v", err)
			}
			caps, err := w.Append(ctx, page(t, "https://a.example/later", "body")...)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			holdsExactly(t, copied, append([]string{caps[0].ID, caps[1].ID}, acked...), nil)
			os.RemoveAll(copied)
		}
	}
	a.disk = d
	for round := range 2 {
		w, err := a.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		for i := range 4 {
			caps, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d/%d", round, i), "body")...)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range caps {
				acked = append(acked, c.ID)
			}
			if i == 2 {
				if _, err := w.Seal(ctx); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	silent = true
	if checks < 60 {
		t.Errorf("got %d checks, want at least 60", checks)
	}
}
