package language

import (
	"math/bits"
	"strings"
	"unicode"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// A detection is what the script and the function words of a text tell about its
// language.
type detection struct {
	language   string // "" if not detected
	from       string // "text:script" or "text:words"
	confidence float64

	script string   // see scriptOfText
	words  int      // of the text; 0 if they are too few to count
	masks  []uint64 // of each function word among them: the languages that have it
	counts []int    // of each of wordLanguages: how many of the words are function words of it
	prose  bool     // long, and most words are in lower case: no list of names
}

const (
	maxRead    = 5_000 // bytes that are read of a text
	leastWords = 40    // a shorter text does not tell its language
)

// readText detects the language of a text.
func readText(s string) detection {
	if len(s) > maxRead {
		// Not from the very start: names and a dateline stand there.
		cut := min(200, len(s)-maxRead)
		s = s[cut : cut+maxRead]
	}
	d := detection{script: scriptOfText(s)}
	if main := mainLanguage[d.script]; main != "" {
		d.language, d.from, d.confidence = main, "text:script", 0.7
	}
	switch d.script {
	case "", "ja", "ko", "zh": // no words, or no spaces between them
		return d
	}
	d.countWords(s)
	if d.words > 0 {
		d.chooseByWords()
	}
	return d
}

// countWords counts the function words of a text by language.
func (d *detection) countWords(s string) {
	counts := make([]int, len(wordLanguages))
	words, lower := 0, 0
	for start, end := 0, 0; ; {
		if start, end = nextWord(s, end); start == end {
			break
		}
		words++
		w := s[start:end]
		if len(w) > 32 {
			continue
		}
		mask := languagesOf(w)
		if mask == 0 && unicode.IsUpper(text.FirstRune(w)) {
			mask = languagesOf(strings.ToLower(w))
		} else {
			lower++
		}
		if mask == 0 {
			continue
		}
		d.masks = append(d.masks, mask)
		for ; mask != 0; mask &= mask - 1 {
			counts[bits.TrailingZeros64(mask)]++
		}
	}
	if words >= leastWords {
		d.words, d.counts = words, counts
		d.prose = words >= 120 && lower*10 >= words*6
	}
}

// languagesOf is the value of functionWords for a word.
func languagesOf(w string) uint64 {
	if functionStarts[w[0]]&functionEnds[w[len(w)-1]]>>(len(w)&63)&1 == 0 {
		return 0
	}
	return functionWords[w]
}

// chooseByWords takes the language with most function words, if these are as many
// as in prose.
func (d *detection) chooseByWords() {
	best, second := 0, -1
	for i, n := range d.counts[1:] {
		switch i++; {
		case n > d.counts[best]:
			best, second = i, best
		case second < 0 || n > d.counts[second]:
			second = i
		}
	}
	share := d.shareAt(best)
	if share < 0.13 || d.counts[best] < 10 {
		return
	}
	d.language, d.from, d.confidence = wordLanguages[best], "text:words", 0.6
	if share >= 1.25*d.shareAt(second) {
		d.confidence = 0.85
	}
}

// shareAt is the share of the words that are function words of a language, by its
// index in wordLanguages; 0 for -1.
func (d *detection) shareAt(index int) float64 {
	if index < 0 {
		return 0
	}
	return float64(d.counts[index]) / float64(d.words)
}

// allows reports whether the text may be in a declared language, of which base is
// the code. Only strong evidence contradicts a declaration.
func (d *detection) allows(base string) bool {
	return d.scriptAllows(base) && (d.words == 0 || related(d.language, base) || d.wordsAllow(base))
}

func (d *detection) scriptAllows(base string) bool {
	if d.script == "latin" {
		return !neverLatin[base]
	}
	languages, known := languagesOfScript[d.script]
	return !known || languages[base]
}

func (d *detection) wordsAllow(base string) bool {
	declared := indexOf(base)
	switch {
	case d.language == "":
		return !(d.prose && manyFunctionWords[base] && d.shareAt(declared) < 0.015)
	case declared < 0:
		return d.shareAt(indexOf(d.language)) < 0.3
	}
	// Neighbouring languages share words: only what one of them has counts. A text in
	// both keeps its declaration.
	inDeclared, inDetected := bitOf(base), bitOf(d.language)
	if inDetected == 0 {
		return true
	}
	onlyDeclared, onlyDetected := 0, 0
	for _, m := range d.masks {
		switch m & (inDeclared | inDetected) {
		case inDeclared:
			onlyDeclared++
		case inDetected:
			onlyDetected++
		}
	}
	return !(onlyDeclared*20 < d.words && onlyDetected*8 > d.words && onlyDetected > 3*onlyDeclared)
}
