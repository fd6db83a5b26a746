package main

import (
	"cmp"
	"log"
	"math"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// A labelledChain is the chain of a page's open blocks, and which of them belong to
// the story.
type labelledChain struct {
	block.Chain
	in     []bool
	words  []int
	weight []float64
	of     *sample
}

// chains makes the chains of the pages whose story is known as a whole, from the
// forests' scores of models that were not trained on their sites.
func (t *trainer) chains() {
	t.chain = make([]*labelledChain, len(t.samples))
	each(len(t.samples), func(i int) {
		s := t.samples[i]
		if s.page == nil || s.Truth.Body == "" {
			return
		}
		second := t.models[s.fold(t.folds)].Second.Probabilities(t.rows[i], block.SecondFeatureCount)
		c := &labelledChain{of: s}
		var open []int
		var weight float32
		for k, b := range s.page.Blocks {
			weight += s.weight[k]
			if t.open[i][k] {
				b.Probability = second[k]
				open = append(open, k)
				c.in, c.words, c.weight = append(c.in, s.label[k] > 0), append(c.words, b.Words), append(c.weight, float64(s.weight[k]))
			}
		}
		if len(open) == 0 || weight == 0 {
			return
		}
		c.Chain = s.page.Chain(open)
		t.chain[i] = c
	})
}

// sequence fits the weights of a Sequence by gradient descent (Adam; Kingma and Ba,
// 2015) on the loss of its marginals: each block counts as for the forests, by its
// words. The likelihood of whole sequences, which is more usual, would make a label
// of a menu count as much as a paragraph. It is deterministic.
func (t *trainer) sequence(which func(*sample) bool) block.Sequence {
	var some []*labelledChain
	for i, s := range t.samples {
		if c := t.chain[i]; c != nil && which(s) {
			some = append(some, c)
		}
	}
	const (
		steps = 80
		rate  = 0.05
		keep1 = 0.9
		keep2 = 0.99
		ridge = 10
	)
	weights := make(block.Sequence, block.SequenceWeights)
	weights[0] = 1 // the blocks as the forests judge them
	values := make([]float64, len(weights))
	values[0] = 1
	mean, square := make([]float64, len(weights)), make([]float64, len(weights))
	first := len(some[0].Own[0])
	parts, losses := make([][]float64, len(some)), make([]float64, len(some))
	for step := 1; step <= steps; step++ {
		each(len(some), func(i int) { parts[i], losses[i] = some[i].gradient(weights) })
		gradient, loss := make([]float64, len(weights)), 0.0
		for i, p := range parts { // in order, so that sums are equal to the last bit
			loss += losses[i]
			for k, g := range p {
				gradient[k] += g
			}
		}
		slow := rate * min(1, 3*float64(steps-step+1)/steps)
		for k := range values {
			if k < first {
				continue // what the forests say of a block alone stays
			}
			g := gradient[k] + ridge*values[k]
			mean[k] = keep1*mean[k] + (1-keep1)*g
			square[k] = keep2*square[k] + (1-keep2)*g*g
			m, q := mean[k]/(1-math.Pow(keep1, float64(step))), square[k]/(1-math.Pow(keep2, float64(step)))
			values[k] -= slow * m / (math.Sqrt(q) + 1e-8)
			weights[k] = float32(values[k])
		}
		if step == 1 || step == steps {
			log.Printf("  sequence, step %d: loss %.1f on %d pages", step, loss, len(some))
		}
	}
	return weights
}

// gradient is that of the loss of a chain's marginals, and the loss.
func (c *labelledChain) gradient(s block.Sequence) (g []float64, loss float64) {
	const least = 1e-4 // of a probability
	in := s.Marginals(c.Chain, nil)
	// What a little more evidence for each block would do to the loss.
	slope, steepest := make([]float64, len(in)), 0.0
	for k, p := range in {
		p = max(least, min(p, 1-least))
		if c.in[k] {
			loss -= c.weight[k] * math.Log(p)
			slope[k] = -c.weight[k] / p
		} else {
			loss -= c.weight[k] * math.Log(1-p)
			slope[k] = c.weight[k] / (1 - p)
		}
		steepest = max(steepest, math.Abs(slope[k]))
	}
	if steepest == 0 {
		return make([]float64, len(s)), 0
	}
	// The gradient of a sum of marginals is how the sums of evidence and links change
	// with evidence along the slope: their covariance with it.
	step := 1e-3 / steepest
	more, less := c.Chain, c.Chain
	more.More, less.More = make([]float64, len(in)), make([]float64, len(in))
	for k := range in {
		more.More[k], less.More[k] = step*slope[k], -step*slope[k]
	}
	g = expected(s, more)
	for k, v := range expected(s, less) {
		g[k] = (g[k] - v) / (2 * step)
	}
	return g, loss
}

// expected are the sums of evidence and links that each weight is multiplied by, as
// far as they are to be expected.
func expected(s block.Sequence, c block.Chain) []float64 {
	g := make([]float64, len(s))
	own, link := len(c.Own[0]), len(c.Link[0])
	in := s.Marginals(c, func(k int, enter, leave float64) {
		for f, v := range c.Link[k] {
			g[own+f] -= enter * float64(v)
			g[own+link+f] -= leave * float64(v)
		}
	})
	for k, p := range in {
		for f, v := range c.Own[k] {
			g[f] += p * float64(v)
		}
	}
	return g
}

// ways are those to decide which blocks of a chain belong to the story.
var ways = []struct {
	name   string
	decide func(m *block.Model, c *labelledChain) []bool
}{
	{"block by block", func(_ *block.Model, c *labelledChain) []bool {
		return over(len(c.in), func(k int) bool { return c.Own[k][0] > 0 })
	}},
	{"marginals", func(m *block.Model, c *labelledChain) []bool {
		in := m.Sequence.Marginals(c.Chain, nil)
		return over(len(in), func(k int) bool { return in[k] > 0.5 })
	}},
	{"marginals over 0.4", func(m *block.Model, c *labelledChain) []bool {
		in := m.Sequence.Marginals(c.Chain, nil)
		return over(len(in), func(k int) bool { return in[k] > 0.4 })
	}},
	{"best sequence", func(m *block.Model, c *labelledChain) []bool { return m.Sequence.Best(c.Chain) }},
}

// compare prints how well these ways do on pages that a Sequence was not made of:
// the mean F1 of words.
func (t *trainer) compare() {
	for _, kind := range []string{"", "long", "short", "nameless"} {
		t.compareOn(kind)
	}
}

// compareOn is compare for the pages of an alteration, or those of the corpus.
func (t *trainer) compareOn(altered string) {
	for _, way := range ways {
		var sum float64
		n := 0
		for i, c := range t.chain {
			if c == nil || c.of.blind() || c.of.altered != altered {
				continue
			}
			var both, got, want int
			for k, kept := range way.decide(t.models[t.samples[i].fold(t.folds)], c) {
				w := c.words[k]
				if kept {
					got += w
				}
				if c.in[k] {
					want += w
				}
				if kept && c.in[k] {
					both += w
				}
			}
			if got+want > 0 {
				sum += 2 * float64(both) / float64(got+want)
				n++
			}
		}
		if n > 0 {
			log.Printf("%s, %s: F1 of words %.4f on %d pages", cmp.Or(altered, "corpus"), way.name, sum/float64(n), n)
		}
	}
}

func over(n int, is func(k int) bool) []bool {
	all := make([]bool, n)
	for k := range all {
		all[k] = is(k)
	}
	return all
}
