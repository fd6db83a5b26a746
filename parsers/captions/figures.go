package captions

import (
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

var (
	figures     = doc.Select("figure")
	figcaptions = doc.Select("figcaption")
)

// figureRules say why the text of a figure is not its caption.
var figureRules = []struct {
	name    string
	applies func(f *finder, figure int) bool
}{
	{"an author's address", func(f *finder, i int) bool { return f.anyBelow(i, addresses) }},
	{"has a heading", func(f *finder, i int) bool { return f.hasHeading(i) }},
	{"not one medium", func(f *finder, i int) bool { count, _ := f.mediaIn(i); return count != 1 }},
	{"holds a part of the story", func(f *finder, i int) bool { return f.words(i) > 90 }},
}

// collectFigures finds figures whose text has no name of its own. Of figures
// within figures only the outermost is read.
func (f *finder) collectFigures() {
	if len(f.media) == 0 {
		return
	}
	next := f.from
	for _, i := range f.selected(figures) {
		if i < next {
			continue
		}
		if i >= f.to || f.full() {
			return
		}
		next = int(f.end[i])
		if f.regionBelow(i, f.regions) || f.anyBelow(i, figcaptions) {
			continue // read already, or rejected
		}
		if why := f.figureExclusion(i); stands(fromFigure, why) {
			f.addFigure(i)
		} else if f.Explaining() {
			f.reject(fromFigure, block.VisibleText(f.Elems[i].Node), why)
		}
	}
}

func (f *finder) figureExclusion(i int) string {
	for _, r := range figureRules {
		if r.applies(f, i) {
			return r.name
		}
	}
	return f.outsideStory(i)
}

// addFigure makes a region of a figure's text, if it has the size of a caption.
func (f *finder) addFigure(i int) {
	const others = block.InHidden | block.InQuote | block.InPre | block.InTable | block.InHeading | block.InButton
	var own []*block.Block
	words := 0
	for _, b := range f.blocksIn(i) {
		if b.Flags&others != 0 || b.LinkBytes*2 > len(b.Text) {
			continue
		}
		if f.inStory(b) && b.Words > 40 {
			return // a paragraph, in an element that is misused
		}
		own = append(own, b)
		words += b.Words
	}
	if len(own) >= 1 && len(own) <= 2 && words >= 3 && words <= 80 {
		f.addRegion(region{elem: own[0].Elem, block: own[0], from: fromFigure, rule: "a figure's text"})
	}
}
