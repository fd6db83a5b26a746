package block

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A survey is what the features of a page's blocks are read from: totals over
// elements and paths, and the elements that hold the story.
type survey struct {
	page  *Page
	ctx   Context
	model *Model // may be nil

	// By element, as Page.Elems.
	totals         []totals // of it and all below it
	end            []int32  // one past the last element below it
	hints          []Hints  // of it and those above it, below the readable root
	article        []int32  // the innermost article element, 0 without one
	chromeDistance []int16  // see fChromeDistance
	bodyDistance   []int16
	nameSum        []float32 // weights of names below the readable root, those far above weigh less
	nameLowest     []float32

	nameWeights []float32 // by number of a value of class or id

	// Elements that may hold the story; 0 if unknown.
	readableRoot int32 // the deepest with nine tenths of the readable words
	proseRoot    int32 // the one whose paragraphs score most
	namedRoot    int32 // of those named as a story's body, the one with most prose
	mainArticle  int32 // the article element with most prose

	rootFirst, rootLast int // blocks: the first and last within the prose root

	articles       int    // article elements
	whole          totals // of the whole page
	title          int    // its block, -1 if unknown
	firstReadable  int    // block, -1 if there is none
	lastReadable   int
	hasArticleBody bool

	// By block.
	paths       []uint64
	earlier     []int32 // blocks of other paths before it with the same text
	occurrences []int32 // blocks of other paths with the same text

	inPath []*pathTotals // of the block's path
}

// totals are sums over the visible blocks of an element and those below it.
type totals struct {
	words, prose, readable, items int32 // items are blocks that are list items
	text, link                    int32 // bytes
	blocks                        int32
	score                         float32 // of paragraphs in it, as Readability scores them; not summed up
}

func (t *totals) add(o totals) {
	t.words += o.words
	t.prose += o.prose
	t.readable += o.readable
	t.items += o.items
	t.text += o.text
	t.link += o.link
	t.blocks += o.blocks
}

// pathTotals are sums over the blocks of one path.
type pathTotals struct {
	totals
	parents    int32 // how many elements hold them, as far as they follow one another
	lastParent int32
}

func (p *Page) survey(ctx Context, m *Model) *survey {
	elems, blocks := len(p.Elems), len(p.Blocks)
	s := &survey{
		page: p, ctx: ctx, model: m,
		totals: make([]totals, elems), end: make([]int32, elems), hints: make([]Hints, elems), article: make([]int32, elems),
		chromeDistance: make([]int16, elems), bodyDistance: make([]int16, elems), nameSum: make([]float32, elems), nameLowest: make([]float32, elems),
		nameWeights: make([]float32, len(p.names)),
		title:       -1, firstReadable: -1, lastReadable: -1,
		paths: make([]uint64, blocks), earlier: make([]int32, blocks), occurrences: make([]int32, blocks),
		inPath: make([]*pathTotals, blocks),
	}
	if ctx.TitleBlock != nil {
		s.title = ctx.TitleBlock.N
	}
	s.countBlocks()
	s.sumUp()
	s.findRoots()
	s.weighNames()
	s.passDown()
	s.countPaths()
	s.countRepeats()
	return s
}

// countBlocks gives each element the totals of its own blocks.
func (s *survey) countBlocks() {
	for _, b := range s.page.Blocks {
		if b.Flags&InHidden != 0 {
			continue
		}
		t := &s.totals[b.Elem]
		t.blocks++
		t.words += int32(b.Words)
		t.text += int32(len(b.Text))
		t.link += int32(b.LinkBytes)
		if b.Node.DataAtom == atom.Li {
			t.items++
		}
		if IsProse(b) {
			t.prose += int32(b.Words)
			s.scoreProse(b)
		}
		if b.InReadability {
			t.readable += int32(b.Words)
			if s.firstReadable < 0 {
				s.firstReadable = b.N
			}
			s.lastReadable = b.N
		}
		if b.ArticleBodyShare > 0 {
			s.hasArticleBody = true
		}
	}
}

// scoreProse gives the elements above a paragraph points for it, as Readability
// does: by its commas and its length, half of them one level further up.
func (s *survey) scoreProse(b *Block) {
	elems := s.page.Elems
	score := 1 + float32(strings.Count(b.Text, ",")) + min(float32(b.Words)/15, 3)
	parent := elems[b.Elem].Parent
	s.totals[parent].score += score
	s.totals[elems[parent].Parent].score += score / 2
	if b.Node.DataAtom == atom.Div || b.Node.DataAtom == atom.Td { // text without a paragraph of its own
		s.totals[b.Elem].score += score
	}
}

// sumUp adds the totals of each element to those above it.
func (s *survey) sumUp() {
	for i := range s.end {
		s.end[i] = int32(i + 1)
	}
	for i := len(s.totals) - 1; i > 0; i-- {
		parent := s.page.Elems[i].Parent
		s.totals[parent].add(s.totals[i])
		s.end[parent] = max(s.end[parent], s.end[i])
	}
	s.whole = s.totals[0]
}

// findRoots finds the elements that may hold the story.
func (s *survey) findRoots() {
	var bestScore float32
	var namedProse, articleProse int32
	for i := 1; i < len(s.page.Elems); i++ {
		t, e := &s.totals[i], &s.page.Elems[i]
		if s.whole.readable > 0 && t.readable*10 >= s.whole.readable*9 && e.Node.DataAtom != atom.P {
			s.readableRoot = int32(i) // the deepest of them comes last
		}
		if t.score > 0 {
			linkShare := float32(t.link) / float32(max(t.text, 1))
			if score := t.score * (1 - linkShare); score > bestScore {
				bestScore, s.proseRoot = score, int32(i)
			}
		}
		if e.Hints&HintBody != 0 && t.prose > namedProse {
			namedProse, s.namedRoot = t.prose, int32(i)
		}
		if e.Node.DataAtom == atom.Article {
			s.articles++
			if t.prose > articleProse {
				articleProse, s.mainArticle = t.prose, int32(i)
			}
		}
	}
	if s.readableRoot == 0 {
		s.readableRoot = s.proseRoot
	}
	s.rootFirst = -1
	for i, b := range s.page.Blocks {
		if s.holds(s.proseRoot, int32(b.Elem)) {
			if s.rootFirst < 0 {
				s.rootFirst = i
			}
			s.rootLast = i
		}
	}
}

// holds reports whether an element is top or stands below it.
func (s *survey) holds(top, elem int32) bool { return top > 0 && elem >= top && elem < s.end[top] }

// weighNames weighs the names of the elements that blocks stand in. Many other
// elements show no text.
func (s *survey) weighNames() {
	if s.model == nil {
		return
	}
	elems := s.page.Elems
	seen, weighed := make([]bool, len(elems)), make([]bool, len(s.nameWeights))
	weighed[0] = true // no name
	for _, b := range s.page.Blocks {
		for e := b.Elem; e > 0 && !seen[e]; e = int(elems[e].Parent) {
			seen[e] = true
			for _, n := range elems[e].Names {
				if !weighed[n] {
					weighed[n] = true
					s.nameWeights[n] = s.model.nameWeight(s.page.names[n])
				}
			}
		}
	}
}

// passDown gives each element what those above it say, from the readable root
// down: what elements above the story are called says nothing about it.
func (s *survey) passDown() {
	for i := 1; i < len(s.page.Elems); i++ {
		e := &s.page.Elems[i]
		s.article[i] = s.article[e.Parent]
		if e.Node.DataAtom == atom.Article {
			s.article[i] = int32(i)
		}
		s.bodyDistance[i] = farther(s.bodyDistance[e.Parent])
		if e.Hints&HintBody != 0 {
			s.bodyDistance[i] = 1
		}
		if s.holds(int32(i), s.readableRoot) || e.Node.DataAtom == atom.Html || e.Node.DataAtom == atom.Body {
			continue // the root or above it
		}
		s.hints[i] = s.hints[e.Parent] | e.Hints
		s.chromeDistance[i] = farther(s.chromeDistance[e.Parent])
		if e.Hints&Chrome != 0 {
			s.chromeDistance[i] = 1
		}
		w := s.ownNames(e)
		s.nameSum[i] = 0.8*s.nameSum[e.Parent] + w
		s.nameLowest[i] = min(s.nameLowest[e.Parent], w)
	}
}

// farther is a distance one level further down; 0 stays 0.
func farther(d int16) int16 {
	if d > 0 {
		d++
	}
	return d
}

// ownNames is the weight of an element's own names.
func (s *survey) ownNames(e *Elem) float32 {
	return s.nameWeights[e.Names[0]] + s.nameWeights[e.Names[1]]
}

// countPaths sums up the blocks of each path, hidden ones too.
func (s *survey) countPaths() {
	byPath := map[uint64]*pathTotals{}
	var t *pathTotals
	for i, b := range s.page.Blocks {
		h := s.page.path(b.Elem, 4)
		s.paths[i] = h
		if i == 0 || h != s.paths[i-1] {
			if t = byPath[h]; t == nil {
				t = &pathTotals{}
				byPath[h] = t
			}
		}
		s.inPath[i] = t
		if parent := s.page.Elems[b.Elem].Parent; t.blocks == 0 || parent != t.lastParent {
			t.parents++
			t.lastParent = parent
		}
		t.words += int32(b.Words)
		t.blocks++
		t.text += int32(len(b.Text))
		t.link += int32(b.LinkBytes)
		if b.InReadability {
			t.readable += int32(b.Words)
		}
	}
}

// countRepeats counts the blocks with the same text that stand elsewhere. Those of
// the same path are no copies for other screens: a story may say a thing twice.
func (s *survey) countRepeats() {
	blocks := s.page.Blocks
	places := make(map[uint64]int32, 2*len(blocks)) // in counts, by hash
	counts := make([]int32, 0, 2*len(blocks))
	place := func(hash uint64) int32 {
		k, known := places[hash]
		if !known {
			k = int32(len(counts))
			places[hash], counts = k, append(counts, 0)
		}
		return k
	}
	of := make([][2]int32, len(blocks)) // places of a block's text, and of its text in its path
	for i, b := range blocks {
		text := hashText(b.Text)
		all, same := place(text), place((text^s.paths[i])*fnv64Prime)
		of[i] = [2]int32{all, same}
		s.earlier[i] = counts[all] - counts[same]
		counts[all]++
		counts[same]++
	}
	for i, k := range of {
		s.occurrences[i] = counts[k[0]] - counts[k[1]]
	}
}

// hashText hashes the start and the length of a text.
func hashText(t string) uint64 {
	h := uint64(fnv64Start)
	for i := range min(len(t), 400) {
		h = (h ^ uint64(t[i])) * fnv64Prime
	}
	return (h ^ uint64(len(t))) * fnv64Prime
}

// path hashes the tags and classes of an element and of those above it, as many
// levels as given.
func (p *Page) path(elem, levels int) uint64 {
	h := uint64(fnv64Start)
	for range levels {
		e := &p.Elems[elem]
		h = (h ^ uint64(tagCode(e.Node))) * fnv64Prime
		h = (h ^ uint64(e.Names[0]+1)) * fnv64Prime
		elem = int(e.Parent)
	}
	return h
}

// tags number the elements that blocks are made of, those of prose first, so that a
// tree can ask for a range. The numbers belong to the model.
var tags = map[atom.Atom]int{atom.P: 1, atom.Div: 2, atom.Li: 3, atom.H1: 4, atom.H2: 5, atom.H3: 6, atom.H4: 7, atom.H5: 8, atom.H6: 9, atom.Blockquote: 10, atom.Td: 11, atom.Th: 12,
	atom.Section: 13, atom.Article: 14, atom.Figcaption: 15, atom.Dd: 16, atom.Dt: 17, atom.Pre: 18, atom.Header: 19, atom.Footer: 20, atom.Aside: 21, atom.Main: 22, atom.Ul: 23, atom.Ol: 24,
	atom.Figure: 25, atom.Button: 26, atom.Label: 27, atom.Form: 28, atom.Address: 29, atom.Center: 30, atom.Body: 31, atom.Nav: 32, atom.Span: 33, atom.A: 34}

// tagCode is the number of an element's tag; 0 of other tags and of nil.
func tagCode(n *html.Node) int {
	if n == nil {
		return 0
	}
	return int(kindOf(n.DataAtom).tag)
}
