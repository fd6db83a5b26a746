package dates

// precise gives the date of publication as precisely as the page does. Where it is
// in UTC, another source may give the same moment in the newspaper's own time.
func (f *finder) precise(c *claim) partialDate {
	if c.inUTC() {
		for i := range f.found {
			if o := &f.found[i]; o != c && o.label != labelUpdated {
				if d, ok := c.inTimeOf(o); ok {
					return d
				}
			}
		}
	}
	return c.partialDate
}

// inTimeOf gives the moment of a claim in UTC as another one writes it, if that
// one may mean the same moment.
func (c *claim) inTimeOf(o *claim) (d partialDate, ok bool) {
	utc, _ := c.minutes()
	local, offset := o.minutes()
	d = o.partialDate
	switch {
	case o.clock == toDay: // programs write a day as the newspaper's midnight
		return d, o.rank() > 0 && c.minute == 0 && c.second == 0 && o.days() == c.days()+1 && c.hour >= 10
	case o.offset != "":
		if c.clock == toSecond && d.clock < toSecond {
			d.second, d.clock = c.second, toSecond
		}
		return d, offset != 0 && local-offset == utc
	}
	d.second, d.clock, d.offset = c.second, c.clock, formatOffset(local-utc)
	return d, o.kind.group() == groupPage && o.hasTime() && isOffset(local-utc)
}

// isOffset reports whether a difference in minutes is the offset of some time zone
// but UTC.
func isOffset(minutes int) bool {
	return minutes != 0 && minutes%30 == 0 && minutes >= -12*60 && minutes <= 14*60
}
