package block

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
)

// Attr is the value of an element's attribute; "" if it has none.
func Attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// TextOf is all text below a node, unchanged and bounded.
func TextOf(n *html.Node) string {
	if c := n.FirstChild; c != nil && c == n.LastChild && c.Type == html.TextNode {
		return c.Data
	}
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && b.Len() < maxText {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// VisibleText is the text below a node that a browser shows, white space
// collapsed.
func VisibleText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < MaxDepth; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type == html.ElementNode && !Invisible[c.DataAtom] && !Hidden(c) && !Apart(c):
				border := BlockLevel(c)
				if border || c.Data == "br" {
					b.WriteByte(' ')
				}
				walk(c, depth+1)
				if border {
					b.WriteByte(' ')
				}
			}
		}
	}
	walk(n, 0)
	return Clean(b.String())
}

// Clean collapses white space and drops characters without width.
func Clean(s string) string {
	plain := true // ASCII without runs of white space
	for i := range len(s) {
		c := s[i]
		if c >= utf8.RuneSelf || c < ' ' || c == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			plain = false
			break
		}
	}
	if plain {
		return s
	}
	s = strings.Map(func(r rune) rune {
		if widthless(r) {
			return -1
		}
		return r
	}, s)
	if strings.IndexByte(s, '\n') >= 0 {
		return joinLines(s)
	}
	return strings.Join(strings.Fields(s), " ")
}

// joinLines collapses white space as a walker does.
func joinLines(s string) string {
	var w walker
	w.text.Grow(len(s))
	w.addPieces(s, state{owner: 1})
	return w.text.String()
}

func widthless(r rune) bool {
	return r == '\u200b' || r == '\u00ad' || r == '\ufeff' || r == '\u2060'
}

// wide reads the character at the start of a text, which is not ASCII: its size,
// whether it is white space, and whether it has no width.
func wide(s string) (size int, space, none bool) {
	r, size := utf8.DecodeRuneInString(s)
	return size, unicode.IsSpace(r), widthless(r)
}

// CountWords counts words. Apostrophes and hyphens join words; in scripts without
// spaces two characters count as one word.
func CountWords(s string) int {
	words, wide := 0, 0
	inWord := uint8(0) // 1 in a word
	for i := 0; i < len(s); {
		if c := s[i]; c < utf8.RuneSelf {
			class := asciiClasses[c]
			begins := class & letter
			words += int(begins &^ inWord)
			inWord = begins | class/joiner&inWord // without jumps: words are short
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		i += size
		switch wideRuneClass(r) {
		case letter:
			words += int(1 &^ inWord)
			inWord = 1
		case wideLetter:
			wide++
			inWord = 0
		case separator:
			inWord = 0
		case joiner:
		}
	}
	return words + (wide+1)/2
}

// Classes of characters, for counting words. An ASCII character is in one of the first
// three.
const (
	separator = iota
	letter    // letters, digits and marks
	joiner
	wideLetter // of a script without spaces
)

var asciiClasses = func() (t [utf8.RuneSelf]uint8) {
	for c := range t {
		if r := rune(c); unicode.IsLetter(r) || unicode.IsDigit(r) {
			t[c] = letter
		}
	}
	t['\''], t['-'] = joiner, joiner
	return t
}()

// wideRuneClass is the class of a character beyond ASCII.
func wideRuneClass(r rune) uint8 {
	switch {
	case r >= 0x2e80 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r >= 0x0e00 && r <= 0x0eff: // CJK, Hangul, Thai and Lao
		return wideLetter
	case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
		return letter
	case r == '’':
		return joiner
	}
	return separator
}

// Within reports whether a node stands below, or is, another.
func Within(n, top *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == top {
			return true
		}
	}
	return false
}
