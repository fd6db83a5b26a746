package keep

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// months is a site with a sitemap for each of thirty months. Its index says when each was
// modified, if dated.
type months struct {
	mu     sync.Mutex
	dated  bool
	since  time.Time
	edited map[int]time.Time // by number of the month
}

func (m *months) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var n, i int
	modified := func(n int) time.Time {
		if t := m.edited[n]; !t.IsZero() {
			return t
		}
		return m.since.AddDate(0, -n-1, 0)
	}
	switch path := r.URL.Path; {
	case path == "/robots.txt":
		fmt.Fprint(w, "Sitemap: http://a.example/sitemap.xml\n")
	case path == "/sitemap.xml":
		fmt.Fprint(w, "<sitemapindex>")
		for n := range 30 {
			fmt.Fprintf(w, "<sitemap><loc>http://a.example/sitemap-%d.xml</loc>", n)
			if m.dated {
				fmt.Fprintf(w, "<lastmod>%s</lastmod>", modified(n).Format(time.RFC3339))
			}
			fmt.Fprint(w, "</sitemap>")
		}
		fmt.Fprint(w, "</sitemapindex>")
	case scan(path, "/sitemap-%d.xml", &n):
		fmt.Fprintf(w, "<urlset><url><loc>http://a.example/%d-0.html</loc></url><url><loc>http://a.example/%d-1.html</loc><lastmod>%s</lastmod></url></urlset>", n, n, modified(n).Format(time.RFC3339))
	case scan(path, "/%d-%d.html", &n, &i):
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		edits := 0
		if !m.edited[n].IsZero() && i == 1 {
			edits = 1
		}
		page := strings.ReplaceAll(story(n%gazetteArticles, edits), "repairs", fmt.Sprintf("repairs %d-%d", n, i))
		fmt.Fprint(w, strings.ReplaceAll(page, "2026-10-0", "1997-10-0"))
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, "<html><head><title>The Gazette</title></head><body><h1>The Gazette</h1><p>All the news of the town.</p></body></html>")
	}
}

func scan(s, form string, to ...any) bool {
	_, err := fmt.Sscanf(s, form, to...)
	return err == nil
}

// TestManySitemaps: sitemaps of past months are asked for ever more rarely, up to once a
// day, unless their index says that they changed.
func TestManySitemaps(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	for _, tt := range []struct {
		dated bool
		most  time.Duration // until an edit is found
	}{{false, 25 * time.Hour}, {true, time.Hour}} {
		synctest.Test(t, func(t *testing.T) {
			m := &months{dated: tt.dated, since: time.Now(), edited: map[int]time.Time{}}
			b := newRefreshBench(t, &sitetest.Site{Handler: m})
			if sum, _ := b.crawl(); sum.New != 60 {
				t.Fatalf("got %d articles, want 60", sum.New)
			}
			asked := func(hours int) (changed, n int) {
				for range hours {
					time.Sleep(time.Hour)
					sum, paths := b.crawl()
					changed += sum.Changed
					for _, p := range paths {
						if strings.HasPrefix(p, "/sitemap-") {
							n++
						}
					}
				}
				return changed, n
			}
			if _, n := asked(36); n > 30*7 || n < 30 {
				t.Errorf("dated %t: %d requests for 30 sitemaps in 36 hours", tt.dated, n)
			}
			m.mu.Lock()
			m.edited[17] = time.Now()
			m.mu.Unlock()
			if changed, n := asked(int(tt.most / time.Hour)); changed != 1 || n > 35 {
				t.Errorf("dated %t: %d changed after %v, with %d requests for sitemaps", tt.dated, changed, tt.most, n)
			}
		})
	}
}

// TestInterest: on a site without feeds and sitemaps, a section that brings new articles
// is visited often, one that does not ever more rarely.
func TestInterest(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		b := newRefreshBench(t, &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			n := 5 + int(time.Since(start)/(6*time.Hour)) // articles in the section
			var i int
			switch {
			case r.URL.Path == "/":
				fmt.Fprint(w, "<html><head><title>The Gazette</title></head><body><h1>The Gazette</h1><a href=/section/town>Town</a> <a href=/section/past>Past</a>")
			case strings.HasPrefix(r.URL.Path, "/section/"):
				fmt.Fprint(w, "<html><head><title>Town</title></head><body class='archive category'><h1>Town</h1>")
				if r.URL.Path == "/section/past" {
					n = 3
				}
				for i := range n {
					fmt.Fprintf(w, "<article><h2><a href=/%d.html>All about the day %d of the town</a></h2><p>Read what the mayor says.</p></article>", i, i)
				}
			case scan(r.URL.Path, "/%d.html", &i) && i < n:
				page := strings.ReplaceAll(story(i%gazetteArticles, 0), "repairs", fmt.Sprintf("repairs in part %d", i))
				fmt.Fprint(w, strings.ReplaceAll(page, "2026-10-0", "1998-10-0"))
			default:
				http.NotFound(w, r)
			}
		})})
		b.crawl()
		visits, found := map[string]int{}, 0
		for range 7 * 24 {
			time.Sleep(time.Hour)
			sum, asked := b.crawl()
			found += sum.New
			for _, p := range asked {
				visits[p]++
			}
		}
		t.Logf("a week of runs each hour: %d new of 28; visits: town %d, past %d", found, visits["/section/town"], visits["/section/past"])
		if found < 27 || visits["/section/town"] < 28 || visits["/section/past"] > 5 {
			t.Errorf("got %d new articles, want 27 or 28; visits: town %d, past %d", found, visits["/section/town"], visits["/section/past"])
		}
	})
}
