package headline

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A cut is a place where a title can be taken apart: the sign that stands between a
// headline and what sites write before and after it.
type cut struct {
	start, end int // of the sign, with the white space around it
	sign       sign
}

// A sign is how sure a cut is, by what is written there.
type sign int

const (
	bracket sign = iota + 1 // a remark in brackets begins or ends there
	colon                   // and a dash without spaces in scripts that have none
	dash                    // with spaces around it; an underscore
	bar
)

// maxCuts bounds how many cuts of a title are looked at.
const maxCuts = 8

// cutsOf lists where a title can be taken apart.
func cutsOf(s string) []cut {
	var all []cut
	for i, r := range s {
		if r == utf8.RuneError || r < utf8.RuneSelf && !asciiSign[r] {
			continue
		}
		end := i + utf8.RuneLen(r)
		how := signAt(s, i, end, r)
		if how == 0 {
			continue
		}
		c := cut{i - trailing(s[:i]), end + leading(s[end:]), how}
		if n := len(all); n > 0 && all[n-1].end >= c.start {
			all[n-1].end, all[n-1].sign = c.end, max(all[n-1].sign, how)
			continue
		}
		if len(all) == maxCuts {
			break
		}
		all = append(all, c)
	}
	return trimCuts(s, withBrackets(s, withinSentences(s, all)))
}

// withinSentences drops the cuts at a dash or colon after which the sentence goes on
// with a small letter, and with more than a name.
func withinSentences(s string, cuts []cut) []cut {
	return slices.DeleteFunc(cuts, func(c cut) bool {
		rest := s[c.end:]
		if next := strings.IndexAny(rest, "|–—»"); next >= 0 {
			rest = rest[:next]
		}
		first, _ := utf8.DecodeRuneInString(rest)
		return c.sign < bar && unicode.IsLower(first) && strings.Contains(strings.TrimSpace(rest), " ") && !strings.Contains(rest, ".")
	})
}

// asciiSign are the signs of ASCII at which titles are cut.
var asciiSign = [utf8.RuneSelf]bool{'|': true, '-': true, '_': true, ':': true, '/': true, '~': true, '>': true, '<': true}

// signAt says what the character r at s[i:end] is between the texts around it; 0 if
// it is part of a word or sentence.
func signAt(s string, i, end int, r rune) sign {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[end:])
	left, right := i > 0 && unicode.IsSpace(before), end < len(s) && unicode.IsSpace(after)
	dense := unspaced(before) || unspaced(after)
	switch r {
	case '|', '｜', 'ㅣ', '¦', '│', '┃':
		return bar
	case '»', '«', '›', '‹', '•', '▪', '■', '>', '<', '→', '←':
		if left && right {
			return bar
		}
	case '–', '—', '―', '-', '－', '·', '・', '/', '~', '⁄', '−', '∙':
		switch {
		case left && right, signOf(before) && right, left && signOf(after):
			return dash
		case dense && r != '/' && r != '·' && r != '・':
			return colon
		}
	case '_', '＿':
		if left || right || dense {
			return dash
		}
		return colon
	case ':', '：':
		if right || left || r == '：' || dense && !unicode.IsDigit(before) && !unicode.IsDigit(after) {
			return colon
		}
	}
	return 0
}

// signOf reports whether a character is one of a sign of several: "--", "//", "::".
func signOf(r rune) bool { return r == '-' || r == '/' || r == ':' || r == '~' }

// unspaced reports whether a letter is of a script that has no spaces between words,
// or few: Han, kana, Hangul, Thai.
func unspaced(r rune) bool {
	return r >= 0x1100 && unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul) || r >= 0x0e00 && r <= 0x0e7f || r == '」' || r == '「' || r == '”'
}

// Brackets in which sites put a remark before or after a headline.
var (
	openBrackets  = "([【（［〔"
	closeBrackets = ")]】）］〕"
)

// withBrackets adds the inner borders of a remark in brackets at either end.
func withBrackets(s string, cuts []cut) []cut {
	if r, size := utf8.DecodeRuneInString(s); strings.ContainsRune(openBrackets, r) {
		if i := strings.IndexAny(s[size:], closeBrackets); i > 0 {
			_, n := utf8.DecodeRuneInString(s[size+i:])
			at := size + i + n
			if (len(cuts) == 0 || cuts[0].start > at) && at < len(s) {
				cuts = append([]cut{{at, at + leading(s[at:]), bracket}}, cuts...)
			}
		}
	}
	if r, size := utf8.DecodeLastRuneInString(s); strings.ContainsRune(closeBrackets, r) {
		at := strings.LastIndexAny(s[:len(s)-size], openBrackets)
		if at > 0 && (len(cuts) == 0 || cuts[len(cuts)-1].end < at) {
			cuts = append(cuts, cut{at - trailing(s[:at]), at, bracket})
		}
	}
	return cuts
}

// trimCuts drops cuts before or after which nothing stands.
func trimCuts(s string, cuts []cut) []cut {
	for len(cuts) > 0 && cuts[0].start <= 0 {
		cuts = cuts[1:]
	}
	for len(cuts) > 0 && cuts[len(cuts)-1].end >= len(s) {
		cuts = cuts[:len(cuts)-1]
	}
	return cuts
}

func leading(s string) int  { return len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace)) }
func trailing(s string) int { return len(s) - len(strings.TrimRightFunc(s, unicode.IsSpace)) }

// A run is some of the parts of a title, side by side.
type run struct {
	text  string
	left  []string // the parts before it
	right []string // the parts after it
	sign  sign     // the weakest at which it was cut
}

// runsOf lists what can be left of a title when parts of it are cut off at its ends;
// of a title of many parts only those that begin or end it.
func runsOf(s string) []run {
	cuts := cutsOf(s)
	if len(cuts) == 0 {
		return nil
	}
	n := len(cuts) + 1
	start := func(k int) int {
		if k == 0 {
			return 0
		}
		return cuts[k-1].end
	}
	end := func(k int) int {
		if k == n-1 {
			return len(s)
		}
		return cuts[k].start
	}
	parts := make([]string, n)
	for k := range parts {
		if start(k) < end(k) {
			parts[k] = s[start(k):end(k)]
		}
	}
	var all []run
	for i := range n {
		for j := i; j < n; j++ {
			if i > 0 && j < n-1 && n > 4 || i == 0 && j == n-1 || start(i) >= end(j) {
				continue
			}
			r := run{text: s[start(i):end(j)], left: parts[:i], right: parts[j+1:], sign: bar}
			if i > 0 {
				r.sign = min(r.sign, cuts[i-1].sign)
			}
			if j < n-1 {
				r.sign = min(r.sign, cuts[j].sign)
			}
			all = append(all, r)
		}
	}
	return all
}
