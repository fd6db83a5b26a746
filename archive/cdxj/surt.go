// Package cdxj reads and writes the indexes of web archives: SURT keys, timestamps,
// CDXJ lines, and compressed blocks of lines (ZipNum). It does not read archives, and
// does not sort.
package cdxj

import (
	"bytes"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

var (
	doubled = regexp.MustCompile(`^(?:https?://)+(https?://)`)

	// Session IDs of ASP.NET in paths, and of several systems in queries. What they
	// match is removed; the groups stay.
	pathSessions = []*regexp.Regexp{
		regexp.MustCompile(`^(.*/)\((?:[a-z]\([0-9a-z]{24}\))+\)/([^?]+\.aspx.*)$`),
		regexp.MustCompile(`^(.*/)\([0-9a-z]{24}\)/([^?]+\.aspx.*)$`),
	}
	querySessions = []*regexp.Regexp{
		regexp.MustCompile(`^(.*)jsessionid=[0-9a-z]{32}(?:&(.*))?$`),
		regexp.MustCompile(`^(.*)phpsessid=[0-9a-z]{32}(?:&(.*))?$`),
		regexp.MustCompile(`^(.*)sid=[0-9a-z]{32}(?:&(.*))?$`),
		regexp.MustCompile(`^(.*)aspsessionid[a-z]{8}=[a-z]{24}(?:&(.*))?$`),
		regexp.MustCompile(`^(.*)cfid=[^&]+&cftoken=[^&]+(?:&(.*))?$`),
	}
)

// names brings host names into ASCII.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// SURT returns the key of a URL in Sort-friendly URI Reordering Transform, as the
// Internet Archive's tools, pywb and py-wacz make it: the labels of the host in reverse
// order, without www., credentials, the default port and the fragment; path and query in
// lower case, with one level of escapes, without session IDs and a trailing slash; the
// parameters of the query sorted; the host in punycode (UTS 46). Of a URL without a host,
// such as dns:example.com, only path and query are so changed. The key of "" is "-". A key
// has no spaces.
func SURT(raw string) string {
	raw = cleaned(raw)
	if raw == "" {
		return "-"
	}
	if strings.HasPrefix(raw, "filedesc") {
		return string(escape([]byte(raw), true))
	}
	u := split(raw)
	b := make([]byte, 0, len(raw)+8)
	if u.host == "" {
		b = append(append(b, u.scheme...), ':')
	} else {
		b = appendReversed(b, withoutWWW(canonicalHost(u.host)))
		if u.port != "" && !(u.scheme == "http" && u.port == "80") && !(u.scheme == "https" && u.port == "443") {
			b = append(append(b, ':'), u.port...)
		}
		b = append(b, ')')
	}
	b = append(b, surtPath(u)...)
	if q := surtQuery(u.query); len(q) > 0 {
		b = append(append(b, '?'), q...)
	}
	return string(b)
}

// cleaned removes the white space that browsers ignore.
func cleaned(raw string) string {
	raw = strings.TrimSpace(raw)
	if strings.ContainsAny(raw, "\t\r\n") {
		raw = strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(raw)
	}
	return raw
}

// withoutWWW removes www. or www2. at the beginning.
func withoutWWW(s string) string {
	if rest, ok := strings.CutPrefix(s, "www"); ok {
		if rest, ok = strings.CutPrefix(strings.TrimLeft(rest, "0123456789"), "."); ok {
			return rest
		}
	}
	return s
}

// hasScheme reports whether a text begins like a URL with a scheme.
func hasScheme(s string) bool {
	for i := range len(s) {
		switch c := s[i]; {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case c == ':':
			return i > 0
		case i == 0 || !('0' <= c && c <= '9' || c == '+' || c == '.' || c == '-'):
			return false
		}
	}
	return false
}

// A parts is a URL that is split, without its credentials and fragment.
type parts struct{ scheme, host, port, path, query string }

// split never fails: an index has a line for each URL that was captured.
func split(raw string) parts {
	var u parts
	if !hasScheme(raw) {
		raw = "http://" + raw
	}
	if strings.Count(raw, "://") > 1 {
		raw = doubled.ReplaceAllString(raw, "$1")
	}
	raw, _, _ = strings.Cut(raw, "#")
	scheme, rest, _ := strings.Cut(raw, ":")
	u.scheme = strings.ToLower(scheme)
	rest, u.query, _ = strings.Cut(rest, "?")
	authority, found := strings.CutPrefix(rest, "//")
	if !found {
		u.path = rest
		return u
	}
	if strings.HasPrefix(u.scheme, "http") {
		authority = strings.TrimLeft(authority, "/")
	}
	u.host = authority
	if n := strings.IndexByte(authority, '/'); n >= 0 {
		u.host, u.path = authority[:n], authority[n:]
	}
	if n := strings.LastIndexByte(u.host, '@'); n >= 0 {
		u.host = u.host[n+1:]
	}
	if n := strings.LastIndexByte(u.host, ':'); n > strings.LastIndexByte(u.host, ']') {
		if port := u.host[n+1:]; strings.Trim(port, "0123456789") == "" {
			u.host, u.port = u.host[:n], strings.TrimLeft(port, "0")
		}
	}
	u.host = strings.TrimSuffix(strings.TrimPrefix(u.host, "["), "]")
	return u
}

func canonicalHost(host string) string {
	host = string(unescape([]byte(host)))
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if ascii, err := names.ToASCII(strings.ToValidUTF8(host, "")); err == nil {
			host = ascii
		}
	}
	for strings.Contains(host, "..") {
		host = strings.ReplaceAll(host, "..", ".")
	}
	host = strings.Trim(host, ".")
	if ip, ok := ipv4(host); ok {
		return ip
	}
	return string(escape([]byte(strings.ToLower(host)), false))
}

// appendReversed appends the labels of a host in reverse order. Addresses are reversed,
// too, as by all tools.
func appendReversed(b []byte, host string) []byte {
	for {
		n := strings.LastIndexByte(host, '.')
		b = append(b, host[n+1:]...)
		if n < 0 {
			return b
		}
		b = append(b, ',')
		host = host[:n]
	}
}

func surtPath(u parts) []byte {
	p := unescape([]byte(u.path))
	if u.host != "" {
		p = resolved(p)
	}
	p = bytes.ToLower(escape(p, false))
	if bytes.Contains(p, []byte(".aspx")) {
		p = without(pathSessions, p)
	}
	if len(p) > 1 && p[len(p)-1] == '/' {
		p = p[:len(p)-1]
	}
	return p
}

// resolved resolves dots and repeated slashes. Dots above the root stay.
func resolved(path []byte) []byte {
	if len(path) == 0 {
		return []byte("/")
	}
	if !bytes.Contains(path, []byte("//")) && !bytes.Contains(path, []byte("/.")) && path[0] == '/' {
		return path
	}
	segments := bytes.Split(path, []byte("/"))[1:]
	kept := segments[:0]
	for _, s := range segments {
		switch {
		case string(s) == ".":
		case string(s) == ".." && len(kept) > 0:
			kept = kept[:len(kept)-1]
		default:
			kept = append(kept, s)
		}
	}
	out := []byte{'/'}
	for i, s := range kept {
		out = append(out, s...)
		if i < len(kept)-1 && len(s) > 0 {
			out = append(out, '/')
		}
	}
	return out
}

func surtQuery(raw string) []byte {
	q := bytes.ToLower(escape(unescape([]byte(raw)), false))
	if bytes.Contains(q, []byte("sid=")) || bytes.Contains(q, []byte("sessionid")) || bytes.Contains(q, []byte("cftoken=")) {
		q = without(querySessions, q)
	}
	if len(q) > 1 && bytes.IndexByte(q, '&') >= 0 {
		params := bytes.Split(q, []byte("&"))
		slices.SortStableFunc(params, func(a, b []byte) int {
			ka, va, aValue := bytes.Cut(a, []byte("="))
			kb, vb, bValue := bytes.Cut(b, []byte("="))
			if c := bytes.Compare(ka, kb); c != 0 {
				return c
			}
			if aValue != bValue { // a parameter without a value comes first
				if aValue {
					return 1
				}
				return -1
			}
			return bytes.Compare(va, vb)
		})
		q = bytes.Join(params, []byte("&"))
	}
	return q
}

// without removes what the expressions match, one after the other.
func without(sessions []*regexp.Regexp, s []byte) []byte {
	for _, e := range sessions {
		if m := e.FindSubmatch(s); m != nil {
			s = slices.Concat(m[1], m[2])
		}
	}
	return s
}
