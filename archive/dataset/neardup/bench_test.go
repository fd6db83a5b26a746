package neardup

import (
	"flag"
	"math/rand/v2"
	"slices"
	"testing"
)

var benchDocuments = flag.Int("neardup.documents", 20_000, "documents in BenchmarkClusters")

// articles returns texts of about 4 kB.
func articles(n int) []string {
	w := newWriter(1)
	texts := make([]string, n)
	for i := range texts {
		for len(texts[i]) < 4000 {
			texts[i] += join(w.text(100)) + "\n\n"
		}
		texts[i] = texts[i][:4000]
	}
	return texts
}

func BenchmarkSketch(b *testing.B) {
	for _, bench := range []struct {
		name  string
		texts []string
	}{
		{"ASCII", articles(200)},
		{"Quotes", quoted(articles(200))},
		{"Cyrillic", cyrillic(articles(200))},
		{"Chinese", chinese(200)},
	} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.texts[0])))
			b.ReportAllocs()
			s := NewSketch(bench.texts[0])
			i := 0
			for b.Loop() {
				s.Reset(bench.texts[i%len(bench.texts)])
				i++
			}
		})
	}
}

// quoted puts typographic quotes, dashes and accents into texts.
func quoted(texts []string) []string {
	return mapRunes(texts, func(i int, r rune) rune {
		switch {
		case r == '.':
			return '’'
		case r == '\n':
			return '\u00a0'
		case r == 'e' && i%10 == 0:
			return 'é'
		}
		return r
	})
}

func cyrillic(texts []string) []string {
	return mapRunes(texts, func(_ int, r rune) rune {
		if 'a' <= r && r <= 'z' {
			return 'а' + r - 'a'
		}
		return r
	})
}

func chinese(n int) []string {
	r := rand.New(rand.NewPCG(1, 1))
	texts := make([]string, n)
	for i := range texts {
		for range 1300 {
			texts[i] += string(0x4e00 + r.Int32N(4000))
		}
	}
	return texts
}

func mapRunes(texts []string, f func(i int, r rune) rune) []string {
	out := make([]string, len(texts))
	for i, text := range texts {
		runes := []rune(text)
		for j := range runes {
			runes[j] = f(j, runes[j])
		}
		out[i] = string(runes)
	}
	return out
}

func BenchmarkTextDigest(b *testing.B) {
	for _, bench := range []struct {
		name  string
		texts []string
	}{{"ASCII", articles(50)}, {"Quotes", quoted(articles(50))}, {"Chinese", chinese(50)}} {
		b.Run(bench.name, func(b *testing.B) {
			b.SetBytes(int64(len(bench.texts[0])))
			b.ReportAllocs()
			i := 0
			for b.Loop() {
				TextDigest(bench.texts[i%len(bench.texts)])
				i++
			}
		})
	}
}

// BenchmarkAdd measures sketching and writing from all processors.
func BenchmarkAdd(b *testing.B) {
	texts := articles(500)
	x, err := New(b.TempDir(), Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for i := 0; pb.Next(); i++ {
			if err := x.Add(Document{ID: uint64(i), Text: texts[i%len(texts)]}); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "articles/s")
}

// generated returns a sketch of a story of about 680 n-grams, without its text: one in
// five is a copy of an earlier story with a new tenth.
func generated(r *rand.Rand, s *Sketch, i uint64) {
	story := i
	if i%5 == 4 {
		story = r.Uint64N(i/5+1) * 5
	}
	hashes := rand.New(rand.NewPCG(story, 3))
	s.grams = s.grams[:0]
	for range 620 {
		s.grams = append(s.grams, hashes.Uint32())
	}
	for range 60 {
		s.grams = append(s.grams, r.Uint32())
	}
	s.sortGrams()
	s.grams = slices.Compact(s.grams)
	s.distinct = len(s.grams)
	s.digest = [32]byte{byte(i), byte(i >> 8), byte(i >> 16), byte(i >> 24)}
	s.sign()
}

// BenchmarkClusters measures Clusters over -neardup.documents generated sketches.
func BenchmarkClusters(b *testing.B) {
	for b.Loop() {
		b.StopTimer()
		x, err := New(b.TempDir(), Options{})
		if err != nil {
			b.Fatal(err)
		}
		r, s := rand.New(rand.NewPCG(8, 8)), new(Sketch)
		for i := range uint64(*benchDocuments) {
			generated(r, s, i)
			if err := x.AddSketch(i<<4, int64(i), s); err != nil {
				b.Fatal(err)
			}
		}
		b.StartTimer()
		c, err := x.Clusters(b.Context())
		if err != nil {
			b.Fatal(err)
		}
		b.StopTimer()
		b.Logf("%+v", c.Stats())
		x.Close()
		b.StartTimer()
	}
	b.ReportMetric(float64(*benchDocuments*b.N)/b.Elapsed().Seconds(), "documents/s")
}
