package block

import "math"

// A levelForest is a Forest laid out for reading often. A tree of decisions goes
// one way or the other like a coin, which processors cannot foresee; here all
// paths of a tree have the same length and are followed without jumps, for eight
// rows at a time. Values and the order in which they are added are the Forest's,
// so that sums are equal to the last bit.
type levelForest []levelTree

// A levelTree has all nodes of a full binary tree, level by level: those below
// node k are 2k+1 and 2k+2. A leaf of the Tree that is less deep stands in all
// places below its own.
type levelTree struct {
	depth  int
	nodes  []levelNode
	leaves []float32 // below the last level
	tree   Tree      // in place of the above if that is too deep
}

// A levelNode leads to the first node below it for a feature of at most at, to
// the second for others.
type levelNode struct {
	feature uint32
	at      float32
}

// maxLevels bounds the depth of a levelTree, whose size doubles with each level.
// The program's own model has six.
const maxLevels = 8

// byLevels lays a forest out.
func (f Forest) byLevels() levelForest {
	all := make(levelForest, len(f))
	for i, t := range f {
		all[i] = t.byLevels()
	}
	return all
}

func (t Tree) byLevels() levelTree {
	depth := t.depth()
	if depth > maxLevels {
		return levelTree{tree: t}
	}
	size := 1 << depth
	l := levelTree{depth: depth, nodes: make([]levelNode, size-1), leaves: make([]float32, size)}
	from := make([]uint16, 2*size-1) // the node of t that stands for each place
	for k := range l.nodes {
		n := t[from[k]]
		if n.Feature == Leaf {
			l.nodes[k] = levelNode{at: float32(math.Inf(1))}
			from[2*k+1], from[2*k+2] = from[k], from[k]
			continue
		}
		l.nodes[k] = levelNode{uint32(n.Feature), n.At}
		from[2*k+1], from[2*k+2] = n.Yes, n.No
	}
	for i := range l.leaves {
		l.leaves[i] = t[from[size-1+i]].At
	}
	return l
}

// depth is the length of the tree's longest path.
func (t Tree) depth() int {
	deepest := 0
	depths := make([]int, len(t))
	for k, n := range t { // nodes follow their parents
		if n.Feature == Leaf {
			deepest = max(deepest, depths[k])
			continue
		}
		depths[n.Yes], depths[n.No] = max(depths[n.Yes], depths[k]+1), max(depths[n.No], depths[k]+1)
	}
	return deepest
}

// add adds the tree's values to the sums of open rows.
func (l *levelTree) add(rows []float32, width int, open []int, sums []float32) {
	if l.tree != nil {
		for _, i := range open {
			sums[i] += l.tree.Value(rows[i*width : (i+1)*width])
		}
		return
	}
	nodes := l.nodes
	for len(open) > 0 {
		group := open[:min(8, len(open))]
		open = open[len(group):]
		// Offsets of the rows, the last one again in place of missing ones, and where
		// each is in the tree.
		last := len(group) - 1
		r0, r1, r2, r3 := group[0]*width, group[min(1, last)]*width, group[min(2, last)]*width, group[min(3, last)]*width
		r4, r5, r6, r7 := group[min(4, last)]*width, group[min(5, last)]*width, group[min(6, last)]*width, group[min(7, last)]*width
		k0, k1, k2, k3, k4, k5, k6, k7 := 0, 0, 0, 0, 0, 0, 0, 0
		for range l.depth {
			k0 = nodes[k0].next(k0, rows, r0)
			k1 = nodes[k1].next(k1, rows, r1)
			k2 = nodes[k2].next(k2, rows, r2)
			k3 = nodes[k3].next(k3, rows, r3)
			k4 = nodes[k4].next(k4, rows, r4)
			k5 = nodes[k5].next(k5, rows, r5)
			k6 = nodes[k6].next(k6, rows, r6)
			k7 = nodes[k7].next(k7, rows, r7)
		}
		ends := [8]int{k0, k1, k2, k3, k4, k5, k6, k7}
		for i, row := range group {
			sums[row] += l.leaves[ends[i]-len(nodes)]
		}
	}
}

// next is the place that the node at place k leads to, by the row that begins at
// an offset.
func (n *levelNode) next(k int, rows []float32, row int) int {
	yes := 0 // set without a jump
	if rows[row+int(n.feature)] <= n.at {
		yes = 1
	}
	return 2*k + 2 - yes
}
