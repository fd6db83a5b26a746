package archive

import (
	"context"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var makeGolden = flag.Bool("make-golden", false, "write testdata/archives/v1 anew; only before format 1 is in use")

// TestReadsFormat1 reads an archive of format 1 from testdata: sealed segments in a
// chain, a journal, a revisit, an erased record. It must stay readable for ever.
func TestReadsFormat1(t *testing.T) {
	ctx := context.Background()
	dir := filepath.Join("..", "testdata", "archives", "v1")
	if *makeGolden {
		writeGolden(t, dir)
	}
	a, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	v, err := a.Verify(ctx, VerifyOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if len(v.Damage) > 0 || v.Segments != 2 || v.Journals != 1 || v.Records != 9 || v.Erased != 1 {
		t.Errorf("got %+v", v)
	}
	bodies := map[string]string{}
	for e, err := range a.Select(ctx, func(c Capture) bool { return c.Type == "response" }) {
		if err != nil {
			t.Fatal(err)
		}
		bodies[e.URL] = string(e.Record.Payload)
	}
	want := map[string]string{"https://a.example/one": "The first page.", "https://a.example/latin": "caf\xe9", "https://a.example/open": "\x00\x01\xff"}
	for url, body := range want {
		if bodies[url] != body {
			t.Errorf("%s: got %q, want %q", url, bodies[url], body)
		}
	}
	if _, there := bodies["https://a.example/gone"]; there {
		t.Error("an erased page is in the archive")
	}
}

func writeGolden(t *testing.T, dir string) {
	ctx := context.Background()
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	a, err := Create(dir, "newsmorgue/0.1.0")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	keep := func(recs ...*Record) []Capture {
		caps, err := w.Append(ctx, recs...)
		if err != nil {
			t.Fatal(err)
		}
		return caps
	}
	seal := func() {
		if _, err := w.Seal(ctx); err != nil {
			t.Fatal(err)
		}
	}
	first := page(t, "https://a.example/one", "The first page.")
	first[1].Set("WARC-Payload-Digest", string(SHA256(first[1].Payload)))
	keep(first...)
	gone := keep(page(t, "https://a.example/gone", "Words that were taken back.")[1])
	seal()
	keep(page(t, "https://a.example/latin", "caf\xe9")...)
	revisit := NewRecord("revisit", day)
	revisit.Set("WARC-Target-URI", "https://a.example/one")
	revisit.Set("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified")
	revisit.Set("WARC-Refers-To", first[1].ID())
	revisit.Set("WARC-Refers-To-Target-URI", "https://a.example/one")
	revisit.Set("WARC-Payload-Digest", string(SHA256(first[1].Payload)))
	revisit.Set("Content-Type", "application/http; msgtype=response")
	if revisit.HTTP, _, err = ParseHTTPHead([]byte("HTTP/1.1 304 Not Modified\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	keep(revisit)
	seal()
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.Erase(ctx, first[0].ID(), func(c Capture) bool { return c.ID == gone[0].ID }); err != nil {
		t.Fatal(err)
	}
	if w, err = a.NewWriter(); err != nil {
		t.Fatal(err)
	}
	keep(page(t, "https://a.example/open", "\x00\x01\xff")...)
	told := NewRecord("metadata", day)
	told.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	told.Payload = []byte(`{"site":"a.example","status":"complete"}`)
	keep(told)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "locks")); err != nil {
		t.Fatal(err)
	}
	if entries, _ := os.ReadDir(dir); strings.Contains(entries[0].Name(), "lock") {
		t.Error("locks are left")
	}
}
