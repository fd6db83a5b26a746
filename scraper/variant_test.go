package scraper

import (
	"net/url"
	"testing"
)

func TestPlainVariant(t *testing.T) {
	for in, want := range map[string]string{
		"https://a.example/2026/11/story/amp/":      "https://a.example/2026/11/story/",
		"https://a.example/2026/11/story/AMP":       "https://a.example/2026/11/story",
		"https://a.example/a-long-story.html/amp/":  "https://a.example/a-long-story.html",
		"https://a.example/story-12/drucKen":        "https://a.example/story-12",
		"https://a.example/story-12?print=1&page=2": "https://a.example/story-12?page=2",
		"https://a.example/news/amp":                "https://a.example/news/amp", // a section of that name
		"https://a.example/amp":                     "https://a.example/amp",
		"https://a.example/story-12/amp/more":       "https://a.example/story-12/amp/more",
		"https://a.example/story-12/amp//":          "https://a.example/story-12/amp//",
		"https://a.example/story-12/example":        "https://a.example/story-12/example",
		"https://a.example/":                        "https://a.example/",
		"https://a.example":                         "https://a.example",
	} {
		u, err := url.Parse(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := plainVariant(u).String(); got != want {
			t.Errorf("%s: got %s, want %s", in, got, want)
		}
		// What variantOf lets pass unread matches nothing.
		if variantOf(u.Path) == "" && variantPath.MatchString(u.Path) {
			t.Errorf("%s: not recognised as an edition", in)
		}
	}
}
