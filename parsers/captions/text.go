package captions

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A textRun is a run of text within a caption.
type textRun struct {
	text   string
	glued  bool       // no space before it
	credit *html.Node // the element whose names say that it is a credit
	alone  bool       // in an element of its own
	weak   bool       // the element's tag alone says that it is a credit
}

// textRuns reads a caption's runs of text.
func (r *captionReader) textRuns(top *html.Node) []textRun {
	var runs []textRun
	var b strings.Builder
	space := true
	var credit *html.Node
	alone, glued, weak := false, false, false
	flush := func() {
		raw := b.String()
		b.Reset()
		text := block.Clean(raw)
		if text == "" {
			space = space || raw != ""
			return
		}
		first, _ := utf8.DecodeRuneInString(raw)
		runs = append(runs, textRun{text: text, credit: credit, alone: alone, weak: weak, glued: glued && !space && !unicode.IsSpace(first)})
		end, _ := utf8.DecodeLastRuneInString(raw)
		space = unicode.IsSpace(end)
		glued = true
	}
	var walk func(*html.Node, int)
	shown := block.Hidden(top) // and yet a caption: hidden only from those who hear it
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < 60 && len(runs) < 60; c = c.NextSibling {
			if c.Type == html.TextNode {
				b.WriteString(c.Data)
				continue
			}
			if c.Type != html.ElementNode || block.Unread[c.DataAtom] || c.DataAtom == atom.Button || c.DataAtom == atom.Input || block.Hidden(c) && !(block.Attr(c, "aria-hidden") == "true" && (shown || r.role(c)&saysCredit != 0)) {
				continue
			}
			if c.DataAtom == atom.Br {
				flush()
				space = true
				continue
			}
			border := block.Border(c)
			role := r.role(c)
			mine := credit == nil && (role&saysCredit != 0 || role&maybeCredit != 0 && role&saysCaption == 0 || c.DataAtom == atom.Cite || c.DataAtom == atom.Footer || c.DataAtom == atom.Small)
			if mine && (r.holdsCaption(c) || !creditSize(c, role&saysCredit != 0 || c.DataAtom == atom.Cite)) {
				mine = false
			}
			switch {
			case mine, border, c.DataAtom == atom.Span, c.DataAtom == atom.Small, c.DataAtom == atom.Cite:
				flush()
				space = space || border
				was, wasAlone, wasWeak := credit, alone, weak
				if mine {
					credit, weak = c, role&(saysCredit|maybeCredit) == 0
				}
				alone = true
				walk(c, depth+1)
				flush()
				space = space || border
				credit, alone, weak = was, wasAlone, wasWeak
			default:
				walk(c, depth+1)
			}
		}
	}
	walk(top, 0)
	flush()
	return runs
}

// holdsCaption reports whether an element named a credit holds the caption too.
func (r *captionReader) holdsCaption(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && (c.DataAtom == atom.Figcaption || c.DataAtom == atom.Img || r.role(c)&saysCaption != 0) {
			return true
		}
	}
	return false
}

// creditSize reports whether an element is short enough for a credit; one that
// is only perhaps a credit must read like one.
func creditSize(n *html.Node, sure bool) bool {
	text := block.VisibleText(n)
	if text == "" || utf8.RuneCountInString(text) > 150 {
		return false
	}
	if _, _, ok := credit.Line(text); ok {
		return true
	}
	if sure { // some sites' "copyright" is the whole caption
		return credit.NameLike(text, 2) || block.CountWords(text) <= 5
	}
	return credit.NameLike(text, 1)
}

// joinRuns joins runs of text.
func joinRuns(runs []textRun) string {
	var b strings.Builder
	for _, s := range runs {
		if b.Len() > 0 && !s.glued {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return b.String()
}

// creditOfRuns makes a caption of runs of text: their text, and the credit apart.
func creditOfRuns(runs []textRun) (str, owner, media string) {
	media = "image"
	var said, credits []textRun
	for _, s := range runs {
		if s.credit != nil {
			credits = append(credits, s)
		} else {
			said = append(said, s)
		}
	}
	take := func(c, m string) {
		switch fc, f := text.Fold(c), text.Fold(owner); {
		case c == "":
		case owner == "" || strings.Contains(fc, f):
			owner = c
		case !strings.Contains(f, fc):
			owner += "/" + c
		}
		if m != "image" && m != "" {
			media = m
		}
	}
	if len(said) == 0 && len(credits) > 0 && credits[0].weak {
		// Small print that is all there is: it is the caption, unless it reads like a credit.
		signed := false
		for _, c := range credits {
			_, _, ok := credit.Line(c.text)
			signed = signed || ok
		}
		if _, _, ok := credit.Line(joinRuns(credits)); !ok && !signed {
			said, credits = credits, nil
		}
	}
	for i := 0; i < len(credits); {
		k := i + 1
		for k < len(credits) && credits[k].credit == credits[i].credit {
			k++
		}
		whole := joinRuns(credits[i:k])
		if c, m, ok := credit.Line(whole); ok {
			take(c, m)
		} else {
			take(credit.Clean(whole), "")
		}
		i = k
	}
	if len(said) > 1 {
		if c, m, ok := credit.Line(said[len(said)-1].text); ok {
			take(c, m)
			said = said[:len(said)-1]
		} else if last := said[len(said)-1]; last.alone && owner == "" && inBrackets(last.text) {
			take(credit.Clean(last.text), "")
			said = said[:len(said)-1]
		} else if last.alone && owner == "" && credit.PersonLike(last.text) && block.CountWords(joinRuns(said)) > 8 && !said[len(said)-2].glued {
			take(last.text, "")
			said = said[:len(said)-1]
		}
	}
	if len(said) > 1 {
		if c, m, ok := credit.Line(said[0].text); ok {
			take(c, m)
			said = said[1:]
		}
	}
	str = joinRuns(said)
	if strings.Count(str, " / ") >= 2 && owner == "" { // "J. Doe / A. Photographer / Agency"
		if h, c, ok := credit.SignTail(str, " / "); ok && strings.TrimSpace(h) != "" {
			return trimCaption(credit.TrimHead(h)), credit.Clean(c), media
		}
	}
	if c, m, ok := credit.Line(str); ok && (owner == "" || strings.Contains(text.Fold(owner), text.Fold(c))) {
		take(c, m)
		return "", owner, media
	}
	if t, c, m := credit.Split(str, true); c != "" {
		_, _, _, sure := credit.Labelled(str, true)
		if owner == "" || sure || strings.Contains(text.Fold(owner), text.Fold(c)) {
			str = t
			take(c, m)
		}
	}
	return trimCaption(str), owner, media
}

// inBrackets reports whether a text is names in brackets.
func inBrackets(s string) bool {
	head, inner, ok := credit.BracketTail(s)
	return ok && head == "" && credit.NameLike(inner, 0) && strings.Contains(inner, " ")
}

// controls are words of players and galleries, whole texts of elements that are
// named captions.
var controls = map[string]bool{}

func init() {
	for w := range strings.SplitSeq(`caption|captions|close|caption close|show caption|hide caption|captions off|loading|loading...|advertisement|press enter or click to view image in full size|click to enlarge|tap to enlarge|enlarge image|open image in gallery|view image in fullscreen|view fullscreen|bild vergrößern|zum vergrößern klicken|agrandir l'image|ampliar imagen|anzeige|werbung`, "|") {
		controls[w] = true
	}
}

// captionLeads stand before captions and are none.
var captionLeads = []string{"media playback is unsupported on your device", "image caption", "media caption", "caption:", "bildunterschrift:", "bildtext:", "image:", "photo:", "foto:", "bild:", "légende:", "leyenda:", "pie de foto:", "video:", "watch:"}

// trimCaption drops counters and signs around a caption's text.
func trimCaption(s string) string {
	s = strings.Trim(s, " |")
	for _, lead := range captionLeads {
		if rest, ok := text.CutFold(s, lead); ok {
			s = strings.TrimLeft(rest, " ,:|")
		}
	}
	// "4 of 12 | …", "Image 1 of 13"
	i := 0
	for _, lead := range []string{"image ", "photo ", "slide ", "bild ", "foto "} {
		if _, ok := text.CutFold(s, lead); ok && len(s) > len(lead) && s[len(lead)] >= '0' && s[len(lead)] <= '9' {
			i = len(lead)
		}
	}
	counted := i > 0
	number := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from && i-from <= 3
	}
	if number() {
		rest := strings.TrimLeft(s[i:], " ")
		for _, of := range []string{"/", "of ", "von ", "de ", "di ", "sur ", "av ", "af ", "van ", "из "} {
			after, ok := strings.CutPrefix(rest, of)
			if !ok && len(rest) == len(s)-i { // "1of4"
				if after, ok = strings.CutPrefix(rest, strings.TrimRight(of, " ")); ok && after != "" && after[0] >= '0' && after[0] <= '9' {
					counted = counted || of == "of "
				} else {
					ok = false
				}
			}
			if ok {
				i = len(s) - len(strings.TrimLeft(after, " "))
				if number() && (i == len(s) || counted || s[i] == ' ' && strings.HasPrefix(strings.TrimLeft(s[i:], " "), "|") || s[i] == '|' || s[i] == ':') {
					s = strings.TrimLeft(s[i:], " |:")
				}
				break
			}
		}
	}
	return strings.TrimRight(strings.Trim(s, " |"), "/")
}

// dateOrByline reports whether a line is what stands under titles.
func dateOrByline(s string) bool {
	if len(s) > 150 {
		return false
	}
	if byline.IsLine(s) {
		return true
	}
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
	return year && words <= 2 && words*10 <= len(s) || strings.Contains(s, "min read")
}
