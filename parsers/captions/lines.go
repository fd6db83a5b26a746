package captions

import (
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// blocks finds captions without names: lines beside a medium that are a credit,
// end in one, or say what the medium's own attributes say.
func (r *captionReader) blocks() {
	if len(r.media) == 0 {
		return
	}
	named := len(r.taken)
	lines := r.ldCaptions()
	for _, b := range r.Blocks {
		if len(r.taken) >= maxRegions {
			break
		}
		if b.Elem < r.from || b.Elem >= r.to || b.Words > 90 || b.Words == 0 || b.Flags&(block.InHidden|block.InNav|block.InQuote|block.InPre|block.InTable) != 0 || b.Link*2 > len(b.Text) {
			continue
		}
		at := sort.SearchInts(r.media, b.Elem-12)
		if at >= len(r.media) || r.media[at] > b.Elem+12 {
			continue
		}
		owner, from := false, ""
		if _, c, _ := credit.Split(b.Text, false); c != "" {
			from = "dom:credit"
		} else if _, _, ok := credit.Line(b.Text); ok && b.Words <= 16 && b.Flags&block.InHeading == 0 {
			owner, from = true, "dom:credit"
		} else if len(lines) > 0 && lines[text.Fold(b.Text)] {
			from = "jsonld:ImageObject"
		} else if b.Words >= 4 && b.Flags&block.InHeading == 0 && r.saidByMedium(b) {
			from = "dom:alt"
		}
		if from == "" || r.nearTaken(b.Elem, named) {
			continue
		}
		scope, medium := r.scope(b.Elem, 3)
		if medium == 0 || scope == 0 && (owner || r.body.Has(b)) || r.outsideStory(b.Elem) != "" {
			continue
		}
		if owner && credit.AgencySigned(b.Text) && r.Elems[scope].Node.DataAtom != atom.Figure {
			continue // a source's name beside its logo
		}
		if scope > 0 && (r.words(scope) > 90 || owner && r.namedIn(min(scope, r.figureOf(b.Elem)), named)) {
			continue
		}
		r.taken = append(r.taken, region{elem: b.Elem, block: b, from: from})
	}
	r.figures(named)
}

// nearTaken reports whether an element lies in a named region, or its figure has one.
func (r *captionReader) nearTaken(i, named int) bool {
	for _, g := range r.taken[:named] {
		if r.holds(g.elem, i) {
			return true
		}
	}
	return false
}

// namedIn reports whether a named region lies below an element.
func (r *captionReader) namedIn(scope, named int) bool {
	for _, g := range r.taken[:named] {
		if r.holds(scope, g.elem) {
			return true
		}
	}
	return false
}

// saidByMedium reports whether a block says what a medium beside it has as its
// alternative text or title.
func (r *captionReader) saidByMedium(b *block.Block) bool {
	at := sort.SearchInts(r.media, b.Elem-12)
	for ; at < len(r.media) && r.media[at] <= b.Elem+12; at++ {
		n := r.Elems[r.media[at]].Node
		for _, a := range n.Attr {
			if (a.Key == "alt" || a.Key == "title") && text.EqualFold(a.Val, b.Text) {
				return true
			}
		}
	}
	return false
}

// figures finds figures whose text has no name of its own.
func (r *captionReader) figures(named int) {
	for i := r.from; i < r.to && len(r.taken) < maxRegions; i++ {
		if r.Elems[i].Node.DataAtom != atom.Figure {
			continue
		}
		end := int(r.end[i])
		has := false
		for _, g := range r.taken {
			has = has || r.holds(i, g.elem)
		}
		if count, _ := r.mediaIn(i); has || r.has(i, atom.Figcaption) || r.has(i, atom.Address) || r.hasHeading(i) || count != 1 || r.words(i) > 90 || r.outsideStory(i) != "" {
			i = end - 1
			continue
		}
		var own []*block.Block
		words := 0
		for _, b := range r.blocksIn(i) {
			if b.Flags&(block.InHidden|block.InQuote|block.InPre|block.InTable|block.InHeading|block.InButton) == 0 && b.Link*2 <= len(b.Text) {
				own = append(own, b)
				words += b.Words
				if r.body.Has(b) && b.Words > 40 { // a paragraph in an element that is no figure
					words = 1 << 20
				}
			}
		}
		if len(own) > 0 && len(own) <= 2 && words >= 3 && words <= 80 {
			r.taken = append(r.taken, region{elem: own[0].Elem, block: own[0], from: "dom:figure"})
		}
		i = end - 1
	}
}

// glued finds captions that a CMS glued into the story as text: short lines that
// end in a credit, as in "… on June 19. (Video: The Post)". A story's own
// brackets stay where they are: they are no credit, or their paragraph is long.
func (r *captionReader) glued() {
	for _, b := range r.Blocks {
		if r.body.Has(b) && b.Words > 12 && b.Flags&block.InParagraph != 0 && strings.Contains(b.Text, ") ") && len(r.taken) < maxRegions {
			r.runIn(b)
		}
		if !r.body.Has(b) || b.Words > 70 || b.Words < 2 || b.Flags&(block.InHeading|block.InQuote|block.InPre|block.InTable) != 0 || r.inTaken(b.Elem) || r.takenBlock(b) {
			continue
		}
		if len(r.taken) >= maxRegions {
			return
		}
		if _, _, ok := credit.PlainLabel(b.Text); ok && b.Words <= 60 {
			r.taken = append(r.taken, region{elem: b.Elem, block: b, from: "text:glued"})
			continue
		}
		if b.Words < 5 {
			continue
		}
		text, owner, _ := credit.Split(b.Text, false)
		if owner == "" || text == "" || strings.HasSuffix(text, "”") || strings.HasSuffix(text, `"`) {
			continue
		}
		// After a sentence, or a lone line: within a sentence brackets are prose.
		if end, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".!?…。", end) && b.Words > 40 {
			continue
		}
		// An agency's name alone may sign a story or a part of it.
		if _, inner, _ := credit.BracketTail(b.Text); inner == owner && !strings.ContainsAny(owner, "/") && !strings.Contains(owner, " via ") && r.before(b) == 0 && !r.line(b) {
			continue
		}
		r.taken = append(r.taken, region{elem: b.Elem, block: b, from: "text:glued"})
	}
}

// line reports whether a block is one of several lines of an element.
func (r *captionReader) line(b *block.Block) bool {
	return b.N > 0 && r.Blocks[b.N-1].Elem == b.Elem || b.N+1 < len(r.Blocks) && r.Blocks[b.N+1].Elem == b.Elem
}

// runIn splits off a caption that a CMS ran into the paragraph after it: "… on
// June 19. (Video: The Post) Whatever the treaty is worth, …". It is less sure
// than a caption on its own line, so that only a label, or slashes with an agency
// among them, after a whole sentence say that there is one.
func (r *captionReader) runIn(b *block.Block) {
	text := b.Text
	for from := 0; ; {
		i := strings.Index(text[from:], ") ")
		if i < 0 {
			return
		}
		from += i + 2
		head, rest := text[:from-1], text[from:]
		if len(head) > 700 {
			return
		}
		next, _ := utf8.DecodeRuneInString(rest)
		if !unicode.IsUpper(next) && next != '“' && next != '"' || block.CountWords(rest) < 8 {
			continue
		}
		said, owner, media := credit.Split(head, false)
		_, inner, _ := credit.BracketTail(head)
		if owner == "" || inner == owner && !strings.Contains(owner, "/") || block.CountWords(said) < 5 || block.CountWords(said) > 60 {
			continue
		}
		if end, _ := utf8.DecodeLastRuneInString(said); !strings.ContainsRune(".!?…。", end) {
			continue
		}
		r.keepRest(b, rest)
		r.taken = append(r.taken, region{elem: b.Elem, block: b, from: "text:glued", said: &article.Caption{Text: said, Credit: owner, Media: media}})
		return
	}
}

func (r *captionReader) takenBlock(b *block.Block) bool {
	for _, g := range r.taken {
		if g.block == b {
			return true
		}
	}
	return false
}

// before is the medium directly before a block, with no text of the body between.
func (r *captionReader) before(b *block.Block) int {
	prev := 0
	for i := b.N - 1; i >= 0; i-- {
		if r.body.Has(r.Blocks[i]) {
			prev = r.Blocks[i].Elem
			break
		}
	}
	found := 0
	for _, m := range r.media {
		if m > prev && m <= b.Elem+5 && (m < b.Elem || r.holds(b.Elem, m)) {
			found = m
		}
	}
	return found
}
