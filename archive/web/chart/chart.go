// Package chart draws charts as SVG that needs neither scripts nor inline styles: colours
// are classes, which chart.css has for light and dark. Bars stretch to the width of the
// page while their labels are HTML beside them, so that these keep their size on a phone.
// Each chart comes with a table of its numbers. All labels are escaped.
package chart

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
)

// A Table has the numbers of a chart. The first column names the rows.
type Table struct {
	Caption string
	Head    []string
	Rows    [][]string
}

// A writer collects HTML.
type writer struct{ strings.Builder }

// add writes a format whose texts are escaped. Numbers have no more decimals than a
// screen has.
func (w *writer) add(format string, args ...any) {
	for i, a := range args {
		switch v := a.(type) {
		case string:
			args[i] = template.HTMLEscapeString(v)
		case float64:
			args[i] = strconv.FormatFloat(v, 'f', -1, 64)
			if text := strconv.FormatFloat(v, 'f', 2, 64); len(text) < len(args[i].(string)) {
				args[i] = text
			}
		}
	}
	fmt.Fprintf(&w.Builder, format, args...)
}

// begin opens an SVG that is one picture for people who do not see it. Its inside is as
// wide and high as said, and stretches.
func (w *writer) begin(id, class, title, desc string, width, height int) {
	w.add(`<svg class="%s" role="img" aria-labelledby="%s-t %s-d" viewBox="0 0 %v %v" preserveAspectRatio="none">`, class, id, id, width, height)
	w.add(`<title id="%s-t">%s</title><desc id="%s-d">%s</desc>`, id, title, id, desc)
}

// table writes the numbers of a chart, which a click shows.
func (w *writer) table(t Table) {
	w.add(`<details><summary>The numbers as a table</summary><div class="scroll" tabindex="0" role="region" aria-label="%s"><table><caption>%s</caption><thead><tr>`, t.Caption, t.Caption)
	for _, h := range t.Head {
		w.add(`<th scope="col">%s</th>`, h)
	}
	w.WriteString("</tr></thead><tbody>")
	for _, row := range t.Rows {
		w.WriteString("<tr>")
		for i, cell := range row {
			if i == 0 {
				w.add(`<th scope="row">%s</th>`, cell)
			} else {
				w.add("<td>%s</td>", cell)
			}
		}
		w.WriteString("</tr>")
	}
	w.WriteString("</tbody></table></div></details>")
}

func (w *writer) html() template.HTML { return template.HTML(w.String()) }

// count is a number with a noun, which takes an s unless there is one.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// ceiling is the least of 1, 2, 5, 10, 20, 50, … that is not less than a number.
func ceiling(n int) int {
	for at := 1; at > 0; at *= 10 {
		for _, m := range []int{1, 2, 5} {
			if at*m >= n {
				return at * m
			}
		}
		if at > n {
			break
		}
	}
	return n
}
