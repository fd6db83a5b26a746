package cdxj

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// Timestamp14 formats a time as CDX does: 14 digits, in UTC, to the second.
func Timestamp14(t time.Time) string { return t.UTC().Format("20060102150405") }

// Timestamp17 formats a time with 17 digits: in UTC, to the millisecond.
func Timestamp17(t time.Time) string {
	return strings.Replace(t.UTC().Format("20060102150405.000"), ".", "", 1)
}

// ParseTimestamp parses 14 digits, or 17 with milliseconds.
func ParseTimestamp(s string) (time.Time, error) {
	switch len(s) {
	case 14:
		return time.Parse("20060102150405", s)
	case 17:
		return time.Parse("20060102150405.000", s[:14]+"."+s[14:])
	}
	return time.Time{}, fmt.Errorf("timestamp %q has neither 14 nor 17 digits", shorten(s))
}

// A Line is one line of a CDXJ index. The usual members of Fields are url, mime, status,
// digest, offset, length and filename, and recordDigest: the SHA-256 of the bytes that
// offset and length name.
type Line struct {
	Key       string // SURT
	Timestamp string // 14 or 17 digits
	Fields    map[string]string
}

// String returns the line without a line feed; the members are sorted by name.
func (l Line) String() string {
	var b bytes.Buffer
	b.WriteString(l.Key)
	b.WriteByte(' ')
	b.WriteString(l.Timestamp)
	b.WriteByte(' ')
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(l.Fields); err != nil {
		return l.Key + " " + l.Timestamp + " {}" // strings always marshal
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// ParseLine parses a CDXJ line. Values that are not strings keep their JSON text.
func ParseLine(s string) (Line, error) {
	s = strings.TrimRight(s, "\r\n")
	n := strings.Index(s, " {")
	at := -1
	if n >= 0 {
		at = strings.LastIndexByte(s[:n], ' ') // some tools write keys with spaces
	}
	if at <= 0 {
		return Line{}, errors.New("CDXJ line without a key, a timestamp and a JSON object")
	}
	l := Line{Key: s[:at], Timestamp: s[at+1 : n], Fields: map[string]string{}}
	if _, err := ParseTimestamp(l.Timestamp); err != nil {
		return Line{}, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s[n+1:]), &members); err != nil {
		return Line{}, fmt.Errorf("CDXJ line: %w", err)
	}
	for name, raw := range members {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil || string(raw) == "null" {
			text = string(raw)
		}
		l.Fields[name] = text
	}
	return l, nil
}

const maxLine = 4 << 20 // bytes; a line with a posted form has some kilobytes

// A LineError is a line that is not CDXJ.
type LineError struct {
	Number int // from 1
	Err    error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Number, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// Lines reads the lines of an index, in the order of the file. For a line that is not
// CDXJ it yields a *LineError, and goes on; after another error, which is that of r, it
// does not. Headers and empty lines are skipped.
func Lines(r io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		number := 0
		for text, err := range rawLines(r) {
			number++
			if err != nil && !errors.Is(err, errLong) {
				yield(Line{}, err)
				return
			}
			if err == nil && (len(bytes.TrimSpace(text)) == 0 || isHeader(text)) {
				continue
			}
			var l Line
			if err == nil {
				l, err = ParseLine(string(text))
			}
			if err != nil {
				err = &LineError{number, err}
			}
			if !yield(l, err) {
				return
			}
		}
	}
}

// isHeader recognizes the first lines of CDX and CDXJ files.
func isHeader(line []byte) bool {
	return bytes.HasPrefix(line, []byte("!")) || bytes.HasPrefix(line, []byte(" CDX"))
}

func shorten(s string) string {
	if len(s) > 100 {
		return s[:100] + "…"
	}
	return s
}
