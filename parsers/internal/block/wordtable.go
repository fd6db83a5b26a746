package block

// A word is what a part of a name or a whole one says of its element.
type word struct {
	part   Hints // as a part of a name, or as a whole one
	phrase Hints // as two parts in a row, or as a whole name
	traits trait // as a whole name
}

// A wordTable holds words by hash, for reading often: open addressing in a slice that
// is at most a quarter full. As in Table, most hashes are looked up in vain.
type wordTable struct {
	keys   []uint32
	words  []word
	filled []uint64
	shift  uint32
}

func newWordTable(all map[uint32]word) *wordTable {
	size, shift := 64, uint32(26)
	for size < 4*len(all) {
		size, shift = 2*size, shift-1
	}
	t := &wordTable{keys: make([]uint32, size), words: make([]word, size), filled: make([]uint64, size/64), shift: shift}
	for key, w := range all {
		i := t.start(key)
		for t.filled[i/64]>>(i%64)&1 != 0 {
			i = (i + 1) & uint32(size-1)
		}
		t.keys[i], t.words[i] = key, w
		t.filled[i/64] |= 1 << (i % 64)
	}
	return t
}

func (t *wordTable) start(key uint32) uint32 { return key * 2654435769 >> t.shift }

// find gives the word of a hash; what says nothing if there is none.
func (t *wordTable) find(key uint32) word {
	for i := t.start(key); t.filled[i/64]>>(i%64)&1 != 0; i = (i + 1) & uint32(len(t.keys)-1) {
		if t.keys[i] == key {
			return t.words[i]
		}
	}
	return word{}
}
