package contacts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// passagesOf reads an element's own text, without the block elements in it.
func passagesOf(p *doc.Page, node *html.Node) []*passage {
	w := &passageWalker{page: p, node: node, hidden: p.Elems[p.Order[node]].Flags&block.InHidden != 0}
	w.walk(node, 0)
	w.flush()
	return w.done
}

type passageWalker struct {
	page   *doc.Page
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
		w.at, w.open = w.page.Order[n], true
	}
	switch {
	case n.DataAtom == atom.Br:
		w.brs++
	case n.DataAtom == atom.Img:
		w.image(n)
	case block.BlockLevel(n):
		w.flush()
	case block.Invisible[n.DataAtom], !w.hidden && block.Hidden(n):
	case block.Attr(n, "data-cfemail") != "":
		w.apart(block.ProtectedMail(block.Attr(n, "data-cfemail")))
	case n.DataAtom == atom.A:
		w.link(n, depth)
	default:
		w.content(n, depth, onlyText(n))
	}
}

// image adds the sign that a picture of it stands for: it keeps machines from
// reading an address.
func (w *passageWalker) image(n *html.Node) {
	switch alt := strings.TrimSpace(block.Attr(n, "alt")); strings.ToLower(alt) {
	case "@", "(at)", "[at]", "at":
		w.add("@")
	}
}

// onlyText is the text of an element that has nothing else in it.
func onlyText(n *html.Node) string {
	if n.FirstChild != nil && n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return strings.TrimSpace(n.FirstChild.Data)
	}
	return ""
}

// content adds what an element has in it. whole is its text, where that may be an
// address that the next word follows without a space.
func (w *passageWalker) content(n *html.Node, depth int, whole string) {
	switch {
	case reversed(n):
		w.apart(reverse(block.TextOf(n)))
	case len(whole) < 100 && strings.IndexByte(whole, '@') > 0 && mailForm.FindString(whole) == whole:
		w.apart(whole)
	default:
		w.walk(n, depth+1)
	}
}

// link adds a link's content, and its target if it reaches somebody.
func (w *passageWalker) link(n *html.Node, depth int) {
	w.partMail()
	href := strings.TrimSpace(block.Attr(n, "href"))
	if !reaches(href) {
		w.content(n, depth, onlyText(n))
		return
	}
	start, brs := w.text.Len(), w.brs
	w.content(n, depth, strings.TrimSpace(block.TextOf(n)))
	if len(w.links) >= maxAnchors {
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
		w.brs = brs
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
	slices.Reverse(r)
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
		end := i
		for end < min(len(s), i+maxPassage-w.total) && s[end] > ' ' && s[end] < utf8.RuneSelf {
			end++
		}
		if end > i {
			w.put(s[i:end]) // most of a text is words of ASCII
			i = end
			continue
		}
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
