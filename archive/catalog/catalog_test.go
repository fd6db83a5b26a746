package catalog_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
)

var day = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// shelf is an archive with a writer and a catalog.
type shelf struct {
	t testing.TB
	a *archive.Archive
	w *archive.Writer
	c *catalog.Catalog
}

func newShelf(t testing.TB) *shelf {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter("")
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Open(a)
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{t, a, w, c}
	t.Cleanup(func() { s.c.Close(); s.w.Close() })
	return s
}

// keep appends a page with its article; index says whether the catalog hears of it.
func (s *shelf) keep(url, title, published string, at time.Time, index bool) {
	s.t.Helper()
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", url)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}, {Name: "ETag", Value: `"1"`}}}
	res.Payload = []byte("<p>" + title)
	body, err := json.Marshal(parsers.Article{URL: url, Site: "a.example", Kind: parsers.KindArticle, Title: title, Published: published, Text: title + " text", Extractor: parsers.Extractor,
		Authors: []parsers.Author{{Name: "Ann Lee", Kind: "person"}}})
	if err != nil {
		s.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+parsers.Schema)
	conv.Payload = body
	recs := []*archive.Record{res, conv}
	caps, err := s.w.Append(context.Background(), recs...)
	if err == nil && index {
		err = s.c.Index(context.Background(), caps, recs)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) titles(f catalog.Filter) []string {
	s.t.Helper()
	var got []string
	for st, err := range s.c.Stories(context.Background(), f) {
		if err != nil {
			s.t.Fatal(err)
		}
		got = append(got, st.Title)
	}
	return got
}

func TestStories(t *testing.T) {
	s := newShelf(t)
	s.keep("https://a.example/old", "Old", "2026-01-02", day, true)
	s.keep("https://a.example/new", "New \x1b[31m'; DROP TABLE stories; --", "2026-11-20T10:00:00+01:00", day, true)
	s.keep("https://a.example/old", "Old, corrected", "2026-01-02", day.Add(time.Hour), true)
	if got, want := s.titles(catalog.Filter{}), []string{"New \x1b[31m'; DROP TABLE stories; --", "Old, corrected"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.titles(catalog.Filter{Until: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), Author: "ann l"}); !reflect.DeepEqual(got, []string{"Old, corrected"}) {
		t.Errorf("until: got %q", got)
	}
	for _, ref := range []string{"https://a.example/old", "a.example/old", "http://www.a.example/old/", "https://a.example/ol"} {
		found, err := s.c.Find(context.Background(), ref)
		if err != nil || len(found) != 1 || found[0].Title != "Old, corrected" {
			t.Errorf("%s: got %v, %v", ref, found, err)
			continue
		}
		byID, err := s.c.Find(context.Background(), found[0].ID[:5])
		if err != nil || len(byID) != 1 || byID[0].ID != found[0].ID {
			t.Errorf("id of %s: got %v, %v", ref, byID, err)
		}
	}
	h, ok, err := s.c.LastResponse(context.Background(), "https://a.example/old")
	if err != nil || !ok || h.ETag != `"1"` || h.ArticleRecordID == "" || h.Kind != "article" {
		t.Errorf("held: got %+v, %v, %v", h, ok, err)
	}
}

// dump is every row of a catalog as text, through its queries.
func (s *shelf) dump() []string {
	var rows []string
	for st, err := range s.c.Stories(context.Background(), catalog.Filter{All: true}) {
		if err != nil {
			s.t.Fatal(err)
		}
		a, err := s.c.Article(context.Background(), st)
		if err != nil {
			s.t.Fatal(err)
		}
		r, err := s.c.Response(context.Background(), st)
		if err != nil {
			s.t.Fatal(err)
		}
		rows = append(rows, fmt.Sprintf("%+v %s %s", st, a.Title, r.Payload))
	}
	return rows
}

func TestRebuildIsEqual(t *testing.T) {
	s := newShelf(t)
	for i := range 20 {
		s.keep(fmt.Sprintf("https://a.example/%d", i*7%10), fmt.Sprintf("Story %d", i), "", day.Add(time.Duration(i)*time.Minute), true)
		if i == 9 {
			if _, err := s.w.Seal(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
	}
	before := s.dump()
	if err := s.c.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if after := s.dump(); len(before) != 10 || !reflect.DeepEqual(before, after) {
		t.Errorf("rebuilt: got\n%v\nwant\n%v", after, before)
	}
}

func TestCatchUpAfterACrash(t *testing.T) {
	for _, seal := range []bool{false, true} {
		s := newShelf(t)
		s.keep("https://a.example/1", "One", "", day, true)
		s.keep("https://a.example/0", "Lost between journal and catalog", "", day, false)
		if seal { // the order of records changes
			if _, err := s.w.Seal(context.Background()); err != nil {
				t.Fatal(err)
			}
		}
		n, err := s.c.CatchUp(context.Background())
		if err != nil || n != 2 {
			t.Errorf("sealed %v: got %d records, %v, want 2", seal, n, err)
		}
		if n, err := s.c.CatchUp(context.Background()); err != nil || n != 0 {
			t.Errorf("again: got %d, %v", n, err)
		}
		if got := s.titles(catalog.Filter{}); len(got) != 2 {
			t.Errorf("got %q", got)
		}
	}
}

func TestDamagedCatalogIsRebuilt(t *testing.T) {
	s := newShelf(t)
	s.keep("https://a.example/1", "One", "", day, true)
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.a.Dir(), "catalog.sqlite"), []byte("this is no database, but it is long enough to be one"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.OpenReadOnly(s.a)
	if err != nil {
		t.Fatal(err)
	}
	s.c = c
	if got := s.titles(catalog.Filter{}); !reflect.DeepEqual(got, []string{"One"}) {
		t.Errorf("got %q", got)
	}
}

func BenchmarkIndex(b *testing.B) {
	s := newShelf(b)
	i := 0
	for b.Loop() {
		i++
		s.keep(fmt.Sprintf("https://a.example/%d", i), "Story", "2026-11-20", day, true)
	}
}
