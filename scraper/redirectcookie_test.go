package scraper_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// A wall is a site that wants a cookie back.
type wall struct {
	mu      sync.Mutex
	cookies []string // of each request, with its host and path
}

func (l *wall) note(r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.cookies = append(l.cookies, r.Host+r.URL.Path+" "+r.Header.Get("Cookie"))
}

// TestCookieWithinAChain: a site that redirects to itself, or by way of another host,
// until its cookie comes back. Each hop obeys robots.txt, scope and delay, and no
// other request has the cookie.
func TestCookieWithinAChain(t *testing.T) {
	const story = "<p>A story</p>"
	for _, tt := range []struct {
		name    string
		answer  func(w http.ResponseWriter, r *http.Request)
		want    []string // requests for the story, with their cookies
		pages   int
		cookies int
		reason  string
	}{
		{"redirects to itself", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "v=1" {
				w.Header().Add("Set-Cookie", "v=1; Path=/; HttpOnly")
				http.Redirect(w, r, "/story", http.StatusFound)
				return
			}
			fmt.Fprint(w, story)
		}, []string{"a.example/story ", "a.example/story v=1"}, 3, 1, ""},
		{"a check elsewhere in the domain", func(w http.ResponseWriter, r *http.Request) {
			switch {
			case r.Host == "check.a.example":
				w.Header().Add("Set-Cookie", "ok=yes; Domain=a.example")
				http.Redirect(w, r, "http://a.example/story", http.StatusSeeOther)
			case strings.Contains(r.Header.Get("Cookie"), "ok=yes"):
				fmt.Fprint(w, story)
			default:
				w.Header().Add("Set-Cookie", "seen=1")
				http.Redirect(w, r, "http://check.a.example/check?back=/story", http.StatusFound)
			}
		}, []string{"a.example/story ", "check.a.example/check ", "a.example/story seen=1; ok=yes"}, 3, 1, ""},
		{"a page that refreshes to itself", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") == "" {
				w.Header().Add("Set-Cookie", `v="1 2"`)
				fmt.Fprint(w, "<meta http-equiv=refresh content=0;/story><p>One moment.")
				return
			}
			fmt.Fprint(w, story)
		}, []string{"a.example/story ", `a.example/story v="1 2"`}, 3, 1, ""},
		{"a cookie in other characters", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") == "" {
				w.Header().Add("Set-Cookie", `v={"city":"Köln", "b":[1]}; Path=/; SameSite=None; Unknown=x`)
				w.Header().Add("Set-Cookie", "=nameless")
				w.Header().Add("Set-Cookie", "flag")
				w.Header().Add("Set-Cookie", "gone=1; Max-Age=0")
				http.Redirect(w, r, "/story", http.StatusFound)
				return
			}
			fmt.Fprint(w, story)
		}, []string{"a.example/story ", "a.example/story v={\"city\":\"Köln\", \"b\":[1]}"}, 3, 1, ""},
		{"a cookie that does not help", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", "v=1")
			http.Redirect(w, r, "/story", http.StatusFound)
		}, []string{"a.example/story ", "a.example/story v=1"}, 2, 0, "redirects to itself, although its cookies were sent back"},
		{"ever new cookies", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", fmt.Sprintf("v=%d", len(r.Header.Get("Cookie"))+1))
			w.Header().Add("Set-Cookie", fmt.Sprintf("w%d=x", time.Now().UnixNano()))
			http.Redirect(w, r, "/story", http.StatusFound)
		}, nil, 2, 0, "redirects to itself, although its cookies were sent back"},
		{"a cookie for a public suffix", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", "v=1; Domain=example")
			http.Redirect(w, r, "/story", http.StatusFound)
		}, []string{"a.example/story "}, 2, 0, "redirects to itself"},
		{"no cookie", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "/story", http.StatusFound)
		}, []string{"a.example/story "}, 2, 0, "redirects to itself"},
		{"a target that robots.txt disallows", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", "v=1")
			http.Redirect(w, r, "/closed/x", http.StatusFound)
		}, []string{"a.example/story "}, 2, 0, "robots.txt"},
		{"a target outside the crawl", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", "v=1")
			http.Redirect(w, r, "http://b.example/x", http.StatusFound)
		}, []string{"a.example/story "}, 2, 0, "redirect: another site"},
		{"a target that is gone", func(w http.ResponseWriter, r *http.Request) {
			w.Header().Add("Set-Cookie", "v=1")
			http.Redirect(w, r, "/gone", http.StatusFound)
		}, []string{"a.example/story "}, 2, 0, "HTTP 404"},
		{"large cookies", func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Cookie") != "" {
				if len(r.Header.Get("Cookie")) > 17<<10 || strings.Contains(r.Header.Get("Cookie"), "huge") {
					t.Errorf("%d bytes of cookies", len(r.Header.Get("Cookie")))
				}
				fmt.Fprint(w, story)
				return
			}
			w.Header().Add("Set-Cookie", "huge="+strings.Repeat("x", 5000))
			for i := range 90 {
				w.Header().Add("Set-Cookie", fmt.Sprintf("c%d=%s", i, strings.Repeat("x", 600)))
			}
			http.Redirect(w, r, "/story", http.StatusFound)
		}, nil, 3, 1, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &wall{}
				s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					switch {
					case r.URL.Path == "/robots.txt":
						fmt.Fprint(w, "User-agent: *\nDisallow: /closed\nCrawl-delay: 3\n")
						return
					case strings.Contains(r.URL.Path, "sitemap"), r.URL.Path == "/gone":
						http.NotFound(w, r)
						return
					case strings.HasPrefix(r.URL.Path, "/closed"), r.Host == "b.example":
						t.Errorf("%s%s was asked for", r.Host, r.URL.Path)
						return
					case r.URL.Path == "/":
						fmt.Fprint(w, "<a href=/story>x</a><a href=/other>y</a>")
						return
					}
					l.note(r)
					if r.URL.Path == "/other" {
						fmt.Fprint(w, "<p>Another page")
						return
					}
					tt.answer(w, r)
				})}
				counts := crawlOf(t, s, "http://a.example/", nil)
				s.Close()
				if len(l.cookies) > 0 && !slices.Contains(l.cookies, "a.example/other ") {
					t.Errorf("the other page had a cookie: %q", l.cookies)
				}
				got := slices.DeleteFunc(l.cookies, func(c string) bool { return strings.Contains(c, "/other ") })
				if tt.want != nil && !slices.Equal(got, tt.want) {
					t.Errorf("got %q, want %q", got, tt.want)
				}
				if len(got) > 12 {
					t.Errorf("%d requests", len(got))
				}
				if counts.Pages != tt.pages || counts.CookiePages != tt.cookies {
					t.Errorf("got %d pages, %d by a cookie; want %d and %d", counts.Pages, counts.CookiePages, tt.pages, tt.cookies)
				}
				if tt.reason != "" && (len(counts.Reasons) != 1 || counts.Reasons[0].Reason != tt.reason || counts.Reasons[0].Count != 1) {
					t.Errorf("got %v, want %s", counts.Reasons, tt.reason)
				}
				if tt.reason == "" && len(counts.Reasons) > 0 {
					t.Errorf("got %v", counts.Reasons)
				}
				for _, g := range s.Gaps(nil) {
					if g.Rest < 3*time.Second {
						t.Errorf("%s came %s after %s on %s", g.After.Path, g.Rest, g.Before.Path, g.After.Host)
					}
				}
			})
		})
	}
}

// TestUsersCookiesInAChain: they are sent along, and a cookie of the chain replaces
// the user's of the same name there only.
func TestUsersCookiesInAChain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &wall{}
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			l.note(r)
			switch {
			case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
				http.NotFound(w, r)
			case r.URL.Path == "/" && !strings.Contains(r.Header.Get("Cookie"), "sid=new"):
				w.Header().Add("Set-Cookie", "sid=new")
				http.Redirect(w, r, "/", http.StatusFound)
			default:
				w.Header().Set("Content-Type", "text/html")
				fmt.Fprint(w, "<a href=/x>x</a>")
			}
		})}
		jar, err := cookiejar.New(nil)
		if err != nil {
			t.Fatal(err)
		}
		jar.SetCookies(parse(t, "http://a.example/"), []*http.Cookie{{Name: "sid", Value: "mine"}, {Name: "own", Value: "1"}})
		var records []string
		crawlOf(t, s, "http://a.example/", func(c *scraper.Crawler) {
			c.Fetcher = fetch.New(fetch.Options{Connect: s.Dial, DetectHTML: isHTML, Cookies: jar})
			inner := c.Fetcher
			c.Fetcher = fetcherFunc(func(ctx context.Context, r *scraper.Request) (*scraper.Response, error) {
				resp, err := inner.Fetch(ctx, r)
				if err == nil {
					records = append(records, string(resp.Exchanges[0].Request)+string(resp.Exchanges[0].Response))
				}
				return resp, err
			})
		})
		s.Close()
		for _, want := range []string{"a.example/ sid=mine; own=1", "a.example/ sid=new; own=1", "a.example/x sid=mine; own=1"} {
			if !slices.Contains(l.cookies, want) {
				t.Errorf("no request %q in %q", want, l.cookies)
			}
		}
		for _, r := range records {
			if strings.Contains(r, "sid") || strings.Contains(r, "own") {
				t.Errorf("a record has a cookie:\n%s", r)
			}
		}
	})
}
