package cdxj

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Timestamp14 formats a time as CDX does: 14 digits, in UTC, to the second.
func Timestamp14(t time.Time) string { return t.UTC().Format("20060102150405") }

// ParseTimestamp parses 14 digits, or 17 with milliseconds.
func ParseTimestamp(s string) (time.Time, error) {
	switch len(s) {
	case 14:
		return time.Parse("20060102150405", s)
	case 17:
		return time.Parse("20060102150405.000", s[:14]+"."+s[14:])
	}
	return time.Time{}, fmt.Errorf("timestamp %q has neither 14 nor 17 digits", s)
}

// A Line is one line of a CDXJ index.
type Line struct {
	Key       string // SURT
	Timestamp string // 14 or 17 digits
	Fields    map[string]string
}

// String returns the line without a line feed; the members are sorted by name.
func (l Line) String() string {
	body, err := json.Marshal(l.Fields)
	if err != nil {
		body = []byte("{}") // strings always marshal
	}
	return l.Key + " " + l.Timestamp + " " + string(body)
}

// ParseLine parses a CDXJ line. Values that are not strings keep their JSON text.
func ParseLine(s string) (Line, error) {
	key, rest, ok1 := strings.Cut(strings.TrimRight(s, "\r\n"), " ")
	stamp, body, ok2 := strings.Cut(rest, " ")
	if !ok1 || !ok2 || key == "" {
		return Line{}, fmt.Errorf("CDXJ line without a key, a timestamp and a JSON object")
	}
	if _, err := ParseTimestamp(stamp); err != nil {
		return Line{}, err
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(body), &members); err != nil {
		return Line{}, fmt.Errorf("CDXJ line: %w", err)
	}
	l := Line{Key: key, Timestamp: stamp, Fields: map[string]string{}}
	for name, raw := range members {
		var text string
		if err := json.Unmarshal(raw, &text); err != nil {
			text = string(raw)
		}
		l.Fields[name] = text
	}
	return l, nil
}
