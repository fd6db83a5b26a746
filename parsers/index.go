package parsers

import (
	"strings"
	"unicode"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// An index is one walk over a page: its blocks of text in reading order, and
// what its head says. Every field is read from it.
type index struct {
	page      *Page
	doc       *html.Node
	body      *html.Node
	blocks    []*block
	media     []*html.Node // figures, captioned boxes, players and pictures, in order
	metas     map[string][]string
	rels      map[string][]string // href by rel of link elements
	title     string
	lang      string
	ld        []object
	hints     map[*html.Node]mask       // of an element's own names; filled as asked
	masks     map[string]mask           // of values of class and id
	captionOf map[*html.Node]*html.Node // see captionBelow
	order     map[*html.Node]int        // of elements, in document order
	h1        []*block
	words     int // in visible blocks
}

// A block is a run of text between two borders: the text of a paragraph, a
// list item, a cell, or of what stands between two line breaks.
type block struct {
	node  *html.Node // the element that the text belongs to
	text  string     // white space collapsed
	link  int        // characters of it within links
	words int
	n     int // its place among the blocks
	pos   int // document order of its element
	flags flags

	vote bool   // go-readability took it
	keep bool   // it is part of the body
	why  string // it was dropped for this
}

// flags say what a block stands in.
type flags uint32

const (
	inNav flags = 1 << iota
	inFooter
	inHeader
	inAside
	inArticle
	inMain
	inForm
	inHidden
	inFigure
	inCaption // figcaption
	inQuote
	inPre
	inTable
	inList
	inHeading
	inAddress
	inButton
	inDialog
)

var flagOf = map[atom.Atom]flags{
	atom.Nav: inNav, atom.Menu: inNav, atom.Footer: inFooter, atom.Header: inHeader, atom.Aside: inAside, atom.Article: inArticle, atom.Main: inMain,
	atom.Form: inForm, atom.Figure: inFigure, atom.Figcaption: inCaption, atom.Blockquote: inQuote, atom.Pre: inPre, atom.Table: inTable,
	atom.Ul: inList, atom.Ol: inList, atom.Dl: inList, atom.H1: inHeading, atom.H2: inHeading, atom.H3: inHeading, atom.H4: inHeading, atom.H5: inHeading, atom.H6: inHeading,
	atom.Address: inAddress, atom.Button: inButton, atom.Label: inButton, atom.Dialog: inDialog,
}

var blockTags = map[string]bool{}

func init() {
	for tag := range strings.FieldsSeq(`address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul button option label caption`) {
		blockTags[tag] = true
	}
}

func isBlockTag(tag string) bool { return blockTags[tag] }

// unread are elements whose text no reader sees.
var unread = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Head: true, atom.Title: true,
	atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Textarea: true, atom.Select: true, atom.Math: true, atom.Rt: true, atom.Rp: true,
}

// maxBlocks and maxDepth bound the walk.
const (
	maxBlocks = 50_000
	maxDepth  = 2_000
)

func newIndex(p *Page, doc *html.Node) *index {
	x := &index{page: p, doc: doc, metas: map[string][]string{}, rels: map[string][]string{}, hints: map[*html.Node]mask{}, masks: map[string]mask{}, captionOf: map[*html.Node]*html.Node{}, order: map[*html.Node]int{}}
	w := &walker{x: x}
	w.walk(doc, 0, 0, nil, false)
	w.flush()
	for _, b := range x.blocks {
		if b.flags&inHidden == 0 {
			x.words += b.words
		}
	}
	return x
}

type walker struct {
	x       *index
	pos     int
	node    *html.Node
	flags   flags
	text    strings.Builder
	space   bool
	line    bool // a single line break
	link    int
	brs     int
	scripts int
}

// flush ends a run of text.
func (w *walker) flush() {
	if w.node != nil {
		for _, text := range splitGlued(w.text.String()) {
			w.block(text)
		}
	}
	w.text.Reset()
	w.space, w.line, w.link, w.brs = false, false, 0, 0
}

func (w *walker) block(text string) {
	if text == "" || len(w.x.blocks) >= maxBlocks {
		return
	}
	b := &block{node: w.node, text: text, link: w.link, words: countWords(text), n: len(w.x.blocks), pos: w.x.order[w.node], flags: w.flags}
	w.x.blocks = append(w.x.blocks, b)
	if w.node.DataAtom == atom.H1 {
		w.x.h1 = append(w.x.h1, b)
	}
}

// splitGlued takes the lines apart at which a caption was glued to a paragraph
// with a line break; other line breaks are spaces.
func splitGlued(text string) []string {
	if !strings.Contains(text, "\n") {
		return []string{text}
	}
	lines := strings.Split(text, "\n")
	var res []string
	run := ""
	for _, l := range lines {
		if _, credit, _ := splitCredit(l, false); credit != "" {
			res = append(res, run, l)
			run = ""
			continue
		}
		if run != "" {
			run += " "
		}
		run += l
	}
	return append(res, run)
}

func (w *walker) walk(n *html.Node, depth int, f flags, owner *html.Node, link bool) {
	if depth > maxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.add(c.Data, owner, f, link)
		case html.ElementNode:
			w.element(c, depth, f, owner, link)
		}
	}
}

func (w *walker) element(n *html.Node, depth int, f flags, owner *html.Node, link bool) {
	x := w.x
	w.pos++
	x.order[n] = w.pos
	switch n.Data {
	case "html":
		x.lang = strings.TrimSpace(attr(n, "lang"))
		if x.lang == "" {
			x.lang = strings.TrimSpace(attr(n, "xml:lang"))
		}
	case "body":
		x.body = n
	case "head":
		w.head(n, depth)
		return
	case "meta":
		x.meta(n)
		return
	case "link":
		x.relLink(n)
		return
	case "script":
		if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && w.scripts < 50 {
			w.scripts++
			x.ld = append(x.ld, parseLD(textOf(n))...)
		}
		return
	case "br":
		w.brs++
		if w.brs >= 2 {
			w.flush()
		} else {
			w.line = true
		}
		return
	case "img", "video", "audio", "iframe", "figure", "picture", "amp-img":
		x.media = append(x.media, n)
	default:
		if x.hint(n)&hintCaptionBox != 0 {
			x.media = append(x.media, n)
		}
	}
	if unread[n.DataAtom] {
		return
	}
	f |= flagOf[n.DataAtom]
	if hidden(n) {
		f |= inHidden
	}
	switch strings.ToLower(attr(n, "role")) {
	case "navigation", "menu", "menubar", "tablist", "search":
		f |= inNav
	case "contentinfo":
		f |= inFooter
	case "complementary":
		f |= inAside
	case "dialog", "alertdialog":
		f |= inDialog
	case "main":
		f |= inMain
	}
	if n.DataAtom == atom.A {
		link = true
	}
	if !isBlockTag(n.Data) {
		w.walk(n, depth+1, f, owner, link)
		return
	}
	w.flush()
	w.walk(n, depth+1, f, n, link)
	w.flush()
}

// head reads metas, links, title and JSON-LD.
func (w *walker) head(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		if c.Data == "title" && w.x.title == "" {
			w.x.title = clean(textOf(c))
			continue
		}
		if c.Data == "meta" || c.Data == "link" || c.Data == "script" {
			w.element(c, depth+1, 0, nil, false)
		}
	}
}

func (w *walker) add(s string, owner *html.Node, f flags, link bool) {
	if owner == nil {
		return
	}
	if w.text.Len() == 0 {
		w.node, w.flags = owner, f
	} else {
		w.flags |= f & (inButton | inHeading)
	}
	before := w.text.Len()
	for _, r := range s {
		if unicode.IsSpace(r) {
			w.space = true
			continue
		}
		if r == '\u200b' || r == '\u00ad' || r == '\ufeff' {
			continue
		}
		switch {
		case w.text.Len() == 0:
		case w.line:
			w.text.WriteByte('\n')
		case w.space:
			w.text.WriteByte(' ')
		}
		w.space, w.line = false, false
		w.brs = 0
		w.text.WriteRune(r)
	}
	if w.text.Len() > before && before == 0 {
		w.node, w.flags = owner, f
	}
	if link {
		w.link += w.text.Len() - before
	}
}

func attr(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key && a.Namespace == "" {
			return a.Val
		}
	}
	return ""
}

// textOf is all text below a node, as it stands.
func textOf(n *html.Node) string {
	var b strings.Builder
	for c := range n.Descendants() {
		if c.Type == html.TextNode && b.Len() < maxHTML {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}

// visibleText is the text below a node as a reader sees it.
func visibleText(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node, int)
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < maxDepth; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case c.Type == html.ElementNode && !unread[c.DataAtom] && !hidden(c):
				if isBlockTag(c.Data) || c.Data == "br" {
					b.WriteByte(' ')
				}
				walk(c, depth+1)
				if isBlockTag(c.Data) {
					b.WriteByte(' ')
				}
			}
		}
	}
	walk(n, 0)
	return clean(b.String())
}

// clean collapses white space and drops what has no width.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		if r == '\u200b' || r == '\u00ad' || r == '\ufeff' {
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// hidden tells what a page itself hides, as far as its markup says.
func hidden(n *html.Node) bool {
	for _, a := range n.Attr {
		switch a.Key {
		case "hidden":
			// What React streams late comes in a hidden element "S:number", which a
			// script of the page puts in its place.
			return !strings.HasPrefix(attr(n, "id"), "S:")
		case "aria-hidden":
			return a.Val == "true"
		case "style":
			s := strings.ToLower(strings.ReplaceAll(a.Val, " ", ""))
			if strings.Contains(s, "display:none") || strings.Contains(s, "visibility:hidden") {
				return true
			}
		case "class":
			for tok := range strings.FieldsSeq(a.Val) {
				switch tok {
				case "visually-hidden", "sr-only", "screen-reader-text", "visuallyhidden", "screenreader-only", "u-hidden", "is-hidden":
					return true
				}
			}
		}
	}
	return false
}

// countWords counts words; in scripts without spaces two characters count as one.
func countWords(s string) int {
	n, wide := 0, 0
	in := false
	for _, r := range s {
		switch {
		case r >= 0x2e80 && r <= 0x9fff || r >= 0xac00 && r <= 0xd7af || r >= 0x0e00 && r <= 0x0eff:
			wide++
			in = false
		case unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r):
			if !in {
				n++
			}
			in = true
		case r == '\'' || r == '’' || r == '-':
		default:
			in = false
		}
	}
	return n + (wide+1)/2
}

// within reports whether a node stands below, or is, another.
func within(n, top *html.Node) bool {
	for ; n != nil; n = n.Parent {
		if n == top {
			return true
		}
	}
	return false
}
