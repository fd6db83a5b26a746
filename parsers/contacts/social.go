package contacts

import (
	"net/url"
	"regexp"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// socialHosts are the networks whose profiles are contacts.
var socialHosts = map[string]bool{}

func init() {
	for h := range strings.FieldsSeq(`facebook.com fb.com twitter.com x.com instagram.com linkedin.com youtube.com tiktok.com t.me telegram.me threads.net threads.com bsky.app pinterest.com
		vk.com ok.ru wa.me whatsapp.com mastodon.social mastodon.online flipboard.com dzen.ru weibo.com line.me viber.com snapchat.com twitch.tv`) {
		socialHosts[h] = true
	}
}

// notProfile are paths of these networks that share or embed.
var notProfile = regexp.MustCompile(`(?i)/(?:sharer?|share|sharing|intent|dialog|plugins|shareArticle|send|submit|widgets|embed|watch|status|hashtag|search|home|pin/create|p|reel|posts|photo|login|tr|timeline|msg)(?:[/.?]|$)|^/?(?:\?.*)?$|[?&](?:text|url|u|href|link)=`)

func maySocial(href string) bool {
	return len(href) > 12 && len(href) < 300 && (strings.HasPrefix(href, "http") || strings.HasPrefix(href, "//"))
}

// hostIn is the host of a link, as it stands.
func hostIn(href string) string {
	host, _, _ := strings.Cut(href[strings.Index(href, "//")+2:], "/")
	return host
}

// socialHost reports whether a host is one of these networks.
func socialHost(host string) bool {
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
	if !socialHost(hostIn(href)) {
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

// socialOf lists the profiles that stand with a group.
func (r *contactReader) socialOf(g *contactGroup) (res []string) {
	first, last := g.items[0].p.n, 0
	for _, it := range g.items {
		last = max(last, it.last)
	}
	footer := g.items[0].p.flags&block.InFooter != 0 || g.items[0].p.hints&block.HintFooter != 0
	for _, s := range r.social {
		if s.n < first-4 || s.n > last+6 || s.footer != footer || slices.Contains(res, s.url) || len(res) >= 20 {
			continue
		}
		lo, hi := min(s.n, last), max(s.n, first)
		if s.n > last {
			lo, hi = last, s.n
		}
		far := false
		for _, b := range r.x.Blocks[min(lo+1, hi):hi] {
			far = far || b.Words > 30 || b.N > last && b.Flags&block.InHeading != 0 && s.n > last
		}
		if !far {
			res = append(res, s.url)
		}
	}
	return res
}
