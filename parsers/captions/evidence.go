package captions

import (
	_ "embed"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// Pieces of evidence that a text is the caption, or the credit, of a medium of the
// story.
const (
	isFigcaption = iota
	isLine
	namedCaption
	namedCredit
	namedAuthor
	inNamedCaption
	inNamedMedia
	inFigure
	inFigureOfMedium
	inParagraphTag
	inHeadingTag
	inListItem
	inQuotation
	inItalics
	isCentred
	leadsAsCaption
	markedShare
	hasMedium
	mediumIsLarge
	mediumHasAlt
	mediumLinked
	mediumBehind
	levelsToMedium
	elementsToMedium
	textToMedium
	mediaInScope
	textInScope
	otherCaptionOfMedium
	linesOfMedium
	sameShape
	words
	sentences
	startsUpper
	digitShare
	capitalShare
	linkShare
	leadsAway
	unspaced
	likeAlt
	likeTitleAttribute
	likeTitle
	storyShare
	bodyModel
	bodyModelBefore
	bodyModelAfter
	beforeStory
	afterStory
	inStoryRoot
	isName
	headingInScope
	hasCredit // these are known when the credit is
	creditOnly
	creditInside
	numPieces
)

// firstOfCredit is the first of the pieces that the credit gives. All others are known
// before it is read, which is most of the work.
const firstOfCredit = hasCredit

// pieces are the names of the pieces, as the model and --explain know them.
var pieces = [numPieces]string{
	isFigcaption:         "a figcaption",
	isLine:               "a line beside a medium",
	namedCaption:         "named a caption",
	namedCredit:          "named a credit",
	namedAuthor:          "named an author or source",
	inNamedCaption:       "in an element that is named a caption",
	inNamedMedia:         "beside its medium in an element that is named for media",
	inFigure:             "in a figure",
	inFigureOfMedium:     "in the figure of its medium",
	inParagraphTag:       "in a paragraph element",
	inHeadingTag:         "in a heading",
	inListItem:           "in a list",
	inQuotation:          "in or around a quotation",
	inItalics:            "all in italics",
	isCentred:            "centred",
	leadsAsCaption:       "begins as captions do",
	markedShare:          "share in bold or italics",
	hasMedium:            "has a medium",
	mediumIsLarge:        "of a picture that is declared large",
	mediumHasAlt:         "of a picture with an alternative text",
	mediumLinked:         "of a picture that links to another page",
	mediumBehind:         "before its medium",
	levelsToMedium:       "levels up to an element with its medium",
	elementsToMedium:     "elements between it and its medium",
	textToMedium:         "words between it and its medium",
	mediaInScope:         "media in the element around",
	textInScope:          "other words in the element around",
	otherCaptionOfMedium: "its medium has a text that is marked as caption",
	linesOfMedium:        "candidates for its medium",
	sameShape:            "candidates in elements of the same kind",
	words:                "words",
	sentences:            "sentences",
	startsUpper:          "begins with a capital",
	digitShare:           "share of digits",
	capitalShare:         "share of capitals",
	linkShare:            "share of links",
	leadsAway:            "all of it leads to another page",
	unspaced:             "in a script without spaces",
	hasCredit:            "has a credit",
	creditOnly:           "is a credit and no more",
	creditInside:         "how sure its credit is",
	likeAlt:              "like the alternative text of its medium",
	likeTitleAttribute:   "like the title attribute of its medium",
	likeTitle:            "says what the title says",
	storyShare:           "share of it that the body has",
	bodyModel:            "likelihood by the model of the body",
	bodyModelBefore:      "likelihood of the text before",
	bodyModelAfter:       "likelihood of the text behind",
	beforeStory:          "before the story",
	afterStory:           "behind the story",
	inStoryRoot:          "in the element of the story",
	isName:               "a name and no more",
	headingInScope:       "a heading in the element around",
}

//go:embed captions.model
var captionsData []byte

var captionsModel = evidence.Learned(captionsData, pieces[:]...)
