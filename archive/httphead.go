package archive

import (
	"bytes"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// HTTPHead is the head of an HTTP message: start line and header lines.
type HTTPHead struct {
	Start   string
	Headers []Field
	Raw     []byte // the bytes, if Start and Headers would serialize differently
	Latin1  bool   // the bytes are not UTF-8; each code point of the strings is one byte
}

// Get returns the first value of a header field, or "".
func (h *HTTPHead) Get(name string) string {
	for _, f := range h.Headers {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// Values returns all values of a header field.
func (h *HTTPHead) Values(name string) []string {
	var v []string
	for _, f := range h.Headers {
		if strings.EqualFold(f.Name, name) {
			v = append(v, f.Value)
		}
	}
	return v
}

// Rename gives the i-th header field another name. Everything else in the head stays
// as it is, to the byte.
func (h *HTTPHead) Rename(i int, name string) {
	h.Headers[i].Name = name
	if h.Raw == nil {
		return
	}
	at := 0
	for line := range headLines(h.Raw) {
		if line.nameEnd == 0 {
			continue
		}
		if at == i {
			h.Raw = slices.Concat(h.Raw[:line.start], []byte(name), h.Raw[line.nameEnd:])
			return
		}
		at++
	}
}

// Status returns the status code of a response's start line, or 0.
func (h *HTTPHead) Status() int {
	_, rest, _ := strings.Cut(h.Start, " ")
	rest = strings.TrimLeft(rest, " ")
	// Some servers leave out the space before the reason.
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	n, err := strconv.Atoi(rest[:digits])
	if err != nil || n > 999 {
		return 0
	}
	return n
}

// Bytes returns the head as it was in the message, with its empty line.
func (h *HTTPHead) Bytes() []byte {
	if h.Raw != nil {
		return slices.Clone(h.Raw)
	}
	return h.plain()
}

func (h *HTTPHead) plain() []byte {
	var b bytes.Buffer
	write := func(s string) {
		if h.Latin1 {
			b.Write(fromLatin1(s))
		} else {
			b.WriteString(s)
		}
	}
	write(h.Start)
	b.WriteString("\r\n")
	for _, f := range h.Headers {
		write(f.Name)
		b.WriteString(": ")
		write(f.Value)
		b.WriteString("\r\n")
	}
	b.WriteString("\r\n")
	return b.Bytes()
}

// ParseHTTPHead splits an HTTP message at its empty line. It preserves order, case
// and duplicates. Headers has the fields that a browser finds, as FORMAT.md has it. Raw
// is set if the lines have an unusual form: line feeds without carriage returns, folded
// lines, no space after the colon, lines that are not fields.
func ParseHTTPHead(b []byte) (head *HTTPHead, rest []byte, err error) {
	end, after := headEnd(b)
	if end < 0 {
		return nil, nil, fmt.Errorf("%w: HTTP head without an empty line", ErrDamaged)
	}
	raw := b[:after]
	h := &HTTPHead{Latin1: !utf8.Valid(raw[:end])}
	str := func(b []byte) string {
		if h.Latin1 {
			return toLatin1(b)
		}
		return string(b)
	}
	for line := range headLines(raw[:end]) {
		switch {
		case line.start == 0:
			h.Start = str(raw[:line.end])
		case line.nameEnd > 0:
			h.Headers = append(h.Headers, Field{str(trimmed(raw[line.start:line.colon])), str(trimmed(raw[line.colon+1 : line.end]))})
		case line.folds:
			last := &h.Headers[len(h.Headers)-1]
			last.Value = strings.TrimLeft(last.Value+" "+str(trimmed(raw[line.start:line.end])), " ")
		}
	}
	if !bytes.Equal(h.plain(), raw) {
		h.Raw = slices.Clone(raw)
	}
	return h, b[after:], nil
}

// A headLine is where a line of a head is. If it is a field, nameEnd and colon are not 0.
type headLine struct {
	start, end, nameEnd, colon int
	folds                      bool // it continues the field before it
}

// headLines are the lines of a head. The start line begins at 0. A carriage return
// alone ends a line, too.
func headLines(head []byte) iter.Seq[headLine] {
	return func(yield func(headLine) bool) {
		open := false // the last line was a field, or continued one
		for at := 0; at < len(head); {
			line := headLine{start: at, end: len(head)}
			if n := bytes.IndexAny(head[at:], "\r\n"); n >= 0 {
				line.end = at + n
			}
			at = line.end + 1
			if line.start > 0 {
				open = line.parse(head, open)
			}
			if !yield(line) {
				return
			}
		}
	}
}

// parse finds out what a line is. It returns whether the next one may continue it.
func (l *headLine) parse(head []byte, open bool) bool {
	text := tidy(head[l.start:l.end])
	if len(text) == 0 {
		return open
	}
	if text[0] == ' ' || text[0] == '\t' {
		l.folds = open && len(trimmed(text)) > 0
		return open
	}
	n := bytes.IndexByte(head[l.start:l.end], ':')
	if n < 0 || !isToken(trimmed(head[l.start:l.start+n])) {
		return false
	}
	l.colon = l.start + n
	l.nameEnd = l.start + len(bytes.TrimRightFunc(head[l.start:l.colon], func(r rune) bool { return r <= ' ' || r == 0x7f }))
	return true
}

// tidy drops NUL bytes from a line and makes other control characters spaces.
func tidy(line []byte) []byte {
	if !slices.ContainsFunc(line, isControl) {
		return line
	}
	out := make([]byte, 0, len(line))
	for _, c := range line {
		switch {
		case c == 0:
		case isControl(c):
			out = append(out, ' ')
		default:
			out = append(out, c)
		}
	}
	return out
}

func isControl(c byte) bool { return c < ' ' && c != '\t' || c == 0x7f }

// trimmed is a tidy part of a line without white space around it.
func trimmed(part []byte) []byte { return bytes.Trim(tidy(part), " \t") }

// isToken recognizes the names that fields can have (RFC 9110, section 5.6.2).
func isToken(name []byte) bool {
	return len(name) > 0 && !slices.ContainsFunc(name, func(c byte) bool {
		return !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("!#$%&'*+-.^_`|~", c) >= 0)
	})
}

// headEnd returns the offsets where a head's lines end and where the body begins;
// -1, -1 without an empty line.
func headEnd(b []byte) (end, after int) {
	for i := 0; i < len(b); {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return -1, -1
		}
		line := b[i : i+n]
		if len(bytes.TrimRight(line, "\r")) == 0 { // some tools wrote CR CR LF
			return i, i + n + 1
		}
		i += n + 1
	}
	return -1, -1
}
