package dates

import "unicode/utf8"

// Signs between the numbers of a date.
var (
	yearFirstSigns = []string{"-", ".", "/", "‐", "‑", "–", "．", "／"}
	numericSigns   = []string{".", "/", "-", "‐", "‑", "·", "．", "／"}
)

// dateAt reads a date that begins at token i; next is the token after it.
func (s dateStyle) dateAt(p tokens, i int) (d partialDate, next int, ok bool) {
	switch {
	case p.number(i, 4, 4):
		if p.continuesNumber(i, ".", "/", "-") {
			return d, 0, false
		}
		return s.yearFirst(p, i)
	case p.number(i, 3, 3) && s.minguo && !p.continuesNumber(i, ".", "/", "-"):
		return minguo(p, i)
	case p.number(i, 8, 8) && s.exact:
		return s.compact(p, i)
	case p.number(i, 1, 2):
		if p.continuesNumber(i, ".", "/", "-", ":") {
			return d, 0, false
		}
		if d, next, ok = s.numeric(p, i); ok {
			return d, next, true
		}
		return s.dayFirst(p, i)
	case p[i].digits == 0:
		if d, next, ok = s.monthFirstNamed(p, i); ok {
			return d, next, true
		}
		return eraDate(p, i)
	}
	return d, 0, false
}

// continuesNumber reports whether the token at i belongs to a longer number, with a
// sign and a number right before it.
func (p tokens) continuesNumber(i int, signs ...string) bool {
	return p.joined(i) && p.is(i-1, signs...) && p.number(i-2, 1, 20)
}

// compact reads 20260403T101500Z.
func (s dateStyle) compact(p tokens, i int) (d partialDate, next int, ok bool) {
	if !p.is(i+1, "t") || !p.joined(i+1) {
		return d, 0, false
	}
	if d, ok = digitsDate(p[i]); !ok || !p.number(i+2, 4, 6) {
		return d, i + 1, ok
	}
	n := p[i+2].n
	d.clock = toMinute
	if p[i+2].digits == 6 {
		d.second, d.clock, n = n%100, toSecond, n/100
	}
	d.hour, d.minute = n/100, n%100
	d.offset, next = s.offsetAt(p, i+3)
	return d, next, d.hour < 24 && d.minute < 60 && d.second < 60
}

// yearFirst reads 2026-11-23, 2026年11月23日 and 2026. november 23. at token i.
func (s dateStyle) yearFirst(p tokens, i int) (d partialDate, next int, ok bool) {
	year, gregorian := s.gregorianYear(p[i].n, false)
	if numericYearFirst(p, i) {
		d, next = partialDate{year: year, month: p[i+2].n, day: p[i+4].n}, i+5
		switch {
		case continuesDate(p, i):
			return d, 0, false
		case !gregorian && s.readsJalali() && p[i].n >= 1370 && p[i].n <= 1430:
			d = fromJalali(p[i].n, d.month, d.day)
		}
		return d, next, d.valid()
	}
	if !gregorian {
		return d, 0, false
	}
	if month, day, next := cjkMonthAndDay(p, i+1); month > 0 {
		d = partialDate{year: year, month: month, day: day}
		return d, next, d.valid()
	}
	return s.yearFirstNamed(p, i, year)
}

// numericYearFirst reports whether 2026-11-23 or the like begins at token i.
func numericYearFirst(p tokens, i int) bool {
	return p.is(i+1, yearFirstSigns...) && p.number(i+2, 1, 2) && p.is(i+3, yearFirstSigns...) && p.number(i+4, 1, 2)
}

// continuesDate reports whether the numbers of 2026-11-23 at token i go on, as those
// of a longer number do.
func continuesDate(p tokens, i int) bool {
	return p.is(i+5, "-", "/") && p.joined(i+5) && p.number(i+6, 1, 20) && p[i+5].word == p[i+1].word && p.joined(i+6)
}

// yearFirstNamed reads 2026. november 23., 2026 m. lapkričio 23 d. and 2026. gada
// 23. novembrī at token i.
func (s dateStyle) yearFirstNamed(p tokens, i, year int) (d partialDate, next int, ok bool) {
	j := p.skip(i+1, 3, ".", ",", "m", "gada", "eko", "ko", "-", "/")
	if p.number(j, 1, 2) && p.is(j+1, ".") {
		if m, after := s.month(p, j+2); m > 0 {
			d = partialDate{year: year, month: m, day: p[j].n}
			return d, after, d.valid()
		}
	}
	m, j := s.month(p, j)
	if m == 0 {
		return d, 0, false
	}
	j = p.skip(j, maxTokens, ".", ",", "-", "/")
	if !p.number(j, 1, 2) || p.is(j+1, ":") {
		return d, 0, false
	}
	d = partialDate{year: year, month: m, day: p[j].n}
	return d, j + 1, d.valid()
}

// month reads the name of a month at token i; m is 0 if it is none.
func (s dateStyle) month(p tokens, i int) (m, next int) {
	if i >= len(p) || p[i].digits > 0 {
		return 0, i
	}
	word := p[i].word
	if len(word) < 2 && word[0] < utf8.RuneSelf {
		return 0, i
	}
	if second := monthPairs[word]; second != nil && i+1 < len(p) {
		if m = second[p[i+1].word]; m > 0 {
			return m, i + 2
		}
	}
	if m = monthsByLanguage[s.lang][word]; m > 0 {
		return m, i + 1
	}
	if m = months[word]; m > 0 {
		return m, s.skipOtherName(p, i+1, m)
	}
	if p.is(i+1, ".") && i+2 < len(p) && isThai(word) { // ก.พ.
		if m = thaiShortMonths[word+p[i+2].word]; m > 0 {
			return m, i + 3
		}
	}
	return 0, i
}

// skipOtherName skips the second name of a month, as Arabic newspapers print it:
// مايو/أيار
func (s dateStyle) skipOtherName(p tokens, i, month int) int {
	if p.is(i, "/") {
		if m, after := s.month(p, i+1); m == month {
			return after
		}
	}
	return i
}

func isThai(word string) bool {
	r, _ := utf8.DecodeRuneInString(word)
	return r >= 0xe00 && r < 0xe80
}

// skipOrdinal skips the ending of an ordinal number, as in 23rd.
func skipOrdinal(p tokens, i int) int {
	if p.joined(i) && p.is(i, "st", "nd", "rd", "th", "er", "º", "ª", "ο", "го", "ème", "e") {
		return i + 1
	}
	return i
}

// dayFirst reads 5 May 2026, 5. Mai 2026, 5 de mayo de 2026 and 5 tháng 5, 2026 at
// token i.
func (s dateStyle) dayFirst(p tokens, i int) (d partialDate, next int, ok bool) {
	if i > 0 && p.joined(i) && p[i-1].digits == 0 && asciiLetter(p[i-1].word[0]) {
		return d, 0, false // a name with a number
	}
	j := p.skip(skipOrdinal(p, i+1), 3, ".", "de", "of", "d", "da", "ta", "-", "–", "/", ",", "’", "'", "&")
	m, after := s.month(p, j)
	switch {
	case m > 0:
	case p.is(j, "tháng") && p.number(j+1, 1, 2):
		m, after = p[j+1].n, j+2
	case j < len(p) && jalaliMonth(p[j].word) > 0:
		return jalaliDayFirst(p, i, j)
	case j < len(p) && p[j].caps && romanMonths[p[j].word] > 0 && p.number(p.skip(j+1, 1, ".", "/", "-"), 4, 4):
		m, after = romanMonths[p[j].word], j+1
	case hijriMonth(p, j) > 0:
		return hijriDayFirst(p, i, j)
	default:
		return d, 0, false
	}
	year, next := s.yearAfterMonth(p, after, isThai(p[j].word))
	d = partialDate{year: year, month: m, day: p[i].n}
	return d, next, d.valid()
}

// jalaliDayFirst reads the date with its day at token i and its month at token j.
func jalaliDayFirst(p tokens, i, j int) (d partialDate, next int, ok bool) {
	k := skipBeforeYear(p, j+1)
	if !p.number(k, 4, 4) || p[k].n < 1300 || p[k].n > 1450 {
		return d, 0, false
	}
	d = fromJalali(p[k].n, jalaliMonth(p[j].word), p[i].n)
	return d, k + 1, d.valid()
}

// skipBeforeYear skips what stands between month and year.
func skipBeforeYear(p tokens, i int) int {
	return p.skip(i, 4, ".", ",", "de", "del", "of", "-", "–", "/", "năm", "’", "'", "พ", "ศ", "anno", "عام", "r", "سنة", "ماه")
}

// yearAfterMonth reads the year that follows a month's name which ends before
// token i; 0 if there is none.
func (s dateStyle) yearAfterMonth(p tokens, i int, thai bool) (year, next int) {
	k := skipBeforeYear(p, i)
	switch {
	case p.number(k, 4, 4):
		year, _ = s.gregorianYear(p[k].n, thai)
	case !p.number(k, 2, 2):
	case thai && p[k].n > 50:
		year = 2500 + p[k].n - buddhistEra
	case startsClock(p, k) || p.is(k+1, ",") && p.number(k+2, 4, 4):
	case p[k].n > 12 || markedShortYear(p[i:k]):
		year = shortYear(p[k].n)
	}
	return year, k + 1
}

// startsClock reports whether the number at i is the hour of a time.
func startsClock(p tokens, i int) bool { return p.is(i+1, ":", "h", ".") }

// markedShortYear reports whether what stands before a number of two digits marks
// it as a year: 23 Nov '26, 23-Nov-26.
func markedShortYear(before tokens) bool {
	for i := range before {
		if before.is(i, "’", "'", "-", "/") {
			return true
		}
	}
	return false
}

// monthFirstNamed reads May 5, 2026 and May 05 10:00:00 +0100 2026 at token i.
func (s dateStyle) monthFirstNamed(p tokens, i int) (d partialDate, next int, ok bool) {
	m, j := s.month(p, i)
	if m == 0 {
		return d, 0, false
	}
	j = p.skip(j, 2, ".", "-", "/", ",")
	if !p.number(j, 1, 2) {
		return d, 0, false
	}
	d = partialDate{month: m, day: p[j].n}
	after := skipOrdinal(p, j+1)
	j = p.skip(after, 3, ",", ".", "of", "de", "-", "/", "’", "'")
	if p.number(j, 2, 2) && !startsClock(p, j) && markedShortYear(p[j-1:j]) {
		d.year = shortYear(p[j].n)
		return d, j + 1, d.valid()
	}
	if end, ok := clockAt(p, j, &d); ok { // as Unix prints it
		j = end
		if !p.number(j, 4, 4) {
			d.offset, j = s.offsetAt(p, j)
		}
	}
	if !p.number(j, 4, 4) {
		return d, 0, false
	}
	d.year, _ = s.gregorianYear(p[j].n, false)
	return d, j + 1, d.valid()
}

// numeric reads 3/4/2026, 3.4.2026, 3-4-2026 and 03.04.26 at token i.
func (s dateStyle) numeric(p tokens, i int) (d partialDate, next int, ok bool) {
	if !p.is(i+1, numericSigns...) || !p.number(i+2, 1, 2) || !p.is(i+3, p[i+1].word) || !p.number(i+4, 2, 4) {
		return d, 0, false
	}
	sign := p[i+1].word
	// With more numbers it is a version, an address or a telephone number.
	if p.is(i+5, sign) && p.joined(i+5) && p.number(i+6, 1, 20) && p.joined(i+6) {
		return d, 0, false
	}
	if year := p[i+4]; year.digits == 4 && s.readsJalali() && year.n >= 1370 && year.n <= 1430 {
		d = fromJalali(year.n, p[i+2].n, p[i].n)
		return d, i + 5, d.valid()
	}
	d = partialDate{year: s.numericYear(p, i), month: p[i+2].n, day: p[i].n}
	if sign != "." { // full stops are not American
		d.ambiguous = d.day <= 12 && d.month <= 12 && d.day != d.month
	}
	if d.month > 12 || s.monthFirst && sign != "." && d.day <= 12 {
		d = d.swapped()
	}
	return d, i + 5, d.valid()
}

// numericYear gives the year of a numeric date at token i; 0 if it is none.
func (s dateStyle) numericYear(p tokens, i int) int {
	switch year := p[i+4]; {
	case year.digits == 4:
		n, _ := s.gregorianYear(year.n, false)
		return n
	case year.digits == 2 && year.n <= 45 && p.joined(i+1) && p.joined(i+3) && p.joined(i+4) && (p[i+1].word == "." || p[i+2].digits == 2):
		return shortYear(year.n)
	}
	return 0
}
