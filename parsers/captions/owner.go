package captions

import (
	"sort"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// shows reports whether an element is a medium that a caption can be of.
func (r *captionReader) shows(i int) bool {
	n := r.Elems[i].Node
	switch n.DataAtom {
	case atom.Img:
		return !tiny(n) && r.role(n)&smallMedia == 0
	case atom.Video, atom.Audio, atom.Object, atom.Canvas:
		return true
	case atom.Iframe:
		return block.Attr(n, "src") != "" || block.Attr(n, "data-src") != ""
	case atom.Noscript:
		return n.FirstChild != nil && len(n.FirstChild.Data) < 10_000 && strings.Contains(n.FirstChild.Data, "<img")
	case 0:
		if strings.Contains(n.Data, "-") && lastOf(n.Data, []string{"img", "image", "picture", "photo", "video", "player"}) >= 0 {
			return true
		}
	case atom.Div, atom.Span, atom.A:
		for _, a := range n.Attr {
			if a.Key == "style" && strings.Contains(a.Val, "background-image") {
				return true
			}
		}
	}
	return false
}

func tiny(n *html.Node) bool {
	for _, a := range n.Attr {
		if (a.Key == "width" || a.Key == "height") && len(a.Val) > 0 && len(a.Val) <= 2 && a.Val[0] >= '0' && a.Val[0] <= '9' && a.Val <= "60" && (len(a.Val) == 2 || a.Val != "1") {
			return true
		}
	}
	return false
}

// mediaIn counts the media below an element, up to two, and gives the last.
func (r *captionReader) mediaIn(i int) (count, last int) {
	at := sort.SearchInts(r.media, i)
	for at < len(r.media) && r.holds(i, r.media[at]) && count < 40 {
		count, last = count+1, r.media[at]
		at++
	}
	return count, last
}

// lift gives the parent of a caption where that holds nothing but the caption
// and, by its names, the credit.
func (r *captionReader) lift(i int) int {
	up := int(r.Elems[i].Parent)
	if up == 0 || r.holds(up, r.root) || r.allWords(up)-r.allWords(i) > 100 || r.words(up) > 90 {
		return i
	}
	if count, _ := r.mediaIn(up); count > 0 {
		return i
	}
	credits := 0
	for c := up + 1; c < int(r.end[up]); c = int(r.end[c]) {
		n := r.Elems[c].Node
		if c == i || block.Unread[n.DataAtom] {
			continue
		}
		if r.role(n)&(saysCredit|maybeCredit) == 0 || !creditSize(n, false) {
			return i
		}
		credits++
	}
	if credits == 0 || credits > 3 {
		return i
	}
	return up
}

// linksAway reports whether all of a caption links to another page.
func (r *captionReader) linksAway(i int) bool {
	link, text := 0, 0
	for _, b := range r.blocksIn(i) {
		link, text = link+b.Link, text+len(b.Text)
	}
	if text == 0 || link*10 < text*9 {
		return false
	}
	// The link within it, or the one that it stands in.
	at := 0
	for k := i; k < int(r.end[i]) && at == 0; k++ {
		if r.Elems[k].Node.DataAtom == atom.A {
			at = k
		}
	}
	for k, up := i, 0; k > 0 && up < 6 && at == 0; k, up = int(r.Elems[k].Parent), up+1 {
		if r.Elems[k].Node.DataAtom == atom.A {
			at = k
		}
	}
	if at == 0 {
		return false
	}
	href, _, _ := strings.Cut(block.Attr(r.Elems[at].Node, "href"), "?")
	return href != "" && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "javascript:") && !pictureName(href)
}

// separate reports whether an element holds captions of its own.
func (r *captionReader) separate(i int) bool {
	for k := i + 1; k < int(r.end[i]); k++ {
		if n := r.Elems[k].Node; n.DataAtom == atom.Figcaption || n.DataAtom == atom.Figure || r.role(n)&saysCaption != 0 {
			return true
		}
	}
	return false
}

// outsideStory says why a medium or caption belongs to other stories, the page's
// frame or nobody; "" if it is the story's. What holds the story says nothing.
func (r *captionReader) outsideStory(i int) string {
	if r.asked++; r.asked > maxAsked {
		return "too many of them"
	}
	total := r.words(max(r.Order[r.Body], 1))
	start, figure := i, r.figureOf(i)
	for ; i > 0 && !r.holds(i, r.root); i = int(r.Elems[i].Parent) {
		e := &r.Elems[i]
		if w := r.words(i); w > 60 && w*2 > total {
			return ""
		}
		switch e.Node.DataAtom {
		case atom.Nav:
			return "navigation"
		case atom.Footer:
			if i < figure {
				return "footer"
			}
		case atom.Aside:
			if i > figure || figure == start || r.hasHeading(i) || r.has(i, atom.A) {
				return "aside" // but a picture alone in one is the story's
			}
		case atom.Article:
			if r.words(i) == 0 && r.linksHeading(i) {
				return "a card of another story"
			}
		case atom.A:
			if r.hasHeading(i) {
				return "a card of another story"
			}
		case atom.Template, atom.Dialog:
			return "not shown"
		}
		if block.Hidden(e.Node) && block.Attr(e.Node, "aria-hidden") != "true" {
			return "hidden"
		}
		// A figure's own parts are its own, whatever they are called.
		if i <= figure && e.Hint&(block.HintRelated|block.HintComment|block.HintSidebar|block.HintFooter|block.HintNewsletter|block.HintConsent) != 0 && r.words(i) < 40 && (e.Hint&block.HintRelated == 0 || r.has(i, atom.A)) {
			return "by its names of no story" // what is related has links
		}
	}
	return ""
}

// figureOf is the figure that an element stands in; the element where there is none.
func (r *captionReader) figureOf(i int) int {
	for k, up := i, 0; k > 0 && up < 8; k, up = int(r.Elems[k].Parent), up+1 {
		if r.Elems[k].Node.DataAtom == atom.Figure {
			return k
		}
	}
	return i
}

// has reports whether an element of a kind is among the first below another.
func (r *captionReader) has(i int, tag atom.Atom) bool {
	for k := i + 1; k < min(int(r.end[i]), i+200); k++ {
		if r.Elems[k].Node.DataAtom == tag {
			return true
		}
	}
	return false
}

func (r *captionReader) hasHeading(i int) bool {
	for k := i + 1; k < min(int(r.end[i]), i+80); k++ {
		switch r.Elems[k].Node.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
	}
	return false
}

// linksHeading reports whether a heading below an element links elsewhere.
func (r *captionReader) linksHeading(i int) bool {
	for k := i + 1; k < min(int(r.end[i]), i+80); k++ {
		switch r.Elems[k].Node.DataAtom {
		case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			for c := k + 1; c < int(r.end[k]); c++ {
				if r.Elems[c].Node.DataAtom == atom.A {
					return true
				}
			}
			if r.Elems[k].Flags&block.InLink != 0 {
				return true
			}
		}
	}
	return false
}

// scope is the smallest element around a caption that holds a medium, and that
// medium; none if what holds a medium holds the story too. span counts the levels
// to look.
func (r *captionReader) scope(i, levels int) (scope, medium int) {
	own, words := r.words(i), r.allWords(i)
	top := i
	for up := i; up > 0 && levels >= 0; levels-- {
		n := r.Elems[up].Node
		if up != i && (r.words(up)-own > 90 || r.allWords(up)-words > 120 && n.DataAtom != atom.Figure || n.DataAtom == atom.Body || up == r.root || r.holds(up, r.root)) {
			break
		}
		if count, last := r.mediaIn(up); count > 0 {
			// The last one before the caption, or the first behind it.
			at := sort.SearchInts(r.media, i)
			for k := at - 1; k >= 0 && r.holds(up, r.media[k]); k-- {
				if k == 0 || !r.holds(up, r.media[k-1]) || !drawn(r.Elems[r.media[k]].Node) {
					return up, r.media[k]
				}
			}
			if at < len(r.media) && r.holds(up, r.media[at]) {
				return up, r.media[at]
			}
			return up, last
		}
		if n.DataAtom == atom.Figure && up != i {
			return up, 0
		}
		top = up
		up = int(r.Elems[up].Parent)
	}
	// A caption beside its medium, within the story.
	at := sort.SearchInts(r.media, top)
	if at > 0 {
		m := r.media[at-1]
		if top-m <= 25 && r.kept[top]-r.kept[m] == 0 && r.Elems[m].Depth+4 >= r.Elems[top].Depth {
			return 0, m
		}
	}
	return 0, 0
}

// drawn reports whether a picture is a drawing, as icons are, or stands for one
// that a script brings.
func drawn(n *html.Node) bool {
	src := block.Attr(n, "src")
	src, _, _ = strings.Cut(src, "?")
	return n.DataAtom == atom.Img && (strings.HasSuffix(src, ".svg") || strings.Contains(src, "icon"))
}
