package captions

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A form is one that captions have and nothing else.
type form struct {
	name string
	// may reports whether a line can have the form, before its credit is read.
	may func(*finder, *candidate) bool
	// has reports whether it has, once that is read.
	has func(*finder, *candidate) bool
}

// maxStoryLine bounds the lines that leave the story for what they look like, in words.
const maxStoryLine = 25

// lineForms are the forms by which lines beside media are captions for certain.
var lineForms = []form{
	{"in italics right behind its picture", (*finder).inItalicsBehind, (*finder).hasText},
	{"beside a credit by itself", (*finder).sharesScope, (*finder).besideCredit},
	{"a credit beside its text", (*finder).sharesScope, (*finder).besideText},
	{"all that its figure or slide says", (*finder).inPictureBox, (*finder).fillsBox},
	{"with a labelled credit right behind its picture", (*finder).rightBehind, (*finder).hasLabelledCredit},
	{"begins as captions alone do", (*finder).leads, (*finder).hasText},
	{"what the picture's alternative text says", (*finder).mayRepeat, (*finder).repeatsAlt},
	{"what JSON-LD says of a picture", (*finder).mayRepeat, (*finder).repeatsData},
}

// isCertain reports whether a candidate is a caption by a form that nothing else
// has: text with a credit that was glued into the story, what was written for a
// lightbox of the story's pictures, and the forms of lines.
func (f *finder) isCertain(c *candidate) bool {
	switch c.from {
	case fromGlued:
		return c.Credit != ""
	case fromLightbox:
		return c.values[mediumLinked] == 0 && c.values[otherCaptionOfMedium] == 0
	case fromNames:
		return f.saysWhatItIs(c)
	case fromLine:
		return f.couldBe(c) &&
			slices.ContainsFunc(lineForms, func(k form) bool { return k.may(f, c) && k.has(f, c) })
	}
	return false
}

// mayBeCertain reports whether a candidate could be a caption by one of these forms,
// whatever its credit is.
func (f *finder) mayBeCertain(c *candidate) bool {
	if c.from != fromLine {
		return c.from != fromFigcaption && (c.from != fromNames || f.saysWhatItIs(c))
	}
	return f.couldBe(c) && slices.ContainsFunc(lineForms, func(k form) bool { return k.may(f, c) })
}

// couldBe reports whether nothing speaks against a line for certain.
func (f *finder) couldBe(c *candidate) bool {
	v := c.values
	return c.medium > 0 && v[words] <= 60 && v[mediumLinked] == 0 && v[leadsAway] == 0 && v[inQuotation] == 0
}

// saysWhatItIs reports whether markup says that an element is the title or description
// of its picture.
func (f *finder) saysWhatItIs(c *candidate) bool {
	v := c.values
	return v[mediumLinked] == 0 && v[inHeadingTag] == 0 && v[words] <= 80 && (f.titlesMedia(c.elem) || f.describesMedia(c.elem))
}

func (f *finder) hasText(c *candidate) bool { return c.Text != "" }

// inItalicsBehind reports whether a line is in italics right behind its medium.
func (f *finder) inItalicsBehind(c *candidate) bool {
	v := c.values
	return v[mediaInScope] <= 1 && v[inItalics] > 0 && v[inHeadingTag] == 0 && v[words] <= 40 && v[mediumBehind] == 0 && v[textToMedium] == 0 && v[elementsToMedium] <= 4
}

// sharesScope reports whether a line stands with others of its medium in one small
// element.
func (f *finder) sharesScope(c *candidate) bool {
	return c.scope > 0 && c.values[mediaInScope] == 1 && c.scope == int(f.Elems[c.elem].Parent) && c.values[linesOfMedium] > 1 && f.allWords(c.scope) <= 100
}

// besideCredit reports whether a credit by itself stands in the same element as a
// line, together with their medium.
func (f *finder) besideCredit(c *candidate) bool {
	up := f.Elems[c.elem].Parent
	if c.Text == "" || c.values[words] > 40 || c.values[textInScope] > 30 {
		return false
	}
	for i := range f.candidates {
		o := &f.candidates[i]
		if o.isCredit() && o.elem != c.elem && o.medium == c.medium && (f.Elems[o.elem].Parent == up || o.elem == int(up)) &&
			(c.values[inHeadingTag] == 0 || f.headsSlide(c, o)) {
			return true
		}
	}
	return false
}

// isCredit reports whether a candidate is a credit by itself.
func (c *candidate) isCredit() bool { return !c.hopeless && c.Text == "" && c.creditScore > 0.5 }

// besideText reports whether a credit by itself shares an element with the line that
// is certainly a caption for it.
func (f *finder) besideText(c *candidate) bool {
	up := f.Elems[c.elem].Parent
	if c.Text != "" || c.creditScore <= 0.5 || c.values[mediaInScope] != 1 {
		return false
	}
	for i := range f.candidates {
		o := &f.candidates[i]
		if !o.hopeless && o.Text != "" && o.from == fromLine && o.medium == c.medium && f.Elems[o.elem].Parent == up && (f.inItalicsBehind(o) || f.besideCredit(o)) {
			return true
		}
	}
	return false
}

// headsSlide reports whether a heading that the story does not have is the title of a
// picture: it stands between that and its credit, and nothing else does.
func (f *finder) headsSlide(c, owner *candidate) bool {
	return !f.inStory(c.block) && c.values[mediumBehind] == 0 && owner.elem > c.elem &&
		f.allWords(c.scope) == f.allWords(c.elem)+f.allWords(owner.elem)
}

// pictureBox is the figure of a line's picture, or the slide that holds both; 0 if there
// is none, or if it holds anything else than the picture and a few words.
func (f *finder) pictureBox(c *candidate) int {
	v := c.values
	if v[otherCaptionOfMedium] > 0 || v[inHeadingTag] > 0 || v[words] < 2 || v[linkShare] > 0.5 || mediaKind(f.Elems[c.medium].Node) != "image" {
		return 0 // players write titles and times into theirs
	}
	if f.inStory(c.block) && v[words] > maxStoryLine {
		return 0 // a story that is told in slides
	}
	box := f.figureOf(c.medium)
	if v[inFigureOfMedium] == 0 {
		if box = f.slideOf(c.elem); box == c.elem || !f.holds(box, c.medium) {
			return 0
		}
	}
	if count, _ := f.mediaIn(box); count != 1 || f.hasHeading(box) || f.allWords(box) > f.allWords(c.elem)+20 {
		return 0
	}
	return box
}

// slideOf is the slide of a gallery that an element stands in; the element itself if
// there is none.
func (f *finder) slideOf(i int) int {
	for k, up := int(f.Elems[i].Parent), 0; k > 0 && up < 4 && !f.holds(k, f.root); k, up = int(f.Elems[k].Parent), up+1 {
		if class := block.Attr(f.Elems[k].Node, "class"); len(class) < 200 && hasAny(slideNames, strings.ToLower(class), strings.Contains) {
			return k
		}
	}
	return i
}

// slideNames are parts of the names of what galleries show one at a time.
var slideNames = []string{"slide", "carousel-item", "carousel__item", "gallery-item", "gallery__item", "galleryitem"}

func (f *finder) inPictureBox(c *candidate) bool { return f.pictureBox(c) > 0 }

// fillsBox reports whether a line, with a credit by itself, is all that the box around
// its picture says.
func (f *finder) fillsBox(c *candidate) bool {
	box := f.pictureBox(c)
	if box == 0 || c.Text == "" {
		return false
	}
	rest := f.allWords(box) - f.allWords(c.elem)
	for i := range f.candidates {
		if o := &f.candidates[i]; rest > 0 && o.isCredit() && o.medium == c.medium && f.holds(box, o.elem) && !f.holds(c.elem, o.elem) && !f.holds(o.elem, c.elem) {
			rest -= f.allWords(o.elem)
		}
	}
	return rest == 0
}

// rightBehind reports whether a line stands right behind its picture.
func (f *finder) rightBehind(c *candidate) bool {
	v := c.values
	return c.medium < c.elem && v[textToMedium] == 0 && v[elementsToMedium] <= 6 && v[inHeadingTag] == 0
}

// hasLabelledCredit reports whether a line ends in a credit with a label that no other
// text has.
func (f *finder) hasLabelledCredit(c *candidate) bool {
	return c.Text != "" && c.creditScore > 0.8 && slices.ContainsFunc(c.parts.spans, func(p span) bool {
		return p.won && p.To == len(c.parts.text) && p.values[labels] > 0 && p.values[weakLabel] == 0 && p.values[labelColon]+p.values[labelBy] > 0
	})
}

// leads reports whether a line beside a picture begins with words for that.
func (f *finder) leads(c *candidate) bool {
	v := c.values
	return v[leadsAsCaption] > 0 && v[words] >= 2 && v[textToMedium] == 0 && v[elementsToMedium] <= 8 && v[inHeadingTag] == 0 && beginsWith(sureLeads, c.raw)
}

// mayRepeat reports whether a line is near enough to its medium, and long enough, to
// say what is said of that elsewhere.
func (f *finder) mayRepeat(c *candidate) bool {
	v := c.values
	return v[words] >= 3 && v[textToMedium] <= 10 && v[elementsToMedium] <= 14 && v[likeTitle] == 0 &&
		(v[likeAlt] >= 0.6 || f.nearData(c.raw))
}

// repeatsAlt reports whether a line says what the alternative text of its picture says.
// So do headings above their pictures, and paragraphs where a CMS makes that of them.
func (f *finder) repeatsAlt(c *candidate) bool {
	v := c.values
	if v[inHeadingTag] > 0 || f.inStory(c.block) && (v[mediumBehind] > 0 || v[words] > maxStoryLine) {
		return false
	}
	return block.CountWords(c.Text) >= 3 && text.EqualFold(block.Attr(f.Elems[c.medium].Node, "alt"), c.Text)
}

func (f *finder) repeatsData(c *candidate) bool {
	if block.CountWords(c.Text) < 3 {
		return false
	}
	_, ok := slices.BinarySearch(f.dataLines(), text.Fold(c.Text))
	return ok
}

// nearData reports whether a text is, but for a credit, one that JSON-LD has of a
// picture.
func (f *finder) nearData(s string) bool {
	lines := f.dataLines()
	if len(lines) == 0 {
		return false
	}
	fold := text.Fold(s)
	return slices.ContainsFunc(lines, func(l string) bool { return strings.HasPrefix(fold, l) })
}

// maxDataLines bounds the pictures of JSON-LD that are asked for.
const maxDataLines = 40

// dataLines are the captions that JSON-LD has of pictures, folded and sorted. A name or
// description of a picture is one too, unless it is the story's.
func (f *finder) dataLines() []string {
	if f.data != nil {
		return f.data
	}
	f.data = []string{}
	description, _ := f.FirstMeta("og:description", "description", "twitter:description")
	story := text.Fold(f.Title + " " + description)
	for _, o := range f.imageObjects() {
		for _, key := range [...]string{"caption", "name", "description"} {
			if s := o.Text(key); len(f.data) < maxDataLines && len(s) < maxText && block.CountWords(s) >= 3 && !strings.Contains(story, text.Fold(s)) {
				f.data = append(f.data, text.Fold(s))
			}
		}
	}
	slices.Sort(f.data)
	return f.data
}
