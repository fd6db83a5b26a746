package contacts

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A passage is what a reader reads in one element between two borders, line by
// line, with the e-mail addresses that a browser would show there. It may be
// empty but for a link: an icon.
type passage struct {
	block *block.Block // nil if the page has no text there
	node  *html.Node   // the block element
	n     int          // its place among the page's blocks; without text, of the one before it
	sub   int          // its place among the passages of the same n
	text  string       // lines parted by "\n"
	links []anchor
	flags block.Flags
	hints block.Mask
	story bool // it belongs to what is told
}

// An anchor is a link of a passage; of an icon, without text.
type anchor struct {
	start, end int
	href       string
	title      string // what it is called where it has no text
}

// Bounds of a passage: contacts stand in short texts.
const (
	maxPassage      = 8_000
	maxPassageDepth = 60
	maxAnchors      = 200
)

// passages reads an element's own text, without the block elements in it.
func passages(p *doc.Page, node *html.Node) []*passage {
	w := &passageWalker{x: p, node: node, hidden: p.Elems[p.Order[node]].Flags&block.InHidden != 0}
	w.walk(node, 0)
	w.flush()
	return w.done
}

type passageWalker struct {
	x      *doc.Page
	node   *html.Node
	hidden bool
	done   []*passage

	text  strings.Builder
	links []anchor
	at    int // document order of the open passage's first link or text
	open  bool
	space bool
	brs   int
	total int
}

func (w *passageWalker) flush() {
	text := w.text.String()
	if text != "" || len(w.links) > 0 {
		w.done = append(w.done, &passage{node: w.node, text: text, links: w.links, n: w.at})
	}
	w.text.Reset()
	w.links, w.open, w.space, w.brs = nil, false, false, 0
}

func (w *passageWalker) walk(n *html.Node, depth int) {
	if depth > maxPassageDepth || w.total > maxPassage {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.add(c.Data)
		case html.ElementNode:
			w.element(c, depth)
		}
	}
}

func (w *passageWalker) element(n *html.Node, depth int) {
	if !w.open {
		w.at, w.open = w.x.Order[n], true
	}
	switch {
	case n.DataAtom == atom.Br:
		w.brs++
		return
	case n.DataAtom == atom.Img:
		// A picture of the sign keeps machines from reading an address.
		switch alt := strings.TrimSpace(block.Attr(n, "alt")); strings.ToLower(alt) {
		case "@", "(at)", "[at]", "at":
			w.add("@")
		}
		return
	case block.Border(n):
		w.flush()
		return
	case block.Unread[n.DataAtom], !w.hidden && block.Hidden(n):
		return
	}
	if code := block.Attr(n, "data-cfemail"); code != "" {
		w.apart(decodeCF(code))
		return
	}
	if n.DataAtom == atom.A {
		w.partMail()
	}
	start, before := w.text.Len(), w.brs
	whole := ""
	if n.DataAtom == atom.A && reaches(strings.TrimSpace(block.Attr(n, "href"))) {
		whole = strings.TrimSpace(block.TextOf(n))
	} else if n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		whole = strings.TrimSpace(n.FirstChild.Data)
	}
	switch {
	case reversed(n):
		w.apart(reverse(block.TextOf(n)))
	case len(whole) < 100 && strings.IndexByte(whole, '@') > 0 && mailForm.FindString(whole) == whole:
		w.apart(whole) // the next word may follow without a space
	default:
		w.walk(n, depth+1)
	}
	if n.DataAtom != atom.A || len(w.links) >= maxAnchors {
		return
	}
	href := strings.TrimSpace(block.Attr(n, "href"))
	if !reaches(href) {
		return
	}
	if w.done != nil && w.text.Len() < start {
		start = 0
	}
	for start < w.text.Len() && (w.text.String()[start] == ' ' || w.text.String()[start] == '\n') {
		start++
	}
	a := anchor{start: start, end: w.text.Len(), href: href}
	if start >= w.text.Len() {
		a.start, a.end = w.text.Len(), w.text.Len()
		a.title = block.Clean(block.Attr(n, "title"))
		if a.title == "" {
			a.title = block.Clean(block.Attr(n, "aria-label"))
		}
		if before != w.brs {
			w.brs = before
		}
	}
	w.links = append(w.links, a)
}

// reaches reports whether a link's target is a way to reach somebody.
func reaches(href string) bool {
	if len(href) < 7 {
		return false
	}
	switch href[0] | 0x20 {
	case 'm':
		return strings.EqualFold(href[:7], "mailto:")
	case 't':
		return strings.EqualFold(href[:4], "tel:")
	case 'c':
		return strings.EqualFold(href[:7], "callto:")
	}
	return strings.Contains(href, mailProtection)
}

const mailProtection = "/cdn-cgi/l/email-protection#"

// reversed reports whether an element's text is shown from its end.
func reversed(n *html.Node) bool {
	if n.Data == "bdo" {
		return strings.EqualFold(block.Attr(n, "dir"), "rtl")
	}
	style := block.Attr(n, "style")
	if len(style) < 20 || !strings.Contains(style, "bidi") {
		return false
	}
	style = strings.ToLower(strings.ReplaceAll(style, " ", ""))
	return strings.Contains(style, "unicode-bidi:bidi-override") && strings.Contains(style, "direction:rtl")
}

func reverse(s string) string {
	r := []rune(s[:min(len(s), 400)])
	for i, j := 0, len(r)-1; i < j; i, j = i+1, j-1 {
		r[i], r[j] = r[j], r[i]
	}
	return string(r)
}

// partMail keeps an address apart from a link that follows it without a space.
func (w *passageWalker) partMail() {
	s := w.text.String()
	s = s[max(0, len(s)-80):]
	s = s[strings.LastIndexByte(s, ' ')+1:]
	if strings.IndexByte(s, '@') > 0 {
		if all := mailForm.FindAllStringIndex(s, 3); len(all) > 0 && all[len(all)-1][1] == len(s) {
			w.space = true
		}
	}
}

// apart adds a text that is a word of its own.
func (w *passageWalker) apart(s string) {
	if s != "" {
		w.space = true
		w.add(s)
		w.space = true
	}
}

func (w *passageWalker) add(s string) {
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsSpace(r):
			w.space = true
		case r == '\u200b' || r == '\u00ad' || r == '\ufeff' || r == '\u2060':
		default:
			w.put(s[i : i+size])
		}
		i += size
	}
}

func (w *passageWalker) put(s string) {
	if w.brs >= 2 && w.text.Len() > 0 {
		w.flush()
	}
	if !w.open {
		// Text has no place in Order: it follows what was opened before it.
		w.at, w.open = -1, true
	}
	switch {
	case w.text.Len() == 0:
	case w.brs > 0:
		w.text.WriteByte('\n')
	case w.space:
		w.text.WriteByte(' ')
	}
	w.space, w.brs = false, 0
	w.total += len(s)
	if w.total <= maxPassage {
		w.text.WriteString(s)
	}
}

// place gives passages their blocks and places. blocks are those of the same
// element, in order; reach is for each block of the page the last element that
// had begun by then.
func place(page *doc.Page, ps []*passage, blocks []*block.Block, reach []int) {
	k := 0
	for _, p := range ps {
		p.flags = page.Elems[page.Order[p.node]].Flags
		p.hints = page.HintsBelow(p.node, page.Body)
		at := p.n
		if p.text != "" && len(blocks) > 0 {
			b := blocks[min(k, len(blocks)-1)]
			for j := k; j < min(len(blocks), k+20) && len(ps) != len(blocks); j++ {
				if sameStart(blocks[j].Text, p.text) {
					b, k = blocks[j], j
					break
				}
			}
			k++
			p.block, p.n = b, b.N
			p.flags |= b.Flags
			continue
		}
		if at < 0 {
			at = page.Order[p.node]
		}
		p.n = max(0, sort.SearchInts(reach, at+1)-1)
	}
}

func sameStart(a, b string) bool {
	n := min(len(a), len(b), 16)
	for i := range n {
		if a[i] != b[i] && b[i] != '\n' {
			return false
		}
	}
	return true
}
