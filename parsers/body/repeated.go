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
		for class := range strings.FieldsSeq(block.Attr(n, "class")) {
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

const onManyPages = "stands on many pages of the site"

// DropRepeated takes out of the body what the profile knows from many other
// pages of the site.
func DropRepeated(p *doc.Page, site *template.Profile) {
	if site.Empty() {
		return
	}
	var kept []*block.Block
	words := 0
	for _, b := range p.Blocks {
		if b.Keep {
			kept = append(kept, b)
			words += b.Words
		}
	}
	share := repeated(p, site, kept)
	drop := map[*block.Block]bool{}
	groups := map[*html.Node][2]int{} // blocks of a list or table: all, and those that repeat
	for i, b := range kept {
		if g := groupOf(p, b); g != nil {
			n := groups[g]
			n[0]++
			if share[i] > 0 {
				n[1]++
			}
			groups[g] = n
		}
	}
	for i, v := range slices.Backward(share) {
		b := kept[i]
		label := b.Words < fewWords || b.Flags&block.InHeading != 0
		g := groupOf(p, b)
		switch {
		case v == 0:
		case g != nil: // a word of a list means nothing without the others
			drop[b] = 5*groups[g][1] >= 4*groups[g][0]
		case !label, b.Words > 1 && b.Flags&block.InHeading == 0 && v >= oftenShare, b.Link*10 >= len(b.Text)*8 && b.Words > 1:
			drop[b] = true
		default:
			drop[b] = i == len(kept)-1 || drop[kept[i+1]]
		}
	}
	var out []int
	for i, b := range kept {
		if drop[b] {
			out = append(out, i)
		}
	}
	// What stands on most pages goes first; a limit that is reached keeps the rest.
	slices.SortStableFunc(out, func(i, k int) int { return cmp.Compare(share[k], share[i]) })
	gone := 0
	for _, i := range out {
		gone += kept[i].Words
	}
	sure := float64(gone) <= mostRepeated*float64(words)
	gone = 0
	for _, i := range out {
		if !sure && share[i] < sureShare || float64(gone+kept[i].Words) > mostRepeated*float64(words) {
			continue
		}
		gone += kept[i].Words
		kept[i].Keep, kept[i].Why = false, onManyPages
	}
}

// repeated tells of each kept block the part of the site's pages that it stands
// on; 0 for what is this page's own.
func repeated(p *doc.Page, site *template.Profile, kept []*block.Block) []float64 {
	share := make([]float64, len(kept))
	own, _ := p.FirstMeta("og:description", "description", "twitter:description")
	for i, b := range kept {
		place := Place(p, b)
		share[i] = site.Share(place, b.Text)
		if share[i] == 0 && b.Words >= fewWords && site.Recurs(place) {
			share[i] = oftenShare
		}
		// Other pages quote a story by what it says of itself.
		if share[i] > 0 && b.Words >= fewWords && own != "" && strings.Contains(own, b.Text) {
			share[i] = 0
		}
	}
	return share
}
