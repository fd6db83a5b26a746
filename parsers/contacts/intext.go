package contacts

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"github.com/nyaruka/phonenumbers"
)

// A NumberInText is a phone or fax number in running text.
type NumberInText struct {
	Start, End int    // in bytes
	E164       string // "" if its country is not certain
}

// Forms of what is no phone number unless a label says so, or is one though it has the
// form of a date.
var (
	thousandsForm = text.MustCompile(`^\d{1,3}(?:[ .\x{a0}]\d{3})+$`)
	scoreForm     = text.MustCompile(`^\d{1,2}[-–]\d{1,2}(?:\s\d{1,2}[-–]\d{1,2})+$`)
	yearsForm     = text.MustCompile(`^(?:19|20)\d\d(?:\s?[-–/ ]\s?(?:19|20)\d\d)+$`)
	hostForm      = text.MustCompile(`^\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}$`)
	pairsForm     = text.MustCompile(`^0\d(?:(?:\.\d\d){4}|(?:-\d\d){4})$`)
)

// InText finds the phone and fax numbers of running text, in order. It is meant for
// removing them, and finds what Find, which looks for contacts, would not: also numbers
// of people in the story. regions are the ISO 3166 codes of the countries that a number
// without a code may be of, the likeliest first.
//
// A number counts if it has a country code, if it is valid in one of the regions and
// written as that country writes numbers, or if a label ("Tel.", "call us at") stands
// before it. Dates, scores, prices, spans of years, numbers of books, accounts and
// registers, addresses of hosts and what is within a URL do not. Digits are those of ASCII.
func (r *Numbers) InText(s string, regions ...string) (found []NumberInText) {
	if !mayPhone(s) {
		return nil
	}
	prev := -1 // where the number before ends, if it counts
	for i := 0; i < len(s); {
		c := s[i]
		if c != '+' && c != '(' && !text.IsDigit(c) {
			i++
			continue
		}
		// A bracket alone begins nothing; asking about each of a long run takes long.
		if c == '(' && (i+1 == len(s) || s[i+1] != '+' && !text.IsDigit(s[i+1])) {
			i++
			continue
		}
		at, next, ok := spotAt(s, i)
		if ok && !inURL(s, at[0]) {
			follows := prev >= 0 && len(strings.Trim(s[prev:at[0]], " ,;/|&")) <= 3
			for _, n := range r.numbersAt(s, at, follows, regions) {
				found = append(found, n)
				prev = n.End
			}
		}
		i = next
	}
	return found
}

// numbersAt are the numbers at a place: mostly one or none, several where only a space
// parts them.
func (r *Numbers) numbersAt(s string, at [2]int, follows bool, regions []string) []NumberInText {
	if e164, ok := r.isPhone(s, at, follows, regions); ok {
		return []NumberInText{{at[0], at[1], e164}}
	}
	starts, ends := groupsOf(s, at)
	if len(starts) < 2 {
		return nil
	}
	var all []NumberInText
	for i := 0; i < len(starts); i++ {
		c := s[starts[i]]
		if i == 0 && len(all) == 0 && !(c == '+' || c == '0' || c == '(') || i > 0 && c != '0' && c != '(' {
			continue
		}
		for _, j := range partEnds(s, starts[i:]) {
			part := [2]int{starts[i], ends[i+j]}
			if part == at || text.DigitsIn(s[part[0]:part[1]]) < 7 {
				continue
			}
			if e164, ok := r.isPhone(s, part, false, regions); ok {
				all = append(all, NumberInText{part[0], part[1], e164})
				i += j
				break
			}
		}
	}
	return all
}

// partEnds are the groups that a number of the first of these may end with, the likeliest
// first: those before a group that begins a number, then the longest.
func partEnds(s string, starts []int) (order []int) {
	for j := range starts {
		if j+1 < len(starts) && (s[starts[j+1]] == '0' || s[starts[j+1]] == '(') {
			order = append(order, j)
		}
	}
	for j := range slices.Backward(starts) {
		if !slices.Contains(order, j) {
			order = append(order, j)
		}
	}
	return order
}

// maxGroups bounds the groups of digits that are tried apart.
const maxGroups = 8

// groupsOf are where the groups of digits that spaces part begin and end.
func groupsOf(s string, at [2]int) (starts, ends []int) {
	for i := at[0]; i < at[1] && len(starts) < maxGroups; {
		for i < at[1] && s[i] == ' ' {
			i++
		}
		end := i
		for end < at[1] && s[end] != ' ' {
			end++
		}
		if text.DigitsIn(s[i:end]) > 0 {
			starts, ends = append(starts, i), append(ends, end)
		}
		i = end
	}
	return starts, ends
}

// How well what is before a number says that it is one.
const (
	unlabelled = iota
	weakLabel  // "t", "info", or the number before has a label
	plainLabel // "hotline", "call us at"
	sureLabel  // "tel.", "fax"
)

// surePhoneWords are parts of words that say nothing but phone or fax.
var surePhoneWords = []string{"tel", "tél", "phon", "fax", "faks", "fon", "тел", "факс", "τηλ", "电话", "電話", "전화", "هاتف", "تلفن", "טל", "फ़ोन", "फोन", "โทร"}

func hasSureWord(lower string) bool {
	return slices.ContainsFunc(surePhoneWords, func(w string) bool { return strings.Contains(lower, w) })
}

// gradeLabel grades the label before a number.
func gradeLabel(lead string, follows bool) int {
	label, _ := labelOf(lead)
	switch {
	case label == nil && follows:
		return weakLabel
	case label == nil:
		return unlabelled
	}
	words := strings.ToLower(lead[label[0]:label[1]])
	if hasSureWord(words) {
		return sureLabel
	}
	if letters := strings.Trim(words, " .:-–|/([,;\u00a0"); utf8.RuneCountInString(letters) < 2 || letters == "info" || letters == "hp" { // also a maker of computers
		return weakLabel
	}
	return plainLabel
}

// isPhone reports whether what is at a place is a phone number. The expressions for
// labels are slow, and are asked last.
func (r *Numbers) isPhone(s string, at [2]int, follows bool, regions []string) (e164 string, ok bool) {
	raw := s[at[0]:at[1]]
	digits := text.DigitsIn(raw)
	if digits > 16 || len(raw) > maxPhoneLength || afterMoney(s[:at[0]]) {
		return "", false
	}
	from := max(0, at[0]-200) // the line before may be long
	lead := ahead(s[from:], at[0]-from, "")
	if digits < 7 || !mayBeDialled(s, at) {
		if !hasSureWord(strings.ToLower(lead)) || gradeLabel(lead, follows) < sureLabel {
			return "", false
		}
		e164, _, valid := r.read(raw, regions)
		return e164, valid || !dateForm.MatchString(raw)
	}
	e164, _, valid := r.read(raw, regions)
	if r.isDialled(s, at, valid, regions) && !(mayEndInNumberNot(lead) && labelAhead(numberNot, lead) != nil) {
		return e164, true
	}
	label := gradeLabel(lead, follows)
	if label == unlabelled && phoneAfter.MatchString(s[at[1]:]) {
		label = plainLabel
	}
	return e164, label == sureLabel || label == plainLabel && (valid || !thousandsForm.MatchString(raw))
}

// isDialled reports whether a number without a label is written as one dials it.
func (r *Numbers) isDialled(s string, at [2]int, valid bool, regions []string) bool {
	raw := s[at[0]:at[1]]
	c := raw[0]
	switch {
	case c != '0' && thousandsForm.MatchString(raw) && beforeWord(s[at[1]:]):
		return false
	case valid:
		return c == '+' || c == '(' || c == '0' || digitGroups(raw) > 1 && r.asDialled(raw, regions)
	}
	return c == '+' && isPossible(raw)
}

// afterMoney reports whether a text ends with a sign of money.
func afterMoney(s string) bool {
	c, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " \u00a0"))
	return unicode.Is(unicode.Sc, c)
}

// mayBeDialled is the cheap question whether a number without a sure label can be one of
// a phone: it has not the form of something else.
func mayBeDialled(s string, at [2]int) bool {
	raw := strings.Trim(s[at[0]:at[1]], "()")
	if pairsForm.MatchString(raw) {
		return true
	}
	return !(dateForm.MatchString(raw) || scoreForm.MatchString(raw) || yearsForm.MatchString(raw) || hostForm.MatchString(raw) || beforeUnit(s[at[1]:]))
}

// beforeUnit reports whether a text begins with a sign of money or measure.
func beforeUnit(s string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0"))
	return unicode.Is(unicode.Sc, c) || c == '%' || c == '‰' || c == '°'
}

// beforeWord reports whether a text begins with a word.
func beforeWord(s string) bool {
	c, _ := utf8.DecodeRuneInString(strings.TrimLeft(s, " \u00a0"))
	return unicode.IsLetter(c)
}

// isPossible reports whether a number with a country code has a length that its country
// has: of a number with a code that is not valid, as in films and examples.
func isPossible(raw string) bool {
	n, err := phonenumbers.Parse(raw, "")
	return err == nil && text.DigitsIn(raw) >= 9 && !thousandsForm.MatchString(raw[1:]) && phonenumbers.IsPossibleNumberWithReason(n) == phonenumbers.IS_POSSIBLE
}

// inURL reports whether a place is within a URL.
func inURL(s string, at int) bool {
	before := s[max(0, at-300):at]
	token := before[strings.LastIndexAny(before, " \t\r\n\"<>")+1:]
	return strings.Contains(token, "://") || strings.HasPrefix(token, "www.")
}

// RegionsOf are the countries, as ISO 3166 codes, that a number without a code on a site
// may be of, the likeliest first: by the site's domain, by the country and by the
// language of a tag (BCP 47), and for English at last the United States.
func RegionsOf(host, language string) (known []string) {
	host, _, _ = strings.Cut(host, ":")
	tld := strings.ToUpper(host[strings.LastIndexByte(host, '.')+1:])
	switch tld {
	case "UK":
		tld = "GB"
	case "SU":
		tld = "RU"
	}
	parts := strings.FieldsFunc(language, func(r rune) bool { return r == '-' || r == '_' })
	var named []string
	if !generic[tld] {
		named = append(named, tld)
	}
	if len(parts) > 1 {
		named = append(named, strings.ToUpper(parts[len(parts)-1]))
	}
	lang := ""
	if len(parts) > 0 {
		lang = strings.ToLower(parts[0])
		named = append(named, languageRegion[lang])
	}
	if generic[tld] {
		named = append(named, tld)
	}
	if lang == "en" || lang == "" && !slices.ContainsFunc(named, isRegion) {
		named = append(named, "US")
	}
	for _, r := range named {
		if isRegion(r) && !slices.Contains(known, r) {
			known = append(known, r)
		}
	}
	return known
}

// isRegion reports whether a code is that of a country with a numbering plan.
func isRegion(code string) bool {
	return len(code) == 2 && phonenumbers.GetCountryCodeForRegion(code) != 0
}
