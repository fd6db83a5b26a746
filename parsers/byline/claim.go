package byline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"golang.org/x/net/html"
)

// A claim is what one place of a page says of who wrote the story.
type claim struct {
	names  []authorName
	from   string          // as in Provenance
	family family          // the kind of place
	own    evidence.Values // what is true of the place
	line   string          // the byline as printed, if a reader sees it
	node   *html.Node
	pos    int  // element; 0 for what no reader sees
	by     bool // a by-word introduces it
	placed float64
	sort   int // of markup: the piece of its strongest mark
}

// A family is a kind of place: claims of one family are no independent witnesses.
type family int

const (
	declaredInLD family = iota
	declaredInMeta
	inAttributes
	inTitleElement
	inMarkup
	inBylines
	inBareLines
	inSignatures
	families
)

// add makes a claim.
func (x *reader) add(c claim) {
	if len(x.claims) >= 2*maxClaims {
		return
	}
	if c.pos != 0 && (x.Elems[c.pos].PathHints&^x.wrap)&(block.HintComment|block.HintRelated) != 0 {
		return // they sign something else
	}
	if x.NextStory > 0 && c.pos >= x.NextStory {
		return // who wrote the next story
	}
	c.placed = placement(&c)
	foldKeys(c.names)
	x.claims = append(x.claims, c)
}

// placement is how well a claim is placed: 1 for what no reader sees and for what is
// far from the story, 4 for what is near its title.
func placement(c *claim) float64 {
	v := c.own
	switch {
	case c.pos == 0:
		return 1
	case v[inCard] > 0:
		return 0.5
	case v[inSidebar]+v[inFooterClass]+v[inPageFooter]+v[farAway] > 0:
		return 1
	case v[nearTitle]+v[beforeText]+v[lineAtTop] > 0:
		return 4
	case v[afterText]+v[lineAtEnd] > 0:
		return 3
	}
	return 2
}

// near is how many elements are between two names of one list at most.
const near = 12

// beside reports whether two claims stand beside one another and look alike, as the
// names of one list do.
func (c *claim) beside(o *claim) bool {
	if c.family != inMarkup || o.family != inMarkup || c.from != o.from || c.sort != o.sort {
		return false
	}
	return c.pos-o.pos <= near && o.pos-c.pos <= near
}
