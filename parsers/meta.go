package parsers

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

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
	} else if a := x.licenseLink(); a != nil {
		r.License = x.resolve(block.Attr(a, "href"))
	} else if o := x.article(); o != nil {
		r.License = o.text("license")
	}
	if r == (Rights{}) {
		return nil
	}
	return &r
}

// licenseLink is the first link that says it leads to the licence; nil without one.
func (x *index) licenseLink() *html.Node {
	for i := range x.Elems {
		n := x.Elems[i].Node
		if n == nil || n.DataAtom != atom.A {
			continue
		}
		for _, a := range n.Attr {
			if a.Key == "rel" && strings.Contains(a.Val, "license") && slices.Contains(strings.Fields(a.Val), "license") {
				return n
			}
		}
	}
	return nil
}

// siteNames are what the page calls its publication, folded.
func (x *index) siteNames() []string {
	if x.sites != nil {
		return x.sites
	}
	names := []string{}
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
	x.sites = names
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

// isSiteAffix is isSite for what stands after a separator at the end of a title:
// there a name like the host's, a part of the site's name or its initials are
// the publication's.
func (x *index) isSiteAffix(s string) bool {
	if x.isSite(s) {
		return true
	}
	f := fold(s)
	if len(f) < 2 || len(f) > 60 {
		return false
	}
	words := len(strings.Fields(s))
	for _, n := range x.siteNames() {
		if len(f) >= 4 && (strings.HasPrefix(n, f) || strings.HasPrefix(f, n) && len(n) >= 4 && words <= 6) {
			return true
		}
	}
	for _, key := range []string{"og:site_name", "application-name"} {
		for _, v := range x.Metas[key] {
			if len(f) <= 6 && initials(v) == f {
				return true
			}
		}
	}
	if x.page.URL == nil || len(f) < 4 || words > 6 {
		return false
	}
	labels := strings.Split(siteOf(x.page.URL), ".")
	for _, label := range labels[:len(labels)-1] {
		h := fold(label)
		if len(h) >= 4 && !commonLabels[h] && (strings.Contains(f, h) || strings.HasPrefix(h, f)) {
			return true
		}
	}
	return false
}

// commonLabels are parts of hosts that name no publication.
var commonLabels = wordsOf("blog blogs news shop store online forum forums wiki docs help support mobile amp media pages archive archives health business sport sports learn info home edition magazine service services research community")

// initials are the first letters of a name's words, folded; "" for one word.
func initials(s string) string {
	var b strings.Builder
	n := 0
	for w := range strings.FieldsSeq(s) {
		if f := fold(w); f != "" {
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
