package dataset

import (
	"encoding/json"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// A jsonDecoder reads JSON (RFC 8259) from the start of s. Its methods return false for
// what is not valid, or rare.
type jsonDecoder struct {
	s   string
	at  int
	buf []byte // of the last text with escapes
}

func (d *jsonDecoder) space() {
	for d.at < len(d.s) {
		switch d.s[d.at] {
		case ' ', '\t', '\n', '\r':
			d.at++
		default:
			return
		}
	}
}

// eat consumes the next byte that is not white space, if it is c.
func (d *jsonDecoder) eat(c byte) bool {
	d.space()
	if d.at < len(d.s) && d.s[d.at] == c {
		d.at++
		return true
	}
	return false
}

// object reads an object. member is called at the value of each member, and reads it.
func (d *jsonDecoder) object(member func(name string) bool) bool {
	if !d.eat('{') {
		return false
	}
	if d.eat('}') {
		return true
	}
	for {
		var name string
		if !d.text(&name) || !d.eat(':') || !member(name) {
			return false
		}
		if d.eat('}') {
			return true
		}
		if !d.eat(',') {
			return false
		}
	}
}

// array reads an array. element is called at each element, and reads it.
func (d *jsonDecoder) array(element func() bool) bool {
	if !d.eat('[') || d.eat(']') { // an empty one is rare
		return false
	}
	for {
		if !element() {
			return false
		}
		if d.eat(']') {
			return true
		}
		if !d.eat(',') {
			return false
		}
	}
}

func (d *jsonDecoder) texts(all *[]string) bool {
	return d.array(func() bool {
		var s string
		ok := d.text(&s)
		*all = append(*all, s)
		return ok
	})
}

func (d *jsonDecoder) bool(b *bool) bool {
	d.space()
	switch rest := d.s[d.at:]; {
	case strings.HasPrefix(rest, "true"):
		*b, d.at = true, d.at+4
	case strings.HasPrefix(rest, "false"):
		*b, d.at = false, d.at+5
	default:
		return false
	}
	return true
}

// number reads a number without sign and exponent.
func (d *jsonDecoder) number(f *float64) bool {
	d.space()
	start := d.at
	digits := func() int {
		from := d.at
		for d.at < len(d.s) && '0' <= d.s[d.at] && d.s[d.at] <= '9' {
			d.at++
		}
		return d.at - from
	}
	if n := digits(); n == 0 || n > 1 && d.s[start] == '0' {
		return false
	}
	if d.at < len(d.s) && d.s[d.at] == '.' {
		d.at++
		if digits() == 0 {
			return false
		}
	}
	var err error
	*f, err = strconv.ParseFloat(d.s[start:d.at], 64)
	return err == nil
}

func (d *jsonDecoder) unmarshal(v any) bool {
	raw, ok := d.raw()
	return ok && raw[0] != 'n' && json.Unmarshal([]byte(raw), v) == nil
}

// raw returns an object or array, without checking what is in it.
func (d *jsonDecoder) raw() (string, bool) {
	d.space()
	start, depth := d.at, 0
	for d.at < len(d.s) {
		c := d.s[d.at]
		d.at++
		switch c {
		case '"':
			if !d.skipText() {
				return "", false
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth <= 0 {
				return d.s[start:d.at], depth == 0
			}
		}
		if depth == 0 {
			return "", false
		}
	}
	return "", false
}

// skipText skips the rest of a text, after its first quotation mark.
func (d *jsonDecoder) skipText() bool {
	for {
		n := strings.IndexByte(d.s[d.at:], '"')
		if n < 0 {
			return false
		}
		end := d.at + n
		slashes := 0
		for end-slashes > d.at && d.s[end-slashes-1] == '\\' {
			slashes++
		}
		d.at = end + 1
		if slashes%2 == 0 {
			return true
		}
	}
}

// text reads a text. One without escapes is a part of s.
func (d *jsonDecoder) text(into *string) bool {
	if !d.eat('"') {
		return false
	}
	raw := d.s[d.at:]
	n := jsontext.Plain(raw)
	if n < len(raw) && raw[n] == '"' {
		*into = raw[:n]
		d.at += n + 1
		return true
	}
	b := d.buf[:0]
	for {
		if n == len(raw) {
			return false
		}
		b = append(b, raw[:n]...)
		if raw[n] == '"' {
			break
		}
		used := 0
		if b, used = appendUnescaped(b, raw[n:]); used == 0 {
			return false
		}
		raw = raw[n+used:]
		n = jsontext.Plain(raw)
	}
	*into, d.buf = string(b), b
	d.at = len(d.s) - len(raw) + n + 1
	return true
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// appendUnescaped decodes the escape with which s begins, and returns its length; 0 if
// it is not valid, or is one of a lone surrogate.
func appendUnescaped(b []byte, s string) ([]byte, int) {
	if len(s) < 2 || s[0] != '\\' {
		return b, 0
	}
	if c := escapes[s[1]]; c != 0 {
		return append(b, c), 2
	}
	r, ok := codeUnit(s)
	if !ok {
		return b, 0
	}
	if !utf16.IsSurrogate(r) {
		return utf8.AppendRune(b, r), 6
	}
	low, ok := codeUnit(s[6:])
	if r = utf16.DecodeRune(r, low); !ok || r == utf8.RuneError {
		return b, 0
	}
	return utf8.AppendRune(b, r), 12
}

// codeUnit decodes a backslash, "u" and four hexadecimal digits.
func codeUnit(s string) (r rune, ok bool) {
	if len(s) < 6 || s[0] != '\\' || s[1] != 'u' {
		return 0, false
	}
	for i := 2; i < 6; i++ {
		c := s[i]
		switch {
		case '0' <= c && c <= '9':
			c -= '0'
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			c = c | 0x20 - 'a' + 10
		default:
			return 0, false
		}
		r = r<<4 | rune(c)
	}
	return r, true
}
