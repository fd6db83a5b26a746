package captions

import (
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

// compare counts what candidates have in common. Those of other stories are not
// among them.
func (f *finder) compare() {
	f.ofMedium, f.marked, f.shapes = map[int]int{}, map[int]int{}, map[shape]int{}
	for i := range f.candidates {
		c := &f.candidates[i]
		if c.foreign != "" {
			continue
		}
		f.ofMedium[c.medium]++
		f.shapes[f.shapeOf(c)]++
		if c.from == fromFigcaption || c.from == fromNames {
			f.marked[c.medium]++
		}
	}
}

// A shape is what elements of one kind have in common.
type shape struct {
	tag   string
	class string
}

func (f *finder) shapeOf(c *candidate) shape {
	n := f.Elems[c.elem].Node
	return shape{n.Data, block.Attr(n, "class")}
}

// weigh collects what speaks for and against a candidate, but for what its credit says.
func (f *finder) weigh(c *candidate) evidence.Values {
	v := make(evidence.Values, numPieces)
	f.weighForm(c, v)
	f.weighNames(c, v)
	f.weighMedium(c, v)
	f.weighText(c, v)
	f.weighStory(c, v)
	f.weighOthers(c, v)
	return v
}

// weighCredit says what the credit is to the candidate.
func (c *candidate) weighCredit() {
	c.values.Set(hasCredit, c.Credit != "")
	c.values.Set(creditOnly, c.Text == "")
	c.values[creditInside] = c.creditScore
}

// weighForm says what kind of element or line the candidate is.
func (f *finder) weighForm(c *candidate, v evidence.Values) {
	v.Set(isFigcaption, c.from == fromFigcaption)
	v.Set(isLine, c.from == fromLine)
	flags := f.Elems[c.elem].Flags
	if c.block != nil {
		flags = c.block.Flags
	}
	v.Set(inParagraphTag, flags&block.InParagraph != 0)
	v.Set(inHeadingTag, flags&block.InHeading != 0)
	v.Set(inListItem, flags&block.InList != 0)
	v.Set(inQuotation, flags&block.InQuote != 0 || c.scope > 0 && f.quotes(c.scope, c.medium))
	v.Set(inFigure, flags&block.InFigure != 0)
	marked, linked, all := 0, 0, 0
	for _, b := range c.blocks {
		marked, linked, all = marked+b.BoldBytes, linked+b.LinkBytes, all+len(b.Text)
	}
	if all > 0 {
		v[markedShare], v[linkShare] = float64(marked)/float64(all), float64(linked)/float64(all)
	}
	if c.from != fromLightbox {
		v.Set(inItalics, v[markedShare] > 0.9 && (f.allIn(c.elem, atom.Em) || f.allIn(c.elem, atom.I)))
		v.Set(isCentred, centred(f.Elems[c.elem].Node))
		v.Set(leadsAway, linked*10 >= all*9 && all > 0 && f.linksAway(c.elem))
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

// Captions begin with these, and other lines seldom; with sureLeads no others do.
var (
	sureLeads = strings.Split("图为|图注|图：|图:|圖為|圖：|圖:|图/|圖/|写真=|写真＝|写真：|写真は|사진=|[사진|(사진|资料图|資料圖|file photo|im bild:|auf dem bild:|archivbild:|symbolbild:|ảnh:|foto:|photo:|caption:|bildunterschrift|на фото:|на снимке:", "|")
	leads     = append(strings.Split("▲|△|▼|↑|图片|상기|above:|below:|left:|right:|pictured|in this|a file|file -|im bild|auf dem bild|archivbild|symbolbild|sur la photo|en la imagen|en la foto|nella foto|na foto|na imagem|image:|figure |fig. |abb. |abbildung |صورة|الصورة|на фото|фото:|на снимке", "|"), sureLeads...)
)

func beginsWith(leads []string, s string) bool {
	return hasAny(leads, strings.ToLower(s[:min(len(s), 60)]), strings.HasPrefix)
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
		if role&namesMedia != 0 {
			v[inNamedMedia] = 1
		}
	}
}

// weighMedium says where the candidate's medium stands, and what it is.
func (f *finder) weighMedium(c *candidate, v evidence.Values) {
	if c.scope > 0 {
		count, _ := f.mediaIn(c.scope)
		v[mediaInScope] = float64(count)
		v[textInScope] = float64(max(0, f.allWords(c.scope)-f.allWords(c.elem)))
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
	v[hasMedium] = 1
	v.Set(mediumIsLarge, declaredLarge(n))
	alt := block.Attr(n, "alt")
	v.Set(mediumHasAlt, alt != "")
	v.Set(mediumLinked, f.linkedPicture(c.medium))
	v[likeAlt] = overlap(alt, c.raw)
	v[likeTitleAttribute] = overlap(block.Attr(n, "title"), c.raw)
	if figure := f.figureOf(c.medium); figure != c.medium {
		v.Set(inFigureOfMedium, f.holds(figure, c.elem))
	}
	v.Set(mediumBehind, c.medium > c.elem && !f.holds(c.elem, c.medium))
	low, high := min(c.medium, c.elem), max(c.medium, c.elem)
	v[elementsToMedium] = float64(min(high-low, 100))
	v[textToMedium] = float64(f.all[high] - f.all[low])
	if c.medium > c.elem { // the candidate's own words are not between
		own := int(f.all[f.end[c.elem]] - f.all[c.elem])
		v[textToMedium] = max(0, v[textToMedium]-float64(own))
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
	str := c.raw
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
	v.Set(isName, v[words] <= 4 && credit.PersonLike(str))
	v.Set(leadsAsCaption, beginsWith(leads, str))
	v.Set(likeTitle, len(f.H1) > 0 && text.EqualFold(f.H1[0].Text, str) || len(str) > 15 && strings.HasPrefix(f.Title, str))
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
	blocks := c.blocks
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
	v.Set(inStoryRoot, f.holds(f.root, c.elem))
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

// weighOthers says how a candidate stands among others.
func (f *finder) weighOthers(c *candidate, v evidence.Values) {
	own := 0
	if c.from == fromFigcaption || c.from == fromNames {
		own = 1
	}
	if c.medium > 0 {
		v.Set(otherCaptionOfMedium, f.marked[c.medium] > own)
		v[linesOfMedium] = float64(f.ofMedium[c.medium])
	}
	v[sameShape] = float64(f.shapes[f.shapeOf(c)])
}
