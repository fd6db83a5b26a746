package template

import "math"

// stories gives for each page of a sample the story that it tells, as the index of
// that story's first page. Pages are twins of one story if they name the same
// canonical URL, have the same URL but for marks of print or AMP pages, or share
// most of their words, or of the words that few other pages have.
func stories(sample []*sampled) []int {
	g := newGroups(len(sample))
	joinByName(g, sample)
	joinByText(g, sample)
	return g.roots()
}

// joinByName joins the pages that share a canonical URL or a place.
func joinByName(g groups, sample []*sampled) {
	first := map[uint64]int{}
	for i, page := range sample {
		for _, name := range []uint64{page.canonical, page.place} {
			if k, ok := first[name]; ok && name != 0 {
				g.join(i, k)
			} else {
				first[name] = i
			}
		}
	}
}

// joinByText joins the pages that share most of their text.
func joinByText(g groups, sample []*sampled) {
	on := map[uint64][]int{} // the pages of a text
	for i, page := range sample {
		for _, m := range page.blocks {
			if m.kept {
				on[m.text] = append(on[m.text], i)
			}
		}
	}
	weigh := func(m mark) weight {
		return weight{float64(m.words), float64(m.words) * math.Log(float64(len(sample)+1)/float64(len(on[m.text])))}
	}
	all, shared := make([]weight, len(sample)), make([]weight, len(sample))
	for i, page := range sample {
		for _, m := range page.blocks {
			if m.kept {
				all[i].add(weigh(m))
			}
		}
	}
	for i, page := range sample {
		clear(shared) // with the pages after this one
		for _, m := range page.blocks {
			if !m.kept {
				continue
			}
			w := weigh(m)
			for _, k := range on[m.text] {
				if k > i {
					shared[k].add(w)
				}
			}
		}
		for k := i + 1; k < len(sample); k++ {
			if shared[k].isMostOf(all[i], all[k]) {
				g.join(i, k)
			}
		}
	}
}

// groups are disjoint sets of the numbers below their length: each number leads to
// the lowest of its set.
type groups []int

func newGroups(n int) groups {
	g := make(groups, n)
	for i := range g {
		g[i] = i
	}
	return g
}

func (g groups) root(i int) int {
	for g[i] != i {
		g[i] = g[g[i]]
		i = g[i]
	}
	return i
}

func (g groups) join(a, b int) {
	a, b = g.root(a), g.root(b)
	g[max(a, b)] = min(a, b)
}

func (g groups) roots() []int {
	for i := range g {
		g[i] = g.root(i)
	}
	return g
}

// A weight of texts is their words, and their words weighted by how few pages have
// them.
type weight struct{ words, rare float64 }

func (w *weight) add(o weight) {
	w.words += o.words
	w.rare += o.rare
}

// isMostOf reports whether w, which two pages share, is most of what both have.
func (w weight) isMostOf(a, b weight) bool {
	return w.words > 0 && (w.words >= twin*(a.words+b.words-w.words) || w.rare >= twin*(a.rare+b.rare-w.rare))
}
