package flat

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestTree(t *testing.T) {
	const page = `<html><head><title>The ferry</title><base href="/b/"><script>var a = "<p>";</script><style>p{}</style></head>` +
		`<body><div>One &amp;lt; two <a href="/x">three</a> four<p>Five<img src="/i.jpg"></div><noscript>no</noscript>six</body></html>`
	const want = `<html><head><title>The ferry</title><base href="/b/"/><script>var a = "<p>";</script></head>` +
		`<body><p>One &amp;lt; two <a href="/x">three</a> four</p><p>Five<img src="/i.jpg"/></p><p>six</p></body></html>`
	var got strings.Builder
	if err := html.Render(&got, Tree([]byte(page))); err != nil {
		t.Fatal(err)
	}
	if got.String() != want {
		t.Errorf("got  %s\nwant %s", got.String(), want)
	}
}

// TestDepth: the tree is shallow however deep the page is nested.
func TestDepth(t *testing.T) {
	page := strings.Repeat("<div><a href=x><b>", 100_000) + "the end"
	if d := depth(Tree([]byte(page))); d > 6 {
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

func FuzzTree(f *testing.F) {
	f.Add("<p><a><table><title>x</p>")
	f.Fuzz(func(t *testing.T, page string) {
		if d := depth(Tree([]byte(page))); d > 6 {
			t.Errorf("got a depth of %d", d)
		}
	})
}
