package versions

import (
	"html/template"
	"io"
	"strings"
	"unicode"

	_ "embed"
)

// page is the template of WriteHTML.
//
//go:embed diff.html
var page string

var pageTemplate = template.Must(template.New("diff").Funcs(template.FuncMap{
	"label":    fieldLabel,
	"words":    func(c Class) string { return strings.ReplaceAll(string(c), "_", " ") },
	"capital":  capital,
	"quantity": quantity,
	"lines":    cells,
	"versions": versionLine,
}).Parse(page))

// WriteHTML renders a Diff as an HTML document of its own: the fields, then the body,
// to be read in one column or side by side. It has no scripts and loads nothing; all
// text is escaped. A switch between the two views needs style sheets only, and without
// them both are shown, one after the other.
func (d *Diff) WriteHTML(w io.Writer) error {
	return pageTemplate.Execute(w, htmlPage{d, d.htmlRows()})
}

// cells puts bars between cells, and leaves out the control characters that HTML
// does not allow. Line feeds stay.
func cells(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' {
			return -1
		}
		return r
	}, strings.ReplaceAll(s, "\t", " | "))
}

type htmlPage struct {
	*Diff
	Rows []htmlRow
}

// An htmlRow is a block, or a run of unchanged ones.
type htmlRow struct {
	Unchanged []Block // if not empty, the rest is
	Block     *Block
	Tag       string // the class of the row
	Remarks   string
	Unit      string // "sentence", "item" or "row"
	Prose     bool
	Left      []htmlPiece // as in the earlier version
	Right     []htmlPiece // as in the later
	Inline    []htmlPiece
}

// An htmlPiece is a run of text within a sentence.
type htmlPiece struct {
	Kind  string // "ins", "del", "moved" or ""
	Text  string
	Break bool // the next piece is on a line of its own
	More  int  // instead of a text: so many unchanged sentences, which are not shown
}

func (d *Diff) htmlRows() []htmlRow {
	var rows []htmlRow
	for i := 0; i < len(d.Blocks); i++ {
		b := &d.Blocks[i]
		if b.Op == Equal {
			from := i
			for i+1 < len(d.Blocks) && d.Blocks[i+1].Op == Equal {
				i++
			}
			rows = append(rows, htmlRow{Unchanged: d.Blocks[from : i+1]})
			continue
		}
		row := htmlRow{Block: b, Tag: string(b.Op), Remarks: strings.Join(b.remarks(), ", "), Unit: unitName(b.Type), Prose: isProse(b.Type)}
		for _, s := range b.Lines {
			piece := htmlPiece{Text: s, Break: true}
			row.Left, row.Right, row.Inline = append(row.Left, piece), append(row.Right, piece), append(row.Inline, piece)
		}
		row.sentences(b.Sentences, !row.Prose)
		rows = append(rows, row)
	}
	return rows
}

// minFolded is how many unchanged sentences are counted instead of shown.
const minFolded = 6

func (row *htmlRow) sentences(all []Sentence, items bool) {
	for i := 0; i < len(all); i++ {
		run := i
		for run < len(all) && all[run].Op == Equal {
			run++
		}
		if run-i >= minFolded {
			more := htmlPiece{More: run - i, Break: items}
			row.Left, row.Right, row.Inline = append(row.Left, more), append(row.Right, more), append(row.Inline, more)
			i = run - 1
			continue
		}
		s := &all[i]
		left, right, inline := s.pieces()
		last := func(pieces []htmlPiece, ends bool) []htmlPiece {
			if n := len(pieces); n > 0 && (items || ends) {
				pieces[n-1].Break = true
			}
			return pieces
		}
		row.Left = append(row.Left, last(left, s.EndsBefore)...)
		row.Right = append(row.Right, last(right, s.EndsAfter)...)
		row.Inline = append(row.Inline, last(inline, s.EndsAfter)...)
	}
}

// pieces are a sentence in the earlier version, in the later, and in both at once.
func (s *Sentence) pieces() (left, right, inline []htmlPiece) {
	one := func(kind, text string) []htmlPiece { return []htmlPiece{{Kind: kind, Text: text}} }
	switch s.Op {
	case Added:
		return nil, one("ins", s.Text), one("ins", s.Text)
	case Removed:
		return one("del", s.Text), nil, one("del", s.Text)
	case MovedOut:
		return one("moved-out", s.Text), nil, one("moved-out", s.Text)
	case MovedIn:
		return nil, one("moved-in", s.Text), one("moved-in", s.Text)
	case Edited:
		for i, span := range s.Spans {
			p := htmlPiece{Text: span.Text}
			if span.Op != Keep && !isEnd(s.Spans, i) {
				p.Kind = map[SpanOp]string{Delete: "del", Insert: "ins"}[span.Op]
			}
			if span.Op != Insert {
				left = append(left, p)
			}
			if span.Op != Delete {
				right = append(right, p)
			}
			inline = append(inline, p)
		}
		return left, right, inline
	}
	return one("", s.Old()), one("", s.New()), one("", s.New())
}

// Pieces are the inline pieces of a field's value or item.
func (s Sentence) Pieces() []htmlPiece {
	_, _, inline := s.pieces()
	if s.Op == Moved {
		inline = append(inline, htmlPiece{Text: " (moved)"})
	}
	return inline
}

// Pieces are the inline pieces of a field with one value.
func (f Field) Pieces() []htmlPiece {
	if len(f.Spans) > 0 {
		s := Sentence{Op: Edited, Spans: f.Spans}
		return s.Pieces()
	}
	var all []htmlPiece
	if f.Before != "" {
		all = append(all, htmlPiece{Kind: "del", Text: f.Before})
	}
	if f.Before != "" && f.After != "" {
		all = append(all, htmlPiece{Text: " "})
	}
	if f.After != "" {
		all = append(all, htmlPiece{Kind: "ins", Text: f.After})
	}
	return all
}
