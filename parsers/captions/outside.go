package captions

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// An ancestor is an element that a medium or caption is, or stands in.
type ancestor struct {
	i      int
	start  int // the medium or caption
	figure int // its figure, or itself
}

// An outsideRule says by an ancestor why a medium or caption belongs to other
// stories, the page's frame or nobody.
type outsideRule struct {
	name    string
	tag     atom.Atom // that the ancestor has; 0 for any
	applies func(*finder, ancestor) bool
}

// outsideRules are tried in this order on one ancestor after another, from the
// inside out.
var outsideRules = []outsideRule{
	{"navigation", atom.Nav, always},
	{"footer", atom.Footer, func(_ *finder, a ancestor) bool { return a.i < a.figure }},
	{"aside", atom.Aside, (*finder).asideOfOthers},
	{"a card of another story", atom.Article, func(f *finder, a ancestor) bool {
		return f.words(a.i) == 0 && f.firstBelow(a.i, linkedHeadings, 80) > 0
	}},
	{"a link with a heading", atom.A, func(f *finder, a ancestor) bool { return f.hasHeading(a.i) }},
	{"dialog", 0, func(f *finder, a ancestor) bool {
		n := f.Elems[a.i].Node
		return n.DataAtom == atom.Dialog || block.Attr(n, "aria-modal") == "true" && block.Attr(n, "role") == "dialog"
	}},
	{"hidden", 0, func(f *finder, a ancestor) bool {
		n := f.Elems[a.i].Node
		// Galleries are invisible until a script has set them up.
		return block.Hidden(n) && block.Attr(n, "aria-hidden") != "true" && !strings.Contains(block.Attr(n, "style"), "visibility")
	}},
	{"named as another part of the page", 0, (*finder).namedOtherPart},
}

var (
	headings       = doc.Select("h1, h2, h3, h4, h5, h6")
	linkedHeadings = doc.Select("h2:has(a), h3:has(a), h4:has(a), h5:has(a), h6:has(a), a h2, a h3, a h4, a h5, a h6")
	anchors        = doc.Select("a")
	addresses      = doc.Select("address")
)

func always(*finder, ancestor) bool { return true }

// asideOfOthers reports whether an aside belongs to other stories. One with a single
// picture belongs to this story.
func (f *finder) asideOfOthers(a ancestor) bool {
	return a.i > a.figure || a.figure == a.start || f.hasHeading(a.i) || f.anyBelow(a.i, anchors)
}

// namedOtherPart reports whether an element's names say that it is not part of the
// story. A figure's own parts are its own, whatever they are called.
func (f *finder) namedOtherPart(a ancestor) bool {
	const other = block.HintRelated | block.HintComment | block.HintSidebar | block.HintFooter | block.HintNewsletter | block.HintConsent
	hint := f.Elems[a.i].Hints & other
	if hint == block.HintFooter && f.role(f.Elems[a.i].Node)&namesMedia != 0 {
		return false // "media__footer"
	}
	return a.i <= a.figure && hint != 0 && f.words(a.i) < 40 &&
		(hint&block.HintRelated == 0 || f.anyBelow(a.i, anchors)) // what is related has links
}

// outsideStory gives the rules by which a medium or caption may not be the story's.
// Ancestors that contain the story are not asked.
func (f *finder) outsideStory(i int, yield func(rule string)) {
	if f.asked++; f.asked > maxAsked {
		return
	}
	total := f.words(bodyOf(f.Page))
	a := ancestor{start: i, figure: f.figureOf(i)}
	for ; i > 0 && !f.holds(i, f.root); i = int(f.Elems[i].Parent) {
		if w := f.words(i); w > 60 && w*2 > total {
			return
		}
		a.i = i
		tag := f.Elems[i].Node.DataAtom
		for k := range outsideRules {
			if r := &outsideRules[k]; (r.tag == 0 || r.tag == tag) && r.applies(f, a) {
				yield(r.name)
			}
		}
	}
}

// hasHeading reports whether a heading stands near the start of an element.
func (f *finder) hasHeading(i int) bool { return f.firstBelow(i, headings, 80) > 0 }

// calls are words by which lines beside pictures ask readers to do something.
var calls = text.NewLiteralSet([]string{"subscribe", "sign up", "newsletter", "read more", "click here", "download", "abonnieren", "jetzt lesen", "mehr zum thema", "weiterlesen", "abonnez", "inscrivez", "suscríb", "iscriviti", "assine", "watch live", "follow us", "javascript", "switch on scripts", "your browser", "buy now", "shop now"})

// lineOfPage says by a candidate's text why it is certainly no caption; "" if nothing
// says so.
func lineOfPage(c *candidate) (why string) {
	switch {
	case dateOrByline(c.raw):
		return "a date or byline"
	case c.from == fromLine && isCode(c.raw):
		return "a line of code"
	case !c.isMarked() && callsReader(c.raw): // a caption may tell of a newsletter
		return "calls on the reader"
	}
	return ""
}

// isCode reports whether a line is one of a program: where a script draws these, no tag
// says so.
func isCode(s string) bool {
	return len(s) > 2 && strings.ContainsRune(";{", rune(s[len(s)-1])) && strings.ContainsAny(s, "(={")
}

// callsReader reports whether a line asks its readers to do something.
func callsReader(s string) bool { return calls.FoundIn(strings.ToLower(s)) }

// foreign says by what it stands in why a candidate is certainly no caption of the
// story; "" if nothing says so.
func (f *finder) foreign(c *candidate) (why string) {
	f.outsideStory(c.elem, func(rule string) {
		if why == "" {
			why = rule
		}
	})
	switch {
	case why != "":
		return why
	case c.from != fromLightbox && f.anyBelow(c.elem, addresses):
		return "an author's address"
	}
	return ""
}
