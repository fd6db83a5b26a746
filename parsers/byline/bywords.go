package byline

import (
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// cutByWord takes a by-word off the start of a text. words is how many it had,
// colon whether one stood after it.
func cutByWord(s string) (rest string, words int, colon bool) {
	rest = s
	for _, w := range byPhrasesWide {
		if strings.HasPrefix(rest, w) {
			return strings.TrimLeft(rest[len(w):], " :：/｜|／"), 1, true
		}
	}
	head := s
	for i := range s {
		if i > 80 {
			head = s[:i]
			break
		}
	}
	lower := strings.ToLower(head)
	if len(lower) != len(head) { // the cases differ in length: compare as it stands
		lower = head
	}
	end, best, n := 0, 0, 0
	for n < 7 && end < len(lower) {
		start := end
		for start < len(lower) && lower[start] == ' ' {
			start++
		}
		stop := start
		for stop < len(lower) && lower[stop] != ' ' {
			stop++
		}
		if stop == start {
			break
		}
		n++
		phrase := strings.TrimRight(lower[:stop], ":：,-–—")
		if at := text.ColonIn(lower[start:stop]); at > 0 && !byPhrases[phrase] { // "Autor:Name"
			if p := lower[:start+at]; byPhrases[p] {
				_, size := utf8.DecodeRuneInString(lower[start+at:])
				best, words, colon = start+at+size, n, true
				break
			}
		}
		if byPhrases[phrase] {
			best, words, colon = stop, n, text.ColonIn(lower[len(phrase):stop]) >= 0
		}
		end = stop
	}
	if words == 0 {
		return s, 0, false
	}
	rest = strings.TrimLeft(s[best:], " ")
	if !colon && (strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：")) {
		colon = true
	}
	return strings.TrimLeft(rest, " :：–—-|"), words, colon
}

// byWordOnly reports whether a line is a by-word and no more.
func byWordOnly(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, " :：-–—"))
	return len(s) < 40 && lonePhrases[strings.ReplaceAll(s, "’", "'")]
}
