package scraper_test

import (
	"context"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

var long = flag.Bool("long", false, "run the tests that take long in their full size")

// crawlOf crawls a site in memory, time included, and returns what came of it.
func crawlOf(t *testing.T, s *sitetest.Site, seed string, set func(*scraper.Crawler)) scraper.Counts {
	t.Helper()
	f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	return crawlWith(t, f, s, seed, set)
}

func crawlWith(t *testing.T, f *frontier.Frontier, s *sitetest.Site, seed string, set func(*scraper.Crawler)) scraper.Counts {
	t.Helper()
	u, err := url.Parse(seed)
	if err != nil {
		t.Fatal(err)
	}
	scope, err := scraper.NewScope("domain", u)
	if err != nil {
		t.Fatal(err)
	}
	fetcher := fetch.New(fetch.Options{Connect: s.Dial, DetectHTML: isHTML})
	defer fetcher.Close()
	c := &scraper.Crawler{Frontier: f, Fetcher: fetcher, Scope: scope, Handler: &visits{hints: map[string]scraper.Hints{}}, Site: "s", Workers: 16, Assets: "none"}
	if set != nil {
		set(c)
	}
	counts, err := c.Run(context.Background(), &scraper.Request{URL: u})
	if err != nil {
		t.Fatal(err)
	}
	return counts
}

func reasonCount(c scraper.Counts, part string) int {
	n := 0
	for _, r := range c.Reasons {
		if strings.Contains(r.Reason, part) {
			n += r.Count
		}
	}
	return n
}

// TestPolitenessOfManyHosts: forty hosts that link to each other, some slow, some
// with a Crawl-delay, some that say wait, some at one address: never two requests
// at a time, never a shorter rest than asked, never a disallowed URL, never a
// request while told to wait.
func TestPolitenessOfManyHosts(t *testing.T) {
	const hosts, pages = 40, 8
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		quiet := map[string]time.Time{} // until when a host has told us to wait
		told := map[string]bool{}
		s := &sitetest.Site{Address: func(host string) string {
			if strings.HasPrefix(host, "twin") {
				return "203.0.113.200"
			}
			return ""
		}}
		s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if time.Now().Before(quiet[r.Host]) {
				t.Errorf("%s%s was asked for while told to wait", r.Host, r.URL.Path)
			}
			mu.Unlock()
			if strings.HasPrefix(r.URL.Path, "/closed") {
				t.Errorf("%s%s is disallowed", r.Host, r.URL.Path)
			}
			var n int
			fmt.Sscanf(strings.TrimLeft(r.Host, "abcdefghijklmnopqrstuvwxyz"), "%d", &n)
			time.Sleep(time.Duration(n%5) * 700 * time.Millisecond)
			if r.URL.Path == "/robots.txt" {
				fmt.Fprint(w, "User-agent: *\nDisallow: /closed\n")
				if n%3 == 0 {
					fmt.Fprint(w, "Crawl-delay: 11\n")
				}
				return
			}
			mu.Lock()
			defer mu.Unlock()
			if n%4 == 1 && r.URL.Path == "/p3" && !told[r.Host] {
				told[r.Host] = true
				quiet[r.Host] = time.Now().Add(5 * time.Minute)
				w.Header().Set("Retry-After", "300")
				w.WriteHeader([]int{429, 503}[n/4%2])
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<title>%s of %s</title><p>%s</p><a href=/closed/x>no</a>", word(r.URL.Path), word(r.Host), word(r.Host+r.URL.Path))
			for i := range pages {
				fmt.Fprintf(w, "<a href=/p%d>p</a>", i)
			}
			fmt.Fprintf(w, "<a href=http://%s.news.example/>next</a>", name((n+1)%hosts))
			fmt.Fprintf(w, "<a href=http://%s.news.example/>far</a>", name((n*7+3)%hosts))
		})
		counts := crawlOf(t, s, "http://"+name(0)+".news.example/", nil)
		s.Close()
		if want := hosts * (pages + 1); counts.Pages != want {
			t.Errorf("got %d pages, want %d", counts.Pages, want)
		}
		for _, g := range s.Gaps(nil) {
			var n int
			fmt.Sscanf(strings.TrimLeft(g.After.Host, "abcdefghijklmnopqrstuvwxyz"), "%d", &n)
			want := 2 * time.Second
			if n%3 == 0 {
				want = 11 * time.Second
			}
			if g.Rest < want {
				t.Errorf("%s: %s came %s after %s, want %s", g.After.Host, g.After.Path, g.Rest, g.Before.Path, want)
			}
		}
		twins := s.Gaps(func(h sitetest.Hit) string {
			if strings.HasPrefix(h.Host, "twin") {
				return "twins"
			}
			return h.Host
		})
		overlaps := 0
		for _, g := range twins {
			if g.Rest < 0 {
				overlaps++
			}
		}
		// Until a host was asked once, nobody knows its address.
		if overlaps > 10 {
			t.Errorf("%d requests overlapped at one address", overlaps)
		}
		for u, n := range s.Asked() {
			if n > 1 && !strings.HasSuffix(u, "/p3") {
				t.Errorf("%s was asked for %d times", u, n)
			}
		}
	})
}

// name is a host's name; every fourth shares an address with its like.
func name(n int) string {
	if n%4 == 3 {
		return fmt.Sprintf("twin%d", n)
	}
	return fmt.Sprintf("h%d", n)
}

// word makes letters of a text, so that each page has words of its own.
func word(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return 'g' + r - '0'
		}
		return r
	}, s)
}

// TestTenThousandHosts: each asked for robots.txt and its page once, side by side.
func TestTenThousandHosts(t *testing.T) {
	hosts := 1000
	switch {
	case *long:
		hosts = 10_000
	case underRace:
		hosts = 200
	}
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{}
		s.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<title>%s</title><p>hello from here</p>", word(r.Host))
			if r.Host == "h0.news.example" {
				for i := 1; i < hosts; i++ {
					fmt.Fprintf(w, "<a href=http://h%d.news.example/>x</a>", i)
				}
			}
		})
		start := time.Now()
		counts := crawlOf(t, s, "http://h0.news.example/", func(c *scraper.Crawler) { c.Workers = 32 })
		s.Close()
		if counts.Pages != hosts {
			t.Errorf("got %d pages, want %d", counts.Pages, hosts)
		}
		for u, n := range s.Asked() {
			if n != 1 && !strings.Contains(u, "sitemap") {
				t.Errorf("%s was asked for %d times", u, n)
			}
		}
		t.Logf("%d hosts in %s of the crawl's time", hosts, time.Since(start))
	})
}

// TestHostDiesAndComesBack: what fails while a host is away is asked for again;
// what a host cannot give in this run waits for the next.
func TestHostDiesAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		s := &sitetest.Site{Handler: sitetest.Files([]byte("-- index.html --\n<title>f</title><a href=/a.html>a</a><a href=/b.html>b</a>\n-- a.html --\n<p>a\n-- b.html --\n<p>b\n"))}
		gone := func(from, to time.Duration) func(string) bool {
			return func(string) bool { d := time.Since(begin); return d > from && d < to }
		}
		s.Down = gone(time.Second, 20*time.Second)
		f, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		drop := func(c *scraper.Crawler) {
			inner := c.Fetcher
			c.Fetcher = fetcherFunc(func(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
				if s.Down("") { // connections that are kept die too
					return nil, &net.OpError{Op: "read", Err: fmt.Errorf("reset")}
				}
				return inner.Fetch(ctx, r)
			})
		}
		counts := crawlWith(t, f, s, "http://a.example/", drop)
		if counts.Pages != 3 || counts.HostsGivenUp != 0 {
			t.Errorf("got %d pages and %d hosts given up, want 3 and none", counts.Pages, counts.HostsGivenUp)
		}
		// Away for good this time: the run ends, in bounded time.
		begin = time.Now()
		s.Down = gone(0, 24*time.Hour)
		if err := f.Requeue(context.Background(), "s", frontier.Everything); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Second)
		counts = crawlWith(t, f, s, "http://a.example/", drop)
		if counts.Pages != 0 || time.Since(begin) > time.Hour {
			t.Errorf("got %d pages after %s", counts.Pages, time.Since(begin))
		}
		time.Sleep(25 * time.Hour)
		if err := f.Requeue(context.Background(), "s", frontier.Failed); err != nil {
			t.Fatal(err)
		}
		if counts = crawlWith(t, f, s, "http://a.example/", drop); counts.Pages != 3 {
			t.Errorf("got %d pages when it was back, want 3", counts.Pages)
		}
		s.Close()
	})
}

type fetcherFunc func(context.Context, *scraper.Request) (*scraper.Response, error)

func (f fetcherFunc) Fetch(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
	return f(ctx, r)
}

// TestTraps: each ends by itself, within a bound, and says why; the real page
// beside the trap is found.
func TestTraps(t *testing.T) {
	number := regexp.MustCompile(`\d+`)
	next := func(r *http.Request) int {
		var n int
		if m := number.FindAllString(r.URL.RequestURI(), -1); len(m) > 0 {
			fmt.Sscan(m[len(m)-1], &n)
		}
		return n + 1
	}
	for _, trap := range []struct {
		name   string
		reason string // where nothing is known about articles
		most   int    // requests, likewise
		sooner bool   // they are fewer where an article is known
		page   func(r *http.Request) string
	}{
		{"calendar", "differ in numbers only", 700, true, func(r *http.Request) string {
			return fmt.Sprintf("<title>Events of %d</title><p>Nothing is on.</p><a href=/cal/%d>next</a> <a href=/cal/x%d>list</a>", next(r), next(r), next(r))
		}},
		{"facets", "over 300 queries of one path", 700, true, func(r *http.Request) string {
			q := r.URL.RawQuery
			out := "<title>Shop " + word(q) + "</title>"
			for i := range 12 {
				out += fmt.Sprintf("<a href='/shop?%s&f%d=1'>facet %s</a>", q, i, word(q))
			}
			return out
		}},
		{"deeper and deeper", "trap: path", 300, true, func(r *http.Request) string {
			return "<title>" + r.URL.Path + "</title><p>" + r.URL.Path + "</p><a href='x/'>deeper</a><a href='y/'>deeper</a>"
		}},
		{"soft 404", "same page under over 30 URLs", 100, false, func(r *http.Request) string {
			return fmt.Sprintf("<title>Sorry</title><p>This page is not here any more.</p><a href=/gone/%d/a>x</a><a href=/gone/%d/b>y</a>", next(r), next(r))
		}},
		{"ever new words", "deeper than --max-depth", 60, false, func(r *http.Request) string {
			n := next(r)
			return fmt.Sprintf("<title>%s</title><p>%s</p><a href=/w/%s%d>on</a>", word(fmt.Sprint(n*n)), word(fmt.Sprint(n*n*n)), word(fmt.Sprint(n)), n)
		}},
	} {
		for _, known := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, articles known %t", trap.name, known), func(t *testing.T) {
				most, reason := trap.most, trap.reason
				if known && trap.sooner {
					most, reason = 80, "lead to no new article"
				}
				synctest.Test(t, func(t *testing.T) {
					s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
						w.Header().Set("Content-Type", "text/html")
						switch {
						case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
							http.NotFound(w, r)
						case r.URL.Path == "/story.html":
							fmt.Fprint(w, "<title>The story</title><p>The one page that is real.</p>")
						default:
							fmt.Fprint(w, trap.page(r)+"<a href=/story.html>story</a>")
						}
					})}
					counts := crawlOf(t, s, "http://a.example/", func(c *scraper.Crawler) {
						if trap.name != "ever new words" {
							c.MaxDepth = 100_000
						}
						if !known {
							c.Handler = noArticles{c.Handler}
						}
					})
					s.Close()
					asked := s.Asked()
					if len(asked) > most {
						t.Errorf("%d URLs were asked for, want at most %d", len(asked), most)
					}
					if asked["a.example/story.html"] != 1 {
						t.Errorf("the story was asked for %d times", asked["a.example/story.html"])
					}
					if reasonCount(counts, reason) == 0 {
						t.Errorf("no reason %q in %v", reason, counts.Reasons)
					}
				})
			})
		}
	}
	t.Run("redirect loops", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
					http.NotFound(w, r)
				case r.URL.Path == "/":
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprint(w, "<a href=/loop>x</a><a href=/round1>y</a>")
				case r.URL.Path == "/loop":
					http.Redirect(w, r, "/loop", http.StatusFound)
				default:
					http.Redirect(w, r, fmt.Sprintf("/round%d", next(r)), http.StatusFound)
				}
			})}
			counts := crawlOf(t, s, "http://a.example/", nil)
			s.Close()
			if n := len(s.Asked()); n > 20 || reasonCount(counts, "redirected too often") != 1 {
				t.Errorf("got %d requests, %v", n, counts.Reasons)
			}
		})
	})
}

type noArticles struct{ scraper.Handler }

func (h noArticles) Handle(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	o, err := h.Handler.Handle(ctx, r)
	o.Article = false
	return o, err
}

// TestBotWall: a host that answers with a challenge is left alone after a few.
func TestBotWall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" || strings.Contains(r.URL.Path, "sitemap") {
				http.NotFound(w, r)
				return
			}
			w.Header().Set("Content-Type", "text/html")
			if r.URL.Path != "/" {
				w.WriteHeader(http.StatusForbidden)
				fmt.Fprint(w, "Just a moment...")
				return
			}
			for i := range 50 {
				fmt.Fprintf(w, "<a href=/p%d>x</a>", i)
			}
		})}
		counts := crawlOf(t, s, "http://a.example/", func(c *scraper.Crawler) { c.Handler = walled{c.Handler} })
		s.Close()
		if n := len(s.Asked()); n > 10 || counts.HostsGivenUp != 1 || reasonCount(counts, "bot wall") == 0 || counts.Pages != 1 {
			t.Errorf("got %d requests, %+v", n, counts)
		}
	})
}

type walled struct{ scraper.Handler }

func (w walled) Handle(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	o, err := w.Handler.Handle(ctx, r)
	if r.Status == http.StatusForbidden {
		o.Blocked = true
	}
	return o, err
}

// TestVariantsAreAskedForOnce: AMP, print and session twins, and what a few
// pages' canonical links disown; pages of a list stay apart.
func TestVariantsAreAskedForOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			switch {
			case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
				http.NotFound(w, r)
			case r.URL.Path == "/":
				for i := range 12 {
					fmt.Fprintf(w, "<a href=/story-%d>x</a><a href=/story-%d?utm_source=front>x</a><a href='/story-%d/amp'>x</a><a href=/story-%d?print=1>x</a>", i, i, i, i)
					fmt.Fprintf(w, "<a href='/story-%d;jsessionid=AB%d'>x</a>", i, i)
				}
				for i := range 40 {
					fmt.Fprintf(w, "<a href=/box?from-box=%d>x</a>", i)
				}
				fmt.Fprint(w, "<a href=/list?page=1>x</a><a href=/hub>y</a>")
			case r.URL.Path == "/list":
				fmt.Fprintf(w, "<link rel=canonical href=/list><title>%s</title>", word(r.URL.RawQuery))
				for i := 1; i < 9; i++ {
					fmt.Fprintf(w, "<a href=/list?page=%d>x</a>", i)
				}
			case r.URL.Path == "/hub", r.URL.Path == "/hub2":
				for i := range 30 {
					fmt.Fprintf(w, "<a href=/later-%d?from-box=%d>x</a><a href=/hub2>z</a>", i, i)
				}
			default:
				fmt.Fprintf(w, "<link rel=canonical href=%s><title>%s</title>", r.URL.Path, word(r.URL.Path))
			}
		})}
		crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		asked := s.Asked()
		stories := 0
		for u, n := range asked {
			if strings.Contains(u, "/story-") {
				stories += n
			}
		}
		if stories != 12 {
			t.Errorf("12 stories were asked for %d times", stories)
		}
		for i := 1; i < 9; i++ {
			if asked[fmt.Sprintf("a.example/list?page=%d", i)] != 1 {
				t.Errorf("page %d of the list was not asked for once", i)
			}
		}
		noisy := 0
		for u := range asked {
			if strings.Contains(u, "/later-") && strings.Contains(u, "from-box") {
				noisy++
			}
		}
		if noisy > 0 {
			t.Errorf("%d URLs were asked for with a parameter that their site disowns", noisy)
		}
	})
}
