package headline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A showing is where a page shows what may be its title: a heading, or a line that is
// called a title, links to the page itself or says what the head declares.
type showing struct {
	node  *html.Node
	block *block.Block // its first
	level int          // of a heading; lineLevel of another line
	rank  int          // how many headings of the same level stand before it
}

// lineLevel is the level of a line that is no heading.
const lineLevel = 7

// inFrame reports whether a showing is a part of the page's frame.
func (s *showing) inFrame() bool {
	return s.block.Flags&(block.InNav|block.InFooter|block.InHidden|block.InDialog) != 0
}

func (s *showing) from() string { return "dom:" + s.node.Data }

// Bounds of what is looked at.
const (
	maxHeadings      = 60
	maxLowerHeadings = 30
	maxHeading       = 400 // bytes
	maxLines         = 20
)

// readHeadings offers the headings that a reader sees.
func (r *titleReader) readHeadings() {
	var last *html.Node
	found := 0
	for _, b := range r.page.Blocks {
		if b.Flags&block.InHeading == 0 || b.Flags&(block.InHidden|block.InDialog) != 0 || b.Words == 0 {
			continue
		}
		n := headingOf(b.Node)
		if n == nil || n == last {
			continue
		}
		last = n
		s := &showing{node: n, block: b, level: int(n.Data[1] - '0')}
		s.rank = r.counts[s.level]
		r.counts[s.level]++
		r.shown = append(r.shown, s)
		if found++; found > maxHeadings || s.level > 1 && found > maxLowerHeadings {
			continue
		}
		r.offerHeading(s)
	}
}

// offerHeading offers what a heading may give as a title.
func (r *titleReader) offerHeading(s *showing) {
	whole := wordings(s.node, s.block.Text)
	for _, w := range whole {
		if w.text == "" || len(w.text) > maxHeading {
			continue
		}
		if c := r.candidate(w.text); c != nil {
			c.show(s, w)
		}
	}
	for _, run := range runsOf(whole[0].text) {
		if c := r.candidate(run.text); c != nil {
			c.showPart(s, run, r.affixes)
		}
	}
}

// headingOf is the heading that an element is or stands in; nil if none.
func headingOf(n *html.Node) *html.Node {
	for range 12 {
		if n == nil {
			return nil
		}
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return n
		}
		n = n.Parent
	}
	return nil
}

// readLines offers lines that are no headings but are called titles, and notes where
// a line says just what another candidate is.
func (r *titleReader) readLines() {
	const outside = block.InHidden | block.InDialog | block.InHeading
	found := 0
	for _, b := range r.page.Blocks {
		if b.Flags&outside != 0 || b.Words < 1 || b.Words > 60 || len(b.Text) > maxHeading {
			continue
		}
		s := &showing{node: b.Node, block: b, level: lineLevel}
		if c := r.said(b.Text); c != nil {
			if b.Flags&block.InCaption == 0 {
				c.show(s, wording{text: b.Text})
			}
			continue
		}
		if found < maxLines && b.Words >= 2 && b.Flags&(block.InNav|block.InFooter|block.InAside) == 0 && r.names.above(b.Node, titleNames, 2) {
			found++
			if c := r.candidate(b.Text); c != nil {
				c.show(s, wording{text: b.Text})
			}
		}
	}
}

// said is the candidate that a text says and no more; nil if there is none. Few texts
// of a page even begin like one.
func (r *titleReader) said(s string) *candidate {
	if !r.starts[text.FoldStart(s)] {
		return nil
	}
	return r.byFold[text.Fold(s)]
}

func (r *titleReader) links() *links {
	if r.pageLinks == nil {
		r.pageLinks = linksOf(r.page)
	}
	return r.pageLinks
}
