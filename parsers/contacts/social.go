package contacts

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// socialHosts are the networks whose profiles are contacts.
var socialHosts = text.Set(`facebook.com fb.com twitter.com x.com instagram.com linkedin.com youtube.com tiktok.com t.me telegram.me threads.net threads.com bsky.app pinterest.com
	vk.com ok.ru wa.me whatsapp.com mastodon.social mastodon.online flipboard.com dzen.ru weibo.com line.me viber.com snapchat.com twitch.tv`)

// Bounds of the links to profiles: of a page that are noted, of one contact.
const (
	maxProfileLinks = 200
	maxProfiles     = 20
)

// A profileLink is a link to a profile, behind block n.
type profileLink struct {
	n      int
	footer bool
	url    string
}

// readProfiles notes the page's links to profiles.
func (r *contactReader) readProfiles() {
	host, social := "", false // of the link before: most lead to the same
	for _, n := range r.page.Select(linkSelector).Nodes {
		href := strings.TrimSpace(block.Attr(n, "href"))
		if len(r.profiles) >= maxProfileLinks || !mayBeProfile(href) || reaches(href) || block.Attr(n, "data-cfemail") != "" {
			continue
		}
		if h := hostIn(href); h != host {
			host, social = h, isSocialHost(h)
		}
		if social {
			r.addProfile(r.page.Order[n], href)
		}
	}
}

// addProfile notes a link to a network if it leads to a profile.
func (r *contactReader) addProfile(elem int, href string) {
	u := profile(href)
	if u == "" {
		return
	}
	e := &r.page.Elems[elem]
	r.profiles = append(r.profiles, profileLink{r.blockBefore(elem), e.Flags&block.InFooter != 0 || e.PathHints&block.HintFooter != 0, u})
}

// notProfile are paths of these networks that share or embed.
var notProfile = regexp.MustCompile(`(?i)/(?:sharer?|share|sharing|intent|dialog|plugins|shareArticle|send|submit|widgets|embed|watch|status|hashtag|search|home|pin/create|p|reel|posts|photo|login|tr|timeline|msg)(?:[/.?]|$)|^/?(?:\?.*)?$|[?&](?:text|url|u|href|link)=`)

// mayBeProfile is the cheap question whether a link may lead to a network.
func mayBeProfile(href string) bool {
	return len(href) > 12 && len(href) < 300 && (strings.HasPrefix(href, "http") || strings.HasPrefix(href, "//"))
}

// hostIn is the host of a link, as it stands.
func hostIn(href string) string {
	host, _, _ := strings.Cut(href[strings.Index(href, "//")+2:], "/")
	return host
}

// isSocialHost reports whether a host is one of these networks.
func isSocialHost(host string) bool {
	host = strings.ToLower(host)
	for _, cut := range []string{"www.", "m.", "mobile."} {
		host = strings.TrimPrefix(host, cut)
	}
	if socialHosts[host] {
		return true
	}
	i := strings.IndexByte(host, '.')
	return i >= 0 && socialHosts[host[i+1:]]
}

// profile is a link to a profile of a network; "" for any other.
func profile(href string) string {
	if !isSocialHost(hostIn(href)) {
		return ""
	}
	u, err := url.Parse(href)
	if err != nil || notProfile.MatchString(u.RequestURI()) {
		return ""
	}
	if u.Scheme == "" {
		u.Scheme = "https"
	}
	return u.String()
}

// profilesOf lists the profiles that stand with a group.
func (r *contactReader) profilesOf(g *contactGroup) (urls []string) {
	first, last := g.items[0].p.n, 0
	for _, it := range g.items {
		last = max(last, it.last)
	}
	footer := g.items[0].p.inFooter()
	for _, s := range r.profiles {
		if s.n < first-4 || s.n > last+6 || s.footer != footer || slices.Contains(urls, s.url) || len(urls) >= maxProfiles {
			continue
		}
		if !r.parted(first, last, s.n) {
			urls = append(urls, s.url)
		}
	}
	return urls
}

// parted reports whether a long text stands between a group, from its first block
// to its last, and block n, or a heading behind the group.
func (r *contactReader) parted(first, last, n int) bool {
	from, to := min(n, last), max(n, first)
	if n > last {
		from, to = last, n
	}
	for _, b := range r.page.Blocks[min(from+1, to):to] {
		if b.Words > 30 || b.N > last && b.Flags&block.InHeading != 0 && n > last {
			return true
		}
	}
	return false
}

// inFooter reports whether a passage is in the page's footer, or called so.
func (p *passage) inFooter() bool {
	return p.flags&block.InFooter != 0 || p.hints&block.HintFooter != 0
}
