package doc_test

import (
	"testing"

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
