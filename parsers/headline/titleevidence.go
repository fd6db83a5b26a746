package headline

import (
	_ "embed"
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/classname"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// Pieces of evidence that a candidate is the title. The first ones are by source.
const (
	fromHeadline = iota
	fromName
	fromOG
	fromTwitter
	fromElement
	fromCrumb
	wholeClaims
	agreeing
	agreeingShare
	numDeclared
	hasLD
	hasOG
	meanLikeness
	mostLikeness
	likeLD
	likeOG
	likeElement
	beginsDeclared
	endsDeclared
	goesOnAfterDeclared
	cutSign
	cutElsewhere
	level
	showings
	linesOfHeading
	partOfHeading
	inStory
	titleClass
	chromeAround
	sameLevel
	rankOfLevel
	headingsBefore
	proseBefore
	proseAfter
	blocksToProse
	numH1
	h1Likeness
	siteKinship
	words
	letters
	capitals
	signsLeft
	shareInSlug
	shareOfSlug
	hasSlug
	shareInDescription
	longerAgrees
	shorterAgrees
	longerShown
	shorterShown
	bestAgreement
	isMainH1
	likeMainH1
	mainH1Agrees
	mainH1InSlug
	rivalsOfH1
	shareOfHeading
	numTitlePieces
)

// titlePieces are the names of the pieces.
var titlePieces = [numTitlePieces]string{
	fromHeadline:        "JSON-LD headline",
	fromName:            "JSON-LD name",
	fromOG:              "og:title",
	fromTwitter:         "twitter:title",
	fromElement:         "title element",
	fromCrumb:           "end of the JSON-LD path",
	wholeClaims:         "declared titles that are wholly it",
	agreeing:            "declared titles that agree",
	agreeingShare:       "share of the declared titles that agree",
	numDeclared:         "declared titles",
	hasLD:               "page has a JSON-LD headline",
	hasOG:               "page has an og:title",
	meanLikeness:        "words shared with declared titles, mean",
	mostLikeness:        "words shared with declared titles, most",
	likeLD:              "words shared with the JSON-LD headline",
	likeOG:              "words shared with og:title",
	likeElement:         "words shared with the title element",
	beginsDeclared:      "declared titles that begin with it and go on",
	endsDeclared:        "declared titles that end with it",
	goesOnAfterDeclared: "declared titles that it begins with and goes on after",
	cutSign:             "sign at which it was cut",
	cutElsewhere:        "what is cut off stands on the page by itself",
	level:               "level of its heading",
	showings:            "times that the page shows it",
	linesOfHeading:      "lines of the heading that it is",
	partOfHeading:       "part of a heading",
	inStory:             "in article or main",
	titleClass:          "class name of a title",
	chromeAround:        "stands in what is called a part of the page's frame",
	sameLevel:           "headings of the same level",
	rankOfLevel:         "headings of the same level before it",
	headingsBefore:      "headings before it",
	proseBefore:         "words of prose before it",
	proseAfter:          "words of prose up to the next such heading",
	blocksToProse:       "blocks up to the next prose",
	numH1:               "h1 elements",
	h1Likeness:          "words of the best h1 shared with declared titles",
	siteKinship:         "is the publication's or a section's name",
	words:               "words",
	letters:             "letters",
	capitals:            "share of capitals",
	signsLeft:           "signs left at which it could be cut",
	shareInSlug:         "share of its words in the address",
	shareOfSlug:         "share of the address's words in it",
	hasSlug:             "words in the address",
	shareInDescription:  "share of its words in the description",
	longerAgrees:        "declared titles that agree with a longer one",
	shorterAgrees:       "declared titles that agree with a part of it",
	longerShown:         "level of a longer one",
	shorterShown:        "level of a part of it",
	bestAgreement:       "declared titles that agree with the best",
	isMainH1:            "is the h1 of the content",
	likeMainH1:          "words shared with the h1 of the content",
	mainH1Agrees:        "declared titles that agree with the h1 of the content",
	mainH1InSlug:        "share of the address's words in the h1 of the content",
	rivalsOfH1:          "h1 elements of the content",

	shareOfHeading: "share of its heading's letters",
}

// sourcePieces are the pieces of the sources; of those that have none it is not evidence
// which they are, only that they agree.
var sourcePieces = [numSources]int{ldHeadline: fromHeadline, ldName: fromName, ogTitle: fromOG, twitterTitle: fromTwitter, titleMeta: -1, titleElement: fromElement, lastCrumb: fromCrumb}

//go:embed title.model
var titleModelData []byte

var titleModel = evidence.Learned(titleModelData, titlePieces[:]...)

// weigh gives all candidates their evidence.
func (r *titleReader) weigh() {
	r.survey()
	for _, c := range r.candidates {
		c.evidence = make(evidence.Values, numTitlePieces)
		r.weighClaims(c)
		r.weighPlace(c)
		r.weighText(c)
	}
	r.compare()
}

// weighClaims is the evidence of what the page declares.
func (r *titleReader) weighClaims(c *candidate) {
	v := c.evidence
	agree, sum := 0.0, 0.0
	for _, d := range r.declared {
		n := c.claims[d.source]
		if piece := sourcePieces[d.source]; piece >= 0 {
			v[piece] = n
		}
		if n >= mostClaimed {
			agree++
		}
		like := alike(c.words, d.words)
		sum += like
		v[mostLikeness] = max(v[mostLikeness], like)
		switch d.source {
		case ldHeadline:
			v[likeLD], v[hasLD] = like, 1
		case ogTitle:
			v[likeOG], v[hasOG] = like, 1
		case titleElement:
			v[likeElement] = like
		}
		if len(d.folded) != len(c.folded) {
			v.Set(beginsDeclared, strings.HasPrefix(d.folded, c.folded))
			v.Set(endsDeclared, strings.HasSuffix(d.folded, c.folded))
			v.Set(goesOnAfterDeclared, strings.HasPrefix(c.folded, d.folded))
		}
	}
	if n := float64(len(r.declared)); n > 0 {
		v[agreeingShare], v[meanLikeness], v[numDeclared] = agree/n, sum/n, n
	}
	v[agreeing], v[wholeClaims], v[cutSign] = agree, c.whole, float64(c.sign)
}

// weighPlace is the evidence of where the page shows the candidate.
func (r *titleReader) weighPlace(c *candidate) {
	v, s := c.evidence, c.shown
	v[numH1], v[h1Likeness] = float64(min(r.counts[1], 9)), r.h1Likeness
	v[showings] = float64(min(c.showing, 5))
	if s == nil {
		v[level] = lineLevel + 1
		return
	}
	b := s.block
	v[level], v[linesOfHeading], v[partOfHeading] = float64(s.level), float64(c.lines), c.part
	v.Set(inStory, b.Flags&(block.InArticle|block.InMain) != 0)
	v.Set(titleClass, r.names.above(s.node, titleNames, 2))
	v.Set(chromeAround, r.page.Elems[b.Elem].PathHints&block.Chrome != 0 || r.names.above(s.node, classname.Related|classname.Teaser|classname.Card, 3))
	if s.level < lineLevel {
		v[sameLevel], v[rankOfLevel] = amount(r.counts[s.level]), amount(s.rank)
	}
	r.weighProse(c)
}

// weighProse is the evidence of what stands around the place.
func (r *titleReader) weighProse(c *candidate) {
	v, s := c.evidence, c.shown
	n := s.block.N
	v[headingsBefore] = amount(r.headingsUpTo[n])
	v[proseBefore] = amount(r.proseUpTo[n])
	end := len(r.page.Blocks)
	for _, o := range r.shown {
		if o.block.N > n && o.level <= s.level {
			end = o.block.N
			break
		}
	}
	v[proseAfter] = amount(r.proseUpTo[end] - r.proseUpTo[n])
	v[blocksToProse] = amount(r.nextProse[n] - n)
}

// amount makes a number of things comparable: the difference between 1 and 2 matters
// more than that between 101 and 102.
func amount(n int) float64 { return math.Round(math.Log2(float64(n)+1)*100) / 100 }

// weighText is the evidence of the words themselves.
func (r *titleReader) weighText(c *candidate) {
	v, s := c.evidence, c.text
	v[siteKinship] = float64(r.affixes.of(s))
	v[words], v[letters] = float64(min(block.CountWords(s), 60)), float64(min(utf8.RuneCountInString(c.folded), 300))
	v[capitals] = shareOfCapitals(s)
	for _, cut := range cutsOf(s) {
		v[signsLeft] = max(v[signsLeft], float64(cut.sign))
	}
	if len(r.slug) > 0 {
		n := float64(sharedWords(c.words, r.slug))
		v[shareOfSlug], v[hasSlug] = n/float64(len(r.slug)), float64(min(len(r.slug), 20))
		if len(c.words) > 0 {
			v[shareInSlug] = n / float64(len(c.words))
		}
	}
	if len(c.words) > 0 {
		v[shareInDescription] = float64(sharedWords(c.words, r.description)) / float64(len(c.words))
	}
}

// shareOfCapitals is that of the letters that have two cases.
func shareOfCapitals(s string) float64 {
	upper, all := 0, 0
	for _, c := range s {
		if unicode.IsUpper(c) {
			upper++
			all++
		} else if unicode.IsLower(c) {
			all++
		}
	}
	if all == 0 {
		return 0
	}
	return float64(upper) / float64(all)
}

// survey reads once what the evidence of all candidates needs.
func (r *titleReader) survey() {
	n := len(r.page.Blocks)
	r.proseUpTo, r.headingsUpTo, r.nextProse = make([]int, n+1), make([]int, n+1), make([]int, n+1)
	const outside = block.InNav | block.InHidden | block.InFooter | block.InDialog | block.InForm | block.InAside
	for i, b := range r.page.Blocks {
		r.proseUpTo[i+1], r.headingsUpTo[i+1] = r.proseUpTo[i], r.headingsUpTo[i]
		switch {
		case b.Flags&outside != 0:
		case b.Flags&block.InHeading != 0:
			r.headingsUpTo[i+1]++
		case b.Words >= 15 && b.LinkBytes*3 < len(b.Text):
			r.proseUpTo[i+1] += b.Words
		}
	}
	r.nextProse[n] = n + 100
	for i := n - 1; i >= 0; i-- {
		r.nextProse[i] = r.nextProse[i+1]
		if r.proseUpTo[i+1] > r.proseUpTo[i] {
			r.nextProse[i] = i
		}
	}
	r.slug = slugWords(r.page.Input.URL)
	description, _ := r.page.FirstMeta("og:description", "description", "twitter:description")
	r.description = wordsOf(description[:min(len(description), 600)])
	r.findSiteHeadings()
	r.findMainH1()
}

// findMainH1 chooses the h1 of the page's content: that which shares most words with
// what the head declares, of equals the first.
func (r *titleReader) findMainH1() {
	for _, c := range r.candidates {
		s := c.shown
		if s == nil || s.level > 1 || isParagraph(c.text) || c.part != 0 || c.lines > withoutSides || !r.inContent(s) || r.affixes.of(c.text) >= shownAsSite {
			continue
		}
		r.numMainH1++
		sum := 0.0
		for _, d := range r.declared {
			sum += alike(c.words, d.words)
		}
		if len(r.declared) > 0 {
			sum /= float64(len(r.declared))
		}
		if r.mainH1 == nil || sum > r.h1Likeness {
			r.mainH1, r.h1Likeness = c, sum
		}
	}
}

// inContent reports whether a heading is none of the page's frame or of a teaser.
func (r *titleReader) inContent(s *showing) bool {
	if s.inFrame() || s.block.Flags&(block.InAside|block.InButton) != 0 || r.names.above(s.node, siteNames, 3) {
		return false
	}
	return s.block.LinkBytes*10 < len(s.block.Text)*8 && s.block.Flags&block.InLink == 0 || !r.links().leadAway(s.node)
}

// compare is the evidence of candidates that are a part of others.
func (r *titleReader) compare() {
	best := 0.0
	for _, c := range r.candidates {
		best = max(best, c.evidence[agreeing])
	}
	ordered := slices.Clone(r.candidates)
	slices.SortStableFunc(ordered, func(a, b *candidate) int { return len(a.folded) - len(b.folded) })
	for i, short := range ordered {
		short.evidence[bestAgreement] = best
		for _, long := range ordered[i+1:] {
			if len(short.folded) < 4 || !strings.HasPrefix(long.folded, short.folded) && !strings.HasSuffix(long.folded, short.folded) {
				continue
			}
			s, l := short.evidence, long.evidence
			s[longerAgrees] = max(s[longerAgrees], l[agreeing])
			l[shorterAgrees] = max(l[shorterAgrees], s[agreeing])
			if long.shown != nil && long.part == 0 && !long.shown.inFrame() {
				s[longerShown] = higher(s[longerShown], long.shown.level)
			}
			if short.shown != nil && short.part == 0 && !short.shown.inFrame() {
				l[shorterShown] = higher(l[shorterShown], short.shown.level)
			}
		}
	}
	for _, d := range r.declared {
		r.weighCuts(d)
	}
	r.compareWithH1()
	r.compareWordings()
}

// compareWordings is how much of its heading each title is.
func (r *titleReader) compareWordings() {
	for _, c := range r.candidates {
		if s := c.shown; s != nil && c.part == 0 && s.level < lineLevel {
			c.evidence[shareOfHeading] = min(1, float64(len(c.text))/float64(len(s.block.Text)))
		}
	}
}

// compareWithH1 is the evidence that the h1 of the content is for and against the
// candidates.
func (r *titleReader) compareWithH1() {
	h := r.mainH1
	if h == nil {
		return
	}
	inSlug := 0.0
	if len(r.slug) > 0 {
		inSlug = float64(sharedWords(h.words, r.slug)) / float64(len(r.slug))
	}
	for _, c := range r.candidates {
		v := c.evidence
		v.Set(isMainH1, c == h)
		v[likeMainH1], v[mainH1Agrees], v[mainH1InSlug] = alike(c.words, h.words), h.evidence[agreeing], inSlug
		v[rivalsOfH1] = float64(min(r.numMainH1, 9))
	}
}

// higher is the higher of two levels, of which the first may be none, 0.
func higher(a float64, level int) float64 {
	if a == 0 {
		return float64(level)
	}
	return min(a, float64(level))
}

// weighCuts is the evidence that what is cut off a declared title stands elsewhere on
// the page, as a heading or line of its own.
func (r *titleReader) weighCuts(d *declaredTitle) {
	for _, run := range d.runs {
		c := r.byFold[text.Fold(run.text)]
		if c == nil {
			continue
		}
		for _, parts := range [][]string{run.left, run.right} {
			for _, p := range parts {
				if o := r.byFold[text.Fold(p)]; o != nil && o.shown != nil && o.part == 0 {
					c.evidence[cutElsewhere] = 1
				}
			}
		}
	}
}
