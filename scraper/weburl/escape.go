package weburl

import "strings"

// What a byte may be in the path and in the query of a URI (RFC 3986, sections 3.3
// and 3.4), as bits of octets.
const (
	inPath     = 1 << iota // as it is
	inQuery                // as it is; not ', which browsers escape there
	unreserved             // its escape means the same (section 6.2.2.2)
	rawPath                // as it is, but net/url would escape it
	inHost                 // of a name, in lower case
)

var octets = func() (set [256]byte) {
	add := func(bits byte, chars string) {
		for i := range len(chars) {
			set[chars[i]] |= bits
		}
	}
	add(inPath|inQuery|unreserved|inHost, "abcdefghijklmnopqrstuvwxyz0123456789-_.")
	add(inPath|inQuery|unreserved, "ABCDEFGHIJKLMNOPQRSTUVWXYZ~")
	add(inPath|inQuery, "$&+,;=:@/")
	add(inPath|inQuery|rawPath, "!()*")
	add(inPath|rawPath, "'")
	add(inQuery, "?")
	return set
}()

const hexDigits = "0123456789ABCDEF"

// escaped returns s with everything escaped that a place (inPath or inQuery) does not
// allow, also a % that begins no escape. With normal set, escapes are brought to one
// spelling: those of unreserved characters are undone, hex digits in upper case.
func escaped(s string, place byte, normal bool) string {
	for i := 0; i < len(s); i++ {
		switch {
		case octets[s[i]]&place != 0:
		case isEscape(s[i:]) && (!normal || isNormal(s[i:])):
			i += 2
		default:
			return string(appendEscaped(make([]byte, 0, len(s)+16), s, place, normal))
		}
	}
	return s
}

// isNormal reports whether an escape has its one spelling.
func isNormal(escape string) bool {
	return escape[1] < 'a' && escape[2] < 'a' && octets[unhex(escape[1])<<4|unhex(escape[2])]&unreserved == 0
}

func appendEscaped(out []byte, s string, place byte, normal bool) []byte {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case octets[c]&place != 0:
			out = append(out, c)
		case c == '%' && isEscape(s[i:]):
			v := unhex(s[i+1])<<4 | unhex(s[i+2])
			switch {
			case !normal:
				out = append(out, s[i:i+3]...)
			case octets[v]&unreserved != 0:
				out = append(out, v)
			default:
				out = append(out, '%', hexDigits[v>>4], hexDigits[v&15])
			}
			i += 2
		default:
			out = append(out, '%', hexDigits[c>>4], hexDigits[c&15])
		}
	}
	return out
}

// isEscape reports whether s begins with a % and two hex digits.
func isEscape(s string) bool {
	return len(s) >= 3 && s[0] == '%' && isHex(s[1]) && isHex(s[2])
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'f'
}

func unhex(c byte) byte {
	if c <= '9' {
		return c - '0'
	}
	return c | 0x20 - 'a' + 10
}

// unescape undoes all escapes.
func unescape(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	out := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if isEscape(s[i:]) {
			out = append(out, unhex(s[i+1])<<4|unhex(s[i+2]))
			i += 2
		} else {
			out = append(out, s[i])
		}
	}
	return string(out)
}
