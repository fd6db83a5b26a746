package text

import (
	"strings"
)

// Hints are words of which a text must hold one before a slower look at it is
// worth anything. They are told apart by the two bytes that they begin with, so
// that one walk over a text looks for all of them.
type LiteralSet struct {
	at    [1 << 10]uint16 // by the first two bytes, one more than the place in words
	words [][]string
}

// Literals makes hints of words, each of two bytes or more, parted by "|".
func Literals(words string) *LiteralSet {
	return NewLiteralSet(strings.Split(words, "|"))
}

func NewLiteralSet(words []string) *LiteralSet {
	h := &LiteralSet{}
	for _, w := range words {
		k := PairKey(w[0], w[1])
		if h.at[k] == 0 {
			h.words = append(h.words, nil)
			h.at[k] = uint16(len(h.words))
		}
		h.words[h.at[k]-1] = append(h.words[h.at[k]-1], w)
	}
	return h
}

// PairKey is one of its own for each pair of small letters.
func PairKey(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// In reports whether a text holds one of the words, as they are written.
func (h *LiteralSet) In(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if k := h.at[PairKey(s[i], s[i+1])]; k != 0 {
			for _, w := range h.words[k-1] {
				if strings.HasPrefix(s[i:], w) {
					return true
				}
			}
		}
	}
	return false
}
