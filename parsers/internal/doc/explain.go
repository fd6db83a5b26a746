package doc

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// maxCandidates bounds an explanation.
const maxCandidates = 1000

// Explaining reports whether somebody asks for candidates, so that a reading
// without need not collect them.
func (p *Page) Explaining() bool { return p.Explanation != nil }

// AddCandidate notes a value that a field could have had.
func (p *Page) AddCandidate(c article.Candidate) {
	if p.Explanation != nil && len(p.Explanation.Fields) < maxCandidates {
		p.Explanation.Fields = append(p.Explanation.Fields, c)
	}
}

// Path names the elements of a block from the body down, the innermost ones of a
// deep one.
func (p *Page) Path(b *block.Block) string {
	const most = 12
	var parts []string
	for e := b.Elem; e > 0 && len(parts) < most; e = int(p.Elems[e].Parent) {
		n := p.Elems[e].Node
		if n == p.Body {
			break
		}
		name := n.Data
		for class := range strings.FieldsSeq(block.Attr(n, "class")) {
			name += "." + class[:min(len(class), 40)]
			break
		}
		parts = append(parts, name)
	}
	slices.Reverse(parts)
	return strings.Join(parts, " > ")
}

// Model gives the model that a field is chosen with: its own, unless the page is to
// be read with another.
func (p *Page) Model(field string, own func() *evidence.Model) *evidence.Model {
	m := own()
	if other := p.Models[field]; other != nil {
		return other.Renumbered(m.Pieces)
	}
	return m
}
