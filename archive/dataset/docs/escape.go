package docs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// oneLine makes a text one line without control characters: titles of pages, labels
// and recipes may have anything. Marks that change the direction of text are removed,
// since they would reorder what stands beside them.
func oneLine(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError:
			return '\ufffd'
		case unicode.Is(unicode.Bidi_Control, r):
			return -1
		case unicode.IsSpace(r), unicode.IsControl(r), r == '\u2028', r == '\u2029', r == '\ufeff':
			return ' '
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}

// markdown escapes a text for a line or a table cell of Markdown (CommonMark, with the
// tables and autolinks of GitHub), so that it shows as it is.
func markdown(s string) string {
	s = oneLine(s)
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case strings.IndexByte("\\`*_{}[]<>#|~!&@$", c) >= 0,
			c == ':' && strings.HasPrefix(s[i:], "://"),
			c == '.' && i >= 3 && strings.EqualFold(s[i-3:i], "www") && i+1 < len(s) && s[i+1] > ' ' && s[i+1] != ',':
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// marker is what begins a list or underlines a heading at the start of a line.
var marker = regexp.MustCompile(`^([0-9]{0,9})([-+=.)])`)

// paragraph escapes a text that begins a line.
func paragraph(s string) string { return marker.ReplaceAllString(markdown(s), `$1\$2`) }

// cellCode shows a text as code in a table cell, where a bar ends even code. Readers
// differ about a bar after a backslash in code, so that such a text is not shown as code.
func cellCode(s string) string {
	if strings.Contains(s, `\|`) {
		return markdown(s)
	}
	return strings.ReplaceAll(code(s), "|", `\|`)
}

// code shows a text as code.
func code(s string) string {
	s = oneLine(s)
	fence := "`"
	for strings.Contains(s, fence) {
		fence += "`"
	}
	if strings.HasPrefix(s, "`") || strings.HasSuffix(s, "`") {
		s = " " + s + " "
	}
	return fence + s + fence
}

// yamlString writes a string as a double-quoted scalar of YAML 1.2. All strings are
// quoted: no, 1.0 and 2026-11-23 would be other types without.
func yamlString(s string) string {
	b := []byte{'"'}
	for _, r := range s {
		switch {
		case r == '"', r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, '\\', 'n')
		case r >= ' ' && r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff && !unicode.IsPrint(r):
			b = fmt.Appendf(b, `\U%08x`, r)
		case !unicode.IsPrint(r):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return string(append(b, '"'))
}

// An object is a JSON object whose members have an order.
type object []member

type member struct {
	key   string
	value any // object, []object, string, []string, int64, float64 or bool
}

// with adds a member, unless its value is empty.
func (o object) with(key string, value any) object {
	switch v := value.(type) {
	case string:
		if v == "" {
			return o
		}
	case []string:
		if len(v) == 0 {
			return o
		}
	case []object:
		if len(v) == 0 {
			return o
		}
	case object:
		if len(v) == 0 {
			return o
		}
	}
	return append(o, member{key, value})
}

// document prints the object with indentation.
func (o object) document() ([]byte, error) {
	var b bytes.Buffer
	err := json.Indent(&b, appendJSON(nil, o), "", "  ")
	b.WriteByte('\n')
	return b.Bytes(), err
}

func appendJSON(b []byte, value any) []byte {
	switch v := value.(type) {
	case object:
		b = append(b, '{')
		for i, m := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendJSON(b, m.key), ':')
			b = appendJSON(b, m.value)
		}
		return append(b, '}')
	case []object:
		return appendList(b, v)
	case []string:
		return appendList(b, v)
	case string:
		var quoted bytes.Buffer
		enc := json.NewEncoder(&quoted)
		enc.SetEscapeHTML(false)
		_ = enc.Encode(v) // a string is always encoded
		return append(b, bytes.TrimSuffix(quoted.Bytes(), []byte("\n"))...)
	case int64:
		return strconv.AppendInt(b, v, 10)
	case bool:
		return strconv.AppendBool(b, v)
	}
	return append(b, "null"...)
}

func appendList[T any](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, v := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendJSON(b, v)
	}
	return append(b, ']')
}
