package byline

import (
	_ "embed"

	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// The pieces of evidence for and against a name.
const (
	// The kinds of places that name somebody. What metadata says counts 1, what stands
	// on the page as well as it is placed: see placement.
	inJSONLD = iota
	otherObject
	inMeta
	inAuthorMeta
	inLabelledMeta
	itempropAuthor
	relAuthor
	authorLink
	memberLink
	bylineClass
	authorClass
	byLine
	byLineAbove
	byWithin
	agencyLine
	besideDate
	signature

	// What is true of the best placed of the visible ones.
	nameClass
	elementAfterBy
	longLine
	dateNearness
	styledLine
	lastLine
	lineAtTop
	lineAtEnd
	nearTitle
	farAway
	inSidebar
	inFooterClass
	belowTitle
	aboveTitle
	beforeFirst
	behindLast
	printedWords
	namesInList
	placeInList
	looseInList

	// What metadata says besides.
	organizationInJSONLD
	newsInJSONLD
	firstInJSONLD
	refersInJSONLD
	pageInJSONLD
	membersInJSONLD

	// The name.
	personShape
	organizationShape
	singleWord
	nameWords
	nameLetters
	commonGivenName
	initials
	inCapitals
	agencyName
	officeWords
	ownName
	partOfOwnName
	wordsOfTitle
	hasRole
	hasEmail
	addressHasName
	siteIsPerson

	// What the rest of the page says.
	kindsOfPlaces
	places
	twoMetas
	seenOnPage
	seenNearTitle
	seenInStory
	otherWork
	inCaptions
	newsroomAlone
	companionKinds
	othersNamed
	otherPersons
	rivalInJSONLD
	rivalInMeta
	rivalInMarkup
	rivalInLine
	rivalKinds
	strength
	rivalStrength
	rivalPerson
	companionStrength
	rank
	pieces

	// What is true of a place and decides how well it is placed, but is no evidence.
	beforeText = iota - 1
	withinText
	afterText
	inCard
	inPageFooter
	othersClass
	marks
)

// pieceNames say what the pieces are.
var pieceNames = [pieces]string{
	inJSONLD:       "author in JSON-LD",
	otherObject:    "in JSON-LD of the page, not of the story",
	inMeta:         "meta element of authors",
	inAuthorMeta:   "meta element author",
	inLabelledMeta: "meta element with an author label",
	itempropAuthor: "itemprop author",
	relAuthor:      "rel author",
	authorLink:     "link to an author page",
	memberLink:     "link to a profile",
	bylineClass:    "class of a byline",
	authorClass:    "class of an author",
	byLine:         "line that begins with a by-word",
	byLineAbove:    "by-word on the line above",
	byWithin:       "by-word within the line",
	agencyLine:     "line of an agency alone",
	besideDate:     "name beside a date",
	signature:      "signature at the end",

	nameClass:      "class of an author's name",
	elementAfterBy: "by-word in or before the element",
	longLine:       "words of the line",
	dateNearness:   "nearness of a date to a bare line",
	styledLine:     "bold or in italics, and aligned to the right",
	lastLine:       "the very last line",
	lineAtTop:      "line near the title",
	lineAtEnd:      "line after the story",
	nearTitle:      "near the title",
	farAway:        "far from the story",
	inSidebar:      "in a sidebar, menu or promotion",
	inFooterClass:  "class of a footer or caption above",
	belowTitle:     "elements below the title, as a logarithm",
	aboveTitle:     "elements above the title, as a logarithm",
	beforeFirst:    "elements before the first paragraph, as a logarithm",
	behindLast:     "elements after the last paragraph, as a logarithm",
	printedWords:   "words printed beside the names",
	namesInList:    "names in the list",
	placeInList:    "names before it in the list",
	looseInList:    "nothing joins it to the name before",

	organizationInJSONLD: "declared as an organization",
	newsInJSONLD:         "declared by a news article",
	firstInJSONLD:        "the only name that JSON-LD declares",
	refersInJSONLD:       "declared by reference to another object",
	membersInJSONLD:      "members of the story's JSON-LD, as a logarithm",
	pageInJSONLD:         "declared with the address of a page",

	personShape:       "reads as a person's full name",
	organizationShape: "reads as an organization",
	singleWord:        "one word",
	nameWords:         "words of the name",
	nameLetters:       "letters of the name",
	commonGivenName:   "begins with a common given name",
	initials:          "has initials",
	inCapitals:        "in capitals",
	agencyName:        "an agency",
	officeWords:       "words of an office",
	ownName:           "publication's name",
	partOfOwnName:     "shares words with the publication's name",
	wordsOfTitle:      "stands in the story's title",
	hasRole:           "a role follows",
	hasEmail:          "a mail address stands with it",
	addressHasName:    "a link's address has the name",
	siteIsPerson:      "the publication is named after a person",

	kindsOfPlaces:     "kinds of places that agree",
	places:            "places that agree, as a logarithm",
	twoMetas:          "meta elements that agree",
	seenOnPage:        "visible on the page",
	seenNearTitle:     "visible near the title",
	seenInStory:       "paragraphs of the story that name it",
	otherWork:         "lines that credit it with other work",
	inCaptions:        "captions that name it",
	newsroomAlone:     "a news article's JSON-LD names an organization, no place a person",
	companionKinds:    "kinds of places that name another of the same list",
	othersNamed:       "other names",
	otherPersons:      "other names of persons",
	rivalInJSONLD:     "JSON-LD names others only",
	rivalInMeta:       "meta elements name others only",
	rivalInMarkup:     "markup near the title names others only",
	rivalInLine:       "a byline names others only",
	rivalKinds:        "kinds of places that name another",
	strength:          "how well all kinds of places that agree are placed",
	rivalStrength:     "the same of another name",
	rivalPerson:       "the same of another person's name",
	companionStrength: "the same of another name of the same list",
	rank:              "names whose places are better",
}

//go:embed authors.model
var modelData []byte

// authorModel gives for each name the probability that it is an author's.
var authorModel = evidence.Learned(modelData, pieceNames[:]...)

// values are what is true of a place: pieces and marks that hold.
func values(holds ...int) evidence.Values {
	v := make(evidence.Values, marks)
	for _, p := range holds {
		v[p]++
	}
	return v
}
