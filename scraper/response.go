package scraper

import (
	"bytes"
	"mime"
	"strings"

	"golang.org/x/net/html"
)

// Text returns Body in UTF-8, as Decode has it; without Decode, Body as it is.
func (r *Response) Text() ([]byte, error) {
	return r.decode(r.Body)
}

func (r *Response) decode(body []byte) ([]byte, error) {
	if r.Decode == nil {
		return body, nil
	}
	return r.Decode(body, r.Header.Get("Content-Type"), r.URL.Hostname())
}

// Document returns Body as a tree. It is parsed once and shared by everybody, so
// it is read-only. Pages nested deeper than html.Parse goes have the tree that
// Flatten makes. It returns ErrNotHTML if IsHTML is false.
func (r *Response) Document() (*html.Node, error) {
	r.once.Do(func() { r.doc, r.docErr = r.parse() })
	return r.doc, r.docErr
}

// SetDocument gives the tree of Body, for a Fetcher that has parsed it already.
// Once there is a tree it stays.
func (r *Response) SetDocument(doc *html.Node) {
	r.once.Do(func() { r.doc = doc })
}

func (r *Response) parse() (*html.Node, error) {
	if !r.IsHTML() {
		return nil, ErrNotHTML
	}
	text, err := r.Text()
	if err != nil {
		return nil, err
	}
	doc, err := html.Parse(bytes.NewReader(text))
	if err != nil && r.Flatten != nil {
		return r.Flatten(text), nil
	}
	return doc, err
}

// IsHTML reports whether the answer is an HTML page: by the Content-Type field,
// or by the first bytes if there is none that can be understood.
func (r *Response) IsHTML() bool {
	if bytes.HasPrefix(r.Body, []byte("%PDF-")) {
		return false // the files that servers most often send as HTML
	}
	if mt, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err == nil {
		return isHTMLType(mt)
	}
	return looksLikeHTML(r.Body)
}

// isHTMLType takes a media type without parameters, in lower case.
func isHTMLType(mediaType string) bool {
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// looksLikeHTML takes any text for HTML that is not XML or JSON: a page may begin
// without a tag.
func looksLikeHTML(b []byte) bool {
	if bytes.HasPrefix(b, []byte("\xfe\xff")) || bytes.HasPrefix(b, []byte("\xff\xfe")) {
		return true // UTF-16
	}
	head := bytes.ToLower(b[:min(len(b), 512)])
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

// isCSS reports whether the answer is a style sheet.
func (r *Response) isCSS() bool {
	return strings.Contains(strings.ToLower(r.Header.Get("Content-Type")), "css")
}
