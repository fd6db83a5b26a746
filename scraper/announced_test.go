package scraper_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A doc is an answer of a site in a test. SITE stands for the site's address.
type doc struct{ mime, body string }

// site is a handler of some documents; all other paths that begin with /s are stories.
func site(docs map[string]doc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		d, ok := docs[r.URL.Path]
		switch {
		case ok:
			w.Header().Set("Content-Type", d.mime)
			fmt.Fprint(w, strings.ReplaceAll(d.body, "SITE", "http://"+r.Host))
		case strings.HasPrefix(r.URL.Path, "/s"):
			page(w)
		default:
			w.Header().Set("Content-Type", "text/html")
			w.WriteHeader(http.StatusNotFound)
		}
	}
}

// stories are the pages of stories that a crawl visited, in order of their names.
func stories(v *visits) string {
	var all []string
	for _, p := range v.pages {
		if strings.HasPrefix(p, "/s") {
			all = append(all, p)
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func packed(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if _, err := zw.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestAnnouncements: what is complete in a feed, sitemap or list is used, and what
// cannot be used is counted.
func TestAnnouncements(t *testing.T) {
	const rss, xml, plain, html, js = "application/rss+xml", "application/xml", "text/plain", "text/html", "application/json"
	front := func(head string) doc { return doc{html, head} }
	feed := front(`<link rel="alternate" type="application/rss+xml" href="/feed">`)
	list := front(`<link rel="https://api.w.org/" href="/api/">`)
	robots := func(lines ...string) doc { return doc{plain, "Sitemap: " + strings.Join(lines, "\nSitemap: ") + "\n"} }
	channel := func(items string) doc {
		return doc{rss, `<rss version="2.0"><channel><link>SITE/</link>` + items + "</channel></rss>"}
	}
	manyLanguages := `<urlset xmlns:xhtml="http://www.w3.org/1999/xhtml"><url><loc>SITE/s1</loc><xhtml:link rel="alternate" hreflang="de" href="SITE/s2"/><xhtml:link rel="alternate" hreflang="fr" href="https://fr.example/s"/></url></urlset>`
	tests := []struct {
		name    string
		docs    map[string]doc
		stories string
		reasons []string // each "COUNT REASON"
	}{
		{"a feed", map[string]doc{"/": feed, "/feed": channel(`<item><link>SITE/s1?utm_source=rss</link></item><item><link>/s2</link></item>`)}, "/s1 /s2", nil},
		{"a feed that is cut off", map[string]doc{"/": feed, "/feed": {rss, "<rss><channel><item><link>SITE/s1</link></item><item><link>/s2</link></item><item><link>/s3"}}, "/s1 /s2", []string{"1 feed cut off after 2 items"}},
		{"items that cannot be used", map[string]doc{"/": feed, "/feed": channel(`<item><link>/s1</link></item><item/><item><title>x</title></item><item><link>https://b.example/1</link></item><item><link>https://b.example/2</link></item><item><link>https://b.example/2</link></item><item><link>mailto:x@a.example</link></item><item><link>http://[</link></item>`)},
			"/s1", []string{"1 feed item that is neither http nor https", "1 feed item without a valid URL", "2 feed item of another site", "2 feed item without a link"}},
		{"two feeds with the same item", map[string]doc{"/": front(`<link rel="alternate" type="application/rss+xml" href="/feed"><link rel="alternate" type="application/rss+xml" href="/other">`),
			"/feed": channel(`<item><link>https://b.example/1</link></item>`), "/other": channel(`<item><link>https://b.example/1</link></item>`)}, "", []string{"1 feed item of another site"}},
		{"a feed without items", map[string]doc{"/": feed, "/feed": channel("")}, "", []string{"1 feed without items"}},
		{"a page in place of a feed", map[string]doc{"/": feed, "/feed": {html, "<html><p>Log in</html>"}}, "", []string{"1 feed is an HTML page"}},
		{"no feed", map[string]doc{"/": feed, "/feed": {rss, "soon"}}, "", []string{"1 feed not readable"}},
		{"an empty feed", map[string]doc{"/": feed, "/feed": {rss, ""}}, "", []string{"1 feed not readable (empty)"}},
		{"a feed that is not there", map[string]doc{"/": feed}, "", []string{"1 feed answered with HTTP 404"}},
		{"a packed feed", map[string]doc{"/": feed, "/feed": {"application/octet-stream", packed(t, "<rss><channel><item><link>/s1</link></item></channel></rss>")}}, "/s1", nil},
		{"a feed of another site", map[string]doc{"/": front(`<link rel="alternate" type="application/rss+xml" href="https://b.example/feed">`)}, "", []string{"1 feed of another site"}},
		{"a sitemap that is listed as a page", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<urlset><url><loc>/more.xml</loc></url></urlset>"}, "/more.xml": {xml, "<urlset><url><loc>/s1</loc></url></urlset>"}}, "/s1", nil},
		{"XML Base", map[string]doc{"/": feed, "/feed": {"application/atom+xml", `<feed xmlns="http://www.w3.org/2005/Atom" xml:base="/a/b/"><entry xml:base="../.."><link href="s1"/></entry></feed>`}}, "/s1", nil},

		{"a sitemap at its usual place", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<urlset><url><loc>SITE/s1</loc></url></urlset>"}}, "/s1", nil},
		{"pages at the usual places", map[string]doc{"/": front(""), "/sitemap.xml": {html, "<html><p>x</html>"}, "/sitemap_index.xml": {html, ""}}, "", nil},
		{"a page in place of a sitemap that robots.txt names", map[string]doc{"/": front(""), "/robots.txt": robots("SITE/map"), "/map": {html, "<html><p>x</html>"}}, "", []string{"1 sitemap is an HTML page"}},
		{"a page in place of a sitemap that an index names", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<sitemapindex><sitemap><loc>/map</loc></sitemap></sitemapindex>"}, "/map": {html, "<html><p>x</html>"}}, "", []string{"1 sitemap is an HTML page"}},
		{"a sitemap that is not there", map[string]doc{"/": front(""), "/robots.txt": robots("SITE/map")}, "", []string{"1 sitemap answered with HTTP 404"}},
		{"a sitemap that is cut off", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<urlset><url><loc>SITE/s1</loc></url><url><loc>SITE/s2</lo"}}, "/s1", []string{"1 sitemap cut off after 1 entry"}},
		{"a list that is packed and cut off", map[string]doc{"/": front(""), "/robots.txt": robots("SITE/map.gz"), "/map.gz": {"application/gzip", strings.TrimSuffix(packed(t, "https://b.example/1\nhttps://b.example/2\nhttps://b.exa"), "\x00\x00\x00")}}, "", []string{"1 sitemap cut off after 2 entries", "2 sitemap entry of another site"}},
		{"entries that cannot be used", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<urlset><url><loc>/s1</loc></url><url/><url><priority>1</priority></url><url><loc>https://b.example/</loc></url><url><loc>ftp://b.example/</loc></url></urlset>"}},
			"/s1", []string{"1 sitemap entry of another site", "1 sitemap entry that is neither http nor https", "1 sitemap entry without a link"}},
		{"no entries", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<urlset></urlset>"}}, "", []string{"1 sitemap without entries"}},
		{"an archive", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "PK\x03\x04xxxx"}}, "", []string{"1 sitemap not readable (zip archive)"}},
		{"other XML", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<opml/>"}}, "", []string{"1 sitemap not readable (unknown format)"}},
		{"a feed as sitemap", map[string]doc{"/": front(""), "/robots.txt": robots("SITE/map"), "/map": channel("<item><link>/s1</link></item><item/>")}, "/s1", []string{"1 feed item without a link"}},
		{"a list of URLs", map[string]doc{"/": front(""), "/robots.txt": robots("SITE/map.txt"), "/map.txt": {plain, "\ufeffSITE/s1\r\nSITE/s2\r\nmore\r\n"}}, "/s1 /s2", []string{"1 sitemap entry without a link"}},
		{"pages in other languages", map[string]doc{"/": front(""), "/sitemap.xml": {xml, manyLanguages}}, "/s1 /s2", nil},
		{"lines of robots.txt", map[string]doc{"/": front(""), "/robots.txt": robots("https://cdn.example/map", "ftp://a.example/map", "/map"), "/map": {plain, "SITE/s1"}}, "/s1",
			[]string{"1 sitemap line of robots.txt of another site", "1 sitemap line of robots.txt that is neither http nor https"}},
		{"an index of another site", map[string]doc{"/": front(""), "/sitemap.xml": {xml, "<sitemapindex><sitemap><loc>https://b.example/map</loc></sitemap><sitemap/><sitemap></sitemap></sitemapindex>"}}, "",
			[]string{"1 sitemap in an index of another site", "1 sitemap in an index without a link"}},

		{"a list of posts", map[string]doc{"/": list, "/api/wp/v2/posts": {js, `[{"link":"SITE/s1"},{"link":""},{"link":"https://b.example/"}]`}}, "/s1",
			[]string{"1 post in the list of WordPress of another site", "1 post in the list of WordPress without a link"}},
		{"a list that is cut off", map[string]doc{"/": list, "/api/wp/v2/posts": {js, `[{"link":"SITE/s1"},{"link":"SI`}}, "/s1", []string{"1 list of WordPress cut off after 1 post"}},
		{"a closed list", map[string]doc{"/": list, "/api/wp/v2/posts": {js, `{"code":"rest_forbidden","message":"No."}`}}, "", []string{"1 list of WordPress is closed"}},
		{"a page in place of a list", map[string]doc{"/": list, "/api/wp/v2/posts": {html, "<html>[{\"x\":1}]"}}, "", []string{"1 list of WordPress is an HTML page"}},
		{"no list", map[string]doc{"/": list, "/api/wp/v2/posts": {js, "null"}}, "", []string{"1 list of WordPress not readable"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := watch(t, site(tt.docs))
			v, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := stories(v); got != tt.stories {
				t.Errorf("got pages %q, want %q", got, tt.stories)
			}
			var reasons []string
			for _, r := range counts.Reasons {
				reasons = append(reasons, fmt.Sprint(r.Count, " ", r.Reason))
				if r.Example == "" {
					t.Errorf("%s has no example", r.Reason)
				}
			}
			slices.Sort(reasons)
			if !slices.Equal(reasons, tt.reasons) {
				t.Errorf("got reasons\n%s\nwant\n%s", strings.Join(reasons, "\n"), strings.Join(tt.reasons, "\n"))
			}
		})
	}
}

// TestSitemapsInACircle: indexes that name themselves or each other, with the time of
// the request as their date, are read once in a run.
func TestSitemapsInACircle(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		now := time.Now().Format(time.RFC3339Nano)
		switch r.URL.Path {
		case "/":
			page(w)
		case "/sitemap.xml", "/b.xml":
			fmt.Fprint(w, "<sitemapindex>")
			for _, name := range []string{"sitemap.xml", "b.xml", "c.xml"} {
				fmt.Fprintf(w, "<sitemap><loc>/%s</loc><lastmod>%s</lastmod></sitemap>", name, now)
			}
			fmt.Fprint(w, "</sitemapindex>")
		case "/c.xml":
			fmt.Fprint(w, "<urlset><url><loc>/s1</loc></url></urlset>")
		case "/s1":
			page(w)
		default:
			http.NotFound(w, r)
		}
	})
	v, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil || stories(v) != "/s1" || len(counts.Reasons) != 0 {
		t.Errorf("got %q, %+v, %v", stories(v), counts.Reasons, err)
	}
	for _, path := range []string{"/sitemap.xml", "/b.xml", "/c.xml"} {
		if s.asked[path] != 1 {
			t.Errorf("%s was requested %d times", path, s.asked[path])
		}
	}
}

// TestManyCutsShareALine: a site whose feeds are all cut off has few lines of that.
func TestManyCutsShareALine(t *testing.T) {
	docs := map[string]doc{}
	head := ""
	for i := range 9 {
		path := fmt.Sprintf("/feed%d", i)
		head += fmt.Sprintf(`<link rel="alternate" type="application/rss+xml" href="%s">`, path)
		docs[path] = doc{"application/rss+xml", "<rss><channel>" + strings.Repeat("<item><link>/s1</link></item>", i+1)}
	}
	docs["/"] = doc{"text/html", head}
	s := watch(t, site(docs))
	_, counts, err := crawl(t, t.Context(), s.URL, filepath.Join(t.TempDir(), "f"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(counts.Reasons) != 6 || counts.Reasons[0].Reason != "feed cut off" || counts.Reasons[0].Count != 4 {
		t.Errorf("got %+v", counts.Reasons)
	}
}

// TestFaultIsRemembered: the frontier keeps what was wrong with a feed, also when the
// feed is unchanged the next time.
func TestFaultIsRemembered(t *testing.T) {
	s := watch(t, func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.URL.Path == "/":
			page(w)
			fmt.Fprint(w, `<link rel="alternate" type="application/rss+xml" href="/feed">`)
		case r.URL.Path == "/feed" && r.Header.Get("If-None-Match") != "":
			w.WriteHeader(http.StatusNotModified)
		case r.URL.Path == "/feed":
			fmt.Fprint(w, "<rss><channel><item><link>https://b.example/</link></item></channel></rss>")
		default:
			http.NotFound(w, r)
		}
	})
	path := filepath.Join(t.TempDir(), "f")
	reason := func() string {
		f, err := frontier.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		known, err := f.Lookup(t.Context(), s.URL+"/feed")
		if err != nil || len(known) != 1 {
			t.Fatalf("got %+v, %v", known, err)
		}
		return known[0].Reason
	}
	if _, _, err := crawl(t, t.Context(), s.URL, path, nil); err != nil {
		t.Fatal(err)
	}
	const want = "none of its entries can be used"
	if got := reason(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	f, err := frontier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Requeue(t.Context(), "test", frontier.Announcers); err != nil {
		t.Fatal(err)
	}
	f.Close()
	_, _, err = crawl(t, t.Context(), s.URL, path, func(c *scraper.Crawler) { c.Handler = again{c.Handler} })
	if got := reason(); err != nil || got != want || s.asked["/feed"] != 2 {
		t.Errorf("got %q after %d requests, %v", got, s.asked["/feed"], err)
	}
}

// again asks for what may have changed.
type again struct{ scraper.Handler }

func (again) Prepare(_ context.Context, r *scraper.Request) error {
	r.Header = http.Header{"If-None-Match": {`"1"`}}
	return nil
}
