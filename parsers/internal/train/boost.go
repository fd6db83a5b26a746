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

// add appends the rows of a page's labelled blocks; of those in which alone, if it
// is not nil.
func (s *set) add(rows []float32, of *sample, which []bool) {
	for k := range of.label {
		if of.weight[k] > 0 && (which == nil || which[k]) {
			s.x = append(s.x, rows[k*s.width:(k+1)*s.width]...)
			s.y, s.w = append(s.y, of.label[k]), append(s.w, of.weight[k])
		}
	}
}

// A booster fits gradient-boosted trees to a logistic loss (Friedman, 2001), with
// histograms of features as in LightGBM. It is deterministic.
type booster struct {
	Rounds int     // trees
	Depth  int     // questions from root to leaf
	Rate   float64 // learning rate
}

const (
	bins      = 64   // of a feature
	rowShare  = 0.7  // of rows, drawn for each tree
	colShare  = 0.4  // of features, drawn for each tree
	ridge     = 12.0 // L2 on leaves
	minWeight = 12.0 // hessian of a leaf
	minGain   = 0.5
)

// cuts are the borders between a feature's bins, with about as many rows in each.
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

// A stat is sums of gradients and hessians.
type stat struct{ g, h float64 }

// A leaf is a leaf of a tree that grows.
type leaf struct {
	node int // in the tree
	rows []int32
	hist []stat
	sum  stat
}

// fit makes a forest of labelled rows.
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
		t := (&grower{b, s.width, binned, border, g, h, cols}).grow(rows)
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

// A grower makes trees of rows.
type grower struct {
	booster
	width  int
	binned []uint8     // rows of the width: the bin of each feature
	border [][]float32 // by feature: see cuts
	g, h   []float64   // by row: gradient and hessian of the loss
	cols   []int       // features that the tree may use
}

// grow makes one tree of the rows given, level by level.
func (b *grower) grow(rows []int32) block.Tree {
	hist, sum := b.histogram(rows)
	tree := block.Tree{{Feature: block.Leaf, At: b.value(sum)}}
	level := []leaf{{0, rows, hist, sum}}
	for depth := 0; depth < b.Depth && len(level) > 0; depth++ {
		var next []leaf
		for _, l := range level {
			col, bin := b.bestSplit(l)
			if col < 0 {
				continue
			}
			yes, no := b.divide(l, col, bin)
			yes.node, no.node = len(tree), len(tree)+1
			f := b.cols[col]
			tree[l.node] = block.Node{Feature: uint16(f), Yes: uint16(yes.node), No: uint16(no.node), At: b.border[f][bin]}
			tree = append(tree, block.Node{Feature: block.Leaf, At: b.value(yes.sum)}, block.Node{Feature: block.Leaf, At: b.value(no.sum)})
			next = append(next, yes, no)
		}
		level = next
	}
	return tree
}

// value is the value of a leaf: a Newton step with L2 regularisation.
func (b *grower) value(s stat) float32 { return float32(-b.Rate * s.g / (s.h + ridge)) }

// histogram sums up gradients and hessians by column and bin, on two cores.
func (b *grower) histogram(rows []int32) ([]stat, stat) {
	hist := make([]stat, len(b.cols)*bins)
	columns := func(from, to int) {
		for _, i := range rows {
			row := b.binned[int(i)*b.width : int(i+1)*b.width]
			gi, hi := b.g[i], b.h[i]
			for c := from; c < to; c++ {
				st := &hist[c*bins+int(row[b.cols[c]])]
				st.g += gi
				st.h += hi
			}
		}
	}
	half := len(b.cols) / 2
	if len(rows) > 2000 {
		var wg sync.WaitGroup
		wg.Go(func() { columns(0, half) })
		columns(half, len(b.cols))
		wg.Wait()
	} else {
		columns(0, len(b.cols))
	}
	var sum stat
	for _, i := range rows {
		sum.g += b.g[i]
		sum.h += b.h[i]
	}
	return hist, sum
}

// bestSplit is the column and the bin after which a leaf is best divided; -1 if no
// split gains enough.
func (b *grower) bestSplit(l leaf) (col, bin int) {
	bestGain, col := minGain, -1
	parent := l.sum.g * l.sum.g / (l.sum.h + ridge)
	for c := range b.cols {
		var left stat
		for k := range len(b.border[b.cols[c]]) {
			st := l.hist[c*bins+k]
			left.g += st.g
			left.h += st.h
			right := stat{l.sum.g - left.g, l.sum.h - left.h}
			if left.h < minWeight || right.h < minWeight {
				continue
			}
			gain := left.g*left.g/(left.h+ridge) + right.g*right.g/(right.h+ridge) - parent
			if gain > bestGain {
				bestGain, col, bin = gain, c, k
			}
		}
	}
	return col, bin
}

// divide splits the rows of a leaf. Only the smaller part is counted: the histogram
// of the other is the difference, in the place of the leaf's.
func (b *grower) divide(l leaf, col, bin int) (yes, no leaf) {
	f := b.cols[col]
	for _, i := range l.rows {
		if int(b.binned[int(i)*b.width+f]) <= bin {
			yes.rows = append(yes.rows, i)
		} else {
			no.rows = append(no.rows, i)
		}
	}
	small, large := &yes, &no
	if len(small.rows) > len(large.rows) {
		small, large = large, small
	}
	small.hist, small.sum = b.histogram(small.rows)
	large.hist = l.hist
	for k := range large.hist {
		large.hist[k].g -= small.hist[k].g
		large.hist[k].h -= small.hist[k].h
	}
	large.sum = stat{l.sum.g - small.sum.g, l.sum.h - small.sum.h}
	return yes, no
}
