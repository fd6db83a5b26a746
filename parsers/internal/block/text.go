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

// TextOf is all text below a node, as it stands.
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

// VisibleText is the text below a node as a reader sees it.
func VisibleText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < MaxDepth; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type == html.ElementNode && !Invisible[c.DataAtom] && !Hidden(c):
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

// Clean collapses white space and drops what has no width.
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
	return strings.Join(strings.Fields(s), " ")
}

func widthless(r rune) bool {
	return r == '\u200b' || r == '\u00ad' || r == '\ufeff' || r == '\u2060'
}

// wide looks at the character, none of ASCII, at the start of a text.
func wide(s string) (size int, space, none bool) {
	r, size := utf8.DecodeRuneInString(s)
	return size, unicode.IsSpace(r), widthless(r)
}

// Hidden tells what a page itself hides, as far as its markup says.
func Hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			// What React streams late comes in a hidden element "S:number", which a
			// script of the page puts in its place.
			return !strings.HasPrefix(Attr(n, "id"), "S:")
		case "aria-hidden":
			return a.Val == "true"
		case "style":
			if hides(a.Val) {
				return true
			}
		case "class":
			if strings.Contains(a.Val, "hidden") || strings.Contains(a.Val, "screen") || strings.Contains(a.Val, "sr-") {
				for tok := range strings.FieldsSeq(a.Val) {
					switch tok {
					case "visually-hidden", "sr-only", "screen-reader-text", "visuallyhidden", "screenreader-only", "u-hidden", "is-hidden":
						return true
					}
				}
			}
		}
	}
	return false
}

func hides(style string) bool {
	if !strings.Contains(style, "isplay") && !strings.Contains(style, "isibility") && !strings.Contains(style, "ISPLAY") {
		return false
	}
	style = strings.ToLower(strings.ReplaceAll(style, " ", ""))
	return strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden")
}

// CountWords counts words; in scripts without spaces two characters count as one.
func CountWords(s string) int {
	n, wide := 0, 0
	in := false
	for _, r := range s {
		switch {
		case r < 0x80:
			switch {
			case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9':
				if !in {
					n++
				}
				in = true
			case r == '\'' || r == '-':
			default:
				in = false
			}
		case r >= 0x2e80 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r >= 0x0e00 && r <= 0x0eff:
			wide++
			in = false
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			if !in {
				n++
			}
			in = true
		case r == '’':
		default:
			in = false
		}
	}
	return n + (wide+1)/2
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
