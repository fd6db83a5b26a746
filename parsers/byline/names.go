package byline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// An authorName is a name with what stood around it.
type authorName struct {
	article.Author
	form    nameForm
	shouted bool   // printed in capitals
	loose   bool   // no sign or word joins it to the name before
	key     string // folded; set in a claim
}

// blockSep and inlineSep are the borders within a byline's text: between blocks,
// and between elements of one line.
const (
	blockSep  = '\n'
	inlineSep = '\x1f'
	roleSign  = '\x1e' // before a line that markup calls a role
)

var (
	mailIn  = text.MustCompile(`\(?[A-Za-z0-9._%+-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}\)?`)
	mailGap = text.MustCompile(`\[email[  ]?protected\]`) // what a CDN's script replaces
	// conversations join the two names of an interview.
	conversations = strings.NewReplacer(" im Gespräch mit ", " ; ", " in conversation with ", " ; ", " en conversation avec ", " ; ")
)

// isMail reports whether a text is a mail address.
func isMail(s string) bool {
	return s != "" && len(s) < 100 && mailIn.FindString(s) == s
}

// bylineNames reads the names in a byline as printed, which may have dates, roles
// and other text around them.
func (x *reader) bylineNames(raw string) []authorName {
	names, known := x.namesIn[raw]
	if !known { // an element often stands in others that hold no more
		r := nameReader{reader: x}
		names = r.read(raw)
		x.namesIn[raw] = names
	}
	return slices.Clone(names)
}

// declaredNames reads the names that metadata declares: nothing but names is
// expected, but these may have any form.
func (x *reader) declaredNames(raw string) []authorName {
	r := nameReader{reader: x, declared: true}
	return r.read(raw)
}

// A nameReader reads the names of one byline.
type nameReader struct {
	*reader
	declared bool // by metadata
	names    []authorName
	inUnit   bool // parts of where somebody works follow a role
	afterBy  bool // a by-word was taken off the line
}

// read reads the names in a text, whose lines blockSep separates.
func (r *nameReader) read(raw string) []authorName {
	if len(raw) > 4000 || isAddress(raw) {
		return nil
	}
	raw, mail := r.cutMail(raw)
	raw = reportersOnly(raw)
	raw = conversations.Replace(raw)
	afterBy := false // the line above is a by-word
	for line := range strings.SplitSeq(raw, string(blockSep)) {
		line = strings.Trim(line, " \x1f")
		if line == "" {
			continue
		}
		if len(line) > 160 && !r.declared && len(r.names) > 0 {
			break // prose about the author
		}
		if role, is := strings.CutPrefix(line, string(roleSign)); is {
			if len(r.names) > 0 && len(role) < 90 {
				r.setRole(strings.ReplaceAll(role, string(inlineSep), " "))
			}
			continue
		}
		line, cut := cutNonAuthorCredits(line)
		plain := strings.TrimSpace(strings.ReplaceAll(line, string(inlineSep), " "))
		if len(r.names) == 0 || r.declared || afterBy || r.furtherLine(line, plain) {
			r.readLine(line)
			afterBy = byWordOnly(plain)
		}
		if cut {
			break
		}
	}
	names := r.prune()
	if len(names) == 1 && mail != "" && !strings.Contains(names[0].Name, "@") {
		names[0].Email = strings.ToLower(strings.Trim(mail, "()"))
	}
	return names
}

// koreanReporter matches a name before the Korean word for a reporter.
var koreanReporter = text.MustCompile(`(?:^|[\s=/,·(])([가-힣]{2,4}(?:·[가-힣]{2,4})*)\s*(?:선임|인턴|객원|수습|전문)?기자`)

// reportersOnly is what is left of a Korean byline without the places that stand before
// its names, as in "Suncheon, Gwangyang Gu Hyeonmo, reporter".
func reportersOnly(raw string) string {
	if len(raw) > 200 || !strings.Contains(raw, "기자") {
		return raw
	}
	plain := gaps.Replace(raw)
	var names []string
	for _, m := range koreanReporter.FindAllStringSubmatchIndex(plain, 8) {
		if next, _ := utf8.DecodeRuneInString(plain[m[1]:]); unicode.IsLetter(next) {
			return raw // a longer word: a sentence
		}
		for name := range strings.SplitSeq(plain[m[2]:m[3]], "·") {
			names = append(names, name+" 기자")
		}
	}
	if len(names) == 0 {
		return raw
	}
	return strings.Join(names, "; ")
}

// isAddress reports whether a text is a web address or the like.
func isAddress(s string) bool {
	return strings.HasPrefix(s, "http") || strings.HasPrefix(s, "//") || strings.HasPrefix(s, "#") || strings.HasPrefix(s, "urn:")
}

// cutMail takes mail addresses out of a byline and gives the first. An account
// that is declared as an address stays.
func (r *nameReader) cutMail(raw string) (rest, mail string) {
	if strings.Contains(raw, "@") {
		if mail = mailIn.FindString(raw); mail != "" && (!r.declared || len(mail)+2 < len(raw)) {
			raw = mailIn.ReplaceAllString(raw, " ")
		}
	}
	return mailGap.ReplaceAllString(raw, " "), mail
}

// furtherLine reports whether a line after the first has names too. Without a
// by-word or joint it is a role, which the name before gets, a date or the like.
func (r *nameReader) furtherLine(line, plain string) bool {
	if role := asRole(plain); role != "" {
		r.setRole(role)
	}
	if _, words, _ := cutByWord(plain); words > 0 {
		return true
	}
	return strings.HasPrefix(plain, ",") || strings.HasPrefix(plain, "&") || jointWords[strings.ToLower(firstWord(plain))] || nameLine(line)
}

// setRole gives the last name a role if it has none.
func (r *nameReader) setRole(role string) {
	role = block.Clean(strings.Trim(role, " ,;:|/·•–—-")) // markup may hold no more than the comma
	if last := &r.names[len(r.names)-1]; last.Role == "" && text.HasLetter(role) && !strings.Contains(strings.ToLower(role), "the author") {
		last.Role = role
	}
}

// readLine adds the names of one line to those before it.
func (r *nameReader) readLine(line string) {
	r.afterBy = false
	stripped := r.stripBy(line)
	r.afterBy = len(stripped) < len(line)
	line = stripped
	parts := splitJoints(line)
	if r.declared && isFamilyFirst(parts) {
		parts = []namePart{{text: parts[1].text + " " + parts[0].text}}
	}
	for _, p := range r.splitJointWords(parts) {
		s := r.stripBy(p.text)
		if s == "" && asRole(p.text) == "" {
			continue
		}
		if s == "" {
			s = p.text
		}
		switch r.kindOfPart(s, p.joint) {
		case partEndsNames:
			return
		case partIsNoName:
			continue
		}
		if !r.addName(s, p.joint) {
			return
		}
	}
}

// isFamilyFirst reports whether two parts are a family and a given name: "Doe, Jane".
func isFamilyFirst(parts []namePart) bool {
	if len(parts) != 2 || parts[1].joint != ',' {
		return false
	}
	family, given := parts[0].text, parts[1].text
	return len(strings.Fields(family)) == 1 && len(strings.Fields(given)) <= 2 && !degrees[strings.ToLower(given)] && !credit.IsAgency(given) && !credit.IsAgency(family) &&
		shape(given) >= formMono && given != strings.ToUpper(given) && asRole(given) == ""
}

// A partKind is what a part of a byline may be.
type partKind int

const (
	partIsName partKind = iota
	partIsNoName
	partEndsNames
)

// kindOfPart decides whether a part of a line is a name, or belongs to the name
// before it: a role, a degree, an employer.
func (r *nameReader) kindOfPart(s string, joint rune) partKind {
	if len(r.names) == 0 {
		return partIsName
	}
	if !r.declared && dateNear(s) {
		return partEndsNames // what follows a date are sections and tags
	}
	if strings.ContainsRune(",/|-&w\x1f", joint) {
		if isDegree(s) && !generations[strings.ToLower(strings.Trim(s, "."))] {
			return partIsNoName
		}
		if role := asRole(s); role != "" {
			r.setRole(role)
			return partIsNoName
		}
		if last := &r.names[len(r.names)-1]; joint == ',' && generations[strings.ToLower(strings.Trim(s, "."))] {
			last.Name += ", " + s
			return partIsNoName
		}
	}
	if r.declared {
		return partIsName
	}
	if r.inUnit && joint == 'w' && !givenName(s) {
		r.addUnit(" and " + s)
		return partIsNoName
	}
	r.inUnit = false
	if joint == inlineSep && cutWords[strings.ToLower(s)] {
		return partEndsNames // "Jane Doe in Foreign News"
	}
	if joint != ',' || signsBylines(s) {
		return partIsName
	}
	last := &r.names[len(r.names)-1]
	if last.Role != "" && !givenName(s) && !jointWords[strings.ToLower(firstWord(s))] {
		r.inUnit = true // where somebody works
		r.addUnit(", " + s)
		return partIsNoName
	}
	if text.StartsLower(s) && last.Role == "" && !nameParticles[firstWord(s)] {
		return partIsNoName
	}
	return partIsName
}

// addUnit adds a part of the name of where somebody works to the last name's role.
func (r *nameReader) addUnit(part string) {
	if last := &r.names[len(r.names)-1]; len(last.Role)+len(part) < 160 {
		last.Role += part
	}
}

// addName reads a part of a line as a name. It reports whether further parts can
// be names.
func (r *nameReader) addName(s string, joint rune) bool {
	a := r.oneName(s)
	n := len(r.names)
	if a.form == formNone {
		sentence := joint == 0 && !r.declared && n == 0 && len(strings.Fields(s)) > 6
		return !sentence
	}
	if n > 0 && !r.declared && (a.form == formMono || a.form == formHandle) && joint == ',' && a.Kind == "person" {
		return true // a place: "Jane Doe, Seoul"
	}
	a.loose = n > 0 && (joint == inlineSep || joint == 0 || joint == '|' || joint == '-')
	r.names = appendNew(r.names, []authorName{a})
	return true
}

// prune drops what is not an author where persons are named: single words, the
// publication, employers.
func (r *nameReader) prune() []authorName {
	persons, full := 0, 0
	for _, n := range r.names {
		if n.form >= formOrg {
			full++
		}
		if isPerson(n) {
			persons++
		}
	}
	if full == 0 || persons == len(r.names) {
		return r.names
	}
	var kept []authorName
	for _, n := range r.names {
		if persons == 0 && n.form >= formOrg || persons > 0 && r.besidePersons(n) {
			kept = append(kept, n)
		}
	}
	return kept
}

// besidePersons reports whether a name counts in a list that names a person.
func (r *nameReader) besidePersons(n authorName) bool {
	switch {
	case r.isOwn(n.Name) && n.Kind != "person":
		return false
	case signsBylines(n.Name):
		return !n.loose || r.declared
	}
	return isPerson(n) || r.declared && n.form != formHandle
}

func isPerson(n authorName) bool { return n.form == formPerson && n.Kind == "person" }

// isDegree reports whether a word is a degree or the like after a name: with more
// than one capital, or with full stops.
func isDegree(w string) bool {
	bare := strings.Trim(w, ",.®™")
	if !degrees[strings.ToLower(bare)] {
		return false
	}
	capitals := 0
	for i := range len(bare) {
		if bare[i] >= 'A' && bare[i] <= 'Z' {
			capitals++
		}
	}
	return capitals == len(bare) || capitals > 1 || strings.Contains(bare, ".") || bare == "Esq" // "MSc", but not the family name "Ma"
}

// nameLine reports whether a line may be one of several that have a name each.
func nameLine(line string) bool {
	return utf8.RuneCountInString(line) < 30 && shape(strings.Trim(line, " ,;")) == formPerson && asRole(line) == ""
}

func firstWord(s string) string {
	w, _, _ := strings.Cut(s, " ")
	return w
}

// cutNonAuthorCredits cuts a byline where credits for other work begin. It reports
// whether there are any.
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

func hasName(names []authorName, name string) bool {
	for _, n := range names {
		if text.EqualFold(n.Name, name) {
			return true
		}
	}
	return false
}

// stripBy removes by-words that are not part of a name.
func (r *nameReader) stripBy(s string) string {
	for n := range 3 {
		t := strings.Trim(s, " \x1f.:,;|·•–—-")
		rest, words, colon := cutByWord(t)
		if words == 0 || words == 1 && !colon && r.beginsName(t, n > 0 || r.afterBy) {
			return strings.TrimLeft(s, " \x1f:,;|·•–—-")
		}
		rest = strings.TrimLeft(rest, " \x1f")
		if rest == "" {
			if r.declared && words == 1 {
				return t
			}
			return ""
		}
		if !colon && !text.StartsUpper(rest) && !r.declared {
			return t
		}
		if r.declared && !colon && words == 1 && partOfName(t, rest) {
			return t
		}
		s = rest
	}
	return s
}

// particlesOf are by-words that begin family names as well, with the languages in
// which they are by-words.
var particlesOf = map[string]string{"da": "it pt", "de": "fr es pt gl ca ro", "di": "it", "na": "sw"}

// beginsName reports whether the by-word that a text begins with is the capitalised
// first word of a name: of "Da Ponte", where another by-word stood before it or the
// page is in a language that has no such by-word.
func (r *nameReader) beginsName(t string, afterBy bool) bool {
	langs, is := particlesOf[strings.ToLower(firstWord(t))]
	return is && text.StartsUpper(t) && strings.Contains(t, " ") && (afterBy || r.Lang != "" && !r.speaks(langs))
}

// partOfName reports whether the by-word that a declared name begins with is a
// part of the name: of "von Trapp", but not of "von Anna Muster".
func partOfName(name, rest string) bool {
	first := strings.ToLower(firstWord(name))
	if !ambiguousByWords[first] {
		return false
	}
	if len(strings.Fields(rest)) < 2 {
		return true
	}
	return !text.StartsLower(name) && !plainByWords[first]
}
