package dates

// clockAt reads the time of day at token k into d: 10:15, 10.15, 10h15,
// 10:15:30.123, 3:15 p.m., with the words for halves of the day before or after it.
// next is the token after it. Without a time, d is not changed.
func clockAt(p tokens, k int, d *partialDate) (next int, ok bool) {
	if !hourAndMinute(p, k) {
		return k, false
	}
	hour, minute, second, clock := p[k].n, p[k+2].n, 0, toMinute
	next = k + 3
	if p.is(next, ":", "：", "∶") && p.number(next+1, 2, 2) && p[next+1].n < 60 {
		second, clock = p[next+1].n, toSecond
		next = skipFraction(p, next+2)
	}
	next = p.skip(next, 1, "分", "분")
	half, next := halfOfDay(p, k, next)
	switch {
	case half == afternoon && hour < 12:
		hour += 12
	case half == morning && hour == 12:
		hour = 0
	}
	if hour > 23 {
		return k, false
	}
	d.hour, d.minute, d.second, d.clock = hour, minute, second, clock
	return next, true
}

// hourAndMinute reports whether an hour, a separator and a minute begin at token k.
func hourAndMinute(p tokens, k int) bool {
	if !p.number(k, 1, 2) || p[k].n > 24 || !p.number(k+2, 2, 2) || p[k+2].n > 59 {
		return false
	}
	switch p[k+1].word {
	case ":", "：", ".", "∶":
		if p[k+1].gap || p[k+2].gap {
			return false
		}
		// Not the day and month of 10.12.2026.
		return !(p[k+1].word == "." && p.is(k+3, ".") && p.number(k+4, 1, 20) && p.joined(k+4))
	case "h", "ч", "時", "시", "点", "uhr", "г":
		return true
	}
	return false
}

// skipFraction skips the fraction of a second.
func skipFraction(p tokens, i int) int {
	if p.is(i, ".", ",") && p.joined(i) && p.number(i+1, 1, 20) && p.joined(i+1) {
		return i + 2
	}
	return i
}

// A half is a half of the day, for times of twelve hours.
type half uint8

const (
	wholeDay half = iota
	morning
	afternoon
)

// halfWords name a half of the day, after a time or before it.
var halfWords = []struct {
	half          half
	after, before []string
}{
	{morning, []string{"am", "ص"}, []string{"오전", "上午", "午前"}},
	{afternoon, []string{"pm", "م"}, []string{"오후", "下午", "午後", "晚上"}},
}

// splitHalves name a half of the day by two letters with full stops, or in words.
var splitHalves = []struct {
	half   half
	first  []string
	second string
	word   string
}{
	{morning, []string{"ق"}, "ظ", "صبح"}, {afternoon, []string{"ب"}, "ظ", "عصر"}, // Persian
	{morning, []string{"π"}, "μ", "πμ"}, {afternoon, []string{"μ"}, "μ", "μμ"}, // Greek
	{morning, nil, "", "صباحا"}, {afternoon, nil, "", "مساء"}, // Arabic
	{morning, nil, "", "صباحاً"}, {afternoon, nil, "", "مساءً"},
}

// halfOfDay reads the half of the day of a time that begins at token k and ends
// before token next.
func halfOfDay(p tokens, k, next int) (half, int) {
	for _, h := range halfWords {
		if p.is(next, h.after...) {
			return h.half, next + 1
		}
	}
	if p.is(next, "a", "p") && p.is(next+1, ".") && p.is(next+2, "m") { // p.m.
		h := morning
		if p[next].word == "p" {
			h = afternoon
		}
		return h, p.skip(next+3, 1, ".")
	}
	for _, h := range splitHalves {
		if p.is(next, h.first...) && p.is(next+1, ".") && p.is(next+2, h.second) {
			return h.half, p.skip(next+3, 1, ".")
		}
		if p.is(next, h.word) {
			return h.half, next + 1
		}
	}
	for _, h := range halfWords {
		if p.is(k-1, h.before...) {
			return h.half, next
		}
	}
	return wholeDay, next
}

// clockAfter reads the time of day that follows a date within a few words.
func (s dateStyle) clockAfter(p tokens, next int, d *partialDate) bool {
	for k := next; k < len(p) && k < next+7; k++ {
		if p[k].digits > 0 {
			after, ok := clockAt(p, k, d)
			if !ok {
				return false
			}
			d.offset, after = s.offsetAt(p, after)
			d.end = p[after-1].end
			return true
		}
		if p[k].start-p[next-1].end > 28 || updatedLabels[p[k].word] {
			return false
		}
	}
	return false
}

// updateAfter gives the moment of an update whose time alone follows a date, as in
// 8 November 2017, 10:05, updated 16:40. Its year is 0 if there is none.
func (s dateStyle) updateAfter(after string, d partialDate) partialDate {
	var store [64]token
	p := tokenize(after[:min(len(after), 60)], store[:0])
	labelled := false
	for k := range p {
		if p[k].digits == 0 {
			labelled = labelled || labelOfToken(p[k].word) == labelUpdated
			continue
		}
		if next, ok := clockAt(p, k, &d); ok && labelled {
			d.offset, _ = s.offsetAt(p, next)
			return d
		}
		break
	}
	return partialDate{}
}

func labelOfToken(word string) label {
	if word == "" {
		return unlabelled
	}
	return labelOfWord(word)
}

// clockBefore reads the time of day that stands before the date at token i, as in
// 10:15, 5 May 2026. What ends at byte read belongs to another date.
func (s dateStyle) clockBefore(p tokens, i, read int, d *partialDate) {
	k := numberBefore(p, i, read)
	if k < 0 {
		return
	}
	for _, at := range []int{k - 4, k - 2} { // with seconds, without
		if at < 0 || p[at].start < read || p.joined(at) && p.is(at-1, ".", "/", "-", ":") || !p.is(at+1, ":", "：", "h", ".") {
			continue
		}
		if after, ok := clockAt(p, at, d); ok && after > k {
			d.offset, _ = s.offsetAt(p, after)
			d.start = p[at].start
			return
		}
	}
}

// numberBefore is the index of the last number before token i, if that is near, of at
// most two digits and not before byte read; else -1.
func numberBefore(p tokens, i, read int) int {
	for k := i - 1; k >= 0 && k > i-8 && p[k].start >= read; k-- {
		switch {
		case p[k].digits > 2:
			return -1
		case p[k].digits > 0:
			return k
		case p[i].start-p[k].start > 30:
			return -1
		}
	}
	return -1
}

// offsets are abbreviations of time zones that mean the same offset nearly everywhere.
var offsets = map[string]string{
	"z": "Z", "utc": "Z", "gmt": "Z", "wet": "Z", "west": "+01:00", "bst": "+01:00", "cet": "+01:00", "cest": "+02:00", "mez": "+01:00", "mesz": "+02:00",
	"eet": "+02:00", "eest": "+03:00", "msk": "+03:00", "est": "-05:00", "edt": "-04:00", "cdt": "-05:00", "mst": "-07:00", "mdt": "-06:00", "pst": "-08:00", "pdt": "-07:00",
	"akst": "-09:00", "akdt": "-08:00", "hst": "-10:00", "jst": "+09:00", "kst": "+09:00", "aest": "+10:00", "aedt": "+11:00", "acst": "+09:30", "awst": "+08:00",
	"nst": "-03:30", "ndt": "-02:30", "adt": "-03:00", "wit": "+09:00", "pht": "+08:00", "myt": "+08:00", "ict": "+07:00", "npt": "+05:45", "trt": "+03:00", "cot": "-05:00", "nzst": "+12:00", "nzdt": "+13:00", "sast": "+02:00", "eat": "+03:00", "wat": "+01:00", "pkt": "+05:00", "wib": "+07:00", "wita": "+08:00", "hkt": "+08:00", "sgt": "+08:00", "brt": "-03:00",
}

// offsetAt reads a UTC offset at token i: Z, GMT, EST, +0100, +01:00, GMT+2. next
// is i if there is none.
func (s dateStyle) offsetAt(p tokens, i int) (offset string, next int) {
	k := p.skip(i, 1, "(")
	named := s.namedOffset(p, k)
	if named != "" {
		k++
		if named != "Z" || !p.is(k, plusMinus...) {
			return named, k
		}
	}
	if offset, end := numericOffset(p, k, named != ""); offset != "" {
		return offset, end
	}
	if named != "" {
		return named, k
	}
	return "", i
}

var plusMinus = []string{"+", "-", "−"}

// namedOffset is the offset of the time zone that the token at k names; "" without
// one. In lower case, most abbreviations are words of a language.
func (s dateStyle) namedOffset(p tokens, k int) string {
	if k >= len(p) || p[k].digits > 0 {
		return ""
	}
	switch word := p[k].word; {
	case p[k].caps && word == "ist" && s.india: // elsewhere Ireland's or Israel's
		return "+05:30"
	case p[k].caps && word == "cst" && s.america: // elsewhere China's
		return "-06:00"
	case p[k].caps, word == "z", word == "gmt", word == "utc":
		return offsets[word]
	}
	return ""
}

// numericOffset reads +0100, +01:00 or +01 at token k; after GMT also +1. It gives
// "" without one.
func numericOffset(p tokens, k int, afterName bool) (offset string, next int) {
	if !p.is(k, plusMinus...) || !p.number(k+1, 1, 4) || p[k+1].digits == 3 || !p.joined(k+1) {
		return "", k
	}
	h, m, next := offsetNumbers(p, k+1)
	if next == k+2 && p[k+1].digits < 4 { // only hours: +1 may be anything, but not after GMT
		if !afterName && (p[k].gap || p[k+1].digits == 1) {
			return "", k
		}
	}
	if h > 14 || m > 59 || p.is(next, ".", "/", "-") && p.number(next+1, 1, 20) {
		return "", k
	}
	minutes := h*60 + m
	if p[k].word != "+" {
		minutes = -minutes
	}
	return formatOffset(minutes), next
}

// offsetNumbers reads the hours and minutes of an offset: 0100, 01:00 or 1.
func offsetNumbers(p tokens, i int) (h, m, next int) {
	switch n := p[i]; {
	case n.digits > 2:
		return n.n / 100, n.n % 100, i + 1
	case p.is(i+1, ":") && p.joined(i+1) && p.number(i+2, 2, 2):
		return n.n, p[i+2].n, i + 3
	default:
		return n.n, 0, i + 1
	}
}
