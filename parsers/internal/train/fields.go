package main

import (
	"bytes"
	"cmp"
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

// A field is what a model chooses among candidates.
type field struct {
	// right reports whether a candidate is the truth of its page, and whether the
	// page's truth says so at all.
	right    func(s *sample, c *article.Candidate) (right, known bool)
	labelled func(s *sample) bool // whether a page has a truth for it; nil: any may have
	many     bool                 // a page may have several values
	either   bool                 // a candidate and its contrary are as good: the likelier wins
	bare     bool                 // pages are read once more without most of what their heads declare, to train for sites that declare little
	always   bool                 // a page has a value: the best candidate wins, however little speaks for it
	// atLeast is the least score, and within bounds it to both sides of even odds, where
	// the score that is best on few pages is chance. 0: the best one holds.
	atLeast, within float64
	// middle says that of all least scores that are about as good the middle is
	// taken, not the best: it depends less on which pages the corpus has.
	middle bool
	// among is asked instead where the corpus has no truth: it says which candidates,
	// of those of the page, are borne out by others.
	among func(c *article.Candidate, all []article.Candidate) (right, known bool)
	wrong float64 // what a wrong answer costs against none, where a right one gains 1; if 0, F1 decides
	// absent is how many pages without a value there may be for each page that has
	// one, where the labels have none: there, the best of the wrong candidates wins.
	absent float64
	trees  booster
	weight float32 // of a candidate: the more, the less are leaves with few of them pulled to 0
	// news is how much more the candidates of a newspaper's pages weigh than those of
	// other pages; the same if 0.
	news float32
}

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
	collect(samples, trainers)
	for _, t := range trainers {
		if *sources {
			t.printPieces()
		}
		t.crossValidate()
	}
	if *predict != "" {
		if err := predictFields(*predict, samples, trainers); err != nil {
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
		rows.y, rows.w = append(rows.y, y), append(rows.w, t.weight*t.share(t.samples[r.of])*r.share)
		used = append(used, r)
	}
	m := &evidence.Model{Pieces: t.pieces}
	for _, tree := range t.trees.fit(&rows) {
		m.Trees = append(m.Trees, withMeans(tree, used))
	}
	return m
}

// share is the weight of a page among others.
func (f *field) share(s *sample) float32 {
	if f.news > 0 && s.Source == "fundus" {
		return f.news
	}
	return s.share()
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
	switch {
	case t.either:
		least = 0
	case t.atLeast != 0:
		least = t.atLeast
	case t.within != 0:
		least = min(max(least, -t.within), t.within)
	case t.always:
		for _, j := range judged {
			if j.won {
				least = min(least, j.score)
			}
		}
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

// A judgement is what a model that does not know its site says of a candidate.
type judgement struct {
	score      float64
	right, won bool // won: the best of its group, or one of many
	share      float64
}

func (t *fieldTrainer) judged() []judgement {
	all := make([]judgement, len(t.rows))
	best := map[string]int{}
	for i := range t.rows {
		r := &t.rows[i]
		if r.bare {
			continue
		}
		all[i] = judgement{score: t.models[t.samples[r.of].fold(t.folds)].Score(r.values), right: r.right, won: t.many, share: float64(r.share)}
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
	for i := range all {
		all[i].won = all[i].won && !t.samples[t.rows[i].of].made()
	}
	return all
}

// least is the score of winners above which F1 is best: a winner that is right is a
// hit, one that is wrong an invention, and a right candidate that did not win, or
// scored less, a miss.
func (t *fieldTrainer) least(judged []judgement) (score, f1 float64) {
	groups := map[string]float64{} // with a right candidate
	for i := range t.rows {
		if t.rows[i].right && !t.rows[i].bare && !t.samples[t.rows[i].of].made() {
			key := fmt.Sprint(t.rows[i].of, t.rows[i].group)
			if t.many {
				key = fmt.Sprint(i)
			}
			groups[key] = float64(t.rows[i].share)
		}
	}
	var winners []judgement
	for _, j := range judged {
		if j.won {
			winners = append(winners, j)
		}
	}
	slices.SortFunc(winners, func(a, b judgement) int { return cmp.Compare(b.score, a.score) })
	hits, all, wanted, most := 0.0, 0.0, 0.0, 0.0
	for _, key := range slices.Sorted(maps.Keys(groups)) {
		wanted += groups[key]
	}
	rivals := t.rivals(judged)
	worth := make([]float64, len(winners)) // of the score of each winner
	for n, j := range winners {
		all += j.share
		if j.right {
			hits += j.share
		}
		worth[n] = 2 * hits / (all + wanted)
		gain := hits - t.wrong*(all-hits+t.absent*above(rivals, j.score))
		switch {
		case t.wrong > 0 && gain >= most:
			most, score, f1 = gain, j.score, worth[n]
		case t.wrong == 0 && worth[n] > f1:
			f1, score = worth[n], j.score
		}
	}
	if t.middle {
		const asGood = 0.004
		good := func(f float64) bool { return f >= f1-asGood }
		first := slices.IndexFunc(worth, good)
		last := len(worth) - 1
		for last > first && !good(worth[last]) {
			last--
		}
		if first >= 0 {
			score = (winners[first].score + winners[last].score) / 2
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
