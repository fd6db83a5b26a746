package cdxj

import (
	"regexp"
	"slices"
	"strings"

	whatwg "github.com/nlnwa/whatwg-url/url"
)

// browserURLs parses URLs as browsers do.
var browserURLs = whatwg.NewParser(whatwg.WithLaxHostParsing())

// plainURL matches the usual URLs, which browsers leave as they are: host, port, path and
// query.
var plainURL = regexp.MustCompile(`^https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z-][a-z0-9-]*)(?::([1-9][0-9]{0,4}))?(/[a-z0-9/._~,;:!$()*+=&@-]*)?(?:\?([a-z0-9/._~,;:!$()*+=&@?-]*))?(?:#.*)?$`)

// WabacSURT returns the key of a URL as ReplayWeb.page (wabac.js), warcio.js and
// Browsertrix make it. It is simpler than SURT: www. and the fragment are removed, all is
// in lower case, the parameters of the query are sorted; session IDs, escapes and a
// trailing slash stay. The rest is as browsers write a URL (WHATWG URL). The key of what
// is not a valid URL of HTTP is its own text, with spaces escaped.
func WabacSURT(raw string) string {
	key, ok := wabac(raw)
	if !ok {
		return string(escape([]byte(raw), true))
	}
	return key
}

func wabac(raw string) (string, bool) {
	scheme := "https://"
	if strings.HasPrefix(raw, "http:") {
		scheme = "http://"
	} else if !strings.HasPrefix(raw, "https:") {
		return "", false
	}
	if rest, ok := strings.CutPrefix(raw, scheme); ok {
		raw = scheme + withoutWWW(rest)
	}
	raw = strings.ToLower(raw)
	host, port, path, q := "", "", "", ""
	if m := plainURL.FindStringSubmatch(raw); m != nil && !strings.Contains(m[3], "/.") {
		host, port, path, q = m[1], m[2], m[3], m[4]
	} else {
		u, err := browserURLs.Parse(raw)
		if err != nil || u.Hostname() == "" {
			return "", false
		}
		host, port, path, q = u.Hostname(), u.Port(), u.Pathname(), strings.TrimPrefix(u.Search(), "?")
	}
	b := appendReversed(make([]byte, 0, len(raw)), host)
	if port != "" && scheme+port != "http://80" && scheme+port != "https://443" {
		b = append(append(b, ':'), port...)
	}
	b = append(append(b, ')'), path...)
	if path == "" {
		b = append(b, '/')
	}
	if q != "" {
		params := strings.Split(q, "&")
		slices.Sort(params)
		b = append(append(b, '?'), strings.Join(params, "&")...)
	}
	return string(b), true
}
