package headline

import (
	"strings"
	"unicode"
)

// betweenWords reports whether a character is of no word.
func betweenWords(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// wordSet is the set of a text's words in lower case. Chinese, Japanese and Korean
// runs count as their pairs of neighbouring characters.
func wordSet(s string) map[string]bool {
	words := map[string]bool{}
	for w := range strings.FieldsFuncSeq(strings.ToLower(s), betweenWords) {
		runes := []rune(w)
		if len(runes) > 0 && runes[0] >= 0x2e80 {
			for i := 0; i+1 < len(runes); i++ {
				words[string(runes[i:i+2])] = true
			}
			continue
		}
		words[w] = true
	}
	return words
}

// shared is how many words of a are in b.
func shared(a, b map[string]bool) int {
	n := 0
	for w := range a {
		if b[w] {
			n++
		}
	}
	return n
}

// overlap is the share of the words of the longer text that the other has too.
func overlap(a, b map[string]bool) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	return float64(shared(a, b)) / float64(max(len(a), len(b)))
}
