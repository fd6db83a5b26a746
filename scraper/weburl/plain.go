package weburl

import (
	"net/url"
	"strings"
)

// parsePlain reads the references that most links are: in ASCII and in one spelling
// already, without escapes and dot segments. It returns what parse returns, a few
// times faster, or nil for any other reference.
func (b *Base) parsePlain(ref string) *url.URL {
	for ref != "" && (ref[0] == ' ' || ref[0] == '\n') {
		ref = ref[1:]
	}
	for ref != "" && (ref[len(ref)-1] == ' ' || ref[len(ref)-1] == '\n') {
		ref = ref[:len(ref)-1]
	}
	scheme, host, rest, ok := b.plainStart(ref)
	if !ok {
		return nil
	}
	path, query, escapes, ok := plainPath(rest)
	if !ok {
		return nil
	}
	switch {
	case path != "" && path[0] == '/':
	case host != "":
		path = "/"
	case path == "" || !b.plain:
		return nil
	default:
		path = b.dir + path
	}
	if host == "" {
		host = b.host
	}
	u := &url.URL{Scheme: scheme, Host: host, Path: path, RawQuery: query}
	if escapes {
		u.RawPath = path
	}
	return u
}

// plainStart cuts the scheme and the host off a reference. Without a host in it, host
// is empty.
func (b *Base) plainStart(ref string) (scheme, host, rest string, ok bool) {
	scheme, rest = b.scheme, ref
	i := strings.IndexAny(ref, ":/?#")
	switch {
	case i >= 0 && ref[i] == ':':
		if scheme = ref[:i]; scheme != "https" && scheme != "http" || !strings.HasPrefix(ref[i+1:], "//") {
			return "", "", "", false
		}
		rest = ref[i+1:]
	case scheme == "":
		return "", "", "", false
	}
	if !strings.HasPrefix(rest, "//") {
		return scheme, "", rest, true
	}
	rest = rest[2:]
	end := strings.IndexAny(rest, "/?#")
	if end < 0 {
		end = len(rest)
	}
	host, rest = rest[:end], rest[end:]
	if host != b.host && !plainHost(host) {
		return "", "", "", false
	}
	return scheme, host, rest, host != ""
}

// plainHost reports whether a host has one spelling, and is a name: its last label
// begins with a letter.
func plainHost(host string) bool {
	label := 0
	for i := range len(host) {
		switch c := host[i]; {
		case octets[c]&inHost == 0, c == '-' && strings.HasPrefix(host[label:], "xn--"):
			return false
		case c == '.':
			label = i + 1
		}
	}
	return label < len(host) && host[label] >= 'a' && host[label] <= 'z'
}

// plainPath separates path and query and leaves out the fragment. escapes says that
// net/url would escape something of the path.
func plainPath(rest string) (path, query string, escapes, ok bool) {
	place, start, before := byte(inPath), 0, byte('/')
	for i := range len(rest) {
		c := rest[i]
		switch {
		case c == '#':
			rest = rest[:i]
		case c == '?' && place == inPath:
			path, start, place = rest[:i], i+1, inQuery
			continue
		case octets[c]&place == 0, c == '.' && before == '/' && place == inPath:
			return "", "", false, false
		case place == inPath:
			escapes = escapes || octets[c]&rawPath != 0
			before = c
			continue
		default:
			continue
		}
		break
	}
	if place == inPath {
		return rest, "", escapes, true
	}
	return path, rest[start:], escapes, true
}
