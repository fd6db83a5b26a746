package catalog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Contact is the contact of a site's publisher or one of its departments, merged
// from all pages of the site.
type Contact struct {
	Site, Kind, Label string
	First, Last       time.Time // of the captures that show any of its items
	Pages             int       // number of URLs that show any of its items
	Items             []ContactItem
}

// A ContactItem is an e-mail address, number, postal address or profile.
type ContactItem struct {
	Sort        string // "email", "phone", "fax", "address" or "social"
	Value       string // as printed
	E164        string // of phones and faxes
	Country     string // of addresses
	First, Last time.Time
}

// same reports whether two items are the same address or number.
func (i *ContactItem) same(o *ContactItem) bool {
	if i.Sort != o.Sort {
		return false
	}
	if i.Sort == "address" { // one may have a country at its end
		a, b := normalize(i.Value), normalize(o.Value)
		return strings.HasPrefix(a, b) && strings.Contains(b, " ") || strings.HasPrefix(b, a) && strings.Contains(a, " ")
	}
	return i.Value == o.Value || i.E164 != "" && i.E164 == o.E164
}

// normalize returns s in lower case and without punctuation.
func normalize(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return strings.ContainsRune(" ,.;:|-–()", r) }), " ")
}

// A sighting is the contacts of one reading, with the times of the captures that
// show them.
type sighting struct {
	site, url, record string
	first, last       time.Time
	contacts          []article.Contact
}

// Contacts lists the contacts of the named sites, or of all, each once: by site,
// publishers before departments, those on most pages first. Contacts of authors and
// others are omitted. All readings count, also those of older captures; a revisit
// counts as seeing the contact again.
func (c *Catalog) Contacts(ctx context.Context, sites ...string) ([]Contact, error) {
	seen, err := c.sightings(ctx, sites)
	if err != nil {
		return nil, err
	}
	for e, err := range c.a.Select(ctx, func(at archive.Capture) bool { return at.Type == "conversion" && seen[at.ID] != nil }) {
		if err != nil {
			return nil, err
		}
		s := seen[e.Capture.ID]
		var a struct{ Contacts []article.Contact }
		if err := json.Unmarshal(e.Record.Payload, &a); err != nil {
			return nil, fmt.Errorf("article of %s: %w: %w", s.url, archive.ErrDamaged, err)
		}
		s.contacts = a.Contacts
	}
	all := make([]*sighting, 0, len(seen))
	for _, s := range seen {
		if len(s.contacts) > 0 {
			all = append(all, s)
		}
	}
	// The newest first, so that a contact gets its newest label.
	slices.SortFunc(all, func(a, b *sighting) int {
		return cmp.Or(strings.Compare(a.site, b.site), b.last.Compare(a.last), strings.Compare(a.url, b.url), strings.Compare(a.record, b.record))
	})
	var res []Contact
	for i := 0; i < len(all); {
		j := i
		m := &merger{site: all[i].site}
		for ; j < len(all) && all[j].site == m.site; j++ {
			for _, p := range all[j].contacts {
				m.add(all[j], p)
			}
		}
		res = append(res, m.contacts()...)
		i = j
	}
	return res, nil
}

// sightings returns the readings of sites by record ID, one for each response. If a
// response has several, it is that of the current extractor.
func (c *Catalog) sightings(ctx context.Context, sites []string) (map[string]*sighting, error) {
	where, args := Filter{Sites: sites, All: true}.where()
	where = strings.ReplaceAll(where, "s.site", "r.site")
	if where == "" {
		where = "WHERE true"
	}
	rows, err := c.db.QueryContext(ctx, `SELECT r.id, r.site, r.url, r.response, r.extractor, r.captured,
		coalesce((SELECT max(date) FROM captures v WHERE v.refers = r.response AND v.type = 'revisit'), r.captured) FROM readings r `+where+` AND kind != ''
		AND `+shown("r.url", "r.id, r.response")+` ORDER BY r.id`, args...)
	if err != nil {
		return nil, fmt.Errorf("catalog: %w", err)
	}
	defer rows.Close()
	seen, of := map[string]*sighting{}, map[string]string{}
	for rows.Next() {
		var s sighting
		var response, extractor string
		if err := rows.Scan((*recordID)(&s.record), &s.site, &s.url, (*recordID)(&response), &extractor, (*instant)(&s.first), (*instant)(&s.last)); err != nil {
			return nil, fmt.Errorf("catalog: %w", err)
		}
		if s.last.Before(s.first) {
			s.last = s.first
		}
		if before, ok := of[response]; ok {
			if extractor != article.Extractor {
				continue
			}
			delete(seen, before)
		}
		of[response] = s.record
		seen[s.record] = &s
	}
	return seen, rows.Err()
}

// A merger merges the contacts of one site.
type merger struct {
	site string
	all  []*merged
}

type merged struct {
	Contact
	urls map[string]bool
}

// add merges a contact of a page into the one with its label, or into one of which
// it is a part or that is a part of it, or adds it.
func (m *merger) add(s *sighting, p article.Contact) {
	if p.Kind != "publisher" && p.Kind != "department" {
		return
	}
	items := itemsOf(s, p)
	if len(items) == 0 {
		return
	}
	var into *merged
	for _, c := range m.all {
		shared := 0
		for i := range items {
			if c.find(&items[i]) != nil && items[i].Sort != "social" {
				shared++
			}
		}
		named := p.Label != "" && strings.EqualFold(c.Label, p.Label)
		if named && (shared > 0 || c.Kind == p.Kind) || shared > 0 && (shared == countItems(items) || shared == countItems(c.Items)) && (p.Label == "" || c.Label == "" || shared == countItems(items)) {
			into = c
			break
		}
	}
	if into == nil {
		into = &merged{Contact: Contact{Site: m.site, Kind: p.Kind, Label: p.Label, First: s.first, Last: s.last}, urls: map[string]bool{}}
		m.all = append(m.all, into)
	}
	if into.Label == "" {
		into.Label = p.Label
	}
	into.First, into.Last = earlier(into.First, s.first), later(into.Last, s.last)
	into.urls[s.url] = true
	for _, it := range items {
		if have := into.find(&it); have != nil {
			have.First, have.Last = earlier(have.First, it.First), later(have.Last, it.Last)
			if it.Sort == "address" && len(it.Value) > len(have.Value) {
				have.Value, have.Country = it.Value, it.Country
			}
			continue
		}
		into.Items = append(into.Items, it)
	}
}

// countItems returns the number of items, without social media profiles.
func countItems(items []ContactItem) (n int) {
	for _, it := range items {
		if it.Sort != "social" {
			n++
		}
	}
	return n
}

func (c *Contact) find(it *ContactItem) *ContactItem {
	for i := range c.Items {
		if c.Items[i].same(it) {
			return &c.Items[i]
		}
	}
	return nil
}

func itemsOf(s *sighting, p article.Contact) (items []ContactItem) {
	add := func(it ContactItem) {
		it.First, it.Last = s.first, s.last
		items = append(items, it)
	}
	for _, e := range p.Emails {
		add(ContactItem{Sort: "email", Value: e})
	}
	for _, t := range p.Phones {
		add(ContactItem{Sort: "phone", Value: t.Raw, E164: t.E164})
	}
	for _, t := range p.Faxes {
		add(ContactItem{Sort: "fax", Value: t.Raw, E164: t.E164})
	}
	for _, a := range p.Addresses {
		add(ContactItem{Sort: "address", Value: a.Raw, Country: a.Country})
	}
	for _, u := range p.Social {
		add(ContactItem{Sort: "social", Value: u})
	}
	return items
}

var itemOrder = map[string]int{"email": 0, "phone": 1, "fax": 2, "address": 3, "social": 4}

func (m *merger) contacts() (res []Contact) {
	for _, c := range m.all {
		c.Pages = len(c.urls)
		slices.SortStableFunc(c.Items, func(a, b ContactItem) int { return itemOrder[a.Sort] - itemOrder[b.Sort] })
		res = append(res, c.Contact)
	}
	slices.SortStableFunc(res, func(a, b Contact) int {
		return cmp.Or(strings.Compare(b.Kind, a.Kind), b.Pages-a.Pages, strings.Compare(a.Label, b.Label))
	})
	return res
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
