package scraper

import (
	"errors"
	"net/url"
	"regexp"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// maxLinks bounds what is taken from one page.
const maxLinks = 20_000

// A Link is one URL that a page refers to.
type Link struct {
	URL   *url.URL
	Kind  Kind
	Hop   Hop
	Self  bool // what the page says its own address is (RFC 6596)
	Frame bool // it stands in navigation, header or footer, not in what the page is about
}

// assetLevels says how much of what a page needs is asked for; they are cumulative.
var assetLevels = map[string]int{"none": 0, "style": 1, "images": 2, "all": 3}

// Links lists what a page refers to: pages, feeds, and what it needs to be
// shown, as far as assets ("none", "style", "images", "all") says. Each link is
// resolved once. A page that asks not to be followed (robots meta element) has
// no links to pages.
func (r *Response) Links(assets string) []Link {
	f := &linkFinder{base: r.URL, level: assetLevels[assets], seen: map[string]bool{}}
	doc, err := r.Document()
	switch {
	case err == nil:
		f.tree(doc)
	case errors.Is(err, ErrNotHTML) && r.isCSS():
		if text, err := r.Text(); err == nil {
			f.style(string(text))
		}
	}
	if f.nofollow {
		f.links = dropPages(f.links)
	}
	return f.links
}

func dropPages(links []Link) []Link {
	var kept []Link
	for _, l := range links {
		if l.Kind != KindPage {
			kept = append(kept, l)
		}
	}
	return kept
}

type linkFinder struct {
	base     *url.URL
	based    bool
	level    int
	nofollow bool
	seen     map[string]bool // kind and text as written: most links of a page repeat
	links    []Link
	frame    int // depth of elements that are the page's frame
}

// tree walks a document; html.Parse bounds its depth.
func (f *linkFinder) tree(n *html.Node) {
	frame := 0
	switch n.Type {
	case html.ElementNode:
		switch n.DataAtom {
		case atom.Nav, atom.Footer, atom.Header:
			// The header of an article is its own.
			if n.DataAtom != atom.Header || n.Parent == nil || n.Parent.DataAtom != atom.Article {
				frame = 1
			}
		}
		f.frame += frame
		f.element(n.Data, n.Attr)
	case html.TextNode:
		if n.Parent != nil && n.Parent.DataAtom == atom.Style && f.level >= 1 {
			f.style(n.Data)
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		f.tree(c)
	}
	f.frame -= frame
}

func (f *linkFinder) element(name string, attrs []html.Attribute) {
	get := func(key string) string {
		for _, a := range attrs {
			if a.Key == key && a.Namespace == "" {
				return a.Val
			}
		}
		return ""
	}
	switch name {
	case "base":
		if href := get("href"); href != "" && !f.based {
			if u, err := f.base.Parse(strings.TrimSpace(href)); err == nil {
				f.base, f.based = u, true
			}
		}
	case "meta":
		if strings.EqualFold(get("name"), "robots") && hasWord(get("content"), "nofollow", "none") {
			f.nofollow = true
		}
	case "a", "area":
		f.add(get("href"), KindPage, HopLink)
	case "link":
		f.link(get)
	case "source": // of a picture by srcset, of a video by src
		if f.level >= 2 {
			f.srcset(get("srcset"))
			f.srcset(get("data-srcset"))
		}
		if f.level >= 3 {
			f.add(get("src"), KindAsset, HopEmbed)
		}
	case "img", "input":
		if f.level >= 2 {
			f.add(get("src"), KindAsset, HopEmbed)
			f.srcset(get("srcset"))
			f.add(get("data-src"), KindAsset, HopEmbed)
			f.srcset(get("data-srcset"))
		}
	case "video", "audio", "track", "embed", "script":
		if f.level >= 2 {
			f.add(get("poster"), KindAsset, HopEmbed)
		}
		if f.level >= 3 {
			f.add(get("src"), KindAsset, HopEmbed)
		}
	case "object":
		if f.level >= 3 {
			f.add(get("data"), KindAsset, HopEmbed)
		}
	case "frame":
		f.add(get("src"), KindPage, HopLink)
	case "iframe":
		if f.level >= 3 {
			f.add(get("src"), KindAsset, HopEmbed)
		}
	}
	if style := get("style"); style != "" && f.level >= 2 {
		f.style(style)
	}
}

func (f *linkFinder) link(get func(string) string) {
	rel, href, typ := strings.ToLower(get("rel")), get("href"), strings.ToLower(get("type"))
	switch {
	case hasWord(rel, "stylesheet"):
		if f.level >= 1 {
			f.add(href, KindAsset, HopEmbed)
		}
	case hasWord(rel, "alternate") && (strings.Contains(typ, "rss") || strings.Contains(typ, "atom") || strings.Contains(typ, "feed+json")):
		f.add(href, KindFeed, HopManifest)
	case hasWord(rel, "https://api.w.org/"):
		f.add(href, KindList, HopManifest)
	case hasWord(rel, "canonical"):
		n := len(f.links)
		f.add(href, KindPage, HopLink)
		if len(f.links) > n {
			f.links[n].Self = true
		}
	case hasWord(rel, "next", "prev"): // amphtml is this page once more
		f.add(href, KindPage, HopLink)
	case hasWord(rel, "icon", "apple-touch-icon"):
		if f.level >= 2 {
			f.add(href, KindAsset, HopEmbed)
		}
	}
}

// hasWord reports whether one of the words stands in a list of tokens.
func hasWord(list string, words ...string) bool {
	for tok := range strings.FieldsFuncSeq(strings.ToLower(list), func(r rune) bool { return r == ' ' || r == ',' || r == '\t' || r == '\n' }) {
		for _, w := range words {
			if tok == w {
				return true
			}
		}
	}
	return false
}

func (f *linkFinder) srcset(set string) {
	for set != "" && len(f.links) < maxLinks {
		set = strings.TrimLeft(set, " \t\r\n,")
		href, rest, _ := strings.Cut(set, " ")
		if trimmed := strings.TrimRight(href, ","); trimmed != href {
			f.add(trimmed, KindAsset, HopEmbed)
			set = rest
			continue
		}
		f.add(href, KindAsset, HopEmbed)
		_, set, _ = strings.Cut(rest, ",")
	}
}

var (
	cssImport = regexp.MustCompile(`(?i)@import\s+(?:url\(\s*)?["']?([^"')\s;]+)`)
	cssURL    = regexp.MustCompile(`(?i)url\(\s*["']?([^"')]+)["']?\s*\)`)
)

// style takes what a style sheet refers to: other sheets, and with images or
// fonts wanted, those.
func (f *linkFinder) style(css string) {
	if f.level < 1 {
		return
	}
	for _, m := range cssImport.FindAllStringSubmatch(css, 200) {
		f.add(m[1], KindAsset, HopEmbed)
	}
	if f.level < 2 {
		return
	}
	for _, m := range cssURL.FindAllStringSubmatch(css, 2000) {
		f.add(m[1], KindAsset, HopEmbed)
	}
}

func (f *linkFinder) add(href string, kind Kind, hop Hop) {
	if href == "" || len(href) > 2*maxURL || len(f.links) >= maxLinks || f.seen[string(kind)+href] {
		return
	}
	f.seen[string(kind)+href] = true
	href = strings.TrimSpace(href)
	if href == "" || href[0] == '#' || otherScheme(href) {
		return
	}
	u, err := f.base.Parse(href)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		return
	}
	f.links = append(f.links, Link{URL: u, Kind: kind, Hop: hop, Frame: f.frame > 0})
}

// otherScheme recognises mailto:, javascript:, data: and the like before the
// price of parsing them.
func otherScheme(href string) bool {
	i := strings.IndexAny(href, ":/?#")
	if i <= 0 || href[i] != ':' {
		return false
	}
	s := strings.ToLower(href[:i])
	return s != "http" && s != "https"
}
