package dataset

import (
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// A plan is what a recipe says, checked and in the terms of the catalog.
type plan struct {
	recipe   recipe.Recipe
	picks    catalog.PickOptions
	articles *table.Table
	children []child
	sides    []*table.Table // runs, coverage, sites
	wantBody bool
	// Whether the archived files of captions are looked up.
	wantsMedia bool
}

func newPlan(r recipe.Recipe, runEnd func(id string) (time.Time, error)) (*plan, error) {
	if err := r.Validate(); err != nil {
		return nil, err
	}
	p := &plan{recipe: r}
	if err := p.chooseTables(); err != nil {
		return nil, err
	}
	var err error
	if p.picks.Filter, err = FilterOf(r); err != nil {
		return nil, err
	}
	if p.picks.CapturedSince, err = instantIn(r.Filter.CapturedSince, false); err != nil {
		return nil, err
	}
	if p.picks.CapturedUntil, err = instantIn(r.Filter.CapturedUntil, true); err != nil {
		return nil, err
	}
	p.picks.Version = r.Choice.Version
	if r.Choice.AsOf != "" {
		at, err := instantIn(r.Choice.AsOf, true)
		if err != nil {
			if at, err = runEnd(r.Choice.AsOf); err != nil {
				return nil, err
			}
		}
		p.picks.AsOf = at
	}
	for _, c := range p.children {
		p.picks.Changes = p.picks.Changes || c.table.Name == table.Versions.Name
	}
	return p, nil
}

// FilterOf is the filter of a recipe in the terms of the catalog: without the times of
// captures, which concern versions.
func FilterOf(r recipe.Recipe) (f catalog.Filter, err error) {
	from := r.Filter
	f = catalog.Filter{Sites: from.Sites, Sections: from.Sections, Authors: from.Authors, Languages: from.Languages, MinWords: from.MinWords, Query: from.Query}
	if slices.Contains(from.Kinds, "all") {
		f.All = true
	} else {
		f.Kinds = from.Kinds
	}
	if f.Since, err = instantIn(from.Since, false); err != nil {
		return f, err
	}
	f.Until, err = instantIn(from.Until, true)
	return f, err
}

// chooseTables chooses tables and columns.
func (p *plan) chooseTables() (err error) {
	all := slices.Contains(p.recipe.Tables, "all")
	for _, name := range p.recipe.Tables {
		if name == "all" {
			continue
		}
		t, err := table.ByName(name)
		if err != nil {
			return err
		}
		if t.Personal && p.recipe.Rights.Tier == "pointers" {
			return &recipe.Error{Key: "tables", Problem: name + " are not in datasets of pointers"}
		}
	}
	wants := func(t *table.Table) bool {
		if len(p.recipe.Tables) == 0 {
			return !t.Personal
		}
		return all || slices.Contains(p.recipe.Tables, t.Name)
	}
	pointers := p.recipe.Rights.Tier == "pointers"
	tier := func(t *table.Table) *table.Table {
		if pointers {
			t = t.Pointers()
		}
		return t
	}
	p.articles = table.Articles.Usual()
	switch fields := p.recipe.Fields; {
	case slices.Equal(fields, []string{"all"}):
		p.articles = table.Articles
	case len(fields) > 0:
		if p.articles, err = table.Articles.With(fields); err != nil {
			return err
		}
		for _, name := range fields {
			if pointers && p.articles.Pointers().Column(name) < 0 {
				return &recipe.Error{Key: "fields", Problem: name + " is not in datasets of pointers"}
			}
		}
	}
	p.articles = tier(p.articles)
	p.wantBody = p.articles.Column("body") >= 0
	for _, c := range children {
		if !wants(c.table) || pointers && c.table.Personal {
			continue
		}
		if !wants(table.Contacts) {
			c.table = c.table.Usual() // e-mail addresses of authors are contacts, too
		}
		c.table = tier(c.table)
		p.wantsMedia = p.wantsMedia || c.table.Name == table.Captions.Name
		p.children = append(p.children, c)
	}
	for _, t := range []*table.Table{table.Runs, table.Coverage, table.Sites} {
		if wants(t) {
			p.sides = append(p.sides, tier(t))
		}
	}
	return nil
}

// clusters reports whether near-duplicates are computed: duplicates are left out, or splits
// must keep them together.
func (p *plan) clusters() bool {
	return p.recipe.Choice.Clusters || p.recipe.Choice.Dedupe == "exact" || p.recipe.Choice.Dedupe == "near" || p.recipe.Choice.Split != ""
}

// needsText reports whether the choice of articles depends on what their records say.
func (p *plan) needsText() bool {
	return p.recipe.Choice.Dedupe == "exact" || p.recipe.Choice.Dedupe == "near" || p.recipe.Rights.RespectOptouts
}

// instantIn is the first instant of a time, date, month or year or, with end, the last;
// zero for an empty text.
func instantIn(s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	from, until, err := recipe.Span(s)
	if end {
		return until.Add(-1), err
	}
	return from, err
}

// tables lists the tables of the dataset.
func (p *plan) tables() []*table.Table {
	all := []*table.Table{p.articles}
	for _, c := range p.children {
		all = append(all, c.table)
	}
	return append(all, p.sides...)
}
