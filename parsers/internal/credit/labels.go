package credit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A wordSpan is a word of a text.
type wordSpan struct{ start, end int }

// lastWords are the words in the last bytes of a text.
func lastWords(s string, bytes int, into []wordSpan) []wordSpan {
	from := max(0, len(s)-bytes)
	for from > 0 && !utf8.RuneStart(s[from]) {
		from--
	}
	for i := from; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && r != '©' {
			i += size
			continue
		}
		start := i
		i += size
		for r != '©' && i < len(s) {
			r, size := utf8.DecodeRuneInString(s[i:])
			if !unicode.IsLetter(r) && !unicode.IsMark(r) && r != '\'' {
				break
			}
			i += size
		}
		if into = append(into, wordSpan{start, i}); len(into) == cap(into) {
			break
		}
	}
	return into
}

// A foundLabel is a label within a text: where it starts, and where what it
// announces does.
type foundLabel struct {
	creditLabel
	start, rest int
	colon       bool
	by          bool
}

// labelStarts are the first words of the labels: few words of a text are one, and
// only for those labels are looked up.
var labelStarts = func() map[string]bool {
	starts := map[string]bool{}
	for label := range creditLabels {
		var store [4]wordSpan
		if words := lastWords(label, len(label), store[:0]); len(words) > 0 {
			starts[label[words[0].start:words[0].end]] = true
		}
	}
	return starts
}()

// startsLabel reports whether a word is the first of a label, in spite of case.
func startsLabel(word string) bool {
	if len(word) > 40 {
		return false
	}
	var store [40]byte
	for i := range len(word) {
		c := word[i]
		if c >= utf8.RuneSelf {
			return labelStarts[strings.ToLower(word)]
		}
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		store[i] = c
	}
	return labelStarts[string(store[:len(word)])]
}

// labelAt reads a label that starts at a word.
func labelAt(s string, words []wordSpan, i int) (foundLabel, bool) {
	if !startsLabel(s[words[i].start:words[i].end]) {
		return foundLabel{}, false
	}
	for k := min(3, len(words)-i); k > 0; k-- {
		from, to := words[i].start, words[i+k-1].end
		if to-from > 40 {
			continue
		}
		l, ok := creditLabels[strings.ToLower(s[from:to])]
		if !ok {
			continue
		}
		f := foundLabel{creditLabel: l, start: from, rest: to}
		rest := strings.TrimLeft(s[to:], " ")
		if next, _, _ := strings.Cut(rest, " "); strings.EqualFold(s[from:to], "credit") && len(next) < 10 && moneyWords[strings.ToLower(strings.Trim(next, ".,!"))] {
			return foundLabel{}, false // "No credit card required"
		}
		if s[from:to] == "©" || strings.EqualFold(s[from:to], "copyright") {
			f.by = true
			f.rest = len(s) - len(strings.TrimLeft(rest, " ©:"))
			return f, true
		}
		if strings.HasPrefix(rest, ".") && !strings.HasPrefix(rest, "..") && to-from <= 4 { // "Fot. J. Doe"
			rest = strings.TrimLeft(rest[1:], " ")
			f.colon = true
		}
		if dots := strings.TrimLeft(rest, "."); len(rest)-len(dots) > 1 || strings.HasPrefix(rest, "…") { // "Credit...J. Doe"
			rest = strings.TrimLeft(strings.TrimPrefix(dots, "…"), " ")
			f.colon = true
		}
		switch r, size := utf8.DecodeRuneInString(rest); r {
		case ':', '：', '©', '|', '=', '＝':
			f.colon = true
			rest = strings.TrimLeft(rest[size:], " :©|")
		case ',', '،': // "Image source, Agency"
			if strings.IndexByte(s[from:to], ' ') > 0 {
				f.colon = true
				rest = strings.TrimLeft(rest[size:], " ")
			}
		case '/', '-':
			return f, false // "AP Photo/J. Doe"
		}
		for _, by := range []string{"courtesy of ", "taken by ", "supplied by ", "provided by "} {
			if cut, ok := text.CutFold(rest, by); ok {
				rest, f.by = cut, true
			}
		}
		if word, after, ok := strings.Cut(rest, " "); ok && (bylinks[strings.TrimRight(word, ":")] || word == "By" || word == "BY") {
			rest, f.by = strings.TrimLeft(after, " :"), true
		}
		f.rest = len(s) - len(rest)
		return f, true
	}
	return foundLabel{}, false
}

// mayStartLabel reports whether a label may start at a place: at the start of the
// text, after a sentence or after a sign. mid says that it is within a sentence.
func mayStartLabel(s string, at int) (fresh, mid bool) {
	before := strings.TrimRight(s[:at], " ")
	if before == "" || strings.HasPrefix(s[at:], "©") {
		return true, false
	}
	r, _ := utf8.DecodeLastRuneInString(before)
	if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
		return r != '\'' && r != '’' && r != '%' && r != '/', false
	}
	if len(before) == at {
		return false, false
	}
	// "… im Bild: J. Doe" names the person in the picture.
	word := before[strings.LastIndexByte(before, ' ')+1:]
	first, _ := utf8.DecodeRuneInString(s[at:])
	if !unicode.IsUpper(first) || beforeLabels[strings.ToLower(word)] {
		return false, true
	}
	return true, true
}

// Labelled splits a text at the label of its credit ("… at dawn. Foto: J. Doe").
// known is as in Split.
func Labelled(s string, known bool) (head, credit, media string, ok bool) {
	var store [48]wordSpan
	words := lastWords(s, 180, store[:0])
	// The first label is the credit's, if all behind it can be names; otherwise
	// it may be a word of the caption: "Bild: …".
	for _, strange := range []int{0, 2} {
		for i := range words {
			if head, credit, media, ok := labelledAt(s, words, i, known, strange); ok && (strange == 0 || strings.TrimSpace(head) != "") {
				return head, credit, media, true
			}
		}
	}
	return wideLabelled(s, known)
}

// labelledAt splits a text at the label that starts at a word.
func labelledAt(s string, words []wordSpan, i int, known bool, strange int) (head, credit, media string, ok bool) {
	f, found := labelAt(s, words, i)
	if !found || f.weak && !known {
		return s, "", "", false
	}
	fresh, mid := mayStartLabel(s, f.start)
	rest := strings.Trim(s[f.rest:], " .,;")
	switch {
	case !fresh || rest == "":
	case f.colon:
		ok = NameLike(rest, strange) && (!mid || NameLike(rest, 0))
	case f.by:
		ok = !mid && NameLike(rest, 0) && (known || readsAsCredit(rest) || PersonLike(rest))
	default:
		ok = !mid && readsAsCredit(rest) && (known || AgencySigned(rest))
	}
	return s[:f.start], rest, f.media, ok
}

// PlainLabel splits a line at a label that is never part of a story's sentence:
// "… at dawn. Foto: J. Doe", or the label and the credit alone.
func PlainLabel(s string) (head, credit string, ok bool) {
	if tail := s[max(0, len(s)-120):]; text.ColonIn(tail) < 0 && !strings.Contains(tail, "©") {
		return s, "", false
	}
	var store [40]wordSpan
	words := lastWords(s, 120, store[:0])
	for i := range words {
		if !signAfter(s, words[i:min(i+3, len(words))]) {
			continue
		}
		f, found := labelAt(s, words, i)
		if !found || !f.colon || f.weak || f.media != "image" {
			continue
		}
		if fresh, mid := mayStartLabel(s, f.start); !fresh || mid || f.start > 0 && !sentenceEnds(s[:f.start]) {
			continue
		}
		if rest := strings.Trim(s[f.rest:], " ."); NameLike(rest, 0) && (readsAsCredit(rest) || PersonLike(rest) || block.CountWords(rest) <= 3) {
			return s[:f.start], rest, true
		}
	}
	return s, "", false
}

// signAfter reports whether a sign that may close a label follows one of the words.
func signAfter(s string, words []wordSpan) bool {
	for _, w := range words {
		to := w.end
		for to < len(s) && s[to] == ' ' {
			to++
		}
		if to == len(s) {
			continue
		}
		switch c := s[to]; c {
		case ':', '|', '=', '.', 0xc2, 0xef: // and the first bytes of ©, ： and ＝
			return true
		}
	}
	return false
}

// wideLabelled is Labelled for scripts without spaces.
func wideLabelled(s string, known bool) (head, credit, media string, ok bool) {
	from := max(0, len(s)-120)
	for i := len(s); i > from; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
		if !strings.ContainsRune(":：=＝/／｜", r) {
			continue
		}
		head, l, found := wideLabelBefore(s[:i])
		if !found || l.weak && !known {
			continue
		}
		if rest := strings.Trim(s[i+size:], " .。"); NameLike(rest, 0) {
			return head, rest, l.media, true
		}
	}
	return s, "", "", false
}

// wideLabelBefore finds the label that a text ends with, if no letter stands
// before it.
func wideLabelBefore(s string) (head string, l creditLabel, found bool) {
	s = strings.TrimRight(s, " ")
	if last, _ := utf8.DecodeLastRuneInString(s); last < 0xe00 {
		return "", l, false
	}
	for k, runes := len(s), 0; k > 0 && runes < 6; runes++ {
		_, n := utf8.DecodeLastRuneInString(s[:k])
		k -= n
		if l, found = wideLabels[s[k:]]; !found {
			continue
		}
		if before, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s[:k], " ")); k == 0 || !unicode.IsLetter(before) {
			return s[:k], l, true
		}
	}
	return "", l, false
}
