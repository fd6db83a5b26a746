// Command write writes datasets with values that readers get wrong, and the truth about
// them: one in each format below DIR, truth.jsonl and schema.json. With -schema it only
// prints the schema.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/formats"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

func main() {
	schemaOnly := flag.Bool("schema", false, "only print the schema of all tables")
	flag.Usage = func() { fmt.Fprintln(os.Stderr, "usage: write DIR\n       write -schema") }
	flag.Parse()
	var err error
	switch {
	case *schemaOnly:
		_, err = fmt.Println(string(schema()))
	case flag.NArg() != 1:
		flag.Usage()
		os.Exit(2)
	default:
		err = write(flag.Arg(0))
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "write:", err)
		os.Exit(1)
	}
}

// schema has the key and the types of the columns of each table.
func schema() []byte {
	type describe struct {
		Key     []string          `json:"key"`
		Columns map[string]string `json:"columns"`
	}
	all := map[string]describe{}
	for _, t := range table.All {
		d := describe{t.Key, map[string]string{}}
		for _, c := range t.Columns {
			d.Columns[c.Name] = c.Type.String()
		}
		all[t.Name] = d
	}
	b, _ := json.Marshal(all) // maps of strings have no errors
	return b
}

// rows are how many rows each table has.
func rows(t *table.Table) [][]table.Value {
	switch t {
	case table.Articles:
		return tabletest.Rows(t, 500)
	case table.Runs:
		return nil
	}
	return tabletest.Rows(t, 120)
}

func write(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "schema.json"), schema(), 0o644); err != nil {
		return err
	}
	if err := writeTruth(filepath.Join(dir, "truth.jsonl")); err != nil {
		return err
	}
	for _, format := range formats.Names() {
		if err := dataset(filepath.Join(dir, format), format, formats.Options{FullText: true}, whole); err != nil {
			return err
		}
	}
	if err := dataset(filepath.Join(dir, "csv-excel"), "csv", formats.Options{Excel: true}, whole); err != nil {
		return err
	}
	if err := dataset(filepath.Join(dir, "parquet-splits"), "parquet", formats.Options{}, bySplit); err != nil {
		return err
	}
	return dataset(filepath.Join(dir, "parquet-hive"), "parquet", formats.Options{}, byMonth)
}

// writeTruth writes the rows by encoding/json.
func writeTruth(file string) error {
	f, err := os.Create(file)
	if err != nil {
		return err
	}
	defer f.Close()
	b := bufio.NewWriter(f)
	e := json.NewEncoder(b)
	for _, t := range table.All {
		for _, row := range rows(t) {
			if err := e.Encode(map[string]any{"table": t.Name, "row": tabletest.Truth(t, row)}); err != nil {
				return err
			}
		}
	}
	return b.Flush()
}

// Parts of tables: all rows together, or articles apart by split or partition.
func whole(*table.Table, int) table.Part { return table.Part{} }

func bySplit(t *table.Table, i int) table.Part {
	if t != table.Articles {
		return table.Part{}
	}
	return table.Part{Split: []string{"train", "validation", "test"}[i%3]}
}

func byMonth(t *table.Table, i int) table.Part {
	if t != table.Articles {
		return table.Part{}
	}
	return table.Part{Dirs: []string{fmt.Sprintf("month=2026-%02d", 1+i*12/500), fmt.Sprintf("shard=%02d", i*48/500%4)}}
}

func dataset(dir, format string, o formats.Options, part func(*table.Table, int) table.Part) error {
	d, err := folder.Create(dir)
	if err != nil {
		return err
	}
	o.Software, o.Metadata = "newsmorgue 0.0.0", map[string]string{"newsmorgue.dataset": "e2e"}
	sink, err := formats.Open(d, format, o)
	if err != nil {
		return err
	}
	for _, t := range table.All {
		if err := writeTable(sink, t, part); err != nil {
			return err
		}
	}
	if err := sink.Close(); err != nil {
		return err
	}
	return d.Commit()
}

func writeTable(sink table.Sink, t *table.Table, part func(*table.Table, int) table.Part) error {
	writers := map[string]table.Writer{}
	var names []string
	for i, row := range append(rows(t), nil) {
		if row == nil && i > 0 {
			break
		}
		p := part(t, i)
		name := fmt.Sprint(p)
		if writers[name] == nil {
			w, err := sink.Open(t, p)
			if err != nil {
				return err
			}
			writers[name], names = w, append(names, name)
		}
		if row == nil {
			break
		}
		if err := writers[name].Write(row); err != nil {
			return err
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if err := writers[name].Close(); err != nil {
			return err
		}
	}
	return nil
}
