package web

import (
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive/web/facets"
)

// A facetsData is the numbers of articles by value, in the twin in JSON.
type facetsData struct {
	Site     []facets.Count `json:"site"`
	Section  []facets.Count `json:"section"`
	Author   []facets.Count `json:"author"`
	Language []facets.Count `json:"language"`
	Kind     []facets.Count `json:"kind"`
	Date     facets.Periods `json:"date"`

	Groups []facetGroup `json:"-"`
}

// A facetGroup is the values of one parameter, with links that choose them.
type facetGroup struct {
	Name, Label string
	Values      []facetValue // those that are seen at once
	More        []facetValue
}

// A facetValue is a value that can be chosen, or is.
type facetValue struct {
	Value   string
	Count   int
	On      bool
	Address string // of the list with it, or without it if it is chosen
}

// A chip is a condition that can be removed.
type chip struct{ Name, Value, Address string }

// A choice is one of several ways to show the list.
type choice struct {
	Label, Address string
	On             bool
}

// A field is a hidden field of a form.
type field struct{ Name, Value string }

// How many values a group shows at once, and after it was opened.
const (
	shownValues = 8
	moreValues  = 60
)

// facets adds the counts, and what other kinds have the words.
func (d *browseData) facets(res *facets.Result, p facets.Periods) {
	f := &facetsData{Site: first(res.Sites), Section: first(res.Sections), Author: first(res.Authors), Language: first(res.Languages), Kind: first(res.Kinds), Date: p}
	if f.Date.All == nil {
		f.Date.All = []facets.Period{}
	}
	for i, values := range [][]facets.Count{res.Sites, res.Sections, res.Authors, res.Languages, res.Kinds} {
		if g := d.group(repeated[i], values); len(g.Values) > 1 || len(d.Query.Values[g.Name]) > 0 {
			f.Groups = append(f.Groups, g)
		}
	}
	d.Facet = f
	d.Bars = d.chart(p)
	if len(d.Query.Values["kind"]) == 0 {
		for _, k := range res.Kinds {
			if !isStory(k.Value) {
				d.Left = append(d.Left, leftKind{k.Value, k.Count, d.Query.with("kind", k.Value).address(1)})
			}
		}
	}
}

// first returns the values that are listed in JSON.
func first(values []facets.Count) []facets.Count {
	if len(values) == 0 {
		return []facets.Count{}
	}
	return values[:min(len(values), shownValues+moreValues)]
}

var facetLabels = map[string]string{"site": "Site", "section": "Section", "author": "Author", "language": "Language", "kind": "Kind"}

// group lists the values of a parameter: those that are chosen first.
func (d *browseData) group(name string, values []facets.Count) facetGroup {
	g := facetGroup{Name: name, Label: facetLabels[name]}
	counts := map[string]bool{}
	var on, off []facetValue
	for _, v := range values {
		if d.Query.has(name, v.Value) {
			counts[v.Value] = true
			on = append(on, facetValue{v.Value, v.Count, true, d.Query.without(name, v.Value).address(1)})
		} else {
			off = append(off, facetValue{v.Value, v.Count, false, d.Query.with(name, v.Value).address(1)})
		}
	}
	for _, chosen := range d.Query.Values[name] {
		known := false
		for value := range counts {
			known = known || sameValue(name, value, chosen)
		}
		if !known { // a part of an author's name, or what no article has
			on = append(on, facetValue{chosen, -1, true, d.Query.without(name, chosen).address(1)})
		}
	}
	g.Values = append(on, off[:min(len(off), max(shownValues-len(on), 3))]...)
	g.More = off[min(len(off), max(shownValues-len(on), 3)):]
	g.More = g.More[:min(len(g.More), moreValues)]
	return g
}

// describe adds what the page says about its query.
func (d *browseData) describe(dir string) {
	q := d.Query
	for _, name := range repeated {
		for _, value := range q.Values[name] {
			d.Chips = append(d.Chips, chip{name, value, q.without(name, value).address(1)})
		}
	}
	if q.Since != "" {
		d.Chips = append(d.Chips, chip{"from", q.Since, q.between("", q.Until).address(1)})
	}
	if q.Until != "" {
		d.Chips = append(d.Chips, chip{"to", q.Until, q.between(q.Since, "").address(1)})
	}
	for _, order := range []struct{ name, label string }{{sortRelevance, "Best match"}, {sortNewest, "Newest"}, {sortOldest, "Oldest"}} {
		if order.name != sortRelevance || q.Words != "" {
			d.Sorts = append(d.Sorts, choice{order.label, q.sorted(order.name).address(1), d.Sort == order.name})
		}
	}
	d.Command, d.Export = q.command(dir), "/exports"
	if v := q.values(); len(v) > 0 {
		d.Export += "?" + v.Encode()
	}
	if d.Page > 1 {
		d.Previous = q.address(d.Page - 1)
	}
	if d.Page < d.Pages {
		d.Next = q.address(d.Page + 1)
	}
	// The form has fields of its own for the words and dates; its author is another one.
	for _, name := range repeated {
		for _, value := range q.Values[name] {
			d.Hidden = append(d.Hidden, field{name, value})
		}
	}
	if q.Sort != "" {
		d.Hidden = append(d.Hidden, field{"sort", q.Sort})
	}
}

// Known is whether the number of articles is known.
func (d *browseData) Known() bool { return d.Total != nil }

// Matches says how many articles there are, in words.
func (d *browseData) Matches() string {
	noun := "article"
	if d.Query.Words != "" {
		noun = "match"
	} else if len(d.Query.Values["kind"]) > 0 {
		noun = "page"
	}
	switch n := *d.Total; {
	case n == 0:
		return "No " + map[string]string{"article": "articles", "match": "matches", "page": "pages"}[noun]
	case n == 1:
		return "1 " + noun
	case noun == "match":
		return formatCount(n) + " matches"
	default:
		return plural(n, noun)
	}
}

// FirstPage is the address of the first page.
func (d *browseData) FirstPage() string { return d.Query.address(1) }

// LastPage is the address of the last page.
func (d *browseData) LastPage() string { return d.Query.address(d.Pages) }

// All is the address of the list without the conditions, and Fresh without the words, too.
func (d *browseData) All() string {
	return browseQuery{Words: d.Query.Words, FTS: d.Query.FTS, Sort: d.Query.Sort}.address(1)
}

// A dateChart is a histogram of the dates, with a link for each bar.
type dateChart struct {
	Bars          []bar
	Width, Height int
	Unit          string
	First, Last   string
	Most          int
	Before, After int
	Summary       string
}

// A bar is one of a chart: its place in the chart's units.
type bar struct {
	X, Width, Y, Height string
	Name, Address       string
	Count               int
}

// The size of a chart's coordinates, and the part of a bar's place that is left free.
const (
	chartWidth  = 1000
	chartHeight = 64
)

// chart draws the numbers of articles of periods; nil if there are too few.
func (d *browseData) chart(p facets.Periods) *dateChart {
	if len(p.All) < 2 {
		return nil
	}
	c := &dateChart{Width: chartWidth, Height: chartHeight, Unit: p.Unit, First: p.All[0].Name, Last: p.All[len(p.All)-1].Name, Before: p.Before, After: p.After}
	for _, period := range p.All {
		c.Most = max(c.Most, period.Count)
	}
	place := float64(chartWidth) / float64(len(p.All))
	for i, period := range p.All {
		height := 0.0
		if period.Count > 0 {
			height = max(2, float64(period.Count)/float64(c.Most)*chartHeight)
		}
		c.Bars = append(c.Bars, bar{
			X: fmt.Sprintf("%.1f", float64(i)*place), Width: fmt.Sprintf("%.1f", place*0.86), Y: fmt.Sprintf("%.1f", chartHeight-height), Height: fmt.Sprintf("%.1f", height),
			Name: period.Name, Count: period.Count, Address: d.Query.between(period.Name, period.Name).address(1),
		})
	}
	c.Summary = fmt.Sprintf("From %s to %s, by %s; at most %s in one %s.", c.First, c.Last, p.Unit, plural(c.Most, "article"), p.Unit)
	return c
}
