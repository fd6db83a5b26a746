package dates

// leastSupport is the evidence that a day needs to be given at all.
const leastSupport = 1

// choosePublished gives the best candidate for publication, and how well its day is
// supported; nil if there is too little evidence.
func (f *finder) choosePublished() (*candidate, float64) {
	day, support := 0, 0.0
	for i := range f.found {
		c := &f.found[i]
		if !c.mayPublish() || c.days() == day {
			continue
		}
		if s := f.support(c.days()); s > support {
			day, support = c.days(), s
		}
	}
	if support < leastSupport {
		return nil, 0
	}
	if c := f.beforeRelaunch(day); c != nil {
		day, support = c.days(), c.weight.sum
	}
	return f.bestForDay(day), support
}

// mayPublish reports whether a candidate may be the date of publication.
func (c *candidate) mayPublish() bool { return c.label <= labelPublished }

// support is the evidence for a day: the best weight of each group of sources, each
// further group counting half of the one before, as it may only repeat it.
func (f *finder) support(day int) float64 {
	var best [sourceGroups]float64
	for i := range f.found {
		c := &f.found[i]
		if !c.mayPublish() {
			continue
		}
		if share := c.shareOf(day); share > 0 {
			best[c.group] = max(best[c.group], share*c.weight.sum)
		}
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

// agreement is the part of a day's support that its best candidate has not itself.
func (f *finder) agreement(day int) float64 {
	best := 0.0
	for i := range f.found {
		if c := &f.found[i]; c.mayPublish() && c.days() == day {
			best = max(best, c.weight.sum)
		}
	}
	return f.support(day) - best
}

// shareOf is how much of a candidate's weight counts for a day: all for its own day,
// less for another day that it may be in the newspaper's time zone.
func (c *candidate) shareOf(day int) float64 {
	switch {
	case c.days() == day:
		return 1
	case c.mayBeOn(day):
		return 0.85
	}
	return 0
}

// mayBeOn reports whether a time in UTC may be on the day before or after in the
// newspaper's time zone.
func (c *candidate) mayBeOn(day int) bool {
	if !c.inUTC() || !c.hasTime() || c.group == groupPage || c.group == groupAddress {
		return false
	}
	return day == c.days()-1 && c.hour < 12 || day == c.days()+1 && c.hour >= 10
}

// beforeRelaunch gives the date that readers see beside the title, or in the
// address, if it is well before the given day and nothing that readers see confirms
// that day: content management systems set the date in the head to the day of a
// relaunch or an import.
func (f *finder) beforeRelaunch(day int) *candidate {
	var best *candidate
	for i := range f.found {
		c := &f.found[i]
		if !c.mayPublish() {
			continue
		}
		visible, confirms := 2.9, 2.4
		if c.group == groupAddress {
			visible, confirms = 2, 0
		} else if c.group != groupPage {
			continue
		}
		switch w := c.weight.sum; {
		case c.days() == day && w >= confirms:
			return nil
		case c.days() < day-1 && w >= visible && (best == nil || w > best.weight.sum):
			best = c
		}
	}
	return best
}

// What a time of day and its offset are worth when a source is chosen for a day: a
// time is taken from a much worse source than the best one without.
const (
	worthOfTime          = 3
	worthOfOffset        = 0.4
	worthOfTimeOfChanges = 0.3
)

// bestForDay gives the best source for a day.
func (f *finder) bestForDay(day int) *candidate {
	var best *candidate
	worth := 0.0
	for i := range f.found {
		c := &f.found[i]
		if !c.mayPublish() || c.shareOf(day) == 0 {
			continue
		}
		w := c.weight.sum
		if c.hasTime() {
			w += worthOfTime
			if c.offset != "" {
				w += worthOfOffset
			}
		}
		if w > worth {
			best, worth = c, w
		}
	}
	return best
}

// chooseModified gives the best candidate for the last change, not before the story
// was published; nil if there is none.
func (f *finder) chooseModified(published *candidate) *candidate {
	return f.bestUpdate(func(c *candidate) bool { return published == nil || !before(c.partialDate, published.partialDate) })
}

// visibleUpdate gives the best date of a change that readers see by the story.
func (f *finder) visibleUpdate() *candidate {
	return f.bestUpdate(func(c *candidate) bool { return c.group == groupPage && c.weight.sum >= 2 })
}

func (f *finder) bestUpdate(fits func(*candidate) bool) *candidate {
	var best *candidate
	worth := 0.0
	for i := range f.found {
		c := &f.found[i]
		if c.label != labelUpdated || c.weight.sum < 1.5 || !fits(c) {
			continue
		}
		w := c.weight.sum
		if c.hasTime() {
			w += worthOfTimeOfChanges
		}
		if w > worth {
			best, worth = c, w
		}
	}
	return best
}

// swapDayMonth exchanges day and month of the candidates that agree with the
// unambiguous dates of the page only so.
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

// precise gives the date of publication as precisely as the page does. Where it is
// in UTC, another source may give the same moment in the newspaper's own time.
func (f *finder) precise(c *candidate) partialDate {
	if c.inUTC() {
		for i := range f.found {
			if o := &f.found[i]; o != c && o.mayPublish() {
				if d, ok := c.inTimeOf(o); ok {
					return d
				}
			}
		}
	}
	return c.partialDate
}

// inTimeOf gives the moment of a candidate in UTC as another one writes it, if that
// one may mean the same moment.
func (c *candidate) inTimeOf(o *candidate) (d partialDate, ok bool) {
	utc, _ := c.minutes()
	local, offset := o.minutes()
	d = o.partialDate
	switch {
	case o.clock == toDay: // programs write a day as the newspaper's midnight
		return d, o.group == groupPage && o.weight.sum >= 1 && c.minute == 0 && c.second == 0 && o.days() == c.days()+1 && c.hour >= 10
	case o.offset != "":
		if c.clock == toSecond && d.clock < toSecond {
			d.second, d.clock = c.second, toSecond
		}
		return d, offset != 0 && local-offset == utc
	}
	d.second, d.clock, d.offset = c.second, c.clock, formatOffset(local-utc)
	return d, o.group == groupPage && o.hasTime() && isOffset(local-utc)
}

// isOffset reports whether a difference in minutes is the offset of some time zone
// but UTC.
func isOffset(minutes int) bool {
	return minutes != 0 && minutes%30 == 0 && minutes >= -12*60 && minutes <= 14*60
}
