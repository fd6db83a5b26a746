package tree

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestFlat(t *testing.T) {
	const page = `<html><head><title>The ferry</title><base href="/b/"><script>var a = "<p>";</script><style>p{}</style></head>` +
		`<body><div>One &amp;lt; two <a href="/x">three</a> four<p>Five<img src="/i.jpg"></div><noscript>no</noscript>six</body></html>`
	const want = `<html><head><title>The ferry</title><base href="/b/"/><script>var a = "<p>";</script></head>` +
		`<body><p>One &amp;lt; two <a href="/x">three</a> four</p><p>Five<img src="/i.jpg"/></p><p>six</p></body></html>`
	var got strings.Builder
	if err := html.Render(&got, Flat([]byte(page))); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
}

func TestIsHTML(t *testing.T) {
	tests := []struct {
		contentType, body string
		want              bool
	}{
		{"text/html", "", true},
		{"text/html", "{}", true},
		{"TEXT/HTML; charset=utf-8", "x", true},
		{"application/xhtml+xml", "<?xml?>", true},
		{"text/plain", "<html>", false},
		{"text/xml", `<html xmlns="http://www.w3.org/1999/xhtml">`, true},
		{"application/xml; charset=utf-8", "\ufeff<?xml version='1.0'?>\n<!-- > --><!DOCTYPE html PUBLIC \"x\" \"y\">\n<html lang='en'\nxmlns='http://www.w3.org/1999/xhtml'><p>", true},
		{"text/xml", "<html><p>", false},
		{"text/xml", `<feed xmlns="http://www.w3.org/2005/Atom"><content><html xmlns="http://www.w3.org/1999/xhtml">`, false},
		{"text/xml", "<!-- never ends", false},
		{"text/xml", "", false},
		{"application/pdf", "<html>", false},
		{"text/html", "%PDF-1.7", false},
		{"", "%PDF-1.7", false},
		{"text/html", "\x1f\x8b\x08\x00", false},
		{"text/html; charset=utf-8", "\xff\xd8\xff\xe0\x00\x10JFIF", false},
		{"application/xhtml+xml", "PK\x03\x04", false},
		{"", "", true},
		{"", "A page may begin without a tag", true},
		{"text/html charset=x", "<p>", true}, // not a media type: the bytes decide
		{"text/html charset=x", "{", false},
		{"text/html, text/html; charset=utf-8", "x", true},
		{"text/plain, text/html", "x", true},
		{"text/html, text/plain", "<html>", false},
		{"text/html;;charset", "{", true}, // valid
		{"html", "<p>", true},
		{"html", "{", false},
		{"text/html:charset=x", "A page", true},
		{"\"text/html\"", "A page", true},
		{"unknown/unknown", "<p>", true},
		{"application/unknown", "\x89PNG\x00", false},
		{"*/*", "<!doctype html>", true},
		{"application/octet-stream", "<!doctype html>", false},
		{"text/plain charset=utf-8", "a text", false},
		{"text/plain charset=utf-8", " \n<!DOCTYPE HTML>", true},
		{"text/plain charset=utf-8", "\ufeff<!-- a page --><p>", true},
		{"text/plain charset=utf-8", "<para>", false},
		{"text", "a text", false},
		{"video/mp4 codecs=avc1", "", false},
		{"", " \n{}", false},
		{"", "[1]", false},
		{"", "<?xml version='1.0'?><rss>", false},
		{"", "<?xml version='1.0'?><!DOCTYPE html>", true},
		{"", "<?xml version='1.0'?><HTML>", true},
		{"", "GIF89a\x00", false},
		{"", "\xff\xfe<\x00p\x00", true},
		{"", "\xfe\xff\x00<", true},
	}
	for _, tt := range tests {
		if got := IsHTML(tt.contentType, []byte(tt.body)); got != tt.want {
			t.Errorf("IsHTML(%q, %q) = %v", tt.contentType, tt.body, got)
		}
	}
}

// TestParse: a page that html.Parse refuses has the flat tree.
func TestParse(t *testing.T) {
	if got := Parse([]byte("<p><b>x")); depth(got) < 5 {
		t.Errorf("got a depth of %d, want html.Parse's tree", depth(got))
	}
	var got strings.Builder
	if err := html.Render(&got, Parse([]byte(strings.Repeat("<div>", 600)+"the end"))); err != nil || got.String() != "<html><head></head><body><p>the end</p></body></html>" {
		t.Errorf("got %s, %v", got.String(), err)
	}
}

// TestDepth: the tree is shallow however deep the page is nested.
func TestDepth(t *testing.T) {
	page := strings.Repeat("<div><a href=x><b>", 100_000) + "the end"
	if d := depth(Flat([]byte(page))); d > 6 {
		t.Errorf("got a depth of %d", d)
	}
}

func depth(n *html.Node) int {
	most := 0
	for c := range n.ChildNodes() {
		most = max(most, depth(c))
	}
	return most + 1
}

func FuzzFlat(f *testing.F) {
	f.Add("<p><a><table><title>x</p>")
	f.Fuzz(func(t *testing.T, page string) {
		if d := depth(Flat([]byte(page))); d > 6 {
			t.Errorf("got a depth of %d", d)
		}
	})
}
