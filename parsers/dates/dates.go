// Package dates finds when an article was published and modified. Dates are read
// from metadata, markup, visible lines, the address and script data; each is
// weighed by its source and by those that agree with it. It has no clock: the
// page's time of fetching bounds what can be a date.
package dates

import (
	"regexp"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
)

// styleOf says how this page writes dates: American English puts the month first.
func styleOf(p *doc.Page) dateStyle {
	lang := strings.ToLower(strings.ReplaceAll(p.Lang, "_", "-"))
	host := ""
	if p.Input.URL != nil {
		host = p.Input.URL.Hostname()
	}
	w := dateStyle{india: strings.HasSuffix(lang, "-in") || strings.HasSuffix(host, ".in")}
	w.lang, _, _ = strings.Cut(lang, "-")
	switch {
	case lang == "en-us":
		w.monthFirst = true
	case w.lang == "en" && lang != "en", w.lang != "en" && lang != "":
	default:
		for _, tld := range []string{".com", ".org", ".net", ".us", ".gov", ".edu"} {
			w.monthFirst = w.monthFirst || strings.HasSuffix(host, tld)
		}
	}
	return w
}

// Find reads when the page says it was published and changed. Every place
// that gives a date is weighed by what it is and where it stands; those that say
// the same day support each other.
func Find(p *doc.Page, title string) (published string, pp article.Provenance, modified string, mp article.Provenance) {
	d := &dater{x: p, w: styleOf(p)}
	d.frame(title)
	d.linked()
	d.metas()
	d.elements()
	d.lines()
	d.address()
	if !d.settled() {
		d.scripts()
	}
	d.swapDayMonth()
	first, score := d.published()
	if first != nil {
		published, pp = d.exact(first), article.Provenance{From: first.from, Confidence: score / (score + 0.6)}
	}
	last := d.updated(first, voices)
	if first == nil {
		// The only date that readers see by the story: what it says now was published then.
		if seen := d.updated(nil, voicePage); seen != nil && seen.weight >= 2 {
			published, pp = seen.String(), article.Provenance{From: seen.from, Confidence: 0.4}
			if last.days() < seen.days() {
				last = seen
			}
		}
	}
	if last != nil {
		modified, mp = last.String(), article.Provenance{From: last.from, Confidence: last.weight / (last.weight + 0.6)}
	}
	if p.Explaining() {
		for i := range d.found {
			c := &d.found[i]
			field, won := "published", c == first || first == nil && c == last && published != ""
			if c.says == saysUpdated {
				field, won = "modified", c == last
			}
			p.AddCandidate(article.Candidate{Field: field, Value: c.String(), From: c.from, Score: c.weight, Won: won, Why: c.why})
		}
	}
	return published, pp, modified, mp
}

// settled reports whether the page says its date so well that its scripts need
// not be read.
func (d *dater) settled() bool {
	for i := range d.found {
		if c := &d.found[i]; c.says == saysPublished && c.weight >= 2.8 && c.clock > 0 && !c.atMidnight() {
			return true
		}
	}
	return false
}

// swapDayMonth exchanges day and month where only that agrees with another date of the
// page, or with the clock.
func (d *dater) swapDayMonth() {
	for i := range d.found {
		c := &d.found[i]
		if !c.swaps {
			continue
		}
		other := c.turned()
		as, turned := 0, 0
		for k := range d.found {
			if o := &d.found[k]; !o.swaps {
				switch o.days() {
				case c.days():
					as++
				case other.days():
					turned++
				}
			}
		}
		if as == 0 && turned > 0 && plausible(d.x, other) {
			c.partialDate = other
		}
	}
}

// published is the place whose date is the story's, and how much speaks for it.
func (d *dater) published() (*dateCandidate, float64) {
	day, score := 0, 0.0
	for i := range d.found {
		c := &d.found[i]
		if c.says > saysPublished || c.days() == day {
			continue
		}
		if s := d.support(c.days()); s > score {
			day, score = c.days(), s
		}
	}
	if score < leastSupport {
		return nil, 0
	}
	if v := d.seenEarlier(day); v != nil {
		day, score = v.days(), v.weight
	}
	return d.bestForDay(day), score
}

// leastSupport is what a date must have to be given at all.
const leastSupport = 1

// support sums what speaks for a day: of each voice the best, those after the
// first for less, as they may repeat it.
func (d *dater) support(day int) float64 {
	var best [voices]float64
	for i := range d.found {
		c := &d.found[i]
		if c.says > saysPublished {
			continue
		}
		weight := c.weight
		switch c.days() {
		case day:
		case day - 1, day + 1:
			// The day of Greenwich may be another than that of the newspaper.
			if !c.shifts(day) {
				continue
			}
			weight *= 0.85
		default:
			continue
		}
		best[c.voice] = max(best[c.voice], weight)
	}
	sum, share := 0.0, 1.0
	for range best {
		k := 0
		for i, w := range best {
			if w > best[k] {
				k = i
			}
		}
		sum += share * best[k]
		best[k] = 0
		share /= 2
	}
	return sum
}

// shifts reports whether a time in UTC can be on a day, one off its own, somewhere.
func (c *dateCandidate) shifts(day int) bool {
	if c.clock == 0 || c.zone != "Z" && c.zone != "+00:00" || c.voice > voiceMeta && c.voice != voiceState || c.atMidnight() {
		return false
	}
	return day < c.days() && c.hour < 12 || day > c.days() && c.hour >= 10
}

// seenEarlier is the date that readers see beside the title, or in the address,
// if it is well before the one that the head gives: content management systems
// put the day of a relaunch or import there.
func (d *dater) seenEarlier(day int) *dateCandidate {
	var best *dateCandidate
	for i := range d.found {
		c := &d.found[i]
		switch {
		case c.says > saysPublished:
		case c.days() == day && (c.voice == voicePage && c.weight >= 2.4 || c.voice == voiceURL):
			return nil // it is seen, too
		case (c.voice == voicePage && c.weight >= 2.9 || c.voice == voiceURL && c.weight > 2) && c.days() < day-1 && (best == nil || c.weight > best.weight):
			best = c
		}
	}
	return best
}

// bestForDay is the best place of those that say a day: one with a time, if it is
// not much worse than one without.
func (d *dater) bestForDay(day int) *dateCandidate {
	var best *dateCandidate
	value := 0.0
	for i := range d.found {
		c := &d.found[i]
		if c.says > saysPublished || c.days() != day && !((c.days() == day-1 || c.days() == day+1) && c.shifts(day)) {
			continue
		}
		v := c.weight
		if c.clock > 0 && !c.atMidnight() {
			v += 3
			if c.zone != "" {
				v += 0.4
			}
		}
		if v > value {
			best, value = c, v
		}
	}
	return best
}

// exact is a time as the page gives it best. Where one is in UTC, another place
// may give the same moment by the newspaper's own clock.
func (d *dater) exact(c *dateCandidate) string {
	if c.clock == 0 || c.zone != "Z" && c.zone != "+00:00" {
		return c.String()
	}
	at, _ := c.minutes()
	for i := range d.found {
		o := &d.found[i]
		if o == c || o.says > saysPublished {
			continue
		}
		there, offset := o.minutes()
		switch {
		case o.clock == 0:
			// Midnight of the newspaper's clock is how programs write a day.
			if o.voice == voicePage && o.weight >= 1 && c.minute == 0 && c.second == 0 && o.days() == c.days()+1 && c.hour >= 10 {
				return o.String()
			}
		case o.zone != "" && o.zone != "Z" && offset != 0 && there-offset == at:
			m := o.partialDate
			if c.clock == 2 && m.clock < 2 {
				m.second, m.clock = c.second, 2
			}
			return m.String()
		case o.zone == "" && o.voice == voicePage && !o.atMidnight() && there != at && there-at <= 14*60 && at-there <= 12*60 && (there-at)%30 == 0:
			m := o.partialDate
			m.second, m.clock, m.zone = c.second, c.clock, offsetOf(there-at)
			return m.String()
		}
	}
	return c.String()
}

// offsetOf writes an offset of so many minutes.
func offsetOf(n int) string {
	sign := byte('+')
	if n < 0 {
		sign, n = '-', -n
	}
	return string([]byte{sign, byte('0' + n/600), byte('0' + n/60%10), ':', byte('0' + n%60/10), byte('0' + n%10)})
}

// updated is the best place that says when the story was changed, not before it
// was published; of one voice or, with voices, of any.
func (d *dater) updated(published *dateCandidate, only sourceGroup) *dateCandidate {
	var best *dateCandidate
	value := 0.0
	for i := range d.found {
		c := &d.found[i]
		if c.says != saysUpdated || c.weight < 1.5 || only != voices && c.voice != only || published != nil && before(c, published) {
			continue
		}
		v := c.weight
		if c.clock > 0 && !c.atMidnight() {
			v += 0.3
		}
		if v > value {
			best, value = c, v
		}
	}
	return best
}

// before reports whether one moment is before another, as far as both say.
func before(a, b *dateCandidate) bool {
	if a.clock == 0 || b.clock == 0 || a.atMidnight() || b.atMidnight() || (a.zone == "") != (b.zone == "") {
		return a.days() < b.days()
	}
	at, ao := a.minutes()
	bt, bo := b.minutes()
	return at-ao < bt-bo
}

var copyright = regexp.MustCompile(`(?i)©|\(c\)|copyright|all rights`)
