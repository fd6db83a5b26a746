package body

import (
	"cmp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/template"
	"golang.org/x/net/html"
)

// placeDepth is how many elements name the place of a block. More would tell
// sections apart by the classes of their containers, fewer would not tell a box
// from the story that it stands in.
const placeDepth = 3

// Place names where a block stands: its element and those around it, each with
// its first class that holds no number.
func Place(p *doc.Page, b *block.Block) string {
	var sb strings.Builder
	for n, d := b.Node, 0; n != nil && n.Type == html.ElementNode && n != p.Body && d < placeDepth; n, d = n.Parent, d+1 {
		if d > 0 {
			sb.WriteByte('<')
		}
		sb.WriteString(n.Data)
		for class := range block.ClassNames(n) {
			if !strings.ContainsAny(class, "0123456789") && len(class) < 80 {
				sb.WriteByte('.')
				sb.WriteString(class)
				break
			}
		}
	}
	return sb.String()
}

// What repetition may take from a body.
const (
	// mostRepeated is the part of a body's words that may go. Where more repeats,
	// the page may be a copy, so that only what stands on sureShare of all pages
	// goes, as far as it may.
	mostRepeated = 0.4
	sureShare    = 0.15
	// fewWords are those of labels, which stories use again like any words: they
	// go with what they stand above, or where they stand on oftenShare of all pages.
	fewWords   = 4
	oftenShare = 0.3
)

// A repetition is a kept block that the site's other pages have too.
type repetition struct {
	block *block.Block
	share float64 // of the site's pages that have it; 0 if only this one does
	drop  bool
}

// DropRepeated takes out of the story what the profile knows from many other pages
// of the site. A nil or empty profile changes nothing.
func (s *Selection) DropRepeated(site *template.Profile) {
	if site.Empty() {
		return
	}
	kept, words := s.repetitions(site)
	s.judge(kept)
	var out []repetition
	gone := 0
	for _, r := range kept {
		if r.drop {
			out = append(out, r)
			gone += r.block.Words
		}
	}
	// What most pages have goes first; a limit that is reached keeps the rest.
	slices.SortStableFunc(out, func(a, b repetition) int { return cmp.Compare(b.share, a.share) })
	certain := float64(gone) <= mostRepeated*float64(words)
	gone = 0
	for _, r := range out {
		if !certain && r.share < sureShare || float64(gone+r.block.Words) > mostRepeated*float64(words) {
			continue
		}
		gone += r.block.Words
		s.drop(r.block, "repeated across the site")
	}
}

// repetitions lists the kept blocks with their shares, and counts their words.
func (s *Selection) repetitions(site *template.Profile) (kept []repetition, words int) {
	own, _ := s.page.FirstMeta("og:description", "description", "twitter:description")
	for _, b := range s.page.Blocks {
		if !s.Kept(b) {
			continue
		}
		place := Place(s.page, b)
		share := site.Share(place, b.Text)
		if share == 0 && b.Words >= fewWords && site.Recurs(place) {
			share = oftenShare
		}
		// Other pages quote a story by its own description.
		if share > 0 && b.Words >= fewWords && own != "" && strings.Contains(own, b.Text) {
			share = 0
		}
		kept = append(kept, repetition{block: b, share: share})
		words += b.Words
	}
	return kept, words
}

// judge decides which repetitions to drop, from the last block to the first: a
// label goes with what it labels.
func (s *Selection) judge(kept []repetition) {
	type tally struct{ all, repeated int }
	groups := map[*html.Node]tally{} // blocks of lists and tables
	for _, r := range kept {
		if g := s.groupOf(r.block); g != nil {
			t := groups[g]
			t.all++
			if r.share > 0 {
				t.repeated++
			}
			groups[g] = t
		}
	}
	for i, r := range slices.Backward(kept) {
		if r.share == 0 {
			continue
		}
		b := r.block
		if g := s.groupOf(b); g != nil { // an item means nothing without the others
			kept[i].drop = 5*groups[g].repeated >= 4*groups[g].all
			continue
		}
		heading := b.Flags&block.InHeading != 0
		switch {
		case b.Words >= fewWords && !heading,
			b.Words > 1 && !heading && r.share >= oftenShare,
			b.Words > 1 && mostlyLinks(b):
			kept[i].drop = true
		default:
			kept[i].drop = i == len(kept)-1 || kept[i+1].drop
		}
	}
}
