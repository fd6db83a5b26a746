package formats

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// tables are the tables of the tests, with how many rows.
var tables = []struct {
	t    *table.Table
	rows int
}{{table.Articles, 150}, {table.Captions, 60}, {table.Coverage, 20}, {table.Sites, 1}, {table.Runs, 0}}

// write writes all tables in a format and returns the folder.
func write(t testing.TB, format string, o Options) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data set #1?") // a name that is no URI
	d, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	sink, err := Open(d, format, o)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tables {
		writePart(t, sink, tt.t, table.Part{}, tabletest.Rows(tt.t, tt.rows))
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	for _, f := range d.Files() {
		if f.Table != "" && f.Rows != int64(rowsOf(f.Table)) {
			t.Errorf("%s has %d rows, want %d", f.Name, f.Rows, rowsOf(f.Table))
		}
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if _, wrong, err := folder.Verify(dir); err != nil || len(wrong) > 0 {
		t.Error(wrong, err)
	}
	return dir
}

func rowsOf(name string) int {
	for _, tt := range tables {
		if tt.t.Name == name {
			return tt.rows
		}
	}
	return -1
}

func writePart(t testing.TB, sink table.Sink, tab *table.Table, p table.Part, rows [][]table.Value) {
	t.Helper()
	w, err := sink.Open(tab, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// same compares a row that was read with the truth, as JSON.
func same(t *testing.T, where string, got map[string]any, want map[string]any) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(want)) {
		g, w := asJSON(got[name]), asJSON(want[name])
		if g != w {
			t.Errorf("%s, column %s: got %.200s, want %.200s", where, name, g, w)
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			t.Errorf("%s, column %s: got %.200s, want none", where, name, asJSON(got[name]))
		}
	}
}

// asJSON normalizes a value by way of encoding/json.
func asJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	var again any
	if err := d.Decode(&again); err != nil {
		return err.Error()
	}
	b, _ = json.Marshal(again)
	return string(b)
}

func TestUnknownFormat(t *testing.T) {
	_, err := Open(nil, "parket", Options{})
	var unknown *table.UnknownError
	if !errors.As(err, &unknown) || unknown.What != "format" || !slices.Contains(unknown.Known, "parquet") {
		t.Errorf("got %v", err)
	}
}

func TestSameRowsGiveTheSameBytes(t *testing.T) {
	for _, format := range Names() {
		o := Options{FullText: true, Software: "newsmorgue 1.2", Metadata: map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}}
		first, second := write(t, format, o), write(t, format, o)
		a, _ := os.ReadFile(filepath.Join(first, folder.Sums))
		b, _ := os.ReadFile(filepath.Join(second, folder.Sums))
		if string(a) != string(b) {
			t.Errorf("%s: got\n%s\nand\n%s", format, a, b)
		}
	}
}

// Whatever the rows have, what is written must be valid in each format.
func TestClean(t *testing.T) {
	one := &table.Table{Name: "t", Key: []string{"k"}, Columns: []table.Column{
		{Name: "k", Type: table.Int, Required: true}, {Name: "v", Type: table.String}, {Name: "f", Type: table.Float}, {Name: "at", Type: table.Time}, {Name: "l", Type: table.Strings}, {Name: "j", Type: table.JSON}}}
	key, none := table.OfInt(1), table.Value{}
	tests := []struct {
		name string
		row  []table.Value
		want string // "" if it must be refused
	}{
		{"invalid UTF-8", []table.Value{key, table.Of("a\xffb"), none, none, none, none}, `{"k":1,"v":"a` + "\uFFFD" + `b"}`},
		{"invalid UTF-8 in a list", []table.Value{key, none, none, none, table.OfList([]string{"\xc3"}), none}, `{"k":1,"l":["` + "\uFFFD" + `"]}`},
		{"not a number", []table.Value{key, none, table.OfFloat(math.NaN()), none, none, none}, `{"k":1}`},
		{"infinite", []table.Value{key, none, table.OfFloat(math.Inf(-1)), none, none, none}, `{"k":1}`},
		{"year 10000", []table.Value{key, none, none, {Set: true, Int: maxTime + 1}, none, none}, `{"k":1}`},
		{"least time", []table.Value{key, none, none, {Set: true, Int: math.MinInt64}, none, none}, `{"k":1}`},
		{"empty list", []table.Value{key, none, none, none, {Set: true}, none}, `{"k":1}`},
		{"JSON with white space", []table.Value{key, none, none, none, none, table.Of("{ \"a\":\n[1, 2] }")}, `{"j":{"a":[1,2]},"k":1}`},
		{"not JSON", []table.Value{key, none, none, none, none, table.Of("{")}, ""},
		{"no key", []table.Value{none, none, none, none, none, none}, ""},
		{"too few values", []table.Value{key}, ""},
	}
	for _, tt := range tests {
		for _, format := range Names() {
			d, err := folder.Create(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			sink, _ := Open(d, format, Options{})
			w, err := sink.Open(one, table.Part{})
			if err != nil {
				t.Fatal(err)
			}
			before := fmt.Sprint(tt.row)
			err = w.Write(tt.row)
			if fmt.Sprint(tt.row) != before {
				t.Errorf("%s: %s: the caller's row changed", format, tt.name)
			}
			errClose := errors.Join(w.Close(), sink.Close())
			if (err == nil) != (tt.want != "") || (errClose == nil) != (tt.want != "") {
				t.Errorf("%s: %s: got %v, then %v", format, tt.name, err, errClose)
			}
			if format == "jsonl" && tt.want != "" {
				p, _ := d.Path("t.jsonl")
				var got map[string]any
				b, _ := os.ReadFile(p)
				if err := json.Unmarshal(b, &got); err != nil || asJSON(got) != asJSON(json.RawMessage(tt.want)) {
					t.Errorf("%s: got %s, %v", tt.name, b, err)
				}
			}
			if err := d.Discard(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestNamesOfParts(t *testing.T) {
	tests := []struct {
		p    table.Part
		want string // "" if the part must be refused
	}{
		{table.Part{}, "articles.csv"},
		{table.Part{Split: "train"}, "articles-train.csv"},
		{table.Part{Dirs: []string{"month=2026-11", "shard=03"}}, "articles/month=2026-11/shard=03/part-00000.csv"},
		{table.Part{Split: "train", Dirs: []string{"month=2026-11"}}, "articles-train/month=2026-11/part-00000.csv"},
		{table.Part{Dirs: []string{"site=x"}}, ""},
		{table.Part{Dirs: []string{"month"}}, ""},
		{table.Part{Dirs: []string{"m=/../x"}}, ""},
		{table.Part{Split: "../x"}, ""},
	}
	for _, tt := range tests {
		err := checkPart(table.Articles, tt.p)
		if (err == nil) != (tt.want != "") {
			t.Errorf("%v: got %v", tt.p, err)
		}
		if got := fileName(table.Articles, tt.p, ".csv"); err == nil && got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}
