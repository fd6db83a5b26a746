package scraper

import (
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// Bounds of what is taken from one page.
const (
	maxLinks         = 20_000
	maxUnusableLinks = 100
)

// A Link is one URL that a page refers to.
type Link struct {
	URL   *url.URL
	Kind  Kind
	Hop   Hop
	Self  bool // the page's own address, as the page says (RFC 6596)
	Frame bool // in navigation, header or footer, not in what the page is about
	// Refresh says that the page asks browsers to load this one in its place, After a
	// delay; see parseRefresh.
	Refresh bool
	After   time.Duration
}

// assetLevels are the values of Assets; each takes what the ones before it take.
var assetLevels = map[string]int{"none": 0, "style": 1, "images": 2, "all": 3}

// A linkRule says where a page refers to other URLs.
type linkRule struct {
	selector  string // CSS; each alternative begins with a tag, or with [ for any tag and an attribute
	attribute string // whose value is taken; empty for none
	kind      Kind
	hop       Hop
	level     int // of Assets, from which on the rule applies
	// read takes the value, or something else of the element; nil takes the value as
	// one URL.
	read func(f *linkFinder, value string)
}

// linkRules are applied to each element in document order. A pair of kind and URL
// counts once.
var linkRules = []linkRule{
	// What stands around what a page is about; the header of an article is its own.
	{"nav, footer, header:not(article > header)", "", "", "", 0, (*linkFinder).enterFrame},
	{"base[href]", "href", "", "", 0, (*linkFinder).skip}, // page has taken it
	{`meta[name="robots" i]`, "content", "", "", 0, (*linkFinder).obeyRobots},

	// In noscript it is text: html.Parse reads pages as browsers with scripts do. Most
	// lead to a notice about scripts there; but see barePage.
	{`meta[http-equiv="refresh" i]`, "content", KindPage, HopLink, 0, (*linkFinder).addRefresh},
	{"a[href], area[href]", "href", KindPage, HopLink, 0, nil},
	{"frame[src]", "src", KindPage, HopLink, 0, nil},
	{`link[rel~="canonical" i]`, "href", KindPage, HopLink, 0, (*linkFinder).addSelf},
	{`link[rel~="next" i], link[rel~="prev" i]`, "href", KindPage, HopLink, 0, nil}, // not amphtml: another edition of the same page
	{`link[rel~="alternate" i][type*="rss" i], link[rel~="alternate" i][type*="atom" i], link[rel~="alternate" i][type*="feed+json" i]`, "href", KindFeed, HopManifest, 0, nil},
	{`link[rel~="https://api.w.org/" i]`, "href", KindList, HopManifest, 0, nil},

	{`link[rel~="stylesheet" i]`, "href", KindAsset, HopEmbed, 1, nil},
	{"style", "", KindAsset, HopEmbed, 1, (*linkFinder).styleElement},
	{`link[rel~="icon" i], link[rel~="apple-touch-icon" i]`, "href", KindAsset, HopEmbed, 2, nil},
	{"img[src], input[src]", "src", KindAsset, HopEmbed, 2, nil},
	{"img[srcset], input[srcset], source[srcset]", "srcset", KindAsset, HopEmbed, 2, (*linkFinder).srcset},
	{"img[data-src], input[data-src]", "data-src", KindAsset, HopEmbed, 2, nil},
	{"img[data-srcset], input[data-srcset], source[data-srcset]", "data-srcset", KindAsset, HopEmbed, 2, (*linkFinder).srcset},
	{"video[poster], audio[poster]", "poster", KindAsset, HopEmbed, 2, nil},
	{"[style]", "style", KindAsset, HopEmbed, 2, (*linkFinder).style},
	{"video[src], audio[src], source[src], track[src], embed[src], script[src], iframe[src]", "src", KindAsset, HopEmbed, 3, nil},
	{"object[data]", "data", KindAsset, HopEmbed, 3, nil},
}

// A compiledRule is one alternative of a rule.
type compiledRule struct {
	*linkRule
	cascadia.Sel
}

// A ruleSet has the rules of one level, by the tag of the elements that they may
// match. It is a goquery.Matcher of the elements that any of its rules matches, so
// that one walk finds them all.
type ruleSet struct {
	byTag  map[atom.Atom][]compiledRule
	anyTag []compiledRule
}

var ruleSets = [...]ruleSet{compileRules(0), compileRules(1), compileRules(2), compileRules(3)}

func compileRules(level int) ruleSet {
	set := ruleSet{byTag: map[atom.Atom][]compiledRule{}}
	for i, rule := range linkRules {
		if rule.level > level {
			continue
		}
		for alternative := range strings.SplitSeq(rule.selector, ", ") {
			tag := alternative[:len(alternative)-len(strings.TrimLeft(alternative, "abcdefghijklmnopqrstuvwxyz"))]
			cascadia.MustCompile(alternative) // an invalid selector stops the program at its start
			sel, _ := cascadia.Parse(alternative)
			compiled := compiledRule{&linkRules[i], sel}
			if tag == "" {
				set.anyTag = append(set.anyTag, compiled)
			} else {
				a := atom.Lookup([]byte(tag))
				set.byTag[a] = append(set.byTag[a], compiled)
			}
		}
	}
	return set
}

// Match implements goquery.Matcher.
func (set *ruleSet) Match(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return false
	}
	for _, r := range set.byTag[n.DataAtom] {
		if r.Match(n) {
			return true
		}
	}
	for _, r := range set.anyTag {
		if r.Match(n) {
			return true
		}
	}
	return false
}

// MatchAll implements goquery.Matcher: the elements are in document order. The
// depth of a document is bounded.
func (set *ruleSet) MatchAll(n *html.Node) []*html.Node { return set.appendMatches(nil, n) }

func (set *ruleSet) appendMatches(found []*html.Node, n *html.Node) []*html.Node {
	if set.Match(n) {
		found = append(found, n)
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		found = set.appendMatches(found, c)
	}
	return found
}

// Filter implements goquery.Matcher.
func (set *ruleSet) Filter(nodes []*html.Node) []*html.Node {
	return slices.DeleteFunc(slices.Clone(nodes), func(n *html.Node) bool { return !set.Match(n) })
}

// An UnusableLink is a reference of a page that is not a URL.
type UnusableLink struct {
	Kind Kind
	Text string // as it is written
	Err  error
}

// PageLinks are the links of one page.
type PageLinks struct {
	Links    []Link
	Unusable []UnusableLink // at most maxUnusableLinks; those to other schemes, such as mailto:, are not among them
	More     bool           // there are over maxLinks
	NoFollow int            // links to pages that the page asks not to follow, which are not among Links
}

// Links lists the links of FindLinks.
func (r *Response) Links(assets string) []Link { return r.FindLinks(assets).Links }

// FindLinks lists what a page refers to: pages, feeds, and what it needs to be
// shown, as far as assets ("none", "style", "images", "all") says. Each link is
// resolved once. A page that asks not to be followed (robots meta element) has
// no links to pages, except one that it refreshes to within seconds, which is no link to readers.
func (r *Response) FindLinks(assets string) PageLinks {
	f := &linkFinder{encode: r.queryEncoding(), level: assetLevels[assets], seen: map[linkText]bool{}}
	f.base = weburl.NewBase(r.URL, f.encode)
	if value := r.Header.Get("Refresh"); value != "" {
		f.kind, f.hop = KindPage, HopLink
		f.addRefresh(value)
	}
	doc, err := r.Document()
	switch {
	case err == nil:
		f.page(doc)
		f.barePage(doc)
	case errors.Is(err, ErrNotHTML) && r.isCSS():
		if text, err := r.Text(); err == nil {
			f.kind, f.hop = KindAsset, HopEmbed
			f.style(string(text))
		}
	}
	before := len(f.links)
	if f.nofollow {
		f.links = slices.DeleteFunc(f.links, func(l Link) bool { return l.Kind == KindPage && !(l.Refresh && l.After <= maxRefresh) })
		f.unusable = slices.DeleteFunc(f.unusable, func(l UnusableLink) bool { return l.Kind == KindPage })
	}
	return PageLinks{f.links, f.unusable, f.more, before - len(f.links)}
}

// queryEncoding is how the page's links write a query that is not in ASCII, found out
// when the first one does; nil without EncodeQuery.
func (r *Response) queryEncoding() func(query string) string {
	if r.EncodeQuery == nil {
		return nil
	}
	encode := sync.OnceValue(func() func(string) string {
		return r.EncodeQuery(r.Body, r.ContentType(), r.URL.Hostname())
	})
	return func(query string) string {
		if e := encode(); e != nil {
			return e(query)
		}
		return query
	}
}

// A linkFinder collects the links of one answer.
type linkFinder struct {
	base     *weburl.Base
	encode   func(query string) string // of the page
	level    int
	nofollow bool
	seen     map[linkText]bool // most links of a page are repeated
	links    []Link
	unusable []UnusableLink
	more     bool
	frame    goquery.Selection // the outermost element of the page's frame that is open; empty if none
	element  goquery.Selection // to which the rule is applied
	kind     Kind              // of the rule that is applied
	hop      Hop
}

// A linkText is a link as it is written.
type linkText struct {
	kind Kind
	href string
}

// page applies the rules to the elements of a page, in document order.
func (f *linkFinder) page(doc *html.Node) {
	set := &ruleSets[f.level]
	found := goquery.NewDocumentFromNode(doc).FindMatcher(set).Nodes
	most := min(len(found), maxLinks)
	f.links = slices.Grow(f.links, most)
	if len(f.seen) == 0 {
		f.seen = make(map[linkText]bool, most)
	}
	if i := slices.IndexFunc(found, func(n *html.Node) bool { return n.DataAtom == atom.Base }); i >= 0 {
		f.setBase((&goquery.Selection{Nodes: found[i : i+1]}).AttrOr("href", ""))
	}
	for i, n := range found {
		f.element.Nodes = found[i : i+1] // EachIter would allocate two objects for each element
		if !f.frame.Contains(n) {
			f.frame.Nodes = nil
		}
		f.apply(set.byTag[n.DataAtom])
		f.apply(set.anyTag)
	}
}

// barePage takes the links of a page without text and links of its own. Its inline frame
// is the page that readers see. If it has only scripts, its noscript elements have the
// links for browsers that do not run them.
func (f *linkFinder) barePage(doc *html.Node) {
	if f.hasPages() || visibleWords(doc, thinFrame) >= thinFrame {
		return
	}
	page := goquery.NewDocumentFromNode(doc)
	f.kind, f.hop = KindPage, HopLink
	for _, frame := range page.Find("iframe[src]").EachIter() {
		f.add(frame.AttrOr("src", ""))
	}
	if f.hasPages() || scriptRedirect(doc) != "" {
		return
	}
	for _, n := range page.Find("noscript").EachIter() {
		if inner, err := html.Parse(strings.NewReader(n.Text())); err == nil { // its text is markup
			f.page(inner)
		}
	}
}

// hasPages reports whether there is a link to a page.
func (f *linkFinder) hasPages() bool {
	return slices.ContainsFunc(f.links, func(l Link) bool { return l.Kind == KindPage })
}

func (f *linkFinder) apply(rules []compiledRule) {
	for _, r := range rules {
		if !r.Match(f.element.Nodes[0]) {
			continue
		}
		f.kind, f.hop = r.kind, r.hop
		value := f.element.AttrOr(r.attribute, "")
		if r.read == nil {
			f.add(value)
		} else {
			r.read(f, value)
		}
	}
}

// enterFrame holds until the element ends.
func (f *linkFinder) enterFrame(string) {
	if f.frame.Length() == 0 {
		f.frame = f.element
	}
}

// styleElement takes the text of a style element.
func (f *linkFinder) styleElement(string) { f.style(f.element.Text()) }

// setBase takes what all relative URLs of the page are relative to, also those before
// the base element. The first such element counts, also if it is not valid: the page's
// own address stays then (HTML, section 4.2.3).
func (f *linkFinder) setBase(href string) {
	u, err := f.base.Parse(href)
	switch {
	case err == nil:
		f.base = weburl.NewBase(u, f.encode)
	case !errors.Is(err, weburl.ErrScheme):
		f.miss(href, err)
	}
}

// skip takes nothing.
func (f *linkFinder) skip(string) {}

// obeyRobots takes the words of a robots meta element.
func (f *linkFinder) obeyRobots(content string) {
	f.nofollow = f.nofollow || hasWord(content, "nofollow", "none")
}

// addSelf takes the address that the page says is its own.
func (f *linkFinder) addSelf(href string) {
	n := len(f.links)
	f.add(href)
	if len(f.links) > n {
		f.links[n].Self = true
	}
}

// addRefresh takes the value of a refresh. A page that reloads itself has no link.
func (f *linkFinder) addRefresh(value string) {
	after, ref, ok := parseRefresh(value)
	if !ok {
		return
	}
	n := len(f.links)
	f.add(ref)
	if len(f.links) > n {
		f.links[n].Refresh, f.links[n].After = true, after
	}
}

// hasWord reports whether a list of tokens has one of the words.
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

// srcset takes a list of images with their sizes (HTML, section 4.8.4.2.1).
func (f *linkFinder) srcset(set string) {
	for set != "" && !f.more {
		set = strings.TrimLeft(set, " \t\r\n\f,")
		href, rest := set, ""
		if i := strings.IndexAny(set, " \t\r\n\f"); i >= 0 {
			href, rest = set[:i], set[i:]
		}
		if trimmed := strings.TrimRight(href, ","); trimmed != href {
			f.add(trimmed)
			set = rest
			continue
		}
		f.add(href)
		_, set, _ = strings.Cut(rest, ",")
	}
}

var (
	cssImport = regexp.MustCompile(`(?i)@import\s+(?:url\(\s*)?["']?([^"')\s;]+)`)
	cssURL    = regexp.MustCompile(`(?i)url\(\s*["']?([^"')]+)["']?\s*\)`)
)

// style takes what a style sheet refers to: other sheets, and from the level of
// images on, images and fonts.
func (f *linkFinder) style(css string) {
	if f.level < 1 {
		return
	}
	for _, m := range cssImport.FindAllStringSubmatch(css, 200) {
		f.add(m[1])
	}
	if f.level < 2 {
		return
	}
	for _, m := range cssURL.FindAllStringSubmatch(css, 2000) {
		f.add(m[1])
	}
}

// add takes one URL, with the kind and hop of the rule that is applied.
func (f *linkFinder) add(href string) {
	if href == "" || href[0] == '#' || f.seen[linkText{f.kind, href}] {
		return
	}
	if len(f.links) >= maxLinks {
		f.more = true
		return
	}
	f.seen[linkText{f.kind, href}] = true
	if start := strings.TrimLeft(href, " \t\r\n\f"); start == "" || start[0] == '#' {
		return
	}
	u, err := f.base.Parse(href)
	switch {
	case err == nil:
		f.links = append(f.links, Link{URL: u, Kind: f.kind, Hop: f.hop, Frame: f.frame.Length() > 0})
	case !errors.Is(err, weburl.ErrScheme): // mailto:, javascript:, data: and the like
		f.miss(href, err)
	}
}

// miss notes a reference that is not a URL.
func (f *linkFinder) miss(href string, err error) {
	if len(f.unusable) < maxUnusableLinks {
		f.unusable = append(f.unusable, UnusableLink{f.kind, href, err})
	}
}
