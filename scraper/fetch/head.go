package fetch

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// net/http reads heads of answers strictly: one line without a colon costs the whole
// page. Browsers read on. So a head that net/http may refuse, or understand otherwise
// than browsers do, is written anew before net/http sees it, by the rules that
// Chromium reads heads by; the record keeps the head as it was sent. A head that is
// as it should be passes untouched.

// maxSlop is how many bytes may stand before a status line: an empty line of an
// earlier answer, a byte order mark.
const maxSlop = 4

// startOfHead finds the status line in the first bytes of an answer. It returns -1
// if there is none, and wait if the bytes are too few to know.
func startOfHead(b []byte) (at int, wait bool) {
	const proto = "HTTP"
	for at := range maxSlop + 1 {
		if at >= len(b) {
			return -1, true
		}
		rest := b[at:min(len(b), at+len(proto)+1)]
		n := min(len(rest), len(proto))
		switch {
		case !strings.EqualFold(string(rest[:n]), proto[:n]):
		case len(rest) <= len(proto):
			return -1, true
		case rest[len(proto)] == '/' || rest[len(proto)] == ' ':
			return at, false
		}
	}
	return -1, false
}

// endOfHead finds the byte after the empty line.
func endOfHead(b []byte, from int) int {
	for i := from; i < len(b); i++ {
		n := bytes.IndexByte(b[i:], '\n')
		if n < 0 {
			return -1
		}
		i += n
		if i+1 < len(b) && b[i+1] == '\n' {
			return i + 2
		}
		if i+2 < len(b) && b[i+1] == '\r' && b[i+2] == '\n' {
			return i + 3
		}
	}
	return -1
}

// isInterim recognizes the head of a 1xx answer (RFC 9110, section 15.2).
func isInterim(head []byte) bool {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	s, ok := parseStatusLine(line)
	return ok && s.code < 200
}

// A statusLine is the start line of an answer (RFC 9112, section 4).
type statusLine struct {
	minor  int // of version 1
	code   int
	reason string
}

// parseStatusLine reads a status line as far as it has a status of three digits.
// Versions that are not 1.0 or earlier count as 1.1, which is what was asked for.
func parseStatusLine(line []byte) (s statusLine, ok bool) {
	version, rest, ok := strings.Cut(strings.Trim(tidy(line), " \t"), " ")
	name, version, _ := strings.Cut(version, "/")
	if !ok || !strings.EqualFold(name, "HTTP") {
		return s, false
	}
	rest = strings.TrimLeft(rest, " ")
	digits := len(rest) - len(strings.TrimLeft(rest, "0123456789"))
	code, err := strconv.Atoi(rest[:digits])
	if err != nil || digits != 3 || code < 100 {
		return s, false
	}
	s = statusLine{minor: 1, code: code, reason: strings.TrimLeft(rest[digits:], " ")}
	if version == "" || version[0] == '0' || version == "1.0" {
		s.minor = 0
	}
	return s, true
}

// isPlain reports whether net/http reads a head, and as browsers do.
func isPlain(head []byte) bool {
	line, rest := cutLine(head)
	if !isPlainStatus(line) {
		return false
	}
	lengths, codings := 0, 0
	for len(rest) > 0 {
		line, rest = cutLine(rest)
		if len(line) == 0 {
			break
		}
		colon := bytes.IndexByte(line, ':')
		if colon <= 0 || !isToken(line[:colon]) || hasControl(line[colon:]) {
			return false
		}
		name, value := line[:colon], bytes.Trim(line[colon+1:], " \t")
		plain := true
		switch {
		case isName(name, "Content-Length"):
			lengths++
			plain = isLength(value)
		case isName(name, "Transfer-Encoding"):
			codings++
			plain = isName(value, "chunked")
		case isName(name, "Trailer"): // which net/http refuses if it names some fields
			plain = false
		}
		if !plain {
			return false
		}
	}
	return lengths <= 1 && codings <= 1
}

// isPlainStatus is isPlain for the status line.
func isPlainStatus(line []byte) bool {
	const least = "HTTP/1.1 200"
	if len(line) < len(least) || hasControl(line) {
		return false
	}
	version, status := line[:len("HTTP/1.1 ")], line[len("HTTP/1.1 "):len(least)]
	return (string(version) == "HTTP/1.1 " || string(version) == "HTTP/1.0 ") && isNumber(status) && status[0] != '0' &&
		(len(line) == len(least) || line[len(least)] == ' ')
}

// isChunked reports whether a chunked body follows a head, which is plain or was written
// by cleanHead. Servers of HTTP/1.0 say so and do not mean it.
func isChunked(head []byte) bool {
	if !bytes.HasPrefix(head, []byte("HTTP/1.1")) {
		return false
	}
	for line, rest := cutLine(head); len(line) > 0; line, rest = cutLine(rest) {
		if name, value, _ := bytes.Cut(line, []byte(":")); isName(name, "Transfer-Encoding") {
			return isName(bytes.Trim(value, " \t"), "chunked")
		}
	}
	return false
}

// cutLine cuts a line off, without its line end.
func cutLine(b []byte) (line, rest []byte) {
	line, rest, _ = bytes.Cut(b, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r")), rest
}

func isName(b []byte, name string) bool {
	return len(b) == len(name) && strings.EqualFold(string(b), name)
}

func isNumber(b []byte) bool {
	return len(b) > 0 && !slices.ContainsFunc(b, func(c byte) bool { return c < '0' || c > '9' })
}

// isLength recognizes the values of Content-Length that fit into 64 bits.
func isLength[T string | []byte](value T) bool { return isNumber([]byte(value)) && len(value) <= 18 }

// hasControl reports whether a line has control characters other than tabs.
func hasControl(line []byte) bool {
	for _, c := range line {
		if c < ' ' && c != '\t' || c == 0x7f {
			return true
		}
	}
	return false
}

// tokenChars are the characters of field names (RFC 9110, section 5.6.2).
var tokenChars = func() (is [256]bool) {
	for _, c := range []byte("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ") {
		is[c] = true
	}
	return is
}()

func isToken[T string | []byte](name T) bool {
	for i := range len(name) {
		if !tokenChars[name[i]] {
			return false
		}
	}
	return len(name) > 0
}

// tidy drops NUL bytes from a line and makes other control characters spaces.
func tidy(line []byte) string {
	if !hasControl(line) {
		return string(line)
	}
	b := make([]byte, 0, len(line))
	for _, c := range line {
		switch {
		case c == 0:
		case c < ' ' && c != '\t' || c == 0x7f:
			b = append(b, ' ')
		default:
			b = append(b, c)
		}
	}
	return string(b)
}

// A field is one field of a head, without white space around its parts.
type field struct{ name, value string }

// fieldsOf reads the fields of a head that follow its status line. A carriage return
// alone ends a line, too. Lines that are no fields are left out, and so are the lines
// that continue them.
func fieldsOf(lines []byte) []field {
	var fields []field
	open := false // the last line was a field, which a folded line continues
	for line := range bytes.FieldsFuncSeq(lines, func(r rune) bool { return r == '\n' || r == '\r' }) {
		text := tidy(line)
		if text == "" {
			continue
		}
		if folded := text[0] == ' ' || text[0] == '\t'; folded {
			if more := strings.Trim(text, " \t"); open && more != "" {
				last := &fields[len(fields)-1]
				last.value = strings.TrimLeft(last.value+" "+more, " ")
			}
			continue
		}
		name, value, found := strings.Cut(text, ":")
		name = strings.TrimRight(name, " \t")
		if open = found && isToken(name); open {
			fields = append(fields, field{name, strings.Trim(value, " \t")})
		}
	}
	return fields
}

// connectionFields are about the connection and the framing of the body; a head that
// was not as it should be gets new ones.
var connectionFields = map[string]bool{
	"connection": true, "keep-alive": true, "proxy-connection": true, "upgrade": true, "trailer": true, "transfer-encoding": true, "content-length": true,
}

// cleanHead writes a head anew, so that net/http reads from it what browsers read from
// the original. Where nobody can say for sure where the body ends, the connection must
// not be used again (RFC 9112, section 11.2), so it is closed after any such answer. A
// head without a status is returned unchanged.
func cleanHead(head []byte) []byte {
	end := bytes.IndexAny(head, "\r\n")
	if end < 0 {
		return head
	}
	s, ok := parseStatusLine(head[:end])
	if !ok {
		return head
	}
	var b bytes.Buffer
	b.WriteString("HTTP/1." + strconv.Itoa(s.minor) + " " + strconv.Itoa(s.code) + " " + s.reason + "\r\n")
	chunked := false
	var lengths []string
	for _, f := range fieldsOf(head[end:]) {
		switch name := strings.ToLower(f.name); {
		case name == "transfer-encoding":
			for coding := range strings.SplitSeq(f.value, ",") {
				chunked = chunked || strings.EqualFold(strings.Trim(coding, " \t"), "chunked")
			}
		case name == "content-length":
			for length := range strings.SplitSeq(f.value, ",") {
				lengths = append(lengths, strings.Trim(length, " \t"))
			}
		case !connectionFields[name]:
			b.WriteString(f.name + ": " + f.value + "\r\n")
		}
	}
	if chunked {
		b.WriteString("Transfer-Encoding: chunked\r\n")
	} else {
		for _, length := range agreed(lengths) {
			b.WriteString("Content-Length: " + length + "\r\n")
		}
	}
	b.WriteString("Connection: close\r\n\r\n")
	return b.Bytes()
}

// agreed is the length that all values of Content-Length agree on. It is empty if
// that is no number, since browsers then read to the end of the connection. Values
// that differ are returned as they are: nobody shows such an answer.
func agreed(lengths []string) []string {
	lengths = slices.Compact(lengths)
	if len(lengths) == 1 && !isLength(lengths[0]) {
		return nil
	}
	return lengths
}
