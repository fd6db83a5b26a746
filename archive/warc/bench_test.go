package warc_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// pages are responses that compress about as those of news sites do: to a fifth.
func pages(b *testing.B, n int) (recs []*archive.Record, payload int64) {
	random := rand.New(rand.NewPCG(3, 4))
	words := make([]string, 3000)
	for i := range words {
		for range 2 + random.IntN(9) {
			words[i] += string(rune('a' + random.IntN(26)))
		}
	}
	for i := range n {
		var p bytes.Buffer
		for p.Len() < 60_000 {
			fmt.Fprintf(&p, "<div class=\"teaser teaser--%s column is-half\"><a class=\"teaser__link\" data-track=\"front:%s\" href=\"https://a.example/news/%d/%s\"><span class=\"teaser__text\">", words[random.IntN(20)], words[random.IntN(20)], random.IntN(1e6), words[random.IntN(3000)])
			for range 4 + random.IntN(8) {
				p.WriteString(words[min(random.IntN(3000), random.IntN(3000), random.IntN(3000))])
				p.WriteByte(' ')
			}
			p.WriteString("</span></a></div>\n")
		}
		rec := capture(b, fmt.Sprint("https://a.example/", i), "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", p.String())
		payload += int64(len(rec.Payload))
		recs = append(recs, rec)
	}
	return recs, payload
}

func file(b *testing.B, o warc.Options, recs []*archive.Record) []byte {
	var out bytes.Buffer
	if err := warc.NewWriter(&out, o).WriteAll(context.Background(), all(recs), nil); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

// BenchmarkRead has the Reader next to bare decompression of the same bytes. Bytes are
// those of payloads.
func BenchmarkRead(b *testing.B) {
	recs, payload := pages(b, 300)
	for _, c := range []struct {
		name string
		o    warc.Options
		bare func(io.Reader) (io.Reader, error)
	}{
		{"gzip", warc.Options{}, func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
		{"zstd", warc.Options{Compression: warc.Zstd}, func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }},
		{"plain", warc.Options{Compression: warc.None}, func(r io.Reader) (io.Reader, error) { return r, nil }},
	} {
		data := file(b, c.o, recs)
		b.Run(c.name+"/floor", func(b *testing.B) {
			b.SetBytes(payload)
			for b.Loop() {
				r, err := c.bare(bytes.NewReader(data))
				if err == nil {
					_, err = io.Copy(io.Discard, struct{ io.Reader }{r})
				}
				if err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/reader", func(b *testing.B) {
			b.SetBytes(payload)
			b.ReportAllocs()
			for b.Loop() {
				n := 0
				for e, err := range warc.NewReader(bytes.NewReader(data), warc.ReaderOptions{}).Records(context.Background()) {
					if err != nil || len(e.Notes) > 0 {
						b.Fatal(err, e)
					}
					n++
				}
				if n != len(recs) {
					b.Fatal(n)
				}
			}
		})
	}
}

// BenchmarkWrite has the Writer next to bare compression of the same bytes in one
// goroutine.
func BenchmarkWrite(b *testing.B) {
	recs, payload := pages(b, 300)
	b.Run("gzip/floor", func(b *testing.B) {
		b.SetBytes(payload)
		w, _ := gzip.NewWriterLevel(nil, 6)
		for b.Loop() {
			for _, r := range recs {
				w.Reset(io.Discard)
				if _, err := w.Write(r.Payload); err != nil {
					b.Fatal(err)
				}
				if err := w.Close(); err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	for name, o := range map[string]warc.Options{"gzip": {}, "zstd": {Compression: warc.Zstd}, "plain": {Compression: warc.None}} {
		b.Run(name+"/all", func(b *testing.B) {
			b.SetBytes(payload)
			size := 0
			for b.Loop() {
				size = len(file(b, o, recs))
			}
			b.ReportMetric(float64(payload)/float64(size), "ratio")
		})
	}
}
