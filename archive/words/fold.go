package words

import (
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// A class says what a character is for words.
type class uint8

const (
	parts   class = iota // it parts words
	dropped              // it is left out of a word
	letter               // a letter or digit
	paired               // a character of a script that is indexed by pairs
)

// A fold is what becomes of a character.
type fold struct {
	class class
	to    string // of a letter
}

// others folds letters that Unicode does not decompose, in lower case.
var others = map[rune]string{
	// Latin: Hausa, Fulfulde, Ewe, Akan, Yoruba and others
	'ɓ': "b", 'ɗ': "d", 'ƙ': "k", 'ƴ': "y", 'ŋ': "n", 'ɲ': "n", 'ɛ': "e", 'ɔ': "o", 'ǝ': "e", 'ə': "e", 'ɖ': "d", 'ƒ': "f", 'ɣ': "g", 'ʋ': "v", 'ɩ': "i", 'ɨ': "i",
	'ʉ': "u", 'ʊ': "u", 'ƭ': "t", 'ƈ': "c", 'ƥ': "p",
	// Latin of Europe and Vietnam
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'ł': "l", 'đ': "d", 'ð': "d", 'þ': "th", 'ħ': "h", 'ŧ': "t", 'ı': "i", 'ĸ': "k", 'ȷ': "j", 'ƶ': "z", 'ƀ': "b",
	// Arabic, Persian and Urdu
	'ٱ': "ا", 'ى': "ي", 'ی': "ي", 'ې': "ي", 'ے': "ي", 'ک': "ك", 'ڪ': "ك", 'ة': "ه", 'ہ': "ه", 'ھ': "ه", 'ە': "ه",
}

// apostrophes are letters that look like apostrophes, and are written as such just as
// often: ʼyan and 'yan.
func isApostrophe(r rune) bool { return r >= 0x2b9 && r <= 0x2c1 || r == 0xa78b || r == 0xa78c }

const (
	tatweel = 0x640
	// nukta is the dot of क़ in Hindi, which many leave out; in other scripts
	// of India, it makes another letter.
	nukta          = 0x93c
	zeroWidthSpace = 0x200b
)

// stripped are the scripts whose letters lose their marks. In others, such as those of
// India, marks are vowels.
var stripped = []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Arabic, unicode.Hebrew, unicode.Inherited}

// pairedScripts are those indexed by pairs; also the Japanese sign of a long vowel.
var pairedScripts = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar,
}

const longVowel = 'ー'

// tableEnd is the end of the characters whose folds are kept: all alphabets in daily use.
const tableEnd = 0x2100

var table = sync.OnceValue(func() *[tableEnd]fold {
	var t [tableEnd]fold
	for r := range t {
		t[r] = makeFold(rune(r))
	}
	return &t
})

func foldOf(r rune) fold {
	switch {
	case r < tableEnd:
		return table()[r]
	case r >= 0x4e00 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7a3:
		return fold{class: paired} // Han and Hangul, the most frequent by far
	}
	return makeFold(r)
}

func makeFold(r rune) fold {
	switch {
	case isApostrophe(r), r == zeroWidthSpace:
		return fold{}
	case r == tatweel, r == nukta, unicode.Is(unicode.Cf, r):
		return fold{class: dropped}
	case unicode.IsDigit(r):
		return fold{letter, string(digit(r))}
	case r == longVowel, unicode.In(r, pairedScripts...) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r)):
		return fold{class: paired}
	case unicode.IsMark(r):
		if unicode.In(r, stripped...) {
			return fold{class: dropped}
		}
		return fold{letter, string(r)}
	case unicode.IsLetter(r), unicode.IsNumber(r):
		return fold{letter, bare(r)}
	}
	return fold{}
}

// bare returns a letter in lower case without its marks.
func bare(r rune) string {
	r = unicode.ToLower(unicode.ToUpper(r))
	if to, ok := others[r]; ok {
		return to
	}
	if r == 'й' || !unicode.In(r, stripped...) {
		return string(r)
	}
	to := ""
	for _, d := range norm.NFKD.String(string(r)) {
		if unicode.IsMark(d) {
			continue
		}
		d = unicode.ToLower(d)
		if o, ok := others[d]; ok {
			to += o
		} else {
			to += string(d)
		}
	}
	return to
}

// digit returns the ASCII digit of the same value. Unicode has the ten digits of a
// script together, from zero on.
func digit(r rune) rune {
	for _, t := range unicode.Nd.R16 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	for _, t := range unicode.Nd.R32 {
		if r >= rune(t.Lo) && r <= rune(t.Hi) {
			return '0' + (r-rune(t.Lo))%10
		}
	}
	return r
}
