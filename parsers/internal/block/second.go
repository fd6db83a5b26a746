package block

// The features of the second look: what the first one thinks of a block and of
// what stands around it. Stories hang together, so that a block is judged by its
// company too.
const (
	gMargin = iota
	gMean3
	gMean8
	gParent
	gParentOther
	gGrand
	gPath
	gPathOther
	gBefore
	gAfter
	gBodyWords
	gRun
	gLast
	gNext
	gWords
	gLink
	gLinks
	gTag
	gEnds
	gBold
	gNames
	gTerms
	gTermsMin
	gVote
	gSaid
	gIsTitle
	gDescription
	gFromTitle
	gProseFromTitle
	gList
	gHeading
	gParagraph
	gBelowRoot
	gPageProse
	gPlace
	gSeen
	gPathBlocks
	gParentLink
	gSame1
	gSame2
	gNear // of the blocks around, the nearest first

	// SecondCount is the length of a row of the second look.
	SecondFeatureCount = gNear + 2*secondNear
)

const secondNear = 4

// seconds maps features that both looks share.
var seconds = [...][2]int{
	{gWords, fWords}, {gLink, fLink}, {gLinks, fLinks}, {gTag, fTag}, {gEnds, fEnds}, {gBold, fBold}, {gNames, fNames}, {gTerms, fTerms}, {gTermsMin, fTermsMin}, {gVote, fVote}, {gSaid, fSaid},
	{gIsTitle, fIsTitle}, {gDescription, fDescription}, {gFromTitle, fFromTitle}, {gProseFromTitle, fProseFromTitle}, {gPageProse, fPageProse}, {gPlace, fPlace}, {gSeen, fSeen},
	{gPathBlocks, fPathBlocks}, {gParentLink, fParentLink}, {gBelowRoot, fChromeNear},
}

// Second gives the rows of the second look, from the first one's rows and the
// probabilities that it gave.
func (p *Page) SecondFeatures(rows []float32, prob []float32) []float32 {
	n := len(p.Blocks)
	out := make([]float32, n*SecondFeatureCount)
	type mass struct{ p, w float32 }
	parent := map[int32]mass{}
	grand := map[int32]mass{}
	path := map[uint64]mass{}
	paths := make([]uint64, n)
	weight := func(b *Block) float32 { return float32(min(b.Words, 80) + 1) }
	up := func(e int) int32 { return p.Elems[e].Parent }
	mean := make([]mass, n+1)
	var total mass
	for i, b := range p.Blocks {
		w := weight(b)
		add := mass{prob[i] * w, w}
		k := up(b.Elem)
		m := parent[k]
		parent[k] = mass{m.p + add.p, m.w + add.w}
		g := p.Elems[k].Parent
		m = grand[g]
		grand[g] = mass{m.p + add.p, m.w + add.w}
		paths[i] = p.path(b.Elem, 3)
		m = path[paths[i]]
		path[paths[i]] = mass{m.p + add.p, m.w + add.w}
		mean[i+1] = mass{mean[i].p + add.p, mean[i].w + add.w}
	}
	total = mean[n]
	ratio := func(m mass) float32 { return (m.p + 0.2) / (m.w + 1) }
	last := -1
	run := 0
	for i, b := range p.Blocks {
		r := out[i*SecondFeatureCount : (i+1)*SecondFeatureCount]
		row := rows[i*FeatureCount : (i+1)*FeatureCount]
		w := weight(b)
		r[gMargin] = prob[i]
		for d := 1; d <= secondNear; d++ {
			r[gNear+2*(d-1)], r[gNear+2*(d-1)+1] = -0.2, -0.2
			if i-d >= 0 {
				r[gNear+2*(d-1)] = prob[i-d]
			}
			if i+d < n {
				r[gNear+2*(d-1)+1] = prob[i+d]
			}
		}
		window := func(far int) float32 {
			a, z := max(0, i-far), min(n, i+far+1)
			return ratio(mass{mean[z].p - mean[a].p - prob[i]*w, mean[z].w - mean[a].w - w})
		}
		r[gMean3], r[gMean8] = window(3), window(8)
		pm := parent[up(b.Elem)]
		r[gParent] = ratio(mass{pm.p - prob[i]*w, pm.w - w})
		r[gParentOther] = pm.p / (total.p + 1)
		gm := grand[p.Elems[up(b.Elem)].Parent]
		r[gGrand] = ratio(mass{gm.p - prob[i]*w, gm.w - w})
		hm := path[paths[i]]
		r[gPath] = ratio(mass{hm.p - prob[i]*w, hm.w - w})
		r[gPathOther] = hm.p / (total.p + 1)
		r[gBefore], r[gAfter] = mean[i].p/(total.p+1), (total.p-mean[i+1].p)/(total.p+1)
		r[gBodyWords] = logTable(int(total.p))
		r[gLast], r[gRun] = 40, float32(run)
		if last >= 0 {
			r[gLast] = float32(min(i-last, 40))
		}
		if prob[i] >= 0.5 {
			last, run = i, min(run+1, 30)
		} else {
			run = 0
		}
		for _, s := range seconds {
			r[s[0]] = row[s[1]]
		}
		r[gList], r[gHeading], r[gParagraph] = yes(b.Flags&InList != 0), yes(b.Flags&InHeading != 0), yes(b.Flags&InParagraph != 0)
		if i > 0 {
			r[gSame1] = yes(up(p.Blocks[i-1].Elem) == up(b.Elem)) + yes(paths[i] == paths[i-1])
		}
		if i+1 < n {
			r[gSame2] = yes(up(p.Blocks[i+1].Elem) == up(b.Elem)) + yes(p.path(p.Blocks[i+1].Elem, 3) == paths[i])
		}
	}
	next := -1
	for i := n - 1; i >= 0; i-- {
		out[i*SecondFeatureCount+gNext] = 40
		if next >= 0 {
			out[i*SecondFeatureCount+gNext] = float32(min(next-i, 40))
		}
		if prob[i] >= 0.5 {
			next = i
		}
	}
	return out
}

// path is a hash of what an element and those above it are, so many levels.
func (p *Page) path(elem, levels int) uint64 {
	h := uint64(14695981039346656037)
	for range levels {
		e := &p.Elems[elem]
		h = (h ^ uint64(tagCode(e.Node))) * 1099511628211
		h = (h ^ uint64(e.Names[0]+1)) * 1099511628211
		elem = int(e.Parent)
	}
	return h
}
