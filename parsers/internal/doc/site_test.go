package doc_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

func TestIsSiteAffix(t *testing.T) {
	p := doctest.PageAt(t, "https://blog.shorepaper.example/a", `<meta property="og:site_name" content="The Bay Times"><script type="application/ld+json">{"@type":"WebSite","name":"Shore Review","alternateName":"SR"}</script>`)
	for s, want := range map[string]bool{
		"The Bay Times": true, "the bay times!": true, "SR": true, "Shore Review": true,
		"TBT": true, "The Bay": true, "The Bay Times Online": true, "Shorepaper": true, "My Shorepaper": true,
		"TB": false, "Ferry": false, "": false, "The Bay Times says that the ferry stays": false,
	} {
		if got := p.IsSiteAffix(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
	if p.IsSite("TBT") || p.IsSite("") || !p.IsSite("blog.shorepaper.example") {
		t.Error("IsSite takes only whole names")
	}
}

func TestRights(t *testing.T) {
	if r := doctest.Page(t, "<p>x").Rights(); r != nil {
		t.Errorf("got %+v of a page that says nothing", r)
	}
	p := doctest.Page(t, `<meta name="robots" content="noarchive"><meta name="tdm-reservation" content="1"><p><a href="/x" rel="nofollow license">L</a>`)
	p.Input.Header = map[string][]string{"X-Robots-Tag": {"noai", "noindex"}}
	r := p.Rights()
	if r == nil || r.MetaRobots != "noarchive" || r.TDMReservation != "1" || r.License != "https://example.org/x" || r.XRobotsTag != "noai, noindex" {
		t.Errorf("got %+v", r)
	}
}

// TestRightsOfManyValues: all robots directives of a page hold, and joining them moves
// none to another robot.
func TestRightsOfManyValues(t *testing.T) {
	for _, test := range []struct {
		html                string
		header              map[string][]string
		robots, tag, tdmRes string
	}{
		{`<meta name="robots" content="index,follow"><meta name="Robots" content="noai, noimageai">`, nil, "index,follow, noai, noimageai", "", ""},
		{`<meta name="robots" content="index"><meta name="robots" content="index"><meta name="newsmorgue" content="noarchive">`, nil, "index, noarchive", "", ""},
		{`<meta name="googlebot" content="noindex"><meta name="robots" content="">`, map[string][]string{"X-Other": {"1"}}, "", "", ""},
		{"", map[string][]string{"X-Robots-Tag": {"googlebot: noindex, nofollow", "noai"}}, "", "noai, googlebot: noindex, nofollow", ""},
		{"", map[string][]string{"x-robots-tag": {"unavailable_after: 25 Jun 2030 15:00:00 GMT", "max-snippet:0", "noai"}}, "", "unavailable_after: 25 Jun 2030 15:00:00 GMT, max-snippet:0, noai", ""},
		{"", map[string][]string{"x-robots-tag": {"noindex, bingbot: noai", "noarchive"}}, "", "noarchive, noindex, bingbot: noai", ""},
		{`<meta name="tdm-reservation" content="1">`, map[string][]string{"Tdm-Reservation": {"0"}}, "", "", "1"},
		{`<meta name="tdm-reservation" content="0">`, map[string][]string{"Tdm-Reservation": {"1"}}, "", "", "1"},
		{"", map[string][]string{"TDM-Reservation": {"1"}}, "", "", "1"},
	} {
		p := doctest.Page(t, test.html+"<p>x")
		p.Input.Header = test.header
		r := p.Rights()
		if r == nil {
			r = &article.Rights{}
		}
		if r.MetaRobots != test.robots || r.XRobotsTag != test.tag || r.TDMReservation != test.tdmRes {
			t.Errorf("%s %v: got %+v", test.html, test.header, r)
		}
	}
}

// TestLicense: a link in the head, one in the page, or JSON-LD.
func TestLicense(t *testing.T) {
	for html, want := range map[string]string{
		`<link rel="license" href="/terms"><p><a rel="license" href="/b">L</a>`:                                                                                   "https://example.org/terms",
		`<p><a rel="license" href="https://creativecommons.org/licenses/by/4.0/">L</a>`:                                                                           "https://creativecommons.org/licenses/by/4.0/",
		`<script type="application/ld+json">{"@type":"NewsArticle","headline":"H","license":"https://example.org/l"}</script><p>x`:                                "https://example.org/l",
		`<script type="application/ld+json">{"@type":"NewsArticle","headline":"H","license":{"@type":"CreativeWork","url":"https://example.org/o"}}</script><p>x`: "https://example.org/o",
		`<link rel="license" href=""><script type="application/ld+json">{"@type":"NewsArticle","headline":"H","license":"https://example.org/l"}</script><p>x`:    "https://example.org/l",
		`<link rel="license" href="javascript:x"><p><a rel="license" href="/b">L</a>`:                                                                             "https://example.org/b",
	} {
		r := doctest.Page(t, html).Rights()
		if r == nil {
			r = &article.Rights{}
		}
		if r.License != want {
			t.Errorf("%s: got %q, want %q", html, r.License, want)
		}
	}
}
