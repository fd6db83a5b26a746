// Command train makes the models of package parsers from corpora of labelled pages,
// and measures them on sites that they were not trained on.
//
//	train body   -corpus FILES -o parsers/internal/block/model.bin -predict cv.jsonl
//	train field  -field title -corpus FILES -o parsers/headline/title.model -predict cv.jsonl
//	train reliability -corpus FILES
//	train split  -corpus FILE -o DIR
//	train view   -corpus FILES -ids FILE -o DIR
//
// body makes the model that separates the blocks of an article from the rest of its
// page; field makes the model that chooses the value of a field among candidates.
// reliability prints how often fields are right by how sure they say to be.
// split divides a corpus into the sites that may be read while working and the blind
// fold, whose pages are never opened: only its totals are looked at. view shows
// pages to those who label them (labels/README.md).
//
// A corpus is JSON lines with id, url, html (a path relative to it, gzip by its
// ending), charset and truth: body, or with and without (snippets that belong and
// do not belong in the body). FILES are separated by commas. The same corpus gives
// the same models. Models are trained without the blind fold.
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"maps"
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

// commands are what the program can do, by name.
var commands = map[string]func(name string, args []string) error{
	"body":        trainBody,
	"field":       trainField,
	"reliability": printReliability,
	"split":       splitCorpus,
	"view":        viewPages,
}

func main() {
	log.SetFlags(log.Ltime)
	if len(os.Args) < 2 || commands[os.Args[1]] == nil {
		fmt.Fprintln(os.Stderr, "usage: train", strings.Join(slices.Sorted(maps.Keys(commands)), "|"), "[flags]")
		os.Exit(64)
	}
	if err := commands[os.Args[1]](os.Args[1], os.Args[2:]); err != nil {
		log.Fatal("train: ", err)
	}
}

// trainBody trains and measures the model of the body.
func trainBody(name string, args []string) error {
	flag := flag.NewFlagSet(name, flag.ExitOnError)
	corpus := flag.String("corpus", "", "the labelled pages, `files` of JSON lines, separated by commas")
	out := flag.String("o", "", "write the model of all pages to this `file`")
	folds := flag.Int("folds", 5, "`number` of cross-validation parts; all pages of a site are in one")
	predict := flag.String("predict", "", "write the articles that cross-validation predicts to this `file`, as extract --batch would")
	parts := flag.String("parts", "", "keep the models of the parts in this `folder`, and reuse those in it")
	first := booster{Rounds: 200, Depth: 6, Rate: 0.1}
	second := booster{Rounds: 80, Depth: 5, Rate: 0.08}
	flag.IntVar(&first.Rounds, "rounds", first.Rounds, "trees of the first pass")
	flag.IntVar(&first.Depth, "depth", first.Depth, "depth of the trees of the first pass")
	flag.Float64Var(&first.Rate, "rate", first.Rate, "learning rate")
	flag.IntVar(&second.Rounds, "rounds2", second.Rounds, "trees of the second pass")
	again := flag.Bool("again", false, "keep the models in the folder of parts and the one written before, and fit anew only how sure they are")
	alter := flag.Bool("augment", true, "train with long, short and nameless pages made of those of the corpus")
	weights := flag.String("weights", "", "weights of the pages of sources, as `source=2,other=0.5`; 1 for others")
	flag.Parse(args)
	if *corpus == "" || *folds < 2 {
		flag.Usage()
		os.Exit(64)
	}
	samples, err := readCorpora(*corpus)
	if err != nil {
		return err
	}
	if err := weigh(samples, *weights); err != nil {
		return err
	}
	t := &trainer{samples: samples, corpus: len(samples), folds: *folds, augment: *alter, again: *again, first: first, second: second}
	if err := t.parts(*parts); err != nil {
		return err
	}
	if *predict != "" {
		if err := t.predict(*predict); err != nil {
			return err
		}
	}
	if *out != "" {
		if *again {
			if t.before, err = readModel(*out); err != nil {
				return err
			}
		}
		return os.WriteFile(*out, t.whole().Marshal(), 0o644)
	}
	return nil
}

// weigh sets the weights of pages by their source; 1 for sources not named.
func weigh(samples []*sample, weights string) error {
	of := map[string]float64{}
	for w := range strings.SplitSeq(weights, ",") {
		if w == "" {
			continue
		}
		source, factor, _ := strings.Cut(w, "=")
		f, err := strconv.ParseFloat(factor, 32)
		if err != nil || f <= 0 {
			return fmt.Errorf("-weights: %q is not of the form source=number, with a number above 0", w)
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
	corpus        int // how many of them are the corpus, the first ones; others are altered pages
	folds         int
	augment       bool
	again         bool // keep models that were made before
	first, second booster

	models  []*block.Model // by the part that each was not trained on
	rows    [][]float32    // by sample: of the second pass, from a model not trained on its site
	open    [][]bool       // by sample: the blocks that the second pass scores
	chain   []*labelledChain
	verdict []*verdict   // by sample
	before  *block.Model // of all samples, if it was made before
}

// parts makes the models of cross-validation, or reads them from a folder.
func (t *trainer) parts(dir string) error {
	file := func(k int) string { return filepath.Join(dir, fmt.Sprintf("part-%d-of-%d.bin", k+1, t.folds)) }
	t.models = make([]*block.Model, t.folds)
	if dir != "" {
		for k := range t.folds {
			m, err := readModel(file(k))
			if errors.Is(err, fs.ErrNotExist) {
				break
			}
			if err != nil {
				return err
			}
			t.models[k] = m
		}
	}
	done := !slices.Contains(t.models, nil)
	if done && !t.again {
		return nil
	}
	if !done {
		t.partsAnew()
	}
	t.confidences()
	if dir == "" {
		return nil
	}
	for k, m := range t.models {
		if err := os.WriteFile(file(k), m.Marshal(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// partsAnew makes the models of the parts, but for their confidence.
func (t *trainer) partsAnew() {
	t.examine()
	for k := range t.folds {
		t.models[k] = t.firstPass(t.trainedOn(k))
		log.Printf("part %d of %d", k+1, t.folds)
	}
	t.secondRows()
	for k, m := range t.models {
		m.Second = t.secondPass(t.trainedOn(k))
	}
	t.chains()
	for k, m := range t.models {
		m.Sequence = t.sequence(t.trainedOn(k))
	}
	t.compare()
}

// readModel reads a model that was kept.
func readModel(path string) (*block.Model, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	m, err := block.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return m, nil
}

// examine reads the pages, and makes others of them to train on.
func (t *trainer) examine() {
	examine(t.samples)
	t.corpus = len(t.samples)
	if t.augment {
		altered := augment(t.samples, t.folds)
		examine(altered)
		t.samples = append(t.samples, altered...)
	}
}

// trainedOn reports which samples the model of a part is trained on.
func (t *trainer) trainedOn(part int) func(*sample) bool {
	return func(s *sample) bool { return !s.blind() && s.fold(t.folds) != part }
}

// secondRows makes the rows of the second pass. It is trained on the first pass's
// scores of pages that the first pass was not trained on, as in later use.
func (t *trainer) secondRows() {
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

// whole makes the model of all samples but those of the blind fold.
func (t *trainer) whole() *block.Model {
	if t.verdict == nil {
		t.verdict = t.verdicts()
	}
	if t.rows == nil && t.before == nil {
		t.examine()
		t.secondRows()
		t.chains()
	}
	all := func(s *sample) bool { return !s.blind() }
	m := t.before
	if m == nil {
		m = t.firstPass(all)
		m.Second = t.secondPass(all)
		m.Sequence = t.sequence(all)
	}
	m.Confidence = t.confidence(t.verdict, all)
	return m
}

// firstPass fits the tables and the first forest.
func (t *trainer) firstPass(which func(*sample) bool) *block.Model {
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

// secondPass fits the second forest.
func (t *trainer) secondPass(which func(*sample) bool) block.Forest {
	rows := set{width: block.SecondFeatureCount}
	for i, s := range t.samples {
		if s.page != nil && which(s) {
			rows.add(t.rows[i], s, t.open[i])
		}
	}
	return t.second.fit(&rows)
}

// predict reads each page with a model that was not trained on its site.
func (t *trainer) predict(path string) error {
	return writeArticles(path, t.samples[:t.corpus], func(s *sample) *parsers.Parser {
		return parsers.WithModels(t.models[s.fold(t.folds)], nil)
	})
}

// writeArticles writes what a parser reads of each page, as extract --batch would.
func writeArticles(path string, samples []*sample, parser func(*sample) *parsers.Parser) error {
	lines := make([][]byte, len(samples))
	each(len(samples), func(i int) {
		s := samples[i]
		res := map[string]any{"id": s.ID}
		page, err := s.read()
		if err == nil {
			res["article"], err = parser(s).Parse(page)
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
