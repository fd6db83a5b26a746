package formats

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

func openParquet(t *testing.T, file string) *parquet.File {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// The values are read by other libraries in testdata/e2e; here by another way of the same one.
func TestParquet(t *testing.T) {
	dir := write(t, "parquet", Options{Software: "newsmorgue 1.2", Metadata: map[string]string{"newsmorgue.dataset": "x"}})
	for _, tt := range tables {
		f := openParquet(t, filepath.Join(dir, tt.t.Name+"-00000-of-00001.parquet"))
		if v, _ := f.Lookup("newsmorgue.dataset"); v != "x" || f.Metadata().CreatedBy != "newsmorgue version 1.2" {
			t.Errorf("got %q, %q", v, f.Metadata().CreatedBy)
		}
		var names []string
		for _, c := range f.Schema().Fields() {
			names = append(names, c.Name())
		}
		for i, c := range tt.t.Columns {
			if names[i] != c.Name {
				t.Fatalf("%s: column %d is %s, want %s", tt.t.Name, i, names[i], c.Name)
			}
		}
		rows := parquet.NewReader(f)
		for i, want := range tabletest.Rows(tt.t, tt.rows) {
			got := make([]parquet.Row, 1)
			if n, err := rows.ReadRows(got); n != 1 && err != nil {
				t.Fatal(err)
			}
			same(t, fmt.Sprint(tt.t.Name, " ", i), rowOf(tt.t, got[0]), tabletest.Truth(tt.t, want))
		}
		if _, err := rows.ReadRows(make([]parquet.Row, 1)); err != io.EOF {
			t.Errorf("%s: rows too many, %v", tt.t.Name, err)
		}
	}
}

func rowOf(t *table.Table, row parquet.Row) map[string]any {
	got := map[string]any{}
	for _, v := range row {
		c := t.Columns[v.Column()]
		if v.IsNull() {
			continue
		}
		switch c.Type {
		case table.Int:
			got[c.Name] = json.Number(fmt.Sprint(v.Int64()))
		case table.Float:
			got[c.Name] = v.Double()
		case table.Bool:
			got[c.Name] = v.Boolean()
		case table.Time:
			got[c.Name] = string(appendTime(nil, table.Value{Int: v.Int64()}))
		case table.Strings:
			list, _ := got[c.Name].([]string)
			got[c.Name] = append(list, string(v.ByteArray()))
		case table.JSON:
			got[c.Name] = json.RawMessage(bytes.Clone(v.ByteArray()))
		default:
			got[c.Name] = string(v.ByteArray())
		}
	}
	return got
}

func TestParquetSchema(t *testing.T) {
	got := parquetSchema(&table.Table{Name: "t", Columns: []table.Column{
		{Name: "s", Type: table.String, Required: true}, {Name: "few", Type: table.String, Few: true}, {Name: "i", Type: table.Int}, {Name: "f", Type: table.Float},
		{Name: "b", Type: table.Bool}, {Name: "at", Type: table.Time}, {Name: "l", Type: table.Strings}, {Name: "j", Type: table.JSON}}}).String()
	want := `message t {
	required binary s (STRING);
	optional binary few (STRING);
	optional int64 i (INT(64,true));
	optional double f;
	optional boolean b;
	optional int64 at (TIMESTAMP(isAdjustedToUTC=true,unit=MILLIS));
	optional group l (LIST) {
		repeated group list {
			required binary element (STRING);
		}
	}
	optional binary j (JSON);
}`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Files are closed when they are large enough, and named once their number is known.
func TestParquetRotates(t *testing.T) {
	for _, p := range []table.Part{{}, {Split: "train"}, {Dirs: []string{"month=2026-11", "shard=03"}}} {
		d, err := folder.Create(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		s := newParquetSink(d, Options{})
		s.groupRows, s.fileBytes = 7, 150_000
		sink := &guard{sink: s}
		articles := tabletest.Articles{}
		var rows [][]table.Value
		for range 200 {
			rows = append(rows, slices.Clone(articles.Next()))
		}
		writePart(t, sink, table.Articles, p, rows)
		if err := sink.Close(); err != nil {
			t.Fatal(err)
		}
		files := d.Files()
		read := 0
		for i, f := range files {
			want := fmt.Sprintf("articles-%05d-of-%05d.parquet", i, len(files))
			if p.Split != "" {
				want = fmt.Sprintf("articles-train-%05d-of-%05d.parquet", i, len(files))
			}
			if len(p.Dirs) > 0 {
				want = fmt.Sprintf("articles/month=2026-11/shard=03/part-%05d.parquet", i)
			}
			if f.Name != want || f.Split != p.Split || f.Table != "articles" {
				t.Errorf("got %+v, want %s", f, want)
			}
			path, _ := d.Path(f.Name)
			file := openParquet(t, path)
			if file.NumRows() != f.Rows || f.Rows == 0 {
				t.Errorf("%s: %d rows, File says %d", f.Name, file.NumRows(), f.Rows)
			}
			for _, g := range file.RowGroups() {
				if g.NumRows() > 7 {
					t.Errorf("%s: a row group has %d rows", f.Name, g.NumRows())
				}
			}
			r := parquet.NewReader(file)
			for range f.Rows {
				got := make([]parquet.Row, 1)
				if n, err := r.ReadRows(got); n != 1 {
					t.Fatal(err)
				}
				same(t, fmt.Sprint(f.Name, " ", read), rowOf(table.Articles, got[0]), tabletest.Truth(table.Articles, rows[read]))
				read++
			}
		}
		if len(files) < 3 || read != len(rows) {
			t.Errorf("%d files with %d rows", len(files), read)
		}
	}
}

// A file that does not have what was written is an error, whatever byte is wrong.
func TestParquetCheck(t *testing.T) {
	rows := tabletest.Rows(table.Captions, 40)
	columns := make([]columnSum, len(table.Captions.Columns))
	for i, c := range table.Captions.Columns {
		for _, row := range rows {
			pc := parquetColumn{index: i, typ: c.Type, required: c.Required}
			columns[i].add(pc.add(nil, &row[i], func(s string) []byte { return []byte(s) }))
		}
	}
	d, err := folder.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sink, _ := Open(d, "parquet", Options{})
	writePart(t, sink, table.Captions, table.Part{}, rows)
	path, _ := d.Path("captions-00000-of-00001.parquet")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	check := func(data []byte, groups ...groupSum) (err error) {
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return checkParquet(bytes.NewReader(data), int64(len(data)), groups)
	}
	good := groupSum{40, columns}
	if err := check(data, good); err != nil {
		t.Fatal(err)
	}
	other := slices.Clone(columns)
	other[3]++
	for name, groups := range map[string][]groupSum{"other values": {{40, other}}, "rows": {{39, columns}}, "row groups": {good, good}} {
		if err := check(data, groups...); err == nil || !strings.Contains(err.Error(), name) && name != "rows" {
			t.Errorf("%s: got %v", name, err)
		}
	}
	for at := 10; at < len(data)/2; at += 97 {
		bad := bytes.Clone(data)
		bad[at] ^= 0x10
		if err := check(bad, good); err == nil {
			t.Logf("byte %d of %d changed: not noticed", at, len(data))
		}
	}
}
