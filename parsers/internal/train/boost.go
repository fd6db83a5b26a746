package main

import (
	"log"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// A set is rows of features with their labels and weights.
type set struct {
	width int
	x     []float32 // width a row
	y, w  []float32
}

// add appends the rows of a page whose blocks are labelled, and are among which
// if it is not nil.
func (s *set) add(rows []float32, of *sample, which []bool) {
	for k := range of.label {
		if of.weight[k] > 0 && (which == nil || which[k]) {
			s.x = append(s.x, rows[k*s.width:(k+1)*s.width]...)
			s.y, s.w = append(s.y, of.label[k]), append(s.w, of.weight[k])
		}
	}
}

// A booster fits gradient-boosted trees to a logistic loss (Friedman, 2001), with
// histograms of features as in LightGBM. The same rows give the same trees.
type booster struct {
	Rounds int
	Depth  int
	Rate   float64
}

const (
	bins      = 64
	rowShare  = 0.7
	colShare  = 0.4
	ridge     = 12.0 // L2 on leaves
	minWeight = 12.0 // hessian of a leaf
	minGain   = 0.5
)

// cuts are the borders between a feature's bins: about as many rows in each.
func cuts(s *set, f int, rng *rand.Rand) []float32 {
	n := len(s.y)
	sample := make([]float32, 0, 20_000)
	for range min(n, 20_000) {
		sample = append(sample, s.x[rng.IntN(n)*s.width+f])
	}
	slices.Sort(sample)
	distinct := slices.Compact(slices.Clone(sample))
	if len(distinct) <= bins {
		res := make([]float32, 0, len(distinct))
		for i := 0; i+1 < len(distinct); i++ {
			res = append(res, (distinct[i]+distinct[i+1])/2)
		}
		return res
	}
	var res []float32
	for k := 1; k < bins; k++ {
		v := sample[len(sample)*k/bins]
		if len(res) == 0 || v > res[len(res)-1] {
			res = append(res, v)
		}
	}
	return res
}

type stat struct{ g, h float64 }

type leaf struct {
	node int // in the tree
	rows []int32
	hist []stat
	sum  stat
}

func (b booster) fit(s *set) block.Forest {
	n := len(s.y)
	rng := rand.New(rand.NewPCG(1, 2))
	border := make([][]float32, s.width)
	for f := range border {
		border[f] = cuts(s, f, rng)
	}
	binned := make([]uint8, n*s.width)
	each(s.width, func(f int) {
		for i := range n {
			v := s.x[i*s.width+f]
			k, _ := slices.BinarySearch(border[f], v)
			binned[i*s.width+f] = uint8(k)
		}
	})
	margin := make([]float64, n)
	g, h := make([]float64, n), make([]float64, n)
	var trees block.Forest
	for round := range b.Rounds {
		for i := range n {
			p := 1 / (1 + math.Exp(-margin[i]))
			g[i] = (p - float64(s.y[i])) * float64(s.w[i])
			h[i] = max(p*(1-p), 1e-6) * float64(s.w[i])
		}
		rows := make([]int32, 0, n)
		for i := range n {
			if rng.Float64() < rowShare {
				rows = append(rows, int32(i))
			}
		}
		var cols []int
		for f := range s.width {
			if len(border[f]) > 0 && rng.Float64() < colShare {
				cols = append(cols, f)
			}
		}
		t := b.grow(s.width, binned, border, g, h, rows, cols)
		trees = append(trees, t)
		var wg sync.WaitGroup
		for part := range 2 {
			wg.Go(func() {
				for i := part * n / 2; i < (part+1)*n/2; i++ {
					margin[i] += float64(t.Value(s.x[i*s.width:]))
				}
			})
		}
		wg.Wait()
		if (round+1)%80 == 0 {
			var loss, w float64
			for i := range n {
				loss += float64(s.w[i]) * math.Log1p(math.Exp(-margin[i]*(2*float64(s.y[i])-1)))
				w += float64(s.w[i])
			}
			log.Printf("  %d trees: loss %.4f", round+1, loss/w)
		}
	}
	return trees
}

// grow makes one tree, level by level.
func (b booster) grow(width int, binned []uint8, border [][]float32, g, h []float64, rows []int32, cols []int) block.Tree {
	histOf := func(rows []int32) ([]stat, stat) {
		hist := make([]stat, len(cols)*bins)
		var sum stat
		half := len(cols) / 2
		var wg sync.WaitGroup
		for part := range 2 {
			from, to := 0, half
			if part == 1 {
				from, to = half, len(cols)
			}
			work := func() {
				for _, i := range rows {
					row := binned[int(i)*width : int(i+1)*width]
					gi, hi := g[i], h[i]
					for c := from; c < to; c++ {
						st := &hist[c*bins+int(row[cols[c]])]
						st.g += gi
						st.h += hi
					}
				}
			}
			if len(rows) > 2000 {
				wg.Go(work)
			} else {
				work()
			}
		}
		wg.Wait()
		for _, i := range rows {
			sum.g += g[i]
			sum.h += h[i]
		}
		return hist, sum
	}
	value := func(s stat) float32 { return float32(-b.Rate * s.g / (s.h + ridge)) }
	tree := block.Tree{{Feature: block.Leaf}}
	hist, sum := histOf(rows)
	level := []leaf{{0, rows, hist, sum}}
	tree[0].At = value(sum)
	for depth := 0; depth < b.Depth && len(level) > 0; depth++ {
		var next []leaf
		for _, l := range level {
			bestGain, bestCol, bestBin := minGain, -1, 0
			parent := l.sum.g * l.sum.g / (l.sum.h + ridge)
			for c := range cols {
				var left stat
				for k := range len(border[cols[c]]) {
					st := l.hist[c*bins+k]
					left.g += st.g
					left.h += st.h
					right := stat{l.sum.g - left.g, l.sum.h - left.h}
					if left.h < minWeight || right.h < minWeight {
						continue
					}
					gain := left.g*left.g/(left.h+ridge) + right.g*right.g/(right.h+ridge) - parent
					if gain > bestGain {
						bestGain, bestCol, bestBin = gain, c, k
					}
				}
			}
			if bestCol < 0 {
				continue
			}
			f := cols[bestCol]
			var left, right []int32
			for _, i := range l.rows {
				if int(binned[int(i)*width+f]) <= bestBin {
					left = append(left, i)
				} else {
					right = append(right, i)
				}
			}
			small, large := left, right
			if len(small) > len(large) {
				small, large = large, small
			}
			smallHist, smallSum := histOf(small)
			largeHist := l.hist
			for k := range largeHist {
				largeHist[k].g -= smallHist[k].g
				largeHist[k].h -= smallHist[k].h
			}
			largeSum := stat{l.sum.g - smallSum.g, l.sum.h - smallSum.h}
			a, z := len(tree), len(tree)+1
			tree[l.node] = block.Node{Feature: uint16(f), Yes: uint16(a), No: uint16(z), At: border[f][bestBin]}
			la, lz := leaf{a, small, smallHist, smallSum}, leaf{z, large, largeHist, largeSum}
			if len(left) > len(right) {
				la, lz = leaf{a, large, largeHist, largeSum}, leaf{z, small, smallHist, smallSum}
			}
			tree = append(tree, block.Node{Feature: block.Leaf, At: value(la.sum)}, block.Node{Feature: block.Leaf, At: value(lz.sum)})
			next = append(next, la, lz)
		}
		level = next
	}
	return tree
}
