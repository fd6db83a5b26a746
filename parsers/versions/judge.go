package versions

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A judge classifies edits of prose.
type judge struct {
	lexicon
	before, after *article.Article
	names         map[uint32]bool // words that begin with a capital letter within sentences; made when needed
}

func newJudge(before, after *article.Article) *judge {
	language := after.Language
	if language == "" {
		language = before.Language
	}
	return &judge{lexicon: lexiconOf(language), before: before, after: after}
}

// Limits of a minor edit: words that were removed, and that were added.
const (
	fewWords  = 3
	fewGlyphs = 2 // of scripts whose names cannot be told from other words
)

// edit classifies the edit of a sentence.
func (j *judge) edit(before, after string, spans []Span) Class {
	if fold(before) == fold(after) {
		return Cosmetic
	}
	del, ins := changedWords(spans)
	switch {
	case !slices.Equal(quantities(del, j.numbers), quantities(ins, j.numbers)),
		!slices.Equal(j.negating(del), j.negating(ins)),
		quoted(before) != quoted(after),
		j.nameChanged(before, after, del, ins):
		return Substantive
	case few(del) && few(ins) || typosOnly(del, ins):
		return Minor
	}
	return Substantive
}

// A changed word, with what is before it.
type changedWord struct {
	text  string
	kind  tokenKind
	first bool // begins its sentence
}

// changedWords are the words and symbols of deleted and of inserted spans.
func changedWords(spans []Span) (del, ins []changedWord) {
	seenDel, seenIns := false, false
	for _, s := range spans {
		for _, t := range tokens(s.Text) {
			w := changedWord{text: text(s.Text, t), kind: t.kind}
			switch {
			case t.kind == space:
				continue
			case s.Op == Delete:
				w.first = t.isWord() && !seenDel
				del = append(del, w)
			case s.Op == Insert:
				w.first = t.isWord() && !seenIns
				ins = append(ins, w)
			}
			seenDel = seenDel || t.isWord() && s.Op != Insert
			seenIns = seenIns || t.isWord() && s.Op != Delete
		}
	}
	return del, ins
}

// quantities are the numbers, number words, currency and per cent signs, sorted.
func quantities(words []changedWord, numbers map[string]bool) []string {
	var all []string
	for _, w := range words {
		folded := fold(w.text)
		r, _ := utf8.DecodeRuneInString(folded)
		if hasDigit(folded) || w.kind == mark && (unicode.Is(unicode.Sc, r) || r == '%' || r == '‰') || w.isWord() && numbers[folded] {
			all = append(all, folded)
		}
	}
	slices.Sort(all)
	return all
}

func (w changedWord) isWord() bool { return w.kind >= word }

// negating are the negations, sorted.
func (j *judge) negating(words []changedWord) []string {
	var all []string
	for _, w := range words {
		if !w.isWord() {
			continue
		}
		folded := fold(w.text)
		switch {
		case strings.HasSuffix(folded, `n"t`): // English; the apostrophe is folded
			all = append(all, "not")
		case j.negations[folded], j.negations[strings.ReplaceAll(folded, `"`, "")]:
			all = append(all, folded)
		}
	}
	slices.Sort(all)
	return all
}

// nameChanged reports whether a changed word looks like a name: it begins with a
// capital letter and is not the first of its sentence, or is known as a name from
// elsewhere in the article. In German every noun does: there a long one with a
// letter or two changed is a typo.
func (j *judge) nameChanged(before, after string, del, ins []changedWord) bool {
	left := j.namesOf(del)
	for _, name := range j.namesOf(ins) {
		if k := slices.Index(left, name); k >= 0 {
			left = slices.Delete(left, k, k+1)
			continue
		}
		if !j.nounsUpper || !j.typoOf(name, del) {
			return true
		}
	}
	for _, name := range left {
		if !j.nounsUpper || !j.typoOf(name, ins) {
			return true
		}
	}
	return false
}

func (j *judge) namesOf(words []changedWord) []string {
	var names []string
	for _, w := range words {
		r, _ := utf8.DecodeRuneInString(w.text)
		if w.kind != word || !unicode.IsUpper(r) {
			continue
		}
		if !w.first || j.knownName(w.text) {
			names = append(names, fold(w.text))
		}
	}
	return names
}

const longNoun = 7 // letters

func (j *judge) typoOf(name string, words []changedWord) bool {
	return utf8.RuneCountInString(name) >= longNoun && slices.ContainsFunc(words, func(w changedWord) bool { return isTypo(name, fold(w.text)) })
}

// maxNamesText bounds how much text is searched for names.
const maxNamesText = 1 << 20

// knownName reports whether a word stands within sentences of the article with a
// capital letter, and never without.
func (j *judge) knownName(w string) bool {
	if j.names == nil {
		j.names = map[uint32]bool{}
		common := map[uint32]bool{}
		left := maxNamesText
		for _, a := range []*article.Article{j.before, j.after} {
			for i := range a.Body {
				if s := a.Body[i].Text; len(s) <= left {
					left -= len(s)
					collectNames(s, j.names, common)
				}
			}
		}
		for h := range common {
			delete(j.names, h)
		}
	}
	return j.names[hash(w)]
}

// collectNames sorts the words of a text by their first letter, without the words
// that begin sentences.
func collectNames(s string, names, common map[uint32]bool) {
	first := true
	for i := 0; i < len(s); {
		t := tokenAt(s, i)
		i = t.end
		switch {
		case t.kind == mark:
			r, _ := utf8.DecodeRuneInString(s[t.start:])
			first = first || isStop(r) || isCloser(r) || r == ':' || r == '„' || r == '‘'
			continue
		case t.kind != word:
			continue
		}
		r, _ := utf8.DecodeRuneInString(s[t.start:])
		switch {
		case unicode.IsLower(r):
			common[hash(text(s, t))] = true
		case unicode.IsUpper(r) && !first:
			names[hash(text(s, t))] = true
		}
		first = false
	}
}

// few reports whether no more words changed than in a minor edit.
func few(words []changedWord) bool {
	n, caseless := 0, 0
	for _, w := range words {
		if !w.isWord() {
			continue
		}
		n++
		if r, _ := utf8.DecodeRuneInString(w.text); unicode.Is(unicode.Lo, r) {
			caseless++
		}
	}
	return n <= fewWords && caseless <= fewGlyphs
}

// typosOnly reports whether every removed word has an added one that differs by a
// letter or two.
func typosOnly(del, ins []changedWord) bool {
	words := func(all []changedWord) []changedWord {
		return slices.DeleteFunc(slices.Clone(all), func(w changedWord) bool { return !w.isWord() })
	}
	a, b := words(del), words(ins)
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if !isTypo(fold(a[i].text), fold(b[i].text)) {
			return false
		}
	}
	return true
}

// isTypo reports whether two words of four letters or more differ by one or two
// letters: by one of short words, or two neighbours exchanged.
func isTypo(a, b string) bool {
	x, y := []rune(a), []rune(b)
	if len(x) > len(y) {
		x, y = y, x
	}
	if len(x) < 4 || len(y) > 64 || len(y)-len(x) > 2 {
		return false
	}
	head := 0
	for head < len(x) && x[head] == y[head] {
		head++
	}
	tail := 0
	for tail < len(x)-head && x[len(x)-1-tail] == y[len(y)-1-tail] {
		tail++
	}
	differs := len(y) - head - tail
	if differs == 2 && len(x) == len(y) {
		return len(x) >= longNoun || x[head] == y[head+1] && x[head+1] == y[head]
	}
	return differs <= 1 || differs == 2 && len(x) >= longNoun
}

// quoted is what stands between quotation marks, folded. A quotation may begin
// before its sentence or end after it.
func quoted(s string) string {
	var b strings.Builder
	from, last, seen := -1, ' ', false
	for i, r := range s {
		opens, closes := quoteMark(s, i, r, last, from >= 0)
		switch {
		case closes:
			if from >= 0 || !seen {
				b.WriteString(s[max(from, 0):i])
			}
			b.WriteByte('"')
			from, seen = -1, true
		case opens:
			from, seen = i+utf8.RuneLen(r), true
		}
		last = r
	}
	if from >= 0 {
		b.WriteString(s[from:])
	}
	return fold(b.String())
}

// quoteMark says what a quotation mark does. Which of them open and which close
// depends on the language (German „“, Danish »«, Swedish ””); where a mark may do
// both, it opens when none is open and a word follows.
func quoteMark(s string, i int, r, last rune, open bool) (opens, closes bool) {
	switch r {
	case '„', '「', '『', '‚', '〝':
		return true, false
	case '」', '』', '〞', '〟':
		return false, true
	case '"', '“', '”', '«', '»', '״':
		if open {
			return false, true
		}
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if isWordRune(last) || last == ',' || last == '.' {
			return false, r != '״' && !isWordRune(next)
		}
		return true, false
	case '\'', '‘', '’':
		next, _ := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if open {
			return false, !isWordRune(next)
		}
		return r != '’' && !isWordRune(last) && isWordRune(next), false
	}
	return false, false
}
