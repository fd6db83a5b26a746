package block

// Kept says of each block of a page, by its place N, whether it is part of the
// story. Package body decides that; readers of other fields ask.
type Kept []bool

// Has reports whether a block is part of the story.
func (k Kept) Has(b *Block) bool { return b.N < len(k) && k[b.N] }

// Range is where the story begins and ends among the blocks; -1, -1 if there is
// none.
func (k Kept) Range() (first, last int) {
	first, last = -1, -1
	for n, kept := range k {
		if kept {
			if first < 0 {
				first = n
			}
			last = n
		}
	}
	return first, last
}
