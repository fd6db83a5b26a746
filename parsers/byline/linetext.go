package byline

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// bylineText is the text of an element with the borders within it; long reports
// whether there is more of it than belongs to a byline. Times, buttons and
// pictures are left out.
func (x *reader) bylineText(n *html.Node, limit int) (line string, long bool) {
	w := textWalk{limit: limit}
	w.children(n, 0)
	return shownOnce(tidyBorders(w.text.String())), w.long
}

// shownOnce drops what an element repeats of the one before it: some sites have a name
// once for wide and once for narrow screens.
func shownOnce(s string) string {
	if !strings.ContainsRune(s, inlineSep) {
		return s
	}
	parts := strings.Split(s, string(inlineSep))
	kept := parts[:1]
	for _, p := range parts[1:] {
		if t := strings.TrimSpace(p); t == "" || t != strings.TrimSpace(kept[len(kept)-1]) {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, string(inlineSep))
}

// A textWalk collects the text of an element.
type textWalk struct {
	text  strings.Builder
	limit int // bytes
	nodes int
	long  bool
}

// children walks over what stands in an element; it reports whether there is
// room for more.
func (w *textWalk) children(n *html.Node, depth int) bool {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if w.nodes++; w.nodes > 300 || w.text.Len() > w.limit || depth > 40 {
			w.long = true
			return false
		}
		switch c.Type {
		case html.TextNode:
			if !w.textNode(c.Data) {
				return false
			}
		case html.ElementNode:
			if !w.element(c, depth) {
				return false
			}
		}
	}
	return true
}

func (w *textWalk) textNode(data string) bool {
	if data == "" {
		return true
	}
	t := block.Clean(data)
	if t == "" {
		w.text.WriteByte(' ')
		return true
	}
	if isSpace(data[0]) {
		w.text.WriteByte(' ')
	}
	if w.text.Len()+len(t) > w.limit {
		w.long = true
		return false
	}
	w.text.WriteString(t)
	if isSpace(data[len(data)-1]) {
		w.text.WriteByte(' ')
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' }

func (w *textWalk) element(n *html.Node, depth int) bool {
	if block.Invisible[n.DataAtom] || block.Hidden(n) {
		return true
	}
	part := partOf(n)
	if part == asideNames {
		w.text.WriteByte(blockSep)
		return true
	}
	border := byte(inlineSep)
	switch n.DataAtom {
	case atom.Time, atom.Button, atom.Img, atom.Picture, atom.Figure, atom.Video, atom.Input, atom.Form, atom.Br:
		w.text.WriteByte(blockSep)
		return true
	case atom.B, atom.Strong, atom.Em, atom.I, atom.Wbr, atom.Font:
		border = 0
	}
	if block.BlockLevel(n) {
		border = blockSep
	}
	if part == withinName {
		border = ' '
	}
	if part == roleNames && n.FirstChild != nil {
		w.text.WriteByte(blockSep)
		w.text.WriteByte(roleSign)
		room := w.children(n, depth+1)
		w.text.WriteByte(blockSep)
		return room
	}
	if border != 0 {
		w.text.WriteByte(border)
	}
	if !w.children(n, depth+1) {
		return false
	}
	if border != 0 {
		w.text.WriteByte(border)
	}
	return true
}

// An elementPart is what the class of an element within a byline says.
type elementPart int

const (
	anyPart    elementPart = iota
	withinName             // a given or a family name
	asideNames             // a message of a button, a place
	roleNames              // what somebody is
)

// roleClasses are the ends of names of elements that say what somebody is.
var roleClasses = []string{"job-title", "jobtitle", "job_title", "author-title", "author__title", "author-position", "__position", "author-role", "author__role", "byline__title", "byline-title", "byline__role", "byline-role", "person-role", "staff-title", "author-job"}

var (
	withinNameClasses = text.Set(`given-name givenname first-name firstname surname family-name familyname last-name lastname middle-name additional-name honorific-prefix honorific-suffix`)
	asideNameClasses  = text.Set(`tip tooltip toast popover badge badges label-badge copied share share-tools lugar location place ort city ciudad lieu luogo plaats dateline`)
)

// roleHints are in all of them.
var roleHints = text.Literals("title|Title|TITLE|position|Position|POSITION|role|Role|ROLE|job|Job|JOB")

// partOf reads the class of an element within a byline.
func partOf(n *html.Node) elementPart {
	if role := block.Attr(n, "role"); role == "tooltip" || role == "status" || role == "alert" {
		return asideNames
	}
	for _, key := range []string{"class", "itemprop"} {
		value := block.Attr(n, key)
		if value == "" || len(value) > 200 {
			continue
		}
		mayBeRole := roleHints.FoundIn(value)
		for c := range strings.FieldsSeq(strings.ToLower(value)) {
			switch {
			case withinNameClasses[c]:
				return withinName
			case asideNameClasses[c]:
				return asideNames
			case mayBeRole && slices.ContainsFunc(roleClasses, func(r string) bool { return strings.HasSuffix(c, r) }):
				return roleNames
			}
		}
	}
	return anyPart
}

// tidyBorders joins runs of borders and spaces to the strongest of them.
func tidyBorders(s string) string {
	var b strings.Builder
	gap := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; c {
		case blockSep:
			gap = blockSep
		case inlineSep:
			if gap != blockSep {
				gap = inlineSep
			}
		case ' ':
			if gap == 0 {
				gap = ' '
			}
		default:
			if gap != 0 && b.Len() > 0 {
				b.WriteByte(gap)
			}
			gap = 0
			b.WriteByte(c)
		}
	}
	return b.String()
}

// printed is a byline's text as a reader sees it.
func printed(s string) string {
	return tight.Replace(block.Clean(gaps.Replace(s)))
}

var (
	gaps  = strings.NewReplacer(string(blockSep), " ", string(inlineSep), " ", string(roleSign), " ")
	tight = strings.NewReplacer("( ", "(", " )", ")", " ,", ",", " ;", ";")
)

// textBefore is the end of the text that stands directly before an element, on
// its line or the one above.
func (x *reader) textBefore(n *html.Node) string {
	for range 4 {
		for p := n.PrevSibling; p != nil; p = p.PrevSibling {
			var t string
			switch p.Type {
			case html.TextNode:
				t, p = textRun(p)
			case html.ElementNode:
				if block.Invisible[p.DataAtom] || p.DataAtom == atom.Img {
					continue
				}
				t, _ = x.bylineText(p, 80)
			}
			if t != "" {
				return printed(t)
			}
		}
		if n.Parent == nil || n.Parent.DataAtom == atom.Body {
			return ""
		}
		n = n.Parent
	}
	return ""
}

// textRun is a text node with those before it that only comments separate from it, and
// the first of them: some systems put a comment between "Edited" and "by".
func textRun(n *html.Node) (line string, first *html.Node) {
	line, first = n.Data, n
	for p, seen := n.PrevSibling, 0; p != nil && seen < 8 && len(line) < 200; p, seen = p.PrevSibling, seen+1 {
		if p.Type == html.TextNode {
			line, first = p.Data+line, p
		} else if p.Type != html.CommentNode {
			break
		}
	}
	return block.Clean(line), first
}

// endsWithBy reports whether a text ends with a by-word that stands alone.
func endsWithBy(s string) bool {
	if s == "" || len(s) > 80 {
		return false
	}
	words := strings.Fields(s)
	for k := 1; k <= min(4, len(words)); k++ {
		phrase := strings.ToLower(strings.TrimRight(strings.Join(words[len(words)-k:], " "), " :：-–—"))
		if lonePhrases[phrase] && (k == len(words) || len(words)-k < 6) {
			return true
		}
	}
	return false
}

func endsWithOther(s string) bool {
	lower := strings.ToLower(strings.TrimRight(s, " :"))
	for _, p := range nonAuthorCredits {
		if p = strings.TrimRight(p, ":"); strings.HasSuffix(lower, p) || strings.HasSuffix(lower, p+" by") {
			return true
		}
	}
	return false
}
