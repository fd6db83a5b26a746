package captions

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

// A textRun is a run of text within a caption.
type textRun struct {
	text  string
	glued bool // no space before it
	place
}

// A place is what a run of text stands in.
type place struct {
	credit *html.Node // the element that is a credit by its names or tag
	weak   bool       // by its tag alone
	alone  bool       // in an element of its own
}

// A runReader reads the runs of text of an element, in order.
type runReader struct {
	*finder
	shown bool // the caption is hidden, from screen readers alone
	muted bool // a part of it is, and was not read
	runs  []textRun
	open  strings.Builder // the run so far
	place place           // of the run
	space bool            // a space or border before the run
	glued bool            // another run before it
}

// Bounds of what is read of one caption.
const (
	maxRuns     = 60
	maxRunDepth = 60
)

// textRuns reads a caption's runs of text.
func (f *finder) textRuns(top *html.Node) []textRun {
	r := &runReader{finder: f, shown: block.Hidden(top), space: true}
	r.walk(top, 0)
	r.flush()
	if r.muted && !slices.ContainsFunc(r.runs, func(run textRun) bool { return run.credit == nil }) {
		// All that it says is hidden from screen readers, which read that elsewhere.
		r = &runReader{finder: f, shown: true, space: true}
		r.walk(top, 0)
		r.flush()
	}
	return r.runs
}

// flush ends a run of text.
func (r *runReader) flush() {
	raw := r.open.String()
	r.open.Reset()
	str := block.Clean(raw)
	if str == "" {
		r.space = r.space || raw != ""
		return
	}
	first, _ := utf8.DecodeRuneInString(raw)
	r.runs = append(r.runs, textRun{text: str, place: r.place, glued: r.glued && !r.space && !unicode.IsSpace(first)})
	end, _ := utf8.DecodeLastRuneInString(raw)
	r.space = unicode.IsSpace(end)
	r.glued = true
}

func (r *runReader) walk(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil && depth < maxRunDepth && len(r.runs) < maxRuns; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			r.open.WriteString(c.Data)
		case c.Type != html.ElementNode || r.unread(c):
		case c.DataAtom == atom.Br:
			r.flush()
			r.space = true
		default:
			r.element(c, depth)
		}
	}
}

// unread reports whether an element's text is not part of the caption.
func (r *runReader) unread(n *html.Node) bool {
	if block.Invisible[n.DataAtom] || n.DataAtom == atom.Button || n.DataAtom == atom.Input {
		return true
	}
	if !block.Hidden(n) {
		return false
	}
	// Where the picture's alternative text says the caption, that is hidden from
	// screen readers alone.
	if block.Attr(n, "aria-hidden") != "true" {
		return true
	}
	r.muted = r.muted || !r.shown
	return !r.shown && r.role(n)&(saysCredit|saysCaption) == 0
}

// element reads an element; those that are credits, borders, or made to mark a part
// of a line have runs of their own.
func (r *runReader) element(n *html.Node, depth int) {
	role, border := r.role(n), block.BlockLevel(n)
	owns := r.place.credit == nil && r.isCredit(n, role)
	if !owns && !border && n.DataAtom != atom.Span && n.DataAtom != atom.Small && n.DataAtom != atom.Cite {
		r.walk(n, depth+1)
		return
	}
	r.flush()
	r.space = r.space || border
	outer := r.place
	if owns {
		r.place.credit, r.place.weak = n, role&(saysCredit|maybeCredit) == 0
	}
	r.place.alone = true
	r.walk(n, depth+1)
	r.flush()
	r.space = r.space || border
	r.place = outer
}

// isCredit reports whether an element within a caption is a credit by its names or
// its tag.
func (r *runReader) isCredit(n *html.Node, role captionRole) bool {
	named := role&saysCredit != 0 || role&maybeCredit != 0 && role&saysCaption == 0
	if !named && n.DataAtom != atom.Cite && n.DataAtom != atom.Footer && n.DataAtom != atom.Small {
		return false
	}
	return !r.holdsCaption(n) && creditSize(n)
}

// creditSize reports whether an element has text, and is short enough for a credit.
func creditSize(n *html.Node) bool {
	str := block.VisibleText(n)
	return str != "" && utf8.RuneCountInString(str) <= 150
}

// creditTags are elements that may hold a credit when they stand in a figure.
var creditTags = doc.Select("cite, footer")

// holdsCaption reports whether an element that is named a credit contains the caption.
func (f *finder) holdsCaption(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && (c.DataAtom == atom.Figcaption || c.DataAtom == atom.Img || f.role(c)&saysCaption != 0) {
			return true
		}
	}
	return false
}

// joinRuns joins runs of text.
func joinRuns(runs []textRun) string {
	var b strings.Builder
	for _, s := range runs {
		if b.Len() > 0 && !s.glued {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return b.String()
}
