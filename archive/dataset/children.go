package dataset

import (
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/versions"
)

// A child is a table whose rows belong to articles and are written in their order.
type child struct {
	table *table.Table
	count func(s *story) int
	row   func(s *story, n int, column string) table.Value
}

// value is a cell of a child's row n.
func (c *child) value(s *story, n int, column string) table.Value {
	switch column {
	case "id":
		return table.Of(s.pick.ID)
	case "version":
		return table.OfInt(int64(s.pick.Version))
	case "position":
		return table.OfInt(int64(n))
	}
	return c.row(s, n, column)
}

var children = []child{
	{table.Authors, func(s *story) int { return len(s.article.Authors) }, func(s *story, n int, column string) table.Value {
		return authorValue(&s.article.Authors[n], column)
	}},
	{table.Captions, func(s *story) int { return len(s.article.Captions) }, captionValue},
	{table.Contacts, func(s *story) int { return len(s.article.Contacts) }, func(s *story, n int, column string) table.Value {
		return contactValue(&s.article.Contacts[n], column)
	}},
	{table.Versions, func(s *story) int { return len(s.pick.Changes) }, func(s *story, n int, column string) table.Value {
		return versionValue(s, &s.pick.Changes[n], s.edits[n], column)
	}},
}

func authorValue(a *article.Author, column string) table.Value {
	switch column {
	case "name":
		return table.Of(a.Name)
	case "kind":
		return table.Of(a.Kind)
	case "role":
		return table.Of(a.Role)
	case "email":
		return table.Of(a.Email)
	case "url":
		return table.Of(a.URL)
	}
	return table.Value{}
}

func captionValue(s *story, n int, column string) table.Value {
	c := &s.article.Captions[n]
	at := func(list []string) table.Value {
		if n < len(list) {
			return table.Of(list[n])
		}
		return table.Value{}
	}
	switch column {
	case "text":
		return table.Of(c.Text)
	case "credit":
		return table.Of(c.Credit)
	case "credits":
		return table.OfList(c.Credits)
	case "media":
		return table.Of(c.Media)
	case "media_url":
		return table.Of(c.MediaURL)
	case "media_sha256":
		return at(s.mediaSHAs)
	case "media_type":
		return at(s.mediaType)
	case "media_file":
		return at(s.mediaFile)
	}
	return table.Value{}
}

func contactValue(c *article.Contact, column string) table.Value {
	phones := func(list []article.Phone, of func(article.Phone) string) table.Value {
		var all []string
		for _, p := range list {
			if s := of(p); s != "" {
				all = append(all, s)
			}
		}
		return table.OfList(all)
	}
	raw := func(p article.Phone) string { return p.Raw }
	switch column {
	case "kind":
		return table.Of(c.Kind)
	case "label":
		return table.Of(c.Label)
	case "emails":
		return table.OfList(c.Emails)
	case "phones":
		return phones(c.Phones, raw)
	case "phones_e164":
		return phones(c.Phones, func(p article.Phone) string { return p.E164 })
	case "faxes":
		return phones(c.Faxes, raw)
	case "addresses", "countries":
		var all []string
		for _, a := range c.Addresses {
			v := a.Raw
			if column == "countries" {
				v = a.Country
			}
			if v != "" {
				all = append(all, v)
			}
		}
		return table.OfList(all)
	case "social":
		return table.OfList(c.Social)
	}
	return table.Value{}
}

func versionValue(s *story, ch *catalog.Change, d *versions.Diff, column string) table.Value {
	switch column {
	case "captured":
		return table.OfTime(ch.Captured)
	case "change":
		return table.Of(ch.What)
	case "url":
		return table.Of(ch.URL)
	case "from_url":
		return table.Of(ch.From)
	case "site":
		return table.Of(ch.Site)
	case "title":
		if ch.Title == "" {
			return table.Of(s.article.Title) // of the only version
		}
		return table.Of(ch.Title)
	case "last_captured":
		return table.OfTime(ch.Last)
	case "status":
		return orMissing(ch.Status)
	case "how":
		return table.Of(ch.How)
	case "record_id":
		return table.Of(ch.Reading)
	case "before_record_id":
		return table.Of(ch.Before)
	case "response_id":
		return table.Of(ch.ResponseID)
	case "run_id":
		return table.Of(ch.Run)
	}
	if d == nil {
		return table.Value{}
	}
	return editValue(d, column)
}

func editValue(d *versions.Diff, column string) table.Value {
	switch column {
	case "edit":
		var classes []string
		for _, c := range d.Classes {
			classes = append(classes, string(c))
		}
		return table.OfList(classes)
	case "silent":
		return table.OfBool(d.Silent)
	case "fields":
		var names []string
		for _, f := range d.Fields {
			names = append(names, f.Name)
		}
		return table.OfList(names)
	case "words_added":
		return table.OfInt(int64(d.Counts.WordsAdded))
	case "words_removed":
		return table.OfInt(int64(d.Counts.WordsRemoved))
	}
	return table.Value{}
}
