package scraper_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func isHTML(contentType string, _ []byte) bool { return strings.HasPrefix(contentType, "text/html") }

// visits is a Handler that keeps nothing but a diary.
type visits struct {
	mu    sync.Mutex
	pages []string
	hints map[string]scraper.Hints
}

func (v *visits) Prepare(context.Context, *scraper.Request) error { return nil }

func (v *visits) Handle(_ context.Context, r *scraper.Response) (scraper.Outcome, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if r.Request.Kind == scraper.KindPage {
		v.pages = append(v.pages, r.URL.Path)
		v.hints[r.URL.Path] = r.Request.Hints
	}
	return scraper.Outcome{Article: strings.HasPrefix(r.URL.Path, "/story")}, nil
}

// watched is a server that notes when each request came and how many were
// under way at once.
type watched struct {
	*httptest.Server
	mu    sync.Mutex
	times []time.Time
	asked map[string]int
	now   int
	most  int
}

func watch(t *testing.T, h http.HandlerFunc) *watched {
	w := &watched{asked: map[string]int{}}
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		w.mu.Lock()
		w.times = append(w.times, time.Now())
		w.asked[r.URL.Path]++
		w.now++
		w.most = max(w.most, w.now)
		w.mu.Unlock()
		h(rw, r)
		w.mu.Lock()
		w.now--
		w.mu.Unlock()
	}))
	t.Cleanup(w.Close)
	return w
}

func page(w http.ResponseWriter, links ...string) {
	w.Header().Set("Content-Type", "text/html")
	fmt.Fprint(w, "<p>News</p>\n")
	for _, l := range links {
		fmt.Fprintf(w, "<a href=%q>x</a>\n", l)
	}
}

func crawl(t *testing.T, ctx context.Context, base string, path string, set func(*scraper.Crawler)) (*visits, scraper.Counts, error) {
	t.Helper()
	f, err := frontier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seed, err := url.Parse(base + "/")
	if err != nil {
		t.Fatal(err)
	}
	scope, err := scraper.NewScope("", seed)
	if err != nil {
		t.Fatal(err)
	}
	fetcher := fetch.New(fetch.Options{AllowHosts: []string{seed.Hostname()}, DetectHTML: isHTML})
	defer fetcher.Close()
	v := &visits{hints: map[string]scraper.Hints{}}
	c := &scraper.Crawler{Frontier: f, Fetcher: fetcher, Scope: scope, Handler: v, Site: "test", DelaySet: true}
	if set != nil {
		set(c)
	}
	counts, err := c.Run(ctx, &scraper.Request{URL: seed})
	return v, counts, err
}

func TestRobotsIsObeyedOnLinksAndRedirects(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /private\n")
		case "/":
			page(w, "/private/a", "/moved", "/story")
		case "/moved":
			http.Redirect(w, r, "/private/b", http.StatusFound)
		default:
			page(w)
		}
	})
	_, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for path, n := range s.asked {
		if strings.HasPrefix(path, "/private") || n != 1 {
			t.Errorf("%s was asked for %d times", path, n)
		}
	}
	if len(counts.Reasons) == 0 || counts.Reasons[0] != (scraper.Reason{Reason: "robots.txt", Count: 2, Example: s.URL + "/private/a"}) {
		t.Errorf("reasons: got %+v", counts.Reasons)
	}
}

func TestPoliteness(t *testing.T) {
	const delay = 60 * time.Millisecond
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			page(w, "/1", "/2", "/3", "/4")
			return
		}
		page(w)
	})
	_, _, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), func(c *scraper.Crawler) { c.Delay, c.Workers = delay, 8 })
	if err != nil {
		t.Fatal(err)
	}
	if s.most > 1 {
		t.Errorf("%d requests at once to one host, want one", s.most)
	}
	for i := 1; i < len(s.times); i++ {
		// The delay is from the end of an answer: from its beginning it is more.
		if gap := s.times[i].Sub(s.times[i-1]); gap < delay {
			t.Errorf("requests %d and %d: %v apart, want %v or more", i-1, i, gap, delay)
		}
	}
}

func TestToldToWait(t *testing.T) {
	var first time.Time
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/" && first.IsZero():
			first = time.Now()
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(http.StatusTooManyRequests)
		case r.URL.Path == "/":
			if d := time.Since(first); d < time.Second {
				t.Errorf("asked again after %v, while told to wait", d)
			}
			page(w, "/story")
		default:
			page(w)
		}
	})
	v, _, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil || !slices.Contains(v.pages, "/story") {
		t.Errorf("got %v, %v", v.pages, err)
	}
}

func TestDisallowedWhileRobotsFails(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	v, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(v.pages) != 0 || counts.SeedsFailed != 1 {
		t.Errorf("got pages %v and %d failed seeds; a 5xx of robots.txt disallows everything", v.pages, counts.SeedsFailed)
	}
}

func TestSitemapAndFeedGiveHints(t *testing.T) {
	s := watch(t, nil)
	s.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprintf(w, "Sitemap: %s/map.xml\n", s.URL)
		case "/map.xml":
			fmt.Fprintf(w, "<urlset xmlns:news='http://www.google.com/schemas/sitemap-news/0.9'><url><loc>%s/story-a</loc><news:news><news:publication_date>2026-11-23</news:publication_date><news:title>A</news:title></news:news></url></urlset>", s.URL)
		case "/feed":
			w.Header().Set("Content-Type", "application/rss+xml")
			fmt.Fprintf(w, "<rss version='2.0'><channel><item><title>B</title><link>%s/story-b?utm_source=rss</link></item></channel></rss>", s.URL)
		case "/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<head><link rel=alternate type='application/rss+xml' href='/feed'></head>")
		default:
			page(w)
		}
	})
	v, _, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if h := v.hints["/story-a"]; h.Title != "A" || h.Source != "news-sitemap" || h.Published.Day() != 23 {
		t.Errorf("sitemap: got %+v", h)
	}
	if h := v.hints["/story-b"]; h.Title != "B" || h.Source != "feed" {
		t.Errorf("feed: got %+v", h)
	}
}

func TestLimitsAreExactAndNothingIsLost(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		var links []string
		for i := range 30 {
			links = append(links, fmt.Sprintf("/story%d", i))
		}
		if r.URL.Path != "/robots.txt" {
			page(w, links...)
		}
	})
	path := filepath.Join(t.TempDir(), "f")
	many := func(c *scraper.Crawler) { c.Workers = 8 }
	_, counts, err := crawl(t, t.Context(), s.URL, path, func(c *scraper.Crawler) { many(c); c.MaxArticles = 7 })
	if err != nil || counts.Articles != 7 || counts.Limit != "--max-articles" {
		t.Fatalf("got %+v, %v", counts, err)
	}
	if _, counts, err = crawl(t, t.Context(), s.URL, path, many); err != nil || counts.Articles != 23 {
		t.Fatalf("second run: got %+v, %v", counts, err)
	}
	for p, n := range s.asked {
		if strings.HasPrefix(p, "/story") && n != 1 {
			t.Errorf("%s was asked for %d times", p, n)
		}
	}
}

func TestCancelReturnsAtOnce(t *testing.T) {
	release := make(chan struct{})
	started := make(chan struct{})
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			close(started)
			<-release
		}
	})
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-started; cancel() }()
	begin := time.Now()
	_, _, err := crawl(t, ctx, s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != context.Canceled || time.Since(begin) > 5*time.Second {
		t.Errorf("got %v after %v", err, time.Since(begin))
	}
}

func TestNoAnswerIsTriedAgainAndThenFails(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/robots.txt":
		case "/":
			page(w, "/story", "/broken")
		case "/broken":
			c, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				c.Close()
			}
		default:
			page(w)
		}
	})
	v, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(v.pages, "/story") || counts.Failed != 4 {
		t.Errorf("got pages %v, %d failures", v.pages, counts.Failed)
	}
	if len(counts.Reasons) != 1 || counts.Reasons[0].Reason != "connection closed" {
		t.Errorf("reasons: got %+v", counts.Reasons)
	}
}
