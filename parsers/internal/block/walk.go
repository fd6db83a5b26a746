package block

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of the walk.
const (
	MaxBlocks = 50_000
	MaxDepth  = 2_000
	maxText   = 16 << 20 // bytes
)

// Read walks over a document, which may be shared. standsAlone says of a line of
// text between line breaks that it is a block of its own, as a credit is; if it is
// nil, no line is.
func Read(doc *html.Node, standsAlone func(line string) bool) *Page {
	elems, text := sizeOf(doc)
	p := &Page{
		Doc: doc, Elems: make([]Elem, 1, elems+1), Order: make(map[*html.Node]int, elems),
		Metas: map[string][]string{}, Rels: map[string][]string{},
		nameNumbers: make(map[string]int32, elems/4), names: []string{""}, nameHints: []Hints{0}, nameTraits: []trait{0},
	}
	w := &walker{page: p, standsAlone: standsAlone, runs: make([]run, 0, elems/6)}
	w.text.Grow(text)
	w.children(doc, 0, state{})
	w.endRun()
	w.makeBlocks()
	for _, b := range p.Blocks {
		if b.Flags&InHidden == 0 {
			p.Words += b.Words
		}
	}
	return p
}

// maxSize bounds what sizeOf gives, so that a hostile page takes memory only as it
// is read.
const maxSize = 1 << 16

// sizeOf is about how many elements a document has and how many bytes of text,
// without scripts and styles: what Read reserves room for.
func sizeOf(doc *html.Node) (elems, text int) {
	for n := doc; n != nil && elems < maxSize && text < maxSize; {
		switch n.Type {
		case html.ElementNode:
			elems++
		case html.TextNode:
			text += len(n.Data)
		}
		if n.DataAtom == atom.Script || n.DataAtom == atom.Style {
			n = Past(doc, n)
		} else {
			n = Following(doc, n)
		}
	}
	return elems, text
}

// state is what an element passes on to those below it.
type state struct {
	parent int // the element itself
	owner  int // the innermost block-level element
	flags  Flags
	hints  Hints // see Elem.PathHints
	link   bool
	bold   bool
}

type walker struct {
	page        *Page
	standsAlone func(string) bool
	text        strings.Builder // of all runs, one after another
	runs        []run           // those that have ended

	// The run that text is added to.
	open    bool
	current run
	breaks  int // br elements since its last text

	// What separates the next piece of text from the run.
	space     bool
	newline   bool // the space has a line break of the source
	lineBreak bool // a br element
}

// A run is a block, or several with lines that stand alone between them, whose text
// is a part of the walker's.
type run struct {
	start, end int
	lines      bool // it has line breaks

	// Of its block; the counts are of all its text.
	elem                            int
	linkBytes, linkCount, boldBytes int
	flags                           Flags
}

// endRun ends the open run, if there is one, and forgets what would separate it
// from more text.
func (w *walker) endRun() {
	if r := &w.current; w.open && w.text.Len() > r.start && len(w.runs) < MaxBlocks {
		r.end = w.text.Len()
		w.runs = append(w.runs, *r)
	}
	w.open, w.breaks, w.space, w.newline, w.lineBreak = false, 0, false, false, false
}

// makeBlocks makes the page's blocks of the runs.
func (w *walker) makeBlocks() {
	p, all := w.page, w.text.String()
	store := make([]Block, 0, len(w.runs))
	for i := range w.runs {
		r := &w.runs[i]
		text := all[r.start:r.end]
		b := Block{Elem: r.elem, Text: text, LinkBytes: r.linkBytes, LinkCount: r.linkCount, BoldBytes: r.boldBytes, Flags: r.flags}
		if !r.lines {
			store = append(store, b)
			continue
		}
		parts := w.split(text)
		for _, part := range parts {
			if part == "" {
				continue
			}
			if len(parts) > 1 {
				b.LinkBytes, b.BoldBytes = r.linkBytes*len(part)/len(text), r.boldBytes*len(part)/len(text)
			}
			b.Text = part
			store = append(store, b)
		}
	}
	p.Blocks = make([]*Block, len(store))
	for i := range store {
		b := &store[i]
		b.Node, b.N, b.Words = p.Elems[b.Elem].Node, i, CountWords(b.Text)
		p.Blocks[i] = b
		if b.Node.DataAtom == atom.H1 {
			p.H1 = append(p.H1, b)
		}
	}
}

// split divides the text of a run at the lines that stand alone; other line breaks
// become spaces.
func (w *walker) split(text string) []string {
	var parts, open []string
	endPart := func() {
		if len(open) > 0 {
			parts = append(parts, strings.Join(open, " "))
			open = open[:0]
		}
	}
	for line := range strings.SplitSeq(text, "\n") {
		if w.standsAlone != nil && w.standsAlone(line) {
			endPart()
			parts = append(parts, line)
			continue
		}
		open = append(open, line)
	}
	endPart()
	return parts
}

// children walks over the nodes below a node.
func (w *walker) children(n *html.Node, depth int, s state) {
	if depth > MaxDepth {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			w.addText(c.Data, s)
		case html.ElementNode:
			w.element(c, depth, s)
		}
	}
}

// element reads an element and those below it.
func (w *walker) element(n *html.Node, depth int, s state) {
	p := w.page
	s = w.enter(n, depth, s)
	switch n.DataAtom {
	case atom.Head:
		w.head(n, depth, s)
		return
	case atom.Meta:
		p.addMeta(n)
		return
	case atom.Link:
		p.addLink(n)
		return
	case atom.Base:
		p.addBase(n)
		return
	case atom.Script:
		p.addScript(n)
		return
	case atom.Br:
		w.addBreak()
		return
	case atom.B, atom.Strong, atom.Em, atom.I:
		s.bold = true
	default:
		if isMedia(n, p.Elems[s.parent].Hints) {
			p.Media = append(p.Media, n)
		}
	}
	kind := kindOf(n.DataAtom)
	if kind.invisible || isApart(n, p.nameTraits[p.Elems[s.parent].Names[0]]) {
		return
	}
	if n.DataAtom == atom.Button && w.open && inSentence(n) {
		s.flags &^= InButton
		w.children(n, depth+1, s)
		return
	}
	if kind.blockLevel {
		s.owner = s.parent
		w.endRun()
		w.children(n, depth+1, s)
		w.endRun()
		return
	}
	if s.flags&InHidden != 0 && p.Elems[s.owner].Flags&InHidden == 0 && inlineOnly(n) {
		return // a label for screen readers within a visible line
	}
	w.children(n, depth+1, s)
}

// enter adds an element to the page and gives what it passes on.
func (w *walker) enter(n *html.Node, depth int, s state) state {
	p := w.page
	id := len(p.Elems)
	p.Order[n] = id
	e := Elem{Node: n, Parent: int32(s.parent), Depth: int32(depth), Flags: s.flags | kindOf(n.DataAtom).flags}
	attrs := p.readAttributes(n)
	e.Hints, e.Names = attrs.hints, attrs.names
	switch n.DataAtom {
	case atom.Html:
		p.Lang = strings.TrimSpace(Attr(n, "lang"))
		if p.Lang == "" {
			p.Lang = strings.TrimSpace(Attr(n, "xml:lang"))
		}
	case atom.Body:
		p.Body = n
	case atom.A:
		s.link = true
		w.current.linkCount++
		if !inlineOnly(n) {
			e.Flags |= InLink
		}
		fallthrough
	default:
		s.hints |= e.Hints
	}
	if class := p.nameTraits[e.Names[0]]; attrs.hides || class != 0 {
		e.Flags |= hiding(n, class)
	}
	if attrs.role != "" {
		e.Flags |= flagOfRole[strings.ToLower(attrs.role)]
	}
	e.PathHints = s.hints
	p.Elems = append(p.Elems, e)
	s.flags, s.parent = e.Flags, id
	return s
}

// addBreak adds a line break. Two in a row end the run.
func (w *walker) addBreak() {
	if w.breaks++; w.breaks >= 2 {
		w.endRun()
	} else {
		w.lineBreak = true
	}
}

// addText adds a text node to the open run, or begins one.
func (w *walker) addText(t string, s state) {
	if s.owner == 0 || w.text.Len() > maxText {
		return
	}
	before := w.text.Len()
	w.addPieces(t, s)
	if n := w.text.Len() - before; n > 0 {
		r := &w.current
		r.flags |= s.flags & (InButton | InHeading)
		if s.link {
			r.linkBytes += n
		}
		if s.bold {
			r.boldBytes += n
		}
	}
}

// addPieces adds the pieces of a text that stand between white space and characters
// without width. Words with one space between them, as most texts have, are one
// piece.
func (w *walker) addPieces(t string, s state) {
	for i := 0; i < len(t); {
		if end := pieceEnd(t, i); end > i {
			w.addPiece(t[i:end], s)
			i = end
			continue
		}
		if c := t[i]; c < utf8.RuneSelf {
			w.newline = w.newline || c == '\n'
			w.space = w.space || c == ' ' || c >= '\t' && c <= '\r'
			if c != ' ' && (c < '\t' || c > '\r') { // a control character
				w.addPiece(t[i:i+1], s)
			}
			i++
			continue
		}
		size, space, _ := wide(t[i:])
		w.space = w.space || space
		i += size
	}
}

// pieceEnd is where the piece that begins at i ends: before white space, but for a
// single space between two words, before a control character and one without width.
func pieceEnd(t string, i int) int {
	begin, before := i, uint8(blank) // no space at the beginning of a piece
	for ; i < len(t); i++ {
		kind := pieceBytes[t[i]]
		if kind&(before|apart) == 0 {
			before = kind
			continue
		}
		if t[i] < utf8.RuneSelf || i > begin && t[i-1] == ' ' {
			break
		}
		size, space, none := wide(t[i:])
		if space || none {
			break
		}
		i += size - 1
		before = blank // none behind it either
	}
	if i > begin && t[i-1] == ' ' {
		return i - 1
	}
	return i
}

// What a byte is for pieceEnd, if it is not part of a word.
const (
	blank = 1 << iota // one of these may stand between two words
	apart             // no piece goes on with it, unless it begins a character that is part of a word
)

var pieceBytes = func() (t [256]uint8) {
	for c := range t {
		if c < ' ' || c >= utf8.RuneSelf {
			t[c] = apart
		}
	}
	t[' '] = blank
	return t
}()

// addPiece adds a word or a part of one, after what separates it from the run.
func (w *walker) addPiece(piece string, s state) {
	switch {
	case !w.open:
		w.open = true
		w.current = run{start: w.text.Len(), elem: s.owner, flags: s.flags}
		if s.link {
			w.current.linkCount = 1
		}
	case w.lineBreak:
		w.text.WriteByte('\n')
		w.current.lines = true
	case w.space && !(w.newline && joinsLines(w.text.String(), piece)):
		w.text.WriteByte(' ')
	}
	w.space, w.newline, w.lineBreak, w.breaks = false, false, false, 0
	w.text.WriteString(piece)
}
