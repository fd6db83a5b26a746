package parsers

import (
	"cmp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/template"
	"golang.org/x/net/html"
)

// extractor names the parser and what it knows of the site, for Article.Extractor.
func (p *Parser) extractor() string {
	if p.Site == nil {
		return Extractor
	}
	return Extractor + "; profile=" + p.Site.Digest()
}

// ExtractorFor is what Article.Extractor says of readings with a profile, which
// may be nil.
func ExtractorFor(site *template.Profile) string { return (&Parser{Site: site}).extractor() }

// Observe gives what a template.Learner compares of a page: its visible text, and
// what of it a reading without a profile takes for the body. Errors are those of Parse.
func Observe(page *Page) (*template.Page, error) {
	doc, err := page.document()
	if err != nil {
		return nil, err
	}
	x := newIndex(page, doc)
	if len(x.Blocks) == 0 {
		return nil, ErrNotArticle
	}
	seen := &template.Page{At: page.Fetched}
	if page.URL != nil {
		seen.URL = page.URL.String()
	}
	if c := x.Rels["canonical"]; len(c) > 0 {
		seen.Canonical = x.resolve(c[0])
	}
	seen.Title, _ = x.findTitle()
	_, standfirst := x.findSubtitle(seen.Title)
	x.chooseBody(nil, seen.Title, standfirst)
	for _, b := range x.Blocks {
		if b.Words > 0 && b.Flags&block.InHidden == 0 {
			seen.Blocks = append(seen.Blocks, template.Block{Path: x.placeOf(b), Text: b.Text, Words: b.Words, Linked: b.Links > 0, Kept: b.Keep})
		}
	}
	return seen, nil
}

// placeDepth is how many elements name the place of a block. More would tell
// sections apart by the classes of their containers, fewer would not tell a box
// from the story that it stands in.
const placeDepth = 3

// placeOf names where a block stands: its element and those around it, each with
// its first class that holds no number.
func (x *index) placeOf(b *block.Block) string {
	var sb strings.Builder
	for n, d := b.Node, 0; n != nil && n.Type == html.ElementNode && n != x.Body && d < placeDepth; n, d = n.Parent, d+1 {
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

// dropRepeated takes out of the body what the profile knows from many other
// pages of the site.
func (x *index) dropRepeated(site *template.Profile) {
	if site.Empty() {
		return
	}
	var kept []*block.Block
	words := 0
	for _, b := range x.Blocks {
		if b.Keep {
			kept = append(kept, b)
			words += b.Words
		}
	}
	share := x.repeated(site, kept)
	drop := map[*block.Block]bool{}
	groups := map[*html.Node][2]int{} // blocks of a list or table: all, and those that repeat
	for i, b := range kept {
		if g := x.groupOf(b); g != nil {
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
		g := x.groupOf(b)
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
func (x *index) repeated(site *template.Profile, kept []*block.Block) []float64 {
	share := make([]float64, len(kept))
	own, _ := x.first("og:description", "description", "twitter:description")
	for i, b := range kept {
		place := x.placeOf(b)
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
