// Package body chooses the blocks of a page that are its story and makes typed
// blocks of them. A model judges each block, with votes of go-readability and of
// JSON-LD; rules correct it; where the markup holds no story, it is drawn from
// the page's script data.
package body

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/byline"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// enough is how likely a block must belong to the article to be kept.
const enough = 0.5

// Choose marks the blocks of the story: those that the model takes for it,
// corrected by what a reader would say.
func Choose(p *doc.Page, m *block.Model, title string, standfirst *block.Block) {
	ctx := Examine(p, title, standfirst)
	if m == nil {
		m = block.Embedded()
	}
	m.Score(p.Page, ctx)
	smoothLists(p)
	for _, b := range p.Blocks {
		if b.P >= enough/4 {
			b.Why = rule(p, b, title)
		}
		b.Keep = b.Why == "" && b.P >= enough
	}
	dropOtherStories(p)
	dropSignUps(p)
	keepPosts(p)
	dedupe(p)
	trimHeadings(p)
	if !anyBody(p) {
		fallback(p, title)
	}
}

// rule says why a block is no part of the story, whatever the model says.
func rule(p *doc.Page, b *block.Block, title string) string {
	switch {
	case b.Flags&block.InCaption != 0:
		return "caption"
	case b.Words == 0 && b.Flags&block.InPre == 0:
		return "no words"
	case text.EqualFold(b.Text, title):
		return "title"
	case b.Link*10 >= len(b.Text)*8 && !strings.HasPrefix(b.Text, "http") && b.Flags&(block.InList|block.InHeading|block.InQuote) == 0 && !sentence(b.Text) && (b.Flags&block.InTable == 0 || !dataTable(p, nearest(b.Node, atom.Table))):
		return "nothing but links"
	case b.Words <= 15 && strings.HasPrefix(b.Text, "©"):
		return "copyright"
	case b.Words <= 14 && b.Flags&block.InHeading == 0 && byline.IsLine(b.Text):
		return "byline or date"
	case b.Flags&block.InTable == 0 && (b.Flags&block.InList == 0 || b.Link*10 >= len(b.Text)*8) && promotes(b.Text, b.Words):
		return "promotion"
	case b.Words >= 4 && b.Words <= 60 && inPlaceOfEmbed(b.Text):
		return "in place of an embed"
	}
	return ""
}

// sentence reports whether a text ends as sentences do.
func sentence(s string) bool {
	s = strings.TrimRight(s, `"'”’»)] `)
	return strings.HasSuffix(s, ".") || strings.HasSuffix(s, "!") || strings.HasSuffix(s, "?") || strings.HasSuffix(s, "。") || strings.HasSuffix(s, "…")
}

// placeholders are what stands where a reader has not yet allowed an embed, in
// lower case.
var placeholders = text.Literals("externen inhalt|externer inhalt|externe inhalte|redaktioneller inhalt|inhalte angezeigt werden|" +
	"daten an dritt|daten können an dritt|können personenbezogene daten|" +
	"this content is not available due to your|content may be blocked by your|to view this content, you need to|to view this content you need to|by clicking on the content, you accept|allow content from|" +
	"we need your consent to load|we need your permission to load|please accept cookies to|please enable cookies to|" +
	"pour afficher ce contenu|ce contenu est bloqué|per visualizzare questo contenuto|para ver este contenido|contenido bloqueado|om deze inhoud te")

// inPlaceOfEmbed reports whether a text is one of these.
func inPlaceOfEmbed(text string) bool { return placeholders.In(strings.ToLower(text)) }

// DropByline takes the line that names the authors out of the body.
func DropByline(p *doc.Page, byline string, authors []article.Author) {
	var names strings.Builder
	for _, a := range authors {
		names.WriteString(text.Fold(a.Name))
	}
	line, joined := text.Fold(byline), names.String()
	for _, b := range p.Blocks {
		if !b.Keep || b.Words > 25 {
			continue
		}
		if text.FoldsTo(b.Text, line) || text.FoldsTo(b.Text, joined) {
			b.Keep, b.Why = false, "byline"
		}
	}
}

// smoothLists judges the items of a list together, and the cells of a table of
// figures: they belong to a story as a whole or not at all.
func smoothLists(page *doc.Page) {
	for from := 0; from < len(page.Blocks); {
		group := groupOf(page, page.Blocks[from])
		if group == nil {
			from++
			continue
		}
		to := from
		var p, w float32
		for to < len(page.Blocks) && groupOf(page, page.Blocks[to]) == group {
			k := float32(min(page.Blocks[to].Words, 60) + 1)
			p, w = p+k*page.Blocks[to].P, w+k
			to++
		}
		own := float32(1) / 3 // what an item says for itself
		if group.DataAtom == atom.Table {
			own = 0
		}
		if to-from > 1 {
			for _, c := range page.Blocks[from:to] {
				c.P = own*c.P + (1-own)*p/w
			}
		}
		from = to
	}
}

// groupOf is the list or table of figures that a block stands in; nil if none.
func groupOf(p *doc.Page, b *block.Block) *html.Node {
	if b.Flags&block.InTable != 0 {
		if t := nearest(b.Node, atom.Table); dataTable(p, t) {
			return t
		}
	}
	if b.Flags&block.InList != 0 {
		return nearestList(b.Node)
	}
	return nil
}

// dropOtherStories drops what stands in article elements beside the story's, as
// teasers do: their heading leads away, each holds little, and all of them less
// than what stands outside.
func dropOtherStories(p *doc.Page) {
	of := make([]int32, len(p.Elems)) // the outermost article element that an element stands in
	total := 0
	in := map[int32]int{} // kept words
	for i := 1; i < len(p.Elems); i++ {
		e := &p.Elems[i]
		of[i] = of[e.Parent]
		if of[i] == 0 && e.Node.DataAtom == atom.Article {
			of[i] = int32(i)
		}
	}
	cards := map[int32]bool{} // articles under a heading that leads away
	for _, b := range p.Blocks {
		if b.Keep {
			total += b.Words
			in[of[b.Elem]] += b.Words
		}
		if b.Flags&block.InHeading != 0 && b.Link*10 >= len(b.Text)*8 {
			cards[of[b.Elem]] = true
		}
	}
	outside := total
	other := func(a int32) bool { return a > 0 && cards[a] && in[a]*10 < total*3 }
	for a, n := range in {
		if other(a) {
			outside -= n
		}
	}
	if outside*2 <= total {
		return // entries, whose articles are the story
	}
	for _, b := range p.Blocks {
		if b.Keep && other(of[b.Elem]) {
			b.Keep, b.Why = false, "in another article"
		}
	}
}

// dropSignUps drops short texts in boxes that are called newsletters; a box that
// holds most of the story only bears the name.
func dropSignUps(p *doc.Page) {
	total := 0
	held := map[int32]int{} // kept words, by box
	boxes := func(b *block.Block, do func(box int32)) {
		for e := int32(b.Elem); e > 0 && p.Elems[e].Above&block.HintNewsletter != 0; e = p.Elems[e].Parent {
			if p.Elems[e].Hint&block.HintNewsletter != 0 {
				do(e)
			}
		}
	}
	for _, b := range p.Blocks {
		if b.Keep {
			total += b.Words
			boxes(b, func(box int32) { held[box] += b.Words })
		}
	}
	for _, b := range p.Blocks {
		if b.Keep && b.Words <= 40 {
			boxes(b, func(box int32) {
				if held[box]*2 <= total {
					b.Keep, b.Why = false, "newsletter"
				}
			})
		}
	}
}

// keepPosts keeps the posts of networks that stand within the story: a reader
// reads them with it.
func keepPosts(p *doc.Page) {
	first, last := KeptRange(p)
	for i := first + 1; i < last; i++ {
		if b := p.Blocks[i]; !b.Keep && b.Flags&block.InQuote != 0 && b.Flags&block.InHidden == 0 && b.Words > 0 && socialPost(nearest(b.Node, atom.Blockquote)) != "" {
			b.Keep, b.Why = true, "a post within the story"
		}
	}
}

// dedupe drops what is said a second time, as in copies for small screens and in
// quotes that are pulled out of the story.
func dedupe(p *doc.Page) {
	seen := map[string]bool{}
	for _, b := range p.Blocks {
		if !b.Keep || b.Words < 8 {
			continue
		}
		if seen[b.Text] {
			b.Keep, b.Why = false, "said before"
			continue
		}
		seen[b.Text] = true
	}
}

// trimHeadings drops headings that nothing of the story follows.
func trimHeadings(p *doc.Page) {
	var after *block.Block
	for _, b := range slices.Backward(p.Blocks) {
		if !b.Keep {
			continue
		}
		if b.Flags&block.InHeading != 0 && (after == nil || after.Flags&block.InHeading != 0 && level(after) <= level(b)) {
			b.Keep, b.Why = false, "heading of nothing"
			continue
		}
		after = b
	}
}

func anyBody(p *doc.Page) bool {
	first, _ := KeptRange(p)
	return first >= 0
}

// KeptRange is where the body begins and ends among the blocks; -1 if there is none.
func KeptRange(p *doc.Page) (first, last int) {
	first, last = -1, -1
	for _, b := range p.Blocks {
		if b.Keep {
			if first < 0 {
				first = b.N
			}
			last = b.N
		}
	}
	return first, last
}

// fallback takes what text there is on a page that has no story by any rule:
// no page of visible text is without a body.
func fallback(p *doc.Page, title string) {
	take := func(ok func(*block.Block) bool) bool {
		found := false
		for _, b := range p.Blocks {
			if ok(b) {
				b.Keep, b.Why, found = true, "", true
			}
		}
		return found
	}
	const chromeFlags = block.InNav | block.InFooter | block.InForm | block.InHidden | block.InDialog | block.InButton
	_ = take(func(b *block.Block) bool { return b.Why == "" && b.P >= enough/4 }) ||
		take(func(b *block.Block) bool { return b.Flags&chromeFlags == 0 && b.Words >= 12 && b.Link*2 < len(b.Text) }) ||
		take(func(b *block.Block) bool {
			return b.Flags&chromeFlags == 0 && b.Words > 0 && !text.EqualFold(b.Text, title)
		}) ||
		take(func(b *block.Block) bool { return b.Flags&block.InHidden == 0 && b.Words > 0 }) ||
		take(func(b *block.Block) bool { return b.Words > 0 })
}

func level(b *block.Block) int {
	for n := b.Node; n != nil; n = n.Parent {
		if len(n.Data) == 2 && n.Data[0] == 'h' && n.Data[1] >= '1' && n.Data[1] <= '6' {
			return int(n.Data[1] - '0')
		}
	}
	return 2
}

// KeepStandfirst makes the standfirst a part of the body, as a reader reads it:
// one that is seen, once.
func KeepStandfirst(p *doc.Page, text string, b *block.Block) {
	if b == nil || b.Keep || b.Flags&block.InHidden != 0 {
		return
	}
	for _, o := range p.Blocks {
		if o.Keep && len(o.Text) >= len(b.Text) && strings.Contains(o.Text, b.Text) {
			return
		}
	}
	for _, o := range p.Blocks[b.N:min(len(p.Blocks), b.N+5)] {
		if !strings.HasPrefix(text, o.Text) {
			return
		}
		o.Keep, o.Why = true, ""
		text = strings.TrimPrefix(text[len(o.Text):], " ")
	}
}
