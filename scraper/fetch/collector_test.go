package fetch_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// TestLargeFilesAreRefused: by the header, before their body is read.
func TestLargeFilesAreRefused(t *testing.T) {
	const maxBody, declared = 1 << 20, 64 << 20
	tests := []struct {
		contentType string
		kind        scraper.Kind
		want        int // bytes kept
	}{
		{"video/mp4", scraper.KindAsset, 0},
		{"application/zip", scraper.KindPage, 0},
		{"text/html; charset=utf-8", scraper.KindPage, maxBody},
		{"text/html charset=utf-8", scraper.KindPage, maxBody}, // malformed: may be a page
		{"application/xml", scraper.KindSitemap, maxBody},
	}
	for _, tt := range tests {
		sent := 0
		done := make(chan struct{})
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			defer close(done)
			w.Header().Set("Content-Type", tt.contentType)
			w.Header().Set("Content-Length", fmt.Sprint(declared))
			for sent < declared {
				n, err := io.WriteString(w, strings.Repeat("a text. ", 8<<10))
				if sent += n; err != nil {
					return
				}
			}
		}))
		f := local(fetch.Options{MaxBody: maxBody})
		r, err := f.Fetch(t.Context(), &scraper.Request{URL: mustParse(t, s.URL), Kind: tt.kind})
		if err != nil {
			t.Fatal(err)
		}
		<-done
		if len(r.Body) != tt.want || r.Truncated != "length" || sent == declared {
			t.Errorf("%s: got %d bytes, truncated %q, %d sent; want %d", tt.contentType, len(r.Body), r.Truncated, sent, tt.want)
		}
		if x := r.Exchanges[0]; !bytes.Contains(x.Response, []byte("Content-Length: 67108864")) || r.Header.Get("Content-Type") != tt.contentType {
			t.Errorf("%s: the record has lost the header: %q", tt.contentType, x.Response)
		}
		f.Close()
		s.Close()
	}
}

// TestOneTree: a page is decoded and parsed once, by the header as it came.
func TestOneTree(t *testing.T) {
	const contentType = "text/html charset=x-odd"
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = []string{contentType}
		if r.URL.Path == "/gone" {
			w.WriteHeader(http.StatusNotFound)
		}
		_, _ = io.WriteString(w, "<html><title>odd</title><a href=/x>link</a>")
	}))
	defer s.Close()
	decoded := 0
	f := local(fetch.Options{Decode: func(b []byte, ct, host string) ([]byte, error) {
		decoded++
		if ct != contentType || host != "127.0.0.1" {
			t.Errorf("decoded by %q of %q", ct, host)
		}
		return bytes.ReplaceAll(b, []byte("odd"), []byte("<b>even</b>")), nil
	}})
	defer f.Close()
	r, err := get(t, f, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if decoded != 1 {
		t.Errorf("decoded %d times by the fetch", decoded)
	}
	doc, err := r.Document()
	if err != nil || doc.Type != html.DocumentNode {
		t.Fatalf("got %v, %v", doc, err)
	}
	var b strings.Builder
	if err := html.Render(&b, doc); err != nil || !strings.Contains(b.String(), "even") {
		t.Errorf("got %s, %v", b.String(), err)
	}
	if !strings.Contains(string(r.Body), "odd") || len(r.Links("none")) != 1 || decoded != 1 {
		t.Errorf("got %q, %d links, decoded %d times", r.Body, len(r.Links("none")), decoded)
	}
	if r, err = get(t, f, s.URL+"/gone"); err != nil || decoded != 1 {
		t.Fatalf("decoded %d times, %v", decoded, err)
	}
	if _, err := r.Document(); err != nil || decoded != 2 {
		t.Errorf("an error page: %v, decoded %d times", err, decoded)
	}
}

// TestDeepPage: what html.Parse refuses has the tree of Parse.
func TestDeepPage(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, strings.Repeat("<div>", 600)+"<a href=/x>link</a>")
	}))
	defer s.Close()
	flat := &html.Node{Type: html.DocumentNode}
	f := local(fetch.Options{Parse: func(text []byte) *html.Node { return flat }})
	defer f.Close()
	r, err := get(t, f, s.URL)
	if err != nil {
		t.Fatal(err)
	}
	if doc, err := r.Document(); doc != flat || err != nil {
		t.Errorf("got %v, %v", doc, err)
	}
	f = local(fetch.Options{})
	defer f.Close()
	if r, err = get(t, f, s.URL); err != nil {
		t.Fatal(err)
	}
	if doc, err := r.Document(); doc != nil || err == nil || errors.Is(err, scraper.ErrNotHTML) {
		t.Errorf("without Parse: got %v, %v", doc, err)
	}
}

// TestRedirectsAreAnswers: wherever they lead.
func TestRedirectsAreAnswers(t *testing.T) {
	for _, location := range []string{"/x", "http://[::1", "http://127.0.0.1:1/", "%zz", ""} {
		u := raw(t, "HTTP/1.1 302 Found\r\nLocation: "+location+"\r\nContent-Length: 4\r\n\r\nmove")
		f := local(fetch.Options{})
		r, err := get(t, f, u)
		if err != nil || r.Status != 302 || r.Header.Get("Location") != location || string(r.Body) != "move" {
			t.Errorf("%q: got %v, %v", location, r, err)
		}
		f.Close()
	}
}
