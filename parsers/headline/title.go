// Package headline finds what stands above a story: title, standfirst and
// section, and the tags that the page gives it.
package headline

import (
	"math"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// separator stands between a headline and what sites put before and after it in
// the head of a page. A sign without spaces around it is one only if nobody
// writes it within a sentence.
var separator = regexp.MustCompile(`\s+(?:(?:[|–—―•·»›«‹⁄:/]|-|--|::|~|//)\s+)+|\s*[|｜ㅣ]\s*`)

// separators are where the first of these stand.
func separators(s string, most int) [][]int {
	for i := range len(s) {
		switch c := s[i]; {
		case c == '|',
			(c == ':' || c == '/' || c == '-' || c == '~' || c == 0xc2 || c == 0xe2) && i > 0 && (s[i-1] == ' ' || s[i-1] >= '\t' && s[i-1] <= '\r'),
			c == 0xef && strings.HasPrefix(s[i:], "｜"), c == 0xe3 && strings.HasPrefix(s[i:], "ㅣ"):
			return separator.FindAllStringIndex(s, most)
		}
	}
	return nil
}

// cutSite takes the publication's name, and that of a section, off a title, but
// only what is known to be one.
func cutSite(p *doc.Page, title string) string {
	for range 4 {
		spots := separators(title, 12)
		if len(spots) == 0 {
			return title
		}
		cut := ""
		for _, s := range spots { // "Headline | Site - what the site says of itself"
			rest := title[s[1]:]
			if next := separators(rest, 1); next != nil && p.IsSite(rest[:next[0][0]]) {
				cut = title[:s[0]]
				break
			}
		}
		last, first := spots[len(spots)-1], spots[0]
		switch after, before := title[last[1]:], title[:first[0]]; {
		case cut != "":
		case p.IsSiteAffix(after) || isSection(p, after):
			cut = title[:last[0]]
		case p.IsSite(before):
			cut = title[first[1]:]
		}
		cut = strings.TrimSpace(cut)
		if cut == "" || p.IsSite(cut) {
			return title
		}
		title = cut
	}
	return title
}

// isSection reports whether the page calls a section, of its own or above it, so.
func isSection(p *doc.Page, s string) bool {
	f := text.Fold(s)
	if f == "" || len(f) > 60 {
		return false
	}
	for _, name := range sectionNames(p) {
		if text.Fold(name) == f {
			return true
		}
	}
	return false
}

// sectionNames are what page and address call the sections above the page.
func sectionNames(p *doc.Page) []string {
	if p.Sections != nil {
		return p.Sections
	}
	names := []string{}
	names = append(names, p.Metas["article:section"]...)
	if o := p.Article(); o != nil {
		names = append(names, doc.Texts(o["articleSection"])...)
	}
	for _, crumbs := range breadcrumbs(p) {
		names = append(names, crumbs[:len(crumbs)-1]...)
	}
	if p.Input.URL != nil {
		parts := strings.Split(strings.TrimRight(p.Input.URL.Path, "/"), "/")
		names = append(names, parts[:len(parts)-1]...)
	}
	p.Sections = names
	return names
}

// A titled is a text that may be the page's title.
type titled struct {
	text, from string
	weight     float64
	folded     string
	starts     []string        // folded: what stands before each separator
	words      map[string]bool // see wordSet
}

// declaredTitles are those that the head of the page gives, without the site's name.
func declaredTitles(p *doc.Page) []titled {
	var all []titled
	add := func(str, from string, weight float64) {
		if len(str) > 1000 {
			return
		}
		str = cutSite(p, block.Clean(entities(str)))
		if str == "" || p.IsSite(str) {
			return
		}
		if strings.HasSuffix(str, "…") || strings.HasSuffix(str, "...") {
			weight /= 3 // cut to a length that a network asks for
		}
		t := titled{text: str, from: from, weight: weight, folded: text.Fold(str), words: doc.WordSet(str)}
		for _, s := range separators(str, 6) {
			t.starts = append(t.starts, text.Fold(str[:s[0]]))
		}
		all = append(all, t)
	}
	if o := p.Article(); o != nil {
		add(o.Text("headline"), "jsonld:headline", 3)
	}
	for _, meta := range []struct {
		name   string
		weight float64
	}{{"og:title", 3}, {"twitter:title", 2}} {
		if v := p.Metas[meta.name]; len(v) > 0 {
			add(v[0], "meta:"+meta.name, meta.weight)
		}
	}
	add(pageTitle(p), "title", 2)
	return all
}

// pageTitle is the title element, also one that a broken head left in the body.
func pageTitle(p *doc.Page) string {
	if p.Title != "" {
		return p.Title
	}
	for _, e := range p.Elems[1:min(len(p.Elems), 400)] {
		if e.Node.DataAtom == atom.Title {
			return block.Clean(block.TextOf(e.Node))
		}
	}
	return ""
}

// entities undoes a second escaping.
func entities(s string) string {
	if strings.Contains(s, "&") && strings.Contains(s, ";") {
		return html.UnescapeString(s)
	}
	return s
}

// Title is the headline that a reader sees, if the page's head bears it
// out: what the head itself gives is often written for search engines and
// networks. On a page without one it is what most of the head agrees on.
func Title(p *doc.Page) (string, article.Provenance) {
	declared := declaredTitles(p)
	heads := titleHeadings(p, declared)
	best := headline(p, heads, declared)
	if best != nil {
		for _, h := range heads {
			p.AddCandidate(article.Candidate{Field: "title", Value: h.text, From: h.from(), Score: h.score, Won: h == best, Why: h.why})
		}
		for _, d := range declared {
			p.AddCandidate(article.Candidate{Field: "title", Value: d.text, From: d.from, Score: d.weight, Why: "a headline is seen on the page"})
		}
		return best.text, article.Provenance{From: best.from(), Confidence: twoDigits(min(0.98, 0.65+best.near/3))}
	}
	most, mostScore := -1, 0.0
	scores := make([]float64, len(declared))
	for i, c := range declared {
		scores[i] = c.weight
		for j, o := range declared {
			if i == j {
				continue
			}
			switch fc, fo := c.folded, o.folded; {
			case fc == fo:
				scores[i] += o.weight
			case strings.Contains(fo, fc) || strings.Contains(fc, fo):
				scores[i] += o.weight * 0.5
			}
		}
		if scores[i] > mostScore {
			most, mostScore = i, scores[i]
		}
	}
	for i, d := range declared {
		p.AddCandidate(article.Candidate{Field: "title", Value: d.text, From: d.from, Score: scores[i], Won: i == most, Why: "by how much of the page's head agrees"})
	}
	for _, h := range heads {
		p.AddCandidate(article.Candidate{Field: "title", Value: h.text, From: h.from(), Score: h.score, Why: h.why})
	}
	if most >= 0 {
		d := declared[most]
		if ld := declared[0]; ld.from == "jsonld:headline" && len(ld.text) < len(d.text) && strings.HasPrefix(d.text, ld.text) &&
			strings.ContainsRune("-|–—ㅣ｜", firstSign(d.text[len(ld.text):])) {
			d = ld // the others add where it stands
		}
		return visiblePart(p, d.text, heads), article.Provenance{From: d.from, Confidence: twoDigits(min(0.95, 0.4+mostScore/20))}
	}
	// A page without any: its first heading.
	for _, b := range p.Blocks {
		if b.Flags&block.InHeading != 0 && b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InAside) == 0 && b.Words > 0 {
			return b.Text, article.Provenance{From: "dom:heading", Confidence: 0.4}
		}
	}
	return "", article.Provenance{}
}

// twoDigits rounds a confidence: more would pretend to know more.
func twoDigits(sure float64) float64 { return math.Round(sure*100) / 100 }

func firstSign(s string) rune {
	r, _ := utf8.DecodeRuneInString(strings.TrimSpace(s))
	return r
}

// visiblePart is the part of a declared title that stands alone as a line of the
// page: what is before or after it is then no part of the headline. Without
// such a line the title stays whole.
func visiblePart(p *doc.Page, title string, heads []*heading) string {
	spots := separators(title, 6)
	if len(spots) == 0 {
		return title
	}
	parts := map[string]string{}
	add := func(s string) {
		if f := text.Fold(s); len(f) >= 8 {
			parts[f] = strings.TrimSpace(s)
		}
	}
	for _, s := range spots {
		add(title[:s[0]])
		add(title[s[1]:])
	}
	for _, h := range heads {
		if part := parts[text.Fold(h.text)]; part != "" && !p.IsSite(part) && !leadsElsewhere(p, h) {
			return part
		}
	}
	const frame = block.InNav | block.InFooter | block.InHidden | block.InAside | block.InDialog | block.InCaption
	for _, b := range p.Blocks {
		if b.Flags&frame != 0 || len(b.Text) >= len(title) || b.Words < 3 {
			continue
		}
		if b.LinkBytes*2 > len(b.Text) || b.Flags&block.InList != 0 {
			continue // a path or a menu
		}
		if part := parts[text.Fold(b.Text)]; part != "" && !p.IsSite(part) {
			return part
		}
	}
	return title
}

// A heading is an element h1 to h6 that a reader sees.
type heading struct {
	node  *html.Node
	block *block.Block // its first
	level int
	text  string  // as a title: see headlineText
	near  float64 // how well the page's head bears it out, from 0 to 1
	said  bool    // it is what the page's head says, or a part of it
	score float64
	why   string // what speaks against it
}

func (h *heading) from() string { return "dom:" + h.node.Data }

// maxHeadings bounds how many headings are looked at.
const maxHeadings = 60

// titleHeadings lists the headings that may be the page's, those of its frame apart.
func titleHeadings(p *doc.Page, declared []titled) []*heading {
	var all []*heading
	var last *html.Node
	for _, b := range p.Blocks {
		if b.Flags&block.InHeading == 0 || b.Flags&(block.InHidden|block.InNav|block.InFooter|block.InDialog) != 0 || b.Words == 0 {
			continue
		}
		n := headingOf(b.Node)
		if n == nil || n == last {
			continue
		}
		last = n
		level := int(n.Data[1] - '0')
		if level > 1 && (len(all) >= maxHeadings/2 || b.Flags&block.InAside != 0) || len(all) >= maxHeadings {
			continue
		}
		h := &heading{node: n, block: b, level: level}
		if h.text = headlineText(p, n, b.Text, declared); h.text == "" || len(h.text) > 400 {
			continue
		}
		h.text = cutSite(p, h.text)
		all = append(all, h)
	}
	return all
}

// headingOf is the heading that an element is or stands in; nil if none.
func headingOf(n *html.Node) *html.Node {
	for range 12 {
		if n == nil {
			return nil
		}
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			return n
		}
		n = n.Parent
	}
	return nil
}

// titleNames are words of names that tell a story's headline from a site's.
var (
	titleNames = text.Set("headline title entrytitle posttitle articletitle pagetitle titel titre titulo titolo tytul otsikko rubrik nadpis cim")
	logoNames  = text.Set("logo brand branding masthead sitename sitetitle")
)

// named reports whether an element's class or id has one of some words, or two
// parts side by side that make one: "sub-title" is "subtitle".
func named(n *html.Node, words map[string]bool) bool {
	if n == nil {
		return false
	}
	for _, a := range n.Attr {
		switch a.Key {
		case "class", "id", "data-testid", "data-test-id", "data-qa":
			if namedIn(a.Val[:min(len(a.Val), 400)], words) {
				return true
			}
		}
	}
	return false
}

func namedIn(names string, words map[string]bool) bool {
	var small [48]byte
	start, before := 0, 0 // of this part, and of the one before it, within small
	pair := small[:0]
	end := func() bool {
		if len(pair) == start {
			return false
		}
		if words[string(pair[start:])] || before < start && words[string(pair[before:])] {
			return true
		}
		if before < start {
			n := copy(pair, pair[start:])
			pair, start = pair[:n], 0
		}
		before, start = 0, len(pair)
		return false
	}
	for i := range len(names) {
		c := names[i]
		upper := c >= 'A' && c <= 'Z'
		letter := c >= 'a' && c <= 'z' || c >= 0x80
		if !letter && !upper || upper && i > 0 && names[i-1] >= 'a' && names[i-1] <= 'z' {
			if end() {
				return true
			}
			if !upper && c != '-' && c != '_' {
				pair, start, before = small[:0], 0, 0 // another name
			}
		}
		if (letter || upper) && len(pair) < len(small)-1 {
			if upper {
				c |= 0x20
			}
			pair = append(pair, c)
		}
	}
	return end()
}

// someWords is how near a heading is that shares a word or two with the page's head.
const someWords = 0.13

// headline chooses the heading that is the page's title; nil if none is for sure.
func headline(p *doc.Page, heads []*heading, declared []titled) *heading {
	var best *heading
	sole, ones := (*heading)(nil), 0 // the first that says anything of it, and how many others do
	for _, h := range heads {
		h.near, h.said = headSupport(h.text, h.level, declared)
		h.score = h.near
		f := h.block.Flags
		inStory := f&(block.InArticle|block.InMain) != 0
		switch {
		case p.IsSite(h.text) || leadsHome(p, h.node):
			h.score, h.why = 0, "the site's name"
			continue
		case h.level == 1 && named(h.node, logoNames) && h.near < 0.9:
			h.score, h.why = 0, "a logo"
			continue
		case len(h.text) > 250 && block.CountWords(h.text) > 30 && !h.said:
			h.score, h.why = 0, "too long for a headline"
			continue
		case f&block.InAside != 0:
			h.score -= 0.4
		case h.level == 1 && lastPart(p, h.text, heads):
			h.score, h.why = 0, "the site's name, as it ends the title"
			continue
		}
		if leadsElsewhere(p, h) {
			h.score -= 0.5
			h.why = "leads to another page"
		}
		if h.level == 1 && h.score > -0.2 && f&block.InAside == 0 && h.why == "" {
			switch {
			case sole == nil || h.near > sole.near && sole.near < someWords:
				sole = h
			case h.near >= someWords && h.text != sole.text && aboveStory(p, h.block):
				ones++
			}
		}
		if inStory {
			h.score += 0.15
		} else if f&block.InHeader != 0 {
			h.score -= 0.1
		}
		switch {
		case block.Attr(h.node, "itemprop") == "headline":
			h.score += 0.3
		case named(h.node, titleNames):
			h.score += 0.1
		}
		if h.level > 1 {
			// A heading within a story repeats words of its title often: only one
			// that says it all is the title.
			if !h.said {
				h.score, h.why = 0, "of a lower level, and not what the page's head says"
				continue
			}
			h.score -= 0.3
		}
		if h.said {
			h.score += 0.2
		}
		if h.near < 0.4 && h.why == "" {
			h.why = "shares few words with what the page's head says"
		}
		if h.near >= 0.4 && h.score >= 0.3 && (best == nil || h.score > best.score) {
			best = h
		}
	}
	if best != nil {
		for _, h := range heads {
			if h != best && h.why == "" {
				h.why = "another heading is nearer to what the page's head says"
			}
		}
		return best
	}
	// An only h1 above the story is what a reader takes for the title, whatever
	// the page is called elsewhere.
	if sole != nil && ones == 0 && (sole.near >= someWords || len(declared) == 0) && sole.block.Flags&block.InButton == 0 && aboveStory(p, sole.block) {
		sole.why = ""
		return sole
	}
	if len(declared) == 0 && sole != nil {
		return sole
	}
	return nil
}

// headSupport says how near a heading is to what the page's head declares, and
// whether it is just that: what its JSON-LD says, where there is some. Of one of
// a lower level only that is asked.
func headSupport(s string, level int, declared []titled) (near float64, said bool) {
	f := text.Fold(s)
	if f == "" {
		return 0, false
	}
	var words map[string]bool
	most, sum, weights := 0.0, 0.0, 0.0
	for i, d := range declared {
		n := 0.0
		switch {
		case d.folded == f:
			n = 1
		case slices.Contains(d.starts, f):
			n = 0.9
		case level == 1:
			if words == nil {
				words = doc.WordSet(s)
			}
			n = doc.SharedSets(words, d.words)
			if strings.HasPrefix(d.folded, f) && len(f) >= 8 {
				n = max(n, 0.5)
			}
		}
		if d.folded == f || n == 0.9 && slices.Contains(d.starts, f) {
			said = said || i == 0 || declared[0].from != "jsonld:headline"
		}
		most = max(most, n)
		sum += n * d.weight
		weights += d.weight
	}
	if weights == 0 {
		return 0, false
	}
	return max(0.7*most+0.3*sum/weights, most*0.85), said
}

// lastPart reports whether the title element ends in a heading's text, and another
// heading is what it begins with.
func lastPart(p *doc.Page, str string, heads []*heading) bool {
	title := pageTitle(p)
	f := text.Fold(str)
	for _, s := range separators(title, 6) {
		if text.Fold(title[s[1]:]) != f {
			continue
		}
		front := text.Fold(title[:s[0]])
		for _, h := range heads {
			if front != "" && text.Fold(h.text) == front {
				return true
			}
		}
	}
	return false
}

// aboveStory reports whether no story stands before a block.
func aboveStory(p *doc.Page, b *block.Block) bool {
	prose := 0
	for _, o := range p.Blocks[:b.N] {
		if o.Words >= 20 && o.LinkBytes*3 < len(o.Text) && o.Flags&(block.InNav|block.InHidden|block.InFooter|block.InDialog|block.InForm|block.InAside|block.InHeader) == 0 {
			if prose++; prose > 2 {
				return false
			}
		}
	}
	return true
}

// leadsElsewhere reports whether a heading is a link to another page, as those of
// teasers are.
func leadsElsewhere(p *doc.Page, h *heading) bool {
	if h.block.LinkBytes*10 < len(h.block.Text)*8 {
		return false
	}
	link := anchorOf(h.node)
	if link == nil {
		return false
	}
	ref := strings.TrimSpace(block.Attr(link, "href"))
	if ref == "" || ref[0] == '#' || strings.HasPrefix(ref, "javascript:") {
		return false
	}
	u := p.Resolve(ref)
	return u != "" && !doc.SameURL(u, p.Input.URL) && (len(p.Rels["canonical"]) == 0 || u != p.Resolve(p.Rels["canonical"][0]))
}

// anchorOf is the first link in a heading, or the one around it.
func anchorOf(n *html.Node) *html.Node {
	seen := 0
	for d := range n.Descendants() {
		if d.DataAtom == atom.A {
			return d
		}
		if seen++; seen > doc.MaxWithin {
			break
		}
	}
	for p := n.Parent; p != nil; p = p.Parent {
		if p.DataAtom == atom.A {
			return p
		}
		if p.DataAtom == atom.Body || p.DataAtom == atom.Article || p.DataAtom == atom.Main {
			break
		}
	}
	return nil
}

// leadsHome reports whether a heading is a link to the front page, as logos are.
func leadsHome(p *doc.Page, n *html.Node) bool {
	seen := 0
	for d := range n.Descendants() {
		if seen++; seen > doc.MaxWithin {
			break
		}
		if d.Type == html.ElementNode && d.Data == "a" {
			u, err := url.Parse(p.Resolve(block.Attr(d, "href")))
			return err == nil && (u.Path == "" || u.Path == "/") && u.RawQuery == ""
		}
	}
	return false
}

// asides are words of the names of lines that themes print within a headline,
// above or below it, in the words of their languages.
var asides = text.Set(`kicker overline roofline topline eyebrow supertitle pretitle pretitel suptitle dachzeile spitzmarke oberzeile obertitel
	surtitre occhiello antetitulo antetítulo volanta cintillo label date topic topics category rubric flag descriptor overtitle supheadline vignette
	subtitle subtitel subline subheadline subheading subhead sub unterzeile untertitel soustitre sottotitolo subtitulo bajada undertitle dek standfirst badge`)

// A headlinePart is one piece of a headline's markup.
type headlinePart struct {
	text   string
	space  bool // white space before it
	aside  bool // named so, or in small type
	hidden bool // meant for machines and screen readers
	plain  bool // text of the heading itself
}

// headlineText is the title that a heading gives. Publishers put the line above
// a headline into it; it is part of the title where both are written as one, with
// a colon between them, and the page's head says so too.
func headlineText(p *doc.Page, n *html.Node, seen string, declared []titled) string {
	nodes, size := 0, 0
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			size += len(d.Data)
		}
		if nodes++; nodes > doc.MaxWithin || size > 4000 {
			return seen // no headline's markup
		}
	}
	parts := partsOf(n)
	if len(parts) < 2 {
		if len(parts) == 1 && !parts[0].hidden {
			return parts[0].text
		}
		return seen
	}
	whole, _ := oneLine(parts)
	if len(whole) > 400 {
		return seen
	}
	says := func(s string) (weight float64) {
		f := text.Fold(s)
		for _, d := range declared {
			if d.folded == f {
				weight += d.weight
			}
		}
		return weight
	}
	all := says(whole)
	first, last := 0, len(parts)
	for first < last && (parts[first].aside || signs(parts[first].text)) {
		first++
	}
	for last > first && (parts[last-1].aside || signs(parts[last-1].text) && parts[last-1].hidden) {
		last--
	}
	if first == last { // all of it is called so
		first, last = 0, len(parts)
	}
	if first == 0 && len(parts) > 2 && parts[1].hidden && parts[1].text != ":" {
		first = 2 // two lines, with a dash between them for machines only
	}
	_, colon := oneLine(parts[:min(first+1, len(parts))])
	if first == 0 {
		_, colon = oneLine(parts)
	}
	rest, _ := oneLine(parts[first:last])
	switch {
	case first == 0 && last == len(parts):
		// Parts without telling names: the page's head says which of them it is.
		for i := 1; all == 0 && i < len(parts) && i < 4; i++ {
			if rest, _ := oneLine(parts[i:]); says(rest) > 0 {
				return rest
			}
			if rest, _ := oneLine(parts[:len(parts)-i]); says(rest) > 0 {
				return rest
			}
		}
		return whole
	case colon, first == 0: // one line, or a line below that the page may count as part of it
		if all > 0 && all >= says(rest) || colon && len(declared) == 0 {
			return whole
		}
	}
	return rest
}

// partsOf takes a heading apart at its topmost elements, wrappers aside.
func partsOf(n *html.Node) []headlinePart {
	for range 8 {
		var only *html.Node
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.TextNode && strings.TrimSpace(c.Data) == "" || c.Type == html.CommentNode {
				continue
			}
			if only != nil || c.Type != html.ElementNode {
				only = nil
				break
			}
			only = c
			for s := c.NextSibling; s != nil; s = s.NextSibling {
				if s.Type == html.ElementNode || s.Type == html.TextNode && strings.TrimSpace(s.Data) != "" {
					only = nil
					break
				}
			}
			break
		}
		if only == nil || only.DataAtom == atom.Ruby {
			break
		}
		n = only
	}
	var parts []headlinePart
	space := false
	for c := n.FirstChild; c != nil && len(parts) < 40; c = c.NextSibling {
		p := headlinePart{space: space}
		switch {
		case c.Type == html.TextNode:
			p.text, p.plain = block.Clean(c.Data), true
			p.space = space || leadsSpace(c.Data)
			space = endsSpace(c.Data)
		case c.Type != html.ElementNode || block.Invisible[c.DataAtom]:
			continue
		case c.DataAtom == atom.Br:
			space = true
			continue
		default:
			p.hidden = block.Hidden(c)
			if p.hidden {
				p.text = block.Clean(block.TextOf(c))
			} else {
				p.text = block.VisibleText(c)
			}
			p.aside = c.DataAtom == atom.Small || c.DataAtom == atom.Time || c.DataAtom == atom.Sup && len(p.text) > 3 || named(c, asides)
			raw := block.TextOf(c)
			border := block.BlockLevel(c)
			p.space = space || leadsSpace(raw) || border
			space = endsSpace(raw) || border
		}
		if p.text == "" {
			space = space || p.space
			continue
		}
		if p.hidden && !signs(p.text) {
			continue // a label for machines
		}
		parts = append(parts, p)
	}
	return parts
}

func leadsSpace(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && unicode.IsSpace(r)
}

func endsSpace(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && unicode.IsSpace(r)
}

// seam reports whether two lines meet without white space, as where a style
// breaks them.
func seam(before, after string) bool {
	l, _ := utf8.DecodeLastRuneInString(before)
	r, _ := utf8.DecodeRuneInString(after)
	return unicode.IsLower(l) && unicode.IsUpper(r)
}

// signs reports whether a text has no letter or digit.
func signs(s string) bool { return text.Fold(s) == "" }

// oneLine writes parts as one line and tells whether a colon joins any two. Signs
// that only machines read are written where they are that colon.
func oneLine(parts []headlinePart) (line string, colon bool) {
	var b strings.Builder
	for i, p := range parts {
		text := p.text
		if p.hidden {
			if text = strings.TrimSpace(text); text != ":" || i == 0 || i == len(parts)-1 {
				continue
			}
		}
		so := b.String()
		if text == ":" && strings.HasSuffix(so, ":") {
			continue // seen and said once more for machines
		}
		if i > 0 && (seam(so, text) || p.space && text != ":" || p.aside || parts[i-1].aside && text != ":" || strings.HasSuffix(so, ":")) && so != "" {
			b.WriteByte(' ')
		}
		b.WriteString(text)
		if i < len(parts)-1 && strings.HasSuffix(text, ":") {
			colon = true
		}
	}
	return strings.TrimSpace(b.String()), colon
}
