package block

import (
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A Context is what a page's head and its other readers say of the story: the
// features compare blocks with it.
type Context struct {
	Title       string // as found; its block is where the story begins
	TitleBlock  *Block // nil if the title stands nowhere
	Description string // of the head
	Standfirst  *Block // nil if there is none
	News        int    // 2 if the head declares a news article, 1 for another kind of article
}

// The features of a block by itself. Those of its neighbours follow them.
const (
	fWords = iota
	fChars
	fLink
	fLinks
	fBold
	fEnds
	fStarts
	fUpper
	fDigits
	fCommas
	fColon
	fMarks
	fWordLength
	fNames    // what its own and its elements' names usually hold
	fNamesMin //
	fNamesOwn
	fTerms // what its words usually are part of
	fTermsMin
	fTermsMean
	fTermsFirst
	fTag
	fTagParent
	fDepth
	fFlags // as many as flags count
	fBelow = fFlags + flagCount
	fMore  = fBelow + hintCount
)

const (
	flagCount = 20
	hintCount = 21
)

const (
	fChromeNear = fMore + iota
	fBodyNear
	fInRoot
	fRootLevels
	fInBest
	fBestLevels
	fInNamed
	fSameArticle
	fArticles
	fTitled
	fParentProse
	fParentBlocks
	fParentLink
	fGrandProse
	fGrandLink
	fGreatProse
	fGreatLink
	fItems
	fItemsProse
	fPathWords
	fPathBlocks
	fPathLink
	fPathVote
	fPlace
	fWordsBefore
	fFromTitle
	fProseFromTitle
	fFromVoteFirst
	fFromVoteLast
	fVote
	fVote3
	fVote8
	fParentVote
	fGrandVote
	fVoteShare
	fSaid
	fHasSaid
	fSaid3
	fIsTitle
	fDescription
	fSeen
	fTimes
	fPageWords
	fPageProse
	fPageLink
	fPageBlocks
	fProseBefore
	fProseAfter
	fNextProse
	fPrevProse
	fHeadingFollowed
	fSingle
	fStandfirst
	fNews
	fPathParents // 1 where each block of the path has a parent of its own, as cards have
	fHeadLink    // share of links in the heading above
	fHeadFar     // blocks since it
	fHeadKin     // 2 if both have the same parent, 1 if the same grandparent
	fMediaBefore // pictures and players since the block before
	fMediaAfter
	fBase // how many there are
)

// near are the places whose core features join a block's own.
var near = [...]int{-3, -2, -1, 1, 2, 3}

// core are the features that neighbours tell each other.
var core = [...]int{fWords, fLink, fEnds, fNames, fTerms, fVote, fTag, fParentProse, fPathWords}

const perNeighbour = len(core) + 2

// FeatureCount is the length of a row.
const FeatureCount = fBase + len(near)*perNeighbour

// prose is how many words outside links make a block prose.
const prose = 10

// Prose reports whether a block is made of sentences, as far as its length and
// links tell, where a reader may look for some.
func IsProse(b *Block) bool {
	return b.Words >= prose && b.LinkBytes*3 < len(b.Text) && b.Flags&(InHidden|InNav|InFooter|InForm|InDialog|InButton) == 0
}

// sums are totals over the blocks below an element.
type sums struct {
	words, prose, voted, items int32
	text, link                 int32
	blocks                     int32
	own, last                  int32 // of a path: parents, and the last one
	score                      float32
}

// A survey is what the features of a page's blocks are read from.
type survey struct {
	p         *Page
	ctx       Context
	m         *Model
	at        []sums  // by element
	end       []int32 // by element: one past the last element below it
	below     []Hints // by element: hints below the root
	article   []int32 // by element: the innermost article element
	chromeAt  []int16 // by element: levels to the nearest element named as frame, below the root
	bodyAt    []int16
	nameSum   []float32 // by element: what names below the root say
	nameMin   []float32
	nameOf    []float32 // by number of a name
	root      int32     // holds nearly all that was voted for
	best      int32     // whose paragraphs score most
	named     int32     // is called the story
	mainArt   int32
	articles  int
	total     sums
	title     int // block, -1 if unknown
	firstVote int
	lastVote  int
	anySaid   bool
	paths     map[uint64]*sums
	path      []uint64
	seen      map[uint64]int32
	times     []int32 // how often a block's text stands on the page
	before    []int32 // the same before it
}

func (p *Page) survey(ctx Context, m *Model) *survey {
	n := len(p.Elems)
	s := &survey{p: p, ctx: ctx, m: m, at: make([]sums, n), end: make([]int32, n), below: make([]Hints, n), article: make([]int32, n), chromeAt: make([]int16, n), bodyAt: make([]int16, n),
		nameSum: make([]float32, n), nameMin: make([]float32, n), nameOf: make([]float32, len(p.names)), title: -1, firstVote: -1, lastVote: -1,
		paths: map[uint64]*sums{}, path: make([]uint64, len(p.Blocks)), seen: map[uint64]int32{}, times: make([]int32, len(p.Blocks)), before: make([]int32, len(p.Blocks))}
	if ctx.TitleBlock != nil {
		s.title = ctx.TitleBlock.N
	}
	s.count()
	s.roots()
	s.inherit()
	s.repeats()
	return s
}

// count sums up what stands below each element.
func (s *survey) count() {
	p := s.p
	for _, b := range p.Blocks {
		a := &s.at[b.Elem]
		if b.Flags&InHidden != 0 {
			continue
		}
		a.blocks++
		a.words += int32(b.Words)
		a.text += int32(len(b.Text))
		a.link += int32(b.LinkBytes)
		if b.Node.DataAtom == atom.Li {
			a.items++
		}
		if IsProse(b) {
			a.prose += int32(b.Words)
			score := 1 + float32(strings.Count(b.Text, ",")) + min(float32(b.Words)/15, 3)
			parent := p.Elems[b.Elem].Parent
			s.at[parent].score += score
			s.at[p.Elems[parent].Parent].score += score / 2
			if b.Node.DataAtom == atom.Div || b.Node.DataAtom == atom.Td {
				a.score += score
			}
		}
		if b.InReadability {
			a.voted += int32(b.Words)
			if s.firstVote < 0 {
				s.firstVote = b.N
			}
			s.lastVote = b.N
		}
		if b.ArticleBodyShare > 0 {
			s.anySaid = true
		}
	}
	for i := range s.end {
		s.end[i] = int32(i + 1)
	}
	for i := len(s.at) - 1; i > 0; i-- {
		k := p.Elems[i].Parent
		up, a := &s.at[k], s.at[i]
		up.words += a.words
		up.prose += a.prose
		up.voted += a.voted
		up.items += a.items
		up.text += a.text
		up.link += a.link
		up.blocks += a.blocks
		s.end[k] = max(s.end[k], s.end[i])
	}
	s.total = s.at[0]
}

// roots finds the elements that hold the story, by three ways of asking.
func (s *survey) roots() {
	p := s.p
	var bestScore, namedWords, artProse float32
	for i := 1; i < len(p.Elems); i++ {
		a, e := &s.at[i], &p.Elems[i]
		if s.total.voted > 0 && a.voted*10 >= s.total.voted*9 && e.Node.DataAtom != atom.P {
			s.root = int32(i) // the deepest of them comes last
		}
		if a.score > 0 {
			density := float32(a.link) / float32(max(a.text, 1))
			if score := a.score * (1 - density); score > bestScore {
				bestScore, s.best = score, int32(i)
			}
		}
		if e.Hints&HintBody != 0 && float32(a.prose) > namedWords {
			namedWords, s.named = float32(a.prose), int32(i)
		}
		if e.Node.DataAtom == atom.Article {
			s.articles++
			if w := float32(a.prose); w > artProse {
				artProse, s.mainArt = w, int32(i)
			}
		}
	}
	if s.root == 0 {
		s.root = s.best
	}
}

func (s *survey) holds(top, elem int32) bool { return top > 0 && elem >= top && elem < s.end[top] }

// inherit passes names down from the root: what elements above the story are
// called says nothing about it.
func (s *survey) inherit() {
	p := s.p
	for i, n := range p.names {
		if i > 0 && s.m != nil {
			s.nameOf[i] = s.m.nameWeight(n)
		}
	}
	for i := 1; i < len(p.Elems); i++ {
		e := &p.Elems[i]
		k := e.Parent
		if e.Node.DataAtom == atom.Article {
			s.article[i] = int32(i)
		} else {
			s.article[i] = s.article[k]
		}
		s.chromeAt[i], s.bodyAt[i] = s.chromeAt[k], s.bodyAt[k]
		if s.chromeAt[i] > 0 {
			s.chromeAt[i]++
		}
		if s.bodyAt[i] > 0 {
			s.bodyAt[i]++
		}
		if e.Hints&HintBody != 0 {
			s.bodyAt[i] = 1
		}
		if s.root > 0 && s.root >= int32(i) && s.root < s.end[i] || e.Node.DataAtom == atom.Html || e.Node.DataAtom == atom.Body {
			s.chromeAt[i] = 0
			continue // the root or above it
		}
		s.below[i] = s.below[k] | e.Hints
		if e.Hints&Chrome != 0 {
			s.chromeAt[i] = 1
		}
		w := s.nameOf[e.Names[0]] + s.nameOf[e.Names[1]]
		s.nameSum[i] = 0.8*s.nameSum[k] + w
		s.nameMin[i] = min(s.nameMin[k], w)
	}
}

// repeats counts paths and texts that the page has more than once.
func (s *survey) repeats() {
	p := s.p
	for i, b := range p.Blocks {
		h := p.path(b.Elem, 4)
		s.path[i] = h
		g := s.paths[h]
		if g == nil {
			g = &sums{}
			s.paths[h] = g
		}
		if k := p.Elems[b.Elem].Parent; g.blocks == 0 || k != g.last {
			g.own++
			g.last = k
		}
		g.words += int32(b.Words)
		g.blocks++
		g.text += int32(len(b.Text))
		g.link += int32(b.LinkBytes)
		if b.InReadability {
			g.voted += int32(b.Words)
		}
		t := hashText(b.Text)
		s.before[i] = s.seen[t]
		s.seen[t]++
	}
	for i, b := range p.Blocks {
		s.times[i] = s.seen[hashText(b.Text)]
	}
}

func hashText(t string) uint64 {
	h := uint64(14695981039346656037)
	for i := range min(len(t), 400) {
		h = (h ^ uint64(t[i])) * 1099511628211
	}
	return (h ^ uint64(len(t))) * 1099511628211
}

// tags are the elements that blocks are made of, as numbers: prose first.
var tags = map[atom.Atom]int{atom.P: 1, atom.Div: 2, atom.Li: 3, atom.H1: 4, atom.H2: 5, atom.H3: 6, atom.H4: 7, atom.H5: 8, atom.H6: 9, atom.Blockquote: 10, atom.Td: 11, atom.Th: 12,
	atom.Section: 13, atom.Article: 14, atom.Figcaption: 15, atom.Dd: 16, atom.Dt: 17, atom.Pre: 18, atom.Header: 19, atom.Footer: 20, atom.Aside: 21, atom.Main: 22, atom.Ul: 23, atom.Ol: 24,
	atom.Figure: 25, atom.Button: 26, atom.Label: 27, atom.Form: 28, atom.Address: 29, atom.Center: 30, atom.Body: 31, atom.Nav: 32, atom.Span: 33, atom.A: 34}

func tagCode(n *html.Node) int {
	if n == nil {
		return 0
	}
	return tags[n.DataAtom]
}

// Features gives a row of FeatureCount numbers for each block of the page, one
// after another.
func (p *Page) Features(ctx Context, m *Model) []float32 {
	s := p.survey(ctx, m)
	rows := make([]float32, len(p.Blocks)*FeatureCount)
	for i, b := range p.Blocks {
		s.row(b, rows[i*FeatureCount:(i+1)*FeatureCount])
	}
	s.context(rows)
	return rows
}

func log1(n int32) float32 { return logTable(int(n)) }

// logs are logarithms of small numbers plus one, which features ask all the time.
var logs = func() (t [1024]float32) {
	for i := range t {
		t[i] = float32(math.Log1p(float64(i)))
	}
	return t
}()

func logTable(n int) float32 {
	switch {
	case n < 0:
		return -logTable(-n)
	case n < len(logs):
		return logs[n]
	}
	return float32(math.Log1p(float64(n)))
}

func share(part, whole int32) float32 {
	if whole <= 0 {
		return 0
	}
	return float32(part) / float32(whole)
}

func yes(b bool) float32 {
	if b {
		return 1
	}
	return 0
}

// row fills in the features of a block by itself.
func (s *survey) row(b *Block, r []float32) {
	p := s.p
	elem := int32(b.Elem)
	e := &p.Elems[elem]
	parent := e.Parent
	grand := p.Elems[parent].Parent
	great := p.Elems[grand].Parent
	r[fWords] = logTable(b.Words)
	r[fChars] = logTable(len(b.Text))
	r[fLink] = float32(b.LinkBytes) / float32(max(len(b.Text), 1))
	r[fLinks] = float32(min(b.LinkCount, 20))
	r[fBold] = float32(b.BoldBytes) / float32(max(len(b.Text), 1))
	s.look(b, r)
	own := s.nameOf[e.Names[0]] + s.nameOf[e.Names[1]]
	r[fNames], r[fNamesMin], r[fNamesOwn] = s.nameSum[elem], s.nameMin[elem], own
	if s.m != nil {
		r[fTerms], r[fTermsMin], r[fTermsMean], r[fTermsFirst] = s.m.terms(b.Text)
	}
	r[fTag], r[fTagParent] = float32(tagCode(b.Node)), float32(tagCode(p.Elems[parent].Node))
	r[fDepth] = float32(min(e.Depth, 60))
	for i := range flagCount {
		r[fFlags+i] = float32(b.Flags >> i & 1)
	}
	for i := range hintCount {
		r[fBelow+i] = float32(s.below[elem] >> i & 1)
	}
	r[fChromeNear], r[fBodyNear] = float32(s.chromeAt[elem]), float32(s.bodyAt[elem])
	r[fInRoot], r[fRootLevels] = s.levels(s.root, elem)
	r[fInBest], r[fBestLevels] = s.levels(s.best, elem)
	r[fInNamed] = yes(s.named == 0)*0.5 + yes(s.holds(s.named, elem))
	switch {
	case s.article[elem] == 0:
		r[fSameArticle] = 0
	case s.article[elem] == s.mainArt || s.holds(s.article[elem], s.mainArt):
		r[fSameArticle] = 1
	default:
		r[fSameArticle] = -1
	}
	r[fArticles] = float32(min(s.articles, 30))
	if s.title >= 0 {
		r[fTitled] = 1
		r[fFromTitle] = float32(max(-100, min(b.N-s.title, 300)))
	}
	up := &s.at[parent]
	r[fParentProse], r[fParentBlocks], r[fParentLink] = share(up.prose, s.total.prose), logTable(int(up.blocks)), share(up.link, up.text)
	g := &s.at[grand]
	r[fGrandProse], r[fGrandLink] = share(g.prose, s.total.prose), share(g.link, g.text)
	gg := &s.at[great]
	r[fGreatProse], r[fGreatLink] = share(gg.prose, s.total.prose), share(gg.link, gg.text)
	r[fItems], r[fItemsProse] = log1(up.items), share(up.items, up.blocks)
	path := s.paths[s.path[b.N]]
	r[fPathWords], r[fPathBlocks], r[fPathLink], r[fPathVote] = share(path.words, s.total.words), log1(path.blocks), share(path.link, path.text), share(path.voted, path.words)
	r[fPlace] = float32(b.N) / float32(len(p.Blocks))
	r[fVote] = yes(b.InReadability)
	r[fParentVote], r[fGrandVote] = share(up.voted, up.words), share(g.voted, g.words)
	r[fVoteShare] = share(s.total.voted, s.total.words)
	if s.firstVote >= 0 {
		r[fFromVoteFirst] = float32(max(-60, min(b.N-s.firstVote, 200)))
		r[fFromVoteLast] = float32(max(-200, min(b.N-s.lastVote, 60)))
	}
	r[fSaid], r[fHasSaid] = b.ArticleBodyShare, yes(s.anySaid)
	r[fIsTitle] = sameText(b.Text, s.ctx.Title)
	if s.ctx.Description != "" && b.Words <= 100 {
		r[fDescription] = sameText(b.Text, s.ctx.Description)
	}
	r[fSeen], r[fTimes] = float32(min(s.before[b.N], 5)), float32(min(s.times[b.N], 5))
	r[fPageWords], r[fPageProse], r[fPageLink], r[fPageBlocks] = log1(s.total.words), log1(s.total.prose), share(s.total.link, s.total.text), logTable(len(p.Blocks))
	r[fSingle] = yes(s.at[elem].blocks == 1)
	r[fStandfirst], r[fNews] = yes(b == s.ctx.Standfirst), float32(s.ctx.News)
	r[fPathParents] = share(path.own, path.blocks)
}

// levels says whether an element stands in another, and how far below it; for one
// outside, how far above it has to climb to meet it.
func (s *survey) levels(top, elem int32) (in, levels float32) {
	if top == 0 {
		return 0.5, 0
	}
	if s.holds(top, elem) {
		return 1, float32(s.p.Elems[elem].Depth - s.p.Elems[top].Depth)
	}
	n := 0
	for k := top; k > 0 && n < 20; k = s.p.Elems[k].Parent {
		if s.holds(k, elem) {
			break
		}
		n++
	}
	return 0, float32(-n)
}

// look reads the signs of a block's text.
func (s *survey) look(b *Block, r []float32) {
	t := b.Text
	upper, lower, digits, commas, letters := 0, 0, 0, 0, 0
	marks := 0
	for i := range min(len(t), 1000) {
		switch c := t[i]; {
		case c >= 'a' && c <= 'z':
			lower++
		case c >= 'A' && c <= 'Z':
			upper++
		case c >= '0' && c <= '9':
			digits++
		case c == ',':
			commas++
		case c == '|' || c == '@' || c == '>' || c == '#' || c == '/':
			marks++
		case c >= 0x80:
			letters++
		}
	}
	all := float32(upper + lower + letters + 1)
	r[fUpper] = float32(upper) / all
	r[fDigits] = float32(digits) / (all + float32(digits))
	r[fCommas] = float32(min(commas, 20))
	r[fMarks] = float32(min(marks, 10))
	r[fWordLength] = float32(len(t)) / float32(max(b.Words, 1))
	r[fEnds] = ending(t)
	r[fStarts] = beginning(t)
	r[fColon] = yes(strings.HasSuffix(t, ":"))
}

// ending classes how a text ends: 3 as a sentence does, 2 with a closing sign,
// 1 with three points, 0 otherwise.
func ending(t string) float32 {
	tail := t[max(0, len(t)-4):]
	switch {
	case strings.HasSuffix(tail, "..."), strings.HasSuffix(tail, "…"):
		return 1
	case strings.HasSuffix(tail, "."), strings.HasSuffix(tail, "!"), strings.HasSuffix(tail, "?"), strings.HasSuffix(tail, "。"), strings.HasSuffix(tail, "！"), strings.HasSuffix(tail, "？"), strings.HasSuffix(tail, "।"), strings.HasSuffix(tail, "؟"), strings.HasSuffix(tail, "۔"):
		return 3
	case strings.HasSuffix(tail, `"`), strings.HasSuffix(tail, "”"), strings.HasSuffix(tail, "“"), strings.HasSuffix(tail, "»"), strings.HasSuffix(tail, "«"), strings.HasSuffix(tail, "』"), strings.HasSuffix(tail, "」"), strings.HasSuffix(tail, "'"), strings.HasSuffix(tail, "’"):
		return 2
	case strings.HasSuffix(tail, ")"):
		return 1.5
	}
	return 0
}

// beginning classes how a text begins: 3 with a capital or a letter of a script
// without them, 2 with a quotation mark, 1 small, 0.5 with a digit, 0 otherwise.
func beginning(t string) float32 {
	switch r, _ := utf8.DecodeRuneInString(t); {
	case unicode.IsUpper(r) || unicode.IsLetter(r) && !unicode.IsLower(r):
		return 3
	case r == '"' || r == '“' || r == '„' || r == '«' || r == '»' || r == '「' || r == '\'' || r == '‘':
		return 2
	case unicode.IsLower(r):
		return 1
	case unicode.IsDigit(r):
		return 0.5
	}
	return 0
}

// sameText is 1 for texts of the same letters, less for one that begins with the
// other or shares its start.
func sameText(a, b string) float32 {
	if a == "" || b == "" {
		return 0
	}
	n := 0
	i, k := 0, 0
	for i < len(a) && k < len(b) {
		switch {
		case !wordByte(a[i]):
			i++
			continue
		case !wordByte(b[k]):
			k++
			continue
		}
		if a[i]|0x20 != b[k]|0x20 {
			break
		}
		i++
		k++
		n++
		if n > 300 {
			break
		}
	}
	longer := max(len(a), len(b))
	if n > 300 {
		return 1
	}
	return min(1, float32(n)*1.2/float32(longer))
}

func wordByte(c byte) bool {
	return c >= 0x80 || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

// context adds what stands around each block.
func (s *survey) context(rows []float32) {
	p := s.p
	n := len(p.Blocks)
	at := func(i, f int) *float32 { return &rows[i*FeatureCount+f] }
	// Words of prose so far, of votes so far.
	words := make([]int32, n+1)
	proseUpTo := make([]int32, n+1)
	votes := make([]int32, n+1)
	said := make([]float32, n+1)
	for i, b := range p.Blocks {
		words[i+1] = words[i] + int32(b.Words)
		proseUpTo[i+1], votes[i+1] = proseUpTo[i], votes[i]
		if IsProse(b) {
			proseUpTo[i+1] += int32(b.Words)
		}
		if b.InReadability {
			votes[i+1] += int32(b.Words)
		}
		said[i+1] = said[i] + b.ArticleBodyShare
	}
	media, head := 0, -1
	for i, b := range p.Blocks {
		*at(i, fHeadFar) = 40
		if head >= 0 {
			h := p.Blocks[head]
			*at(i, fHeadLink), *at(i, fHeadFar) = float32(h.LinkBytes)/float32(len(h.Text)), float32(min(i-head, 40))
			up, hup := p.Elems[b.Elem].Parent, p.Elems[h.Elem].Parent
			switch {
			case up == hup:
				*at(i, fHeadKin) = 2
			case p.Elems[up].Parent == p.Elems[hup].Parent || up == p.Elems[hup].Parent || p.Elems[up].Parent == hup:
				*at(i, fHeadKin) = 1
			}
		}
		if b.Flags&InHeading != 0 {
			head = i
		}
		k := 0
		for media < len(p.Media) && p.Order[p.Media[media]] < b.Elem {
			media++
			k++
		}
		*at(i, fMediaBefore) = float32(min(k, 5))
		if i > 0 {
			*at(i-1, fMediaAfter) = float32(min(k, 5))
		}
	}
	window := func(sum []int32, i, far int) int32 { return sum[min(n, i+far+1)] - sum[max(0, i-far)] }
	last := -1
	for i, b := range p.Blocks {
		*at(i, fWordsBefore) = share(words[i], words[n])
		if s.title >= 0 {
			*at(i, fProseFromTitle) = logTable(int(proseUpTo[i] - proseUpTo[s.title]))
		}
		*at(i, fVote3) = share(window(votes, i, 3), window(words, i, 3))
		*at(i, fVote8) = share(window(votes, i, 8), window(words, i, 8))
		*at(i, fSaid3) = (said[min(n, i+4)] - said[max(0, i-3)]) / 7
		*at(i, fProseBefore) = log1(proseUpTo[i] - proseUpTo[max(0, i-12)])
		*at(i, fProseAfter) = log1(proseUpTo[min(n, i+13)] - proseUpTo[i+1])
		*at(i, fPrevProse) = 30
		if last >= 0 {
			*at(i, fPrevProse) = float32(min(i-last, 30))
		}
		if IsProse(b) {
			last = i
		}
		if b.Flags&InHeading != 0 && i+1 < n {
			next := p.Blocks[i+1]
			*at(i, fHeadingFollowed) = 1 + yes(IsProse(next)) + yes(next.InReadability)
		}
	}
	last = -1
	for i := n - 1; i >= 0; i-- {
		*at(i, fNextProse) = 30
		if last >= 0 {
			*at(i, fNextProse) = float32(min(last-i, 30))
		}
		if IsProse(p.Blocks[i]) {
			last = i
		}
	}
	for i, b := range p.Blocks {
		for k, d := range near {
			to := fBase + k*perNeighbour
			j := i + d
			if j < 0 || j >= n {
				for f := range perNeighbour {
					*at(i, to+f) = -1
				}
				continue
			}
			for f, c := range core {
				*at(i, to+f) = *at(j, c)
			}
			o := p.Blocks[j]
			*at(i, to+len(core)) = yes(p.Elems[o.Elem].Parent == p.Elems[b.Elem].Parent) + yes(s.path[i] == s.path[j])
			*at(i, to+len(core)+1) = yes(b.Elem == o.Elem)
		}
	}
}
