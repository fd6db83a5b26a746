package scraper_test

import (
	"net/http"
	"net/url"
	"regexp"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
)

func parse(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestScope(t *testing.T) {
	tests := []struct {
		kind, seed, url string
		want            bool
	}{
		{"", "https://a.example/", "http://www.a.example/x", true},
		{"", "https://a.example/", "https://b.a.example/x", false},
		{"", "https://a.example/", "https://a.example:8080/x", false},
		{"", "https://a.example/story", "https://a.example/story", true},
		{"", "https://a.example/story", "https://a.example/other", false},
		{"", "https://a.example/?p=1", "https://a.example/", false},
		{"site", "https://a.example/story", "https://a.example/other", true},
		{"section", "https://a.example/sport/", "https://a.example/sport/x", true},
		{"section", "https://a.example/sport", "https://a.example/sport/x", true},
		{"section", "https://a.example/sport", "https://a.example/sports/x", false},
		{"section", "https://a.example/sport/index.html", "https://a.example/sport/x", true},
		{"domain", "https://news.a.co.uk/", "https://sport.a.co.uk/x", true},
		{"domain", "https://news.a.co.uk/", "https://b.co.uk/x", false},
	}
	for _, tt := range tests {
		s, err := scraper.NewScope(tt.kind, parse(t, tt.seed))
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Check(parse(t, tt.url)) == nil; got != tt.want {
			t.Errorf("%s scope of %s, %s: got %v, want %v", tt.kind, tt.seed, tt.url, got, tt.want)
		}
	}
}

func TestScopeNarrows(t *testing.T) {
	s, err := scraper.NewScope("", parse(t, "https://a.example/"))
	if err != nil {
		t.Fatal(err)
	}
	s.Include, s.Exclude = []*regexp.Regexp{regexp.MustCompile(`/20\d\d/`)}, []*regexp.Regexp{regexp.MustCompile(`\?`)}
	for u, want := range map[string]string{
		"https://a.example/":         "",
		"https://a.example/2026/x":   "",
		"https://a.example/2026/x?y": "excluded",
		"https://a.example/about":    "not included",
		"https://b.example/2026/x":   "another site",
	} {
		got := ""
		if err := s.Check(parse(t, u)); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", u, got, want)
		}
	}
	if !s.Redirected(parse(t, "https://a.example/"), parse(t, "https://new.a.example/en/")) {
		t.Error("another host of the domain does not belong to the crawl")
	}
	for _, u := range []string{"https://new.a.example/2026/x", "https://new.a.example/en/"} { // the target is exempt, like the seed
		if err := s.Check(parse(t, u)); err != nil {
			t.Errorf("where the seed redirects, %s: %v", u, err)
		}
	}
}

// TestSectionMoves: a section is archived where it went, unless that is the whole site.
func TestSectionMoves(t *testing.T) {
	for target, want := range map[string]bool{"https://a.example/nieuws/": true, "https://www.a.example/nieuws/index.html": true, "https://b.a.example/": false, "https://a.example/": false} {
		s, err := scraper.NewScope("section", parse(t, "https://a.example/news/"))
		if err != nil {
			t.Fatal(err)
		}
		to := parse(t, target)
		if !s.Redirected(s.Seeds[0], to) || s.Check(to) != nil {
			t.Errorf("%s does not belong to the crawl", to)
		}
		for ref, in := range map[string]bool{"/news/1": to.Host != "b.a.example", "/nieuws/1": want, "/sport/1": false} {
			if got := s.Check(to.ResolveReference(parse(t, ref))) == nil; got != in {
				t.Errorf("redirect to %s: %s belongs to the crawl: %v", target, ref, got)
			}
		}
	}
}

func TestNormalize(t *testing.T) {
	tests := []struct{ in, want string }{
		{"HTTPS://WWW.A.Example:443/x?utm_source=y&b=2&fbclid=z#frag", "https://www.a.example/x?b=2"},
		{"http://a.example", "http://a.example/"},
		{"http://a.example/a/../b/./c/", "http://a.example/b/c/"},
		{"http://a.example/x?", "http://a.example/x"},
		{"http://u:p@a.example/x", "http://a.example/x"},
		{"http://a.example/x;jsessionid=AB12?y=1", "http://a.example/x?y=1"},
		{"http://a.example./x", "http://a.example/x"},
		{"http://a.example/a%2Fb", "http://a.example/a%2Fb"},
		{"http://[::1]:80/x", "http://[::1]/x"},
		{"http://M%C3%BCnchner-Post.example/%7ejane", "http://xn--mnchner-post-dlb.example/~jane"},
		{"http://a.example/a//b/./c", "http://a.example/a//b/c"},
		{"http://a.example/%2e;jsessionid=1/%6asessionid;x", "http://a.example/jsessionid;x"},
		{"http://a.example/x%3Bjsessionid=1", "http://a.example/x%3Bjsessionid=1"},
		{"http://a.example/x;%6Asessionid=1", "http://a.example/x"},
		{"http://a.example/x?utm%5fsource=y&&b=%7e", "http://a.example/x?b=~"},
		{"http://0x7f.1/", "http://127.0.0.1/"},
		{"http://a$b/", ""},
		{"ftp://a.example/", ""},
		{"file:///etc/passwd", ""},
		{"http:///x", ""},
		{"http://a.example/x/x/x/x/x/", ""},
	}
	for _, tt := range tests {
		got, err := scraper.Normalize(parse(t, tt.in))
		if tt.want == "" {
			if err == nil {
				t.Errorf("%s: got %s, want an error", tt.in, got)
			}
			continue
		}
		if err != nil || got.String() != tt.want {
			t.Errorf("%s: got %v, %v, want %s", tt.in, got, err, tt.want)
			continue
		}
		if again, err := scraper.Normalize(got); err != nil || again.String() != tt.want {
			t.Errorf("%s: normalising twice gives %v, %v", tt.in, again, err)
		}
	}
}

func TestLinks(t *testing.T) {
	body := `<html><head><base href="/dir/"><link rel="stylesheet" href="s.css"><link rel=alternate type="application/atom+xml" href="/feed"><style>@import "i.css"; b{background:url(b.png)}</style></head>
<a href="one">1</a><a href="one">again</a><a href="//b.example/x">2</a><a href="#top">no</a><a href="javascript:x()">no</a><a href="mailto:a@b">no</a>
<img src="p.jpg" srcset="p-2.jpg 2x, p,3.jpg 3x"><script src="a.js"></script></html>`
	for assets, want := range map[string]int{"none": 3, "style": 5, "images": 9, "all": 10} {
		r := &scraper.Response{URL: parse(t, "https://a.example/x"), Body: []byte(body), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
		links := r.Links(assets)
		if len(links) != want {
			t.Errorf("assets %s: got %d links, want %d: %v", assets, len(links), want, links)
		}
		if links[0].URL.Host != "a.example" {
			t.Errorf("got %v", links[0].URL)
		}
	}
	r := &scraper.Response{URL: parse(t, "https://a.example/x"), Body: []byte(`<meta name=robots content="noindex, nofollow"><a href="y">y</a>`), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
	if links := r.Links("none"); len(links) != 0 {
		t.Errorf("nofollow: got %v", links)
	}
}

func FuzzLinks(f *testing.F) {
	f.Add([]byte("<a href=x><base href=//y><img srcset='a 1x,b'>"))
	f.Fuzz(func(t *testing.T, body []byte) {
		r := &scraper.Response{URL: &url.URL{Scheme: "http", Host: "a.example", Path: "/"}, Body: body, DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
		for _, l := range r.Links("all") {
			if n, err := scraper.Normalize(l.URL); err == nil {
				if again, err := scraper.Normalize(n); err != nil || again.String() != n.String() {
					t.Errorf("%s: normalising twice: %v, %v", n, again, err)
				}
			}
		}
	})
}
