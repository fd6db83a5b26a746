package text

import (
	"iter"
	"math/bits"
	"strings"
)

// Literals makes a set of literals that "|" separates. Unlike Phrases it keeps the
// spaces around them; none may be empty. Case matters.
func Literals(words string) *LiteralSet { return NewLiteralSet(strings.Split(words, "|")) }

// NewLiteralSet makes a set of literals, none of them empty. Case matters.
func NewLiteralSet(words []string) *LiteralSet {
	literals := make([]literal, len(words))
	for i, w := range words {
		literals[i] = literal{w, w}
	}
	return newLiterals(literals)
}

// FoldedLiterals is like Literals, which are of lower case, and finds ASCII letters
// of either case.
func FoldedLiterals(words string) *LiteralSet {
	var literals []literal
	for w := range strings.SplitSeq(words, "|") {
		upper := []byte(w)
		for i, c := range upper {
			if c >= 'a' && c <= 'z' {
				upper[i] = c - 'a' + 'A'
			}
		}
		literals = append(literals, literal{w, string(upper)})
	}
	return newLiterals(literals)
}

// PairKey gives each pair of lower-case letters a key of its own, below 1024.
func PairKey(a, b byte) int { return int(a&31)<<5 | int(b&31) }

// literal is a text that may be written in two cases: each byte of a text that
// contains it is the byte of lower or the byte of upper at that place. Both are
// equal where case matters, and always of the same length.
type literal struct{ lower, upper string }

// A LiteralSet finds out whether a text contains one of its literals. It walks
// over the text once and compares where two bytes begin a literal.
type LiteralSet struct {
	only   string     // the single literal of one case, or ""
	pairs  [64]uint64 // by byteKey: one bit for each second byte's key
	single [256]bool  // literals of one byte

	// By byteKey: the literals of each second byte's key that pairs has, in the order
	// of these keys. A pair of bytes begins few of the literals that its first does.
	byPair [64][][]literal
}

// newLiterals makes a set; a single literal of one case needs no table.
func newLiterals(literals []literal) *LiteralSet {
	set := &LiteralSet{}
	if len(literals) == 1 && literals[0].lower == literals[0].upper {
		set.only = literals[0].lower
		return set
	}
	for _, l := range literals {
		for first := range places(l.keys(0)) {
			set.pairs[first] |= l.keys(1)
		}
		if len(l.lower) == 1 {
			set.single[l.lower[0]], set.single[l.upper[0]] = true, true
		}
	}
	for first, seconds := range set.pairs {
		set.byPair[first] = make([][]literal, bits.OnesCount64(seconds))
	}
	for _, l := range literals {
		for first := range places(l.keys(0)) {
			for second := range places(l.keys(1)) {
				of := &set.byPair[first][set.place(first, second)]
				*of = append(*of, l)
			}
		}
	}
	return set
}

// keys are the byteKeys that a literal may have at a place: one bit for each, all of
// them behind its end.
func (l literal) keys(place int) uint64 {
	if place >= len(l.lower) {
		return ^uint64(0)
	}
	return 1<<byteKey(l.lower[place]) | 1<<byteKey(l.upper[place])
}

// places are the places of the bits of a mask.
func places(mask uint64) iter.Seq[byte] {
	return func(yield func(byte) bool) {
		for ; mask != 0; mask &= mask - 1 {
			if !yield(byte(bits.TrailingZeros64(mask))) {
				return
			}
		}
	}
}

// place is where byPair has the literals of two bytes' keys.
func (set *LiteralSet) place(first, second byte) int {
	return bits.OnesCount64(set.pairs[first&63] & (1<<(second&63) - 1))
}

// byteKey is below 64 and has a value of its own for each letter, whatever its
// case, and for each digit.
func byteKey(b byte) byte { return b&31 | b>>1&32 }

// FoundIn reports whether s contains one of the literals.
func (set *LiteralSet) FoundIn(s string) bool {
	if set.only != "" {
		return strings.Contains(s, set.only)
	}
	if s == "" {
		return false
	}
	key := byteKey(s[0])
	for i := 1; i < len(s); i++ {
		first := key
		key = byteKey(s[i])
		if set.pairs[first&63]>>(key&63)&1 != 0 && startsWithAny(s[i-1:], set.byPair[first&63][set.place(first, key)]) {
			return true
		}
	}
	return set.single[s[len(s)-1]]
}

// Begins reports whether s begins with one of the literals.
func (set *LiteralSet) Begins(s string) bool {
	switch {
	case set.only != "":
		return strings.HasPrefix(s, set.only)
	case s == "":
		return false
	case set.single[s[0]]:
		return true
	case len(s) == 1:
		return false
	}
	first, second := byteKey(s[0]), byteKey(s[1])
	return set.pairs[first&63]>>(second&63)&1 != 0 && startsWithAny(s, set.byPair[first&63][set.place(first, second)])
}

// startsWithAny reports whether s begins with one of the literals. It looks at their
// last bytes first: the first two are probably right.
func startsWithAny(s string, literals []literal) bool {
	for k := range literals {
		l := &literals[k]
		if last := len(l.lower) - 1; last < len(s) && (s[last] == l.lower[last] || s[last] == l.upper[last]) && l.begins(s) {
			return true
		}
	}
	return false
}

// begins reports whether s, which is no shorter, begins with the literal.
func (l *literal) begins(s string) bool {
	for i := range len(l.lower) {
		if s[i] != l.lower[i] && s[i] != l.upper[i] {
			return false
		}
	}
	return true
}
