// Package text compares texts: folding, sets of words, and prefilters that spare
// a regular expression the texts it cannot match. It knows nothing of pages.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

func StartsLower(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLower(r)
}

func HasDigit(s string) bool { return strings.ContainsAny(s, "0123456789") }

// ColonIn is where the first colon of either width stands; -1 without one.
func ColonIn(s string) int {
	for i := range len(s) {
		if s[i] == ':' || s[i] == 0xef && strings.HasPrefix(s[i:], "：") {
			return i
		}
	}
	return -1
}

// StartsUpper reports whether a text begins as a name does: with a capital, or a
// letter of a script that has none.
func StartsUpper(s string) bool {
	for _, r := range s {
		if r == '(' || r == '"' || r == '“' || r == '\'' || r == '’' {
			continue
		}
		return unicode.IsUpper(r) || unicode.IsLetter(r) && !unicode.IsLower(r)
	}
	return false
}

func HasLetter(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0
}

func CutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}

func FirstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

func DigitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if IsDigit(s[i]) {
			n++
		}
	}
	return n
}

// SameButSpaces reports whether two texts are the same but for spaces.
func SameButSpaces(a, b string) bool {
	i, j := 0, 0
	for {
		for i < len(a) && a[i] == ' ' {
			i++
		}
		for j < len(b) && b[j] == ' ' {
			j++
		}
		if i == len(a) || j == len(b) {
			return i == len(a) && j == len(b)
		}
		if a[i] != b[j] {
			return false
		}
		i, j = i+1, j+1
	}
}

// Fold reduces a text to letters and digits in lower case, for comparison.
func Fold(s string) string {
	var small [128]byte
	folded := small[:0]
	if len(s) > len(small) {
		folded = make([]byte, 0, len(s))
	}
	for i := 0; i < len(s); {
		r, next := nextFolded(s, i)
		if i = next; r >= 0 {
			folded = utf8.AppendRune(folded, r)
		}
	}
	return string(folded)
}

// nextFolded is the character at i as fold has it, negative if it has none, and
// where the next one stands.
func nextFolded(s string, i int) (rune, int) {
	c := s[i]
	switch {
	case c >= 'a' && c <= 'z' || c >= '0' && c <= '9':
		return rune(c), i + 1
	case c >= 'A' && c <= 'Z':
		return rune(c | 0x20), i + 1
	case c < utf8.RuneSelf:
		return -1, i + 1
	}
	r, size := utf8.DecodeRuneInString(s[i:])
	if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
		return unicode.ToLower(r), i + size
	}
	return -1, i + size
}

func EqualFold(a, b string) bool {
	// Texts of very different lengths are not worth folding.
	if len(a) > 2*len(b)+64 || len(b) > 2*len(a)+64 {
		return false
	}
	i, j, same := 0, 0, false
	for {
		ra, rb := rune(-1), rune(-1)
		for ra < 0 && i < len(a) {
			ra, i = nextFolded(a, i)
		}
		for rb < 0 && j < len(b) {
			rb, j = nextFolded(b, j)
		}
		if ra != rb {
			return false
		}
		if ra < 0 {
			return same // not of two texts without letters
		}
		same = true
	}
}

// FoldsTo reports whether a text is this one when folded.
func FoldsTo(s, folded string) bool {
	at := 0
	for i := 0; i < len(s); {
		r, next := nextFolded(s, i)
		if i = next; r < 0 {
			continue
		}
		if at >= len(folded) {
			return false
		}
		want, size := rune(folded[at]), 1
		if want >= utf8.RuneSelf {
			want, size = utf8.DecodeRuneInString(folded[at:])
		}
		if r != want {
			return false
		}
		at += size
	}
	return at == len(folded)
}

// Similar reports whether one text holds the other, or most of its words.
func Similar(a, b string) bool {
	fa, fb := Fold(a), Fold(b)
	if fa == "" || fb == "" {
		return false
	}
	if strings.Contains(fa, fb) || strings.Contains(fb, fa) {
		return true
	}
	words := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(a)) {
		words[w] = true
	}
	n, hit := 0, 0
	for w := range strings.FieldsSeq(strings.ToLower(b)) {
		n++
		if words[w] {
			hit++
		}
	}
	return n > 0 && hit*10 >= n*7
}

func Set(s string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(s) {
		m[w] = true
	}
	return m
}
