package parsers

import (
	_ "embed"
	"math"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence that a page is of a kind. The first say which kind is weighed,
// the next what names this kind and what another one, the rest how the page is:
// trees ask for the latter together with the kind.
const (
	candidateKind = iota // as many as there are kinds
	ofStory       = candidateKind + numKinds + iota - 1
	ofFront
	typeNames
	typeNamesOther
	ogNames
	ogNamesOther
	classNames
	classNamesOther
	addressNames
	addressNamesOther
	titleNames
	titleNamesOther
	builtSo
	builtOtherwise
	ldStories
	ldDescribesIt
	publishedMeta
	dateConfidence
	dateDeclared
	authorConfidence
	bylineShown
	titleWords
	slugAddress
	datedAddress
	shortAddress
	rootAddress
	addressDepth
	storyWords
	proseWords
	cardCount
	postCount
	proseToCards
	storyShare
	linkShare
	paragraphShare
	itemShare
	articleElement
	captionCount
	pictureCount
	wordsToCaptions
	wordsToPictures
	stampCount
	playerShown
	priceDeclared
	bodyConfidence
	numKindPieces
)

// kindPieces are the names of the pieces in the model's data.
var kindPieces = [numKindPieces]string{
	candidateKind + anArticle: "weighed: an article",
	candidateKind + aLiveBlog: "weighed: a live blog",
	candidateKind + aGallery:  "weighed: a gallery",
	candidateKind + aVideo:    "weighed: a video",
	candidateKind + aSection:  "weighed: a section",
	candidateKind + aHome:     "weighed: a home page",
	candidateKind + anAuthor:  "weighed: an author's page",
	candidateKind + another:   "weighed: another page",
	ofStory:                   "weighed: any story",
	ofFront:                   "weighed: any front of stories",
	typeNames:                 "JSON-LD names this kind",
	typeNamesOther:            "JSON-LD names another kind",
	ogNames:                   "og:type names this kind",
	ogNamesOther:              "og:type names another kind",
	classNames:                "body class names this kind",
	classNamesOther:           "body class names another kind",
	addressNames:              "address names this kind",
	addressNamesOther:         "address names another kind",
	titleNames:                "title names this kind",
	titleNamesOther:           "title names another kind",
	builtSo:                   "built as this kind is",
	builtOtherwise:            "built as another kind is",
	ldStories:                 "stories in JSON-LD (logarithm to base 2)",
	ldDescribesIt:             "JSON-LD has the page's title or address",
	publishedMeta:             "article:published_time",
	dateConfidence:            "confidence of the date",
	dateDeclared:              "metadata has a date",
	authorConfidence:          "confidence of the authors",
	bylineShown:               "it shows a byline",
	titleWords:                "words of the title",
	slugAddress:               "address has a title or number",
	datedAddress:              "address has a date",
	shortAddress:              "address of a word or two",
	rootAddress:               "address of the front page",
	addressDepth:              "parts of the address",
	storyWords:                "words of the story (logarithm to base 2)",
	proseWords:                "words of prose side by side (logarithm to base 2)",
	cardCount:                 "headings and items that are links (logarithm to base 2)",
	postCount:                 "teasers (logarithm to base 2)",
	proseToCards:              "words of prose to a card (logarithm to base 2)",
	storyShare:                "share of the page's words in the story",
	linkShare:                 "share of the page's text in links",
	paragraphShare:            "share of the story in paragraphs",
	itemShare:                 "share of the story in lists and tables",
	articleElement:            "the story stands in an article element",
	captionCount:              "captions",
	pictureCount:              "pictures and players of the story (logarithm to base 2)",
	wordsToCaptions:           "words to a caption (logarithm to base 2)",
	wordsToPictures:           "words to a picture or player (logarithm to base 2)",
	stampCount:                "times of day above parts of the story",
	playerShown:               "it shows a video",
	priceDeclared:             "metadata has a price",
	bodyConfidence:            "confidence of the body",
}

//go:embed kind.model
var kindData []byte

var kindModel = evidence.Learned(kindData, kindPieces[:]...)

// kindEvidence is what speaks for each kind.
type kindEvidence struct {
	open   [numKinds]bool // the page may be of this kind
	values evidence.Values

	byType, byOG, byClass, byAddress, byTitle, byBuild kindSet
}

// of gives the values for one kind. They hold until it is called again.
func (e *kindEvidence) of(kind int) evidence.Values {
	v := e.values
	clear(v[:ldStories])
	v[candidateKind+kind] = 1
	v.Set(ofStory, kind <= aVideo)
	v.Set(ofFront, kind >= aSection && kind <= anAuthor)
	for i, s := range [...]kindSet{e.byType, e.byOG, e.byClass, e.byAddress, e.byTitle, e.byBuild} {
		v.Set(typeNames+2*i, s.has(kind))
		v.Set(typeNamesOther+2*i, s != 0 && !s.has(kind))
	}
	return v
}

// evidence collects what the page's head, address and blocks say of its kind.
func (k *kindReader) evidence() *kindEvidence {
	e := &kindEvidence{
		values: make(evidence.Values, numKindPieces),
		byType: k.declaredKinds(), byOG: kindOG[k.ogType], byClass: k.classKinds(), byAddress: k.addressKinds(), byTitle: k.titleKinds(),
	}
	k.headEvidence(e.values)
	k.addressEvidence(e.values)
	n := k.countBlocks()
	k.blockEvidence(e.values, &n)
	k.mediaEvidence(e)
	if n.run < 50 && (n.posts >= 3 || n.cards >= 20) {
		e.byBuild |= 1<<aSection | 1<<aHome | 1<<anAuthor
	}
	k.openKinds(e)
	if k.address.storyAddress() {
		e.byAddress |= anyStory // after what asks for a certain one
	}
	return e
}

// openKinds says which kinds the page may be of: those that need a sign of their own
// are none without it.
func (k *kindReader) openKinds(e *kindEvidence) {
	named := e.byBuild&^(1<<anAuthor) | e.byType | e.byOG&^(1<<aHome) | e.byClass | e.byAddress | e.byTitle&^(1<<aHome)
	v := e.values
	e.open = [numKinds]bool{
		anArticle: k.words > 0,
		aLiveBlog: named.has(aLiveBlog) && k.words > 0,
		aGallery:  named.has(aGallery) || v[captionCount] >= 4 || v[pictureCount] >= 2,
		aVideo:    named.has(aVideo),
		aSection:  !k.address.root,
		aHome:     k.address.root,
		anAuthor:  named.has(anAuthor),
		another:   true,
	}
}

func (k *kindReader) headEvidence(v evidence.Values) {
	p, a := k.page, k.a
	stories := 0
	for _, o := range p.LD[:min(len(p.LD), 200)] {
		if o.Is(doc.ArticleTypes...) {
			stories++
		}
	}
	v[ldStories] = logOf(stories)
	v.Set(ldDescribesIt, k.ld != nil && !k.ld.Is("VideoObject") &&
		(text.Similar(k.ld.Text("headline"), a.Title) || doc.SameURL(k.ld.Text("url"), p.Input.URL)))
	published, _ := p.FirstMeta("article:published_time")
	v.Set(publishedMeta, published != "")
	price, _ := p.FirstMeta("product:price:amount", "og:price:amount", "price", "pricecurrency", "product:price:currency")
	v.Set(priceDeclared, price != "")
	date := a.Provenance["published"]
	v[dateConfidence] = date.Confidence
	v.Set(dateDeclared, date.From != "" && !strings.HasPrefix(date.From, "dom:") && !strings.HasPrefix(date.From, "text:"))
	v[authorConfidence] = a.Provenance["authors"].Confidence
	v.Set(bylineShown, a.Byline != "")
	v[titleWords] = float64(min(block.CountWords(a.Title), 20))
}

func (k *kindReader) addressEvidence(v evidence.Values) {
	v.Set(slugAddress, k.address.slug)
	v.Set(datedAddress, k.address.dated)
	v.Set(shortAddress, k.address.short)
	v.Set(rootAddress, k.address.root)
	v[addressDepth] = float64(min(k.address.depth, 6))
}

func (k *kindReader) blockEvidence(v evidence.Values, n *blockCounts) {
	if k.a.Provenance["body"].From != "dom:blocks" && len(k.a.Body) > 0 {
		n.run = max(n.run, k.words) // the story is in script data
	}
	v[storyWords], v[proseWords] = logOf(k.words), logOf(n.run)
	v[cardCount], v[postCount] = logOf(n.cards), logOf(n.posts)
	v[proseToCards] = logOf(n.run) - logOf(n.cards)
	v[storyShare] = share(k.words, n.words)
	v[linkShare] = share(n.linkBytes, n.bytes)
	v[paragraphShare], v[itemShare] = share(n.paragraphs, k.words), share(n.items, k.words)
	v.Set(articleElement, n.inArticle)
	v[bodyConfidence] = k.a.Provenance["body"].Confidence
}

func (k *kindReader) mediaEvidence(e *kindEvidence) {
	v := e.values
	v[captionCount] = float64(min(len(k.a.Captions), 20))
	v[pictureCount] = logOf(k.pictures())
	v[wordsToCaptions] = v[storyWords] - logOf(len(k.a.Captions))
	v[wordsToPictures] = v[storyWords] - v[pictureCount]
	if (e.byType | e.byAddress | e.byTitle).has(aLiveBlog) {
		v[stampCount] = float64(min(k.stamps(), 20))
	}
	player := hasPlayer(k.page)
	v.Set(playerShown, player)
	n := len(k.a.Captions)
	e.byBuild = setOf(aLiveBlog, v[stampCount] >= 4 && k.words > 100) |
		setOf(aGallery, n >= 6 && k.words < 12*n || n >= 3 && k.words < 300 && (e.byType|e.byAddress|e.byClass).has(aGallery)) |
		setOf(aVideo, k.words < 300 && (e.byType.has(aVideo) || player && (e.byAddress|e.byOG|e.byClass).has(aVideo)))
}

// logOf is the logarithm of an amount to base 2, 0 for none. It is rounded, so that it
// is the same on every machine.
func logOf(n int) float64 { return math.Round(100*math.Log2(1+float64(n))) / 100 }

// share is a part of a whole, at most 1; 0 if there is no whole.
func share(part, whole int) float64 {
	if whole <= 0 {
		return 0
	}
	return min(1, math.Round(100*float64(part)/float64(whole))/100)
}
