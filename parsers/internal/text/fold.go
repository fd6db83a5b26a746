// Package text compares texts: folding, classes of characters, sets of words, and
// regular expressions with a prefilter that spares them the texts that cannot
// match. It knows nothing of pages.
package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Fold reduces a text to its letters, digits and marks in lower case, for
// comparison: "By Jane-Doe!" becomes "byjanedoe".
func Fold(s string) string {
	var small [128]byte
	folded := small[:0]
	if len(s) > len(small) {
		folded = make([]byte, 0, len(s))
	}
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			if f := foldedASCII[c]; f != 0 {
				folded = append(folded, f)
			}
			i++
			continue
		}
		r, next := nextFolded(s, i)
		if i = next; r >= 0 {
			folded = utf8.AppendRune(folded, r)
		}
	}
	return string(folded)
}

// FoldStart is the first eight bytes of Fold(s) as a number, 0 for what folds to
// nothing: texts of which it differs do not fold to the same.
func FoldStart(s string) uint64 {
	start := uint64(0)
	for i, n := 0, 0; i < len(s) && n < 8; {
		r, next := nextFolded(s, i)
		if i = next; r < 0 {
			continue
		}
		var buf [utf8.UTFMax]byte
		for _, c := range buf[:utf8.EncodeRune(buf[:], r)] {
			if n++; n > 8 {
				break
			}
			start = start<<8 | uint64(c)
		}
	}
	return start
}

// foldedASCII has what Fold writes for each character of ASCII, 0 for nothing.
var foldedASCII = func() (t [utf8.RuneSelf]byte) {
	for c := range t {
		if r, _ := nextFolded(string(rune(c)), 0); r > 0 {
			t[c] = byte(r)
		}
	}
	return t
}()

// nextFolded is the character at i as Fold writes it, negative if Fold drops it, and
// the index of the next one.
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

// EqualFold reports whether two texts fold to the same, which is not empty. Texts of
// very different lengths are never equal.
func EqualFold(a, b string) bool {
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
			return same
		}
		same = true
	}
}

// FoldsTo reports whether a text folds to one that is folded already.
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

// Similar reports whether one text, when folded, contains the other, or a has at
// least seven tenths of the words of b. Texts without letters are never similar.
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

// SameButSpaces reports whether two texts are equal apart from spaces.
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

// CutFold is strings.CutPrefix in spite of case, for prefixes whose letters have
// the same length in both cases.
func CutFold(s, prefix string) (string, bool) {
	if len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix) {
		return s[len(prefix):], true
	}
	return s, false
}
