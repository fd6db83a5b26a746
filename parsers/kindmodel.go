package parsers

import (
	_ "embed"
	"math"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// How sure a kind is depends on these amounts. The labelled pages have too few that
// are no articles (one in twenty) to weigh the tables' pieces one by one.
const (
	pointsForStory = iota
	pointsForFront
	storyWords
	captionCount
	keptLikelihood
	chosenArticle
	chosenOther
	chosenFront
	numKindPieces
)

// kindPieces are the names of the pieces in the model's data.
var kindPieces = [numKindPieces]string{
	pointsForStory: "points for a story",
	pointsForFront: "points for a front",
	storyWords:     "words of the story (logarithm to base 2)",
	captionCount:   "captions",
	keptLikelihood: "confidence of the body",
	chosenArticle:  "chosen: article",
	chosenOther:    "chosen: other",
	chosenFront:    "chosen: home, section or author",
}

//go:embed kind.model
var kindData []byte

var kindModel = evidence.Learned(kindData, kindPieces[:]...)

// amounts are the values of the pieces for a chosen kind.
func (k *kindReader) amounts(kind article.Kind, asStory, asFront float64) evidence.Values {
	v := make(evidence.Values, numKindPieces)
	v[pointsForStory], v[pointsForFront] = asStory, asFront
	v[storyWords] = math.Log2(1 + float64(k.words))
	v[captionCount] = float64(min(len(k.a.Captions), 20))
	v[keptLikelihood] = k.a.Provenance["body"].Confidence
	v.Set(chosenArticle, kind == article.KindArticle)
	v.Set(chosenOther, kind == article.KindOther)
	v.Set(chosenFront, kind == article.KindHome || kind == article.KindSection || kind == article.KindAuthor)
	return v
}
