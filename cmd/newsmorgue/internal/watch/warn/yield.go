package warn

import (
	"fmt"
	"math"
	"slices"
	"time"
)

const (
	day = 24 * time.Hour
	// leastHistory is the history without which nothing is rare.
	leastHistory = 14 * day
	// window is how far back days are compared: eight of each weekday.
	window = 56 * day
	// adapt is after how long a lower level becomes part of what is usual. Until then,
	// what is usual is what was before the warning.
	adapt = 28 * day
	// leastSame is how many days of one weekday tell what is rare on it.
	leastSame = 4
	// leastWeeks is how many weeks tell what is usual in a week.
	leastWeeks = 4
)

// A dayCount is what was found on one day.
type dayCount struct {
	at   time.Time // its begin
	runs int       // good ones
	new  int
}

// Yield compares the new articles of the last full day with those of the same weekday
// in the eight weeks before, and those of the last seven days with those of the weeks
// before, which shows drops of sites with few articles a day. The runs are given the
// oldest first; began is when a warning of this kind began, zero if there is none.
func Yield(runs []Run, zone *time.Location, now, began time.Time) Finding {
	none := Finding{Kind: KindYield}
	all := perDay(runs, zone, now)
	if len(all) == 0 {
		return none
	}
	last := all[len(all)-1]
	end := last.at
	if !began.IsZero() {
		// The day that was warned of is the one before.
		end = earlier(end, later(dayOf(began, zone).AddDate(0, 0, -1), end.Add(-adapt)))
	}
	busy := enough(all)
	var sample []dayCount
	for _, d := range all {
		if d.at.Before(end) && !d.at.Before(end.Add(-window)) && d.runs >= busy {
			sample = append(sample, d)
		}
	}
	if len(sample) == 0 || end.Sub(sample[0].at) < leastHistory-day/2 || len(sample) < int(leastHistory/day)/2 || last.runs < busy {
		return none
	}
	if f := lastDay(last, sample); f.Level != Fine {
		return f
	}
	return lastWeek(all, end, busy, last)
}

// lastDay compares a day with others, those of its weekday in the first place. How much
// days vary is taken from all of them, relative to what is usual on their weekday: a few
// days of one weekday tell too little of that.
func lastDay(last dayCount, sample []dayCount) Finding {
	byWeekday := map[time.Weekday][]float64{}
	for _, d := range sample {
		byWeekday[d.at.Weekday()] = append(byWeekday[d.at.Weekday()], float64(d.new))
	}
	same := byWeekday[last.at.Weekday()]
	if len(same) == 0 {
		return Finding{Kind: KindYield}
	}
	var ratios []float64
	for _, counts := range byWeekday {
		if usual := median(counts); usual > 0 {
			for _, n := range counts {
				ratios = append(ratios, n/usual)
			}
		}
	}
	usual := median(same)
	bound := rareCount(usual, usual*deviation(ratios, 1))
	if len(same) < leastSame {
		bound = min(bound, slices.Min(same)/2)
	}
	date := last.at.Format("Monday 2006-01-02")
	if float64(last.new) < bound {
		return Finding{KindYield, Bad, fmt.Sprintf("%d new articles on %s; %.0f are usual on this weekday, and less than %.0f are rare", last.new, date, usual, math.Ceil(bound))}
	}
	return Finding{KindYield, Fine, fmt.Sprintf("%d new articles on %s; %.0f are usual on this weekday", last.new, date, usual)}
}

// lastWeek compares the seven days up to the last one with the weeks before an end.
func lastWeek(all []dayCount, end time.Time, busy int, last dayCount) Finding {
	fine := Finding{KindYield, Fine, fmt.Sprintf("%d new articles on %s", last.new, last.at.Format("Monday 2006-01-02"))}
	byDay := map[string]dayCount{}
	for _, d := range all {
		byDay[d.at.Format(time.DateOnly)] = d
	}
	week := func(until time.Time) (n float64, ok bool) { // the week that ends before a day
		for i := 1; i <= 7; i++ {
			d, ok := byDay[until.AddDate(0, 0, -i).Format(time.DateOnly)]
			if !ok || d.runs < busy {
				return 0, false
			}
			n += float64(d.new)
		}
		return n, true
	}
	now, ok := week(last.at.AddDate(0, 0, 1))
	if !ok {
		return fine
	}
	until := earlier(end, last.at.AddDate(0, 0, -6))
	var weeks []float64
	for i := range int(window / (7 * day)) {
		if n, ok := week(until.AddDate(0, 0, -7*i)); ok {
			weeks = append(weeks, n)
		}
	}
	if len(weeks) < leastWeeks {
		return fine
	}
	usual := median(weeks)
	if bound := rareCount(usual, deviation(weeks, usual)); now < bound {
		return Finding{KindYield, Bad, fmt.Sprintf("%.0f new articles in the week up to %s; %.0f are usual in a week, and less than %.0f are rare",
			now, last.at.Format(time.DateOnly), usual, math.Ceil(bound))}
	}
	return fine
}

// perDay counts new articles by full days, up to the day before now; days without runs
// are left out. What the first crawl of a site finds is not what was published then:
// days count after the first update.
func perDay(runs []Run, zone *time.Location, now time.Time) []dayCount {
	var all []dayCount
	var first time.Time // the day of the first update
	today := dayOf(now, zone)
	for _, r := range runs {
		at := dayOf(r.Start, zone)
		if first.IsZero() {
			if r.IsUpdate && r.Good() {
				first = at
			}
			continue
		}
		if !at.After(first) || !at.Before(today) {
			continue
		}
		if len(all) == 0 || !all[len(all)-1].at.Equal(at) {
			all = append(all, dayCount{at: at})
		}
		d := &all[len(all)-1]
		d.new += r.New
		if r.Good() {
			d.runs++
		}
	}
	if n := len(all); n > 0 && !all[n-1].at.Equal(today.AddDate(0, 0, -1)) {
		return nil // nothing is known of the last full day
	}
	return all
}

// enough is how many good runs a day needs, so that its articles were not left for the
// day after: half as many as usual.
func enough(all []dayCount) int {
	var runs []float64
	for _, d := range all {
		if d.runs > 0 {
			runs = append(runs, float64(d.runs))
		}
	}
	return max(1, int(median(runs)/2))
}

// dayOf is the begin of a day in a zone.
func dayOf(t time.Time, zone *time.Location) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d, 0, 0, 0, 0, zone)
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
