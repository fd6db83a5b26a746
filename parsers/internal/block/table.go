package block

import (
	"iter"
	"maps"
	"slices"
)

// A Table holds weights by hash, for reading often: open addressing in a slice
// that is at most half full. Its zero value is empty.
type Table struct {
	slots []slot
	shift uint32
	n     int

	// some has a bit for each sparse-th of a slot's hashes that holds one with a weight.
	// Most hashes are looked up in vain, and these bits are in the processor's cache
	// while the slots are not.
	some []uint64
}

// sparse is how many bits of some there are for a slot, as a power of two.
const sparse = 3

type slot struct {
	key    uint32
	weight float32 // 0: nothing here
}

// NewTable makes a table of weights; those of 0 are left out.
func NewTable(weights map[uint32]float32) Table {
	size, shift := 16, uint32(28)
	for size < 2*len(weights) {
		size, shift = 2*size, shift-1
	}
	t := Table{slots: make([]slot, size), shift: shift, some: make([]uint64, size<<sparse/64)}
	for _, k := range slices.Sorted(maps.Keys(weights)) {
		if weights[k] == 0 {
			continue
		}
		i := t.start(k)
		for t.slots[i].weight != 0 {
			i = (i + 1) & uint32(size-1)
		}
		t.slots[i] = slot{k, weights[k]}
		bit := t.bit(k)
		t.some[bit/64] |= 1 << (bit % 64)
		t.n++
	}
	return t
}

func (t *Table) start(key uint32) uint32 { return key * 2654435769 >> t.shift }

// bit is the place of a hash in some.
func (t *Table) bit(key uint32) uint32 { return key * 2654435769 >> (t.shift - sparse) }

// Weight is what the table says of a hash; 0 if nothing.
func (t *Table) Weight(key uint32) float32 {
	if t.n == 0 {
		return 0
	}
	if bit := t.bit(key); t.some[bit/64]>>(bit%64)&1 == 0 {
		return 0
	}
	for i := t.start(key); t.slots[i].weight != 0; i = (i + 1) & uint32(len(t.slots)-1) {
		if s := &t.slots[i]; s.key == key {
			return s.weight
		}
	}
	return 0
}

// Len is how many weights there are.
func (t *Table) Len() int { return t.n }

// All gives the weights by hash, in no order.
func (t *Table) All() iter.Seq2[uint32, float32] {
	return func(yield func(uint32, float32) bool) {
		for _, s := range t.slots {
			if s.weight != 0 && !yield(s.key, s.weight) {
				return
			}
		}
	}
}
