package versions

import (
	"slices"
	"unicode"
)

// similarity is from 0 to 1: the share of words in common, or nearly that of the
// shorter one's words where a unit has grown or shrunk.
func similarity(a, b *unit) float64 {
	if a.kind != b.kind {
		return 0
	}
	x, y := a.words(), b.words()
	if len(x) == 0 || len(y) == 0 {
		return 0
	}
	shared := common(x, y)
	dice := 2 * float64(shared) / float64(len(x)+len(y))
	if least := min(len(x), len(y)); least >= 8 && float64(shared) >= .8*float64(least) {
		return max(dice, .9*float64(shared)/float64(least))
	}
	return dice
}

// common is the number of words that two sorted lists share. It takes time by the
// shorter list alone where the other is much longer.
func common(x, y []uint32) int {
	if len(x) > len(y) {
		x, y = y, x
	}
	shared := 0
	if len(y) < 16*len(x) {
		for i, j := 0, 0; i < len(x) && j < len(y); {
			switch {
			case x[i] == y[j]:
				shared, i, j = shared+1, i+1, j+1
			case x[i] < y[j]:
				i++
			default:
				j++
			}
		}
		return shared
	}
	for _, w := range x {
		at, found := slices.BinarySearch(y, w)
		if found {
			shared++
			at++ // it may be used once
		}
		y = y[at:]
	}
	return shared
}

// words are the sorted hashes of a unit's words; of scripts without spaces, of pairs
// of neighbouring characters.
func (u *unit) words() []uint32 {
	if u.known {
		return u.bag
	}
	u.known = true
	for _, s := range u.texts {
		last := uint32(0)
		for i := 0; i < len(s); {
			t := tokenAt(s, i)
			i = t.end
			switch {
			case t.kind == glyph:
				h := hash(s[t.start:t.end])
				if last != 0 {
					u.bag = append(u.bag, last*31+h)
				} else {
					u.bag = append(u.bag, h)
				}
				last = h
				continue
			case t.isWord():
				u.bag = append(u.bag, hash(s[t.start:t.end]))
			}
			last = 0
		}
	}
	slices.Sort(u.bag)
	return u.bag
}

// hash is FNV-1a of a word without case.
func hash(s string) uint32 {
	h := uint32(2166136261)
	for _, r := range s {
		if r >= 'A' {
			r = unicode.ToLower(r)
		}
		for ; r > 0; r >>= 8 {
			h = (h ^ uint32(r&0xff)) * 16777619
		}
	}
	return h
}
