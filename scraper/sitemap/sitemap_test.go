package sitemap_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/sitemap"
)

const news = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">
 <url><loc> https://a.example/1?x=1&amp;y=2 </loc><lastmod>2026-11-23T10:00+01:00</lastmod>
  <image:image><image:loc>https://a.example/1.jpg</image:loc><image:title>A picture</image:title></image:image>
  <news:news><news:publication><news:name>A</news:name><news:language>en</news:language></news:publication>
   <news:publication_date>2026-11-23</news:publication_date><news:title>Harbour &amp; sea</news:title></news:news></url>
 <url><loc>https://a.example/2</loc></url>
</urlset>`

func TestNews(t *testing.T) {
	for _, in := range []string{
		news,
		strings.NewReplacer("xmlns:news", "xmlns:nws", "<news:", "<nws:", "</news:", "</nws:", "xmlns:image", "xmlns:i", "<image:", "<i:", "</image:", "</i:").Replace(news),
		strings.NewReplacer(` xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"`, "", ` xmlns:image="http://www.google.com/schemas/sitemap-image/1.1"`, "").Replace(news),
	} {
		got, err := sitemap.Parse([]byte(in), false, 10)
		if err != nil || got.Cut || got.Left != 0 || len(got.Entries) != 2 {
			t.Fatalf("got %+v, %v", got, err)
		}
		e := got.Entries[0]
		want := sitemap.Entry{URL: "https://a.example/1?x=1&y=2", Title: "Harbour & sea", Language: "en", News: true,
			LastMod: e.LastMod, Published: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
		if e != want || got.Entries[1] != (sitemap.Entry{URL: "https://a.example/2"}) {
			t.Errorf("got %+v, want %+v", got.Entries, want)
		}
		if !e.LastMod.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) {
			t.Errorf("lastmod: got %v", e.LastMod)
		}
	}
}

func urls(s *sitemap.Sitemap) string {
	var all []string
	for _, e := range s.Entries {
		all = append(all, e.URL)
	}
	return strings.Join(all, " ")
}

func TestParse(t *testing.T) {
	const two = "https://a.example/1 https://a.example/2"
	const plain = "<urlset><url><loc>https://a.example/1</loc></url><url><loc>https://a.example/2</loc></url></urlset>"
	tests := []struct {
		name, in, want string
		cut            bool
	}{
		{"no namespace", plain, two, false},
		{"another namespace", strings.Replace(plain, "<urlset", `<urlset xmlns="https://nobody.example/"`, 1), two, false},
		{"Google's namespace of 2005", strings.NewReplacer("<u", "<g:u", "</u", "</g:u", "<loc", "<g:loc", "</loc", "</g:loc", "<urlset", `<g:urlset xmlns:g="http://www.google.com/schemas/sitemap/0.84"`).Replace(plain), two, false},
		{"a prefix", `<ns1:urlset xmlns:ns1="http://www.sitemaps.org/schemas/sitemap/0.9"><ns1:url><ns1:loc>https://a.example/1</ns1:loc></ns1:url></ns1:urlset>`, "https://a.example/1", false},
		{"an undeclared prefix", `<x:urlset><x:url><x:loc>https://a.example/1</x:loc></x:url></x:urlset>`, "https://a.example/1", false},
		{"upper case", strings.ToUpper(plain), strings.ToUpper(two), false},
		{"white space, a byte order mark", "\ufeff\n\n " + plain, two, false},
		{"a warning before it", "<br />\n<b>Warning</b>: x in <b>/y.php</b><br />\n<?xml version=\"1.0\"?>" + plain, two, false},
		{"text before it", "Notice: x\n" + plain, two, false},
		{"a comment before it", "<!-- <url><loc>x</loc></url> -->" + plain, two, false},
		{"a document type", "<!DOCTYPE urlset [ <!ENTITY x SYSTEM \"file:///etc/passwd\"> ]>" + plain, two, false},
		{"an external entity", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>&e;</loc></url></urlset>`, "&e;", false},
		{"whatever it declares", `<?xml version="1.0" encoding="ISO-8859-1"?><urlset><url><loc>https://a.example/é</loc></url></urlset>`, "https://a.example/é", false},
		{"an ampersand", "<urlset><url><loc>https://a.example/?a=1&b=2&copy=3</loc></url></urlset>", "https://a.example/?a=1&b=2&copy=3", false},
		{"CDATA", "<urlset><url><loc>\n<![CDATA[ https://a.example/?a=1&b=2 ]]>\n</loc></url></urlset>", "https://a.example/?a=1&b=2", false},
		{"white space in loc", "<urlset><url><loc>\r\n\thttps://a.example/1\r\n</loc></url></urlset>", "https://a.example/1", false},
		{"relative", "<urlset><url><loc>/1</loc></url></urlset>", "/1", false},
		{"no end tags", "<urlset><url><loc>https://a.example/1<lastmod>2026<url><loc>https://a.example/2</urlset>", two, false},
		{"the root's start is lost", plain[len("<urlset>"):], two, false},
		{"an index", `<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>`, "https://a.example/s.xml", false},
		{"images and videos", `<urlset><url><image:image><image:loc>/i</image:loc></image:image><video:video><video:player_loc>/v</video:player_loc><loc>/v</loc></video:video><image><loc>/j</loc></image><loc>https://a.example/1</loc></url></urlset>`, "https://a.example/1", false},
		{"two locs", "<urlset><url><loc>https://a.example/1</loc><loc>/2</loc></url></urlset>", "https://a.example/1", false},
		{"no loc", "<sitemapindex><sitemap>\n https://a.example/1\n</sitemap><sitemap><lastmod>2026</lastmod>https://a.example/2</sitemap></sitemapindex>", two, false},
		{"a loc, and more text", "<urlset><url>https://a.example/x<loc>https://a.example/1</loc>https://a.example/y</url><url>x</url></urlset>", "https://a.example/1 ", false},
		{"an entry without a URL", "<urlset><url><lastmod>2026-01-01</lastmod></url><url><loc> </loc></url></urlset>", " ", false},
		{"no entries", "<urlset></urlset>", "", false},
		{"an empty element", "<urlset/>", "", false},
		{"cut off in an entry", plain[:len(plain)-13], "https://a.example/1", true},
		{"cut off behind an entry", strings.TrimSuffix(plain, "</urlset>"), two, true},
		{"cut off at the beginning", "<urlset>", "", true},
		{"a list", "\ufeffhttps://a.example/1\r\nHTTPS://a.example/2\r\n\r\n# more\r\n", "https://a.example/1 HTTPS://a.example/2", false},
		{"a list with something else", "Sitemap\nhttps://a.example/1\n", " https://a.example/1", false},
		{"a list with old line ends", "https://a.example/1\rhttps://a.example/2", two, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := sitemap.Parse([]byte(tt.in), false, 10)
			if err != nil {
				t.Fatal(err)
			}
			if urls(got) != tt.want || got.Cut != tt.cut {
				t.Errorf("got %q, cut off: %v, want %q", urls(got), got.Cut, tt.want)
			}
			for _, e := range got.Entries {
				if e.Sitemap != strings.Contains(tt.in, "<sitemap>") {
					t.Errorf("got %+v", e)
				}
			}
		})
	}
}

func TestNoSitemap(t *testing.T) {
	tests := []struct {
		name, in string
		want     error
	}{
		{"a page", "<!doctype html><html><body><p>not found</body></html>", sitemap.ErrHTML},
		{"a page that shows a sitemap", "<HTML><pre><urlset><url><loc>x</loc></url></urlset>", sitemap.ErrHTML},
		{"nothing", " \r\n", sitemap.ErrEmpty},
		{"JSON", `{"urls":["https://a.example/"]}`, sitemap.ErrOther},
		{"text", "not here", sitemap.ErrOther},
		{"other XML", "<opml><outline/></opml>", sitemap.ErrOther},
	}
	for _, tt := range tests {
		if got, err := sitemap.Parse([]byte(tt.in), false, 10); !errors.Is(err, tt.want) {
			t.Errorf("%s: got %+v, %v", tt.name, got, err)
		}
	}
}

func TestLooks(t *testing.T) {
	tests := []struct {
		contentType, body string
		want              bool
	}{
		{"application/xml", news, true},
		{"", "<!-- x --><sitemapindex>", true},
		{"text/xml", "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>", true},
		{"text/xml", "\xff\xfe<\x00u\x00r\x00l\x00s\x00e\x00t\x00>\x00", true},
		{"text/html", news, false},
		{"", "<html>" + news, false},
		{"text/xml", "<rss>", false},
		{"", "", false},
	}
	for _, tt := range tests {
		if got := sitemap.Looks(tt.contentType, []byte(tt.body)); got != tt.want {
			t.Errorf("%s %.40q: got %v", tt.contentType, tt.body, got)
		}
	}
}

func pack(t *testing.T, text []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if _, err := zw.Write(text); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestUnpack(t *testing.T) {
	var long strings.Builder
	long.WriteString("<urlset>")
	for i := range 20_000 {
		fmt.Fprintf(&long, "<url><loc>https://a.example/%x/%d</loc></url>", i*i*7919, i)
	}
	long.WriteString("</urlset>")
	packed := pack(t, []byte(long.String()))
	tests := []struct {
		name          string
		in            []byte
		least, most   int // entries
		cut, entryCut bool
		err           error
	}{
		{"gzip", packed, 20_000, 20_000, false, false, nil},
		{"packed twice", pack(t, packed), 20_000, 20_000, false, false, nil},
		{"not packed", []byte(long.String()), 20_000, 20_000, false, false, nil},
		{"cut off in gzip", packed[:len(packed)/2], 5_000, 15_000, true, true, nil},
		{"gzip without its trailer", packed[:len(packed)-8], 20_000, 20_000, true, false, nil},
		{"gzip with bytes behind it", append(slices.Clone(packed), "junk"...), 20_000, 20_000, true, false, nil},
		{"a wrong sum", append(slices.Clone(packed[:len(packed)-8]), "12345678"...), 20_000, 20_000, true, false, nil},
		{"only a header", packed[:12], 0, 0, false, false, sitemap.ErrDamaged},
		{"half a header", packed[:5], 0, 0, false, false, sitemap.ErrDamaged},
		{"zip", []byte("PK\x03\x04...."), 0, 0, false, false, sitemap.ErrZip},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			text, cut, err := sitemap.Unpack(tt.in)
			if !errors.Is(err, tt.err) || cut != tt.cut {
				t.Fatalf("got %v, cut: %v", err, cut)
			}
			if err != nil {
				return
			}
			got, err := sitemap.Parse(text, cut, 50_000)
			if err != nil || len(got.Entries) < tt.least || len(got.Entries) > tt.most || got.Cut != tt.entryCut {
				t.Errorf("got %d entries, cut off: %v, %v", len(got.Entries), got.Cut, err)
			}
		})
	}
}

// TestCutOffList: the last line of a list that is cut off may be half a URL.
func TestCutOffList(t *testing.T) {
	for _, tt := range []struct {
		cut  bool
		want string
	}{{false, "https://a.example/1 https://a.example/2"}, {true, "https://a.example/1"}} {
		got, err := sitemap.Parse([]byte("https://a.example/1\nhttps://a.example/2"), tt.cut, 10)
		if err != nil || urls(got) != tt.want || got.Cut != tt.cut {
			t.Errorf("got %+v, %v, want %q", got, err, tt.want)
		}
	}
}

func TestBounds(t *testing.T) {
	xml := "<urlset>" + strings.Repeat("<url><loc>https://a.example/</loc></url>", 13) + "</urlset>"
	list := strings.Repeat("https://a.example/\n", 13)
	for _, in := range []string{xml, list} {
		got, err := sitemap.Parse([]byte(in), false, 10)
		if err != nil || len(got.Entries) != 10 || got.Left != 3 || got.Cut {
			t.Errorf("got %d entries, %d left, cut off: %v, %v", len(got.Entries), got.Left, got.Cut, err)
		}
	}
	const size = 2 << 20
	for _, unit := range []string{"<url>", "<url><loc>x", "<![CDATA[</url>", "<image:image>", "<xhtml:link rel='alternate' hreflang='x' href='y", "<!--</url>", "&", "<x:"} {
		start := time.Now()
		if _, err := sitemap.Parse([]byte("<urlset>"+strings.Repeat(unit, size/len(unit))), false, 100); err != nil {
			t.Error(err)
		}
		if took := time.Since(start); took > 30*time.Second {
			t.Errorf("%q repeated took %v", unit, took)
		}
	}
	// Many bytes in few.
	text, cut, err := sitemap.Unpack(pack(t, make([]byte, 60<<20)))
	if err != nil || !cut || len(text) != 50<<20 {
		t.Errorf("got %d bytes, cut: %v, %v", len(text), cut, err)
	}
}

func TestAlternates(t *testing.T) {
	in := `<urlset xmlns:x="http://www.w3.org/1999/xhtml"><url><loc>https://a.example/en</loc><x:link rel="alternate" hreflang="de" href="https://a.example/de"/><x:link rel="alternate" hreflang="fr" href="https://a.example/fr"/>
<x:link rel="alternate" media="only screen" href="https://a.example/mobile"/><lastmod>2026-11-23</lastmod></url><url><loc>https://a.example/de</loc></url></urlset>`
	got, err := sitemap.Parse([]byte(in), false, 10)
	if err != nil || urls(got) != "https://a.example/en https://a.example/de" || !slices.Equal(got.Alternates, []string{"https://a.example/fr"}) || got.Entries[0].LastMod.IsZero() {
		t.Errorf("got %+v, %v", got, err)
	}
}

// FuzzParse: entries before a cut survive it, whatever follows.
func FuzzParse(f *testing.F) {
	f.Add([]byte(news))
	f.Add([]byte("<url><loc>x</loc><image:image><loc>"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, err := sitemap.Parse(b, false, 100); err == nil && len(got.Entries) > 100 {
			t.Errorf("got %d entries", len(got.Entries))
		}
		head := "<urlset><url><loc>https://a.example/1</loc></url>"
		got, err := sitemap.Parse(append([]byte(head), b...), false, 100)
		if err != nil || len(got.Entries) == 0 || got.Entries[0].URL != "https://a.example/1" {
			t.Errorf("the first entry is lost: %+v, %v", got, err)
		}
		if text, _, err := sitemap.Unpack(b); err == nil && len(text) > 50<<20 {
			t.Errorf("unpacked %d bytes", len(text))
		}
	})
}
