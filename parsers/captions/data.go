package captions

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// attributes reads captions that lightboxes show, from their data attributes.
func (r *captionReader) attributes() {
	var captioned map[int]bool
	for _, m := range r.media {
		caption := ""
		for _, a := range r.Elems[m].Node.Attr {
			if captionAttrs[a.Key] {
				caption = a.Val
			}
		}
		if caption == "" || len(r.taken) >= maxRegions || r.inTaken(m) {
			continue
		}
		if captioned == nil {
			captioned = map[int]bool{}
			for _, g := range r.taken {
				_, medium := r.scope(g.elem, 7)
				captioned[medium] = true
			}
		}
		if captioned[m] || r.outsideStory(m) != "" {
			continue
		}
		r.taken = append(r.taken, region{elem: m, from: "dom:data-caption"})
	}
}

// Attributes that lightboxes read.
var (
	captionAttrs = map[string]bool{"data-caption": true, "data-image-caption": true, "data-sub-html": true, "data-lightbox-title": true, "data-fancybox-caption": true}
	creditAttrs  = map[string]bool{"data-credit": true, "data-source": true, "data-copyright": true, "data-author": true, "data-photographer": true, "data-image-credit": true}
)

// fromAttributes is the caption that a medium's data attributes give.
func fromAttributes(n *html.Node) (text, credit string) {
	for _, a := range n.Attr {
		switch {
		case captionAttrs[a.Key]:
			text = plainOf(a.Val)
		case creditAttrs[a.Key] && !strings.Contains(a.Val, "://"):
			credit = plainOf(a.Val)
		}
	}
	if utf8.RuneCountInString(text) > 2000 || strings.HasPrefix(text, "{") {
		text = ""
	}
	if utf8.RuneCountInString(credit) > 150 {
		credit = ""
	}
	return text, credit
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

// imageObjects are the pictures that the page's JSON-LD tells of.
func (r *captionReader) imageObjects() []doc.Object {
	var res []doc.Object
	if o := r.Article(); o != nil {
		for _, key := range []string{"image", "associatedMedia", "primaryImageOfPage"} {
			res = append(res, r.ObjectsOf(o, key)...)
		}
	}
	for _, o := range r.LD {
		if o.Is("ImageObject", "VideoObject", "Photograph") {
			res = append(res, o)
		}
	}
	return res
}

// ldCaptions are the captions that JSON-LD gives; a line that says one of them
// is one.
func (r *captionReader) ldCaptions() map[string]bool {
	lines := map[string]bool{}
	for _, o := range r.imageObjects() {
		if t := o.Text("caption"); block.CountWords(t) >= 4 {
			lines[text.Fold(t)] = true
		}
	}
	return lines
}

// structured fills credits that only JSON-LD has, by the caption or the address
// of the picture.
func (r *captionReader) structured() {
	var objs []doc.Object
	for i := range r.caps {
		c := &r.caps[i]
		if c.Credit != "" {
			continue
		}
		if objs == nil {
			if objs = r.imageObjects(); len(objs) == 0 {
				return
			}
		}
		for _, o := range objs {
			owner := ""
			for _, key := range []string{"creditText", "copyrightHolder", "author", "creator", "copyrightNotice"} {
				if owner = credit.Clean(o.Text(key)); owner != "" {
					break
				}
			}
			if owner == "" || len(owner) > 120 || r.IsSite(owner) || strings.Contains(owner, "://") || !credit.NameLike(owner, 1) {
				continue
			}
			url := o.Text("contentUrl")
			if url == "" {
				url = o.Text("url")
			}
			if c.Text != "" && text.EqualFold(o.Text("caption"), c.Text) || samePicture(url, c.MediaURL) {
				c.Credit, c.Credits = owner, credit.Parts(owner)
				break
			}
		}
	}
}

// samePicture reports whether two addresses end in the same file name.
func samePicture(a, b string) bool {
	name := func(u string) string {
		u, _, _ = strings.Cut(u, "?")
		return u[strings.LastIndexByte(u, '/')+1:]
	}
	na := name(a)
	return len(na) >= 8 && na == name(b)
}
