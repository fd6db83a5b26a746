package body

import (
	"fmt"
	"math"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html/atom"
)

// What tells how well a story was probably read: a sum of these, times the weights of
// the model, is the logarithm of the odds that the story and its reading share nine
// tenths of their words (F1 of at least 0.9). The numbers belong to the model.
const (
	sureAlways    = iota // 1
	sureDoubt            // how near to even the odds of the blocks are, 0 to 1, by words
	sureWeak             // share of the story's words in blocks that are less likely than 0.8
	sureLeftOut          // share of the container's words that are left out
	sureRefused          // share of the page's words that were likely but left out by rules or by little
	sureReadable         // F1 of the story's words and those that go-readability takes
	sureNoVote           // go-readability takes nothing
	sureInData           // share of the story's words that JSON-LD's articleBody has
	sureHasData          // 1 if it has some
	sureLength           // logarithm of the story's words, of at most 500, as a share
	sureEvidences        // how many there are
)

// sureNames name these for --explain.
var sureNames = [sureEvidences]string{"any page", "blocks with even odds", "weak blocks in the story", "words of the container left out", "likely words left out", "agreement with go-readability",
	"go-readability takes nothing", "words that are in articleBody", "the page has articleBody", "length of the story"}

// fewestWords is how many words of a story's container must be left out to be worth
// a note.
const fewestWords = 60

// A Certainty is what speaks for and against a story having been read rightly.
type Certainty struct {
	Values             []float64 // by the numbers above
	LeftOut, Container int       // visible words of the container that are left out, and all of them
}

// Certainty measures how the selection came about.
func (s *Selection) Certainty() Certainty {
	c := Certainty{Values: make([]float64, sureEvidences)}
	var kept, doubt, open, weak, refused, readable, both, inData float64
	for _, b := range s.page.Blocks {
		words, p := float64(b.Words), float64(b.Probability)
		if b.Flags&block.InHidden == 0 && (s.Kept(b) || p > block.SecondPassMin) {
			open += words
			doubt += words * 2 * min(p, 1-p)
		}
		if b.InReadability {
			readable += words
		}
		switch {
		case s.Kept(b):
			kept += words
			inData += words * float64(b.ArticleBodyShare)
			if p < 0.8 {
				weak += words
			}
			if b.InReadability {
				both += words
			}
		case p > 0.3 && b.Flags&block.InHidden == 0:
			refused += words
		}
	}
	part := func(n, of float64) float64 { return n / max(of, 1) }
	c.LeftOut, c.Container = s.leftOut(kept)
	v := c.Values
	v[sureAlways] = 1
	v[sureDoubt] = part(doubt, open)
	v[sureWeak] = part(weak, kept)
	v[sureLeftOut] = part(float64(c.LeftOut), float64(c.Container))
	v[sureRefused] = min(1, part(refused, kept))
	v[sureReadable] = part(2*both, kept+readable)
	if readable == 0 {
		v[sureNoVote] = 1
	}
	if inData > 0 {
		v[sureInData], v[sureHasData] = part(inData, kept), 1
	}
	v[sureLength] = math.Log1p(min(kept, 500)) / math.Log1p(500)
	return c
}

// leftOut counts the visible words of the story's container, the innermost element
// with nine tenths of the story's words, and those of them that are not kept.
func (s *Selection) leftOut(kept float64) (left, all int) {
	elems := s.page.Elems
	type count struct{ kept, all int }
	counts := make([]count, len(elems))
	for _, b := range s.page.Blocks {
		if b.Flags&(block.InHidden|block.InCaption) == 0 && b.Node.DataAtom != atom.H1 || s.Kept(b) {
			counts[b.Elem].all += b.Words
			if s.Kept(b) {
				counts[b.Elem].kept += b.Words
			}
		}
	}
	container := 0
	for i := len(elems) - 1; i > 0; i-- {
		if container == 0 && counts[i].kept > 0 && float64(counts[i].kept)*10 >= kept*9 {
			container = i // the innermost of them comes last
		}
		up := elems[i].Parent
		counts[up].kept += counts[i].kept
		counts[up].all += counts[i].all
	}
	c := counts[container]
	return c.all - c.kept, c.all
}

// odds is the logarithm of the odds that the story was read rightly, by a model's
// weights.
func (c Certainty) odds(weights []float32) float64 {
	var sum float64
	for i, w := range weights {
		sum += float64(w) * c.Values[i]
	}
	return sum
}

// Confidence is how likely the story was read rightly, by a model, the program's own
// if m is nil.
func (c Certainty) Confidence(m *block.Model) float64 {
	const unknown = 0.8 // a model without weights for it
	if m == nil {
		m = block.Embedded()
	}
	if len(m.Confidence) != sureEvidences {
		return unknown
	}
	return 1 / (1 + math.Exp(-c.odds(m.Confidence)))
}

// Candidate explains the confidence in a body.
func (c Certainty) Candidate(m *block.Model) article.Candidate {
	if m == nil {
		m = block.Embedded()
	}
	res := article.Candidate{Field: "body", Value: "dom:blocks", From: "dom:blocks", Score: c.Confidence(m)}
	if c.LeftOut >= fewestWords && c.LeftOut*10 >= c.Container {
		res.Why = fmt.Sprintf("%d of %d words of the container are left out", c.LeftOut, c.Container)
	}
	if len(m.Confidence) == sureEvidences {
		for i, w := range m.Confidence {
			if v := c.Values[i]; v != 0 {
				res.Evidence = append(res.Evidence, article.Evidence{Name: sureNames[i], Value: v, Weight: float64(w), Part: v * float64(w)})
			}
		}
	}
	return res
}
