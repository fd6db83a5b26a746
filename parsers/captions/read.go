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

// read makes candidates of the regions: where they stand, and what they say as a
// whole. A region that says nothing is none, and what belongs to other stories is asked
// for no more than that, unless somebody asks for reasons.
func (f *finder) read() {
	f.candidates = make([]candidate, 0, len(f.regions))
	for _, g := range f.regions {
		c := candidate{region: g}
		f.locate(&c)
		if !text.HasLetter(c.raw) || isControl(c.raw) || len(c.raw) < 100 && pictureName(c.raw) {
			continue
		}
		if c.foreign = f.foreign(&c); c.foreign != "" && !f.Explaining() {
			continue
		}
		f.candidates = append(f.candidates, c)
	}
}

// locate reads a region's text as it stands, and finds its medium.
func (f *finder) locate(c *candidate) {
	switch {
	case c.from == fromLightbox:
		c.medium = c.elem
		c.raw, c.owner = fromAttributes(f.lightboxOf(c.elem))
		c.runs = []textRun{{text: c.raw}}
		return
	case c.split != nil:
		c.raw, c.medium = c.split.Text, f.mediumBefore(c.block)
		c.blocks = []*block.Block{c.block}
		return
	}
	levels := 7
	if c.block != nil {
		levels = 3
		c.raw = f.textOf(c.block)
	} else {
		c.runs = slices.DeleteFunc(f.textRuns(f.Elems[c.elem].Node), func(r textRun) bool { return isFileName(r.text) })
		c.raw = joinRuns(c.runs)
	}
	c.blocks = f.blocksOf(&c.region)
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

// splitText separates the text of a candidate from its credit. It reports whether there is
// a text or a credit.
func (f *finder) splitText(c *candidate) bool {
	switch {
	case c.split != nil:
		c.Caption = *c.split
	case c.owner != "":
		c.Text, c.Credit, c.Media = trimCaption(c.raw), credit.Clean(c.owner), "image"
	default:
		if c.runs == nil {
			c.runs = f.runsOfBlock(c.block)
		}
		c.runs = slices.DeleteFunc(c.runs, func(r textRun) bool { return r.alone && isControl(r.text) })
		if len(c.runs) == 0 {
			return false
		}
		c.Caption, c.parts, c.creditScore = f.splitCredits(c, c.runs)
	}
	if !text.HasLetter(c.Text) {
		c.Text = ""
	}
	if !text.HasLetter(c.Credit) {
		c.Credit = ""
	}
	if c.Text == "" && c.Credit == "" || c.Credit == "" && isSiteName(c.Text) || utf8.RuneCountInString(c.Text) > maxText {
		return false
	}
	f.complete(c)
	return true
}

// isSiteName reports whether a text is the name of a host and no more: some systems
// write theirs into the attributes of every picture.
func isSiteName(s string) bool {
	return strings.HasPrefix(s, "www.") && !strings.ContainsAny(s, " \u00a0") || strings.Contains(s, "://") && !strings.Contains(s, " ")
}

// isFileName reports whether a text is the name of a picture's file and no more.
func isFileName(s string) bool { return !strings.ContainsAny(s, " \u00a0") && pictureName(s) }

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
var controlTexts = strings.Split(`caption|captions|close|caption close|show caption|hide caption|hide caption toggle caption|toggle caption|image caption|captions off|loading|loading...|advertisement|press enter or click to view image in full size|click to enlarge|tap to enlarge|enlarge image|open image in gallery|view image in fullscreen|view fullscreen|bild vergrößern|zum vergrößern klicken|agrandir l'image|ampliar imagen|anzeige|werbung|now playing|play video|play audio|watch now|watch live|up next|next up|live|video|video player|this video can not be played|this video cannot be played|replay|unmute|mute|tap to unmute|video abspielen|jetzt abspielen|läuft gerade|lire la vidéo|en lecture|reproducir vídeo|reproducir video|riproduci video|guarda il video|assista ao vídeo`, "|")

// maxControl bounds the length of controlTexts, in whatever case.
const maxControl = 200

// playerLabels are what players write over their videos, before the titles of these.
var playerLabels = []string{"now playing", "up next", "play video", "play the video", "watch live", "live watch", "live: watch", "video wird geladen", "lecture en cours", "reproduciendo ahora"}

func isControl(s string) bool {
	if len(s) > maxControl {
		return false
	}
	s = strings.ToLower(s)
	return slices.Contains(controlTexts, s) || len(s) <= 80 && hasAny(playerLabels, s, strings.HasPrefix)
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
