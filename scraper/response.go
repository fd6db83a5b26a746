package scraper

import (
	"bytes"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"
)

// parse reads Body as HTML: its character encoding by byte order mark, header,
// meta element or looks, in this order, as browsers do.
func (r *Response) parse() (*html.Node, error) {
	if !r.isHTML() {
		return nil, ErrNotHTML
	}
	if !strings.Contains(strings.ToLower(r.Header.Get("Content-Type")), "charset") && isUTF8(r.Body) {
		return html.Parse(bytes.NewReader(bytes.TrimPrefix(r.Body, []byte("\xef\xbb\xbf"))))
	}
	text, err := charset.NewReader(bytes.NewReader(r.Body), r.Header.Get("Content-Type"))
	if err != nil {
		// An empty body, or an encoding nobody knows: as it stands.
		text = bytes.NewReader(r.Body)
	}
	return html.Parse(text)
}

// isUTF8 reports whether a text that is not all ASCII can be nothing else: no
// other encoding gives many such sequences by chance, whatever a meta element,
// or the first kilobyte, says.
func isUTF8(b []byte) bool {
	if !utf8.Valid(b) {
		return false
	}
	n := 0
	for _, c := range b {
		if c >= 0xc0 {
			if n++; n == 4 {
				return true
			}
		}
	}
	return n > 0 && len(b) < 4096
}

func (r *Response) isHTML() bool {
	ct := r.Header.Get("Content-Type")
	if ct == "" {
		return strings.HasPrefix(http.DetectContentType(r.Body), "text/html")
	}
	mt, _, err := mime.ParseMediaType(ct)
	if err != nil {
		mt, _, _ = strings.Cut(strings.ToLower(ct), ";")
		mt = strings.TrimSpace(mt)
	}
	switch mt {
	case "text/html", "application/xhtml+xml":
		return !bytes.HasPrefix(r.Body, []byte("%PDF-")) && !bytes.ContainsRune(r.Body[:min(len(r.Body), 512)], 0)
	case "text/plain", "application/octet-stream", "unknown/unknown":
		return false
	}
	return false
}

// text is Body in UTF-8, for readers of style sheets and the like.
func (r *Response) text() string {
	text, err := charset.NewReader(bytes.NewReader(r.Body), r.Header.Get("Content-Type"))
	if err != nil {
		return string(r.Body)
	}
	b, err := io.ReadAll(text)
	if err != nil {
		return string(r.Body)
	}
	return string(b)
}
