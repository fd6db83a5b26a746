package doc

import (
	"net/url"
	"slices"
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
	r := article.Rights{MetaRobots: p.joinedMetas("robots", "newsmorgue")}
	r.TDMReservation, _ = p.FirstMeta("tdm-reservation")
	for name, values := range p.Input.Header {
		switch strings.ToLower(name) {
		case "x-robots-tag":
			r.XRobotsTag = joinRobotsTags(values)
		case "tdm-reservation":
			if r.TDMReservation != "1" { // where page and response differ, the reservation counts
				r.TDMReservation = strings.Join(values, ", ")
			}
		}
	}
	if l := p.Rels["license"]; len(l) > 0 {
		r.License = p.Resolve(l[0])
	}
	if r.License == "" {
		r.License = p.Resolve(p.Select(licenseLinks).AttrOr("href", ""))
	}
	if o := p.Article(); o != nil && r.License == "" {
		r.License = o.Text("license")
	}
	if r == (article.Rights{}) {
		return nil
	}
	return &r
}

// joinedMetas are the different values of these names, joined by ", ": of robots
// directives all hold, and plugins of one site often write an element each.
func (p *Page) joinedMetas(names ...string) string {
	var all []string
	for _, n := range names {
		for _, v := range p.Metas[n] {
			if v != "" && !slices.Contains(all, v) && len(all) < maxRobotsValues {
				all = append(all, v)
			}
		}
	}
	return strings.Join(all, ", ")
}

// maxRobotsValues bounds the elements that are joined.
const maxRobotsValues = 20

// joinRobotsTags joins the values of a repeated X-Robots-Tag. A robot's name in a value
// ("googlebot: noindex") concerns all that follows, so values that begin with one go
// last: joined otherwise, it would claim the next value's directives.
func joinRobotsTags(values []string) string {
	var general, named []string
	for _, v := range values {
		if robotNamed(v) {
			named = append(named, v)
		} else {
			general = append(general, v)
		}
	}
	return strings.Join(append(general, named...), ", ")
}

// robotNamed reports whether a value of X-Robots-Tag has a robot's name in it: a word
// and a colon, other than the directives that have a value.
func robotNamed(value string) bool {
	for d := range strings.SplitSeq(value, ",") {
		name, _, ok := strings.Cut(d, ":")
		name = strings.ToLower(strings.TrimSpace(name))
		if ok && name != "unavailable_after" && !strings.HasPrefix(name, "max-") && !strings.Contains(name, " ") {
			return true
		}
	}
	return false
}
