package block

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of what is hashed of a class or id and of a text.
const (
	maxNameParts = 24
	maxTerms     = 40
)

// NameHashes calls yield with the hash of each part of a class or id, and of each
// whole name that has several parts.
func NameHashes(value string, yield func(uint32)) {
	n := 0
	for tok := range strings.FieldsSeq(value[:min(len(value), 400)]) {
		whole, part, parts := uint32(fnvStart), uint32(fnvStart), 0
		lower := false
		end := func() {
			if part != fnvStart {
				yield(part)
				parts++
			}
			part = fnvStart
		}
		for i := range len(tok) {
			c := tok[i]
			switch {
			case c >= 'A' && c <= 'Z':
				if lower {
					end()
				}
				c |= 0x20
				part = fnv(part, c)
				whole = fnv(whole, c)
				lower = false
				continue
			case c >= 'a' && c <= 'z' || c >= 0x80:
				part = fnv(part, c)
				whole = fnv(whole, c)
				lower = true
				continue
			case c >= '0' && c <= '9':
				continue // numbers tell pages apart, not what they hold
			}
			end()
			lower = false
			whole = fnv(whole, '-')
		}
		end()
		if parts > 1 {
			yield(whole)
		}
		if n++; n >= maxNameParts {
			return
		}
	}
}

// Hashes are FNV-1a, as the model was made with.
const (
	fnvStart   = 2166136261
	fnv64Start = 14695981039346656037
	fnv64Prime = 1099511628211
)

func fnv(h uint32, c byte) uint32 { return (h ^ uint32(c)) * 16777619 }

// fnvRune hashes the low 16 bits of a character.
func fnvRune(h uint32, r rune) uint32 { return fnv(fnv(h, byte(r)), byte(r>>8)) }

// TermHashes calls yield with the hash of each of a text's first words and of each
// two adjacent ones; first says that the term begins the text.
func TermHashes(text string, yield func(h uint32, first bool)) {
	var some [maxTerms]uint32
	words, _ := appendWords(some[:0], text, maxTerms)
	for i, h := range words {
		yield(h, i == 0)
		if i > 0 {
			yield(pairHash(words[i-1], h), i == 1)
		}
	}
}

func pairHash(before, h uint32) uint32 { return before*31 + h }

// WordHashes calls yield with the hash of each of a text's first words, at most
// most of them. Case, apostrophes and the value of numbers do not matter.
func WordHashes(text string, most int, yield func(h uint32)) {
	var some [maxTerms]uint32
	for len(text) > 0 && most > 0 {
		words, rest := appendWords(some[:0], text, min(most, len(some)))
		for _, h := range words {
			yield(h)
		}
		text, most = rest, most-len(words)
	}
}

// What an ASCII character is in a word, if it is not the byte to hash.
const (
	endsWord  = iota // it is between words
	skipped          // it does not matter
	wordAlone        // it is a word by itself
)

// asciiWords has for each ASCII character the byte to hash, or one of the above.
var asciiWords = func() (t [utf8.RuneSelf]byte) {
	for c := byte('a'); c <= 'z'; c++ {
		t[c], t[c-'a'+'A'] = c, c
	}
	for c := byte('0'); c <= '9'; c++ {
		t[c] = '0' // any number
	}
	t['\''] = skipped
	t['@'], t['|'], t['>'] = wordAlone, wordAlone, wordAlone
	return t
}()

// appendWords appends the hashes of a text's first words, so many of them at most,
// and returns what of the text follows the last of these.
func appendWords(hashes []uint32, text string, most int) (all []uint32, rest string) {
	most += len(hashes)
	hash := uint32(fnvStart) // of the word so far; fnvStart between words
	for i := 0; i < len(text); {
		size, alone := 1, uint32(fnvStart)
		if c := text[i]; c < utf8.RuneSelf {
			switch to := asciiWords[c]; to {
			case endsWord:
			case skipped:
				i++
				continue
			case wordAlone:
				alone = fnv(fnvStart, c)
			default:
				hash = fnv(hash, to)
				i++
				continue
			}
		} else {
			var r rune
			var inWord bool
			r, size = utf8.DecodeRuneInString(text[i:])
			if hash, alone, inWord = wideRune(hash, r); inWord {
				i += size
				continue
			}
		}
		if hash != fnvStart {
			if hashes = append(hashes, hash); len(hashes) == most {
				return hashes, text[i:]
			}
			hash = fnvStart
		}
		i += size
		if alone != fnvStart {
			if hashes = append(hashes, alone); len(hashes) == most {
				return hashes, text[i:]
			}
		}
	}
	if hash != fnvStart {
		hashes = append(hashes, hash)
	}
	return hashes, ""
}

// wideRune reads a character beyond ASCII after a word so far. It is in the word,
// or ends it; then it may be a word alone, whose hash is given.
func wideRune(hash uint32, r rune) (word, alone uint32, inWord bool) {
	switch {
	case r >= 0x3040 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af: // a character is a word
		return hash, fnv(fnvRune(fnvStart, r), 1), false
	case unicode.IsLetter(r) || unicode.IsMark(r):
		return fnvRune(hash, unicode.ToLower(r)), fnvStart, true
	case r == '’':
		return hash, fnvStart, true
	case r == '©' || r == '»' || r == '•' || r == '→':
		return hash, fnvRune(fnvStart, r), false
	}
	return hash, fnvStart, false
}
