// Package robots reads robots.txt files (RFC 9309). It does not fetch them.
package robots

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"
)

// MaxSize is how much of a file is read (RFC 9309, section 2.5).
const MaxSize = 500 << 10

// A File is a parsed robots.txt.
type File struct {
	Sitemaps []string // as written, in order
	groups   []group
	deny     bool // everything
}

// group is the rules of one or more user agents.
type group struct {
	agents []string // lower case
	rules  []rule
	delay  time.Duration
}

type rule struct {
	allow   bool
	text    string // as written
	octets  int    // of the path, which say how specific it is
	pattern pattern
}

// A pattern is the path of a rule in the form that match takes.
type pattern struct {
	path     string // * is anything; a * or $ of the path itself is escaped
	undone   string // path as undoneQuery has it
	anchored bool   // it ends where the URL ends
}

// AllowAll is for a host without robots.txt.
func AllowAll() *File { return &File{} }

// DisallowAll is for a host whose robots.txt cannot be fetched.
func DisallowAll() *File { return &File{deny: true} }

// Parse reads at most MaxSize bytes. It fails only on reading, never on
// what a file contains; unknown lines are ignored. A file in UTF-16, or packed with
// gzip, is not as the standard has it, but says what its site wants all the same.
func Parse(r io.Reader) (*File, error) {
	body, err := io.ReadAll(io.LimitReader(r, MaxSize))
	if err != nil {
		return nil, err
	}
	cut := len(body) == MaxSize
	body = inUTF8(unpacked(body))
	if cut || len(body) >= MaxSize {
		// The last line may be incomplete and would be another rule.
		body = body[:min(len(body), MaxSize)]
		if i := bytes.LastIndexAny(body, "\r\n"); i >= 0 {
			body = body[:i]
		}
	}
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
	f := &File{}
	var current *group
	naming := false // the lines before were user-agent lines
	for line := range bytes.FieldsFuncSeq(body, func(r rune) bool { return r == '\r' || r == '\n' }) {
		text, _, _ := strings.Cut(string(line), "#")
		key, value, ok := strings.Cut(text, ":")
		if !ok {
			continue
		}
		value = strings.TrimSpace(value)
		switch name := strings.ToLower(strings.TrimSpace(key)); name {
		case "user-agent", "useragent", "user agent":
			if !naming || current == nil {
				f.groups = append(f.groups, group{})
				current = &f.groups[len(f.groups)-1]
			}
			naming = true
			current.agents = append(current.agents, strings.ToLower(value))
			continue
		case "sitemap", "site-map":
			if value != "" {
				f.Sitemaps = append(f.Sitemaps, value)
			}
			continue // does not belong to a group
		case "allow", "disallow", "dissallow", "dissalow", "disalow", "diasllow", "disallaw":
			if current != nil && value != "" {
				current.rules = append(current.rules, newRule(name == "allow", value))
			}
		case "crawl-delay", "crawldelay":
			if s, err := strconv.ParseFloat(value, 64); err == nil && current != nil && s >= 0 && s < 1e6 {
				current.delay = max(current.delay, time.Duration(s*float64(time.Second)))
			}
		default:
			continue // unknown lines do not end a group
		}
		naming = false
	}
	return f, nil
}

// unpacked is a file without the compression of gzip that it may have, as far as that
// can be undone: at most MaxSize bytes.
func unpacked(body []byte) []byte {
	if !bytes.HasPrefix(body, []byte("\x1f\x8b\x08")) {
		return body
	}
	packed, err := gzip.NewReader(bytes.NewReader(body))
	if err != nil {
		return nil
	}
	text, _ := io.ReadAll(io.LimitReader(packed, MaxSize)) // the lines before damage count
	return text
}

// inUTF8 is a file in UTF-8, if it is in UTF-16: with a byte order mark, or with every
// other byte of its beginning zero, as ASCII has there.
func inUTF8(body []byte) []byte {
	var order binary.ByteOrder
	switch {
	case len(body) < 4:
		return body
	case body[0] == 0xff && body[1] == 0xfe, body[0] != 0 && body[1] == 0 && body[2] != 0 && body[3] == 0:
		order = binary.LittleEndian
	case body[0] == 0xfe && body[1] == 0xff, body[0] == 0 && body[1] != 0 && body[2] == 0 && body[3] != 0:
		order = binary.BigEndian
	default:
		return body
	}
	units := make([]uint16, len(body)/2)
	for i := range units {
		units[i] = order.Uint16(body[2*i:])
	}
	return []byte(string(utf16.Decode(units)))
}

func newRule(allow bool, text string) rule {
	path, anchored := strings.CutSuffix(text, "$")
	path = normalize(path, "$")
	return rule{allow: allow, text: text, octets: len(normalize(text, "")), pattern: pattern{path, undoneQuery(path), anchored}}
}

// groupsFor are the groups of a product token, merged; the groups of * if none
// is named (RFC 9309, section 2.2.1).
func (f *File) groupsFor(token string) []group {
	token = strings.ToLower(token)
	var named, any []group
	for _, g := range f.groups {
		for _, a := range g.agents {
			if a == "*" {
				any = append(any, g)
				break
			}
			if product(a) == token {
				named = append(named, g)
				break
			}
		}
	}
	if len(named) > 0 {
		return named
	}
	return any
}

// product is the product token at the start of a user-agent line.
func product(agent string) string {
	i := strings.IndexFunc(agent, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r == '-' || r == '_') })
	if i < 0 {
		return agent
	}
	return agent[:i]
}

// Allowed reports whether a product token may ask for u.
func (f *File) Allowed(token string, u *url.URL) bool {
	_, ok := f.Rule(token, u)
	return ok
}

// Rule is Allowed, with the line that decided; "" if none did. The longest
// match wins, and of equal ones Allow (section 2.2.2).
func (f *File) Rule(token string, u *url.URL) (line string, allowed bool) {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	path = normalize(path, "*$")
	if path == "/robots.txt" {
		return "", true
	}
	if f.deny {
		return "Disallow: /", false
	}
	best := -1
	allowed = true
	undone := undoneQuery(path)
	for _, g := range f.groupsFor(token) {
		for _, r := range g.rules {
			if n := r.octets; (n > best || n == best && r.allow) && r.pattern.matches(path, undone) {
				best, allowed, line = n, r.allow, r.line()
			}
		}
	}
	return line, allowed
}

// matches compares the pattern with a path in both forms of its query.
func (p *pattern) matches(path, undone string) bool {
	return match(p.path, path, p.anchored) || (undone != path || p.undone != p.path) && match(p.undone, undone, p.anchored)
}

func (r rule) line() string {
	if r.allow {
		return "Allow: " + r.text
	}
	return "Disallow: " + r.text
}

// CrawlDelay is the delay that a product token must keep; 0 if none.
func (f *File) CrawlDelay(token string) time.Duration {
	var d time.Duration
	for _, g := range f.groupsFor(token) {
		d = max(d, g.delay)
	}
	return d
}

const hexDigits = "0123456789ABCDEF"

// normalize gives a path the one spelling in which rules and URLs are compared
// (section 2.2.2): octets that a URI does not allow are percent-encoded, also a % that
// begins no escape, and those of special, escapes of unreserved characters undone,
// others in upper case.
func normalize(s, special string) string {
	var b strings.Builder
	escape := func(c byte) {
		b.WriteByte('%')
		b.WriteByte(hexDigits[c>>4])
		b.WriteByte(hexDigits[c&15])
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]):
			if v := unhex(s[i+1])<<4 | unhex(s[i+2]); unreserved(v) {
				b.WriteByte(v)
			} else {
				escape(v)
			}
			i += 2
		case c >= 0x80 || c <= ' ' || strings.IndexByte(invalid, c) >= 0 || strings.IndexByte(special, c) >= 0:
			escape(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// invalid are the characters that a crawler sends in escapes: those that a URI does not
// allow, and ', which browsers escape in a query.
const invalid = "\"%'<>[\\]^`{|}\x7f"

// undoneQuery is a normalized path in whose query escapes of : / ? and @ are undone,
// which mean the same there (section 2.2.2, the second row of its table).
func undoneQuery(path string) string {
	i := strings.IndexByte(path, '?')
	if i < 0 || strings.IndexByte(path[i:], '%') < 0 {
		return path
	}
	return path[:i] + undo.Replace(path[i:])
}

var undo = strings.NewReplacer("%3A", ":", "%2F", "/", "%3F", "?", "%40", "@")

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

func unreserved(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' || c == '.' || c == '_' || c == '~'
}

// match compares a pattern, in which * is anything, with the start of a path, or if
// anchored with the whole of it. It goes back only to the last *, so that hostile
// patterns cost no more than pattern times path.
func match(pattern, path string, anchored bool) bool {
	if !anchored {
		pattern += "*"
	}
	p, s, star, mark := 0, 0, -1, 0
	for s < len(path) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, s
			p++
			if p == len(pattern) {
				return true
			}
		case p < len(pattern) && pattern[p] == path[s]:
			p++
			s++
		case star >= 0:
			mark++
			p, s = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
