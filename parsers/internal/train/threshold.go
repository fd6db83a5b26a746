package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A threshold gives the least score of a field's winners, where the one that is best on
// the pages of the corpus is not taken as it is.
type threshold func(best float64, judged []judgement) float64

// fixed is a threshold for few pages, on which the best is chance.
func fixed(least float64) threshold {
	return func(float64, []judgement) float64 { return least }
}

// evenOdds is for candidates whose contrary is as good: the likelier wins.
var evenOdds = fixed(0)

// nearEven is the best one, but no further from even odds than this.
func nearEven(far float64) threshold {
	return func(best float64, _ []judgement) float64 { return min(max(best, -far), far) }
}

// lowest is for what each page has: the best candidate wins, however little speaks for
// it.
func lowest(best float64, judged []judgement) float64 {
	for _, j := range judged {
		if j.won {
			best = min(best, j.score)
		}
	}
	return best
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

// best is the score of winners above which F1 is best: a winner that is right is a
// hit, one that is wrong an invention, and a right candidate that did not win, or
// scored less, a miss.
func (t *fieldTrainer) best(judged []judgement) (score, f1 float64) {
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
	for _, j := range winners {
		all += j.share
		if j.right {
			hits += j.share
		}
		worth := 2 * hits / (all + wanted)
		gain := hits - t.wrong*(all-hits+t.absent*above(rivals, j.score))
		switch {
		case t.wrong > 0 && gain >= most:
			most, score, f1 = gain, j.score, worth
		case t.wrong == 0 && worth > f1:
			f1, score = worth, j.score
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
