package feed

import (
	"net/url"
	"slices"
	"strings"
)

// A link is one address of an item, or of the feed itself.
type link struct {
	ref   string // as written, trimmed
	rel   string // RFC 4287, section 4.2.7.2; "" means alternate
	media string // its media type; "" if missing
	text  bool   // it is the text of its element, as in RSS
	base  string // xml:base of its element
}

// countingHosts count clicks and redirect to the page; a host below one counts, too.
var countingHosts = []string{"feedproxy.google.com", "feeds.feedburner.com", "feedsportal.com", "pheedo.com", "feedproxy.com", "feedblitz.com", "rss.feedsportal.com"}

// addresses are what an item says about where its page is.
type addresses struct {
	links     []link
	original  string // of the page behind a counting link: feedburner:origLink
	permalink string // of RSS' guid or a JSON feed's id, where it is a URL
	about     string // of RSS 1.0: rdf:about
	content   link   // of Atom: a page that is the item's content
	id        string // of Atom, where it is a URL
}

// page chooses the address of an item's page; the zero link if it has none. site are the
// hosts of the feed's own site.
func (a *addresses) page(site []string) link {
	if isHTTP(a.original) {
		return link{ref: a.original}
	}
	page, ok := a.alternate()
	switch {
	case !ok && a.permalink != "":
		return link{ref: a.permalink}
	case !ok && isHTTP(a.about):
		return link{ref: a.about}
	case !ok && a.content.ref != "":
		return a.content
	case !ok:
		if page, ok = a.first("self"); ok {
			return page
		}
		return link{ref: a.id}
	case a.permalink != "" && isElsewhere(page.ref, a.permalink, site):
		return link{ref: a.permalink}
	}
	return page
}

// isElsewhere reports whether a link leaves the feed's site, where the permalink does
// not, or leads to a host that counts clicks.
func isElsewhere(ref, permalink string, site []string) bool {
	host, own := hostOf(ref), hostOf(permalink)
	if host == "" || own == "" || host == own {
		return false
	}
	return slices.Contains(site, own) && !slices.Contains(site, host) || counts(host) && !counts(own)
}

func counts(host string) bool {
	return slices.ContainsFunc(countingHosts, func(c string) bool { return host == c || strings.HasSuffix(host, "."+c) })
}

// alternate is the link to the page itself: the first that is a text, else the first of
// the best media type.
func (a *addresses) alternate() (best link, ok bool) {
	const worst = 3
	rank := worst
	for _, l := range a.links {
		if l.rel != "" && l.rel != "alternate" || l.ref == "" {
			continue
		}
		r := 2
		switch {
		case l.text:
			return l, true
		case strings.Contains(l.media, "html"):
			r = 0
		case l.media == "":
			r = 1
		}
		if r < rank {
			best, rank = l, r
		}
	}
	return best, rank < worst
}

func (a *addresses) first(rel string) (link, bool) {
	for _, l := range a.links {
		if l.rel == rel && l.ref != "" {
			return l, true
		}
	}
	return link{}, false
}

func isHTTP(ref string) bool {
	scheme, _, ok := strings.Cut(ref, "://")
	return ok && (strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https"))
}

// hostOf is the host of an absolute URL, with its port and without www.; "" if it has
// none.
func hostOf(ref string) string {
	u, err := url.Parse(ref)
	if err != nil || !isHTTP(ref) {
		return ""
	}
	return siteHost(u)
}

func siteHost(u *url.URL) string {
	host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	if p := u.Port(); p != "" && p != "80" && p != "443" {
		host += ":" + p
	}
	return host
}
