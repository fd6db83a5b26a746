package dates

import (
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/evidence"
)

// A choice is what was chosen, and how sure it is.
type choice struct {
	*claim
	value partialDate // of the claim, or the same moment as another writes it
	sure  float64
}

func (c choice) date() Date {
	if c.claim == nil {
		return Date{}
	}
	return Date{c.value.String(), article.Provenance{From: c.from, Confidence: c.sure}}
}

// choosePublished gives the best day, and of its claims the best one for the time.
func (f *finder) choosePublished() choice {
	m := f.page.Model("published", publishedModel)
	all := f.days()
	fr := f.frame()
	best, score := -1, 0.0
	values := make([]evidence.Values, len(all))
	scores := make([]float64, len(all))
	for i := range all {
		others := all[i].ofOthers()
		if others && !f.page.Explaining() {
			continue
		}
		values[i] = f.values(all, i, fr)
		if scores[i] = m.Score(values[i]); !others && (best < 0 || scores[i] > score) {
			best, score = i, scores[i]
		}
	}
	if best >= 0 && score < m.Least && !all[best].declared() {
		best = -1
	}
	var won choice
	if best >= 0 {
		won.claim = f.bestTime(all[best].n, true)
		won.value, won.sure = f.precise(won.claim), m.Confidence(score)
	}
	if f.page.Explaining() {
		for i := range all {
			c := f.bestTime(all[i].n, false)
			f.page.AddCandidate(article.Candidate{
				Field: "published", Value: f.precise(c).String(), From: c.from, Score: scores[i], Won: i == best,
				Why: whyDay(i, best), Evidence: m.Explain(values[i]),
			})
		}
	}
	return won
}

// whyDay says why the i-th day was chosen or not.
func whyDay(i, best int) string {
	switch {
	case i == best:
		return "the best supported day"
	case best < 0:
		return "too little evidence, or only beside other stories"
	}
	return "another day is better supported"
}

// bestTime gives the claim that says best when on a day it was: of those with a time
// of day, if there are some, and not of an update, if there are others.
func (f *finder) bestTime(n int, explain bool) *claim {
	m := f.page.Model("time", timeModel)
	var on []*claim
	timed, firstTimed := false, false
	for i := range f.found {
		if c := &f.found[i]; c.days() == n || c.label != labelUpdated && c.mayBeOn(n) {
			on = append(on, c)
			timed = timed || c.hasTime()
			firstTimed = firstTimed || c.hasTime() && c.label != labelUpdated
		}
	}
	if len(on) == 1 && !f.page.Explaining() {
		return on[0]
	}
	var best *claim
	score := 0.0
	values := make([]evidence.Values, len(on))
	scores := make([]float64, len(on))
	for i, c := range on {
		values[i] = f.timeValues(c, on)
		scores[i] = m.Score(values[i])
		if tells := c.hasTime() && (c.label != labelUpdated || !firstTimed) || !timed; tells && (best == nil || scores[i] > score) {
			best, score = c, scores[i]
		}
	}
	if explain && f.page.Explaining() {
		for i, c := range on {
			f.page.AddCandidate(article.Candidate{
				Field: "time", Value: f.precise(c).String(), From: c.from, Score: scores[i], Won: c == best, Evidence: m.Explain(values[i]),
			})
		}
	}
	return best
}

// timeValues are the evidence that a claim says when on a day something was; on are
// all claims that may.
func (f *finder) timeValues(c *claim, on []*claim) evidence.Values {
	v := c.values()
	var same [sourceGroups]bool
	for _, o := range on {
		if o == c || !o.hasTime() || !c.hasTime() {
			continue
		}
		switch d, known := minutesBetween(c, o); {
		case !known:
		case d == 0:
			v.Set(claimLikeUpdate, o.label == labelUpdated)
			if g := o.kind.group(); !same[g] && g != c.kind.group() {
				same[g] = true
				v[claimSameTime]++
			}
		case d < 0:
			v[claimOtherTimes]++
			v[claimLater]++
		default:
			v[claimOtherTimes]++
			v[claimEarlier]++
		}
	}
	return v
}

// minutesBetween gives how many minutes a is after b, if both are told in a way that
// can be compared.
func minutesBetween(a, b *claim) (minutes int, known bool) {
	at, aOffset := a.minutes()
	bt, bOffset := b.minutes()
	if (a.offset == "") != (b.offset == "") {
		return at - bt, at == bt || !isOffset(at-bt)
	}
	return at - aOffset - (bt - bOffset), true
}

// chooseModified gives the best claim of the last change, not before the story was
// published.
func (f *finder) chooseModified(published choice) choice {
	m := f.page.Model("modified", modifiedModel)
	var won choice
	score := 0.0
	values := map[*claim]evidence.Values{}
	for i := range f.found {
		c := &f.found[i]
		fits := !c.ofOther() && (published.claim == nil || !before(c.partialDate, published.value))
		if c.label != labelUpdated || !fits && !f.page.Explaining() {
			continue
		}
		values[c] = f.updateValues(c, published)
		s := m.Score(values[c])
		if fits && s >= m.Least && (won.claim == nil || s > score) {
			won, score = choice{claim: c, value: c.partialDate, sure: m.Confidence(s)}, s
		}
	}
	for i := range f.found {
		c := &f.found[i]
		if v := values[c]; v != nil && f.page.Explaining() {
			f.page.AddCandidate(article.Candidate{Field: "modified", Value: c.String(), From: c.from, Score: m.Score(v), Won: c == won.claim, Evidence: m.Explain(v)})
		}
	}
	return won
}

// updateValues are the evidence that a claim is the last change.
func (f *finder) updateValues(c *claim, published choice) evidence.Values {
	v := c.values()
	if published.claim != nil {
		v[claimAfter] = logDays(c.days() - published.value.days())
	}
	for i := range f.found {
		if o := &f.found[i]; o != c && o.label == labelUpdated && o.kind.group() == c.kind.group() {
			switch d := o.days() - c.days(); {
			case d < 0:
				v[claimEarlier]++
			case d > 0:
				v[claimLater]++
			}
		}
	}
	return v
}

// swapDayMonth exchanges day and month of the claims that agree with the unambiguous
// dates of the page only so.
func (f *finder) swapDayMonth() {
	for i := range f.found {
		c := &f.found[i]
		if !c.ambiguous {
			continue
		}
		swapped := c.swapped()
		if !f.confirmed(c.days()) && f.confirmed(swapped.days()) && plausible(f.page, swapped) {
			c.partialDate = swapped
		}
	}
}

// confirmed reports whether an unambiguous date of the page is on a day.
func (f *finder) confirmed(day int) bool {
	for i := range f.found {
		if o := &f.found[i]; !o.ambiguous && o.days() == day {
			return true
		}
	}
	return false
}
