package captions

import (
	"cmp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A candidate is a region that is read, and what speaks for it.
type candidate struct {
	region
	article.Caption
	raw           string         // the region's text as it stands on the page
	owner         string         // the credit that an attribute of its own gives
	runs          []textRun      // of the text; those of a block are read with its credits
	blocks        []*block.Block // that its text is in
	scope, medium int            // see scope; 0 for none
	parts         splitting
	creditScore   float64 // how sure its credit is, 0 for none
	values        evidence.Values
	score         float64
	hopeless      bool // none whatever its credit is, so that nobody read that
	won           bool
	foreign       string // why it is certainly none
	joined        bool   // a credit that a caption has
	why           string // why it lost
}

// surer is by how much the odds of what leaves the story's prose must be better
// than those of other captions.
const surer = 1.5

// choose scores the candidates and decides which are captions: of those that share
// text the likelier one.
func (f *finder) choose() {
	f.compare()
	order := make([]*candidate, 0, len(f.candidates))
	for i := range f.candidates {
		c := &f.candidates[i]
		c.values = f.weigh(c)
		c.hopeless = c.foreign != "" || f.most(c) < f.model.Least && !f.mayBeCertain(c)
		if c.hopeless && !f.Explaining() {
			continue
		}
		if c.foreign == "" {
			c.foreign = lineOfPage(c)
		}
		if c.foreign != "" && !f.Explaining() || !f.splitText(c) {
			c.hopeless = true
			continue
		}
		c.weighCredit()
		c.score = f.model.Score(c.values)
		order = append(order, c)
	}
	slices.SortStableFunc(order, func(a, b *candidate) int { return cmp.Compare(b.score, a.score) })
	var won []*candidate
	for _, c := range order {
		switch {
		case c.foreign != "":
			c.why = c.foreign
		case c.score < f.least(c) && !f.isCertain(c):
			c.why = "none is likelier"
		case slices.ContainsFunc(won, func(o *candidate) bool { return f.overlaps(c, o) }):
			c.why = "a likelier one has its text"
		case !f.isCertain(c) && f.isProse(c) && c.score < f.model.Least+surer:
			c.why = "prose of the story"
		default:
			c.won, c.why = true, ""
			won = append(won, c)
		}
	}
	f.joinCredits()
}

// most is the highest score that a candidate could have if its credit were known: of a
// tree that asks for the credit it is the most that either answer leads to.
func (f *finder) most(c *candidate) float64 {
	slack := 0.0
	if c.isMarked() {
		slack = markedSlack
	}
	for _, t := range f.model.Trees {
		slack += mostOf(t, 0, c.values)
	}
	return slack
}

func mostOf(t evidence.Tree, k int, v evidence.Values) float64 {
	for t[k].Piece >= 0 {
		n := &t[k]
		if n.Piece >= firstOfCredit {
			return max(mostOf(t, n.Yes, v), mostOf(t, n.No, v))
		}
		k = n.Next(v)
	}
	return t[k].Value
}

// markedSlack is by how much the odds of a text that is marked as a caption, by its
// tag or its names, beside its medium may be worse than those of others: sites that
// mark captions mark few other texts so, and the labelled pages have not all of their
// ways to lay them out.
const markedSlack = 1.5

// least is the score that a candidate needs.
func (f *finder) least(c *candidate) float64 {
	if c.isMarked() && c.values[leadsAway] == 0 && c.values[inQuotation] == 0 && !callsReader(c.raw) {
		return f.model.Least - markedSlack
	}
	return f.model.Least
}

// isMarked reports whether a candidate is marked as the caption of a medium.
func (c *candidate) isMarked() bool {
	return (c.from == fromFigcaption || c.from == fromNames) && c.medium > 0
}

// isProse reports whether all that makes a candidate a caption of the story's text
// is what it looks like: a heading, or a paragraph of some length, in no element for
// captions.
func (f *finder) isProse(c *candidate) bool {
	if c.from == fromLine && c.values[inHeadingTag] > 0 && c.block != nil && f.inStory(c.block) {
		return true // a heading that the story has
	}
	return c.block != nil && c.split == nil && f.inStory(c.block) && c.block.Words > 12 && c.values[markedShare] < 0.9 &&
		c.values[inNamedCaption] == 0 && c.values[namedCaption] == 0 && c.values[inFigureOfMedium] == 0 && c.values[hasCredit] == 0
}

// overlaps reports whether two candidates share text.
func (f *finder) overlaps(a, b *candidate) bool {
	switch {
	case a.from == fromLightbox || b.from == fromLightbox:
		return a.from == b.from && a.elem == b.elem || a.medium == b.medium && a.medium > 0 && a.Text != "" && b.Text != ""
	case a.block != nil && b.block != nil:
		return a.block == b.block && (a.split == nil) == (b.split == nil)
	case a.block != nil:
		return f.holds(b.elem, a.elem) || f.holds(a.elem, b.elem) && len(f.blocksIn(b.elem)) == 0
	case b.block != nil:
		return f.overlaps(b, a)
	}
	return f.holds(a.elem, b.elem) || f.holds(b.elem, a.elem)
}

// joinCredits gives the credits that stand by themselves to the captions of their
// media.
func (f *finder) joinCredits() {
	for i := range f.candidates {
		c := &f.candidates[i]
		if !c.won || c.Text != "" {
			continue
		}
		best, far := -1, 0
		for k := range f.candidates {
			o := &f.candidates[k]
			if !o.won || o.Text == "" || !f.sameMedium(c, o) {
				continue
			}
			if d := max(o.elem-c.elem, c.elem-o.elem); best < 0 || d < far {
				best, far = k, d
			}
		}
		if best < 0 {
			continue
		}
		o := &f.candidates[best]
		switch fold, so := text.Fold(c.Credit), text.Fold(o.Credit); {
		case o.Credit == "" || strings.Contains(fold, so):
			o.Credit = c.Credit
		case !strings.Contains(so, fold):
			o.Credit += "/" + c.Credit
		}
		if o.Media == "image" {
			o.Media = c.Media
		}
		c.joined = true
	}
}

// sameMedium reports whether a credit is of the medium of a caption.
func (f *finder) sameMedium(c, o *candidate) bool {
	if c.medium > 0 && c.medium == o.medium {
		return true
	}
	figure := f.figureOf(c.elem)
	return figure != c.elem && f.holds(figure, o.elem)
}

// take reads what was chosen, in order, and takes it out of the story.
func (f *finder) take() (confidence float64) {
	n := 0
	for i := range f.candidates {
		c := &f.candidates[i]
		if f.Explaining() && f.noted < maxNoted && (c.Text != "" || c.Credit != "") {
			f.noted++
			list := f.model.Explain(c.values)
			if c.foreign != "" {
				list = nil // nothing that the model is to learn
			}
			f.AddCandidate(article.Candidate{Field: "captions", Of: f.nameOf(c.medium), Value: c.Text + creditMark + c.Credit, From: c.from, Score: c.score, Won: c.won, Why: c.why, Evidence: list})
			f.addSpans(&c.parts)
		}
		if !c.won {
			continue
		}
		if c.split == nil {
			f.dropRegion(c.region, c.raw)
		}
		if c.scope > 0 {
			f.dropFileNames(c.scope)
		}
		if c.joined {
			continue
		}
		if f.add(c) {
			confidence += f.model.Confidence(c.score)
			n++
		}
	}
	return confidence / float64(max(n, 1))
}

// creditMark stands between text and credit in a candidate's value.
const creditMark = " | "

// nameOf names a medium for --explain: by its file.
func (f *finder) nameOf(medium int) string {
	if medium == 0 {
		return ""
	}
	u, _, _ := strings.Cut(f.mediaURL(f.Elems[medium].Node), "?")
	return u[strings.LastIndexByte(u, '/')+1:]
}

// dropFileNames takes lines out of the story that are nothing but the name of the
// picture's file, beside a caption.
func (f *finder) dropFileNames(scope int) {
	if f.words(scope) > 90 {
		return
	}
	for _, b := range f.blocksIn(scope) {
		if b.Words <= 12 && pictureName(b.Text) {
			f.drop(b)
		}
	}
}

// complete gives a caption the credit of its medium's attributes.
func (f *finder) complete(c *candidate) {
	if c.medium == 0 || c.Credit != "" || c.from == fromLightbox {
		return
	}
	if _, owner := fromAttributes(f.Elems[c.medium].Node); owner != "" && credit.NameLike(owner, 1) {
		if c.Credit = credit.Clean(owner); sameFolded(c.Text, c.Credit) {
			c.Text = "" // what the line says is the credit
		}
	}
}
