package main

import (
	"bytes"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A row is a candidate of a page.
type row struct {
	of     int    // sample
	group  string // what it is chosen for: see article.Candidate.Of
	has    map[string]float64
	values evidence.Values
	right  bool
	share  float32 // of its weight: less on a page with many candidates
	bare   bool    // for training only
}

// maxWeighed is how many candidates of a page weigh as much as they are, so that a
// page with a list of hundreds does not drown the others.
const maxWeighed = 10

// fieldTrainer trains the model of one field.
type fieldTrainer struct {
	field
	name    string
	pieces  []string
	samples []*sample
	rows    []row
	folds   int
	models  []*evidence.Model // by part
}

// trainField makes and measures the model of a field. The candidates of a page are
// those that Parser.Explain lists: their evidence is what the model is taught with.
func trainField(name string, args []string) error {
	flag := flag.NewFlagSet(name, flag.ExitOnError)
	which := flag.String("field", "", "the `fields`, by the names of their models, separated by commas")
	corpus := flag.String("corpus", "", "the labelled pages, `files` of JSON lines, separated by commas")
	labelled := flag.String("labels", "parsers/internal/train/labels/labels.jsonl", "labels of our own for pages of the corpora, a `file`; none if empty")
	out := flag.String("o", "", "write the models to these `files`, separated by commas")
	predict := flag.String("predict", "", "write the articles that cross-validation predicts with the models of these fields to this `file`, as extract --batch would")
	folds := flag.Int("folds", 5, "`number` of cross-validation parts; all pages of a site are in one")
	sources := flag.Bool("pieces", false, "print how often each piece of evidence occurs, and how often it is right")
	flag.Parse(args)
	var trainers []*fieldTrainer
	for name := range strings.SplitSeq(*which, ",") {
		f, ok := fields[name]
		if !ok || *corpus == "" || *folds < 2 {
			flag.Usage()
			os.Exit(64)
		}
		trainers = append(trainers, &fieldTrainer{field: f, name: name, folds: *folds})
	}
	samples, err := readCorpora(*corpus)
	if err != nil {
		return err
	}
	if err := readLabels(samples, *labelled); err != nil {
		return err
	}
	corpusPages := len(samples)
	for _, t := range trainers {
		if t.more != nil {
			samples = append(samples, t.more(samples)...)
		}
	}
	collect(samples, trainers)
	for _, t := range trainers {
		if *sources {
			t.printPieces()
		}
		t.crossValidate()
	}
	if *predict != "" {
		if err := predictFields(*predict, samples[:corpusPages], trainers); err != nil {
			return err
		}
	}
	if *out == "" {
		return nil
	}
	for i, path := range strings.Split(*out, ",") {
		if i < len(trainers) {
			if err := os.WriteFile(path, trainers[i].whole().Marshal(), 0o644); err != nil {
				return err
			}
		}
	}
	return nil
}

// whole is the model of all pages, with what cross-validation says of its scores.
func (t *fieldTrainer) whole() *evidence.Model {
	m := t.fit(func(*sample) bool { return true })
	m.Least, m.Curve = t.models[0].Least, t.models[0].Curve
	return m
}

// collect reads the candidates of all pages outside the blind fold that some of the
// fields have a truth for.
func collect(samples []*sample, trainers []*fieldTrainer) {
	all := make([][][]row, len(trainers)) // by trainer and sample
	var bare []*fieldTrainer
	for k, t := range trainers {
		t.samples = samples
		all[k] = make([][]row, len(samples))
		if t.bare {
			bare = append(bare, t)
		}
	}
	each(len(samples), func(i int) {
		s := samples[i]
		if s.blind() || !slices.ContainsFunc(trainers, func(t *fieldTrainer) bool { return t.labelled == nil || t.labelled(s) }) {
			return
		}
		page, err := s.read()
		if err != nil {
			log.Printf("%s: %v", s.ID, err)
			return
		}
		for k, rows := range candidates(trainers, i, page) {
			all[k][i] = rows
		}
		if len(bare) == 0 {
			return
		}
		page.HTML = withoutHead(page.HTML)
		for n, rows := range candidates(bare, i, page) {
			for r := range rows {
				rows[r].bare = true
			}
			k := slices.Index(trainers, bare[n])
			all[k][i] = append(all[k][i], rows...)
		}
	})
	for k, t := range trainers {
		t.take(all[k])
	}
}

// candidates are the rows of a page for each of some fields.
func candidates(trainers []*fieldTrainer, i int, page *article.Page) [][]row {
	all := make([][]row, len(trainers))
	_, why, err := new(parsers.Parser).Explain(page)
	if err != nil {
		return all
	}
	for k, t := range trainers {
		for n := range why.Fields {
			if c := &why.Fields[n]; c.Field == t.name && len(c.Evidence) > 0 {
				if right, known := t.judge(t.samples[i], c, why.Fields); known {
					all[k] = append(all[k], row{of: i, group: c.Of, has: pieces(c), right: right})
				}
			}
		}
	}
	return all
}

// take sets the rows of a field, by sample, and the pieces that they have.
func (t *fieldTrainer) take(all [][]row) {
	names := map[string]bool{}
	right, pages := 0, 0
	for _, rows := range all {
		for i := range rows {
			rows[i].share = min(1, maxWeighed/float32(len(rows)))
		}
		t.rows = append(t.rows, rows...)
		if len(rows) > 0 {
			pages++
		}
		for _, r := range rows {
			for name := range r.has {
				names[name] = true
			}
			if r.right {
				right++
			}
		}
	}
	t.pieces = slices.Sorted(maps.Keys(names))
	for i := range t.rows {
		t.rows[i].values = make(evidence.Values, len(t.pieces))
		for k, name := range t.pieces {
			t.rows[i].values[k] = t.rows[i].has[name]
		}
	}
	log.Printf("%s: %d candidates on %d pages, %d of them right, %d pieces of evidence", t.name, len(t.rows), pages, right, len(t.pieces))
}

var headData = regexp.MustCompile(`(?is)<script[^>]*application/ld\+json.*?</script>|<meta\s[^>]*(?:property|name)\s*=[^>]*>`)

// withoutHead is a page's source without its JSON-LD and its named meta elements, but
// for the description.
func withoutHead(source []byte) []byte {
	return headData.ReplaceAllFunc(source, func(m []byte) []byte {
		if bytes.Contains(bytes.ToLower(m), []byte(`"description"`)) {
			return m
		}
		return nil
	})
}

// pieces are the values of a candidate's evidence.
func pieces(c *article.Candidate) map[string]float64 {
	has := map[string]float64{}
	for _, e := range c.Evidence {
		if e.Name != evidence.Any && e.Value != 0 {
			has[e.Name] = e.Value
		}
	}
	return has
}

// printPieces prints how often each piece occurs and how often candidates that have
// it are right.
func (t *fieldTrainer) printPieces() {
	for k, name := range t.pieces {
		n, right := 0, 0
		for i := range t.rows {
			if r := &t.rows[i]; r.values[k] != 0 {
				n++
				if r.right {
					right++
				}
			}
		}
		fmt.Printf("%6d  %.3f right  %s\n", n, float64(right)/float64(n), name)
	}
}

// fit makes a model of the candidates of some samples. Each page weighs the same,
// and each group of candidates in it.
func (t *fieldTrainer) fit(which func(*sample) bool) *evidence.Model {
	rows := set{width: len(t.pieces)}
	var used []*row
	for i := range t.rows {
		r := &t.rows[i]
		if s := t.samples[r.of]; !which(s) {
			continue
		}
		for _, v := range r.values {
			rows.x = append(rows.x, float32(v))
		}
		y := float32(0)
		if r.right {
			y = 1
		}
		rows.y, rows.w = append(rows.y, y), append(rows.w, t.weight*t.share(t.samples[r.of])*r.share)
		used = append(used, r)
	}
	m := &evidence.Model{Pieces: t.pieces}
	for _, tree := range t.trees.fit(&rows) {
		m.Trees = append(m.Trees, withMeans(tree, used))
	}
	return m
}

// withMeans gives the nodes of a tree what it says before they ask: the mean of the
// leaves that the rows lead to.
func withMeans(tree block.Tree, rows []*row) evidence.Tree {
	t := make(evidence.Tree, len(tree))
	for i, n := range tree {
		t[i] = evidence.Node{Piece: int(n.Feature), Yes: int(n.Yes), No: int(n.No), At: float64(n.At)}
		if n.Feature == block.Leaf {
			t[i] = evidence.Node{Piece: -1, Value: float64(n.At)}
		}
	}
	sum, count := make([]float64, len(t)), make([]float64, len(t))
	for _, r := range rows {
		var path []int
		k := 0
		for t[k].Piece >= 0 {
			path = append(path, k)
			k = t[k].Next(r.values)
		}
		for _, n := range path {
			sum[n] += t[k].Value
			count[n]++
		}
	}
	for i := range t {
		if t[i].Piece >= 0 && count[i] > 0 {
			t[i].Value = sum[i] / count[i]
		}
	}
	return t
}

// crossValidate makes the models of the parts, and learns from what they say of the
// pages that they were not trained on which score a winner needs and how sure it is.
func (t *fieldTrainer) crossValidate() {
	t.models = make([]*evidence.Model, t.folds)
	for k := range t.folds {
		t.models[k] = t.fit(func(s *sample) bool { return s.fold(t.folds) != k })
	}
	judged := t.judged()
	least, f1 := t.best(judged)
	if t.field.least != nil {
		least = t.field.least(least, judged)
	}
	curve := calibration(judged, least)
	for _, m := range t.models {
		m.Least, m.Curve = least, curve
	}
	top, n := 0, 0
	for _, j := range judged {
		if j.won && j.score >= least {
			n++
			if j.right {
				top++
			}
		}
	}
	log.Printf("%s, cross-validated: least score %.2f, F1 of candidates %.4f; %d winners, %.4f of them right", t.name, least, f1, n, float64(top)/float64(max(n, 1)))
}

// predictFields reads each page with models of the fields that were not trained on its
// site; pages of the blind fold with those of all others.
func predictFields(path string, samples []*sample, trainers []*fieldTrainer) error {
	models := func(of func(t *fieldTrainer) *evidence.Model) map[string]*evidence.Model {
		all := map[string]*evidence.Model{}
		for _, t := range trainers {
			all[t.name] = of(t)
		}
		return all
	}
	whole := models((*fieldTrainer).whole)
	return writeArticles(path, samples, func(s *sample) *parsers.Parser {
		if s.blind() {
			return parsers.WithModels(nil, whole)
		}
		return parsers.WithModels(nil, models(func(t *fieldTrainer) *evidence.Model { return t.models[s.fold(t.folds)] }))
	})
}
