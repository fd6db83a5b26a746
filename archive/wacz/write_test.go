package wacz_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

func member(t testing.TB, p *wacz.Package, name string) []byte {
	t.Helper()
	r, err := p.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestWrite(t *testing.T) {
	recs := stories(3)
	b, s := written(t, recs, wacz.WriterOptions{Title: "The Gazette"})
	if s.Records != 12 || s.Lines != 4 || s.Pages != 3 || s.ExtraPages != 1 || s.Files != 1 || s.Bytes != int64(len(b)) {
		t.Errorf("got %+v", s)
	}
	p := opened(t, b)
	want := []string{"archive/newsmorgue-20261123180000123-00000.warc.gz", "indexes/index.cdx.gz", "indexes/index.idx", "pages/pages.jsonl", "pages/extraPages.jsonl", "datapackage.json", "datapackage-digest.json"}
	if got := p.Members(); !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if p.Version != "1.1.1" || p.Title != "The Gazette" || p.Software != "newsmorgue/test" || p.MainPageURL != "https://www.gazette.example/home-0/" || len(p.Resources) != 5 {
		t.Errorf("got %+v", p)
	}
	for _, stored := range want[:2] {
		if _, ok := p.At(stored); !ok {
			t.Errorf("%s is compressed", stored)
		}
	}
	var types []string
	for e, err := range p.Records(t.Context(), want[0], warc.ReaderOptions{}) {
		if err != nil || len(e.Notes) > 0 {
			t.Fatal(err, e)
		}
		types = append(types, e.Record.Type())
		if n := len(types) - 2; n >= 0 && !slices.Equal(e.Record.Fields, recs[n].Fields) {
			t.Errorf("got %v, want %v", e.Record.Fields, recs[n].Fields)
		}
	}
	if got := strings.Join(types[:5], " "); got != "warcinfo request response conversion request" {
		t.Errorf("got %s", got)
	}
	const pages = `{"format":"json-pages-1.0","id":"pages","title":"All Pages","hasText":true}
{"id":"ID1","url":"https://www.gazette.example/article-1/","ts":"2026-11-23T18:00:01Z","title":"Story 1","text":"The council met on day 1 & left.","size":65}
`
	if got := member(t, p, "pages/pages.jsonl"); !strings.HasPrefix(string(got), strings.Replace(pages, "ID1", strings.TrimSuffix(strings.TrimPrefix(id("article article 1"), "<urn:uuid:"), ">"), 1)) {
		t.Errorf("got %s", got)
	}
	if r := verified(t, b); len(r.Damage) > 0 || len(r.Notes) > 0 || r.Records != 13 || r.Lines != 4 || r.Pages != 4 {
		t.Errorf("got %+v", r)
	}
}

func TestWriteIsDeterministic(t *testing.T) {
	one, _ := written(t, stories(40), wacz.WriterOptions{Workers: 1, MaxFile: 4000})
	two, s := written(t, stories(40), wacz.WriterOptions{Workers: 7, MaxFile: 4000})
	if !bytes.Equal(one, two) {
		t.Error("the same records gave other bytes")
	}
	if s.Files < 3 {
		t.Errorf("got %d files", s.Files)
	}
	if r := verified(t, two); len(r.Damage) > 0 || r.Files != s.Files {
		t.Errorf("got %+v", r)
	}
}

func TestKeys(t *testing.T) {
	for want, key := range map[string]func(string) string{"example,gazette)/article-1": nil, "example,gazette)/article-1/": cdxj.WabacSURT} {
		b, _ := written(t, page(1, "article"), wacz.WriterOptions{Key: key})
		for l, err := range opened(t, b).Lines(t.Context()) {
			if err != nil || l.Key != want || l.Fields["recordDigest"] == "" || l.Fields["mime"] != "text/html" || l.Fields["status"] != "200" {
				t.Errorf("got %v, %v, want %s", l, err, want)
			}
		}
	}
}

// TestRevisits: no revisit points outside the package.
func TestRevisits(t *testing.T) {
	original := page(1, "article")[1]
	again := []*archive.Record{revisit(original, time.Hour), revisit(original, 2*time.Hour)}
	if _, _, err := write(t.TempDir(), again, wacz.WriterOptions{}); !errors.Is(err, wacz.ErrOutside) {
		t.Errorf("got %v, want ErrOutside", err)
	}
	b, s := written(t, again, wacz.WriterOptions{Original: func(_ context.Context, r *archive.Record) (*archive.Record, error) {
		if r.Get("WARC-Refers-To") != original.ID() {
			t.Errorf("asked for %s", r.Get("WARC-Refers-To"))
		}
		return original, nil
	}})
	if s.Originals != 1 || s.Records != 3 || s.Lines != 3 {
		t.Errorf("got %+v", s)
	}
	if r := verified(t, b); len(r.Damage) > 0 {
		t.Errorf("got %v", r.Damage)
	}
	// Has is believed; Verify is not.
	b, _ = written(t, again, wacz.WriterOptions{Has: func(string) bool { return true }})
	if r := verified(t, b); len(r.Damage) != 2 || !strings.Contains(r.Damage[0].What, "not in the package") {
		t.Errorf("got %v", r.Damage)
	}
	// An original that comes before its revisit, and one that comes after it.
	for _, recs := range [][]*archive.Record{{original, again[0]}, {again[0], original}} {
		b, s := written(t, recs, wacz.WriterOptions{Original: func(context.Context, *archive.Record) (*archive.Record, error) { return original, nil }})
		if r := verified(t, b); len(r.Damage) > 0 || s.Records != 2 {
			t.Errorf("got %v, %+v", r.Damage, s)
		}
	}
}

// TestReadings: of several readings of one capture, the newest is listed.
func TestReadings(t *testing.T) {
	recs := page(1, "article")
	old := *recs[2]
	old.Fields = slices.Clone(old.Fields)
	old.Set("WARC-Record-ID", "<urn:uuid:00000000-0000-7000-8000-000000000000>")
	old.Payload = bytes.Replace(old.Payload, []byte("Story 1"), []byte("Old story"), 1)
	old.Set("WARC-Payload-Digest", "")
	old.Finish()
	b, s := written(t, append(recs, &old), wacz.WriterOptions{})
	if s.Pages != 1 {
		t.Errorf("got %+v", s)
	}
	for p, err := range opened(t, b).Pages(t.Context()) {
		if err != nil || p.Title != "Story 1" || p.Extra || !p.Time.Equal(start.Add(time.Second).Truncate(time.Second)) {
			t.Errorf("got %+v, %v", p, err)
		}
	}
}

// TestAlwaysAPage: a viewer needs a page to begin with.
func TestAlwaysAPage(t *testing.T) {
	for name, recs := range map[string][]*archive.Record{"no readings": stories(2)[:2], "no stories": page(1, "section")} {
		b, s := written(t, recs, wacz.WriterOptions{})
		p := opened(t, b)
		if s.Pages != 1 || s.ExtraPages != 0 || p.MainPageURL != recs[1].TargetURI() {
			t.Errorf("%s: got %+v, main page %s", name, s, p.MainPageURL)
		}
	}
}

func TestWriteErrors(t *testing.T) {
	if _, _, err := write(t.TempDir(), nil, wacz.WriterOptions{}); err == nil {
		t.Error("a package without records was written")
	}
	bad := page(1, "article")
	bad[0].Set("Content-Length", "1")
	if _, _, err := write(t.TempDir(), bad, wacz.WriterOptions{}); !errors.Is(err, warc.ErrInvalid) {
		t.Errorf("got %v", err)
	}
	b, s := written(t, bad, wacz.WriterOptions{Invalid: func(*archive.Record, error) error { return nil }})
	if r := verified(t, b); s.Records != 2 || len(r.Damage) > 0 {
		t.Errorf("got %+v, %v", s, r.Damage)
	}
}

func TestIndexWARC(t *testing.T) {
	b, _ := written(t, stories(2), wacz.WriterOptions{})
	p := opened(t, b)
	name := p.WARCs()[0]
	want := map[string]string{}
	for l, err := range p.Lines(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		delete(l.Fields, "recordDigest")
		want[l.Fields["offset"]] = l.String()
	}
	n := 0
	for l, err := range wacz.IndexWARC(t.Context(), bytes.NewReader(member(t, p, name)), strings.TrimPrefix(name, "archive/"), nil) {
		if n++; err != nil || l.String() != want[l.Fields["offset"]] {
			t.Errorf("got %v, %v, want %s", l, err, want[l.Fields["offset"]])
		}
	}
	if n != len(want) {
		t.Errorf("got %d lines, want %d", n, len(want))
	}
}

func TestDescriptionIsJSON(t *testing.T) {
	b, _ := written(t, stories(1), wacz.WriterOptions{Description: "All <b>stories</b>"})
	var d map[string]any
	if err := json.Unmarshal(member(t, opened(t, b), "datapackage.json"), &d); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"profile": "data-package", "wacz_version": "1.1.1", "created": "2026-11-23T18:00:01Z", "mainPageDate": "2026-11-23T18:00:00Z", "description": "All <b>stories</b>"} {
		if d[name] != want {
			t.Errorf("%s: got %v, want %s", name, d[name], want)
		}
	}
}

func TestIndexLine(t *testing.T) {
	response := page(1, "article")[1]
	unchanged := revisit(response, time.Hour)
	unchanged.HTTP.Start = "HTTP/1.1 304 Not Modified"
	bare := revisit(response, time.Hour)
	bare.HTTP = nil
	file := record("resource", "file", "https://a.example/x", start, archive.Field{Name: "Content-Type", Value: "Text/Plain; charset=utf-8"})
	about := record("resource", "about", "https://a.example/x", start, archive.Field{Name: "Content-Type", Value: "application/warc-fields"})
	for _, tt := range []struct {
		rec          *archive.Record
		ok           bool
		mime, status string
	}{
		{response, true, "text/html", "200"},
		{revisit(response, time.Hour), true, "warc/revisit", "200"},
		{unchanged, true, "warc/revisit", "-"},
		{bare, true, "warc/revisit", "-"},
		{file, true, "text/plain", "200"},
		{about, false, "", ""},
		{page(1, "article")[0], false, "", ""},
		{page(1, "article")[2], false, "", ""},
	} {
		l, ok := wacz.IndexLine(tt.rec, "a.warc.gz", warc.Written{Offset: 5, Length: 7}, nil)
		if ok != tt.ok || l.Fields["mime"] != tt.mime || l.Fields["status"] != tt.status || ok && l.Fields["offset"]+l.Fields["length"]+l.Fields["filename"] != "57a.warc.gz" {
			t.Errorf("%s: got %v, %v", tt.rec.Type(), l, ok)
		}
	}
}
