package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web/chart"
)

// Server keeps what the overview counts.
type counted struct {
	figures gauge[*figures]
	changes gauge[*changeFigures]
	status  gauge[*Status]
}

// firstWait is how long a page waits for what is being counted or read.
const firstWait = 120 * time.Millisecond

// statusWait is how long the page of runs waits for the first state of the machine, which
// is most of what it shows.
const statusWait = 2 * time.Second

// An overviewData is what the front page shows.
type overviewData struct {
	Dir      string    `json:"archive"`
	Empty    bool      `json:"empty,omitempty"`
	Counting bool      `json:"counting"`           // the figures are being counted for the first time
	Counted  time.Time `json:"counted,omitzero"`   // the figures
	Failed   string    `json:"failed,omitempty"`   // why they could not be counted again
	Changed  time.Time `json:"compared,omitzero"`  // the changes; zero while they are counted
	Read     time.Time `json:"status_at,omitzero"` // the status of the machine

	Articles int            `json:"articles"`
	Pages    int            `json:"pages"`
	SiteN    int            `json:"site_count"`
	Week     map[string]int `json:"changes_of_7_days,omitempty"`
	Vanished int            `json:"vanished"`
	Bytes    int64          `json:"bytes,omitempty"`
	Free     int64          `json:"disk_free,omitempty"`
	LastRun  *runRow        `json:"last_run,omitempty"`
	NextRun  *nextRun       `json:"next_run,omitempty"`
	Running  int            `json:"running"`

	Alerts  []alert     `json:"alerts"`
	First   string      `json:"recent_from,omitempty"` // the first day of Recent
	Recent  []siteDays  `json:"recent,omitempty"`
	Cover   []coverRow  `json:"calendar,omitempty"`
	Sites   []siteRow   `json:"sites"`
	More    int         `json:"more_sites,omitempty"` // that are not listed
	Changes []changeRow `json:"latest_changes,omitempty"`
	Latest  []storyRow  `json:"latest_articles,omitempty"`

	from   time.Time // of Cover
	recent time.Time // of Recent
	words  catalog.WordStats
}

// A nextRun is the next turn of all schedules.
type nextRun struct {
	Site string    `json:"site"`
	At   time.Time `json:"at"`
}

// An alert is something to look at.
type alert struct {
	Text string `json:"text"`
	Link string `json:"link,omitempty"`
	Hint string `json:"hint,omitempty"` // a command
}

// A siteRow is a site in the table.
type siteRow struct {
	Site     string             `json:"site"`
	Title    string             `json:"title,omitempty"`
	Articles int                `json:"articles"`
	Pages    int                `json:"pages"`
	First    time.Time          `json:"first,omitzero"`
	Last     time.Time          `json:"last,omitzero"`
	Bytes    int64              `json:"bytes"`
	Cover    *catalog.SiteCover `json:"coverage,omitempty"`
	Run      string             `json:"last_run,omitempty"` // its path
	Status   string             `json:"last_status,omitempty"`
	Bad      bool               `json:"failing,omitempty"`
	Next     time.Time          `json:"next,omitzero"`
	Days     []int              `json:"-"`
	n        int
}

// A changeRow is something that happened to an article.
type changeRow struct {
	What  string    `json:"what"`
	ID    string    `json:"id"`
	Site  string    `json:"site"`
	Title string    `json:"title"`
	At    time.Time `json:"captured"`
	How   string    `json:"how,omitempty"`
}

// A storyRow is an article in a short list.
type storyRow struct {
	ID       string    `json:"id"`
	Site     string    `json:"site"`
	Title    string    `json:"title"`
	Language string    `json:"language,omitempty"`
	Day      string    `json:"published,omitempty"`
	Archived time.Time `json:"captured"`
}

func (s *Server) overview(r *http.Request) (*page, error) {
	ctx := r.Context()
	d := &overviewData{Dir: s.Archive.Dir(), Alerts: []alert{}, Sites: []siteRow{}}
	unreadable, err := s.Catalog.Unreadable(ctx)
	if err != nil {
		return nil, err
	}
	if unreadable > 0 {
		d.Alerts = append(d.Alerts, alert{Text: plural(unreadable, "record") + " of this archive cannot be read, and nothing of them is shown.", Hint: "newsmorgue verify"})
	}
	for st, err := range s.Catalog.Stories(ctx, catalog.Filter{Limit: latest}) {
		if err != nil {
			return nil, err
		}
		d.Latest = append(d.Latest, storyRowOf(st))
	}
	if err := s.lastRun(ctx, d); err != nil {
		return nil, err
	}
	// All three are begun at once, and waited for together.
	until := time.Now().Add(firstWait)
	_, _, _ = s.counted.figures.read(ctx, &s.background, s.counting(), 0)
	_, _, _ = s.counted.changes.read(ctx, &s.background, s.changing(), 0)
	status, err := s.statusNow(ctx, d)
	if err != nil {
		d.Alerts = append(d.Alerts, alert{Text: sentence("the state of the crawls cannot be read: " + err.Error())})
	}
	limit := chart.MaxRows
	if r.URL.Query().Get("sites") == "all" {
		limit = maxSites
	}
	if err := s.showFigures(ctx, d, status, limit, time.Until(until)); err != nil {
		return nil, err
	}
	s.showChanges(ctx, d, time.Until(until))
	d.Empty = d.Latest == nil && d.Pages == 0 && d.LastRun == nil && !d.Counting
	return &page{Title: "Overview", Section: "/", Template: "overview", Data: d}, nil
}

func storyRowOf(st catalog.Story) storyRow {
	row := storyRow{ID: st.ID, Site: st.Site, Title: cmp.Or(st.Title, st.URL), Language: st.Language, Archived: st.Captured}
	if len(st.Published) >= len(time.DateOnly) {
		row.Day = st.Published[:len(time.DateOnly)]
	}
	return row
}

func (s *Server) lastRun(ctx context.Context, d *overviewData) error {
	page, _, err := s.Catalog.HistoryPage(ctx, "", 0, 20)
	if err != nil {
		return err
	}
	for _, r := range page {
		if r.Status != catalog.StatusSkipped {
			row := newRunRow(r, nil)
			d.LastRun = &row
			break
		}
	}
	return nil
}

// reading is how the state of the machine is read: no more often than each two seconds,
// and not in more than a fiftieth of the time.
func (s *Server) reading() gauging[*Status] {
	return gauging[*Status]{least: pollEvery, share: 50, timeout: time.Minute, compute: func(ctx context.Context, _ *Status) (*Status, error) {
		return s.Machine.Status(ctx)
	}}
}

// status is the state of the machine, which requests share; nil if it is not known (yet).
func (s *Server) status(ctx context.Context, wait time.Duration) (*Status, time.Time, error) {
	if s.Machine == nil {
		return nil, time.Time{}, nil
	}
	status, at, err := s.counted.status.read(ctx, &s.background, s.reading(), wait)
	if err != nil && errors.Is(err, context.Canceled) {
		err = nil
	}
	return status, at, err
}

// statusNow shows what the machine says: disk, next turn, alerts.
func (s *Server) statusNow(ctx context.Context, d *overviewData) (*Status, error) {
	status, at, err := s.status(ctx, firstWait)
	if status == nil {
		return nil, err
	}
	d.Read, d.Bytes, d.Free = at, status.Bytes, status.Free
	for _, t := range status.Sites {
		if t.Running {
			d.Running++
		}
		if !t.Next.IsZero() && !t.Paused && (d.NextRun == nil || t.Next.Before(d.NextRun.At)) {
			d.NextRun = &nextRun{t.Site, t.Next}
		}
	}
	if d.LastRun != nil {
		for _, t := range status.Sites {
			if t.Site == d.LastRun.Site && t.LastID == d.LastRun.id && d.LastRun.End.IsZero() {
				d.LastRun.Status, d.LastRun.Text = t.LastStatus, runText(t.LastStatus)
			}
		}
	}
	d.Alerts = append(d.Alerts, alertsOf(status)...)
	return status, err
}

const maxAlerts = 8

// alertsOf lists what needs a look, what concerns all sites first.
func alertsOf(status *Status) []alert {
	all := []alert{}
	add := func(link, hint, format string, args ...any) {
		all = append(all, alert{fmt.Sprintf(format, args...), link, hint})
	}
	if status.Low {
		add("", "", "Only %s are free on the disk: crawls pause until there is more.", formatBytes(status.Free))
	}
	if n := len(status.Quarantine); n > 0 {
		add("", "newsmorgue verify", "A repair has set %s aside, as it was damaged.", plural(n, "file"))
	}
	if status.Repairing > 0 {
		add("", "", "The archive is being repaired.")
	}
	if status.Problem != "" {
		add("", "newsmorgue schedule list", "Schedules cannot be read: %s", sentence(status.Problem))
	}
	for _, t := range status.Sites {
		switch {
		case t.Running:
		case isBad(t.LastStatus):
			add("/runs/"+bareID(t.LastID), "", "%s: the last run ended as “%s”.", t.Site, runText(t.LastStatus))
		}
		if t.Overdue {
			add("/runs?site="+url.QueryEscape(t.Site), "newsmorgue watch", "%s is overdue: several turns of its schedule had no run.", t.Site)
		}
	}
	if n := len(all) - maxAlerts; n > 0 {
		all = append(all[:maxAlerts], alert{Text: fmt.Sprintf("And %d more.", n), Link: "/runs#schedules"})
	}
	return all
}

// showFigures shows what was counted last.
func (s *Server) showFigures(ctx context.Context, d *overviewData, status *Status, limit int, wait time.Duration) error {
	f, at, err := s.counted.figures.read(ctx, &s.background, s.counting(), wait)
	switch {
	case f == nil && err != nil:
		return err
	case f == nil:
		d.Counting = true
		return nil
	case err != nil:
		d.Failed = err.Error()
	}
	d.Counted, d.Articles, d.Pages, d.SiteN, d.words = at, f.Articles, f.Pages, len(f.Sites), f.Words
	d.Recent, d.recent, d.First = f.Recent.Sites, f.Recent.First, f.Recent.First.Format(time.DateOnly)
	d.Recent = d.Recent[:min(len(d.Recent), maxSites)]
	d.Cover, d.from = f.Weeks, f.From
	byName := map[string]SiteStatus{}
	if status != nil {
		for _, t := range status.Sites {
			byName[t.Site] = t
		}
	}
	days := map[string][]int{}
	for _, r := range f.Recent.Sites {
		days[r.Site] = r.Days
	}
	for i, site := range f.Sites[:min(len(f.Sites), limit)] {
		row := siteRow{Site: site.Name, Title: site.Title, Articles: site.Articles, Pages: site.Pages, First: site.First, Last: site.Last,
			Bytes: site.Bytes, Cover: site.Cover, Days: days[site.Name], n: i}
		if t, ok := byName[site.Name]; ok && t.LastID != "" {
			row.Run, row.Status, row.Bad, row.Next = "/runs/"+bareID(t.LastID), runText(t.LastStatus), isBad(t.LastStatus), t.Next
		}
		d.Sites = append(d.Sites, row)
	}
	d.More = len(f.Sites) - len(d.Sites)
	return nil
}

// showChanges shows what was found last.
func (s *Server) showChanges(ctx context.Context, d *overviewData, wait time.Duration) {
	f, at, err := s.counted.changes.read(ctx, &s.background, s.changing(), wait)
	if f == nil {
		if err != nil {
			d.Failed = err.Error()
		}
		return
	}
	d.Changed, d.Week, d.Vanished = at, f.Week, f.Gone
	shown, err := s.stillShown(ctx, f)
	if err != nil {
		d.Failed = err.Error()
	}
	for _, c := range shown {
		d.Changes = append(d.Changes, changeRow{c.What, c.ID, c.Site, cmp.Or(c.Title, c.URL), c.Captured, c.How})
	}
}

// stillShown are the latest changes without what was suppressed since they were found: it
// may be long until they are looked for again.
func (s *Server) stillShown(ctx context.Context, f *changeFigures) (shown []catalog.Change, err error) {
	hidden, err := s.Catalog.Hidden(ctx)
	if err != nil {
		return nil, err
	}
	if reflect.DeepEqual(hidden, f.hidden) {
		return f.Latest, nil
	}
	for _, c := range f.Latest {
		if hidden.URLs[c.URL] || hidden.URLs[c.From] || hidden.Hides(archive.Capture{ID: c.ResponseID, Type: "response"}) {
			continue
		}
		// The title may be from another capture, which is suppressed now.
		all, err := s.Catalog.Versions(ctx, c.URL)
		if err != nil {
			return nil, err
		}
		if !slices.ContainsFunc(all, func(v catalog.Version) bool { return v.ResponseID == c.ResponseID }) {
			c.Title = ""
		}
		shown = append(shown, c)
	}
	return shown, nil
}

// WeekTotal is how many changes there were in the last week.
func (d *overviewData) WeekTotal() (n int) {
	for _, c := range d.Week {
		n += c
	}
	return n
}

// WeekWords says what these were.
func (d *overviewData) WeekWords() string {
	var parts []string
	for _, what := range []string{catalog.ChangeEdited, catalog.ChangeMoved, catalog.ChangeGone, catalog.ChangePaywalled, catalog.ChangeRestored} {
		if n := d.Week[what]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, what))
		}
	}
	return strings.Join(parts, ", ")
}

// Daily draws the articles per day.
func (d *overviewData) Daily() template.HTML {
	b := chart.Bars{ID: "daily", Title: "Articles by day of publication", Noun: "article", First: d.recent}
	for _, s := range d.Recent {
		b.Series = append(b.Series, chart.Series{Name: s.Site, Values: s.Days})
	}
	return b.HTML()
}

// Lengths draws how long the articles are.
func (d *overviewData) Lengths() template.HTML {
	h := chart.Histogram{ID: "lengths", Title: "Articles by number of words", Noun: "article"}
	for _, r := range d.words.Histogram {
		label := fmt.Sprintf("%d to %d words", r.From, r.Below-1)
		if r.Below == 0 {
			label = fmt.Sprintf("%d words and more", r.From)
		}
		h.Ranges = append(h.Ranges, chart.Range{Label: label, Count: r.Articles})
	}
	return h.HTML()
}

// MedianWords is the median length.
func (d *overviewData) MedianWords() int { return d.words.Median }

// Calendar draws what is known of each site and day.
func (d *overviewData) Calendar() template.HTML {
	c := chart.Calendar{ID: "calendar", Title: "Articles of each site and day", First: d.from, Days: weeksSpan}
	for _, row := range d.Cover {
		r := chart.Row{Name: row.Site, Link: "/articles?site=" + url.QueryEscape(row.Site)}
		for _, day := range row.Days {
			r.Cells = append(r.Cells, chart.Cell{State: day.state, Count: day.Articles, Note: day.Reason})
		}
		c.Rows = append(c.Rows, r)
	}
	return c.HTML()
}

// Spark draws the articles per week.
func (r siteRow) Spark() template.HTML {
	var weeks []int
	total := 0
	for i, n := range slices.Backward(r.Days) {
		if (len(r.Days)-1-i)%7 == 0 {
			weeks = append(weeks, 0)
		}
		weeks[len(weeks)-1] += n
		total += n
	}
	slices.Reverse(weeks)
	if total == 0 {
		return ""
	}
	return chart.Sparkline{ID: fmt.Sprintf("spark-%d", r.n), Title: fmt.Sprintf("%s in %d days, by week", plural(total, "article"), len(r.Days)), Values: weeks}.HTML()
}

// Share is how much of what is announced is archived, in percent; never 100 if something
// is missing.
func (r siteRow) Share() string { return percent(r.Cover.Archived, r.Cover.Announced) }

func percent(n, of int) string {
	p := 100 * float64(n) / float64(max(of, 1))
	switch {
	case n < of && p > 99.9:
		p = 99.9
	case n > 0 && p < 0.1:
		p = 0.1
	}
	if n < of && p >= 99.5 || n > 0 && p < 1 {
		return fmt.Sprintf("%.1f %%", p)
	}
	return fmt.Sprintf("%.0f %%", p)
}
