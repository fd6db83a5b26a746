// Package tree turns the bytes of a page into a tree: it decides whether they are
// HTML, and parses text in UTF-8. It does not decode: that is package charset.
package tree

import (
	"bytes"
	"mime"

	"golang.org/x/net/html"
)

// IsHTML reports whether a body is an HTML page: by contentType, the value of its
// Content-Type field, or by the first bytes if that is empty or cannot be understood.
func IsHTML(contentType string, body []byte) bool {
	if bytes.HasPrefix(body, []byte("%PDF-")) {
		return false // the files that servers most often send as HTML
	}
	if mt, _, err := mime.ParseMediaType(contentType); err == nil {
		return mt == "text/html" || mt == "application/xhtml+xml"
	}
	return looksLikeHTML(body)
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

// Parse gives the tree of a page in UTF-8. Where html.Parse gives up, on a page
// nested deeper than it goes, the tree is that of Flat.
func Parse(text []byte) *html.Node {
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return Flat(text)
	}
	return doc
}
