package dataset

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// summedSites are the sites of the archive.
type summedSites struct {
	sites []catalog.Site
	err   error
}

// summedSites reads the sites of the archive, if they are a table of the dataset.
func (e *exporter) summedSites(ctx context.Context) ([]catalog.Site, error) {
	if !slices.ContainsFunc(e.sides, func(t *table.Table) bool { return t.Name == table.Sites.Name }) {
		return nil, nil
	}
	return e.view.Sites(ctx)
}

// writeSides writes the tables that do not belong to single articles.
func (e *exporter) writeSides(ctx context.Context, all []catalog.Site) error {
	var runs, coverage, sites *side
	var err error
	for _, t := range e.sides {
		s := &side{e: e, table: t, row: make([]table.Value, len(t.Columns))}
		if s.writer, err = e.sink.Open(t, table.Part{}); err != nil {
			return err
		}
		switch t.Name {
		case table.Runs.Name:
			runs = s
		case table.Coverage.Name:
			coverage = s
		case table.Sites.Name:
			sites = s
		}
		defer func() { err = errors.Join(err, s.close()) }()
	}
	if err := e.writeRuns(ctx, runs, coverage); err != nil {
		return err
	}
	if sites != nil {
		if err := e.writeSites(sites, all); err != nil {
			return err
		}
	}
	return nil
}

// A side is an open table that does not belong to single articles; a nil one writes
// nothing.
type side struct {
	e      *exporter
	table  *table.Table
	writer table.Writer
	row    []table.Value
}

func (s *side) write(value func(column string) table.Value) error {
	if s == nil {
		return nil
	}
	for i, c := range s.table.Columns {
		s.row[i] = value(c.Name)
	}
	s.e.facts.row(s.table, s.row)
	return s.writer.Write(s.row)
}

func (s *side) close() error { return s.writer.Close() }

// A runEnd is what the record at the end of a run says.
type runEnd struct {
	Mode, Reason  string
	Asked         *int64
	Failed        *int64
	Pages         *int64
	Articles      *int64
	New           *int64
	Changed       *int64
	Gone          *int64
	Blocked       *int64
	Announced     *int64
	AnnouncedKept *int64 `json:"announced_kept"`
	Pending       *int64
	Coverage      []sourceCoverage
}

type sourceCoverage struct {
	Source          string
	Announced, Kept int64
	Articles        *int64
	Missing         json.RawMessage
}

// writeRuns writes the runs and their coverage. It also notes the runs that fetched
// articles of the dataset, for the documents.
func (e *exporter) writeRuns(ctx context.Context, runs, coverage *side) error {
	for r, err := range e.view.EachRun(ctx, e.recipe.Filter.Sites, e.picks.AsOf) {
		if err != nil {
			return err
		}
		var end runEnd
		if len(r.Counts) > 0 && json.Unmarshal(r.Counts, &end) != nil {
			end = runEnd{} // of a damaged record; the run itself is known
		}
		if e.facts.runs[r.ID] > 0 && len(e.report.Runs) < maxRunsTold {
			e.report.Runs = append(e.report.Runs, docs.Run{ID: r.ID, Site: r.Site, Start: r.Start, End: r.End})
		}
		if err := runs.write(func(column string) table.Value { return runValue(&r, &end, column) }); err != nil {
			return err
		}
		for _, s := range inOrder(end.Coverage) {
			if err := coverage.write(func(column string) table.Value { return coverageValue(&r, &s, column) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// maxRunsTold bounds the runs that the documents name; the table has all.
const maxRunsTold = 100

// inOrder sorts by source, as a key, and leaves out what is named twice.
func inOrder(all []sourceCoverage) []sourceCoverage {
	slices.SortStableFunc(all, func(a, b sourceCoverage) int { return bytes.Compare([]byte(a.Source), []byte(b.Source)) })
	return slices.CompactFunc(all, func(a, b sourceCoverage) bool { return a.Source == b.Source })
}

func number(n *int64) table.Value {
	if n == nil {
		return table.Value{}
	}
	return table.OfInt(*n)
}

func runValue(r *catalog.Run, end *runEnd, column string) table.Value {
	switch column {
	case "id":
		return table.Of(r.ID)
	case "site":
		return table.Of(r.Site)
	case "start":
		return table.OfTime(r.Start)
	case "end":
		return table.OfTime(r.End)
	case "status":
		return table.Of(r.Status)
	case "mode":
		return table.Of(end.Mode)
	case "reason":
		return table.Of(end.Reason)
	}
	return number(map[string]*int64{
		"asked": end.Asked, "failed": end.Failed, "pages": end.Pages, "articles": end.Articles, "new": end.New, "changed": end.Changed, "gone": end.Gone,
		"blocked": end.Blocked, "announced": end.Announced, "announced_kept": end.AnnouncedKept, "pending": end.Pending,
	}[column])
}

func coverageValue(r *catalog.Run, s *sourceCoverage, column string) table.Value {
	switch column {
	case "run_id":
		return table.Of(r.ID)
	case "source":
		return table.Of(s.Source)
	case "site":
		return table.Of(r.Site)
	case "end":
		return table.OfTime(r.End)
	case "announced":
		return table.OfInt(s.Announced)
	case "kept":
		return table.OfInt(s.Kept)
	case "articles":
		return number(s.Articles)
	case "missing":
		return table.Of(string(s.Missing))
	}
	return table.Value{}
}

// writeSites writes the sites of the filter, or of the dataset if it has none.
func (e *exporter) writeSites(out *side, all []catalog.Site) error {
	for _, s := range all {
		exported := e.facts.sites[s.Name]
		if len(e.recipe.Filter.Sites) > 0 && !slices.Contains(e.recipe.Filter.Sites, s.Name) {
			continue
		}
		labels := ""
		if len(e.Labels[s.Name]) > 0 {
			b, err := json.Marshal(e.Labels[s.Name])
			if err != nil {
				return err
			}
			labels = string(b)
		}
		err := out.write(func(column string) table.Value {
			switch column {
			case "site":
				return table.Of(s.Name)
			case "title":
				return table.Of(e.redactTitle(s.Title, s.Name))
			case "articles":
				return table.OfInt(int64(s.Articles))
			case "exported":
				return table.OfInt(exported)
			case "pages":
				return table.OfInt(int64(s.Pages))
			case "first_captured":
				return table.OfTime(s.First)
			case "last_captured":
				return table.OfTime(s.Last)
			case "bytes":
				return table.OfInt(s.Bytes)
			case "labels":
				return table.Of(labels)
			}
			return table.Value{}
		})
		if err != nil {
			return err
		}
	}
	return nil
}
