package dates

import (
	"strings"
	"time"
	"unicode/utf8"
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
}{{"令和", 2018}, {"平成", 1988}, {"昭和", 1925}, {"民國", beforeMinguo}, {"民国", beforeMinguo}}

// beforeMinguo is the year before the first of Taiwan's calendar.
const beforeMinguo = 1911

// minguo reads 113/05/20 and 113年5月20日 at token i, years of Taiwan's calendar.
func minguo(p tokens, i int) (d partialDate, next int, ok bool) {
	if p[i].n < 80 || p[i].n > 189 {
		return d, 0, false
	}
	month, day, next := cjkMonthAndDay(p, i+1)
	if month == 0 && numericYearFirst(p, i) && !continuesDate(p, i) {
		month, day, next = p[i+2].n, p[i+4].n, i+5
	}
	d = partialDate{year: beforeMinguo + p[i].n, month: month, day: day}
	return d, next, d.valid()
}

// eraDate reads 令和8年4月3日, 令和元年5月1日 and 民國115年4月3日 at token i.
func eraDate(p tokens, i int) (d partialDate, next int, ok bool) {
	if p[i].word == "" || p[i].word[0] < utf8.RuneSelf {
		return d, 0, false
	}
	for _, e := range eras {
		if strings.HasSuffix(p[i].word, e.name+"元年") && p.number(i+1, 1, 2) && p.is(i+2, "月") && p.number(i+3, 1, 2) {
			d = partialDate{year: e.yearBefore + 1, month: p[i+1].n, day: p[i+3].n}
			next = i + 4
			if p.hasPrefix(next, "日") {
				next++
			}
			return d, next, d.valid()
		}
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

// hijriMonth is the number of the month of the Hijra whose name begins at token i.
func hijriMonth(p tokens, i int) int {
	if i >= len(p) || p[i].word == "" || p[i].word[0] < 0xd8 {
		return 0
	}
	if second := hijriPairs[p[i].word]; second != nil && i+1 < len(p) {
		return second[p[i+1].word]
	}
	return hijriMonths[p[i].word]
}

// hijriDayFirst reads 7 شوال 1446 with its day at token i and its month at token j.
func hijriDayFirst(p tokens, i, j int) (d partialDate, next int, ok bool) {
	m, k := hijriMonth(p, j), j+1
	if hijriPairs[p[j].word] != nil {
		k++
	}
	k = skipBeforeYear(p, k)
	if !p.number(k, 4, 4) || p[k].n < 1400 || p[k].n > 1500 {
		return d, 0, false
	}
	d = fromHijri(p[k].n, m, p[i].n)
	return d, k + 1, d.valid()
}

// fromHijri converts a day of the calendar of the Hijra by the civil rule: eleven
// leap years in thirty. What is announced by sight of the moon may differ by a day.
func fromHijri(y, m, d int) partialDate {
	if m < 1 || m > 12 || d < 1 || d > 30 {
		return partialDate{}
	}
	const epoch = 1948440 - 385 - 2440588 // as Julian days: of the Hijra, and of 1970
	n := (11*y+3)/30 + 354*y + 30*m - (m-1)/2 + d + epoch
	t := time.Unix(int64(n)*86400, 0).UTC()
	return partialDate{year: t.Year(), month: int(t.Month()), day: t.Day(), hijri: true}
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
