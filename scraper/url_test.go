package scraper_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// oddFront links to one page in each spelling that browsers accept.
const oddFront = `<title>Front</title>
<a href="/story/bare%+of">1</a> <a href="/story/ta&#9;b/new&#10;line">2</a> <a href="\story\back">3</a> <a href="http:story/noslash">4</a>
<a href="http:\\MÜNCHNER-post.test/story/host">5</a> <a href="//m%C3%BCnchner-post.test:80/story/host2#x">6</a> <a href="http://xn--mnchner-post-dlb.test./story/host3">7</a>
<a href="/story/~jane">8</a> <a href="/story/%7Ejane">8</a> <a href="/story/%7ejane">8</a> <a href="/story/%6aohn">9</a> <a href="/story/john">9</a>
<a href="/story/a b|c">10</a> <a href="/story/x/%2e%2e/up">11</a> <a href="/story//two">12</a> <a href="/story/(p);q=1,2">13</a> <a href="/story/q?a[]=1&amp;amp;b='2'&amp;utm_source=x">14</a>
<a href="/story/find?q=ü">15</a> <a href="/story/print-(1)/amp/">16</a> <a href="http://münch&shy;ner-post.test/story/soft">17</a> <a href="http://user:pw@münchner-post.test/story/user">18</a>
<a href="http://">bad</a> <a href="http://{{host}}/">bad</a> <a href="https://a b/">bad</a> <a href="http://a:99999/">bad</a> <img src="http://[x/">
<a href="mailto:desk@a.example">ok</a> <a href="java&#10;script:x()">ok</a> <a href="tel:123">ok</a> <a href="data:,%zz">ok</a> <a href="">ok</a> <a href=" #top">ok</a>
<a href="/moved/percent">19</a> <a href="/moved/utf8">20</a> <a href="/moved/latin1">21</a> <a href="/moved/host">22</a> <a href="/moved/bad">23</a>
<a href="/private/star-*">24</a> <a href="/private/dollar-$">25</a> <a href="/private/ü">26</a> <a href="/private/90%">27</a> <a href="/private/ok">28</a>`

// TestOddURLs: what a page, a redirect and a sitemap name in an odd spelling is asked
// for once, in the one that is valid; what has none is counted.
func TestOddURLs(t *testing.T) {
	const host = "xn--mnchner-post-dlb.test"
	moved := map[string]string{"percent": "/story/moved%zz", "utf8": "/story/über?q=ü", "latin1": "/story/\xfcber?q=\xfc", "host": "http://m\xfcnchner-post.test/story/movedhost", "bad": "http://:80/"}
	site := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /private/star-%2a\nDisallow: /private/dollar-%24\nDisallow: /private/ü\nDisallow: /private/90%\nSitemap: \\maps\\one.xml\nSitemap: http://:80/\nSitemap: ftp://a.example/\n")
		case r.URL.Path == "/maps/one.xml":
			fmt.Fprint(w, "<urlset><url><loc> http://MÜNCHNER-post.test/story/\nmap%</loc></url><url><loc>http://a%zz/</loc></url></urlset>")
		case strings.HasPrefix(r.URL.Path, "/moved/"):
			w.Header().Set("Location", moved[strings.TrimPrefix(r.URL.Path, "/moved/")])
			w.WriteHeader(http.StatusFound)
		case r.URL.Path == "/":
			w.Header().Set("Content-Type", "text/html")
			_, _ = w.Write([]byte(oddFront))
		default:
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, "<title>%s</title>%s<a href='http://'>again</a>", r.RequestURI, r.RequestURI)
		}
	})}
	defer site.Close()
	var fetched []string
	_, counts, err := crawl(t, t.Context(), "http://münchner-post.test", filepath.Join(t.TempDir(), "f"), func(c *scraper.Crawler) {
		c.Assets = "images"
		c.Fetcher = fetch.New(fetch.Options{Connect: site.Dial, DetectHTML: isHTML, EncodeQuery: func([]byte, string, string) func(string) string {
			return func(q string) string { return strings.ReplaceAll(q, "ü", "\xfc") }
		}})
		c.Workers = 1
		c.Events = func(e scraper.Event) {
			if e.Kind == scraper.EventDone {
				fetched = append(fetched, e.Request.URL.String())
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"/",
		"/moved/bad", "/moved/host", "/moved/latin1", "/moved/percent", "/moved/utf8", "/private/ok",
		"/story/%C3%BCber?q=%C3%BC", "/story/%FCber?q=%FC", "/story/(p);q=1,2", "/story//two", "/story/a%20b%7Cc", "/story/back", "/story/bare%25+of", "/story/find?q=%FC",
		"/story/host", "/story/host2", "/story/host3", "/story/john", "/story/map%25", "/story/moved%25zz", "/story/movedhost", "/story/print-(1)/",
		"/story/q?a%5B%5D=1&amp;b=%272%27", "/story/soft", "/story/tab/newline", "/story/up", "/story/user", "/story/~jane", "/story/noslash"}
	want = append(want, "/robots.txt", "/maps/one.xml")
	slices.Sort(want)
	var got []string
	for _, h := range site.Hits() {
		if h.Host != host {
			t.Errorf("asked host %s for %s", h.Host, h.Path)
		}
		got = append(got, h.Path)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("asked for\n%q, want\n%q", got, want)
	}
	// What is recorded is what was sent.
	slices.Sort(fetched)
	for i, u := range fetched {
		if fetched[i] = strings.TrimPrefix(u, "http://"+host); i > 0 && fetched[i] == fetched[i-1] {
			t.Errorf("%s was fetched twice", u)
		}
	}
	if !slices.Equal(fetched, want) {
		t.Errorf("fetched\n%q, want\n%q", fetched, want)
	}
	reasons := map[string]scraper.Reason{}
	for _, r := range counts.Reasons {
		reasons[r.Reason] = r
	}
	for reason, n := range map[string]int{"link without a valid URL": 5, "redirect without a valid URL": 1, "sitemap line of robots.txt without a valid URL": 1, "sitemap entry without a valid URL": 1, "robots.txt": 4,
		"sitemap line of robots.txt that is neither http nor https": 1} {
		if reasons[reason].Count != n {
			t.Errorf("%s: got %+v, want %d", reason, reasons[reason], n)
		}
	}
	if r := reasons["link without a valid URL"]; r.Example != "http:// in http://"+host+"/" {
		t.Errorf("got the example %q", r.Example)
	}
}

// TestQueryOfThePage: the encoding is asked for once, by a page that needs it.
func TestQueryOfThePage(t *testing.T) {
	asked := 0
	links := func(body string) []string {
		r := &scraper.Response{URL: parse(t, "https://a.example/dir/"), Body: []byte(body), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html; charset=x"}},
			EncodeQuery: func(b []byte, contentType, host string) func(string) string {
				if asked++; string(b) != body || contentType != "text/html; charset=x" || host != "a.example" {
					t.Errorf("asked for %q, %q, %q", b, contentType, host)
				}
				if strings.Contains(body, "utf-8") {
					return nil
				}
				return func(q string) string { return strings.ReplaceAll(q, "ü", "\xfc") }
			}}
		var got []string
		for _, l := range r.Links("none") {
			got = append(got, l.URL.RequestURI())
		}
		return got
	}
	for _, tt := range []struct {
		body  string
		want  []string
		asked int
	}{
		{"<a href='/ü'></a><a href='?q=%FC'></a>", []string{"/%C3%BC", "/dir/?q=%FC"}, 0},
		{"<a href='/ü?ü'></a><base href='/b/'><a href='?q=ü'></a>", []string{"/%C3%BC?%FC", "/b/?q=%FC"}, 1},
		{"<meta charset=utf-8><a href='?ü'></a><a href='?q=ü'></a>", []string{"/dir/?%C3%BC", "/dir/?q=%C3%BC"}, 1},
	} {
		asked = 0
		if got := links(tt.body); !slices.Equal(got, tt.want) || asked != tt.asked {
			t.Errorf("%s: got %q, want %q; asked %d times", tt.body, got, tt.want, asked)
		}
	}
}

func TestBaseElement(t *testing.T) {
	tests := []struct{ base, want string }{
		{`<base href="/b/">`, "https://a.example/b/x"},
		{`<base href=" \b\ ">`, "https://a.example/b/x"},
		{`<base href="HTTP:B.example">`, "http://b.example/x"},
		{`<base href="//münchner-post.example/d/e">`, "https://xn--mnchner-post-dlb.example/d/x"},
		{`<base target=_top><base href="/b/"><base href="/c/">`, "https://a.example/b/x"},
		{`<base href=""><base href="/c/">`, "https://a.example/dir/x"},
		{`<base href="http://"><base href="/c/">`, "https://a.example/dir/x"},
		{`<base href="data:,x">`, "https://a.example/dir/x"},
	}
	for _, tt := range tests {
		r := &scraper.Response{URL: parse(t, "https://a.example/dir/page"), Body: []byte(tt.base + "<a href=x></a>"), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
		if links := r.Links("none"); len(links) != 1 || links[0].URL.String() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.base, links, tt.want)
		}
	}
}

func TestUnusableLinks(t *testing.T) {
	long := strings.Repeat("x", 10_000)
	body := `<a href="http://"></a><a href="http://"></a><img src="http://a b/c"><a href="/` + long + `"></a><img src="data:image/png;base64,` + long + `">`
	find := func(body string) scraper.PageLinks {
		r := &scraper.Response{URL: parse(t, "https://a.example/"), Body: []byte(body), DetectHTML: isHTML, Header: http.Header{"Content-Type": {"text/html"}}}
		return r.FindLinks("images")
	}
	found := find(body)
	if len(found.Links) != 0 || len(found.Unusable) != 3 || !errors.Is(found.Unusable[0].Err, weburl.ErrNoHost) || found.Unusable[0].Text != "http://" ||
		found.Unusable[1].Kind != scraper.KindAsset || !errors.Is(found.Unusable[2].Err, weburl.ErrTooLong) || found.More {
		t.Errorf("got %d links, %+.60v", len(found.Links), found.Unusable)
	}
	if found = find("<meta name=robots content=nofollow>" + body); len(found.Unusable) != 1 {
		t.Errorf("nofollow: got %d", len(found.Unusable))
	}
	var many strings.Builder
	for i := range 21_000 {
		fmt.Fprintf(&many, "<a href=/%d></a><a href='http://a b/%d'></a>", i, i)
	}
	if found = find(many.String()); len(found.Links) != 20_000 || len(found.Unusable) != 100 || !found.More {
		t.Errorf("got %d links, %d unusable, more %v", len(found.Links), len(found.Unusable), found.More)
	}
}

func TestResolve(t *testing.T) {
	base := parse(t, "https://a.example/dir/page")
	for ref, want := range map[string]string{"x%": "https://a.example/dir/x%25", " http:\n//b.example\\x ": "http://b.example/x", "https://b.example/%": "https://b.example/%25", "https:x": "https://a.example/dir/x"} {
		if got, err := scraper.Resolve(base, ref); err != nil || got.String() != want {
			t.Errorf("%q: got %v, %v, want %s", ref, got, err, want)
		}
	}
	if u, err := scraper.Resolve(base, "mailto:x"); !errors.Is(err, weburl.ErrScheme) {
		t.Errorf("got %v, %v", u, err)
	}
}

// TestOldSpellings: URLs that an earlier version queued are still fetched, those of a
// host in Unicode as the same host in ASCII.
func TestOldSpellings(t *testing.T) {
	site := &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/robots.txt" {
			http.NotFound(w, r)
			return
		}
		page(w, "http://other.test/")
	})}
	defer site.Close()
	var fetched []string
	_, counts, err := crawl(t, t.Context(), "http://münchner-post.test", filepath.Join(t.TempDir(), "f"), func(c *scraper.Crawler) {
		c.Fetcher = fetch.New(fetch.Options{Connect: site.Dial, DetectHTML: isHTML})
		c.Workers = 1
		c.Events = func(e scraper.Event) {
			if e.Kind == scraper.EventDone {
				fetched = append(fetched, e.Request.URL.String())
			}
		}
		old := &url.URL{Scheme: "http", Host: "münchner-post.test", Path: "/old"}
		tilde := &url.URL{Scheme: "http", Host: "xn--mnchner-post-dlb.test", Path: "/~old", RawPath: "/%7eold"}
		if err := c.Frontier.Add(t.Context(), &scraper.Request{URL: old, Site: "test", Depth: 1}, &scraper.Request{URL: tilde, Site: "test", Depth: 1}); err != nil {
			t.Fatal(err)
		}
	})
	if err != nil || counts.Pages != 3 {
		t.Errorf("got %+v, %v", counts, err)
	}
	for _, want := range []string{"http://xn--mnchner-post-dlb.test/old", "http://xn--mnchner-post-dlb.test/%7eold"} {
		if !slices.Contains(fetched, want) {
			t.Errorf("%s was not fetched: %q", want, fetched)
		}
	}
}
