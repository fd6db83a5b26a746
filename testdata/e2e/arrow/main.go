// Command arrow prints the rows of the Parquet files of a dataset as JSON Lines, read by
// Apache Arrow.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/memory"
	"github.com/apache/arrow-go/v18/parquet/file"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: arrow DATASET")
		os.Exit(2)
	}
	out := bufio.NewWriter(os.Stdout)
	err := filepath.WalkDir(os.Args[1], func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, ".parquet") {
			return err
		}
		rel, err := filepath.Rel(os.Args[1], name)
		if err != nil {
			return err
		}
		if err := read(out, name, tableOf(filepath.ToSlash(rel))); err != nil {
			return fmt.Errorf("%s: %w", rel, err)
		}
		return nil
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "arrow:", err)
		os.Exit(1)
	}
}

// tableOf finds the table in articles-train-00000-of-00001.parquet and
// articles/month=2026-11/part-00000.parquet.
func tableOf(name string) string { return regexp.MustCompile(`^[a-z]+`).FindString(name) }

func read(out *bufio.Writer, name, table string) error {
	f, err := file.OpenParquetFile(name, false)
	if err != nil {
		return err
	}
	defer f.Close()
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{BatchSize: 1024}, memory.DefaultAllocator)
	if err != nil {
		return err
	}
	records, err := r.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		return err
	}
	defer records.Release()
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	rows := int64(0)
	for records.Next() {
		batch := records.RecordBatch()
		for i := range int(batch.NumRows()) {
			row := map[string]any{}
			for j, field := range batch.Schema().Fields() {
				v, err := cell(batch.Column(j), i)
				if err != nil {
					return fmt.Errorf("column %s: %w", field.Name, err)
				}
				if v != nil {
					row[field.Name] = v
				}
			}
			if err := e.Encode(map[string]any{"table": table, "row": row}); err != nil {
				return err
			}
			rows++
		}
	}
	if rows != f.NumRows() {
		return fmt.Errorf("%d rows of %d: %w", rows, f.NumRows(), records.Err())
	}
	return nil
}

// cell returns a value for encoding/json; nil if it is missing. It refuses types that a
// dataset should not have.
func cell(a arrow.Array, i int) (any, error) {
	if a.IsNull(i) {
		return nil, nil
	}
	switch a := a.(type) {
	case *array.String:
		return a.Value(i), nil
	case *array.Binary: // JSON, which this library has no other type for
		if !json.Valid(a.Value(i)) {
			return nil, fmt.Errorf("is not JSON: %q", a.Value(i))
		}
		return string(a.Value(i)), nil
	case *array.Int64:
		return a.Value(i), nil
	case *array.Float64:
		return a.Value(i), nil
	case *array.Boolean:
		return a.Value(i), nil
	case *array.Timestamp:
		if t := a.DataType().(*arrow.TimestampType); t.Unit != arrow.Millisecond || t.TimeZone != "UTC" {
			return nil, fmt.Errorf("is %s", t)
		}
		return int64(a.Value(i)), nil
	case *array.List:
		from, to := a.ValueOffsets(i)
		values, ok := a.ListValues().(*array.String)
		if !ok {
			return nil, fmt.Errorf("is %s", a.DataType())
		}
		list := []string{}
		for k := from; k < to; k++ {
			list = append(list, values.Value(int(k)))
		}
		return list, nil
	}
	return nil, fmt.Errorf("is %s", a.DataType())
}
