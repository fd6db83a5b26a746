// Package feed reads RSS (0.9 to 2.0), Atom (0.3 and 1.0) and JSON feeds for the links
// they announce. It does not fetch them.
//
// One reader takes well-formed and broken feeds alike: a feed that is cut off gives the
// items before the cut, and one broken item costs no other.
package feed

import (
	"bytes"
	"errors"
	"net/url"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/internal/loosexml"
)

// Bounds of what is taken from one feed.
const (
	MaxItems = 5000
	maxText  = 8 << 10 // bytes of one field
)

// ErrNotFeed is returned for a text that is neither RSS nor Atom nor a JSON feed.
var ErrNotFeed = errors.New("not a feed")

// A Feed is what a site announces.
type Feed struct {
	Title string
	Items []Item
	Cut   bool // the text ends before the feed does
	Left  int  // items beyond MaxItems, which are left out
}

// An Item is one announced page. What is missing is empty.
type Item struct {
	// Link is the page's URL as it is written, without space around it. It may be relative,
	// to Bases, or else to the feed's own URL.
	Link string
	// Bases are the base URLs that the feed gives (XML Base), as written; each is relative
	// to the one before, the first to the feed's URL.
	Bases              []string
	Title              string
	Published, Updated time.Time // with the offset as written
	Authors            []string
	Language           string // of the feed
}

// mediaTypes are those of feeds.
var mediaTypes = []string{"application/rss+xml", "application/atom+xml", "application/feed+json", "application/rdf+xml"}

// Looks reports whether an answer is a feed, by its media type or its first element.
func Looks(contentType string, body []byte) bool {
	mt := strings.ToLower(contentType)
	for _, t := range mediaTypes {
		if strings.Contains(mt, t) {
			return true
		}
	}
	// Without the zeros of UTF-16.
	start := bytes.ToLower(bytes.ReplaceAll(body[:min(len(body), 4096)], []byte{0}, nil))
	if strings.Contains(mt, "html") {
		return isRoot(firstElement(start)) // some servers call every answer HTML
	}
	has := func(text string) bool { return bytes.Contains(start, []byte(text)) }
	switch {
	case has("<html") || has("<!doctype html"):
		return false
	case has("<rss") || has("<rdf:rdf"):
		return true
	case has("<feed") || has(":feed"):
		return has("atom")
	}
	return bytes.HasPrefix(bytes.TrimLeft(start, "\ufeff \t\r\n"), []byte("{")) && has("jsonfeed.org/version")
}

// firstElement is the name of the first element of a document; "" if it has none.
func firstElement(text []byte) string {
	x := loosexml.NewReader(text, vocabularies)
	for {
		t, ok := x.Next()
		switch {
		case !ok:
			return ""
		case t.Kind != loosexml.Text:
			return t.Name
		}
	}
}

// Parse reads a feed in UTF-8, whatever encoding its XML declaration names. own is the
// feed's URL: among several addresses of an item, that on the feed's own site is its page.
// The error is ErrNotFeed.
func Parse(text []byte, own *url.URL) (*Feed, error) {
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n\x00")
	if len(text) > 0 && text[0] == '{' {
		return parseJSON(text, own)
	}
	return parseXML(text, own)
}

// add takes an item that is complete.
func (f *Feed) add(it Item) {
	if len(f.Items) == MaxItems {
		f.Left++
		return
	}
	f.Items = append(f.Items, it)
}
