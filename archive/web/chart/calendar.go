package chart

import (
	"fmt"
	"html/template"
	"strconv"
	"time"
)

// A State is what is known of a site on a day.
type State int

// The states. Each has a colour and a shape.
const (
	Unknown  State = iota // before the first run
	Articles              // there are some
	None                  // it was crawled, and has none
	NoRun                 // nobody crawled it
	Missed                // a turn of its schedule had no run
	Failed                // the run failed
	Walled                // a bot wall answered
	states
)

// stateNames are the words of the legend and of the table.
var stateNames = [states]string{"not archived yet", "articles", "no article", "no run", "missed turn", "run failed", "bot wall"}

func (s State) String() string {
	if s < 0 || s >= states {
		return ""
	}
	return stateNames[s]
}

// stateShapes are drawn for the states other than Articles, in a square of 10 by 10.
var stateShapes = [states]string{
	None:   `<path class="none" d="M2 9h5"/>`,
	NoRun:  `<path class="norun" d="M.5 .5h8v9h-8z"/>`,
	Missed: `<path class="missed" d="M.5 .5h8v9h-8zM.5 9.5L8.5 .5"/>`,
	Failed: `<path class="failed" d="M.5 .5h8v9h-8zM.5 9.5L8.5 .5M.5 .5L8.5 9.5"/>`,
	Walled: `<path class="walled" d="M.5 .5h8v9h-8zM.5 3.5h8M.5 6.5h8M4.5 .5v3M2.5 3.5v3M6.5 3.5v3M4.5 6.5v3"/>`,
}

// A Calendar is what is known of sites on successive days.
type Calendar struct {
	ID    string // unique on the page
	Title string
	First time.Time // the first day
	Days  int
	Rows  []Row // MaxRows of them at most
}

// The bounds of a calendar.
const (
	MaxRows = 50
	MaxDays = 92
)

// A Row is one site.
type Row struct {
	Name  string
	Link  string // a path of the viewer; none if it is empty
	Cells []Cell // of each day
}

// A Cell is one site on one day.
type Cell struct {
	State State
	Count int    // of articles
	Note  string // more about the state, such as a reason
}

// HTML draws the calendar, its legend and its table.
func (c Calendar) HTML() template.HTML {
	c.Rows, c.Days = c.Rows[:min(len(c.Rows), MaxRows)], min(c.Days, MaxDays)
	if len(c.Rows) == 0 || c.Days <= 0 {
		return ""
	}
	var w writer
	w.add(`<figure class="chart"><figcaption>%s</figcaption>`, c.Title)
	c.legend(&w)
	w.WriteString(`<ul class="calendar">`)
	for i, r := range c.Rows {
		w.WriteString("<li>")
		if r.Link != "" {
			w.add(`<a href="%s">%s</a>`, r.Link, r.Name)
		} else {
			w.add("<span>%s</span>", r.Name)
		}
		c.row(&w, i, r)
		w.WriteString("</li>")
	}
	w.WriteString("</ul>")
	w.add(`<div class="axis calendar-axis" aria-hidden="true"><span>%s</span><span>%s</span><span>%s</span></div>`, c.day(0), c.day(c.Days/2), c.day(c.Days-1))
	w.table(c.table())
	w.WriteString("</figure>")
	return w.html()
}

func (c Calendar) day(i int) string { return c.First.AddDate(0, 0, i).Format(time.DateOnly) }

// row draws the days of a site. Successive days without articles of one state and note are
// one group.
func (c Calendar) row(w *writer, n int, r Row) {
	cells := r.Cells[:min(len(r.Cells), c.Days)]
	var days [states]int
	most := 0
	for _, cell := range cells {
		if cell.State >= 0 && cell.State < states {
			days[cell.State]++
		}
		most = max(most, cell.Count)
	}
	desc := ""
	for s, n := range days {
		if n > 0 {
			if desc != "" {
				desc += ", "
			}
			desc += fmt.Sprintf("%s on %s", State(s), count(n, "day"))
		}
	}
	w.begin(fmt.Sprintf("%s-%d", c.ID, n), "chart days", r.Name, desc+".", c.Days*10, 10)
	for i := 0; i < len(cells); {
		cell := cells[i]
		until := i + 1
		for cell.State != Articles && until < len(cells) && cells[until] == cell {
			until++
		}
		c.mark(w, i, until, cell, most)
		i = until
	}
	w.WriteString("</svg>")
}

// mark draws a day with articles, or some without.
func (c Calendar) mark(w *writer, from, until int, cell Cell, most int) {
	if cell.State <= Unknown || cell.State >= states {
		return
	}
	when := c.day(from)
	if until > from+1 {
		when += " to " + c.day(until-1)
	}
	text := when + ": " + cell.State.String()
	if cell.State == Articles {
		text = when + ": " + count(cell.Count, "article")
	}
	if cell.Note != "" {
		text += " (" + cell.Note + ")"
	}
	w.add("<g><title>%s</title>", text)
	if cell.State == Articles {
		w.add(`<rect class="level-%v" x="%v" width="9" height="10"/>`, level(cell.Count, most), from*10)
	} else {
		for i := from; i < until; i++ {
			w.add(`<g transform="translate(%v)">`, i*10)
			w.WriteString(stateShapes[cell.State] + "</g>")
		}
	}
	w.WriteString("</g>")
}

// level is the shade of a day with articles, from 1 to 4.
func level(n, most int) int {
	return min(4, max(1, (4*n+most-1)/max(most, 1)))
}

func (c Calendar) legend(w *writer) {
	w.WriteString(`<ul class="legend"><li><svg class="key" viewBox="0 0 10 10" aria-hidden="true"><rect class="level-1" width="5" height="10"/><rect class="level-4" x="5" width="5" height="10"/></svg>few to many articles</li>`)
	for s := None; s < states; s++ {
		w.add(`<li><svg class="key days" viewBox="0 0 9 10" aria-hidden="true">`)
		w.WriteString(stateShapes[s])
		w.add("</svg>%s</li>", s.String())
	}
	w.WriteString("</ul>")
}

func (c Calendar) table() Table {
	t := Table{Caption: c.Title, Head: []string{"Site"}}
	for i := range c.Days {
		t.Head = append(t.Head, c.First.AddDate(0, 0, i).Format("01-02"))
	}
	for _, r := range c.Rows {
		row := []string{r.Name}
		for _, cell := range r.Cells[:min(len(r.Cells), c.Days)] {
			switch cell.State {
			case Articles:
				row = append(row, strconv.Itoa(cell.Count))
			case Unknown:
				row = append(row, "")
			case None:
				row = append(row, "0")
			default:
				row = append(row, cell.State.String())
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
