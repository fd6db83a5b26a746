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

// contactsLD adds the contacts that only JSON-LD has: of the publisher, of its
// departments, of the story's authors.
func contactsLD(page *doc.Page, res []article.Contact, authors []article.Author) []article.Contact {
	regs, dialled := regions(page), dialled(page)
	add := func(c article.Contact) {
		// What the page shows counts: the same address in other words is no second one.
		c.Addresses = slices.DeleteFunc(c.Addresses, func(a article.Address) bool {
			return slices.ContainsFunc(res, func(k article.Contact) bool {
				return slices.ContainsFunc(k.Addresses, func(b article.Address) bool { return alike(a.Raw, b.Raw) })
			})
		})
		if empty(&c) || slices.ContainsFunc(res, func(k article.Contact) bool { return covers(&k, c) }) {
			return
		}
		for _, v := range c.Emails {
			page.AddCandidate(article.Candidate{Field: "contacts", Value: v, From: "jsonld", Won: true})
		}
		res = append(res, c)
	}
	phones := func(o doc.Object, key string) (all []article.Phone) {
		for _, t := range doc.Texts(o[key]) {
			t = block.Clean(t)
			e164, _, ok := readPhone(t, dialled)
			if n := text.DigitsIn(t); ok || n >= 7 && n <= maxDigits && len(t) < 40 {
				all = mergePhones(all, []article.Phone{{Raw: t, E164: e164}})
			}
		}
		return all
	}
	mails := func(o doc.Object) (all []string) {
		for _, t := range doc.Texts(o["email"]) {
			t = strings.TrimSpace(t)
			if mail := (&passage{text: strings.TrimPrefix(t[:min(len(t), 300)], "mailto:")}).mails(); len(mail) > 0 && !slices.Contains(all, mail[0].email) {
				all = append(all, mail[0].email)
			}
		}
		return all
	}
	orgs := page.LD
	if a := page.Article(); a != nil {
		orgs = append(page.ObjectsOf(a, "publisher"), orgs...)
		for _, key := range []string{"author", "creator"} {
			for _, p := range page.ObjectsOf(a, key) {
				if e := mails(p); len(e) > 0 && p.Is("Person") && len(e) < 4 {
					add(article.Contact{Kind: "author", Label: p.Text("name"), Emails: e})
				}
			}
		}
	}
	seen := 0
	for _, o := range orgs {
		if !o.Is(orgTypes...) || !ownOrg(page, o) {
			continue
		}
		if seen++; seen > 20 {
			break
		}
		for i, p := range append([]doc.Object{o}, page.ObjectsOf(o, "contactPoint")...) {
			if i > 20 {
				break
			}
			c := article.Contact{Kind: "publisher", Label: p.Text("contactType"), Emails: mails(p), Phones: phones(p, "telephone"), Faxes: phones(p, "faxNumber")}
			if c.Label != "" && isDepartment(c.Label) {
				c.Kind = "department"
			}
			if i == 0 {
				c.Label = o.Text("name")
				for _, u := range doc.Texts(o["sameAs"]) {
					if maySocial(u) {
						if u = profile(u); u != "" && len(c.Social) < 20 && !slices.Contains(c.Social, u) {
							c.Social = append(c.Social, u)
						}
					}
				}
			}
			for _, ad := range page.ObjectsOf(p, "address") {
				if raw := postal(ad); raw != "" {
					c.Addresses = append(c.Addresses, located(raw, regs))
				}
			}
			if s, ok := p["address"].(string); ok && len(s) < 300 && strings.ContainsAny(s, "0123456789") && block.CountWords(s) >= 3 {
				c.Addresses = append(c.Addresses, located(tidyAddress(s), regs))
			}
			add(c)
		}
	}
	return res
}

// ownOrg reports whether an organization may be the page's own: no other site is
// said to be its.
func ownOrg(p *doc.Page, o doc.Object) bool {
	if p.Input.URL == nil {
		return true
	}
	for _, key := range []string{"url", "@id"} {
		for _, s := range doc.Texts(o[key]) {
			if u, err := url.Parse(s); err == nil && u.Host != "" {
				return brand(u.Hostname()) == brand(p.Input.URL.Hostname()) || o["publishingPrinciples"] != nil || ownMail(p, "a@"+u.Hostname())
			}
		}
	}
	return true
}

func located(raw string, regs []string) article.Address {
	a := article.Address{Raw: raw, Country: countryOf(raw)}
	if last := raw[strings.LastIndexByte(raw, ' ')+1:]; a.Country == "" && len(last) == 2 && strings.ToUpper(last) == last && last[0] >= 'A' && last[1] >= 'A' {
		a.Country = last
	}
	if a.Country == "" && len(regs) > 0 {
		a.Country = regs[0]
	}
	return a
}

// postal is a schema.org PostalAddress on one line; empty without a street or box.
func postal(o doc.Object) string {
	street := o.Text("streetAddress")
	if street == "" {
		street = o.Text("postOfficeBoxNumber")
	}
	if street == "" || !strings.ContainsAny(street+o.Text("postalCode"), "0123456789") {
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

// addressWords are the words of an address, folded.
func addressWords(s string) (res []string) {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,.;:|-–/()", r) }) {
		if w = text.Fold(w); w != "" {
			res = append(res, w)
		}
	}
	return res
}

// alike reports whether two addresses are one, written in two ways: most of the
// words of the shorter are in the other.
func alike(a, b string) bool {
	short, long := addressWords(a), addressWords(b)
	if len(short) > len(long) {
		short, long = long, short
	}
	n := 0
	for _, w := range short {
		if slices.Contains(long, w) {
			n++
		}
	}
	return len(short) > 0 && n*10 >= len(short)*6
}
