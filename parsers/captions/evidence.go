package captions

import (
	_ "embed"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Pieces of evidence that a text is the caption, or the credit, of a medium of the
// story.
const (
	isFigcaption = iota
	isLine
	isFromAttribute
	isGlued
	isRunIn
	namedCaption
	namedCredit
	namedAuthor
	inNamedCaption
	inNamedCredit
	inNamedMedia
	inFigure
	inFigureOfMedium
	inParagraphTag
	inHeadingTag
	inListItem
	inCell
	inQuotation
	inSmallTag
	inItalics
	isCentred
	leadsAsCaption
	markedShare
	hasMedium
	mediumIsVideo
	mediumIsFrame
	mediumIsDrawing
	mediumIsLarge
	mediumHasAlt
	mediumLinked
	mediumBehind
	levelsToMedium
	elementsToMedium
	storyToMedium
	textToMedium
	mediaInScope
	textInScope
	storyInScope
	otherCaptionOfMedium
	linesOfMedium
	creditOfMedium
	sameShape
	words
	sentences
	endsAsSentence
	startsUpper
	digitShare
	capitalShare
	linkShare
	leadsAway
	unspaced
	hasCredit
	creditOnly
	creditInside
	bracketAgency
	bracketsInProse
	endsInQuote
	likeAlt
	likeTitleAttribute
	likeStructured
	likeTitle
	inStoryToo
	storyShare
	bodyModel
	bodyModelBefore
	bodyModelAfter
	beforeStory
	afterStory
	beforeTitle
	inStoryRoot
	isDateOrByline
	callsReader
	isName
	isFileName
	hasHeadingInside
	headingInScope
	inDialog
	isHiddenText
	numPieces
)

// pieces are the names of the pieces, as the model and --explain know them.
var pieces = [numPieces]string{
	isFigcaption:         "a figcaption",
	isLine:               "a line beside a medium",
	isFromAttribute:      "an attribute for a lightbox",
	isGlued:              "ends in a credit",
	isRunIn:              "a caption before its paragraph",
	namedCaption:         "named a caption",
	namedCredit:          "named a credit",
	namedAuthor:          "named an author or source",
	inNamedCaption:       "in an element that is named a caption",
	inNamedCredit:        "in an element that is named a credit",
	inNamedMedia:         "beside its medium in an element that is named for media",
	inFigure:             "in a figure",
	inFigureOfMedium:     "in the figure of its medium",
	inParagraphTag:       "in a paragraph element",
	inHeadingTag:         "in a heading",
	inListItem:           "in a list",
	inCell:               "in a table",
	inQuotation:          "in or around a quotation",
	inSmallTag:           "in small print",
	inItalics:            "all in italics",
	isCentred:            "centred",
	leadsAsCaption:       "begins as captions do",
	markedShare:          "share in bold or italics",
	hasMedium:            "has a medium",
	mediumIsVideo:        "of a video or player",
	mediumIsFrame:        "of a frame",
	mediumIsDrawing:      "of an icon or drawing",
	mediumIsLarge:        "of a picture that is declared large",
	mediumHasAlt:         "of a picture with an alternative text",
	mediumLinked:         "of a picture that links to another page",
	mediumBehind:         "before its medium",
	levelsToMedium:       "levels up to an element with its medium",
	elementsToMedium:     "elements between it and its medium",
	storyToMedium:        "words of the story between it and its medium",
	textToMedium:         "words between it and its medium",
	mediaInScope:         "media in the element around",
	textInScope:          "other words in the element around",
	storyInScope:         "other words of the story in the element around",
	otherCaptionOfMedium: "its medium has a text that is marked as caption",
	linesOfMedium:        "candidates for its medium",
	creditOfMedium:       "its medium has a credit by itself",
	sameShape:            "candidates in elements of the same kind",
	words:                "words",
	sentences:            "sentences",
	endsAsSentence:       "ends as sentences do",
	startsUpper:          "begins with a capital",
	digitShare:           "share of digits",
	capitalShare:         "share of capitals",
	linkShare:            "share of links",
	leadsAway:            "all of it leads to another page",
	unspaced:             "in a script without spaces",
	hasCredit:            "has a credit",
	creditOnly:           "is a credit and no more",
	creditInside:         "how sure its credit is",
	bracketAgency:        "ends in an agency in brackets",
	bracketsInProse:      "ends in brackets within a long sentence",
	endsInQuote:          "ends in a quotation mark",
	likeAlt:              "like the alternative text of its medium",
	likeTitleAttribute:   "like the title attribute of its medium",
	likeStructured:       "the caption of a picture in JSON-LD",
	likeTitle:            "says what the title says",
	inStoryToo:           "the story has the same text elsewhere",
	storyShare:           "share of it that the body has",
	bodyModel:            "likelihood by the model of the body",
	bodyModelBefore:      "likelihood of the text before",
	bodyModelAfter:       "likelihood of the text behind",
	beforeStory:          "before the story",
	afterStory:           "behind the story",
	beforeTitle:          "before the title",
	inStoryRoot:          "in the element of the story",
	isDateOrByline:       "a date or byline",
	callsReader:          "calls on the reader",
	isName:               "a name and no more",
	isFileName:           "the name of a file",
	hasHeadingInside:     "has a heading inside",
	headingInScope:       "a heading in the element around",
	inDialog:             "in a dialog",
	isHiddenText:         "hidden",
}

//go:embed captions.model
var captionsData []byte

var captionsModel = evidence.Learned(captionsData, pieces[:]...)

// calls are words by which lines beside pictures ask readers to do something.
var calls = text.NewLiteralSet([]string{"subscribe", "sign up", "newsletter", "read more", "click here", "download", "abonnieren", "jetzt lesen", "mehr zum thema", "weiterlesen", "abonnez", "inscrivez", "suscríb", "iscriviti", "assine", "watch live", "follow us", "javascript", "switch on scripts", "your browser", "buy now", "shop now"})

// weigh collects what speaks for and against a candidate.
func (f *finder) weigh(c *candidate) evidence.Values {
	v := make(evidence.Values, numPieces)
	f.weighForm(c, v)
	var store [4]string
	rules := f.rulesAround(c.elem, store[:0])
	if f.lostBy(rules, c) {
		return v
	}
	f.weighNames(c, v)
	f.weighMedium(c, v)
	f.weighText(c, v)
	f.weighStory(c, v)
	weighAncestors(c, v, rules)
	return v
}

// weighForm says what kind of element or line the candidate is.
func (f *finder) weighForm(c *candidate, v evidence.Values) {
	v.Set(isFigcaption, c.from == fromFigcaption)
	v.Set(isLine, c.from == fromLine)
	v.Set(isFromAttribute, c.from == fromLightbox)
	v.Set(isGlued, c.from == fromGlued)
	v.Set(isRunIn, c.split != nil)
	flags := f.Elems[c.elem].Flags
	if c.block != nil {
		flags = c.block.Flags
	}
	v.Set(inParagraphTag, flags&block.InParagraph != 0)
	v.Set(inHeadingTag, flags&block.InHeading != 0)
	v.Set(inListItem, flags&block.InList != 0)
	v.Set(inCell, flags&block.InTable != 0)
	v.Set(inQuotation, flags&block.InQuote != 0 || c.scope > 0 && f.firstBelow(c.scope, quotations, len(f.Elems)) > 0)
	v.Set(inFigure, flags&block.InFigure != 0)
	marked, linked, all := 0, 0, 0
	for _, b := range f.blocksOf(&c.region) {
		marked, linked, all = marked+b.BoldBytes, linked+b.LinkBytes, all+len(b.Text)
	}
	if all > 0 {
		v[markedShare], v[linkShare] = float64(marked)/float64(all), float64(linked)/float64(all)
	}
	if c.from != fromLightbox {
		v.Set(inSmallTag, f.allIn(c.elem, atom.Small))
		v.Set(inItalics, v[markedShare] > 0.9 && (f.allIn(c.elem, atom.Em) || f.allIn(c.elem, atom.I)))
		v.Set(isCentred, centred(f.Elems[c.elem].Node))
		v.Set(leadsAway, linked > 0 && f.linksAway(c.elem))
		if f.anyBelow(c.elem, addresses) {
			c.foreign = "an author's address"
		}
		v.Set(hasHeadingInside, f.hasHeading(c.elem))
	}
}

// allIn reports whether an element is one of a tag, or stands in one, or has it as
// one of its first elements.
func (f *finder) allIn(i int, tag atom.Atom) bool {
	if f.Elems[i].Node.DataAtom == tag || f.Elems[f.Elems[i].Parent].Node != nil && f.Elems[f.Elems[i].Parent].Node.DataAtom == tag {
		return true
	}
	for k := i + 1; k < min(int(f.end[i]), i+6); k++ {
		if f.Elems[k].Node.DataAtom == tag {
			return true
		}
	}
	return false
}

// centred reports whether an element says that its text is centred.
func centred(n *html.Node) bool {
	style := strings.ReplaceAll(block.Attr(n, "style"), " ", "")
	return n.DataAtom == atom.Center || strings.EqualFold(block.Attr(n, "align"), "center") || strings.Contains(style, "text-align:center") ||
		strings.Contains(block.Attr(n, "class"), "center")
}

// leads are what captions begin with, and other lines seldom.
var leads = strings.Split("图为|图注|图：|图:|圖為|圖：|圖:|图/|圖/|▲|△|▼|↑|写真=|写真＝|写真：|写真は|사진=|[사진|(사진|图片|資料圖|资料图|상기|above:|below:|left:|right:|pictured|in this|a file|file photo|file -|im bild|auf dem bild|archivbild|symbolbild|sur la photo|en la imagen|en la foto|nella foto|na foto|na imagem|ảnh:|foto:|photo:|image:|caption:|bildunterschrift|figure |fig. |abb. |abbildung |صورة|الصورة|на фото|фото:|на снимке", "|")

func beginsAsCaption(s string) bool {
	s = strings.ToLower(s[:min(len(s), 60)])
	for _, lead := range leads {
		if strings.HasPrefix(s, lead) {
			return true
		}
	}
	return false
}

// weighNames says what the names of the candidate and of what is around it say.
func (f *finder) weighNames(c *candidate, v evidence.Values) {
	role := f.role(f.Elems[c.elem].Node)
	if c.from == fromLightbox {
		role = 0
	}
	v.Set(namedCaption, role&saysCaption != 0)
	v.Set(namedCredit, role&saysCredit != 0)
	v.Set(namedAuthor, role&maybeCredit != 0)
	for i, up := int(f.Elems[c.elem].Parent), 0; i > 0 && up < 3 && !f.holds(i, f.root); i, up = int(f.Elems[i].Parent), up+1 {
		n := f.Elems[i].Node
		role := f.role(n)
		if role&saysCaption != 0 || n.DataAtom == atom.Figcaption {
			v[inNamedCaption] = 1
		}
		if role&saysCredit != 0 {
			v[inNamedCredit] = 1
		}
		if f.role(n)&namesMedia != 0 {
			v[inNamedMedia] = 1
		}
	}
}

// weighMedium says where the candidate's medium stands, and what it is.
func (f *finder) weighMedium(c *candidate, v evidence.Values) {
	v.Set(creditOnly, c.Text == "")
	if c.scope > 0 {
		count, _ := f.mediaIn(c.scope)
		v[mediaInScope] = float64(count)
		v[textInScope] = float64(max(0, f.allWords(c.scope)-f.allWords(c.elem)))
		v[storyInScope] = float64(max(0, f.words(c.scope)-f.words(c.elem)))
		v.Set(headingInScope, f.hasHeading(c.scope))
		for i := c.elem; i > c.scope; i = int(f.Elems[i].Parent) {
			v[levelsToMedium]++
		}
	} else {
		v[levelsToMedium] = 9
	}
	if c.medium == 0 {
		return
	}
	n := f.Elems[c.medium].Node
	kind := mediaKind(n)
	v[hasMedium] = 1
	v.Set(mediumIsVideo, kind == "video" || kind == "audio")
	v.Set(mediumIsFrame, n.DataAtom == atom.Iframe)
	v.Set(mediumIsDrawing, drawings.Matches(n))
	v.Set(mediumIsLarge, declaredLarge(n))
	alt := block.Attr(n, "alt")
	v.Set(mediumHasAlt, alt != "")
	v.Set(mediumLinked, f.linkedPicture(c.medium))
	v[likeAlt] = overlap(alt, c.Text)
	v[likeTitleAttribute] = overlap(block.Attr(n, "title"), c.Text)
	if figure := f.figureOf(c.medium); figure != c.medium {
		v.Set(inFigureOfMedium, f.holds(figure, c.elem))
	}
	v.Set(mediumBehind, c.medium > c.elem && !f.holds(c.elem, c.medium))
	low, high := min(c.medium, c.elem), max(c.medium, c.elem)
	v[elementsToMedium] = float64(min(high-low, 100))
	v[storyToMedium] = float64(f.wordsBetween(low, high))
	v[textToMedium] = float64(f.all[high] - f.all[low])
	if c.medium > c.elem { // the candidate's own words are not between
		own := int(f.all[f.end[c.elem]] - f.all[c.elem])
		v[textToMedium] = max(0, v[textToMedium]-float64(own))
		v[storyToMedium] = max(0, v[storyToMedium]-float64(f.words(c.elem)))
	}
}

// declaredLarge reports whether an image says that it is over 300 pixels wide.
func declaredLarge(n *html.Node) bool {
	w := block.Attr(n, "width")
	return len(w) >= 3 && len(w) <= 4 && strings.Trim(w, "0123456789") == "" && (len(w) == 4 || w > "300")
}

// linkedPicture reports whether a medium stands in a link to another page.
func (f *finder) linkedPicture(m int) bool {
	for k, up := int(f.Elems[m].Parent), 0; k > 0 && up < 4; k, up = int(f.Elems[k].Parent), up+1 {
		if n := f.Elems[k].Node; n.DataAtom == atom.A {
			return toOtherPage(n)
		}
	}
	return false
}

// weighText says what the candidate's text looks like.
func (f *finder) weighText(c *candidate, v evidence.Values) {
	str := c.Text
	if str == "" {
		str = c.raw
	}
	v[words] = float64(block.CountWords(str))
	for i, r := range str {
		if end := i + utf8.RuneLen(r); strings.ContainsRune(".!?。", r) && (end >= len(str) || str[end] == ' ' || r == '。') {
			v[sentences]++
		}
	}
	l := letteringOf(str)
	v[capitalShare] = l.capitalShare()
	if l.letters+l.digits > 0 {
		v[digitShare] = float64(l.digits) / float64(l.letters+l.digits)
	}
	v.Set(unspaced, l.unspaced)
	first, _ := utf8.DecodeRuneInString(str)
	v.Set(startsUpper, unicode.IsUpper(first))
	v.Set(endsAsSentence, endsSentence(str))
	v.Set(endsInQuote, strings.HasSuffix(str, "”") || strings.HasSuffix(str, `"`))
	v.Set(hasCredit, c.Credit != "")
	v[creditInside] = c.creditScore
	_, inner, brackets := credit.BracketTail(c.raw)
	v.Set(bracketAgency, brackets && credit.AgencySigned(inner))
	v.Set(bracketsInProse, brackets && v[words] > 40 && !endsSentence(c.Text))
	v.Set(isDateOrByline, dateOrByline(c.raw))
	v.Set(callsReader, calls.FoundIn(strings.ToLower(c.raw)))
	v.Set(isName, credit.PersonLike(str))
	v.Set(leadsAsCaption, beginsAsCaption(c.raw))
	v.Set(isFileName, pictureName(c.raw))
	v.Set(likeStructured, c.Text != "" && f.isLDCaption(c.Text))
	v.Set(likeTitle, c.Text != "" && (len(f.H1) > 0 && text.EqualFold(f.H1[0].Text, c.Text) || len(c.Text) > 15 && strings.HasPrefix(f.Title, c.Text)))
}

// A lettering counts the characters of a text.
type lettering struct {
	letters, capitals, digits int
	unspaced                  bool // it has letters of a script without spaces
}

func letteringOf(s string) (l lettering) {
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			l.digits++
		case unicode.IsUpper(r):
			l.capitals++
			l.letters++
		case unicode.IsLetter(r):
			l.letters++
			l.unspaced = l.unspaced || r >= 0x3040 && r < 0xfb00
		}
	}
	return l
}

// capitalShare is the share of capitals among the letters.
func (l lettering) capitalShare() float64 { return float64(l.capitals) / float64(max(l.letters, 1)) }

// weighStory says where the candidate stands relative to the story, and what the
// model of the body thinks of it and of its neighbours.
func (f *finder) weighStory(c *candidate, v evidence.Values) {
	blocks := f.blocksOf(&c.region)
	kept, all := 0, 0
	for _, b := range blocks {
		all += b.Words
		if f.inStory(b) {
			kept += b.Words
		}
		v[bodyModel] = max(v[bodyModel], float64(b.Probability))
	}
	if all > 0 {
		v[storyShare] = float64(kept) / float64(all)
	}
	if len(blocks) > 0 {
		if n := blocks[0].N; n > 0 {
			v[bodyModelBefore] = float64(f.Blocks[n-1].Probability)
		}
		if n := blocks[len(blocks)-1].N; n+1 < len(f.Blocks) {
			v[bodyModelAfter] = float64(f.Blocks[n+1].Probability)
		}
	}
	total := int(f.story[len(f.story)-1])
	v.Set(beforeStory, int(f.story[c.elem]) == 0)
	v.Set(afterStory, total > 0 && int(f.story[f.end[c.elem]]) == total)
	v.Set(beforeTitle, f.title > c.elem)
	v.Set(inStoryRoot, f.holds(f.root, c.elem))
	if c.Text != "" && len(c.Text) > 20 {
		for _, b := range f.twins[c.folded] {
			if f.inStory(b) && !f.holds(c.elem, b.Elem) {
				v[inStoryToo] = 1
			}
		}
	}
}

// rulesAround appends the rules by which what an element stands in, up to the element
// of the story, is outside the story.
func (f *finder) rulesAround(elem int, rules []string) []string {
	f.outsideStory(elem, func(rule string) { rules = append(rules, rule) })
	return rules
}

// lostBy reports whether a candidate is certainly none, whatever else speaks for it,
// and nobody asks for that: the evidence of a line may make another one certain.
func (f *finder) lostBy(rules []string, c *candidate) bool {
	if f.Explaining() || c.from == fromLine {
		return false
	}
	for _, rule := range rules {
		if rule != "dialog" && rule != "hidden" {
			c.foreign = rule
		}
	}
	return c.foreign != ""
}

// weighAncestors says what the candidate stands in.
func weighAncestors(c *candidate, v evidence.Values, rules []string) {
	for _, rule := range rules {
		switch rule {
		case "dialog":
			v[inDialog] = 1
		case "hidden":
			if v[isHiddenText] = 1; v[callsReader] > 0 {
				c.foreign = rule
			}
		default:
			c.foreign = rule
		}
	}
}

// overlap is the share of words that two texts have in common.
func overlap(a, b string) float64 {
	if a == "" || b == "" || len(a) > 3000 || len(b) > 3000 {
		return 0
	}
	has := map[string]bool{}
	for w := range strings.FieldsSeq(strings.ToLower(a)) {
		has[strings.Trim(w, ".,;:")] = true
	}
	n, both := 0, 0
	for w := range strings.FieldsSeq(strings.ToLower(b)) {
		if n++; has[strings.Trim(w, ".,;:")] {
			both++
		}
	}
	return math.Round(200*float64(both)/float64(n+len(has))) / 100
}
