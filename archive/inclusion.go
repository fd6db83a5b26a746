package archive

import (
	"encoding/hex"
	"math/bits"
	"strings"
)

// maxPath is more hashes than the path of any tree has: 64 levels would be 2⁶⁴ leaves.
const maxPath = 64

// treeRoot is the root of the tree over all leaves (RFC 9162, section 2.1.1).
func treeRoot(leaves []leaf) leaf {
	var m merkle
	for _, l := range leaves {
		m.add(l)
	}
	root, _ := parseRoot(m.root()) // what root writes is a root
	return root
}

// inclusionPath returns the siblings on the way from a leaf to the root of the tree
// over all leaves, the leaf's own first (RFC 9162, section 2.1.3.1).
func inclusionPath(leaves []leaf, index int) []leaf {
	var path []leaf
	for len(leaves) > 1 {
		// The left part has as many leaves as the largest power of two below their number.
		k := 1 << (bits.Len(uint(len(leaves)-1)) - 1)
		if index < k {
			path = append(path, treeRoot(leaves[k:]))
			leaves = leaves[:k]
		} else {
			path = append(path, treeRoot(leaves[:k]))
			leaves, index = leaves[k:], index-k
		}
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}

// included reports whether a path leads from a leaf to the root of a tree with size
// leaves (RFC 9162, section 2.1.3.2).
func included(node leaf, index, size uint64, path []leaf, root leaf) bool {
	if index >= size {
		return false
	}
	at, last := index, size-1
	for _, sibling := range path {
		if last == 0 {
			return false // longer than the tree is high
		}
		if at&1 == 1 || at == last {
			node = join(sibling, node)
			for at&1 == 0 && at != 0 {
				// The right edge of the tree has levels without a sibling.
				at, last = at>>1, last>>1
			}
		} else {
			node = join(node, sibling)
		}
		at, last = at>>1, last>>1
	}
	return last == 0 && node == root
}

// parseRoot reads a root as an index and a proof write it: "sha256:" and 64 lower-case
// hexadecimal digits.
func parseRoot(s string) (leaf, bool) {
	digits, ok := strings.CutPrefix(s, "sha256:")
	if !ok {
		return leaf{}, false
	}
	return parseLeaf(digits)
}

// parseLeaf reads 64 lower-case hexadecimal digits.
func parseLeaf(digits string) (l leaf, ok bool) {
	if len(digits) != hex.EncodedLen(len(l)) || strings.ToLower(digits) != digits {
		return leaf{}, false
	}
	_, err := hex.Decode(l[:], []byte(digits))
	return l, err == nil
}
