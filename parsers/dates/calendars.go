package dates

import (
	"strings"
	"time"
)

// buddhistEra is how many years Thailand's calendar is ahead.
const buddhistEra = 543

// gregorianYear gives the Gregorian year of a number with four digits; ok is false
// if it is none. Years of the Buddhist era are read in Thai texts and where the
// language is not known.
func (s dateStyle) gregorianYear(n int, thai bool) (year int, ok bool) {
	switch {
	case n >= 1900 && n <= 2100:
		return n, true
	case n >= 1897+buddhistEra && n <= 2100+buddhistEra && (s.lang == "th" || s.lang == "" || thai):
		return n - buddhistEra, true
	}
	return 0, false
}

// shortYear gives the year of two digits.
func shortYear(n int) int {
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// eras are the eras of East Asia, with the year before their first.
var eras = []struct {
	name       string
	yearBefore int
}{{"令和", 2018}, {"平成", 1988}, {"民國", 1911}, {"民国", 1911}}

// eraDate reads 令和8年4月3日 and 民國115年4月3日 at token i.
func eraDate(p tokens, i int) (d partialDate, next int, ok bool) {
	for _, e := range eras {
		if strings.HasSuffix(p[i].word, e.name) && p.number(i+1, 1, 3) {
			month, day, next := cjkMonthAndDay(p, i+2)
			d = partialDate{year: e.yearBefore + p[i+1].n, month: month, day: day}
			return d, next, d.valid()
		}
	}
	return d, 0, false
}

// cjkMonthAndDay reads what follows the year in 2026年4月3日 and 2026년 4월 3일, from the
// sign for year on. month is 0 if it is something else.
func cjkMonthAndDay(p tokens, i int) (month, day, next int) {
	if !p.is(i, "年", "년") || !p.number(i+1, 1, 2) || !p.is(i+2, "月", "월") || !p.number(i+3, 1, 2) {
		return 0, 0, 0
	}
	next = i + 4
	if p.hasPrefix(next, "日", "일") {
		next++
	}
	return p[i+1].n, p[i+3].n, next
}

// readsJalali reports whether texts in the language may use the calendar of Iran
// and Afghanistan.
func (s dateStyle) readsJalali() bool { return s.lang == "fa" || s.lang == "ps" || s.lang == "" }

// fromJalali converts a day of the Jalali calendar, in which leap years follow a
// cycle of 33 years from 1244 to about 1450. It gives the zero date for no such day.
func fromJalali(y, m, d int) partialDate {
	if m < 1 || m > 12 || d < 1 || d > 31 || m > 6 && d > 30 {
		return partialDate{}
	}
	n := 0 // days since 1 Farvardin 1395, which was 20 March 2016
	for k := 1395; k < y; k++ {
		n += 365 + leapJalali(k)
	}
	for k := y; k < 1395; k++ {
		n -= 365 + leapJalali(k)
	}
	if m <= 7 {
		n += (m - 1) * 31
	} else {
		n += 186 + (m-7)*30
	}
	t := time.Date(2016, 3, 20+n+d-1, 0, 0, 0, 0, time.UTC)
	return partialDate{year: t.Year(), month: int(t.Month()), day: t.Day()}
}

func leapJalali(y int) int {
	switch y % 33 {
	case 1, 5, 9, 13, 17, 22, 26, 30:
		return 1
	}
	return 0
}
