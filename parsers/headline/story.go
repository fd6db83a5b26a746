package headline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
)

// storyElements are elements that hold one story, with its title and its footer.
var storyElements = doc.Select("article, main, .hentry, [itemtype*=Article], [itemtype*=BlogPosting]")

// storyElement is the closest element around the title that holds the whole story;
// nil if the page has none.
func storyElement(p *doc.Page, title string) *html.Node {
	b := p.TitleBlock(title)
	if b == nil {
		return nil
	}
	for n := b.Node; n != nil; n = n.Parent {
		if storyElements.Matches(n) {
			return n
		}
	}
	return nil
}

// A place is where an element stands.
type place int

const (
	outside  place = iota // in the page's frame
	content               // in the page's content
	inFooter              // in the footer of the story's element
)

// placeOf is where an element stands; story is the story's element, or nil.
func placeOf(p *doc.Page, n, story *html.Node) place {
	const flags = block.InNav | block.InHidden | block.InAside | block.InDialog
	const hints = block.HintSidebar | block.HintRelated | block.HintNav | block.HintComment
	e := &p.Elems[p.Order[n]]
	switch {
	case e.Flags&flags != 0 || e.PathHints&hints != 0:
		return outside
	case e.Flags&block.InFooter == 0 && e.PathHints&block.HintFooter == 0:
		return content
	case story != nil && block.Within(n, story):
		return inFooter
	}
	return outside
}
