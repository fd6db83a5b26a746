package parsers

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// findSubtitle is the standfirst: what stands between title and story and is
// called so, or is the page's own description.
func (x *index) findSubtitle(title string) (string, *block.Block) {
	from := x.titleBlock(title)
	if from == nil {
		return "", nil
	}
	description, _ := x.first("og:description", "description")
	for i := from.N + 1; i < min(len(x.Blocks), from.N+8); i++ {
		b := x.Blocks[i]
		if b.Flags&(block.InHidden|block.InNav|block.InForm|block.InCaption|block.InButton) != 0 || b.Words < 4 || b.Words > 90 || b.Link*2 > len(b.Text) {
			continue
		}
		m := x.HintsBelow(b.Node, x.Body)
		named := x.Hint(b.Node)&block.HintStandfirst != 0 || b.Node.Parent != nil && x.Hint(b.Node.Parent)&block.HintStandfirst != 0
		heading := b.Flags&block.InHeading != 0 && level(b) == 2 && i == from.N+1 && b.Words >= 6 && m&(block.HintRelated|block.HintNav) == 0
		same := description != "" && len(description) > 40 && similar(b.Text, description) && b.Node.Data != "p"
		if named || heading || same {
			return b.Text, b
		}
	}
	return "", nil
}
