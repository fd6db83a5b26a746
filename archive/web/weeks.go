package web

import (
	"context"
	"fmt"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/chart"
)

// A coverRow is what is known of a site, day by day.
type coverRow struct {
	Site string    `json:"site"`
	Days []dayInfo `json:"days"`
}

// A dayInfo is what is known of a site on a day.
type dayInfo struct {
	Day      string `json:"day"`
	State    string `json:"state"`
	Articles int    `json:"articles,omitempty"`
	Reason   string `json:"reason,omitempty"`

	state chart.State
}

// dayVisits is what happened on a day: whether a run went well, met a bot wall or failed, and
// why a turn had none.
type dayVisits struct {
	well, walled, failed, missed bool
	note                         string
}

func (v dayVisits) state() chart.State {
	switch {
	case v.walled:
		return chart.Walled
	case v.well:
		return chart.None
	case v.failed:
		return chart.Failed
	case v.missed:
		return chart.Missed
	}
	return chart.NoRun
}

// countWeeks says for the sites with most articles what is known of each of the last days:
// up to today, or up to the last capture of an archive that is not continued.
func (s *Server) countWeeks(ctx context.Context, f *figures) error {
	last, err := s.Catalog.Newest(ctx)
	if err != nil {
		return err
	}
	today := time.Now().UTC().Truncate(24 * time.Hour)
	last = last.UTC().Truncate(24 * time.Hour)
	if last.After(today) || today.Sub(last) < weeksSpan*24*time.Hour {
		last = today
	}
	f.From = last.AddDate(0, 0, 1-weeksSpan)
	sites := f.Sites[:min(len(f.Sites), chart.MaxRows)]
	counts, err := s.articlesPerDay(ctx, f, sites)
	if err != nil {
		return err
	}
	seen, first, err := s.visitsPerDay(ctx, f.From)
	if err != nil {
		return err
	}
	for _, site := range sites {
		begun := site.First.UTC().Truncate(24 * time.Hour)
		if t, ok := first[site.Name]; ok && t.Before(begun) {
			begun = t
		}
		row := coverRow{Site: site.Name}
		for i := range weeksSpan {
			day := f.From.AddDate(0, 0, i)
			info := dayInfo{Day: day.Format(time.DateOnly), Articles: counts[site.Name][i]}
			var v dayVisits
			if of := seen[site.Name]; of != nil {
				v = of[i]
			}
			switch info.state = v.state(); {
			case info.Articles > 0:
				info.state = chart.Articles
			case day.Before(begun) || day.After(today):
				info.state = chart.Unknown
			default:
				info.Reason = v.note
			}
			info.State = info.state.String()
			row.Days = append(row.Days, info)
		}
		f.Weeks = append(f.Weeks, row)
	}
	return nil
}

// articlesPerDay counts the articles of sites on the days of the calendar.
func (s *Server) articlesPerDay(ctx context.Context, f *figures, sites []siteFigures) (map[string]*[weeksSpan]int, error) {
	counts := map[string]*[weeksSpan]int{}
	for _, site := range sites {
		counts[site.Name] = new([weeksSpan]int)
	}
	filter := catalog.Filter{Since: f.From.Add(-14 * time.Hour), Until: f.From.AddDate(0, 0, weeksSpan+1)}
	for st, err := range s.Catalog.Stories(ctx, filter) {
		if err != nil {
			return nil, err
		}
		day := int(dayOf(st).Sub(f.From).Hours() / 24)
		if of := counts[st.Site]; of != nil && day >= 0 && day < weeksSpan {
			of[day]++
		}
	}
	return counts, nil
}

// visitsPerDay reads what runs there were from a day on, and the first of these days of
// each site.
func (s *Server) visitsPerDay(ctx context.Context, from time.Time) (map[string]*[weeksSpan]dayVisits, map[string]time.Time, error) {
	seen, first := map[string]*[weeksSpan]dayVisits{}, map[string]time.Time{}
	for offset := 0; ; offset += 500 {
		page, of, err := s.Catalog.HistoryPage(ctx, "", offset, 500)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range page {
			if r.Start.Before(from.AddDate(0, 0, -weeksSpan)) { // older ones have ended before
				return seen, first, nil
			}
			if seen[r.Site] == nil {
				seen[r.Site] = new([weeksSpan]dayVisits)
			}
			begin, end := span(r)
			if day := begin.UTC().Truncate(24 * time.Hour); r.Status != catalog.StatusSkipped && !day.Before(from) {
				first[r.Site] = day
			}
			for i := max(0, daysBetween(from, begin)); i < weeksSpan && i <= daysBetween(from, end); i++ {
				seen[r.Site][i].add(r)
			}
		}
		if offset+len(page) >= of || len(page) == 0 {
			return seen, first, nil
		}
	}
}

// daysBetween is how many days after the first a moment is; less than 0 before it.
func daysBetween(first, t time.Time) int {
	d := t.Sub(first)
	if d < 0 {
		return -1
	}
	return int(d / (24 * time.Hour))
}

// span is when a run was, or the turns that had none.
func span(r catalog.Run) (begin, end time.Time) {
	begin, end = r.Start, r.End
	if skipped := readSkipped(r); skipped != nil {
		begin, end = skipped.From, skipped.Until
	}
	if end.Before(begin) { // it has none
		end = begin
	}
	return begin, end
}

// add takes a run, or turns without one.
func (v *dayVisits) add(r catalog.Run) {
	if skipped := readSkipped(r); skipped != nil {
		v.missed = true
		if v.note == "" {
			v.note = skipped.Words()
		}
		return
	}
	end := readEnd(r)
	switch {
	case end != nil && end.Blocked > 0 && end.Articles == 0:
		v.walled, v.note = true, fmt.Sprintf("%s blocked", plural(end.Blocked, "page"))
	case r.Status == "failed" || r.Status == "nothing" || r.End.IsZero():
		status := r.Status
		if status == "" {
			status = RunKilled
		}
		v.failed, v.note = true, runText(status)
	default:
		v.well, v.note = true, ""
	}
}

// gapReason says why a site may have no article in a time.
func (s *Server) gapReason(ctx context.Context, g catalog.Gap) (string, error) {
	from, err := time.Parse(time.DateOnly, g.From)
	until, uerr := time.Parse(time.DateOnly, g.Until)
	if err != nil || uerr != nil {
		return "", nil
	}
	until = until.AddDate(0, 0, 1)
	runs, err := s.Catalog.HistoryUntil(ctx, g.Site, until, 200)
	if err != nil {
		return "", err
	}
	var v dayVisits
	for _, r := range runs {
		if _, end := span(r); end.Before(from) {
			continue
		}
		v.add(r)
	}
	switch v.state() {
	case chart.NoRun:
		return "no run in that time", nil
	case chart.None:
		return "runs found no article of these days", nil
	case chart.Missed:
		return "missed turns: " + v.note, nil
	}
	return v.state().String() + ": " + v.note, nil
}
