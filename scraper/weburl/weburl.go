// Package weburl reads URLs as browsers do, by the URL Standard of the WHATWG
// (https://url.spec.whatwg.org/), as far as it is about http and https, and
// normalizes them by RFC 3986. It fetches nothing.
//
// Its results are values of net/url. They differ from what the standard gives in
// these points, so that each is a valid URI (RFC 3986) that net/url reads back to the
// same text:
//   - what RFC 3986 does not allow is percent-encoded where browsers leave it as it
//     is: a % that begins no escape is %25, and [ ] { } | ^ ` are escaped;
//   - a fragment is left out, since it is never sent;
//   - a host with characters that no DNS name has, such as ! or &, is not valid.
package weburl

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// maxURL bounds a reference and what it becomes, in bytes. Whoever fetches has a lower limit, but a URL
// that is written in escapes is longer than what it stands for.
const maxURL = 8 << 10

// Errors of a text that is not the URL of something that can be fetched.
var (
	ErrScheme   = errors.New("the scheme is neither http nor https")
	ErrRelative = errors.New("it has no scheme")
	ErrNoHost   = errors.New("it has no host")
	ErrHost     = errors.New("the host is not valid")
	ErrPort     = errors.New("the port is not valid")
	ErrTooLong  = fmt.Errorf("it has over %d bytes", maxURL)
)

// A Base is what the references of one document are relative to. The zero value
// reads absolute URLs only. It is safe for many goroutines if its query function is.
type Base struct {
	scheme, host string // empty if references must be absolute
	path, query  string // escaped; the path begins with a slash
	dir          string // the path to its last slash
	plain        bool   // dir has no escapes
	encode       func(query string) string
}

// NewBase returns the base that a document's address is. encode returns a query with
// each character beyond ASCII in the bytes of the document's encoding, and what that
// encoding does not have as an escaped reference (&#1234;), as the standard's
// percent-encode after encoding does; it is only called for a query that has such
// characters. Nil means UTF-8. A u that is not an http or https URL gives a Base
// that reads absolute URLs only.
func NewBase(u *url.URL, encode func(query string) string) *Base {
	b := &Base{encode: encode}
	if u == nil {
		return b
	}
	own, err := new(Base).parse(u.String())
	if err != nil {
		return b
	}
	b.scheme, b.host, b.path, b.query = own.Scheme, own.Host, own.EscapedPath(), own.RawQuery
	b.dir = b.path[:strings.LastIndexByte(b.path, '/')+1]
	b.plain = !strings.ContainsAny(b.dir, "%!'()*")
	return b
}

// Parse reads an absolute URL.
func Parse(text string) (*url.URL, error) { return new(Base).Parse(text) }

// Parse reads a reference as it is written in a document. The errors are those of
// this package. Bytes that are not UTF-8 are escaped as they are, as browsers do with
// those of a Location field; of a host they are read as ISO 8859-1.
func (b *Base) Parse(ref string) (*url.URL, error) {
	if len(ref) > maxURL {
		if scheme, _ := cutScheme(strip(ref[:64])); scheme != "" && scheme != "http" && scheme != "https" {
			return nil, ErrScheme // data:
		}
		return nil, ErrTooLong
	}
	u := b.parsePlain(ref)
	if u == nil {
		var err error
		if u, err = b.parse(ref); err != nil {
			return nil, err
		}
	}
	if len(b.dir)+3*len(ref) > maxURL && len(u.String()) > maxURL {
		return nil, ErrTooLong
	}
	return u, nil
}

// parse is the basic URL parser (section 4.4), of which http and https need few states.
func (b *Base) parse(ref string) (*url.URL, error) {
	ref = strip(ref)
	scheme, rest := cutScheme(ref)
	switch {
	case scheme == "":
		if b.scheme == "" {
			return nil, ErrRelative
		}
		return b.relative(ref)
	case scheme != "http" && scheme != "https":
		return nil, ErrScheme
	case scheme == b.scheme && !strings.HasPrefix(rest, "//"):
		return b.relative(rest) // special relative or authority state
	}
	return b.authority(scheme, rest)
}

// strip leaves out what the standard removes before it reads a URL: control
// characters and spaces around it, tabs and line breaks in it.
func strip(ref string) string {
	ref = strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
	if !strings.ContainsAny(ref, "\t\r\n") {
		return ref
	}
	return strings.NewReplacer("\t", "", "\r", "", "\n", "").Replace(ref)
}

// cutScheme returns the scheme of a reference in lower case and what follows its
// colon; an empty scheme if it has none.
func cutScheme(ref string) (scheme, rest string) {
	for i := range len(ref) {
		c := ref[i]
		switch {
		case c|0x20 >= 'a' && c|0x20 <= 'z':
		case i > 0 && (c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'):
		case i > 0 && c == ':':
			return strings.ToLower(ref[:i]), ref[i+1:]
		default:
			return "", ref
		}
	}
	return "", ref
}

func isSlash(c byte) bool { return c == '/' || c == '\\' }

// relative reads what follows no scheme, or the scheme of the base without slashes.
func (b *Base) relative(ref string) (*url.URL, error) {
	if len(ref) > 1 && isSlash(ref[0]) && isSlash(ref[1]) {
		return b.authority(b.scheme, ref)
	}
	u := &url.URL{Scheme: b.scheme, Host: b.host}
	path, query, asks := cutQuery(ref)
	switch {
	case path == "" && !asks:
		SetPath(u, b.path)
		u.RawQuery = b.query
		return u, nil
	case path == "":
		SetPath(u, b.path)
	case isSlash(path[0]):
		SetPath(u, cleanPath(path))
	default:
		SetPath(u, cleanPath(b.dir+path))
	}
	u.RawQuery = b.escapeQuery(query)
	return u, nil
}

// authority reads what follows a scheme and any number of slashes.
func (b *Base) authority(scheme, rest string) (*url.URL, error) {
	rest, query, _ := cutQuery(strings.TrimLeft(rest, `/\`))
	end := strings.IndexAny(rest, `/\`)
	if end < 0 {
		end = len(rest)
	}
	u := &url.URL{Scheme: scheme}
	host := rest[:end]
	if at := strings.LastIndexByte(host, '@'); at >= 0 {
		u.User, host = userinfo(host[:at]), host[at+1:]
	}
	host, port, err := cutPort(host)
	if err != nil {
		return nil, err
	}
	if u.Host, err = Host(host); err != nil {
		return nil, err
	}
	if port != "" && port != defaultPorts[scheme] {
		u.Host += ":" + port
	}
	SetPath(u, cleanPath(rest[end:]))
	u.RawQuery = b.escapeQuery(query)
	return u, nil
}

// cutQuery leaves out the fragment of a reference and separates its query; asks says
// that there is one, which may be empty.
func cutQuery(ref string) (path, query string, asks bool) {
	if i := strings.IndexByte(ref, '#'); i >= 0 {
		ref = ref[:i]
	}
	return strings.Cut(ref, "?")
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}

// cutPort separates the port, without leading zeros. A colon in brackets belongs to
// an IPv6 address.
func cutPort(authority string) (host, port string, err error) {
	i := strings.IndexByte(authority, ':')
	if strings.HasPrefix(authority, "[") {
		end := strings.IndexByte(authority, ']')
		if end < 0 {
			return "", "", ErrHost
		}
		if i = strings.IndexByte(authority[end:], ':'); i >= 0 {
			i += end
		}
	}
	if i < 0 {
		return authority, "", nil
	}
	host, port = authority[:i], authority[i+1:]
	if strings.Trim(port, "0123456789") != "" {
		return "", "", ErrPort
	}
	if trimmed := strings.TrimLeft(port, "0"); trimmed != "" || port == "" {
		port = trimmed
	} else {
		port = "0"
	}
	if len(port) > 5 || len(port) == 5 && port > "65535" {
		return "", "", ErrPort
	}
	return host, port, nil
}

func userinfo(s string) *url.Userinfo {
	name, password, ok := strings.Cut(s, ":")
	switch {
	case s == "" || s == ":":
		return nil
	case ok:
		return url.UserPassword(unescape(name), unescape(password))
	}
	return url.User(unescape(name))
}

// cleanPath escapes a path as it is written and takes out its dot segments, which may
// be written in escapes (path state).
func cleanPath(path string) string {
	out := make([]byte, 0, len(path)+16)
	for more := true; more; {
		if path != "" && isSlash(path[0]) {
			path = path[1:]
		}
		segment := path
		if i := strings.IndexAny(path, `/\`); i >= 0 {
			segment, path = path[:i], path[i:]
		} else {
			more = false
		}
		switch dots(segment) {
		case 1:
			if !more {
				out = append(out, '/')
			}
		case 2:
			for i := len(out) - 1; i >= 0; i-- {
				if out[i] == '/' {
					out = out[:i]
					break
				}
			}
			if !more {
				out = append(out, '/')
			}
		default:
			out = appendEscaped(append(out, '/'), segment, inPath, false)
		}
	}
	return string(out)
}

// dots is the number of dots that a segment consists of, if it is a dot segment: 1 or
// 2; else 0.
func dots(segment string) int {
	n := 0
	for segment != "" {
		switch {
		case segment[0] == '.':
			segment = segment[1:]
		case len(segment) >= 3 && segment[0] == '%' && segment[1] == '2' && segment[2]|0x20 == 'e':
			segment = segment[3:]
		default:
			return 0
		}
		if n++; n > 2 {
			return 0
		}
	}
	return n
}

// escapeQuery escapes a query as it is written (query state).
func (b *Base) escapeQuery(query string) string {
	if b.encode != nil && strings.ContainsFunc(query, func(r rune) bool { return r >= 0x80 }) {
		query = b.encode(query)
	}
	return escaped(query, inQuery, false)
}

// SetPath sets the path of u to one that is escaped and valid.
func SetPath(u *url.URL, path string) {
	u.Path, u.RawPath = unescape(path), ""
	if u.EscapedPath() != path {
		u.RawPath = path
	}
}
