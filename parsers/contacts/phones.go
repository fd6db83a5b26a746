package contacts

import (
	"strings"
	"sync"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"github.com/nyaruka/phonenumbers"
)

var (
	// dateForm are dates, spans of years and decimals.
	dateForm = text.MustCompile(`^(?:19|20)\d\d\s*[-–]\s*(?:19|20)\d\d$|^\d{1,2}[./-]\s?\d{1,2}[./-]\s?(?:19|20)?\d{2}(?:\D|$)|^(?:19|20)\d\d[-./]\s?\d{1,2}[-./]\s?\d{1,2}|^\d{1,2}[.]\d{2}\s?[-–]\s?\d{1,2}[.]\d{2}|^\d{1,2}/(?:19|20)\d\d$|^(?:19|20)\d\d \d{1,4}$|^\d{1,3}(?:\.\d{3})+$|^\d+\.\d+$`)
	// trunk is the zero that is dialled only within the country: +49 (0)89.
	trunk = text.MustCompile(`(\+[\d ]{1,4}?)\s*\(\s*0\s*\)`)
	// rangeTail is an extension or the end of a range.
	rangeTail = text.MustCompile(`\s*[-/–]\s*\d{1,5}$`)
)

// Bounds of one passage and of one number: the longest that any network dials has
// 15 digits, with extension and trunk zero a few more.
const (
	maxNumbers     = 30
	minDigits      = 5
	maxDigits      = 20
	maxPhoneText   = 4000
	maxPhoneLength = 60 // in bytes
)

// A foundPhone stands from start, where its label begins, to end.
type foundPhone struct {
	raw        string
	number     string // what to read it from, where that is not as printed: a link's target
	start, end int
	fax        bool
	sure       bool // it is labelled, or a link to call
	inherited  bool // the label is that of the number before
	linked     bool
	label      string // of the link
}

// mayPhone is the cheap question whether a text may hold a number: five digits.
func mayPhone(s string) bool {
	n := 0
	for i := range len(s) {
		if text.IsDigit(s[i]) {
			if n++; n >= minDigits {
				return true
			}
		}
	}
	return false
}

// numberSpots are the places of a text that have the form of a phone number:
// digits in groups that signs part.
func numberSpots(s string) (spots [][2]int) {
	for i := 0; i < len(s) && len(spots) < maxNumbers; {
		spot, next, ok := spotAt(s, i)
		if ok {
			spots = append(spots, spot)
		}
		i = next
	}
	return spots
}

// spotAt is the place of the number that begins at i, if one does, and where to look for
// the next.
func spotAt(s string, i int) (spot [2]int, next int, ok bool) {
	if c := s[i]; c != '+' && c != '(' && !text.IsDigit(c) {
		return spot, i + 1, false
	}
	end, next, digits := scanNumber(s, i)
	if digits >= minDigits && digits <= maxDigits && (i == 0 || !joinsNumber(s[i-1])) && !goesOn(s, end) {
		return [2]int{trimNumber(s, i, end), end}, max(next, i+1), true
	}
	return spot, max(next, i+1), false
}

// scanNumber reads digits and the signs between them. end is behind the last
// digit and its bracket, next where another number may begin.
func scanNumber(s string, start int) (end, next, digits int) {
	end, next = start, start
	for next < len(s) {
		if text.IsDigit(s[next]) {
			digits++
			next++
			end = next
			continue
		}
		size := signSize(s, next, digits)
		if size == 0 {
			break
		}
		next += size
	}
	if end < next && end < len(s) && s[end] == ')' && unclosed(s[start:end]) {
		end++
	}
	return end, next, digits
}

// signSize is the size of the sign at i that may stand within a number, after so
// many of its digits; 0 if the number ends there.
func signSize(s string, i, digits int) int {
	switch s[i] {
	case ' ', '.', '-', ')':
		return 1
	case '+':
		if digits == 0 {
			return 1
		}
	case '(':
		if digits < 7 {
			return 1
		}
	case '/':
		if digits < 7 || !beginsNumber(strings.TrimLeft(s[i+1:], " "), digits) {
			return 1
		}
	default:
		for _, sign := range wideSigns {
			if strings.HasPrefix(s[i:], sign) {
				return len(sign)
			}
		}
	}
	return 0
}

// wideSigns are dashes and spaces beyond ASCII.
var wideSigns = []string{"–", "‑", "‐", "\u00a0", "·"}

// beginsNumber reports whether another number begins behind a slash, after so many
// digits.
func beginsNumber(s string, digits int) bool {
	if s == "" {
		return false
	}
	return s[0] == '+' || s[0] == '(' || s[0] == '0' && digits >= 9 && text.DigitsIn(s[:numberEnd(s)]) >= minDigits || digits >= 7 && text.DigitsIn(s[:numberEnd(s)]) >= 6
}

// numberEnd is where digits and the signs between them end, at the next slash at the
// latest.
func numberEnd(s string) int {
	i := 0
	for i < min(len(s), 24) && (text.IsDigit(s[i]) || s[i] == ' ' || s[i] == '-' || s[i] == '.') {
		i++
	}
	return i
}

func unclosed(s string) bool { return strings.Count(s, "(") > strings.Count(s, ")") }

// trimNumber is where a number begins behind signs that are not its own.
func trimNumber(s string, start, end int) int {
	for start < end && (s[start] == '(' && unclosed(s[start:end]) || s[start] == ' ' || s[start] == '.') {
		start++
	}
	return start
}

func goesOn(s string, end int) bool {
	return end < len(s) && (joinsNumber(s[end]) || s[end] == '%')
}

// joinsNumber reports whether what has this character beside its digits is no
// phone number.
func joinsNumber(c byte) bool {
	return text.IsDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c == '@' || c == '='
}

// phones are the numbers of a passage, with what speaks for each. before is the
// text that a reader sees in front of the passage: a label may stand there.
func (p *passage) phones(before string) []foundPhone {
	found := p.linkedPhones(before)
	if len(p.text) > maxPhoneText || !mayPhone(p.text) {
		return found
	}
	return p.writtenPhones(found, before)
}

// linkedPhones are the numbers that links call.
func (p *passage) linkedPhones(before string) (found []foundPhone) {
	for _, a := range p.links {
		to, ok := calls(a.href)
		if !ok || len(found) >= maxNumbers {
			continue
		}
		shown := p.text[a.start:a.end]
		f := foundPhone{raw: shown, number: to, start: a.start, end: a.end, sure: true, label: shown}
		if spots := numberSpots(shown); len(spots) > 0 {
			f.raw = shown[spots[0][0]:spots[0][1]]
			f.start, f.end = a.start+spots[0][0], a.start+spots[0][1]
		} else {
			f.raw, f.linked = to, true
			if shown == "" {
				f.label = a.title
			}
		}
		_, f.fax = labelOf(ahead(p.text, f.start, before))
		found = append(found, f)
	}
	return found
}

// writtenPhones adds the numbers of the text that are not among those found.
func (p *passage) writtenPhones(found []foundPhone, before string) []foundPhone {
	var prev foundPhone // the number before; it ends at 0 if there is none
	for _, at := range numberSpots(p.text) {
		if shown(found, at) {
			prev.end = at[1]
			continue
		}
		if dateForm.MatchString(p.text[at[0]:at[1]]) {
			continue
		}
		f, ok := p.labelledPhone(at, before, prev)
		prev = f
		if ok {
			found = append(found, f)
		}
	}
	return found
}

// shown reports whether a place is that of a number whose text is there.
func shown(found []foundPhone, at [2]int) bool {
	for _, f := range found {
		if !f.linked && at[0] < f.end && at[1] > f.start {
			return true
		}
	}
	return false
}

// labelledPhone reads the number at a place with its label, or that of the number
// before if both have one. It is false, and empty, if the label is another number's.
func (p *passage) labelledPhone(at [2]int, before string, prev foundPhone) (f foundPhone, ok bool) {
	lead := ahead(p.text, at[0], before)
	f = foundPhone{raw: p.text[at[0]:at[1]], start: at[0], end: at[1]}
	label, fax := labelOf(lead)
	f.fax = fax || faxAfter.MatchString(p.text[at[1]:])
	switch {
	case label != nil:
		f.sure = true
		if strings.HasSuffix(p.text[:at[0]], lead) {
			f.start = at[0] - (len(lead) - label[0])
		}
	case mayEndInNumberNot(lead) && labelAhead(numberNot, lead) != nil:
		return foundPhone{}, false
	case prev.end > 0 && len(strings.Trim(p.text[prev.end:at[0]], " ,;/|&")) <= 3: // "and", "oder"
		f.fax, f.sure, f.inherited = prev.fax, prev.sure, prev.sure
	default:
		f.sure = phoneAfter.MatchString(p.text[at[1]:])
	}
	return f, true
}

// calls is the number that a link calls.
func calls(href string) (string, bool) {
	scheme, to, ok := strings.Cut(href, ":")
	if !ok || !strings.EqualFold(scheme, "tel") && !strings.EqualFold(scheme, "callto") || len(to) > 100 {
		return "", false
	}
	to = strings.TrimSpace(strings.ReplaceAll(strings.ReplaceAll(strings.TrimPrefix(to, "//"), "%20", " "), "%2B", "+"))
	to, _, _ = strings.Cut(to, ";")
	n := text.DigitsIn(to)
	return to, n >= minDigits && n <= maxDigits
}

// ahead is what stands before a place: on its line, or in front of the text.
func ahead(text string, at int, before string) string {
	start := strings.LastIndexByte(text[:at], '\n') + 1
	if s := text[start:at]; strings.TrimSpace(s) != "" {
		return s[max(0, len(s)-60):]
	}
	if start > 0 { // the line before, if it is a label
		prev := text[:start-1]
		prev = prev[strings.LastIndexByte(prev, '\n')+1:]
		if len(prev) < 40 {
			return prev
		}
		return ""
	}
	return before
}

// Numbers reads phone numbers and remembers some that it has read: a number is
// asked about when it is found and when its contact is written, and most pages of a
// site have the same. Its zero value is ready to use, by many goroutines.
type Numbers struct {
	mu    sync.Mutex
	known map[string]readNumber // by the text and the regions
}

// maxKnown bounds the numbers that are remembered.
const maxKnown = 1000

// A readNumber is what readPhone gives.
type readNumber struct {
	e164, region string
	ok           bool
}

// read is readPhone.
func (r *Numbers) read(raw string, regions []string) (e164, region string, ok bool) {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxPhoneLength {
		return "", "", false
	}
	key := raw + "\x00" + strings.Join(regions, " ")
	r.mu.Lock()
	n, known := r.known[key]
	r.mu.Unlock()
	if known {
		return n.e164, n.region, n.ok
	}
	n.e164, n.region, n.ok = readPhone(raw, regions)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxKnown {
		r.known = map[string]readNumber{}
	}
	r.known[key] = n
	return n.e164, n.region, n.ok
}

// readPhone reads one number; its E.164 form only where it is a valid one of
// some country. regions are those that a number without a code may be of, the
// likeliest first.
func readPhone(raw string, regions []string) (e164, region string, ok bool) {
	raw = strings.TrimSpace(raw)
	if n := text.DigitsIn(raw); n < minDigits || n > maxDigits || len(raw) > maxPhoneLength {
		return "", "", false
	}
	raw = trunk.ReplaceAllString(raw, "$1 ")
	forms := []string{raw}
	if t := rangeTail.FindString(raw); t != "" && text.DigitsIn(raw)-text.DigitsIn(t) >= 6 {
		forms = append(forms, strings.TrimSuffix(raw, t))
	}
	if len(regions) == 0 {
		regions = []string{""}
	}
	for _, form := range forms {
		for _, r := range regions {
			n, err := phonenumbers.Parse(form, r)
			if err != nil || !phonenumbers.IsValidNumber(n) {
				continue
			}
			n.Extension = nil
			return phonenumbers.Format(n, phonenumbers.E164), phonenumbers.GetRegionCodeForNumber(n), true
		}
	}
	return "", "", false
}

// phone is a number as it is kept, of one of these regions if it has no code.
func (r *Numbers) phone(f foundPhone, regions []string) article.Phone {
	p := article.Phone{Raw: block.Clean(f.raw)}
	p.E164, _, _ = r.read(f.raw, regions)
	if p.E164 == "" && f.number != "" {
		p.E164, _, _ = r.read(f.number, regions)
	}
	return p
}

// asDialled reports whether a number without any label is written as its country
// writes numbers: with the digits that are dialled first there.
func (r *Numbers) asDialled(raw string, regions []string) bool {
	_, region, ok := r.read(raw, regions)
	if !ok {
		return false
	}
	if c := strings.TrimLeft(raw, " "); c[0] == '+' || c[0] == '(' || c[0] == '0' {
		return true
	}
	return phonenumbers.GetNddPrefixForRegion(region, true) != "0"
}
