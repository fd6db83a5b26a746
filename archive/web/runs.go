package web

import (
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A runRow is a run in a list, or turns of a schedule that had none.
type runRow struct {
	Path    string        `json:"path,omitempty"` // of its page; turns without a run have none
	Site    string        `json:"site"`
	Start   time.Time     `json:"started"`
	End     time.Time     `json:"ended,omitzero"`
	Status  string        `json:"status"`
	Text    string        `json:"result"`
	Bad     bool          `json:"failing,omitempty"`
	Counts  *runEnd       `json:"counts,omitempty"`
	Skipped *skippedTurns `json:"skipped,omitempty"`
	id      string
}

// Took is how long a run took.
func (r runRow) Took() string { return formatTook(r.End.Sub(r.Start)) }

// formatTook writes how long something took.
func formatTook(d time.Duration) string {
	switch {
	case d < 0:
		return ""
	case d < time.Minute:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()+.5))
	case d < 48*time.Hour && int(d.Minutes())%60 == 0:
		return fmt.Sprintf("%d h", int(d.Hours()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}

// bareID is the ID of a record without its brackets and "urn:uuid:".
func bareID(id string) string {
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimPrefix(id, "<"), "urn:uuid:"), ">")
}

// newRunRow makes the row of a run. Whether one without an end still runs, the status says,
// which may be nil.
func newRunRow(r catalog.Run, status *Status) runRow {
	row := runRow{Site: r.Site, Start: r.Start, End: r.End, Status: r.Status, Counts: readEnd(r), Skipped: readSkipped(r), id: r.ID}
	if r.Status != catalog.StatusSkipped {
		row.Path = "/runs/" + bareID(r.ID)
		if r.End.IsZero() && status != nil {
			row.Status = RunKilled
			for _, t := range status.Sites {
				if t.Running && t.LastID == r.ID {
					row.Status = RunRunning
				}
			}
		}
	}
	row.Text, row.Bad = runText(row.Status), isBad(row.Status)
	if row.Counts != nil && row.Status == "limited" && row.Counts.Reason != "" {
		row.Text += " (" + row.Counts.Reason + ")"
	}
	return row
}

// A runsData is what the list of runs shows.
type runsData struct {
	Site      string       `json:"site,omitempty"`
	Runs      []runRow     `json:"runs"`
	Total     int          `json:"total"` // runs and turns without one
	Page      int          `json:"page"`
	Pages     int          `json:"pages"`
	Known     bool         `json:"machine"` // whether Running and Schedules are known
	Read      time.Time    `json:"status_at,omitzero"`
	Running   []SiteStatus `json:"running"`
	Schedules []SiteStatus `json:"schedules"`
	Problem   string       `json:"problem,omitempty"`
	Gaps      []gapRow     `json:"gaps,omitempty"`
	GapSites  int          `json:"daily_sites,omitempty"` // that publish daily
	GapDays   int          `json:"gap_days,omitempty"`
}

// A gapRow is a time without articles of a site that publishes daily.
type gapRow struct {
	catalog.Gap
	Reason string `json:"reason"`
}

const (
	runsPerPage  = 50
	maxSchedules = 500
)

// pageOf reads the number of a page.
func pageOf(q url.Values) (int, error) {
	text := q.Get("page")
	if text == "" {
		return 1, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1_000_000 {
		return 0, refuse("%.100q is not the number of a page", text)
	}
	return n, nil
}

func (s *Server) runs(r *http.Request) (*page, error) {
	ctx, q := r.Context(), r.URL.Query()
	d := &runsData{Site: q.Get("site"), Runs: []runRow{}, Running: []SiteStatus{}, Schedules: []SiteStatus{}}
	var err error
	if d.Page, err = pageOf(q); err != nil {
		return nil, err
	}
	runs, total, err := s.Catalog.HistoryPage(ctx, d.Site, (d.Page-1)*runsPerPage, runsPerPage)
	if err != nil {
		return nil, err
	}
	d.Total, d.Pages = total, max(1, (total+runsPerPage-1)/runsPerPage)
	if d.Page > d.Pages {
		return nil, fmt.Errorf("%w: the list of runs has %s", errMissing, plural(d.Pages, "page"))
	}
	status, at, err := s.status(ctx, firstWait)
	if status == nil && err == nil {
		status, at, err = s.status(ctx, statusWait)
	}
	if err != nil {
		d.Problem = err.Error()
	}
	for _, run := range runs {
		d.Runs = append(d.Runs, newRunRow(run, status))
	}
	if status != nil {
		d.Known, d.Read = true, at
		if status.Problem != "" {
			d.Problem = status.Problem
		}
		for _, t := range status.Sites {
			if d.Site != "" && t.Site != d.Site {
				continue
			}
			if t.Running {
				d.Running = append(d.Running, t)
			}
			if t.Schedule != "" && len(d.Schedules) < maxSchedules {
				d.Schedules = append(d.Schedules, t)
			}
		}
	}
	s.showGaps(r, d)
	title := "Runs"
	if d.Site != "" {
		title = "Runs of " + d.Site
	}
	return &page{Title: title, Section: "/runs", Template: "runs", Data: d}, nil
}

// showGaps shows gaps as they were counted last, for the overview.
func (s *Server) showGaps(r *http.Request, d *runsData) {
	f, _, _ := s.counted.figures.read(r.Context(), &s.background, s.counting(), 0)
	if f == nil {
		return
	}
	d.GapSites, d.GapDays = f.Gaps.Sites, f.Gaps.Days
	for i, g := range f.Gaps.Longest {
		if i < len(f.GapReasons) && (d.Site == "" || d.Site == g.Site) {
			d.Gaps = append(d.Gaps, gapRow{g, f.GapReasons[i]})
		}
	}
}

// link is the address of another page of the list.
func (d *runsData) link(page int) string {
	q := url.Values{}
	if d.Site != "" {
		q.Set("site", d.Site)
	}
	if page > 1 {
		q.Set("page", strconv.Itoa(page))
	}
	if len(q) == 0 {
		return "/runs"
	}
	return "/runs?" + q.Encode()
}

// Newer and Older are the pages before and after.
func (d *runsData) Newer() string { return d.link(d.Page - 1) }

// Older is the next page.
func (d *runsData) Older() string { return d.link(d.Page + 1) }

// LiveWords says in a sentence what runs now.
func (d *runsData) LiveWords() string {
	queued := 0
	for _, t := range d.Running {
		queued += t.Queued
	}
	switch len(d.Running) {
	case 0:
		return "No crawl is running."
	case 1:
		return fmt.Sprintf("1 crawl is running; %s queued.", plural(queued, "URL"))
	}
	return fmt.Sprintf("%d crawls are running; %s queued.", len(d.Running), plural(queued, "URL"))
}

// Until says how soon a turn is.
func (s SiteStatus) Until() template.HTML {
	switch {
	case s.Schedule == "":
		return "–"
	case s.Paused:
		return "paused"
	case s.Next.IsZero():
		return "never"
	case !s.Next.After(time.Now()):
		return "now"
	}
	return clock(s.Next)
}

// LastPath is the page of the last run.
func (s SiteStatus) LastPath() string {
	if s.LastID == "" {
		return ""
	}
	return "/runs/" + bareID(s.LastID)
}

// LastText is how the last run ended, in words.
func (s SiteStatus) LastText() string {
	if s.LastID == "" {
		return "never"
	}
	return runText(s.LastStatus)
}

// Bad reports whether the last run needs a look.
func (s SiteStatus) Bad() bool { return isBad(s.LastStatus) && s.LastID != "" }
