// Package tree turns the bytes of a page into a tree: it decides whether they are
// HTML, and parses text in UTF-8. It does not decode: that is package charset.
package tree

import (
	"bytes"
	"slices"
	"strings"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/parsers/internal/mediatype"
)

// IsHTML reports whether a body is an HTML page: by contentType, the values of its
// Content-Type fields joined by commas. Where these have no valid type, or one that
// means that the type is unknown, the first bytes decide, as in browsers (MIME Sniffing
// standard, section 7).
func IsHTML(contentType string, body []byte) bool {
	if slices.ContainsFunc(signatures, func(s string) bool { return bytes.HasPrefix(body, []byte(s)) }) {
		return false
	}
	switch essence := mediatype.Parse(contentType).Essence; {
	case essence == "text/html" || essence == "application/xhtml+xml":
		return true
	case essence == "text/xml" || essence == "application/xml":
		return isXHTML(body)
	case essence == "unknown/unknown" || essence == "application/unknown":
		return looksLikeHTML(body)
	case essence != "":
		return false
	}
	// Of an invalid type that resembles another one, as "text/plain charset=utf-8", only
	// what begins with a tag is a page.
	text := strings.ToLower(contentType)
	major, _, _ := strings.Cut(text, "/")
	other := topLevelTypes[strings.TrimSpace(major)] && !strings.Contains(text, "html")
	return looksLikeHTML(body) && (!other || beginsWithTag(body))
}

// isXHTML reports whether XML is a page: its root is html in the namespace of XHTML,
// which browsers show as a page whatever the type says.
func isXHTML(body []byte) bool {
	head := strings.TrimPrefix(string(body[:min(len(body), 4096)]), "\ufeff")
	for {
		head = strings.TrimLeft(head, " \t\r\n")
		end := ">"
		switch {
		case strings.HasPrefix(head, "<!--"):
			end = "-->"
		case strings.HasPrefix(head, "<?"), strings.HasPrefix(head, "<!"): // declarations
		default:
			tag, _, whole := strings.Cut(head, ">")
			return whole && strings.HasPrefix(tag, "<html") && strings.Contains(tag, "http://www.w3.org/1999/xhtml")
		}
		var found bool
		if _, head, found = strings.Cut(head, end); !found {
			return false
		}
	}
}

// signatures are how files begin that servers send as HTML, and no page does: PDF, gzip,
// Zstandard, ZIP, PNG, JPEG, GIF, RIFF (WebP).
var signatures = []string{"%PDF-", "\x1f\x8b\x08", "\x28\xb5\x2f\xfd", "PK\x03\x04", "\x89PNG\r\n", "\xff\xd8\xff", "GIF87a", "GIF89a", "RIFF"}

// topLevelTypes are the registered ones that files have (RFC 6838, section 4.2).
var topLevelTypes = map[string]bool{"text": true, "image": true, "audio": true, "video": true, "font": true, "application": true, "model": true}

// pageTags are the tags that a page begins with (MIME Sniffing standard, section 7.1).
var pageTags = []string{
	"!doctype html", "html", "head", "script", "iframe", "h1", "div", "font", "table", "a", "style", "title", "b", "body", "br", "p", "!--",
}

// beginsWithTag reports whether the first bytes are a tag of a page.
func beginsWithTag(body []byte) bool {
	head := strings.ToLower(string(body[:min(len(body), 512)]))
	head = strings.TrimLeft(strings.TrimPrefix(head, "\ufeff"), " \t\r\n\f")
	if strings.HasPrefix(head, "<?xml") {
		return true // looksLikeHTML has decided
	}
	for _, tag := range pageTags {
		if after, ok := strings.CutPrefix(head, "<"+tag); ok && (tag == "!--" || strings.HasPrefix(after, " ") || strings.HasPrefix(after, ">")) {
			return true
		}
	}
	return false
}

// looksLikeHTML takes any text for HTML that is not XML or JSON: a page may begin
// without a tag.
func looksLikeHTML(body []byte) bool {
	if bytes.HasPrefix(body, []byte("\xfe\xff")) || bytes.HasPrefix(body, []byte("\xff\xfe")) {
		return true // UTF-16
	}
	head := bytes.ToLower(body[:min(len(body), 512)])
	switch {
	case bytes.Contains(head, []byte("<html")):
		return true
	case bytes.IndexByte(head, 0) >= 0:
		return false
	}
	switch head = bytes.TrimLeft(head, " \t\r\n"); {
	case bytes.HasPrefix(head, []byte("<?xml")):
		return bytes.Contains(head, []byte("<!doctype html"))
	case bytes.HasPrefix(head, []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return false // JSON
	}
	return true
}

// Parse gives the tree of a page in UTF-8, with what browsers show at elements that
// have no text themselves, as at formulas. Where html.Parse gives up, on a page
// nested deeper than it goes or of which the tree takes gigabytes, the tree is that of Flat.
func Parse(text []byte) *html.Node {
	doc, err := parseHTML(text)
	if err != nil {
		return Flat(text)
	}
	show(doc)
	return doc
}
