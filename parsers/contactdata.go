package parsers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/internal/block"
)

// orgTypes are what a publication may be in JSON-LD.
var orgTypes = []string{"Organization", "NewsMediaOrganization", "LocalBusiness", "Corporation", "RadioStation", "TelevisionStation", "Newspaper"}

// contactsLD adds the contacts that only JSON-LD has: of the publisher, of its
// departments, of the story's authors.
func (x *index) contactsLD(res []Contact, authors []Author) []Contact {
	regs, dialled := x.regions(), x.dialled()
	add := func(c Contact) {
		// What the page shows counts: the same address in other words is no second one.
		c.Addresses = slices.DeleteFunc(c.Addresses, func(a Address) bool {
			return slices.ContainsFunc(res, func(k Contact) bool {
				return slices.ContainsFunc(k.Addresses, func(b Address) bool { return alike(a.Raw, b.Raw) })
			})
		})
		if c.empty() || slices.ContainsFunc(res, func(k Contact) bool { return k.covers(c) }) {
			return
		}
		for _, v := range c.Emails {
			x.candidate(Candidate{Field: "contacts", Value: v, From: "jsonld", Won: true})
		}
		res = append(res, c)
	}
	phones := func(o object, key string) (all []Phone) {
		for _, t := range texts(o[key]) {
			t = block.Clean(t)
			e164, _, ok := readPhone(t, dialled)
			if n := digitsIn(t); ok || n >= 7 && n <= maxDigits && len(t) < 40 {
				all = mergePhones(all, []Phone{{Raw: t, E164: e164}})
			}
		}
		return all
	}
	mails := func(o object) (all []string) {
		for _, t := range texts(o["email"]) {
			t = strings.TrimSpace(t)
			if mail := (&passage{text: strings.TrimPrefix(t[:min(len(t), 300)], "mailto:")}).mails(); len(mail) > 0 && !slices.Contains(all, mail[0].email) {
				all = append(all, mail[0].email)
			}
		}
		return all
	}
	orgs := x.ld
	if a := x.article(); a != nil {
		orgs = append(x.objectsOf(a, "publisher"), orgs...)
		for _, key := range []string{"author", "creator"} {
			for _, p := range x.objectsOf(a, key) {
				if e := mails(p); len(e) > 0 && p.is("Person") && len(e) < 4 {
					add(Contact{Kind: "author", Label: p.text("name"), Emails: e})
				}
			}
		}
	}
	seen := 0
	for _, o := range orgs {
		if !o.is(orgTypes...) || !x.ownOrg(o) {
			continue
		}
		if seen++; seen > 20 {
			break
		}
		for i, p := range append([]object{o}, x.objectsOf(o, "contactPoint")...) {
			if i > 20 {
				break
			}
			c := Contact{Kind: "publisher", Label: p.text("contactType"), Emails: mails(p), Phones: phones(p, "telephone"), Faxes: phones(p, "faxNumber")}
			if c.Label != "" && isDepartment(c.Label) {
				c.Kind = "department"
			}
			if i == 0 {
				c.Label = o.text("name")
				for _, u := range texts(o["sameAs"]) {
					if maySocial(u) {
						if u = profile(u); u != "" && len(c.Social) < 20 && !slices.Contains(c.Social, u) {
							c.Social = append(c.Social, u)
						}
					}
				}
			}
			for _, ad := range x.objectsOf(p, "address") {
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
func (x *index) ownOrg(o object) bool {
	if x.page.URL == nil {
		return true
	}
	for _, key := range []string{"url", "@id"} {
		for _, s := range texts(o[key]) {
			if u, err := url.Parse(s); err == nil && u.Host != "" {
				return brand(u.Hostname()) == brand(x.page.URL.Hostname()) || o["publishingPrinciples"] != nil || x.ownMail("a@"+u.Hostname())
			}
		}
	}
	return true
}

func located(raw string, regs []string) Address {
	a := Address{Raw: raw, Country: countryOf(raw)}
	if last := raw[strings.LastIndexByte(raw, ' ')+1:]; a.Country == "" && len(last) == 2 && strings.ToUpper(last) == last && last[0] >= 'A' && last[1] >= 'A' {
		a.Country = last
	}
	if a.Country == "" && len(regs) > 0 {
		a.Country = regs[0]
	}
	return a
}

// postal is a schema.org PostalAddress on one line; empty without a street or box.
func postal(o object) string {
	street := o.text("streetAddress")
	if street == "" {
		street = o.text("postOfficeBoxNumber")
	}
	if street == "" || !strings.ContainsAny(street+o.text("postalCode"), "0123456789") {
		return ""
	}
	var parts []string
	for _, p := range []string{street, o.text("addressLocality"), o.text("addressRegion"), o.text("postalCode"), o.text("addressCountry")} {
		if p = strings.Trim(block.Clean(p), " ,"); p != "" && !slices.Contains(parts, p) && len(p) < 300 {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// addressWords are the words of an address, folded.
func addressWords(s string) (res []string) {
	for w := range strings.FieldsFuncSeq(s, func(r rune) bool { return strings.ContainsRune(" ,.;:|-–/()", r) }) {
		if w = fold(w); w != "" {
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
