package text

import (
	"slices"
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
	only    string     // the single literal of one case, or ""
	pairs   [64]uint64 // by byteKey: one bit for each second byte's key
	byFirst [64][]literal
	single  [256]bool // literals of one byte
}

// newLiterals makes a set; a single literal of one case needs no table.
func newLiterals(literals []literal) *LiteralSet {
	set := &LiteralSet{}
	if len(literals) == 1 && literals[0].lower == literals[0].upper {
		set.only = literals[0].lower
		return set
	}
	for _, l := range literals {
		set.add(l)
	}
	return set
}

func (set *LiteralSet) add(l literal) {
	keys := []byte{byteKey(l.lower[0]), byteKey(l.upper[0])}
	for _, key := range slices.Compact(keys) {
		if len(l.lower) == 1 {
			set.pairs[key] = ^uint64(0)
		} else {
			set.pairs[key] |= 1<<byteKey(l.lower[1]) | 1<<byteKey(l.upper[1])
		}
		set.byFirst[key] = append(set.byFirst[key], l)
	}
	if len(l.lower) == 1 {
		set.single[l.lower[0]], set.single[l.upper[0]] = true, true
	}
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
		if set.pairs[first&63]>>key&1 != 0 && startsWithAny(s[i-1:], set.byFirst[first&63]) {
			return true
		}
	}
	return set.single[s[len(s)-1]]
}

// startsWithAny reports whether s begins with one of the literals.
func startsWithAny(s string, literals []literal) bool {
	for _, l := range literals {
		if len(l.lower) > len(s) {
			continue
		}
		i := 0
		for i < len(l.lower) && (s[i] == l.lower[i] || s[i] == l.upper[i]) {
			i++
		}
		if i == len(l.lower) {
			return true
		}
	}
	return false
}
