package archive

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/internal/jsontext"
)

// MarshalJSON encodes the record as specified in FORMAT.md, on one line.
func (r *Record) MarshalJSON() ([]byte, error) {
	return r.appendJSON(make([]byte, 0, len(r.Payload)+len(r.Payload)/8+1024)), nil
}

func (r *Record) appendJSON(b []byte) []byte {
	b = append(b, '{')
	for i, f := range r.Fields {
		values := r.Fields[:i]
		if contains(values, f.Name) {
			continue // written with the first field of this name
		}
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, f.Name)
		b = append(b, ':')
		b = r.appendValues(b, i)
	}
	if h := r.HTTP; h != nil {
		b = append(b, `,"http":{"start":`...)
		b = appendString(b, h.Start)
		b = append(b, `,"headers":[`...)
		for i, f := range h.Headers {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(b, '[')
			b = appendString(b, f.Name)
			b = append(b, ',')
			b = appendString(b, f.Value)
			b = append(b, ']')
		}
		b = append(b, ']')
		if h.Latin1 {
			b = append(b, `,"latin1":true`...)
		}
		if h.Raw != nil {
			b = append(b, `,"raw":"`...)
			b = base64.StdEncoding.AppendEncode(b, h.Raw)
			b = append(b, '"')
		}
		b = append(b, '}')
	}
	switch {
	case len(r.Payload) == 0:
	case utf8.Valid(r.Payload):
		b = append(b, `,"text":`...)
		b = appendText(b, r.Payload)
	case r.textType():
		b = append(b, `,"latin1":`...)
		b = appendLatin1(b, r.Payload)
	default:
		b = append(b, `,"base64":"`...)
		b = base64.StdEncoding.AppendEncode(b, r.Payload)
		b = append(b, '"')
	}
	if r.Head != nil {
		b = append(b, `,"head":"`...)
		b = base64.StdEncoding.AppendEncode(b, r.Head)
		b = append(b, '"')
	}
	return append(b, '}')
}

func contains(fields []Field, name string) bool {
	for _, f := range fields {
		if f.Name == name {
			return true
		}
	}
	return false
}

// appendValues writes the value of the i-th field, or an array where its name
// occurs again.
func (r *Record) appendValues(b []byte, i int) []byte {
	name, many := r.Fields[i].Name, false
	for _, f := range r.Fields[i+1:] {
		if f.Name == name {
			many = true
			break
		}
	}
	if !many {
		return appendString(b, r.Fields[i].Value)
	}
	b = append(b, '[')
	first := true
	for _, f := range r.Fields[i:] {
		if f.Name != name {
			continue
		}
		if !first {
			b = append(b, ',')
		}
		first = false
		b = appendString(b, f.Value)
	}
	return append(b, ']')
}

// textTypes are substrings of the media types whose payloads are text.
var textTypes = []string{"text/", "html", "xml", "json", "javascript", "ecmascript"}

func (r *Record) textType() bool {
	mime := r.Get("Content-Type")
	if r.HTTP != nil {
		mime = r.HTTP.Get("Content-Type")
		if r.HTTP.Get("Content-Encoding") != "" { // compressed
			return false
		}
	}
	mime = strings.ToLower(mime)
	for _, t := range textTypes {
		if strings.Contains(mime, t) {
			return true
		}
	}
	return false
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. Invalid UTF-8, which JSON cannot
// represent, becomes U+FFFD.
func appendString[T string | []byte](b []byte, s T) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= ' ' && c != '"' && c != '\\' {
			if c < utf8.RuneSelf {
				i++
				continue
			}
			r, n := utf8.DecodeRuneInString(string(s[i:min(len(s), i+utf8.UTFMax)]))
			if r == utf8.RuneError && n == 1 {
				b = append(b, s[start:i]...)
				b = append(b, "\ufffd"...)
				i++
				start = i
				continue
			}
			i += n
			continue
		}
		b = append(b, s[start:i]...)
		b = appendEscape(b, c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

// appendText is appendString for valid UTF-8.
func appendText(b, s []byte) []byte {
	b = append(b, '"')
	for {
		n := jsontext.Plain(s)
		b = append(b, s[:n]...)
		if n == len(s) {
			return append(b, '"')
		}
		b = appendEscape(b, s[n])
		s = s[n+1:]
	}
}

func appendEscape(b []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	return append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}

func appendLatin1(b, payload []byte) []byte {
	b = append(b, '"')
	for _, c := range payload {
		switch {
		case c < ' ' || c == '"' || c == '\\':
			b = appendEscape(b, c)
		case c < utf8.RuneSelf:
			b = append(b, c)
		default:
			b = utf8.AppendRune(b, rune(c))
		}
	}
	return append(b, '"')
}

// fromLatin1 converts code points to bytes; those over 255, which are invalid, become '?'.
func fromLatin1(s string) []byte {
	b := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 255 {
			r = '?'
		}
		b = append(b, byte(r))
	}
	return b
}

// toLatin1 converts bytes to code points.
func toLatin1(b []byte) string {
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// UnmarshalJSON decodes the output of MarshalJSON. Its errors wrap ErrDamaged.
func (r *Record) UnmarshalJSON(line []byte) error {
	*r = Record{}
	err := scanMembers(bytes.Clone(line), r.member)
	if err == nil && (r.Type() == "" || r.ID() == "") {
		err = errors.New("no WARC-Type or WARC-Record-ID")
	}
	if err != nil {
		return fmt.Errorf("%w: record: %w", ErrDamaged, err)
	}
	return nil
}

// member decodes one member of a record. The record may alias the scanner's input.
func (r *Record) member(key string, s *scanner) (bool, error) {
	switch key {
	case "http":
		return true, r.scanHTTP(s)
	case "text", "latin1", "base64", "head":
		b, err := s.bytes()
		if err != nil {
			return false, err
		}
		return true, r.setContent(key, b)
	}
	return true, r.scanField(key, s)
}

func (r *Record) setContent(key string, b []byte) (err error) {
	switch key {
	case "text":
		r.Payload = b
	case "latin1":
		r.Payload = fromLatin1(string(b))
	case "base64":
		r.Payload, err = base64.StdEncoding.AppendDecode(nil, b)
	case "head":
		r.Head, err = base64.StdEncoding.AppendDecode(nil, b)
	}
	return err
}

func (r *Record) scanHTTP(s *scanner) error {
	at := s.at
	if h, ok := s.httpHead(); ok {
		r.HTTP = h
		return nil
	}
	s.at = at // it has another form than this program writes
	var h struct {
		Start   string
		Headers [][2]string
		Latin1  bool
		Raw     []byte
	}
	if err := s.value(&h); err != nil {
		return err
	}
	r.HTTP = &HTTPHead{Start: h.Start, Latin1: h.Latin1, Raw: h.Raw}
	for _, f := range h.Headers {
		r.HTTP.Headers = append(r.HTTP.Headers, Field{f[0], f[1]})
	}
	return nil
}

// httpHead reads an HTTP head as appendJSON writes it, without white space; ok is false if
// it has another form.
func (s *scanner) httpHead() (h *HTTPHead, ok bool) {
	if !s.literal(`{"start":`) {
		return nil, false
	}
	start, err := s.text()
	if err != nil || !s.literal(`,"headers":[`) {
		return nil, false
	}
	h = &HTTPHead{Start: start}
	for more := !s.literal("]"); more; {
		if !s.literal("[") {
			return nil, false
		}
		name, err := s.text()
		if err != nil || !s.literal(",") {
			return nil, false
		}
		value, err := s.text()
		if err != nil || !s.literal("]") {
			return nil, false
		}
		if h.Headers == nil {
			h.Headers = make([]Field, 0, 8)
		}
		h.Headers = append(h.Headers, Field{name, value})
		if more = s.literal(","); !more && !s.literal("]") {
			return nil, false
		}
	}
	h.Latin1 = s.literal(`,"latin1":true`)
	if s.literal(`,"raw":`) {
		raw, err := s.text()
		if err != nil {
			return nil, false
		}
		if h.Raw, err = base64.StdEncoding.DecodeString(raw); err != nil {
			return nil, false
		}
	}
	return h, s.literal("}")
}

// literal consumes a text, if it is next.
func (s *scanner) literal(text string) bool {
	if len(s.b)-s.at < len(text) || string(s.b[s.at:s.at+len(text)]) != text {
		return false
	}
	s.at += len(text)
	return true
}

// scanField decodes the value of a WARC field: a string, or an array of strings.
func (r *Record) scanField(key string, s *scanner) error {
	values, err := s.texts()
	for _, v := range values {
		r.Fields = append(r.Fields, Field{key, v})
	}
	return err
}
