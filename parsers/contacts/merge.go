package contacts

import (
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/internal/text"
)

// isEmpty reports whether a contact has no way to reach anybody; profiles do not count.
func isEmpty(c *article.Contact) bool {
	return len(c.Emails)+len(c.Phones)+len(c.Faxes)+len(c.Addresses) == 0
}

// covers reports whether everything in o is in c too.
func covers(c *article.Contact, o article.Contact) bool {
	before := len(c.Emails) + len(c.Phones) + len(c.Faxes) + len(c.Addresses)
	all := article.Contact{Emails: slices.Clip(c.Emails), Phones: slices.Clip(c.Phones), Faxes: slices.Clip(c.Faxes), Addresses: slices.Clip(c.Addresses)}
	merge(&all, o)
	return len(all.Emails)+len(all.Phones)+len(all.Faxes)+len(all.Addresses) == before
}

// coveredBy reports whether one of these contacts covers another.
func coveredBy(all []article.Contact, c article.Contact) bool {
	return slices.ContainsFunc(all, func(k article.Contact) bool { return covers(&k, c) })
}

// merge adds what o has and c lacks.
func merge(c *article.Contact, o article.Contact) {
	for _, e := range o.Emails {
		if !slices.Contains(c.Emails, e) {
			c.Emails = append(c.Emails, e)
		}
	}
	c.Phones = mergePhones(c.Phones, o.Phones)
	c.Faxes = mergePhones(c.Faxes, o.Faxes)
	for _, a := range o.Addresses {
		if !slices.ContainsFunc(c.Addresses, func(b article.Address) bool { return sameAddress(a.Raw, b.Raw) }) {
			c.Addresses = append(c.Addresses, a)
		}
	}
}

// sameAddress reports whether two addresses are the same but for signs.
func sameAddress(a, b string) bool {
	return strings.Join(addressWords(a), " ") == strings.Join(addressWords(b), " ")
}

// mergePhones adds the numbers of more that all lacks.
func mergePhones(all, more []article.Phone) []article.Phone {
	for _, p := range more {
		if !slices.ContainsFunc(all, func(q article.Phone) bool { return q.Raw == p.Raw || q.E164 != "" && q.E164 == p.E164 }) {
			all = append(all, p)
		}
	}
	return all
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
