package archive

import (
	"bytes"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// unescaped reads a string and appends it to b, in one pass. If it is JSON, the array that
// is the value of the member without is empty in what is appended; "" for all of it.
func (s *scanner) unescaped(b []byte, without string) ([]byte, error) {
	if !s.eat('"') {
		return nil, errJSON
	}
	start, array := len(b), s.arrayOf(without)
	for {
		if s.at == array-1 { // at the colon
			if n := escapedArray(s.b[array:]); n > 0 {
				b = append(b, ":[]"...)
				s.at = array + n
			}
		}
		raw := s.b[s.at:]
		n := jsontext.Plain(raw)
		if n == len(raw) {
			return nil, errJSON
		}
		b = append(b, raw[:n]...)
		s.at += n
		if raw[n] == '"' {
			s.at++
			// What escapes stand for is valid, and so what is not was not before.
			if !utf8.Valid(b[start:]) {
				return nil, errJSON
			}
			return b, nil
		}
		var used int
		var err error
		if b, used, err = appendUnescaped(b, raw[n:]); err != nil {
			return nil, err
		}
		s.at += used
	}
}

// arrayOf is where the array of a member begins in JSON that is escaped, if it may be in
// the string at hand; 0 if it is not. Within a text of that JSON, quotation marks are
// escaped twice, and so this is none.
func (s *scanner) arrayOf(member string) int {
	if member == "" {
		return 0
	}
	name := append(append(make([]byte, 0, 64), `,\"`...), member...)
	name = append(name, `\":[`...)
	n := bytes.Index(s.b[s.at:], name)
	if n < 0 {
		return 0
	}
	return s.at + n + len(name) - 1
}

// escapedArray is how many bytes the array has with which raw begins, which is JSON that
// is escaped as a string; 0 if it does not end, or has what is rare.
func escapedArray(raw []byte) int {
	depth, inText := 0, false
	for at := 0; at < len(raw); {
		plain := raw[at:]
		if n := bytes.IndexByte(plain, '\\'); n >= 0 {
			plain = plain[:n]
		}
		if inText && bytes.IndexByte(plain, '"') >= 0 {
			return 0 // the end of the string
		}
		for i := 0; i < len(plain) && !inText; i++ {
			switch plain[i] {
			case '[', '{':
				depth++
			case ']', '}':
				if depth--; depth == 0 {
					return at + i + 1
				}
			case '"':
				return 0
			}
		}
		at += len(plain)
		n := escapeLength(raw[at:], inText)
		if n == 0 {
			return 0
		}
		inText = inText != (n == 2)
		at += n
	}
	return 0
}

// escapeLength is how many bytes the backslash with which raw begins and what belongs to it
// have: 2 for a quotation mark, 3 or 4 for an escape within a text of the JSON that is
// escaped, 0 for others.
func escapeLength(raw []byte, inText bool) int {
	switch {
	case len(raw) < 4:
		return 0
	case raw[1] == '"':
		return 2
	case raw[1] != '\\' || !inText:
		return 0
	case raw[2] != '\\':
		return 3
	case raw[3] == '"' || raw[3] == '\\':
		return 4
	}
	return 0
}
