// Package cdxj makes and parses the index lines of web archives: SURT keys,
// 14-digit timestamps and CDXJ lines. It does not read archives.
package cdxj

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/idna"
)

var (
	www         = regexp.MustCompile(`^www\d*\.`)
	pathSession = regexp.MustCompile(`(?i)/\(([a-z]\([0-9a-z]{24}\)|[0-9a-z]{24})\)(/[^?]*\.aspx)$`)
	semiSession = regexp.MustCompile(`(?i);jsessionid=[0-9a-z.!_-]{10,}$`)
	paramNames  = regexp.MustCompile(`^(?:jsessionid|phpsessid|sid|aspsessionid[a-z]{8}|cfid|cftoken)=`)
)

// names brings host names into ASCII.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false), idna.CheckHyphens(false))

// SURT returns the key of a URL in Sort-friendly URI Reordering Transform, as the
// Internet Archive canonicalizes it: host labels reversed without www., lower case,
// without session IDs and a trailing slash, query parameters sorted; a host in Unicode in
// punycode (UTS 46). A URL without a host is only lower-cased.
func SURT(raw string) string {
	u, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || u.Host == "" {
		return strings.ToLower(raw)
	}
	host := strings.ToLower(u.Hostname())
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if ascii, err := names.ToASCII(host); err == nil {
			host = ascii
		}
	}
	host = www.ReplaceAllString(host, "")
	labels := strings.Split(strings.TrimSuffix(host, "."), ".")
	if !strings.Contains(host, ":") && !numeric(labels) {
		slices.Reverse(labels)
		host = strings.Join(labels, ",")
	}
	var b strings.Builder
	b.WriteString(host)
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		b.WriteString(":" + p)
	}
	b.WriteByte(')')
	b.WriteString(path(u))
	if q := query(u.RawQuery); q != "" {
		b.WriteString("?" + q)
	}
	return b.String()
}

func numeric(labels []string) bool {
	if len(labels) != 4 {
		return false
	}
	for _, l := range labels {
		if l == "" || strings.Trim(l, "0123456789") != "" {
			return false
		}
	}
	return true
}

func path(u *url.URL) string {
	p := u.EscapedPath()
	for strings.Contains(p, "//") {
		p = strings.ReplaceAll(p, "//", "/")
	}
	p = strings.ToLower(p)
	p = semiSession.ReplaceAllString(p, "")
	if m := pathSession.FindStringSubmatch(p); m != nil {
		p = strings.TrimSuffix(p, m[0]) + m[2]
	}
	if dots := (&url.URL{Path: p}).JoinPath(); strings.Contains(p, "/.") {
		p = dots.Path
	}
	if len(p) > 1 {
		p = strings.TrimSuffix(p, "/")
	}
	if p == "" {
		p = "/"
	}
	return p
}

func query(raw string) string {
	var params []string
	for p := range strings.SplitSeq(strings.ToLower(raw), "&") {
		if p != "" && !paramNames.MatchString(p) {
			params = append(params, p)
		}
	}
	slices.SortStableFunc(params, func(a, b string) int {
		ka, va, _ := strings.Cut(a, "=")
		kb, vb, _ := strings.Cut(b, "=")
		if c := strings.Compare(ka, kb); c != 0 {
			return c
		}
		return strings.Compare(va, vb)
	})
	return strings.Join(params, "&")
}
