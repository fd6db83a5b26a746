package fetch

import (
	"bytes"
	"net/http"
	"slices"
	"strings"
)

// secret are the header fields whose values never reach a record.
var secret = []string{"cookie", "authorization", "proxy-authorization", "set-cookie", "set-cookie2"}

const removed = "[removed]"

// redact replaces the values of secret fields in a message's head; own are those that
// the user gave, which may be anything. Servers write heads in odd ways, and somebody
// may read such a field where browsers do not, so whatever resembles one is replaced.
func redact(head []byte, own http.Header) []byte {
	names := slices.Clone(secret)
	for name := range own {
		names = append(names, strings.ToLower(name))
	}
	if !mentions(head, names) {
		return head
	}
	var b bytes.Buffer
	hidden := false // the last field
	for i, first := 0, true; i < len(head); first = false {
		line, end := head[i:], []byte(nil)
		if n := bytes.IndexAny(line, "\r\n"); n >= 0 {
			line, end = line[:n], line[n:n+1]
			if bytes.HasPrefix(head[i+n:], []byte("\r\n")) {
				end = head[i+n : i+n+2]
			}
		}
		i += len(line) + len(end)
		name, _, isField := bytes.Cut(line, []byte(":"))
		folded := len(line) > 0 && (line[0] == ' ' || line[0] == '\t')
		switch {
		case first || len(line) == 0:
			hidden = false
		case hidden && folded:
			continue
		case isField && slices.Contains(names, bareName(name)):
			hidden = true
			line = append(bytes.Clone(name), ": "+removed...)
		case hidden && !isField, (!isField || folded || !isToken(bytes.TrimRight(name, " \t"))) && mentions(line, names):
			hidden = true
			line = []byte(removed)
			if folded {
				line = []byte(" " + removed)
			}
		default:
			hidden = false
		}
		b.Write(line)
		b.Write(end)
	}
	return b.Bytes()
}

// bareName is a field's name in lower case, without the bytes that no name has.
func bareName(name []byte) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r > 0x7f || !tokenChars[r] {
			return -1
		}
		return r
	}, string(name)))
}

// mentions reports whether a text has any of the names in it, also with control
// characters between their letters.
func mentions(text []byte, names []string) bool {
	lower := bytes.ToLower(text)
	if slices.ContainsFunc(lower, isControl) {
		lower = slices.DeleteFunc(bytes.Clone(lower), isControl)
	}
	return slices.ContainsFunc(names, func(name string) bool { return bytes.Contains(lower, []byte(name)) })
}

// isControl recognizes control characters that do not separate lines or words.
func isControl(c byte) bool {
	return c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f
}
