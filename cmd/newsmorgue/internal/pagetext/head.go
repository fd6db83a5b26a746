package pagetext

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// Bounds of what is read of a page's head.
const (
	maxHead     = 40      // lines
	maxHeadLine = 300     // bytes of a value
	maxData     = 1 << 20 // bytes of one script's data
	maxDataDeep = 12      // levels of its nesting
)

// headNames are the names and properties of meta elements that say what an article's
// fields are.
var headNames = map[string]bool{
	"og:title": true, "description": true, "og:description": true, "author": true, "article:author": true, "article:published_time": true,
	"article:section": true, "og:type": true, "og:locale": true, "date": true, "dc.date": true, "pubdate": true, "datepublished": true,
	"parsely-pub-date": true, "parsely-author": true, "parsely-section": true, "sailthru.date": true, "sailthru.author": true, "byl": true,
	"cxenseparse:recs:publishtime": true, "dc.creator": true, "twitter:title": true,
}

// dataKeys are the members of a page's schema.org data that say what its fields are.
var dataKeys = []string{"headline", "alternativeHeadline", "datePublished", "author", "articleSection", "inLanguage"}

// head takes an element of the head; it returns false if it is not one.
func (r *reader) head(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Html:
		r.say("lang", attr(n, "lang"))
	case atom.Head:
	case atom.Title:
		if n.Parent == nil || n.Parent.DataAtom != atom.Head {
			return false
		}
		if n.FirstChild != nil {
			r.say("title", n.FirstChild.Data)
		}
	case atom.Meta:
		for _, a := range n.Attr {
			if name := strings.ToLower(a.Val); (a.Key == "name" || a.Key == "property" || a.Key == "itemprop") && headNames[name] {
				r.say(name, attr(n, "content"))
			}
		}
	case atom.Script:
		if strings.Contains(strings.ToLower(attr(n, "type")), "ld+json") && n.FirstChild != nil && len(n.FirstChild.Data) <= maxData {
			var v any
			if json.Unmarshal([]byte(n.FirstChild.Data), &v) == nil {
				r.data(v, 0)
			}
		}
	default:
		return false
	}
	return true
}

func (r *reader) say(name, value string) {
	value = strings.Join(strings.Fields(value), " ")
	if value == "" || len(r.page.Head) >= maxHead {
		return
	}
	if len(value) > maxHeadLine {
		value = strings.ToValidUTF8(value[:maxHeadLine], "") + "…"
	}
	if line := name + ": " + value; !slices.Contains(r.page.Head, line) {
		r.page.Head = append(r.page.Head, line)
	}
}

// data takes what schema.org data says about an article. Of an object with a headline
// or a date, its members are read; others are searched for such objects.
func (r *reader) data(v any, deep int) {
	if deep > maxDataDeep {
		return
	}
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			r.data(e, deep+1)
		}
	case map[string]any:
		if v["headline"] == nil && v["datePublished"] == nil {
			for _, k := range slices.Sorted(maps.Keys(v)) {
				r.data(v[k], deep+1)
			}
			return
		}
		for _, k := range dataKeys {
			r.say("ld+json "+k, strings.Join(namesIn(v[k], 0), ", "))
		}
	}
}

// namesIn returns the texts of a value of schema.org data, of objects their names.
func namesIn(v any, deep int) []string {
	if deep > 2 {
		return nil
	}
	switch v := v.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, namesIn(e, deep+1)...)
		}
		return all
	case map[string]any:
		return namesIn(v["name"], deep+1)
	}
	return nil
}
