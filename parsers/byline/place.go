package byline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// addPlace adds the evidence of where an element stands.
func (x *reader) addPlace(v evidence.Values, i int) {
	e := &x.Elems[i]
	v[x.zoneOf(i)]++
	switch m := e.PathHints &^ x.wrap; {
	case m&(block.HintSidebar|block.HintNav|block.HintNewsletter|block.HintPromo) != 0:
		v[inSidebar]++
	case m&(block.HintFooter|block.HintCaption) != 0:
		v[inFooterClass]++
	}
	v.Set(inPageFooter, e.Flags&(block.InFooter|block.InAside) != 0 && e.Flags&block.InArticle == 0)
	v.Set(inCard, e.Flags&block.InLink != 0 && x.inCard(i))
}

// Distances in elements.
const (
	aroundTitle = 60 // a byline's distance from the title, at most
	aroundEnd   = 20 // from the last paragraph up
	afterEnd    = 150
)

// zoneOf is the part of the page that an element stands in.
func (x *reader) zoneOf(i int) int {
	switch {
	case x.title > 0 && i >= x.title-aroundTitle && i <= max(x.firstAt, x.title+aroundTitle) && (x.firstAt == 0 || i <= x.firstAt+2 || i <= x.title+aroundTitle):
		return nearTitle
	case x.title == 0 && x.firstAt > 0 && i <= x.firstAt+2:
		return beforeText
	case x.firstAt > 0 && i > x.firstAt && i < x.lastAt-aroundEnd:
		return withinText
	case x.lastAt > 0 && i >= x.lastAt-aroundEnd && i <= x.lastAt+afterEnd:
		return afterText
	}
	return farAway
}

// cardHeadings are headings within links: such a link is the card of a story.
var cardHeadings = doc.Select("a h2, a h3, a h4, a h5")

// inCard reports whether an element stands in the card of another story.
func (x *reader) inCard(i int) bool {
	if x.cards == nil {
		x.cards = map[*html.Node]bool{}
		for _, n := range x.Select(cardHeadings).Nodes {
			if a := x.linkAround(x.Order[n]); a != nil {
				x.cards[a] = true
			}
		}
	}
	return x.cards[x.linkAround(i)]
}

// linkAround is the innermost link that an element stands in.
func (x *reader) linkAround(i int) *html.Node {
	for p := int(x.Elems[i].Parent); p > 0; p = int(x.Elems[p].Parent) {
		if x.Elems[p].Node.DataAtom == atom.A {
			return x.Elems[p].Node
		}
	}
	return nil
}
