package captions

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// sourceEvidence is what speaks for a caption: the source that it is read from, the
// more its element is made for captions the higher. The weight of a source is the
// confidence of a caption from it.
var sourceEvidence = evidence.Table{
	{Name: fromFigcaption, Weight: 0.95},
	{Name: fromNames, Weight: 0.9},
	{Name: fromGlued, Weight: 0.85},
	{Name: fromFigure, Weight: 0.8},
	{Name: fromCredit, Weight: 0.8},
	{Name: fromLightbox, Weight: 0.8},
	{Name: fromImageObject, Weight: 0.8},
	{Name: fromAlt, Weight: 0.5},
}

// ruleWeight is that of a rule that speaks against a caption. Each of the rules in
// the tables of this package has it, so that one is enough against any source.
const ruleWeight = -1.0

// weigh adds up what speaks for a caption from a source and against it by a rule,
// which may be "" for none, and lists both.
func weigh(from, rule string) (score float64, list []article.Evidence) {
	v := make(evidence.Values, len(sourceEvidence))
	if i := slices.IndexFunc(sourceEvidence, func(p evidence.Piece) bool { return p.Name == from }); i >= 0 {
		v[i] = 1
	}
	score, list = sourceEvidence.Score(v), sourceEvidence.Explain(v)
	if rule != "" {
		score += ruleWeight
		list = append(list, article.Evidence{Name: rule, Value: 1, Weight: ruleWeight})
	}
	return score, list
}

// confidence is that of a caption from a source.
func confidence(from string) float64 {
	score, _ := weigh(from, "")
	return score
}

// stands reports whether more speaks for a caption than against it.
func stands(from, rule string) bool {
	score, _ := weigh(from, rule)
	return score > 0
}
