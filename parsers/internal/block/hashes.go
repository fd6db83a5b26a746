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
	before := uint32(0)
	n := 0
	WordHashes(text, maxTerms, func(h uint32) {
		yield(h, n == 0)
		if n > 0 {
			yield(before*31+h, n == 1)
		}
		before = h
		n++
	})
}

// WordHashes calls yield with the hash of each of a text's first words, at most
// most of them. Case, apostrophes and the value of numbers do not matter.
func WordHashes(text string, most int, yield func(h uint32)) {
	t := termReader{hash: fnvStart, left: most, yield: yield}
	for i := 0; i < len(text); {
		more, size := true, 1
		if c := text[i]; c < utf8.RuneSelf {
			more = t.ascii(c)
		} else {
			var r rune
			r, size = utf8.DecodeRuneInString(text[i:])
			more = t.rune(r)
		}
		if !more {
			return
		}
		i += size
	}
	t.end()
}

// termReader hashes the words of a text, character by character.
type termReader struct {
	hash  uint32 // of the word so far; fnvStart between words
	left  int    // how many words may follow
	yield func(h uint32)
}

// ascii reads a character. It returns false after the last word.
func (t *termReader) ascii(c byte) bool {
	switch {
	case c >= 'a' && c <= 'z':
		t.hash = fnv(t.hash, c)
	case c >= 'A' && c <= 'Z':
		t.hash = fnv(t.hash, c|0x20)
	case c == '\'':
	case c >= '0' && c <= '9':
		t.hash = fnv(t.hash, '0') // any number
	case c == '@' || c == '|' || c == '>':
		return t.end() && t.word(fnv(fnvStart, c))
	default:
		return t.end()
	}
	return true
}

// rune is ascii for all other characters.
func (t *termReader) rune(r rune) bool {
	switch {
	case r >= 0x3040 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af: // a character is a word
		return t.end() && t.word(fnv(fnvRune(fnvStart, r), 1))
	case unicode.IsLetter(r) || unicode.IsMark(r):
		t.hash = fnvRune(t.hash, unicode.ToLower(r))
	case r == '’':
	case r == '©' || r == '»' || r == '•' || r == '→':
		return t.end() && t.word(fnvRune(fnvStart, r))
	default:
		return t.end()
	}
	return true
}

// word reads a word of one character.
func (t *termReader) word(h uint32) bool {
	t.hash = h
	return t.end()
}

// end ends the open word, if there is one. It returns false after the last word.
func (t *termReader) end() bool {
	if t.hash == fnvStart {
		return true
	}
	t.yield(t.hash)
	t.hash = fnvStart
	t.left--
	return t.left > 0
}
