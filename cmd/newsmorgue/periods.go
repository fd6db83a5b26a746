package main

import (
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// units are the periods that articles can be counted by, the shortest first; charts of a
// long time also count by year.
var units = []string{"day", "week", "month", "year"}

// beginOf returns the first day of the period of a day; weeks begin on Monday (ISO 8601).
func beginOf(day time.Time, unit string) time.Time {
	switch unit {
	case "week":
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case "month":
		return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return day
}

// nextOf returns the first day of the period after the one that begins on a day.
func nextOf(begin time.Time, unit string) time.Time {
	switch unit {
	case "week":
		return begin.AddDate(0, 0, 7)
	case "month":
		return begin.AddDate(0, 1, 0)
	case "year":
		return begin.AddDate(1, 0, 0)
	}
	return begin.AddDate(0, 0, 1)
}

// byPeriod adds the counts of days up by the periods that they are in, in order.
func byPeriod(days []catalog.DayCount, unit string) (sums []catalog.DayCount) {
	for _, d := range days {
		begin := beginOf(d.Day, unit)
		if n := len(sums); n == 0 || !sums[n-1].Day.Equal(begin) {
			sums = append(sums, catalog.DayCount{Day: begin})
		}
		sums[len(sums)-1].Articles += d.Articles
	}
	return sums
}

// A timeline is the numbers of articles of successive periods, also of those without.
type timeline struct {
	unit    string
	first   time.Time // the first day of the first period
	last    time.Time // the first day of the last period
	numbers []int
	// Articles before and after: wrong dates, often, that would make the chart too long.
	before, after int
}

// timelineOf counts by the shortest period, from a unit up, of which no more than most
// are needed. If that allows a shorter one, an article of two hundred is left out at
// either end.
func timelineOf(days []catalog.DayCount, unit string, most int) (t timeline) {
	if len(days) == 0 {
		return t
	}
	total := 0
	for _, d := range days {
		total += d.Articles
	}
	few := total / 200
	from, to, before, after := 0, len(days)-1, 0, 0
	for from < to && before+days[from].Articles <= few {
		before += days[from].Articles
		from++
	}
	for from < to && after+days[to].Articles <= few {
		after += days[to].Articles
		to--
	}
	all, shorter := unitFor(days, unit, most), unitFor(days[from:to+1], unit, most)
	if shorter != all {
		// No more are left out than must be.
		for from > 0 && unitFor(days[from-1:to+1], unit, most) == shorter {
			from--
			before -= days[from].Articles
		}
		for to+1 < len(days) && unitFor(days[from:to+2], unit, most) == shorter {
			to++
			after -= days[to].Articles
		}
		t.before, t.after, days = before, after, days[from:to+1]
	}
	return t.fill(days, shorter, most)
}

// fill counts days by a unit.
func (t timeline) fill(days []catalog.DayCount, unit string, most int) timeline {
	t.unit = unit
	sums := byPeriod(days, unit)
	for len(sums) > 1 && tooMany(sums, unit, most) { // centuries
		t.before += sums[0].Articles
		sums = sums[1:]
	}
	t.first, t.last = sums[0].Day, sums[len(sums)-1].Day
	for at := t.first; len(sums) > 0; at = nextOf(at, unit) {
		n := 0
		if sums[0].Day.Equal(at) {
			n, sums = sums[0].Articles, sums[1:]
		}
		t.numbers = append(t.numbers, n)
	}
	return t
}

// unitFor returns the shortest unit, from one up, of which days take no more than most.
func unitFor(days []catalog.DayCount, unit string, most int) string {
	for i, u := range units[:len(units)-1] {
		if u == unit && tooMany(days, unit, most) {
			unit = units[i+1]
		}
	}
	return unit
}

// tooMany reports whether days take more than some number of periods.
func tooMany(days []catalog.DayCount, unit string, most int) bool {
	last := beginOf(days[len(days)-1].Day, unit)
	for at := beginOf(days[0].Day, unit); most > 0; most-- {
		if !at.Before(last) {
			return false
		}
		at = nextOf(at, unit)
	}
	return true
}
