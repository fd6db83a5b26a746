// Package block reads a page as blocks of text: runs between two borders, in
// reading order, each with what it stands in and what its elements are called.
// It says how likely a block belongs to the article (a model of decision trees
// over the features of blocks). It does not read fields: that is parsers' work.
package block

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Page is one walk over a document: its blocks, its elements, and what its head
// says. The document is not written to.
type Page struct {
	Doc         *html.Node
	Body        *html.Node
	Blocks      []*Block
	Elems       []Elem             // of elements, in document order; the first stands for none
	Order       map[*html.Node]int // of elements: index into Elems
	H1          []*Block
	Media       []*html.Node // figures, captioned boxes, players and pictures, in order
	JSONLD      []*html.Node // JSON-LD scripts, in order
	DataScripts []*html.Node // other scripts that may hold the page's data
	Metas       map[string][]string
	Rels        map[string][]string // href by rel of link elements
	Title       string              // of the title element
	Lang        string              // that the html element declares
	Words       int                 // in visible blocks

	nameOf map[string]int32 // number of a value of class or id
	names  []string         // these values; the first is empty
	masks  []Hints          // what each says
}

// An Elem is one element of a page, with what it passes on to those below it.
type Elem struct {
	Node      *html.Node
	Parent    int32 // index into Page.Elems
	Depth     int32
	Names     [2]int32 // numbers of its class and id
	Hints     Hints    // of its own names
	PathHints Hints    // of its own names and those of all above it, without html and body
	Flags     Flags    // of it and all above it
}

// A Block is a run of text between two borders: the text of a paragraph, a
// list item, a cell, or of what stands between two line breaks.
type Block struct {
	Node      *html.Node // the block element that the text belongs to
	Elem      int        // its index in Page.Elems: its place in the document
	Text      string     // white space collapsed
	LinkBytes int        // bytes of it within links
	LinkCount int        // how many links it touches
	BoldBytes int        // bytes of it in bold or italic type
	Words     int
	N         int // its place among the blocks
	Flags     Flags

	InReadability    bool    // go-readability took it
	ArticleBodyShare float32 // share of it that the page's JSON-LD articleBody says
	Probability      float32 // how likely it belongs to the article, as the model says
}

// Pos is the block's place in document order, to compare with Page.Order.
func (b *Block) Pos() int { return b.Elem }

// Flags say what a block or element stands in.
type Flags uint32

// What there is to stand in.
const (
	InNav Flags = 1 << iota
	InFooter
	InHeader
	InAside
	InArticle
	InMain
	InForm
	InHidden
	InFigure
	InCaption // figcaption
	InQuote
	InPre
	InTable
	InList
	InHeading
	InAddress
	InButton
	InDialog
	InParagraph
	InLink // an anchor around block elements
)

var flagOf = map[atom.Atom]Flags{
	atom.Nav: InNav, atom.Menu: InNav, atom.Footer: InFooter, atom.Header: InHeader, atom.Aside: InAside, atom.Article: InArticle, atom.Main: InMain,
	atom.Form: InForm, atom.Figure: InFigure, atom.Figcaption: InCaption, atom.Blockquote: InQuote, atom.Pre: InPre, atom.Table: InTable,
	atom.Ul: InList, atom.Ol: InList, atom.Dl: InList, atom.H1: InHeading, atom.H2: InHeading, atom.H3: InHeading, atom.H4: InHeading, atom.H5: InHeading, atom.H6: InHeading,
	atom.Address: InAddress, atom.Button: InButton, atom.Label: InButton, atom.Dialog: InDialog, atom.P: InParagraph,
}

var flagOfRole = map[string]Flags{
	"navigation": InNav, "menu": InNav, "menubar": InNav, "tablist": InNav, "search": InNav, "contentinfo": InFooter,
	"complementary": InAside, "dialog": InDialog, "alertdialog": InDialog, "main": InMain, "article": InArticle,
}

// borders are the elements that end a run of text.
var borders = map[atom.Atom]bool{}

func init() {
	for tag := range strings.FieldsSeq(`address article aside blockquote body center dd details dialog div dl dt fieldset figcaption figure footer form
		h1 h2 h3 h4 h5 h6 header hgroup hr legend li main menu nav ol p pre section summary table tbody td tfoot th thead tr ul button option label caption`) {
		borders[atom.Lookup([]byte(tag))] = true
	}
}

// BlockLevel reports whether an element ends a run of text.
func BlockLevel(n *html.Node) bool { return n.DataAtom != 0 && borders[n.DataAtom] }

// BlockLevelTag is BlockLevel for the name of an element.
func BlockLevelTag(tag string) bool {
	a := atom.Lookup([]byte(tag))
	return a != 0 && borders[a]
}

// Invisible are the elements whose content a browser does not show as text of the
// page: scripts, metadata, embedded documents, form fields, ruby annotations.
var Invisible = map[atom.Atom]bool{
	atom.Script: true, atom.Style: true, atom.Noscript: true, atom.Template: true, atom.Svg: true, atom.Head: true, atom.Title: true,
	atom.Iframe: true, atom.Object: true, atom.Embed: true, atom.Textarea: true, atom.Select: true, atom.Math: true, atom.Rt: true, atom.Rp: true,
}

// Bounds of the walk.
const (
	MaxBlocks  = 50_000
	MaxDepth   = 2_000
	maxText    = 16 << 20
	maxScripts = 50
	maxMetas   = 50
)

// Read walks over a document. apart says of a line, as line breaks make them,
// that it stands alone; nil if none does.
func Read(doc *html.Node, apart func(line string) bool) *Page {
	p := &Page{Doc: doc, Metas: map[string][]string{}, Rels: map[string][]string{}, nameOf: map[string]int32{}, names: []string{""}, masks: []Hints{0}, Order: make(map[*html.Node]int, 1024), Elems: make([]Elem, 1, 1024)}
	w := &walker{p: p, apart: apart}
	w.walk(doc, 0, state{})
	w.flush()
	w.finish()
	for _, b := range p.Blocks {
		if b.Flags&InHidden == 0 {
			p.Words += b.Words
		}
	}
	return p
}

// state is what the walk passes down.
type state struct {
	parent int // element
	owner  int // block element
	flags  Flags
	above  Hints
	link   bool
	bold   bool
}

type walker struct {
	p     *Page
	apart func(string) bool
	text  strings.Builder // of all blocks, one after another
	spans []span

	start int // of the open run within text
	open  bool
	owner int
	flags Flags
	space bool
	line  bool // a single line break
	lines bool // the run has some
	link  int
	links int
	bold  int
	brs   int
}

// A span is a run of text before its text is known as one string.
type span struct {
	start, end int
	lines      bool
	block      Block
}

// flush ends a run of text.
func (w *walker) flush() {
	if w.open && w.text.Len() > w.start && len(w.spans) < MaxBlocks {
		w.spans = append(w.spans, span{w.start, w.text.Len(), w.lines, Block{Elem: w.owner, LinkBytes: w.link, LinkCount: w.links, BoldBytes: w.bold, Flags: w.flags}})
	}
	w.open, w.space, w.line, w.lines, w.link, w.links, w.bold, w.brs = false, false, false, false, 0, 0, 0, 0
}

// finish makes blocks of the runs.
func (w *walker) finish() {
	all := w.text.String()
	store := make([]Block, 0, len(w.spans))
	for _, s := range w.spans {
		text := all[s.start:s.end]
		if !s.lines {
			store = append(store, s.block)
			store[len(store)-1].Text = text
			continue
		}
		parts := w.split(text)
		for _, part := range parts {
			if part == "" {
				continue
			}
			b := s.block
			if len(parts) > 1 {
				b.LinkBytes, b.BoldBytes = b.LinkBytes*len(part)/len(text), b.BoldBytes*len(part)/len(text)
			}
			b.Text = part
			store = append(store, b)
		}
	}
	w.p.Blocks = make([]*Block, len(store))
	for i := range store {
		b := &store[i]
		b.Node, b.N, b.Words = w.p.Elems[b.Elem].Node, i, CountWords(b.Text)
		w.p.Blocks[i] = b
		if b.Node.DataAtom == atom.H1 {
			w.p.H1 = append(w.p.H1, b)
		}
	}
}

// split takes a run apart at the lines that stand alone; other line breaks are
// spaces.
func (w *walker) split(text string) []string {
	lines := strings.Split(text, "\n")
	var res []string
	run := lines[:0:0]
	end := func() {
		if len(run) > 0 {
			res = append(res, strings.Join(run, " "))
			run = run[:0]
		}
	}
	for _, l := range lines {
		if w.apart != nil && w.apart(l) {
			end()
			res = append(res, l)
			continue
		}
		run = append(run, l)
	}
	end()
	return res
}

func (w *walker) walk(n *html.Node, depth int, s state) {
	if depth > MaxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.add(c.Data, s)
		case html.ElementNode:
			w.element(c, depth, s)
		}
	}
}

func (w *walker) element(n *html.Node, depth int, s state) {
	p := w.p
	id := len(p.Elems)
	p.Order[n] = id
	switch n.DataAtom {
	case atom.Html:
		p.Lang = strings.TrimSpace(Attr(n, "lang"))
		if p.Lang == "" {
			p.Lang = strings.TrimSpace(Attr(n, "xml:lang"))
		}
	case atom.Body:
		p.Body = n
	}
	e := Elem{Node: n, Parent: int32(s.parent), Depth: int32(depth), Flags: s.flags | flagOf[n.DataAtom]}
	e.Hints, e.Names = p.read(n)
	if n.DataAtom != atom.Html && n.DataAtom != atom.Body {
		s.above |= e.Hints
	}
	e.PathHints = s.above
	if Hidden(n) {
		e.Flags |= InHidden
	}
	if role := Attr(n, "role"); role != "" {
		e.Flags |= flagOfRole[strings.ToLower(role)]
	}
	inline := !BlockLevel(n)
	if n.DataAtom == atom.A {
		s.link = true
		w.links++
		if !inlineOnly(n) {
			e.Flags |= InLink
		}
	}
	p.Elems = append(p.Elems, e)
	s.flags, s.parent = e.Flags, id
	switch n.DataAtom {
	case atom.Head:
		w.head(n, depth, s)
		return
	case atom.Meta:
		p.meta(n)
		return
	case atom.Link:
		p.relLink(n)
		return
	case atom.Script:
		w.script(n)
		return
	case atom.Br:
		if w.brs++; w.brs >= 2 {
			w.flush()
		} else {
			w.line = true
		}
		return
	case atom.B, atom.Strong, atom.Em, atom.I:
		s.bold = true
	case atom.Img, atom.Video, atom.Audio, atom.Iframe, atom.Figure, atom.Picture:
		p.Media = append(p.Media, n)
	default:
		if e.Hints&HintCaptionBox != 0 || n.Data == "amp-img" {
			p.Media = append(p.Media, n)
		}
	}
	if Invisible[n.DataAtom] {
		return
	}
	if inline {
		if e.Flags&InHidden != 0 && w.p.Elems[s.owner].Flags&InHidden == 0 && inlineOnly(n) {
			return // a label for machines within a line for readers
		}
		w.walk(n, depth+1, s)
		return
	}
	s.owner = id
	w.flush()
	w.walk(n, depth+1, s)
	w.flush()
}

// inlineOnly reports whether an element holds no border, as far as a short look
// tells.
func inlineOnly(n *html.Node) bool {
	seen := 0
	for c := range n.Descendants() {
		if seen++; BlockLevel(c) || seen > 40 {
			return false
		}
	}
	return true
}

func (w *walker) script(n *html.Node) {
	switch t := strings.ToLower(Attr(n, "type")); {
	case strings.Contains(t, "ld+json"):
		if len(w.p.JSONLD) < maxScripts {
			w.p.JSONLD = append(w.p.JSONLD, n)
		}
	case n.FirstChild != nil && len(n.FirstChild.Data) > 500 && len(w.p.DataScripts) < 4*maxScripts:
		w.p.DataScripts = append(w.p.DataScripts, n)
	}
}

// head reads metas, links, title and scripts.
func (w *walker) head(n *html.Node, depth int, s state) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Title:
			if w.p.Title == "" {
				w.p.Title = Clean(TextOf(c))
			}
		case atom.Meta, atom.Link, atom.Script:
			w.element(c, depth+1, s)
		}
	}
}

func (w *walker) add(t string, s state) {
	if s.owner == 0 || w.text.Len() > maxText {
		return
	}
	if !w.open {
		w.start = w.text.Len()
	}
	before := w.text.Len()
	for i := 0; i < len(t); {
		c := t[i]
		if c < 0x80 {
			if c == ' ' || c >= '\t' && c <= '\r' {
				w.space = true
				i++
				continue
			}
			k := i + 1 // as much as stands without spaces
			for k < len(t) && t[k] > ' ' && t[k] < 0x80 {
				k++
			}
			w.put(t[i:k], s)
			i = k
			continue
		}
		size, space, none := wide(t[i:])
		switch {
		case space:
			w.space = true
		case !none:
			w.put(t[i:i+size], s)
		}
		i += size
	}
	if n := w.text.Len() - before; n > 0 {
		w.flags |= s.flags & (InButton | InHeading)
		if s.link {
			w.link += n
		}
		if s.bold {
			w.bold += n
		}
	}
}

// put appends a piece of a word.
func (w *walker) put(piece string, s state) {
	switch {
	case !w.open:
		w.open, w.owner, w.flags = true, s.owner, s.flags
		w.links = 0
		if s.link {
			w.links = 1
		}
	case w.line:
		w.text.WriteByte('\n')
		w.lines = true
	case w.space:
		w.text.WriteByte(' ')
	}
	w.space, w.line, w.brs = false, false, 0
	w.text.WriteString(piece)
}

func (p *Page) meta(n *html.Node) {
	content := Attr(n, "content")
	if strings.TrimSpace(content) == "" || len(content) > 20_000 {
		return
	}
	for _, key := range []string{"name", "property", "itemprop", "http-equiv"} {
		if name := strings.ToLower(strings.TrimSpace(Attr(n, key))); name != "" && len(p.Metas[name]) < maxMetas && len(p.Metas) < 500 {
			p.Metas[name] = append(p.Metas[name], Clean(html.UnescapeString(content)))
		}
	}
}

func (p *Page) relLink(n *html.Node) {
	href := strings.TrimSpace(Attr(n, "href"))
	if href == "" {
		return
	}
	for rel := range strings.FieldsSeq(strings.ToLower(Attr(n, "rel"))) {
		if len(p.Rels[rel]) < maxMetas {
			p.Rels[rel] = append(p.Rels[rel], href)
		}
	}
}
