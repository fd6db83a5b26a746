package redact

import (
	"strings"
	"unicode/utf8"
)

// phonesIn adds the phone numbers of a text.
func (d *Document) phonesIn(found []span, s string) []span {
	ascii, places := asciiDigits(s)
	for _, n := range d.r.numbers.InText(ascii, d.regions...) {
		value := n.E164
		if value == "" {
			value = digitsOf(ascii[n.Start:n.End])
		}
		if places != nil {
			n.Start, n.End = places[n.Start], places[n.End]
		}
		found = append(found, span{start: n.Start, end: n.End, kind: phone, value: value})
	}
	return found
}

func digitsOf(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// zeros are the zeros of other scripts' digits.
var zeros = []rune{'٠', '۰', '०', '০', '๐', '０', '೦', '௦', '౦', '၀', '០'}

// asciiDigit is the ASCII form of a digit or of a sign between digits; 0 of others.
func asciiDigit(c rune) byte {
	switch c {
	case '＋':
		return '+'
	case '－', '−', '‒', '―':
		return '-'
	case '（':
		return '('
	case '）':
		return ')'
	case '\u2009', '\u202f', '\u3000':
		return ' '
	}
	for _, zero := range zeros {
		if c >= zero && c <= zero+9 {
			return '0' + byte(c-zero)
		}
	}
	return 0
}

// digitLeads are the first bytes of what asciiDigit knows, in UTF-8.
var digitLeads = func() (leads [256]bool) {
	for _, zero := range zeros {
		leads[string(zero)[0]] = true
	}
	leads[0xe2], leads[0xe3], leads[0xef] = true, true, true
	return leads
}()

// firstLead is the least of digitLeads.
const firstLead = 0xd9

// asciiDigits writes the digits of other scripts in ASCII. places are where the bytes of
// the result were, and its end; nil if nothing changed.
func asciiDigits(s string) (ascii string, places []int) {
	start := 0
	for start < len(s) && s[start] < firstLead {
		start++
	}
	var b []byte
	for i := start; i < len(s); {
		size := 1
		if digitLeads[s[i]] {
			var c rune
			c, size = utf8.DecodeRuneInString(s[i:])
			if d := asciiDigit(c); d != 0 {
				if places == nil {
					b = append(make([]byte, 0, len(s)), s[:i]...)
					places = make([]int, i, len(s)+1)
					for j := range places {
						places[j] = j
					}
				}
				b, places = append(b, d), append(places, i)
				i += size
				continue
			}
		}
		if places != nil {
			for j := range size {
				b, places = append(b, s[i+j]), append(places, i+j)
			}
		}
		i += size
	}
	if places == nil {
		return s, nil
	}
	return string(b), append(places, len(s))
}
