package parsers

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// placed is where a caption's medium stands on the page.
type placed struct {
	index int
	pos   int
}

// A captionRole is what an element's names say of it within a caption.
type captionRole uint8

const (
	saysCaption captionRole = 1 << iota
	saysCredit
	maybeCredit // "author", "source": within a caption
	smallMedia  // portraits, icons and logos
)

// A nameKind is what a piece of a name is about.
type nameKind int

const (
	ofCaption nameKind = iota
	ofCredit
	ofMaybe // an author or source: of a picture, if within a caption
	ofMedia
	ofText
	ofSmall // portraits, icons and logos
	nameKinds
)

// namePieces are pieces of classes, ids and test ids, in lower case, by their
// first byte.
var namePieces [256][]namePiece

type namePiece struct {
	text string
	kind nameKind
}

func init() {
	for kind, pieces := range [nameKinds]string{
		ofCaption: `caption cutline bildunterschrift bildtext bildetekst billedtekst billedtext bijschrift onderschrift didascalia piefoto pie-foto pie_foto pie-de-foto leyenda legenda legende kuvateksti popisek képaláírás kepalairas подпись`,
		ofCredit:  `credit copyright photographer fotograf bildautor bildnachweis bildquelle bildrechte photoby photo-by photo-author image-author img-author foto-autor rightsholder`,
		ofMaybe:   `author autor auteur source quelle fonte fuente kilde byline attribution agency`,
		ofMedia:   `img image photo foto picture media bild figure`,
		ofText:    `descri -desc _desc imgdesc photodesc legend`,
		ofSmall:   `avatar icon logo`,
	} {
		for p := range strings.FieldsSeq(pieces) {
			namePieces[p[0]] = append(namePieces[p[0]], namePiece{p, nameKind(kind)})
		}
	}
}

// typographic names say what a text looks like, or that something has a caption,
// by their start: "text-caption".
var typographic = strings.Fields(`text- typo font- muitypography fs- vjs jw- jwp plyr has no- with hide- show-`)

// roleOfNames reads the value of a class, id or test id.
func roleOfNames(names string) captionRole {
	if len(names) > 500 {
		names = names[:500]
	}
	var role captionRole
	for name := range strings.FieldsSeq(names) {
		var at [nameKinds]int // one behind the last start of a piece
		for i := range len(name) {
			c := name[i]
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			for _, p := range namePieces[c] {
				if len(name)-i >= len(p.text) && strings.EqualFold(name[i:i+len(p.text)], p.text) {
					at[p.kind] = i + 1
				}
			}
		}
		if at == [nameKinds]int{} || looksOnly(name) {
			continue
		}
		switch {
		case at[ofCredit] > at[ofCaption]:
			role |= saysCredit
		case at[ofCaption] > 0:
			if at[ofMaybe] > at[ofCaption] {
				role |= maybeCredit
			} else {
				role |= saysCaption
			}
		case at[ofMedia] > 0 && at[ofText] > at[ofMedia]:
			role |= saysCaption
		case at[ofMaybe] > 0:
			role |= maybeCredit
		}
		if at[ofSmall] > 0 {
			role |= smallMedia
		}
	}
	return role
}

func looksOnly(name string) bool {
	for _, p := range typographic {
		if _, ok := cutFold(name, p); ok {
			return true
		}
	}
	return false
}

// lastOf is where the last of some pieces stands in a name; -1 if none does.
func lastOf(name string, pieces []string) int {
	at := -1
	for _, p := range pieces {
		at = max(at, strings.LastIndex(name, p))
	}
	return at
}

// A captionReader finds the captions of a page. It asks of the page only what
// lies between the title and the end of the story.
type captionReader struct {
	*index
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

	caps   []Caption
	places []placed
	seen   map[string]int
}

// A region is an element, or a block, that is a caption.
type region struct {
	elem  int
	block *block.Block // where only a block is it
	from  string       // as in Provenance
	said  *Caption     // what was split off a block that stays
}

// Bounds of what is looked at: galleries have some hundred pictures.
const (
	maxCaptions = 200
	maxRegions  = 2 * maxCaptions
	maxAsked    = 4000
)

// findCaptions reads the captions of the story's media, in order. Blocks that
// turn out to be captions leave the body.
func (x *index) findCaptions() ([]Caption, []placed, Provenance) {
	r := &captionReader{index: x, roles: map[string]captionRole{}, seen: map[string]int{}}
	r.measure()
	r.collect()
	r.blocks()
	r.glued()
	r.attributes()
	slices.SortStableFunc(r.taken, func(a, b region) int { return a.elem - b.elem })
	pr := Provenance{}
	for _, g := range r.taken {
		if r.read(g) && pr.From == "" {
			pr = Provenance{g.from, confidenceOf[g.from]}
		}
	}
	r.structured()
	r.copies()
	return r.caps, r.places, pr
}

// confidenceOf says how often captions from a source are right, as measured.
var confidenceOf = map[string]float64{"dom:figcaption": 0.95, "dom:caption": 0.9, "dom:figure": 0.8, "dom:credit": 0.8, "text:glued": 0.85, "dom:data-caption": 0.8}

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
		if b.Keep {
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

// shows reports whether an element is a medium that a caption can be of.
func (r *captionReader) shows(i int) bool {
	n := r.Elems[i].Node
	switch n.DataAtom {
	case atom.Img:
		return !tiny(n) && r.role(n)&smallMedia == 0
	case atom.Video, atom.Audio, atom.Object, atom.Canvas:
		return true
	case atom.Iframe:
		return block.Attr(n, "src") != "" || block.Attr(n, "data-src") != ""
	case atom.Noscript:
		return n.FirstChild != nil && len(n.FirstChild.Data) < 10_000 && strings.Contains(n.FirstChild.Data, "<img")
	case 0:
		if strings.Contains(n.Data, "-") && lastOf(n.Data, []string{"img", "image", "picture", "photo", "video", "player"}) >= 0 {
			return true
		}
	case atom.Div, atom.Span, atom.A:
		for _, a := range n.Attr {
			if a.Key == "style" && strings.Contains(a.Val, "background-image") {
				return true
			}
		}
	}
	return false
}

func tiny(n *html.Node) bool {
	for _, a := range n.Attr {
		if (a.Key == "width" || a.Key == "height") && len(a.Val) > 0 && len(a.Val) <= 2 && a.Val[0] >= '0' && a.Val[0] <= '9' && a.Val <= "60" && (len(a.Val) == 2 || a.Val != "1") {
			return true
		}
	}
	return false
}

// role is what an element's names say.
func (r *captionReader) role(n *html.Node) captionRole {
	var role captionRole
	for _, a := range n.Attr {
		if a.Val == "" {
			continue
		}
		switch a.Key {
		case "class", "id", "data-testid", "data-test", "data-qa", "data-type", "data-component":
		case "itemprop":
			switch a.Val {
			case "caption":
				role |= saysCaption
			case "copyrightHolder", "creditText", "copyrightNotice":
				role |= saysCredit
			case "author", "creator", "contributor":
				role |= maybeCredit
			}
			continue
		default:
			continue
		}
		m, ok := r.roles[a.Val]
		if !ok {
			m = roleOfNames(a.Val)
			r.roles[a.Val] = m
		}
		role |= m
	}
	return role
}

// mediaIn counts the media below an element, up to two, and gives the last.
func (r *captionReader) mediaIn(i int) (count, last int) {
	at := sort.SearchInts(r.media, i)
	for at < len(r.media) && r.holds(i, r.media[at]) && count < 40 {
		count, last = count+1, r.media[at]
		at++
	}
	return count, last
}

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
		why := r.foreign(i)
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
			if r.explaining() {
				r.candidate(Candidate{Field: "captions", Value: block.VisibleText(n), From: from, Why: why})
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

// lift gives the parent of a caption where that holds nothing but the caption
// and, by its names, the credit.
func (r *captionReader) lift(i int) int {
	up := int(r.Elems[i].Parent)
	if up == 0 || r.holds(up, r.root) || r.allWords(up)-r.allWords(i) > 100 || r.words(up) > 90 {
		return i
	}
	if count, _ := r.mediaIn(up); count > 0 {
		return i
	}
	credits := 0
	for c := up + 1; c < int(r.end[up]); c = int(r.end[c]) {
		n := r.Elems[c].Node
		if c == i || block.Unread[n.DataAtom] {
			continue
		}
		if r.role(n)&(saysCredit|maybeCredit) == 0 || !creditSize(n, false) {
			return i
		}
		credits++
	}
	if credits == 0 || credits > 3 {
		return i
	}
	return up
}

// linksAway reports whether all of a caption links to another page.
func (r *captionReader) linksAway(i int) bool {
	link, text := 0, 0
	for _, b := range r.blocksIn(i) {
		link, text = link+b.Link, text+len(b.Text)
	}
	if text == 0 || link*10 < text*9 {
		return false
	}
	// The link within it, or the one that it stands in.
	at := 0
	for k := i; k < int(r.end[i]) && at == 0; k++ {
		if r.Elems[k].Node.DataAtom == atom.A {
			at = k
		}
	}
	for k, up := i, 0; k > 0 && up < 6 && at == 0; k, up = int(r.Elems[k].Parent), up+1 {
		if r.Elems[k].Node.DataAtom == atom.A {
			at = k
		}
	}
	if at == 0 {
		return false
	}
	href, _, _ := strings.Cut(block.Attr(r.Elems[at].Node, "href"), "?")
	return href != "" && !strings.HasPrefix(href, "#") && !strings.HasPrefix(href, "javascript:") && !pictureName(href)
}

// separate reports whether an element holds captions of its own.
func (r *captionReader) separate(i int) bool {
	for k := i + 1; k < int(r.end[i]); k++ {
		if n := r.Elems[k].Node; n.DataAtom == atom.Figcaption || n.DataAtom == atom.Figure || r.role(n)&saysCaption != 0 {
			return true
		}
	}
	return false
}

// foreign says why a medium or caption belongs to other stories, the page's
// frame or nobody; "" if it is the story's. What holds the story says nothing.
func (r *captionReader) foreign(i int) string {
	if r.asked++; r.asked > maxAsked {
		return "too many of them"
	}
	total := r.words(max(r.Order[r.Body], 1))
	start, figure := i, r.figureOf(i)
	for ; i > 0 && !r.holds(i, r.root); i = int(r.Elems[i].Parent) {
		e := &r.Elems[i]
		if w := r.words(i); w > 60 && w*2 > total {
			return ""
		}
		switch e.Node.DataAtom {
		case atom.Nav:
			return "navigation"
		case atom.Footer:
			if i < figure {
				return "footer"
			}
		case atom.Aside:
			if i > figure || figure == start || r.hasHeading(i) || r.has(i, atom.A) {
				return "aside" // but a picture alone in one is the story's
			}
		case atom.Article:
			if r.words(i) == 0 && r.linksHeading(i) {
				return "a card of another story"
			}
		case atom.A:
			if r.hasHeading(i) {
				return "a card of another story"
			}
		case atom.Template, atom.Dialog:
			return "not shown"
		}
		if block.Hidden(e.Node) && block.Attr(e.Node, "aria-hidden") != "true" {
			return "hidden"
		}
		// A figure's own parts are its own, whatever they are called.
		if i <= figure && e.Hint&(block.HintRelated|block.HintComment|block.HintSidebar|block.HintFooter|block.HintNewsletter|block.HintConsent) != 0 && r.words(i) < 40 && (e.Hint&block.HintRelated == 0 || r.has(i, atom.A)) {
			return "by its names of no story" // what is related has links
		}
	}
	return ""
}

// figureOf is the figure that an element stands in; the element where there is none.
func (r *captionReader) figureOf(i int) int {
	for k, up := i, 0; k > 0 && up < 8; k, up = int(r.Elems[k].Parent), up+1 {
		if r.Elems[k].Node.DataAtom == atom.Figure {
			return k
		}
	}
	return i
}

// has reports whether an element of a kind is among the first below another.
func (r *captionReader) has(i int, tag atom.Atom) bool {
	for k := i + 1; k < min(int(r.end[i]), i+200); k++ {
		if r.Elems[k].Node.DataAtom == tag {
			return true
		}
	}
	return false
}

func (r *captionReader) hasHeading(i int) bool {
	for k := i + 1; k < min(int(r.end[i]), i+80); k++ {
		switch r.Elems[k].Node.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			return true
		}
	}
	return false
}

// linksHeading reports whether a heading below an element links elsewhere.
func (r *captionReader) linksHeading(i int) bool {
	for k := i + 1; k < min(int(r.end[i]), i+80); k++ {
		switch r.Elems[k].Node.DataAtom {
		case atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			for c := k + 1; c < int(r.end[k]); c++ {
				if r.Elems[c].Node.DataAtom == atom.A {
					return true
				}
			}
			if r.Elems[k].Flags&block.InLink != 0 {
				return true
			}
		}
	}
	return false
}

// scope is the smallest element around a caption that holds a medium, and that
// medium; none if what holds a medium holds the story too. span counts the levels
// to look.
func (r *captionReader) scope(i, levels int) (scope, medium int) {
	own, words := r.words(i), r.allWords(i)
	top := i
	for up := i; up > 0 && levels >= 0; levels-- {
		n := r.Elems[up].Node
		if up != i && (r.words(up)-own > 90 || r.allWords(up)-words > 120 && n.DataAtom != atom.Figure || n.DataAtom == atom.Body || up == r.root || r.holds(up, r.root)) {
			break
		}
		if count, last := r.mediaIn(up); count > 0 {
			// The last one before the caption, or the first behind it.
			at := sort.SearchInts(r.media, i)
			for k := at - 1; k >= 0 && r.holds(up, r.media[k]); k-- {
				if k == 0 || !r.holds(up, r.media[k-1]) || !drawn(r.Elems[r.media[k]].Node) {
					return up, r.media[k]
				}
			}
			if at < len(r.media) && r.holds(up, r.media[at]) {
				return up, r.media[at]
			}
			return up, last
		}
		if n.DataAtom == atom.Figure && up != i {
			return up, 0
		}
		top = up
		up = int(r.Elems[up].Parent)
	}
	// A caption beside its medium, within the story.
	at := sort.SearchInts(r.media, top)
	if at > 0 {
		m := r.media[at-1]
		if top-m <= 25 && r.kept[top]-r.kept[m] == 0 && r.Elems[m].Depth+4 >= r.Elems[top].Depth {
			return 0, m
		}
	}
	return 0, 0
}

// drawn reports whether a picture is a drawing, as icons are, or stands for one
// that a script brings.
func drawn(n *html.Node) bool {
	src := block.Attr(n, "src")
	src, _, _ = strings.Cut(src, "?")
	return n.DataAtom == atom.Img && (strings.HasSuffix(src, ".svg") || strings.Contains(src, "icon"))
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
		credit, from := false, ""
		if _, c, _ := splitCredit(b.Text, false); c != "" {
			from = "dom:credit"
		} else if _, _, ok := creditLine(b.Text); ok && b.Words <= 16 && b.Flags&block.InHeading == 0 {
			credit, from = true, "dom:credit"
		} else if lines[fold(b.Text)] {
			from = "jsonld:ImageObject"
		} else if b.Words >= 4 && b.Flags&block.InHeading == 0 && r.saidByMedium(b) {
			from = "dom:alt"
		}
		if from == "" || r.nearTaken(b.Elem, named) {
			continue
		}
		scope, medium := r.scope(b.Elem, 3)
		if medium == 0 || scope == 0 && (credit || b.Keep) || r.foreign(b.Elem) != "" {
			continue
		}
		if credit && agencySigned(b.Text) && r.Elems[scope].Node.DataAtom != atom.Figure {
			continue // a source's name beside its logo
		}
		if scope > 0 && (r.words(scope) > 90 || credit && r.namedIn(min(scope, r.figureOf(b.Elem)), named)) {
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
		if foldEqual(block.Attr(n, "alt"), b.Text) || foldEqual(block.Attr(n, "title"), b.Text) {
			return true
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
		if count, _ := r.mediaIn(i); has || r.has(i, atom.Figcaption) || r.has(i, atom.Address) || r.hasHeading(i) || count != 1 || r.words(i) > 90 || r.foreign(i) != "" {
			i = end - 1
			continue
		}
		var own []*block.Block
		words := 0
		for _, b := range r.blocksIn(i) {
			if b.Flags&(block.InHidden|block.InQuote|block.InPre|block.InTable|block.InHeading|block.InButton) == 0 && b.Link*2 <= len(b.Text) {
				own = append(own, b)
				words += b.Words
				if b.Keep && b.Words > 40 { // a paragraph in an element that is no figure
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

// glued finds captions that a CMS glued into the story as text: short lines that
// end in a credit, as in "… on June 19. (Video: The Post)". A story's own
// brackets stay where they are: they are no credit, or their paragraph is long.
func (r *captionReader) glued() {
	for _, b := range r.Blocks {
		if b.Keep && b.Words > 12 && b.Flags&block.InParagraph != 0 && strings.Contains(b.Text, ") ") && len(r.taken) < maxRegions {
			r.runIn(b)
		}
		if !b.Keep || b.Words > 70 || b.Words < 2 || b.Flags&(block.InHeading|block.InQuote|block.InPre|block.InTable) != 0 || r.inTaken(b.Elem) || r.takenBlock(b) {
			continue
		}
		if len(r.taken) >= maxRegions {
			return
		}
		if _, _, ok := plainLabel(b.Text); ok && b.Words <= 60 {
			r.taken = append(r.taken, region{elem: b.Elem, block: b, from: "text:glued"})
			continue
		}
		if b.Words < 5 {
			continue
		}
		text, credit, _ := splitCredit(b.Text, false)
		if credit == "" || text == "" || strings.HasSuffix(text, "”") || strings.HasSuffix(text, `"`) {
			continue
		}
		// After a sentence, or a lone line: within a sentence brackets are prose.
		if end, _ := utf8.DecodeLastRuneInString(text); !strings.ContainsRune(".!?…。", end) && b.Words > 40 {
			continue
		}
		// An agency's name alone may sign a story or a part of it.
		if _, inner, _ := bracketTail(b.Text); inner == credit && !strings.ContainsAny(credit, "/") && !strings.Contains(credit, " via ") && r.before(b) == 0 && !r.line(b) {
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
		said, credit, media := splitCredit(head, false)
		_, inner, _ := bracketTail(head)
		if credit == "" || inner == credit && !strings.Contains(credit, "/") || block.CountWords(said) < 5 || block.CountWords(said) > 60 {
			continue
		}
		if end, _ := utf8.DecodeLastRuneInString(said); !strings.ContainsRune(".!?…。", end) {
			continue
		}
		b.Text = rest
		b.Words = block.CountWords(rest)
		r.taken = append(r.taken, region{elem: b.Elem, block: b, from: "text:glued", said: &Caption{Text: said, Credit: credit, Media: media}})
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
		if r.Blocks[i].Keep {
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

// attributes reads captions that lightboxes show, from their data attributes.
func (r *captionReader) attributes() {
	var captioned map[int]bool
	for _, m := range r.media {
		caption := ""
		for _, a := range r.Elems[m].Node.Attr {
			if captionAttrs[a.Key] {
				caption = a.Val
			}
		}
		if caption == "" || len(r.taken) >= maxRegions || r.inTaken(m) {
			continue
		}
		if captioned == nil {
			captioned = map[int]bool{}
			for _, g := range r.taken {
				_, medium := r.scope(g.elem, 7)
				captioned[medium] = true
			}
		}
		if captioned[m] || r.foreign(m) != "" {
			continue
		}
		r.taken = append(r.taken, region{elem: m, from: "dom:data-caption"})
	}
}

// Attributes that lightboxes read.
var (
	captionAttrs = map[string]bool{"data-caption": true, "data-image-caption": true, "data-sub-html": true, "data-lightbox-title": true, "data-fancybox-caption": true}
	creditAttrs  = map[string]bool{"data-credit": true, "data-source": true, "data-copyright": true, "data-author": true, "data-photographer": true, "data-image-credit": true}
)

// fromAttributes is the caption that a medium's data attributes give.
func fromAttributes(n *html.Node) (text, credit string) {
	for _, a := range n.Attr {
		switch {
		case captionAttrs[a.Key]:
			text = plainOf(a.Val)
		case creditAttrs[a.Key] && !strings.Contains(a.Val, "://"):
			credit = plainOf(a.Val)
		}
	}
	if utf8.RuneCountInString(text) > 2000 || strings.HasPrefix(text, "{") {
		text = ""
	}
	if utf8.RuneCountInString(credit) > 150 {
		credit = ""
	}
	return text, credit
}

// plainOf is the text of an attribute that may hold markup.
func plainOf(s string) string {
	if len(s) > 10_000 {
		return ""
	}
	if !strings.ContainsAny(s, "<&") {
		return block.Clean(s)
	}
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return block.Clean(html.UnescapeString(b.String()))
		case html.TextToken:
			b.Write(z.Text())
		case html.StartTagToken, html.SelfClosingTagToken, html.EndTagToken:
			b.WriteByte(' ')
		}
	}
}

// A saying is a run of text within a caption.
type saying struct {
	text   string
	glued  bool       // no space before it
	credit *html.Node // the element whose names say that it is a credit
	alone  bool       // in an element of its own
	weak   bool       // the element's tag alone says that it is a credit
}

// say reads a caption's runs of text.
func (r *captionReader) say(top *html.Node) []saying {
	var runs []saying
	var b strings.Builder
	space := true
	var credit *html.Node
	alone, glued, weak := false, false, false
	flush := func() {
		raw := b.String()
		b.Reset()
		text := block.Clean(raw)
		if text == "" {
			space = space || raw != ""
			return
		}
		first, _ := utf8.DecodeRuneInString(raw)
		runs = append(runs, saying{text: text, credit: credit, alone: alone, weak: weak, glued: glued && !space && !unicode.IsSpace(first)})
		end, _ := utf8.DecodeLastRuneInString(raw)
		space = unicode.IsSpace(end)
		glued = true
	}
	var walk func(*html.Node, int)
	shown := block.Hidden(top) // and yet a caption: hidden only from those who hear it
	walk = func(n *html.Node, depth int) {
		for c := n.FirstChild; c != nil && depth < 60 && len(runs) < 60; c = c.NextSibling {
			if c.Type == html.TextNode {
				b.WriteString(c.Data)
				continue
			}
			if c.Type != html.ElementNode || block.Unread[c.DataAtom] || c.DataAtom == atom.Button || c.DataAtom == atom.Input || block.Hidden(c) && !(block.Attr(c, "aria-hidden") == "true" && (shown || r.role(c)&saysCredit != 0)) {
				continue
			}
			if c.DataAtom == atom.Br {
				flush()
				space = true
				continue
			}
			border := block.Border(c)
			role := r.role(c)
			mine := credit == nil && (role&saysCredit != 0 || role&maybeCredit != 0 && role&saysCaption == 0 || c.DataAtom == atom.Cite || c.DataAtom == atom.Footer || c.DataAtom == atom.Small)
			if mine && (r.holdsCaption(c) || !creditSize(c, role&saysCredit != 0 || c.DataAtom == atom.Cite)) {
				mine = false
			}
			switch {
			case mine, border, c.DataAtom == atom.Span, c.DataAtom == atom.Small, c.DataAtom == atom.Cite:
				flush()
				space = space || border
				was, wasAlone, wasWeak := credit, alone, weak
				if mine {
					credit, weak = c, role&(saysCredit|maybeCredit) == 0
				}
				alone = true
				walk(c, depth+1)
				flush()
				space = space || border
				credit, alone, weak = was, wasAlone, wasWeak
			default:
				walk(c, depth+1)
			}
		}
	}
	walk(top, 0)
	flush()
	return runs
}

// holdsCaption reports whether an element named a credit holds the caption too.
func (r *captionReader) holdsCaption(n *html.Node) bool {
	for c := range n.Descendants() {
		if c.Type == html.ElementNode && (c.DataAtom == atom.Figcaption || c.DataAtom == atom.Img || r.role(c)&saysCaption != 0) {
			return true
		}
	}
	return false
}

// creditSize reports whether an element is short enough for a credit; one that
// is only perhaps a credit must read like one.
func creditSize(n *html.Node, sure bool) bool {
	text := block.VisibleText(n)
	if text == "" || utf8.RuneCountInString(text) > 150 {
		return false
	}
	if _, _, ok := creditLine(text); ok {
		return true
	}
	if sure { // some sites' "copyright" is the whole caption
		return nameLike(text, 2) || block.CountWords(text) <= 5
	}
	return nameLike(text, 1)
}

// sayings joins runs of text.
func sayings(runs []saying) string {
	var b strings.Builder
	for _, s := range runs {
		if b.Len() > 0 && !s.glued {
			b.WriteByte(' ')
		}
		b.WriteString(s.text)
	}
	return b.String()
}

// tell makes a caption of runs of text: their text, and the credit apart.
func tell(runs []saying) (text, credit, media string) {
	media = "image"
	var said, credits []saying
	for _, s := range runs {
		if s.credit != nil {
			credits = append(credits, s)
		} else {
			said = append(said, s)
		}
	}
	take := func(c, m string) {
		switch fc, f := fold(c), fold(credit); {
		case c == "":
		case credit == "" || strings.Contains(fc, f):
			credit = c
		case !strings.Contains(f, fc):
			credit += "/" + c
		}
		if m != "image" && m != "" {
			media = m
		}
	}
	if len(said) == 0 && len(credits) > 0 && credits[0].weak {
		// Small print that is all there is: it is the caption, unless it reads like a credit.
		signed := false
		for _, c := range credits {
			_, _, ok := creditLine(c.text)
			signed = signed || ok
		}
		if _, _, ok := creditLine(sayings(credits)); !ok && !signed {
			said, credits = credits, nil
		}
	}
	for i := 0; i < len(credits); {
		k := i + 1
		for k < len(credits) && credits[k].credit == credits[i].credit {
			k++
		}
		whole := sayings(credits[i:k])
		if c, m, ok := creditLine(whole); ok {
			take(c, m)
		} else {
			take(cleanCredit(whole), "")
		}
		i = k
	}
	if len(said) > 1 {
		if c, m, ok := creditLine(said[len(said)-1].text); ok {
			take(c, m)
			said = said[:len(said)-1]
		} else if last := said[len(said)-1]; last.alone && credit == "" && inBrackets(last.text) {
			take(cleanCredit(last.text), "")
			said = said[:len(said)-1]
		} else if last.alone && credit == "" && personLike(last.text) && block.CountWords(sayings(said)) > 8 && !said[len(said)-2].glued {
			take(last.text, "")
			said = said[:len(said)-1]
		}
	}
	if len(said) > 1 {
		if c, m, ok := creditLine(said[0].text); ok {
			take(c, m)
			said = said[1:]
		}
	}
	text = sayings(said)
	if strings.Count(text, " / ") >= 2 && credit == "" { // "J. Doe / A. Photographer / Agency"
		if h, c, ok := signTail(text, " / "); ok && strings.TrimSpace(h) != "" {
			return trimCaption(trimHead(h)), cleanCredit(c), media
		}
	}
	if c, m, ok := creditLine(text); ok && (credit == "" || strings.Contains(fold(credit), fold(c))) {
		take(c, m)
		return "", credit, media
	}
	if t, c, m := splitCredit(text, true); c != "" {
		_, _, _, sure := labelled(text, true)
		if credit == "" || sure || strings.Contains(fold(credit), fold(c)) {
			text = t
			take(c, m)
		}
	}
	return trimCaption(text), credit, media
}

// inBrackets reports whether a text is names in brackets.
func inBrackets(s string) bool {
	head, inner, ok := bracketTail(s)
	return ok && head == "" && nameLike(inner, 0) && strings.Contains(inner, " ")
}

// controls are words of players and galleries, whole texts of elements that are
// named captions.
var controls = map[string]bool{}

func init() {
	for w := range strings.SplitSeq(`caption|captions|close|caption close|show caption|hide caption|captions off|loading|loading...|advertisement|press enter or click to view image in full size|click to enlarge|tap to enlarge|enlarge image|open image in gallery|view image in fullscreen|view fullscreen|bild vergrößern|zum vergrößern klicken|agrandir l'image|ampliar imagen|anzeige|werbung`, "|") {
		controls[w] = true
	}
}

// captionLeads stand before captions and are none.
var captionLeads = []string{"media playback is unsupported on your device", "image caption", "media caption", "caption:", "bildunterschrift:", "bildtext:", "image:", "photo:", "foto:", "bild:", "légende:", "leyenda:", "pie de foto:", "video:", "watch:"}

// trimCaption drops counters and signs around a caption's text.
func trimCaption(s string) string {
	s = strings.Trim(s, " |")
	for _, lead := range captionLeads {
		if rest, ok := cutFold(s, lead); ok {
			s = strings.TrimLeft(rest, " ,:|")
		}
	}
	// "4 of 12 | …", "Image 1 of 13"
	i := 0
	for _, lead := range []string{"image ", "photo ", "slide ", "bild ", "foto "} {
		if _, ok := cutFold(s, lead); ok && len(s) > len(lead) && s[len(lead)] >= '0' && s[len(lead)] <= '9' {
			i = len(lead)
		}
	}
	counted := i > 0
	number := func() bool {
		from := i
		for i < len(s) && s[i] >= '0' && s[i] <= '9' {
			i++
		}
		return i > from && i-from <= 3
	}
	if number() {
		rest := strings.TrimLeft(s[i:], " ")
		for _, of := range []string{"/", "of ", "von ", "de ", "di ", "sur ", "av ", "af ", "van ", "из "} {
			after, ok := strings.CutPrefix(rest, of)
			if !ok && len(rest) == len(s)-i { // "1of4"
				if after, ok = strings.CutPrefix(rest, strings.TrimRight(of, " ")); ok && after != "" && after[0] >= '0' && after[0] <= '9' {
					counted = counted || of == "of "
				} else {
					ok = false
				}
			}
			if ok {
				i = len(s) - len(strings.TrimLeft(after, " "))
				if number() && (i == len(s) || counted || s[i] == ' ' && strings.HasPrefix(strings.TrimLeft(s[i:], " "), "|") || s[i] == '|' || s[i] == ':') {
					s = strings.TrimLeft(s[i:], " |:")
				}
				break
			}
		}
	}
	return strings.TrimRight(strings.Trim(s, " |"), "/")
}

// read makes a caption of a region, and takes its blocks out of the body.
func (r *captionReader) read(g region) bool {
	n := r.Elems[g.elem].Node
	c := Caption{Media: "image"}
	var runs []saying
	raw := ""
	scope, medium := 0, 0
	switch {
	case g.from == "dom:data-caption":
		c.Text, c.Credit = fromAttributes(n)
		medium = g.elem
		if c.Credit == "" {
			c.Text, c.Credit, c.Media = splitCredit(c.Text, true)
		} else {
			c.Credit = cleanCredit(c.Credit)
		}
	case g.said != nil:
		c = *g.said
		medium = r.before(g.block)
	case g.block != nil:
		raw = g.block.Text
		scope, medium = r.scope(g.elem, 3)
		if g.from == "text:glued" {
			scope, medium = 0, r.before(g.block)
			if h, credit, ok := plainLabel(raw); ok {
				c.Text, c.Credit = trimHead(h), cleanCredit(credit)
			} else {
				c.Text, c.Credit, c.Media = splitCredit(raw, false)
			}
		} else if c.Credit, c.Media, _ = creditLine(raw); c.Credit == "" {
			c.Text, c.Credit, c.Media = splitCredit(raw, true)
		}
	default:
		runs = r.say(n)
		raw = sayings(runs)
		if g.from == "dom:caption" && dateOrByline(raw) || controls[strings.ToLower(raw)] {
			r.lost(g, raw, "a date, byline or control")
			return false
		}
		c.Text, c.Credit, c.Media = tell(runs)
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
		if _, credit := fromAttributes(r.Elems[medium].Node); credit != "" && nameLike(credit, 1) {
			c.Credit = cleanCredit(credit)
		}
	}
	if scope > 0 && (c.Text == "" || c.Credit == "") {
		r.around(g, scope, &c)
	}
	if !hasLetter(c.Text) {
		c.Text = ""
	}
	if !hasLetter(c.Credit) {
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
func (r *captionReader) bare(scope int, g region, c Caption) bool {
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

func hasLetter(s string) bool {
	return strings.IndexFunc(s, unicode.IsLetter) >= 0
}

func (r *captionReader) lost(g region, value, why string) {
	r.candidate(Candidate{Field: "captions", Value: value, From: g.from, Why: why})
}

// around reads what a caption lacks beside it: the credit in a corner of the
// picture, the text beneath a credit.
func (r *captionReader) around(g region, scope int, c *Caption) {
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
		if line, m, ok := creditLine(text); ok {
			c.Credit = line
			if m != "image" {
				c.Media = m
			}
		} else {
			c.Credit = cleanCredit(text)
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
		role := r.roleUp(b.Elem, scope)
		line, m, ok := creditLine(b.Text)
		switch {
		case c.Credit == "" && ok && (figure || role&(saysCredit|maybeCredit) != 0):
			c.Credit = line
			if m != "image" {
				c.Media = m
			}
			r.drop(b)
		case c.Credit == "" && role&saysCredit != 0 && len(b.Text) <= 150:
			c.Credit = cleanCredit(b.Text)
			r.drop(b)
		case !r.holds(near, b.Elem):
		case b.Link*2 > len(b.Text), len(r.H1) > 0 && b == r.H1[0], dateOrByline(b.Text):
			story = true
		case role&(saysCredit|maybeCredit) == 0:
			texts = append(texts, b)
			words += b.Words
		}
	}
	if c.Text == "" && !story && len(texts) > 0 && len(texts) <= 3 && words >= 2 && words <= 80 {
		var parts []string
		for _, b := range texts {
			parts = append(parts, b.Text)
			r.drop(b)
		}
		text, credit, _ := splitCredit(strings.Join(parts, " "), true)
		c.Text = trimCaption(text)
		if c.Credit == "" {
			c.Credit = credit
		}
	}
}

// dateOrByline reports whether a line is what stands under titles.
func dateOrByline(s string) bool {
	if len(s) > 150 {
		return false
	}
	if bylineLine(s) {
		return true
	}
	year, words := false, 0
	for w := range strings.FieldsSeq(s) {
		w = strings.Trim(w, ".,|•·-–/()")
		switch {
		case len(w) == 4 && (strings.HasPrefix(w, "20") || strings.HasPrefix(w, "19")) && strings.Trim(w, "0123456789") == "":
			year = true
		case strings.Trim(w, "0123456789.:/-") != "":
			words++
		}
	}
	return year && words <= 2 && words*10 <= len(s) || strings.Contains(s, "min read")
}

// roleUp joins the roles of an element and those above it, below top.
func (r *captionReader) roleUp(i, top int) captionRole {
	var role captionRole
	for ; i > top; i = int(r.Elems[i].Parent) {
		n := r.Elems[i].Node
		role |= r.role(n)
		if n.DataAtom == atom.Cite || n.DataAtom == atom.Footer {
			role |= maybeCredit
		}
	}
	return role
}

// add notes a caption, unless it is there already: pages repeat captions for
// every size of a picture.
func (r *captionReader) add(g region, c Caption, medium int) bool {
	key := fold(c.Text)
	if key == "" {
		key = fold(c.Credit) + c.MediaURL
	}
	pos := g.elem
	if medium > 0 && medium < pos {
		pos = medium
	}
	if k, ok := r.seen[key]; ok {
		if r.caps[k].Credit == "" && c.Credit != "" {
			r.caps[k].Credit, r.caps[k].Credits = c.Credit, splitCredits(c.Credit)
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
	c.Credits = splitCredits(c.Credit)
	if len(r.places) > 0 { // places are in order
		pos = max(pos, r.places[len(r.places)-1].pos)
	}
	r.caps = append(r.caps, c)
	r.places = append(r.places, placed{len(r.caps) - 1, pos})
	if r.explaining() {
		r.candidate(Candidate{Field: "captions", Value: strings.TrimSpace(c.Text + " | " + c.Credit), From: g.from, Score: confidenceOf[g.from], Won: true})
	}
	return true
}

func (r *captionReader) drop(b *block.Block) {
	if b.Keep {
		b.Keep, b.Why = false, "caption"
	}
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
		if !b.Keep {
			continue
		}
		if b.Text == raw {
			r.drop(b)
			return
		}
		if before, after, ok := strings.Cut(b.Text, raw); ok {
			b.Text = block.Clean(before + " " + after)
			b.Words = block.CountWords(b.Text)
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
			said[fold(c.Text)] = true
			said[fold(c.Text+c.Credit)] = true
		}
	}
	for _, b := range r.order {
		// A paragraph that a caption repeats is read as a paragraph.
		if b.Keep && b.Words <= 100 && b.Words >= 4 && b.Flags&(block.InHeading|block.InParagraph) == 0 && said[fold(b.Text)] {
			r.drop(b)
		}
	}
}

// imageObjects are the pictures that the page's JSON-LD tells of.
func (r *captionReader) imageObjects() []object {
	var res []object
	if o := r.article(); o != nil {
		for _, key := range []string{"image", "associatedMedia", "primaryImageOfPage"} {
			res = append(res, r.objectsOf(o, key)...)
		}
	}
	for _, o := range r.ld {
		if o.is("ImageObject", "VideoObject", "Photograph") {
			res = append(res, o)
		}
	}
	return res
}

// ldCaptions are the captions that JSON-LD gives; a line that says one of them
// is one.
func (r *captionReader) ldCaptions() map[string]bool {
	lines := map[string]bool{}
	for _, o := range r.imageObjects() {
		if t := o.text("caption"); block.CountWords(t) >= 4 {
			lines[fold(t)] = true
		}
	}
	return lines
}

// structured fills credits that only JSON-LD has, by the caption or the address
// of the picture.
func (r *captionReader) structured() {
	var objs []object
	for i := range r.caps {
		c := &r.caps[i]
		if c.Credit != "" {
			continue
		}
		if objs == nil {
			if objs = r.imageObjects(); len(objs) == 0 {
				return
			}
		}
		for _, o := range objs {
			credit := ""
			for _, key := range []string{"creditText", "copyrightHolder", "author", "creator", "copyrightNotice"} {
				if credit = cleanCredit(o.text(key)); credit != "" {
					break
				}
			}
			if credit == "" || len(credit) > 120 || r.isSite(credit) || strings.Contains(credit, "://") || !nameLike(credit, 1) {
				continue
			}
			url := o.text("contentUrl")
			if url == "" {
				url = o.text("url")
			}
			if c.Text != "" && foldEqual(o.text("caption"), c.Text) || samePicture(url, c.MediaURL) {
				c.Credit, c.Credits = credit, splitCredits(credit)
				break
			}
		}
	}
}

// samePicture reports whether two addresses end in the same file name.
func samePicture(a, b string) bool {
	name := func(u string) string {
		u, _, _ = strings.Cut(u, "?")
		return u[strings.LastIndexByte(u, '/')+1:]
	}
	na := name(a)
	return len(na) >= 8 && na == name(b)
}
