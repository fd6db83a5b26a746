package evidence

import (
	"math"
	"slices"
)

// fastTrees are trees laid out for reading often: a page asks thousands of times. A
// tree goes one way or the other like a coin, which processors cannot foresee; here
// four trees are followed side by side, without jumps and for the same number of
// steps. Results and the order in which they are added are the trees' own, so that
// sums are equal to the last bit.
type fastTrees struct {
	nodes  []fastNode // of all trees
	roots  []int      // by tree
	depths []int      // by group of four trees: how far their leaves are at most
}

// A fastNode leads to node next for a value of at most at, to the one behind that for
// others. A leaf leads to itself for any number.
type fastNode struct {
	at     float64
	result float64 // of a leaf: what its tree says
	piece  uint16
	next   uint32
}

// atOnce is how many trees are followed side by side.
const atOnce = 4

func newFastTrees(trees []Tree) *fastTrees {
	f := &fastTrees{depths: make([]int, (len(trees)+atOnce-1)/atOnce)}
	for i, t := range trees {
		root := f.room(1)
		f.roots = append(f.roots, root)
		f.depths[i/atOnce] = max(f.depths[i/atOnce], f.place(t, 0, root))
	}
	return f
}

// place puts node k of a tree, and those below it, at a place. It returns how deep its
// leaves are at most.
func (f *fastTrees) place(t Tree, k, at int) int {
	n := &t[k]
	if n.Piece < 0 {
		f.nodes[at] = fastNode{at: math.Inf(1), result: n.Value, next: uint32(at)}
		return 0
	}
	next := f.room(2)
	f.nodes[at] = fastNode{at: n.At, piece: uint16(n.Piece), next: uint32(next)}
	return 1 + max(f.place(t, n.Yes, next), f.place(t, n.No, next+1))
}

// room makes places for nodes and returns the first.
func (f *fastTrees) room(n int) int {
	f.nodes = append(f.nodes, make([]fastNode, n)...)
	return len(f.nodes) - n
}

// knows reports whether score can read values: there is one at least, and all are
// numbers.
func (f *fastTrees) knows(v Values) bool {
	return f != nil && len(v) > 0 && !slices.ContainsFunc(v, math.IsNaN)
}

// score adds up what the trees say of values that it knows.
func (f *fastTrees) score(v Values) float64 {
	sum := 0.0
	for g, depth := range f.depths {
		roots := f.roots[g*atOnce : min((g+1)*atOnce, len(f.roots))]
		last := len(roots) - 1
		k0, k1, k2, k3 := roots[0], roots[min(1, last)], roots[min(2, last)], roots[min(3, last)]
		for range depth {
			k0 = f.nodes[k0].follow(v)
			k1 = f.nodes[k1].follow(v)
			k2 = f.nodes[k2].follow(v)
			k3 = f.nodes[k3].follow(v)
		}
		ends := [atOnce]int{k0, k1, k2, k3}
		for i := range roots {
			sum += f.nodes[ends[i]].result
		}
	}
	return sum
}

// follow is the node that the answer for a candidate leads to.
func (n *fastNode) follow(v Values) int {
	yes := 0 // set without a jump
	if v[n.piece] <= n.at {
		yes = 1
	}
	return int(n.next) + 1 - yes
}
