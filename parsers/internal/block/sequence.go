package block

import "math"

// A Sequence decides about the blocks of a page together: a linear-chain conditional
// random field (Lafferty et al., 2001) over the blocks that may belong to the story,
// in reading order. What the forests say of a block is its own evidence; between
// two blocks in a row, going into the story or out of it costs what the weights of
// their links say. Blocks that no forest finds likely are not in the chain, but what
// stands between two blocks is one of their links.
//
// It holds the weights, by the numbers below: those of a block, then those of
// entering, then those of leaving. An empty one leaves blocks as the forests judge
// them.
type Sequence []float32

// What is known of a block for itself: a sum of these, times their weights, speaks
// for the story.
const (
	ownOdds      = iota // logarithm of the odds that the forests give
	ownBias             // always 1
	ownHeading          // it is a heading
	ownShort            // it has up to four words
	ownLong             // it has at least forty words
	ownLinks            // share of its bytes in links
	ownReadable         // go-readability takes it
	ownListItem         // it is in a list
	ownEvidences        // how many there are
)

// The links of two blocks in a row: a sum of these, times their weights, speaks
// against a border of the story between them.
const (
	linkBias       = iota // always 1
	linkElement           // they share their element
	linkParent            // their elements have the same parent
	linkGrand             // not that, but one level more or less makes it the same
	linkPath              // they have the same path
	linkTag               // their elements have the same tag
	linkDepth             // levels between them, of at most five
	linkBetween           // logarithm of the blocks between them, which are not in the chain
	linkElements          // logarithm of the elements between them
	linkMedia             // a picture or player stands between them
	linkHeadBefore        // the first is a heading
	linkHeadAfter         // the second is
	linkKind              // both are in a list, in a quote, in code, or in none of these
	linkVote              // go-readability takes both or neither
	linkProse             // both are prose
	linkChrome            // one of them stands in what is named as chrome, the other does not
	linkShort             // one of them has up to four words
	linkKinds             // how many there are
)

// SequenceWeights is how many weights a Sequence has.
const SequenceWeights = ownEvidences + 2*linkKinds

// A Chain is what a Sequence decides from: of each block its own evidences, of each
// but the first its links to the one before.
type Chain struct {
	Own  [][ownEvidences]float32
	Link [][linkKinds]float32 // the first is all zeros
	More []float64            // added to what each block's own evidence says; nil for nothing
}

// Chain gives the chain of the blocks that are open, by their places in the page,
// whose Probability is what the forests say.
func (p *Page) Chain(open []int) Chain {
	c := Chain{Own: make([][ownEvidences]float32, len(open)), Link: make([][linkKinds]float32, len(open))}
	media, path := 0, uint64(0)
	for k, i := range open {
		b := p.Blocks[i]
		c.Own[k] = b.evidence()
		here := p.path(b.Elem, 3)
		if k > 0 {
			a := p.Blocks[open[k-1]]
			for media < len(p.Media) && p.Order[p.Media[media]] <= a.Elem {
				media++
			}
			c.Link[k] = p.link(a, b)
			c.Link[k][linkPath] = number(path == here)
			c.Link[k][linkMedia] = number(media < len(p.Media) && p.Order[p.Media[media]] < b.Elem)
		}
		path = here
	}
	return c
}

// maxOdds bounds what a block's own odds say.
const maxOdds = 5

func (b *Block) evidence() (e [ownEvidences]float32) {
	p := float64(b.Probability)
	e[ownOdds] = float32(max(-maxOdds, min(math.Log(p/(1-p)), maxOdds)))
	e[ownBias] = 1
	e[ownHeading] = number(b.Flags&InHeading != 0)
	e[ownShort] = number(b.Words <= 4)
	e[ownLong] = number(b.Words >= 40)
	e[ownLinks] = float32(b.LinkBytes) / float32(max(len(b.Text), 1))
	e[ownReadable] = number(b.InReadability)
	e[ownListItem] = number(b.Flags&InList != 0)
	return e
}

// link gives the links of two blocks, but those that its caller knows better.
func (p *Page) link(a, b *Block) (l [linkKinds]float32) {
	const kinds = InList | InQuote | InPre | InTable
	kinship := p.kinship(a, b)
	first, second := &p.Elems[a.Elem], &p.Elems[b.Elem]
	l[linkBias] = 1
	l[linkElement] = number(a.Elem == b.Elem)
	l[linkParent] = number(kinship == 2)
	l[linkGrand] = number(kinship == 1)
	l[linkTag] = number(first.Node.DataAtom == second.Node.DataAtom)
	l[linkDepth] = float32(min(max(first.Depth-second.Depth, second.Depth-first.Depth), 5))
	l[linkBetween] = capped(b.N-a.N-1, someBlocks)
	l[linkElements] = capped(max(0, b.Elem-a.Elem-1), 3*someBlocks)
	l[linkHeadBefore] = number(a.Flags&InHeading != 0)
	l[linkHeadAfter] = number(b.Flags&InHeading != 0)
	l[linkKind] = number(a.Flags&kinds == b.Flags&kinds)
	l[linkVote] = number(a.InReadability == b.InReadability)
	l[linkProse] = number(IsProse(a) && IsProse(b))
	l[linkChrome] = number(first.PathHints&Chrome != 0 != (second.PathHints&Chrome != 0))
	l[linkShort] = number(min(a.Words, b.Words) <= 4)
	return l
}

// own is how much a block's own evidence speaks for the story.
func (s Sequence) own(e *[ownEvidences]float32) float64 {
	return dot(s[:ownEvidences], e[:])
}

// border is what it costs to enter the story between two blocks, and to leave it.
func (s Sequence) border(l *[linkKinds]float32) (enter, leave float64) {
	return dot(s[ownEvidences:ownEvidences+linkKinds], l[:]), dot(s[ownEvidences+linkKinds:], l[:])
}

func dot(weights, values []float32) float64 {
	var sum float64
	for i, v := range values {
		sum += float64(weights[i]) * float64(v)
	}
	return sum
}

// Marginals are how likely each block of a chain belongs to the story, given all
// others, by the forward-backward algorithm. borders, if it is not nil, is called for each
// block but the first with how likely the story begins and ends between it and the
// one before.
func (s Sequence) Marginals(c Chain, borders func(k int, enter, leave float64)) []float64 {
	n := len(c.Own)
	in := make([]float64, n)
	if n == 0 {
		return in
	}
	// By block: logarithms of the sums over all ways to end there, out of the story
	// and in it, and to go on from there.
	forward, backward := make([][2]float64, n), make([][2]float64, n)
	enter, leave, own := make([]float64, n), make([]float64, n), make([]float64, n)
	for k := range n {
		own[k] = s.own(&c.Own[k])
		if c.More != nil {
			own[k] += c.More[k]
		}
		enter[k], leave[k] = s.border(&c.Link[k])
	}
	forward[0] = [2]float64{0, own[0]}
	for k := 1; k < n; k++ {
		before := forward[k-1]
		forward[k][0] = logSum(before[0], before[1]-leave[k])
		forward[k][1] = logSum(before[0]-enter[k], before[1]) + own[k]
	}
	for k := n - 2; k >= 0; k-- {
		out, in := backward[k+1][0], backward[k+1][1]+own[k+1]
		backward[k][0] = logSum(out, in-enter[k+1])
		backward[k][1] = logSum(out-leave[k+1], in)
	}
	logZ := logSum(forward[n-1][0], forward[n-1][1])
	for k := range n {
		in[k] = math.Exp(forward[k][1] + backward[k][1] - logZ)
		if k > 0 && borders != nil {
			borders(k, math.Exp(forward[k-1][0]-enter[k]+own[k]+backward[k][1]-logZ), math.Exp(forward[k-1][1]-leave[k]+backward[k][0]-logZ))
		}
	}
	return in
}

// logSum is the logarithm of the sum of two numbers whose logarithms are given.
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// Best is the most likely division of a chain into what belongs to the story and
// what does not, by the Viterbi algorithm.
func (s Sequence) Best(c Chain) []bool {
	n := len(c.Own)
	best := make([]bool, n)
	if n == 0 {
		return best
	}
	from := make([][2]bool, n) // whether the block before is in the story, on the best way to each state
	score := [2]float64{0, s.own(&c.Own[0])}
	for k := 1; k < n; k++ {
		enter, leave := s.border(&c.Link[k])
		from[k] = [2]bool{score[1]-leave > score[0], score[1] >= score[0]-enter}
		score = [2]float64{max(score[0], score[1]-leave), max(score[0]-enter, score[1]) + s.own(&c.Own[k])}
	}
	best[n-1] = score[1] > score[0]
	for k := n - 1; k > 0; k-- {
		state := 0
		if best[k] {
			state = 1
		}
		best[k-1] = from[k][state]
	}
	return best
}
