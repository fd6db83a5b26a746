package doc

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// MaxWithin bounds how many nodes below a heading, or a short line, are looked at.
const MaxWithin = 200

// Big reports whether more stands in an element than in a heading's or a short line's
// markup.
func Big(n *html.Node) bool {
	nodes, size := 0, 0
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			size += len(d.Data)
		}
		if nodes++; nodes > MaxWithin || size > 4000 {
			return true
		}
	}
	return false
}

// TitleBlock is where the title stands on the page; nil if it is nowhere.
func (p *Page) TitleBlock(title string) *block.Block {
	for _, b := range p.H1 {
		if text.EqualFold(b.Text, title) {
			return b
		}
	}
	for _, b := range p.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && text.Similar(b.Text, title) {
			return b
		}
	}
	for _, b := range p.Blocks {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 && text.EqualFold(b.Text, title) {
			return b
		}
	}
	return nil
}
