package headline

import (
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A candidate is a title that the page may have: all that declare or show the same
// letters and digits are one.
type candidate struct {
	text   string // as the best of its claims writes it
	folded string
	words  []uint32
	from   string
	order  int // of from: claims with a lower one say how it is written

	claims [numSources]float64 // by source, how much of what it says the candidate is
	sign   sign                // the surest sign at which claims were cut
	whole  float64             // how many claims it is wholly

	shown   *showing // the best place that shows it; nil if none does
	lines   lining   // of that heading
	colon   bool
	part    float64 // of that heading, if it shows more; else 0
	showing int     // how many places show it

	evidence evidence.Values
	score    float64
}

// What a claim counts of which the candidate is only a part: by what was cut off.
const (
	wholeClaim  = 1.0
	siteCut     = 0.9
	shownCut    = 0.8
	sectionCut  = 0.7
	frontOfIt   = 0.5
	endOfIt     = 0.4
	middleOfIt  = 0.3
	mostClaimed = 0.65 // what counts as agreement
)

// maxCandidates bounds how many titles a page may have.
const maxCandidates = 150

// candidate is that of a text; a new one if there is none yet. It is nil if the text
// cannot be a title.
func (r *titleReader) candidate(s string) *candidate {
	f := text.Fold(s)
	if c := r.byFold[f]; c != nil {
		return c
	}
	if f == "" || len(s) > maxDeclared || len(r.candidates) >= maxCandidates || strings.Contains(s, "://") && !strings.Contains(s, " ") {
		return nil
	}
	c := &candidate{text: s, folded: f, words: wordsOf(s), order: 1 << 20}
	r.byFold[f] = c
	r.starts[text.FoldStart(f)] = true
	r.candidates = append(r.candidates, c)
	return c
}

// write says how a claim writes the candidate; that of the lowest order holds.
func (c *candidate) write(s, from string, order int) {
	if order < c.order {
		c.text, c.from, c.order = s, from, order
	}
}

// declare notes that a declared title is the candidate.
func (c *candidate) declare(d *declaredTitle) {
	c.claims[d.source] = wholeClaim
	c.whole++
	c.write(d.text, sourceNames[d.source], 100+int(d.source))
}

// declarePart notes that the candidate is left of a declared title when its ends are
// cut off.
func (c *candidate) declarePart(d *declaredTitle, run run, affixes *affixes) {
	if n := worth(run, affixes); n > c.claims[d.source] {
		c.claims[d.source] = n
	}
	c.sign = max(c.sign, run.sign)
	c.write(run.text, sourceNames[d.source], 200+int(d.source))
}

// worth is what a claim counts of which only a run is taken.
func worth(run run, affixes *affixes) float64 {
	switch affixes.around(run) {
	case ofSite:
		return siteCut
	case shownAsSite:
		return shownCut
	case ofSection:
		return sectionCut
	}
	switch {
	case len(run.left) == 0:
		return frontOfIt
	case len(run.right) == 0:
		return endOfIt
	}
	return middleOfIt
}

// show notes that a place shows the candidate.
func (c *candidate) show(s *showing, w wording) {
	c.showing++
	if s.level < lineLevel {
		c.write(w.text, s.from(), placeOrder(s)*4+int(w.lines))
	} else {
		c.write(w.text, s.from(), 300+s.block.N) // a line may only repeat what is declared
	}
	if c.shown == nil || c.part != 0 || placeOrder(s) < placeOrder(c.shown) {
		c.shown, c.lines, c.colon, c.part = s, w.lines, w.colon, 0
	}
}

// showPart notes that the candidate is left of a heading when its ends are cut off.
func (c *candidate) showPart(s *showing, run run, affixes *affixes) {
	c.write(run.text, s.from(), 90+placeOrder(s))
	c.sign = max(c.sign, run.sign)
	if c.shown == nil {
		c.shown, c.part = s, worth(run, affixes)
	}
}

// placeOrder sorts places: those of the page's content before those of its frame,
// headings by their level.
func placeOrder(s *showing) int {
	order := s.level
	if s.inFrame() {
		order += 10
	}
	if s.block.Flags&block.InAside != 0 {
		order += 5
	}
	return order
}
