package main

import (
	"fmt"
	"strings"

	"github.com/newsmorgue/newsmorgue/archive/audit"
)

// Styles, as parameters of SGR (ECMA-48, section 8.3.117).
const (
	styleNone   = ""
	styleBold   = "1"
	styleFaint  = "2"
	styleInvert = "7"
)

// A screenRow is a row of the terminal: spans in styles, and the cells they use.
type screenRow struct {
	spans []screenSpan
	used  int
}

type screenSpan struct {
	text  string
	style string
}

// put adds text up to the limit of cells of the row.
func (r *screenRow) put(text, style string, limit int) {
	var b strings.Builder
	for _, c := range text {
		n := cellsOf(c)
		if r.used+n > limit {
			break
		}
		b.WriteRune(c)
		r.used += n
	}
	if b.Len() > 0 {
		r.spans = append(r.spans, screenSpan{b.String(), style})
	}
}

// pad adds spaces up to a number of cells.
func (r *screenRow) pad(cells int) {
	if n := cells - r.used; n > 0 {
		r.spans = append(r.spans, screenSpan{strings.Repeat(" ", n), styleNone})
		r.used = cells
	}
}

func (r *screenRow) text(mono bool) string {
	var b strings.Builder
	for _, s := range r.spans {
		if s.style == styleNone || mono {
			b.WriteString(s.text)
		} else {
			b.WriteString("\x1b[" + s.style + "m" + s.text + "\x1b[0m")
		}
	}
	return b.String()
}

// wideFrom is the width from which the page is beside the fields, not above them.
const wideFrom = 100

// The rows above the page and below it.
const (
	rowsAbove = 3
	rowsBelow = 4
)

func (t *auditScreen) isWide() bool { return t.width >= wideFrom }

func (t *auditScreen) bodyRows() int { return max(t.height-rowsAbove-rowsBelow, 1) }

// fieldRows is the number of rows of the fields if they are below the page.
func (t *auditScreen) fieldRows() int { return min(max(t.bodyRows()*2/5, 3), 12) }

// pageRows is the number of rows of the page.
func (t *auditScreen) pageRows() int {
	if t.isWide() {
		return t.bodyRows()
	}
	return max(t.bodyRows()-t.fieldRows()-1, 1)
}

// pageCells is the number of cells of a row of the page.
func (t *auditScreen) pageCells() int {
	if t.isWide() {
		return t.width * 3 / 5
	}
	return t.width
}

// rows lays out the whole screen.
func (t *auditScreen) rows() []screenRow {
	p := t.session.now
	line := func(text, style string) screenRow {
		var r screenRow
		r.put(text, style, t.width)
		return r
	}
	rule := line(strings.Repeat("─", t.width), styleFaint)
	rows := []screenRow{
		line(fmt.Sprintf("article %d of %d   %s", p.place+1, len(t.session.stories), plain(p.story.Site)), styleBold),
		line(plain(p.story.URL), styleFaint),
		rule,
	}
	switch {
	case t.help:
		for _, l := range auditKeyHelp {
			rows = append(rows, line(l, styleNone))
		}
	case t.isWide():
		left := t.pageCells()
		fields := t.fields(t.width-left-3, t.bodyRows())
		for i := range t.bodyRows() {
			r := t.pageRow(t.top+i, left)
			r.pad(left)
			r.put(" │ ", styleFaint, t.width)
			if i < len(fields) {
				r.spans = append(r.spans, fields[i].spans...)
			}
			rows = append(rows, r)
		}
	default:
		for i := range t.pageRows() {
			rows = append(rows, t.pageRow(t.top+i, t.width))
		}
		rows = append(append(rows, rule), t.fields(t.width, t.fieldRows())...)
	}
	for len(rows) < t.height-rowsBelow {
		rows = append(rows, screenRow{})
	}
	rows = append(rows[:max(t.height-rowsBelow, 0)], rule)
	return append(rows, t.bottom()...)
}

// bottom has the question and the keys, or a message.
func (t *auditScreen) bottom() []screenRow {
	var rows []screenRow
	q := t.session.now.question()
	text := []rune(q.Field + ": " + q.Ask)
	for i, l := range wrap(text, max(t.width, 10)) {
		if i < rowsBelow-2 {
			var r screenRow
			r.put(string(text[l[0]:l[1]]), styleBold, t.width)
			rows = append(rows, r)
		}
	}
	for len(rows) < rowsBelow-2 {
		rows = append(rows, screenRow{})
	}
	var r screenRow
	switch {
	case t.noting:
		note := plain(string(t.note))
		r.put("no, because (enter: save, escape: cancel): "+clipLeft(note, max(t.width-46, 5))+"_", styleNone, t.width)
	case len(t.message) > 0:
		if len(t.message) > 1 {
			rows[len(rows)-1] = screenRow{}
			rows[len(rows)-1].put(plain(t.message[0]), styleNone, t.width)
		}
		r.put(plain(t.message[len(t.message)-1]), styleNone, t.width)
	default:
		r.put("y yes  n no  u unsure  b back  s skip  o open  q quit  space scroll  ? help", styleFaint, t.width)
	}
	return append(rows, r)
}

// clipLeft keeps the last n characters of a text.
func clipLeft(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return "…" + string(r[len(r)-n+1:])
	}
	return s
}

var auditKeyHelp = []string{
	"",
	"  y  yes                      space, page down, page up   scroll the page",
	"  n  no                       arrow keys, j, k            by one line",
	"  N  no, with a note          home, end, g, G             to its begin or end",
	"  u  unsure                   tab                         to the next marked place",
	"  b  back to the question before, also of the article before",
	"  s  skip the article; what you answered about it is kept",
	"  o  print the URL, and a copy of the page to open in a browser",
	"  q  quit; the same command continues where you stopped",
	"",
	"  Lines of the page that begin with | are in the text, those with : in captions.",
	"  What the question is about is marked where the page has it.",
	"",
	"  Any key returns.",
}

// pageRow is a row of the page.
func (t *auditScreen) pageRow(i, cells int) screenRow {
	var r screenRow
	if i < 0 || i >= len(t.view.lines) {
		return r
	}
	l := &t.view.lines[i]
	style := styleNone
	switch {
	case l.head:
		style = styleFaint
	case l.strong:
		style = styleBold
	}
	r.put(string(l.gutter)+" ", styleBold, cells)
	for from := 0; from < len(l.text); {
		to := from + 1
		for to < len(l.text) && l.mark[to] == l.mark[from] {
			to++
		}
		if l.mark[from] {
			r.put(string(l.text[from:to]), styleInvert, cells)
		} else {
			r.put(string(l.text[from:to]), style, cells)
		}
		from = to
	}
	return r
}

var verdictMarks = map[audit.Verdict]string{audit.Yes: "y", audit.No: "n", audit.Unsure: "u"}

// fields lists the fields with their answers, the current one in full, in so many rows.
func (t *auditScreen) fields(cells, height int) []screenRow {
	p := t.session.now
	var rows []screenRow
	at := 0
	for i, q := range p.form.Questions {
		var r screenRow
		state := " "
		if m := verdictMarks[p.form.Given(i).Verdict]; m != "" {
			state = m
		}
		value := auditValue(q, height)
		if i != p.form.At() {
			r.put(fmt.Sprintf("%s %-9s ", state, q.Field), styleFaint, cells)
			r.put(strings.Join(value, " / "), styleNone, cells)
			rows = append(rows, r)
			continue
		}
		at = len(rows)
		r.put(fmt.Sprintf("%s ", state), styleBold, cells)
		r.put(fmt.Sprintf("%-9s", q.Field), styleInvert, cells)
		if from := provenanceLine(p, q.Field); from != "" {
			r.put(" "+from, styleFaint, cells)
		}
		rows = append(rows, r)
		for _, v := range value {
			text := []rune(v)
			for _, l := range wrap(text, max(cells-2, 5)) {
				var r screenRow
				r.put("  "+string(text[l[0]:l[1]]), styleBold, cells)
				rows = append(rows, r)
			}
		}
	}
	// The current field begins near the top, with one answered before it in sight.
	if from := min(max(at-1, 0), max(len(rows)-height, 0)); from > 0 {
		rows = rows[from:]
	}
	return rows[:min(len(rows), height)]
}
