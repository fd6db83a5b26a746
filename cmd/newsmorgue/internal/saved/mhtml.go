package saved

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"time"
)

// A Page is what an MHTML file has.
type Page struct {
	URL   string    // of the page; "" if the file does not say it
	Date  time.Time // when it was saved; zero if the file does not say it
	Root  Part      // the page itself
	Parts []Part    // what it shows: images, styles, frames
	Left  int       // parts without a URL of http or https, or beyond the limits
}

// A Part is a file in an MHTML file.
type Part struct {
	URL         string // absolute; of the root perhaps ""
	ContentType string
	Body        []byte
}

// Limits of an MHTML file.
const (
	maxParts     = 5000
	maxPart      = 64 << 20  // bytes, decoded
	maxPartBytes = 256 << 20 // of all parts together
)

// ErrTooLarge says that the page in an MHTML file is larger than this package reads.
var ErrTooLarge = fmt.Errorf("it has more than %d bytes", maxPart)

// ReadMHTML reads an MHTML file (RFC 2557), as browsers save it: a message of type
// multipart/related, or of the page alone. What follows damage is left out.
func ReadMHTML(r io.Reader) (*Page, error) {
	m, err := mail.ReadMessage(r)
	if err != nil {
		return nil, fmt.Errorf("not an MHTML file: %w", err)
	}
	page := &Page{}
	if date, err := m.Header.Date(); err == nil && date.UTC().Year() > 1990 && date.UTC().Year() < 10000 {
		page.Date = date.UTC()
	}
	location := strings.TrimSpace(m.Header.Get("Snapshot-Content-Location"))
	if location == "" {
		location = strings.TrimSpace(m.Header.Get("Content-Location"))
	}
	if IsWebURL(location) {
		page.URL = location
	}
	mediaType, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("not an MHTML file: its Content-Type: %w", err)
	}
	if !strings.HasPrefix(mediaType, "multipart/") {
		body, err := decodePart(m.Body, m.Header.Get("Content-Transfer-Encoding"), maxPart)
		if err != nil {
			return nil, err
		}
		page.Root = Part{page.URL, m.Header.Get("Content-Type"), body}
		return page, nil
	}
	if params["boundary"] == "" {
		return nil, errors.New("not an MHTML file: its parts have no boundary")
	}
	if err := page.readParts(m.Body, params); err != nil {
		return nil, err
	}
	if page.Root.Body == nil {
		return nil, errors.New("it has no part of type text/html")
	}
	return page, nil
}

// readParts reads the parts. The root is the one that the header names as the start,
// else the first page.
func (p *Page) readParts(body io.Reader, params map[string]string) error {
	parts, left := multipart.NewReader(body, params["boundary"]), int64(maxPartBytes)
	for n := 0; ; n++ {
		part, err := parts.NextRawPart()
		if err != nil { // the end, or damage
			return nil
		}
		if n == maxParts || left <= 0 {
			p.Left++
			if n > 2*maxParts {
				return nil
			}
			continue
		}
		data, err := decodePart(part, part.Header.Get("Content-Transfer-Encoding"), min(maxPart, left))
		contentType := part.Header.Get("Content-Type")
		isRoot := p.Root.Body == nil && isPage(contentType) && (params["start"] == "" || params["start"] == part.Header.Get("Content-ID") || n > 0)
		if err != nil {
			if isRoot {
				return err
			}
			p.Left++
			continue
		}
		left -= int64(len(data))
		location := resolve(p.URL, part.Header.Get("Content-Location"))
		switch {
		case isRoot:
			if p.URL == "" {
				p.URL = location
			}
			p.Root = Part{location, contentType, data}
		case location == "": // such as cid: of a style that the browser made
			p.Left++
		default:
			p.Parts = append(p.Parts, Part{location, contentType, data})
		}
	}
}

func isPage(contentType string) bool {
	mediaType, _, _ := mime.ParseMediaType(contentType)
	return mediaType == "text/html" || mediaType == "application/xhtml+xml"
}

// decodePart removes the transfer encoding of a part. What follows damage is left out.
func decodePart(r io.Reader, encoding string, limit int64) ([]byte, error) {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, limit+1))
	if n > limit {
		return nil, ErrTooLarge
	}
	if err != nil && b.Len() == 0 {
		return nil, fmt.Errorf("a part cannot be decoded: %w", err)
	}
	return append([]byte{}, b.Bytes()...), nil
}
