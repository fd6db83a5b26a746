package parsers

import (
	"math"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// An Explanation says why a reading came out as it did: for each field what
// there was to choose from, for each block of text why it was kept or dropped.
type Explanation struct {
	Fields []Candidate   `json:"fields,omitempty"`
	Blocks []Explanatory `json:"blocks,omitempty"`
}

// A Candidate is one value that a field could have had.
type Candidate struct {
	Field string  `json:"field"` // as in Article's JSON
	Value string  `json:"value"`
	From  string  `json:"from"` // as in Provenance
	Score float64 `json:"score,omitempty"`
	Won   bool    `json:"won"`
	Why   string  `json:"why,omitempty"` // in words, why it won or lost
}

// An Explanatory is one block of text and what became of it.
type Explanatory struct {
	Text string  `json:"text"`
	Path string  `json:"path"` // elements from the body down, with their first class
	P    float64 `json:"p"`    // how likely it belongs to the article, as the model says
	Kept bool    `json:"kept"`
	Why  string  `json:"why,omitempty"` // the rule that decided, where one did
}

// maxCandidates bounds an explanation.
const maxCandidates = 1000

// explaining reports whether somebody asks for candidates, so that a reading
// without need not collect them.
func (x *index) explaining() bool { return x.explanation != nil }

// candidate notes a value that a field could have had.
func (x *index) candidate(c Candidate) {
	if x.explanation != nil && len(x.explanation.Fields) < maxCandidates {
		x.explanation.Fields = append(x.explanation.Fields, c)
	}
}

// explainBlocks notes what became of each block.
func (x *index) explainBlocks() {
	if !x.explaining() {
		return
	}
	for _, b := range x.Blocks {
		why := b.Why
		switch {
		case b.Keep || why != "":
		case b.Flags&block.InHidden != 0:
			why = "hidden"
		default:
			why = "not like a part of the story"
		}
		x.explanation.Blocks = append(x.explanation.Blocks, Explanatory{Text: b.Text, Path: x.path(b), P: math.Round(float64(b.P)*1000) / 1000, Kept: b.Keep, Why: why})
	}
}

// path names the elements of a block from the body down, the innermost ones of a
// deep one.
func (x *index) path(b *block.Block) string {
	const most = 12
	var parts []string
	for e := b.Elem; e > 0 && len(parts) < most; e = int(x.Elems[e].Parent) {
		n := x.Elems[e].Node
		if n == x.Body {
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
