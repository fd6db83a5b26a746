package doc

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// SiteOf is the page's site: see Article.Site.
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

// siteMetas are the meta elements that name a page's publication.
var siteMetas = []string{"og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher", "dc.publisher"}

// SiteNames are what the page calls its publication, folded, and the host's name.
func (p *Page) SiteNames() []string {
	if p.sites != nil {
		return p.sites
	}
	names := []string{}
	add := func(s string) {
		if f := text.Fold(s); f != "" {
			names = append(names, f)
		}
	}
	for _, key := range siteMetas {
		for _, v := range p.Metas[key] {
			if v = strings.TrimPrefix(v, "@"); key == "og:site_name" || !p.repeatsTitle(v) {
				add(v)
			}
		}
	}
	for _, o := range p.LD {
		if o.Is("Organization", "NewsMediaOrganization", "WebSite") {
			add(o.Text("name"))
			for _, v := range Texts(o["alternateName"]) {
				add(v)
			}
		}
		add(o.Text("publisher"))
	}
	if p.Input.URL != nil {
		host := SiteOf(p.Input.URL)
		add(host)
		if label, _, ok := strings.Cut(host, "."); ok {
			add(label)
		}
	}
	p.sites = names
	return names
}

// repeatsTitle reports whether a name for the site is the page's title, on a page that
// names its site otherwise: content systems fill application-name and its like so.
func (p *Page) repeatsTitle(name string) bool {
	site, _ := p.FirstMeta("og:site_name")
	title, _ := p.FirstMeta("og:title", "twitter:title")
	return site != "" && text.EqualFold(name, title) && !text.EqualFold(name, site)
}

// IsSite reports whether a text is the name of the page's publication.
func (p *Page) IsSite(s string) bool {
	return slices.ContainsFunc(p.SiteNames(), func(name string) bool { return text.FoldsTo(s, name) })
}

// IsSiteAffix is IsSite for what stands after a separator at the end of a title:
// there a name like the host's, a part of the site's name or its initials are
// the publication's.
func (p *Page) IsSiteAffix(s string) bool {
	if p.IsSite(s) {
		return true
	}
	f := text.Fold(s)
	if len(f) < 2 || len(f) > 60 {
		return false
	}
	short := len(strings.Fields(s)) <= 6
	return p.partOfSiteName(f, short) || p.siteInitials(f) || short && p.likeHost(f)
}

// partOfSiteName reports whether a folded text begins a name of the site, or, if it is
// short, begins with one.
func (p *Page) partOfSiteName(f string, short bool) bool {
	return len(f) >= 4 && slices.ContainsFunc(p.SiteNames(), func(name string) bool {
		return strings.HasPrefix(name, f) || short && len(name) >= 4 && strings.HasPrefix(f, name)
	})
}

// siteInitials reports whether a folded text is the initials of the site's name.
func (p *Page) siteInitials(f string) bool {
	for _, key := range []string{"og:site_name", "application-name"} {
		for _, v := range p.Metas[key] {
			if len(f) <= 6 && initials(v) == f {
				return true
			}
		}
	}
	return false
}

// likeHost reports whether a folded text has a part of the page's host in it, or is
// how one begins.
func (p *Page) likeHost(f string) bool {
	if p.Input.URL == nil || len(f) < 4 {
		return false
	}
	labels := strings.Split(SiteOf(p.Input.URL), ".")
	for _, label := range labels[:len(labels)-1] {
		l := text.Fold(label)
		if len(l) >= 4 && !commonLabels[l] && (strings.Contains(f, l) || strings.HasPrefix(l, f)) {
			return true
		}
	}
	return false
}

// commonLabels are parts of hosts that name no publication.
var commonLabels = text.Set("blog blogs news shop store online forum forums wiki docs help support mobile amp media pages archive archives health business sport sports learn info home edition magazine service services research community")

// initials are the first letters of a name's words, folded; "" for one word.
func initials(s string) string {
	var b strings.Builder
	n := 0
	for w := range strings.FieldsSeq(s) {
		if f := text.Fold(w); f != "" {
			r, _ := utf8.DecodeRuneInString(f)
			b.WriteRune(r)
			n++
		}
	}
	if n < 2 {
		return ""
	}
	return b.String()
}
