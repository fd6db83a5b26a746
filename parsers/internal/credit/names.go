package credit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// AgencySigned reports whether a part of a credit is an agency or begins with one
// ("AP Photo"), or is another word that stands for a credit.
func AgencySigned(part string) bool {
	part = strings.Trim(part, " .,()")
	if part == "" || len(part) > 60 {
		return false
	}
	if signsPictures(text.Fold(part)) {
		return true
	}
	lead, rest, more := strings.Cut(part, " ")
	if !more || block.CountWords(part) > 4 {
		return false
	}
	if rest, ok := strings.CutPrefix(part, "via "); ok {
		return AgencySigned(rest)
	}
	// "AP Photo", "Reuters TV": but no sentence that begins with an agency.
	return signsPictures(text.Fold(lead)) && len(lead) >= 2 && NameLike(rest, 0)
}

// NameLike reports whether the words of a line could be of names and firms, all
// but as many as strange says.
func NameLike(s string, strange int) bool {
	_, ok := strangeWords(s, strange)
	return ok
}

// strangeWords counts the words of a line that could not be of names and firms. ok is
// false if there are more than limit, and if the line is no name for other reasons.
func strangeWords(s string, limit int) (n int, ok bool) {
	if s == "" || len(s) > 160 {
		return 0, false
	}
	words, names, wide := 0, 0, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if strings.ContainsRune("!?;。！？", r) {
				return n, false
			}
			i += size
			continue
		}
		start := i
		end, dotted := wordEnd(s, start)
		i = end
		words++
		w := s[start:end]
		switch {
		case !hasCase(r):
			wide += utf8.RuneCountInString(w)
			names++
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			names++
		case creditJoints[w] && len(w) < 10, labelsAfter[w], unicode.IsDigit(r):
		case dotted, start > 0 && s[start-1] == '@', signsPictures(text.Fold(w)), capitalWithin(w): // iStock, picture-alliance
			names++
		default:
			if n++; n > limit {
				return n, false
			}
		}
	}
	return n, names > 0 && words <= 14 && wide <= 30
}

// wordEnd is where a word of a credit ends; dotted reports whether it has a full
// stop or an at sign within, as addresses of sites have.
func wordEnd(s string, start int) (end int, dotted bool) {
	for i := start; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) || r == '’' || r == '\'' || r == '-' || r == '_':
		case (r == '.' || r == '@') && i+size < len(s) && s[i+size] != ' ' && s[i+size] != '/' && s[i+size] != ')':
			dotted = dotted || i-start > 2
		default:
			return i, dotted
		}
		i += size
	}
	return len(s), dotted
}

// hasCase reports whether a letter is of a script with capitals.
func hasCase(r rune) bool {
	return r < 0x250 || unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
}

// capitalWithin reports whether a word has a capital within.
func capitalWithin(w string) bool {
	for _, r := range w {
		if unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

// readsAsCredit reports whether a text reads as a credit without a label: an agency, or
// names and agencies with slashes.
func readsAsCredit(s string) bool {
	if !NameLike(s, 0) {
		return false
	}
	if AgencySigned(s) {
		return true
	}
	parts := Parts(s)
	for _, p := range parts {
		if len(parts) > 1 && AgencySigned(p) {
			return true
		}
	}
	// In scripts without capitals: "홍길동 기자", "新华社记者 李某 摄".
	if r, _ := utf8.DecodeRuneInString(s); !hasCase(r) {
		if strings.Contains(s, ". ") || strings.Contains(s, "。") {
			return false // a sentence before it
		}
		last := s[strings.LastIndexByte(s, ' ')+1:]
		for w := range labelsAfter {
			if last == w || w[0] >= 0x80 && len(s) > len(w) && strings.HasSuffix(s, w) && !strings.HasSuffix(s, "다") {
				return true
			}
		}
		return false
	}
	last := strings.ToLower(strings.TrimRight(s[strings.LastIndexByte(s, ' ')+1:], "."))
	return strings.IndexByte(s, ' ') > 0 && labelsAfter[last]
}

// PersonLike reports whether a text is a name of two to four words and nothing
// else.
func PersonLike(s string) bool {
	n := strings.Count(s, " ") + 1
	if n < 2 || n > 4 || len(s) > 50 || strings.ContainsAny(s, "0123456789:()«»“”\",") || !NameLike(s, 0) {
		return false
	}
	for w := range strings.FieldsSeq(s) {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) && !creditJoints[w] {
			return false
		}
	}
	return true
}
