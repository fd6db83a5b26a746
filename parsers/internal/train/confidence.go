package main

import (
	"log"
	"math"

	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/body"
	"github.com/newsmorgue/newsmorgue/parsers/headline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// rightFrom is the F1 of words from which a body counts as read rightly.
const rightFrom = 0.9

// A verdict is what speaks for a reading, and whether it was right.
type verdict struct {
	values []float64
	right  bool
}

// verdicts reads the pages whose story is known, each with a model that was not
// trained on its site; nil for others.
func (t *trainer) verdicts() []*verdict {
	all := make([]*verdict, t.corpus)
	each(t.corpus, func(i int) {
		s := t.samples[i]
		if s.Truth.Body == "" {
			return
		}
		page, err := s.read()
		if err != nil {
			return
		}
		root, err := parsers.Document(page)
		if err != nil {
			return
		}
		p := doc.Read(page, root)
		title, _ := headline.Title(p)
		standfirst := headline.Subtitle(p, title)
		chosen := body.Choose(p, t.models[s.fold(t.folds)], title, standfirst.First)
		chosen.KeepStandfirst(standfirst.Text, standfirst.First)
		left := map[uint32]int{}
		truth := terms(s.Truth.Body)
		for _, w := range truth {
			left[w]++
		}
		both, got := 0, 0
		for _, b := range p.Blocks {
			if !chosen.Kept(b) {
				continue
			}
			for _, w := range terms(b.Text) {
				got++
				if left[w] > 0 {
					left[w]--
					both++
				}
			}
		}
		all[i] = &verdict{chosen.Certainty().Values, 2*float64(both) >= rightFrom*float64(got+len(truth))}
	})
	return all
}

// confidence fits a logistic regression to the verdicts on some pages.
func (t *trainer) confidence(all []*verdict, which func(*sample) bool) []float32 {
	var some []*verdict
	for i, v := range all {
		if v != nil && which(t.samples[i]) {
			some = append(some, v)
		}
	}
	if len(some) == 0 {
		return nil
	}
	const (
		steps = 4_000
		rate  = 1.0
		ridge = 1.0
	)
	weights := make([]float64, len(some[0].values))
	var loss float64
	for range steps {
		gradient := make([]float64, len(weights))
		loss = 0
		for _, v := range some {
			odds := 0.0
			for k, x := range v.values {
				odds += weights[k] * x
			}
			y, p := 0.0, 1/(1+math.Exp(-odds))
			if v.right {
				y = 1
			}
			loss -= y*math.Log(max(p, 1e-9)) + (1-y)*math.Log(max(1-p, 1e-9))
			for k, x := range v.values {
				gradient[k] += (p - y) * x
			}
		}
		for k := range weights {
			if k > 0 {
				gradient[k] += ridge * weights[k]
			}
			weights[k] -= rate * gradient[k] / float64(len(some))
		}
	}
	log.Printf("confidence: loss %.4f on %d pages, weights %.2f", loss/float64(len(some)), len(some), weights)
	res := make([]float32, len(weights))
	for k, w := range weights {
		res[k] = float32(w)
	}
	return res
}

// calibration prints how often bodies are right by the confidence in them, on pages
// that neither their model nor its confidence was made of.
func (t *trainer) calibration(all []*verdict) {
	var rows []reading
	for i, v := range all {
		if s := t.samples[i]; v != nil && !s.blind() {
			r := reading{confidence: body.Certainty{Values: v.values}.Confidence(t.models[s.fold(t.folds)])}
			if v.right {
				r.right = 1
			}
			rows = append(rows, r)
		}
	}
	log.Print(reliability("body", rows))
}

// confidences gives each part's model its confidence, and measures it.
func (t *trainer) confidences() {
	t.verdict = t.verdicts()
	for k, m := range t.models {
		m.Confidence = t.confidence(t.verdict, t.trainedOn(k))
	}
	t.calibration(t.verdict)
}
