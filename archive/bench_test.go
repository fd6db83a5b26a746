package archive

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// sitePages returns pages of one site: with the same head and foot and different stories.
func sitePages(n, size int) []string {
	r := rand.New(rand.NewPCG(5, 6))
	words := make([]string, 8000)
	for i := range words {
		b := make([]byte, 2+r.IntN(9))
		for k := range b {
			b[k] = "etaoinshrdlucmfwypvbgk"[r.IntN(22)]
		}
		words[i] = string(b)
	}
	text := func(n int) string {
		var b strings.Builder
		for i := range n {
			b.WriteString(words[int(r.ExpFloat64()*600)%len(words)])
			b.WriteString([]string{" ", " ", " ", ", "}[i%4])
		}
		return b.String()
	}
	var chrome strings.Builder
	for chrome.Len() < size*8/10 {
		fmt.Fprintf(&chrome, "<li class=\"menu-item menu-item-%d\"><a href=\"/%s\" data-x=\"%x\">%s</a></li>\n", r.IntN(9999), words[r.IntN(8000)], r.Uint64(), text(3))
	}
	half := chrome.Len() / 2
	pages := make([]string, n)
	for i := range pages {
		var b strings.Builder
		b.WriteString(chrome.String()[:half])
		for b.Len() < size-half {
			b.WriteString("<p>" + text(80) + "</p>\n")
		}
		b.WriteString(chrome.String()[half:])
		pages[i] = b.String()
	}
	return pages
}

// fill appends pages with their requests, several in parallel as a crawl does.
func fill(b *testing.B, a *Archive, w *Writer, pages []string) {
	work := make(chan int)
	done := make(chan error)
	const workers = 16
	for range workers {
		go func() {
			var err error
			for i := range work {
				if err == nil {
					_, err = w.Append(context.Background(), page(b, fmt.Sprintf("https://a.example/news/%d", i), pages[i%len(pages)])...)
				}
			}
			done <- err
		}()
	}
	for i := range pages {
		work <- i
	}
	close(work)
	for range workers {
		if err := <-done; err != nil {
			b.Error(err)
		}
	}
}

// BenchmarkArchive measures archiving 1,000 pages of 84 kB (append: durably, with
// group commit; seal), and reading them (verify: everything; record: one page of a
// sealed segment at a known location), next to plain gzip and zstd of the same bytes.
func BenchmarkArchive(b *testing.B) {
	pages := sitePages(1000, 84_000)
	size := int64(0)
	for _, p := range pages {
		size += int64(len(p))
	}
	ctx := context.Background()
	kept := func(b *testing.B) (*Archive, *Writer) {
		a := create(b)
		w, err := a.NewWriter()
		if err != nil {
			b.Fatal(err)
		}
		fill(b, a, w, pages)
		return a, w
	}
	b.Run("append", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			_, w := kept(b)
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("append+seal", func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			_, w := kept(b)
			if _, err := w.Seal(ctx); err != nil {
				b.Fatal(err)
			}
			if err := w.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	a, w := kept(b)
	defer w.Close()
	check := func(b *testing.B) {
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			if v, err := a.Verify(ctx, VerifyOptions{}); err != nil || len(v.Damage) > 0 || v.Records != 2*len(pages) {
				b.Fatal(v, err)
			}
		}
	}
	b.Run("verify journal", check)
	segment, err := w.Seal(ctx)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("verify sealed", check)
	b.Run("record", func(b *testing.B) {
		var caps []Capture
		for c, err := range a.Captures(ctx, segment) {
			if err != nil {
				b.Fatal(err)
			}
			caps = append(caps, c)
		}
		r := rand.New(rand.NewPCG(1, 1))
		b.ReportAllocs()
		for b.Loop() {
			if _, err := a.RecordAt(ctx, caps[r.IntN(len(caps))]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("plain gzip", func(b *testing.B) {
		b.SetBytes(size)
		z := gzip.NewWriter(io.Discard)
		for b.Loop() {
			for _, p := range pages {
				z.Reset(io.Discard)
				_, _ = io.WriteString(z, p)
				_ = z.Close()
			}
		}
	})
	b.Run("plain zstd", func(b *testing.B) {
		b.SetBytes(size)
		enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
		if err != nil {
			b.Fatal(err)
		}
		var out []byte
		for b.Loop() {
			for _, p := range pages {
				out = enc.EncodeAll([]byte(p), out[:0])
			}
		}
	})
}
