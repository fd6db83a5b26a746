package doc

import (
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// FirstMeta is the first value of the first of these names that has one.
func (p *Page) FirstMeta(names ...string) (value, name string) {
	for _, n := range names {
		for _, v := range p.Metas[n] {
			if v != "" {
				return v, n
			}
		}
	}
	return "", ""
}

// Resolve makes a page's reference a URL; "" for what is none.
func (p *Page) Resolve(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > 4000 {
		return ""
	}
	u, err := url.Parse(ref)
	if err != nil {
		return ""
	}
	if p.Input.URL != nil {
		u = p.Input.URL.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	return u.String()
}

// SameURL compares as people do: without scheme, www., query and last slash.
func SameURL(raw string, u *url.URL) bool {
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

func (p *Page) Rights() *article.Rights {
	r := article.Rights{}
	r.MetaRobots, _ = p.FirstMeta("robots", "newsmorgue")
	r.TDMReservation, _ = p.FirstMeta("tdm-reservation")
	for name, values := range p.Input.Header {
		switch strings.ToLower(name) {
		case "x-robots-tag":
			r.XRobotsTag = strings.Join(values, ", ")
		case "tdm-reservation":
			r.TDMReservation = strings.Join(values, ", ")
		}
	}
	if l := p.Rels["license"]; len(l) > 0 {
		r.License = p.Resolve(l[0])
	} else if a := p.licenseLink(); a != nil {
		r.License = p.Resolve(block.Attr(a, "href"))
	} else if o := p.Article(); o != nil {
		r.License = o.Text("license")
	}
	if r == (article.Rights{}) {
		return nil
	}
	return &r
}

// licenseLink is the first link that says it leads to the licence; nil without one.
func (p *Page) licenseLink() *html.Node {
	for i := range p.Elems {
		n := p.Elems[i].Node
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

// SiteNames are what the page calls its publication, folded.
func (pg *Page) SiteNames() []string {
	if pg.sites != nil {
		return pg.sites
	}
	names := []string{}
	add := func(s string) {
		if f := text.Fold(s); f != "" {
			names = append(names, f)
		}
	}
	for _, key := range []string{"og:site_name", "application-name", "apple-mobile-web-app-title", "twitter:site", "publisher", "dc.publisher"} {
		for _, v := range pg.Metas[key] {
			add(strings.TrimPrefix(v, "@"))
		}
	}
	for _, o := range pg.LD {
		if o.Is("Organization", "NewsMediaOrganization", "WebSite") {
			add(o.Text("name"))
			for _, v := range Texts(o["alternateName"]) {
				add(v)
			}
		}
		if p := o.Text("publisher"); p != "" {
			add(p)
		}
	}
	if pg.Input.URL != nil {
		host := SiteOf(pg.Input.URL)
		add(host)
		if label, _, ok := strings.Cut(host, "."); ok {
			add(label)
		}
	}
	pg.sites = names
	return names
}

func (p *Page) IsSite(s string) bool {
	f := text.Fold(s)
	if f == "" {
		return false
	}
	for _, n := range p.SiteNames() {
		if n == f {
			return true
		}
	}
	return false
}

// IsSiteAffix is isSite for what stands after a separator at the end of a title:
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
	words := len(strings.Fields(s))
	for _, n := range p.SiteNames() {
		if len(f) >= 4 && (strings.HasPrefix(n, f) || strings.HasPrefix(f, n) && len(n) >= 4 && words <= 6) {
			return true
		}
	}
	for _, key := range []string{"og:site_name", "application-name"} {
		for _, v := range p.Metas[key] {
			if len(f) <= 6 && initials(v) == f {
				return true
			}
		}
	}
	if p.Input.URL == nil || len(f) < 4 || words > 6 {
		return false
	}
	labels := strings.Split(SiteOf(p.Input.URL), ".")
	for _, label := range labels[:len(labels)-1] {
		h := text.Fold(label)
		if len(h) >= 4 && !commonLabels[h] && (strings.Contains(f, h) || strings.HasPrefix(h, f)) {
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
