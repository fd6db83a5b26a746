// Package words cuts text into the words of a full-text index, and reads what people
// type into a search box. Text and query are folded alike, so that they meet whatever
// their spelling. It knows no index and no disk.
//
// A word is a run of letters, digits and their marks, in Unicode's compatibility form
// NFKC, without case and diacritics: "Économie" is economie, "ƙasa" is kasa. What parts
// words is not indexed: "covid-19" is the phrase of covid and 19. Chinese, Japanese,
// Korean, Thai, Lao, Khmer and Burmese are written without spaces between words, or with
// endings attached: a run of these characters is indexed as all pairs of neighbours, and
// its last character alone, so that any part of the run is found.
package words

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// A Token is a word of a text as it is indexed.
type Token struct {
	Text       string // folded; letters, digits and marks only
	Start, End int    // the bytes of the text that it stands for
	// FirstEnd is where the first of two characters ends, for a pair; else End.
	FirstEnd int
	// Last says that the token is the last character of a run of pairs, alone; Alone,
	// that it is the whole run.
	Last, Alone bool
}

// maxToken is how many bytes of a word are indexed: longer ones are data.
const maxToken = 128

// Tokens returns the words of a text in order. Invalid UTF-8 parts words.
func Tokens(s string) iter.Seq[Token] {
	return func(yield func(Token) bool) {
		c := cutter{yield: yield}
		c.cut(s)
	}
}

// Append appends the words of a text to b, each with a space after it.
func Append(b []byte, s string) []byte {
	c := cutter{raw: b, isRaw: true}
	c.cut(s)
	return c.raw
}

// Fold returns the words of a text with spaces between them.
func Fold(s string) string { return strings.TrimSuffix(string(Append(nil, s)), " ") }

// A cutter cuts one text. Of its two outputs, raw is that of Append.
type cutter struct {
	yield func(Token) bool
	raw   []byte
	isRaw bool
	ended bool // yield has returned false
	iter  norm.Iter

	word       []byte // the word at hand
	start, end int    // in the text

	pair           bool // a run of pairs is at hand
	first          bool // with one character so far
	prev           rune // its last character
	pStart, prevTo int
}

func (c *cutter) cut(s string) {
	for i := 0; i < len(s) && !c.ended; {
		// A mark after a letter may change it, so that only ASCII before ASCII is plain.
		end := i
		for end < len(s) && s[end] < utf8.RuneSelf {
			end++
		}
		if end < len(s) {
			end--
		}
		if end > i {
			c.ascii(s[:end], i)
			i = end
			continue
		}
		i = c.composed(s, i)
	}
	c.flush()
}

// asciiFolds has the folded form of ASCII letters and digits; 0 for what parts words.
var asciiFolds = func() (t [utf8.RuneSelf]byte) {
	for b := byte('0'); b <= '9'; b++ {
		t[b] = b
	}
	for b := byte('a'); b <= 'z'; b++ {
		t[b], t[b-'a'+'A'] = b, b
	}
	return t
}()

// ascii reads a text from i on, which is plain ASCII from there.
func (c *cutter) ascii(s string, i int) {
	for i < len(s) && !c.ended {
		if asciiFolds[s[i]] == 0 {
			c.flush()
			for i++; i < len(s) && asciiFolds[s[i]] == 0; {
				i++
			}
			continue
		}
		c.beginWord(i)
		for ; i < len(s); i++ {
			f := asciiFolds[s[i]]
			if f == 0 {
				break
			}
			if len(c.word) < maxToken {
				c.word = append(c.word, f)
			}
		}
		c.end = i
	}
}

// composed reads what is not plain ASCII from i on, and returns where it ends.
func (c *cutter) composed(s string, i int) int {
	end := i + 1
	for end < len(s) && (s[end] >= utf8.RuneSelf || end+1 < len(s) && s[end+1] >= utf8.RuneSelf) {
		end++
	}
	if norm.NFKC.IsNormalString(s[i:end]) { // as most text is
		for at := i; at < end && !c.ended; {
			r, n := utf8.DecodeRuneInString(s[at:end])
			if r == utf8.RuneError && n == 1 {
				c.flush()
			} else {
				c.rune(r, at, at+n)
			}
			at += n
		}
		return end
	}
	it := &c.iter
	it.InitString(norm.NFKC, s[i:end])
	for !it.Done() && !c.ended {
		from := i + it.Pos()
		b := it.Next()
		to := i + it.Pos()
		for len(b) > 0 {
			r, n := utf8.DecodeRune(b)
			b = b[n:]
			if r == utf8.RuneError && n == 1 {
				c.flush()
				continue
			}
			c.rune(r, from, to)
		}
	}
	return end
}

func (c *cutter) rune(r rune, from, to int) {
	switch f := foldOf(r); f.class {
	case parts:
		// In Khmer, Burmese and Thai, it only says where a line may end: readers do not see
		// it, and few people type it.
		if r != zeroWidthSpace || !c.pair {
			c.flush()
		}
	case dropped:
		if len(c.word) > 0 && unicode.IsMark(r) {
			c.end = to
		}
	case paired:
		c.addPaired(r, from, to)
	case letter:
		c.beginWord(from)
		if len(c.word)+len(f.to) <= maxToken {
			c.word = append(c.word, f.to...)
		}
		c.end = to
	}
}

func (c *cutter) beginWord(at int) {
	if c.pair {
		c.flush()
	}
	if len(c.word) == 0 {
		c.start = at
	}
}

func (c *cutter) addPaired(r rune, from, to int) {
	if len(c.word) > 0 {
		c.flush()
	}
	if c.pair {
		c.emit(string(c.prev)+string(r), Token{Start: c.pStart, End: to, FirstEnd: c.prevTo})
	}
	c.first = !c.pair
	c.pair, c.prev, c.pStart, c.prevTo = true, r, from, to
}

// flush ends the word or run at hand.
func (c *cutter) flush() {
	if len(c.word) > 0 {
		if c.isRaw {
			c.raw = append(append(c.raw, c.word...), ' ')
		} else {
			c.emit(string(c.word), Token{Start: c.start, End: c.end, FirstEnd: c.end})
		}
		c.word = c.word[:0]
	}
	if c.pair {
		c.pair = false
		c.emit(string(c.prev), Token{Start: c.pStart, End: c.prevTo, FirstEnd: c.prevTo, Last: true, Alone: c.first})
	}
}

func (c *cutter) emit(text string, t Token) {
	switch {
	case c.isRaw:
		c.raw = append(append(c.raw, text...), ' ')
	case !c.ended:
		t.Text = text
		c.ended = !c.yield(t)
	}
}
