package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A statsPage is the figures of an archive as text, with charts, in lines of at most
// some cells.
type statsPage struct {
	catalog.Stats
	noun       string // what is counted
	top, width int
	lines      []string
}

// statsText returns figures as lines of text. What they count is an "article" or a "page".
func statsText(s catalog.Stats, noun, by string, top, width int) []string {
	p := &statsPage{Stats: s, noun: noun, top: top, width: width}
	p.head()
	p.timeline(by)
	p.values("Site", s.Sites)
	p.values("Section", s.Sections)
	p.values("Language", s.Languages)
	p.values("Kind", s.Kinds)
	p.words()
	p.fields()
	p.coverage()
	p.gaps()
	return p.lines
}

func (p *statsPage) print(format string, args ...any) {
	p.lines = append(p.lines, wrapWords(fmt.Sprintf(format, args...), p.width)...)
}

// title begins a section.
func (p *statsPage) title(format string, args ...any) {
	p.lines = append(p.lines, "")
	p.print(format, args...)
}

func (p *statsPage) head() {
	p.print("%s of %s", count(p.Articles, p.noun), count(len(p.Sites.Values)+p.Sites.OtherValues, "site"))
	if p.Published.Days > 0 {
		line := fmt.Sprintf("published %s, on %s", betweenDays(p.Published.First, p.Published.Last), count(p.Published.Days, "day"))
		if n := p.Published.Unknown; n > 0 {
			line += fmt.Sprintf("; %d without a day", n)
		}
		p.print("%s", line)
	} else {
		p.print("none has a day of publication")
	}
	if !p.Captured.First.IsZero() {
		p.print("captured %s", betweenDays(p.Captured.First.Format(time.DateOnly), p.Captured.Last.Format(time.DateOnly)))
	}
}

func betweenDays(first, last string) string {
	if first == last {
		return first
	}
	return first + " to " + last
}

// chartHeight is how many lines the chart of articles per day has.
const chartHeight = 5

// timeline prints the articles per day as columns.
func (p *statsPage) timeline(by string) {
	greatest := 0
	for _, d := range byPeriod(p.Days, "year") {
		greatest = max(greatest, d.Articles)
	}
	room := p.width - 4 - len(fmt.Sprint(greatest)) // no period has more than a year
	t := timelineOf(p.Days, by, room)
	if len(t.numbers) == 0 {
		return
	}
	p.title("%s%ss per %s", strings.ToUpper(p.noun[:1]), p.noun[1:], t.unit)
	scale := len(fmt.Sprint(slices.Max(t.numbers)))
	each := min(max(room/len(t.numbers), 1), 4)
	for i, line := range columnChart(t.numbers, each, chartHeight) {
		label := ""
		if i == 0 {
			label = fmt.Sprint(slices.Max(t.numbers))
		}
		p.lines = append(p.lines, strings.TrimRight(fmt.Sprintf("  %*s │%s", scale, label, line), " "))
	}
	length := len(t.numbers) * each
	p.lines = append(p.lines, fmt.Sprintf("  %*d └%s", scale, 0, strings.Repeat("─", length)))
	p.lines = append(p.lines, strings.Repeat(" ", scale+4)+dateAxis(t, length, room))
	for _, out := range []struct {
		n     int
		where string
	}{{t.before, "earlier"}, {t.after, "later"}} {
		if out.n > 0 {
			p.print("  %s, not in the chart: %s", out.where, count(out.n, p.noun))
		}
	}
}

// dateAxis labels the first and the last period of a chart.
func dateAxis(t timeline, length, room int) string {
	layout := map[string]string{"month": "2006-01", "year": "2006"}[t.unit]
	layout = cmp.Or(layout, time.DateOnly)
	first, last := t.first.Format(layout), t.last.Format(layout)
	if len(t.numbers) == 1 {
		return first
	}
	gap := length - len(first) - len(last)
	if gap < 2 { // the chart is short: the labels stand beside each other
		gap = min(2, room-len(first)-len(last))
		if gap < 1 {
			return first
		}
		return first + " to " + last
	}
	return first + strings.Repeat(" ", gap) + last
}

// A statsRow is one line of a table with bars.
type statsRow struct {
	label string
	n     int
	rest  bool // what the other rows leave out: without a bar
}

// table prints rows with their shares of all articles, and bars of which one for the
// greatest number has full length.
func (p *statsPage) table(rows []statsRow, of, greatest int) {
	label, digits := 0, 0
	for _, r := range rows {
		label, digits = max(label, cells(r.label)), max(digits, len(fmt.Sprint(r.n)))
	}
	label = min(label, max(10, min(p.width*2/5, 36)))
	room := min(p.width-2-label-2-digits-2-5-2, 40)
	for _, r := range rows {
		line := fmt.Sprintf("  %s  %*d  %5s  ", fit(r.label, label), digits, r.n, percent(r.n, of))
		if !r.rest {
			line += bar(r.n, greatest, room)
		}
		p.lines = append(p.lines, strings.TrimRight(line, " "))
	}
}

// values prints the most frequent values of a field; in one line if all articles have
// the same.
func (p *statsPage) values(name string, t catalog.Top) {
	if len(t.Values) == 1 && t.OtherValues == 0 && t.Missing == 0 {
		p.title("%s: %s", name, clip(plain(t.Values[0].Value), 100))
		return
	}
	var rows []statsRow
	for _, v := range t.Values {
		rows = append(rows, statsRow{label: plain(v.Value), n: v.Articles})
	}
	if t.OtherValues > 0 {
		rows = append(rows, statsRow{label: count(t.OtherValues, "other"), n: t.OtherArticles, rest: true})
	}
	if t.Missing > 0 {
		rows = append(rows, statsRow{label: "no " + strings.ToLower(name), n: t.Missing, rest: true})
	}
	p.title("%ss", name)
	greatest := 0
	for _, v := range t.Values {
		greatest = max(greatest, v.Articles)
	}
	p.table(rows, p.Articles, greatest)
}

func (p *statsPage) words() {
	w := p.Words
	p.title("Words: median %d, half of the %ss %d to %d, longest %d", w.Median, p.noun, w.LowerQuartile, w.UpperQuartile, w.Max)
	var rows []statsRow
	greatest := 0
	for _, r := range w.Histogram {
		if r.From > w.Max {
			break
		}
		label := fmt.Sprintf("%d to %d", r.From, r.Below-1)
		if r.Below == 0 {
			label = fmt.Sprintf("%d and more", r.From)
		}
		rows, greatest = append(rows, statsRow{label: label, n: r.Articles}), max(greatest, r.Articles)
	}
	p.table(rows, p.Articles, greatest)
}

// fields prints how many articles have each field, and apart from that, how many have
// a paywall or reserve rights.
func (p *statsPage) fields() {
	var filled, access []statsRow
	for _, f := range p.Fields {
		row := statsRow{label: f.Field, n: f.Articles}
		switch {
		case f.Field != "paywalled" && !strings.HasPrefix(f.Field, "rights"):
			filled = append(filled, row)
		case f.Articles > 0:
			access = append(access, row)
		}
	}
	p.title("Fields that are filled")
	p.table(filled, p.Articles, p.Articles)
	if len(access) > 0 {
		p.title("Access and rights")
		p.table(access, p.Articles, p.Articles)
	}
}

// coverage prints how many of the announced pages are archived, of the sites that miss
// most first.
func (p *statsPage) coverage() {
	if len(p.Coverage) == 0 {
		return
	}
	sites := slices.Clone(p.Coverage)
	slices.SortStableFunc(sites, func(a, b catalog.SiteCover) int {
		return cmp.Compare(b.Announced-b.Archived, a.Announced-a.Archived)
	})
	p.title("Archived of the pages that feeds and sitemaps announce")
	for _, s := range sites[:min(len(sites), p.top)] {
		p.print("  %s: %d of %d, %s", clip(plain(s.Site), 60), s.Archived, s.Announced, percent(s.Archived, s.Announced))
		for i, m := range s.Missing {
			if i == 3 {
				p.print("    and for %s", count(len(s.Missing)-i, "other reason"))
				break
			}
			p.print("    missing: %d × %s", m.Pages, clip(plain(m.Reason), 100))
		}
	}
	if n := len(sites) - p.top; n > 0 {
		p.print("  %s", count(n, "other site"))
	}
}

func (p *statsPage) gaps() {
	g := p.Gaps
	if g.Sites == 0 {
		return
	}
	p.title("Days without articles, of %s daily: %d", map[bool]string{true: "1 site that publishes", false: fmt.Sprintf("%d sites that publish", g.Sites)}[g.Sites == 1], g.Days)
	for _, gap := range g.Longest {
		p.print("  %s  %s: %s", betweenDays(gap.From, gap.Until), clip(plain(gap.Site), 60), count(gap.Days, "day"))
	}
}
