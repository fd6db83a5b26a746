package redact

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Bounds of an address, in bytes: RFC 5321 has 64 and 255.
const (
	maxLocal = 64 * 4 // of characters of four bytes
	maxHost  = 255
	maxLabel = 63
)

// emailsIn adds the addresses of a text. Most texts have none of the signs that it looks
// for, and only the bytes beside a sign are looked at.
func emailsIn(found []span, s string) []span {
	add := func(at, size int, spelled bool) {
		start := localStart(s, at)
		if start < 0 {
			return
		}
		host, stop := hostAt(s, at+size, spelled)
		if stop < 0 || host[0] >= '1' && host[0] <= '4' && (strings.HasPrefix(host[1:], "x.")) { // logo@2x.png
			return
		}
		local := strings.TrimRight(s[start:at], " \t\n\u00a0")
		found = append(found, span{start: start, end: stop, kind: email, value: strings.ToLower(local + "@" + host)})
	}
	each(s, "@", func(i int) {
		size := 1
		if i+2 < len(s) && s[i+1] == ' ' {
			size = 2
		}
		add(i, size, false)
	})
	each(s, "%40", func(i int) { add(i, 3, false) })
	each(s, "＠", func(i int) { add(i, len("＠"), false) })
	for i := range len(brackets) {
		each(s, brackets[i:i+1], func(i int) {
			if size := signAt(s, i, atWords); size > 0 {
				add(i, size, true)
			}
		})
	}
	return wordEmails(found, s)
}

// each calls f for each place of a sign.
func each(s, sign string, f func(i int)) {
	for i := 0; ; {
		j := strings.Index(s[i:], sign)
		if j < 0 {
			return
		}
		f(i + j)
		i += j + len(sign)
	}
}

const brackets = "([{<"

// atWords and dotWords are what languages call the signs, as sites spell them.
var (
	atWords  = []string{"at", "@", "ät", "arroba", "chiocciola", "kukac", "zavináč", "małpa", "malpa", "snabela", "snabel-a", "krøllalfa", "собака", "собачка", "arobase", "apenstaartje", "et", "ad"}
	dotWords = []string{"dot", "punkt", "punto", "point", "ponto", "kropka", "точка", "."}
)

// signAt is the size of a bracket with one of the words in it, and the spaces behind;
// 0 if there is none at i.
func signAt(s string, i int, words []string) int {
	if i >= len(s) || strings.IndexByte(brackets, s[i]) < 0 {
		return 0
	}
	inner := s[i+1 : min(len(s), i+32)]
	j := strings.IndexAny(inner, ")]}>")
	if j < 0 {
		return 0
	}
	word := strings.ToLower(strings.Trim(inner[:j], " \t_-\u00a0"))
	if !slices.Contains(words, word) {
		return 0
	}
	size := 1 + j + 1
	return size + spaces(s[i+size:])
}

// spaces counts at most three spaces.
func spaces(s string) (n int) {
	for n < len(s) && n < 3 && s[n] == ' ' {
		n++
	}
	return n
}

// localStart is where the part before the sign at a place begins; -1 if there is none. Spaces may be before a spelled sign.
func localStart(s string, at int) int {
	end := at
	if s[at] != '%' {
		for n := 0; end > 0 && s[end-1] == ' ' && n < 3; n++ {
			end--
		}
		// "name @ host.tld" has a space on both sides; "name @handle.tld" names an account.
		if end < at && s[at] == '@' && (at+1 >= len(s) || s[at+1] != ' ') {
			return -1
		}
	}
	if start := quotedStart(s, end); start >= 0 {
		return start
	}
	start := end
	latin := true
	for start > 0 && end-start < maxLocal {
		c, size := utf8.DecodeLastRuneInString(s[:start])
		if start == end {
			latin = c < utf8.RuneSelf || unicode.Is(unicode.Latin, c)
		}
		if !localRune(c, size, latin) {
			break
		}
		start -= size
	}
	for start < end && strings.IndexByte(".'%-+", s[start]) >= 0 {
		start++
	}
	if start == end || strings.IndexByte(".%", s[end-1]) >= 0 {
		return -1
	}
	return start
}

// quotedStart is where the quotes begin that end at a place ("john smith"@host.tld); -1 if
// none do.
func quotedStart(s string, end int) int {
	if end == 0 || s[end-1] != '"' {
		return -1
	}
	from := max(0, end-66)
	start := from + strings.LastIndexByte(s[from:end-1], '"')
	if start < from || start+1 >= end-1 || strings.ContainsAny(s[start:end], "\n@<>") {
		return -1
	}
	return start
}

// localRune reports whether a character may be in the part before the sign. Text without
// spaces between words may stand before it, so scripts do not mix.
func localRune(c rune, size int, latin bool) bool {
	switch {
	case c < utf8.RuneSelf:
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("._%+'-!#$&*", byte(c)) >= 0
	case c == utf8.RuneError && size == 1:
		return false
	case latin:
		return unicode.Is(unicode.Latin, c) || unicode.Is(unicode.Mn, c)
	}
	return unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c)
}

// hostAt reads the host at a place: labels and dots, the last a top-level domain. Dots
// may be spelled if the sign before was. stop is -1 if there is none; host has plain dots.
func hostAt(s string, i int, spelled bool) (host string, stop int) {
	stop = -1
	var b []byte
	first := i
	for labels := 0; labels < 10 && i-first < maxHost; labels++ {
		end := labelEnd(s, i)
		if end == i {
			break
		}
		label := s[i:end]
		if labels > 0 {
			if tld := topLevel(label); tld > 0 && !(stop > 0 && startsUpper(label)) {
				stop = i + tld
				host = string(b) + label[:tld]
			}
		}
		b = append(b, label...)
		dot := dotAt(s, end, spelled)
		if dot == 0 || strings.HasSuffix(label, "-") {
			break
		}
		b = append(b, '.')
		i = end + dot
	}
	return host, stop
}

// dotAt is the size of the dot at a place; 0 if there is none.
func dotAt(s string, i int, spelled bool) int {
	switch {
	case strings.HasPrefix(s[i:], "."):
		return 1
	case strings.HasPrefix(s[i:], "．"):
		return len("．")
	case spelled:
		n := spaces(s[i:])
		if size := signAt(s, i+n, dotWords); size > 0 {
			return n + size
		}
	}
	return 0
}

// labelEnd is where a label of a host ends.
func labelEnd(s string, i int) int {
	end := i
	latin := true
	for end < len(s) && end-i < maxLabel {
		c, size := utf8.DecodeRuneInString(s[end:])
		if end == i {
			latin = c < utf8.RuneSelf || unicode.Is(unicode.Latin, c)
		}
		if !hostRune(c, latin) || c == '-' && end == i {
			break
		}
		end += size
	}
	return end
}

func hostRune(c rune, latin bool) bool {
	switch {
	case c < utf8.RuneSelf:
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_'
	case latin:
		return unicode.Is(unicode.Latin, c) || unicode.Is(unicode.Mn, c)
	}
	return unicode.IsLetter(c) || unicode.IsMark(c) || unicode.IsDigit(c)
}

// topLevel is how much of a label is a top-level domain: at least two letters, and the
// letters and digits that follow them without a sign; 0 if it is none.
func topLevel(label string) int {
	if strings.HasPrefix(strings.ToLower(label), "xn--") && len(label) > 5 {
		return len(strings.TrimRight(label, "-_"))
	}
	letters, end := 0, 0
	for i, c := range label {
		if c == '-' || c == '_' {
			break
		}
		if i == end && letters < 2 && !unicode.IsDigit(c) {
			letters++
		} else if letters < 2 {
			return 0
		}
		end = i + utf8.RuneLen(c)
	}
	if letters < 2 {
		return 0
	}
	return end
}

// startsUpper reports whether a label begins a sentence whose space is missing:
// "jane@example.org.Then".
func startsUpper(label string) bool {
	c, size := utf8.DecodeRuneInString(label)
	next, _ := utf8.DecodeRuneInString(label[size:])
	return unicode.IsUpper(c) && unicode.IsLower(next)
}

// wordEmails adds addresses with words for both signs ("jane.doe at example dot org").
// People also are at a place, so the name must look like one of a mailbox, or the word
// mail stand before.
func wordEmails(found []span, s string) []span {
	for _, sign := range []string{" at ", " AT ", " arroba ", " ät "} {
		if !strings.Contains(s, sign) || !hasDotWord(s) {
			continue
		}
		each(s, sign, func(i int) {
			host, stop := wordHost(s, i+len(sign))
			if stop < 0 {
				return
			}
			start := localStart(s, i)
			if start < 0 {
				return
			}
			local := s[start:i]
			before := strings.ToLower(s[max(0, start-20):start])
			if strings.ContainsAny(local, "._-+0123456789") || strings.Contains(before, "mail") || strings.Contains(before, "correo") || strings.Contains(before, "courriel") {
				found = append(found, span{start: start, end: stop, kind: email, value: strings.ToLower(local + "@" + host)})
			}
		})
	}
	return found
}

var spelledDots = []string{" dot ", " DOT ", " punto ", " Punkt ", " punkt ", " ponto ", " point "}

func hasDotWord(s string) bool {
	return slices.ContainsFunc(spelledDots, func(dot string) bool { return strings.Contains(s, dot) })
}

// wordHost reads a host whose dots are words.
func wordHost(s string, i int) (host string, stop int) {
	stop = -1
	for range 6 {
		end := labelEnd(s, i)
		if end == i {
			return host, stop
		}
		if host != "" && topLevel(s[i:end]) == end-i {
			stop = end
		}
		host += s[i:end]
		size := 0
		for _, dot := range spelledDots {
			if strings.HasPrefix(s[end:], dot) {
				size = len(dot)
			}
		}
		if size == 0 {
			return host, stop
		}
		host += "."
		i = end + size
	}
	return host, stop
}
