package block

import "math"

// A Context is what the page's head and the readers of title and standfirst say
// of the story. Features compare blocks with it; the zero value says nothing.
type Context struct {
	Title       string // the article's title
	TitleBlock  *Block // the block that shows the title; nil if none does
	Description string // from the head
	Standfirst  *Block // nil if there is none
	News        int    // 2 if the head declares a news article, 1 for another kind of article
}

// The features of a block, in the order of a row. Their order and meaning belong
// to the model: a change needs a new training.
//
// A story may be of any length, so no feature knows how long the page is or where
// in it the block stands: counts end at a cap, distances are those to the title,
// to other blocks or to the edges of the story's container, and shares are shares
// of at most so many words (see shareOfSome).
//
// "Readable" stands for what go-readability takes into the article, a path for
// the tags and classes of an element and the three above it, a share for a part
// of the whole from 0 to 1.
const (
	fWords = iota // logarithm, as all counts of words, bytes and blocks
	fChars
	fLink      // share of its bytes within links
	fLinks     // how many links it touches
	fBold      // share of its bytes in bold or italic type
	fEnding    // see ending
	fBeginning // see beginning
	fUpper
	fDigits
	fCommas
	fColon // it ends with a colon
	fSigns // such as menus have: | @ > # /
	fWordLength
	fNames       // weight of the names of its element and those above, below the root
	fNamesLowest // lowest weight of one of them
	fNamesOwn    // weight of its element's names
	fTerms       // weight of its words and pairs of words
	fTermsLowest
	fTermsMean
	fTermsFirst // of the term at its beginning
	fTag
	fTagParent
	fDepth
	fFlags                      // one feature per flag
	fHints = fFlags + flagCount // one feature per hint of its elements below the root
	fMore  = fHints + hintCount
)

// How many flags and hints the model knows.
const (
	flagCount = 20
	hintCount = 21
)

const (
	fChromeDistance = fMore + iota // levels up to an element named as chrome; 0 if there is none
	fBodyDistance                  // the same for one named as a story's body
	fInReadableRoot
	fReadableRootLevels // see levels
	fInProseRoot
	fProseRootLevels
	fInNamedRoot
	fSameArticle // 1 in the main article element, -1 in another, 0 in none
	fArticles    // article elements of the page
	fHasTitle    // the page shows the title
	fParentProse // share of the page's prose, of at most someWords, below the parent element
	fParentBlocks
	fParentLink // share of links below the parent element
	fGrandProse // the same for the element above it
	fGrandLink
	fGreatProse // and for the one above that
	fGreatLink
	fParentItems
	fParentItemShare
	fPathWords // share of the page's words, of at most someWords, in blocks of this path
	fPathBlocks
	fPathLink
	fPathReadability // share of readable words
	fFromRootStart   // blocks since the beginning of the element whose paragraphs score most, 0 outside
	fToRootEnd       // blocks to its end
	fFromTitle       // blocks since the title
	fProseFromTitle  // words of prose since the title
	fFromFirstReadable
	fFromLastReadable
	fReadability  // the block is readable
	fReadability3 // share of readable words, three blocks to both sides
	fReadability8
	fParentReadability
	fGrandReadability
	fPageReadability // readable words
	fArticleBody     // see Block.ArticleBodyShare
	fHasArticleBody  // some block has such a share
	fArticleBody3    // mean share, three blocks to both sides
	fIsTitle         // see sameText
	fDescription     // see sameText
	fEarlier         // blocks of other paths before it with the same text
	fOccurrences     // blocks of other paths with the same text
	fPageWords
	fPageProse
	fPageLink // bytes in links
	fPageBlocks
	fProseBefore // words of prose in the twelve blocks before
	fProseAfter
	fNextProse // blocks to the next prose
	fPrevProse
	fHeadingFollowed // of a heading: 1, and 1 each if the next block is prose, is readable
	fOnlyBlock       // its element has no other block
	fStandfirst
	fNews
	fPathSpread      // 1 where each block of the path has a parent of its own, as cards have
	fHeadingLink     // share of links in the heading above
	fHeadingDistance // blocks since it
	fHeadingKinship  // 2 if both have the same parent, 1 if the same grandparent
	fMediaBefore     // pictures and players since the block before
	fMediaAfter
	fBase // where the features of neighbours begin
)

// neighbours are the blocks around, by distance, whose core features a row
// repeats.
var neighbours = [...]int{-3, -2, -1, 1, 2, 3}

// core are the features that a row has of each neighbour. Two follow them: how
// closely both are related, and whether they share an element.
var core = [...]int{fWords, fLink, fEnding, fNames, fTerms, fReadability, fTag, fParentProse, fPathWords}

const perNeighbour = len(core) + 2

// FeatureCount is the length of a row.
const FeatureCount = fBase + len(neighbours)*perNeighbour

// Features gives a row of FeatureCount numbers for each block of the page, one
// after another. A nil model leaves the weights of names and words 0.
func (p *Page) Features(ctx Context, m *Model) []float32 {
	rows := make([]float32, len(p.Blocks)*FeatureCount)
	p.features(ctx, m, rows)
	return rows
}

// features fills in rows of zeros.
func (p *Page) features(ctx Context, m *Model, rows []float32) {
	s := p.survey(ctx, m)
	for i, b := range p.Blocks {
		s.blockFeatures(b, rows[i*FeatureCount:(i+1)*FeatureCount])
	}
	s.surroundings(rows)
}

// proseWords is how many words make a block prose.
const proseWords = 10

// IsProse reports whether a block is made of sentences, as far as its length and
// links say, in a place where stories have them.
func IsProse(b *Block) bool {
	return b.Words >= proseWords && b.LinkBytes*3 < len(b.Text) && b.Flags&(InHidden|InNav|InFooter|InForm|InDialog|InButton) == 0
}

// logs are the logarithms of small numbers plus one, of which features need many.
var logs = func() (t [1024]float32) {
	for i := range t {
		t[i] = float32(math.Log1p(float64(i)))
	}
	return t
}()

// logCount is the logarithm of a count plus one; it keeps the sign of a negative one.
func logCount(n int) float32 {
	switch {
	case n < 0:
		return -logCount(-n)
	case n < len(logs):
		return logs[n]
	}
	return float32(math.Log1p(float64(n)))
}

// Caps of what features count: a story that is longer looks like one that is not.
const (
	someWords  = 500
	someBlocks = 30
)

// capped is logCount of at most most.
func capped(n, most int) float32 { return logCount(min(n, most)) }

// shareOfSome is a part of a whole, of at most someWords of it; 0 of nothing.
func shareOfSome(part, whole int32) float32 { return min(1, share(part, min(whole, someWords))) }

// share is a part of a whole; 0 of nothing.
func share(part, whole int32) float32 {
	if whole <= 0 {
		return 0
	}
	return float32(part) / float32(whole)
}

// number is 1 for true.
func number(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// clamp is n within bounds, as a feature.
func clamp(low, n, high int) float32 { return float32(max(low, min(n, high))) }
