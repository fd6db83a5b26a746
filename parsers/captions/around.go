package captions

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// creditTags are elements that may hold a credit when they stand in a figure.
var creditTags = doc.Select("cite, footer")

// surroundings are what stands beside a caption in its scope.
type surroundings struct {
	*finder
	region
	scope  int
	figure bool // the scope is a figure
}

// readAround reads what a caption lacks beside it: the credit in a corner of the
// picture, the text beneath a credit.
func (f *finder) readAround(g region, scope int, c *article.Caption) {
	s := surroundings{f, g, scope, f.Elems[scope].Node.DataAtom == atom.Figure}
	if f.words(scope) > 150 || g.block == nil && scope == g.elem || s.shared() {
		return
	}
	if c.Credit == "" {
		s.readCreditElement(c)
	}
	s.readLines(c)
}

// shared reports whether another caption stands in the scope: what is beside them
// may be either's.
func (s *surroundings) shared() bool {
	for _, o := range s.regions {
		if o != s.region && s.holds(s.scope, o.elem) && !s.holds(s.elem, o.elem) {
			return true
		}
	}
	return false
}

// within reports whether an element is part of the caption's own.
func (s *surroundings) within(i int) bool { return s.block == nil && s.holds(s.elem, i) }

// readCreditElement takes the credit from an element that is one by its names or tag.
func (s *surroundings) readCreditElement(c *article.Caption) {
	for i := s.scope + 1; i < int(s.end[s.scope]) && i < s.scope+200; i++ {
		if s.within(i) || block.Invisible[s.Elems[i].Node.DataAtom] || !s.isCreditElement(i) {
			continue
		}
		setCredit(c, block.VisibleText(s.Elems[i].Node))
		for _, b := range s.blocksIn(i) {
			s.drop(b)
		}
		if c.Credit != "" {
			return
		}
	}
}

// isCreditElement reports whether an element is a credit by its names, or, beside
// the caption or within a figure, may be one by its names or tag.
func (s *surroundings) isCreditElement(i int) bool {
	n := s.Elems[i].Node
	role := s.role(n)
	sure := role&saysCredit != 0
	if !sure {
		near := s.figure || s.Elems[i].Parent == s.Elems[s.elem].Parent
		if !near || role&maybeCredit == 0 && !creditTags.Matches(n) {
			return false
		}
	}
	return !s.holdsCaption(n) && creditSize(n, sure)
}

// setCredit sets a caption's credit to what a text says.
func setCredit(c *article.Caption, str string) {
	owner, media, ok := credit.Line(str)
	if !ok {
		c.Credit = credit.Clean(str)
		return
	}
	c.Credit = owner
	if media != "image" {
		c.Media = media
	}
}

// readLines takes credit and text from lines beside the caption.
func (s *surroundings) readLines(c *article.Caption) {
	var texts []*block.Block
	words := 0
	other := false // something beside the caption is none of its text
	for _, b := range s.lines() {
		role := s.roleUp(b.Elem, s.scope)
		switch {
		case c.Credit == "" && s.isCreditLine(b, role):
			setCredit(c, s.textOf(b))
			s.drop(b)
		case !s.isNear(b):
		case s.isOther(b):
			other = true
		case role&(saysCredit|maybeCredit) == 0:
			texts = append(texts, b)
			words += s.wordsOf(b)
		}
	}
	if c.Text == "" && !other && len(texts) >= 1 && len(texts) <= 3 && words >= 2 && words <= 80 {
		s.setText(c, texts)
	}
}

// lines are the visible blocks of the scope besides the caption's own.
func (s *surroundings) lines() []*block.Block {
	return slices.DeleteFunc(s.blocksIn(s.scope), func(b *block.Block) bool {
		return b == s.block || s.within(b.Elem) || b.Flags&(block.InHidden|block.InButton) != 0
	})
}

// isNear reports whether a line stands so near that it may be the text of a credit:
// in the figure, else in the same element.
func (s *surroundings) isNear(b *block.Block) bool {
	near := s.scope
	if !s.figure && s.block != nil && s.scope != s.elem {
		near = max(s.scope, int(s.Elems[s.elem].Parent))
	}
	return s.holds(near, b.Elem)
}

// isCreditLine reports whether a line is a credit by its form in a figure, or by
// its names.
func (s *surroundings) isCreditLine(b *block.Block, role captionRole) bool {
	if role&saysCredit != 0 && len(s.textOf(b)) <= 150 {
		return true
	}
	if !s.figure && role&(saysCredit|maybeCredit) == 0 {
		return false
	}
	_, _, ok := credit.Line(s.textOf(b))
	return ok
}

// isOther reports whether a line is a title, a link or a date.
func (s *surroundings) isOther(b *block.Block) bool {
	str := s.textOf(b)
	return b.LinkBytes*2 > len(str) || len(s.H1) > 0 && b == s.H1[0] || dateOrByline(str)
}

// setText makes the caption's text of lines beneath its credit.
func (s *surroundings) setText(c *article.Caption, lines []*block.Block) {
	var parts []string
	for _, b := range lines {
		parts = append(parts, s.textOf(b))
		s.drop(b)
	}
	caption, owner, _ := credit.Split(strings.Join(parts, " "), true)
	c.Text = trimCaption(caption)
	if c.Credit == "" {
		c.Credit = owner
	}
}

// roleUp joins the roles of an element and those above it, below top.
func (f *finder) roleUp(i, top int) captionRole {
	var role captionRole
	for ; i > top; i = int(f.Elems[i].Parent) {
		n := f.Elems[i].Node
		role |= f.role(n)
		if creditTags.Matches(n) {
			role |= maybeCredit
		}
	}
	return role
}

// holdsCaption reports whether an element that is named a credit contains the caption.
func (f *finder) holdsCaption(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && (c.DataAtom == atom.Figcaption || c.DataAtom == atom.Img || f.role(c)&saysCaption != 0) {
			return true
		}
	}
	return false
}
