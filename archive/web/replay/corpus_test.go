package replay

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"golang.org/x/net/html"
)

// TestPages rewrites all pages (*.html.gz) of a folder that NEWSMORGUE_PAGES names, checks
// that none refers outside the archive, and says how long that takes compared with
// parsing alone.
func TestPages(t *testing.T) {
	dir := os.Getenv("NEWSMORGUE_PAGES")
	if dir == "" {
		t.Skip("NEWSMORGUE_PAGES names no folder with pages")
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.html.gz"))
	if err != nil || len(names) == 0 {
		t.Fatalf("no pages in %s: %v", dir, err)
	}
	var size, written int
	var bare, whole time.Duration
	for _, name := range names {
		page := unzip(t, name)
		size += len(page)
		start := time.Now()
		if _, err := html.Parse(bytes.NewReader(page)); err != nil {
			t.Logf("%s: %v", filepath.Base(name), err)
		}
		bare += time.Since(start)
		start = time.Now()
		out, _ := HTML(page, source(t, "https://paper.example/section/story.html"), Options{})
		whole += time.Since(start)
		written += len(out)
		checkPage(t, out)
		if t.Failed() {
			t.Fatalf("in %s", name)
		}
	}
	mb := float64(size) / 1e6
	t.Logf("%d pages, %.1f MB, rewritten to %.1f MB: parsed %.1f MB/s, rewritten %.1f MB/s", len(names), mb, float64(written)/1e6, mb/bare.Seconds(), mb/whole.Seconds())
}

func unzip(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	page, err := io.ReadAll(io.LimitReader(z, MaxPage))
	if err != nil {
		t.Fatal(err)
	}
	return page
}
