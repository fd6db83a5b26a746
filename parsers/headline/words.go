package headline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// betweenWords reports whether a character is of no word.
func betweenWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// wordsOf is the set of a text's words in lower case, as hashes in ascending order.
// Chinese, Japanese and Korean runs count as their pairs of neighbouring characters.
func wordsOf(s string) []uint32 {
	all := make([]uint32, 0, 16)
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), betweenWords) {
		if first, size := utf8.DecodeRuneInString(w); first < 0x2e80 {
			all = append(all, hashOf(w))
		} else {
			for len(w) > size { // by pairs
				_, next := utf8.DecodeRuneInString(w[size:])
				all = append(all, hashOf(w[:size+next]))
				w, size = w[size:], next
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func hashOf(w string) uint32 {
	h := uint32(2166136261)
	for i := range len(w) {
		h = (h ^ uint32(w[i])) * 16777619
	}
	return h
}

// sharedWords is how many words of a are in b.
func sharedWords(a, b []uint32) int {
	n := 0
	for i, k := 0, 0; i < len(a) && k < len(b); {
		switch {
		case a[i] < b[k]:
			i++
		case a[i] > b[k]:
			k++
		default:
			n, i, k = n+1, i+1, k+1
		}
	}
	return n
}

// alike is the share of the words of the longer text that the other has too.
func alike(a, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return float64(sharedWords(a, b)) / float64(max(len(a), len(b)))
}
