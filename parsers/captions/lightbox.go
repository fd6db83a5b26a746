package captions

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Attributes that lightboxes read, the most used first.
var (
	captionAttrs = []string{"data-caption", "data-image-caption", "data-sub-html", "data-lightbox-title", "data-fancybox-caption"}
	creditAttrs  = []string{"data-credit", "data-image-credit", "data-photographer", "data-copyright", "data-source", "data-author"}
)

// collectLightbox finds captions that lightboxes show, in attributes of media.
func (f *finder) collectLightbox() {
	for _, m := range f.media {
		if lightboxCaption(f.lightboxOf(m)) != "" && !f.full() && !f.regionAround(m) {
			f.addRegion(region{elem: m, from: fromLightbox})
		}
	}
}

// lightboxOf is the element with the attributes that a lightbox reads for a medium: the
// medium, or the link around it to the whole picture.
func (f *finder) lightboxOf(m int) *html.Node {
	n := f.Elems[m].Node
	if lightboxCaption(n) != "" {
		return n
	}
	for k, up := int(f.Elems[m].Parent), 0; k > 0 && up < 2; k, up = int(f.Elems[k].Parent), up+1 {
		if a := f.Elems[k].Node; a.DataAtom == atom.A {
			if href, _, _ := strings.Cut(block.Attr(a, "href"), "?"); pictureName(href) {
				return a
			}
			break
		}
	}
	return n
}

// lightboxCaption is the caption that an element has for a lightbox; "" for none. What
// Lightbox calls a title, others call so too.
func lightboxCaption(n *html.Node) string {
	if s := firstAttr(n, captionAttrs, isSet); s != "" || block.Attr(n, "data-lightbox") == "" {
		return s
	}
	return block.Attr(n, "data-title")
}

func isSet(v string) bool       { return v != "" }
func isNoAddress(v string) bool { return v != "" && !strings.Contains(v, "://") }

// firstAttr is the value of the first of some attributes that is valid; "" for none.
func firstAttr(n *html.Node, keys []string, valid func(string) bool) string {
	if len(n.Attr) == 0 {
		return ""
	}
	for _, key := range keys {
		if v := block.Attr(n, key); valid(v) {
			return v
		}
	}
	return ""
}

// fromAttributes is the caption that a medium's data attributes give.
func fromAttributes(n *html.Node) (caption, owner string) {
	caption, owner = plainOf(lightboxCaption(n)), plainOf(firstAttr(n, creditAttrs, isNoAddress))
	if utf8.RuneCountInString(caption) > 2000 || strings.HasPrefix(caption, "{") {
		caption = ""
	}
	if utf8.RuneCountInString(owner) > 150 {
		owner = ""
	}
	return caption, owner
}

// plainOf is the text of an attribute that may hold markup.
func plainOf(s string) string {
	if len(s) > 10_000 {
		return ""
	}
	if !strings.ContainsAny(s, "<&") {
		return block.Clean(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return block.Clean(html.UnescapeString(b.String()))
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			b.WriteByte(' ')
		}
	}
}
