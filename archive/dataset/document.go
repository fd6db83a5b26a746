package dataset

import (
	"cmp"
	"context"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/formats"
	"github.com/newsmorgue/newsmorgue/archive/dataset/split"
)

// document writes the documents of the dataset.
func (e *exporter) document(ctx context.Context) error {
	if err := e.ledger.write(ctx, e.folder); err != nil {
		return err
	}
	if err := e.writeDigests(ctx); err != nil {
		return err
	}
	if err := e.describe(ctx); err != nil {
		return err
	}
	return docs.Write(e.folder, &e.report)
}

// describe fills in the description.
func (e *exporter) describe(ctx context.Context) error {
	f, r := e.facts, &e.report
	r.Recipe, r.Software, r.Articles = e.recipe, e.Software, f.articles
	r.Archive = e.archive.Info().ID
	var err error
	if r.Head, err = e.view.Head(ctx); err != nil {
		return err
	}
	r.Date = f.captured[1]
	for _, t := range e.tables() {
		of := f.tables[t.Name]
		if of == nil {
			of = &docs.Table{Table: t, Filled: make([]int64, len(t.Columns)), First: make([]string, len(t.Columns))}
		}
		r.Tables = append(r.Tables, *of)
	}
	r.Files = e.folder.Files()
	if e.recipe.Choice.Split != "" {
		for _, name := range []string{"train", "validation", "test"} {
			r.Splits = append(r.Splits, docs.Count{Name: name, N: f.splits[name]})
		}
		r.Leaks = int64(e.chosen.tally.Leaks())
	}
	r.Sites, r.Kinds, r.Languages, r.Extractors = counts(f.sites), counts(f.kinds), counts(f.languages), counts(f.extractors)
	r.Published, r.Captured = f.published, f.captured
	r.Left = e.ledger.sorted()
	r.Duplicates = e.chosen.clusters
	r.Optouts, r.Redacted = counts(f.optouts), counts(f.redacted)
	r.Precision = e.Precision
	r.Days = int64(len(f.days))
	if e.recipe.Format == "csv" || e.recipe.Format == "text" {
		r.Notes = formats.CSVNotes(e.recipe.Excel)
	}
	if r.Release != nil {
		r.Release.Differs = e.earlier.Differs(e.recipe)
	}
	return nil
}

// count finishes a dry run: it counts what would be exported.
func (e *exporter) count(ctx context.Context) error {
	e.facts = newFacts()
	if err := e.filtered(ctx); err != nil {
		return err
	}
	limit := int64(e.recipe.Choice.Limit)
	if limit > 0 {
		name := func(at *candidate) string { return e.chosen.siteNames[at.site] }
		slices.SortFunc(e.chosen.candidates, func(a, b candidate) int {
			return cmp.Or(cmp.Compare(name(&a), name(&b)), cmp.Compare(a.sort, b.sort), cmp.Compare(a.key, b.key))
		})
	}
	for i := range e.chosen.candidates {
		at := &e.chosen.candidates[i]
		if at.drop == notDropped && limit > 0 && e.facts.articles >= limit {
			at.drop = dropLimit
		}
		if at.drop != notDropped {
			if err := e.ledger.add("", "", "", at.drop.reason(), ""); err != nil {
				return err
			}
			continue
		}
		e.facts.articles++
		count1(e.facts.sites, e.chosen.siteNames[at.site])
		if at.split != split.None {
			count1(e.facts.splits, at.split.String())
		}
	}
	return nil
}

// summary says what was written, or would be.
func (e *exporter) summary() Summary {
	s := Summary{Dir: e.Dir, Left: map[string]int64{}}
	if e.ledger != nil {
		for _, c := range e.ledger.sorted() {
			s.Left[c.Name] = c.N
		}
	}
	if e.facts != nil {
		s.Articles, s.Sites = e.facts.articles, int64(len(e.facts.sites))
		s.Splits = e.facts.splits
	}
	if e.folder != nil {
		for _, f := range e.folder.Files() {
			s.Files = append(s.Files, f.Name)
			s.Bytes += f.Bytes
		}
	}
	if e.chosen != nil && e.recipe.Choice.Split != "" {
		leaks := e.chosen.tally.Leaks()
		s.Leaks = &leaks
	}
	if e.chosen != nil && e.chosen.clusters.Computed {
		s.Clusters = &e.chosen.clusters
	}
	s.Release = e.report.Release
	return s
}
