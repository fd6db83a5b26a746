package captions

import (
	"strings"
	"testing"
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
