package sitemap_test

import (
	"bytes"
	"compress/gzip"
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

func TestParse(t *testing.T) {
	got, truncated, err := sitemap.Parse([]byte(news), nil, 10)
	if err != nil || truncated || len(got) != 2 {
		t.Fatalf("got %v, %v, %v", got, truncated, err)
	}
	want := sitemap.Entry{URL: "https://a.example/1?x=1&y=2", Title: "Harbour & sea", Language: "en", News: true,
		LastMod: got[0].LastMod, Published: time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)}
	if got[0] != want {
		t.Errorf("got %+v, want %+v", got[0], want)
	}
	if !got[0].LastMod.Equal(time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)) {
		t.Errorf("lastmod: got %v", got[0].LastMod)
	}
}

func TestParseForms(t *testing.T) {
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	zw.Write([]byte(news))
	zw.Close()
	tests := []struct {
		name, in  string
		max, want int
		truncated bool
		fails     bool
	}{
		{"gzip", packed.String(), 10, 2, false, false},
		{"a bound", news, 1, 1, true, false},
		{"index", `<sitemapindex><sitemap><loc>https://a.example/s.xml</loc></sitemap></sitemapindex>`, 10, 1, false, false},
		{"list", "\ufeffhttps://a.example/1\r\nhttps://a.example/2\nnonsense\n", 10, 2, false, false},
		{"cut off", news[:len(news)-12], 10, 1, false, true},
		{"a page instead", "<!doctype html><html><body><p>not found</body></html>", 10, 0, false, true},
		{"external entity", `<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><urlset><url><loc>&e;</loc></url></urlset>`, 10, 1, false, false},
		{"decoded, whatever it declares", "<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><urlset><url><loc>https://a.example/é</loc></url></urlset>", 10, 1, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, truncated, err := sitemap.Parse([]byte(tt.in), nil, tt.max)
			if len(got) != tt.want || truncated != tt.truncated || (err != nil) != tt.fails {
				t.Errorf("got %d entries, truncated %v, error %v", len(got), truncated, err)
			}
			for _, e := range got {
				if strings.Contains(e.URL, "root:") {
					t.Errorf("an external entity was read: %q", e.URL)
				}
			}
		})
	}
}

// TestDecode: the bytes are decoded when they are unpacked, and only once.
func TestDecode(t *testing.T) {
	var packed bytes.Buffer
	zw := gzip.NewWriter(&packed)
	zw.Write([]byte("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><urlset><url><loc>https://a.example/\xe9</loc></url></urlset>"))
	zw.Close()
	decode := func(b []byte) ([]byte, error) { return bytes.ReplaceAll(b, []byte("\xe9"), []byte("é")), nil }
	got, _, err := sitemap.Parse(packed.Bytes(), decode, 10)
	if err != nil || len(got) != 1 || got[0].URL != "https://a.example/é" {
		t.Errorf("got %v, %v", got, err)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(news))
	f.Fuzz(func(t *testing.T, b []byte) {
		if got, _, _ := sitemap.Parse(b, nil, 100); len(got) > 100 {
			t.Errorf("got %d entries", len(got))
		}
	})
}
