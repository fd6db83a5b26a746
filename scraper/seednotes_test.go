package scraper_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// TestSeedNotes: what becomes of a seed is said, and a seed without a page counts as
// failed.
func TestSeedNotes(t *testing.T) {
	const text = "<p>News</p><a href=/story>story</a>"
	moved := func(to string) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusMovedPermanently) }
	}
	page := func(body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, body)
		}
	}
	status := func(n int) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) } }
	const seed = "http://a.example/"
	for _, tt := range []struct {
		name     string
		scope    string
		follow   bool
		handlers map[string]http.HandlerFunc // by host and path
		want     scraper.SeedNote            // none if it has no reason
		notice   string
		pages    int
	}{
		{"a page", "site", false, map[string]http.HandlerFunc{"a.example/": page(text)}, scraper.SeedNote{}, "", 2},
		{"missing", "site", false, map[string]http.HandlerFunc{"a.example/": status(404)}, scraper.SeedNote{URL: seed, Reason: "HTTP 404", Failed: true}, "", 0},
		{"an error of the server", "site", false, map[string]http.HandlerFunc{"a.example/": status(500)}, scraper.SeedNote{URL: seed, Reason: "HTTP 500", Failed: true}, "", 0},
		{"disallowed", "site", false, map[string]http.HandlerFunc{"a.example/robots.txt": page("User-agent: *\nDisallow: /")},
			scraper.SeedNote{URL: seed, Reason: "disallowed by robots.txt", Failed: true}, "", 0},
		{"busy for long", "site", false, map[string]http.HandlerFunc{"a.example/": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "5")
			w.WriteHeader(http.StatusServiceUnavailable)
		}}, scraper.SeedNote{URL: seed, Reason: "HTTP 503 on every try", Failed: true}, "", 0},
		{"redirects to itself", "site", false, map[string]http.HandlerFunc{"a.example/": moved("/")}, scraper.SeedNote{URL: seed, Reason: "redirects to itself", Asks: true, Failed: true}, "", 0},
		{"redirects in a loop", "site", false, map[string]http.HandlerFunc{"a.example/": moved("/x"), "a.example/x": moved("/y"), "a.example/y": moved("/")},
			scraper.SeedNote{URL: seed, Target: "http://a.example/y", Reason: "redirects in a loop", Failed: true}, "", 0},
		{"an answer without a question", "site", false, map[string]http.HandlerFunc{"a.example/": status(304)}, scraper.SeedNote{URL: seed, Reason: "HTTP 304, but there is no earlier page", Failed: true}, "", 0},
		{"rules that are elsewhere", "site", false, map[string]http.HandlerFunc{"a.example/robots.txt": moved("http://down.test/robots.txt")},
			scraper.SeedNote{URL: seed, Reason: "robots.txt redirects to http://down.test: connection refused", Failed: true}, "", 0},
		{"redirects to nothing", "site", false, map[string]http.HandlerFunc{"a.example/": status(302)}, scraper.SeedNote{URL: seed, Reason: "redirect without a Location", Failed: true}, "", 0},
		{"redirects to no URL", "site", false, map[string]http.HandlerFunc{"a.example/": moved("ftp://a.example/")},
			scraper.SeedNote{URL: seed, Reason: "redirect without a valid URL", Failed: true}, "", 0},
		{"redirects to what is gone", "site", false, map[string]http.HandlerFunc{"a.example/": moved("/en/")},
			scraper.SeedNote{URL: seed, Target: "http://a.example/en/", Reason: "HTTP 404", Failed: true}, "", 0},
		{"with www", "site", false, map[string]http.HandlerFunc{"a.example/": moved("http://www.a.example/"), "www.a.example/": page(text)}, scraper.SeedNote{}, "", 2},
		{"another host of the domain", "site", false, map[string]http.HandlerFunc{"a.example/": moved("http://new.a.example/en/"), "new.a.example/en/": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://new.a.example/en/", Reason: "leads to new.a.example/en, which is archived too", Moved: true},
			"a.example leads to new.a.example/en, which is archived too", 2},
		{"another port", "site", false, map[string]http.HandlerFunc{"a.example/": moved("http://a.example:8080/"), "a.example:8080/": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://a.example:8080/", Reason: "leads to a.example:8080, which is archived too", Moved: true},
			"a.example leads to a.example:8080, which is archived too", 2},
		{"another site", "site", false, map[string]http.HandlerFunc{"a.example/": moved("http://big.test/paper"), "big.test/paper": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://big.test/paper", Reason: "leads to big.test/paper, which is not part of this crawl", Moved: true, Failed: true},
			"a.example leads to big.test/paper, which is not part of this crawl", 0},
		{"another site by a refresh", "site", false, map[string]http.HandlerFunc{"a.example/": page("<meta http-equiv=refresh content=0;http://big.test/paper>"), "big.test/paper": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://big.test/paper", Reason: "leads to big.test/paper, which is not part of this crawl", Moved: true, Failed: true},
			"a.example leads to big.test/paper, which is not part of this crawl", 0},
		{"another site of one public suffix", "site", false, map[string]http.HandlerFunc{"a.example/": moved("http://b.example/"), "b.example/": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://b.example/", Reason: "leads to b.example, which is not part of this crawl", Moved: true, Failed: true},
			"a.example leads to b.example, which is not part of this crawl", 0},
		{"another site, a crawl of a page", "page", false, map[string]http.HandlerFunc{"a.example/": moved("http://big.test/paper"), "big.test/paper": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://big.test/paper", Reason: "leads to big.test/paper, which is not part of this crawl", Moved: true, Failed: true},
			"a.example leads to big.test/paper, which is not part of this crawl", 0},
		{"another site that is followed", "site", true, map[string]http.HandlerFunc{"a.example/": moved("http://big.test/paper"), "big.test/paper": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://big.test/paper", Reason: "leads to big.test/paper, which is archived too", Moved: true},
			"a.example leads to big.test/paper, which is archived too", 2},
		{"another page that is followed", "page", true, map[string]http.HandlerFunc{"a.example/": moved("http://big.test/paper"), "big.test/paper": page(text)},
			scraper.SeedNote{URL: seed, Target: "http://big.test/paper", Reason: "leads to big.test/paper, which is archived too", Moved: true},
			"a.example leads to big.test/paper, which is archived too", 1},
		{"no links", "site", false, map[string]http.HandlerFunc{"a.example/": page("<p>News</p><a href=/>home</a><a href=http://big.test/>x</a>")},
			scraper.SeedNote{URL: seed, Reason: "the front page has no links that can be followed"}, "", 1},
		{"links that are not to be followed", "site", false, map[string]http.HandlerFunc{"a.example/": page("<meta name=robots content=nofollow>" + text)},
			scraper.SeedNote{URL: seed, Reason: "the front page asks not to follow its links (nofollow)"}, "", 1},
		{"links made by scripts", "site", false, map[string]http.HandlerFunc{"a.example/": page("<p>Loading</p><script src=app.js></script>")},
			scraper.SeedNote{URL: seed, Reason: "the front page has no links that can be followed; its scripts, which are not run, may add some"}, "", 1},
		{"a choice of pages", "site", false, map[string]http.HandlerFunc{"a.example/": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusMultipleChoices)
			fmt.Fprint(w, text)
		}}, scraper.SeedNote{URL: seed, Reason: "redirect without a Location", Failed: true}, "", 1},
		{"a page that leads back", "site", false, map[string]http.HandlerFunc{"a.example/": moved("https://consent.test/c?to=http%3A%2F%2Fa.example%2F")},
			scraper.SeedNote{URL: seed, Target: "https://consent.test/c?to=http%3A%2F%2Fa.example%2F", Moved: true, Asks: true, Failed: true,
				Reason: "leads to a page of consent.test whose URL names this one, as pages that ask for consent or a login do; it is not part of this crawl"},
			"a.example leads to a page of consent.test whose URL names this one, as pages that ask for consent or a login do; it is not part of this crawl", 0},
		{"a page without links", "page", false, map[string]http.HandlerFunc{"a.example/": page("<p>News</p>")}, scraper.SeedNote{}, "", 1},
		{"empty", "site", false, map[string]http.HandlerFunc{"a.example/": page("")},
			scraper.SeedNote{URL: seed, Reason: "the page is empty: it has neither text nor links", Failed: true}, "", 0},
		{"white space", "site", false, map[string]http.HandlerFunc{"a.example/": page("<p>&nbsp;&#8203;</p>")},
			scraper.SeedNote{URL: seed, Reason: "the page is empty: it has neither text nor links", Failed: true}, "", 0},
		{"scripts only", "page", false, map[string]http.HandlerFunc{"a.example/": page("<title>x</title><div id=app></div><script>go()</script>")},
			scraper.SeedNote{URL: seed, Reason: "the page is empty without its scripts, which are not run", Failed: true}, "", 0},
		{"a picture only", "page", false, map[string]http.HandlerFunc{"a.example/": page("<img src=x.png>")}, scraper.SeedNote{}, "", 1},
		{"a wall", "site", false, map[string]http.HandlerFunc{"a.example/": page("Just a moment...")}, scraper.SeedNote{URL: seed, Reason: "blocked by a bot wall", Failed: true}, "", 0},
		{"a question about cookies", "site", false, map[string]http.HandlerFunc{"a.example/": page("We value your privacy")},
			scraper.SeedNote{URL: seed, Reason: "answered with a consent page", Failed: true}, "", 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch h := tt.handlers[r.Host+r.URL.Path]; {
					case h != nil:
						h(w, r)
					case r.URL.Path == "/story":
						page("<p>Story")(w, r)
					default:
						http.NotFound(w, r)
					}
				})}
				s.Down = func(host string) bool { return host == "down.test" }
				var notices []string
				counts := crawlOf(t, s, seed, func(c *scraper.Crawler) {
					scope, err := scraper.NewScope(tt.scope, parse(t, seed))
					if err != nil {
						t.Fatal(err)
					}
					scope.FollowSeed = tt.follow
					c.Scope, c.Handler = scope, reading{c.Handler}
					c.Events = func(e scraper.Event) {
						if e.Kind == scraper.EventNotice {
							notices = append(notices, e.Reason)
						}
					}
				})
				s.Close()
				var want []scraper.SeedNote
				if tt.want.Reason != "" {
					want = append(want, tt.want)
				}
				if !slices.Equal(counts.Seeds, want) {
					t.Errorf("got %+v, want %+v", counts.Seeds, want)
				}
				if failed := counts.SeedsFailed == 1; failed != tt.want.Failed || counts.Pages != tt.pages {
					t.Errorf("got %d failed seeds and %d pages, want %v and %d", counts.SeedsFailed, counts.Pages, tt.want.Failed, tt.pages)
				}
				if got := strings.Join(notices, "; "); got != tt.notice {
					t.Errorf("notices: got %q, want %q", got, tt.notice)
				}
				if asked := s.Asked()["big.test/user"]; asked > 0 {
					t.Error("a page of another site was asked for")
				}
			})
		})
	}
}

// TestPageInItsPlace: many sites send readers of pages that are gone to the front page.
func TestPageInItsPlace(t *testing.T) {
	for target, want := range map[string][]scraper.SeedNote{
		"/story?id=1": nil,
		"/":           {{URL: "http://a.example/old", Target: "http://a.example/", Reason: "redirects to the front page, which is archived in its place"}},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/old" {
					http.Redirect(w, r, target, http.StatusMovedPermanently)
					return
				}
				page(w)
			})}
			counts := crawlOf(t, s, "http://a.example/old", func(c *scraper.Crawler) {
				c.Scope = &scraper.Scope{Kind: "page", Seeds: []*url.URL{parse(t, "http://a.example/old")}}
			})
			s.Close()
			if !slices.Equal(counts.Seeds, want) || counts.Pages != 1 || counts.SeedsFailed != 0 {
				t.Errorf("to %s: got %+v, %d pages", target, counts.Seeds, counts.Pages)
			}
		})
	}
}

// reading is a Handler that knows walls.
type reading struct{ scraper.Handler }

func (h reading) Handle(ctx context.Context, r *scraper.Response) (scraper.Outcome, error) {
	o, err := h.Handler.Handle(ctx, r)
	switch string(r.Body) {
	case "Just a moment...":
		o.Blocked = true
	case "We value your privacy":
		o.Blocked, o.Reason = true, "answered with a consent page"
	}
	return o, err
}

// TestRulesElsewhere: if robots.txt redirects to a host that does not answer, that host
// is named, and its own failure too, once.
func TestRulesElsewhere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.RedirectHandler("http://down.test/robots.txt", http.StatusFound)}
		s.Down = func(host string) bool { return host == "down.test" }
		counts := crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		want := []scraper.Reason{
			{Reason: "connection refused", Count: 1, Example: "http://down.test/robots.txt"},
			{Reason: "robots.txt redirects to http://down.test: connection refused", Count: 1, Example: "http://a.example/"},
		}
		if !slices.Equal(counts.Reasons, want) {
			t.Errorf("got %+v", counts.Reasons)
		}
	})
}

// TestRulesBehindACookie: a site that redirects everything to itself until its cookie
// comes back has rules all the same.
func TestRulesBehindACookie(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Header.Get("Cookie") != "v=1":
				w.Header().Set("Set-Cookie", "v=1; Path=/")
				http.Redirect(w, r, r.URL.Path, http.StatusFound)
			case r.URL.Path == "/robots.txt":
				fmt.Fprint(w, "User-agent: *\nDisallow: /closed\n")
			case strings.Contains(r.URL.Path, "sitemap"):
				http.NotFound(w, r)
			default:
				page(w, "/closed/x", "/open")
			}
		})}
		counts := crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		asked := s.Asked()
		if counts.Pages != 2 || asked["a.example/closed/x"] != 0 || asked["a.example/robots.txt"] != 2 {
			t.Errorf("got %d pages, requests %v", counts.Pages, asked)
		}
	})
}

// TestTwoSeedsOfOnePage: both failed if the page to which they redirect did.
func TestTwoSeedsOfOnePage(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/one" || r.URL.Path == "/two" {
				http.Redirect(w, r, "/gone", http.StatusFound)
				return
			}
			http.NotFound(w, r)
		})}
		f, err := frontier.Open(filepath.Join(t.TempDir(), "f"))
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		fetcher := fetch.New(fetch.Options{Connect: s.Dial, DetectHTML: isHTML})
		defer fetcher.Close()
		var seeds []*scraper.Request
		scope := &scraper.Scope{Kind: "page"}
		for _, raw := range []string{"http://a.example/one", "http://a.example/two"} {
			scope.Seeds = append(scope.Seeds, parse(t, raw))
			seeds = append(seeds, &scraper.Request{URL: parse(t, raw)})
		}
		c := &scraper.Crawler{Frontier: f, Fetcher: fetcher, Scope: scope, Handler: &visits{hints: map[string]scraper.Hints{}}, Site: "s"}
		counts, err := c.Run(context.Background(), seeds...)
		s.Close()
		if err != nil || counts.SeedsFailed != 2 || len(counts.Seeds) != 2 {
			t.Errorf("got %+v, %v", counts.Seeds, err)
		}
	})
}

// TestFormerTarget: a page to which a seed redirected once, as to that of a
// maintenance, is nothing to the seed once that leads elsewhere.
func TestFormerTarget(t *testing.T) {
	const seed, target = "http://a.example/", "http://a.example/maintenance"
	for _, tt := range []struct {
		name   string
		leads  bool // in the second run, too
		failed int
		want   []scraper.SeedNote
	}{
		{"the seed is back", false, 0, nil},
		{"the seed still leads there", true, 1, []scraper.SeedNote{{URL: seed, Target: target, Reason: "HTTP 404", Failed: true}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var second atomic.Bool
				s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					switch {
					case r.URL.Path == "/" && (!second.Load() || tt.leads):
						http.Redirect(w, r, target, http.StatusFound)
					case r.URL.Path == "/" || r.URL.Path == "/maintenance" && !second.Load():
						w.Header().Set("Content-Type", "text/html")
						fmt.Fprint(w, "<p>News</p><a href=/story>story</a>")
					default:
						http.NotFound(w, r)
					}
				})}
				defer s.Close()
				f, err := frontier.Open(filepath.Join(t.TempDir(), "f"))
				if err != nil {
					t.Fatal(err)
				}
				defer f.Close()
				if counts := crawlWith(t, f, s, seed, nil); counts.SeedsFailed != 0 {
					t.Fatalf("first run: got %+v", counts.Seeds)
				}
				second.Store(true)
				if err := f.Requeue(t.Context(), "s", frontier.Announcers); err != nil {
					t.Fatal(err)
				}
				counts := crawlWith(t, f, s, seed, nil)
				if counts.SeedsFailed != tt.failed || !slices.Equal(counts.Seeds, tt.want) {
					t.Errorf("got %d failed seeds, %+v; want %d, %+v", counts.SeedsFailed, counts.Seeds, tt.failed, tt.want)
				}
				if n := s.Asked()["a.example/maintenance"]; n != 2 {
					t.Errorf("the target was asked for %d times, want 2", n)
				}
			})
		})
	}
}

// TestWaitsAreNotLosses: a page that came after a wait is not missing, whatever the
// status that asked to wait.
func TestWaitsAreNotLosses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var mu sync.Mutex
		asked := map[string]int{}
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			asked[r.URL.Path]++
			first := asked[r.URL.Path] == 1
			mu.Unlock()
			var n int
			switch {
			case r.URL.Path == "/robots.txt" && first:
				w.Header().Set("Retry-After", "5")
				w.WriteHeader(http.StatusServiceUnavailable)
			case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
				http.NotFound(w, r)
			case r.URL.Path == "/":
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, "<a href=/429>x</a><a href=/503>x</a><a href=/404>x</a>")
			case first || r.URL.Path == "/404":
				_, _ = fmt.Sscanf(r.URL.Path, "/%d", &n)
				w.WriteHeader(n)
			default:
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, "<p>"+word(r.URL.Path))
			}
		})}
		counts := crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		if counts.Pages != 3 || counts.Waits != 3 || counts.PagesFailed != 0 || len(counts.Reasons) != 1 || counts.Reasons[0].Reason != "HTTP 404" {
			t.Errorf("got %d pages, %d waits, %v", counts.Pages, counts.Waits, counts.Reasons)
		}
	})
}

// TestAssetsFailNoPages: a host of assets only is given up without a word in the
// figures about pages.
func TestAssetsFailNoPages(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		links := ""
		for i := range 40 {
			links += fmt.Sprintf("<link rel=stylesheet href=http://cdn.test/%d.css>", i)
		}
		s := siteOf(map[string]string{"/": links + "<a href=/story>x</a>", "/story": "<p>story"}, nil)
		s.Down = func(host string) bool { return host == "cdn.test" }
		counts := crawlOf(t, s, "http://a.example/", func(c *scraper.Crawler) { c.Assets = "style" })
		s.Close()
		if counts.Pages != 2 || counts.Failed == 0 || counts.PagesFailed != 0 || counts.PagesAsked != 2 || counts.HostsGivenUp != 0 {
			t.Errorf("got %+v", counts)
		}
		// Pages of a host that is down are another matter.
		s = siteOf(nil, nil)
		s.Down = func(string) bool { return true }
		counts = crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		if counts.PagesFailed == 0 || counts.PagesFailed != counts.PagesAsked || counts.SeedsFailed != 1 {
			t.Errorf("got %+v", counts)
		}
	})
}

// TestRegistrableDomains: what counts as one owner when a seed redirects.
func TestRegistrableDomains(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     bool
	}{
		{"http://a.example/", "https://www.a.example/", true},
		{"http://a.example/", "http://b.a.example/", true},
		{"http://a.co.uk/", "http://b.co.uk/", false},
		{"http://a.github.io/", "http://b.github.io/", false},
		{"http://10.0.0.1/", "http://192.168.0.1/", false},
		{"http://10.0.0.1/", "http://10.0.0.1:8080/", true},
		{"http://[::1]/", "http://[::1]:8080/", true},
		{"http://localhost/", "http://localhost:8080/", true},
		{"http://localhost/", "http://printer/", false},
	} {
		s, err := scraper.NewScope("site", parse(t, tt.from))
		if err != nil {
			t.Fatal(err)
		}
		to, err := url.Parse(tt.to)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Redirected(parse(t, tt.from), to); got != tt.want || (s.Check(to) == nil) != tt.want {
			t.Errorf("%s to %s: got %v, want %v", tt.from, tt.to, got, tt.want)
		}
		s.FollowSeed = true
		if !s.Redirected(parse(t, tt.from), to) || s.Check(to) != nil {
			t.Errorf("%s to %s is refused with FollowSeed", tt.from, tt.to)
		}
	}
}
