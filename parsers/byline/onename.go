package byline

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/dates"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// aroundNames are signs and spaces that stand around names.
const aroundNames = " .:,;–—-|·•\"“”„«»"

// oneName reads a single name, which may have a role, a place, a date or a
// bracket after it.
func (r *nameReader) oneName(s string) authorName {
	s = strings.Trim(strings.ReplaceAll(s, string(inlineSep), " "), aroundNames+"'*_~<>→›")
	if name, suffix := cutWideRole(s); suffix != "" {
		return authorName{Author: article.Author{Name: name, Kind: "person", Role: suffix}, form: formPerson}
	}
	words := strings.Fields(s)
	if len(words) > 1 && len(words) < 8 && noiseWithin(words) && r.isOwn(s) {
		return r.judge(nameText{name: s, declared: true}) // "Eat What Tonight"
	}
	if len(words) == 0 || len(words) > 16 || len(words) > 1 && strings.Contains(words[0], ".") && isDegree(words[0]) {
		return authorName{}
	}
	words = cutGluedWord(cutMore(words))
	org := hasOrg(words) && !surnamedOffice(words)
	words = cutHonorifics(words)
	role := ""
	if !org || !r.declared {
		var sentence bool
		if words, role, sentence = r.cutAfter(words, org); sentence {
			return authorName{}
		}
	}
	words = cutTrailing(words, org)
	if !r.declared && !org {
		if name, glued := cutGluedRole(words); glued != "" {
			words, role = name, glued
		}
	}
	a := r.judge(nameText{name: spellName(words, s), role: role, declared: r.declared})
	if (a.form == formMono || a.form == formHandle) && r.declared && len(strings.Fields(s)) > len(words)+1 && !strings.HasSuffix(s, ")") {
		return authorName{} // the first word of a sentence
	}
	return a
}

// noiseWithin reports whether words of the page stand within a text, at which its name
// would be cut.
func noiseWithin(words []string) bool {
	return slices.ContainsFunc(words[1:], func(w string) bool { return noiseWords[strings.ToLower(w)] || cutWords[strings.ToLower(w)] })
}

// moreBy are words that stand between "more" and a name.
var moreBy = text.Set("by from von par por de di")

// aboutWords are what boxes about somebody begin with: "About Jane Doe".
var aboutWords = text.Set("about über sobre")

// cutMore takes the words off that make a name a link to more of somebody: "More
// by Jane Doe".
func cutMore(words []string) []string {
	lower := strings.ToLower(words[0])
	if aboutWords[lower] && len(words) > 1 && len(words) < 5 && text.StartsUpper(words[1]) {
		return words[1:]
	}
	if !moreWords[lower] {
		return words
	}
	for i := 1; i < min(4, len(words)-1); i++ {
		if moreBy[strings.ToLower(words[i])] {
			return words[i+1:]
		}
	}
	return words
}

// cutGluedWord cuts a name before a word of the page that no space separates from it:
// "Jane DoePublished".
func cutGluedWord(words []string) []string {
	for i, w := range words {
		for k := 3; k < len(w)-3; k++ {
			if w[k] >= 'A' && w[k] <= 'Z' && w[k-1] >= 'a' && w[k-1] <= 'z' && noiseWords[strings.ToLower(w[k:])] {
				cut := append([]string(nil), words[:i]...)
				return append(cut, w[:k])
			}
		}
	}
	return words
}

func cutHonorifics(words []string) []string {
	for len(words) > 1 && honorifics[strings.ToLower(words[0])] {
		words = words[1:]
	}
	return words
}

// cutTrailing takes degrees and what introduces a place or date off a name's end.
func cutTrailing(words []string, org bool) []string {
	for len(words) > 2 && !org && isDegree(words[len(words)-1]) && !generations[strings.ToLower(strings.Trim(words[len(words)-1], ".,"))] {
		words = words[:len(words)-1]
	}
	for len(words) > 1 {
		last := words[len(words)-1]
		if !cutWords[strings.ToLower(last)] || !text.StartsLower(last) {
			break
		}
		words = words[:len(words)-1]
	}
	return words
}

// cutGluedRole takes a role off that no sign separates from its name: "Jane Doe
// Senior Reporter".
func cutGluedRole(words []string) (name []string, role string) {
	for i := 2; i < len(words); i++ {
		w := strings.ToLower(strings.Trim(words[i], ",.:;"))
		if roleNouns[w] && !(i == len(words)-1 && surnamedTrade(words)) || roleLeads[w] && i+1 < len(words) && asRole(strings.Join(words[i:], " ")) != "" {
			for i > 2 && deskWords[strings.ToLower(words[i-1])] {
				i--
			}
			return words[:i], strings.Join(words[i:], " ")
		}
	}
	return words, ""
}

// spellName is a name as printed, without what stands around it. s is the text
// that it was read from.
func spellName(words []string, s string) string {
	name := strings.Trim(strings.Join(words, " "), aroundNames)
	if strings.Count(name, ")") > strings.Count(name, "(") {
		name = strings.TrimRight(name, ")")
	}
	if strings.HasSuffix(s, ".") && name != "" && strings.HasPrefix(s, name) {
		if last := words[len(words)-1]; utf8.RuneCountInString(strings.Trim(last, ".")) <= 2 || generations[strings.ToLower(strings.Trim(last, "."))] || strings.EqualFold(last, "e.V.") {
			name += "." // "R. R."
		}
	}
	if last := strings.ToLower(words[len(words)-1]); len(words) > 2 && (last == "jr" || last == "sr") {
		name += "."
	}
	return name
}

// A wordAt is a word of a text that begins with a name.
type wordAt struct {
	words    []string
	i        int
	lower    string // without the signs around it
	org      bool   // the text names an organization
	declared bool
	eastern  bool // the page is in a language that has no "In" before a place
}

func (w wordAt) word() string { return w.words[w.i] }
func (w wordAt) last() bool   { return w.i == len(w.words)-1 }

// A nameEnd is a rule for words after a name. The first rule that matches a word
// decides.
type nameEnd struct {
	what    string
	matches func(w wordAt) bool
	ends    func(w wordAt) bool // the name; nil: always
}

var nameEnds = []nameEnd{
	{"bracket", func(w wordAt) bool { return !w.declared && strings.HasPrefix(w.word(), "(") },
		func(w wordAt) bool { return w.last() || strings.HasSuffix(w.words[len(w.words)-1], ")") }},
	{"number", func(w wordAt) bool { return text.HasDigit(w.word()) },
		func(w wordAt) bool { return !w.declared || len(w.words) > 2 }},
	{"account", func(w wordAt) bool { return strings.HasPrefix(w.word(), "@") }, nil},
	{"weekday", func(w wordAt) bool { return !w.last() && weekdays[w.lower] }, nil},
	{"no name", func(w wordAt) bool { return !w.declared && noiseWords[w.lower] }, nil},
	{"client", func(w wordAt) bool { return w.i > 1 && !w.org && w.lower == "for" }, nil},
	{"staff code", func(w wordAt) bool { return w.declared && w.last() && staffCode(w.word()) }, nil},
	{"place or date", func(w wordAt) bool {
		return !w.last() && (w.word() == "On" || w.word() == "At" || w.word() == "Am" || w.word() == "In" && !w.eastern)
	}, func(w wordAt) bool { return !w.org }},
	{sentenceRule, func(w wordAt) bool { return verbWords[w.lower] && text.StartsLower(w.word()) }, nil},
	{"preposition", func(w wordAt) bool {
		return cutWords[w.lower] && text.StartsLower(w.word()) && !nameParticles[w.lower]
	}, func(w wordAt) bool { return w.last() || !w.org }},
	{"sign", func(w wordAt) bool {
		return w.word() == "|" || w.word() == "·" || w.word() == "•" || w.word() == "-" || w.word() == "–"
	}, nil},
}

// sentenceRule is the rule for words that make the whole text a sentence.
const sentenceRule = "verb"

// cutAfter cuts a text where its name ends, and gives the role that follows it.
// sentence reports that the text is a sentence and has no name.
func (r *nameReader) cutAfter(words []string, org bool) (name []string, role string, sentence bool) {
	w := wordAt{words: words, org: org, declared: r.declared, eastern: r.eastern}
	for w.i = 1; w.i < len(words); w.i++ {
		w.lower = strings.ToLower(strings.Trim(words[w.i], ",.:;"))
		rule := endRule(w)
		switch {
		case rule == nil:
			continue
		case rule.what == sentenceRule:
			return nil, "", true
		case rule.ends != nil && !rule.ends(w):
			continue
		}
		end := w.i
		if end > 1 && text.HasDigit(w.word()) && dates.IsMonth(strings.Trim(words[end-1], ".,")) {
			end--
		}
		if cutWords[w.lower] {
			if w.i == 1 && !w.last() && text.StartsLower(words[2]) {
				return nil, "", true // "Human in the loop"
			}
			role = asRole(strings.Join(words[end:], " "))
		}
		return words[:end], role, false
	}
	return words, "", false
}

// endRule is the first rule that matches a word.
func endRule(w wordAt) *nameEnd {
	for k := range nameEnds {
		if nameEnds[k].matches(w) {
			return &nameEnds[k]
		}
	}
	return nil
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

// wideRoles stand at the end of Chinese, Japanese and Korean names, the longest first
// of those that end alike.
var wideRoles = strings.Fields(`선임기자 인턴기자 객원기자 수습기자 전문기자 기자 특파원 논설위원 기획위원 편집위원 칼럼니스트 앵커 아나운서
	編集委員 論説委員 客員論説委員 特派員 支局長 専門記者 記者 解説委員 編集長 監訳 翻訳 訳 編著 著 監修 撰文 特约记者 见习记者 实习记者 本报记者 记者 评论员 通讯员 實習記者 特約記者`)

// cutWideRole takes a role off the end of a Chinese, Japanese or Korean name.
func cutWideRole(s string) (name, role string) {
	if len(s) > 80 {
		return s, ""
	}
	for _, t := range wideRoles {
		rest, ok := strings.CutSuffix(s, t)
		if !ok {
			continue
		}
		bare := strings.TrimRight(rest, " 　=·＝")
		fields, length := strings.Fields(bare), utf8.RuneCountInString(bare)
		if len(fields) == 0 || len(fields) > 2 || length < 2 || length > 14 || utf8.RuneCountInString(t) == 1 && bare == rest {
			return s, ""
		}
		return bare, t
	}
	return s, ""
}
