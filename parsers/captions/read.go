package captions

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// maxText bounds a caption's text, in runes.
const maxText = 2000

// read makes candidates of the regions. A region that says nothing is none.
func (f *finder) read() {
	for _, g := range f.regions {
		c := candidate{region: g}
		switch {
		case g.from == fromLightbox:
			f.readAttributes(&c)
		case g.split != nil:
			c.Caption, c.raw, c.medium = *g.split, g.split.Text, f.mediumBefore(g.block)
		default:
			f.readElement(&c)
		}
		if !text.HasLetter(c.Text) {
			c.Text = ""
		}
		if !text.HasLetter(c.Credit) {
			c.Credit = ""
		}
		if c.Text == "" && c.Credit == "" || utf8.RuneCountInString(c.Text) > maxText || isControl(c.raw) {
			continue
		}
		f.complete(&c)
		f.candidates = append(f.candidates, c)
	}
}

func (f *finder) readAttributes(c *candidate) {
	c.medium = c.elem
	caption, owner := fromAttributes(f.Elems[c.elem].Node)
	c.raw = caption
	c.Caption, c.parts, c.creditScore = f.splitCredits(&c.region, []textRun{{text: caption}})
	if owner != "" {
		c.Text, c.Credit = trimCaption(caption), credit.Clean(owner)
	}
}

func (f *finder) readElement(c *candidate) {
	var runs []textRun
	levels := 7
	if c.block != nil {
		runs, levels = f.runsOfBlock(c.block), 3
		c.raw = f.textOf(c.block)
	} else {
		runs = f.textRuns(f.Elems[c.elem].Node)
		c.raw = joinRuns(runs)
	}
	runs = slices.DeleteFunc(runs, func(r textRun) bool { return r.alone && isControl(r.text) })
	if len(runs) == 0 {
		return
	}
	c.Caption, c.parts, c.creditScore = f.splitCredits(&c.region, runs)
	c.scope, c.medium = f.scope(c.elem, levels)
	if c.medium > 0 {
		return
	}
	if c.from == fromGlued {
		c.medium = f.mediumBefore(c.block)
	} else if c.scope == 0 {
		c.medium = f.nearestMedium(c.elem)
	}
}

// runsOfBlock are the runs of text of a block: those of its element, if it is all
// of that. What stands in an element that is named a credit is marked so.
func (f *finder) runsOfBlock(b *block.Block) []textRun {
	runs := []textRun{{text: f.textOf(b)}}
	if f.textOf(b) == b.Text && !f.oneOfLines(b) {
		if own := f.textRuns(b.Node); sameFolded(joinRuns(own), b.Text) {
			runs = own
		}
	}
	for i, up := b.Elem, 0; i > 0 && up < 3 && !f.holds(i, f.root); i, up = int(f.Elems[i].Parent), up+1 {
		n := f.Elems[i].Node
		if role := f.role(n); role&(saysCredit|maybeCredit) != 0 && role&saysCaption == 0 || creditTags.Matches(n) {
			for k := range runs {
				if runs[k].credit == nil {
					runs[k].credit, runs[k].weak = n, role&(saysCredit|maybeCredit) == 0
				}
			}
			break
		}
	}
	return runs
}

// sameFolded reports whether two texts fold to the same. Mostly they are the same.
func sameFolded(a, b string) bool { return a == b || text.Fold(a) == text.Fold(b) }

// controlTexts are whole texts of elements of players and galleries that are named
// captions.
var controlTexts = strings.Split(`caption|captions|close|caption close|show caption|hide caption|hide caption toggle caption|toggle caption|image caption|captions off|loading|loading...|advertisement|press enter or click to view image in full size|click to enlarge|tap to enlarge|enlarge image|open image in gallery|view image in fullscreen|view fullscreen|bild vergrößern|zum vergrößern klicken|agrandir l'image|ampliar imagen|anzeige|werbung`, "|")

// maxControl bounds the length of controlTexts, in whatever case.
const maxControl = 200

func isControl(s string) bool {
	return len(s) <= maxControl && slices.Contains(controlTexts, strings.ToLower(s))
}

// dateOrByline reports whether a line is one of those that stand under titles.
func dateOrByline(s string) bool {
	if len(s) > 150 {
		return false
	}
	return byline.IsLine(s) || mostlyDate(s) || strings.Contains(s, "min read")
}

// mostlyDate reports whether a line has a year and hardly another word.
func mostlyDate(s string) bool {
	year, words := false, 0
	for w := range strings.FieldsSeq(s) {
		w = strings.Trim(w, ".,|•·-–/()")
		switch {
		case len(w) == 4 && (strings.HasPrefix(w, "20") || strings.HasPrefix(w, "19")) && strings.Trim(w, "0123456789") == "":
			year = true
		case strings.Trim(w, "0123456789.:/-") != "":
			words++
		}
	}
	return year && words <= 2 && words*10 <= len(s)
}
