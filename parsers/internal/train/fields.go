package main

import (
	"cmp"
	"flag"
	"fmt"
	"log"
	"maps"
	"os"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A field is what a model chooses among candidates.
type field struct {
	// right reports whether a candidate is the truth of its page, and whether the
	// page's truth says so at all.
	right func(s *sample, c *article.Candidate) (right, known bool)
	// among is asked instead where the corpus has no truth: it says which candidates,
	// of those of the page, are borne out by others.
	among func(c *article.Candidate, all []article.Candidate) (right, known bool)
	wrong float64 // what a wrong answer costs against none, where a right one gains 1; if 0, F1 decides
	// absent is how many pages without a value there may be for each page that has
	// one, where the labels have none: there, the best of the wrong candidates wins.
	absent float64
	many   bool // a page may have several values
	trees  booster
	weight float32 // of a candidate: the more, the less are leaves with few of them pulled to 0
}

// A row is a candidate of a page.
type row struct {
	of     int    // sample
	group  string // what it is chosen for: see article.Candidate.Of
	has    map[string]float64
	values evidence.Values
	right  bool
}

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
	which := flag.String("field", "", "the field, as in an article's JSON")
	corpus := flag.String("corpus", "", "the labelled pages, `files` of JSON lines, separated by commas")
	labelled := flag.String("labels", "parsers/internal/train/labels/labels.jsonl", "labels of our own for pages of the corpora, a `file`; none if empty")
	out := flag.String("o", "", "write the model to this `file`")
	predict := flag.String("predict", "", "write the articles that cross-validation predicts to this `file`, as extract --batch would")
	folds := flag.Int("folds", 5, "`number` of cross-validation parts; all pages of a site are in one")
	sources := flag.Bool("pieces", false, "print how often each piece of evidence occurs, and how often it is right")
	flag.Parse(args)
	f, ok := fields[*which]
	if !ok || *corpus == "" || *folds < 2 {
		flag.Usage()
		os.Exit(64)
	}
	samples, err := readCorpora(*corpus)
	if err != nil {
		return err
	}
	if err := readLabels(samples, *labelled); err != nil {
		return err
	}
	t := &fieldTrainer{field: f, name: *which, samples: samples, folds: *folds}
	t.collect()
	if *sources {
		t.printPieces()
	}
	t.crossValidate()
	if *predict != "" {
		if err := t.predict(*predict); err != nil {
			return err
		}
	}
	if *out != "" {
		m := t.fit(func(s *sample) bool { return true })
		m.Least, m.Curve = t.models[0].Least, t.models[0].Curve
		return os.WriteFile(*out, m.Marshal(), 0o644)
	}
	return nil
}

// collect reads the candidates of all pages outside the blind fold.
func (t *fieldTrainer) collect() {
	all := make([][]row, len(t.samples))
	each(len(t.samples), func(i int) {
		s := t.samples[i]
		if s.blind() {
			return
		}
		page, err := s.read()
		if err != nil {
			log.Printf("%s: %v", s.ID, err)
			return
		}
		_, why, err := new(parsers.Parser).Explain(page)
		if err != nil {
			return
		}
		for k := range why.Fields {
			if c := &why.Fields[k]; c.Field == t.name && len(c.Evidence) > 0 {
				if right, known := t.judge(s, c, why.Fields); known {
					all[i] = append(all[i], row{of: i, group: c.Of, has: pieces(c), right: right})
				}
			}
		}
	})
	names := map[string]bool{}
	right, pages := 0, 0
	for _, rows := range all {
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

func (t *fieldTrainer) judge(s *sample, c *article.Candidate, all []article.Candidate) (right, known bool) {
	if t.among != nil {
		return t.among(c, all)
	}
	return t.right(s, c)
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
		rows.y, rows.w = append(rows.y, y), append(rows.w, t.weight)
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
	least, f1 := t.least(judged)
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

// A judgement is what a model that does not know its site says of a candidate.
type judgement struct {
	score      float64
	right, won bool // won: the best of its group, or one of many
}

func (t *fieldTrainer) judged() []judgement {
	all := make([]judgement, len(t.rows))
	best := map[string]int{}
	for i := range t.rows {
		r := &t.rows[i]
		all[i] = judgement{score: t.models[t.samples[r.of].fold(t.folds)].Score(r.values), right: r.right, won: t.many}
		group := fmt.Sprint(r.of, r.group)
		if b, ok := best[group]; !ok || all[i].score > all[b].score {
			best[group] = i
		}
	}
	if !t.many {
		for _, i := range best {
			all[i].won = true
		}
	}
	return all
}

// least is the score of winners above which F1 is best: a winner that is right is a
// hit, one that is wrong an invention, and a right candidate that did not win, or
// scored less, a miss.
func (t *fieldTrainer) least(judged []judgement) (score, f1 float64) {
	groups := map[string]bool{} // with a right candidate
	for i := range t.rows {
		if t.rows[i].right {
			key := fmt.Sprint(t.rows[i].of, t.rows[i].group)
			if t.many {
				key = fmt.Sprint(i)
			}
			groups[key] = true
		}
	}
	var winners []judgement
	for _, j := range judged {
		if j.won {
			winners = append(winners, j)
		}
	}
	slices.SortFunc(winners, func(a, b judgement) int { return cmp.Compare(b.score, a.score) })
	hits, most := 0, 0.0
	rivals := t.rivals(judged)
	for n, j := range winners {
		if j.right {
			hits++
		}
		if gain := float64(hits) - t.wrong*(float64(n+1-hits)+t.absent*above(rivals, j.score)); t.wrong > 0 && gain >= most {
			most, score = gain, j.score
			f1 = 2 * float64(hits) / float64(n+1+len(groups))
		}
		if t.wrong > 0 {
			continue
		}
		if f := 2 * float64(hits) / float64(n+1+len(groups)); f > f1 {
			f1, score = f, j.score
		}
	}
	return score, f1
}

// rivals are the scores of the best wrong candidates of each group, ascending.
func (t *fieldTrainer) rivals(judged []judgement) []float64 {
	best := map[string]float64{}
	for i := range t.rows {
		key := fmt.Sprint(t.rows[i].of, t.rows[i].group)
		if b, ok := best[key]; !t.rows[i].right && (!ok || judged[i].score > b) {
			best[key] = judged[i].score
		}
	}
	return slices.Sorted(maps.Values(best))
}

// above is how many of some ascending scores are at least as high as one.
func above(scores []float64, least float64) float64 {
	i, _ := slices.BinarySearch(scores, least)
	return float64(len(scores) - i)
}

// calibration is how often winners of a score are right: pooled until it ascends
// (Ayer and others, 1955), with at least minPool winners to a point, and never more
// sure than their number allows.
func calibration(judged []judgement, least float64) []evidence.Point {
	const minPool = 25
	var winners []judgement
	for _, j := range judged {
		if j.won && j.score >= least {
			winners = append(winners, j)
		}
	}
	slices.SortFunc(winners, func(a, b judgement) int { return cmp.Compare(a.score, b.score) })
	type pool struct{ score, right, n float64 } // sums
	var pools []pool
	for c := range slices.Chunk(winners, minPool) {
		var p pool
		for _, j := range c {
			p.score += j.score
			p.n++
			if j.right {
				p.right++
			}
		}
		pools = append(pools, p)
		for k := len(pools) - 1; k > 0 && pools[k-1].right*pools[k].n >= pools[k].right*pools[k-1].n; k-- {
			a, b := pools[k-1], pools[k]
			pools = append(pools[:k-1], pool{a.score + b.score, a.right + b.right, a.n + b.n})
		}
	}
	var curve []evidence.Point
	for _, p := range pools {
		curve = append(curve, evidence.Point{Score: p.score / p.n, Right: (p.right + 0.5) / (p.n + 1)})
	}
	return curve
}

// predict reads each page with a model of the field that was not trained on its site;
// pages of the blind fold with that of all others.
func (t *fieldTrainer) predict(path string) error {
	whole := t.fit(func(*sample) bool { return true })
	whole.Least, whole.Curve = t.models[0].Least, t.models[0].Curve
	return writeArticles(path, t.samples, func(s *sample) *parsers.Parser {
		m := t.models[s.fold(t.folds)]
		if s.blind() {
			m = whole
		}
		return parsers.WithModels(nil, map[string]*evidence.Model{t.name: m})
	})
}
