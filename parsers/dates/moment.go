package dates

import (
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A partialDate is a date as it was written, with its time as far as that says one.
type partialDate struct {
	year, month, day     int
	hour, minute, second int
	clock                int    // 0: a day, 1: to the minute, 2: to the second
	zone                 string // "Z" or "+01:00"; "" if none was written
	swaps                bool   // day and month could stand the other way round
	start, end           int    // where it stands in its text
}

// String is the moment in RFC 3339, as precise as it was: "2026-11-23",
// "2026-11-23T10:00" or with seconds and the offset as written.
func (s partialDate) String() string {
	if s.year == 0 {
		return ""
	}
	b := make([]byte, 0, 32)
	two := func(sign byte, n int) { b = append(b, sign, byte('0'+n/10), byte('0'+n%10)) }
	b = strconv.AppendInt(b, int64(s.year), 10)
	two('-', s.month)
	two('-', s.day)
	if s.clock > 0 {
		two('T', s.hour)
		two(':', s.minute)
		if s.clock > 1 || s.zone != "" {
			two(':', s.second)
		}
		b = append(b, s.zone...)
	}
	return string(b)
}

// days counts days, so that dates can be compared.
func (s partialDate) days() int {
	return int(time.Date(s.year, time.Month(s.month), s.day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// minutes counts minutes of the clock as written, and the offset's minutes.
func (s partialDate) minutes() (at, offset int) {
	if len(s.zone) == 6 {
		offset = (int(s.zone[1]-'0')*10+int(s.zone[2]-'0'))*60 + int(s.zone[4]-'0')*10 + int(s.zone[5]-'0')
		if s.zone[0] == '-' {
			offset = -offset
		}
	}
	return s.days()*1440 + s.hour*60 + s.minute, offset
}

// turned is the moment with day and month exchanged.
func (s partialDate) turned() partialDate {
	s.month, s.day = s.day, s.month
	return s
}

// atMidnight reports whether a stamp's time is none: sites write days so.
func (s partialDate) atMidnight() bool {
	return s.clock > 0 && s.hour == 0 && s.minute == 0 && s.second == 0
}

// Parse reads a date as sites write it and returns it in RFC 3339, as
// precise as it was. "" where it is no date. dayMonth says how 3/4/2026 is meant.
func Parse(s string, dayMonth bool) string {
	if len(s) > 200 {
		return ""
	}
	all := dateStyle{monthFirst: !dayMonth, exact: true}.moments(s, 1)
	if len(all) == 0 {
		return ""
	}
	return all[0].String()
}

// A dateStyle is the way dates are written where a text is from.
type dateStyle struct {
	monthFirst bool   // 3/4/2026 is of March
	lang       string // two letters
	india      bool   // IST is the time of India
	exact      bool   // the text is a date for machines: 20260403 and seconds since 1970 are some, too
}

// A piece is a number, a word or a sign of a text.
type piece struct {
	start, end int
	word       string // in lower case; a sign as it is; "" for a number
	n, digits  int
	gap        bool // white space stands before it
	caps       bool // a word in capitals
}

// maxPieces bounds what is read of one text.
const maxPieces = 200

// pieces takes a text apart. Digits of all scripts are numbers.
func pieces(s string, to []piece) []piece {
	gap := false
	for i := 0; i < len(s) && len(to) < maxPieces; {
		c := s[i]
		start := i
		switch {
		case c == ' ' || c >= '\t' && c <= '\r':
			gap = true
			i++
			continue
		case c >= '0' && c <= '9':
			n := 0
			for i < len(s) && s[i] >= '0' && s[i] <= '9' {
				if i-start < 14 {
					n = n*10 + int(s[i]-'0')
				}
				i++
			}
			to = append(to, piece{start: start, end: i, n: n, digits: i - start, gap: gap})
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf:
			r, size := rune(c), 1
			if c >= utf8.RuneSelf {
				r, size = utf8.DecodeRuneInString(s[i:])
			}
			if unicode.IsSpace(r) || r == '\u200e' || r == '\u200f' || r == '\u202a' || r == '\u202b' || r == '\u202c' || r == '\u200b' {
				gap = true
				i += size
				continue
			}
			if _, ok := digitOf(r); ok {
				n, digits := 0, 0
				for i < len(s) {
					r, size := utf8.DecodeRuneInString(s[i:])
					d, ok := digitOf(r)
					if !ok {
						break
					}
					if digits < 14 {
						n = n*10 + d
					}
					digits++
					i += size
				}
				to = append(to, piece{start: start, end: i, n: n, digits: digits, gap: gap})
				break
			}
			if !unicode.IsLetter(r) && !unicode.IsMark(r) {
				i += size
				to = append(to, piece{start: start, end: i, word: s[start:i], gap: gap})
				break
			}
			for i < len(s) {
				r, size := utf8.DecodeRuneInString(s[i:])
				if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\u200c' && r != '\u200d' {
					break
				}
				i += size
			}
			to = append(to, piece{start: start, end: i, word: strings.ToLower(s[start:i]), gap: gap, caps: s[start] >= 'A' && s[start] <= 'Z' && s[i-1] >= 'A' && s[i-1] <= 'Z'})
		default:
			i++
			to = append(to, piece{start: start, end: i, word: s[start:i], gap: gap})
		}
		gap = false
	}
	return to
}

// zeros are the digits nought of scripts that newspapers are written in.
var zeros = []rune{'٠', '۰', '०', '০', '੦', '૦', '୦', '௦', '౦', '೦', '൦', '๐', '໐', '၀', '០', '０'}

func digitOf(r rune) (int, bool) {
	if r < utf8.RuneSelf {
		return int(r - '0'), r >= '0' && r <= '9'
	}
	if r < 0x660 {
		return 0, false
	}
	for _, z := range zeros {
		if r >= z && r < z+10 {
			return int(r - z), true
		}
	}
	return 0, false
}

// mayDate is a cheap look whether a text can hold a date at all.
func mayDate(s string) bool {
	run := 0
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' {
			if run++; run == 4 {
				switch {
				case s[i-3] == '1' && (s[i-2] == '9' || s[i-2] == '3' || s[i-2] == '4'), s[i-3] == '2' && (s[i-2] == '0' || s[i-2] == '5'):
					if i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9' {
						return true
					}
				}
			}
			continue
		}
		if run == 2 && i > 4 && (i == len(s) || !asciiLetter(c)) && (s[i-3] == '.' || s[i-3] == '/' || s[i-3] == '-') && s[i-4] >= '0' && s[i-4] <= '9' {
			return true // 23.09.22
		}
		run = 0
		if c >= 0xd9 && c != 0xe2 {
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, ok := digitOf(r); ok {
				return true
			}
			i += max(size, 1) - 1
		}
	}
	return run == 2 && len(s) > 5 && (s[len(s)-3] == '.' || s[len(s)-3] == '/' || s[len(s)-3] == '-') && s[len(s)-4] >= '0' && s[len(s)-4] <= '9'
}

func asciiLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// moments lists the dates of a text, at most limit.
func (w dateStyle) moments(s string, limit int) []partialDate {
	var store [64]piece
	p := pieces(s, store[:0])
	if w.exact && len(p) == 1 && p[0].digits > 0 {
		if t, ok := counted(p[0]); ok {
			t.start, t.end = p[0].start, p[0].end
			return []partialDate{t}
		}
		return nil
	}
	var all []partialDate
	read := 0 // bytes
	for i := 0; i < len(p) && len(all) < limit; i++ {
		t, next, ok := w.at(p, i)
		if !ok {
			continue
		}
		t.start, t.end = p[i].start, p[next-1].end
		if t.clock == 0 {
			if !w.clockAfter(p, next, &t) {
				w.clockBefore(p, i, read, &t)
			}
		}
		all = append(all, t)
		read = t.end
		i = next - 1
	}
	return all
}

// counted reads 20260403, 20260403101500 and the seconds or milliseconds since 1970.
func counted(p piece) (partialDate, bool) {
	switch n := p.n; p.digits {
	case 8:
		t := partialDate{year: n / 10000, month: n / 100 % 100, day: n % 100}
		return t, t.real()
	case 14:
		d := n / 1_000_000
		t := partialDate{year: d / 10000, month: d / 100 % 100, day: d % 100, hour: n / 10000 % 100, minute: n / 100 % 100, second: n % 100, clock: 2}
		return t, t.real() && t.hour < 24 && t.minute < 60 && t.second < 60
	case 13:
		t := sinceEpoch(int64(n / 1000))
		return t, n > 600_000_000_000 && t.real()
	case 10:
		t := sinceEpoch(int64(n))
		return t, n > 600_000_000 && t.real()
	}
	return partialDate{}, false
}

func sinceEpoch(sec int64) partialDate {
	t := time.Unix(sec, 0).UTC()
	return partialDate{year: t.Year(), month: int(t.Month()), day: t.Day(), hour: t.Hour(), minute: t.Minute(), second: t.Second(), clock: 2, zone: "Z"}
}

// real reports whether there is such a day.
func (s partialDate) real() bool {
	if s.year < 1900 || s.year > 2100 || s.month < 1 || s.month > 12 || s.day < 1 || s.day > 31 {
		return false
	}
	return s.day <= 28 || time.Date(s.year, time.Month(s.month), s.day, 0, 0, 0, 0, time.UTC).Day() == s.day
}

// wordIs reports whether the piece at i is one of these words or signs.
func wordIs(p []piece, i int, words ...string) bool {
	if i < 0 || i >= len(p) || p[i].digits > 0 {
		return false
	}
	for _, w := range words {
		if p[i].word == w {
			return true
		}
	}
	return false
}

func numberIs(p []piece, i, least, most int) bool {
	return i >= 0 && i < len(p) && p[i].digits >= least && p[i].digits <= most
}

// at reads a date that begins at piece i; next is the piece after it.
func (w dateStyle) at(p []piece, i int) (t partialDate, next int, ok bool) {
	switch {
	case numberIs(p, i, 4, 4):
		return w.yearFirst(p, i)
	case numberIs(p, i, 8, 8) && w.exact && wordIs(p, i+1, "t") && !p[i+1].gap: // 20260403T101500Z
		if t, ok = counted(p[i]); ok {
			next = i + 1
			if numberIs(p, i+2, 4, 6) {
				n := p[i+2].n
				if p[i+2].digits == 6 {
					t.second, t.clock, n = n%100, 2, n/100
				} else {
					t.clock = 1
				}
				t.hour, t.minute = n/100, n%100
				next = i + 3
				t.zone, next = w.zoneAt(p, next)
				if t.hour > 23 || t.minute > 59 || t.second > 59 {
					return t, next, false
				}
			}
		}
		return t, next, ok
	case numberIs(p, i, 1, 2):
		if i > 0 && !p[i].gap && (p[i-1].word == "." || p[i-1].word == "/" || p[i-1].word == "-" || p[i-1].word == ":") && numberIs(p, i-2, 1, 20) {
			return t, 0, false // the middle of a longer number
		}
		if t, next, ok = w.numeric(p, i); ok {
			return t, next, true
		}
		return w.dayFirst(p, i)
	case i < len(p) && p[i].digits == 0:
		if t, next, ok = w.monthFirstNamed(p, i); ok {
			return t, next, true
		}
		return w.era(p, i)
	}
	return t, 0, false
}

// year turns a year of another calendar into ours; ok is false where it can be none.
func (w dateStyle) year(n int, script string) (year int, ok bool) {
	switch {
	case n >= 1900 && n <= 2100:
		return n, true
	case n >= 2440 && n <= 2643 && (w.lang == "th" || w.lang == "" || script == "th"): // of the Buddha
		return n - 543, true
	}
	return 0, false
}

func (w dateStyle) yearFirst(p []piece, i int) (t partialDate, next int, ok bool) {
	if i > 0 && !p[i].gap && (p[i-1].word == "." || p[i-1].word == "/" || p[i-1].word == "-") && numberIs(p, i-2, 1, 20) {
		return t, 0, false
	}
	year, ok := w.year(p[i].n, "")
	jalali := !ok && p[i].n >= 1370 && p[i].n <= 1430 && (w.lang == "fa" || w.lang == "ps" || w.lang == "")
	if !ok && !jalali {
		return t, 0, false
	}
	j := i + 1
	switch {
	case wordIs(p, j, "-", ".", "/", "‐", "‑", "–", "．", "／") && numberIs(p, j+1, 1, 2) && wordIs(p, j+2, "-", ".", "/", "‐", "‑", "–", "．", "／") && numberIs(p, j+3, 1, 2):
		if wordIs(p, j+4, "-", "/") && !p[j+4].gap && numberIs(p, j+5, 1, 20) && p[j+4].word == p[j].word && !p[j+5].gap {
			return t, 0, false // a number of more parts
		}
		t, next = partialDate{year: year, month: p[j+1].n, day: p[j+3].n}, j+4
		if jalali {
			return fromJalali(p[i].n, t.month, t.day, next)
		}
	case jalali:
		return t, 0, false
	case wordIs(p, j, "年", "년") && numberIs(p, j+1, 1, 2) && wordIs(p, j+2, "月", "월") && numberIs(p, j+3, 1, 2):
		t, next = partialDate{year: year, month: p[j+1].n, day: p[j+3].n}, j+4
		if next < len(p) && (strings.HasPrefix(p[next].word, "日") || strings.HasPrefix(p[next].word, "일")) {
			next++
		}
	default: // 2026. január 5., 2026 m. sausio 5 d., 2026. gada 5. janvārī
		for k := 0; k < 3 && wordIs(p, j, ".", ",", "m", "gada", "eko", "ko", "-", "/"); k++ {
			j++
		}
		if numberIs(p, j, 1, 2) && wordIs(p, j+1, ".") {
			if m, after := w.month(p, j+2); m > 0 {
				t, next = partialDate{year: year, month: m, day: p[j].n}, after
				return t, next, t.real()
			}
		}
		m, after := w.month(p, j)
		if m == 0 {
			return t, 0, false
		}
		for wordIs(p, after, ".", ",", "-", "/") {
			after++
		}
		if !numberIs(p, after, 1, 2) || wordIs(p, after+1, ":") {
			return t, 0, false
		}
		t, next = partialDate{year: year, month: m, day: p[after].n}, after+1
	}
	return t, next, t.real()
}

// month reads the name of a month at piece i.
func (w dateStyle) month(p []piece, i int) (m, next int) {
	if i >= len(p) || p[i].digits > 0 {
		return 0, i
	}
	word := p[i].word
	if len(word) < 2 && word[0] < utf8.RuneSelf {
		return 0, i
	}
	if pair := monthPairs[word]; pair != nil && i+1 < len(p) {
		if m = pair[p[i+1].word]; m > 0 {
			return m, i + 2
		}
	}
	if m = monthsHere[w.lang][word]; m > 0 {
		return m, i + 1
	}
	if m = months[word]; m > 0 {
		// Two names of one month, as Arab papers print them: مايو/أيار
		if wordIs(p, i+1, "/") {
			if again, after := w.month(p, i+2); again == m {
				return m, after
			}
		}
		return m, i + 1
	}
	if r, _ := utf8.DecodeRuneInString(word); r >= 0xe00 && r < 0xe80 && wordIs(p, i+1, ".") && i+2 < len(p) { // ก.พ.
		if m = shortMonths[word+p[i+2].word]; m > 0 {
			return m, i + 3
		}
	}
	return 0, i
}

// shortYear is a year of two digits.
func shortYear(n int) int {
	if n < 70 {
		return 2000 + n
	}
	return 1900 + n
}

// ordinals follow a day's number.
func ordinal(p []piece, i int) bool {
	return wordIs(p, i, "st", "nd", "rd", "th", "er", "º", "ª", "ο", "го", "ème", "e") && !p[i].gap
}

// dayFirst reads 5 May 2026, 5. Mai 2026, 5 de mayo de 2026, 5 tháng 5, 2026.
func (w dateStyle) dayFirst(p []piece, i int) (t partialDate, next int, ok bool) {
	if i > 0 && !p[i].gap && p[i-1].digits == 0 && asciiLetter(p[i-1].word[0]) {
		return t, 0, false // a name with a number
	}
	j := i + 1
	if ordinal(p, j) {
		j++
	}
	for k := 0; k < 3 && wordIs(p, j, ".", "de", "of", "d", "da", "ta", "-", "–", "/", ",", "’", "'", "&"); k++ {
		j++
	}
	m, after := w.month(p, j)
	if m == 0 && wordIs(p, j, "tháng") && numberIs(p, j+1, 1, 2) {
		m, after = p[j+1].n, j+2
	}
	jm := 0
	if m == 0 && j < len(p) {
		if jm = jalaliMonths[p[j].word]; jm == 0 {
			return t, 0, false
		}
		after = j + 1
	}
	if m == 0 && jm == 0 {
		return t, 0, false
	}
	thai := len(p[j].word) > 0 && p[j].word[0] == 0xe0
	apostrophe := false
	for k := 0; k < 4 && wordIs(p, after, ".", ",", "de", "del", "of", "-", "–", "/", "năm", "’", "'", "พ", "ศ", "anno", "عام", "r", "سنة"); k++ {
		apostrophe = apostrophe || wordIs(p, after, "’", "'", "-", "/")
		after++
	}
	switch {
	case jm > 0 && numberIs(p, after, 4, 4) && p[after].n >= 1300 && p[after].n <= 1450:
		return fromJalali(p[after].n, jm, p[i].n, after+1)
	case jm > 0:
		return t, 0, false
	case numberIs(p, after, 4, 4):
		year, ok := w.year(p[after].n, map[bool]string{true: "th"}[thai])
		if !ok {
			return t, 0, false
		}
		t = partialDate{year: year, month: m, day: p[i].n}
	case numberIs(p, after, 2, 2) && thai && p[after].n > 50:
		t = partialDate{year: 2500 + p[after].n - 543, month: m, day: p[i].n}
	case numberIs(p, after, 2, 2) && (apostrophe || p[after].n > 12) && !wordIs(p, after+1, ":", "h", ".") && !(wordIs(p, after+1, ",") && numberIs(p, after+2, 4, 4)):
		t = partialDate{year: shortYear(p[after].n), month: m, day: p[i].n}
	default:
		return t, 0, false
	}
	return t, after + 1, t.real()
}

// monthFirstNamed reads May 5, 2026 and May 05 10:00:00 +0100 2026.
func (w dateStyle) monthFirstNamed(p []piece, i int) (t partialDate, next int, ok bool) {
	m, j := w.month(p, i)
	if m == 0 {
		return t, 0, false
	}
	for k := 0; k < 2 && wordIs(p, j, ".", "-", "/", ","); k++ {
		j++
	}
	if !numberIs(p, j, 1, 2) {
		return t, 0, false
	}
	day := p[j].n
	j++
	if ordinal(p, j) {
		j++
	}
	for k := 0; k < 3 && wordIs(p, j, ",", ".", "of", "de", "-", "/", "’", "'"); k++ {
		j++
	}
	t = partialDate{month: m, day: day}
	if numberIs(p, j, 4, 4) {
		year, ok := w.year(p[j].n, "")
		t.year = year
		return t, j + 1, ok && t.real()
	}
	if numberIs(p, j, 2, 2) && !wordIs(p, j+1, ":", ".", "h") && wordIs(p, j-1, "’", "'", "-", "/") {
		t.year = shortYear(p[j].n)
		return t, j + 1, t.real()
	}
	if after, ok := clockAt(p, j, &t); ok && numberIs(p, after, 4, 4) {
		year, ok := w.year(p[after].n, "")
		t.year = year
		return t, after + 1, ok && t.real()
	} else if ok {
		var zone string
		if zone, after = w.zoneAt(p, after); numberIs(p, after, 4, 4) {
			year, ok := w.year(p[after].n, "")
			t.year, t.zone = year, zone
			return t, after + 1, ok && t.real()
		}
	}
	return t, 0, false
}

// numeric reads 3/4/2026, 3.4.2026, 3-4-2026 and 03.04.26.
func (w dateStyle) numeric(p []piece, i int) (t partialDate, next int, ok bool) {
	sep := i + 1
	if !wordIs(p, sep, ".", "/", "-", "‐", "‑", "·", "．", "／") || !numberIs(p, sep+1, 1, 2) || !wordIs(p, sep+2, p[sep].word) || !numberIs(p, sep+3, 2, 4) || p[sep+3].digits == 3 {
		return t, 0, false
	}
	year, fine := 0, false
	if p[sep+3].digits == 4 {
		year, fine = w.year(p[sep+3].n, "")
	} else if p[sep+3].n <= 45 && !p[sep].gap && !p[sep+2].gap && !p[sep+3].gap && (p[sep].word == "." || p[sep+1].digits == 2) {
		year, fine = shortYear(p[sep+3].n), true
	}
	// What goes on is a version, an address or a telephone number.
	if after := sep + 4; fine && after+1 < len(p) && !p[after].gap && wordIs(p, after, p[sep].word) && numberIs(p, after+1, 1, 20) && !p[after+1].gap {
		fine = false
	}
	if !fine {
		return t, 0, false
	}
	a, b := p[i].n, p[sep+1].n
	t = partialDate{year: year, month: b, day: a, swaps: a <= 12 && b <= 12 && a != b && p[sep].word != "."}
	if b > 12 || w.monthFirst && p[sep].word != "." && a <= 12 {
		t = t.turned()
	}
	return t, sep + 4, t.real()
}

// era reads 令和8年4月3日 and 民國115年4月3日.
func (w dateStyle) era(p []piece, i int) (t partialDate, next int, ok bool) {
	before := 0
	switch word := p[i].word; {
	case strings.HasSuffix(word, "令和"):
		before = 2018
	case strings.HasSuffix(word, "平成"):
		before = 1988
	case strings.HasSuffix(word, "民國"), strings.HasSuffix(word, "民国"):
		before = 1911
	default:
		return t, 0, false
	}
	if !numberIs(p, i+1, 1, 3) || !wordIs(p, i+2, "年") || !numberIs(p, i+3, 1, 2) || !wordIs(p, i+4, "月") || !numberIs(p, i+5, 1, 2) {
		return t, 0, false
	}
	t = partialDate{year: before + p[i+1].n, month: p[i+3].n, day: p[i+5].n}
	next = i + 6
	if next < len(p) && strings.HasPrefix(p[next].word, "日") {
		next++
	}
	return t, next, t.real()
}

// fromJalali turns a day of Iran's calendar into ours, for the years 1244 to
// 1450 or so, in which every fourth or fifth year is a leap year by 33-year cycles.
func fromJalali(y, m, d, next int) (partialDate, int, bool) {
	if m < 1 || m > 12 || d < 1 || d > 31 || m > 6 && d > 30 {
		return partialDate{}, 0, false
	}
	// Days since 1 Farvardin 1395, which was 20 March 2016.
	n := 0
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
	s := partialDate{year: t.Year(), month: int(t.Month()), day: t.Day()}
	return s, next, s.real()
}

func leapJalali(y int) int {
	switch y % 33 {
	case 1, 5, 9, 13, 17, 22, 26, 30:
		return 1
	}
	return 0
}

// clockAt reads 10:15, 10.15, 10h15, 10:15:30.123, 3:15 p.m. at piece k.
func clockAt(p []piece, k int, t *partialDate) (next int, ok bool) {
	if !numberIs(p, k, 1, 2) || p[k].n > 24 || !numberIs(p, k+2, 2, 2) || p[k+2].n > 59 {
		return k, false
	}
	sep := p[k+1]
	switch sep.word {
	case ":", "：", ".", "∶":
		if sep.gap || p[k+2].gap {
			return k, false
		}
	case "h", "ч", "時", "시", "点", "uhr", "г":
	default:
		return k, false
	}
	next = k + 3
	if wordIs(p, next, sep.word) && sep.word == "." && numberIs(p, next+1, 1, 20) && !p[next+1].gap {
		return k, false // 10.12.2026
	}
	t.hour, t.minute, t.second, t.clock = p[k].n, p[k+2].n, 0, 1
	if wordIs(p, next, ":", "：", "∶") && numberIs(p, next+1, 2, 2) && p[next+1].n < 60 {
		t.second, t.clock = p[next+1].n, 2
		next += 2
		if wordIs(p, next, ".", ",") && !p[next].gap && next+1 < len(p) && p[next+1].digits > 0 && !p[next+1].gap {
			next += 2
		}
	}
	if wordIs(p, next, "分", "분") {
		next++
	}
	half := byte(0)
	switch {
	case wordIs(p, next, "am", "ص", "μ"):
		half = 'a'
		next++
	case wordIs(p, next, "pm", "م"):
		half = 'p'
		next++
	case wordIs(p, next, "a", "p") && wordIs(p, next+1, ".") && wordIs(p, next+2, "m"):
		half = p[next].word[0]
		next += 3
		if wordIs(p, next, ".") {
			next++
		}
	case wordIs(p, k-1, "오후", "下午", "午後", "晚上"):
		half = 'p'
	case wordIs(p, k-1, "오전", "上午", "午前"):
		half = 'a'
	}
	switch {
	case half == 'p' && t.hour < 12:
		t.hour += 12
	case half == 'a' && t.hour == 12:
		t.hour = 0
	}
	if t.hour > 23 {
		*t = partialDate{year: t.year, month: t.month, day: t.day, swaps: t.swaps, start: t.start, end: t.end}
		return k, false
	}
	return next, true
}

// clockAfter reads the time that follows a date within a few words.
func (w dateStyle) clockAfter(p []piece, next int, t *partialDate) bool {
	for k := next; k < len(p) && k < next+7; k++ {
		if p[k].digits > 0 {
			after, ok := clockAt(p, k, t)
			if !ok {
				return false
			}
			t.end = p[after-1].end
			t.zone, after = w.zoneAt(p, after)
			t.end = max(t.end, p[after-1].end)
			return true
		}
		if p[k].start-p[next-1].end > 28 || updatedWords[p[k].word] {
			return false
		}
	}
	return false
}

// clockBefore reads the time that stands before a date: 10:15, 5 May 2026.
func (w dateStyle) clockBefore(p []piece, i, read int, t *partialDate) {
	for k := i - 1; k >= 0 && k > i-8 && p[k].start >= read; k-- {
		if p[k].digits == 0 {
			if p[i].start-p[k].start > 30 {
				return
			}
			continue
		}
		if p[k].digits > 2 {
			return
		}
		for _, at := range []int{k - 4, k - 2} {
			if numberIs(p, at, 1, 2) && p[at].start >= read && !(at > 0 && !p[at].gap && wordIs(p, at-1, ".", "/", "-", ":")) && wordIs(p, at+1, ":", "：", "h", ".") {
				if after, ok := clockAt(p, at, t); ok && after > k {
					t.zone, _ = w.zoneAt(p, after)
					t.start = p[at].start
					return
				}
			}
		}
		return
	}
}

// offsets are the names of offsets that mean the same everywhere, more or less.
var offsets = map[string]string{
	"z": "Z", "utc": "Z", "gmt": "Z", "wet": "Z", "west": "+01:00", "bst": "+01:00", "cet": "+01:00", "cest": "+02:00", "mez": "+01:00", "mesz": "+02:00",
	"eet": "+02:00", "eest": "+03:00", "msk": "+03:00", "est": "-05:00", "edt": "-04:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00",
	"akst": "-09:00", "akdt": "-08:00", "hst": "-10:00", "jst": "+09:00", "kst": "+09:00", "aest": "+10:00", "aedt": "+11:00", "acst": "+09:30", "awst": "+08:00",
	"nzst": "+12:00", "nzdt": "+13:00", "sast": "+02:00", "eat": "+03:00", "wat": "+01:00", "pkt": "+05:00", "wib": "+07:00", "wita": "+08:00", "hkt": "+08:00", "sgt": "+08:00", "brt": "-03:00",
}

// zoneAt reads an offset at piece i; next is i if there is none.
func (w dateStyle) zoneAt(p []piece, i int) (zone string, next int) {
	if i >= len(p) {
		return "", i
	}
	k := i
	if wordIs(p, k, "(") {
		k++
	}
	named := ""
	if k < len(p) && p[k].digits == 0 {
		switch word := p[k].word; {
		case word == "z", word == "gmt", word == "utc", p[k].caps: // in small letters some are words of a language
			if named = offsets[word]; word == "ist" && w.india {
				named = "+05:30" // elsewhere that of Ireland or Israel
			}
		}
		if named != "" {
			k++
			if named != "Z" || !wordIs(p, k, "+", "-", "−") {
				return named, k
			}
		}
	}
	if wordIs(p, k, "+", "-", "−") && k+1 < len(p) && !p[k+1].gap && p[k+1].digits > 0 {
		sign, n := "+", p[k+1]
		if p[k].word != "+" {
			sign = "-"
		}
		h, m, end := 0, 0, k+2
		switch {
		case n.digits == 4:
			h, m = n.n/100, n.n%100
		case n.digits <= 2 && wordIs(p, k+2, ":") && !p[k+2].gap && numberIs(p, k+3, 2, 2):
			h, m, end = n.n, p[k+3].n, k+4
		case n.digits == 2 && !p[k].gap || named != "" && n.digits <= 2:
			h = n.n
		default:
			return named, k
		}
		if h <= 14 && m < 60 && !(wordIs(p, end, ".", "/", "-") && numberIs(p, end+1, 1, 20)) {
			if h == 0 && m == 0 && sign == "-" {
				sign = "+"
			}
			return sign + string([]byte{byte('0' + h/10), byte('0' + h%10), ':', byte('0' + m/10), byte('0' + m%10)}), end
		}
	}
	if named != "" {
		return named, k
	}
	return "", i
}
