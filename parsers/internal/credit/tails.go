package credit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// maxTail bounds a credit and the sign before it, in bytes.
const maxTail = 150

// BracketTail finds the last brackets of a text that ends in them.
func BracketTail(s string) (head, inner string, ok bool) {
	end, size := utf8.DecodeLastRuneInString(s)
	var open rune
	switch end {
	case ')':
		open = '('
	case ']':
		open = '['
	case '）':
		open = '（'
	default:
		return s, "", false
	}
	depth := 0
	for i := len(s); i > max(0, len(s)-200); {
		r, n := utf8.DecodeLastRuneInString(s[:i])
		i -= n
		switch r {
		case end:
			depth++
		case open:
			if depth--; depth == 0 {
				return strings.TrimRight(s[:i], " "), strings.TrimSpace(s[i+n : len(s)-size]), true
			}
		}
	}
	return s, "", false
}

// labelledBrackets reads what stands in brackets at a text's end as a credit with
// its label.
func labelledBrackets(inner string, known bool) (credit, media string, ok bool) {
	if len(inner) < 2 || len(inner) > 150 {
		return "", "", false
	}
	var store [4]wordSpan
	if words := lastWords(inner[:min(len(inner), 60)], 60, store[:0]); len(words) > 0 && words[0].start <= 1 {
		if _, c, m, found := labelledAt(inner, words, 0, known, 2); found {
			return c, m, true
		}
	}
	if h, c, m, found := Labelled(inner, known); found && (strings.TrimSpace(h) == "" || known && block.CountWords(h) <= 4) {
		return c, m, true
	}
	return "", "", false
}

// bracketed reads what stands in brackets at a text's end as a credit without one.
func bracketed(inner, head string, known bool) (credit, media string, ok bool) {
	if len(inner) < 2 || len(inner) > 150 {
		return "", "", false
	}
	strict := NameLike(inner, 0)
	switch {
	case !strict:
		return "", "", false
	case strings.Contains(inner, "/"), strings.Contains(inner, " via "):
		parts := Parts(inner)
		agency := known && len(parts) > 1
		for _, p := range parts {
			agency = agency || AgencySigned(p)
		}
		return inner, "image", agency && shortParts(inner)
	case AgencySigned(inner), readsAsCredit(inner) && (known || strings.HasSuffix(inner, "摄") || strings.HasSuffix(inner, "撮影")):
		m := "image"
		if strings.Contains(strings.ToLower(inner), "video") {
			m = "video"
		}
		return inner, m, true
	}
	return inner, "image", known && sentenceEnds(head) && (PersonLike(inner) || strings.Contains(inner, " ") && block.CountWords(inner) <= 9 && !strings.ContainsAny(inner, "0123456789:"))
}

// shortParts reports whether the parts between slashes are short, as those of a
// credit are.
func shortParts(s string) bool {
	for p := range strings.SplitSeq(s, "/") {
		if n := block.CountWords(p); n > 6 {
			return false
		}
	}
	return true
}

// SignTail splits a text at a sign that sets its credit off.
func SignTail(s, sep string) (head, credit string, ok bool) {
	i := lastSign(s, len(s), sep)
	if i < 0 {
		return s, "", false
	}
	if sep == "|" && strings.Count(s, "|") > 2 {
		return s, "", false // a list
	}
	if !followsSign(s[:i], sep, s[i+len(sep):]) {
		return s, "", false
	}
	if sep == " / " {
		i = firstSlash(s, i)
		// "… was here. J. Doe / Agency"
		if h, c, ok := sentenceTail(s); ok && len(c) > len(s)-i {
			return h, c, true
		}
	}
	if strings.TrimSpace(s[:i]) == "" && sep != "|" {
		return s, "", false
	}
	return s[:i], s[i+len(sep):], true
}

// followsSign reports whether a text after a sign can be a credit.
func followsSign(before, sep, rest string) bool {
	rest = strings.Trim(rest, " .|")
	if rest == "" || !NameLike(rest, 0) {
		return false
	}
	if readsAsCredit(rest) {
		return true
	}
	switch sep {
	case "|":
		return block.CountWords(rest) <= 8
	case " / ":
		return PersonLike(rest) || block.CountWords(rest) <= 5 && rest == strings.ToUpper(rest)
	}
	return PersonLike(rest) && sentenceEnds(before)
}

// firstSlash is where the first slash of a credit stands, of which the last is at
// i: "… / J. Doe / Agency".
func firstSlash(s string, i int) int {
	const sep = " / "
	for {
		k := strings.LastIndex(s[:i], sep)
		if k < 0 || len(s)-k > maxTail {
			return i
		}
		if part := s[k+len(sep) : i]; !PersonLike(strings.Trim(part, " .")) && !AgencySigned(part) {
			return i
		}
		i = k
	}
}

// sentenceEnds reports whether a text ends as a sentence does.
func sentenceEnds(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " "))
	return strings.ContainsRune(".!?…。»”\"", r)
}

// isAbbreviation reports whether a word with a full stop is an initial or
// abbreviation, which ends no sentence.
func isAbbreviation(word string) bool {
	lead, _ := utf8.DecodeRuneInString(word)
	if abbreviations[word] {
		return true
	}
	return utf8.RuneCountInString(word) < 4 && !strings.ContainsAny(word, "0123456789!?…”»\"") && unicode.IsUpper(lead)
}

// numbersPicture reports whether a text is no sentence but the number of a picture:
// "Fig. 3.".
func numbersPicture(s string) bool {
	return len(s) < 20 && strings.HasSuffix(s, ".") && text.HasDigit(s) && block.CountWords(s) <= 2
}

// sentenceTail splits off a credit that stands as the last sentence.
func sentenceTail(s string) (head, credit string, ok bool) {
	from := max(0, len(s)-110)
	for i := from; i < len(s); i++ {
		if s[i] != ' ' || i == 0 || !sentenceEnds(s[:i]) {
			continue
		}
		word := s[strings.LastIndexByte(s[:i], ' ')+1 : i]
		if isAbbreviation(word) {
			continue
		}
		rest := strings.TrimSpace(s[i:])
		if rest == "" || block.CountWords(s[:i]) < 3 {
			continue
		}
		end, _ := utf8.DecodeLastRuneInString(rest)
		if end == '.' && !strings.HasSuffix(strings.ToLower(rest), "nuotr.") {
			continue
		}
		if readsAsCredit(rest) || PersonLike(rest) && block.CountWords(s[:i]) >= 5 && len(word) >= 5 {
			return strings.TrimSpace(s[:i]), rest, true
		}
	}
	return s, "", false
}

// TrimHead removes the signs before a credit from the end of a text.
func TrimHead(s string) string {
	return strings.TrimRight(s, " |/–—-·•(,;＝")
}
