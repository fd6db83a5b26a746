package parsers

import (
	"math"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// explainBlocks notes what became of each block.
func explainBlocks(p *doc.Page) {
	if !p.Explaining() {
		return
	}
	for _, b := range p.Blocks {
		why := b.Why
		switch {
		case b.Keep || why != "":
		case b.Flags&block.InHidden != 0:
			why = "hidden"
		default:
			why = "not like a part of the story"
		}
		p.Explanation.Blocks = append(p.Explanation.Blocks, article.BlockDecision{Text: b.Text, Path: p.Path(b), P: math.Round(float64(b.P)*1000) / 1000, Kept: b.Keep, Why: why})
	}
}
