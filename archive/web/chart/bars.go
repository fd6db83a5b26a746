package chart

import (
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The bounds of a chart of bars over time: more series are summed up as others, and more
// days are merged into weeks, months and years.
const (
	MaxSeries = 6
	MaxBars   = 120
)

// A Series is the numbers of one part of all bars.
type Series struct {
	Name   string
	Values []int
}

// Bars are numbers of successive days, stacked by series.
type Bars struct {
	ID     string // unique on the page
	Title  string
	Noun   string    // what is counted, such as "article"
	First  time.Time // the first day
	Series []Series  // the greatest first

	unit string
}

// HTML draws the chart, with its axis, legend and table.
func (b Bars) HTML() template.HTML {
	b = b.bounded()
	n := 0
	if len(b.Series) > 0 {
		n = len(b.Series[0].Values)
	}
	if n == 0 {
		return ""
	}
	sums, total, most := b.sums()
	top := ceiling(max(most, 1))
	var w writer
	caption := b.Title
	if b.unit != "day" {
		caption += ", by " + b.unit
	}
	w.add(`<figure class="chart"><figcaption>%s</figcaption>`, caption)
	b.legend(&w)
	w.add(`<div class="plot"><div class="scale" aria-hidden="true"><span>%v</span><span>0</span></div>`, top)
	last := b.begin(n - 1)
	w.begin(b.ID, "chart bars", b.Title, fmt.Sprintf("%s from %s to %s; at most %d per %s.", count(total, b.Noun), b.label(b.begin(0)), b.label(last), most, b.unit), n*10, 100)
	w.add(`<path class="grid" d="M0 .5H%vM0 50H%v"/>`, n*10, n*10)
	for i := range n {
		b.bar(&w, i, sums[i], top)
	}
	w.WriteString("</svg>")
	w.add(`<div class="axis" aria-hidden="true"><span>%s</span>`, b.label(b.begin(0)))
	if n > 2 {
		w.add("<span>%s</span>", b.label(b.begin(n/2)))
	}
	if n > 1 {
		w.add("<span>%s</span>", b.label(last))
	}
	w.WriteString("</div></div>")
	w.table(b.table(sums))
	w.WriteString("</figure>")
	return w.html()
}

// bounded sums series and merges days until there are not too many.
func (b Bars) bounded() Bars {
	b.unit = "day"
	b.First = time.Date(b.First.Year(), b.First.Month(), b.First.Day(), 0, 0, 0, 0, time.UTC)
	longest := 0
	for _, s := range b.Series {
		longest = max(longest, len(s.Values))
	}
	all := make([]Series, 0, MaxSeries+1)
	for i, s := range b.Series {
		s.Values = append(slices.Clone(s.Values), make([]int, longest-len(s.Values))...)
		if i < MaxSeries || len(b.Series) == MaxSeries+1 {
			all = append(all, s)
			continue
		}
		if i == MaxSeries {
			all = append(all, Series{fmt.Sprintf("%d others", len(b.Series)-MaxSeries), make([]int, longest)})
		}
		for k, v := range s.Values {
			all[MaxSeries].Values[k] += v
		}
	}
	b.Series = all
	for _, unit := range []string{"week", "month", "year"} {
		if len(b.Series) > 0 && len(b.Series[0].Values) > MaxBars {
			b = b.merged(unit)
		}
	}
	if len(b.Series) > 0 && len(b.Series[0].Values) > MaxBars { // centuries
		cut := len(b.Series[0].Values) - MaxBars
		b.First = b.begin(cut)
		for i := range b.Series {
			b.Series[i].Values = b.Series[i].Values[cut:]
		}
	}
	return b
}

// merged sums what there is by a longer unit.
func (b Bars) merged(unit string) Bars {
	c := b
	c.unit, c.First, c.Series = unit, beginOf(b.First, unit), make([]Series, len(b.Series))
	for i, s := range b.Series {
		c.Series[i].Name = s.Name
		at, k := c.First, 0
		for day, v := range s.Values {
			begin := beginOf(b.begin(day), unit)
			for ; at.Before(begin) || k == 0; k++ {
				if k > 0 {
					at = next(at, unit)
				}
				c.Series[i].Values = append(c.Series[i].Values, 0)
			}
			c.Series[i].Values[k-1] += v
		}
	}
	return c
}

// begin is the first day of a bar.
func (b Bars) begin(i int) time.Time {
	switch b.unit {
	case "week":
		return b.First.AddDate(0, 0, 7*i)
	case "month":
		return b.First.AddDate(0, i, 0)
	case "year":
		return b.First.AddDate(i, 0, 0)
	}
	return b.First.AddDate(0, 0, i)
}

// beginOf is the first day of the period that a day is in. Weeks begin on Monday.
func beginOf(day time.Time, unit string) time.Time {
	switch unit {
	case "week":
		return day.AddDate(0, 0, -(int(day.Weekday())+6)%7)
	case "month":
		return time.Date(day.Year(), day.Month(), 1, 0, 0, 0, 0, time.UTC)
	case "year":
		return time.Date(day.Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return day
}

func next(begin time.Time, unit string) time.Time {
	return Bars{First: begin, unit: unit}.begin(1)
}

func (b Bars) label(t time.Time) string {
	return t.Format(map[string]string{"day": time.DateOnly, "week": time.DateOnly, "month": "2006-01", "year": "2006"}[b.unit])
}

// sums are the whole bars, their sum and the greatest.
func (b Bars) sums() (sums []int, total, most int) {
	sums = make([]int, len(b.Series[0].Values))
	for _, s := range b.Series {
		for i, v := range s.Values {
			sums[i] += v
			total += v
		}
	}
	return sums, total, slices.Max(sums)
}

// bar draws one bar, from the bottom. Its parts are one group, whose title a pointer shows.
func (b Bars) bar(w *writer, i, sum, top int) {
	if sum == 0 {
		return
	}
	label := b.label(b.begin(i))
	if b.unit == "week" {
		label = "week of " + label
	}
	parts := []string{}
	for _, s := range b.Series {
		if s.Values[i] > 0 && len(b.Series) > 1 {
			parts = append(parts, fmt.Sprintf("%s %d", s.Name, s.Values[i]))
		}
	}
	text := label + ": " + count(sum, b.Noun)
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	w.add("<g><title>%s</title>", text)
	y := 100.0
	for k, s := range b.Series {
		if s.Values[i] <= 0 {
			continue
		}
		h := max(float64(s.Values[i])*98/float64(top), 0.8)
		y -= h
		w.add(`<rect class="s%v" x="%v" y="%v" width="9" height="%v"/>`, k+1, i*10, max(y, 0), h)
	}
	w.WriteString("</g>")
}

func (b Bars) legend(w *writer) {
	if len(b.Series) < 2 {
		return
	}
	w.WriteString(`<ul class="legend">`)
	for k, s := range b.Series {
		w.add(`<li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="s%v" width="10" height="10"/></svg>%s</li>`, k+1, s.Name)
	}
	w.WriteString("</ul>")
}

// table has the periods that have something, the newest first.
func (b Bars) table(sums []int) Table {
	t := Table{Caption: b.Title, Head: []string{"Day"}}
	if b.unit != "day" {
		t.Head[0] = strings.ToUpper(b.unit[:1]) + b.unit[1:]
	}
	if len(b.Series) > 1 {
		for _, s := range b.Series {
			t.Head = append(t.Head, s.Name)
		}
	}
	t.Head = append(t.Head, "All")
	for i := len(sums) - 1; i >= 0; i-- {
		if sums[i] == 0 {
			continue
		}
		row := []string{b.label(b.begin(i))}
		if len(b.Series) > 1 {
			for _, s := range b.Series {
				row = append(row, strconv.Itoa(s.Values[i]))
			}
		}
		t.Rows = append(t.Rows, append(row, strconv.Itoa(sums[i])))
	}
	return t
}
