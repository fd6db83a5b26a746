package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/credit"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// nameJoints separate names wherever they stand; words that do so see jointWords.
var nameJoints = text.MustCompile(`\s*[,;|&、，・•·؛،]\s*|\s*/\s*|\s+[–—-]\s+|\x1f`)

// jointWords stand between two names; those of the second table only where the
// page is in a language that has them.
var jointWords = text.Set(`and und et og och и та και ve và și dhe und/oder sowie та with`)

var jointWordsOf = map[string]string{"y": "es", "e": "pt it gl", "en": "nl af", "ja": "fi et", "i": "pl ca hr sr bs hbs sl", "a": "cs sk", "te": "", "dan": "id ms", "ir": "lt", "un": "lv", "és": "hu", "és a": "hu", "eta": "eu", "og": "da no nb nn is", "agus": "ga", "na": "sw zu"}

// A namePart is the text between two joints. joint is the one before it: a sign,
// 'w' for a word, 0 at the start of the line.
type namePart struct {
	text  string
	joint rune
}

// splitJoints splits a line at signs, but not within brackets.
func splitJoints(line string) []namePart {
	var parts []namePart
	start, joint, depth, seen := 0, rune(0), 0, 0
	for _, s := range nameJoints.FindAllStringIndex(line, 60) {
		depth += strings.Count(line[seen:s[0]], "(") - strings.Count(line[seen:s[0]], ")")
		seen = s[0]
		if depth > 0 || inForeignName(line, s) {
			continue
		}
		parts = append(parts, namePart{strings.TrimSpace(line[start:s[0]]), joint})
		start, joint = s[1], jointOf(line[s[0]:s[1]])
	}
	return joinElements(append(parts, namePart{strings.TrimSpace(line[start:]), joint}))
}

// inForeignName reports whether a joint is the dot between the parts of a foreign name,
// which Japanese writes in Katakana, Chinese in Han: "エリック・フリー".
func inForeignName(line string, at []int) bool {
	sign := line[at[0]:at[1]]
	if sign != "・" && sign != "·" && sign != "•" {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(line[:at[0]])
	after, _ := utf8.DecodeRuneInString(line[at[1]:])
	kana := func(r rune) bool { return unicode.Is(unicode.Katakana, r) || r == 'ー' }
	return kana(before) && kana(after) || sign == "·" && unicode.Is(unicode.Han, before) && unicode.Is(unicode.Han, after)
}

// jointOf is the sign of a joint, one for all of a kind.
func jointOf(sign string) rune {
	if strings.ContainsRune(sign, inlineSep) {
		return inlineSep
	}
	switch r := text.FirstRune(strings.TrimSpace(sign)); r {
	case '–', '—', utf8.RuneError:
		return '-'
	case '，', '、':
		return ';'
	default:
		return r
	}
}

// joinElements joins parts that stand in elements of their own and are one name:
// a given and a family name, or a by-word and a name.
func joinElements(parts []namePart) []namePart {
	var joined []namePart
	for _, p := range parts {
		if n := len(joined); n > 0 && p.joint == inlineSep && p.text != "" && joined[n-1].text != "" {
			before := &joined[n-1]
			if rest, words, _ := cutByWord(before.text); words > 0 && rest == "" {
				before.text = p.text
				continue
			}
			if text.EqualFold(before.text, p.text) {
				continue // once for wide and once for narrow screens
			}
			if (oneCapital(before.text) || endsWithInitial(before.text)) && oneCapital(p.text) || text.StartsLower(p.text) && nameParticles[strings.ToLower(firstWord(p.text))] {
				before.text += " " + p.text
				continue
			}
		}
		joined = append(joined, p)
	}
	return joined
}

// endsWithInitial reports whether a text is a given name with a middle initial, which
// a family name must follow: "Walter K."
func endsWithInitial(s string) bool {
	words := strings.Fields(s)
	if len(words) == 0 || len(words) > 3 {
		return false
	}
	last := words[len(words)-1]
	return utf8.RuneCountInString(last) == 2 && last[len(last)-1] == '.' && text.StartsUpper(s) && text.StartsUpper(last)
}

// oneCapital reports whether a text is one capitalised word.
func oneCapital(s string) bool {
	return !strings.Contains(s, " ") && text.StartsUpper(s) && shape(s) == formMono && asRole(s) == "" && !credit.IsAgency(s)
}

// splitJointWords splits parts at words such as "and".
func (r *nameReader) splitJointWords(parts []namePart) []namePart {
	var split []namePart
	carried := rune(0) // the joint in an element of its own, which the next name has
	for _, p := range parts {
		words := strings.Fields(p.text)
		start, joint := 0, p.joint
		if joint == inlineSep && carried != 0 {
			joint = carried
		}
		carried = 0
		for i := 0; i < len(words); i++ {
			switch r.jointAt(words, start, i) {
			case jointAtEnd: // what it joins is in an element of its own
				words = words[:i]
				continue
			case noJoint:
				continue
			}
			if i > start {
				split = append(split, namePart{strings.Join(words[start:i], " "), joint})
			}
			start, joint = i+1, 'w'
		}
		switch {
		case start < len(words):
			split = append(split, namePart{strings.Join(words[start:], " "), joint})
		case joint == 'w' || joint == ',' || joint == ';' || joint == '&':
			carried = joint
		}
	}
	return split
}

// A jointKind is what a word does in a list of names.
type jointKind int

const (
	noJoint jointKind = iota
	isJoint
	jointAtEnd
)

// jointAt decides whether the word at i joins names; the name before it begins at
// start.
func (r *nameReader) jointAt(words []string, start, i int) jointKind {
	lower := strings.ToLower(words[i])
	langs, sometimes := jointWordsOf[lower]
	if !jointWords[lower] {
		if !sometimes {
			return noJoint
		}
		last := i+1 == len(words)
		if i > start && last && len(lower) == 1 {
			return jointAtEnd
		}
		if i == start || last || !r.speaks(langs) || !text.StartsUpper(words[i-1]) || !text.StartsUpper(words[i+1]) {
			return noJoint
		}
		if len(lower) == 1 && (i-start < 2 || len(words)-i-1 < 2) { // "Ortega y Gasset"
			return noJoint
		}
	}
	if hasOrg(words[start:i]) || i-start == 1 && hasOrg(words[i+1:]) { // "Department of Food and Drugs"
		return noJoint
	}
	if lower == "with" && i == start {
		return noJoint
	}
	return isJoint
}

// speaks reports whether the page declares one of these languages, which spaces
// separate.
func (x *reader) speaks(langs string) bool {
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
