package scraper

import (
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
)

// trackers are query parameters that say where a reader came from and do not select
// a page. A name that ends in * is a prefix.
var trackers = []string{
	"utm_*", "fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "igshid", "mc_cid", "mc_eid",
	"_ga", "_gl", "_hsenc", "_hsmi", "mkt_tok", "vero_id", "oly_enc_id", "oly_anon_id", "s_cid", "ncid", "cmpid",
	"at_medium", "at_campaign", "at_custom*", "ref_src", "ref_url", "xtor", "wt_mc", "wt_zmc", "__twitter_impression",
	"phpsessid", "jsessionid", "sessionid", "aspsessionid*",
}

var pathSession = regexp.MustCompile(`(?i);jsessionid=[^/?]*`)

// Bounds of a URL that is fetched; beyond them it is a trap.
const (
	maxURL      = 2000 // bytes
	maxSegments = 25   // of a path
	maxRepeats  = 4    // of one segment in a path
)

// Normalize returns the one spelling under which a URL is fetched and known:
// scheme and host in lower case, no default port, no fragment, no dot
// segments, no tracking parameters or session IDs, no credentials. It returns
// an error for what cannot be fetched; with a *Trap also the URL. u itself is
// not changed.
func Normalize(u *url.URL) (*url.URL, error) {
	scheme := strings.ToLower(u.Scheme)
	if scheme != "http" && scheme != "https" {
		return nil, fmt.Errorf("%w: scheme %q", ErrRefused, u.Scheme)
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	if host == "" || strings.ContainsAny(host, " \t\r\n/\\@") {
		return nil, fmt.Errorf("%w: no host", ErrRefused)
	}
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && !(scheme == "http" && p == "80") && !(scheme == "https" && p == "443") {
		host += ":" + p
	}
	n := &url.URL{Scheme: scheme, Host: host, Path: u.Path, RawPath: u.RawPath, RawQuery: cleanQuery(u.RawQuery)}
	if strings.Contains(strings.ToLower(n.Path), ";jsessionid=") {
		n.Path = pathSession.ReplaceAllString(n.Path, "")
		n.RawPath = pathSession.ReplaceAllString(n.RawPath, "")
	}
	if n.Path == "" {
		n.Path, n.RawPath = "/", ""
	}
	if strings.Contains(n.Path, "/.") {
		slash := strings.HasSuffix(n.Path, "/") || strings.HasSuffix(n.Path, "/.") || strings.HasSuffix(n.Path, "/..")
		n.Path, n.RawPath = path.Clean(n.Path), ""
		if slash && n.Path != "/" {
			n.Path += "/"
		}
	}
	return n, trap(n)
}

func cleanQuery(raw string) string {
	if raw == "" {
		return ""
	}
	var kept []string
	for p := range strings.SplitSeq(raw, "&") {
		name, _, _ := strings.Cut(p, "=")
		if p != "" && !isTracker(strings.ToLower(name)) {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "&")
}

func isTracker(name string) bool {
	for _, t := range trackers {
		if prefix, ok := strings.CutSuffix(t, "*"); ok && strings.HasPrefix(name, prefix) || name == t {
			return true
		}
	}
	return false
}

// A Trap is a URL of an endless series, such as a calendar. Its text says which.
type Trap struct{ why string }

func (t *Trap) Error() string { return t.why }

func trap(u *url.URL) error {
	if len(u.Path)+len(u.RawQuery)+len(u.Host) > maxURL {
		return &Trap{"trap: URL of over 2000 bytes"}
	}
	segments := strings.Split(strings.Trim(u.Path, "/"), "/")
	if len(segments) > maxSegments {
		return &Trap{"trap: path deeper than 25"}
	}
	seen := map[string]int{}
	for _, s := range segments {
		if seen[s]++; s != "" && seen[s] > maxRepeats {
			return &Trap{"trap: path that repeats itself"}
		}
	}
	return nil
}

// SiteOf is the name of a URL's site: the host without www., with its port
// where that is not the scheme's own.
func SiteOf(u *url.URL) string {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		host += ":" + p
	}
	return host
}
