// Package credit separates the credit of a picture from its caption, and owns
// the table of news agencies. It reads one line of text at a time and no page.
package credit

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// AgencySigned reports whether a part of a credit is a name known to sign pictures.
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

// NameLike reports whether all words of a text but some could be of names and
// firms. It is for texts of one line.
func NameLike(s string, strange int) bool {
	if s == "" || len(s) > 160 {
		return false
	}
	words, names, wide := 0, 0, 0
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			if strings.ContainsRune("!?;。！？", r) {
				return false
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
		case !cased(r):
			wide += utf8.RuneCountInString(w)
			names++
		case unicode.IsUpper(r) || unicode.IsTitle(r):
			names++
		case creditJoints[w] && len(w) < 10, labelsAfter[w], unicode.IsDigit(r):
		case dotted, start > 0 && s[start-1] == '@', signsPictures(text.Fold(w)), mixed(w): // mixed: iStock, picture-alliance
			names++
		default:
			if strange--; strange < 0 {
				return false
			}
		}
	}
	return names > 0 && words <= 14 && wide <= 30
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

// cased reports whether a letter is of a script with capitals.
func cased(r rune) bool {
	return r < 0x250 || unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
}

// mixed reports whether a word has a capital within.
func mixed(w string) bool {
	for _, r := range w {
		if unicode.IsUpper(r) {
			return true
		}
	}
	return false
}

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

// labelAt reads a label that starts at a word.
func labelAt(s string, words []wordSpan, i int) (foundLabel, bool) {
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
		if s[from:to] == "©" || strings.EqualFold(s[from:to], "copyright") {
			f.by = true
			f.rest = len(s) - len(strings.TrimLeft(rest, " ©:"))
			return f, true
		}
		if rest != "" && rest[0] == '.' && to-from <= 4 { // "Fot. J. Doe"
			rest = strings.TrimLeft(rest[1:], " ")
			f.colon = true
		}
		switch r, size := utf8.DecodeRuneInString(rest); r {
		case ':', '：', '©', '|', '=', '＝':
			f.colon = true
			rest = strings.TrimLeft(rest[size:], " :©|")
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

// freshAt reports whether a label may start at a place: at the text's start,
// after a sentence or a sign. mid says that it stands within a sentence.
func freshAt(s string, at int) (fresh, mid bool) {
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
	// "… im Bild: J. Doe" says who is seen.
	word := before[strings.LastIndexByte(before, ' ')+1:]
	first, _ := utf8.DecodeRuneInString(s[at:])
	if !unicode.IsUpper(first) || beforeLabels[strings.ToLower(word)] {
		return false, true
	}
	return true, true
}

// Labelled splits a text at the label of its credit.
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
	fresh, mid := freshAt(s, f.start)
	rest := strings.Trim(s[f.rest:], " .,;")
	switch {
	case !fresh || rest == "":
	case f.colon:
		ok = NameLike(rest, strange) && (!mid || NameLike(rest, 0))
	case f.by:
		ok = !mid && NameLike(rest, 0) && (known || signed(rest) || PersonLike(rest))
	default:
		ok = !mid && signed(rest) && (known || AgencySigned(rest))
	}
	return s[:f.start], rest, f.media, ok
}

// PlainLabel splits a line at a label that no story's own sentence has: "… at dawn.
// Foto: J. Doe", or the label and credit alone.
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
		if fresh, mid := freshAt(s, f.start); !fresh || mid || f.start > 0 && !sentenceEnds(s[:f.start]) {
			continue
		}
		if rest := strings.Trim(s[f.rest:], " ."); NameLike(rest, 0) && (signed(rest) || PersonLike(rest) || block.CountWords(rest) <= 3) {
			return s[:f.start], rest, true
		}
	}
	return s, "", false
}

// signAfter reports whether after one of some words stands what may close a label.
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

// wideLabelled is labelled for scripts without spaces.
func wideLabelled(s string, known bool) (head, credit, media string, ok bool) {
	from := max(0, len(s)-120)
	for i := len(s); i > from; {
		r, size := utf8.DecodeLastRuneInString(s[:i])
		i -= size
		if r != ':' && r != '：' && r != '=' && r != '＝' && r != '/' && r != '／' && r != '｜' {
			continue
		}
		before := strings.TrimRight(s[:i], " ")
		if last, _ := utf8.DecodeLastRuneInString(before); last < 0xe00 {
			continue
		}
		for k, runes := len(before), 0; k > 0 && runes < 6; runes++ {
			_, n := utf8.DecodeLastRuneInString(before[:k])
			k -= n
			l, found := wideLabels[before[k:]]
			rest := strings.Trim(s[i+size:], " .。")
			if found && (known || !l.weak) && rest != "" && NameLike(rest, 0) {
				if prev, _ := utf8.DecodeLastRuneInString(strings.TrimRight(before[:k], " ")); k == 0 || !unicode.IsLetter(prev) {
					return before[:k], rest, l.media, true
				}
			}
		}
	}
	return s, "", "", false
}

// signed reports whether a text reads as a credit without a label: an agency, or
// names and agencies with slashes.
func signed(s string) bool {
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
	if r, _ := utf8.DecodeRuneInString(s); !cased(r) {
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

// PersonLike is a name of two to four words and nothing else.
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

// Split takes the credit off a caption's end. known says that the text is
// a caption for sure: then forms are read that in a story would be prose.
func Split(s string, known bool) (text, credit, media string) {
	text, credit, media = creditTail(s, known)
	if credit = Clean(credit); credit == "" {
		return s, "", "image"
	}
	return text, credit, media
}

// creditTail is splitCredit with the credit as it stands.
func creditTail(s string, known bool) (text, credit, media string) {
	if !known && !strings.HasSuffix(s, ")") && !strings.HasSuffix(s, "）") && !strings.HasSuffix(s, "]") {
		return s, "", "image" // all that a story may glue ends in brackets
	}
	if len(s) > 4000 {
		return s, "", "image"
	}
	if known {
		s = strings.TrimSpace(s)
	}
	head, inner, brackets := BracketTail(strings.TrimRight(s, " ."))
	if brackets {
		if c, m, ok := labelledBrackets(inner, known); ok {
			return TrimHead(head), c, m
		}
	}
	if !known {
		if c, m, ok := bracketed(inner, head, false); ok && brackets {
			return TrimHead(head), c, m
		}
		return s, "", "image"
	}
	if h, c, m, ok := Labelled(s, true); ok {
		// Brackets that open before the label close after the credit.
		if i := strings.LastIndexAny(h, "(["); i >= 0 && !strings.ContainsAny(h[i:], ")]") {
			h = h[:i]
		}
		return TrimHead(h), c, m
	}
	if brackets {
		if c, m, ok := bracketed(inner, head, true); ok {
			return TrimHead(head), c, m
		}
	}
	for _, sep := range []string{"|", " / ", " — ", " – ", " - ", "—", " · ", " • ", "＝"} {
		if h, c, ok := SignTail(s, sep); ok {
			return TrimHead(h), c, "image"
		}
	}
	if h, c, ok := sentenceTail(s); ok {
		return h, c, "image"
	}
	return s, "", "image"
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
		return inner, "image", agency && slashed(inner)
	case AgencySigned(inner), signed(inner) && (known || strings.HasSuffix(inner, "摄") || strings.HasSuffix(inner, "撮影")):
		m := "image"
		if strings.Contains(strings.ToLower(inner), "video") {
			m = "video"
		}
		return inner, m, true
	}
	return inner, "image", known && sentenceEnds(head) && (PersonLike(inner) || strings.Contains(inner, " ") && block.CountWords(inner) <= 9 && !strings.ContainsAny(inner, "0123456789:"))
}

// slashed reports whether the parts between slashes are short, as those of a
// credit; "Nord/Süd" in brackets is none, but who reads a caption cannot know.
func slashed(s string) bool {
	for p := range strings.SplitSeq(s, "/") {
		if n := block.CountWords(p); n > 6 {
			return false
		}
	}
	return true
}

// SignTail splits a text at a sign that sets its credit off.
func SignTail(s, sep string) (head, credit string, ok bool) {
	i := strings.LastIndex(s, sep)
	if i < 0 || len(s)-i > 150 {
		return s, "", false
	}
	if sep == "|" && strings.Count(s, "|") > 2 {
		return s, "", false // a list
	}
	good := func(rest string) bool {
		rest = strings.Trim(rest, " .|")
		if rest == "" || !NameLike(rest, 0) {
			return false
		}
		if signed(rest) {
			return true
		}
		switch sep {
		case "|":
			return block.CountWords(rest) <= 8
		case " / ":
			return PersonLike(rest) || block.CountWords(rest) <= 5 && rest == strings.ToUpper(rest)
		}
		return PersonLike(rest) && sentenceEnds(s[:i])
	}
	if !good(s[i+len(sep):]) {
		return s, "", false
	}
	for sep == " / " { // "… / J. Doe / Agency"
		k := strings.LastIndex(s[:i], sep)
		if k < 0 || len(s)-k > 150 || !PersonLike(strings.Trim(s[k+len(sep):i], " .")) && !AgencySigned(s[k+len(sep):i]) {
			break
		}
		i = k
	}
	if sep == " / " {
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

// sentenceEnds reports whether a text ends as a sentence does.
func sentenceEnds(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(strings.TrimRight(s, " "))
	return strings.ContainsRune(".!?…。»”\"", r)
}

// sentenceTail splits off a credit that stands as the last sentence.
func sentenceTail(s string) (head, credit string, ok bool) {
	from := max(0, len(s)-110)
	for i := from; i < len(s); i++ {
		if s[i] != ' ' || i == 0 || !sentenceEnds(s[:i]) {
			continue
		}
		word := s[strings.LastIndexByte(s[:i], ' ')+1 : i]
		lead, _ := utf8.DecodeRuneInString(word)
		if utf8.RuneCountInString(word) < 4 && !strings.ContainsAny(word, "0123456789!?…”»\"") && unicode.IsUpper(lead) {
			continue // an initial or abbreviation
		}
		rest := strings.TrimSpace(s[i:])
		if rest == "" || block.CountWords(s[:i]) < 3 {
			continue
		}
		end, _ := utf8.DecodeLastRuneInString(rest)
		if end == '.' && !strings.HasSuffix(strings.ToLower(rest), "nuotr.") {
			continue
		}
		if signed(rest) || PersonLike(rest) && block.CountWords(s[:i]) >= 5 && len(word) >= 5 {
			return strings.TrimSpace(s[:i]), rest, true
		}
	}
	return s, "", false
}

// TrimHead drops what led to a credit from the end of a text.
func TrimHead(s string) string {
	return strings.TrimRight(s, " |/–—-·•(,;＝")
}

// Line reads a line that is a credit and nothing else.
func Line(s string) (credit, media string, ok bool) {
	credit, media, ok = wholeCredit(s)
	credit = Clean(credit)
	return credit, media, ok && credit != ""
}

// wholeCredit is creditLine with the credit as it stands.
func wholeCredit(s string) (credit, media string, ok bool) {
	if len(s) < 2 || len(s) > 160 {
		return "", "", false
	}
	s = strings.Trim(s, " |/–—-·•")
	if head, inner, brackets := BracketTail(s); brackets && head == "" {
		s = inner
	}
	var store [4]wordSpan
	if words := lastWords(s[:min(len(s), 60)], 60, store[:0]); len(words) > 0 && words[0].start <= 1 {
		if _, c, m, found := labelledAt(s, words, 0, true, 2); found {
			return c, m, true
		}
	}
	if h, c, m, found := wideLabelled(s, true); found && strings.TrimSpace(h) == "" {
		return c, m, true
	}
	if signed(s) {
		return s, "image", true
	}
	return "", "", false
}

// Clean is a credit as printed, without the label before it and the signs
// around it.
func Clean(s string) string {
	if s == "" {
		return ""
	}
	for range 4 {
		before := s
		s = strings.Trim(s, " |,;:/–—·•")
		if !strings.HasSuffix(s, "..") && block.CountWords(s) > 1 || strings.Count(s, ".") == 1 {
			s = strings.TrimSuffix(s, ".")
		}
		if head, inner, ok := BracketTail(s); ok && head == "" {
			s = inner
		}
		if strings.Count(s, "(") < strings.Count(s, ")") {
			s = strings.TrimSuffix(s, ")")
		} else if strings.Count(s, "(") > strings.Count(s, ")") {
			s = strings.TrimPrefix(s, "(")
		}
		var store [4]wordSpan
		if words := lastWords(s[:min(len(s), 40)], 40, store[:0]); len(words) > 0 && words[0].start == 0 {
			if f, ok := labelAt(s, words, 0); ok && (f.colon || f.by || f.weak && PersonLike(strings.TrimSpace(s[f.rest:]))) && strings.TrimSpace(s[f.rest:]) != "" {
				s = s[f.rest:]
			}
		}
		if year, rest, ok := strings.Cut(s, " "); ok && len(year) == 4 && (year[:2] == "20" || year[:2] == "19") && strings.Trim(year, "0123456789") == "" && NameLike(rest, 2) {
			s = rest // "© 2012 Agency"
		}
		if s == before {
			break
		}
	}
	return s
}

var creditSigns = strings.NewReplacer(" via ", "/", " | ", "/", "|", "/", " – ", "/", " — ", "/", "; ", "/", " · ", "/", " • ", "/", "／", "/", " © ", "/", "c/o", "c⁄o", "(", "/", ")", "/")

// Parts lists the parts of a credit: photographers, agencies, qualifiers.
func Parts(credit string) []string {
	var parts []string
	add := func(p string) {
		p = strings.Trim(strings.ReplaceAll(p, "⁄", "/"), " ,.:")
		if rest, ok := strings.CutPrefix(p, "via "); ok {
			p = rest
		}
		if p == "" || len(parts) >= 30 {
			return
		}
		for _, o := range parts {
			if strings.EqualFold(o, p) {
				return
			}
		}
		parts = append(parts, p)
	}
	for p := range strings.SplitSeq(creditSigns.Replace(credit), "/") {
		for _, and := range []string{" and ", " und ", " et ", " og ", " och ", " & ", " e ", " y ", " i ", " en ", " ve ", " и "} {
			// Two persons, not "Barnes & Noble".
			if a, b, ok := strings.Cut(p, and); ok && PersonLike(strings.TrimSpace(a)) && PersonLike(strings.TrimSpace(b)) {
				add(a)
				p = b
				break
			}
		}
		if a, b, ok := strings.Cut(p, ", "); ok && (AgencySigned(b) || AgencySigned(a) || PersonLike(a) && PersonLike(b)) {
			add(a)
			p = b
		}
		add(p)
	}
	return parts
}
