// Package saved reads pages that people saved with a browser: HTML files, MHTML files
// (RFC 2557), and the manifests that say where and when they were saved. It opens no
// files.
package saved

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// A Row is a line of a manifest.
type Row struct {
	Line    int       // from 1, of the file
	File    string    // as written, with slashes
	URL     string    // of the page, http or https
	Date    time.Time // when it was saved; zero if the manifest does not say it
	Charset string    // as a response header would say; may be empty
	Err     error     // why the row cannot be used; nil if it can
}

// maxManifest bounds a manifest, in bytes, and maxRows its rows.
const (
	maxManifest = 256 << 20
	maxRows     = 5_000_000
)

// ReadManifest reads a manifest: a CSV file (RFC 4180) whose first line names its columns
// file, url, date and charset, in any order; file is required, and others are ignored.
// Fields may be separated by commas, semicolons or tabs. An error says that there is no
// such line, or is that of the reader; a row that cannot be used has an error of its own.
func ReadManifest(r io.Reader) ([]Row, error) {
	limited := &io.LimitedReader{R: r, N: maxManifest}
	in := bufio.NewReader(limited)
	if b, _ := in.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	first, _ := in.Peek(200)
	first, _, _ = bytes.Cut(first, []byte("\n"))
	c := csv.NewReader(in)
	c.FieldsPerRecord, c.TrimLeadingSpace, c.ReuseRecord = -1, true, true
	for _, comma := range ";\t" {
		if bytes.IndexByte(first, ',') < 0 && bytes.ContainsRune(first, comma) {
			c.Comma = comma
		}
	}
	header, err := c.Read()
	if err != nil {
		return nil, fmt.Errorf("the manifest has no header row: %w", err)
	}
	column := map[string]int{}
	for i, name := range header {
		column[strings.ToLower(strings.TrimSpace(name))] = i
	}
	if _, ok := column["file"]; !ok {
		return nil, fmt.Errorf("the manifest has no column %q in its first line", "file")
	}
	var rows []Row
	for {
		fields, err := c.Read()
		var wrong *csv.ParseError
		switch {
		case errors.Is(err, io.EOF):
			if limited.N <= 0 {
				return rows, fmt.Errorf("the manifest has more than %d bytes", maxManifest)
			}
			return rows, nil
		case errors.As(err, &wrong):
			rows = append(rows, Row{Line: wrong.StartLine, Err: wrong.Err})
			continue
		case err != nil:
			return rows, err
		case len(rows) == maxRows:
			return rows, fmt.Errorf("the manifest has more than %d rows", maxRows)
		}
		line, _ := c.FieldPos(0)
		field := func(name string) string {
			if i, ok := column[name]; ok && i < len(fields) {
				return strings.Clone(strings.TrimSpace(fields[i]))
			}
			return ""
		}
		row := Row{Line: line, File: field("file"), URL: field("url"), Charset: field("charset")}
		row.check(field("date"))
		rows = append(rows, row)
	}
}

// check sets the date of a row, and its error.
func (r *Row) check(date string) {
	switch {
	case r.File == "":
		r.Err = errors.New("it names no file")
	case strings.ContainsAny(r.Charset, " ;\"\r\n\t") || len(r.Charset) > 40:
		r.Err = fmt.Errorf("%q is not the name of a charset", r.Charset)
	case r.URL != "" && !IsWebURL(r.URL):
		r.Err = fmt.Errorf("%q is not an http or https URL", r.URL)
	case date != "":
		var ok bool
		if r.Date, ok = ParseDate(date); !ok {
			r.Err = fmt.Errorf("%q is not a date; write 2026-11-23T18:00:00Z or 2026-11-23", date)
		}
	}
}

// dateLayouts are the forms of dates in manifests; without a zone they are in UTC.
var dateLayouts = []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly, "20060102150405"}

// ParseDate reads a date of a manifest.
func ParseDate(s string) (time.Time, bool) {
	for _, layout := range dateLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			year := t.UTC().Year()
			return t.UTC(), year > 0 && year <= 9999
		}
	}
	return time.Time{}, false
}

// IsWebURL reports whether a URL is one of http or https with a host.
func IsWebURL(raw string) bool {
	u, err := url.Parse(raw)
	return err == nil && slices.Contains([]string{"http", "https"}, strings.ToLower(u.Scheme)) && u.Hostname() != ""
}
