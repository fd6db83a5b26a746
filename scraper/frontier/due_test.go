package frontier_test

import (
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// all leases everything that is queued, in order.
func all(t *testing.T, f *frontier.Frontier, o func(path string) scraper.Outcome) (paths []string) {
	t.Helper()
	for {
		l, err := f.Next(context.Background(), "s")
		if err != nil {
			return paths
		}
		paths = append(paths, l.URL.Path)
		out := scraper.Outcome{Result: scraper.ResultKept, Status: 200}
		if o != nil {
			out = o(l.URL.Path)
		}
		done(t, f, l, out)
	}
}

// TestDue: what is latest by its own measure comes first, traps stay away, and a run
// that does not come to the rest leaves it to the next one.
func TestDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		f := open(t, filepath.Join(t.TempDir(), "f"))
		days := map[string]int{"/old": 20, "/young": 1, "/older": 30, "/later": 60, "/trap": 0, "/never": 0}
		for path := range days {
			r := request(t, "http://a.example"+path, 30)
			r.Hop = scraper.HopLink
			add(t, f, r)
		}
		all(t, f, func(path string) scraper.Outcome {
			o := scraper.Outcome{Result: scraper.ResultKept, Status: 200, Article: true}
			if n := days[path]; n > 0 {
				o.NextVisit = time.Now().Add(time.Duration(n) * 24 * time.Hour)
			}
			if path == "/trap" {
				o = scraper.Outcome{Result: scraper.ResultSkipped, Reason: "trap: pages like /N lead to no new article"}
			}
			return o
		})
		time.Sleep(40 * 24 * time.Hour)
		want := []string{"/young", "/old", "/older"}
		for range 2 {
			if n, err := f.RequeueDue(ctx, "s", time.Now()); err != nil || n != 3 {
				t.Fatalf("got %d URLs, %v", n, err)
			}
			l := next(t, f)
			if l.URL.Path != want[0] || l.Interval != 0 {
				t.Errorf("got %s, want %s", l.URL.Path, want[0])
			}
			done(t, f, l, scraper.Outcome{Result: scraper.ResultRetry})
			if err := f.Unqueue(ctx, "s"); err != nil {
				t.Fatal(err)
			}
			drained(t, f)
		}
		if _, err := f.RequeueDue(ctx, "s", time.Now()); err != nil {
			t.Fatal(err)
		}
		if got := all(t, f, nil); !slices.Equal(got, want) {
			t.Errorf("got %v, want %v", got, want)
		}
	})
}

// TestInterest: a listing by which an article was found is worth more visits, unless
// the article is announced.
func TestInterest(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f"))
	listing := scraper.Outcome{Result: scraper.ResultKept, Status: 200, Interval: 16 * time.Hour, IfNew: 2 * time.Hour}
	for _, tt := range []struct {
		name, source string
		article      bool
		want         time.Duration
	}{{"/article", "", true, 2 * time.Hour}, {"/announced", "feed", true, 16 * time.Hour}, {"/other", "", false, 16 * time.Hour}} {
		up, story := request(t, "http://a.example/tag"+tt.name, 1), request(t, "http://a.example"+tt.name, 2)
		story.Via, story.Hints.Source = up.URL, tt.source
		listing.NextVisit = time.Now().Add(listing.Interval)
		add(t, f, up)
		done(t, f, next(t, f), listing)
		add(t, f, story)
		done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept, Status: 200, Article: tt.article})
		known, err := f.Lookup(t.Context(), up.URL.String())
		if err != nil || len(known) != 1 {
			t.Fatalf("got %+v, %v", known, err)
		}
		if got := known[0].Next.Sub(known[0].Visited).Round(time.Minute); got != tt.want {
			t.Errorf("%s: the listing is due after %v, want %v", tt.name, got, tt.want)
		}
	}
}

// TestSpend: the requests of a day are counted over all runs, and end with it.
func TestSpend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "f")
		spent := func(f *frontier.Frontier, most int) (n int) {
			for range 10 {
				ok, err := f.Spend(t.Context(), "s", most)
				if err != nil {
					t.Fatal(err)
				}
				if ok {
					n++
				}
			}
			return n
		}
		f := open(t, path)
		if n := spent(f, 7); n != 7 {
			t.Errorf("got %d requests, want 7", n)
		}
		f.Close()
		f = open(t, path)
		if n := spent(f, 9); n != 2 {
			t.Errorf("got %d requests more, want 2", n)
		}
		if n := spent(f, 0); n != 10 {
			t.Errorf("got %d requests without a limit, want 10", n)
		}
		time.Sleep(24 * time.Hour)
		if n := spent(f, 7); n != 7 {
			t.Errorf("got %d requests on the next day, want 7", n)
		}
	})
}

// A paper is an index of sitemaps, by path.
type paper struct {
	*testing.T
	f     *frontier.Frontier
	parts map[string][]string
	rules string
}

// read adds and lists what a document names.
func (p *paper) read(doc string, whole bool) {
	p.Helper()
	at := func(path string) *url.URL { return &url.URL{Scheme: "http", Host: "a.example", Path: path} }
	l := scraper.Listing{Whole: whole, Rules: p.rules}
	for _, path := range p.parts[doc] {
		r := &scraper.Request{URL: at(path), Via: at(doc), Site: "s", Hop: scraper.HopManifest, Priority: 50}
		if _, isDoc := p.parts[path]; isDoc {
			r.Kind = scraper.KindSitemap
		}
		add(p.T, p.f, r)
		l.Entries = append(l.Entries, scraper.Entry{URL: r.URL})
	}
	if _, err := p.f.List(p.Context(), &scraper.Request{URL: at(doc), Site: "s"}, l); err != nil {
		p.Fatal(err)
	}
}

// refresh reads the documents anew, except some that do not answer, and returns the
// losses.
func (p *paper) refresh(down ...string) []frontier.Loss {
	p.Helper()
	time.Sleep(time.Hour)
	since := time.Now()
	time.Sleep(time.Second)
	if err := p.f.Requeue(p.Context(), "s", frontier.Announcers); err != nil {
		p.Fatal(err)
	}
	for {
		l, err := p.f.Next(p.Context(), "s")
		if err != nil {
			break
		}
		o := scraper.Outcome{Result: scraper.ResultKept, Status: 200, Article: l.Kind == scraper.KindPage}
		if _, isDoc := p.parts[l.URL.Path]; isDoc && !slices.Contains(down, l.URL.Path) {
			p.read(l.URL.Path, true)
		} else if isDoc || l.Kind == scraper.KindSitemap {
			o.Status = 404
		}
		done(p.T, p.f, l, o)
	}
	losses, err := p.f.Losses(p.Context(), "s", since)
	if err != nil {
		p.Fatal(err)
	}
	return losses
}

func newPaper(t *testing.T) *paper {
	p := &paper{T: t, f: open(t, filepath.Join(t.TempDir(), "f")), rules: "1", parts: map[string][]string{"/index": {"/1", "/2"}, "/1": nil, "/2": nil}}
	for i := range 20 {
		part := fmt.Sprintf("/%d", 1+i/10)
		p.parts[part] = append(p.parts[part], fmt.Sprintf("/story/%d", i))
	}
	root := request(t, "http://a.example/index", 0)
	root.Kind, root.Hop = scraper.KindSitemap, scraper.HopManifest
	add(t, p.f, root)
	if got := p.refresh(); len(got) != 0 {
		t.Fatalf("after the first crawl: got %+v", got)
	}
	return p
}

// TestLosses: what the sitemaps of an index no longer announce is known when all of
// them were had, and asked for once.
func TestLosses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper(t)
		moved := p.parts["/2"][0]
		p.parts["/1"], p.parts["/2"] = append(p.parts["/1"], moved), p.parts["/2"][1:]
		if got := p.refresh(); len(got) != 0 {
			t.Errorf("a page that moved to another sitemap: got %+v", got)
		}
		p.parts["/1"], p.rules = p.parts["/1"][1:], "2"
		if got := p.refresh(); len(got) != 0 {
			t.Errorf("a page that the crawl does not take any more: got %+v", got)
		}
		p.parts["/1"] = p.parts["/1"][2:]
		if got := p.refresh("/2"); len(got) != 0 {
			t.Errorf("a sitemap is missing: got %+v", got)
		}
		got := p.refresh()
		if len(got) != 1 || got[0].Lost != 2 || got[0].Announced != 19 {
			t.Fatalf("got %+v, want 2 of 19 lost", got)
		}
		if n, err := p.f.QueueLost(t.Context(), "s", got[0], 10); err != nil || n != 2 {
			t.Fatalf("got %d, %v", n, err)
		}
		if paths := all(t, p.f, func(string) scraper.Outcome {
			return scraper.Outcome{Result: scraper.ResultKept, Status: 404, Article: true, Gone: true}
		}); len(paths) != 2 {
			t.Errorf("got %v", paths)
		}
		if got := p.refresh(); len(got) != 0 {
			t.Errorf("what was asked for: got %+v", got)
		}
		p.parts["/index"] = []string{"/1"}
		delete(p.parts, "/2")
		if got = p.refresh(); len(got) != 1 || got[0].Lost != 9 || got[0].Announced != 17 {
			t.Errorf("a sitemap that the index no longer names: got %+v, want 9 of 17 lost", got)
		}
	})
}

// TestDisbelieve: a list that forgets what is still there is not followed, in this run
// or a later one.
func TestDisbelieve(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := newPaper(t)
		p.parts["/1"] = nil
		got := p.refresh()
		if len(got) != 1 || got[0].Lost != 10 {
			t.Fatalf("got %+v", got)
		}
		since := time.Now()
		if n, err := p.f.QueueLost(t.Context(), "s", got[0], 3); err != nil || n != 3 {
			t.Fatalf("got %d, %v", n, err)
		}
		time.Sleep(time.Second)
		all(t, p.f, func(string) scraper.Outcome {
			return scraper.Outcome{Result: scraper.ResultKept, Status: 200, Article: true}
		})
		asked, still, err := p.f.Answered(t.Context(), "s", got[0], since)
		if err != nil || asked != 3 || still != 3 {
			t.Errorf("got %d of %d, %v", still, asked, err)
		}
		if err := p.f.Disbelieve(t.Context(), got[0]); err != nil {
			t.Fatal(err)
		}
		if got := p.refresh(); len(got) != 0 {
			t.Errorf("got %+v", got)
		}
		p.parts["/2"] = p.parts["/2"][1:]
		for _, doubted := range []bool{true, false} {
			got := p.refresh()
			if len(got) != 1 || got[0].Lost != 1 || got[0].Doubted != doubted {
				t.Fatalf("got %+v, want one lost, doubted %t", got, doubted)
			}
			if err := p.f.Believe(t.Context(), got[0]); err != nil {
				t.Fatal(err)
			}
		}
	})
}
