package dates

import (
	"strings"
	"unicode/utf8"
)

// yearSign follows a year in Chinese and Japanese, and firstYear stands for the first
// of an era.
const yearSign, firstYear = "年", "元"

// mayDate reports whether a text may contain a date. It is a cheap test that spares
// most texts of a page from being read, and misses years of one or two digits after
// the name of a month or era.
func mayDate(s string) bool {
	run := 0 // digits right before i
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c >= '0' && c <= '9' {
			run++
			if run == 4 && isYear(s, i) {
				return true
			}
			continue
		}
		if run == 2 && !asciiLetter(c) && endsShortDate(s[:i]) {
			return true
		}
		if c == yearSign[0] && strings.HasPrefix(s[i:], yearSign) && (run > 0 || strings.HasSuffix(s[:i], firstYear)) {
			return true
		}
		run = 0
		if c >= 0xd9 && c != 0xe2 { // digits of other scripts; most dashes and quotes are not worth decoding
			r, size := utf8.DecodeRuneInString(s[i:])
			if _, ok := digitOf(r); ok {
				return true
			}
			i += max(size, 1) - 1
		}
	}
	return run == 2 && endsShortDate(s)
}

// isYear reports whether the four digits up to i may be a year of one of our
// calendars and are not part of a longer number.
func isYear(s string, i int) bool {
	switch s[i-3 : i-1] {
	case "19", "13", "14", "20", "25":
		return i+1 == len(s) || s[i+1] < '0' || s[i+1] > '9'
	}
	return false
}

// endsShortDate reports whether a text that ends in two digits may end as 23.09.22 does.
func endsShortDate(s string) bool {
	i := len(s) - 3
	switch {
	case i < 2:
		return false
	case s[i] == '\'': // 23 Nov '26
		return true
	case s[i] == ' ': // 23 พ.ย. 69
		return s[i-1] == '.' && s[i-2] >= utf8.RuneSelf
	}
	return (s[i] == '.' || s[i] == '/' || s[i] == '-') && s[i-1] >= '0' && s[i-1] <= '9'
}
