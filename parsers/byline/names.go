package byline

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An authorName is a name with what stood around it.
type authorName struct {
	article.Author
	form  nameForm
	loose bool   // no sign or word joins it to the name before
	key   string // folded; set in a claim
}

// A nameForm is what a name looks like.
type nameForm int

// The forms of names, from none on.
const (
	formNone   nameForm = iota
	formHandle          // an account: one word in small letters, or with figures
	formMono            // one word
	formOrg
	formPerson
)

// blockSep and soft are the borders within a byline's text: between blocks, and
// between elements of one line.
const (
	blockSep  = '\n'
	inlineSep = '\x1f'
)

var (
	mailIn  = regexp.MustCompile(`\(?[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\)?`)
	mailGap = regexp.MustCompile(`\[email[  ]?protected\]`)
	// nameJoints separate names wherever they stand; words that do so see jointWords.
	nameJoints = regexp.MustCompile(`\s*[,;|&、，・•·؛،]\s*|\s*/\s*|\s+[–—-]\s+|\x1f`)
)

// jointWords stand between two names; those of the second table only where the
// page is in a language that has them.
var jointWords = text.Set(`and und et og och и та και ve và și dhe und/oder sowie та with`)

var jointWordsOf = map[string]string{"y": "es", "e": "pt it gl", "en": "nl af", "ja": "fi et", "i": "pl ca hr sr bs hbs sl", "a": "cs sk", "te": "", "dan": "id ms", "ir": "lt", "un": "lv", "és": "hu", "és a": "hu", "eta": "eu", "og": "da no nb nn is", "agus": "ga", "na": "sw zu"}

// names reads the names in a byline. exact says that nothing but names is to be
// expected, as in structured data; then a name may have any form.
func (x *bylines) names(raw string, exact bool) []authorName {
	if len(raw) > 4000 || strings.HasPrefix(raw, "http") || strings.HasPrefix(raw, "//") || strings.HasPrefix(raw, "#") || strings.HasPrefix(raw, "urn:") {
		return nil
	}
	mail := ""
	if strings.Contains(raw, "@") {
		if mail = mailIn.FindString(raw); mail != "" && (!exact || len(mail)+2 < len(raw)) {
			raw = mailIn.ReplaceAllString(raw, " ")
		}
	}
	if strings.Contains(raw, "[email") {
		raw = mailGap.ReplaceAllString(raw, " ")
	}
	for _, p := range []string{" im Gespräch mit ", " in conversation with ", " en conversation avec "} {
		raw = strings.Replace(raw, p, " ; ", 1)
	}
	var res []authorName
	signed := false // a by-word came first
	for line := range strings.SplitSeq(raw, string(blockSep)) {
		line = strings.Trim(line, " \x1f")
		if line == "" {
			continue
		}
		if len(line) > 160 && !exact && len(res) > 0 {
			break // prose about the author
		}
		line, other := cutNonAuthorCredits(line)
		plain := strings.TrimSpace(strings.ReplaceAll(line, string(inlineSep), " "))
		if n := len(res); n > 0 && !exact && !signed {
			// A further line without a by-word is a role, a date or another matter.
			if role := asRole(plain); role != "" && res[n-1].Role == "" && !strings.Contains(strings.ToLower(role), "the author") {
				res[n-1].Role = role
			}
			if _, words, _ := cutByWord(plain); words == 0 && !strings.HasPrefix(plain, ",") && !strings.HasPrefix(plain, "&") && !jointWords[strings.ToLower(firstWord(plain))] && !nameLine(line) {
				if other {
					break
				}
				continue
			}
		}
		res = x.namesOfLine(res, line, exact)
		if other {
			break
		}
		signed = byWordOnly(plain)
	}
	res = x.prune(res, exact)
	if len(res) == 1 && mail != "" && !strings.Contains(res[0].Name, "@") {
		res[0].Email = strings.ToLower(strings.Trim(mail, "()"))
	}
	return res
}

// prune leaves out what stands beside persons and is not who wrote: single words,
// the publication, where somebody works.
func (x *bylines) prune(names []authorName, exact bool) []authorName {
	persons, full := 0, 0
	for _, n := range names {
		if n.form >= formOrg {
			full++
		}
		if n.form == formPerson && n.Kind == "person" {
			persons++
		}
	}
	if full == 0 || persons == len(names) {
		return names
	}
	var res []authorName
	if persons == 0 {
		for _, n := range names {
			if n.form >= formOrg {
				res = append(res, n)
			}
		}
		return res
	}
	for _, n := range names {
		agency := signsBylines(n.Name)
		switch {
		case x.isOwn(n.Name) && n.Kind != "person":
			continue
		case agency && n.loose && !exact:
			continue
		case agency:
		case n.form == formPerson && n.Kind == "person":
		case exact && n.form != formHandle:
		default:
			continue
		}
		res = append(res, n)
	}
	return res
}

// isDegree reports whether a word is a degree or the like after a name: in
// capitals, or with full stops.
func isDegree(w string) bool {
	bare := strings.Trim(w, ",.")
	return degrees[strings.ToLower(bare)] && (bare == strings.ToUpper(bare) || strings.Contains(bare, ".") || len(bare) == 3 && bare[0] == 'P')
}

// nameLine reports whether a line may be one of several that have a name each.
func nameLine(line string) bool {
	return utf8.RuneCountInString(line) < 30 && shape(strings.Trim(line, " ,;")) == formPerson && asRole(line) == ""
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// cutNonAuthorCredits cuts a byline where those begin who did something else.
func cutNonAuthorCredits(line string) (string, bool) {
	line = strings.ReplaceAll(line, " :", ":")
	lower := strings.ToLower(line)
	if len(lower) != len(line) {
		return line, false
	}
	at := -1
	for _, p := range nonAuthorCredits {
		if i := strings.Index(lower, p); i >= 0 && (at < 0 || i < at) && (i == 0 || !isLetterBefore(lower, i)) {
			at = i
		}
	}
	if at < 0 {
		return line, false
	}
	return strings.TrimRight(line[:at], " \x1f|·•,;–—-("), true
}

func isLetterBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return unicode.IsLetter(r)
}

// namesOfLine adds the names of one line to those before it.
func (x *bylines) namesOfLine(res []authorName, line string, exact bool) []authorName {
	line = stripBy(line, exact)
	parts := splitJoints(line)
	if exact && len(parts) == 2 && parts[1].joint == ',' && len(strings.Fields(parts[0].text)) == 1 && len(strings.Fields(parts[1].text)) <= 2 && !degrees[strings.ToLower(parts[1].text)] && !credit.IsAgency(parts[1].text) && !credit.IsAgency(parts[0].text) && shape(parts[1].text) >= formMono && parts[1].text != strings.ToUpper(parts[1].text) && asRole(parts[1].text) == "" {
		parts = []namePart{{text: parts[1].text + " " + parts[0].text}} // "Doe, Jane"
	}
	for _, p := range x.splitJointWords(parts) {
		s := stripBy(p.text, exact)
		if s == "" && asRole(p.text) == "" {
			continue
		}
		if s == "" {
			s = p.text
		}
		if p.joint == ',' || p.joint == inlineSep || p.joint == '/' || p.joint == '|' || p.joint == '-' || p.joint == '&' || p.joint == 'w' {
			if n := len(res); n > 0 {
				if isDegree(s) {
					continue
				}
				if role := asRole(s); role != "" {
					if res[n-1].Role == "" && !strings.Contains(strings.ToLower(role), "the author") {
						res[n-1].Role = role
					}
					continue
				}
			}
		}
		if p.joint == inlineSep && len(res) > 0 && cutWords[strings.ToLower(s)] && !exact {
			return res // "Jane Doe in Foreign News"
		}
		if p.joint == ',' && len(res) > 0 && !exact && !signsBylines(s) {
			if last := &res[len(res)-1]; last.Role != "" && !givenName(s) && !jointWords[strings.ToLower(firstWord(s))] {
				continue // where somebody works
			} else if text.StartsLower(s) && last.Role == "" && len(s) < 60 && !nameParticles[firstWord(s)] {
				last.Role = s
				continue
			}
		}
		a := x.oneName(s, exact)
		if a.form == formNone {
			if p.joint == 0 && !exact && len(res) == 0 && len(strings.Fields(s)) > 6 {
				return res // a sentence
			}
			continue
		}
		if n := len(res); n > 0 && !exact && (a.form == formMono || a.form == formHandle) && p.joint == ',' && a.Kind == "person" {
			continue // a place: "Jane Doe, Seoul"
		}
		a.loose = len(res) > 0 && (p.joint == inlineSep || p.joint == 0 || p.joint == '|' || p.joint == '-')
		if len(res) < 30 && !hasName(res, a.Name) {
			res = append(res, a)
		}
	}
	return res
}

func hasName(names []authorName, name string) bool {
	for _, n := range names {
		if text.EqualFold(n.Name, name) {
			return true
		}
	}
	return false
}

// stripBy takes by-words off, as far as they are no part of a name.
func stripBy(s string, exact bool) string {
	for range 3 {
		t := strings.Trim(s, " \x1f.:,;|·•–—-")
		rest, words, colon := cutByWord(t)
		if words == 0 {
			return strings.TrimLeft(s, " \x1f:,;|·•–—-")
		}
		rest = strings.TrimLeft(rest, " \x1f")
		if rest == "" {
			if exact && words == 1 {
				return t
			}
			return ""
		}
		if !colon && !text.StartsUpper(rest) && !exact {
			return t
		}
		if !colon && words == 1 && smallBy[strings.ToLower(firstWord(t))] && exact {
			if w := len(strings.Fields(rest)); w < 2 || !text.StartsLower(t) {
				if lower := strings.ToLower(firstWord(t)); lower != "von" && lower != "par" && lower != "por" && lower != "door" || w < 2 {
					return t
				}
			}
		}
		s = rest
	}
	return s
}

// A namePart is what stands between two joints, with the joint before it: a sign,
// 'w' for a word, 0 for none.
type namePart struct {
	text  string
	joint rune
}

// mayJoin reports whether a line may have a sign of nameJoints, by its first byte.
func mayJoin(line string) bool {
	for i := range len(line) {
		switch line[i] {
		case ',', ';', '|', '&', '/', inlineSep, 0xc2, 0xd8, 0xe2, 0xe3, 0xef:
			return true
		case '-':
			if i > 0 && (line[i-1] == ' ' || line[i-1] < ' ') {
				return true
			}
		}
	}
	return false
}

// splitJoints splits a line at signs, but not within brackets.
func splitJoints(line string) []namePart {
	var parts []namePart
	var spots [][]int
	if mayJoin(line) {
		spots = nameJoints.FindAllStringIndex(line, 60)
	}
	start, joint := 0, rune(0)
	depth := 0
	seen := 0
	for _, s := range spots {
		depth += strings.Count(line[seen:s[0]], "(") - strings.Count(line[seen:s[0]], ")")
		seen = s[0]
		if depth > 0 {
			continue
		}
		parts = append(parts, namePart{strings.TrimSpace(line[start:s[0]]), joint})
		start = s[1]
		sign := strings.TrimSpace(line[s[0]:s[1]])
		joint, _ = utf8.DecodeRuneInString(sign)
		switch {
		case strings.Contains(line[s[0]:s[1]], string(inlineSep)):
			joint = inlineSep
		case joint == '–' || joint == '—' || joint == utf8.RuneError:
			joint = '-'
		case joint == '，' || joint == '、':
			joint = ';'
		}
	}
	parts = append(parts, namePart{strings.TrimSpace(line[start:]), joint})
	// A given and a family name in elements of their own.
	var res []namePart
	for _, p := range parts {
		if n := len(res); n > 0 && p.joint == inlineSep && p.text != "" && res[n-1].text != "" {
			prev := res[n-1].text
			if b, words, _ := cutByWord(prev); words > 0 && b == "" {
				res[n-1].text = p.text
				continue
			}
			if oneCapital(prev) && oneCapital(p.text) || text.StartsLower(p.text) && nameParticles[strings.ToLower(firstWord(p.text))] {
				res[n-1].text = prev + " " + p.text
				continue
			}
		}
		res = append(res, p)
	}
	return res
}

// oneCapital reports whether a text is one capitalised word.
func oneCapital(s string) bool {
	return !strings.Contains(s, " ") && text.StartsUpper(s) && shape(s) == formMono && asRole(s) == "" && !credit.IsAgency(s)
}

// splitJointWords splits parts at words such as "and".
func (x *bylines) splitJointWords(parts []namePart) []namePart {
	var res []namePart
	for _, p := range parts {
		words := strings.Fields(p.text)
		start, joint := 0, p.joint
		for i := 0; i < len(words); i++ {
			lower := strings.ToLower(words[i])
			langs, sometimes := jointWordsOf[lower]
			if !jointWords[lower] && !sometimes {
				continue
			}
			if sometimes && !jointWords[lower] {
				if i > start && i+1 == len(words) && len(lower) == 1 { // what it joins is in an element of its own
					words = words[:i]
					break
				}
				if !x.speaks(langs) || i == start || i+1 == len(words) || !text.StartsUpper(words[i-1]) || !text.StartsUpper(words[i+1]) {
					continue
				}
				if len(lower) == 1 && (i-start < 2 || len(words)-i-1 < 2) { // "Ortega y Gasset"
					continue
				}
			}
			if hasOrg(words[start:i]) || i > start && hasOrg(words[i+1:]) && i-start < 2 { // "Department of Food and Drugs"
				continue
			}
			if lower == "with" && i == start {
				continue
			}
			if i > start {
				res = append(res, namePart{strings.Join(words[start:i], " "), joint})
			}
			start, joint = i+1, 'w'
		}
		if start < len(words) {
			res = append(res, namePart{strings.Join(words[start:], " "), joint})
		}
	}
	return res
}

// speaks reports whether the page declares one of these languages.
func (x *bylines) speaks(langs string) bool {
	lang := strings.ToLower(x.Lang)
	if i := strings.IndexAny(lang, "-_"); i > 0 {
		lang = lang[:i]
	}
	if lang == "" {
		return false
	}
	for l := range strings.FieldsSeq(langs) {
		if l == lang {
			return true
		}
	}
	return false
}

func hasOrg(words []string) bool {
	for _, w := range words {
		if isOrgWord(w) {
			return true
		}
	}
	return false
}

func isOrgWord(w string) bool {
	w = strings.ToLower(strings.Trim(w, ".,:()"))
	if orgWords[w] {
		return true
	}
	for _, s := range orgStems {
		if len(w) > len(s) && strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}

// asRole is a text that says what somebody is; "" if it does not.
func asRole(s string) string {
	s = strings.Trim(s, " .,:;()|\x1f")
	if s == "" || len(s) > 90 {
		return ""
	}
	words := strings.Fields(s)
	if len(words) > 12 || len(words) == 1 && byPhrases[strings.ToLower(s)] && !strings.HasPrefix(strings.ToLower(s), "red") && !strings.HasPrefix(strings.ToLower(s), "report") {
		return "" // "Author"
	}
	for i, w := range words {
		w = strings.ToLower(strings.Trim(w, ".,:;()"))
		if roleNouns[w] || strings.HasSuffix(w, "ologist") || strings.HasSuffix(w, "ician") || strings.HasSuffix(w, "alist") && len(w) > 7 || i == 0 && len(words) > 1 && roleLeads[w] {
			return s
		}
	}
	return ""
}

// oneName reads a single name, which may have a role, a place, a date or a
// bracket after it.
func (x *bylines) oneName(s string, exact bool) authorName {
	s = strings.Trim(strings.ReplaceAll(s, string(inlineSep), " "), " .:,;–—-|·•\"'“”„«»*_~<>→›")
	if name, suffix := cutHangul(s); suffix != "" {
		return authorName{Author: article.Author{Name: name, Kind: "person", Role: suffix}, form: formPerson}
	}
	role := ""
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 16 || len(words) > 1 && strings.Contains(words[0], ".") && isDegree(words[0]) {
		return authorName{}
	}
	if moreWords[strings.ToLower(words[0])] { // "More by Jane Doe"
		for i := 1; i < min(4, len(words)-1); i++ {
			if w := strings.ToLower(words[i]); w == "by" || w == "from" || w == "von" || w == "par" || w == "por" || w == "de" || w == "di" {
				words = words[i+1:]
				break
			}
		}
	}
	org := hasOrg(words)
	for len(words) > 1 && honorifics[strings.ToLower(words[0])] {
		words = words[1:]
	}
	if !org || !exact {
		for i := 1; i < len(words); i++ {
			w := strings.ToLower(strings.Trim(words[i], ",.:;"))
			stop := false
			switch {
			case strings.HasPrefix(words[i], "(") && !exact:
				stop = i == len(words)-1 || strings.HasSuffix(words[len(words)-1], ")")
			case text.HasDigit(words[i]):
				stop = !exact || len(words) > 2
				if i > 1 && monthWords[strings.ToLower(strings.Trim(words[i-1], ".,"))] {
					i--
				}
			case strings.HasPrefix(words[i], "@"), weekdays[w] && len(words) > i+1, noiseWords[w] && !exact:
				stop = true
			case i > 1 && w == "for" && !org:
				stop = true
			case exact && i == len(words)-1 && staffCode(words[i]):
				stop = true
			case i+1 < len(words) && (words[i] == "On" || words[i] == "At" || words[i] == "Am" || words[i] == "In" && !x.speaks("ko zh ja")):
				stop = !org
			case verbWords[w] && text.StartsLower(words[i]):
				return authorName{} // a sentence
			case cutWords[w] && text.StartsLower(words[i]) && !nameParticles[w]:
				stop = i+1 < len(words) && !org || i+1 == len(words)
			case words[i] == "|" || words[i] == "·" || words[i] == "•" || words[i] == "-" || words[i] == "–":
				stop = true
			}
			if stop {
				if i == 1 && cutWords[w] && i+1 < len(words) && text.StartsLower(words[i+1]) {
					return authorName{} // "Human in the loop"
				}
				if r := asRole(strings.Join(words[i:], " ")); r != "" && cutWords[w] {
					role = r
				}
				words = words[:i]
				break
			}
		}
	}
	for len(words) > 2 && !org && isDegree(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	for len(words) > 1 && cutWords[strings.ToLower(words[len(words)-1])] && text.StartsLower(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	// A role glued to its name: "Jane Doe Senior Reporter".
	if !exact && len(words) > 2 && !org {
		for i := 2; i < len(words); i++ {
			w := strings.ToLower(strings.Trim(words[i], ",.:;"))
			if roleNouns[w] || roleLeads[w] && i+1 < len(words) && asRole(strings.Join(words[i:], " ")) != "" {
				role = strings.Join(words[i:], " ")
				words = words[:i]
				break
			}
		}
	}
	name := strings.Trim(strings.Join(words, " "), " .:,;–—-|·•\"“”„«»")
	if strings.Count(name, ")") > strings.Count(name, "(") {
		name = strings.TrimRight(name, ")")
	}
	if strings.HasSuffix(s, ".") && len(name) > 0 && strings.HasPrefix(s, name) {
		if last := words[len(words)-1]; utf8.RuneCountInString(strings.Trim(last, ".")) <= 2 || strings.EqualFold(last, "Jr.") || strings.EqualFold(last, "e.V.") {
			name += "." // "R. R."
		}
	}
	a := x.judge(name, role, exact)
	if (a.form == formMono || a.form == formHandle) && exact && len(strings.Fields(s)) > len(words)+1 && !strings.HasSuffix(s, ")") {
		return authorName{} // the first word of a sentence
	}
	return a
}

// judge says what a name is.
func (x *bylines) judge(name, role string, exact bool) authorName {
	n := utf8.RuneCountInString(name)
	lower := strings.ToLower(name)
	if n < 2 || n > 80 || strings.Contains(name, "://") || strings.ContainsAny(name, "{}<>=[]©®") || systemAccounts[lower] && !exact || placeholder(lower) {
		return authorName{}
	}
	if signsBylines(name) {
		return authorName{Author: article.Author{Name: name, Kind: "organization", Role: role}, form: formOrg}
	}
	form := shape(name)
	if form == formNone && officeShape(name) {
		form = formOrg
	}
	if form == formNone && (!exact || strings.Count(name, " ") > 3 && !hasOrg(strings.Fields(name))) || strings.HasPrefix(lower, "www.") {
		return authorName{}
	}
	if !exact && form < formOrg && (monthWords[lower] || weekdays[lower] || cutWords[lower] || nameParticles[lower] || jointWords[lower]) {
		return authorName{}
	}
	if first := strings.ToLower(firstWord(name)); !exact && articles[first] && !hasOrg(strings.Fields(name)) && !x.isOwn(name) {
		return authorName{}
	}
	if !exact && asRole(name) != "" && !hasOrg(strings.Fields(name)) {
		return authorName{}
	}
	kind := "person"
	if hasOrg(strings.Fields(name)) {
		kind, form = "organization", formOrg
	}
	if x.isOwn(name) {
		kind = "organization"
		if form != formPerson {
			form = formOrg
		}
	}
	if form == formNone {
		form = formHandle
	}
	return authorName{Author: article.Author{Name: titleCaseIfUpper(name), Kind: kind, Role: role}, form: form}
}

// staffCode reports whether a bracket after a name holds the letters by which a
// newsroom knows somebody: "(oma)".
func staffCode(w string) bool {
	if len(w) < 4 || len(w) > 7 || w[0] != '(' || w[len(w)-1] != ')' {
		return false
	}
	w = strings.TrimSuffix(w[1:len(w)-1], ".")
	return len(w) >= 2 && w == strings.ToLower(w)
}

// officeShape reports whether a text is the name of a newsroom or the like, whose
// last words are often in small letters: "Harbour Ledger staff".
func officeShape(name string) bool {
	words := strings.Fields(name)
	if len(words) < 2 || len(words) > 6 || !text.StartsUpper(name) || !hasOrg(words) {
		return false
	}
	for _, w := range words {
		if lower := strings.ToLower(w); noiseWords[lower] || text.StartsLower(w) && !isOrgWord(w) && !nameParticles[lower] && lower != "of" && lower != "for" && lower != "and" {
			return false
		}
	}
	return true
}

// placeholder reports whether a template was not filled in.
func placeholder(lower string) bool {
	switch lower {
	case "null", "none", "undefined", "n/a", "unknown author", "false", "true", "nan", "author name", "your name", "name", "author", "by", "admin", "administrator", "root", "webmaster":
		return true
	}
	return len(lower) < 12 && strings.Contains(lower, "admin") && !strings.Contains(lower, " ") || strings.HasPrefix(lower, "[") || strings.HasPrefix(lower, "%") || strings.HasPrefix(lower, "$")
}

// shape is the form of a name by its letters alone.
func shape(name string) nameForm {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > 7 {
		return formNone
	}
	big, small, wide := 0, 0, false
	for i, w := range words {
		bare := strings.Trim(w, ".,()\"'“”„’:;!?-")
		lower := strings.ToLower(bare)
		if bare == "" {
			if w == "&" {
				continue
			}
			return formNone
		}
		if noiseWords[lower] {
			return formNone
		}
		r, _ := utf8.DecodeRuneInString(bare)
		switch {
		case text.HasDigit(w):
			if len(words) > 1 || !unicode.IsLetter(r) {
				return formNone
			}
			return formHandle
		case !unicode.IsLetter(r):
			return formNone
		case r >= 0x2e80:
			wide = true
			big++
		case unicode.IsUpper(r) || !unicode.IsLower(r):
			big++
		case nameParticles[lower] && (i > 0 || len(words) > 1):
		default:
			small++
		}
	}
	switch {
	case wide:
		if n := utf8.RuneCountInString(name); n > 12 || n < 2 {
			return formNone
		}
		return formPerson
	case small > 0 && len(words) > 1:
		return formNone
	case small > 0:
		return formHandle
	case strings.ContainsAny(name, "?!:;"):
		return formNone
	case len(words) == 1:
		if strings.ContainsAny(name, "_@/") || strings.Contains(name, ".") && !strings.HasSuffix(name, ".") && strings.Count(name, ".") == 1 && len(name) > 5 {
			return formHandle
		}
		return formMono
	case len(words) > 6 || big < 2:
		if big == 1 && len(words) == 2 { // "da Silva"
			return formPerson
		}
		return formNone
	}
	return formPerson
}

// cutHangul takes a reporter's title off a Korean name.
func cutHangul(s string) (name, role string) {
	if len(s) > 60 {
		return s, ""
	}
	for _, t := range []string{"선임기자", "인턴기자", "객원기자", "수습기자", "기자", "특파원", "논설위원", "기획위원", "앵커"} {
		if rest, ok := strings.CutSuffix(s, t); ok {
			rest = strings.TrimRight(rest, " =·")
			if fields := strings.Fields(rest); len(fields) > 0 && len(fields) <= 2 && utf8.RuneCountInString(fields[0]) >= 2 && utf8.RuneCountInString(rest) <= 12 {
				return rest, t
			}
		}
	}
	return s, ""
}

// titleCaseIfUpper gives names in capitals the usual case.
func titleCaseIfUpper(name string) string {
	if name != strings.ToUpper(name) || utf8.RuneCountInString(name) < 5 || name == strings.ToLower(name) {
		return name
	}
	words := strings.Fields(name)
	if len(words) < 2 {
		return name
	}
	for i, w := range words {
		if credit.IsAgency(w) && len(w) <= 4 {
			continue
		}
		r := []rune(strings.ToLower(w))
		up := true
		for k := range r {
			if up {
				r[k] = unicode.ToUpper(r[k])
			}
			up = r[k] == '-' || r[k] == '\'' || r[k] == '’' || r[k] == '.'
		}
		words[i] = string(r)
	}
	return strings.Join(words, " ")
}
