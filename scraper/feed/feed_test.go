package feed_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper/feed"
)

const rss = `<?xml version="1.0"?><rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Post</title><language>en-GB</language>
<item><title>Tide turns</title><link>/tide</link><pubDate>Mon, 23 Nov 2026 10:00:00 +0100</pubDate><dc:creator>Ann Lee</dc:creator></item>
<item><title>No link</title></item></channel></rss>`

func TestParse(t *testing.T) {
	base, _ := url.Parse("https://a.example/feed/")
	tests := []struct{ name, in, url, author string }{
		{"RSS", rss, "https://a.example/tide", "Ann Lee"},
		{"UTF-8 that declares another encoding", strings.NewReplacer(`1.0"`, `1.0" encoding="windows-1251"`, "Ann Lee", "Анна Ли").Replace(rss), "https://a.example/tide", "Анна Ли"},
		{"Atom", `<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>T</title><link href="https://a.example/x"/><author><name>Bo</name></author><updated>2026-11-23T10:00:00Z</updated></entry></feed>`, "https://a.example/x", "Bo"},
		{"JSON", `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"id":"1","url":"https://a.example/j","authors":[{"name":"Cy"}]}]}`, "https://a.example/j", "Cy"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f, err := feed.Parse([]byte(tt.in), base)
			if err != nil {
				t.Fatal(err)
			}
			if len(f.Items) != 1 || f.Items[0].URL != tt.url || len(f.Items[0].Authors) != 1 || f.Items[0].Authors[0] != tt.author {
				t.Errorf("got %+v", f.Items)
			}
		})
	}
	if _, err := feed.Parse([]byte("<html>"), base); err == nil {
		t.Error("a page was read as a feed")
	}
}

func TestLooks(t *testing.T) {
	if !feed.Looks("text/xml", []byte(rss)) || !feed.Looks("application/rss+xml; charset=utf-8", nil) {
		t.Error("a feed does not look like one")
	}
	if feed.Looks("text/html", []byte("<html><rss")) || feed.Looks("text/xml", []byte("<urlset>")) {
		t.Error("something else looks like a feed")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(rss))
	base, _ := url.Parse("https://a.example/")
	f.Fuzz(func(_ *testing.T, b []byte) { _, _ = feed.Parse(b, base) })
}
