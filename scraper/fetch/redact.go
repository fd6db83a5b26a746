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
	hidden := false // the last line
	for at := 0; at < len(head); {
		line, end := cutAnyLine(head[at:])
		at += len(line) + len(end)
		if b.Len() > 0 && len(line) > 0 { // a status line has no secrets
			line, hidden = redactLine(line, hidden, names)
		}
		b.Write(line)
		b.Write(end)
	}
	return b.Bytes()
}

// cutAnyLine cuts a line off, and its end: a line feed, a carriage return, or both.
func cutAnyLine(b []byte) (line, end []byte) {
	n := bytes.IndexAny(b, "\r\n")
	switch {
	case n < 0:
		return b, nil
	case bytes.HasPrefix(b[n:], []byte("\r\n")):
		return b[:n], b[n : n+2]
	}
	return b[:n], b[n : n+1]
}

// redactLine returns a line of a head as it may be recorded, and whether it was secret.
// hidden says that the line before it was. No line is dropped, since the ends of its
// neighbours could then look like the end of the head.
func redactLine(line []byte, hidden bool, names []string) (public []byte, secret bool) {
	name, _, isField := bytes.Cut(line, []byte(":"))
	folded := line[0] == ' ' || line[0] == '\t'
	isField = isField && !folded && isToken(bytes.TrimRight(name, " \t"))
	switch {
	case len(name) < len(line) && !(hidden && folded) && slices.Contains(names, bareName(name)):
		return append(bytes.Clone(name), ": "+removed...), true
	case isField || !hidden && !mentions(line, names):
		return line, false
	case folded:
		return []byte(" " + removed), true
	}
	return []byte(removed), true
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
