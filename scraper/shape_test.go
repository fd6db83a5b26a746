package scraper

import (
	"net/url"
	"testing"
)

func TestShape(t *testing.T) {
	for _, c := range []struct{ url, shape, family string }{
		{"http://a/", "/", "/"},
		{"http://a/calendar/2026/11/23", "/calendar/N/N/N", "/calendar"},
		{"http://a/calendar/2026-11-23/", "/calendar/N/", "/calendar"},
		{"http://a/politics/council-votes-on-harbour", "/politics/S", "/politics"},
		{"http://a/council-votes-on-harbour/", "/S/", "/S"},
		{"http://a/council-votes-on-harbour.html", "/S.html", "/S.html"},
		{"http://a/council-votes-on-harbour-2291.html", "/S.html", "/S.html"},
		{"http://a/tag/ferry", "/tag/W", "/tag"},
		{"http://a/tag/ferry/page/3/", "/tag/W/page/N/", "/tag"},
		{"http://a/author/jane-doe", "/author/W", "/author"},
		{"http://a/politics/", "/politics/", "/politics"},
		{"http://a/politics", "/W", "/W"},
		{"http://a/politics/page-7", "/politics/pageN", "/politics"},
		{"http://a/politics/ferry-12", "/politics/WN", "/politics"},
		{"http://a/x/3f9a01c", "/x/H", "/x"},
		{"http://a/x/0d7f1a52-08c1-4d3e-9b7a-2f60c1f0aa11", "/x/H", "/x"},
		{"http://a/politics;sid=77", "/W;sid", "/W;sid"},
		{"http://a/?p=12", "/?p", "/"},
		{"http://a/list?sort=date&f1=a&f22=b", "/list?fN&sort", "/list"},
		{"http://a/list?sort=date&sort=title", "/list?sort", "/list"},
		{"http://a/list?sid=3f9a01c", "/list", "/list"},
		{"http://a/index.php?option=calendar&id=3", "/index.php?id&option=calendar", "/index.php"},
		{"http://a/1/2/3/4/5/6/7/8/9/10/11", "/N/N/N/N/N/N/N/N/N/N/…", "/N"},
		{"http://a?", "", ""},
	} {
		u, err := url.Parse(c.url)
		if err != nil {
			t.Fatal(err)
		}
		key, end := appendShape(nil, u, func([]byte) bool { return true })
		if got := string(key[1:]); got != c.shape {
			t.Errorf("shape of %s: got %q, want %q", c.url, got, c.shape)
		}
		if got := string(key[1:max(end, 1)]); got != c.family {
			t.Errorf("family of %s: got %q, want %q", c.url, got, c.family)
		}
	}
}

// TestShapesAreBounded: words that are kept as they are do not make shapes without end.
func TestShapesAreBounded(t *testing.T) {
	ys := newYields()
	for i := range 5000 {
		word := string([]byte{byte('a' + i%26), byte('a' + i/26%26), byte('a' + i/676%26), 'x'})
		if y := ys.of(&url.URL{Scheme: "http", Host: "a.example", Path: "/" + word + "/page/" + word, RawQuery: word + "=1"}); y != nil && i > maxYields {
			t.Fatalf("shape %d is kept", i)
		}
	}
	if len(ys.perHost) != 1 || ys.perHost["a.example"] > maxLiterals {
		t.Errorf("got %d words that are kept, want at most %d", ys.perHost["a.example"], maxLiterals)
	}
}

func TestRanksAndNames(t *testing.T) {
	for _, c := range []struct {
		shape, name string
		rank        int
	}{
		{"/calendar/N/N", "/calendar/N/N", rankUnpromised},
		{"/politics/page/N/", "/politics/page/N/", rankList},
		{"/archive/N/N/", "/archive/N/N/", rankArchive},
		{"/N/N/N/", "/N/N/N/", rankArchive},
		{"/N/N/S/", "/N/N/*/", rankUnknown},
		{"/tag/W", "/tag/*", rankUnknown},
		{"/list?color&sort", "/list?…", rankUnpromised},
		{"/?m", "/?m", rankUnknown},
		{"/search?page&q", "/search?…", rankUnpromised},
		{"/x/WN.html", "/x/*N.html", rankUnknown},
	} {
		y := &yield{name: c.shape}
		if got := y.String(); got != c.name {
			t.Errorf("name of %s: got %s, want %s", c.shape, got, c.name)
		}
		if got := rankOf(c.shape); got != c.rank {
			t.Errorf("rank of %s: got %d, want %d", c.shape, got, c.rank)
		}
	}
}

func FuzzShape(f *testing.F) {
	for _, s := range []string{"http://a/b/c?d=e", "http://a/;;=;/%2f?&&=&", "//x?" + "a=&b=&c", "http://a/\x00/é-1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := url.Parse(raw)
		if err != nil {
			return
		}
		key, end := appendShape(nil, u, func(p []byte) bool { return len(p)%2 == 0 })
		if end < 0 || end > len(key) {
			t.Fatalf("family ends at %d of %q", end, key)
		}
		_ = (&yield{name: string(key)}).String()
		partsOf(u, func(string, string) {})
	})
}

func BenchmarkShape(b *testing.B) {
	ys := newYields()
	var urls []*url.URL
	for _, s := range []string{"http://a.example/politics/council-votes-on-harbour-2291", "http://a.example/calendar/2026/11/23", "http://a.example/list?sort=date&color=red&page=3", "http://a.example/tag/ferry/page/3/"} {
		u, err := url.Parse(s)
		if err != nil {
			b.Fatal(err)
		}
		urls = append(urls, u)
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ys.of(urls[i%len(urls)])
	}
}
