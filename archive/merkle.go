package archive

import (
	"crypto/sha256"
	"encoding/hex"
)

// A leaf is the hash of one record's line in a segment's Merkle tree.
type leaf [sha256.Size]byte

func leafOf(line []byte) leaf {
	h := sha256.New()
	h.Write([]byte{0})
	h.Write(line)
	var l leaf
	h.Sum(l[:0])
	return l
}

func (l leaf) String() string { return "sha256:" + hex.EncodeToString(l[:]) }

// merkle computes the root of a Merkle tree (RFC 9162, section 2.1.1) leaf by leaf.
// It keeps one hash for each level that still lacks its right sibling.
type merkle struct {
	levels []leaf
	n      uint64
}

func (m *merkle) add(node leaf) {
	for i := m.n; i&1 == 1; i >>= 1 {
		last := len(m.levels) - 1
		node = join(m.levels[last], node)
		m.levels = m.levels[:last]
	}
	m.levels = append(m.levels, node)
	m.n++
}

func (m *merkle) root() string {
	if m.n == 0 {
		return leaf(sha256.Sum256(nil)).String()
	}
	node := m.levels[len(m.levels)-1]
	for i := len(m.levels) - 2; i >= 0; i-- {
		node = join(m.levels[i], node)
	}
	return node.String()
}

func join(left, right leaf) leaf {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], left[:])
	copy(b[1+sha256.Size:], right[:])
	return sha256.Sum256(b[:])
}
