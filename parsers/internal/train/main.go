// Command train makes the model that tells the blocks of an article from the rest
// of its page, from a corpus of labelled pages, and measures it by
// cross-validation grouped by site.
//
//	go run ./parsers/internal/train -corpus corpus.jsonl -o parsers/internal/block/model.bin -predict cv.jsonl
//
// The corpus is JSON lines with id, url, html (a path relative to it, gzip by its
// ending), charset and truth: body, or with and without (snippets that belong and
// do not belong in the body). The same corpus gives the same model.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

func main() {
	log.SetFlags(log.Ltime)
	if err := run(); err != nil {
		log.Fatal("train: ", err)
	}
}

func run() error {
	corpus := flag.String("corpus", "", "the labelled pages, JSON `lines`")
	out := flag.String("o", "", "write the model of all pages to this `file`")
	folds := flag.Int("folds", 5, "parts of cross-validation; no site is in two of them")
	predict := flag.String("predict", "", "write the articles that cross-validation reads to this `file`, as extract --batch would")
	parts := flag.String("parts", "", "keep the models of the parts in this `folder`, and use those that are there")
	first := booster{Rounds: 200, Depth: 6, Rate: 0.1}
	second := booster{Rounds: 80, Depth: 5, Rate: 0.08}
	flag.IntVar(&first.Rounds, "rounds", first.Rounds, "trees of the first look")
	flag.IntVar(&first.Depth, "depth", first.Depth, "questions from root to leaf")
	flag.Float64Var(&first.Rate, "rate", first.Rate, "learning rate")
	flag.IntVar(&second.Rounds, "rounds2", second.Rounds, "trees of the second look")
	weights := flag.String("weights", "", "how much the pages of a source matter, as `source=2,other=0.5`")
	flag.Parse()
	if *corpus == "" || *folds < 2 {
		flag.Usage()
		os.Exit(64)
	}
	samples, err := readCorpus(*corpus)
	if err != nil {
		return err
	}
	if err := weigh(samples, *weights); err != nil {
		return err
	}
	t := &trainer{samples: samples, folds: *folds, first: first, second: second}
	if err := t.parts(*parts); err != nil {
		return err
	}
	if *predict != "" {
		if err := t.predict(*predict); err != nil {
			return err
		}
	}
	if *out != "" {
		return os.WriteFile(*out, t.whole().Marshal(), 0o644)
	}
	return nil
}

// weigh says how much the pages of some sources matter; of others, 1.
func weigh(samples []*sample, weights string) error {
	of := map[string]float64{}
	for w := range strings.SplitSeq(weights, ",") {
		if w == "" {
			continue
		}
		source, factor, _ := strings.Cut(w, "=")
		f, err := strconv.ParseFloat(factor, 32)
		if err != nil || f <= 0 {
			return fmt.Errorf("-weights: %q is no source=number", w)
		}
		of[source] = f
	}
	for _, s := range samples {
		s.factor = 1
		if f, ok := of[s.Source]; ok {
			s.factor = float32(f)
		}
	}
	return nil
}

// A trainer makes models of all samples, and of all but a part of them.
type trainer struct {
	samples       []*sample
	folds         int
	first, second booster

	models []*block.Model // by the part that each has not seen
	rows   [][]float32    // by sample: the second look's, from a model that has not seen its site
	open   [][]bool       // by sample: the blocks that are looked at again
}

// parts makes the models that cross-validation needs, or finds them in a folder.
func (t *trainer) parts(dir string) error {
	file := func(k int) string { return filepath.Join(dir, fmt.Sprintf("part-%d-of-%d.bin", k+1, t.folds)) }
	t.models = make([]*block.Model, t.folds)
	if dir != "" {
		for k := range t.folds {
			data, err := os.ReadFile(file(k))
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				return err
			}
			if t.models[k], err = block.Unmarshal(data); err != nil {
				return fmt.Errorf("%s: %w", file(k), err)
			}
		}
	}
	if !slices.Contains(t.models, nil) {
		return nil
	}
	examine(t.samples)
	for k := range t.folds {
		t.models[k] = t.look(t.unseen(k))
		log.Printf("part %d of %d", k+1, t.folds)
	}
	t.lookOver()
	for k, m := range t.models {
		m.Second = t.again(t.unseen(k))
		if dir != "" {
			if err := os.WriteFile(file(k), m.Marshal(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// unseen says which samples the model of a part is made of.
func (t *trainer) unseen(part int) func(*sample) bool {
	return func(s *sample) bool { return s.fold(t.folds) != part }
}

// lookOver gives the second look its rows: it is trained on what first looks say
// of pages that they have not seen, as it will be used.
func (t *trainer) lookOver() {
	t.rows, t.open = make([][]float32, len(t.samples)), make([][]bool, len(t.samples))
	each(len(t.samples), func(i int) {
		if s := t.samples[i]; s.page != nil {
			m := t.models[s.fold(t.folds)]
			rows := s.page.Features(s.context, m)
			prob := m.First.Probabilities(rows, block.FeatureCount)
			t.rows[i], t.open[i] = s.page.SecondFeatures(rows, prob), make([]bool, len(prob))
			for k, p := range prob {
				t.open[i][k] = p > block.SecondPassMin
			}
		}
	})
}

// whole makes the model of all samples.
func (t *trainer) whole() *block.Model {
	if t.rows == nil {
		examine(t.samples)
		t.lookOver()
	}
	all := func(*sample) bool { return true }
	m := t.look(all)
	m.Second = t.again(all)
	return m
}

// look fits the tables and the first look.
func (t *trainer) look(which func(*sample) bool) *block.Model {
	var some []*sample
	for _, s := range t.samples {
		if s.page != nil && which(s) {
			some = append(some, s)
		}
	}
	c := count(some)
	whole := c.whole()
	parts := make([]set, len(some))
	each(len(some), func(i int) {
		parts[i].width = block.FeatureCount
		parts[i].add(some[i].page.Features(some[i].context, c.without(whole, some[i]).model()), some[i], nil)
	})
	rows := set{width: block.FeatureCount}
	for _, p := range parts {
		rows.x, rows.y, rows.w = append(rows.x, p.x...), append(rows.y, p.y...), append(rows.w, p.w...)
	}
	log.Printf("%d pages, %d blocks", len(some), len(rows.y))
	m := whole.model()
	m.First = t.first.fit(&rows)
	return m
}

// again fits the second look.
func (t *trainer) again(which func(*sample) bool) block.Forest {
	rows := set{width: block.SecondFeatureCount}
	for i, s := range t.samples {
		if s.page != nil && which(s) {
			rows.add(t.rows[i], s, t.open[i])
		}
	}
	return t.second.fit(&rows)
}

// predict reads each page with a model that has seen no page of its site.
func (t *trainer) predict(path string) error {
	lines := make([][]byte, len(t.samples))
	each(len(t.samples), func(i int) {
		s := t.samples[i]
		p := parsers.WithModel(t.models[s.fold(t.folds)])
		res := map[string]any{"id": s.ID}
		page, err := s.read()
		if err == nil {
			res["article"], err = p.Parse(page)
		}
		if err != nil {
			res = map[string]any{"id": s.ID, "error": err.Error()}
		}
		lines[i], _ = json.Marshal(res)
	})
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	for _, l := range lines {
		fmt.Fprintf(w, "%s\n", l)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}

// each calls do with 0 to n-1, on all cores.
func each(n int, do func(i int)) {
	var wg sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wg.Wait()
}
