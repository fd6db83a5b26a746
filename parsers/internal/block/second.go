package block

import "slices"

// The features of the second pass, in the order of a row: the first pass's
// probabilities of a block and of those around it, and some features of the first
// pass. Stories hang together, so a block is judged by its neighbours too. A mean
// weighs each block by its words and leaves out the block itself. As for the
// first pass, order and meaning belong to the model.
const (
	sProbability = iota // of the block itself
	sMean3              // mean probability of the blocks up to three places away
	sMean8
	sParent      // mean of the blocks with the same parent element
	sParentShare // of all that is likely, of at most someWords, the share below that parent
	sGrand       // mean of the blocks with the same grandparent
	sPath        // mean of the blocks of the same path
	sPathShare
	sBefore      // likely words before the block, as a share of someWords at most
	sAfter       // and after it
	sStoryLength // logarithm of all that is likely, in words, of at most someWords
	sRun         // how many likely blocks stand right before it
	sLast        // blocks since the last likely one
	sNext        // blocks to the next likely one
	sWords
	sLink
	sLinks
	sTag
	sEnding
	sBold
	sNames
	sTerms
	sTermsLowest
	sReadability
	sArticleBody
	sIsTitle
	sDescription
	sFromTitle
	sProseFromTitle
	sList
	sHeading
	sParagraph
	sChromeDistance
	sPageProse
	sFromRootStart
	sToRootEnd
	sEarlier
	sPathBlocks
	sParentLink
	sKinBefore // 1 for the same parent as the block before, 1 for the same path
	sKinAfter
	sNeighbours // probabilities around, the nearest first: before, after

	// SecondFeatureCount is the length of a row of the second pass.
	SecondFeatureCount = sNeighbours + 2*secondNeighbours
)

// secondNeighbours is how many blocks to each side a row of the second pass has.
const secondNeighbours = 4

// likely is the probability from which the second pass takes a block for a part of
// the story.
const likely = 0.5

// fromFirst pairs features of the second pass with those of the first that they
// repeat.
var fromFirst = [...]struct{ second, first int }{
	{sWords, fWords}, {sLink, fLink}, {sLinks, fLinks}, {sTag, fTag}, {sEnding, fEnding}, {sBold, fBold}, {sNames, fNames}, {sTerms, fTerms}, {sTermsLowest, fTermsLowest},
	{sReadability, fReadability}, {sArticleBody, fArticleBody}, {sIsTitle, fIsTitle}, {sDescription, fDescription}, {sFromTitle, fFromTitle}, {sProseFromTitle, fProseFromTitle},
	{sPageProse, fPageProse}, {sFromRootStart, fFromRootStart}, {sToRootEnd, fToRootEnd}, {sEarlier, fEarlier}, {sPathBlocks, fPathBlocks}, {sParentLink, fParentLink}, {sChromeDistance, fChromeDistance},
}

// SecondFeatures gives a row of SecondFeatureCount numbers for each block of the
// page, one after another, from the rows of the first pass and the probabilities
// that it gave.
func (p *Page) SecondFeatures(rows []float32, prob []float32) []float32 {
	out := make([]float32, len(p.Blocks)*SecondFeatureCount)
	all := make([]int, len(p.Blocks))
	for i := range all {
		all[i] = i
	}
	p.secondFeatures(rows, prob, all, out)
	return out
}

// secondFeatures fills in rows of zeros, one for each of the blocks that are wanted,
// in order.
func (p *Page) secondFeatures(rows, prob []float32, wanted []int, out []float32) {
	if len(wanted) == 0 {
		return
	}
	s := p.secondPass(prob)
	for k, i := range wanted {
		b, r := p.Blocks[i], secondRow(out, k)
		s.nearby(i, r)
		s.means(i, r)
		s.kin(i, r)
		first := row(rows, i)
		for _, f := range fromFirst {
			r[f.second] = first[f.first]
		}
		r[sList], r[sHeading], r[sParagraph] = number(b.Flags&InList != 0), number(b.Flags&InHeading != 0), number(b.Flags&InParagraph != 0)
	}
	s.likelyDistance(wanted, out)
}

// secondRow is one of the rows of the second pass.
func secondRow(rows []float32, k int) []float32 {
	return rows[k*SecondFeatureCount : (k+1)*SecondFeatureCount]
}

// A mass is probabilities and the weights that they were multiplied by.
type mass struct{ probable, weight float32 }

func (m mass) plus(o mass) mass  { return mass{m.probable + o.probable, m.weight + o.weight} }
func (m mass) minus(o mass) mass { return mass{m.probable - o.probable, m.weight - o.weight} }

// mean is the mean probability, pulled to 0.2 where there is little weight.
func (m mass) mean() float32 { return (m.probable + 0.2) / (m.weight + 1) }

// A secondPass is what the rows of the second pass are made of.
type secondPass struct {
	page *Page
	prob []float32

	// By block.
	own   []mass
	upTo  []mass // of the blocks before it; one more for all
	paths []uint64

	byParent, byGrand map[int32]mass // by element
	byPath            map[uint64]mass
	all               mass
}

func (p *Page) secondPass(prob []float32) *secondPass {
	n := len(p.Blocks)
	s := &secondPass{page: p, prob: prob, own: make([]mass, n), upTo: make([]mass, n+1), paths: make([]uint64, n),
		byParent: map[int32]mass{}, byGrand: map[int32]mass{}, byPath: map[uint64]mass{}}
	for i, b := range p.Blocks {
		weight := float32(min(b.Words, 80) + 1)
		m := mass{prob[i] * weight, weight}
		parent := p.Elems[b.Elem].Parent
		grand := p.Elems[parent].Parent
		path := p.path(b.Elem, 3)
		s.own[i], s.paths[i] = m, path
		s.byParent[parent] = s.byParent[parent].plus(m)
		s.byGrand[grand] = s.byGrand[grand].plus(m)
		s.byPath[path] = s.byPath[path].plus(m)
		s.upTo[i+1] = s.upTo[i].plus(m)
	}
	s.all = s.upTo[n]
	return s
}

// nearby fills in the probabilities of a block and of those next to it; -0.2
// stands for those beyond the ends of the page.
func (s *secondPass) nearby(i int, r []float32) {
	r[sProbability] = s.prob[i]
	for d := 1; d <= secondNeighbours; d++ {
		to := r[sNeighbours+2*(d-1):]
		to[0], to[1] = -0.2, -0.2
		if i-d >= 0 {
			to[0] = s.prob[i-d]
		}
		if i+d < len(s.prob) {
			to[1] = s.prob[i+d]
		}
	}
}

// means fills in how likely the blocks are that a block belongs with.
func (s *secondPass) means(i int, r []float32) {
	parent := s.page.Elems[s.page.Blocks[i].Elem].Parent
	inParent, inGrand, inPath := s.byParent[parent], s.byGrand[s.page.Elems[parent].Parent], s.byPath[s.paths[i]]
	share := func(probable float32) float32 { return min(1, probable/(min(s.all.probable, someWords)+1)) }
	r[sMean3], r[sMean8] = s.around(i, 3), s.around(i, 8)
	r[sParent], r[sParentShare] = inParent.minus(s.own[i]).mean(), share(inParent.probable)
	r[sGrand] = inGrand.minus(s.own[i]).mean()
	r[sPath], r[sPathShare] = inPath.minus(s.own[i]).mean(), share(inPath.probable)
	r[sBefore], r[sAfter] = min(1, s.upTo[i].probable/someWords), min(1, (s.all.probable-s.upTo[i+1].probable)/someWords)
	r[sStoryLength] = capped(int(s.all.probable), someWords)
}

// around is the mean of the blocks up to so many places away.
func (s *secondPass) around(i, far int) float32 {
	from, to := max(0, i-far), min(len(s.prob), i+far+1)
	return s.upTo[to].minus(s.upTo[from]).minus(s.own[i]).mean()
}

// kin compares a block with those before and after it.
func (s *secondPass) kin(i int, r []float32) {
	p := s.page
	related := func(j int) float32 {
		return number(p.Elems[p.Blocks[i].Elem].Parent == p.Elems[p.Blocks[j].Elem].Parent) + number(s.paths[i] == s.paths[j])
	}
	if i > 0 {
		r[sKinBefore] = related(i - 1)
	}
	if i+1 < len(p.Blocks) {
		r[sKinAfter] = related(i + 1)
	}
}

// likelyDistance counts the blocks from each wanted one to the likely ones before
// and after it.
func (s *secondPass) likelyDistance(wanted []int, out []float32) {
	const far = 20
	since, run, next := far, 0, 0
	for k, block := range wanted {
		for ; next < block; next++ {
			if s.prob[next] >= likely {
				since, run = 1, min(run+1, 10)
			} else {
				since, run = min(since+1, far), 0
			}
		}
		r := secondRow(out, k)
		r[sLast], r[sRun] = float32(since), float32(run)
	}
	since, next = far, len(s.prob)-1
	for k, block := range slices.Backward(wanted) {
		for ; next > block; next-- {
			if since = min(since+1, far); s.prob[next] >= likely {
				since = 1
			}
		}
		secondRow(out, k)[sNext] = float32(since)
	}
}
