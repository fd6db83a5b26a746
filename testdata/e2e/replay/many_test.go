package replay

import (
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

var start = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

const pages = 1500 // more than a block of the index has

// TestReplayMany replays pages of a package whose index has several blocks, with keys of
// the Internet Archive's kind: the first and last page of each block, a page that was
// unchanged, and one for which the server said so.
func TestReplayMany(t *testing.T) {
	node, browser := node(t, "playwright-core", "replaywebpage"), browser(t)
	temp := t.TempDir()
	name := filepath.Join(temp, "many.wacz")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w, err := wacz.NewWriter(f, wacz.WriterOptions{Temp: temp})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.WriteAll(t.Context(), manyPages()); err != nil {
		t.Fatal(err)
	}
	for n := range pages {
		if err := w.AddPage(wacz.Page{ID: fmt.Sprint(n), URL: pageURL(n), Time: start.Add(time.Duration(n) * time.Second), Title: fmt.Sprintf("Story %d", n)}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if r, err := wacz.Verify(t.Context(), name, wacz.VerifyOptions{}); err != nil || len(r.Damage) > 0 || r.Lines != pages+2 {
		t.Fatalf("got %+v, %v", r, err)
	}
	asked := []string{pageURL(0), pageURL(pages - 1), "20261124180000/" + pageURL(7), "20261124180000/" + pageURL(8)}
	asked = append(asked, pageURL(1021), pageURL(1022)) // the end of a block, and the beginning of the next
	for i, s := range replayed(t, node, name, filepath.Join(temp, "last.png"), browser, asked...) {
		var n int
		if _, err := fmt.Sscanf(asked[i][strings.LastIndex(asked[i], "story-"):], "story-%d/", &n); err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("Story number %d of the Gazette", n); !strings.Contains(s.Text, want) {
			t.Errorf("%s: got %q, want %q", asked[i], s.Text, want)
		}
	}
}

func pageURL(n int) string { return fmt.Sprintf("https://www.gazette.example/2026/story-%04d/", n) }

// manyPages are stories, of which one was fetched again with the same bytes, and another
// was not sent again.
func manyPages() iter.Seq2[*archive.Record, error] {
	return func(yield func(*archive.Record, error) bool) {
		for n := range pages {
			rec := archive.NewRecord("response", start.Add(time.Duration(n)*time.Second))
			rec.Set("WARC-Target-URI", pageURL(n))
			rec.Set("Content-Type", "application/http; msgtype=response")
			rec.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}}}
			rec.Payload = fmt.Appendf(nil, "<!doctype html><title>Story %d</title><p>Story number %d of the Gazette.</p>", n, n)
			rec.Finish()
			if !yield(rec, nil) {
				return
			}
			if n == 7 && !yield(revisit(rec, "HTTP/1.1 200 OK", "identical-payload-digest"), nil) {
				return
			}
			if n == 8 && !yield(revisit(rec, "HTTP/1.1 304 Not Modified", "server-not-modified"), nil) {
				return
			}
		}
	}
}

func revisit(of *archive.Record, start, profile string) *archive.Record {
	rec := archive.NewRecord("revisit", of.Date().Add(24*time.Hour))
	for _, f := range []archive.Field{
		{Name: "WARC-Target-URI", Value: of.TargetURI()},
		{Name: "WARC-Profile", Value: "http://netpreserve.org/warc/1.1/revisit/" + profile},
		{Name: "WARC-Refers-To", Value: of.ID()},
		{Name: "WARC-Refers-To-Target-URI", Value: of.TargetURI()},
		{Name: "WARC-Refers-To-Date", Value: of.Get("WARC-Date")},
		{Name: "WARC-Payload-Digest", Value: of.Get("WARC-Payload-Digest")},
		{Name: "Content-Type", Value: "application/http; msgtype=response"},
	} {
		rec.Set(f.Name, f.Value)
	}
	rec.HTTP = &archive.HTTPHead{Start: start, Headers: []archive.Field{{Name: "ETag", Value: `"a1"`}}}
	if !strings.Contains(start, "304") {
		rec.HTTP.Headers = append(rec.HTTP.Headers, archive.Field{Name: "Content-Type", Value: "text/html; charset=utf-8"})
	}
	rec.Finish()
	return rec
}
