package scraper

import (
	"bytes"
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
	return r.Decode(body, r.ContentType(), r.URL.Hostname())
}

// ContentType returns the values of all Content-Type fields as they came, joined by
// commas: "" if there is none, invalid if the server sent no valid one.
func (r *Response) ContentType() string {
	return strings.Join(r.Header.Values("Content-Type"), ", ")
}

// Document returns Body as a tree. It is parsed once and shared by everybody, so
// it is read-only. It returns ErrNotHTML if IsHTML is false.
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
	if r.Parse != nil {
		return r.Parse(text), nil
	}
	return html.Parse(bytes.NewReader(text))
}

// IsHTML reports whether the answer is an HTML page, as DetectHTML decides; without
// DetectHTML none is.
func (r *Response) IsHTML() bool {
	return r.DetectHTML != nil && r.DetectHTML(r.ContentType(), r.Body)
}

// isCSS reports whether the answer is a style sheet.
func (r *Response) isCSS() bool {
	return strings.Contains(strings.ToLower(r.ContentType()), "css")
}
