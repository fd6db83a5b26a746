package docs

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// maxExample is how many characters of an example a codebook shows.
const maxExample = 60

// sources says what From means.
var sources = map[string]string{
	"page":     "read from the page",
	"server":   "from the server's response",
	"archive":  "from the records of the archive",
	"computed": "computed by the export",
}

// An entry is a column in a codebook.
type entry struct {
	table.Column
	filled, rate, example string
	missing               string
}

// entries lists the columns of a table.
func (d *Description) entries(t *Table) []entry {
	var list []entry
	for i, c := range t.Columns {
		e := entry{Column: c, missing: d.missing(c)}
		if i < len(t.Filled) {
			e.filled = percent(t.Filled[i], t.Rows)
			if t.Rows > 0 {
				e.rate = strconv.FormatFloat(float64(t.Filled[i])/float64(t.Rows), 'f', 4, 64)
			}
		}
		if i < len(t.First) {
			e.example = shorten(oneLine(t.First[i]), maxExample)
		}
		list = append(list, e)
	}
	return list
}

func shorten(s string, most int) string {
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	return string([]rune(s)[:most-1]) + "…"
}

// codebookCSV is the codebook for programs and spreadsheets.
func (d *Description) codebookCSV() ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{{"table", "column", "type", "meaning", "unit", "from", "missing", "filled_rate", "example", "refers_to"}}
	for i := range d.Tables {
		t := &d.Tables[i]
		for _, e := range d.entries(t) {
			rows = append(rows, []string{t.Name, e.Name, e.Type.String(), e.Meaning, e.Unit, e.From, e.missing, e.rate, noFormula(e.example), e.Of})
		}
	}
	err := w.WriteAll(rows)
	return b.Bytes(), err
}

// noFormula puts an apostrophe before what spreadsheet programs take for a formula.
func noFormula(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r'", rune(s[0])) {
		return "'" + s
	}
	return s
}

// codebook is the codebook for readers.
func (d *Description) codebook() ([]byte, error) {
	var b bytes.Buffer
	p := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	p("# Codebook of %s\n", markdown(d.title()))
	p("One section for each table. **Filled** is the share of rows in which a column has a value. **From** says where values come from:")
	for _, from := range []string{"page", "server", "archive", "computed"} {
		p("- %s: %s", from, sources[from])
	}
	p("\nTimes of the type datetime are instants in UTC. An example is the first value in the table, shortened; columns that would show the publisher's text may have none.")
	if d.Notes != "" {
		p("\n## How values are written\n\n%s", strings.TrimSpace(d.Notes))
	}
	for i := range d.Tables {
		t := &d.Tables[i]
		p("\n## %s\n", t.Name)
		p("One row is %s. %s. Key: %s. Sorted by: %s.\n", t.Meaning, number(t.Rows, "row"), codes(t.Key), t.Order)
		p("| column | type | meaning | unit | from | missing | filled | example | refers to |")
		p("|---|---|---|---|---|---|---|---|---|")
		for _, e := range d.entries(t) {
			example := ""
			if e.example != "" {
				example = cellCode(e.example)
			}
			p("| %s | %s | %s | %s | %s | %s | %s | %s | %s |", code(e.Name), e.Type, markdown(e.Meaning), markdown(e.Unit), e.From,
				e.missing, e.filled, example, codes(strings.Fields(e.Of)))
		}
	}
	return b.Bytes(), nil
}

func codes(names []string) string {
	var list []string
	for _, n := range names {
		list = append(list, code(n))
	}
	return strings.Join(list, ", ")
}
