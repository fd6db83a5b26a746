package wacz_test

import (
	"bytes"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/wacz"
)

// BenchmarkWrite counts bytes of payload: pages of 64 KiB with their articles.
func BenchmarkWrite(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var recs []*archive.Record
	total := 0
	words := bytes.Fields([]byte("the council met again on tuesday and <p>said that</p> no road <div class=teaser> would be closed before summer, harbour mayor ferry vote"))
	for i := range 200 {
		p := page(i, "article")
		for len(p[1].Payload) < 64<<10 {
			p[1].Payload = append(append(p[1].Payload, words[rnd.IntN(len(words))]...), ' ')
		}
		p[1].Set("WARC-Payload-Digest", "")
		p[1].Finish()
		total += len(p[1].Payload)
		recs = append(recs, p...)
	}
	b.SetBytes(int64(total))
	for b.Loop() {
		temp := b.TempDir()
		w, err := wacz.NewWriter(io.Discard, wacz.WriterOptions{Temp: temp})
		if err != nil {
			b.Fatal(err)
		}
		if err := w.WriteAll(b.Context(), seq(recs)); err != nil {
			b.Fatal(err)
		}
		if _, err := w.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}
