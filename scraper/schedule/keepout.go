package schedule

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// A KeepOut is hours of the day, on all days or some, in which a site is left alone:
// from a time up to another, which is on the next day if it is not later.
type KeepOut struct {
	days     [7]bool // on which it begins, Sunday first
	from, to int     // minutes after midnight
}

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// ParseKeepOut reads "08:00-20:00", "22:00-06:00", "Sat,Sun 00:00-24:00" or
// "Mon-Fri 9:00-17:30".
func ParseKeepOut(s string) (KeepOut, error) {
	bad := fmt.Errorf(`%q is not valid keep-out hours; write "08:00-20:00", or with days "Sat,Sun 00:00-24:00"`, s)
	k := KeepOut{days: [7]bool{true, true, true, true, true, true, true}}
	fields := strings.Fields(strings.ToLower(s))
	switch len(fields) {
	case 1:
	case 2:
		days, ok := parseDays(fields[0])
		if !ok {
			return KeepOut{}, bad
		}
		k.days = days
	default:
		return KeepOut{}, bad
	}
	from, to, ok := strings.Cut(fields[len(fields)-1], "-")
	var okFrom, okTo bool
	k.from, okFrom = parseClock(from)
	k.to, okTo = parseClock(to)
	if !ok || !okFrom || !okTo || k.from == 24*60 || k.from == k.to {
		return KeepOut{}, bad
	}
	return k, nil
}

func parseDays(s string) (days [7]bool, ok bool) {
	for part := range strings.SplitSeq(s, ",") {
		first, last, isRange := strings.Cut(part, "-")
		from := weekday(first)
		to := from
		if isRange {
			to = weekday(last)
		}
		if from < 0 || to < 0 {
			return days, false
		}
		for d := from; ; d = (d + 1) % 7 {
			days[d] = true
			if d == to {
				break
			}
		}
	}
	return days, true
}

// weekday is the number of a day by its English name or the first three letters of
// it; -1 for none.
func weekday(s string) int {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if s == weekdays[d] || s == strings.ToLower(d.String()) {
			return int(d)
		}
	}
	return -1
}

// parseClock reads "8:00" and "24:00" as minutes after midnight.
func parseClock(s string) (minutes int, ok bool) {
	h, m, found := strings.Cut(s, ":")
	if !found || len(m) != 2 || len(h) == 0 || len(h) > 2 {
		return 0, false
	}
	var n [2]int
	for i, digits := range []string{h, m} {
		for _, c := range []byte(digits) {
			if c < '0' || c > '9' {
				return 0, false
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	minutes = n[0]*60 + n[1]
	return minutes, n[1] < 60 && minutes <= 24*60
}

// String writes the hours as ParseKeepOut reads them.
func (k KeepOut) String() string {
	hours := fmt.Sprintf("%02d:%02d-%02d:%02d", k.from/60, k.from%60, k.to/60, k.to%60)
	if k.days == [7]bool{true, true, true, true, true, true, true} {
		return hours
	}
	var names []string
	for d, on := range k.days {
		if on {
			names = append(names, time.Weekday(d).String()[:3])
		}
	}
	return strings.Join(names, ",") + " " + hours
}

// span is when the hours that begin on a day of a zone begin and end.
func (k KeepOut) span(year int, month time.Month, day int, zone *time.Location) (from, to time.Time) {
	at := func(day, minutes int) time.Time {
		first, _ := instants(time.Date(year, month, day, 0, minutes, 0, 0, time.UTC), zone)
		return first
	}
	next := 0
	if k.to <= k.from {
		next = 1
	}
	return at(day, k.from), at(day+next, k.to)
}

// spans lists the hours of some keep-outs that begin between the day before an instant
// and eight days after it, in order and joined where they touch.
func spans(all []KeepOut, t time.Time, zone *time.Location) [][2]time.Time {
	t = t.In(zone)
	var found [][2]time.Time
	for d := -1; d <= 8; d++ {
		day := time.Date(t.Year(), t.Month(), t.Day()+d, 12, 0, 0, 0, time.UTC)
		for _, k := range all {
			if !k.days[day.Weekday()] {
				continue
			}
			from, to := k.span(day.Year(), day.Month(), day.Day(), zone)
			if from.Before(to) {
				found = append(found, [2]time.Time{from, to})
			}
		}
	}
	slices.SortFunc(found, func(a, b [2]time.Time) int { return a[0].Compare(b[0]) })
	var joined [][2]time.Time
	for _, s := range found {
		if n := len(joined); n > 0 && !s[0].After(joined[n-1][1]) {
			if s[1].After(joined[n-1][1]) {
				joined[n-1][1] = s[1]
			}
			continue
		}
		joined = append(joined, s)
	}
	return joined
}
