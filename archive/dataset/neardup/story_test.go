package neardup

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// writer makes up stories: words of a Zipf distribution over a vocabulary of its own,
// with the set phrases that all news texts share.
type writer struct {
	*rand.Rand
	zipf  *rand.Zipf
	words []string
}

var phrases = strings.Split("said in a statement on|told reporters that the|according to people familiar with the matter|"+
	"did not immediately respond to a request for comment|for the first time in more than a decade|at the end of the", "|")

func newWriter(seed uint64) *writer {
	r := rand.New(rand.NewPCG(seed, 7))
	w := &writer{Rand: r, zipf: rand.NewZipf(r, 1.1, 3, 19_999), words: make([]string, 20_000)}
	syllables := strings.Fields("ba ke li mo nu ra se ti vo du fa ge hi jo ku la me ni pa ro su ta ve wi zo sha tre plo gri")
	for i := range w.words {
		for range 1 + min(3, i/20+w.IntN(2)) {
			w.words[i] += syllables[w.IntN(len(syllables))]
		}
	}
	return w
}

// text returns n words or a few more, in sentences.
func (w *writer) text(n int) []string {
	var out []string
	for len(out) < n {
		if w.IntN(60) == 0 {
			out = append(out, strings.Fields(phrases[w.IntN(len(phrases))])...)
			continue
		}
		word := w.words[w.zipf.Uint64()]
		if w.IntN(15) == 0 {
			word += "."
		}
		out = append(out, word)
	}
	return out
}

// changed returns the text with n words replaced.
func (w *writer) changed(text []string, n int) []string {
	text = slices.Clone(text)
	for range n {
		text[w.IntN(len(text))] = w.words[w.zipf.Uint64()+10] + "x"
	}
	return text
}

// edits are what happens to a story on its way to another site, with the share of
// pairs that must be found.
var edits = []struct {
	name   string
	least  float64
	change func(w *writer, text []string) []string
}{
	{"one word changed", 1, func(w *writer, t []string) []string { return w.changed(t, 1) }},
	{"sentence appended", 1, func(w *writer, t []string) []string { return append(slices.Clone(t), w.text(15)...) }},
	{"paragraph added and five words changed", 1, func(w *writer, t []string) []string {
		half := len(t) / 2
		return w.changed(slices.Concat(t[:half], w.text(30), t[half:]), 5)
	}},
	{"new lead and 30 % cut from the end", 0.9, func(w *writer, t []string) []string {
		return append(w.text(40), t[25:len(t)*7/10]...)
	}},
	{"half rewritten", 0, func(w *writer, t []string) []string {
		return append(slices.Clone(t[:len(t)/2]), w.text(len(t)/2)...)
	}},
}

func join(words []string) string { return strings.Join(words, " ") }

// clusterDocs returns the members of all documents, by ID.
func clusterDocs(t testing.TB, opts Options, docs []Document) ([]Member, Stats) {
	t.Helper()
	x, err := New(t.TempDir(), opts)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	}()
	for _, d := range docs {
		if err := x.Add(d); err != nil {
			t.Fatal(err)
		}
	}
	c, err := x.Clusters(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return collect(t, c), c.Stats()
}

func collect(t testing.TB, c *Clusters) []Member {
	t.Helper()
	var out []Member
	for m, err := range c.All() {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

func byIDMap(members []Member) map[uint64]Member {
	out := map[uint64]Member{}
	for _, m := range members {
		out[m.ID] = m
	}
	return out
}

// classicKeys are the band keys of plain MinHash: 112 permutations modulo 2⁶¹-1. The
// tests hold fast similarity sketching to its recall.
func classicKeys(s *Sketch) (keys [bands]string, sig [bins]uint64) {
	const p = 1<<61 - 1
	r := rand.New(rand.NewPCG(1, 1))
	for i := range sig {
		a, b := 1+r.Uint64N(p-1), r.Uint64N(p)
		sig[i] = p
		for _, g := range s.grams {
			sig[i] = min(sig[i], mulMod61(a, uint64(g))+b)
		}
	}
	for i := range keys {
		keys[i] = fmt.Sprint(sig[i*rows : i*rows+rows])
	}
	return keys, sig
}

func meet[K comparable](a, b [bands]K) bool {
	for i := range a {
		if a[i] == b[i] {
			return true
		}
	}
	return false
}
