package captions

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

func TestLargest(t *testing.T) {
	for in, want := range map[string]string{
		"/a.jpg 300w, /b.jpg 1200w, /c.jpg 600w":       "/b.jpg",
		"/a.jpg, /b.jpg 2x":                            "/b.jpg",
		"/a.jpg 1x,/b.jpg 2x":                          "/b.jpg",
		"/w_1,h_2/a.jpg 300w,\n /w_3,h_4/b.jpg 900w":   "/w_3,h_4/b.jpg",
		"data:image/gif;base64,AAAA 900w, /b.jpg 300w": "/b.jpg",
		"/a.jpg":                     "/a.jpg",
		"/a.jpg 1e400w, /b.jpg NaNw": "/a.jpg",
		"":                           "",
		" , ,, ":                     "",
		strings.Repeat("/a.jpg 1w, ", 10_000) + "/b 2w": "",
	} {
		if got, _ := largest(in); got != want {
			t.Errorf("%.60q: got %q, want %q", in, got, want)
		}
	}
}

// TestBeside: what stands beside a medium is looked for near it only.
func TestBeside(t *testing.T) {
	doc, err := html.Parse(strings.NewReader("<p>" + strings.Repeat("<noscript></noscript>", 500) + "<img>" + strings.Repeat("<noscript></noscript>", 500)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range doc.Descendants() {
		if n.DataAtom == atom.Img {
			if got := len(beside(n, noscripts)); got != 2*maxBeside {
				t.Errorf("got %d elements, want %d", got, 2*maxBeside)
			}
		}
	}
}
