// Package captions finds the captions of an article's pictures and videos, with
// their credits and the media that they belong to.
package captions

import (
	"slices"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html/atom"
)

// A captionReader finds the captions of a page. It asks of the page only what
// lies between the title and the end of the story.
type captionReader struct {
	*doc.Page
	end   []int32        // of each element: the index after the last one below it
	kept  []int32        // words of the body before each element's start
	all   []int32        // words of all blocks, alike
	media []int          // elements that show something, in order
	order []*block.Block // those in range, by their elements
	roles map[string]captionRole
	root  int // holds nearly all of the body
	from  int
	to    int
	taken []region // in document order

	asked int // how often foreign looked

	body  block.Kept              // blocks of the story that no caption has taken yet
	rests map[*block.Block]string // what remains of blocks that captions were split off
	out   []*block.Block          // blocks of the story that captions have taken, wholly or in part

	caps   []article.Caption
	places []int // of the captions' media
	seen   map[string]int
}

// A region is an element, or a block, that is a caption.
type region struct {
	elem  int
	block *block.Block     // where only a block is it
	from  string           // as in Provenance
	said  *article.Caption // what was split off a block that stays
}

// Bounds of what is looked at: galleries have some hundred pictures.
const (
	maxCaptions = 200
	maxRegions  = 2 * maxCaptions
	maxAsked    = 4000
)

// Found is what Find found.
type Found struct {
	Captions   []article.Caption
	Places     []int // Places[i] is where the medium of Captions[i] stands, as in block.Page.Order; ascending
	Provenance article.Provenance
	Taken      []Taken // one for each block that is wholly or partly a caption
}

// Taken is a block that captions take out of the story.
type Taken struct {
	Block *block.Block
	Rest  string // what of its text stays in the story; "" if all of it is a caption
}

// Find reads the captions of the story's media, in order. kept says which blocks
// of the page are the story. The page is not written to.
func Find(p *doc.Page, kept block.Kept) Found {
	r := &captionReader{Page: p, body: slices.Clone(kept), roles: map[string]captionRole{}, seen: map[string]int{}}
	r.measure()
	r.collect()
	r.blocks()
	r.glued()
	r.attributes()
	slices.SortStableFunc(r.taken, func(a, b region) int { return a.elem - b.elem })
	pr := article.Provenance{}
	for _, g := range r.taken {
		if r.read(g) && pr.From == "" {
			pr = article.Provenance{From: g.from, Confidence: confidenceOf[g.from]}
		}
	}
	r.structured()
	r.copies()
	return Found{Captions: r.caps, Places: r.places, Provenance: pr, Taken: r.takenOut()}
}

// text is what remains of a block's text.
func (r *captionReader) text(b *block.Block) string {
	if rest, ok := r.rests[b]; ok {
		return rest
	}
	return b.Text
}

// wordsOf counts the words of what remains of a block's text.
func (r *captionReader) wordsOf(b *block.Block) int {
	if rest, ok := r.rests[b]; ok {
		return block.CountWords(rest)
	}
	return b.Words
}

// keepRest notes what remains of a block when a caption is split off.
func (r *captionReader) keepRest(b *block.Block, rest string) {
	if r.rests == nil {
		r.rests = map[*block.Block]string{}
	}
	r.rests[b] = rest
	r.out = append(r.out, b)
}

// drop takes a block out of the story.
func (r *captionReader) drop(b *block.Block) {
	if r.body.Has(b) {
		r.body[b.N] = false
		r.out = append(r.out, b)
	}
}

// takenOut lists the blocks that captions have taken, each once.
func (r *captionReader) takenOut() []Taken {
	slices.SortFunc(r.out, func(a, b *block.Block) int { return a.N - b.N })
	var list []Taken
	for _, b := range slices.Compact(r.out) {
		rest := ""
		if r.body.Has(b) {
			rest = r.rests[b]
		}
		list = append(list, Taken{b, rest})
	}
	return list
}

// confidenceOf says how sure captions from a source are: estimates, the more its
// element is made for captions the higher.
var confidenceOf = map[string]float64{"jsonld:ImageObject": 0.8, "dom:alt": 0.5, "dom:figcaption": 0.95, "dom:caption": 0.9, "dom:figure": 0.8, "dom:credit": 0.8, "text:glued": 0.85, "dom:data-caption": 0.8}

// measure learns the page's shape: subtrees, the body's words in each, the
// story's root and range, and what media there are.
func (r *captionReader) measure() {
	n := len(r.Elems)
	r.end = make([]int32, n)
	for i := range r.end {
		r.end[i] = int32(i + 1)
	}
	for i := n - 1; i > 0; i-- {
		if p := r.Elems[i].Parent; p > 0 {
			r.end[p] = max(r.end[p], r.end[i])
		}
	}
	r.kept, r.all = make([]int32, n+1), make([]int32, n+1)
	first, last := n, 0
	for _, b := range r.Blocks {
		r.all[b.Elem+1] += int32(b.Words)
		if r.body.Has(b) {
			r.kept[b.Elem+1] += int32(b.Words)
			first, last = min(first, b.Elem), max(last, b.Elem)
		}
	}
	for i := range n {
		r.kept[i+1] += r.kept[i]
		r.all[i+1] += r.all[i]
	}
	body := max(r.Order[r.Body], 1)
	r.root = body
	if total := r.words(body); total > 0 {
	down:
		for {
			for c := r.root + 1; c < int(r.end[r.root]); c = int(r.end[c]) {
				if r.words(c)*10 >= total*9 && r.Elems[c].Node.DataAtom != atom.P {
					r.root = c
					continue down
				}
			}
			break
		}
	} else {
		r.findRoot(body)
		first, last = r.root, int(r.end[r.root])
	}
	head := r.root
	for _, b := range r.H1 {
		if b.Flags&(block.InHidden|block.InNav|block.InFooter) == 0 {
			first = min(first, b.Elem)
			for head > 0 && !r.holds(head, b.Elem) {
				head = int(r.Elems[head].Parent)
			}
			break
		}
	}
	r.from, r.to = first-60, min(last+60, n)
	if head > 0 && head != body && r.Elems[head].Node.DataAtom != atom.Html {
		r.from = min(r.from, max(head, first-400))
		r.to = min(r.to, max(int(r.end[head]), last+1))
	}
	// What the choice of the body left out may hold pictures: up to the end of the
	// article's element.
	for a, up := r.root, 0; a > body && up < 6; a, up = int(r.Elems[a].Parent), up+1 {
		if tag := r.Elems[a].Node.DataAtom; tag == atom.Article || a == r.root && r.Elems[a].Hint&block.HintBody != 0 {
			r.from, r.to = min(r.from, a), max(r.to, int(r.end[a]))
			break
		}
	}
	r.from = max(r.from, body)
	for i := r.from; i < r.to; i++ {
		if r.shows(i) {
			r.media = append(r.media, i)
		}
	}
	for _, b := range r.Blocks {
		if b.Elem >= r.from && b.Elem < r.to {
			r.order = append(r.order, b)
		}
	}
	slices.SortStableFunc(r.order, func(a, b *block.Block) int { return a.Elem - b.Elem })
}

// findRoot is for pages without a body, as galleries are.
func (r *captionReader) findRoot(body int) {
	for i := body; i < int(r.end[body]); i++ {
		if a := r.Elems[i].Node.DataAtom; a == atom.Main || a == atom.Article {
			r.root = i
			return
		}
	}
}

func (r *captionReader) holds(top, i int) bool { return top <= i && i < int(r.end[top]) }

// words are the body's below an element.
func (r *captionReader) words(i int) int { return int(r.kept[r.end[i]] - r.kept[i]) }

// allWords are those of all blocks below an element.
func (r *captionReader) allWords(i int) int { return int(r.all[r.end[i]] - r.all[i]) }

// collect finds the elements that are captions by their tag or names.
func (r *captionReader) collect() {
	for i := r.from; i < r.to && len(r.taken) < maxRegions; {
		n := r.Elems[i].Node
		from := ""
		switch {
		case block.Unread[n.DataAtom]:
			i = int(r.end[i])
			continue
		case n.DataAtom == atom.Figcaption:
			from = "dom:figcaption"
		case n.DataAtom == atom.Img || n.DataAtom == atom.Input || n.DataAtom == atom.Button || n.DataAtom == atom.Caption:
		case r.role(n)&saysCaption != 0:
			from = "dom:caption"
		}
		if from == "" || r.words(i) > 150 || from == "dom:caption" && r.allWords(i) > 400 {
			i++
			continue
		}
		if count, _ := r.mediaIn(i); count > 1 && r.separate(i) {
			i++ // a gallery
			continue
		}
		why := r.outsideStory(i)
		if r.has(i, atom.Address) {
			why = "an author's"
		} else if why == "" && r.linksAway(i) {
			why = "a link to another story"
		}
		if why == "" && from == "dom:caption" {
			if text := block.VisibleText(n); text == "" || len(text) > 3000 {
				i++
				continue
			}
		}
		if why != "" {
			if r.Explaining() {
				r.AddCandidate(article.Candidate{Field: "captions", Value: block.VisibleText(n), From: from, Why: why})
			}
			i = int(r.end[i])
			continue
		}
		if from == "dom:caption" {
			if up := r.lift(i); up < i && (len(r.taken) == 0 || r.taken[len(r.taken)-1].elem < up) {
				r.taken = append(r.taken, region{elem: up, from: from})
				i = int(r.end[up])
				continue
			}
		}
		r.taken = append(r.taken, region{elem: i, from: from})
		i = int(r.end[i])
	}
}

// inTaken reports whether an element lies within a region.
func (r *captionReader) inTaken(i int) bool {
	for _, g := range r.taken {
		if g.block == nil && r.holds(g.elem, i) {
			return true
		}
	}
	return false
}

// blocksIn lists the blocks below an element, in reading order.
func (r *captionReader) blocksIn(i int) []*block.Block {
	at := sort.Search(len(r.order), func(k int) bool { return r.order[k].Elem >= i })
	end := at
	for end < len(r.order) && r.order[end].Elem < int(r.end[i]) {
		end++
	}
	res := slices.Clone(r.order[at:end])
	slices.SortFunc(res, func(a, b *block.Block) int { return a.N - b.N })
	return res
}

// read makes a caption of a region, and takes its blocks out of the body.
func (r *captionReader) read(g region) bool {
	n := r.Elems[g.elem].Node
	c := article.Caption{Media: "image"}
	var runs []textRun
	raw := ""
	scope, medium := 0, 0
	switch {
	case g.from == "dom:data-caption":
		c.Text, c.Credit = fromAttributes(n)
		medium = g.elem
		if c.Credit == "" {
			c.Text, c.Credit, c.Media = credit.Split(c.Text, true)
		} else {
			c.Credit = credit.Clean(c.Credit)
		}
	case g.said != nil:
		c = *g.said
		medium = r.before(g.block)
	case g.block != nil:
		raw = r.text(g.block)
		scope, medium = r.scope(g.elem, 3)
		if g.from == "text:glued" {
			scope, medium = 0, r.before(g.block)
			if h, owner, ok := credit.PlainLabel(raw); ok {
				c.Text, c.Credit = credit.TrimHead(h), credit.Clean(owner)
			} else {
				c.Text, c.Credit, c.Media = credit.Split(raw, false)
			}
		} else if c.Credit, c.Media, _ = credit.Line(raw); c.Credit == "" {
			c.Text, c.Credit, c.Media = credit.Split(raw, true)
		}
	default:
		runs = r.textRuns(n)
		raw = joinRuns(runs)
		if g.from == "dom:caption" && dateOrByline(raw) || controls[strings.ToLower(raw)] {
			r.lost(g, raw, "a date, byline or control")
			return false
		}
		c.Text, c.Credit, c.Media = creditOfRuns(runs)
		scope, medium = r.scope(g.elem, 7)
		if medium == 0 && !r.bare(scope, g, c) {
			r.lost(g, raw, "no medium")
			if g.from == "dom:figcaption" && scope == 0 {
				r.leaveOut(g, raw) // it is no paragraph either
			}
			return false
		}
	}
	if utf8.RuneCountInString(c.Text) > 2000 {
		r.lost(g, "", "too long")
		return false
	}
	if medium > 0 && c.Credit == "" && g.from != "dom:data-caption" {
		if _, creditor := fromAttributes(r.Elems[medium].Node); creditor != "" && credit.NameLike(creditor, 1) {
			c.Credit = credit.Clean(creditor)
		}
	}
	if scope > 0 && (c.Text == "" || c.Credit == "") {
		r.around(g, scope, &c)
	}
	if !text.HasLetter(c.Text) {
		c.Text = ""
	}
	if !text.HasLetter(c.Credit) {
		c.Credit = ""
	}
	if g.said == nil {
		r.leaveOut(g, raw)
	}
	if c.Text == "" && c.Credit == "" {
		return false
	}
	if medium > 0 {
		c.MediaURL = r.mediaURL(medium)
		if m := r.mediaKind(medium); m != "image" && c.Media == "image" {
			c.Media = m
		}
	}
	return r.add(g, c, medium)
}

// bare reports whether a caption may stand without a medium that this reader
// sees: a script may bring it.
func (r *captionReader) bare(scope int, g region, c article.Caption) bool {
	if scope == 0 {
		return c.Credit != "" && c.Text != ""
	}
	others := 0
	for i := scope + 1; i < int(r.end[scope]); i++ {
		switch r.Elems[i].Node.DataAtom {
		case atom.Blockquote, atom.Table, atom.Pre, atom.Q, atom.Code:
			return false
		case atom.Style, atom.Script:
		default:
			if !r.holds(g.elem, i) {
				others++
			}
		}
	}
	return others > 0
}

func (r *captionReader) lost(g region, value, why string) {
	r.AddCandidate(article.Candidate{Field: "captions", Value: value, From: g.from, Why: why})
}

// around reads what a caption lacks beside it: the credit in a corner of the
// picture, the text beneath a credit.
func (r *captionReader) around(g region, scope int, c *article.Caption) {
	if r.words(scope) > 150 || g.block == nil && scope == g.elem {
		return
	}
	for _, o := range r.taken {
		if o != g && r.holds(scope, o.elem) && !r.holds(g.elem, o.elem) {
			return // whose it is, nobody knows
		}
	}
	figure := r.Elems[scope].Node.DataAtom == atom.Figure
	for i := scope + 1; i < int(r.end[scope]) && i < scope+200 && c.Credit == ""; i++ {
		n := r.Elems[i].Node
		if g.block == nil && r.holds(g.elem, i) || block.Unread[n.DataAtom] {
			continue
		}
		role := r.role(n)
		if role&saysCredit == 0 && (role&maybeCredit == 0 && n.DataAtom != atom.Cite && n.DataAtom != atom.Footer || !figure && r.Elems[i].Parent != r.Elems[g.elem].Parent) || r.holdsCaption(n) || !creditSize(n, role&saysCredit != 0) {
			continue
		}
		text := block.VisibleText(n)
		if line, m, ok := credit.Line(text); ok {
			c.Credit = line
			if m != "image" {
				c.Media = m
			}
		} else {
			c.Credit = credit.Clean(text)
		}
		for _, b := range r.blocksIn(i) {
			r.drop(b)
		}
	}
	near := scope // the text beneath a credit stands beside it
	if !figure && g.block != nil && scope != g.elem {
		near = max(scope, int(r.Elems[g.elem].Parent))
	}
	var texts []*block.Block
	words := 0
	story := false // something there is no caption: a title, a link, a date
	for _, b := range r.blocksIn(scope) {
		if b == g.block || g.block == nil && r.holds(g.elem, b.Elem) || b.Flags&(block.InHidden|block.InButton) != 0 {
			continue
		}
		role, str := r.roleUp(b.Elem, scope), r.text(b)
		line, m, ok := credit.Line(str)
		switch {
		case c.Credit == "" && ok && (figure || role&(saysCredit|maybeCredit) != 0):
			c.Credit = line
			if m != "image" {
				c.Media = m
			}
			r.drop(b)
		case c.Credit == "" && role&saysCredit != 0 && len(str) <= 150:
			c.Credit = credit.Clean(str)
			r.drop(b)
		case !r.holds(near, b.Elem):
		case b.Link*2 > len(str), len(r.H1) > 0 && b == r.H1[0], dateOrByline(str):
			story = true
		case role&(saysCredit|maybeCredit) == 0:
			texts = append(texts, b)
			words += r.wordsOf(b)
		}
	}
	if c.Text == "" && !story && len(texts) > 0 && len(texts) <= 3 && words >= 2 && words <= 80 {
		var parts []string
		for _, b := range texts {
			parts = append(parts, r.text(b))
			r.drop(b)
		}
		text, credit, _ := credit.Split(strings.Join(parts, " "), true)
		c.Text = trimCaption(text)
		if c.Credit == "" {
			c.Credit = credit
		}
	}
}

// add notes a caption, unless it is there already: pages repeat captions for
// every size of a picture.
func (r *captionReader) add(g region, c article.Caption, medium int) bool {
	key := text.Fold(c.Text)
	if key == "" {
		key = text.Fold(c.Credit) + c.MediaURL
	}
	pos := g.elem
	if medium > 0 && medium < pos {
		pos = medium
	}
	if k, ok := r.seen[key]; ok {
		if r.caps[k].Credit == "" && c.Credit != "" {
			r.caps[k].Credit, r.caps[k].Credits = c.Credit, credit.Parts(c.Credit)
		}
		if r.caps[k].MediaURL == "" {
			r.caps[k].MediaURL = c.MediaURL
		}
		r.lost(g, c.Text, "said before")
		return false
	}
	if len(r.caps) >= maxCaptions {
		return false
	}
	r.seen[key] = len(r.caps)
	c.Credits = credit.Parts(c.Credit)
	if len(r.places) > 0 { // places are in order
		pos = max(pos, r.places[len(r.places)-1])
	}
	r.caps = append(r.caps, c)
	r.places = append(r.places, pos)
	if r.Explaining() {
		r.AddCandidate(article.Candidate{Field: "captions", Value: strings.TrimSpace(c.Text + " | " + c.Credit), From: g.from, Score: confidenceOf[g.from], Won: true})
	}
	return true
}

// leaveOut takes the text of a region out of the body.
func (r *captionReader) leaveOut(g region, raw string) {
	if g.block != nil {
		r.drop(g.block)
		return
	}
	if g.from == "dom:data-caption" {
		return
	}
	inner := r.blocksIn(g.elem)
	for _, b := range inner {
		r.drop(b)
	}
	if len(inner) > 0 || raw == "" {
		return
	}
	// A caption within a line of the story.
	owner := g.elem
	for owner > 0 && !block.Border(r.Elems[owner].Node) {
		owner = int(r.Elems[owner].Parent)
	}
	at := sort.Search(len(r.order), func(k int) bool { return r.order[k].Elem >= owner })
	for ; at < len(r.order) && r.order[at].Elem == owner; at++ {
		b := r.order[at]
		if !r.body.Has(b) {
			continue
		}
		str := r.text(b)
		if str == raw {
			r.drop(b)
			return
		}
		if before, after, ok := strings.Cut(str, raw); ok {
			r.keepRest(b, block.Clean(before+" "+after))
			return
		}
	}
}

// copies takes lines that say what a caption says out of the body.
func (r *captionReader) copies() {
	if len(r.caps) == 0 {
		return
	}
	said := map[string]bool{}
	for _, c := range r.caps {
		if c.Text != "" && block.CountWords(c.Text) >= 4 {
			said[text.Fold(c.Text)] = true
			said[text.Fold(c.Text+c.Credit)] = true
		}
	}
	for _, b := range r.order {
		// A paragraph that a caption repeats is read as a paragraph.
		if !r.body.Has(b) || b.Flags&(block.InHeading|block.InParagraph) != 0 {
			continue
		}
		if words := r.wordsOf(b); words <= 100 && words >= 4 && said[text.Fold(r.text(b))] {
			r.drop(b)
		}
	}
}
