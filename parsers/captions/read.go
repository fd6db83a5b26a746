package captions

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A draft is what a region says, before what is around it is read.
type draft struct {
	article.Caption
	raw           string // the region's text as it stands on the page
	scope, medium int    // see scope; 0 for none
}

// read makes a caption of a region, and takes its blocks out of the story. It
// returns false if the region is not a caption, or repeats one.
func (f *finder) read(g region) bool {
	d, why := f.draft(g)
	if why == "" && utf8.RuneCountInString(d.Text) > 2000 {
		why = "too long"
	}
	if !stands(g.from, why) {
		f.reject(g.from, d.raw, why)
		return false
	}
	f.complete(g, &d)
	if g.split == nil {
		f.dropRegion(g, d.raw)
	}
	if d.Text == "" && d.Credit == "" {
		return false
	}
	if d.medium > 0 {
		n := f.Elems[d.medium].Node
		d.MediaURL = f.mediaURL(n)
		if d.Media == "image" {
			d.Media = mediaKind(n)
		}
	}
	return f.add(g, d.Caption, d.medium)
}

// draft reads a region by its kind. why names the rule by which it is not a
// caption; "" if it is one.
func (f *finder) draft(g region) (d draft, why string) {
	switch {
	case g.from == fromLightbox:
		return f.lightboxDraft(g), ""
	case g.split != nil:
		return draft{Caption: *g.split, medium: f.mediumBefore(g.block)}, ""
	case g.from == fromGlued:
		return f.gluedDraft(g), ""
	case g.block != nil:
		return f.lineDraft(g), ""
	}
	return f.elementDraft(g)
}

func (f *finder) lightboxDraft(g region) draft {
	d := draft{medium: g.elem}
	d.Media = "image"
	d.Text, d.Credit = fromAttributes(f.Elems[g.elem].Node)
	if d.Credit == "" {
		d.Text, d.Credit, d.Media = credit.Split(d.Text, true)
	} else {
		d.Credit = credit.Clean(d.Credit)
	}
	return d
}

func (f *finder) gluedDraft(g region) draft {
	d := draft{raw: f.textOf(g.block), medium: f.mediumBefore(g.block)}
	d.Media = "image"
	if head, owner, ok := credit.PlainLabel(d.raw); ok {
		d.Text, d.Credit = credit.TrimHead(head), credit.Clean(owner)
	} else {
		d.Text, d.Credit, d.Media = credit.Split(d.raw, false)
	}
	return d
}

func (f *finder) lineDraft(g region) draft {
	d := draft{raw: f.textOf(g.block)}
	d.scope, d.medium = f.scope(g.elem, 3)
	if d.Credit, d.Media, _ = credit.Line(d.raw); d.Credit == "" {
		d.Text, d.Credit, d.Media = credit.Split(d.raw, true)
	}
	return d
}

func (f *finder) elementDraft(g region) (d draft, why string) {
	runs := f.textRuns(f.Elems[g.elem].Node)
	d.raw = joinRuns(runs)
	switch {
	case g.from == fromNames && dateOrByline(d.raw):
		return d, "a date or byline"
	case isControl(d.raw):
		return d, "a control"
	}
	d.Text, d.Credit, d.Media = splitRuns(runs)
	d.scope, d.medium = f.scope(g.elem, 7)
	switch {
	case d.medium > 0:
	case d.scope > 0 && f.besideMedium(d.scope, g):
	case d.scope == 0 && d.Text != "" && d.Credit != "":
	default:
		if g.from == fromFigcaption && d.scope == 0 {
			f.dropRegion(g, d.raw) // it is not a paragraph either
		}
		return d, "no medium"
	}
	return d, ""
}

// complete adds what a draft lacks, from the medium's attributes and from what is
// around it.
func (f *finder) complete(g region, d *draft) {
	if d.medium > 0 && d.Credit == "" && g.from != fromLightbox {
		if _, owner := fromAttributes(f.Elems[d.medium].Node); owner != "" && credit.NameLike(owner, 1) {
			d.Credit = credit.Clean(owner)
		}
	}
	if d.scope > 0 && (d.Text == "" || d.Credit == "") {
		f.readAround(g, d.scope, &d.Caption)
	}
	if !text.HasLetter(d.Text) {
		d.Text = ""
	}
	if !text.HasLetter(d.Credit) {
		d.Credit = ""
	}
}

// controlTexts are whole texts of elements of players and galleries that are named
// captions.
var controlTexts = strings.Split(`caption|captions|close|caption close|show caption|hide caption|captions off|loading|loading...|advertisement|press enter or click to view image in full size|click to enlarge|tap to enlarge|enlarge image|open image in gallery|view image in fullscreen|view fullscreen|bild vergrößern|zum vergrößern klicken|agrandir l'image|ampliar imagen|anzeige|werbung`, "|")

func isControl(s string) bool { return slices.Contains(controlTexts, strings.ToLower(s)) }

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
