package replay

import (
	"strings"
	"unicode/utf8"
)

// css rewrites the references of a style sheet or of a style attribute (CSS Syntax
// Level 3, section 4). It reads each byte a bounded number of times.
func (rw *rewriter) css(sheet string) string {
	if strings.IndexByte(sheet, 0) >= 0 {
		sheet = strings.ReplaceAll(sheet, "\x00", "\ufffd")
	}
	s := &sheetScanner{rw: rw, in: sheet}
	s.out.Grow(len(sheet) + len(sheet)/8)
	for s.at < len(s.in) {
		s.next()
	}
	return s.out.String()
}

// A sheetScanner copies a style sheet and changes its references on the way.
type sheetScanner struct {
	rw  *rewriter
	in  string
	at  int
	out strings.Builder
	// open are the functions and brackets that are open: the function's name, or the
	// bracket.
	open []string
	over int // how many more are open
	// importing says that an @import rule has begun and its address has not come yet.
	importing bool
}

// maxOpen bounds the functions and brackets that are told apart.
const maxOpen = 200

func (s *sheetScanner) next() {
	switch c := s.in[s.at]; {
	case c == '/' && strings.HasPrefix(s.in[s.at:], "/*"):
		s.comment()
	case c == '"' || c == '\'':
		s.string(c)
	case c == '@':
		s.at++
		s.atRule()
	case nameStart(c) || c == '\\':
		s.name()
	case c == '-' || c >= '0' && c <= '9':
		s.number()
	case c == '<':
		s.at++
		s.out.WriteByte('<')
		// Between these there may be a space, and no tag or comment of HTML begins.
		if s.at < len(s.in) && (s.in[s.at] == '/' || s.in[s.at] == '!' || s.in[s.at] == '?' || nameStart(s.in[s.at])) {
			s.out.WriteByte(' ')
		}
	default:
		s.bracket(c)
		s.at++
		s.out.WriteByte(c)
	}
}

// bracket notes what opens and closes.
func (s *sheetScanner) bracket(c byte) {
	switch c {
	case '(', '[', '{':
		s.push(string(c))
	case ')', ']', '}':
		switch n := len(s.open); {
		case s.over > 0:
			s.over--
		case n > 0:
			s.open = s.open[:n-1]
		}
		if c == '}' {
			s.importing = false
		}
	case ';':
		s.importing = false
	}
}

func (s *sheetScanner) push(name string) {
	if len(s.open) == maxOpen {
		s.over++
		return
	}
	s.open = append(s.open, name)
}

// within is the innermost function or bracket.
func (s *sheetScanner) within() string {
	if n := len(s.open); n > 0 {
		return s.open[n-1]
	}
	return ""
}

// comment leaves a comment out: what looks like a reference or a tag in it is none.
func (s *sheetScanner) comment() {
	end := strings.Index(s.in[s.at+2:], "*/")
	if end < 0 {
		s.at = len(s.in)
	} else {
		s.at += end + 4
	}
	s.out.WriteString("/**/") // which still parts what it stood between
}

func nameStart(c byte) bool {
	return c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_' || c >= utf8.RuneSelf
}

func nameByte(c byte) bool { return nameStart(c) || c == '-' || c >= '0' && c <= '9' }

// number copies a number with its unit, or a name that begins with a hyphen.
func (s *sheetScanner) number() {
	if s.in[s.at] == '-' {
		s.name()
		return
	}
	s.out.WriteByte(s.in[s.at])
	s.at++
	for s.at < len(s.in) && nameByte(s.in[s.at]) {
		s.out.WriteByte(s.in[s.at])
		s.at++
	}
}

// readName reads a name and returns it in lower case without escapes.
func (s *sheetScanner) readName() string {
	var b strings.Builder
	for s.at < len(s.in) {
		c := s.in[s.at]
		switch {
		case nameByte(c):
			if c >= 'A' && c <= 'Z' {
				c |= 0x20
			}
			b.WriteByte(c)
			s.at++
		case c == '\\' && s.at+1 < len(s.in) && s.in[s.at+1] != '\n':
			r := s.escape()
			if r < utf8.RuneSelf && r >= 'A' && r <= 'Z' {
				r |= 0x20
			}
			b.WriteRune(r)
		default:
			return b.String()
		}
	}
	return b.String()
}

// escape reads an escape and returns the character that it means.
func (s *sheetScanner) escape() rune {
	s.at++ // the backslash
	if s.at >= len(s.in) {
		return utf8.RuneError
	}
	value, n := rune(0), 0
	for n < 6 && s.at+n < len(s.in) {
		d := strings.IndexByte("0123456789abcdef", s.in[s.at+n]|0x20)
		if d < 0 || s.in[s.at+n] < '0' {
			break
		}
		value = value<<4 | rune(d)
		n++
	}
	if n == 0 {
		r, size := utf8.DecodeRuneInString(s.in[s.at:])
		s.at += size
		return r
	}
	s.at += n
	if s.at < len(s.in) && space(s.in[s.at]) {
		if strings.HasPrefix(s.in[s.at:], "\r\n") {
			s.at++
		}
		s.at++
	}
	if value == 0 || value > utf8.MaxRune || value >= 0xd800 && value < 0xe000 {
		return utf8.RuneError
	}
	return value
}

func space(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' }

// name copies a name; of url() it rewrites the address.
func (s *sheetScanner) name() {
	from := s.at
	name := s.readName()
	if s.at == from { // a backslash or hyphen that begins no name
		if c := s.in[s.at]; c == '\\' {
			s.out.WriteByte(' ')
		} else {
			s.out.WriteByte(c)
		}
		s.at++
		return
	}
	if s.at >= len(s.in) || s.in[s.at] != '(' {
		s.out.WriteString(s.in[from:s.at])
		return
	}
	s.at++
	if name != "url" {
		s.push(name)
		s.out.WriteString(s.in[from:s.at])
		return
	}
	s.url()
}

// url rewrites what is between the parentheses of url().
func (s *sheetScanner) url() {
	for s.at < len(s.in) && space(s.in[s.at]) {
		s.at++
	}
	var ref string
	if s.at < len(s.in) && (s.in[s.at] == '"' || s.in[s.at] == '\'') {
		ref = s.readString(s.in[s.at])
	} else {
		ref = s.readURL()
	}
	// Modifiers of the function, and what is not valid, go.
	for s.at < len(s.in) && s.in[s.at] != ')' {
		switch c := s.in[s.at]; c {
		case '"', '\'':
			s.readString(c)
		case '\\':
			s.escape()
		default:
			s.at++
		}
	}
	s.at = min(s.at+1, len(s.in))
	s.reference(ref)
}

// readURL reads an address without quotation marks.
func (s *sheetScanner) readURL() string {
	var b strings.Builder
	for s.at < len(s.in) && s.in[s.at] != ')' && !space(s.in[s.at]) {
		if s.in[s.at] == '\\' {
			b.WriteRune(s.escape())
			continue
		}
		b.WriteByte(s.in[s.at])
		s.at++
	}
	return b.String()
}

// reference writes the address of what a style sheet embeds.
func (s *sheetScanner) reference(ref string) {
	modifier := Image
	if s.importing {
		modifier, s.importing = Style, false
	}
	s.out.WriteString(`url("`)
	s.out.WriteString(quoted(s.rw.embed(ref, modifier)))
	s.out.WriteString(`")`)
}

// quoted escapes a text for a string of a style sheet which may be in an element of HTML.
func quoted(text string) string {
	if !strings.ContainsAny(text, "\"\\\n\r\f<") {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		switch r {
		case '"', '\\', '\n', '\r', '\f', '<':
			b.WriteByte('\\')
			b.WriteByte(hexDigits[byte(r)>>4])
			b.WriteByte(hexDigits[byte(r)&15])
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// readString reads a string and returns its value.
func (s *sheetScanner) readString(quote byte) string {
	var b strings.Builder
	s.at++
	for s.at < len(s.in) {
		switch c := s.in[s.at]; {
		case c == quote:
			s.at++
			return b.String()
		case c == '\n' || c == '\r' || c == '\f': // it ends where the line does
			return b.String()
		case c == '\\' && s.at+1 < len(s.in) && (s.in[s.at+1] == '\n' || s.in[s.at+1] == '\r' || s.in[s.at+1] == '\f'):
			s.at += 2
			if s.in[s.at-1] == '\r' && s.at < len(s.in) && s.in[s.at] == '\n' {
				s.at++
			}
		case c == '\\':
			b.WriteRune(s.escape())
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return b.String()
}

// imageFunctions are those in which a string is the address of a picture.
var imageFunctions = map[string]bool{"image-set": true, "-webkit-image-set": true, "image": true, "cross-fade": true, "src": true}

// string copies a string; where it is an address, it is rewritten. So is each string that
// looks like one, since a variable may bring it to where it is one; those that compare
// attributes stay.
func (s *sheetScanner) string(quote byte) {
	value := s.readString(quote)
	within := s.within()
	switch {
	case s.importing, imageFunctions[within]:
		s.reference(value)
		return
	case within != "[" && looksAbsolute(value):
		value = s.rw.embed(value, Image)
	}
	s.out.WriteByte('"')
	s.out.WriteString(quoted(value))
	s.out.WriteByte('"')
}

// looksAbsolute reports whether a text begins as addresses of other hosts do.
func looksAbsolute(text string) bool {
	text = clean(text)
	if strings.HasPrefix(text, "//") || strings.HasPrefix(text, `\\`) || strings.HasPrefix(text, `/\`) || strings.HasPrefix(text, `\/`) {
		return true
	}
	head := strings.ToLower(text[:min(len(text), 6)])
	return strings.HasPrefix(head, "http:") || strings.HasPrefix(head, "https:")
}

// atRule copies the name of a rule that begins with @. A declared encoding goes, since
// what is written is UTF-8.
func (s *sheetScanner) atRule() {
	from := s.at
	name := s.readName()
	if name == "charset" {
		end := strings.IndexAny(s.in[s.at:], ";}\n")
		if end < 0 {
			s.at = len(s.in)
		} else {
			s.at += end + 1
		}
		s.out.WriteByte(' ') // what stood around it stays apart
		return
	}
	s.importing = name == "import"
	s.out.WriteByte('@')
	s.out.WriteString(s.in[from:s.at])
}
