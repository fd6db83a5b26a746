package keep

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

var pressDay = time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)

const box = "Our letter comes every morning at seven, and costs nothing but a name."

// shelf is an archive that is written by hand.
type shelf struct {
	t   *testing.T
	dir string
	w   *archive.Writer
	cat *catalog.Catalog
	k   *Keeper
}

func newShelf(t *testing.T) *shelf {
	t.Helper()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	cat, err := catalog.Open(context.Background(), ar)
	if err != nil {
		t.Fatal(err)
	}
	w, err := ar.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cat.Close(); w.Close() })
	return &shelf{t, ar.Dir(), w, cat, &Keeper{Writer: w, Catalog: cat, RunID: "<urn:uuid:019abc00-0000-7000-8000-000000000001>"}}
}

// add archives records.
func (s *shelf) add(recs []*archive.Record) {
	s.t.Helper()
	caps, err := s.w.Append(s.t.Context(), recs...)
	if err == nil {
		err = s.cat.Index(s.t.Context(), caps, recs)
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

func storyPage(i int, edit string) (raw, html string) {
	nouns := strings.Fields("harbour wall ferry council mayor bridge boat storm tide market library school road budget choir museum tower")
	var b strings.Builder
	for p := range 5 {
		fmt.Fprintf(&b, "<p>In paragraph %d of story %d the %s was seen near the %s, and the %s had been there before it, as %s number %d will tell.%s</p>", p, i,
			nouns[(i+p)%17], nouns[(i*3+p)%17], nouns[(i*5+p)%17], nouns[(i*7+p)%17], i*10+p, edit)
		if p == 2 {
			b.WriteString("<p>" + box + "</p>")
		}
	}
	title := fmt.Sprintf("The %s and the %s have met for time %d", nouns[i%17], nouns[i/17], i)
	return fmt.Sprintf("https://a.example/s/%d", i), "<html><head><title>" + title + "</title><meta property=og:type content=article><meta property=article:published_time content=2026-11-20T08:00:00Z></head><body><div><h1>" + title + "</h1>" + b.String() + "</div></body></html>"
}

// capture keeps a page and its reading by the Keeper's parser.
func (s *shelf) capture(raw, html string, at time.Time) *archive.Record {
	s.t.Helper()
	ctx := context.Background()
	u, err := url.Parse(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	res := archive.NewRecord("response", at)
	res.Set("WARC-Target-URI", raw)
	res.Set("Content-Type", "application/http; msgtype=response")
	res.HTTP = &archive.HTTPHead{Start: "HTTP/1.1 200 OK", Headers: []archive.Field{{Name: "Content-Type", Value: "text/html; charset=utf-8"}}}
	res.Payload = []byte(html)
	parser, err := s.k.parser(ctx, u)
	if err != nil {
		s.t.Fatal(err)
	}
	a, err := parser.Parse(&article.Page{URL: u, HTML: res.Payload})
	if err != nil {
		s.t.Fatal(err)
	}
	conv, err := s.k.conversion(a, res)
	if err != nil {
		s.t.Fatal(err)
	}
	recs := []*archive.Record{res, conv}
	s.add(recs)
	return res
}

// TestLearnFromRecordsAlone: one run, several runs in another order with sealing
// and second captures in between, and a rebuilt catalog learn the same.
func TestLearnFromRecordsAlone(t *testing.T) {
	ctx := context.Background()
	learned := func(s *shelf) string {
		l, err := observe(ctx, s.cat, "a.example", nil)
		if err != nil {
			t.Fatal(err)
		}
		p := l.Profile("a.example", article.Extractor, pressDay)
		if p.Empty() || p.Pages != 12 {
			t.Errorf("got %d pages, empty %t", p.Pages, p.Empty())
		}
		body, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	one, other := newShelf(t), newShelf(t)
	for i := range 12 {
		raw, html := storyPage(i, "")
		one.capture(raw, html, pressDay.Add(time.Duration(i)*time.Minute))
	}
	for i := 11; i >= 0; i-- {
		raw, html := storyPage(i, "")
		other.capture(raw, html, pressDay.Add(time.Duration(i)*time.Minute-time.Hour)) // before a restart
		other.capture(raw, html, pressDay.Add(time.Duration(i)*time.Minute))
		if i == 6 {
			if _, err := other.w.Seal(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	want := learned(one)
	if got := learned(other); got != want {
		t.Errorf("in another order: got %s\nwant %s", got, want)
	}
	if err := other.cat.Rebuild(ctx); err != nil {
		t.Fatal(err)
	}
	if got := learned(other); got != want {
		t.Errorf("rebuilt: got %s\nwant %s", got, want)
	}
}

// held is what the archive has of story i.
func (s *shelf) held(i int) catalog.Held {
	s.t.Helper()
	raw, _ := storyPage(i, "")
	h, ok, err := s.cat.Current(s.t.Context(), raw)
	if err != nil || !ok {
		s.t.Fatal(err)
	}
	return h
}

// text is the text of story i as it was read last, and the extractor that read it.
func (s *shelf) text(i int) (text, extractor string) {
	s.t.Helper()
	raw, _ := storyPage(i, "")
	found, err := s.cat.Find(s.t.Context(), raw)
	if err != nil || len(found) != 1 {
		s.t.Fatal(found, err)
	}
	a, err := s.cat.Article(s.t.Context(), found[0])
	if err != nil {
		s.t.Fatal(err)
	}
	return a.Text, a.Extractor
}

// versions is how many versions story i has.
func (s *shelf) versions(i int) int {
	s.t.Helper()
	raw, _ := storyPage(i, "")
	v, err := s.cat.Versions(s.t.Context(), raw)
	if err != nil {
		s.t.Fatal(err)
	}
	return len(v)
}

// recapture keeps another version of story i and reports whether it is an edit.
func (s *shelf) recapture(i int, edit, more string) (changed bool) {
	s.t.Helper()
	ctx := s.t.Context()
	raw, html := storyPage(i, edit)
	before := s.held(i)
	u, err := url.Parse(raw)
	if err != nil {
		s.t.Fatal(err)
	}
	parser, err := s.k.parser(ctx, u)
	if err != nil {
		s.t.Fatal(err)
	}
	now, err := parser.Parse(&article.Page{URL: u, HTML: []byte(html + more)})
	if err != nil {
		s.t.Fatal(err)
	}
	res := archive.NewRecord("response", pressDay.Add(3*time.Hour))
	res.Set("WARC-Target-URI", raw)
	conv, err := s.k.conversion(now, res)
	if err != nil {
		s.t.Fatal(err)
	}
	recs, changed, err := s.k.compare(ctx, before, now, conv)
	if err != nil {
		s.t.Fatal(err)
	}
	recs = append([]*archive.Record{res}, recs...)
	s.add(recs)
	return changed
}

// TestProfileIsNoEdit follows pages from a run that knew nothing of the site to
// one that does.
func TestProfileIsNoEdit(t *testing.T) {
	ctx := context.Background()
	s := newShelf(t)
	for i := range 12 {
		raw, html := storyPage(i, "")
		s.capture(raw, html, pressDay.Add(time.Duration(i)*time.Minute))
	}
	if err := s.k.learn(ctx, pressDay.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	id, ok, err := s.cat.Profile(ctx, "a.example")
	if err != nil || !ok {
		t.Fatalf("no profile was kept: %v", err)
	}
	if err := s.k.learn(ctx, pressDay.Add(2*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if again, _, err := s.cat.Profile(ctx, "a.example"); err != nil || again != id {
		t.Errorf("learned twice from the same pages: %v", err)
	}
	s.k = &Keeper{Writer: s.w, Catalog: s.cat, RunID: "<urn:uuid:019abc00-0000-7000-8000-000000000002>"}
	rec, err := s.cat.Record(ctx, id)
	if err != nil {
		t.Fatal(err)
	}

	// Page 0 has not changed.
	if got, _ := s.text(0); !strings.Contains(got, box) {
		t.Fatalf("the first reading is without the box:\n%s", got)
	}
	if err := s.k.renew(ctx, s.held(0)); err != nil {
		t.Fatal(err)
	}
	got, extractor := s.text(0)
	if strings.Contains(got, box) || s.versions(0) != 1 || s.k.Counts().Reread != 1 {
		t.Errorf("unchanged: %d versions, reread %d:\n%s", s.versions(0), s.k.Counts().Reread, got)
	}
	if want := article.Extractor + "; profile=" + rec.Get("WARC-Payload-Digest"); extractor != want {
		t.Errorf("got extractor %q, want %q", extractor, want)
	}
	if err := s.k.renew(ctx, s.held(0)); err != nil || s.k.Counts().Reread != 1 {
		t.Errorf("read anew once more: %v", err)
	}

	for _, tt := range []struct {
		name     string
		page     int
		edit     string
		more     string
		changed  bool
		versions int
	}{
		{"other bytes, the same story", 1, "", "<!-- made again -->", false, 1},
		{"an edited story", 2, " The mayor denied it.", "", true, 2},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if changed := s.recapture(tt.page, tt.edit, tt.more); changed != tt.changed {
				t.Errorf("got changed %t", changed)
			}
			if got, _ := s.text(tt.page); strings.Contains(got, box) || s.versions(tt.page) != tt.versions {
				t.Errorf("%d versions, want %d:\n%s", s.versions(tt.page), tt.versions, got)
			}
		})
	}
}
