package versions

import (
	"unicode"
	"unicode/utf8"
)

// tokenKind is the kind of a token.
type tokenKind uint8

const (
	space  tokenKind = iota
	mark             // punctuation, symbols, emoji
	word             // letters, perhaps with digits
	number           // begins with a digit
	glyph            // one character of a script without spaces between words
)

// A token is a piece of a text that a diff of words does not divide.
type token struct {
	start, end int
	kind       tokenKind
}

func (t token) isWord() bool { return t.kind >= word }

// unspaced are the scripts that have no spaces between words.
var unspaced = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar}

func isUnspaced(r rune) bool { return r >= 0xe00 && unicode.In(r, unspaced...) }

// tokens divides a text; the tokens cover all of it. Characters with combining
// marks and emoji sequences are never divided (after Unicode Standard Annex 29,
// without its rules for conjoining Jamo and Indic conjuncts, which words keep
// together here).
func tokens(s string) []token {
	all := make([]token, 0, len(s)/4+1)
	for i := 0; i < len(s); {
		t := tokenAt(s, i)
		all = append(all, t)
		i = t.end
	}
	return all
}

// tokenAt is the token that begins at s[start].
func tokenAt(s string, start int) token {
	r, n := utf8.DecodeRuneInString(s[start:])
	i := start + n
	switch {
	case unicode.IsSpace(r):
		return token{start, afterSpace(s, i), space}
	case isUnspaced(r):
		return token{start, cluster(s, i, r), glyph}
	case unicode.IsLetter(r):
		return token{start, wordEnd(s, i), word}
	case unicode.IsDigit(r):
		return token{start, wordEnd(s, i), number}
	}
	return token{start, cluster(s, i, r), mark}
}

// wordEnd is the end of a word of which s[:i] has the beginning. An apostrophe
// between letters and a separator between digits belong to it.
func wordEnd(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isUnspaced(r):
			return i
		case unicode.IsLetter(r), unicode.IsDigit(r), extends(r):
			i += n
			continue
		}
		next, _ := utf8.DecodeRuneInString(s[i+n:])
		last, _ := utf8.DecodeLastRuneInString(s[:i])
		switch {
		case (r == '\'' || r == '’' || r == 'ʼ' || r == '״' || r == '׳') && unicode.IsLetter(last) && unicode.IsLetter(next) && !isUnspaced(next):
		case (r == '.' || r == ',' || r == '٫' || r == '٬') && unicode.IsDigit(last) && unicode.IsDigit(next):
		default:
			return i
		}
		i += n
	}
	return i
}

// cluster is the end of the character whose first rune r ends at s[i].
func cluster(s string, i int, r rune) int {
	half := isRegional(r) // two of these are a flag
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == 0x200d: // joins the next character to this one
			i += n
			if next, n := utf8.DecodeRuneInString(s[i:]); i < len(s) && !unicode.IsSpace(next) {
				i += n
			}
		case extends(r):
			i += n
		case half && isRegional(r):
			i, half = i+n, false
		default:
			return i
		}
	}
	return i
}

// extends reports whether a rune belongs to the character before it.
func extends(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r == 0x200d || r == 0x200c, r == 0xe33 || r == 0xeb3, // joiners; Thai and Lao AM
		r >= 0x1f3fb && r <= 0x1f3ff, r >= 0xe0020 && r <= 0xe007f: // skin tones; tags of flags
		return true
	}
	return unicode.Is(unicode.M, r) // variation selectors too
}

func isRegional(r rune) bool { return r >= 0x1f1e6 && r <= 0x1f1ff }

// countWords is the number of words of a text; characters of scripts without
// spaces count as words.
func countWords(s string) int {
	n := 0
	for i := 0; i < len(s); {
		t := tokenAt(s, i)
		if t.isWord() {
			n++
		}
		i = t.end
	}
	return n
}
