// Package pagetext turns a web page into the text that a reader sees, block by block,
// with what its head says about title, date and authors. It decides nothing about what
// the article is.
package pagetext

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/parsers/charset"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
)

// Bounds of a page's text. What is beyond them is left out, and Truncated says so.
const (
	maxBlocks = 20_000
	maxText   = 2 << 20
)

// A Block is a paragraph, heading, list item, table row or line of a page.
type Block struct {
	Text  string // white space is folded
	Level int    // of a heading, 1 to 6; else 0
	Item  bool   // of a list
	Image bool   // the alternative text of a picture
}

// A Page is what a page shows.
type Page struct {
	Head      []string // lines such as "og:title: …": what the page says about itself, in its order
	Blocks    []Block
	Truncated bool
}

// HTML returns a page in UTF-8.
func HTML(body []byte, contentType, host string) []byte {
	text, err := charset.Decode(body, contentType, host)
	if err != nil {
		return body // Read replaces what is not UTF-8
	}
	return text
}

// Read reads a page in UTF-8.
func Read(text []byte) *Page {
	r := &reader{page: &Page{}}
	root := tree.Parse(text)
	// A loop and not a recursion: pages may be nested deep.
	for n := root; n != nil; {
		if r.enter(n) && n.FirstChild != nil {
			n = n.FirstChild
			continue
		}
		for r.leave(n); n != root && n.NextSibling == nil; r.leave(n) {
			n = n.Parent
		}
		if n == root {
			break
		}
		n = n.NextSibling
	}
	r.flush()
	return r.page
}

type reader struct {
	page  *Page
	line  strings.Builder
	space bool // white space is due before the next word
	bytes int
	next  Block // what kind of block the line becomes
}

// skipped are elements without text that readers see.
var skipped = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Iframe: true, atom.Object: true,
	atom.Select: true, atom.Textarea: true, atom.Canvas: true, atom.Datalist: true,
}

// inline are elements that do not begin a line of their own.
var inline = map[atom.Atom]bool{
	atom.A: true, atom.Abbr: true, atom.B: true, atom.Bdi: true, atom.Bdo: true, atom.Big: true, atom.Button: true, atom.Cite: true, atom.Code: true,
	atom.Data: true, atom.Del: true, atom.Dfn: true, atom.Em: true, atom.Font: true, atom.I: true, atom.Ins: true, atom.Kbd: true, atom.Label: true,
	atom.Mark: true, atom.Q: true, atom.S: true, atom.Samp: true, atom.Small: true, atom.Span: true, atom.Strike: true, atom.Strong: true,
	atom.Sub: true, atom.Sup: true, atom.Td: true, atom.Th: true, atom.Time: true, atom.Tt: true, atom.U: true, atom.Var: true, atom.Wbr: true,
	atom.Ruby: true, atom.Rb: true, atom.Rt: true, atom.Rp: true,
}

var levels = map[atom.Atom]int{atom.H1: 1, atom.H2: 2, atom.H3: 3, atom.H4: 4, atom.H5: 5, atom.H6: 6}

// enter takes a node; it returns false if its children have nothing to show.
func (r *reader) enter(n *html.Node) bool {
	switch n.Type {
	case html.TextNode:
		r.text(n.Data)
		return false
	case html.ElementNode:
	case html.DocumentNode:
		return true
	default:
		return false
	}
	if r.head(n) {
		return n.DataAtom == atom.Head || n.DataAtom == atom.Html
	}
	if skipped[n.DataAtom] || hidden(n) {
		return false
	}
	switch {
	case n.DataAtom == atom.Img:
		if alt := attr(n, "alt"); strings.TrimSpace(alt) != "" {
			r.flush()
			r.next = Block{Image: true}
			r.text(alt)
			r.flush()
		}
	case n.DataAtom == atom.Td || n.DataAtom == atom.Th:
		if r.line.Len() > 0 {
			r.text(" | ")
		}
	case !inline[n.DataAtom]:
		r.flush()
		// A paragraph that begins a heading or an item is that.
		r.next.Level = max(r.next.Level, levels[n.DataAtom])
		r.next.Item = r.next.Item || n.DataAtom == atom.Li
	}
	return true
}

func (r *reader) leave(n *html.Node) {
	if n.Type != html.ElementNode || skipped[n.DataAtom] {
		return
	}
	if n.DataAtom == atom.Time {
		if at := strings.TrimSpace(attr(n, "datetime")); at != "" && !strings.HasSuffix(r.line.String(), at) && !hidden(n) {
			r.text(" [" + at + "]")
		}
	}
	if !inline[n.DataAtom] {
		r.flush()
		r.next = Block{}
	}
}

// text adds text to the line, with white space folded.
func (r *reader) text(s string) {
	if r.page.Truncated {
		return
	}
	if r.bytes += len(s); r.bytes > maxText {
		r.page.Truncated = true
		return
	}
	for _, c := range s {
		switch {
		case unicode.IsSpace(c):
			r.space = true
			continue
		case c == utf8.RuneError, c == 0x200b, c == 0xfeff, c == 0xad:
			continue
		}
		if r.space && r.line.Len() > 0 {
			r.line.WriteByte(' ')
		}
		r.space = false
		r.line.WriteRune(c)
	}
}

// flush ends the line.
func (r *reader) flush() {
	b := r.next
	if b.Text = r.line.String(); b.Text == "" {
		r.space = false
		return
	}
	r.line.Reset()
	r.space, r.next = false, Block{}
	if len(r.page.Blocks) >= maxBlocks {
		r.page.Truncated = true
		return
	}
	r.page.Blocks = append(r.page.Blocks, b)
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// hidden reports whether an element says that it is not shown. Style sheets are not read.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			return a.Val != "until-found"
		case "style":
			style := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
			if strings.Contains(style, "display:none") || strings.Contains(style, "visibility:hidden") {
				return true
			}
		}
	}
	return false
}
