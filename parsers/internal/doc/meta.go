package doc

import (
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
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

// base is the address from which the page's references are relative: that of its base
// element if it is valid, else its own; nil if that is not known.
func (p *Page) base() *url.URL {
	if !p.based {
		p.based, p.baseURL = true, p.Input.URL
		if p.Base != "" && len(p.Base) <= maxReference {
			u, err := url.Parse(tidy(p.Base))
			if err == nil && p.Input.URL != nil {
				u = p.Input.URL.ResolveReference(u)
			}
			if err == nil && (u.Scheme == "http" || u.Scheme == "https") && u.Host != "" {
				p.baseURL = u
			}
		}
	}
	return p.baseURL
}

const maxReference = 4000 // bytes

// Resolve makes a reference of the page an absolute http or https URL; "" for what is not valid.
func (p *Page) Resolve(ref string) string {
	ref = strings.TrimSpace(ref)
	if ref == "" || len(ref) > maxReference {
		return ""
	}
	u, err := url.Parse(tidy(ref))
	if err != nil {
		return ""
	}
	if base := p.base(); base != nil {
		u = base.ResolveReference(u)
	}
	if u.Scheme != "http" && u.Scheme != "https" {
		return ""
	}
	asciiHost(u)
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

// licenseLinks are links in the page that say they lead to its licence.
var licenseLinks = Select("a[rel~=license]")

// Rights is what the page and its response say about the use of its content; nil if
// they say nothing.
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
	} else if a := p.Select(licenseLinks); a.Length() > 0 {
		r.License = p.Resolve(a.AttrOr("href", ""))
	} else if o := p.Article(); o != nil {
		r.License = o.Text("license")
	}
	if r == (article.Rights{}) {
		return nil
	}
	return &r
}
