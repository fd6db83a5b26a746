package web

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/facets"
	"github.com/newsmorgue/newsmorgue/archive/words"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// The bounds of what an address may ask for.
const (
	maxValues = 20  // of one parameter
	maxValue  = 200 // bytes of each
	maxWords  = 1000
	maxPage   = 1_000_000
)

// The orders of a list, as addresses name them.
const (
	sortRelevance = "relevance"
	sortNewest    = "date"
	sortOldest    = "oldest"
)

// allKinds are the kinds of pages, as newsmorgue list --kind has them.
var allKinds = []string{"article", "live", "gallery", "video", "section", "home", "author", "other", "blocked"}

// A browseQuery is what an address of /articles asks for.
type browseQuery struct {
	Words string // to search for; "" for all articles
	FTS   bool   // they have operators
	// Of each parameter that may be repeated, its values.
	Values       map[string][]string
	Since, Until string // as typed
	Sort         string // "" is the usual order
	Page         int    // from 1 on

	since, until time.Time
}

// repeated are the parameters that may have several values, in the order of the panel.
var repeated = []string{"site", "section", "author", "language", "kind"}

// readBrowse reads the parameters of an address. Those that it does not know are ignored:
// links may have them added.
func readBrowse(v url.Values) (q browseQuery, err error) {
	q = browseQuery{Words: strings.TrimSpace(v.Get("q")), FTS: v.Get("fts") != "", Values: map[string][]string{}, Sort: v.Get("sort"), Page: 1}
	if len(q.Words) > maxWords {
		return q, refuse("the words to search for are longer than %d bytes", maxWords)
	}
	for _, name := range repeated {
		for _, value := range v[name] {
			value = strings.TrimSpace(value)
			switch {
			case value == "" || slices.Contains(q.Values[name], value):
				continue
			case len(value) > maxValue || !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
				return q, refuse("a value of %s is longer than %d bytes, or no text", name, maxValue)
			case len(q.Values[name]) == maxValues:
				return q, refuse("there are more than %d values of %s", maxValues, name)
			}
			if name == "site" {
				value = strings.TrimPrefix(strings.ToLower(value), "www.")
			}
			if name == "kind" && value != "all" && !slices.Contains(allKinds, value) {
				return q, refuse("kind is %q; it must be one of %s, all", value, strings.Join(allKinds, ", "))
			}
			q.Values[name] = append(q.Values[name], value)
		}
	}
	if q.Since, q.since, err = readDay("since", v.Get("since"), false); err != nil {
		return q, err
	}
	if q.Until, q.until, err = readDay("until", v.Get("until"), true); err != nil {
		return q, err
	}
	switch q.Sort {
	case sortNewest, sortOldest, "":
	case sortRelevance:
		q.Sort = ""
	default:
		return q, refuse("sort is %q; it must be relevance, date or oldest", cutText(q.Sort, 40))
	}
	if page := v.Get("page"); page != "" {
		if q.Page, err = strconv.Atoi(page); err != nil || q.Page < 1 || q.Page > maxPage {
			return q, refuse("page is %q; it must be a number from 1 on", cutText(page, 40))
		}
	}
	if q.Sort == sortNewest && q.Words == "" {
		q.Sort = "" // the usual one
	}
	return q, nil
}

// readDay reads a date, month or year: its first instant or, with end, its last.
func readDay(name, s string, end bool) (string, time.Time, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return s, time.Time{}, nil
	}
	for _, form := range []struct {
		layout  string
		y, m, d int
	}{{time.DateOnly, 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.Parse(form.layout, s); err == nil {
			if end {
				t = t.AddDate(form.y, form.m, form.d).Add(-time.Microsecond)
			}
			return s, t, nil
		}
	}
	return s, time.Time{}, refuse("%s is %q, which is not a date; write 2026-11-23, 2026-11 or 2026", name, cutText(s, 40))
}

// order is how the list is sorted.
func (q browseQuery) order() string {
	switch {
	case q.Sort != "":
		return q.Sort
	case q.Words == "":
		return sortNewest
	}
	return sortRelevance
}

// check returns what is wrong with the words, as a refusal.
func (q browseQuery) check() error {
	if q.Words == "" || q.FTS {
		return nil // the catalog checks operators
	}
	switch w := words.Parse(q.Words); {
	case w.Expression() == "":
		return refuse("%q has no letter or digit to search for", cutText(q.Words, 40))
	case w.Cut():
		return refuse("these are too many words for a search; search for a few of them")
	}
	return nil
}

// filter is the query as the catalog has it.
func (q browseQuery) filter() catalog.Filter {
	f := catalog.Filter{Query: q.Words, FTS: q.FTS, Sites: q.Values["site"], Sections: q.Values["section"], Authors: q.Values["author"],
		Languages: q.Values["language"], Since: q.since, Until: q.until, All: q.allKinds()}
	if !f.All {
		f.Kinds = q.Values["kind"]
	}
	return f
}

func (q browseQuery) allKinds() bool { return slices.Contains(q.Values["kind"], "all") }

// selection is the query as the index has it, without its words.
func (q browseQuery) selection() facets.Selection {
	f := q.filter()
	return facets.Selection{Sites: f.Sites, Sections: f.Sections, Authors: f.Authors, Languages: f.Languages, Kinds: f.Kinds, AllKinds: f.All, Since: f.Since, Until: f.Until}
}

// values are the parameters of the query's address, without its order and page.
func (q browseQuery) values() url.Values {
	v := url.Values{}
	set := func(name, value string) {
		if value != "" {
			v.Set(name, value)
		}
	}
	set("q", q.Words)
	if q.FTS && q.Words != "" {
		v.Set("fts", "on")
	}
	for _, name := range repeated {
		if len(q.Values[name]) > 0 {
			v[name] = slices.Clone(q.Values[name])
		}
	}
	set("since", q.Since)
	set("until", q.Until)
	return v
}

// address is that of a page of the query's list.
func (q browseQuery) address(page int) string {
	v := q.values()
	if q.Sort != "" {
		v.Set("sort", q.Sort)
	}
	if page > 1 {
		v.Set("page", strconv.Itoa(page))
	}
	if len(v) == 0 {
		return "/articles"
	}
	return "/articles?" + v.Encode()
}

// with and without return the query with and without a value.
func (q browseQuery) with(name, value string) browseQuery {
	q = q.without(name, value)
	if name == "kind" && value != "all" {
		q = q.without(name, "all") // which is more
	}
	q.Values[name] = append(q.Values[name], value)
	return q
}

func (q browseQuery) without(name, value string) browseQuery {
	all := map[string][]string{}
	for n, values := range q.Values {
		all[n] = slices.Clone(values)
	}
	all[name] = slices.DeleteFunc(all[name], func(v string) bool { return sameValue(name, v, value) })
	q.Values = all
	return q
}

// has reports whether a value is chosen.
func (q browseQuery) has(name, value string) bool {
	return slices.ContainsFunc(q.Values[name], func(v string) bool { return sameValue(name, v, value) })
}

func sameValue(name, a, b string) bool {
	if name == "site" || name == "kind" {
		return a == b
	}
	return strings.EqualFold(a, b)
}

// between returns the query with other dates.
func (q browseQuery) between(since, until string) browseQuery {
	q.Since, q.Until = since, until
	return q
}

// sorted returns the query with another order.
func (q browseQuery) sorted(order string) browseQuery {
	q.Sort = order
	if order == sortRelevance || order == sortNewest && q.Words == "" {
		q.Sort = ""
	}
	return q
}

// Filtered reports whether the query leaves anything out but by its words.
func (q browseQuery) Filtered() bool {
	for _, values := range q.Values {
		if len(values) > 0 {
			return true
		}
	}
	return q.Since != "" || q.Until != ""
}

// command is the command line of the same search, for a shell such as sh.
func (q browseQuery) command(dir string) string {
	var b strings.Builder
	b.WriteString("newsmorgue ")
	if q.Words == "" {
		b.WriteString("list")
	} else {
		b.WriteString("search")
	}
	b.WriteString(" -a " + quoted(dir))
	flag := func(name, value string) { b.WriteString(" --" + name + " " + quoted(value)) }
	for _, name := range repeated {
		for _, value := range q.Values[name] {
			flag(name, value)
		}
	}
	if q.Since != "" {
		flag("since", q.Since)
	}
	if q.Until != "" {
		flag("until", q.Until)
	}
	if q.Words == "" {
		return b.String()
	}
	if q.Sort == sortNewest {
		flag("sort", "date")
	}
	if q.FTS {
		b.WriteString(" --fts")
	}
	return b.String() + " -- " + quoted(q.Words)
}

// quoted returns an argument as a shell such as sh reads it. Control characters become
// spaces: what is copied into a terminal must be one line.
func quoted(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, s)
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:@%+,") == "" && s[0] != '-' {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// isStory reports whether pages of a kind are articles of some form.
func isStory(kind string) bool { return article.Kind(kind).Story() }
