package main

import (
	"fmt"
	"os"
	"strings"
	"unicode"

	"golang.org/x/term"
	"golang.org/x/text/width"
)

// The bounds of the width of charts: narrower ones have no room for bars, and wider
// ones are no easier to read.
const (
	narrowest = 30
	widest    = 200
	usual     = 80 // if it is not known
)

// columns returns the width of the terminal that results are printed to, in cells.
func (a *app) columns() int {
	if f, ok := a.stdout.(*os.File); ok {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
			return min(max(w, narrowest), widest)
		}
	}
	return usual
}

// cellsOf returns how many cells of a terminal a character takes: two for wide ones, as
// of Chinese, none for marks on the character before (Unicode Standard Annex 11).
func cellsOf(r rune) int {
	switch {
	case r >= ' ' && r < 0x7f:
		return 1
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	}
	switch width.LookupRune(r).Kind() {
	case width.EastAsianWide, width.EastAsianFullwidth:
		return 2
	default:
		return 1
	}
}

// cells returns how many cells of a terminal a text takes.
func cells(s string) (n int) {
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

// fit shortens or pads a text to n cells.
func fit(s string, n int) string {
	if c := cells(s); c <= n {
		return s + strings.Repeat(" ", n-c)
	}
	var b strings.Builder
	left := n - 1 // for the ellipsis
	for _, r := range s {
		c := cellsOf(r)
		if c > left {
			break
		}
		left -= c
		b.WriteRune(r)
	}
	return strings.TrimRight(b.String(), " ") + "…" + strings.Repeat(" ", n-1-cells(strings.TrimRight(b.String(), " ")))
}

// wrapWords breaks a line at spaces, so that no part of it is longer than n cells unless a
// word is. Further lines are indented by two cells more.
func wrapWords(s string, n int) (lines []string) {
	text := strings.TrimLeft(s, " ")
	indent := strings.Repeat(" ", len(s)-len(text))
	line := ""
	for word := range strings.SplitSeq(text, " ") {
		switch {
		case line == "":
			line = indent + word
		case cells(line)+1+cells(word) > n:
			lines, line = append(lines, strings.TrimRight(line, " ")), indent+"  "+word
		default:
			line += " " + word
		}
	}
	return append(lines, strings.TrimRight(line, " "))
}

// bar draws a horizontal bar for a number of at most the greatest, which is n cells
// long: in eighths of a cell, and never empty if the number is not 0.
func bar(number, greatest, n int) string {
	if number <= 0 || greatest <= 0 || n <= 0 {
		return ""
	}
	eighths := max(1, (number*n*8+greatest/2)/greatest)
	b := strings.Repeat("█", eighths/8)
	if rest := eighths % 8; rest > 0 {
		b += string([]rune(" ▏▎▍▌▋▊▉")[rest])
	}
	return b
}

// columnChart draws numbers as columns side by side, each some cells wide, in lines from
// top to bottom.
func columnChart(numbers []int, each, height int) []string {
	greatest := 1
	for _, n := range numbers {
		greatest = max(greatest, n)
	}
	ink, gap := each, ""
	if each > 1 {
		ink, gap = each-1, " "
	}
	lines := make([]string, height)
	for row := range height {
		var b strings.Builder
		for _, n := range numbers {
			eighths := (n*height*8 + greatest/2) / greatest
			if n > 0 {
				eighths = max(eighths, 1)
			}
			here := min(max(eighths-(height-1-row)*8, 0), 8)
			b.WriteString(strings.Repeat(string([]rune(" ▁▂▃▄▅▆▇█")[here]), ink) + gap)
		}
		lines[row] = strings.TrimRight(b.String(), " ")
	}
	return lines
}

// percent prints a share of a whole: "45 %". Only nothing is 0 %, and only all 100 %.
func percent(n, of int) string {
	switch p := (n*200 + of) / (2 * max(of, 1)); {
	case n > 0 && p == 0:
		return "<1 %"
	case n < of && p == 100:
		return "99 %"
	default:
		return fmt.Sprintf("%d %%", p)
	}
}
