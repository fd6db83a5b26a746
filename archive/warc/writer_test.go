package warc_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 123456000, time.UTC)

// capture makes a response as a crawl stores it.
func capture(t testing.TB, url, head, payload string) *archive.Record {
	t.Helper()
	rec := archive.NewRecord("response", noon)
	rec.Set("WARC-Target-URI", url)
	rec.Add("WARC-Protocol", "http/1.1")
	rec.Add("WARC-Protocol", "tls/1.3")
	rec.Set("Newsmorgue-Wire", "length=3; sha256=00; coding=gzip,chunked")
	rec.Set("Content-Type", "application/http; msgtype=response")
	var err error
	if rec.HTTP, _, err = archive.ParseHTTPHead([]byte(head)); err != nil {
		t.Fatal(err)
	}
	rec.Payload = []byte(payload)
	rec.Finish()
	return rec
}

// TestOwnRecords: what crawls store is written as other tools read it, and comes back.
func TestOwnRecords(t *testing.T) {
	resp := capture(t, "https://a.example/x", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nX-Archive-Orig-Content-Encoding: gzip\r\nX-Archive-Orig-Transfer-Encoding: chunked\r\n\r\n", "<p>Décodé")
	latin := capture(t, "https://a.example/l", "HTTP/1.1 200 Tr\xe8s bien\r\nContent-Type: text/html\r\n\r\n", "caf\xe9")
	odd := capture(t, "https://a.example/o", "HTTP/1.1 200 OK\nContent-Type:text/html\r\n folded\n\n", "\x00\x01\xff")
	revisit := archive.NewRecord("revisit", noon)
	for _, f := range [][2]string{
		{"WARC-Target-URI", "https://a.example/x"}, {"WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"},
		{"WARC-Refers-To", resp.ID()}, {"WARC-Refers-To-Target-URI", resp.TargetURI()}, {"WARC-Refers-To-Date", resp.Get("WARC-Date")},
		{"WARC-Truncated", "length"}, {"WARC-Payload-Digest", resp.Get("WARC-Payload-Digest")}, {"Content-Type", "application/http; msgtype=response"},
	} {
		revisit.Set(f[0], f[1])
	}
	revisit.HTTP = resp.HTTP
	revisit.Finish()
	info := archive.NewRecord("warcinfo", noon)
	info.Set("Content-Type", "application/warc-fields")
	info.Payload = []byte("software: newsmorgue/0.1.0\r\n")
	info.Finish()
	empty := archive.NewRecord("metadata", noon)
	empty.Finish()
	for _, rec := range []*archive.Record{resp, latin, odd, revisit, info, empty} {
		b := keepsLaw(t, rec)
		if !bytes.HasPrefix(b, []byte("WARC/1.1\r\nWARC-Type: ")) || rec.Head != nil {
			t.Errorf("got %q", b)
		}
		// What is in the file agrees with itself: without the fields of this program,
		// another one finds nothing wrong.
		if e := read(t, b, warc.ReaderOptions{})[0]; len(e.Notes) > 0 || e.Record.Head != nil {
			t.Errorf("got %v, %q", e.Notes, e.Record.Head)
		}
	}
}

// TestStoredRecords: the records of an archive of format 1.
func TestStoredRecords(t *testing.T) {
	a, err := archive.Open(filepath.Join("..", "..", "testdata", "archives", "v1"))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	count := 0
	for e, err := range a.Select(context.Background(), func(archive.Capture) bool { return true }) {
		if err != nil {
			t.Fatal(err)
		}
		keepsLaw(t, e.Record)
		count++
	}
	if count < 5 {
		t.Errorf("got %d records", count)
	}
}

// TestRandomRecords: generated headers and blocks come back byte for byte.
func TestRandomRecords(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for range 3000 {
		eol := pick("\r\n", "\r\n", "\r\n", "\n", "\r\r\n")
		head := pick("WARC/1.0", "WARC/1.1", "WARC/0.17", "WARC/1.1 ") + eol
		for range random.IntN(12) {
			field := pick("WARC-Type", "warc-type", "WARC-Record-ID", "WARC-Date", "WARC-Target-URI", "Content-Type", "WARC-Protocol", "X-é", "text", "http", " x", "WARC-Payload-Digest", "WARC-Block-Digest", "", "Newsmorgue-Cut", "WARC-Truncated") +
				pick(": ", ":", " : ", ":\t", "") +
				pick("response", "Request", "revisit", "<urn:uuid:1>", "2026-03-01T12:00:00Z", "2026", "<http://a.example/>", "a b", "application/http; msgtype=response", "\xe9\xff", "", "text/html", "sha1:AAAA", "sha256:00", "\x00", "é", "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
			if field != "" { // that is the end of a header
				head += field + eol
			}
		}
		block := pick("", page, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", "HTTP/1.0 200\n\n\xff\xfe", "\r\n\r\n", "WARC/1.0\r\n", "GET / HTTP/1.1\r\nHost: x\r\n", "HTTP/1.1 200 OK\r\nX: \xe9\r\n\r\n\xe9\x00", "x\r\nWARC/1.1\r\nContent-Length: 0\r\n\r\n")
		head += fmt.Sprintf("%s: %d%s%s", pick("Content-Length", "content-length"), len(block), eol, eol)
		in := head + block + pick("\r\n\r\n", "\r\n\r\n", "\n\n", "\r\n", "\n", "\r\n\r\n\r\n")
		all := read(t, []byte(in), warc.ReaderOptions{})
		if len(all) != 1 || all[0].Record == nil {
			t.Fatalf("got %s of %q", summary(all), in)
		}
		if out := keepsLaw(t, all[0].Record); string(out) != in {
			t.Fatalf("got %q, want %q", out, in)
		}
	}
}

func all(recs []*archive.Record) iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for _, r := range recs {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// trained is a dictionary made of records.
var trained = sync.OnceValues(func() ([]byte, error) {
	var samples [][]byte
	for i := range 50 {
		samples = append(samples, []byte(response(i, page+strings.Repeat(fmt.Sprint("word", i*7919%100), 20))))
	}
	return zstd.BuildDict(zstd.BuildDictOptions{ID: 40_000, Contents: samples, History: []byte(response(1, page)), Offsets: [3]int{1, 4, 8}})
})

func dictionary(t testing.TB) []byte {
	t.Helper()
	d, err := trained()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// TestWriter: every compression, one record after another and several at the same time,
// gives the same file; each record is where Written says.
func TestWriter(t *testing.T) {
	ctx := context.Background()
	var recs []*archive.Record
	for i := range 50 {
		recs = append(recs, capture(t, fmt.Sprint("https://a.example/", i), "HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("words of the page ", i*50)))
	}
	for _, o := range []warc.Options{{}, {Compression: warc.Zstd}, {Compression: warc.Zstd, Dictionary: dictionary(t)}, {Compression: warc.None}} {
		var one, many bytes.Buffer
		w := warc.NewWriter(&one, o)
		var places []warc.Written
		for _, r := range recs {
			at, err := w.Write(r)
			if err != nil {
				t.Fatal(err)
			}
			places = append(places, at)
		}
		if w.Offset() != int64(one.Len()) {
			t.Errorf("got offset %d of %d", w.Offset(), one.Len())
		}
		o.Workers = 3
		i := 0
		err := warc.NewWriter(&many, o).WriteAll(ctx, all(recs), func(r *archive.Record, at warc.Written, err error) error {
			if r != recs[i] || at != places[i] || err != nil {
				t.Errorf("%d: got %v, %v, want %v", i, at, err, places[i])
			}
			i++
			return nil
		})
		if err != nil || !bytes.Equal(one.Bytes(), many.Bytes()) || i != len(recs) {
			t.Errorf("%v: got another file, %d, %v", o.Compression, i, err)
		}
		r := warc.NewReader(bytes.NewReader(one.Bytes()), warc.ReaderOptions{})
		for range r.Records(ctx) {
		}
		if !bytes.Equal(r.Dictionary(), o.Dictionary) || r.Offset() != int64(one.Len()) {
			t.Errorf("%v: got a dictionary of %d bytes, %d read", o.Compression, len(r.Dictionary()), r.Offset())
		}
		for i, e := range read(t, one.Bytes(), warc.ReaderOptions{}) {
			if len(e.Notes) > 0 || line(t, e.Record) != line(t, recs[i]) || e.Offset != places[i].Offset || e.Length != places[i].Length {
				t.Fatalf("%v: got %v, %s", o.Compression, e.Notes, line(t, e.Record))
			}
			part := one.Bytes()[e.Offset : e.Offset+e.Length]
			if places[i].Digest != archive.SHA256(part) {
				t.Error("the digest is not that of the bytes")
			}
			if alone := read(t, part, warc.ReaderOptions{Dictionary: o.Dictionary}); len(alone) != 1 || alone[0].Record == nil {
				t.Fatalf("%v: record %d is not readable alone", o.Compression, i)
			}
		}
	}
}

// TestCommandLineTools: gzip and zstd accept what is written.
func TestCommandLineTools(t *testing.T) {
	rec := capture(t, "https://a.example/", "HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("words of the page ", 1000))
	dict := dictionary(t)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dict"), dict, 0o600); err != nil {
		t.Fatal(err)
	}
	for tool, o := range map[string]warc.Options{"gzip -tv": {}, "zstd -tq": {Compression: warc.Zstd}, "zstd -tq -D " + filepath.Join(dir, "dict"): {Compression: warc.Zstd, Dictionary: dict}} {
		args := strings.Fields(tool)
		if _, err := exec.LookPath(args[0]); err != nil {
			t.Log("no " + args[0])
			continue
		}
		var b bytes.Buffer
		w := warc.NewWriter(&b, o)
		for range 3 {
			if _, err := w.Write(rec); err != nil {
				t.Fatal(err)
			}
		}
		cmd := exec.Command(args[0], args[1:]...)
		cmd.Stdin = &b
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s: %v: %s", tool, err, out)
		}
	}
}

// TestZstdFrames: each frame has what the specification of WARC with zstd demands.
func TestZstdFrames(t *testing.T) {
	for _, dict := range [][]byte{nil, dictionary(t)} {
		for _, size := range []int{0, 10, 10_000, 10 << 20} {
			var b bytes.Buffer
			w := warc.NewWriter(&b, warc.Options{Compression: warc.Zstd, Dictionary: dict})
			at, err := w.Write(capture(t, "https://a.example/", "HTTP/1.1 200 OK\r\n\r\n", strings.Repeat("x", size)))
			if err != nil {
				t.Fatal(err)
			}
			var h zstd.Header
			if err := h.Decode(b.Bytes()[at.Offset:]); err != nil {
				t.Fatal(err)
			}
			if !h.HasFCS || !h.HasCheckSum || (h.DictionaryID == 0) != (dict == nil) || h.WindowSize > 8<<20 {
				t.Errorf("%d: got %+v", size, h)
			}
		}
	}
}

func TestWriterErrors(t *testing.T) {
	ctx := context.Background()
	good := capture(t, "https://a.example/", "HTTP/1.1 200 OK\r\n\r\n", "hello")
	bad := archive.NewRecord("metadata", noon)
	broken := archive.NewRecord("metadata", noon)
	broken.Set("X", "a\r\nWARC-Type: response")
	broken.Finish()
	var b bytes.Buffer
	w := warc.NewWriter(&b, warc.Options{})
	for _, rec := range []*archive.Record{bad, broken} {
		if _, err := w.Write(rec); !errors.Is(err, warc.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	}
	left := 0
	err := w.WriteAll(ctx, all([]*archive.Record{good, bad, good}), func(_ *archive.Record, _ warc.Written, err error) error {
		if err != nil {
			left++
		}
		return nil
	})
	if got := read(t, b.Bytes(), warc.ReaderOptions{}); err != nil || left != 1 || len(got) != 2 {
		t.Errorf("got %d left out, %d written, %v", left, len(got), err)
	}
	if err := w.WriteAll(ctx, all([]*archive.Record{good, bad, good}), nil); !errors.Is(err, warc.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	lost := errors.New("the archive is gone")
	err = w.WriteAll(ctx, func(yield func(*archive.Record, error) bool) { _ = yield(good, nil) && yield(nil, lost) }, nil)
	if !errors.Is(err, lost) {
		t.Errorf("got %v", err)
	}
	stopped, cancel := context.WithCancel(ctx)
	endless := func(yield func(*archive.Record, error) bool) {
		for yield(good, nil) {
		}
	}
	if err := w.WriteAll(stopped, endless, func(*archive.Record, warc.Written, error) error { cancel(); return nil }); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
	if _, err := warc.NewWriter(&b, warc.Options{Compression: warc.Zstd, Dictionary: []byte("hello")}).Write(good); err == nil {
		t.Error("a dictionary that is none was accepted")
	}
}

func Example() {
	rec := archive.NewRecord("resource", time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
	rec.Set("WARC-Target-URI", "https://a.example/notes.txt")
	rec.Set("Content-Type", "text/plain")
	rec.Payload = []byte("The ferry is back.")
	rec.Finish()

	var file bytes.Buffer
	w := warc.NewWriter(&file, warc.Options{}) // a .warc.gz file
	if _, err := w.Write(rec); err != nil {
		fmt.Println(err)
	}
	for e, err := range warc.NewReader(&file, warc.ReaderOptions{}).Records(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Printf("%s %s %q at %d\n", e.Record.Type(), e.Record.TargetURI(), e.Record.Payload, e.Offset)
	}
	// Output: resource https://a.example/notes.txt "The ferry is back." at 0
}

// TestHeader: the header alone is the one with which the record is written.
func TestHeader(t *testing.T) {
	rec := capture(t, "https://a.example/x", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", "<p>a")
	text, err := warc.Append(nil, rec)
	if err != nil {
		t.Fatal(err)
	}
	head, err := warc.Header(rec)
	if want, _, _ := bytes.Cut(text, []byte("\r\n\r\n")); err != nil || string(head) != string(want)+"\r\n\r\n" {
		t.Errorf("got %q, %v, want %q", head, err, want)
	}
	rec.Payload = append(rec.Payload, 'b')
	if _, err := warc.Header(rec); !errors.Is(err, warc.ErrInvalid) {
		t.Errorf("a wrong length: got %v, want ErrInvalid", err)
	}
	rec.Finish()
	rec.Add("X", "a\nb")
	if _, err := warc.Header(rec); !errors.Is(err, warc.ErrInvalid) {
		t.Errorf("a line break: got %v, want ErrInvalid", err)
	}
}
