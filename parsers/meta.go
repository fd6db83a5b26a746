package parsers

import (
	"net/url"
	"strings"
)

// maxMetas bounds what is kept of one name.
const maxMetas = 50

// first is the first value of the first of these names that has one.
func (x *index) first(names ...string) (value, name string) {
	for _, n := range names {
		for _, v := range x.Metas[n] {
			if v != "" {
				return v, n
			}
		}
	}
	return "", ""
}

// resolve makes a page's reference a URL; "" for what is none.
func (x *index) resolve(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > 4000 {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if x.page.URL != nil {
		u = x.page.URL.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// sameURL compares as people do: without scheme, www., query and last slash.
func sameURL(raw string, u *url.URL) bool {
	if u == nil {
		return false
	}
	o, err := url.Parse(strings.TrimSpace(raw))
	if err != nil || o.Host == "" {
		return false
	}
	trim := func(s string) string { return strings.TrimSuffix(s, "/") }
	return strings.TrimPrefix(o.Hostname(), "www.") == strings.TrimPrefix(u.Hostname(), "www.") && trim(o.Path) == trim(u.Path)
}

func (x *index) rights() *Rights {
	r := Rights{}
	r.MetaRobots, _ = x.first("robots", "newsmorgue")
	r.TDMReservation, _ = x.first("tdm-reservation")
	for name, values := range x.page.Header {
		switch strings.ToLower(name) {
		case "x-robots-tag":
			r.XRobotsTag = strings.Join(values, ", ")
		case "tdm-reservation":
			r.TDMReservation = strings.Join(values, ", ")
		}
	}
	if l := x.Rels["license"]; len(l) > 0 {
		r.License = x.resolve(l[0])
	} else if o := x.article(); o != nil {
		r.License = o.text("license")
	}
	if r == (Rights{}) {
		return nil
	}
	return &r
}

// siteNames are what the page calls its publication, folded.
func (x *index) siteNames() []string {
	var names []string
	add := func(s string) {
		if f := fold(s); f != "" {
			names = append(names, f)
		}
	}
	for _, key := range []string{"og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher", "dc.publisher"} {
		for _, v := range x.Metas[key] {
			add(strings.TrimPrefix(v, "@"))
		}
	}
	for _, o := range x.ld {
		if o.is("Organization", "NewsMediaOrganization", "WebSite") {
			add(o.text("name"))
			for _, v := range texts(o["alternateName"]) {
				add(v)
			}
		}
		if p := o.text("publisher"); p != "" {
			add(p)
		}
	}
	if x.page.URL != nil {
		host := siteOf(x.page.URL)
		add(host)
		if label, _, ok := strings.Cut(host, "."); ok {
			add(label)
		}
	}
	return names
}

func (x *index) isSite(s string) bool {
	f := fold(s)
	if f == "" {
		return false
	}
	for _, n := range x.siteNames() {
		if n == f {
			return true
		}
	}
	return false
}

// isSiteAffix is isSite for what stands before or after a separator in a title:
// there a name like the host's is the publication's.
func (x *index) isSiteAffix(s string) bool {
	if x.isSite(s) {
		return true
	}
	f := fold(s)
	if x.page.URL != nil {
		host := siteOf(x.page.URL)
		label, _, _ := strings.Cut(strings.TrimPrefix(host, "blog."), ".")
		if h := fold(label); len(h) >= 4 && len(f) >= 4 && len(f) <= 60 && (strings.HasPrefix(f, h) || strings.HasPrefix(h, f)) {
			return true
		}
	}
	return false
}
