package block

// blockFeatures fills in what a row says of a block by itself: all but
// surroundings.
func (s *survey) blockFeatures(b *Block, r []float32) {
	size := float32(max(len(b.Text), 1))
	r[fWords] = logCount(b.Words)
	r[fChars] = logCount(len(b.Text))
	r[fLink] = float32(b.LinkBytes) / size
	r[fLinks] = float32(min(b.LinkCount, 20))
	r[fBold] = float32(b.BoldBytes) / size
	textFeatures(b, r)
	if s.model != nil {
		r[fTerms], r[fTermsLowest], r[fTermsMean], r[fTermsFirst] = s.model.termWeights(b.Text)
	}
	for i := range flagCount {
		r[fFlags+i] = float32(b.Flags >> i & 1)
	}
	s.elementFeatures(int32(b.Elem), r)
	s.ancestorFeatures(b, r)
	s.pathFeatures(b, r)
	s.storyFeatures(b, r)
	s.pageFeatures(r)
	r[fEarlier], r[fOccurrences] = float32(min(s.earlier[b.N], 5)), float32(min(s.occurrences[b.N], 5))
}

// elementFeatures says what the block's element is, is called and stands in.
func (s *survey) elementFeatures(elem int32, r []float32) {
	e := &s.page.Elems[elem]
	r[fTag], r[fTagParent] = float32(tagCode(e.Node)), float32(tagCode(s.page.Elems[e.Parent].Node))
	r[fDepth] = float32(min(e.Depth, 60))
	r[fNames], r[fNamesLowest], r[fNamesOwn] = s.nameSum[elem], s.nameLowest[elem], s.ownNames(e)
	for i := range hintCount {
		r[fHints+i] = float32(s.hints[elem] >> i & 1)
	}
	r[fChromeDistance], r[fBodyDistance] = float32(s.chromeDistance[elem]), float32(s.bodyDistance[elem])
	r[fInReadableRoot], r[fReadableRootLevels] = s.levels(s.readableRoot, elem)
	r[fInProseRoot], r[fProseRootLevels] = s.levels(s.proseRoot, elem)
	r[fInNamedRoot] = number(s.namedRoot == 0)*0.5 + number(s.holds(s.namedRoot, elem))
	r[fSameArticle] = s.sameArticle(elem)
	r[fArticles] = float32(min(s.articles, 30))
	r[fOnlyBlock] = number(s.totals[elem].blocks == 1)
}

// sameArticle is 1 for an element in the main article element or in one around
// it, -1 for one in another, 0 in none.
func (s *survey) sameArticle(elem int32) float32 {
	switch a := s.article[elem]; {
	case a == 0:
		return 0
	case a == s.mainArticle || s.holds(a, s.mainArticle):
		return 1
	}
	return -1
}

// levels reports whether an element stands in top and how many levels below it;
// for one outside, how many levels up from top both meet, as a negative number.
// It is 0.5 and 0 if there is no such top.
func (s *survey) levels(top, elem int32) (in, levels float32) {
	if top == 0 {
		return 0.5, 0
	}
	if s.holds(top, elem) {
		return 1, float32(s.page.Elems[elem].Depth - s.page.Elems[top].Depth)
	}
	n := 0
	for k := top; k > 0 && n < 20; k = s.page.Elems[k].Parent {
		if s.holds(k, elem) {
			break
		}
		n++
	}
	return 0, float32(-n)
}

// ancestorFeatures says what else stands in the three elements above the block's.
func (s *survey) ancestorFeatures(b *Block, r []float32) {
	elems := s.page.Elems
	parent := elems[b.Elem].Parent
	grand := elems[parent].Parent
	great := elems[grand].Parent
	up, up2, up3 := &s.totals[parent], &s.totals[grand], &s.totals[great]
	r[fParentProse], r[fParentLink] = shareOfSome(up.prose, s.whole.prose), share(up.link, up.text)
	r[fGrandProse], r[fGrandLink] = shareOfSome(up2.prose, s.whole.prose), share(up2.link, up2.text)
	r[fGreatProse], r[fGreatLink] = shareOfSome(up3.prose, s.whole.prose), share(up3.link, up3.text)
	r[fParentBlocks] = capped(int(up.blocks), someBlocks)
	r[fParentItems], r[fParentItemShare] = capped(int(up.items), someBlocks), share(up.items, up.blocks)
	r[fParentReadability], r[fGrandReadability] = share(up.readable, up.words), share(up2.readable, up2.words)
}

// pathFeatures says what the blocks of the same path are.
func (s *survey) pathFeatures(b *Block, r []float32) {
	t := s.inPath[b.N]
	r[fPathWords], r[fPathBlocks], r[fPathLink] = shareOfSome(t.words, s.whole.words), capped(int(t.blocks), someBlocks), share(t.link, t.text)
	r[fPathReadability] = share(t.readable, t.words)
	r[fPathSpread] = share(t.parents, t.blocks)
}

// storyFeatures compares the block with what others say of the story.
func (s *survey) storyFeatures(b *Block, r []float32) {
	r[fReadability] = number(b.InReadability)
	if s.firstReadable >= 0 {
		r[fFromFirstReadable] = clamp(-someBlocks, b.N-s.firstReadable, someBlocks)
		r[fFromLastReadable] = clamp(-someBlocks, b.N-s.lastReadable, someBlocks)
	}
	r[fArticleBody], r[fHasArticleBody] = b.ArticleBodyShare, number(s.hasArticleBody)
	if s.title >= 0 {
		r[fHasTitle] = 1
		r[fFromTitle] = clamp(-someBlocks, b.N-s.title, someBlocks)
	}
	r[fIsTitle] = sameText(b.Text, s.ctx.Title)
	if s.ctx.Description != "" && b.Words <= 100 {
		r[fDescription] = sameText(b.Text, s.ctx.Description)
	}
	if s.holds(s.proseRoot, int32(b.Elem)) {
		r[fFromRootStart], r[fToRootEnd] = capped(b.N-s.rootFirst+1, someBlocks), capped(s.rootLast-b.N+1, someBlocks)
	}
	r[fStandfirst], r[fNews] = number(b == s.ctx.Standfirst), float32(s.ctx.News)
}

// pageFeatures says what page the block is on.
func (s *survey) pageFeatures(r []float32) {
	r[fPageWords], r[fPageProse], r[fPageLink] = capped(int(s.whole.words), someWords), capped(int(s.whole.prose), someWords), capped(int(s.whole.link), 8*someWords)
	r[fPageBlocks] = capped(len(s.page.Blocks), 3*someBlocks)
	r[fPageReadability] = capped(int(s.whole.readable), someWords)
}
