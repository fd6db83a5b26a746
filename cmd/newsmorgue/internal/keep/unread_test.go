package keep

import (
	"net/url"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// TestWhyUnread: each answer without an article has a reason of its own.
func TestWhyUnread(t *testing.T) {
	u, err := url.Parse("https://a.example/x")
	if err != nil {
		t.Fatal(err)
	}
	const page = "<!doctype html><title>A page</title><p>Some text that can be read.</p>"
	tests := []struct {
		name   string
		kind   scraper.Kind
		status int
		header []archive.Field
		body   string
		want   string
	}{
		{"not found", scraper.KindPage, 404, nil, page, "the last answer is HTTP 404"},
		{"a redirect", scraper.KindPage, 301, []archive.Field{{Name: "Location", Value: "/y"}}, "", "the last answer redirects to /y (HTTP 301)"},
		{"a loop", scraper.KindPage, 302, []archive.Field{{Name: "Location", Value: "x"}}, "", "the last answer redirects to the same URL (HTTP 302)"},
		{"a redirect to nowhere", scraper.KindPage, 302, nil, "", "the last answer is a redirect without a target (HTTP 302)"},
		{"another type", scraper.KindPage, 200, []archive.Field{{Name: "Content-Type", Value: "image/png"}}, "\x89PNG\r\n", "not HTML (Content-Type image/png)"},
		{"no type", scraper.KindPage, 200, nil, "\x00\x01\x02", "not HTML (without a Content-Type)"},
		{"an unknown coding", scraper.KindPage, 200, []archive.Field{{Name: "Content-Encoding", Value: "compress"}}, "\x1f\x9d\x90", `its content coding "compress" could not be undone`},
		{"no text", scraper.KindPage, 200, []archive.Field{{Name: "Content-Type", Value: "text/html"}}, "<html></html>", "no visible text"},
		{"a feed", scraper.KindPage, 200, []archive.Field{{Name: "Content-Type", Value: "application/rss+xml"}}, "<rss version='2.0'><channel></channel></rss>", "it is a feed, not a page"},
		{"a style sheet", scraper.KindAsset, 200, []archive.Field{{Name: "Content-Type", Value: "text/css"}}, "p {}", "fetched as an asset (style sheet, image or script), not as a page"},
		{"a sitemap", scraper.KindSitemap, 200, nil, "<urlset></urlset>", "a sitemap: its entries are links to pages"},
		{"a feed to follow", scraper.KindFeed, 200, nil, "nothing of that kind", "a feed: its items are links to pages"},
		{"a page", scraper.KindPage, 200, []archive.Field{{Name: "Content-Type", Value: "text/html"}}, page, "not extracted by the run that archived it (--no-extract)"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			rec := &archive.Record{HTTP: &archive.HTTPHead{Headers: tt.header}, Payload: []byte(tt.body)}
			got := whyUnread(u, catalog.Held{Status: tt.status}, rec, tt.kind)
			if !strings.HasPrefix(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	if got := whyUnread(u, catalog.Held{Status: 200}, &archive.Record{}, scraper.KindPage); got != "the record is not an HTTP response" {
		t.Errorf("got %q", got)
	}
}
