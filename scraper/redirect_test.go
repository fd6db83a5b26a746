package scraper_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// TestRefreshSyntax has the cases of the shared declarative refresh steps of HTML.
func TestRefreshSyntax(t *testing.T) {
	tests := []struct{ value, want string }{
		{"0; URL=/en/", "/en/ 0s"},
		{"0;url=/en/", "/en/ 0s"},
		{"5", ""}, // reloads itself
		{"5;", ""},
		{"", ""},
		{"x; url=/en/", ""},
		{"-1; url=/en/", ""},
		{"5x; url=/en/", ""},
		{" \t7 ; \n uRl = '/en/' trailing", "/en/ 7s"},
		{`0;url="/en/`, "/en/ 0s"},
		{"3,/en/", "/en/ 3s"},
		{"3 /en/", "/en/ 3s"},
		{"3 url=/en/", "/en/ 3s"},
		{"0;'/en/'", "/en/ 0s"},
		{".5; url=/en/", "/en/ 0s"},
		{"2.9.4; url=/en/", "/en/ 2s"},
		{"300; url=/en/", "/en/ 5m0s"},
		{"99999999999999999999999999; url=/en/", "/en/ 298261h37m4s"},
		{"0; urls/list", "/d/urls/list 0s"}, // a URL that begins with the letters
		{"0; u", "/d/u 0s"},
		{"0; url = ", ""},
		{"0; url=javascript:alert(1)", ""},
		{"0; url=mailto:a@b.example", ""},
		{"0; url=http://[::1", ""},
	}
	for _, tt := range tests {
		header := http.Header{"Content-Type": {"text/html"}}
		for _, r := range []*scraper.Response{
			{Body: []byte(`<META HTTP-EQUIV=Refresh content="` + strings.ReplaceAll(tt.value, `"`, "&quot;") + `">`)},
			{Body: []byte("<p>x"), Header: http.Header{"Refresh": {tt.value}}},
		} {
			r.URL, r.DetectHTML = parse(t, "https://a.example/d/"), isHTML
			if r.Header == nil {
				r.Header = header
			} else {
				r.Header.Set("Content-Type", "text/html")
			}
			got := ""
			for _, l := range r.Links("none") {
				if l.Refresh {
					got += l.URL.Path + " " + l.After.String()
				}
			}
			if got != tt.want {
				t.Errorf("%q, field %q: got %q, want %q", tt.value, r.Header.Get("Refresh"), got, tt.want)
			}
		}
	}
	r := &scraper.Response{URL: parse(t, "https://a.example/"), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}},
		Body: []byte(`<head><base href="/dir/"><meta name=robots content=nofollow><noscript><meta http-equiv=refresh content="0;url=/noscript"></noscript><meta http-equiv="refresh" content="0; en"><a href=x>x</a>`)}
	if links := r.Links("all"); len(links) != 1 || links[0].URL.Path != "/dir/en" {
		t.Errorf("got %v, want what the page refreshes to, not what it does without scripts", links)
	}
}

// A front is a test of what a front page leads to.
type front struct {
	name   string
	page   string
	header http.Header
	want   string // paths that are asked for in this order, without robots.txt and sitemaps
	pages  int
	failed int // seeds
}

func TestFrontsThatSendReadersOn(t *testing.T) {
	long := "<p>" + strings.Repeat("The council met again about the quay and its lamps. ", 12)
	for _, tt := range []front{
		{"meta element", `<META HTTP-EQUIV=REFRESH CONTENT="0; URL=/en/">`, nil, "/ /en/ /en/1", 2, 0},
		{"header field", "", http.Header{"Refresh": {"1; url=/en/"}}, "/ /en/ /en/1", 2, 0},
		{"a few words and a link", `<meta http-equiv=refresh content="5;/en/"><p>You are being taken to <a href=/en/>our new address</a>.`, nil, "/ /en/ /en/1", 2, 0},
		{"other links", `<meta http-equiv=refresh content="5;/en/"><a href=/en/>on</a> <a href=/x>x</a>`, nil, "/ /en/ /x /en/1", 3, 0},
		{"other links, with a cookie", `<meta http-equiv=refresh content="5;/en/"><a href=/en/>on</a> <a href=/x>x</a>`, http.Header{"Set-Cookie": {"a=1"}}, "/ /en/ /x /en/1", 3, 0},
		{"a page to read", `<meta http-equiv=refresh content="5;/en/"><a href=/x>x</a>` + long, nil, "/ /en/ /x /en/1", 4, 0},
		{"after minutes", `<meta http-equiv=refresh content="300;/en/"><p>News</p>`, nil, "/ /en/ /en/1", 3, 0},
		{"itself", `<meta http-equiv=refresh content="5;/"><a href=/x>x</a>`, nil, "/ /x", 2, 0},
		{"without scripts only", `<noscript><meta http-equiv=refresh content="0;/noscript"></noscript><a href=/x>x</a>`, nil, "/ /x", 2, 0},
		{"a script alone", `<script>window.location.href = "\/en\/";</script>`, nil, "/ /en/ /en/1", 2, 0},
		{"a script that replaces", `<body onload=x()><script>location.replace('/en/')</script>`, nil, "/ /en/ /en/1", 2, 0},
		{"a script with a template", "<script>self.location.href = `/en/`</script>", nil, "/ /en/ /en/1", 2, 0},
		{"a script with a variable", "<script>location = `/${lang}/`</script>", nil, "/", 0, 1},
		{"a script of the body", `<body onload="window.location='/en/'">`, nil, "/ /en/ /en/1", 2, 0},
		{"nothing without scripts", `<script>go("/" + lang)</script><noscript><meta http-equiv=refresh content="0;url=/en/"></noscript>`, nil, "/ /en/ /en/1", 2, 0},
		{"a link without scripts", `<script>go()</script><noscript><a href=/en/>on</a><img src=/pixel></noscript>`, nil, "/ /en/ /en/1", 3, 0},
		{"with scripts and without", `<script>location = "/en/"</script><noscript><a href=/x>on</a></noscript>`, nil, "/ /en/ /en/1", 2, 0},
		{"a frame alone", `<iframe src=/en/ width=100%></iframe>`, nil, "/ /en/ /en/1", 3, 0},
		{"a script with a choice", `<script>if (phone) location="/m/"; else location="/en/";</script>`, nil, "/", 0, 1},
		{"a script among links", `<a href=/x>x</a><script>location = "/en/"</script>`, nil, "/ /x", 2, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := siteOf(map[string]string{"/": tt.page, "/en/": "<p>Front</p><a href=/en/1>one</a>", "/en/1": "<p>story", "/x": "<p>x"}, tt.header)
				counts := crawlOf(t, s, "http://a.example/", nil)
				s.Close()
				if got := strings.Join(pathsOf(s), " "); got != tt.want {
					t.Errorf("asked for %s, want %s", got, tt.want)
				}
				if counts.Pages != tt.pages || counts.SeedsFailed != tt.failed {
					t.Errorf("got %d pages and %d failed seeds, want %d and %d", counts.Pages, counts.SeedsFailed, tt.pages, tt.failed)
				}
			})
		})
	}
}

// siteOf serves pages; header is that of the front page.
func siteOf(pages map[string]string, header http.Header) *sitetest.Site {
	return &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, ok := pages[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		if r.URL.Path == "/" {
			for name, values := range header {
				w.Header()[name] = values
			}
		}
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, body)
	})}
}

// pathsOf are the pages that were asked for, in order.
func pathsOf(s *sitetest.Site) (paths []string) {
	for _, h := range s.Hits() {
		if h.Path != "/robots.txt" && !strings.Contains(h.Path, "sitemap") {
			paths = append(paths, h.Path)
		}
	}
	return paths
}

// TestRefreshChainsEnd: pages that refresh to each other, and on and on.
func TestRefreshChainsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			var n int
			switch {
			case r.URL.Path == "/robots.txt", strings.Contains(r.URL.Path, "sitemap"):
				http.NotFound(w, r)
			case r.URL.Path == "/":
				fmt.Fprint(w, "<a href=/a>x</a><a href=/n/0>y</a>")
			case r.URL.Path == "/a":
				fmt.Fprint(w, "<meta http-equiv=refresh content='0;/b'>")
			case r.URL.Path == "/b":
				fmt.Fprint(w, "<meta http-equiv=refresh content='0;/a'>")
			default:
				_, _ = fmt.Sscanf(r.URL.Path, "/n/%d", &n)
				fmt.Fprintf(w, "<meta http-equiv=refresh content='0;/n/%d'>", n+1)
			}
		})}
		counts := crawlOf(t, s, "http://a.example/", nil)
		s.Close()
		if n := len(s.Asked()); n > 20 || reasonCount(counts, "redirects in a loop") != 1 || reasonCount(counts, "redirected too often") != 1 {
			t.Errorf("got %d URLs, %v", n, counts.Reasons)
		}
	})
}
