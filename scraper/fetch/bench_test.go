package fetch_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/fetch"
)

// BenchmarkFetch fetches a page as most servers send it: compressed and in chunks.
func BenchmarkFetch(b *testing.B) {
	page := newsPage()
	packed := encode(b, "gzip", page)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Content-Encoding", "gzip")
		for i := 0; i < len(packed); i += 8 << 10 {
			_, _ = w.Write(packed[i:min(len(packed), i+8<<10)])
			_ = http.NewResponseController(w).Flush()
		}
	}))
	defer s.Close()
	f := local(fetch.Options{})
	defer f.Close()
	req := &scraper.Request{URL: mustParse(b, s.URL)}
	for b.Loop() {
		r, err := f.Fetch(b.Context(), req)
		if err != nil || len(r.Body) != len(page) {
			b.Fatal(err)
		}
	}
}
