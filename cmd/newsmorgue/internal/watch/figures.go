package watch

import (
	"context"
	"runtime"
	"strconv"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/metrics"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/notice"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/warn"
)

// Figures count what the daemon did since it began.
type Figures struct{ set *metrics.Set }

// NewFigures begins to count.
func NewFigures() *Figures {
	return &Figures{metrics.NewSet(
		metrics.Family{Name: "newsmorgue_runs_total", Help: "Runs that ended, by status.", Labels: []string{"site", "status"}},
		metrics.Family{Name: "newsmorgue_pages_total", Help: "Pages archived, or found unchanged.", Labels: []string{"site"}},
		metrics.Family{Name: "newsmorgue_articles_total", Help: "Changes of articles: new, edited, moved, paywalled, gone, restored.", Labels: []string{"site", "what"}},
		metrics.Family{Name: "newsmorgue_request_errors_total", Help: "Requests without a response.", Labels: []string{"site"}},
		metrics.Family{Name: "newsmorgue_skipped_turns_total", Help: "Turns of schedules without a run, by reason.", Labels: []string{"site", "reason"}},
		metrics.Family{Name: "newsmorgue_notices_total", Help: "Attempts at sending notices, by result: sent or failed.", Labels: []string{"result"}},
	)}
}

// Run counts a run that ended; n may be nil.
func (f *Figures) Run(s *keep.Summary, n *notice.Notice) {
	f.set.Add("newsmorgue_runs_total", 1, s.Site, s.Status)
	f.set.Add("newsmorgue_pages_total", float64(s.Pages), s.Site)
	f.set.Add("newsmorgue_request_errors_total", float64(s.Failed), s.Site)
	if n != nil {
		for _, what := range notice.Whats() {
			f.set.Add("newsmorgue_articles_total", float64(n.Counts[what]), s.Site, what)
		}
	}
}

// Skipped counts turns without a run.
func (f *Figures) Skipped(s keep.Skipped) {
	f.set.Add("newsmorgue_skipped_turns_total", float64(s.Turns), s.Site, s.Reason)
}

// Notice counts an attempt at sending a notice.
func (f *Figures) Notice(ok bool) {
	f.set.Add("newsmorgue_notices_total", 1, map[bool]string{true: "sent", false: "failed"}[ok])
}

// families are all figures as they are at a time.
func (m *Monitor) families(ctx context.Context, now time.Time) ([]metrics.Family, error) {
	gauge := func(name, help string, labels ...string) *metrics.Family {
		return &metrics.Family{Name: "newsmorgue_" + name, Help: help, Type: metrics.Gauge, Labels: labels}
	}
	set := func(f *metrics.Family, n float64, values ...string) {
		f.Samples = append(f.Samples, metrics.Sample{Values: values, Figure: n})
	}
	age := gauge("last_good_run_age_seconds", "Seconds since the start of the last run that did its work.", "site")
	next := gauge("next_run_timestamp_seconds", "When the next run begins, in seconds since 1970.", "site")
	running := gauge("run_in_progress", "1 while the daemon crawls the site.", "site")
	warnings := gauge("warnings", "1 for each warning that has not ended; the site is empty for the archive.", "site", "kind")
	disk := gauge("disk_free_bytes", "Bytes that are free on the disk of the archive.")
	outbox := gauge("outbox_messages", "Notices that wait to be sent.")
	build := gauge("build_info", "1, with the versions of the program, of Go and of the archive format.", "version", "go_version", "format")
	sites, _ := m.Sites() // the last good ones, if there is an error, which healthz says
	for _, s := range sites {
		last, ok, err := m.lastGood(ctx, s.Name, now)
		if err != nil {
			return nil, err
		}
		if ok {
			set(age, now.Sub(last).Seconds(), s.Name)
		}
		at, err := m.next(ctx, s, now)
		if err != nil {
			return nil, err
		}
		if !at.IsZero() {
			set(next, float64(at.Unix()), s.Name)
		}
		set(running, map[bool]float64{true: 1}[m.Daemon.Running(s.Name)], s.Name)
	}
	active, err := m.Frontier.Warnings(ctx)
	if err != nil {
		return nil, err
	}
	for _, w := range active {
		set(warnings, 1, w.Site, w.Kind)
	}
	if free, _, err := keep.DiskSpace(m.Archive.Dir()); err == nil {
		set(disk, float64(free))
	}
	waiting, err := m.Frontier.Waiting(ctx)
	if err != nil {
		return nil, err
	}
	set(outbox, float64(waiting))
	set(build, 1, m.Version, runtime.Version(), strconv.Itoa(archive.FormatVersion))
	return append(m.Figures.set.Families(), *age, *next, *running, *warnings, *disk, *outbox, *build), nil
}

// lastGood is the start of a site's last good run, whoever ran it.
func (m *Monitor) lastGood(ctx context.Context, site string, now time.Time) (at time.Time, ok bool, err error) {
	for _, limit := range []int{3, 300} {
		var runs []catalog.Run
		if runs, err = m.Catalog.RunsUntil(ctx, site, now, limit); err != nil {
			return at, false, err
		}
		for _, r := range runs {
			if warn.ReadRun(r).Good() {
				return r.Start, true, nil
			}
		}
		if len(runs) < limit {
			break
		}
	}
	return at, false, nil
}

// next is when a site's next run begins; zero if never.
func (m *Monitor) next(ctx context.Context, s Site, now time.Time) (time.Time, error) {
	if s.Paused || s.Plan.IsZero() {
		return time.Time{}, nil
	}
	last, err := m.Daemon.newest(ctx, s, s.Plan.Latest(now))
	if err != nil {
		return time.Time{}, err
	}
	_, since, err := m.Frontier.Following(ctx, s.Name)
	if err != nil {
		return time.Time{}, err
	}
	last.Start = later(last.Start, m.Daemon.triedLast(s, s.Plan.Latest(now))) // one that could not begin is tried at the next turn
	return Due(s, last, since, now), nil
}
