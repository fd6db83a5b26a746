package scraper

import (
	"net/url"
	"slices"
	"strings"
)

// Bounds of what a shape takes from a URL.
const (
	maxShapeSegments = 10 // of a path; the rest counts as one
	maxShapeParams   = 12 // of a query
	maxShapeName     = 24 // bytes of a name that is kept as it is
)

// shapeWords are segments of paths by which sites name a kind of page wherever they
// stand. They are part of a shape as they are; other words vary from page to page.
var shapeWords = setOf(`page pages paged seite pagina p older newer archive archives archiv archivo arkiv
	tag tags topic topics thema author authors autor category categories rubrik section date day month year week issue issues ausgabe edition
	calendar kalender calendario calendrier agenda event events termine veranstaltungen search suche buscar recherche
	print share comments reply login story stories article articles artikel news gallery video index list`)

// routeParams are query parameters whose value names a kind of page on some sites,
// as in index.php?option=calendar. Such a value is part of a shape.
var routeParams = setOf("action option view task mod module cmd do op route type layout")

// sessionParams are query parameters that are no part of a shape: all pages of a site
// may have them. Those that Normalize removes are not among them.
var sessionParams = setOf("sid sess sessid session session_id token oscsid zenid cfid cftoken")

// scriptEndings are endings of paths that name a program, not a page.
var scriptEndings = setOf("php php3 asp aspx jsp cgi pl cfm do")

// pageEndings are endings of paths that are part of a shape.
var pageEndings = setOf("html htm shtml xhtml php php3 asp aspx jsp cgi pl cfm do xml json pdf")

func setOf(words string) map[string]bool {
	set := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		set[w] = true
	}
	return set
}

// appendShape appends the shape of a URL to key: its host, the segments of its path
// as classes, and the names of its query parameters. The classes are N for a number
// or date, H for a token of letters and digits, S for a slug of several words, W for
// a word. family is the length of the part of the key that related shapes share: the
// path of a URL with a query, else its first segment.
//
// literal decides about words whose place suggests a section or a program: it is
// called with the key as far as it is built, and bounds how many there are.
func appendShape(key []byte, u *url.URL, literal func(prefix []byte) bool) (shape []byte, family int) {
	key = append(key, u.Host...)
	rest := u.Path
	for n := 0; rest != ""; n++ {
		segment := rest[1:] // a path begins with a slash
		if rest[0] != '/' {
			segment = rest
		}
		if n == maxShapeSegments {
			key = append(key, "/…"...)
			break
		}
		i := strings.IndexByte(segment, '/')
		last := i < 0
		if rest = ""; !last {
			segment, rest = segment[:i], segment[i:]
		}
		key = append(key, '/')
		key = appendSegment(key, segment, n == 0 && !last || last && u.RawQuery != "", last, literal)
		if n == 0 {
			family = len(key)
		}
	}
	if u.RawQuery == "" {
		return key, family
	}
	family = len(key)
	if key = appendQuery(append(key, '?'), u.RawQuery); key[len(key)-1] == '?' {
		key = key[:len(key)-1]
	}
	return key, family
}

// appendSegment appends the class of one segment of a path, or the segment itself
// where it names a kind of page; named says that its place suggests one.
func appendSegment(key []byte, segment string, named, last bool, literal func([]byte) bool) []byte {
	segment, param, _ := strings.Cut(segment, ";") // parameters of a path (RFC 3986, section 3.3)
	ending := ""
	if i := strings.LastIndexByte(segment, '.'); last && i > 0 && pageEndings[segment[i+1:]] {
		segment, ending = segment[:i], segment[i:]
	}
	named = named && (!last || ending == "" || scriptEndings[ending[1:]])
	c := classOf(segment)
	start := len(key)
	switch {
	case segment == "":
	case c.kind == 'W' && c.digits == 0 && (shapeWords[segment] || named && len(segment) <= maxShapeName):
		key = append(key, segment...)
		if !shapeWords[segment] && !literal(key) {
			key = append(key[:start], 'W')
		}
	case c.digits > 0 && shapeWords[segment[:c.letters]]: // page-2, page2
		key = append(append(key, segment[:c.letters]...), 'N')
	case c.kind == 'W' && c.digits > 0: // story-123
		key = append(key, "WN"...)
	default:
		key = append(key, c.kind)
	}
	key = append(key, ending...)
	if param != "" {
		name, _, _ := strings.Cut(param, "=")
		key = append(key, ';')
		key = appendName(key, name)
	}
	return key
}

// A segmentClass is what the characters of a segment say about it.
type segmentClass struct {
	kind    byte // 'N', 'H', 'S' or 'W'
	digits  int
	letters int // before the first other character
}

func classOf(segment string) segmentClass {
	var c segmentClass
	letters, separators, turns, hex := 0, 0, 0, true
	before := byte(0) // 'a' or '0'
	for i := range len(segment) {
		b := segment[i]
		now := byte('a')
		switch {
		case b >= '0' && b <= '9':
			c.digits++
			now = '0'
		case b == '-' || b == '_' || b == '.' || b == ',' || b == ':' || b == ' ' || b == '+':
			separators++
			continue
		default:
			letters++
			if c.letters == i {
				c.letters++
			}
			hex = hex && (b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F')
		}
		if before != 0 && before != now {
			turns++
		}
		before = now
	}
	switch {
	case letters == 0 && c.digits > 0:
		c.kind = 'N'
	case hex && c.digits > 3 && len(segment) >= 32, separators == 0 && c.digits > 0:
		c.kind = 'H'
	case separators > 1 || len(segment) > 32 || separators == 1 && turns > 1:
		c.kind = 'S'
	case c.digits > 0 && before == 'a': // 7-days
		c.kind = 'S'
	default:
		c.kind = 'W'
	}
	return c
}

// appendQuery appends the names of a query's parameters, sorted, each once.
func appendQuery(key []byte, query string) []byte {
	var params [maxShapeParams]string
	n, more := 0, false
	for query != "" {
		var p string
		p, query, _ = strings.Cut(query, "&")
		if name, _, _ := strings.Cut(p, "="); name == "" || sessionParams[name] {
			continue
		}
		if n == len(params) {
			more = true
			break
		}
		params[n] = p
		n++
	}
	slices.Sort(params[:n])
	last, end := -1, 0 // where the name before begins and ends
	for _, p := range params[:n] {
		start := len(key)
		name, value, _ := strings.Cut(p, "=")
		key = appendName(key, name)
		if routeParams[name] && len(value) <= maxShapeName && isWord(value) {
			key = append(append(key, '='), value...)
		}
		if last >= 0 && string(key[last:end]) == string(key[start:]) {
			key = key[:start]
			continue
		}
		last, end = start, len(key)
		key = append(key, '&')
	}
	if end > 0 {
		key = key[:end]
	}
	if more {
		key = append(key, "&…"...)
	}
	return key
}

// appendName appends the name of a parameter; numbers in it, as in f1 and f2, are one
// class.
func appendName(key []byte, name string) []byte {
	digit := false
	for i := range min(len(name), maxShapeName) {
		b := name[i]
		if b >= '0' && b <= '9' {
			if !digit {
				key = append(key, 'N')
			}
			digit = true
			continue
		}
		digit = false
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		key = append(key, b)
	}
	return key
}

// isWord reports whether a text has letters of ASCII and underscores only.
func isWord(text string) bool {
	for i := range len(text) {
		if b := text[i] | 0x20; (b < 'a' || b > 'z') && text[i] != '_' {
			return false
		}
	}
	return text != ""
}
