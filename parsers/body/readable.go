package body

import (
	"math"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// What follows is the algorithm of Mozilla's Readability (Readability.js, Apache-2.0), as
// far as it concerns a tree that has no pictures, scripts and styles and whose texts are
// short. go-readability does the same several times slower: it makes text and markup of
// elements only to count their characters. TestReadable compares both.

// Names of elements that speak for and against them.
var (
	unlikelyNames = text.FoldedLiterals("-ad-|ai2html|banner|breadcrumbs|combx|comment|community|cover-wrap|disqus|extra|footer|gdpr|header|legends|menu|related|remark|replies|rss|shoutbox|sidebar|skyscraper|social|sponsor|supplemental|ad-break|agegate|pagination|pager|popup|yom-remote")
	bylineNames   = text.FoldedLiterals("byline|author|dateline|writtenby")
	likelyNames   = text.FoldedLiterals("and|article|body|column|content|main|shadow")
	goodNames     = text.FoldedLiterals("article|body|content|entry|main|page|pagination|post|text|blog|story")
	badNames      = text.FoldedLiterals("-ad-|hidden| hid |banner|combx|comment|com-|contact|foot|gdpr|masthead|media|meta|outbrain|promo|related|scroll|share|shoutbox|sidebar|skyscraper|sponsor|shopping|tags|tool|widget")
)

// Elements by what Readability does with them.
var (
	unlikelyRoles = named("menu menubar complementary navigation alert alertdialog dialog")
	scoredTags    = named("section h2 h3 h4 h5 h6 p td pre")
	inlineTags    = named("abbr audio b bdo br button cite code data datalist dfn em embed i img input kbd label mark math meter noscript object output progress q ruby samp script select small span strong sub sup textarea time var wbr")
	blockTags     = named("blockquote dl div img ol p pre table ul select")
	headings      = named("h1 h2 h3 h4 h5 h6")
)

func named(words string) map[string]bool {
	all := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		all[w] = true
	}
	return all
}

// A reader of the tree. What it is not strict about it does if it has found too little
// otherwise.
type readableReader struct {
	body, content *part
	title         string // see articleTitle

	keepUnlikely, ignoreNames, keepAll bool
}

// leastReadable is how many characters an article has at least.
const leastReadable = 100

// readable gives the blocks that Readability takes for the article.
func readable(p *doc.Page) []*block.Block {
	var best []*block.Block
	longest := 0
	for _, r := range []readableReader{{}, {keepUnlikely: true}, {keepUnlikely: true, ignoreNames: true}, {keepUnlikely: true, ignoreNames: true, keepAll: true}} {
		s := &skeleton{page: p, made: map[int]*part{}}
		r.body = s.build()
		if s.voters == 0 || s.voters > maxVoters {
			return nil
		}
		r.title = articleTitle(p.Title, r.body)
		elements := r.prepare()
		r.choose(r.weigh(elements))
		r.clean()
		length, found := r.content.size().runes, r.content.blocks()
		if length >= leastReadable {
			return found
		}
		if length > longest {
			best, longest = found, length
		}
	}
	return best
}

// blocks are those below a part.
func (n *part) blocks() []*block.Block {
	var all []*block.Block
	for c := n.first; c != nil; c = c.following(n, false) {
		if c.block != nil {
			all = append(all, c.block)
		}
	}
	return all
}

// prepare leaves out what is unlikely to be of the article, makes paragraphs of divs that
// are some, and gives the elements that are to be weighed.
func (r *readableReader) prepare() []*part {
	var elements []*part
	signed, titled := false, false
	for n := r.body.nextElement(r.body, false); n != nil; {
		names := n.class + " " + n.id
		switch {
		case !signed && bylineNames.FoundIn(names) && n.size().runes < 100:
			signed = true
			n = r.removed(n)
			continue
		case !titled && (n.tag == "h1" || n.tag == "h2") && similar(r.title, n.string()):
			titled = true
			n = r.removed(n)
			continue
		case r.keepUnlikely:
		case unlikelyRoles[n.role],
			n.tag != "a" && unlikelyNames.FoundIn(names) && !likelyNames.FoundIn(names) && !n.within("table", 3) && !n.within("code", 3):
			n = r.removed(n)
			continue
		}
		if scoredTags[n.tag] {
			elements = append(elements, n)
		}
		if n.tag == "div" {
			n.wrapInline()
			if only := n.onlyElement(); only != nil && only.tag == "p" && n.linkDensity() < 0.25 {
				n.replace(only)
				n = only
				elements = append(elements, n)
			} else if !n.hasBlock() {
				n.tag = "p"
				elements = append(elements, n)
			}
		}
		n = n.nextElement(r.body, false)
	}
	return elements
}

// removed takes an element out and gives the next one.
func (r *readableReader) removed(n *part) *part {
	next := n.nextElement(r.body, true)
	n.remove()
	return next
}

// nextElement is following, for elements.
func (n *part) nextElement(top *part, past bool) *part {
	n = n.following(top, past)
	for n != nil && n.tag == "" {
		n = n.following(top, false)
	}
	return n
}

// wrapInline puts what stands between block elements into paragraphs.
func (n *part) wrapInline() {
	var p *part
	for c := n.first; c != nil; {
		next := c.next
		switch {
		case !c.inline():
			p = nil
		case p != nil:
			p.append(c)
		default:
			p = &part{tag: "p"}
			c.replace(p)
			p.append(c)
		}
		c = next
	}
}

func (n *part) inline() bool {
	if n.tag != "a" && n.tag != "del" && n.tag != "ins" {
		return n.tag == "" || inlineTags[n.tag]
	}
	for c := n.first; c != nil; c = c.next {
		if !c.inline() {
			return false
		}
	}
	return true
}

// onlyElement is the only element of another one that has no text beside it; nil if there
// are others or none.
func (n *part) onlyElement() *part {
	if n.first != n.last || n.first == nil || n.first.tag == "" {
		return nil
	}
	return n.first
}

func (n *part) hasBlock() bool {
	for c := n.first; c != nil; c = c.following(n, false) {
		if blockTags[c.tag] {
			return true
		}
	}
	return false
}

// weigh gives the elements above paragraphs points for them, and returns those with most
// points, best first.
func (r *readableReader) weigh(elements []*part) []*part {
	var candidates []*part
	for _, n := range elements {
		size := n.size()
		if n.parent == nil || size.runes < 25 {
			continue
		}
		points := float64(1 + size.commas + min(size.runes/100, 3))
		for up, level := n.parent, 0; up != nil && level < 5; up, level = up.parent, level+1 {
			if !up.scored {
				up.setScore(r.startScore(up))
				candidates = append(candidates, up)
			}
			switch level {
			case 0, 1:
				up.setScore(up.score + points/float64(level+1))
			default:
				up.setScore(up.score + points/float64(3*level))
			}
		}
	}
	for _, c := range candidates {
		c.setScore(c.score * (1 - c.linkDensity()))
	}
	slices.SortStableFunc(candidates, func(a, b *part) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return 0
	})
	const most = 5
	return candidates[:min(most, len(candidates))]
}

func (n *part) setScore(score float64) { n.score, n.scored = math.Round(score*1e4)/1e4, true }

// startScore is what an element's tag and names say.
func (r *readableReader) startScore(n *part) float64 {
	score := float64(r.nameWeight(n))
	switch n.tag {
	case "div":
		return score + 5
	case "pre", "td", "blockquote":
		return score + 3
	case "address", "ol", "ul", "dl", "dd", "dt", "li", "form":
		return score - 3
	case "h1", "h2", "h3", "h4", "h5", "h6", "th":
		return score - 5
	}
	return score
}

// nameWeight is what an element's names say.
func (r *readableReader) nameWeight(n *part) int {
	if r.ignoreNames {
		return 0
	}
	weight := 0
	for _, name := range [...]string{n.class, n.id} {
		if name == "" {
			continue
		}
		if badNames.FoundIn(name) || strings.EqualFold(name, "hid") || len(name) > 4 && (strings.EqualFold(name[:4], "hid ") || strings.EqualFold(name[len(name)-4:], " hid")) {
			weight -= 25
		}
		if goodNames.FoundIn(name) {
			weight += 25
		}
	}
	return weight
}

// choose makes the article of the best candidate, or one above it, and of what stands
// beside it and belongs to it.
func (r *readableReader) choose(candidates []*part) {
	top := r.top(candidates)
	r.content = &part{tag: "div"}
	least := max(10, top.score*0.2)
	score, class := top.score, top.class
	for s := top.parent.first; s != nil; {
		next := s.next
		if s.tag != "" && (s == top || s.joins(least, score, class)) {
			switch s.tag {
			case "div", "article", "section", "p":
			default:
				s.tag = "div"
			}
			r.content.append(s)
		}
		s = next
	}
}

// joins reports whether an element beside the best one belongs to the article.
func (s *part) joins(least, score float64, class string) bool {
	bonus := 0.0
	if class != "" && s.class == class {
		bonus = score * 0.2
	}
	if s.scored && s.score+bonus >= least {
		return true
	}
	if s.tag != "p" {
		return false
	}
	n, links := s.size().runes, s.linkDensity()
	return n > 80 && links < 0.25 || n > 0 && n < 80 && links == 0 && endsSentence(s.string())
}

// endsSentence reports whether a text has a full stop at the end of a word.
func endsSentence(t string) bool { return strings.HasSuffix(t, ".") || strings.Contains(t, ". ") }

// top is the element that the article is taken from.
func (r *readableReader) top(candidates []*part) *part {
	if len(candidates) == 0 || candidates[0] == r.body {
		top := &part{tag: "div"}
		for r.body.first != nil {
			top.append(r.body.first)
		}
		r.body.append(top)
		top.setScore(r.startScore(top))
		return top
	}
	top := r.shared(candidates)
	if !top.scored {
		top.setScore(r.startScore(top))
	}
	// An element above it with more points holds more of the article.
	last := top.score
	for up, least := top.parent, top.score/3; up != nil && up != r.body; up = up.parent {
		if !up.scored {
			continue
		}
		if up.score < least {
			break
		}
		if up.score > last {
			top = up
			break
		}
		last = up.score
	}
	for up := top.parent; up != nil && up != r.body && up.elements() == 1; up = up.parent {
		top = up
	}
	if !top.scored {
		top.setScore(r.startScore(top))
	}
	return top
}

// shared is the best candidate, or what holds it and three more that are nearly as good.
func (r *readableReader) shared(candidates []*part) *part {
	top := candidates[0]
	var others []*part
	for _, c := range candidates[1:] {
		if c.score/top.score >= 0.75 {
			others = append(others, c)
		}
	}
	const least = 3
	if len(others) < least {
		return top
	}
	for up := top.parent; up != nil && up != r.body; up = up.parent {
		n := 0
		for _, c := range others {
			if c != up && c.below(up) {
				n++
			}
		}
		if n >= least {
			return up
		}
	}
	return top
}

func (n *part) below(top *part) bool {
	for ; n != nil; n = n.parent {
		if n == top {
			return true
		}
	}
	return false
}

func (n *part) elements() int {
	count := 0
	for c := n.first; c != nil; c = c.next {
		if c.tag != "" {
			count++
		}
	}
	return count
}

// within reports whether an element stands in another one, up to so many levels between
// them.
func (n *part) within(tag string, between int) bool {
	for up, k := n.parent, 0; up != nil && k <= between; up, k = up.parent, k+1 {
		if up.tag == tag {
			return true
		}
	}
	return false
}

// A partSize is what is counted of all texts of an element.
type partSize struct{ runes, commas, links int }

func (n *part) size() (s partSize) {
	if n.tag == "" {
		return partSize{n.runes, n.commas, 0}
	}
	for c := n.first; c != nil; c = c.next {
		o := c.size()
		s.runes, s.commas, s.links = s.runes+o.runes, s.commas+o.commas, s.links+o.links
	}
	if n.tag == "a" {
		s.links += s.runes
	}
	return s
}

// linkDensity is the share of an element's characters in links.
func (n *part) linkDensity() float64 {
	s := n.size()
	if s.runes == 0 {
		return 0
	}
	return float64(s.links) / float64(s.runes)
}
