package redact

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Bounds of a list.
const (
	MaxList     = 100 << 20 // bytes
	MaxEntries  = 1_000_000
	MaxPatterns = 1000
	maxLine     = 1000 // bytes
	maxTokens   = 50   // of one entry
)

// A list has the entries by their folded text. An entry is found by its first word, and
// for each length in words that entries with this first word have, by all of them: the
// size of the list does not matter.
type list struct {
	entries  int
	byText   map[string]struct{}
	lengths  map[string]uint64 // by first token: bit n-1 is set if an entry has n tokens
	patterns []*regexp.Regexp
	folders  sync.Pool
}

// readList reads a list. An error names its line.
func readList(r io.Reader) (*list, error) {
	l := &list{byText: map[string]struct{}{}, lengths: map[string]uint64{}}
	l.folders.New = func() any { return new(folder) }
	counted := &io.LimitedReader{R: r, N: MaxList + 1}
	lines := bufio.NewScanner(counted)
	lines.Buffer(make([]byte, 0, 4096), maxLine+2)
	n := 0
	for lines.Scan() {
		n++
		if err := l.add(strings.TrimSpace(strings.TrimPrefix(lines.Text(), "\ufeff"))); err != nil {
			return nil, fmt.Errorf("line %d: %w", n, err)
		}
	}
	switch err := lines.Err(); {
	case counted.N <= 0:
		return nil, fmt.Errorf("it is larger than %d MiB", MaxList>>20)
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d: longer than %d bytes", n+1, maxLine)
	case err != nil:
		return nil, err
	}
	return l, nil
}

// add adds the entry of a line.
func (l *list) add(line string) error {
	if line == "" || line[0] == '#' {
		return nil
	}
	if !utf8.ValidString(line) {
		return errors.New("not UTF-8")
	}
	if expr, ok := strings.CutPrefix(line, "re:"); ok {
		if len(l.patterns) == MaxPatterns {
			return fmt.Errorf("more than %d regular expressions", MaxPatterns)
		}
		re, err := regexp.Compile(strings.TrimSpace(expr))
		if err != nil {
			return err
		}
		l.patterns = append(l.patterns, re)
		return nil
	}
	f := l.folders.Get().(*folder)
	defer l.folders.Put(f)
	f.fold(line)
	switch {
	case len(f.tokens) == 0:
		return errors.New("no word in it")
	case len(f.tokens) > maxTokens:
		return fmt.Errorf("more than %d words and signs", maxTokens)
	}
	text := string(f.text[f.tokens[0].from:f.tokens[len(f.tokens)-1].to])
	if _, known := l.byText[text]; known {
		return nil
	}
	if l.entries == MaxEntries {
		return fmt.Errorf("more than %d entries", MaxEntries)
	}
	l.entries++
	l.byText[text] = struct{}{}
	first := text[:f.tokens[0].to-f.tokens[0].from]
	l.lengths[first] |= 1 << (len(f.tokens) - 1)
	return nil
}

// find adds the places of entries, of those at the same word the longest.
func (l *list) find(found []span, s string) []span {
	for _, re := range l.patterns {
		for _, at := range re.FindAllStringIndex(s, -1) {
			if at[0] < at[1] {
				found = append(found, span{start: at[0], end: at[1], kind: listed, value: s[at[0]:at[1]]})
			}
		}
	}
	if l.entries == 0 {
		return found
	}
	f := l.folders.Get().(*folder)
	defer l.folders.Put(f)
	f.fold(s)
	for i := 0; i < len(f.tokens); i++ {
		first := f.tokens[i]
		lengths := l.lengths[string(f.text[first.from:first.to])]
		for n := maxTokens; lengths != 0; n-- {
			if lengths>>(n-1)&1 == 0 {
				continue
			}
			lengths &^= 1 << (n - 1)
			if i+n > len(f.tokens) {
				continue
			}
			last := f.tokens[i+n-1]
			if _, ok := l.byText[string(f.text[first.from:last.to])]; ok {
				found = append(found, span{start: first.start, end: last.end, kind: listed, value: string(f.text[first.from:last.to])})
				i += n - 1
				break
			}
		}
	}
	return found
}

// A token is a word, a sign, or a character of a script that has no spaces: from to to
// in the folded text, start to end in the text.
type token struct{ from, to, start, end int }

// A folder folds texts: lower case, without accents, white space as one space.
type folder struct {
	text   []byte
	tokens []token
}

// The classes of characters.
const (
	wordRune = iota
	aloneRune
	spaceRune
	droppedRune
)

// isASCIIWord are the letters, digits and "_" of ASCII.
var isASCIIWord = func() (is [256]bool) {
	for c := range utf8.RuneSelf {
		is[c] = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
	}
	return is
}()

// asciiWord is how many bytes of a word in ASCII a text begins with.
func asciiWord(s string) (n int) {
	for n < len(s) && isASCIIWord[s[n]] {
		n++
	}
	return n
}

// classOf tells what a character is in a list's sense.
func classOf(c rune) int {
	switch {
	case c < utf8.RuneSelf:
		if c == ' ' || c >= '\t' && c <= '\r' {
			return spaceRune
		}
		return aloneRune // words are read by asciiWord
	case c == '\u00ad' || c >= '\u200b' && c <= '\u200f' || c == '\u2060' || c == '\ufeff' || isAccent(c):
		return droppedRune
	case unicode.In(c, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
		return aloneRune
	case unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c):
		return wordRune
	case unicode.IsSpace(c):
		return spaceRune
	}
	return aloneRune
}

// isAccent reports whether a mark may be left out: Latin, Greek and Cyrillic accents,
// Hebrew points, Arabic vowels and the sign that lengthens Arabic letters. Marks of
// Indian scripts are letters.
func isAccent(c rune) bool {
	return c >= 0x300 && c <= 0x36f || c >= 0x591 && c <= 0x5c7 || c >= 0x64b && c <= 0x65f || c == 0x670 || c == 0x640
}

// fold reads a text.
func (f *folder) fold(s string) {
	f.text, f.tokens = f.text[:0], f.tokens[:0]
	inWord := false
	for i := 0; i < len(s); {
		if size := asciiWord(s[i:]); size > 0 {
			if !inWord {
				f.tokens = append(f.tokens, token{from: len(f.text), start: i})
				inWord = true
			}
			f.text = append(f.text, s[i:i+size]...)
			word := f.text[len(f.text)-size:]
			for j, c := range word {
				if c >= 'A' && c <= 'Z' {
					word[j] = c | 0x20
				}
			}
			i += size
			last := &f.tokens[len(f.tokens)-1]
			last.to, last.end = len(f.text), i
			continue
		}
		c, size := rune(s[i]), 1
		if c >= utf8.RuneSelf {
			c, size = utf8.DecodeRuneInString(s[i:])
		}
		switch classOf(c) {
		case droppedRune:
			if inWord {
				f.tokens[len(f.tokens)-1].end = i + size
			}
		case spaceRune:
			if n := len(f.text); n > 0 && f.text[n-1] != ' ' {
				f.text = append(f.text, ' ')
			}
			inWord = false
		case wordRune:
			if !inWord {
				f.tokens = append(f.tokens, token{from: len(f.text), start: i})
				inWord = true
			}
			f.write(c)
			last := &f.tokens[len(f.tokens)-1]
			last.to, last.end = len(f.text), i+size
		default:
			inWord = false
			from := len(f.text)
			f.write(c)
			f.tokens = append(f.tokens, token{from, len(f.text), i, i + size})
		}
		i += size
	}
}

// letters are those that norm does not take apart, and signs that are written in more
// than one way.
var letters = map[rune]string{'ß': "ss", 'ẞ': "ss", 'ł': "l", 'Ł': "l", 'ø': "o", 'Ø': "o", 'đ': "d", 'Đ': "d", 'æ': "ae", 'Æ': "ae", 'œ': "oe", 'Œ': "oe", 'ı': "i", 'İ': "i", 'ɓ': "b", 'Ɓ': "b", 'ɗ': "d", 'Ɗ': "d", 'ƙ': "k", 'Ƙ': "k", 'ð': "d", 'Ð': "d", 'þ': "th", 'Þ': "th", 'ς': "σ",
	'’': "'", '‘': "'", 'ʼ': "'", 'ʻ': "'", '`': "'", '´': "'", '‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '“': `"`, '”': `"`}

// write writes a character folded.
func (f *folder) write(c rune) {
	switch {
	case c >= 'A' && c <= 'Z':
		f.text = append(f.text, byte(c)|0x20)
		return
	case c < utf8.RuneSelf:
		f.text = append(f.text, byte(c))
		return
	}
	if plain, ok := letters[c]; ok {
		f.text = append(f.text, plain...)
		return
	}
	var b [utf8.UTFMax]byte
	n := utf8.EncodeRune(b[:], c)
	parts := norm.NFKD.Properties(b[:n]).Decomposition()
	if len(parts) == 0 || unicode.Is(unicode.Hangul, c) {
		f.text = utf8.AppendRune(f.text, unicode.ToLower(c))
		return
	}
	for len(parts) > 0 {
		p, size := utf8.DecodeRune(parts)
		if !isAccent(p) {
			f.text = utf8.AppendRune(f.text, unicode.ToLower(p))
		}
		parts = parts[size:]
	}
}
