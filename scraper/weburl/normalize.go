package weburl

import (
	"net/url"
	"strings"
)

// Normalize returns the one spelling of a URL (RFC 3986, sections 6.2.2 and 6.2.3):
// scheme and host in lower case, the host in ASCII and without the dot of an absolute
// name, no default port, no credentials, no fragment, no dot segments, no escapes of
// unreserved characters, hex digits of escapes in upper case. What an escape means is
// not changed: %2F is not a slash, and the order of a query stays. u itself is not
// changed.
func Normalize(u *url.URL) (*url.URL, error) {
	scheme := u.Scheme
	if scheme != "http" && scheme != "https" {
		if scheme = strings.ToLower(scheme); scheme != "http" && scheme != "https" {
			return nil, ErrScheme
		}
	}
	n := &url.URL{Scheme: scheme, Host: u.Host, RawQuery: Query(u.RawQuery)}
	if !plainHost(n.Host) {
		if err := normalHost(n); err != nil {
			return nil, err
		}
	}
	path := u.EscapedPath()
	switch p := Path(path); {
	case p != path:
		SetPath(n, p)
	case u.RawPath == path:
		n.Path, n.RawPath = u.Path, path
	default:
		n.Path = u.Path
	}
	return n, nil
}

func normalHost(u *url.URL) error {
	host, port, err := cutPort(u.Host)
	if err != nil {
		return err
	}
	for {
		if host, err = Host(strings.TrimRight(host, ".")); err != nil {
			return err
		}
		if !strings.HasSuffix(host, ".") { // a dot of another script was one at the end
			break
		}
	}
	if u.Host = host; port != "" && port != defaultPorts[u.Scheme] {
		u.Host += ":" + port
	}
	return nil
}

// Path returns the normal form of an escaped path.
func Path(path string) string {
	path = escaped(path, inPath, true)
	if path == "" || path[0] != '/' || strings.Contains(path, "/.") {
		return cleanPath(path)
	}
	return path
}

// Query returns the normal form of an escaped query.
func Query(query string) string { return escaped(query, inQuery, true) }
