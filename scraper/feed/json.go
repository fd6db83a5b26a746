package feed

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/url"
	"strings"

	"github.com/newsmorgue/newsmorgue/scraper/internal/webdate"
)

// A jsonItem is an item of a JSON feed (jsonfeed.org, version 1.1). Fields are read one
// by one, so that one of a wrong type costs no other.
type jsonItem map[string]json.RawMessage

// parseJSON reads a JSON feed up to where it is valid.
func parseJSON(text []byte, own *url.URL) (*Feed, error) {
	// Control characters are not allowed in strings, but occur.
	d := json.NewDecoder(bytes.NewReader(bytes.Map(func(r rune) rune {
		if r < ' ' {
			return ' '
		}
		return r
	}, text)))
	f := &Feed{}
	if _, err := d.Token(); err != nil {
		return nil, ErrNotFeed
	}
	site, language, known := []string{siteHost(own)}, "", false
	var items []jsonItem
	for d.More() {
		key, err := d.Token()
		if err != nil {
			f.Cut = true
			break
		}
		name, _ := key.(string)
		if name == "items" {
			known = true
			items, f.Left, err = readItems(d)
		} else {
			var value json.RawMessage
			if err = d.Decode(&value); err == nil {
				switch s := stringOf(value); name {
				case "version":
					known = known || strings.Contains(s, "jsonfeed.org")
				case "title":
					f.Title = s
				case "language":
					language = s
				case "home_page_url":
					site = append(site, hostOf(s))
				}
			}
		}
		if err != nil {
			f.Cut = true
			break
		}
	}
	if !known {
		return nil, ErrNotFeed
	}
	if _, err := d.Token(); err != nil {
		f.Cut = true
	}
	for _, it := range items {
		f.Items = append(f.Items, it.item(site, language))
	}
	return f, nil
}

// readItems reads an array of items; with an error, those before it.
func readItems(d *json.Decoder) (items []jsonItem, left int, err error) {
	switch t, err := d.Token(); {
	case err != nil:
		return nil, 0, err
	case t == json.Delim('{'):
		return nil, 0, errors.New("items is an object")
	case t != json.Delim('['):
		return nil, 0, nil // null
	}
	for d.More() {
		if len(items) == MaxItems {
			var beyond json.RawMessage
			if err := d.Decode(&beyond); err != nil {
				return items, left, err
			}
			left++
			continue
		}
		var raw json.RawMessage
		if err := d.Decode(&raw); err != nil {
			return items, left, err
		}
		var it jsonItem
		if json.Unmarshal(raw, &it) != nil {
			it = jsonItem{} // not an object: an item without a link
		}
		for name := range it {
			if strings.HasPrefix(name, "content") {
				delete(it, name)
			}
		}
		items = append(items, it)
	}
	_, err = d.Token()
	return items, left, err
}

func (it jsonItem) item(site []string, language string) Item {
	a := addresses{links: []link{{ref: it.text("url")}, {ref: it.text("external_url"), media: "another"}}}
	if id := it.text("id"); isHTTP(id) {
		a.permalink = id
	}
	out := Item{Link: a.page(site).ref, Title: it.text("title"), Language: language,
		Published: webdate.Parse(it.text("date_published")), Updated: webdate.Parse(it.text("date_modified"))}
	var people []struct {
		Name json.RawMessage `json:"name"`
	}
	if json.Unmarshal(it["authors"], &people) != nil || len(people) == 0 { // version 1.0 has one
		people = append(people[:0], struct {
			Name json.RawMessage `json:"name"`
		}{})
		_ = json.Unmarshal(it["author"], &people[0]) // missing is empty
	}
	for _, p := range people[:min(len(people), maxAuthors)] {
		if name := oneLine(stringOf(p.Name)); name != "" {
			out.Authors = append(out.Authors, name)
		}
	}
	return out
}

func (it jsonItem) text(name string) string { return oneLine(stringOf(it[name])) }

// stringOf is a value that is a string; "" for all others.
func stringOf(raw json.RawMessage) string {
	var s string
	if len(raw) > 0 && raw[0] == '"' && json.Unmarshal(raw, &s) == nil {
		return s[:min(len(s), maxText)]
	}
	return ""
}

// oneLine is a text with one space between its words.
func oneLine(s string) string { return strings.Join(strings.Fields(strings.ToValidUTF8(s, "")), " ") }
