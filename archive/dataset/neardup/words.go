package neardup

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// maxWord is the number of bytes after which a word is cut. No word of a natural
// language is as long; encoded pictures and minified scripts are.
const maxWord = 256

// Classes of runes. A rune that is neither inWord nor ignored separates words.
const (
	inWord      uint8 = 1 << iota // letters, marks and numbers
	mark                          // belongs to the rune before it
	spaceless                     // of a script written without spaces: a word of its own
	unstable                      // NFKC may change it, or join it with the rune before it
	ignored                       // soft hyphens, joiners, direction marks: dropped inside words
	unstableNFC                   // NFC may change it, or join it with the rune before it
	space                         // Unicode's White_Space
)

// spacelessScripts are written without spaces between words. Hangul has spaces.
var spacelessScripts = []*unicode.RangeTable{
	unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Bopomofo,
	unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// runeTable holds class and lower case of each rune of the Basic Multilingual Plane,
// because the lookups of package unicode cost more than the rest of the splitter.
type runeTable struct {
	class [1 << 16]uint8
	lower [1 << 16]uint16
}

var runes = sync.OnceValue(func() *runeTable {
	t := new(runeTable)
	for r := range rune(1 << 16) {
		t.class[r] = classOf(r)
		t.lower[r] = uint16(r)
		if l := unicode.ToLower(r); l < 1<<16 {
			t.lower[r] = uint16(l)
		}
	}
	return t
})

func classOf(r rune) uint8 {
	s := string(r)
	joins := !norm.NFKC.PropertiesString(s).BoundaryBefore()
	var c uint8
	if unicode.IsSpace(r) {
		c |= space
	}
	if !norm.NFC.IsNormalString(s) || !norm.NFC.PropertiesString(s).BoundaryBefore() {
		c |= unstableNFC
	}
	switch {
	case unicode.Is(unicode.Cf, r):
		return c | ignored | unstable
	case !unicode.In(r, unicode.L, unicode.M, unicode.N):
		return c
	}
	c |= inWord
	if joins || !norm.NFKC.IsNormalString(s) {
		c |= unstable
	}
	switch {
	case joins || unicode.Is(unicode.M, r) || r == '\uff9e' || r == '\uff9f': // half-width voiced sound marks
		c |= mark
	case unicode.In(r, spacelessScripts...):
		c |= spaceless
	}
	return c
}

// decode is utf8.DecodeRuneInString, inlined for the two-byte runes of most alphabets.
func decode(s string, i int) (rune, int) {
	if i+1 < len(s) && s[i]-0xc2 < 0xe0-0xc2 && s[i+1]&0xc0 == 0x80 {
		return rune(s[i]&0x1f)<<6 | rune(s[i+1]&0x3f), 2
	}
	return utf8.DecodeRuneInString(s[i:])
}

// asciiWord maps ASCII letters and digits to lower case, other ASCII to 0 and bytes
// of longer runes to notASCII.
var asciiWord = func() (t [256]uint8) {
	for c := range 256 {
		switch {
		case c >= 0x80:
			t[c] = notASCII
		case '0' <= c && c <= '9' || 'a' <= c && c <= 'z':
			t[c] = uint8(c)
		case 'A' <= c && c <= 'Z':
			t[c] = uint8(c) + 'a' - 'A'
		}
	}
	return t
}()

const notASCII = 0xff

// Words are hashed rune by rune, FNV-1a's way, and mixed at the end.
const (
	hashStart = 0xcbf29ce484222325
	hashPrime = 0x100000001b3
)

// mix spreads the bits of h over the whole word (MurmurHash3's finalizer).
func mix(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	h ^= h >> 33
	h *= 0xc4ceb9fe1a85ec53
	return h ^ h>>33
}

// splitter splits texts into words; its buffer is reused.
type splitter struct {
	table *runeTable
	buf   []byte
}

// appendWords appends a hash for each word of the text. Words are runs of letters,
// marks and numbers, after NFKC, in lower case; in scripts without spaces each
// character with its marks is a word. Bytes that are not UTF-8 separate words.
func (s *splitter) appendWords(words []uint64, text string) []uint64 {
	for i := 0; i < len(text); {
		start, end, h := i, min(len(text), i+maxWord), uint64(hashStart)
		class := uint8(0)
		for i < end {
			class = asciiWord[text[i]]
			if class == 0 || class == notASCII {
				break
			}
			h = (h ^ uint64(class)) * hashPrime
			i++
		}
		switch {
		case class == notASCII:
			words, i = s.appendWord(words, text, start)
		case i > start:
			words = append(words, mix(h))
		default:
			i++
		}
	}
	return words
}

// appendWord appends the hash of the word at start, which has runes outside ASCII,
// and returns where it ends; at a separator it steps over it.
func (s *splitter) appendWord(words []uint64, text string, start int) ([]uint64, int) {
	if s.table == nil {
		s.table = runes()
	}
	i, all, h := start, uint8(0), uint64(hashStart)
	for i < len(text) && i-start < maxWord {
		r, size := decode(text, i)
		c := s.table.classOf(r)
		if c&(inWord|ignored) == 0 || r == utf8.RuneError {
			if i == start {
				return words, i + size
			}
			break
		}
		// A character of a script without spaces starts a word and ends one.
		if i > start && c&(mark|ignored) == 0 && (c|all)&spaceless != 0 {
			break
		}
		all |= c
		h = (h ^ uint64(s.table.lowerOf(r))) * hashPrime
		i += size
	}
	switch {
	case all&inWord == 0:
		return words, i
	case all&unstable == 0:
		return append(words, mix(h)), i
	}
	return append(words, s.normalHash(text[start:i])), i
}

// normalHash returns the hash of a word after NFKC, without ignored runes.
func (s *splitter) normalHash(word string) uint64 {
	s.buf = norm.NFKC.AppendString(s.buf[:0], word)
	h := uint64(hashStart)
	for rest := s.buf; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		rest = rest[size:]
		if s.table.classOf(r)&ignored == 0 {
			h = (h ^ uint64(s.table.lowerOf(r))) * hashPrime
		}
	}
	return mix(h)
}

func (t *runeTable) classOf(r rune) uint8 {
	if r < 1<<16 {
		return t.class[r]
	}
	return classOf(r)
}

func (t *runeTable) lowerOf(r rune) rune {
	if r < 1<<16 {
		return rune(t.lower[r])
	}
	return unicode.ToLower(r)
}
