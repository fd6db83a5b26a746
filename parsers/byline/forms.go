package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A nameForm is what a name looks like.
type nameForm int

// The forms of names, the least certain first.
const (
	formNone   nameForm = iota
	formHandle          // an account: one word in lower case, or with digits
	formMono            // one word
	formOrg
	formPerson
)

// A nameText is a text that may be a name, without what stood around it.
type nameText struct {
	name, role string
	declared   bool // by metadata
}

func declaredName(name string) nameText { return nameText{name: name, declared: true} }

// judge decides what a name is: a person's, an organization's or none.
func (x *reader) judge(n nameText) authorName {
	length := utf8.RuneCountInString(n.name)
	if length < 2 || length > 80 || strings.Contains(n.name, "://") || strings.ContainsAny(n.name, "{}<>=[]©®。！？") || IsPlaceholder(n.name) || !text.HasLetter(n.name) || isLabelOnly(n.name) {
		return authorName{}
	}
	if signsBylines(n.name) {
		return authorName{Author: article.Author{Name: n.name, Kind: "organization", Role: n.role}, form: formOrg}
	}
	org := isOrgName(n.name)
	form := shape(n.name)
	if form == formNone && officeShape(n.name) {
		form = formOrg
	}
	if n.name[0] == '(' || !n.declared && (placeNames[strings.ToLower(n.name)] || form == formMono && moreWords[strings.ToLower(n.name)]) || x.isOther(n, form, org) {
		return authorName{}
	}
	kind := "person"
	switch {
	case org:
		kind, form = "organization", formOrg
	case x.isOwn(n.name):
		kind = "organization"
		if form != formPerson {
			form = formOrg
		}
	}
	if form == formNone {
		form = formHandle
	}
	if form == formHandle && isGenerated(n.name) {
		return authorName{}
	}
	return authorName{Author: article.Author{Name: titleCaseIfUpper(n.name), Kind: kind, Role: n.role}, form: form, shouted: n.name == strings.ToUpper(n.name)}
}

// isGenerated reports whether an account's name was made by a program: letters and
// digits take turns in it.
func isGenerated(name string) bool {
	turns := 0
	for i := 1; i < len(name); i++ {
		if name[i] >= utf8.RuneSelf || name[i] == '-' || name[i] == '_' || name[i] == '.' {
			return false
		}
		if text.IsDigit(name[i]) != text.IsDigit(name[i-1]) {
			turns++
		}
	}
	return turns >= 5
}

// isLabelOnly reports whether a text is a label that announces a name: "作者：".
func isLabelOnly(s string) bool {
	bare := strings.TrimRight(s, " :：")
	return byWordOnly(s) && (bare != s || !text.StartsUpper(s))
}

// isOther reports whether a text is something else than a name. Metadata may
// declare more.
func (x *reader) isOther(n nameText, form nameForm, org bool) bool {
	lower := strings.ToLower(n.name)
	switch {
	case strings.HasPrefix(lower, "www."):
		return true
	case n.declared:
		return form == formNone && !org && len(strings.Fields(n.name)) > 4
	case form == formNone, form < formOrg && isBylineWord(lower):
		return true
	case org:
		return false
	}
	return articles[firstWord(lower)] && !x.isOwn(n.name) || asRole(n.name) != ""
}

// isBylineWord reports whether a word of a byline, in lower case, is never a name
// of one word.
func isBylineWord(lower string) bool {
	return weekdays[lower] || cutWords[lower] || nameParticles[lower] || jointWords[lower] || dates.IsMonth(lower)
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

// IsPlaceholder reports whether an author's name is the account of a system
// ("admin") or of a template that was not filled in ("[author]", "null"): it
// names nobody.
func IsPlaceholder(name string) bool {
	if name == "" || strings.ContainsRune("[{%$", rune(name[0])) {
		return true
	}
	lower := strings.ToLower(name)
	return placeholders[lower] || len(lower) < 12 && strings.Contains(lower, "admin") && !strings.Contains(lower, " ")
}

// shape is the form of a name by its letters alone.
func shape(name string) nameForm {
	words := strings.Fields(name)
	if len(words) == 0 || len(words) > 7 {
		return formNone
	}
	var count [noWord]int
	for i, w := range words {
		kind := shapeOfWord(w, i > 0 || len(words) > 1)
		switch {
		case kind == noWord, kind == wordWithDigit && len(words) > 1:
			return formNone
		case kind == wordWithDigit:
			return formHandle
		}
		count[kind]++
	}
	capitals, small := count[capitalWord]+count[wideWord], count[lowerWord]
	switch {
	case count[wideWord] > 0:
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
		return shapeOfSingle(name)
	case capitals == 1 && len(words) == 2: // "da Silva"
		return formPerson
	case len(words) > 6 || capitals < 2:
		return formNone
	}
	return formPerson
}

// A wordShape is what a word of a name looks like.
type wordShape int

const (
	capitalWord wordShape = iota // or of a script without capitals
	wideWord                     // Chinese, Japanese, Korean
	lowerWord                    // in lower case
	particle                     // in lower case, as names have: "von"
	wordWithDigit
	noWord // not a word of a name
)

// shapeOfWord is the shape of a word; among says that the name has others.
func shapeOfWord(w string, among bool) wordShape {
	bare := strings.Trim(w, ".,()\"'“”„’:;!?-")
	lower := strings.ToLower(bare)
	if bare == "" || noiseWords[lower] {
		return noWord
	}
	r, _ := utf8.DecodeRuneInString(bare)
	switch {
	case !unicode.IsLetter(r):
		return noWord
	case text.HasDigit(w):
		return wordWithDigit
	case r >= 0x2e80:
		return wideWord
	case unicode.IsUpper(r) || !unicode.IsLower(r):
		return capitalWord
	case among && nameParticles[lower]:
		return particle
	}
	return lowerWord
}

// shapeOfSingle is the form of a capitalised word alone: an account if it has the
// signs of one.
func shapeOfSingle(name string) nameForm {
	if strings.ContainsAny(name, "_@/") || strings.Count(name, ".") == 1 && !strings.HasSuffix(name, ".") && len(name) > 5 {
		return formHandle
	}
	return formMono
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
