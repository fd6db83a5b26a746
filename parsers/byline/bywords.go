package byline

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// cutByWord takes a by-word off the start of a text. words is how many it had,
// colon whether one stood after it.
func cutByWord(s string) (rest string, words int, colon bool) {
	for _, w := range byPhrasesWide {
		if rest, ok := strings.CutPrefix(s, w); ok {
			name := strings.TrimLeft(rest, " :：/｜|／")
			if len(name) == len(rest) && !endsWideSign(w) && !wideNameFirst(rest) {
				break
			}
			return name, 1, true
		}
	}
	end, words, colon := byWordAt(lowerHead(s))
	if words == 1 && !colon && end < len(s) && s[0] >= utf8.RuneSelf && text.FirstRune(s) >= 0x2e80 && !wideNameFirst(strings.TrimLeft(s[end:], " ")) {
		return s, 0, false
	}
	if words == 0 {
		return s, 0, false
	}
	rest = strings.TrimLeft(s[end:], " ")
	if strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") {
		colon = true
	}
	return strings.TrimLeft(rest, " :：–—-|"), words, colon
}

// afterReporter begin what follows the word for a reporter in a sentence.
var afterReporter = []string{"了解", "获悉", "表示", "注意", "看到", "发现", "采访", "介绍", "报道", "从", "在", "问", "就", "来", "走", "昨", "今", "近", "日前", "独家", "也", "还", "曾", "于", "对", "向", "根据", "查", "们", "会", "は", "が", "の", "に", "を", "と", "部", "团", "站", "协"}

// wideNameFirst reports whether a text without spaces begins with a name that ends
// at a sign, a space or the end of the text: of at most four letters, or of more that
// are not Chinese.
func wideNameFirst(s string) bool {
	for _, w := range afterReporter {
		if strings.HasPrefix(s, w) {
			return false
		}
	}
	n := 0
	for _, r := range s {
		if !unicode.IsLetter(r) {
			break
		}
		if n++; n > 4 && unicode.Is(unicode.Han, r) {
			return false
		}
	}
	return n > 0
}

func endsWideSign(w string) bool {
	return strings.HasSuffix(w, "/") || strings.HasSuffix(w, "｜") || strings.HasSuffix(w, "／") || strings.HasSuffix(w, ":") || strings.HasSuffix(w, "：")
}

// lowerHead is the start of a text, in lower case if that has the same length.
func lowerHead(s string) string {
	for i := range s {
		if i > 80 {
			s = s[:i]
			break
		}
	}
	if lower := strings.ToLower(s); len(lower) == len(s) {
		return lower
	}
	return s
}

// byWordAt finds the longest by-word that a text begins with, of at most seven
// words: where it ends, how many words it has, and whether a colon stands at its
// end.
func byWordAt(lower string) (end, words int, colon bool) {
	at := 0
	for n := 1; n <= 7; n++ {
		start, stop := nextWord(lower, at)
		if stop == start {
			break
		}
		at = stop
		phrase := strings.TrimRight(lower[:stop], ":：,-–—")
		if byPhrases[phrase] {
			end, words, colon = stop, n, text.ColonIn(lower[len(phrase):stop]) >= 0
			continue
		}
		if k := text.ColonIn(lower[start:stop]); k > 0 && byPhrases[lower[:start+k]] { // "Autor:Name"
			_, size := utf8.DecodeRuneInString(lower[start+k:])
			return start + k + size, n, true
		}
	}
	return end, words, colon
}

// nextWord is the next run without spaces.
func nextWord(s string, from int) (start, stop int) {
	start = from
	for start < len(s) && s[start] == ' ' {
		start++
	}
	stop = start
	for stop < len(s) && s[stop] != ' ' {
		stop++
	}
	return start, stop
}

// byWordOnly reports whether a line is a by-word and no more.
func byWordOnly(s string) bool {
	s = strings.ToLower(strings.TrimRight(s, " :：-–—"))
	return len(s) < 40 && lonePhrases[strings.ReplaceAll(s, "’", "'")]
}
