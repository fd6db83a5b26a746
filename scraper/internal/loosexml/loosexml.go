// Package loosexml reads XML as it occurs on the web: feeds and sitemaps with
// unescaped ampersands, undeclared entities and prefixes, unclosed or wrongly nested
// elements, stray bytes, or no end. It reports tags and text in order, never fails, and
// leaves it to its caller which elements belong to which. Entities that a document
// declares are not expanded, and nothing outside of the document is read. Time is linear
// in the length of the text.
package loosexml

import (
	"bytes"
	"html"
	"regexp"
	"strings"
)

// A Kind says what a Token is.
type Kind int

// The kinds of tokens.
const (
	Start Kind = iota // a start tag
	Empty             // a tag that is start and end at once: <link/>
	End               // an end tag
	Text              // character data
)

// An Attr is one attribute of a tag.
type Attr struct {
	Name  string // lower case, with its prefix as written
	Value string // decoded
}

// A Token is a tag or a piece of text.
type Token struct {
	Kind Kind
	// Name is that of a tag, in lower case. Its prefix is that of the vocabulary to which
	// the document's prefix is bound, or else the document's own.
	Name  string
	Attrs []Attr

	raw   []byte // of a text
	cdata bool
}

// Attr returns the value of an attribute, "" if it is missing.
func (t *Token) Attr(name string) string {
	for _, a := range t.Attrs {
		if a.Name == name {
			return a.Value
		}
	}
	return ""
}

// AppendText appends a text token, decoded, in valid UTF-8 and without control bytes, as
// long as b stays shorter than max bytes. A text that does not fit is cut.
func (t *Token) AppendText(b []byte, max int) []byte {
	left := max - len(b)
	if left <= 0 {
		return b
	}
	raw := t.raw
	if len(raw) > 4*left { // an entity is seldom longer than four times what it stands for
		raw = raw[:4*left]
	}
	text := string(raw)
	if !t.cdata {
		text = unescape(text)
	}
	text = clean(text)
	if len(text) > left {
		text = strings.ToValidUTF8(text[:left], "")
	}
	return append(b, text...)
}

// A Vocabulary gives the names of one namespace a prefix, whichever prefix a document
// binds to it.
type Vocabulary struct {
	Namespace string   // a part of the namespace's URI, lower case
	Prefix    string   // "" for names without a prefix
	Usual     []string // prefixes that mean this namespace where a document does not declare them
}

// Bounds of what is kept of a document's tags.
const (
	maxName     = 100
	maxAttrs    = 50
	maxValue    = 16 << 10 // bytes of an attribute; the end of a longer one was forgotten
	maxPrefixes = 200
)

// A Reader reads the tokens of one document.
type Reader struct {
	text         []byte
	pos          int
	vocabularies []Vocabulary
	prefixes     map[string]string // as the document binds them

	ends       map[string]bool
	boundary   int // where the next end tag of ends begins, as far as it was searched
	cdataEnd   finder
	cdataStart finder
	commentEnd finder
	piEnd      finder
	subsetEnd  finder
	tagEnd     finder
}

// NewReader returns a Reader of a text in UTF-8. Of several vocabularies with which a
// namespace agrees, the first counts. ends are the local names of elements
// that a document repeats, such as item: a comment, CDATA section or quoted value that
// does not end before such an element ends has lost its own end, and what follows in the
// next element is read as markup again.
func NewReader(text []byte, vocabularies []Vocabulary, ends ...string) *Reader {
	r := &Reader{text: text, vocabularies: vocabularies, prefixes: map[string]string{}, ends: map[string]bool{}, boundary: -1,
		cdataEnd: newFinder("]]>"), cdataStart: newFinder("<![CDATA["), commentEnd: newFinder("-->"), piEnd: newFinder("?>"),
		subsetEnd: newFinder("]>"), tagEnd: newFinder(">")}
	for _, v := range vocabularies {
		for _, prefix := range v.Usual {
			r.prefixes[prefix] = v.Prefix
		}
	}
	for _, e := range ends {
		r.ends[e] = true
	}
	return r
}

// A finder finds the next occurrence of a text. What it found is remembered, so that
// searches from ascending positions together read the document once.
type finder struct {
	what []byte
	at   int
}

func newFinder(what string) finder { return finder{[]byte(what), -1} }

// from returns where the next occurrence at or after pos begins; len(text) if there is
// none.
func (f *finder) from(text []byte, pos int) int {
	if f.at < pos {
		f.at = len(text)
		if i := bytes.Index(text[min(pos, len(text)):], f.what); i >= 0 {
			f.at = pos + i
		}
	}
	return f.at
}

// nextBoundary returns where the next end tag of a repeated element begins, at or after
// pos; len(text) if there is none.
func (r *Reader) nextBoundary(pos int) int {
	if r.boundary >= pos {
		return r.boundary
	}
	for at := pos; ; at += 2 {
		i := bytes.Index(r.text[min(at, len(r.text)):], []byte("</"))
		if i < 0 {
			r.boundary = len(r.text)
			return r.boundary
		}
		at += i
		name := r.text[at+2 : nameEnd(r.text, at+2)]
		if _, local, prefixed := bytes.Cut(name, []byte(":")); prefixed {
			name = local
		}
		if len(name) < maxName && r.ends[strings.ToLower(string(name))] {
			r.boundary = at
			return at
		}
	}
}

// nameEnd returns where the name of a tag ends that begins at pos.
func nameEnd(text []byte, pos int) int {
	for pos < len(text) && !isSpace(text[pos]) && text[pos] != '>' && text[pos] != '/' && text[pos] != '<' && text[pos] != '=' {
		pos++
	}
	return pos
}

func isSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

func isNameStart(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || c == '_' || c >= 0x80
}

// Next returns the next token; false at the end of the document. A tag, comment or CDATA
// section that the end of the document cuts off is not returned.
func (r *Reader) Next() (Token, bool) {
	for r.pos < len(r.text) {
		rest := r.text[r.pos:]
		if rest[0] != '<' {
			end := bytes.IndexByte(rest, '<')
			if end < 0 {
				end = len(rest)
			}
			r.pos += end
			return Token{Kind: Text, raw: rest[:end]}, true
		}
		var t Token
		var ok bool
		switch {
		case bytes.HasPrefix(rest, r.cdataStart.what):
			t, ok = r.cdata()
		case bytes.HasPrefix(rest, []byte("<!--")):
			r.comment()
		case len(rest) > 1 && rest[1] == '!':
			r.declaration()
		case len(rest) > 1 && rest[1] == '?':
			r.instruction()
		case len(rest) > 2 && rest[1] == '/' && isNameStart(rest[2]):
			t, ok = r.endTag()
		case len(rest) > 1 && isNameStart(rest[1]):
			t, ok = r.startTag()
		default: // an unescaped less-than sign
			r.pos++
			t, ok = Token{Kind: Text, raw: rest[:1]}, true
		}
		if ok {
			return t, true
		}
	}
	return Token{}, false
}

func (r *Reader) cdata() (Token, bool) {
	start := r.pos + len(r.cdataStart.what)
	end := r.cdataEnd.from(r.text, start)
	if boundary := r.nextBoundary(start); boundary < end && (end == len(r.text) || r.cdataStart.from(r.text, start) < end) {
		r.pos = start // it has no end of its own
		return Token{}, false
	}
	if end == len(r.text) {
		r.pos = end
		return Token{}, false
	}
	r.pos = end + len(r.cdataEnd.what)
	return Token{Kind: Text, raw: r.text[start:end], cdata: true}, true
}

func (r *Reader) comment() {
	start := r.pos + len("<!--")
	end := r.commentEnd.from(r.text, start)
	switch {
	case end < len(r.text):
		r.pos = end + len(r.commentEnd.what)
	case r.nextBoundary(start) < end:
		r.pos = start
	default:
		r.pos = end
	}
}

// declaration skips a declaration; that of the document type ends after the
// declarations in it.
func (r *Reader) declaration() {
	const doctype, longest = "<!doctype", 256 << 10
	end := r.tagEnd.from(r.text, r.pos)
	head := r.text[r.pos:end]
	if len(head) > len(doctype) && strings.EqualFold(string(head[:len(doctype)]), doctype) && bytes.IndexByte(head, '[') >= 0 {
		if subset := r.subsetEnd.from(r.text, r.pos); subset < len(r.text) && subset-r.pos < longest {
			end = subset + 1
		}
	}
	r.pos = min(end+1, len(r.text))
}

// instruction skips a processing instruction, such as the XML declaration.
func (r *Reader) instruction() {
	const longest = 4 << 10
	if end := r.piEnd.from(r.text, r.pos+2); end < len(r.text) && end-r.pos < longest {
		r.pos = end + len(r.piEnd.what)
		return
	}
	r.pos = min(r.tagEnd.from(r.text, r.pos)+1, len(r.text))
}

func (r *Reader) endTag() (Token, bool) {
	start := r.pos + 2
	end := nameEnd(r.text, start)
	name := r.text[start:end]
	for end < len(r.text) && r.text[end] != '>' && r.text[end] != '<' {
		end++
	}
	if end == len(r.text) {
		r.pos = end
		return Token{}, false
	}
	if r.text[end] == '>' {
		end++
	}
	r.pos = end
	return Token{Kind: End, Name: r.name(name)}, true
}

func (r *Reader) startTag() (Token, bool) {
	start := r.pos + 1
	at := nameEnd(r.text, start)
	name := r.text[start:at]
	t := Token{Kind: Start}
	for {
		for at < len(r.text) && isSpace(r.text[at]) {
			at++
		}
		if at == len(r.text) {
			r.pos = at
			return Token{}, false // cut off
		}
		switch c := r.text[at]; {
		case c == '>' || c == '<': // the end was forgotten
			if c == '>' {
				at++
			}
			r.pos = at
			r.bind(t.Attrs)
			t.Name = r.name(name)
			return t, true
		case c == '/' && at+1 < len(r.text) && r.text[at+1] == '>':
			r.pos = at + 2
			r.bind(t.Attrs)
			t.Name, t.Kind = r.name(name), Empty
			return t, true
		case c == '/' || c == '=':
			at++
		default:
			var a Attr
			a, at = r.attribute(at)
			if len(t.Attrs) < maxAttrs {
				t.Attrs = append(t.Attrs, a)
			}
		}
	}
}

// attribute reads one attribute that begins at pos and returns where it ends.
func (r *Reader) attribute(pos int) (a Attr, end int) {
	end = nameEnd(r.text, pos)
	a.Name = strings.ToLower(string(r.text[pos:min(end, pos+maxName)]))
	at := end
	for at < len(r.text) && isSpace(r.text[at]) {
		at++
	}
	if at == len(r.text) || r.text[at] != '=' {
		return a, end
	}
	for at++; at < len(r.text) && isSpace(r.text[at]); at++ {
	}
	if at == len(r.text) {
		return a, at
	}
	if quote := r.text[at]; quote == '"' || quote == '\'' {
		at++
		window := r.text[at:min(len(r.text), at+maxValue)]
		if n := bytes.IndexByte(window, quote); n >= 0 && at+n <= r.nextBoundary(at) {
			a.Value = clean(unescape(string(window[:n])))
			return a, at + n + 1
		}
	}
	// Without quotes, or without the second one.
	end = at
	for end < len(r.text) && !isSpace(r.text[end]) && r.text[end] != '>' && r.text[end] != '<' {
		end++
	}
	value := r.text[at:end]
	if end < len(r.text) && r.text[end] == '>' && bytes.HasSuffix(value, []byte("/")) && len(value) > 1 {
		value, end = value[:len(value)-1], end-1 // <link href=a/>
	}
	a.Value = clean(unescape(strings.Trim(string(value[:min(len(value), maxValue)]), `"'`)))
	return a, end
}

// bind takes the prefixes that a tag declares.
func (r *Reader) bind(attrs []Attr) {
	for _, a := range attrs {
		prefix, ok := strings.CutPrefix(a.Name, "xmlns:")
		if !ok || len(r.prefixes) >= maxPrefixes {
			continue
		}
		uri := strings.ToLower(a.Value)
		for _, v := range r.vocabularies {
			if strings.Contains(uri, v.Namespace) {
				r.prefixes[prefix] = v.Prefix
				break
			}
		}
	}
}

// name is the name of a tag in lower case, with the prefix of its vocabulary.
func (r *Reader) name(raw []byte) string {
	name := strings.ToLower(string(raw[:min(len(raw), maxName)]))
	prefix, local, ok := strings.Cut(name, ":")
	if !ok {
		return name
	}
	if known, ok := r.prefixes[prefix]; ok {
		prefix = known
	}
	if prefix == "" {
		return local
	}
	return prefix + ":" + local
}

// entity is a reference with its semicolon. HTML knows some without it, but in a URL
// &copy=2 is a parameter.
var entity = regexp.MustCompile(`&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});`)

// unescape replaces references to characters, by the names of XML and HTML; others stay
// as they are.
func unescape(s string) string {
	if strings.IndexByte(s, '&') < 0 {
		return s
	}
	return entity.ReplaceAllStringFunc(s, func(ref string) string {
		decoded := html.UnescapeString(ref)
		if strings.HasSuffix(decoded, ";") && decoded != ";" {
			return ref // only its beginning is a name: &notit;
		}
		return decoded
	})
}

// clean replaces what is not UTF-8 and removes control characters other than white space.
func clean(s string) string {
	s = strings.ToValidUTF8(s, "\ufffd")
	if strings.IndexFunc(s, isControl) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isControl(r) {
			return -1
		}
		return r
	}, s)
}

func isControl(r rune) bool {
	return r < ' ' && r != '\t' && r != '\n' && r != '\r' || r == 0x7f
}
