package contacts

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// Pieces of evidence about the place of an item, of every kind. The pieces of a kind
// follow them.
const (
	withinStory = iota
	besideStory
	belowStory
	aboveStory
	fromPageEnd
	footerElement
	footerName
	addressElement
	asideElement
	articleElement
	navElement
	formElement
	hiddenElement
	buttonElement
	bylineName
	authorBoxName
	commentName
	consentName
	advertName
	otherStoryName
	sidebarName
	onlyLinked
	pageOfContacts
	passageWords
	lineLeadWords
	copyrightSign
	readersAsked
	contactWordAhead
	contactHeading
	departmentAhead
	siteNamed
	photoWords
	itemsSoFar
	mailNear
	numPlacePieces
)

var placePieces = []string{
	withinStory:      "within the story",
	besideStory:      "just below the story, in its element",
	belowStory:       "blocks below the story",
	aboveStory:       "blocks above the story",
	fromPageEnd:      "blocks to the end of the page",
	footerElement:    "in a footer element",
	footerName:       "in an element called a footer",
	addressElement:   "in an address element",
	asideElement:     "in an aside element",
	articleElement:   "in an article element",
	navElement:       "in a nav element",
	formElement:      "in a form",
	hiddenElement:    "hidden",
	buttonElement:    "in a button",
	bylineName:       "in an element called a byline",
	authorBoxName:    "in an element called an author's",
	commentName:      "in an element called a comment",
	consentName:      "in a consent dialog",
	advertName:       "in an element called an advertisement",
	otherStoryName:   "among links to other stories",
	sidebarName:      "in an element called a sidebar",
	onlyLinked:       "only a link's target has it",
	pageOfContacts:   "the page is about contacts",
	passageWords:     "words of the passage",
	lineLeadWords:    "words ahead on the line",
	copyrightSign:    "beside a copyright sign",
	readersAsked:     "readers are addressed",
	contactWordAhead: "a word for contacts ahead",
	contactHeading:   "a word for contacts in the heading above",
	departmentAhead:  "a word for a department ahead",
	siteNamed:        "the site's name beside it",
	photoWords:       "words of a picture's credit ahead",
	itemsSoFar:       "items found before on the page",
	mailNear:         "an e-mail address that counts is near",
}

// photoWord are words that stand before those who made or own a picture.
var photoWord = anyWord("photo|photos|photograph|photography|photographer|foto|fotos|fotó|fotograf|bild|bilder|image|images|picture|fotografie|фото|写真|照片|사진|courtesy")

// placeValues says where an item stands that begins at a place of a passage.
func (r *contactReader) placeValues(v evidence.Values, p *passage, start int, linked bool) {
	v.Set(withinStory, p.story)
	v.Set(besideStory, r.beside(p))
	if r.to >= r.from {
		v[belowStory] = float64(min(max(0, p.n-r.to), 60))
		v[aboveStory] = float64(min(max(0, r.from-p.n), 60))
	}
	v[fromPageEnd] = float64(min(len(r.page.Blocks)-p.n, 60))
	for piece, of := range placeFlags {
		v.Set(piece, p.flags&of != 0)
	}
	for piece, of := range placeHints {
		v.Set(piece, p.hints&of != 0)
	}
	v.Set(onlyLinked, linked)
	v.Set(pageOfContacts, r.all)
	v[passageWords] = float64(min(block.CountWords(p.text[:min(len(p.text), 2000)]), 150))
	start = min(start, len(p.text))
	lead := ahead(p.text, start, r.before(p))
	v[lineLeadWords] = float64(block.CountWords(lead))
	near := p.text[max(0, start-200):min(len(p.text), start+200)]
	v.Set(copyrightSign, strings.Contains(near, "©"))
	v.Set(readersAsked, readerAppeal.MatchString(near))
	v.Set(contactWordAhead, contactWord.MatchString(lead))
	v.Set(departmentAhead, isDepartment(lead))
	v.Set(photoWords, photoWord.MatchString(lead))
	above := r.headingAbove(p)
	v.Set(contactHeading, above.contacts)
	v.Set(siteNamed, above.site || r.names.in(near))
	v[itemsSoFar] = float64(min(len(r.items), 20))
	v.Set(mailNear, r.near[p.n])
}

func flag(holds bool) float64 {
	if holds {
		return 1
	}
	return 0
}

// placeFlags and placeHints are the pieces that an element's flags and names make.
var (
	placeFlags = map[int]block.Flags{
		footerElement: block.InFooter, addressElement: block.InAddress, asideElement: block.InAside, articleElement: block.InArticle, navElement: block.InNav,
		formElement: block.InForm, hiddenElement: block.InHidden, buttonElement: block.InButton,
	}
	placeHints = map[int]block.Hints{
		footerName: block.HintFooter, bylineName: block.HintByline, authorBoxName: block.HintAuthor, commentName: block.HintComment, consentName: block.HintConsent,
		advertName: block.HintAd | block.HintPromo, otherStoryName: block.HintRelated | block.HintNewsletter | block.HintShare, sidebarName: block.HintSidebar,
	}
)

// A headingAbove is what the nearest heading before a passage says of its items.
type headingAbove struct {
	contacts bool // it has a word for contacts or for a department
	site     bool // it has a name of the site
	help     bool // it has a word of helplines or authorities
}

func (r *contactReader) headingAbove(p *passage) headingAbove {
	if p.above == nil {
		p.above = &headingAbove{}
		if s := r.headingText(p); s != "" {
			*p.above = headingAbove{contactWord.MatchString(s) || isDepartment(s), r.names.in(s), helpline.MatchString(s)}
		}
	}
	return *p.above
}

// headingText is the nearest heading before a passage; "" if none is close.
func (r *contactReader) headingText(p *passage) string {
	const far = 6
	for i := min(p.n, len(r.page.Blocks)) - 1; i >= max(0, p.n-far); i-- {
		b := r.page.Blocks[i]
		if b.Words > 30 {
			return ""
		}
		if b.Words <= 12 && (b.Flags&block.InHeading != 0 || isBold(b) || strings.HasSuffix(b.Text, ":")) {
			return b.Text
		}
	}
	return ""
}

// in reports whether a text has one of the site's names.
func (names siteNames) in(s string) bool {
	if s = asHostLabel(s); s == "" {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool { return len(name) >= 4 && strings.Contains(s, name) })
}
