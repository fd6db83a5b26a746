package captions

import (
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// drawings are icons and what stands for pictures that a script brings.
var drawings = doc.Select(`img[src$=".svg"], img[src*=".svg?"], img[src*="icon"]`)

// findMedia finds the media of the story's range.
func (f *finder) findMedia() {
	for i := f.from; i < f.to; i++ {
		f.noteDescribed(f.Elems[i].Node)
		if f.shows(f.Elems[i].Node) {
			f.media = append(f.media, i)
		}
	}
}

// shows reports whether an element shows something that a caption can be of: more than
// an icon or a portrait. So do elements that are not HTML's, by their names: see
// customMedium.
func (f *finder) shows(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Img:
		return !tiny(n) && f.role(n)&smallMedia == 0
	case atom.Video, atom.Audio, atom.Object, atom.Canvas:
		return true
	case atom.Iframe:
		return block.Attr(n, "src") != "" || block.Attr(n, "data-src") != ""
	case atom.Noscript: // its content is text, as scripts are on
		return n.FirstChild != nil && len(n.FirstChild.Data) < maxNoscript && strings.Contains(n.FirstChild.Data, "<img")
	case atom.Div, atom.Span, atom.A, atom.Figure, atom.Section:
		return isBackground(n)
	}
	return n.DataAtom == 0 && customMedium(n.Data)
}

// backgroundAttrs hold the address of a picture that a script makes the background of
// an element.
var backgroundAttrs = []string{"data-bg", "data-background", "data-background-image", "data-image", "data-image-src", "data-lazy-bg", "data-bgset"}

// isBackground reports whether an element has a picture as its background, or will
// have one.
func isBackground(n *html.Node) bool {
	for _, a := range n.Attr {
		switch {
		case a.Key == "style":
			if strings.Contains(a.Val, "background") && strings.Contains(a.Val, "url(") || strings.Contains(a.Val, "background-image") {
				return true
			}
		case len(a.Key) > 5 && a.Key[:5] == "data-" && len(a.Val) > 4 && slices.Contains(backgroundAttrs, a.Key):
			u, _, _ := strings.Cut(a.Val, "?")
			if pictureName(strings.TrimRight(strings.TrimPrefix(u, "url("), "'\") ")) {
				return true
			}
		}
	}
	return false
}

// tiny reports whether an image says that it is up to 60 pixels wide or high. Lazy
// loaders write 1 before they know the size.
func tiny(n *html.Node) bool {
	for _, a := range n.Attr {
		if a.Key != "width" && a.Key != "height" {
			continue
		}
		if size, err := strconv.Atoi(a.Val); err == nil && size <= 60 && size != 1 {
			return true
		}
	}
	return false
}

// customMedia are parts of the names of custom elements that show something, with
// the kind of medium.
var customMedia = []struct{ part, kind string }{
	{"video", "video"}, {"player", "video"}, {"img", "image"}, {"image", "image"}, {"picture", "image"}, {"photo", "image"},
}

// customMedium reports whether an element that is not HTML's shows something:
// amp-img.
func customMedium(tag string) bool { return strings.Contains(tag, "-") && customKind(tag) != "" }

func customKind(tag string) string {
	for _, m := range customMedia {
		if strings.Contains(tag, m.part) {
			return m.kind
		}
	}
	return ""
}

// mediaKinds say what a medium is; the first that selects it. Others are images.
var mediaKinds = []struct {
	kind     string
	selector *doc.Selector
}{
	{"video", doc.Select("video, " + frames("video", "youtube", "vimeo", "dailymotion", "player", "/embed/"))},
	{"audio", doc.Select("audio, " + frames("audio", "soundcloud", "spotify", "podcast"))},
	{"other", doc.Select("iframe")},
}

// frames selects frames by parts of their addresses.
func frames(parts ...string) string {
	var list []string
	for _, p := range parts {
		list = append(list, `iframe[src*="`+p+`" i]`, `iframe[data-src*="`+p+`" i]`)
	}
	return strings.Join(list, ", ")
}

// mediaKind is what a medium is: see Caption.Media.
func mediaKind(n *html.Node) string {
	if n.DataAtom == atom.Img {
		return "image"
	}
	for _, k := range mediaKinds {
		if k.selector.Matches(n) {
			return k.kind
		}
	}
	if n.DataAtom == 0 && customKind(n.Data) != "" {
		return customKind(n.Data)
	}
	return "image"
}

// mediaIn counts the media below an element, up to 40, and gives the last.
func (f *finder) mediaIn(i int) (count, last int) {
	at := sort.SearchInts(f.media, i)
	for at < len(f.media) && f.holds(i, f.media[at]) && count < 40 {
		count, last = count+1, f.media[at]
		at++
	}
	return count, last
}

// scope is the smallest element around a caption that holds a medium, and that
// medium. levels is how far up to look. scope is 0 for a caption that stands in the
// story beside its medium: what holds both holds the story too. It may also be a
// figure without a medium.
func (f *finder) scope(i, levels int) (scope, medium int) {
	top := i
	for up := i; up > 0 && levels >= 0 && (up == i || f.aroundCaption(up, i)); levels-- {
		if count, _ := f.mediaIn(up); count > 0 {
			return up, f.mediumFor(i, up)
		}
		if up != i && f.Elems[up].Node.DataAtom == atom.Figure {
			return up, 0
		}
		top = up
		up = int(f.Elems[up].Parent)
	}
	// A caption beside its medium, within the story.
	if at := sort.SearchInts(f.media, top); at > 0 {
		m := f.media[at-1]
		if top-m <= 25 && f.wordsBetween(m, top) == 0 && f.Elems[m].Depth+4 >= f.Elems[top].Depth {
			return 0, m
		}
	}
	return 0, 0
}

// aroundCaption reports whether an element around a caption may be its medium's:
// it holds little else, and not the story.
func (f *finder) aroundCaption(up, i int) bool {
	n := f.Elems[up].Node
	return f.words(up)-f.words(i) <= 90 && (n.DataAtom == atom.Figure || f.allWords(up)-f.allWords(i) <= 120) &&
		n.DataAtom != atom.Body && !f.holds(up, f.root)
}

// mediumFor is the medium of a caption among those in an element around it: the
// last one before the caption, else the first behind it.
func (f *finder) mediumFor(i, scope int) int {
	at := sort.SearchInts(f.media, i)
	for k := at - 1; k >= 0 && f.holds(scope, f.media[k]); k-- {
		if k == 0 || !f.holds(scope, f.media[k-1]) || !drawings.Matches(f.Elems[f.media[k]].Node) {
			return f.media[k]
		}
	}
	if at < len(f.media) && f.holds(scope, f.media[at]) {
		return f.media[at]
	}
	_, last := f.mediaIn(scope)
	return last
}

var quotations = doc.Select("blockquote, table, pre, q, code")

// quotes reports whether an element around a caption has a quotation or table, other
// than one that its medium stands in.
func (f *finder) quotes(scope, medium int) bool {
	places := f.selected(quotations)
	at := sort.SearchInts(places, scope+1)
	for k := at; k < len(places) && k < at+20 && f.holds(scope, places[k]); k++ {
		if !f.holds(places[k], medium) {
			return true
		}
	}
	return false
}
