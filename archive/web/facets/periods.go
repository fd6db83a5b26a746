package facets

import (
	"sort"
	"time"
)

// A Period is how many stories are of a day, month or year.
type Period struct {
	Name  string `json:"value"` // 2006, 2006-01 or 2006-01-02, in UTC
	Count int    `json:"count"`
}

// Periods are the numbers of stories of successive periods.
type Periods struct {
	Unit string   `json:"unit"` // "day", "month" or "year"
	All  []Period `json:"periods"`
	// Stories before and after: those with wrong dates, often, that would make it too long.
	Before int `json:"before,omitempty"`
	After  int `json:"after,omitempty"`
}

// A unit is the length of periods.
type unit struct {
	name, layout string
	most         int // how many are listed at most
	begin        func(time.Time) time.Time
	next         func(begin time.Time, n int) time.Time // the beginning of the n-th period after one
}

// units are the lengths of periods, the shortest first.
var units = []unit{
	{"day", time.DateOnly, 62,
		func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC) },
		func(t time.Time, n int) time.Time { return t.AddDate(0, 0, n) }},
	{"month", "2006-01", 48,
		func(t time.Time) time.Time { return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC) },
		func(t time.Time, n int) time.Time { return t.AddDate(0, n, 0) }},
	{"year", "2006", 60,
		func(t time.Time) time.Time { return time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC) },
		func(t time.Time, n int) time.Time { return t.AddDate(n, 0, 0) }},
}

func (x *Index) timeOf(row int32) time.Time { return time.UnixMicro(x.sorted[row]).UTC() }

// Periods counts the stories of rows, the newest first, by the shortest unit of which few
// periods are needed. If that allows a shorter one, a story of two hundred is left out at
// either end.
func (x *Index) Periods(rows []int32) Periods {
	if len(rows) == 0 {
		return Periods{}
	}
	few := len(rows) / 200
	oldest, newest := x.timeOf(rows[len(rows)-1-few]), x.timeOf(rows[few])
	for _, u := range units[:len(units)-1] {
		if !u.begin(oldest).Before(u.next(u.begin(newest), 1-u.most)) {
			return x.count(rows, u, oldest, newest)
		}
	}
	return x.count(rows, units[len(units)-1], oldest, newest)
}

// count counts rows by a unit, between two times and as far beyond as there is room for.
func (x *Index) count(rows []int32, u unit, oldest, newest time.Time) Periods {
	first, last := u.begin(oldest), u.begin(newest)
	if least := u.next(last, 1-u.most); first.Before(least) { // centuries
		first = least
	}
	if end := u.begin(x.timeOf(rows[0])); !end.After(u.next(first, u.most-1)) {
		last = end
	}
	if begin := u.begin(x.timeOf(rows[len(rows)-1])); !begin.Before(u.next(last, 1-u.most)) {
		first = begin
	}
	// below is how many rows, from the newest on, are not older than a time.
	below := func(t time.Time) int {
		return sort.Search(len(rows), func(i int) bool { return x.sorted[rows[i]] < t.UnixMicro() })
	}
	p := Periods{Unit: u.name, Before: len(rows) - below(first), After: below(u.next(last, 1))}
	for at := first; !at.After(last); at = u.next(at, 1) {
		p.All = append(p.All, Period{at.Format(u.layout), below(at) - below(u.next(at, 1))})
	}
	return p
}
