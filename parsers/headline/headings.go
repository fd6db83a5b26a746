package headline

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A heading is an element h1 to h6 that a reader sees.
type heading struct {
	node    *html.Node
	block   *block.Block // its first
	level   int
	text    string  // as a title: see headingText
	support float64 // how well the declared titles support it: see support
	exact   bool    // it is one of them

	evidence evidence.Values // nil if it is excluded
	score    float64
	why      string // why it lost
}

func (h *heading) from() string { return "dom:" + h.node.Data }

func (h *heading) inAside() bool { return h.block.Flags&block.InAside != 0 }

// Pieces of evidence that a heading is the title.
const (
	supported = iota
	besideStory
	linkedElsewhere
	inStory
	inSiteHeader
	itempropHeadline
	titleClass
	lowerLevel
	declaredAsSuch
	numHeadingPieces
)

// headingEvidence is what speaks for and against a heading that is not excluded.
var headingEvidence = evidence.Table{
	supported:        {Name: "words shared with the declared titles", Weight: 1},
	besideStory:      {Name: "in an aside", Weight: -0.4},
	linkedElsewhere:  {Name: "links to another page", Weight: -0.5},
	inStory:          {Name: "in article or main", Weight: 0.15},
	inSiteHeader:     {Name: "in a header outside of article and main", Weight: -0.1},
	itempropHeadline: {Name: "itemprop headline", Weight: 0.3},
	titleClass:       {Name: "class name of a title", Weight: 0.1},
	lowerLevel:       {Name: "h2 to h6", Weight: -0.3},
	declaredAsSuch:   {Name: "is a declared title", Weight: 0.2},
}

// A title needs this much support and score.
const (
	minSupport = 0.4
	minScore   = 0.3
)

// someSupport is that of a heading which shares a word or two with the declared titles.
const someSupport = 0.13

// excludedHeadings are headings that are no titles, whatever speaks for them. The
// first rule that holds excludes a heading.
var excludedHeadings = []struct {
	why   string
	holds func(r *titleReader, h *heading) bool
}{
	{"lower-level heading that is not a declared title", func(_ *titleReader, h *heading) bool {
		return h.level > 1 && !h.exact // stories repeat words of their title in headings
	}},
	{"the site's name", func(r *titleReader, h *heading) bool {
		return r.page.IsSite(h.text) || r.links().leadHome(h.node)
	}},
	{"a logo", func(_ *titleReader, h *heading) bool {
		return h.level == 1 && h.support < 0.9 && named(h.node, siteNames)
	}},
	{"too long for a headline", func(_ *titleReader, h *heading) bool {
		return len(h.text) > 250 && !h.exact && block.CountWords(h.text) > 30
	}},
	{"the site's name, as it ends the title element", func(r *titleReader, h *heading) bool {
		return h.level == 1 && !h.inAside() && r.endsTitleElement(h)
	}},
}

// chooseHeading is the heading that is the page's title; nil if none is for sure.
func (r *titleReader) chooseHeading() *heading {
	var best *heading
	for _, h := range r.headings {
		h.support, h.exact = support(h.text, h.level, r.declared)
		if h.why = r.excludes(h); h.why != "" {
			continue
		}
		h.evidence = r.evidenceOf(h)
		h.score = headingEvidence.Score(h.evidence)
		if h.support >= minSupport && h.score >= minScore && (best == nil || h.score > best.score) {
			best = h
		}
	}
	if best == nil {
		best = r.onlyH1()
	}
	for _, h := range r.headings {
		if h != best && h.why == "" {
			h.why = whyNot(h, best)
		}
	}
	return best
}

// excludes is why a heading is not a title whatever speaks for it; "" if it may be one.
func (r *titleReader) excludes(h *heading) string {
	for _, rule := range excludedHeadings {
		if rule.holds(r, h) {
			return rule.why
		}
	}
	return ""
}

// headlineProperties are the elements that microdata marks as headlines.
var headlineProperties = doc.Select("[itemprop~=headline]")

func (r *titleReader) evidenceOf(h *heading) evidence.Values {
	v := make(evidence.Values, numHeadingPieces)
	story := h.block.Flags&(block.InArticle|block.InMain) != 0
	property := headlineProperties.Matches(h.node)
	v[supported] = h.support
	v.Set(besideStory, h.inAside())
	v.Set(linkedElsewhere, r.linksElsewhere(h))
	v.Set(inStory, story)
	v.Set(inSiteHeader, !story && h.block.Flags&block.InHeader != 0)
	v.Set(itempropHeadline, property)
	v.Set(titleClass, !property && named(h.node, titleNames))
	v.Set(lowerLevel, h.level > 1)
	v.Set(declaredAsSuch, h.exact)
	return v
}

// whyNot is why a heading that was not excluded lost to another, or to none.
func whyNot(h, best *heading) string {
	switch {
	case h.evidence[linkedElsewhere] != 0:
		return "links to another page"
	case h.support < minSupport:
		return "shares few words with the declared titles"
	case best == nil || h.score < minScore:
		return "low score"
	}
	return "a better candidate won"
}

// onlyH1 is the only h1 above the story: a reader takes it for the title, whatever
// the page is called elsewhere. On a page that declares no title it is the first
// h1; nil if there is none.
func (r *titleReader) onlyH1() *heading {
	var only *heading
	rivals := false
	for _, h := range r.headings {
		if !h.mayBeOnlyH1() {
			continue
		}
		switch {
		case only == nil || h.support > only.support && only.support < someSupport:
			only = h
		case h.support >= someSupport && h.text != only.text && r.aboveStory(h.block):
			rivals = true
		}
	}
	switch {
	case only == nil || len(r.declared) == 0:
		return only
	case !rivals && only.support >= someSupport && only.block.Flags&block.InButton == 0 && r.aboveStory(only.block):
		return only
	}
	return nil
}

func (h *heading) mayBeOnlyH1() bool {
	excluded := h.evidence == nil
	return h.level == 1 && !excluded && !h.inAside() && h.evidence[linkedElsewhere] == 0
}

// Bounds of how many headings are looked at.
const (
	maxHeadings      = 60
	maxLowerHeadings = 30
)

// readHeadings lists the headings that may be the title, those of the page's frame apart.
func (r *titleReader) readHeadings() []*heading {
	const outside = block.InHidden | block.InNav | block.InFooter | block.InDialog
	var all []*heading
	var last *html.Node
	for _, b := range r.page.Blocks {
		if b.Flags&block.InHeading == 0 || b.Flags&outside != 0 || b.Words == 0 {
			continue
		}
		n := headingOf(b.Node)
		if n == nil || n == last {
			continue
		}
		last = n
		h := &heading{node: n, block: b, level: int(n.Data[1] - '0')}
		if len(all) >= maxHeadings || h.level > 1 && (len(all) >= maxLowerHeadings || h.inAside()) {
			continue
		}
		if h.text = r.headingText(n, b.Text); h.text == "" || len(h.text) > 400 {
			continue
		}
		h.text = r.cutAffixes(h.text)
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
		switch n.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return n
		}
		n = n.Parent
	}
	return nil
}

// endsTitleElement reports whether the title element ends in a heading's text, and
// begins with that of another heading.
func (r *titleReader) endsTitleElement(h *heading) bool {
	title := pageTitle(r.page)
	f := text.Fold(h.text)
	for _, s := range separator.FindAllStringIndex(title, 6) {
		if text.Fold(title[s[1]:]) != f {
			continue
		}
		front := text.Fold(title[:s[0]])
		for _, o := range r.headings {
			if front != "" && text.Fold(o.text) == front {
				return true
			}
		}
	}
	return false
}

// aboveStory reports whether no story stands before a block.
func (r *titleReader) aboveStory(b *block.Block) bool {
	const outside = block.InNav | block.InHidden | block.InFooter | block.InDialog | block.InForm | block.InAside | block.InHeader
	prose := 0
	for _, o := range r.page.Blocks[:b.N] {
		if o.Words >= 20 && o.LinkBytes*3 < len(o.Text) && o.Flags&outside == 0 {
			if prose++; prose > 2 {
				return false
			}
		}
	}
	return true
}

// linksElsewhere reports whether a heading is a link to another page, as those of
// teasers are.
func (r *titleReader) linksElsewhere(h *heading) bool {
	return h.block.LinkBytes*10 >= len(h.block.Text)*8 && r.links().leadAway(h.node)
}

func (r *titleReader) links() *links {
	if r.pageLinks == nil {
		r.pageLinks = linksOf(r.page)
	}
	return r.pageLinks
}
