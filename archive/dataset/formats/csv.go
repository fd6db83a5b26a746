package formats

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// CSVNotes describes the CSV files for a codebook, in Markdown: how values are written
// that CSV has no form for.
func CSVNotes(excel bool) string {
	if excel {
		return csvNotes + excelNotes
	}
	return csvNotes + plainNotes
}

const csvNotes = `- CSV files follow RFC 4180, in UTF-8, with a header row. Cells may contain line breaks.
- A missing value is an empty cell. An empty string, which is rare, is written as ` + "`\"\"`" + `.
- Booleans are ` + "`true` or `false`" + `. Times are RFC 3339 in UTC.
- The character U+0000 is replaced by U+FFFD.
`

const plainNotes = `- Lines end with LF.
- A list is a JSON array: ` + "`[\"Ada Obi\",\"Agency\"]`" + `.
`

const excelNotes = `- Files begin with a byte order mark and lines end with CRLF, for spreadsheet programs.
- A list is joined by ` + "`; `" + `; a semicolon or backslash within a value has a backslash before it.
- A text has ` + "`'`" + ` before it if it begins with ` + "`=`, `+`, `-`, `@`" + ` (also full-width), a tab, a line
  break or ` + "`'`" + `: spreadsheet programs would take some of these for formulas. To get the text back, remove the first character of
  each cell that begins with ` + "`'`" + `.
- Texts are cut at 32,767 UTF-16 code units, the most that a cell of Excel can have. The column
  ` + "`_truncated`" + ` names the cut columns, joined by ` + "`; `" + `.
- Excel takes some IDs for numbers: when you import a file, choose the type Text for the columns
  with IDs. A sheet has at most 1,048,576 rows.
`

// maxCell is how many UTF-16 code units a cell can have in Excel.
const maxCell = 32767

// truncatedColumn names the columns that were cut, in files for spreadsheets.
const truncatedColumn = "_truncated"

// A csvSink writes CSV as CSVNotes describes it.
type csvSink struct {
	d     *folder.Folder
	excel bool
}

// Open implements table.Sink.
func (s *csvSink) Open(t *table.Table, p table.Part) (table.Writer, error) {
	return s.open(t, p)
}

func (s *csvSink) open(t *table.Table, p table.Part) (*csvWriter, error) {
	f, err := s.d.Create(folder.File{Name: fileName(t, p, ".csv"), Table: t.Name, Split: p.Split})
	if err != nil {
		return nil, err
	}
	w := &csvWriter{stream: stream{f: f}, columns: t.Columns, excel: s.excel}
	if s.excel {
		w.buf = append(w.buf, "\uFEFF"...)
	}
	for i, c := range t.Columns {
		w.separate(i)
		w.buf = appendCell(w.buf, c.Name)
	}
	if s.excel {
		w.separate(len(t.Columns))
		w.buf = appendCell(w.buf, truncatedColumn)
	}
	w.endLine()
	return w, nil
}

// Close implements table.Sink.
func (s *csvSink) Close() error { return nil }

type csvWriter struct {
	stream
	columns []table.Column
	excel   bool
	cell    []byte
	cut     []byte // names of the columns of this row that were cut
}

// Write implements table.Writer.
func (w *csvWriter) Write(row []table.Value) error {
	w.cut = w.cut[:0]
	for i := range row {
		w.separate(i)
		if v := &row[i]; v.Set {
			w.value(v, &w.columns[i])
		}
	}
	if w.excel {
		w.separate(len(row))
		w.buf = append(w.buf, w.cut...)
	}
	w.endLine()
	w.f.Rows++
	return w.flush()
}

// Close implements table.Writer.
func (w *csvWriter) Close() error { return w.close() }

func (w *csvWriter) separate(column int) {
	if column > 0 {
		w.buf = append(w.buf, ',')
	}
}

func (w *csvWriter) endLine() {
	if w.excel {
		w.buf = append(w.buf, '\r')
	}
	w.buf = append(w.buf, '\n')
}

func (w *csvWriter) value(v *table.Value, c *table.Column) {
	switch c.Type {
	case table.Int:
		w.buf = strconv.AppendInt(w.buf, v.Int, 10)
	case table.Float:
		w.buf = appendFloat(w.buf, v.Float)
	case table.Bool:
		w.buf = strconv.AppendBool(w.buf, v.Int != 0)
	case table.Time:
		w.buf = appendTime(w.buf, *v)
	case table.Strings:
		if w.excel {
			w.text(joinEscaped(v.List), c)
			return
		}
		w.cell = appendJSONList(w.cell[:0], v.List)
		w.buf = appendCell(w.buf, string(w.cell))
	default:
		w.text(v.Text, c)
	}
}

func (w *csvWriter) text(s string, c *table.Column) {
	s = noNUL(s)
	if w.excel {
		if guarded(s) {
			s = "'" + s
		}
		short := cutUTF16(s, maxCell)
		if len(short) < len(s) {
			if len(w.cut) > 0 {
				w.cut = append(w.cut, "; "...)
			}
			w.cut = append(w.cut, c.Name...)
		}
		s = short
	}
	w.buf = appendCell(w.buf, s)
}

// guarded reports whether spreadsheet programs could take a text for a formula, or its
// first character for a mark that it is none.
func guarded(s string) bool {
	if s == "" {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	return strings.ContainsRune("=+-@\t\r\n'＝＋－＠", r)
}

// cutUTF16 cuts a text of valid UTF-8 after n UTF-16 code units, or one before where a
// pair of surrogates would be torn.
func cutUTF16(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for i, r := range s {
		n--
		if r >= 0x10000 {
			n--
		}
		if n < 0 {
			return s[:i]
		}
	}
	return s
}

// joinEscaped joins a list so that it can be taken apart again.
func joinEscaped(list []string) string {
	if slices.ContainsFunc(list, func(s string) bool { return strings.ContainsAny(s, `\;`) }) {
		list = slices.Clone(list)
		for i, s := range list {
			list[i] = strings.ReplaceAll(strings.ReplaceAll(s, `\`, `\\`), `;`, `\;`)
		}
	}
	return strings.Join(list, "; ")
}

// appendCell appends a cell, in quotes where it needs them. RFC 4180 §2
func appendCell(b []byte, s string) []byte {
	if s != "" && s[0] != ' ' && s[len(s)-1] != ' ' && !strings.ContainsAny(s, "\",\r\n") {
		return append(b, s...)
	}
	b = append(b, '"')
	for {
		i := strings.IndexByte(s, '"')
		if i < 0 {
			break
		}
		b = append(b, s[:i+1]...)
		b = append(b, '"')
		s = s[i+1:]
	}
	b = append(b, s...)
	return append(b, '"')
}
