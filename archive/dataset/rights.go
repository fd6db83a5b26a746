package dataset

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/optout"
	"github.com/newsmorgue/newsmorgue/archive/dataset/redact"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/contacts"
)

// optoutsOf is what the publisher of an article reserves, and whether that keeps the
// article out of datasets that respect it. A date from which a page is not to be shown
// is compared with that of the newest capture in the archive.
func (e *exporter) optoutsOf(s *story) (names []string, reserves bool) {
	if s.article.Rights == nil {
		return nil, false
	}
	set := optout.Of(s.article.Rights, e.newest)
	return set.Names(), set.Reserves()
}

// optout leaves out an article whose publisher reserves such uses.
func (l *ledger) optout(s *story) error {
	return l.add(s.pick.ID, s.pick.Site, s.pick.URL, leftOptout, strings.Join(s.optouts, " "))
}

// newRedactor returns what redacts texts, or nil if nothing is to be redacted. It enters
// the digest of the list in the recipe, as the list itself is in no dataset.
func (e *exporter) newRedactor() (*redact.Redactor, error) {
	o := redact.Options{Emails: slices.Contains(e.recipe.Rights.Redact, "emails"), Phones: slices.Contains(e.recipe.Rights.Redact, "phones")}
	if e.RedactList != nil {
		list, err := io.ReadAll(io.LimitReader(e.RedactList, redact.MaxList+1))
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(list)
		digest := hex.EncodeToString(sum[:])
		if want := e.recipe.Rights.RedactList; want != "" && want != digest {
			return nil, fmt.Errorf("%w: its SHA-256 is %s, and the recipe's %s", ErrOtherList, digest, want)
		}
		e.recipe.Rights.RedactList = digest
		o.List = bytes.NewReader(list)
	}
	if !o.Emails && !o.Phones && o.List == nil {
		return nil, nil
	}
	return redact.New(o)
}

// ErrOtherList means that a list of words to redact is not the one that a recipe names.
var ErrOtherList = errors.New("another list of words to redact")

// redact replaces personal data in the texts of an article.
func (w *worker) redact(s *story) {
	if w.redactor == nil {
		return
	}
	a := &s.article.Article
	d := w.redactor.Document(contacts.RegionsOf(s.pick.Site, a.Language)...)
	for _, text := range []*string{&a.Title, &a.Subtitle, &a.Summary, &a.Section, &a.Byline, &a.Source, &a.Dateline, &a.Text} {
		*text = d.Text(*text)
	}
	each := func(list []string) []string {
		list = slices.Clone(list)
		for i := range list {
			list[i] = d.Text(list[i])
		}
		return list
	}
	a.Tags = each(a.Tags)
	for i := range a.Authors {
		au := &a.Authors[i]
		au.Name, au.Role, au.Email = d.Text(au.Name), d.Text(au.Role), d.Text(au.Email)
	}
	for i := range a.Captions {
		c := &a.Captions[i]
		c.Text, c.Credit, c.Credits = d.Text(c.Text), d.Text(c.Credit), each(c.Credits)
	}
	w.redactContacts(d, a)
	for i := range s.pick.Changes {
		s.pick.Changes[i].Title = d.Text(s.pick.Changes[i].Title)
	}
	if len(s.article.Body) > 0 {
		s.article.Body = redactJSON(d, s.article.Body)
	}
	n := d.Counts()
	for _, kind := range []struct {
		name string
		n    int
	}{{"emails", n.Emails}, {"phones", n.Phones}, {"listed", n.Listed}} {
		for range kind.n {
			s.redacted = append(s.redacted, kind.name)
		}
	}
}

// redactTitle redacts the title of a site.
func (e *exporter) redactTitle(title, site string) string {
	if e.redactor == nil {
		return title
	}
	return e.redactor.Document(contacts.RegionsOf(site, "")...).Text(title)
}

// redactContacts redacts contact details. All numbers and addresses in them are such,
// and go, where those kinds are redacted.
func (w *worker) redactContacts(d *redact.Document, a *article.Article) {
	emails, phones := slices.Contains(w.recipe.Rights.Redact, "emails"), slices.Contains(w.recipe.Rights.Redact, "phones")
	for i := range a.Contacts {
		c := &a.Contacts[i]
		c.Label = d.Text(c.Label)
		if emails {
			c.Emails = nil
		}
		if phones {
			c.Phones, c.Faxes = nil, nil
		}
		for k := range c.Addresses {
			c.Addresses[k].Raw = d.Text(c.Addresses[k].Raw)
		}
		for k := range c.Social {
			c.Social[k] = d.Text(c.Social[k])
		}
		for k := range c.Emails {
			c.Emails[k] = d.Text(c.Emails[k])
		}
	}
}

// redactJSON redacts all strings of a JSON value but those of its members "type"; what cannot be read becomes empty.
func redactJSON(d *redact.Document, raw json.RawMessage) json.RawMessage {
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil
	}
	b, err := json.Marshal(redactValue(d, v))
	if err != nil {
		return nil
	}
	return b
}

func redactValue(d *redact.Document, v any) any {
	switch v := v.(type) {
	case string:
		return d.Text(v)
	case []any:
		for i := range v {
			v[i] = redactValue(d, v[i])
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) { // placeholders are numbered in this order
			if name != "type" {
				v[name] = redactValue(d, v[name])
			}
		}
	}
	return v
}
