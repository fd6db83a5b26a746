package headline

import (
	"slices"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// maxSiteWords bounds the words of a publication's name.
const maxSiteWords = 5

// findSiteHeadings finds the h1 that is the publication's name, though nothing calls
// the publication so: the page declares that name beside a headline, and right below the
// h1, before any text, stands a lower heading that is this headline.
func (r *titleReader) findSiteHeadings() {
	for _, d := range r.declared {
		for _, run := range d.runs {
			if len(run.left)+len(run.right) != 1 {
				continue
			}
			other := slices.Concat(run.left, run.right)[0]
			c, name := r.byFold[text.Fold(run.text)], r.byFold[text.Fold(other)]
			if c == nil || name == nil || !r.isAbove(name, c) || block.CountWords(other) > maxSiteWords {
				continue
			}
			// A colon stands within headlines, too.
			if run.sign >= dash || sharedWords(c.words, r.slug) > sharedWords(name.words, r.slug) {
				r.affixes.kin[name.text] = shownAsSite
				c.claims[d.source] = max(c.claims[d.source], shownCut)
			}
		}
	}
}

// isAbove reports whether a candidate is an h1, and another one the heading next to it.
func (r *titleReader) isAbove(name, c *candidate) bool {
	h, l := name.shown, c.shown
	if h == nil || l == nil || name.part != 0 || c.part != 0 || h.level != 1 || l.level < 2 || l.level > 4 || h.inFrame() || l.inFrame() {
		return false
	}
	from, to := h.block.N, l.block.N
	return from < to && r.proseUpTo[to] == r.proseUpTo[from]
}
