package contacts

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
	"github.com/newsmorgue/newsmorgue/parsers/internal/doc"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// orgTypes are what a publication may be in JSON-LD.
var orgTypes = []string{"Organization", "NewsMediaOrganization", "LocalBusiness", "Corporation", "RadioStation", "TelevisionStation", "Newspaper"}

// Bounds of JSON-LD: of organizations, of the contact points of one, of the
// addresses of an author.
const (
	maxOrgs        = 20
	maxPoints      = 20
	maxAuthorMails = 3
)

// addData adds the contacts that only JSON-LD has: of the story's authors, of the
// publisher, of its departments.
func (r *contactReader) addData(found []article.Contact) []article.Contact {
	orgs := r.page.LD
	if a := r.page.Article(); a != nil {
		orgs = append(r.page.ObjectsOf(a, "publisher"), orgs...)
		for _, key := range []string{"author", "creator"} {
			for _, p := range r.page.ObjectsOf(a, key) {
				if mails := mailsOf(p); p.Is("Person") && len(mails) <= maxAuthorMails {
					found = r.addDatum(found, article.Contact{Kind: "author", Label: p.Text("name"), Emails: mails})
				}
			}
		}
	}
	seen := 0
	for _, o := range orgs {
		if !o.Is(orgTypes...) || !r.isOwnOrg(o) {
			continue
		}
		if seen++; seen > maxOrgs {
			break
		}
		found = r.addDatum(found, r.contactOfOrg(o))
		for i, p := range r.page.ObjectsOf(o, "contactPoint") {
			if i >= maxPoints {
				break
			}
			found = r.addDatum(found, r.contactOfPoint(p))
		}
	}
	return found
}

// addDatum adds a contact of JSON-LD that has what those found lack.
func (r *contactReader) addDatum(found []article.Contact, c article.Contact) []article.Contact {
	// What the page shows counts: the same address in other words is no second one.
	c.Addresses = slices.DeleteFunc(c.Addresses, func(a article.Address) bool {
		return slices.ContainsFunc(found, func(k article.Contact) bool {
			return slices.ContainsFunc(k.Addresses, func(b article.Address) bool { return alike(a.Raw, b.Raw) })
		})
	})
	if isEmpty(&c) || coveredBy(found, c) {
		return found
	}
	for _, v := range c.Emails {
		r.page.AddCandidate(article.Candidate{Field: "contacts", Value: v, From: "jsonld", Won: true})
	}
	return append(found, c)
}

// contactOfOrg is the contact of an organization itself.
func (r *contactReader) contactOfOrg(o doc.Object) article.Contact {
	c := r.contactOfPoint(o)
	c.Label = o.Text("name")
	for _, u := range doc.Texts(o["sameAs"]) {
		if !mayBeProfile(u) {
			continue
		}
		if u = profile(u); u != "" && len(c.Social) < maxProfiles && !slices.Contains(c.Social, u) {
			c.Social = append(c.Social, u)
		}
	}
	return c
}

// contactOfPoint is the contact of a ContactPoint, or of what has its properties.
func (r *contactReader) contactOfPoint(p doc.Object) article.Contact {
	c := article.Contact{Kind: "publisher", Label: p.Text("contactType"), Emails: mailsOf(p), Phones: r.phonesOf(p, "telephone"), Faxes: r.phonesOf(p, "faxNumber")}
	if c.Label != "" && isDepartment(c.Label) {
		c.Kind = "department"
	}
	for _, ad := range r.page.ObjectsOf(p, "address") {
		if raw := postalLine(ad); raw != "" {
			c.Addresses = append(c.Addresses, r.located(raw))
		}
	}
	if s, ok := p["address"].(string); ok && len(s) < 300 && text.HasDigit(s) && block.CountWords(s) >= minAddressWords {
		c.Addresses = append(c.Addresses, r.located(tidyAddress(s)))
	}
	return c
}

// mailsOf are the addresses of an object's property email.
func mailsOf(o doc.Object) (all []string) {
	for _, t := range doc.Texts(o["email"]) {
		t = strings.TrimSpace(t)
		if mails := mailsIn(strings.TrimPrefix(t[:min(len(t), 300)], "mailto:")); len(mails) > 0 && !slices.Contains(all, mails[0].email) {
			all = append(all, mails[0].email)
		}
	}
	return all
}

// phonesOf are the numbers of a property.
func (r *contactReader) phonesOf(o doc.Object, key string) (all []article.Phone) {
	for _, t := range doc.Texts(o[key]) {
		t = block.Clean(t)
		e164, _, ok := r.numbers.read(t, r.dialled)
		if n := text.DigitsIn(t); ok || n >= 7 && n <= maxDigits && len(t) < 40 {
			all = mergePhones(all, []article.Phone{{Raw: t, E164: e164}})
		}
	}
	return all
}

// isOwnOrg reports whether an organization may be the page's own: no other site is
// said to be its.
func (r *contactReader) isOwnOrg(o doc.Object) bool {
	if r.page.Input.URL == nil {
		return true
	}
	for _, key := range []string{"url", "@id"} {
		for _, s := range doc.Texts(o[key]) {
			if u, err := url.Parse(s); err == nil && u.Host != "" {
				return brand(u.Hostname()) == brand(r.page.Input.URL.Hostname()) || o["publishingPrinciples"] != nil || r.names.own("a@"+u.Hostname())
			}
		}
	}
	return true
}

// located is an address with its country: the one that it names, or the page's.
func (r *contactReader) located(raw string) article.Address {
	a := article.Address{Raw: raw, Country: countryOf(raw)}
	if last := raw[strings.LastIndexByte(raw, ' ')+1:]; a.Country == "" && len(last) == 2 && strings.ToUpper(last) == last && last[0] >= 'A' && last[1] >= 'A' {
		a.Country = last
	}
	if a.Country == "" && len(r.home) > 0 {
		a.Country = r.home[0]
	}
	return a
}

// postalLine is a schema.org PostalAddress on one line; empty without a street or box.
func postalLine(o doc.Object) string {
	street := o.Text("streetAddress")
	if street == "" {
		street = o.Text("postOfficeBoxNumber")
	}
	if street == "" || !text.HasDigit(street+o.Text("postalCode")) {
		return ""
	}
	var parts []string
	for _, p := range []string{street, o.Text("addressLocality"), o.Text("addressRegion"), o.Text("postalCode"), o.Text("addressCountry")} {
		if p = strings.Trim(block.Clean(p), " ,"); p != "" && !slices.Contains(parts, p) && len(p) < 300 {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}
