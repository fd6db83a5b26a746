package main

import (
	"compress/gzip"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// corpus writes pages of as many sites, each a story in a frame, and lists them.
func corpus(t *testing.T, sites int) string {
	t.Helper()
	dir := t.TempDir()
	list, err := os.Create(filepath.Join(dir, "corpus.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	defer list.Close()
	rng := rand.New(rand.NewPCG(1, 1))
	for i := range sites {
		var truth, story strings.Builder
		for k := range 4 {
			s := fmt.Sprintf("On day %d of the voyage number %d the crew counted %d gulls, ate what was left, and wrote home about it.", k, i, rng.IntN(1000))
			fmt.Fprintf(&truth, "%s\n\n", s)
			fmt.Fprintf(&story, "<p>%s</p>", s)
		}
		name := fmt.Sprintf("p%d.html.gz", i)
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		z := gzip.NewWriter(f)
		fmt.Fprintf(z, `<title>Voyage %d</title><nav><a href=/>Home</a> <a href=/a>All voyages</a></nav><h1>Voyage %d</h1><div class="story-text"><h2>Gulls</h2>%s</div><div class="share-box"><p>Share this voyage with your friends and followers today.</p></div>`, i, i, story.String())
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		f.Close()
		line, err := json.Marshal(map[string]any{"id": name, "source": "voyages", "url": fmt.Sprintf("https://site%d.example/x", i), "html": name, "truth": map[string]string{"body": "Gulls\n\n" + truth.String()}})
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(list, "%s\n", line)
	}
	return list.Name()
}

// TestMark: the blocks of the truth are labelled, short ones next to them too, and
// nothing else.
func TestMark(t *testing.T) {
	samples, err := readCorpus(corpus(t, 1))
	if err != nil {
		t.Fatal(err)
	}
	if err := weigh(samples, "voyages=2"); err != nil {
		t.Fatal(err)
	}
	examine(samples)
	s := samples[0]
	if s.site != "site0" {
		t.Errorf("site: got %q", s.site)
	}
	for i, b := range s.page.Blocks {
		want := float32(0)
		if strings.HasPrefix(b.Text, "On day") || b.Text == "Gulls" {
			want = 1
		}
		if s.label[i] != want || s.weight[i] <= 0 {
			t.Errorf("%q: got label %v, weight %v; want label %v", b.Text, s.label[i], s.weight[i], want)
		}
	}
	if err := weigh(samples, "voyages=no"); err == nil {
		t.Error("a weight that is not a number is accepted")
	}
}

// TestWithout: the weights for a page do not depend on its own site.
func TestWithout(t *testing.T) {
	samples, err := readCorpus(corpus(t, 12))
	if err != nil {
		t.Fatal(err)
	}
	if err := weigh(samples, ""); err != nil {
		t.Fatal(err)
	}
	examine(samples)
	c := count(samples)
	whole := c.whole()
	without := c.without(whole, samples[3])
	rest := count(append(append([]*sample{}, samples[:3]...), samples[4:]...)).whole()
	if len(whole.names) == 0 || len(whole.terms) == 0 {
		t.Fatalf("got %d names and %d terms", len(whole.names), len(whole.terms))
	}
	for h, w := range rest.names {
		if got := without.names[h]; got-w > 0.2 || w-got > 0.2 { // the priors differ a little
			t.Errorf("name %d: got %v, want %v", h, got, w)
		}
	}
}

// TestFit: trees learn an exclusive or, and the same rows give the same trees.
func TestFit(t *testing.T) {
	s := set{width: 3}
	rng := rand.New(rand.NewPCG(3, 4))
	for range 4000 {
		a, b, noise := rng.Float32(), rng.Float32(), rng.Float32()
		s.x = append(s.x, a, b, noise)
		y := float32(0)
		if (a > 0.5) != (b > 0.3) {
			y = 1
		}
		s.y, s.w = append(s.y, y), append(s.w, 1)
	}
	fit := booster{Rounds: 60, Depth: 3, Rate: 0.3}
	f := fit.fit(&s)
	for _, c := range []struct{ a, b, want float32 }{{0.9, 0.1, 1}, {0.1, 0.9, 1}, {0.9, 0.9, 0}, {0.1, 0.1, 0}} {
		if p := f.Probability([]float32{c.a, c.b, 0.5}); (p > 0.5) != (c.want == 1) {
			t.Errorf("%v, %v: got %.2f, want %v", c.a, c.b, p, c.want)
		}
	}
	if again := fit.fit(&s); !reflect.DeepEqual(f, again) {
		t.Error("the same rows give different trees")
	}
}

// TestTrain: a whole training gives a model that separates stories from the rest.
func TestTrain(t *testing.T) {
	samples, err := readCorpus(corpus(t, 20))
	if err != nil {
		t.Fatal(err)
	}
	if err := weigh(samples, ""); err != nil {
		t.Fatal(err)
	}
	tr := &trainer{samples: samples, folds: 2, first: booster{Rounds: 20, Depth: 3, Rate: 0.3}, second: booster{Rounds: 10, Depth: 2, Rate: 0.3}}
	dir := t.TempDir()
	if err := tr.parts(dir); err != nil {
		t.Fatal(err)
	}
	again := &trainer{samples: samples, folds: 2}
	if err := again.parts(dir); err != nil || len(again.models) != 2 {
		t.Fatalf("the models of the parts are not read back: %v", err)
	}
	m, err := block.Unmarshal(tr.whole().Marshal())
	if err != nil {
		t.Fatal(err)
	}
	s := samples[0]
	m.Score(s.page, s.context)
	for i, b := range s.page.Blocks {
		if (b.Probability > 0.5) != (s.label[i] == 1) {
			t.Errorf("%q: got %.2f, want %v", b.Text, b.Probability, s.label[i])
		}
	}
}
