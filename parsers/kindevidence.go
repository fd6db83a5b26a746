package parsers

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Classes of the body element by which content systems say what a page is.
var (
	singleClasses  = text.Set("single single-post postid single-format-standard page-node-type-article node-type-article node-type-story page-node-type-story page-node-type-news type-article article-page articlepage page-article template-article")
	archiveClasses = text.Set("archive search-results path-taxonomy page-taxonomy path-search page-search tax-category page-taxonomy-term page-type-section section-page sectionpage post-type-archive template-section")
	authorClasses  = text.Set("author author-page page-user path-user")
	missingClasses = text.Set("error404 error-404 page-404 not-found page-not-found")
)

// bodyClass reports whether the body element has one of these classes.
func bodyClass(p *doc.Page, classes map[string]bool) bool {
	if p.Body == nil {
		return false
	}
	n := 0
	for c := range strings.FieldsSeq(block.Attr(p.Body, "class")) {
		if n++; n > 200 {
			break
		}
		if classes[strings.ToLower(c)] {
			return true
		}
	}
	return false
}

// Pieces of evidence that a page is a story.
const (
	ldDescribesIt = iota
	ldPresent
	ogArticle
	publishedMeta
	singleClass
	dateDeclared
	authorsNamed
	longTitle
	slugAddress
	datedAddress
	someProse
	moreProse
	muchProse
	numStoryPieces
)

// storyEvidence is what speaks for a story.
var storyEvidence = evidence.Table{
	ldDescribesIt: {Name: "JSON-LD has the page's title or address", Weight: 1},
	ldPresent:     {Name: "JSON-LD describes a page like this", Weight: 2},
	ogArticle:     {Name: "og:type is article or video", Weight: 1.5},
	publishedMeta: {Name: "article:published_time", Weight: 1.5},
	singleClass:   {Name: "body class of a single page", Weight: 2},
	dateDeclared:  {Name: "metadata has a date", Weight: 0.5},
	authorsNamed:  {Name: "authors are named", Weight: 0.5},
	longTitle:     {Name: "title of five words or more", Weight: 1},
	slugAddress:   {Name: "address has a title or number", Weight: 1},
	datedAddress:  {Name: "address has a date", Weight: 1},
	someProse:     {Name: "50 words of prose side by side", Weight: 1},
	moreProse:     {Name: "120 words of prose side by side", Weight: 1},
	muchProse:     {Name: "250 words of prose side by side", Weight: 1},
}

// Pieces of evidence that a page is a front of other stories.
const (
	shortTitle = iota
	ldCollection
	archiveClass
	sectionAddress
	searchAddress
	pagedAddress
	shortAddress
	ogWebsite
	cardCount
	postCount
	numFrontPieces
)

// frontEvidence is what speaks for a front.
var frontEvidence = evidence.Table{
	shortTitle:     {Name: "title of two words or fewer", Weight: 0.5},
	ldCollection:   {Name: "JSON-LD describes a collection", Weight: 2.5},
	archiveClass:   {Name: "body class of an archive", Weight: 3.5},
	sectionAddress: {Name: "address of a section", Weight: 2},
	searchAddress:  {Name: "address of a search", Weight: 2},
	pagedAddress:   {Name: "address of a further page", Weight: 2},
	shortAddress:   {Name: "address of a word or two", Weight: 1},
	ogWebsite:      {Name: "og:type is website", Weight: 0.5},
	cardCount:      {Name: "headings and items that are links (1 for 5, 2 for 10, 2.5 for 20)", Weight: 1},
	postCount:      {Name: "teasers (1.5 for 3, 2.5 for 6)", Weight: 1},
}

// kindValues are the values of both tables.
type kindValues struct{ story, front evidence.Values }

// evidence collects what the page's head, address and blocks say of its kind.
func (k *kindReader) evidence() kindValues {
	v := kindValues{make(evidence.Values, numStoryPieces), make(evidence.Values, numFrontPieces)}
	k.headEvidence(v)
	k.addressEvidence(v)
	k.blockEvidence(v)
	return v
}

func (k *kindReader) headEvidence(v kindValues) {
	p, a := k.page, k.a
	v.story.Set(ldPresent, k.ld != nil)
	v.story.Set(ldDescribesIt, k.ld != nil && !k.ld.Is("VideoObject") &&
		(text.Similar(k.ld.Text("headline"), a.Title) || doc.SameURL(k.ld.Text("url"), p.Input.URL)))
	v.story.Set(ogArticle, k.ogType == "article" || strings.HasPrefix(k.ogType, "video"))
	published, _ := p.FirstMeta("article:published_time")
	v.story.Set(publishedMeta, published != "")
	single := bodyClass(p, singleClasses)
	v.story.Set(singleClass, single)
	from := a.Provenance["published"].From
	v.story.Set(dateDeclared, from != "" && !strings.HasPrefix(from, "dom:") && !strings.HasPrefix(from, "text:"))
	v.story.Set(authorsNamed, len(a.Authors) > 0)
	n := block.CountWords(a.Title)
	v.story.Set(longTitle, n >= 5)
	v.front.Set(shortTitle, n <= 2)
	v.front.Set(ldCollection, k.ld == nil && slices.ContainsFunc(p.LD, func(o doc.Object) bool {
		return o.Is("CollectionPage", "SearchResultsPage", "ItemList")
	}))
	v.front.Set(archiveClass, !single && bodyClass(p, archiveClasses))
	v.front.Set(ogWebsite, k.ogType == "website")
}

func (k *kindReader) addressEvidence(v kindValues) {
	v.story.Set(slugAddress, k.address.slug)
	v.story.Set(datedAddress, k.address.dated)
	v.front.Set(sectionAddress, k.address.section)
	v.front.Set(searchAddress, k.address.search)
	v.front.Set(pagedAddress, k.address.paged)
	v.front.Set(shortAddress, k.address.short)
}

func (k *kindReader) blockEvidence(v kindValues) {
	cards, posts, run := k.countCards()
	if k.a.Provenance["body"].From != "dom:blocks" && len(k.a.Body) > 0 {
		run = max(run, k.words) // the story is in script data
	}
	v.story.Set(someProse, run >= 50)
	v.story.Set(moreProse, run >= 120)
	v.story.Set(muchProse, run >= 250)
	v.front[cardCount] = steps(cards, step{20, 2.5}, step{10, 2}, step{5, 1})
	v.front[postCount] = steps(posts, step{6, 2.5}, step{3, 1.5})
	if run >= 120 { // they are beside a story
		v.front[cardCount] /= 2
		v.front[postCount] /= 2
	}
}

// A step is the amount that a count of at least so many is worth.
type step struct {
	least  int
	amount float64
}

// steps is the amount of the first step that a count reaches; 0 if none.
func steps(n int, all ...step) float64 {
	for _, s := range all {
		if n >= s.least {
			return s.amount
		}
	}
	return 0
}

// countCards counts headings and items that are links as a whole, outside of the
// page's frame; posts: those of them that a text follows, or teasers that end in
// a link to the rest; and the words of prose side by side, as a story's
// paragraphs are and teasers are not.
func (k *kindReader) countCards() (cards, posts, run int) {
	const chrome = block.InNav | block.InFooter | block.InHidden | block.InForm | block.InDialog
	side := map[*html.Node]int{} // words of prose by the element that holds it
	headed := false              // the last heading is a link, and no text followed yet
	more := 0
	for _, b := range k.page.Blocks {
		switch {
		case b.Flags&chrome != 0:
		case b.LinkBytes*10 >= len(b.Text)*8:
			if isCard(b) {
				cards++
			}
			headed = headed || b.Flags&block.InHeading != 0 && b.Words >= 2
			if b.Words <= 4 && len(b.Text) < 40 && readOn[text.Fold(b.Text)] {
				more++
			}
		case b.Words >= 15 && b.LinkBytes*3 < len(b.Text):
			teaser := headed && b.Words < 120
			headed = false
			if teaser {
				posts++
			} else if k.story.Kept(b) {
				run = max(run, addProse(side, b))
			}
		}
	}
	return cards, max(posts, more), run
}

// isCard reports whether a block that is a link leads to another story.
func isCard(b *block.Block) bool {
	return b.Words >= 3 && b.Flags&block.InHeading != 0 || b.Words >= 4 && b.Node.DataAtom != atom.Td
}

// addProse adds a block's words to those of the element that holds it beside
// others, and returns how many that element has now. A long block counts alone too.
func addProse(side map[*html.Node]int, b *block.Block) int {
	in := b.Node
	if b.Flags&block.InParagraph != 0 || in.DataAtom == atom.Li || in.DataAtom == atom.Div {
		in = in.Parent
	}
	most := 0
	if b.Words >= 60 {
		side[b.Node] = b.Words
		most = b.Words
	}
	side[in] += b.Words
	return max(most, side[in])
}

// readOn are the texts of links at the end of a teaser, folded.
var readOn = text.Set("readmore continuereading readon readarticle fullstory more weiterlesen mehr mehrlesen weiter zumartikel artikellesen lirelasuite lireplus ensavoirplus leermás seguirleyendo más leggitutto continua leggi lermais continuelendo leesmeer leesverder lesmer læsmere läsmer czytajdalej czytajwięcej больше читатьдалее подробнее číst vícezde devamınıoku selengkapnya bacaselengkapnya المزيد اقرأالمزيد 続きを読む もっと見る 阅读更多 阅读全文 더보기")
