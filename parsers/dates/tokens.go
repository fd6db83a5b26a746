package dates

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A token is a number, a word or a sign of a text.
type token struct {
	start, end int
	word       string // in lower case; a sign as it is; "" for a number
	n, digits  int    // a number and how many digits it has
	gap        bool   // white space before it
	caps       bool   // a word whose first and last letters are capitals
}

// maxTokens bounds what is read of one text.
const maxTokens = 200

// tokenize splits a text. Digits of all scripts make numbers.
func tokenize(s string, to tokens) tokens {
	gap := false
	for i := 0; i < len(s) && len(to) < maxTokens; {
		r, size := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(s[i:])
		}
		if isSpace(r) {
			gap = true
			i += size
			continue
		}
		t := tokenAt(s, i, r, size)
		t.gap = gap
		to = append(to, t)
		i, gap = t.end, false
	}
	return to
}

// isSpace reports whether a character separates words, or is a mark of direction
// or width that no reader sees.
func isSpace(r rune) bool {
	switch r {
	case '\u200b', '\u200e', '\u200f', '\u202a', '\u202b', '\u202c':
		return true
	}
	return unicode.IsSpace(r)
}

// tokenAt gives the token that begins at i with the character r.
func tokenAt(s string, i int, r rune, size int) token {
	if _, ok := digitOf(r); ok {
		return numberAt(s, i)
	}
	if isLetter(r) {
		return wordAt(s, i)
	}
	return token{start: i, end: i + size, word: s[i : i+size]}
}

func isLetter(r rune) bool {
	if r < utf8.RuneSelf {
		return asciiLetter(byte(r))
	}
	return unicode.IsLetter(r) || unicode.IsMark(r)
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func numberAt(s string, i int) token {
	t := token{start: i}
	for _, r := range s[i:] {
		d, ok := digitOf(r)
		if !ok {
			break
		}
		if t.digits < 14 { // more would overflow, and are no date
			t.n = t.n*10 + d
		}
		t.digits++
		i += utf8.RuneLen(r)
	}
	t.end = i
	return t
}

func wordAt(s string, start int) token {
	end := start
	for end < len(s) {
		r, size := utf8.DecodeRuneInString(s[end:])
		if !isLetter(r) && r != '\u200c' && r != '\u200d' { // joiners stand within words
			break
		}
		end += size
	}
	return token{start: start, end: end, word: strings.ToLower(s[start:end]), caps: isCapital(s[start]) && isCapital(s[end-1])}
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// zeros are the zeros of scripts that newspapers are written in.
var zeros = [...]rune{'٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '၀', '០', '０'}

// digitOf is the value of a digit of any script.
func digitOf(r rune) (n int, ok bool) {
	if r < zeros[0] {
		return int(r - '0'), r >= '0' && r <= '9'
	}
	for _, z := range zeros {
		if r >= z && r < z+10 {
			return int(r - z), true
		}
	}
	return 0, false
}

// tokens are the tokens of a text. Its methods take any index.
type tokens []token

// is reports whether the token at i is one of these words or signs.
func (p tokens) is(i int, words ...string) bool {
	if i < 0 || i >= len(p) || p[i].digits > 0 {
		return false
	}
	for _, w := range words {
		if p[i].word == w {
			return true
		}
	}
	return false
}

// number reports whether the token at i is a number with so many digits.
func (p tokens) number(i, least, most int) bool {
	return i >= 0 && i < len(p) && p[i].digits >= least && p[i].digits <= most
}

// joined reports whether there is a token at i without white space before it.
func (p tokens) joined(i int) bool { return i >= 0 && i < len(p) && !p[i].gap }

// skip gives the first index from i on, at most n further, whose token is none of
// these words.
func (p tokens) skip(i, n int, words ...string) int {
	for ; n > 0 && p.is(i, words...); n-- {
		i++
	}
	return i
}

// hasPrefix reports whether the token at i is a word that begins with one of these.
func (p tokens) hasPrefix(i int, prefixes ...string) bool {
	if i >= len(p) {
		return false
	}
	for _, prefix := range prefixes {
		if strings.HasPrefix(p[i].word, prefix) {
			return true
		}
	}
	return false
}
