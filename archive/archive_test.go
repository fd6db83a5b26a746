package archive

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

var day = time.Date(2026, 11, 23, 18, 0, 0, 123456000, time.UTC)

// page returns the request and response records of a page.
func page(t testing.TB, url, body string) []*Record {
	t.Helper()
	req, res := NewRecord("request", day), NewRecord("response", day)
	for _, r := range []*Record{req, res} {
		r.Set("WARC-Target-URI", url)
	}
	req.Set("WARC-Concurrent-To", res.ID())
	res.Set("WARC-Concurrent-To", req.ID())
	res.Add("WARC-Protocol", "http/1.1")
	res.Add("WARC-Protocol", "tls/1.3")
	req.Set("Content-Type", "application/http; msgtype=request")
	res.Set("Content-Type", "application/http; msgtype=response")
	var err error
	if req.HTTP, _, err = ParseHTTPHead([]byte("GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if res.HTTP, _, err = ParseHTTPHead([]byte("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nx-Odd: 1\r\nX-ODD: 2\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	res.Payload = []byte(body)
	return []*Record{req, res}
}

func create(t testing.TB) *Archive {
	t.Helper()
	a, err := Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestAppendSealRead(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	var caps []Capture
	var want []*Record
	for i := range 300 {
		recs := page(t, fmt.Sprintf("https://a.example/%d", i*7919%300), strings.Repeat(fmt.Sprintf("story %d “quoted” \x00 & ", i), 400))
		got, err := w.Append(ctx, recs...)
		if err != nil {
			t.Fatal(err)
		}
		caps, want = append(caps, got...), append(want, recs...)
	}
	check := func(when string) {
		t.Helper()
		for i, c := range caps {
			got, err := a.Record(ctx, c.Segment, c.ID)
			if err != nil {
				t.Fatalf("%s: %v", when, err)
			}
			g, _ := got.MarshalJSON()
			w, _ := want[i].MarshalJSON()
			if !bytes.Equal(g, w) {
				t.Fatalf("%s: got %s, want %s", when, g, w)
			}
		}
		n := 0
		for e, err := range a.Records(ctx, caps[0].Segment, 0) {
			if err != nil {
				t.Fatal(err)
			}
			if e.Record.ID() != e.ID {
				t.Fatalf("%s: record %s under id %s", when, e.Record.ID(), e.ID)
			}
			n++
		}
		if n != len(caps) {
			t.Errorf("%s: got %d records, want %d", when, n, len(caps))
		}
	}
	check("journal")
	segment, err := w.Seal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	check("sealed")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(a.Dir(), "segments", segment+journalEnd)); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("journal still there: %v", err)
	}
}

func TestRecordJSONRoundTrip(t *testing.T) {
	tests := []struct{ name, head, body string }{
		{"plain", "HTTP/1.1 200 OK\r\nA: b\r\n\r\n", "text"},
		{"line feeds alone", "HTTP/1.1 200 OK\nA: b\n\n", "text"},
		{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c\r\n\r\n", ""},
		{"no reason, no blank", "HTTP/1.1 200\r\nA:b\r\n\r\n", "x"},
		{"lines that are not fields", "HTTP/1.1 200 OK\r\n B: c\r\nno colon\r\n folded\r\nA : b\r\n\tc\r\nX Y: z\r\n: v\r\n\r\n", "x"},
		{"control characters", "HTTP/1.1 200 OK\rA: b\rC\x00D: e\x00\x01f\r\r\n\x02\r\n\r\n", "x"},
		{"Latin-1 and not fields", "HTTP/1.1 200OK\n\xe9: b\nA:\xe9\n\xe9\n\n", "x"},
		{"Latin-1 head", "HTTP/1.1 200 Tr\xe8s bien\r\nA: \xe9\r\n\r\n", "x"},
		{"Latin-1 page", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "caf\xe9 \x00\x1f\"\\"},
		{"binary", "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\n", "\x89PNG\xff\xfe"},
		{"duplicates", "HTTP/1.1 200 OK\r\nSet: 1\r\nset: 2\r\nSet: 3\r\n\r\n", "\u2028\u00a0\ufffd😀"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := NewRecord("response", day)
			r.Set("WARC-Target-URI", "https://a.example/")
			r.Add("WARC-Protocol", "h2")
			r.Add("WARC-Protocol", "tls/1.3")
			head, rest, err := ParseHTTPHead([]byte(tt.head + tt.body))
			if err != nil {
				t.Fatal(err)
			}
			r.HTTP, r.Payload = head, rest
			r.Finish()
			if got := string(r.Block()); got != tt.head+tt.body {
				t.Errorf("block: got %q, want %q", got, tt.head+tt.body)
			}
			line, err := r.MarshalJSON()
			if err != nil {
				t.Fatal(err)
			}
			var again Record
			if err := again.UnmarshalJSON(line); err != nil {
				t.Fatal(err)
			}
			if got := string(again.Block()); got != tt.head+tt.body {
				t.Errorf("block after JSON: got %q, want %q", got, tt.head+tt.body)
			}
			second, _ := again.MarshalJSON()
			if !bytes.Equal(line, second) {
				t.Errorf("JSON: got %s, want %s", second, line)
			}
		})
	}
}

func TestParseHTTPHead(t *testing.T) {
	tests := []struct {
		head   string
		fields []Field
		status int
	}{
		{"HTTP/1.1 200 OK\r\nA: b\r\na:  c \r\nE:\r\n\r\n", []Field{{"A", "b"}, {"a", "c"}, {"E", ""}}, 200},
		{"HTTP/1.1 200 OK\r\n B: c\r\nno colon\r\n folded: x\r\nA \t: b\r\n\tc\r\n  \r\n d\r\nX Y: z\r\n: v\r\n\r\n", []Field{{"A", "b c d"}}, 200},
		{"http/1.0 404Not Found\rA: b\rC\x00D: \x01e\x00\x01f\r\r\n\x02g\r\n\r\n", []Field{{"A", "b"}, {"CD", "e f g"}}, 404},
		{"HTTP/1.1  301\nHTTP/1.1 200 OK\nLocation: /\xe9\n\n", []Field{{"Location", "/\u00e9"}}, 301},
		{"HTTP/1.1 OK\nA:\n b\n\n", []Field{{"A", "b"}}, 0},
	}
	for _, tt := range tests {
		h, _, err := ParseHTTPHead([]byte(tt.head + "body"))
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(h.Headers, tt.fields) || h.Status() != tt.status || string(h.Bytes()) != tt.head {
			t.Errorf("%q: got %q, status %d, bytes %q", tt.head, h.Headers, h.Status(), h.Bytes())
		}
		for i, f := range tt.fields {
			h.Rename(i, "X-Orig-"+f.Name)
		}
		again, _, err := ParseHTTPHead(h.Bytes())
		if err != nil || !slices.Equal(again.Headers, h.Headers) {
			t.Errorf("%q, renamed: got %q, want %q", tt.head, again.Headers, h.Headers)
		}
		for i, f := range tt.fields {
			h.Rename(i, f.Name)
		}
		if got := string(h.Bytes()); got != strings.ReplaceAll(tt.head, "C\x00D", "CD") {
			t.Errorf("%q, renamed twice: got %q", tt.head, got)
		}
	}
}

func FuzzParseHTTPHead(f *testing.F) {
	f.Add([]byte("HTTP/1.1 200 OK\r\nA: b\r\n c\r\nno colon\r\nX\x00 : \xe9\r\n\r\n"))
	f.Add([]byte("\r\n"))
	f.Fuzz(func(t *testing.T, message []byte) {
		h, rest, err := ParseHTTPHead(message)
		if err != nil {
			return
		}
		if got := append(h.Bytes(), rest...); !bytes.Equal(got, message) {
			t.Errorf("got %q, want %q", got, message)
		}
		if len(h.Headers) == 0 {
			return
		}
		last := len(h.Headers) - 1
		h.Rename(last, "X-New")
		again, _, err := ParseHTTPHead(h.Bytes())
		if err != nil || again.Start != h.Start || len(again.Headers) != len(h.Headers) || again.Headers[last].Name != "X-New" || again.Headers[last].Value != h.Headers[last].Value && h.Latin1 == again.Latin1 {
			t.Errorf("renamed: got %q, %v, want %q", again.Headers, err, h.Headers)
		}
	})
}

func TestCreateRefusesForeignFolders(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(file, "x"); !errors.Is(err, ErrForeign) {
		t.Errorf("a file: got %v, want ErrForeign", err)
	}
	if _, err := Create(dir, "x"); !errors.Is(err, ErrForeign) {
		t.Errorf("a folder with a file: got %v, want ErrForeign", err)
	}
	if _, err := Open(dir); !errors.Is(err, ErrNotArchive) {
		t.Errorf("open: got %v, want ErrNotArchive", err)
	}
	a := create(t)
	newer := strings.Replace(`{"format":"newsmorgue-archive","version":V}`, "V", fmt.Sprint(FormatVersion+1), 1)
	if err := os.WriteFile(filepath.Join(a.Dir(), "archive.json"), []byte(newer), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := Create(a.Dir(), "x"); !errors.Is(err, ErrNewerFormat) {
		t.Errorf("a newer format: got %v, want ErrNewerFormat", err)
	}
}

func TestLockSite(t *testing.T) {
	a := create(t)
	unlock, err := a.LockSite("a.example/x?y")
	if err != nil {
		t.Fatal(err)
	}
	_, err = a.LockSite("a.example/x?y")
	var busy *BusyError
	if !errors.As(err, &busy) || busy.PID != os.Getpid() || !errors.Is(err, ErrBusy) {
		t.Errorf("got %v, want a BusyError of this process", err)
	}
	other, err := a.LockSite("a.example/x?z")
	if err != nil {
		t.Fatalf("another site: %v", err)
	}
	other()
	unlock()
	if unlock, err = a.LockSite("a.example/x?y"); err != nil {
		t.Fatalf("after unlock: %v", err)
	}
	unlock()
}

func TestTornTailAtEveryByte(t *testing.T) {
	ctx := context.Background()
	a := create(t)
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	first, err := w.Append(ctx, page(t, "https://a.example/1", "one")...)
	if err != nil {
		t.Fatal(err)
	}
	keep := w.Size()
	if _, err := w.Append(ctx, page(t, "https://a.example/2", "two")[1]); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(a.Dir(), "segments", first[0].Segment+journalEnd)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for cut := keep; cut < int64(len(whole)); cut++ {
		if err := os.WriteFile(path, whole[:cut], 0o644); err != nil {
			t.Fatal(err)
		}
		b, err := Open(a.Dir())
		if err != nil {
			t.Fatal(err)
		}
		w, err := b.NewWriter()
		if err != nil {
			t.Fatalf("cut at %d: %v", cut, err)
		}
		if w.Size() != keep {
			t.Fatalf("cut at %d: journal has %d bytes, want %d", cut, w.Size(), keep)
		}
		for _, c := range first {
			if _, err := b.Record(ctx, c.Segment, c.ID); err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
