// Package sitemap reads what sites announce in sitemaps: the XML of
// sitemaps.org, indexes of them, Google's news extension, and plain lists of
// URLs, packed with gzip or not. It neither fetches nor decodes them.
package sitemap

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klauspost/compress/gzip"
)

// maxBytes bounds a sitemap, unpacked (sitemaps.org: 50 MB).
const maxBytes = 50 << 20

// maxText bounds one element's text.
const maxText = 8 << 10

// An Entry is one URL that a sitemap names.
type Entry struct {
	URL       string
	LastMod   time.Time // zero if missing
	Published time.Time // of the news extension; zero if missing
	Title     string    // of the news extension
	Language  string    // of the news extension
	Sitemap   bool      // the URL is another sitemap: an entry of an index
	News      bool      // the entry has the news extension
}

// Parse reads at most max entries; truncated says that there were more. decode
// returns the text of an unpacked sitemap in UTF-8; nil leaves it as it is. With
// an error Parse still returns the entries before it.
func Parse(body []byte, decode func([]byte) ([]byte, error), max int) (entries []Entry, truncated bool, err error) {
	text, truncated, err := unpack(body)
	if err == nil && decode != nil {
		text, err = decode(text)
	}
	if err != nil {
		return nil, false, fmt.Errorf("sitemap: %w", err)
	}
	text = bytes.TrimLeft(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf")), " \t\r\n")
	read := document
	if len(text) > 0 && text[0] != '<' {
		read = list
	}
	entries, more, err := read(bytes.NewReader(text), max)
	return entries, truncated || more, err
}

// unpack undoes gzip, at most maxBytes. A packed file that is served with a
// content coding may be packed twice. A damaged file gives what precedes the damage.
func unpack(body []byte) (text []byte, truncated bool, err error) {
	var r io.Reader = bytes.NewReader(body)
	packed := false
	for range 2 {
		br := bufio.NewReaderSize(r, 4096)
		r = br
		if magic, _ := br.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
			break
		}
		if r, err = gzip.NewReader(br); err != nil {
			return nil, false, err
		}
		packed = true
	}
	if !packed {
		return body[:min(len(body), maxBytes)], len(body) > maxBytes, nil
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r, maxBytes+1))
	if err != nil && n == 0 {
		return nil, false, err
	}
	return b.Bytes()[:min(n, maxBytes)], n > maxBytes, nil
}

// list reads one URL per line.
func list(r io.Reader, max int) (entries []Entry, truncated bool, err error) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		u := strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if !strings.HasPrefix(u, "http://") && !strings.HasPrefix(u, "https://") {
			continue
		}
		if len(entries) == max {
			return entries, true, nil
		}
		entries = append(entries, Entry{URL: u})
	}
	return entries, false, lines.Err()
}

func document(r io.Reader, max int) (entries []Entry, truncated bool, err error) {
	d := xml.NewDecoder(r)
	d.Strict = false
	d.Entity = xml.HTMLEntity
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is UTF-8 by now
	var e *Entry
	var text strings.Builder
	known := false
	for {
		t, err := d.Token()
		if errors.Is(err, io.EOF) {
			if !known {
				return entries, false, errors.New("sitemap: neither urlset nor sitemapindex")
			}
			return entries, false, nil
		}
		if err != nil {
			return entries, false, fmt.Errorf("sitemap: %w", err)
		}
		switch t := t.(type) {
		case xml.StartElement:
			text.Reset()
			switch t.Name.Local {
			case "urlset", "sitemapindex":
				known = true
			case "url":
				e = &Entry{}
			case "sitemap":
				e = &Entry{Sitemap: true}
			case "news":
				if e != nil {
					e.News = true
				}
			}
		case xml.CharData:
			if text.Len()+len(t) <= maxText {
				text.Write(t)
			}
		case xml.EndElement:
			if e == nil {
				continue
			}
			if t.Name.Local == "url" || t.Name.Local == "sitemap" {
				if e.URL != "" {
					if len(entries) == max {
						return entries, true, nil
					}
					entries = append(entries, *e)
				}
				e = nil
				continue
			}
			e.set(t.Name, strings.TrimSpace(text.String()))
			text.Reset()
		}
	}
}

// set takes one element of an entry. Image and video extensions have a loc and
// a title of their own, which are not the page's.
func (e *Entry) set(name xml.Name, value string) {
	if value == "" || strings.Contains(name.Space, "image") || strings.Contains(name.Space, "video") {
		return
	}
	switch name.Local {
	case "loc":
		if e.URL == "" {
			e.URL = value
		}
	case "lastmod":
		e.LastMod = date(value)
	case "publication_date":
		e.Published = date(value)
	case "title":
		if e.News {
			e.Title = value
		}
	case "language":
		if e.News {
			e.Language = value
		}
	}
}

// date reads W3C's date and time formats, and what sites write instead.
func date(s string) time.Time {
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", time.DateOnly, "2006-01", time.RFC1123Z, time.RFC1123} {
		if t, err := time.Parse(layout, s); err == nil && t.Year() > 1900 && t.Year() < 2200 {
			return t
		}
	}
	return time.Time{}
}
