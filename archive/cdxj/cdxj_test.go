package cdxj_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

func TestTimestamps(t *testing.T) {
	at := time.Date(2026, 11, 23, 18, 0, 1, 123e6, time.FixedZone("", 3600))
	for stamp, want := range map[string]time.Time{
		cdxj.Timestamp14(at): at.Truncate(time.Second),
		cdxj.Timestamp17(at): at,
	} {
		got, err := cdxj.ParseTimestamp(stamp)
		if err != nil || !got.Equal(want) {
			t.Errorf("%s: got %v, %v, want %v", stamp, got, err, want)
		}
	}
}

func TestLine(t *testing.T) {
	l := cdxj.Line{Key: "com,example)/", Timestamp: "20261123180001", Fields: map[string]string{"url": "http://example.com/?a&b", "status": "200"}}
	const want = `com,example)/ 20261123180001 {"status":"200","url":"http://example.com/?a&b"}`
	if got := l.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	back, err := cdxj.ParseLine(want + "\n")
	if err != nil || back.String() != want {
		t.Errorf("got %v, %v", back, err)
	}
}

func TestParseLine(t *testing.T) {
	tests := []struct{ line, key, status string }{
		{`com,example)/ 20261123180001123 {"status":200}`, "com,example)/", "200"},
		{`com,example)/a b 20261123180001 {"status":"200"}`, "com,example)/a b", "200"}, // a key with a space
		{`com,example)/ 20261123180001 {"status":null}`, "com,example)/", "null"},
		{`com,example)/ 20261123180001 {}`, "com,example)/", ""},
	}
	for _, tt := range tests {
		l, err := cdxj.ParseLine(tt.line)
		if err != nil || l.Key != tt.key || l.Fields["status"] != tt.status {
			t.Errorf("%s: got %v, %v", tt.line, l, err)
		}
	}
	for _, bad := range []string{"", "x", "x 2026 {}", "x 20261123180001 [", "x 20261123180001", "x 20261323180001 {}", ` 20261123180001 {}`, `x 20261123180001 {"a":}`} {
		if _, err := cdxj.ParseLine(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func TestLines(t *testing.T) {
	const good = `com,example)/ 20261123180001 {"url":"http://example.com/"}`
	text := " CDX N b a m s k r M S V g\n!meta 0 {}\n\n" + good + "\r\nbad line\n" + strings.Repeat("x", 5<<20) + "\n" + good
	var keys []string
	var wrong []int
	for l, err := range cdxj.Lines(strings.NewReader(text)) {
		var e *cdxj.LineError
		switch {
		case errors.As(err, &e):
			wrong = append(wrong, e.Number)
		case err != nil:
			t.Fatal(err)
		default:
			keys = append(keys, l.Key)
		}
	}
	if len(keys) != 2 || len(wrong) != 2 || wrong[0] != 5 || wrong[1] != 6 {
		t.Errorf("got keys %q and errors in lines %v, want 2 keys and errors in lines 5 and 6", keys, wrong)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("com,example)/ 20261123180001 {\"url\":\"http://example.com/\"}\n")
	f.Add("x 20261123180001123 {\"status\":200}\n!meta\n\xff {")
	f.Fuzz(func(t *testing.T, s string) {
		for l, err := range cdxj.Lines(strings.NewReader(s)) {
			if err != nil {
				continue
			}
			back, err := cdxj.ParseLine(l.String())
			if err != nil || back.Key != l.Key || len(back.Fields) != len(l.Fields) {
				t.Errorf("%q: got %v, %v", l, back, err)
			}
		}
	})
}
