package captions

import (
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// mediaKind is what a medium is.
func (r *captionReader) mediaKind(i int) string {
	n := r.Elems[i].Node
	switch n.DataAtom {
	case atom.Video:
		return "video"
	case atom.Audio:
		return "audio"
	case atom.Iframe:
		src := strings.ToLower(block.Attr(n, "src") + block.Attr(n, "data-src"))
		switch {
		case lastOf(src, []string{"video", "youtube", "vimeo", "dailymotion", "player", "/embed/"}) >= 0:
			return "video"
		case lastOf(src, []string{"audio", "soundcloud", "spotify", "podcast"}) >= 0:
			return "audio"
		}
		return "other"
	case 0:
		if strings.Contains(n.Data, "video") || strings.Contains(n.Data, "player") {
			return "video"
		}
		if strings.Contains(n.Data, "audio") {
			return "audio"
		}
	}
	return "image"
}

// Attributes that hold a picture's address or its choices, as lazy loaders name them.
var (
	srcAttrs    = []string{"data-src", "data-lazy-src", "data-original", "data-original-src", "data-url", "data-full-src", "data-srcset-fallback", "src"}
	srcsetAttrs = []string{"srcset", "data-srcset", "data-lazy-srcset", "data-flickity-lazyload-srcset"}
)

// mediaURL is the address of a picture or player as the page uses it; of several
// sizes the largest.
func (r *captionReader) mediaURL(i int) string {
	n := r.Elems[i].Node
	if n.DataAtom == atom.Noscript {
		return r.noscriptURL(n)
	}
	best, size := "", 0.0
	sets := func(n *html.Node) {
		for _, key := range srcsetAttrs {
			if u, s := largest(block.Attr(n, key)); s > size {
				best, size = u, s
			}
		}
	}
	sets(n)
	if n.Parent != nil && n.Parent.DataAtom == atom.Picture {
		for c := n.Parent.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Source {
				sets(c)
			}
		}
	}
	if best != "" {
		return r.Resolve(best)
	}
	for _, key := range srcAttrs {
		if v := strings.TrimSpace(block.Attr(n, key)); realURL(v) {
			return r.Resolve(v)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.DataAtom == atom.Source && realURL(block.Attr(c, "src")) {
			return r.Resolve(block.Attr(c, "src"))
		}
	}
	// A lightbox' link to the picture.
	for p, up := n.Parent, 0; p != nil && up < 3; p, up = p.Parent, up+1 {
		if href, _, _ := strings.Cut(block.Attr(p, "href"), "?"); p.DataAtom == atom.A && pictureName(href) {
			return r.Resolve(block.Attr(p, "href"))
		}
	}
	if p := n.Parent; p != nil {
		for c := p.FirstChild; c != nil; c = c.NextSibling {
			if c.DataAtom == atom.Noscript {
				return r.noscriptURL(c)
			}
		}
	}
	return ""
}

// pictureName reports whether an address ends as those of pictures do.
func pictureName(u string) bool {
	if i := strings.LastIndexByte(u, '.'); i > 0 && len(u)-i <= 5 {
		switch strings.ToLower(u[i+1:]) {
		case "jpg", "jpeg", "png", "webp", "gif", "avif":
			return true
		}
	}
	return false
}

// realURL tells an address from what stands for it until it is loaded.
func realURL(v string) bool {
	if v == "" || strings.HasPrefix(v, "data:") || strings.HasPrefix(v, "about:") || strings.HasPrefix(v, "#") {
		return false
	}
	name := strings.ToLower(v[strings.LastIndexByte(v, '/')+1:])
	return !strings.Contains(name, "placeholder") && !strings.Contains(name, "lazyload") && !strings.HasPrefix(name, "blank.") && !strings.HasPrefix(name, "spacer.") && !strings.HasPrefix(name, "1x1.") && !strings.HasPrefix(name, "transparent.") && !strings.HasPrefix(name, "pixel.")
}

// noscriptURL is the address of a picture for readers without scripts.
func (r *captionReader) noscriptURL(n *html.Node) string {
	if n.FirstChild == nil || len(n.FirstChild.Data) > 10_000 || !strings.Contains(n.FirstChild.Data, "<img") {
		return ""
	}
	doc, err := goquery.NewDocumentFromReader(strings.NewReader(n.FirstChild.Data))
	if err != nil {
		return ""
	}
	src := ""
	doc.Find("img[src]").EachWithBreak(func(_ int, img *goquery.Selection) bool {
		if v := strings.TrimSpace(img.AttrOr("src", "")); realURL(v) {
			src = v
		}
		return src == ""
	})
	return r.Resolve(src)
}

// largest is the largest picture of a srcset, and its width or density.
func largest(set string) (url string, size float64) {
	if set == "" || len(set) > 40_000 {
		return "", 0
	}
	last := ""
	take := func(s float64) {
		if s > size && realURL(last) {
			url, size = last, s
		}
		last = ""
	}
	for f := range strings.FieldsSeq(set) {
		// "1x,/next.jpg": what follows the comma is the next address.
		d, next, _ := strings.Cut(f, ",")
		if n := len(d) - 1; last != "" && n > 0 && strings.IndexByte("wxh", d[n]) >= 0 {
			if width, err := strconv.ParseFloat(d[:n], 64); err == nil {
				take(width)
				last = next
				continue
			}
		}
		if last != "" {
			take(1)
		}
		if last = strings.Trim(f, ","); last != f {
			take(1)
		}
	}
	take(1)
	return url, size
}
