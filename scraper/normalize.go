package scraper

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/scraper/weburl"
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

// Normalize returns the one spelling under which a URL is fetched and known: its normal
// form as in package weburl, without tracking parameters and session IDs. It returns an
// error for what cannot be fetched; with a *Trap also the URL. u itself is not changed.
func Normalize(u *url.URL) (*url.URL, error) {
	n, err := weburl.Normalize(u)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	if strings.IndexByte(n.Path, ';') >= 0 {
		weburl.SetPath(n, weburl.Path(pathSession.ReplaceAllString(n.EscapedPath(), "")))
	}
	n.RawQuery = cleanQuery(n.RawQuery)
	return n, trap(n)
}

// cleanQuery leaves out empty parameters and those of trackers.
func cleanQuery(raw string) string {
	clean := true
	for p := range strings.SplitSeq(raw, "&") {
		clean = clean && p != "" && !isTracker(p)
	}
	if clean || raw == "" {
		return raw
	}
	var kept []string
	for p := range strings.SplitSeq(raw, "&") {
		if p != "" && !isTracker(p) {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, "&")
}

// isTracker reports whether a parameter, with its value or without, is in trackers.
func isTracker(param string) bool {
	name, _, _ := strings.Cut(param, "=")
	name = strings.ToLower(name)
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

var trapLength = &Trap{"trap: URL of over 2000 bytes"}

func trap(u *url.URL) error {
	if len(u.Path)+len(u.RawQuery)+len(u.Host) > maxURL {
		return trapLength
	}
	if strings.Count(u.Path, "/") <= maxRepeats {
		return nil
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

// SiteOf is the name of a URL's site: the host in ASCII without www., with its port
// where that is not the scheme's own.
func SiteOf(u *url.URL) string {
	host := strings.ToLower(u.Hostname())
	if strings.ContainsFunc(host, func(r rune) bool { return r >= utf8.RuneSelf }) {
		if ascii, err := weburl.Host(host); err == nil {
			host = ascii
		}
	}
	host = strings.TrimPrefix(host, "www.")
	if strings.Contains(host, ":") {
		host = "[" + host + "]"
	}
	if p := u.Port(); p != "" && !(u.Scheme == "http" && p == "80") && !(u.Scheme == "https" && p == "443") {
		host += ":" + p
	}
	return host
}
