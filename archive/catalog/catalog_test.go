package catalog_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var day = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

// fixture is an archive with a writer and a catalog.
type fixture struct {
	t testing.TB
	a *archive.Archive
	w *archive.Writer
	c *catalog.Catalog

	last int // later reading
}

func newFixture(t testing.TB) *fixture {
	t.Helper()
	a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := a.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	c, err := catalog.Open(context.Background(), a)
	if err != nil {
		t.Fatal(err)
	}
	s := &fixture{t: t, a: a, w: w, c: c}
	t.Cleanup(func() { s.c.Close(); s.w.Close() })
	return s
}

// keep appends a page with its article, and adds it to the catalog if index is true.
func (s *fixture) keep(url, title, published string, at time.Time, index bool) {
	s.t.Helper()
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", url)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html"}, {Name: "ETag", Value: `"1"`}}}
	res.Payload = []byte("<p>" + title)
	body, err := json.Marshal(article.Article{URL: url, Site: "a.example", Kind: article.KindArticle, Title: title, Published: published, Text: title + " text", Extractor: article.Extractor,
		Authors: []article.Author{{Name: "Ann Lee", Kind: "person"}}})
	if err != nil {
		s.t.Fatal(err)
	}
	conv := archive.NewRecord("conversion", at)
	conv.Set("WARC-Target-URI", url)
	conv.Set("WARC-Refers-To", res.ID())
	conv.Set("Content-Type", "application/json; profile="+article.Schema)
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

func (s *fixture) titles(f catalog.Filter) []string {
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
	s := newFixture(t)
	s.keep("https://a.example/old", "Old", "2026-01-02", day, true)
	s.keep("https://a.example/new", "New \x1b[31m'; DROP TABLE stories; --", "2026-11-20T10:00:00+01:00", day, true)
	s.keep("https://a.example/old", "Old, corrected", "2026-01-02", day.Add(time.Hour), true)
	if got, want := s.titles(catalog.Filter{}), []string{"New \x1b[31m'; DROP TABLE stories; --", "Old, corrected"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.titles(catalog.Filter{Until: time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), Authors: []string{"ann l"}}); !reflect.DeepEqual(got, []string{"Old, corrected"}) {
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
	h, ok, err := s.c.Current(context.Background(), "https://a.example/old")
	if err != nil || !ok || h.ETag != `"1"` || h.ArticleRecordID == "" || h.Kind != "article" {
		t.Errorf("held: got %+v, %v, %v", h, ok, err)
	}
}

// dump returns all rows of all tables of a catalog, as text.
func (s *fixture) dump() []string {
	s.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(s.a.Dir(), "catalog.sqlite"))
	if err != nil {
		s.t.Fatal(err)
	}
	defer db.Close()
	var all []string
	for _, table := range []string{"segments", "captures", "readings", "stories", "runs", "profiles", "verdicts", "ledger", "hidden"} {
		columns := "*"
		if table == "stories" {
			columns = "story, reading, capture, site, kind, sorted, doc > 0" // documents are numbered as they come
		}
		rows, err := db.Query("SELECT " + columns + " FROM " + table + " ORDER BY 1, 2")
		if err != nil {
			s.t.Fatal(err)
		}
		names, err := rows.Columns()
		if err != nil {
			s.t.Fatal(err)
		}
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				s.t.Fatal(err)
			}
			all = append(all, fmt.Sprintf("%s %q", table, cells))
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			s.t.Fatal(err)
		}
	}
	return all
}

func (s *fixture) append(recs ...*archive.Record) {
	s.t.Helper()
	caps, err := s.w.Append(context.Background(), recs...)
	if err == nil {
		err = s.c.Index(context.Background(), caps, recs)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *fixture) suppress(x catalog.Suppression) {
	s.t.Helper()
	rec, err := catalog.NewSuppression(&x)
	if err != nil {
		s.t.Fatal(err)
	}
	s.append(rec)
}

// TestRebuildIsEqual: a rebuilt catalog has the same rows, whatever the order of the
// records: with sealing in between, runs, suppressions before and after their targets.
func TestRebuildIsEqual(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	run := archive.NewRecord("warcinfo", day)
	run.Payload = []byte("newsmorgue-site: a.example\r\n")
	s.append(run)
	s.suppress(catalog.Suppression{Date: day, URL: "https://a.example/3", Reason: "asked for, before"})
	for i := range 20 {
		s.keep(fmt.Sprintf("https://a.example/%d", i*7%10), fmt.Sprintf("Story %d", i), "", day.Add(time.Duration(i)*time.Minute), true)
		if i == 9 {
			if _, err := s.w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	found, err := s.c.Find(ctx, "https://a.example/5")
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	s.suppress(catalog.Suppression{Date: day.Add(time.Hour), URL: "https://a.example/4", Reason: "asked for, after"})
	s.suppress(catalog.Suppression{Date: day.Add(time.Hour), Record: found[0].ResponseID, Reason: "this capture only"})
	s.suppress(catalog.Suppression{Date: day.Add(time.Hour), URL: "https://a.example/6", Reason: "a mistake"})
	s.suppress(catalog.Suppression{Date: day.Add(2 * time.Hour), URL: "https://a.example/6", Reason: "lifted", Lift: true})
	end := archive.NewRecord("metadata", day.Add(3*time.Hour))
	end.Set("WARC-Refers-To", run.ID())
	end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
	end.Payload = []byte(`{"site":"a.example","status":"complete"}`)
	s.append(end)
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.titles(catalog.Filter{}); len(got) != 8 || !slices.Contains(got, "Story 5") {
		t.Errorf("got %q, want 3 and 4 hidden, and of 5 the older version", got)
	}
	before := s.dump()
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	after := s.dump()
	for i := range before {
		if i >= len(after) || before[i] != after[i] {
			t.Fatalf("rebuilt:\ngot  %s\nwant %s", after[min(i, len(after)-1)], before[i])
		}
	}
	if len(after) != len(before) || len(before) < 60 {
		t.Errorf("got %d rows, want %d", len(after), len(before))
	}
}

// TestKilledRuns: runs without an end, and failed ones, since the last that went well.
func TestKilledRuns(t *testing.T) {
	s := newFixture(t)
	var ids []string
	for i, status := range []string{"", "complete", "failed", ""} {
		run := archive.NewRecord("warcinfo", day.Add(time.Duration(i)*time.Hour))
		run.Set("Content-Type", "application/warc-fields")
		run.Payload = []byte("newsmorgue-site: a.example\r\n")
		s.append(run)
		ids = append(ids, run.ID())
		if status == "" {
			continue
		}
		end := archive.NewRecord("metadata", day.Add(time.Duration(i)*time.Hour+time.Minute))
		end.Set("WARC-Refers-To", run.ID())
		end.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
		end.Payload = []byte(`{"site":"a.example","status":"` + status + `"}`)
		s.append(end)
	}
	ctx := context.Background()
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	killed, err := s.c.Killed(ctx, "a.example")
	if err != nil || len(killed) != 2 || !killed[ids[2]] || !killed[ids[3]] {
		t.Errorf("got %v, %v, want %v", killed, err, ids[2:])
	}
	runs, err := s.c.RunsUntil(ctx, "a.example", day.Add(time.Hour), 1)
	if err != nil || len(runs) != 1 || runs[0].ID != ids[1] {
		t.Errorf("got %v, %v, want the run that began at the time", runs, err)
	}
	page, of, err := s.c.HistoryPage(ctx, "", 1, 2)
	if err != nil || of != 4 || len(page) != 2 || page[0].ID != ids[2] || page[1].ID != ids[1] || len(page[1].Counts) == 0 {
		t.Errorf("got %v of %d, %v, want the second and third newest of 4", page, of, err)
	}
	last, err := s.c.LastRuns(ctx)
	if err != nil || len(last) != 1 || last[0].ID != ids[3] {
		t.Errorf("got %v, %v, want the newest", last, err)
	}
}

// TestCopiedCatalogIsNotTrusted: a copy may have been made in the middle of a change,
// and no check finds every inconsistency.
func TestCopiedCatalogIsNotTrusted(t *testing.T) {
	s := newFixture(t)
	s.keep("https://a.example/1", "One", "", day, true)
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(s.a.Dir(), "catalog.sqlite")
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec("UPDATE readings SET title = 'torn'"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path+".copy", body, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".copy", path); err != nil {
		t.Fatal(err)
	}
	if s.c, err = catalog.OpenReadOnly(context.Background(), s.a); err != nil {
		t.Fatal(err)
	}
	if got := s.titles(catalog.Filter{}); !reflect.DeepEqual(got, []string{"One"}) {
		t.Errorf("got %q", got)
	}
}

// TestReadersDuringRebuild: a reader and a writer continue while the catalog is
// rebuilt.
func TestReadersDuringRebuild(t *testing.T) {
	ctx := context.Background()
	s := newFixture(t)
	for i := range 50 {
		s.keep(fmt.Sprintf("https://a.example/%d", i), "Story", "", day, true)
	}
	other, err := catalog.Open(context.Background(), s.a)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
			}
			n := 0
			for _, err := range other.Stories(ctx, catalog.Filter{}) {
				if err != nil {
					t.Error(err)
					return
				}
				n++
			}
			if n < 50 {
				t.Errorf("a reader saw %d stories", n)
				return
			}
		}
	})
	for i := range 5 {
		wg.Go(func() {
			if err := other.Rebuild(ctx); err != nil {
				t.Error(err)
			}
		})
		s.keep(fmt.Sprintf("https://a.example/new/%d", i), "Story", "", day, true)
	}
	close(stop)
	wg.Wait()
	if _, err := s.c.CatchUp(ctx); err != nil {
		t.Fatal(err)
	}
	if got := s.titles(catalog.Filter{}); len(got) != 55 {
		t.Errorf("got %d stories, want 55", len(got))
	}
}

func TestCatchUpAfterACrash(t *testing.T) {
	for _, seal := range []bool{false, true} {
		s := newFixture(t)
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
	s := newFixture(t)
	s.keep("https://a.example/1", "One", "", day, true)
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.a.Dir(), "catalog.sqlite"), []byte("this is no database, but it is long enough to be one"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := catalog.OpenReadOnly(context.Background(), s.a)
	if err != nil {
		t.Fatal(err)
	}
	s.c = c
	if got := s.titles(catalog.Filter{}); !reflect.DeepEqual(got, []string{"One"}) {
		t.Errorf("got %q", got)
	}
}

func BenchmarkIndex(b *testing.B) {
	s := newFixture(b)
	i := 0
	for b.Loop() {
		i++
		s.keep(fmt.Sprintf("https://a.example/%d", i), "Story", "2026-11-20", day, true)
	}
}

// TestOpenedByManyAtOnce: the first builds the catalog, the others use it.
func TestOpenedByManyAtOnce(t *testing.T) {
	for range 5 {
		a, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for i := range 8 {
			wg.Go(func() {
				c, err := catalog.Open(context.Background(), a)
				if err != nil {
					t.Error(err)
					return
				}
				defer c.Close()
				w, err := a.NewWriter()
				if err != nil {
					t.Error(err)
					return
				}
				defer w.Close()
				rec := archive.NewRecord("warcinfo", time.Now())
				rec.Set("Content-Type", "application/warc-fields")
				rec.Payload = []byte(fmt.Sprintf("newsmorgue-site: s%d\r\n", i))
				caps, err := w.Append(context.Background(), rec)
				if err == nil {
					err = c.Index(context.Background(), caps, []*archive.Record{rec})
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		c, err := catalog.Open(context.Background(), a)
		if err != nil {
			t.Fatal(err)
		}
		runs, err := c.Runs(context.Background(), "", 0)
		if err != nil || len(runs) != 8 {
			t.Errorf("got %d runs, %v, want 8", len(runs), err)
		}
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}
}

// TestIndexRead: an article at hand gives the rows that a rebuild reads from its
// record, whatever is in it; one that belongs to no record is not used.
func TestIndexRead(t *testing.T) {
	s, ctx := newFixture(t), context.Background()
	for i, a := range []article.Article{
		{Title: "Plain", Text: "Some words  of\n\na text, and <more> & \u2028 more.", Published: "2026-11-20", Body: []article.Block{{Type: article.Paragraph, Text: "Some words"}}},
		{Title: "Not \xff UTF-8", Text: "caf\xe9 \xff\xfe bar", Byline: "By \xc3", Authors: []article.Author{{Name: "A\xf0"}}},
		{Title: "A literal � and \\ufffd", Text: "�", Tags: []string{}, Body: []article.Block{}, Captions: []article.Caption{{Text: "By the \xa0 sea"}}},
		{},
	} {
		a.URL, a.Kind, a.Site = fmt.Sprintf("https://a.example/%d", i), article.KindArticle, "a.example"
		body, err := json.Marshal(&a)
		if err != nil {
			t.Fatal(err)
		}
		conv := archive.NewRecord("conversion", day)
		conv.Set("WARC-Target-URI", a.URL)
		conv.Set("Content-Type", "application/json; profile="+article.Schema)
		conv.Payload = body
		other := archive.NewRecord("conversion", day)
		other.Set("WARC-Target-URI", a.URL+"/other")
		other.Set("Content-Type", "application/json; profile="+article.Schema)
		other.Payload = []byte(`{"title":"Other","kind":"article"}`)
		recs := []*archive.Record{other, conv}
		caps, err := s.w.Append(ctx, recs...)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.c.IndexRead(ctx, caps, recs, &catalog.Read{Record: conv, Article: &a, Fingerprint: catalog.FingerprintOf(a.URL, &a)}); err != nil {
			t.Fatal(err)
		}
	}
	readings := func() (rows []string) {
		for _, row := range s.dump() {
			if strings.Contains(row, "a.example") {
				rows = append(rows, row)
			}
		}
		return rows
	}
	before := readings()
	if err := s.c.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if after := readings(); len(before) == 0 || !slices.Equal(before, after) {
		t.Errorf("as read:\n%s\nrebuilt:\n%s", strings.Join(before, "\n"), strings.Join(after, "\n"))
	}
}
