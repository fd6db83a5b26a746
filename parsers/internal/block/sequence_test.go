package block

import (
	"math"
	"math/rand/v2"
	"testing"
)

// sequenceCase is a chain of n blocks with weights, both at random.
func sequenceCase(n int) (Sequence, Chain) {
	random := rand.New(rand.NewPCG(5, 6))
	s := make(Sequence, SequenceWeights)
	for i := range s {
		s[i] = random.Float32()*2 - 1
	}
	c := Chain{Own: make([][ownEvidences]float32, n), Link: make([][linkKinds]float32, n)}
	for k := range n {
		for f := range c.Own[k] {
			c.Own[k][f] = random.Float32()*2 - 1
		}
		for f := range c.Link[k] {
			c.Link[k][f] = random.Float32()
		}
	}
	return s, c
}

// TestSequence: marginals and the best division are those of all divisions, tried one
// by one.
func TestSequence(t *testing.T) {
	const n = 7
	s, c := sequenceCase(n)
	var total, best float64
	var in [n]float64
	bestWay := 0
	for way := range 1 << n {
		score := 0.0
		for k := range n {
			now, before := way>>k&1 == 1, k > 0 && way>>(k-1)&1 == 1
			enter, leave := s.border(&c.Link[k])
			if now {
				score += s.own(&c.Own[k])
			}
			if k > 0 && now && !before {
				score -= enter
			}
			if k > 0 && !now && before {
				score -= leave
			}
		}
		e := math.Exp(score)
		total += e
		for k := range n {
			if way>>k&1 == 1 {
				in[k] += e
			}
		}
		if e > best {
			best, bestWay = e, way
		}
	}
	for k, got := range s.Marginals(c, nil) {
		if want := in[k] / total; math.Abs(got-want) > 1e-9 {
			t.Errorf("block %d: got %v, want %v", k, got, want)
		}
	}
	for k, got := range s.Best(c) {
		if want := bestWay>>k&1 == 1; got != want {
			t.Errorf("best, block %d: got %v, want %v", k, got, want)
		}
	}
	if len(s.Marginals(Chain{}, nil)) != 0 || len(s.Best(Chain{})) != 0 {
		t.Error("a chain without blocks has some")
	}
}
