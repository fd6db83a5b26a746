package text

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// FirstRune is the first character of a text; utf8.RuneError of an empty one.
func FirstRune(s string) rune {
	r, _ := utf8.DecodeRuneInString(s)
	return r
}

// StartsLower reports whether a text begins with a small letter.
func StartsLower(s string) bool { return unicode.IsLower(FirstRune(s)) }

// StartsUpper reports whether a text begins as a name does: with a capital, or a
// letter of a script that has none. Opening brackets and quotation marks before it
// do not matter.
func StartsUpper(s string) bool {
	for _, r := range s {
		if r == '(' || r == '"' || r == '“' || r == '\'' || r == '’' {
			continue
		}
		return unicode.IsUpper(r) || unicode.IsLetter(r) && !unicode.IsLower(r)
	}
	return false
}

// HasLetter reports whether a text has a letter of any script.
func HasLetter(s string) bool { return strings.IndexFunc(s, unicode.IsLetter) >= 0 }

// IsDigit reports whether a byte is an ASCII digit.
func IsDigit(c byte) bool { return c >= '0' && c <= '9' }

// HasDigit reports whether a text has an ASCII digit.
func HasDigit(s string) bool {
	for i := range len(s) {
		if IsDigit(s[i]) {
			return true
		}
	}
	return false
}

// DigitsIn counts the ASCII digits of a text.
func DigitsIn(s string) int {
	n := 0
	for i := range len(s) {
		if IsDigit(s[i]) {
			n++
		}
	}
	return n
}

// ColonIn is the index of the first colon, ASCII or full-width; -1 without one.
func ColonIn(s string) int {
	for i := range len(s) {
		if s[i] == ':' || s[i] == 0xef && strings.HasPrefix(s[i:], "：") {
			return i
		}
	}
	return -1
}
