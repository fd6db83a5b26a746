// Package feed reads RSS, Atom and JSON feeds for the links they announce. It
// does not fetch them, and hides the library that knows their dialects.
package feed

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
)

// Bounds of what is taken from one feed.
const (
	maxItems = 5000
	maxBytes = 16 << 20
)

// A Feed is what a site announces.
type Feed struct {
	Title string
	Items []Item
}

// An Item is one announced page.
type Item struct {
	URL, Title         string
	Published, Updated time.Time // as written; zero if missing
	Authors            []string
	Language           string
}

// Looks reports whether an answer is a feed, by its media type or its first element.
func Looks(contentType string, body []byte) bool {
	mt := strings.ToLower(contentType)
	for _, t := range []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"} {
		if strings.Contains(mt, t) {
			return true
		}
	}
	if strings.Contains(mt, "html") {
		return false
	}
	start := strings.ToLower(string(bytes.TrimSpace(body[:min(len(body), 1024)])))
	return strings.Contains(start, "<rss") || strings.Contains(start, "<feed") && strings.Contains(start, "atom") || strings.Contains(start, "<rdf:rdf")
}

// Parse reads a feed in UTF-8, whatever encoding its XML declaration names; relative
// links are resolved against base.
func Parse(text []byte, base *url.URL) (f *Feed, err error) {
	if len(text) > maxBytes {
		return nil, fmt.Errorf("feed of over %d bytes", maxBytes)
	}
	// The library has panicked on malformed input; that must not end the program.
	defer func() {
		if p := recover(); p != nil {
			f, err = nil, fmt.Errorf("feed: %v", p)
		}
	}()
	parsed, err := gofeed.NewParser().Parse(bytes.NewReader(withoutDeclaration(text)))
	if err != nil {
		return nil, fmt.Errorf("feed: %w", err)
	}
	f = &Feed{Title: parsed.Title}
	for _, it := range parsed.Items {
		if len(f.Items) == maxItems {
			break
		}
		link := it.Link
		if link == "" && len(it.Links) > 0 {
			link = it.Links[0]
		}
		if link == "" && strings.HasPrefix(it.GUID, "http") {
			link = it.GUID
		}
		u, err := base.Parse(strings.TrimSpace(link))
		if link == "" || err != nil {
			continue
		}
		item := Item{URL: u.String(), Title: strings.TrimSpace(it.Title), Language: parsed.Language}
		if it.PublishedParsed != nil {
			item.Published = *it.PublishedParsed
		}
		if it.UpdatedParsed != nil {
			item.Updated = *it.UpdatedParsed
		}
		for _, a := range it.Authors {
			if a != nil && a.Name != "" {
				item.Authors = append(item.Authors, a.Name)
			}
		}
		f.Items = append(f.Items, item)
	}
	return f, nil
}

// withoutDeclaration leaves out the XML declaration: the library would decode the
// text a second time by the encoding that it names.
func withoutDeclaration(text []byte) []byte {
	trimmed := bytes.TrimLeft(text, " \t\r\n")
	if bytes.HasPrefix(trimmed, []byte("<?xml ")) {
		if end := bytes.Index(trimmed, []byte("?>")); end >= 0 {
			return trimmed[end+2:]
		}
	}
	return text
}
