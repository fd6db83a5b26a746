// Package formats writes the tables of a dataset as files: JSON Lines, CSV, Parquet,
// SQLite, and a text file per article. It does not read archives and decides nothing
// about rows: each sink writes those that it is given, in their order, and the same rows
// give the same bytes.
package formats

import (
	"fmt"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// Options are settings of the formats. The zero value works.
type Options struct {
	Excel    bool              // csv and text: write CSV for spreadsheets, see CSVNotes
	FullText bool              // sqlite: with a full-text index of the articles
	Software string            // parquet: name and version of the program, "newsmorgue 1.2"
	Metadata map[string]string // parquet: written into the footer of each file
}

// formats are the formats in the order in which help lists them.
var formats = []struct {
	name string
	open func(*folder.Folder, Options) table.Sink
}{
	{"jsonl", func(d *folder.Folder, _ Options) table.Sink { return &jsonlSink{d: d} }},
	{"jsonl.zst", func(d *folder.Folder, _ Options) table.Sink { return &jsonlSink{d: d, zstd: true} }},
	{"csv", func(d *folder.Folder, o Options) table.Sink { return &csvSink{d: d, excel: o.Excel} }},
	{"parquet", func(d *folder.Folder, o Options) table.Sink { return newParquetSink(d, o) }},
	{"sqlite", func(d *folder.Folder, o Options) table.Sink { return &sqliteSink{d: d, fullText: o.FullText} }},
	{"text", func(d *folder.Folder, o Options) table.Sink {
		return &textSink{d: d, csv: &csvSink{d: d, excel: o.Excel}}
	}},
}

// Names lists the formats.
func Names() (names []string) {
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// Open begins the files of a dataset in a format. An unknown format is a
// *table.UnknownError.
//
// After an error of any of its methods a sink writes no more, and all methods return
// that error; Close still has to be called. What a failed sink wrote is removed with its
// folder. Neither a sink nor its writers may be used by several goroutines at once.
//
// In every format, invalid UTF-8 is replaced by U+FFFD; numbers that are not finite,
// instants before the year 1 or after 9999, and empty lists are missing.
func Open(d *folder.Folder, format string, o Options) (table.Sink, error) {
	for _, f := range formats {
		if f.name == format {
			return &guard{sink: f.open(d, o)}, nil
		}
	}
	return nil, &table.UnknownError{What: "format", Name: format, Known: Names()}
}

// A guard is around every sink. It checks what the sink is given, and keeps the first
// error.
type guard struct {
	sink table.Sink
	err  error
}

// Open implements table.Sink.
func (g *guard) Open(t *table.Table, p table.Part) (table.Writer, error) {
	if g.err != nil {
		return nil, g.err
	}
	if g.err = checkPart(t, p); g.err != nil {
		return nil, g.err
	}
	w, err := g.sink.Open(t, p)
	if err != nil {
		g.err = fmt.Errorf("table %s: %w", t.Name, err)
		return nil, g.err
	}
	return &guardWriter{g: g, w: w, t: t, row: make([]table.Value, len(t.Columns))}, nil
}

// Close implements table.Sink.
func (g *guard) Close() error {
	err := g.sink.Close() // also after an error, to close what is open
	if g.err == nil {
		g.err = err
	}
	return g.err
}

// checkPart refuses parts that would lead out of the folder or name a column that the
// files have, which readers of partitioned datasets treat differently.
func checkPart(t *table.Table, p table.Part) error {
	for _, name := range append([]string{t.Name, p.Split}, p.Dirs...) {
		if strings.ContainsAny(name, "/\\\x00") || strings.HasPrefix(name, ".") {
			return fmt.Errorf("table %s: %q cannot be a part of a file name", t.Name, name)
		}
	}
	for _, dir := range p.Dirs {
		key, value, ok := strings.Cut(dir, "=")
		if !ok || key == "" || value == "" {
			return fmt.Errorf("table %s: folder %q is not in the form key=value", t.Name, dir)
		}
		if t.Column(key) >= 0 {
			return fmt.Errorf("table %s: folder %q has the name of a column", t.Name, dir)
		}
	}
	return nil
}

type guardWriter struct {
	g   *guard
	w   table.Writer
	t   *table.Table
	row []table.Value
	n   int64
}

// Write implements table.Writer.
func (w *guardWriter) Write(row []table.Value) error {
	if w.g.err != nil {
		return w.g.err
	}
	w.n++
	err := clean(w.row, row, w.t.Columns)
	if err == nil {
		err = w.w.Write(w.row)
	}
	if err != nil {
		w.g.err = fmt.Errorf("table %s, row %d: %w", w.t.Name, w.n, err)
	}
	return w.g.err
}

// Close implements table.Writer.
func (w *guardWriter) Close() error {
	if w.g.err != nil {
		if a, ok := w.w.(interface{ abandon() }); ok {
			a.abandon()
		}
		return w.g.err
	}
	if err := w.w.Close(); err != nil {
		w.g.err = fmt.Errorf("table %s: %w", w.t.Name, err)
	}
	return w.g.err
}

// fileName names the file of a part of a table: articles.csv, articles-train.csv, or
// articles-train/month=2026-11/part-00000.csv.
func fileName(t *table.Table, p table.Part, ending string) string {
	name := partName(t, p)
	if len(p.Dirs) > 0 {
		return name + "/" + strings.Join(p.Dirs, "/") + "/part-00000" + ending
	}
	return name + ending
}

// partName is the name of a table, with its split if it has one.
func partName(t *table.Table, p table.Part) string {
	if p.Split == "" {
		return t.Name
	}
	return t.Name + "-" + p.Split
}
