package doc

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// MaxWithin bounds how many nodes below a heading, or a short line, are looked at.
const MaxWithin = 200

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
