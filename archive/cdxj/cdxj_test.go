package cdxj_test

import (
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/cdxj"
)

func TestSURT(t *testing.T) {
	tests := []struct{ in, want string }{
		{"https://www.Example.com/Path/?b=2&a=1", "com,example)/path?a=1&b=2"},
		{"http://example.com", "com,example)/"},
		{"http://www2.example.co.uk:80//a//b/", "uk,co,example)/a/b"},
		{"https://example.com:8443/x", "com,example:8443)/x"},
		{"http://example.com/x?phpsessid=0123456789abcdef0123456789abcdef&y", "com,example)/x?y"},
		{"http://example.com/x;jsessionid=0123456789abcdef", "com,example)/x"},
		{"http://203.0.113.7/x", "203.0.113.7)/x"},
		{"http://example.com/a/../b", "com,example)/b"},
		{"urn:text:X", "urn:text:x"},
		{"http://www.Münchner_Post.example/x", "example,xn--mnchner_post-dlb)/x"},
		{"http://m%C3%BCnchner_post.example:8080/x", "example,xn--mnchner_post-dlb:8080)/x"},
		{"http://xn--mnchner_post-dlb.example/x", "example,xn--mnchner_post-dlb)/x"},
		{"http://a\u200cb.example/", "example,a\u200cb)/"}, // not a valid name
		{"http://user:pw@example.com/#top", "com,example)/"},
	}
	for _, tt := range tests {
		if got := cdxj.SURT(tt.in); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.in, got, tt.want)
		}
	}
}

func TestLine(t *testing.T) {
	l := cdxj.Line{Key: "com,example)/", Timestamp: cdxj.Timestamp14(time.Date(2026, 11, 23, 18, 0, 1, 0, time.UTC)), Fields: map[string]string{"url": "http://example.com/", "status": "200"}}
	const want = `com,example)/ 20261123180001 {"status":"200","url":"http://example.com/"}`
	if got := l.String(); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	back, err := cdxj.ParseLine(want + "\n")
	if err != nil || back.String() != want {
		t.Errorf("got %v, %v", back, err)
	}
	if n, err := cdxj.ParseLine(`com,example)/ 20261123180001123 {"status":200}`); err != nil || n.Fields["status"] != "200" {
		t.Errorf("got %v, %v", n, err)
	}
	for _, bad := range []string{"", "x", "x 2026 {}", "x 20261123180001 [", "x 20261123180001"} {
		if _, err := cdxj.ParseLine(bad); err == nil {
			t.Errorf("%q was accepted", bad)
		}
	}
}

func FuzzSURT(f *testing.F) {
	f.Add("https://www.example.com/a?b=c")
	f.Fuzz(func(_ *testing.T, s string) { cdxj.SURT(s) })
}
