package contacts

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A contactItem is one item where it stands.
type contactItem struct {
	p          *passage
	start, end int
	last       int // block that it ends with
	kind       itemKind
	email      string
	phone      foundPhone
	address    foundAddress
	linked     bool    // only a link's target has it
	label      string  // of the link
	sure       float64 // how often its model is right that is as sure
}

type itemKind byte

const (
	itemMail itemKind = iota
	itemPhone
	itemAddress
)

func (r *contactReader) addItem(it contactItem) {
	if len(r.items) >= maxItems {
		return
	}
	r.items = append(r.items, it)
	if it.kind == itemAddress {
		return
	}
	for i := max(0, it.p.n-3); i < min(len(r.near), it.last+4); i++ {
		r.near[i] = true
	}
}

// A candidate is what may be an item, where it stands.
type candidate struct {
	field  string // of its model
	value  string
	p      *passage
	linked bool
	of     string // the text that several candidates are read from
	sure   bool   // it counts whatever the model says
}

// counts reports whether a model takes a candidate for a contact.
func (r *contactReader) counts(c candidate, m *evidence.Model, v evidence.Values) bool {
	score := m.Score(v)
	won := score >= m.Least || c.sure
	if r.page.Explaining() {
		r.page.AddCandidate(article.Candidate{Field: c.field, Of: c.of, Value: c.value, From: c.p.from(c.linked), Score: score, Won: won, Evidence: m.Explain(v)})
	}
	return won
}

// atMost is the most that a model may say of a candidate of which some pieces are not
// known yet: each tree says the more of what follows either answer.
func atMost(m *evidence.Model, v evidence.Values, open ...int) (sum float64) {
	for _, t := range m.Trees {
		sum += mostOf(t, 0, v, open)
	}
	return sum
}

func mostOf(t evidence.Tree, k int, v evidence.Values, open []int) float64 {
	for t[k].Piece >= 0 {
		if slices.Contains(open, t[k].Piece) {
			return max(mostOf(t, t[k].Yes, v, open), mostOf(t, t[k].No, v, open))
		}
		k = t[k].Next(v)
	}
	return t[k].Value
}

// from is the provenance of an item.
func (p *passage) from(linked bool) string {
	switch {
	case linked:
		return "dom:link"
	case p.flags&block.InAddress != 0:
		return "dom:address"
	case p.inFooter():
		return "dom:footer"
	}
	return "dom:blocks"
}

// before is what a reader sees in front of a passage that may be its label.
func (r *contactReader) before(p *passage) string {
	if p.n > 0 && p.block != nil {
		if b := r.page.Blocks[p.n-1]; b.Words <= 4 && len(b.Text) < 40 {
			return b.Text
		}
	}
	return ""
}
