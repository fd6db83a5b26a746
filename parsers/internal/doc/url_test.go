package doc_test

import (
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/doc/doctest"
)

// TestResolve: what browsers accept in a link is not lost; other links stay as they are.
func TestResolve(t *testing.T) {
	p := doctest.PageAt(t, "https://a.example/dir/page", "<title>x</title>")
	tests := []struct{ ref, want string }{
		{"story", "https://a.example/dir/story"},
		{" https://b.example/x?y=1#z ", "https://b.example/x?y=1#z"},
		{"/caf%c3%a9/%7ejane", "https://a.example/caf%c3%a9/%7ejane"},
		{"/i/a b|c(d).jpg", "https://a.example/i/a%20b%7Cc%28d%29.jpg"},
		{"/90%+off.jpg?100%", "https://a.example/90%25+off.jpg?100%25"},
		{"/a\n/b\t.jpg", "https://a.example/a/b.jpg"},
		{`\i\a.jpg?x=\`, "https://a.example/i/a.jpg?x=\\"},
		{"https://www.Münchner-Post.example:8080/x", "https://www.xn--mnchner-post-dlb.example:8080/x"},
		{"https://m%C3%BCnchner-post.example/x", "https://xn--mnchner-post-dlb.example/x"},
		{"mailto:desk@a.example", ""},
		{"https://a b/", ""},
		{"", ""},
	}
	for _, tt := range tests {
		if got := p.Resolve(tt.ref); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.ref, got, tt.want)
		}
	}
}

// References are relative from the first base element that has an address, if that is
// one that pages have.
func TestBase(t *testing.T) {
	for head, want := range map[string]string{
		`<base href="https://files.example/a/b">`:                    "https://files.example/a/pic/1.jpg",
		`<base href="//files.example/">`:                             "https://files.example/pic/1.jpg",
		`<base href="/press/">`:                                      "https://a.example/press/pic/1.jpg",
		`<base target="_top"><base href="/one/"><base href="/two/">`: "https://a.example/one/pic/1.jpg",
		`<base href="javascript:void 0">`:                            "https://a.example/dir/pic/1.jpg",
		`<base href="">`:                                             "https://a.example/dir/pic/1.jpg",
		`<title>A</title></head><body><base href="/late/"></body>`:   "https://a.example/late/pic/1.jpg",
		`<base href="https://[broken/">`:                             "https://a.example/dir/pic/1.jpg",
	} {
		p := doctest.PageAt(t, "https://a.example/dir/page", head)
		if got := p.Resolve("pic/1.jpg"); got != want {
			t.Errorf("%s: got %q, want %q", head, got, want)
		}
		if got := p.Resolve("https://b.example/x"); got != "https://b.example/x" {
			t.Errorf("%s: got %q", head, got)
		}
	}
}
