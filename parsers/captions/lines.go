package captions

import (
	"sort"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// A lineRule says why a line beside a medium is a caption.
type lineRule struct {
	name       string
	from       string
	creditOnly bool // the line is a credit without a caption
	applies    func(*finder, *block.Block) bool
}

// lineRules are tried in this order.
var lineRules = []lineRule{
	{"a line that ends in a credit", fromCredit, false, func(_ *finder, b *block.Block) bool {
		_, owner, _ := credit.Split(b.Text, false)
		return owner != ""
	}},
	{"a line that is a credit", fromCredit, true, func(_ *finder, b *block.Block) bool {
		_, _, ok := credit.Line(b.Text)
		return ok && b.Words <= 16 && b.Flags&block.InHeading == 0
	}},
	{"a caption in JSON-LD", fromImageObject, false, (*finder).isLDCaption},
	{"a medium's alt or title", fromAlt, false, func(f *finder, b *block.Block) bool {
		return b.Words >= 4 && b.Flags&block.InHeading == 0 && f.isMediumText(b)
	}},
}

// A line is a block beside a medium that is a caption by a lineRule.
type line struct {
	*block.Block
	lineRule
	scope, medium int // see scope
}

// lineExclusions say why such a line is not a caption of the story.
var lineExclusions = []struct {
	name    string
	applies func(*finder, line) bool
}{
	{"no medium", func(_ *finder, l line) bool { return l.medium == 0 }},
	{"in a named caption", func(f *finder, l line) bool { return f.regionAround(l.Elem) }},
	{"a paragraph of the story, or a credit, apart from the medium", func(f *finder, l line) bool {
		return l.scope == 0 && (l.creditOnly || f.inStory(l.Block))
	}},
	{"a source's name beside its logo", func(f *finder, l line) bool {
		return l.creditOnly && credit.AgencySigned(l.Text) && f.Elems[l.scope].Node.DataAtom != atom.Figure
	}},
	{"among the story's text", func(f *finder, l line) bool { return l.scope > 0 && f.words(l.scope) > 90 }},
	{"a named caption has this medium", func(f *finder, l line) bool {
		return l.scope > 0 && l.creditOnly && f.regionBelow(min(l.scope, f.figureOf(l.Elem)), f.regions[:f.named])
	}},
}

// collectLines finds captions without names: lines beside a medium.
func (f *finder) collectLines() {
	for _, b := range f.Blocks {
		if len(f.media) == 0 || f.full() {
			return
		}
		if !f.mayBeLine(b) {
			continue
		}
		for k := range lineRules {
			if lineRules[k].applies(f, b) {
				f.addLine(line{Block: b, lineRule: lineRules[k]})
				break
			}
		}
	}
}

// mayBeLine reports whether a block has the form and the place of a caption.
func (f *finder) mayBeLine(b *block.Block) bool {
	const others = block.InHidden | block.InNav | block.InQuote | block.InPre | block.InTable
	if b.Elem < f.from || b.Elem >= f.to || b.Words == 0 || b.Words > 90 || b.Flags&others != 0 || b.LinkBytes*2 > len(b.Text) {
		return false
	}
	return len(f.mediaBeside(b)) > 0
}

// mediaBeside are the media near a block.
func (f *finder) mediaBeside(b *block.Block) []int {
	const near = 12 // elements
	at := sort.SearchInts(f.media, b.Elem-near)
	end := at
	for end < len(f.media) && f.media[end] <= b.Elem+near {
		end++
	}
	return f.media[at:end]
}

// addLine makes a region of a line, unless an exclusion applies.
func (f *finder) addLine(l line) {
	l.scope, l.medium = f.scope(l.Elem, 3)
	why := ""
	for k := range lineExclusions {
		if lineExclusions[k].applies(f, l) {
			why = lineExclusions[k].name
			break
		}
	}
	if why == "" {
		why = f.outsideStory(l.Elem)
	}
	if !stands(l.from, why) {
		f.reject(l.from, l.Text, why)
		return
	}
	f.addRegion(region{elem: l.Elem, block: l.Block, from: l.from, rule: l.name})
}

// isMediumText reports whether a block repeats the alternative text or the title of
// a medium beside it.
func (f *finder) isMediumText(b *block.Block) bool {
	for _, m := range f.mediaBeside(b) {
		for _, a := range f.Elems[m].Node.Attr {
			if (a.Key == "alt" || a.Key == "title") && text.EqualFold(a.Val, b.Text) {
				return true
			}
		}
	}
	return false
}
