package block

// surroundings fills in what stands around each block of the page.
func (s *survey) surroundings(rows []float32) {
	s.headingAbove(rows)
	s.mediaAround(rows)
	s.shareAround(rows)
	s.proseDistance(rows)
	s.headingFollowed(rows)
	for i := range s.page.Blocks {
		s.neighbourFeatures(rows, i)
	}
}

// row is the part of rows that belongs to a block.
func row(rows []float32, block int) []float32 {
	return rows[block*FeatureCount : (block+1)*FeatureCount]
}

// headingAbove compares each block with the last heading before it.
func (s *survey) headingAbove(rows []float32) {
	p := s.page
	const far = 15
	heading := -1
	for i, b := range p.Blocks {
		r := row(rows, i)
		r[fHeadingDistance] = far
		if heading >= 0 {
			h := p.Blocks[heading]
			r[fHeadingLink] = float32(h.LinkBytes) / float32(len(h.Text))
			r[fHeadingDistance] = float32(min(i-heading, far))
			r[fHeadingKinship] = p.kinship(b, h)
		}
		if b.Flags&InHeading != 0 {
			heading = i
		}
	}
}

// kinship is 2 for blocks whose elements have the same parent, 1 if one level
// more or less makes it the same, 0 otherwise.
func (p *Page) kinship(a, b *Block) float32 {
	parentA, parentB := p.Elems[a.Elem].Parent, p.Elems[b.Elem].Parent
	grandA, grandB := p.Elems[parentA].Parent, p.Elems[parentB].Parent
	switch {
	case parentA == parentB:
		return 2
	case grandA == grandB || parentA == grandB || grandA == parentB:
		return 1
	}
	return 0
}

// mediaAround counts the pictures and players between each block and the next.
func (s *survey) mediaAround(rows []float32) {
	p := s.page
	next := 0
	for i, b := range p.Blocks {
		first := next
		for next < len(p.Media) && p.Order[p.Media[next]] < b.Elem {
			next++
		}
		n := float32(min(next-first, 5))
		row(rows, i)[fMediaBefore] = n
		if i > 0 {
			row(rows, i-1)[fMediaAfter] = n
		}
	}
}

// running are sums over a page's blocks, each up to and without a block.
type running struct {
	words, prose, readable []int32
	articleBody            []float32
}

func (p *Page) running() running {
	n := len(p.Blocks)
	counts := make([]int32, 3*(n+1))
	sum := running{words: counts[:n+1], prose: counts[n+1 : 2*(n+1)], readable: counts[2*(n+1):], articleBody: make([]float32, n+1)}
	for i, b := range p.Blocks {
		words, prose, readable := int32(b.Words), int32(0), int32(0)
		if IsProse(b) {
			prose = words
		}
		if b.InReadability {
			readable = words
		}
		sum.words[i+1] = sum.words[i] + words
		sum.prose[i+1] = sum.prose[i] + prose
		sum.readable[i+1] = sum.readable[i] + readable
		sum.articleBody[i+1] = sum.articleBody[i] + b.ArticleBodyShare
	}
	return sum
}

// readableNear is the share of readable words in the blocks up to so many places
// away.
func (sum *running) readableNear(i, far int) float32 {
	from, to := max(0, i-far), min(len(sum.words)-1, i+far+1)
	return share(sum.readable[to]-sum.readable[from], sum.words[to]-sum.words[from])
}

// shareAround says how much of what stands before, after and around each block is
// readable, in JSON-LD, or prose.
func (s *survey) shareAround(rows []float32) {
	n := len(s.page.Blocks)
	sum := s.page.running()
	for i := range n {
		r := row(rows, i)
		if s.title >= 0 {
			r[fProseFromTitle] = logCount(max(-someWords, min(int(sum.prose[i]-sum.prose[s.title]), someWords)))
		}
		r[fReadability3], r[fReadability8] = sum.readableNear(i, 3), sum.readableNear(i, 8)
		r[fArticleBody3] = (sum.articleBody[min(n, i+4)] - sum.articleBody[max(0, i-3)]) / 7
		r[fProseBefore] = capped(int(sum.prose[i]-sum.prose[max(0, i-12)]), someWords)
		r[fProseAfter] = capped(int(sum.prose[min(n, i+13)]-sum.prose[i+1]), someWords)
	}
}

// proseDistance counts the blocks from each to the prose before and after it.
func (s *survey) proseDistance(rows []float32) {
	const far = 30
	blocks := s.page.Blocks
	since := far
	for i, b := range blocks {
		row(rows, i)[fPrevProse] = float32(since)
		if since = min(since+1, far); IsProse(b) {
			since = 1
		}
	}
	since = far
	for i := len(blocks) - 1; i >= 0; i-- {
		row(rows, i)[fNextProse] = float32(since)
		if since = min(since+1, far); IsProse(blocks[i]) {
			since = 1
		}
	}
}

// headingFollowed says of each heading whether a story goes on below it.
func (s *survey) headingFollowed(rows []float32) {
	blocks := s.page.Blocks
	for i := range max(0, len(blocks)-1) {
		if next := blocks[i+1]; blocks[i].Flags&InHeading != 0 {
			row(rows, i)[fHeadingFollowed] = 1 + number(IsProse(next)) + number(next.InReadability)
		}
	}
}

// neighbourFeatures repeats the core features of the blocks around one; -1 stands
// for those beyond the ends of the page.
func (s *survey) neighbourFeatures(rows []float32, i int) {
	p := s.page
	b, own := p.Blocks[i], row(rows, i)
	for k, distance := range neighbours {
		to := own[fBase+k*perNeighbour : fBase+(k+1)*perNeighbour]
		j := i + distance
		if j < 0 || j >= len(p.Blocks) {
			for f := range to {
				to[f] = -1
			}
			continue
		}
		from := row(rows, j)
		for f, feature := range core {
			to[f] = from[feature]
		}
		o := p.Blocks[j]
		to[len(core)] = number(p.Elems[o.Elem].Parent == p.Elems[b.Elem].Parent) + number(s.paths[i] == s.paths[j])
		to[len(core)+1] = number(b.Elem == o.Elem)
	}
}
