package warc

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive"
)

var (
	warcMagic = []byte("WARC/")
	crlf      = []byte("\r\n")
	recordEnd = []byte("\r\n\r\n")
)

// A header is the header of a WARC record, as it was found.
type header struct {
	version string // of the first line: "WARC/1.0"
	fields  []archive.Field
	notes   []Note
}

// members are the names of JSON members that are not fields (FORMAT.md, "Records").
var members = []string{"http", "text", "latin1", "base64", "head"}

// headerEnd returns where the header at the beginning of b ends, with its empty line;
// -1 if b does not have its end. cut is where another record begins before that end.
func headerEnd(b []byte) (end, cut int) {
	for at := 0; ; {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			return -1, -1
		}
		line := bytes.TrimRight(b[at:at+n], "\r")
		if at > 0 && len(line) == 0 {
			return at + n + 1, -1
		}
		if at > 0 && isVersion(line) {
			return -1, at
		}
		at += n + 1
	}
}

// isVersion recognizes the first line of a WARC record.
func isVersion(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, warcMagic)
	rest = bytes.TrimRight(rest, " \t\r")
	return ok && len(rest) >= 3 && len(rest) <= 8 && '0' <= rest[0] && rest[0] <= '9' && bytes.IndexByte(rest, '.') > 0 && len(bytes.Trim(rest, ".0123456789")) == 0
}

// parseHeader reads the lines of a header. It accepts what other tools write: line
// feeds alone, several carriage returns, folded lines, names in any case.
func parseHeader(head []byte) header {
	var h header
	note := func(k Kind, format string, args ...any) {
		if !slices.ContainsFunc(h.notes, func(n Note) bool { return n.Kind == k }) {
			h.notes = append(h.notes, Note{k, fmt.Sprintf(format, args...)})
		}
	}
	first := true
	for line := range bytes.Lines(head) {
		text, ok := bytes.CutSuffix(line, crlf)
		if !ok || bytes.HasSuffix(text, []byte("\r")) {
			note(KindLineEnds, "lines of the header do not end with CR LF")
		}
		text = bytes.TrimRight(text, "\r\n")
		switch name, value, isField := bytes.Cut(text, []byte(":")); {
		case first:
			h.version, first = strings.TrimSpace(str(text)), false
			if h.version != "WARC/1.0" && h.version != "WARC/1.1" {
				note(KindVersion, "the version is %s", printable(h.version))
			}
		case len(text) == 0:
		case text[0] == ' ' || text[0] == '\t':
			note(KindHeader, "a line of the header is folded")
			if n := len(h.fields); n > 0 {
				h.fields[n-1].Value = strings.TrimSpace(h.fields[n-1].Value + " " + trim(text))
			}
		case !isField || trim(name) == "":
			note(KindHeader, "a line of the header is not a field: %s", printable(str(text)))
		case slices.Contains(members, trim(name)):
			note(KindHeader, "the field %s is only kept as part of the header", trim(name))
		default:
			h.fields = append(h.fields, archive.Field{Name: trim(name), Value: trim(value)})
		}
	}
	return h
}

// trim is the text of a name or a value. Carriage returns within are spaces.
func trim(b []byte) string { return strings.Trim(strings.ReplaceAll(str(b), "\r", " "), " \t") }

// str is text that is not UTF-8 as if it were Latin-1, as older tools wrote it.
func str(b []byte) string {
	if utf8.Valid(b) {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// printable quotes a text from a file for a message.
func printable(s string) string {
	if len(s) > 60 {
		s = strings.ToValidUTF8(s[:60], "") + "…"
	}
	return strconv.QuoteToGraphic(s)
}

// contentLength returns the value of Content-Length. ok is false if that is missing,
// not a number, or too large for one.
func contentLength(fields []archive.Field) (n int64, ok bool) {
	text := (&archive.Record{Fields: fields}).Get("Content-Length")
	if text == "" || strings.Trim(text, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return n, err == nil
}

// appendHeader writes fields as a header of WARC 1.1.
func appendHeader(b []byte, fields []archive.Field) []byte {
	b = append(b, "WARC/1.1\r\n"...)
	for _, f := range fields {
		b = append(b, f.Name...)
		b = append(b, ": "...)
		b = append(b, f.Value...)
		b = append(b, crlf...)
	}
	return append(b, crlf...)
}

// checkFields finds fields that a header cannot have.
func checkFields(fields []archive.Field) error {
	for _, f := range fields {
		if f.Name == "" || f.Name != strings.Trim(f.Name, " \t") || strings.ContainsAny(f.Name, ":\r\n") || strings.ContainsAny(f.Value, "\r\n") {
			return fmt.Errorf("%w: field %s: %s", ErrInvalid, printable(f.Name), printable(f.Value))
		}
	}
	return nil
}

// splitHead splits Record.Head into the header and what follows the block.
func splitHead(head []byte) (header, end []byte) {
	n, _ := headerEnd(head)
	if n < 0 {
		return nil, recordEnd
	}
	return head[:n], head[n:]
}
