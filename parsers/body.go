package parsers

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// enough is how likely a block must belong to the article to be kept.
const enough = 0.5

// chooseBody marks the blocks of the story: those that the model takes for it,
// corrected by what a reader would say.
func (x *index) chooseBody(m *block.Model, title string, standfirst *block.Block) {
	ctx := x.examine(title, standfirst)
	if m == nil {
		m = block.Embedded()
	}
	m.Score(x.Page, ctx)
	x.smoothLists()
	for _, b := range x.Blocks {
		if b.P >= enough/4 {
			b.Why = x.rule(b, title)
		}
		b.Keep = b.Why == "" && b.P >= enough
	}
	x.dropOtherStories()
	x.dropSignUps()
	x.keepPosts()
	x.dedupe()
	x.trimHeadings()
	if !x.anyBody() {
		x.fallback(title)
	}
}

// rule says why a block is no part of the story, whatever the model says.
func (x *index) rule(b *block.Block, title string) string {
	switch {
	case b.Flags&block.InCaption != 0:
		return "caption"
	case b.Words == 0 && b.Flags&block.InPre == 0:
		return "no words"
	case foldEqual(b.Text, title):
		return "title"
	case b.Link*10 >= len(b.Text)*8 && !strings.HasPrefix(b.Text, "http") && b.Flags&(block.InList|block.InHeading|block.InQuote) == 0 && !sentence(b.Text) && (b.Flags&block.InTable == 0 || !x.dataTable(nearest(b.Node, atom.Table))):
		return "nothing but links"
	case b.Words <= 15 && strings.HasPrefix(b.Text, "©"):
		return "copyright"
	case b.Words <= 14 && b.Flags&block.InHeading == 0 && bylineLine(b.Text):
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
var placeholders = hintsOf("externen inhalt|externer inhalt|externe inhalte|redaktioneller inhalt|inhalte angezeigt werden|" +
	"daten an dritt|daten können an dritt|können personenbezogene daten|" +
	"this content is not available due to your|content may be blocked by your|to view this content, you need to|to view this content you need to|by clicking on the content, you accept|allow content from|" +
	"we need your consent to load|we need your permission to load|please accept cookies to|please enable cookies to|" +
	"pour afficher ce contenu|ce contenu est bloqué|per visualizzare questo contenuto|para ver este contenido|contenido bloqueado|om deze inhoud te")

// inPlaceOfEmbed reports whether a text is one of these.
func inPlaceOfEmbed(text string) bool { return placeholders.in(strings.ToLower(text)) }

// dropByline takes the line that names the authors out of the body.
func (x *index) dropByline(byline string, authors []Author) {
	var names strings.Builder
	for _, a := range authors {
		names.WriteString(fold(a.Name))
	}
	line, joined := fold(byline), names.String()
	for _, b := range x.Blocks {
		if !b.Keep || b.Words > 25 {
			continue
		}
		if foldsTo(b.Text, line) || foldsTo(b.Text, joined) {
			b.Keep, b.Why = false, "byline"
		}
	}
}

// smoothLists judges the items of a list together, and the cells of a table of
// figures: they belong to a story as a whole or not at all.
func (x *index) smoothLists() {
	for from := 0; from < len(x.Blocks); {
		group := x.groupOf(x.Blocks[from])
		if group == nil {
			from++
			continue
		}
		to := from
		var p, w float32
		for to < len(x.Blocks) && x.groupOf(x.Blocks[to]) == group {
			k := float32(min(x.Blocks[to].Words, 60) + 1)
			p, w = p+k*x.Blocks[to].P, w+k
			to++
		}
		own := float32(1) / 3 // what an item says for itself
		if group.DataAtom == atom.Table {
			own = 0
		}
		if to-from > 1 {
			for _, c := range x.Blocks[from:to] {
				c.P = own*c.P + (1-own)*p/w
			}
		}
		from = to
	}
}

// groupOf is the list or table of figures that a block stands in; nil if none.
func (x *index) groupOf(b *block.Block) *html.Node {
	if b.Flags&block.InTable != 0 {
		if t := nearest(b.Node, atom.Table); x.dataTable(t) {
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
func (x *index) dropOtherStories() {
	of := make([]int32, len(x.Elems)) // the outermost article element that an element stands in
	total := 0
	in := map[int32]int{} // kept words
	for i := 1; i < len(x.Elems); i++ {
		e := &x.Elems[i]
		of[i] = of[e.Parent]
		if of[i] == 0 && e.Node.DataAtom == atom.Article {
			of[i] = int32(i)
		}
	}
	cards := map[int32]bool{} // articles under a heading that leads away
	for _, b := range x.Blocks {
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
	for _, b := range x.Blocks {
		if b.Keep && other(of[b.Elem]) {
			b.Keep, b.Why = false, "in another article"
		}
	}
}

// dropSignUps drops short texts in boxes that are called newsletters; a box that
// holds most of the story only bears the name.
func (x *index) dropSignUps() {
	total := 0
	held := map[int32]int{} // kept words, by box
	boxes := func(b *block.Block, do func(box int32)) {
		for e := int32(b.Elem); e > 0 && x.Elems[e].Above&block.HintNewsletter != 0; e = x.Elems[e].Parent {
			if x.Elems[e].Hint&block.HintNewsletter != 0 {
				do(e)
			}
		}
	}
	for _, b := range x.Blocks {
		if b.Keep {
			total += b.Words
			boxes(b, func(box int32) { held[box] += b.Words })
		}
	}
	for _, b := range x.Blocks {
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
func (x *index) keepPosts() {
	first, last := x.keptRange()
	for i := first + 1; i < last; i++ {
		if b := x.Blocks[i]; !b.Keep && b.Flags&block.InQuote != 0 && b.Flags&block.InHidden == 0 && b.Words > 0 && socialPost(nearest(b.Node, atom.Blockquote)) != "" {
			b.Keep, b.Why = true, "a post within the story"
		}
	}
}

// dedupe drops what is said a second time, as in copies for small screens and in
// quotes that are pulled out of the story.
func (x *index) dedupe() {
	seen := map[string]bool{}
	for _, b := range x.Blocks {
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
func (x *index) trimHeadings() {
	var after *block.Block
	for _, b := range slices.Backward(x.Blocks) {
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

func (x *index) anyBody() bool {
	first, _ := x.keptRange()
	return first >= 0
}

// keptRange is where the body begins and ends among the blocks; -1 if there is none.
func (x *index) keptRange() (first, last int) {
	first, last = -1, -1
	for _, b := range x.Blocks {
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
func (x *index) fallback(title string) {
	take := func(ok func(*block.Block) bool) bool {
		found := false
		for _, b := range x.Blocks {
			if ok(b) {
				b.Keep, b.Why, found = true, "", true
			}
		}
		return found
	}
	const chromeFlags = block.InNav | block.InFooter | block.InForm | block.InHidden | block.InDialog | block.InButton
	_ = take(func(b *block.Block) bool { return b.Why == "" && b.P >= enough/4 }) ||
		take(func(b *block.Block) bool { return b.Flags&chromeFlags == 0 && b.Words >= 12 && b.Link*2 < len(b.Text) }) ||
		take(func(b *block.Block) bool { return b.Flags&chromeFlags == 0 && b.Words > 0 && !foldEqual(b.Text, title) }) ||
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
