package captions

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
)

// A CMS may glue captions into the story as text: short lines that end in a credit,
// as in "… on June 19. (Video: The Post)". A story's own brackets stay where they
// are: they are no credit, or their paragraph is long.

// A gluedLine is a paragraph of the story that ends in what reads as a credit.
type gluedLine struct {
	*block.Block
	caption, credit string
}

// storyBrackets say why a paragraph's brackets are the story's own.
var storyBrackets = []struct {
	name    string
	applies func(*finder, gluedLine) bool
}{
	{"no caption before the credit", func(_ *finder, l gluedLine) bool { return l.caption == "" }},
	{"the source of a quotation", func(_ *finder, l gluedLine) bool {
		return strings.HasSuffix(l.caption, "”") || strings.HasSuffix(l.caption, `"`)
	}},
	{"within a sentence of a long paragraph", func(_ *finder, l gluedLine) bool { return l.Words > 40 && !endsSentence(l.caption) }},
	{"an agency that signs the story", func(f *finder, l gluedLine) bool {
		_, inner, _ := credit.BracketTail(l.Text)
		bare := inner == l.credit && !strings.Contains(l.credit, "/") && !strings.Contains(l.credit, " via ")
		return bare && f.mediumBefore(l.Block) == 0 && !f.oneOfLines(l.Block)
	}},
}

// collectGlued finds captions that were glued into the story as text.
func (f *finder) collectGlued() {
	for _, b := range f.Blocks {
		if !f.inStory(b) {
			continue
		}
		if b.Flags&block.InParagraph != 0 && b.Words > 12 && strings.Contains(b.Text, ") ") && !f.full() {
			f.splitRunIn(b)
		}
		if !f.mayBeGlued(b) {
			continue
		}
		if f.full() {
			return
		}
		if f.endsInCredit(b) {
			f.addRegion(region{elem: b.Elem, block: b, from: fromGlued})
		}
	}
}

// mayBeGlued reports whether a block of the story has the form of a caption and is
// not one yet.
func (f *finder) mayBeGlued(b *block.Block) bool {
	const others = block.InHeading | block.InQuote | block.InPre | block.InTable
	return b.Words >= 2 && b.Words <= 70 && b.Flags&others == 0 && !f.regionAround(b.Elem) &&
		!slices.ContainsFunc(f.regions, func(g region) bool { return g.block == b })
}

// endsInCredit reports whether a block can only be a caption with its credit.
func (f *finder) endsInCredit(b *block.Block) bool {
	if _, _, ok := credit.PlainLabel(b.Text); ok && b.Words <= 60 {
		return true
	}
	caption, owner, _ := credit.Split(b.Text, false)
	if owner == "" || b.Words < 5 {
		return false
	}
	for k := range storyBrackets {
		if storyBrackets[k].applies(f, gluedLine{b, caption, owner}) {
			return false
		}
	}
	return true
}

// oneOfLines reports whether a block is one of several lines of an element.
func (f *finder) oneOfLines(b *block.Block) bool {
	return b.N > 0 && f.Blocks[b.N-1].Elem == b.Elem || b.N+1 < len(f.Blocks) && f.Blocks[b.N+1].Elem == b.Elem
}

// splitRunIn splits off a caption that a CMS ran into the paragraph after it.
func (f *finder) splitRunIn(b *block.Block) {
	if c, rest := runIn(b.Text); c != nil {
		f.keepRest(b, rest)
		f.addRegion(region{elem: b.Elem, block: b, from: fromGlued, split: c})
	}
}

// runIn is the caption at the start of a paragraph, and the rest of it: "… on
// June 19. (Video: The Post) Whatever the treaty is worth, …"; nil if there is none.
// It is less sure than a caption on its own line, so that only a label, or slashes
// with an agency among them, after a whole sentence say that there is one.
func runIn(paragraph string) (c *article.Caption, rest string) {
	for at := 0; ; {
		i := strings.Index(paragraph[at:], ") ")
		if at += i + 2; i < 0 || at-1 > 700 {
			return nil, ""
		}
		head, rest := paragraph[:at-1], paragraph[at:]
		if !beginsSentence(rest) || block.CountWords(rest) < 8 {
			continue
		}
		if caption, owner, media := credit.Split(head, false); owner != "" && sureRunIn(head, caption, owner) {
			return &article.Caption{Text: caption, Credit: owner, Media: media}, rest
		}
	}
}

func beginsSentence(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsUpper(first) || first == '“' || first == '"'
}

// sureRunIn reports whether the head of a paragraph can only be a caption.
func sureRunIn(head, caption, owner string) bool {
	_, inner, _ := credit.BracketTail(head)
	if inner == owner && !strings.Contains(owner, "/") {
		return false
	}
	words := block.CountWords(caption)
	return words >= 5 && words <= 60 && endsSentence(caption)
}

// mediumBefore is the medium directly before a block, with no text of the story
// between; 0 if there is none.
func (f *finder) mediumBefore(b *block.Block) int {
	prev := 0
	for i := b.N - 1; i >= 0; i-- {
		if f.inStory(f.Blocks[i]) {
			prev = f.Blocks[i].Elem
			break
		}
	}
	found := 0
	for _, m := range f.media[sort.SearchInts(f.media, prev+1):] {
		if m > b.Elem+5 {
			break
		}
		if m < b.Elem || f.holds(b.Elem, m) {
			found = m
		}
	}
	return found
}
