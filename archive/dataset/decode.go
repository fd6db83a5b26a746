package dataset

import (
	"encoding/json"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// An exported is an article as its record has it. Its body is decoded only where it is
// a column.
type exported struct {
	article.Article
	Body json.RawMessage `json:"body"`

	certain []certainty // in place of Provenance, if the fast decoder read it
}

// A certainty is the confidence of a field.
type certainty struct {
	field string
	value float64
}

// confidence is how certain a field is; ok is false if that is not known.
func (a *exported) confidence(field string) (value float64, ok bool) {
	for i := range a.certain {
		if a.certain[i].field == field {
			return a.certain[i].value, true
		}
	}
	p, ok := a.Provenance[field]
	return p.Confidence, ok
}

// maxKeptText bounds the buffer of a jsonDecoder that is used again, in bytes.
const maxKeptText = 1 << 20

// decode decodes the JSON of an article. encoding/json would take most of the time
// of an export, as it reads everything twice and the body, which is half of it, for
// nothing. So the members are scanned here as the parser writes them; whatever is
// written in another way is left to encoding/json.
//
// isText says that the JSON is valid UTF-8.
func (d *jsonDecoder) decode(data []byte, isText, wantBody bool) (*exported, error) {
	a := new(exported)
	d.s, d.at = string(data), 0
	defer func() {
		if d.s = ""; cap(d.buf) > maxKeptText {
			d.buf = nil
		}
	}()
	if (isText || utf8.Valid(data)) && d.article(a, wantBody) {
		return a, nil
	}
	*a = exported{}
	if wantBody {
		return a, json.Unmarshal(data, a)
	}
	err := json.Unmarshal(data, &a.Article)
	a.Article.Body = nil
	return a, err
}

// article decodes an article. Names that it does not know and names that come twice are rare.
func (d *jsonDecoder) article(a *exported, wantBody bool) bool {
	seen := uint32(0)
	ok := d.object(func(name string) bool {
		n, text := textMember(&a.Article, name)
		if text == nil {
			n = otherMember(name)
		}
		if n < 0 || seen&(1<<n) != 0 {
			return false
		}
		seen |= 1 << n
		if text != nil {
			return d.text(text)
		}
		return d.other(a, name, wantBody)
	})
	d.space()
	return ok && d.at == len(d.s)
}

// textMember finds the member of an article that is a text, with a number for it; nil if
// it is no text.
func textMember(a *article.Article, name string) (n int, text *string) {
	switch name {
	case "schema":
		return 0, &a.Schema
	case "url":
		return 1, &a.URL
	case "canonical_url":
		return 2, &a.CanonicalURL
	case "site":
		return 3, &a.Site
	case "kind":
		return 4, (*string)(&a.Kind)
	case "title":
		return 5, &a.Title
	case "subtitle":
		return 6, &a.Subtitle
	case "summary":
		return 7, &a.Summary
	case "section":
		return 8, &a.Section
	case "language":
		return 9, &a.Language
	case "byline":
		return 10, &a.Byline
	case "source":
		return 11, &a.Source
	case "dateline":
		return 12, &a.Dateline
	case "published":
		return 13, &a.Published
	case "modified":
		return 14, &a.Modified
	case "text":
		return 15, &a.Text
	case "extractor":
		return 16, &a.Extractor
	}
	return 0, nil
}

var otherMembers = [...]string{"tags", "authors", "body", "captions", "contacts", "paywalled", "rights", "pages", "provenance"}

// otherMember is a number for a member that is no text; -1 if there is no such member.
func otherMember(name string) int {
	for i, m := range otherMembers {
		if m == name {
			return 17 + i
		}
	}
	return -1
}

// other decodes a member that is no text.
func (d *jsonDecoder) other(a *exported, name string, wantBody bool) bool {
	switch name {
	case "tags":
		return d.texts(&a.Tags)
	case "authors":
		return d.array(func() bool {
			a.Authors = append(a.Authors, article.Author{})
			return d.author(&a.Authors[len(a.Authors)-1])
		})
	case "captions":
		return d.array(func() bool {
			a.Captions = append(a.Captions, article.Caption{})
			return d.caption(&a.Captions[len(a.Captions)-1])
		})
	case "paywalled":
		return d.bool(&a.Paywalled)
	case "provenance":
		return d.provenance(&a.certain)
	case "body":
		raw, ok := d.raw()
		if ok && wantBody {
			a.Body = json.RawMessage(raw)
			ok = json.Valid(a.Body)
		}
		return ok && raw[0] == '['
	case "contacts":
		return d.unmarshal(&a.Contacts)
	case "rights":
		return d.unmarshal(&a.Rights)
	default: // pages
		return d.unmarshal(&a.Pages)
	}
}

func (d *jsonDecoder) author(a *article.Author) bool {
	return d.flat(func(name string) *string {
		switch name {
		case "name":
			return &a.Name
		case "kind":
			return &a.Kind
		case "role":
			return &a.Role
		case "email":
			return &a.Email
		case "url":
			return &a.URL
		}
		return nil
	}, nil)
}

func (d *jsonDecoder) caption(c *article.Caption) bool {
	return d.flat(func(name string) *string {
		switch name {
		case "text":
			return &c.Text
		case "credit":
			return &c.Credit
		case "media":
			return &c.Media
		case "media_url":
			return &c.MediaURL
		}
		return nil
	}, func(name string) bool { return name == "credits" && c.Credits == nil && d.texts(&c.Credits) })
}

// flat decodes an object whose members are texts, but for those that other decodes.
func (d *jsonDecoder) flat(member func(name string) *string, other func(name string) bool) bool {
	return d.object(func(name string) bool {
		if text := member(name); text != nil {
			return *text == "" && d.text(text)
		}
		return other != nil && other(name)
	})
}

// provenance decodes the confidences of the fields.
func (d *jsonDecoder) provenance(all *[]certainty) bool {
	*all = make([]certainty, 0, 12)
	return d.object(func(field string) bool {
		c := certainty{field: field}
		for i := range *all {
			if (*all)[i].field == field {
				return false
			}
		}
		ok := d.object(func(name string) bool {
			var from string
			switch name {
			case "from":
				return d.text(&from)
			case "confidence":
				return d.number(&c.value)
			}
			return false
		})
		*all = append(*all, c)
		return ok && len(*all) < 64
	})
}
