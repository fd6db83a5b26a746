package keep

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// old keeps a page of time at and a reading of it by an older extractor, which edit
// changes; without edit it was never read.
func (s *shelf) old(raw, html string, at time.Time, edit func(*article.Article)) *archive.Record {
	s.t.Helper()
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", raw)
	res.Set("WARC-Warcinfo-ID", s.k.RunID)
	res.Set("Newsmorgue-Fetch", "ms=1; hops=L; via=https://a.example/")
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}}}
	res.Payload = []byte(html)
	recs := []*archive.Record{res}
	if edit != nil {
		u, err := url.Parse(raw)
		if err != nil {
			s.t.Fatal(err)
		}
		a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: res.Payload})
		if err != nil {
			s.t.Fatal(err)
		}
		a.Extractor = "newsmorgue/2"
		edit(a)
		conv, err := s.k.conversion(a, res)
		if err != nil {
			s.t.Fatal(err)
		}
		recs = append(recs, conv)
	}
	s.add(recs)
	return res
}

// oldShelf is an archive of 40 stories whose older readings lack bylines, one story that
// was edited, one that was not read, one that was taken for no article, one that is
// suppressed, and one with another date.
func oldShelf(t *testing.T) (dir string) {
	t.Helper()
	s := newShelf(t)
	start := archive.NewRecord("warcinfo", pressDay)
	start.Set("WARC-Record-ID", s.k.RunID)
	start.Set("Content-Type", "application/warc-fields")
	start.Payload = warcFields("software", "newsmorgue/test", "newsmorgue-site", "a.example")
	if err := keepRecord(t.Context(), s.cat, s.w, start); err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		raw, html := storyPage(i, "")
		s.old(raw, html, pressDay.Add(time.Duration(i)*time.Minute), func(a *article.Article) {
			if i%2 == 0 {
				a.Text += "\n\n" + "Share this story"
			}
			if i == 7 {
				a.Kind = article.KindOther
			}
			if i == 9 {
				a.Published = "2020-02-02"
			}
		})
	}
	raw, html := storyPage(3, " The mayor denied it.")
	s.old(raw, html, pressDay.Add(2*time.Hour), func(*article.Article) {})
	raw, html = storyPage(50, "")
	s.old(raw, html, pressDay.Add(3*time.Hour), nil)
	raw, _ = storyPage(4, "")
	rec, err := catalog.NewSuppression(&catalog.Suppression{Date: pressDay.Add(4 * time.Hour), URL: raw, Reason: "asked for"})
	if err != nil {
		t.Fatal(err)
	}
	if err := keepRecord(t.Context(), s.cat, s.w, rec); err != nil {
		t.Fatal(err)
	}
	dir = s.dir
	if err := s.w.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}

func copyOfDir(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(t.TempDir(), "news")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func openArchive(t *testing.T, dir string) *archive.Archive {
	t.Helper()
	ar, err := archive.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ar.Close() })
	return ar
}

// readingsIn lists the conversions of an archive: ID and payload.
func readingsIn(t *testing.T, ar *archive.Archive) []string {
	t.Helper()
	var all []string
	for e, err := range ar.Select(t.Context(), func(c archive.Capture) bool { return c.Type == "conversion" }) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e.ID+" "+string(e.Record.Payload))
	}
	slices.Sort(all)
	return all
}

func comparable(t *testing.T, r *Reextracted) string {
	t.Helper()
	c := *r
	c.Started, c.Ended, c.Seconds, c.DryRun, c.Written, c.Archive = time.Time{}, time.Time{}, 0, false, 0, ""
	b, err := json.Marshal(&c)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func versionsOf(t *testing.T, ar *archive.Archive, i int) (when []time.Time) {
	t.Helper()
	cat, err := catalog.OpenReadOnly(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	raw, _ := storyPage(i, "")
	all, err := cat.Versions(t.Context(), raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range all {
		when = append(when, v.Captured)
	}
	return when
}

// TestReextract: a dry run reports what the run then writes; the next one writes
// nothing; versions stay, what is suppressed is left alone, and the archive is sound.
func TestReextract(t *testing.T) {
	ctx := t.Context()
	ar := openArchive(t, copyOfDir(t, oldShelf(t)))
	before := readingsIn(t, ar)
	dry, err := (&Reextract{Archive: ar, DryRun: true}).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got := readingsIn(t, ar); !slices.Equal(got, before) {
		t.Errorf("a dry run wrote %d readings", len(got)-len(before))
	}
	versions := versionsOf(t, ar, 3)
	if len(versions) != 2 {
		t.Fatalf("got versions %v, want 2", versions)
	}
	wet, err := (&Reextract{Archive: ar}).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := comparable(t, wet), comparable(t, dry); got != want {
		t.Errorf("the dry run reported\n%s\nthe run\n%s", want, got)
	}
	// Of 20 stories with a line too many one is suppressed, one more was of another kind
	// and one had another date.
	if wet.Changed != 21 || wet.New != 1 || wet.Unchanged != 19 || wet.Suppressed != 1 || wet.Written != 22 || wet.Pages != 41 {
		t.Errorf("got %+v", wet)
	}
	if wet.Shown != 2 || wet.Hidden != 0 {
		t.Errorf("got %d shown, %d hidden, want 2 and 0", wet.Shown, wet.Hidden)
	}
	if f := wet.Fields[0]; f.Field != "text" || f.Count != 19 || len(f.Examples) != exampleCount || !strings.Contains(f.Examples[0].Before, "Share this story") || strings.Contains(f.Examples[0].After, "Share") {
		t.Errorf("got %+v", f)
	}
	if got := versionsOf(t, ar, 3); !slices.EqualFunc(got, versions, time.Time.Equal) {
		t.Errorf("got versions %v, want %v", got, versions)
	}
	again, err := (&Reextract{Archive: ar}).Do(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if again.Written != 0 || again.Changed != 0 || again.Already != 22 || again.Unchanged != 19 {
		t.Errorf("again: got %+v", again)
	}
	soundWithEqualRows(t, ar)
	cat, err := catalog.OpenReadOnly(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	raw, _ := storyPage(0, "")
	held, _, err := cat.Current(ctx, raw)
	if err != nil || held.Extractor != article.Extractor {
		t.Errorf("got %+v, %v", held, err)
	}
	// It is not a run of a site.
	runs, err := cat.Runs(ctx, "", 0)
	if err != nil || len(runs) != 1 {
		t.Errorf("got runs %v, %v, want one", runs, err)
	}
}

// soundWithEqualRows verifies an archive, and that a rebuilt catalog lists the same.
func soundWithEqualRows(t *testing.T, ar *archive.Archive) {
	t.Helper()
	ctx := t.Context()
	v, err := ar.Verify(ctx, archive.VerifyOptions{})
	if err != nil || len(v.Damage) > 0 {
		t.Errorf("got %v, %v", v, err)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	stories := func() (all []catalog.Story) {
		for s, err := range cat.Stories(ctx, catalog.Filter{All: true}) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s)
		}
		return all
	}
	was := fmt.Sprintf("%+v", stories())
	rows, err := cat.Rows(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := cat.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if now := fmt.Sprintf("%+v", stories()); now != was {
		t.Errorf("rebuilt, got\n%s\nwant\n%s", now, was)
	}
	if now, err := cat.Rows(ctx); err != nil || fmt.Sprint(now) != fmt.Sprint(rows) {
		t.Errorf("rebuilt, got rows %v, %v, want %v", now, err, rows)
	}
}

// TestReextractResumes: a run that is stopped in the middle, as often as it is, and run
// again writes the same readings as one that is not.
func TestReextractResumes(t *testing.T) {
	dir := oldShelf(t)
	whole, parts := openArchive(t, copyOfDir(t, dir)), openArchive(t, copyOfDir(t, dir))
	if _, err := (&Reextract{Archive: whole}).Do(t.Context()); err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for range 50 {
		ctx, cancel := context.WithCancel(t.Context())
		done := 0
		r, err := (&Reextract{Archive: parts, Workers: 1, Watch: func(int) {
			if done++; done == 5+stopped*5 {
				cancel()
			}
		}}).Do(ctx)
		cancel()
		if err == nil {
			break
		}
		if r == nil || r.Status != StatusInterrupted || ctx.Err() == nil {
			t.Fatalf("got %+v, %v", r, err)
		}
		stopped++
	}
	if stopped < 2 {
		t.Errorf("stopped %d times, want several", stopped)
	}
	if got, want := readingsIn(t, parts), readingsIn(t, whole); !slices.Equal(got, want) {
		t.Errorf("got %d readings, want %d", len(got), len(want))
	}
	soundWithEqualRows(t, parts)
}

// TestReadingIDFollows: the ID is the same for the same reading, and follows the one
// before it in the order of the catalog.
func TestReadingIDFollows(t *testing.T) {
	const response, before = "<urn:uuid:019abc00-0000-7000-8000-000000000001>", "<urn:uuid:019abcff-ffff-7fff-bfff-ffffffffffff>"
	id := readingID(response, "newsmorgue/5", before)
	if !strings.HasPrefix(id, "<urn:uuid:019abd00-0000-8") || id <= before {
		t.Errorf("got %s after %s", id, before)
	}
	if id != readingID(response, "newsmorgue/5", before) || id == readingID(response, "newsmorgue/5; profile=sha256:aa", before) {
		t.Errorf("%s is not of its response and extractor", id)
	}
	if next := readingID(response, "newsmorgue/5", id); next <= id {
		t.Errorf("got %s after %s", next, id)
	}
}

// BenchmarkReextract compares reading an archive again with bare extraction of the same
// pages, on one processor.
func BenchmarkReextract(b *testing.B) {
	pages, err := filepath.Glob(filepath.Join("..", "..", "..", "..", "testdata", "pages", "*", "*.html"))
	if err != nil || len(pages) == 0 {
		b.Fatal(err)
	}
	ar, err := archive.Create(filepath.Join(b.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		b.Fatal(err)
	}
	defer ar.Close()
	w, err := ar.NewWriter()
	if err != nil {
		b.Fatal(err)
	}
	var bodies []string
	for i, name := range pages {
		html, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		bodies = append(bodies, string(html))
		res := archive.NewRecord("response", pressDay)
		res.Set("WARC-Target-URI", fmt.Sprintf("https://a.example/s/%d", i))
		res.Set("Content-Type", "application/http; msgtype=response")
		res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}}}
		res.Payload = html
		u := &url.URL{Scheme: "https", Host: "a.example", Path: fmt.Sprintf("/s/%d", i)}
		a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: html})
		if err != nil {
			b.Fatal(err)
		}
		a.Extractor = "newsmorgue/2"
		conv, err := (&Keeper{RunID: "<urn:uuid:019abc00-0000-7000-8000-000000000001>"}).conversion(a, res)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := w.Append(b.Context(), res, conv); err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.Seal(b.Context()); err != nil {
		b.Fatal(err)
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	var bare, all time.Duration
	for b.Loop() {
		at := time.Now()
		for i, html := range bodies {
			u := &url.URL{Scheme: "https", Host: "a.example", Path: fmt.Sprintf("/s/%d", i)}
			if a, err := (&parsers.Parser{}).Parse(&article.Page{URL: u, HTML: []byte(html), Header: map[string][]string{"Content-Type": {"text/html; charset=utf-8"}}}); err == nil {
				_ = json.NewEncoder(io.Discard).Encode(a)
			}
		}
		bare += time.Since(at)
		at = time.Now()
		if _, err := (&Reextract{Archive: ar, DryRun: true, Workers: 1}).Do(b.Context()); err != nil {
			b.Fatal(err)
		}
		all += time.Since(at)
	}
	n := float64(b.N * len(bodies))
	b.ReportMetric(n/bare.Seconds(), "bare_pages/s")
	b.ReportMetric(n/all.Seconds(), "pages/s")
	b.ReportMetric(all.Seconds()/bare.Seconds(), "times_bare")
}

// TestReextractSuppressedMeanwhile: a page that is suppressed after it was read, and
// before its reading is written, gets none.
func TestReextractSuppressedMeanwhile(t *testing.T) {
	s := newShelf(t)
	raw, html := storyPage(1, "")
	res := s.old(raw, html, pressDay, func(a *article.Article) { a.Title = "Another title" })
	x := &reextraction{Reextract: &Reextract{}, keeper: s.k, run: archive.NewRecord("warcinfo", pressDay), hidden: &catalog.Hidden{}, memory: MemoryBudget(), report: &Reextracted{}}
	o := x.readPage(t.Context(), storedPage{seq: 1, rec: res})
	if o.err != nil || o.class != changed || o.record == nil {
		t.Fatalf("got class %d, record %v, error %v; want a changed page", o.class, o.record, o.err)
	}
	rec, err := catalog.NewSuppression(&catalog.Suppression{Date: pressDay.Add(time.Hour), URL: raw, Reason: "asked for"})
	if err != nil {
		t.Fatal(err)
	}
	s.add([]*archive.Record{rec})
	if err := x.keep(t.Context(), []outcome{o}, 1); err != nil {
		t.Fatal(err)
	}
	if got := x.report; got.Written != 0 || got.Suppressed != 1 || got.Changed != 0 {
		t.Errorf("got %d written, %d suppressed, %d changed; want 0, 1, 0", got.Written, got.Suppressed, got.Changed)
	}
}
