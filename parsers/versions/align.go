package versions

import (
	"slices"
	"sort"
)

// A pair is a unit of the earlier version and the same one in the later.
type pair struct{ a, b int }

// Limits that keep alignment near-linear: a gap of at most smallGap pairs is solved
// exactly, which costs at most some 32 steps for each unit in it.
const (
	smallGap = 1024
	maxDepth = 12
)

// An aligner finds a long common subsequence of two lists of ids, from 0 to n-1,
// in near-linear time: by the ids that are there once on both sides (patience diff),
// exactly in small gaps between them, and by the order of equal ids where all repeat.
type aligner struct {
	a, b           []int
	countA, countB []int // by id, zero between uses
	posB           []int
	pairs          []pair
}

// align returns pairs of equal ids, in increasing order on both sides.
func align(a, b []int, n int) []pair {
	al := &aligner{a: a, b: b, countA: make([]int, n), countB: make([]int, n), posB: make([]int, n)}
	al.part(0, len(a), 0, len(b), 0)
	slices.SortFunc(al.pairs, func(p, q pair) int { return p.a - q.a })
	return al.pairs
}

func (al *aligner) part(alo, ahi, blo, bhi, depth int) {
	for alo < ahi && blo < bhi && al.a[alo] == al.b[blo] {
		al.pairs = append(al.pairs, pair{alo, blo})
		alo, blo = alo+1, blo+1
	}
	for alo < ahi && blo < bhi && al.a[ahi-1] == al.b[bhi-1] {
		ahi, bhi = ahi-1, bhi-1
		al.pairs = append(al.pairs, pair{ahi, bhi})
	}
	switch {
	case alo == ahi || blo == bhi:
		return
	case (ahi-alo)*(bhi-blo) <= smallGap:
		al.exact(alo, ahi, blo, bhi)
		return
	}
	anchors := al.unique(alo, ahi, blo, bhi)
	if len(anchors) == 0 || depth == maxDepth {
		al.pairs = append(al.pairs, al.byOccurrence(alo, ahi, blo, bhi)...)
		return
	}
	for _, p := range append(anchors, pair{ahi, bhi}) {
		al.part(alo, p.a, blo, p.b, depth+1)
		if p.a < ahi {
			al.pairs = append(al.pairs, p)
		}
		alo, blo = p.a+1, p.b+1
	}
}

// unique are the ids that each side of a gap has once, as far as they are in the
// same order.
func (al *aligner) unique(alo, ahi, blo, bhi int) []pair {
	for _, id := range al.a[alo:ahi] {
		al.countA[id]++
	}
	for j := blo; j < bhi; j++ {
		al.countB[al.b[j]]++
		al.posB[al.b[j]] = j
	}
	var all []pair
	for i := alo; i < ahi; i++ {
		if id := al.a[i]; al.countA[id] == 1 && al.countB[id] == 1 {
			all = append(all, pair{i, al.posB[id]})
		}
	}
	for _, id := range al.a[alo:ahi] {
		al.countA[id] = 0
	}
	for _, id := range al.b[blo:bhi] {
		al.countB[id] = 0
	}
	return increasing(all)
}

// byOccurrence pairs the first of each id with the first, the second with the second.
func (al *aligner) byOccurrence(alo, ahi, blo, bhi int) []pair {
	return increasing(occurrences(al.a[alo:ahi], al.b[blo:bhi], alo, blo))
}

func occurrences(a, b []int, aFrom, bFrom int) []pair {
	where := map[int][]int{}
	for j, id := range b {
		where[id] = append(where[id], bFrom+j)
	}
	var all []pair
	for i, id := range a {
		if at := where[id]; len(at) > 0 {
			all = append(all, pair{aFrom + i, at[0]})
			where[id] = at[1:]
		}
	}
	return all
}

// exact finds a longest common subsequence of a small gap.
func (al *aligner) exact(alo, ahi, blo, bhi int) {
	best := gapDP(ahi-alo, bhi-blo, func(i, j int) float64 {
		if al.a[alo+i] == al.b[blo+j] {
			return 1
		}
		return 0
	})
	for _, p := range best {
		al.pairs = append(al.pairs, pair{alo + p.a, blo + p.b})
	}
}

// gapDP finds the pairs of two short lists, in order on both sides, whose scores have
// the greatest sum. Pairs with score 0 are never chosen.
func gapDP(n, m int, score func(i, j int) float64) []pair {
	sums := make([]float64, (n+1)*(m+1))
	scores := make([]float64, n*m)
	for i := n - 1; i >= 0; i-- {
		for j := m - 1; j >= 0; j-- {
			s := score(i, j)
			scores[i*m+j] = s
			best := max(sums[(i+1)*(m+1)+j], sums[i*(m+1)+j+1])
			if s > 0 {
				best = max(best, sums[(i+1)*(m+1)+j+1]+s)
			}
			sums[i*(m+1)+j] = best
		}
	}
	var pairs []pair
	for i, j := 0, 0; i < n && j < m; {
		here := sums[i*(m+1)+j]
		switch {
		case scores[i*m+j] > 0 && here == sums[(i+1)*(m+1)+j+1]+scores[i*m+j]:
			pairs = append(pairs, pair{i, j})
			i, j = i+1, j+1
		case here == sums[(i+1)*(m+1)+j]:
			i++
		default:
			j++
		}
	}
	return pairs
}

// increasing is a longest part of pairs, sorted by a, in which b increases too.
func increasing(pairs []pair) []pair {
	if len(pairs) == 0 {
		return nil
	}
	var ends []int // the pair that ends the best chain of each length
	before := make([]int, len(pairs))
	for k, p := range pairs {
		at := sort.Search(len(ends), func(x int) bool { return pairs[ends[x]].b >= p.b })
		before[k] = -1
		if at > 0 {
			before[k] = ends[at-1]
		}
		if at == len(ends) {
			ends = append(ends, k)
		} else {
			ends[at] = k
		}
	}
	chain := make([]pair, len(ends))
	for k, at := ends[len(ends)-1], len(ends)-1; at >= 0; k, at = before[k], at-1 {
		chain[at] = pairs[k]
	}
	return chain
}
