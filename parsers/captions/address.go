package captions

import (
	"strconv"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Attributes that hold a picture's address or its choices, as lazy loaders name them.
var (
	srcAttrs    = []string{"data-src", "data-lazy-src", "data-original", "data-original-src", "data-url", "data-full-src", "data-srcset-fallback", "src"}
	srcsetAttrs = []string{"srcset", "data-srcset", "data-lazy-srcset", "data-flickity-lazyload-srcset"}
)

// Elements that hold the address of a medium beside them.
var (
	pictureSources = cascadia.MustCompile("picture > source")
	playerSources  = cascadia.MustCompile("source[src]")
	lightboxLinks  = cascadia.MustCompile("a[href]")
	noscripts      = cascadia.MustCompile("noscript")
	noscriptImages = cascadia.MustCompile("img[src]")
)

// addressReaders give the address of a medium as the page has it, the surest first;
// "" for none.
var addressReaders = []struct {
	name string
	read func(medium *goquery.Selection) string
}{
	{"the largest of a srcset", largestSource},
	{"src, as lazy loaders name it", lazySource},
	{"a player's source", playerSource},
	{"a lightbox's link", lightboxLink},
	{"for readers without scripts", noscriptSource},
}

// mediaURL is the address of a picture or player as the page uses it; of several
// sizes the largest.
func (f *finder) mediaURL(n *html.Node) string {
	medium := goquery.NewDocumentFromNode(n).Selection
	if n.DataAtom == atom.Noscript {
		return f.Resolve(imageIn(n))
	}
	for _, r := range addressReaders {
		if u := r.read(medium); u != "" {
			return f.Resolve(u)
		}
	}
	return ""
}

func largestSource(medium *goquery.Selection) string {
	best, size := "", 0.0
	for _, n := range append(medium.Nodes, beside(medium.Nodes[0], pictureSources)...) {
		one := goquery.Selection{Nodes: []*html.Node{n}}
		for _, key := range srcsetAttrs {
			if u, s := largest(one.AttrOr(key, "")); s > size {
				best, size = u, s
			}
		}
	}
	return best
}

func lazySource(medium *goquery.Selection) string {
	for _, key := range srcAttrs {
		if v := strings.TrimSpace(medium.AttrOr(key, "")); realURL(v) {
			return v
		}
	}
	return ""
}

func playerSource(medium *goquery.Selection) string {
	for _, source := range medium.ChildrenMatcher(playerSources).EachIter() {
		if v := source.AttrOr("src", ""); realURL(v) {
			return v
		}
	}
	return ""
}

func lightboxLink(medium *goquery.Selection) string {
	p := medium
	for range 3 {
		p = p.Parent()
		href := p.FilterMatcher(lightboxLinks).AttrOr("href", "")
		if name, _, _ := strings.Cut(href, "?"); pictureName(name) {
			return href
		}
	}
	return ""
}

func noscriptSource(medium *goquery.Selection) string {
	if list := beside(medium.Nodes[0], noscripts); len(list) > 0 {
		return imageIn(list[0])
	}
	return ""
}

// maxBeside bounds how far from a medium an element may stand that says more of it: a
// page may have all its pictures in one element, and a caption for each.
const maxBeside = 100

// beside lists the elements beside another that match, in order.
func beside(n *html.Node, m cascadia.Matcher) []*html.Node {
	first := n
	for k := 0; k < maxBeside && first.PrevSibling != nil; k++ {
		first = first.PrevSibling
	}
	var list []*html.Node
	for c, behind := first, 0; c != nil && behind <= maxBeside; c = c.NextSibling {
		if c == n || behind > 0 {
			behind++
		}
		if c != n && c.Type == html.ElementNode && m.Match(c) {
			list = append(list, c)
		}
	}
	return list
}

const maxNoscript = 10_000 // bytes

// imageIn is the address of the first picture in a noscript element, whose content
// is text as scripts are on.
func imageIn(noscript *html.Node) string {
	if noscript.FirstChild == nil || len(noscript.FirstChild.Data) > maxNoscript || !strings.Contains(noscript.FirstChild.Data, "<img") {
		return ""
	}
	content, err := goquery.NewDocumentFromReader(strings.NewReader(noscript.FirstChild.Data))
	if err != nil {
		return ""
	}
	for _, img := range content.FindMatcher(noscriptImages).EachIter() {
		if v := strings.TrimSpace(img.AttrOr("src", "")); realURL(v) {
			return v
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

// How the addresses of pictures that stand for others until these are loaded start,
// and the names of their files.
var (
	placeholderStarts = []string{"data:", "about:", "#"}
	placeholderNames  = []string{"blank.", "spacer.", "1x1.", "transparent.", "pixel."}
	placeholderParts  = []string{"placeholder", "lazyload"}
)

// realURL reports whether an address is of a picture, and not of what stands for
// it until it is loaded.
func realURL(v string) bool {
	name := strings.ToLower(v[strings.LastIndexByte(v, '/')+1:])
	return v != "" && !hasAny(placeholderStarts, v, strings.HasPrefix) && !hasAny(placeholderNames, name, strings.HasPrefix) && !hasAny(placeholderParts, name, strings.Contains)
}

// hasAny reports whether a text starts with, or contains, one of some others.
func hasAny(list []string, s string, has func(s, part string) bool) bool {
	for _, part := range list {
		if has(s, part) {
			return true
		}
	}
	return false
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
