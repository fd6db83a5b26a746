package archive

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

// faulty is a journal whose n-th write or flush goes wrong.
type faulty struct {
	*os.File
	f *faults
}

type faults struct {
	mu     sync.Mutex
	writes int   // until one fails; 0 never
	syncs  int   // likewise
	err    error // what they fail with
	opened int
}

func (f *faults) open(name string, flag int) (journalFile, error) {
	file, err := os.OpenFile(name, flag, 0o644)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	f.opened++
	f.mu.Unlock()
	return &faulty{file, f}, nil
}

func (f *faults) due(n *int) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if *n == 0 {
		return false
	}
	*n--
	return *n == 0
}

func (f *faulty) WriteAt(b []byte, at int64) (int, error) {
	if f.f.due(&f.f.writes) {
		n, _ := f.File.WriteAt(b[:len(b)/2], at) // a short write, as a full disk makes
		return n, f.f.err
	}
	return f.File.WriteAt(b, at)
}

func (f *faulty) Sync() error {
	if f.f.due(&f.f.syncs) {
		return f.f.err
	}
	return f.File.Sync()
}

// TestFaultAtEachCall: whatever call fails, what was acknowledged is there, what
// was not is refused with the cause, and the writer goes on.
func TestFaultAtEachCall(t *testing.T) {
	ctx := context.Background()
	for _, kind := range []string{"write", "sync"} {
		for n := 1; n <= 8; n++ {
			t.Run(fmt.Sprintf("%s %d", kind, n), func(t *testing.T) {
				a := create(t)
				w, err := a.NewWriter("")
				if err != nil {
					t.Fatal(err)
				}
				f := &faults{err: syscall.ENOSPC}
				if kind == "write" {
					f.writes = n
				} else {
					f.syncs, f.err = n, syscall.EIO
				}
				w.open = f.open
				var kept []Capture
				failed := 0
				for i := range 8 {
					caps, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d", i), "body")...)
					if err != nil {
						failed++
						if !errors.Is(err, f.err) {
							t.Errorf("got %v, want the cause", err)
						}
						continue
					}
					kept = append(kept, caps...)
				}
				if failed != 1 {
					t.Errorf("%d appends failed, want one", failed)
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
				if kind == "sync" && f.opened != 2 {
					t.Errorf("the journal was opened %d times; after a failed flush it must be reopened", f.opened)
				}
				b, err := Open(a.Dir())
				if err != nil {
					t.Fatal(err)
				}
				total := 0
				for _, err := range b.Records(ctx, kept[0].Segment, 0) {
					if err != nil {
						t.Fatal(err)
					}
					total++
				}
				if total != len(kept) {
					t.Errorf("got %d records, want the %d acknowledged", total, len(kept))
				}
			})
		}
	}
}

// TestFlippedByte: damage costs its line, is never believed, and leaves its
// neighbours as they are.
func TestFlippedByte(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter("")
	if err != nil {
		t.Fatal(err)
	}
	var caps []Capture
	for i := range 5 {
		c, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d", i), strings.Repeat("body ", 50))[1])
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c...)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.Dir(), "segments", caps[0].Segment+journalEnd)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	from, to := caps[2].Offset, caps[3].Offset
	for at := from; at < to; at += 7 {
		bad := bytes.Clone(whole)
		bad[at] ^= 0x20
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		for i, c := range caps {
			_, err := b.Record(ctx, c.Segment, c.ID)
			// A flipped line feed glues two lines, of which neither is good.
			gone := i == 2 || i == 3 && bad[to-1] != '\n'
			if (err != nil) != gone {
				t.Fatalf("byte %d flipped, record %d: got %v", at, i, err)
			}
		}
	}
}

func TestFlippedByteInASealedSegment(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter("")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(1, 2))
	var caps []Capture
	for i := range 6 { // about a frame each
		noise := make([]byte, 700<<10)
		for k := range noise {
			noise[k] = byte('a' + r.IntN(26))
		}
		c, err := w.Append(ctx, page(t, fmt.Sprintf("https://a.example/%d", i), string(noise))[1])
		if err != nil {
			t.Fatal(err)
		}
		caps = append(caps, c...)
	}
	segment, err := w.Seal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.Dir(), "segments", segment+sealedEnd)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		bad := bytes.Clone(whole)
		bad[r.IntN(len(bad)*9/10)] ^= 1 << r.IntN(8)
		if err := os.WriteFile(path, bad, 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for _, c := range caps {
			got, err := b.Record(ctx, c.Segment, c.ID)
			switch {
			case err == nil && SHA256(got.Payload) != c.Digest:
				t.Fatal("damage was believed")
			case err != nil && !errors.Is(err, ErrDamaged):
				t.Fatalf("got %v, want ErrDamaged", err)
			case err != nil && !strings.Contains(err.Error(), c.URL):
				t.Errorf("%v does not name the URL", err)
			}
			if err != nil {
				lost++
			}
		}
		if lost > 1 {
			t.Errorf("one flipped bit cost %d records of %d frames", lost, len(caps))
		}
	}
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
		w, err := b.NewWriter("")
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

// TestMain makes the test binary a writing process of its own, to be killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("NEWSMORGUE_TEST_WRITER"); dir != "" {
		os.Exit(writeForever(dir))
	}
	os.Exit(m.Run())
}

// writeForever appends and says on standard output what was acknowledged.
func writeForever(dir string) int {
	a, err := Open(dir)
	if err != nil {
		return 1
	}
	w, err := a.NewWriter("")
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
		if i%40 == 39 {
			if _, err := w.Seal(context.Background()); err != nil {
				return 1
			}
		}
	}
}

// TestKill: a process that is killed at any moment loses nothing that it had
// acknowledged, and the next one goes on from there.
func TestKill(t *testing.T) {
	a := create(t)
	r := rand.New(rand.NewPCG(3, 4))
	var acked []string
	for range 12 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "NEWSMORGUE_TEST_WRITER="+a.Dir())
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// Killed after some acknowledgements, at a moment of no one's choosing.
		lines := bufio.NewScanner(out)
		for n := 20 + r.IntN(120); n > 0 && lines.Scan(); n-- {
			acked = append(acked, lines.Text())
		}
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			acked = append(acked, lines.Text())
		}
		_ = cmd.Wait() // killed
	}
	b, err := Open(a.Dir())
	if err != nil {
		t.Fatal(err)
	}
	w, err := b.NewWriter("")
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	segs, err := b.Segments()
	if err != nil {
		t.Fatal(err)
	}
	held := map[string]bool{}
	for _, s := range segs {
		for e, err := range b.Records(context.Background(), s.Name, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if held[e.ID] {
				t.Errorf("%s twice", e.ID)
			}
			held[e.ID] = true
		}
	}
	for _, id := range acked {
		if !held[id] {
			t.Errorf("%s was acknowledged and is lost", id)
		}
	}
	if len(acked) < 200 {
		t.Errorf("only %d records were written", len(acked))
	}
}

func TestReadOnlyMediumOpens(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter("")
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
		_, _ = readIndex(bytes.NewReader(b), "s")
	})
}

// BenchmarkAppend is the price of keeping pages of 80 kB durably, beside plain
// gzip and zstd of the same bytes in the same run.
func BenchmarkAppend(b *testing.B) {
	var text strings.Builder
	r := rand.New(rand.NewPCG(5, 6))
	for text.Len() < 80<<10 {
		fmt.Fprintf(&text, "<p class=\"story\">word%d and “word%d” of the town</p>\n", r.IntN(5000), r.IntN(5000))
	}
	body := text.String()
	b.Run("append", func(b *testing.B) {
		a := create(b)
		w, err := a.NewWriter("")
		if err != nil {
			b.Fatal(err)
		}
		defer w.Close()
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		b.SetParallelism(8)
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := w.Append(context.Background(), page(b, "https://a.example/", body)...); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
	b.Run("gzip", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		w := gzip.NewWriter(io.Discard)
		for b.Loop() {
			w.Reset(io.Discard)
			_, _ = io.WriteString(w, body)
			_ = w.Close()
		}
	})
	b.Run("zstd", func(b *testing.B) {
		b.SetBytes(int64(len(body)))
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			b.Fatal(err)
		}
		var out []byte
		for b.Loop() {
			out = enc.EncodeAll([]byte(body), out[:0])
		}
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
	w, err := a.NewWriter("example/1.0")
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
