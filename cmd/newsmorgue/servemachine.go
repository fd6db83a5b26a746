package main

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/web"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A machine tells the viewer what runs on this machine and what is scheduled, by the
// locks, the frontier and sites.toml, as newsmorgue status and schedule list do.
type machine struct {
	archive *archive.Archive
	catalog *catalog.Catalog
	sites   *siteStore
}

// overdueTurns is by how many turns a run may be late before the viewer says so.
const overdueTurns = 3

// Status implements web.Machine.
func (m *machine) Status(ctx context.Context) (*web.Status, error) {
	s := &web.Status{Sites: []web.SiteStatus{}}
	segs, err := m.archive.Segments()
	if err != nil {
		return nil, err
	}
	for _, g := range segs {
		s.Bytes += g.Bytes
	}
	for _, file := range []string{"catalog.sqlite", "frontier.sqlite"} {
		if st, err := os.Stat(filepath.Join(m.archive.Dir(), file)); err == nil {
			s.Bytes += st.Size()
		}
	}
	if free, total, err := keep.DiskSpace(m.archive.Dir()); err == nil {
		s.Free, s.Low = free, free < max(1<<30, total/20) // the default of --min-free
	}
	if entries, err := os.ReadDir(filepath.Join(m.archive.Dir(), "quarantine")); err == nil {
		for _, e := range entries[:min(len(entries), 100)] {
			s.Quarantine = append(s.Quarantine, e.Name())
		}
	}
	return s, m.readSites(ctx, s)
}

func (m *machine) readSites(ctx context.Context, s *web.Status) error {
	front, err := keep.ReadFrontier(m.archive)
	if err != nil {
		return err
	}
	defer front.Close()
	sites := map[string]*web.SiteStatus{}
	site := func(name string) *web.SiteStatus {
		if sites[name] == nil {
			sites[name] = &web.SiteStatus{Site: name}
		}
		return sites[name]
	}
	if err := m.readRunning(ctx, s, site); err != nil {
		return err
	}
	known, err := front.Sites(ctx)
	if err != nil {
		return err
	}
	now := time.Now()
	for _, name := range known {
		if err := readQueue(ctx, front, site(name), now); err != nil {
			return err
		}
	}
	if err := m.readSchedules(ctx, front, s, site, now); err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		s.Sites = append(s.Sites, *sites[name])
	}
	return nil
}

// readRunning reads the last runs, and who crawls now.
func (m *machine) readRunning(ctx context.Context, s *web.Status, site func(string) *web.SiteStatus) error {
	runs, err := m.catalog.LastRuns(ctx)
	if err != nil {
		return err
	}
	for _, r := range runs {
		t := site(r.Site)
		t.LastID, t.LastRun, t.LastStatus = r.ID, r.Start, r.Status
		if r.End.IsZero() {
			t.LastStatus = web.RunKilled
		}
	}
	held, err := m.archive.Locked()
	if err != nil {
		return err
	}
	for _, h := range held {
		if h.Site == "" {
			s.Repairing = max(h.PID, 1)
			continue
		}
		t := site(h.Site)
		t.Running, t.PID = true, h.PID
		if t.LastStatus == web.RunKilled {
			t.LastStatus, t.Since = web.RunRunning, t.LastRun
		}
	}
	return nil
}

// readQueue reads what is queued of a site and, if it is being crawled, what it waits for.
func readQueue(ctx context.Context, front *frontier.Frontier, t *web.SiteStatus, now time.Time) error {
	stats, err := front.Stats(ctx, t.Site)
	if err != nil {
		return err
	}
	t.Known, t.Queued = stats.Known, stats.Pending
	problems, err := front.Problems(ctx, t.Site)
	if err != nil {
		return err
	}
	for _, p := range problems[:min(len(problems), 10)] {
		t.Problems = append(t.Problems, web.Problem{Reason: p.Reason, URLs: p.Count, Example: p.Example})
	}
	if !t.Running {
		return nil
	}
	if t.PerMinute, err = front.Recent(ctx, t.Site, now.Add(-time.Minute)); err != nil {
		return err
	}
	queues, err := front.Queues(ctx, t.Site, 100)
	if err != nil {
		return err
	}
	var waits []wait
	for _, q := range queues {
		waits = append(waits, hostWaits(q, now, 0)...)
	}
	t.Waiting = waitTexts(waits, maxWaits)
	return nil
}

// readSchedules reads when sites are due. A sites.toml that cannot be read is a problem to
// show, and hides nothing else.
func (m *machine) readSchedules(ctx context.Context, front *frontier.Frontier, s *web.Status, site func(string) *web.SiteStatus, now time.Time) error {
	settings, err := m.sites.load()
	if err != nil {
		s.Problem = err.Error()
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		set := settings[name]
		if !set.scheduled() {
			continue
		}
		t := site(name)
		t.Schedule, t.Paused = set.planText(), set.Paused
		turn, err := set.turnStatus(ctx, m.archive, m.catalog, front, name, now)
		if err != nil {
			if ctx.Err() != nil {
				return err
			}
			s.Problem = m.sites.wrong(name, err).Error()
			continue
		}
		t.Next, t.Skipped, t.SkippedReason = turn.next, turn.skipped, skipReasons[turn.reason]
		if turn.sum != nil {
			t.LastResult = turn.result()
		}
		t.Overdue, err = overdue(ctx, front, set, name, turn, now)
		if err != nil {
			return err
		}
		t.Overdue = t.Overdue && !t.Running
	}
	return nil
}

// overdue reports whether several turns of a schedule, since it is followed and since the
// last run or try, had none.
func overdue(ctx context.Context, front *frontier.Frontier, set siteSettings, name string, turn turnStatus, now time.Time) (bool, error) {
	_, since, err := front.Following(ctx, name)
	if err != nil || set.Paused || since.IsZero() { // nobody has ever followed it
		return false, err
	}
	from := since
	for _, t := range []time.Time{turn.last.Start, turn.last.End, turn.tried} {
		if t.After(from) {
			from = t
		}
	}
	open := 0
	for at := range turn.plan.Each(from, now) {
		if turn.plan.Open(at).Equal(at) {
			open++
		}
		if open > overdueTurns {
			return true, nil
		}
	}
	return false, nil
}
