package archive

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// A scanner reads the JSON (RFC 8259) of one record. Most of a record is one very
// long string, which encoding/json reads at a tenth of this speed: too slow to
// verify an archive. Values that are rare or short are left to encoding/json.
type scanner struct {
	b  []byte
	at int
}

var errJSON = errors.New("invalid JSON in a record")

// space skips white space.
func (s *scanner) space() {
	for s.at < len(s.b) {
		switch s.b[s.at] {
		case ' ', '\t', '\n', '\r':
			s.at++
		default:
			return
		}
	}
}

// next returns the next byte that is not white space, without consuming it; 0 at
// the end.
func (s *scanner) next() byte {
	s.space()
	if s.at == len(s.b) {
		return 0
	}
	return s.b[s.at]
}

// eat consumes the next byte that is not white space, if it is c.
func (s *scanner) eat(c byte) bool {
	if s.next() != c {
		return false
	}
	s.at++
	return true
}

// token reads a string and returns it without its quotes, with its escapes. plain
// reports that there are none.
func (s *scanner) token() (raw []byte, plain bool, err error) {
	if !s.eat('"') {
		return nil, false, errJSON
	}
	start, quote := s.at, -1
	plain = true
	for {
		// The next quote is searched once, however many escapes are before it.
		if quote < s.at {
			n := bytes.IndexByte(s.b[s.at:], '"')
			if n < 0 {
				return nil, false, errJSON
			}
			quote = s.at + n
		}
		back := bytes.IndexByte(s.b[s.at:quote], '\\')
		if back < 0 {
			s.at = quote + 1
			return s.b[start:quote], plain, nil
		}
		plain = false
		s.at += back + 2 // an escaped quote does not end the string
		if s.at > len(s.b) {
			return nil, false, errJSON
		}
	}
}

// text reads a string.
func (s *scanner) text() (string, error) {
	raw, plain, err := s.token()
	if err != nil {
		return "", err
	}
	if plain {
		return string(raw), checkPlain(raw)
	}
	b, err := unescape(make([]byte, 0, len(raw)), raw)
	return string(b), err
}

// bytes reads a long string. The result may alias the scanner's input.
func (s *scanner) bytes() ([]byte, error) {
	raw, plain, err := s.token()
	if err != nil {
		return nil, err
	}
	if plain {
		return raw, checkPlain(raw)
	}
	return unescape(make([]byte, 0, len(raw)), raw)
}

// checkPlain checks a string without escapes.
func checkPlain(raw []byte) error {
	if jsontext.Plain(raw) < len(raw) || !utf8.Valid(raw) {
		return errJSON
	}
	return nil
}

// unescape appends a string to b with its escapes decoded.
func unescape(b, raw []byte) ([]byte, error) {
	if !utf8.Valid(raw) {
		return nil, errJSON
	}
	for len(raw) > 0 {
		n := jsontext.Plain(raw)
		b = append(b, raw[:n]...)
		if raw = raw[n:]; len(raw) == 0 {
			break
		}
		var used int
		var err error
		if b, used, err = appendUnescaped(b, raw); err != nil {
			return nil, err
		}
		raw = raw[used:]
	}
	return b, nil
}

var escapes = [256]byte{'"': '"', '\\': '\\', '/': '/', 'n': '\n', 'r': '\r', 't': '\t', 'b': '\b', 'f': '\f'}

// appendUnescaped appends what the escape stands for with which raw begins, and returns
// how many bytes it has.
func appendUnescaped(b, raw []byte) (decoded []byte, used int, err error) {
	if len(raw) < 2 || raw[0] != '\\' {
		return nil, 0, errJSON // a control character
	}
	if c := escapes[raw[1]]; c != 0 {
		return append(b, c), 2, nil
	}
	if raw[1] != 'u' {
		return nil, 0, errJSON
	}
	r, used, err := codeUnit(raw[2:])
	return utf8.AppendRune(b, r), 2 + used, err
}

// codeUnit decodes what follows \u: one code point, or a surrogate pair. It returns
// how many bytes it used.
func codeUnit(raw []byte) (r rune, used int, err error) {
	unit := func(b []byte) (rune, bool) {
		if len(b) < 4 {
			return 0, false
		}
		n, err := strconv.ParseUint(string(b[:4]), 16, 16)
		return rune(n), err == nil
	}
	r, ok := unit(raw)
	if !ok {
		return 0, 0, errJSON
	}
	if !utf16.IsSurrogate(r) {
		return r, 4, nil
	}
	if len(raw) >= 10 && raw[4] == '\\' && raw[5] == 'u' {
		if low, ok := unit(raw[6:]); ok {
			if both := utf16.DecodeRune(r, low); both != utf8.RuneError {
				return both, 10, nil
			}
		}
	}
	return utf8.RuneError, 4, nil // a lone surrogate, decoded as encoding/json does
}

// texts reads a string or an array of strings.
func (s *scanner) texts() ([]string, error) {
	if s.next() == '"' {
		one, err := s.text()
		return []string{one}, err
	}
	if !s.eat('[') {
		return nil, errJSON
	}
	var many []string
	if s.eat(']') {
		return nil, nil
	}
	for {
		one, err := s.text()
		if err != nil {
			return nil, err
		}
		many = append(many, one)
		if s.eat(']') {
			return many, nil
		}
		if !s.eat(',') {
			return nil, errJSON
		}
	}
}

// value reads any value into v, with encoding/json.
func (s *scanner) value(v any) error {
	s.space()
	d := json.NewDecoder(bytes.NewReader(s.b[s.at:]))
	if err := d.Decode(v); err != nil {
		return err
	}
	s.at += int(d.InputOffset())
	return nil
}

// scanMembers calls visit for each member of a JSON object, in order, with the
// scanner at the member's value, which visit must read. It stops when visit
// returns false or an error.
func scanMembers(line []byte, visit func(key string, s *scanner) (more bool, err error)) error {
	s := &scanner{b: line}
	if !s.eat('{') {
		return errors.New("not a JSON object")
	}
	if s.eat('}') {
		return s.end()
	}
	for {
		key, err := s.text()
		if err != nil {
			return err
		}
		if !s.eat(':') {
			return errJSON
		}
		more, err := visit(key, s)
		if err != nil || !more {
			return err
		}
		if s.eat('}') {
			return s.end()
		}
		if !s.eat(',') {
			return errJSON
		}
	}
}

func (s *scanner) end() error {
	if s.next() != 0 || s.at != len(s.b) {
		return errors.New("data after the JSON object")
	}
	return nil
}
