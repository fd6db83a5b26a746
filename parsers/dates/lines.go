package dates

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
)

// readLines reads the dates in the page's visible lines.
func (f *finder) readLines() {
	at := f.story.byBlock()
	for i, b := range f.page.Blocks {
		if len(f.found) >= maxClaims {
			return
		}
		if b.Flags&(block.InHidden|block.InDialog|block.InCaption|block.InQuote|block.InButton) != 0 {
			continue
		}
		l := dateLine{Block: b, zone: at.zone(b.N)}
		if l.zone == zoneWithin && b.N <= f.story.start.N+1 {
			l.zone = zoneLead
		}
		l.text = readPart(b.Text, l.zone)
		if l.text == "" {
			continue
		}
		if !mayDate(l.text) {
			leaf := f.leaf(i)
			if leaf == "" {
				f.readAgo(l)
				continue
			}
			l.text = leaf
		}
		if i > 0 {
			l.labelAbove = labelLine(f.page.Blocks[i-1])
		}
		f.readLine(l)
	}
}

// leaf joins the i-th block and up to two after it, where they give day, month and
// year in elements of their own, as on the leaf of a calendar; "" if they do not.
func (f *finder) leaf(i int) string {
	const longest = 16 // bytes of a block
	blocks := f.page.Blocks
	if len(blocks[i].Text) > longest || !text.HasDigit(blocks[i].Text) && months[strings.ToLower(strings.Trim(blocks[i].Text, " .,"))] == 0 {
		return ""
	}
	joined := blocks[i].Text
	for k := i + 1; k < len(blocks) && k <= i+2 && len(blocks[k].Text) <= longest && blocks[k].Words <= 2; k++ {
		joined += " " + blocks[k].Text
		if all := f.style.dates(joined, 1); len(all) == 1 && all[0].start == 0 && all[0].end == len(joined) {
			return joined
		}
	}
	return ""
}

// readPart is the part of a line in which dates are read: none of long ones, but
// around the title their beginning.
func readPart(s string, at zone) string {
	longest := 300
	if at == zoneFar {
		longest = 120
	}
	switch {
	case len(s) <= longest:
		return s
	case at == zoneLead || at == zoneHeader:
		return s[:160]
	}
	return ""
}

// labelLine is the label that a block consists of, which is meant for the next one.
func labelLine(b *block.Block) label {
	if b.Words > 5 || len(b.Text) >= 60 || mayDate(b.Text) {
		return unlabelled
	}
	if l := labelOf(b.Text); l != labelOther {
		return l
	}
	return unlabelled
}

// A dateLine is a block of text that may contain dates.
type dateLine struct {
	*block.Block
	zone       zone
	text       string // what is read of it
	labelAbove label  // of the block before it
	names      dateNames
}

// A lineDate is a date in a line.
type lineDate struct {
	partialDate
	nth   int // 0 for the first of its line
	label label
}

var copyright = text.MustCompile(`(?i)©|\(c\)|copyright|all rights`)

// readLine adds the dates of a line.
func (f *finder) readLine(l dateLine) {
	all := f.style.dates(l.text, 3)
	if len(all) == 0 || copyright.MatchString(l.text) || ofOriginal.MatchString(l.text) {
		return
	}
	l.names = f.namesAround(l.Block, l.text[all[0].start:all[0].end])
	last := 0
	for i, d := range all {
		own := lineDate{d, i, labelOf(l.text[last:d.start])}
		if i == 0 && own.label == unlabelled && d.start < 4 {
			own.label = l.labelAbove
		}
		if own.label == unlabelled {
			own.label = l.names.label
		}
		last = d.end
		if own.label == labelOther || !plausible(f.page, d) {
			continue
		}
		f.add(d, claim{from: "text:" + l.Node.Data, label: own.label, kind: line, seen: f.sightIn(l, own)})
	}
}

// sightIn is how readers see a date in a line.
func (f *finder) sightIn(l dateLine, d lineDate) sight {
	return sight{
		zone: l.zone, away: f.story.away(l.Elem), named: l.names.date, first: d.nth == 0, begins: d.start < 8, words: max(l.Words-3, 0),
		bars:   l.Flags&(block.InNav|block.InFooter|block.InAside|block.InForm) != 0,
		beside: f.page.HintsBelow(l.Node, f.page.Body)&beside != 0,
		card:   l.zone != zoneLead && f.inCard(l),
	}
}

// inCard reports whether a line belongs to the card of another story, as lists have
// them: it is in a link, or next to a heading that is one.
func (f *finder) inCard(l dateLine) bool {
	if l.Flags&block.InLink != 0 {
		return true
	}
	// Around the story only headings count: sections and tags are links, too.
	near := l.zone == zoneHeader || l.zone == zoneAbove || l.zone == zoneTail && l.N <= f.story.end.N+2
	for _, k := range []int{l.N - 1, l.N + 1, l.N - 2, l.N + 2} {
		if k < 0 || k >= len(f.page.Blocks) {
			continue
		}
		other := f.page.Blocks[k]
		if other == f.story.title || !isLinkedLine(other) {
			continue
		}
		if !near && other.Words >= 5 || other.Flags&block.InHeading != 0 && !f.beforeTitle(l, other) {
			return true
		}
	}
	return false
}

// beforeTitle reports whether the title stands between a line of the story's header
// and another block, which then is a heading of the page rather than a card's.
func (f *finder) beforeTitle(l dateLine, other *block.Block) bool {
	return l.zone == zoneHeader && (f.story.title == nil || other.N <= f.story.title.N)
}

// isLinkedLine reports whether a block is a link of several words.
func isLinkedLine(b *block.Block) bool {
	return b.Words >= 3 && b.LinkBytes*10 >= len(b.Text)*8 && b.Flags&block.InNav == 0
}

// namesAround joins what the elements around a line's date are named: those within
// the line that contain the date, and those that contain the line but not the story.
func (f *finder) namesAround(b *block.Block, date string) dateNames {
	var names dateNames
	elems := f.page.Elems
	for id := b.Elem + 1; id < len(elems) && id < b.Elem+30 && elems[id].Depth > elems[b.Elem].Depth; id++ {
		n := elems[id].Node
		if !block.BlockLevel(n) && n.FirstChild != nil && strings.Contains(block.Clean(block.TextOf(n)), date) {
			names.join(namesOf(n))
		}
	}
	if elems[b.Elem].Hints&(block.HintMeta|block.HintByline) != 0 {
		names.date = true
	}
	n := b.Node
	for up := 0; up < 3 && n != nil && n != f.page.Body; up++ {
		if up > 0 && f.containsStory(n) {
			break
		}
		names.join(namesOf(n))
		n = n.Parent
	}
	return names
}

// containsStory reports whether an element with attributes contains the story: such
// names concern more than a date.
func (f *finder) containsStory(n *html.Node) bool {
	return len(n.Attr) > 0 && f.story.start != nil && block.Within(f.story.start.Node, n)
}
