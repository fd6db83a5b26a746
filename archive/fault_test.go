package archive

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
	"time"
)

// faultyDisk is a disk on which the n-th call that changes something fails.
type faultyDisk struct {
	system
	mu    sync.Mutex
	calls int
	fail  int // the call that fails; 0: none
	err   error
	what  string // which it was
	opens map[string]int
}

func (d *faultyDisk) due(what string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls++
	if d.calls != d.fail {
		return nil
	}
	d.what = what
	return d.err
}

func (d *faultyDisk) OpenFile(name string, flag int, mode fs.FileMode) (file, error) {
	if err := d.due("open"); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	d.mu.Lock()
	d.opens[filepath.Base(name)]++
	d.mu.Unlock()
	return &faultyFile{f, d}, nil
}

func (d *faultyDisk) Rename(from, to string) error {
	if err := d.due("rename"); err != nil {
		return err
	}
	return d.system.Rename(from, to)
}

func (d *faultyDisk) Link(from, to string) error {
	if err := d.due("link"); err != nil {
		return err
	}
	return d.system.Link(from, to)
}

func (d *faultyDisk) Remove(name string) error {
	if err := d.due("remove"); err != nil {
		return err
	}
	return d.system.Remove(name)
}

func (d *faultyDisk) SyncDir(name string) error {
	if err := d.due("sync folder"); err != nil {
		return err
	}
	return d.system.SyncDir(name)
}

type faultyFile struct {
	*os.File
	d *faultyDisk
}

func (f *faultyFile) Write(b []byte) (int, error) {
	if err := f.d.due("write"); err != nil {
		n, _ := f.File.Write(b[:len(b)/2]) // a short write, as on a full disk
		return n, err
	}
	return f.File.Write(b)
}

func (f *faultyFile) WriteAt(b []byte, at int64) (int, error) {
	if err := f.d.due("write"); err != nil {
		n, _ := f.File.WriteAt(b[:len(b)/2], at)
		return n, err
	}
	return f.File.WriteAt(b, at)
}

func (f *faultyFile) ReadAt(b []byte, at int64) (int, error) {
	if err := f.d.due("read"); err != nil {
		return 0, err
	}
	return f.File.ReadAt(b, at)
}

func (f *faultyFile) Truncate(n int64) error {
	if err := f.d.due("truncate"); err != nil {
		return err
	}
	return f.File.Truncate(n)
}

func (f *faultyFile) Sync() error {
	if err := f.d.due("sync"); err != nil {
		return err
	}
	return f.File.Sync()
}

func (f *faultyFile) Chmod(m fs.FileMode) error {
	if err := f.d.due("chmod"); err != nil {
		return err
	}
	return f.File.Chmod(m)
}

// holdsExactly checks that an archive verifies and has all acknowledged records and
// none of the rejected ones.
func holdsExactly(t *testing.T, dir string, acked, refused []string) {
	t.Helper()
	ctx := context.Background()
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{}
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segs {
		for e, err := range a.Records(ctx, s.Name, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if held[e.ID] {
				t.Errorf("%s is in the archive twice", e.ID)
			}
			held[e.ID] = true
		}
	}
	for _, id := range acked {
		if !held[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	for _, id := range refused {
		if held[id] {
			t.Errorf("%s was rejected and is in the archive", id)
		}
	}
	v, err := a.Verify(ctx, VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range v.Damage {
		t.Error(d)
	}
}

// TestFaultAtEachCall lets each call fail once, with a full disk or an I/O error.
// Acknowledged records must be in the archive, others be rejected with the cause,
// and the writer must work again after the fault.
func TestFaultAtEachCall(t *testing.T) {
	ctx := context.Background()
	kinds := map[string]bool{}
	for _, cause := range []error{syscall.ENOSPC, syscall.EIO} {
		for n := 1; ; n++ {
			a := create(t)
			d := &faultyDisk{fail: n, err: cause, opens: map[string]int{}}
			a.disk = d
			var acked, refused []string
			for round := range 2 { // the second takes over the journal of the first
				w, err := a.NewWriter()
				if err != nil {
					if !errors.Is(err, cause) {
						t.Fatalf("call %d, %s: got %v, want the cause", n, d.what, err)
					}
					if w, err = a.NewWriter(); err != nil {
						t.Fatalf("call %d, %s: the second time: %v", n, d.what, err)
					}
				}
				for i := range 6 {
					recs := page(t, fmt.Sprintf("https://a.example/%d/%d", round, i), "body")
					caps, err := w.Append(ctx, recs...)
					if err != nil && !errors.Is(err, cause) {
						t.Errorf("call %d, %s: got %v, want the cause", n, d.what, err)
					}
					for _, r := range recs {
						if err != nil {
							refused = append(refused, r.ID())
						}
					}
					for _, c := range caps {
						acked = append(acked, c.ID)
					}
					if i == 3 {
						if _, err := w.Seal(ctx); err != nil && !errors.Is(err, cause) {
							t.Errorf("call %d, %s: seal: got %v, want the cause", n, d.what, err)
						}
					}
				}
				if err := w.Close(); err != nil && !errors.Is(err, cause) {
					t.Errorf("call %d, %s: close: got %v, want the cause", n, d.what, err)
				}
			}
			if len(refused) > 2 {
				t.Errorf("call %d, %s: %d records were rejected, want those of one append", n, d.what, len(refused))
			}
			if d.what == "" {
				break // there are no more calls
			}
			kinds[d.what] = true
			holdsExactly(t, a.Dir(), acked, refused)
			if t.Failed() {
				t.Fatalf("at call %d, %s, %v", n, d.what, cause)
			}
		}
	}
	for _, k := range []string{"open", "write", "sync", "rename", "link", "remove", "sync folder", "chmod"} {
		if !kinds[k] {
			t.Errorf("no %s failed in this test", k)
		}
	}
}

// TestFailedFlushIsNotRetried: after a failed flush the journal must be reopened,
// since the next flush on the same descriptor might succeed without writing.
func TestFailedFlushIsNotRetried(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	d := &faultyDisk{err: syscall.EIO, opens: map[string]int{}}
	a.disk = d
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	first, err := w.Append(ctx, page(t, "https://a.example/1", "x")...)
	if err != nil {
		t.Fatal(err)
	}
	d.fail = d.calls + 2 // the flush after the next write
	lost := page(t, "https://a.example/2", "x")
	if _, err := w.Append(ctx, lost...); !errors.Is(err, syscall.EIO) {
		t.Fatalf("got %v, want EIO", err)
	}
	last, err := w.Append(ctx, page(t, "https://a.example/3", "x")...)
	if err != nil {
		t.Fatal(err)
	}
	if n := d.opens[first[0].Segment+journalEnd]; n != 2 {
		t.Errorf("the journal was opened %d times, want 2", n)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	holdsExactly(t, a.Dir(), []string{first[0].ID, first[1].ID, last[0].ID, last[1].ID}, []string{lost[0].ID(), lost[1].ID()})
}

func TestTwoWritersAndAReader(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	const each = 60
	var wg sync.WaitGroup
	var mu sync.Mutex
	var caps []Capture
	for k := range 2 {
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		w, err := b.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			defer w.Close()
			for i := range each {
				c, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d/%d", k, i), "x")...)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				caps = append(caps, c...)
				mu.Unlock()
				if i == each/2 {
					if _, err := w.Seal(ctx); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	stop := make(chan struct{})
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			mu.Lock()
			known := caps[:len(caps):len(caps)]
			mu.Unlock()
			if len(known) == 0 {
				continue
			}
			c := known[len(known)-1]
			if _, err := a.Record(ctx, c.Segment, c.ID); err != nil {
				t.Errorf("acknowledged, but: %v", err)
				return
			}
		}
	})
	wg.Wait()
	close(stop)
	reader.Wait()
	segs, err := a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for _, s := range segs {
		for _, err := range a.Captures(ctx, s.Name) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
	}
	if n != 2*each*2 {
		t.Errorf("got %d records, want %d", n, 2*each*2)
	}
}

// TestMain lets the test binary run as a writing process, to be killed.
func TestMain(m *testing.M) {
	flag.Parse()
	if dir := os.Getenv("NEWSMORGUE_TEST_WRITER"); dir != "" {
		os.Exit(writeForever(dir))
	}
	os.Exit(m.Run())
}

// writeForever appends records and prints the IDs of acknowledged ones.
func writeForever(dir string) int {
	a, err := Open(dir)
	if err != nil {
		return 1
	}
	w, err := a.NewWriter()
	if err != nil {
		return 1
	}
	for i := 0; ; i++ {
		rec := NewRecord("resource", day)
		rec.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/%d", i))
		rec.Payload = bytes.Repeat([]byte("x"), 2000)
		caps, err := w.Append(context.Background(), rec)
		if err != nil {
			return 1
		}
		fmt.Println(caps[0].ID)
		if i%200 == 199 {
			if _, err := w.Seal(context.Background()); err != nil {
				return 1
			}
		}
	}
}

func TestReadOnlyMediumOpens(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	caps, err := w.Append(ctx, page(t, "https://a.example/", "x")...)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{filepath.Join(a.Dir(), "segments"), a.Dir()} {
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		defer os.Chmod(dir, 0o755)
	}
	b, err := Open(a.Dir())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := b.Record(ctx, caps[1].Segment, caps[1].ID); err != nil {
		t.Error(err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte(`{"WARC-Type":"response","WARC-Record-ID":"<urn:uuid:1>","X":["a","b"],"http":{"start":"HTTP/1.1 200","headers":[["A","b"]]},"text":"x"}`))
	f.Fuzz(func(t *testing.T, line []byte) {
		var r Record
		if r.UnmarshalJSON(line) != nil {
			return
		}
		again, err := r.MarshalJSON()
		if err != nil {
			t.Fatal(err)
		}
		var s Record
		if err := s.UnmarshalJSON(again); err != nil {
			t.Fatalf("%v: %s", err, again)
		}
		if _, err := describe(again); err != nil {
			t.Fatal(err)
		}
	})
}

func FuzzJournal(f *testing.F) {
	line, _ := appendLine(nil, NewRecord("warcinfo", day))
	f.Add(line)
	f.Fuzz(func(t *testing.T, b []byte) {
		good, err := scanJournal(bytes.NewReader(b), 0, func(journalLine) error { return nil })
		if good > int64(len(b)) || err == nil && good < 0 {
			t.Errorf("good %d of %d", good, len(b))
		}
	})
}

func FuzzIndex(f *testing.F) {
	f.Add([]byte("NMX1"))
	f.Fuzz(func(_ *testing.T, b []byte) {
		_, _ = readIndex(bytes.NewReader(b), int64(len(b)), "s")
	})
}

func Example() {
	dir, err := os.MkdirTemp("", "news-")
	if err != nil {
		return
	}
	defer os.RemoveAll(dir)
	a, err := Create(dir, "example/1.0")
	if err != nil {
		return
	}
	w, err := a.NewWriter()
	if err != nil {
		return
	}
	defer w.Close()
	rec := NewRecord("resource", time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
	rec.Set("WARC-Target-URI", "https://a.example/note")
	rec.Set("Content-Type", "text/plain")
	rec.Payload = []byte("kept")
	caps, err := w.Append(context.Background(), rec)
	if err != nil {
		return
	}
	again, err := a.Record(context.Background(), caps[0].Segment, caps[0].ID)
	if err != nil {
		return
	}
	fmt.Printf("%s %s %s\n", again.Type(), again.TargetURI(), again.Payload)
	// Output: resource https://a.example/note kept
}
