package formats

import (
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table/tabletest"
)

// cellOf is what a row has in CSV for a value of the truth.
func cellOf(v any, typ table.Type, excel bool) string {
	s := ""
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		s = v
	case []string:
		if s = joinEscaped(v); !excel {
			s = asJSON(v)
		}
	case json.RawMessage:
		s = asJSON(v)
	default:
		return asJSON(v)
	}
	return strings.ReplaceAll(s, "\x00", "\uFFFD")
}

// sameJSON normalizes cells that are JSON.
func sameJSON(cell string, typ table.Type, excel bool) string {
	if cell != "" && (typ == table.JSON || typ == table.Strings && !excel) {
		return asJSON(json.RawMessage(cell))
	}
	return cell
}

func readCSV(t *testing.T, file string) [][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(data), "\uFEFF"))).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestCSV(t *testing.T) {
	for _, excel := range []bool{false, true} {
		dir := write(t, "csv", Options{Excel: excel})
		for _, tt := range tables {
			got := readCSV(t, filepath.Join(dir, tt.t.Name+".csv"))
			if len(got) != tt.rows+1 {
				t.Fatalf("%s: got %d rows, want %d", tt.t.Name, len(got)-1, tt.rows)
			}
			for i, row := range tabletest.Rows(tt.t, tt.rows) {
				truth := tabletest.Truth(tt.t, row)
				for j, c := range tt.t.Columns {
					cell := got[i+1][j]
					if got[0][j] != c.Name {
						t.Fatalf("got column %s, want %s", got[0][j], c.Name)
					}
					if excel {
						cell = strings.TrimPrefix(cell, "'")
					}
					want := cellOf(truth[c.Name], c.Type, excel)
					if excel && len(want) > maxCell {
						continue // TestExcel
					}
					// encoding/csv makes LF of CRLF within cells.
					if cell = sameJSON(cell, c.Type, excel); strings.ReplaceAll(cell, "\r\n", "\n") != strings.ReplaceAll(want, "\r\n", "\n") {
						t.Errorf("excel %v, %s %d, column %s: got %.200q, want %.200q", excel, tt.t.Name, i, c.Name, cell, want)
					}
				}
			}
		}
	}
}

var sheet = &table.Table{Name: "sheet", Key: []string{"n"}, Columns: []table.Column{{Name: "n", Type: table.Int}, {Name: "a", Type: table.String}, {Name: "b", Type: table.String}, {Name: "l", Type: table.Strings}}}

func writeSheet(t testing.TB, excel bool, rows ...[]table.Value) string {
	t.Helper()
	d, err := folder.Create(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	sink, _ := Open(d, "csv", Options{Excel: excel})
	writePart(t, sink, sheet, table.Part{}, rows)
	p, _ := d.Path("sheet.csv")
	data, err := os.ReadFile(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// What the documents promise, byte by byte.
func TestCSVBytes(t *testing.T) {
	row := []table.Value{table.OfInt(-1), {Set: true}, table.Of("a \"b\"\r\nc"), table.OfList([]string{"x; y", `\`, ""})}
	rows := [][]table.Value{row, make([]table.Value, 4)}
	if got, want := writeSheet(t, false, rows...), "n,a,b,l\n-1,\"\",\"a \"\"b\"\"\r\nc\",\"[\"\"x; y\"\",\"\"\\\\\"\",\"\"\"\"]\"\n,,,\n"; got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
	if got, want := writeSheet(t, true, rows...), "\uFEFFn,a,b,l,_truncated\r\n-1,\"\",\"a \"\"b\"\"\r\nc\",\"x\\; y; \\\\; \",\r\n,,,,\r\n"; got != want {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
}

func TestExcelGuardsFormulasAndCutsCells(t *testing.T) {
	long := strings.Repeat("x", maxCell-1) + "𝒳 and more"
	exact := strings.Repeat("é", maxCell)
	tests := []struct{ a, want, cut string }{
		{"=1+1", "'=1+1", ""}, {"+1", "'+1", ""}, {"-", "'-", ""}, {"@SUM(A1)", "'@SUM(A1)", ""}, {"\tx", "'\tx", ""}, {"'=", "''=", ""}, {"＝1", "'＝1", ""},
		{"a=1", "a=1", ""}, {long, strings.Repeat("x", maxCell-1), "a"}, {exact, exact, ""}, {"=" + exact, "'=" + exact[:2*(maxCell-2)], "a"},
	}
	for _, tt := range tests {
		data := strings.TrimPrefix(writeSheet(t, true, []table.Value{table.OfInt(-5), table.Of(tt.a), {}, {}}), "\uFEFF")
		rows, err := csv.NewReader(strings.NewReader(data)).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"-5", tt.want, "", "", tt.cut}; !slices.Equal(rows[1], want) {
			t.Errorf("%.20q: got %.50q", tt.a, rows[1])
		}
		if n := len(utf16.Encode([]rune(rows[1][1]))); n > maxCell || !utf8.ValidString(rows[1][1]) {
			t.Errorf("%.20q: %d code units", tt.a, n)
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range tabletest.Texts {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, s string, excel bool) {
		data := strings.TrimPrefix(writeSheet(t, excel, []table.Value{table.OfInt(1), table.Of(s), table.Of("b"), table.OfList([]string{s, s})}), "\uFEFF")
		rows, err := csv.NewReader(strings.NewReader(data)).ReadAll()
		if err != nil || len(rows) != 2 || rows[1][2] != "b" {
			t.Errorf("%q: got %q, %v", s, rows, err)
		}
	})
}
