package body

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Highlighters put each line of code into an element of its own, with or without line
// breaks between them, and number the lines.

// codeText is the text of an element that holds code, line by line.
func codeText(top *html.Node) string {
	c := coder{apart: lineElements(top)}
	c.children(top, 0)
	return strings.TrimRight(strings.TrimLeft(c.b.String(), "\n"), "\n ")
}

type coder struct {
	b     strings.Builder
	apart bool // inline elements for lines have no line break between them
}

// newLine begins a new line unless one has just begun.
func (c *coder) newLine() {
	if s := c.b.String(); s != "" && s[len(s)-1] != '\n' {
		c.b.WriteByte('\n')
	}
}

func (c *coder) children(n *html.Node, depth int) {
	if depth > block.MaxDepth {
		return
	}
	for k := n.FirstChild; k != nil; k = k.NextSibling {
		switch {
		case k.Type == html.TextNode:
			if strings.TrimSpace(k.Data) != "" || !besideLine(k) {
				c.b.WriteString(k.Data)
			}
		case k.Type != html.ElementNode || block.Invisible[k.DataAtom] || k.DataAtom == atom.Button || block.Apart(k):
		case k.DataAtom == atom.Br:
			c.b.WriteByte('\n')
		case k.DataAtom == atom.Td || k.DataAtom == atom.Th:
			c.children(k, depth+1) // a row is a line
		case block.BlockLevel(k):
			c.line(k, depth)
		case c.apart && isLine(k):
			c.line(k, depth)
		default:
			c.children(k, depth+1)
		}
	}
}

// line writes an element that is a line, or several.
func (c *coder) line(n *html.Node, depth int) {
	c.newLine()
	before := c.b.Len()
	c.children(n, depth+1)
	if c.b.Len() == before && n.DataAtom != atom.Tbody {
		c.b.WriteByte('\n') // an empty line
		return
	}
	c.newLine()
}

// besideLine reports whether white space only separates elements that are lines of their
// own.
func besideLine(n *html.Node) bool {
	for _, s := range []*html.Node{n.PrevSibling, n.NextSibling} {
		if s != nil && s.Type == html.ElementNode && block.BlockLevel(s) {
			return true
		}
	}
	return n.Parent != nil && (n.Parent.DataAtom == atom.Tr || n.Parent.DataAtom == atom.Table || n.Parent.DataAtom == atom.Tbody)
}

// isLine reports whether an inline element holds a line of code.
func isLine(n *html.Node) bool {
	if n.DataAtom == atom.Code {
		return true
	}
	for name := range block.ClassNames(n) {
		switch name {
		case "line", "code-line", "token-line", "view-line", "cl", "hljs-line", "highlight-line", "CodeMirror-line", "codeline", "code__line":
			return true
		}
	}
	return block.Attr(n, "data-line") != ""
}

// lineElements reports whether code has two or more inline elements for lines and no
// line break of its own.
func lineElements(top *html.Node) bool {
	lines := 0
	for n := range top.Descendants() {
		switch {
		case n.Type == html.TextNode && strings.Contains(strings.TrimSpace(n.Data), "\n"):
			return false
		case n.Type == html.TextNode && strings.Contains(n.Data, "\n") && n.PrevSibling != nil && n.NextSibling != nil && !block.BlockLevel(n.NextSibling):
			return false
		case n.DataAtom == atom.Br:
			return false
		case n.Type == html.ElementNode && isLine(n):
			lines++
		}
	}
	return lines >= 2
}

// codeTable is the table around a node whose rows are lines of code beside their
// numbers, which stand in attributes; nil if it stands in none.
func codeTable(n *html.Node) *html.Node {
	cell := nearest(n, atom.Td)
	if cell.Parent == nil {
		return nil
	}
	for name := range block.ClassNames(cell) {
		switch name {
		case "blob-code", "hljs-ln-code", "js-file-line", "line-content", "code-line":
			if t := nearest(cell, atom.Table); t.Parent != nil {
				return t
			}
		}
	}
	return nil
}
