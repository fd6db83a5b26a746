package versions

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Texts without ends of sentences are divided nevertheless, so that the work on one
// is bounded. Where is decided by the words themselves, so that an insertion moves
// the next boundary only.
const (
	longSentence = 600  // bytes; from here any fourth word may end it
	maxSentence  = 3000 // bytes; here it ends
)

// abbreviations end with a full stop that ends no sentence, in lower case. Languages
// are mixed: a wrong one joins two sentences, in both versions alike.
var abbreviations = set("mr mrs ms dr prof st sr jr vs gen gov sen rep col lt sgt rev hon no nos vol fig inc ltd co corp dept approx est jan feb mar apr jun jul aug sept sep oct nov dec " +
	"nr hr fr bzw ca usw evtl ggf inkl str abs art mio mrd tel " + // German
	"m mm mme mlle etc env av " + // French
	"sra srta ud uds dña avda núm pág " + // Spanish
	"sig sigg dott on avv ing " + // Italian
	"dhr mevr drs jl blz " + // Dutch
	"exmo exma " + // Portuguese
	"ul tzw tzn np mln mld tys zł godz " + // Polish
	"г гг ул им млн млрд тыс руб стр т д п см др рис " + // Russian, Ukrainian
	"sn av doç yrd") // Turkish

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// sentences divides a text. The parts cover all of it: white space belongs to the
// sentence before it. There is at least one.
func sentences(s string) []string {
	var all []string
	start := 0
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		i += n
		end := -1
		switch {
		case r == '\n':
			end = afterSpace(s, i)
		case isStop(r):
			end = sentenceEnd(s, start, i-n, i, r)
		case i-start > longSentence:
			end = forcedEnd(s, start, i, r)
		}
		if end > start && end < len(s) {
			all = append(all, s[start:end])
			start, i = end, end
		}
	}
	return append(all, s[start:])
}

func isStop(r rune) bool {
	switch r {
	case '.', '!', '?', '…', '。', '｡', '！', '？', '؟', '۔', '।', '॥', '።', '။', '។':
		return true
	}
	return false
}

// sentenceEnd is the end of the sentence with a stop at s[at:i], or -1 if it ends
// none there.
func sentenceEnd(s string, start, at, i int, stop rune) int {
	closed := false
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !isStop(r) && !isCloser(r) {
			break
		}
		closed = closed || isCloser(r)
		i += n
	}
	if i == len(s) {
		return -1
	}
	end := afterSpace(s, i)
	next, _ := utf8.DecodeRuneInString(s[end:])
	switch {
	case end == i: // without a space only where scripts have none
		if closed || !strings.ContainsRune("。｡！？", stop) {
			return -1
		}
	case unicode.IsLower(next):
		return -1
	case stop == '.' && !closed && endsShort(s[max(start, at-32):at], next):
		return -1
	}
	return end
}

// endsShort reports whether a text before a full stop ends with an abbreviation, an
// initial, or an ordinal number before a word.
func endsShort(s string, next rune) bool {
	from := strings.LastIndexFunc(s, func(r rune) bool { return !isWordRune(r) }) + 1
	if from > 0 {
		_, n := utf8.DecodeRuneInString(s[from-1:])
		if from-1+n > from && n > 1 {
			from += n - 1 // LastIndexFunc gives the first byte of a longer rune
		}
	}
	last := s[min(from, len(s)):]
	if r, n := utf8.DecodeRuneInString(last); n == len(last) && unicode.IsUpper(r) {
		return true
	}
	return abbreviations[strings.ToLower(last)] || len(last) <= 2 && len(last) > 0 && last[0] >= '0' && last[0] <= '9' && unicode.IsUpper(next)
}

func isCloser(r rune) bool {
	switch r {
	case '"', '\'', '”', '’', '»', '«', '“', '›', ')', ']', '」', '』', '）', '】', '》':
		return true
	}
	return false
}

// forcedEnd is the end of a sentence that is too long, or -1 to go on: after a space
// for a fourth of the words, and at the latest after maxSentence bytes.
func forcedEnd(s string, start, i int, r rune) int {
	if unicode.IsSpace(r) {
		tail := s[max(start, i-24) : i-1]
		if k := strings.LastIndexByte(tail, ' '); hash(tail[k+1:])%4 == 0 {
			return afterSpace(s, i)
		}
		return -1
	}
	next, _ := utf8.DecodeRuneInString(s[i:])
	between := isWordRune(r) && !extends(next) // not within a character, nor within a sequence of emoji
	switch {
	case between && isUnspaced(r) && hash(string(r))%64 == 0, between && i-start > maxSentence, i-start > 2*maxSentence:
		return afterSpace(s, i)
	}
	return -1
}

func afterSpace(s string, i int) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !unicode.IsSpace(r) {
			break
		}
		i += n
	}
	return i
}
