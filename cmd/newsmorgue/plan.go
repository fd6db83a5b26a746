package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"
	_ "time/tzdata" // machines without a database of time zones know them, too

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// registerPlan adds the flags of a schedule, which are saved like those of a crawl.
func (c *crawlFlags) registerPlan(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&c.Every, "every", "", "the `interval`: 30m, 6h, 1d, hourly, daily, weekly; at least 5m (default 6h, without --cron)")
	f.StringVar(&c.Cron, "cron", "", "a cron `line` instead of an interval: minute, hour, day of the month, month, day of the week, or @daily and the like")
	f.StringVar(&c.Timezone, "timezone", "", "the `zone` of --cron and --keep-out, for example Africa/Lagos (default: that of this machine)")
	f.StringArrayVar(&c.KeepOut, "keep-out", nil, "leave the site alone in these `hours`, for example \"08:00-20:00\" or \"Sat,Sun 00:00-24:00\" (may be repeated)")
	f.StringVar(&c.Jitter, "jitter", "", "move each turn by up to this `time`, always the same for a site and turn (default: a tenth of the interval, at most 15m; with --cron, later by up to 2m; 0: never)")
}

// planKeys are the settings of a schedule.
var planKeys = []string{"every", "cron", "timezone", "keep-out", "jitter", "paused"}

// scheduled reports whether the site has a schedule.
func (s siteSettings) scheduled() bool { return s.Every != "" || s.Cron != "" }

// plan reads when a site is crawled. The text of an error begins with the setting's
// name. Without a schedule the plan is the zero one, but its settings are checked.
func (s siteSettings) plan() (p schedule.Plan, err error) {
	bad := func(key string, err error) (schedule.Plan, error) {
		hint := map[string]string{
			"every": `write every = "6h" in sites.toml`, "cron": `write cron = "0 6 * * *" in sites.toml`, "timezone": `write timezone = "Africa/Lagos" in sites.toml`,
			"keep-out": `write keep-out = ["08:00-20:00"] in sites.toml`, "jitter": `write jitter = "5m" in sites.toml`,
		}[key]
		return schedule.Plan{}, fail(exitFailed, hint, "%s: %w", key, err)
	}
	if s.Every != "" && s.Cron != "" {
		return p, fail(exitFailed, "remove one of them", "cron: a site has either every or cron")
	}
	if s.Every != "" {
		if p.Every, err = schedule.Parse(s.Every); err != nil {
			return bad("every", err)
		}
	}
	if s.Cron != "" {
		if p.Cron, err = schedule.ParseCron(s.Cron); err != nil {
			return bad("cron", err)
		}
	}
	if p.Zone, err = schedule.LoadZone(s.Timezone); err != nil {
		return bad("timezone", err)
	}
	for _, hours := range s.KeepOut {
		k, err := schedule.ParseKeepOut(hours)
		if err != nil {
			return bad("keep-out", err)
		}
		p.KeepOut = append(p.KeepOut, k)
	}
	if err := p.Check(); err != nil {
		return bad("keep-out", err)
	}
	p.Jitter = -1
	if s.Jitter != "" {
		if p.Jitter, err = parseTime(s.Jitter); err != nil {
			return bad("jitter", fmt.Errorf("%q is not a valid time such as 5m or 0", s.Jitter))
		}
	}
	return p, nil
}

// planText says when a site is crawled: "every 6h", or a cron line with its zone.
func (s siteSettings) planText() string {
	text := "-"
	switch {
	case s.Cron != "":
		text = strings.TrimSpace(s.Cron + " " + s.Timezone)
	case s.Every != "":
		text = "every " + s.Every
	}
	if s.scheduled() && len(s.KeepOut) > 0 {
		text += ", not " + strings.Join(s.KeepOut, ", ")
	}
	return text
}

// lastRun is a site's newest run that began no later than a time.
func lastRun(ctx context.Context, c *catalog.Catalog, name string, until time.Time) (watch.LastRun, error) {
	runs, err := c.RunsUntil(ctx, name, until, 1)
	if err != nil || len(runs) == 0 {
		return watch.LastRun{}, err
	}
	return readLastRun(runs[0]), nil
}

func readLastRun(r catalog.Run) watch.LastRun {
	return watch.LastRun{Start: r.Start, End: r.End, Unfinished: r.End.IsZero() || r.Status == keep.StatusInterrupted, Failed: r.Status == keep.StatusFailed}
}

// A turnStatus is how a site's schedule stands.
type turnStatus struct {
	plan    schedule.Plan
	last    watch.LastRun
	status  string        // of the last run: statusRunning or statusKilled, if it has not ended
	sum     *keep.Summary // of the last run; nil if it has none
	skipped int           // turns since the last run that had none
	reason  string        // of the newest of these
	tried   time.Time     // when a run could not begin last, since the last run
	next    time.Time     // zero if there is none
}

// What became of a run whose record has no end.
const (
	statusRunning = "running"
	statusKilled  = "killed"
)

// turnStatus reads how a site's schedule stands.
func (s siteSettings) turnStatus(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, front *frontier.Frontier, name string, now time.Time) (t turnStatus, err error) {
	if t.plan, err = s.plan(); err != nil {
		return t, err
	}
	latest := t.plan.Latest(now)
	if err := t.readRuns(ctx, ar, c, name, latest); err != nil {
		return t, err
	}
	if s.scheduled() && !s.Paused {
		site := watch.Site{Name: name, Plan: t.plan}
		follows, since, err := front.Following(ctx, name)
		if err != nil || follows != site.Follows() || since.After(now) {
			since = now // as from the moment at which newsmorgue watch sees it
		}
		begun := t.last
		if t.tried.After(begun.Start) {
			begun.Start = t.tried // the next try is at the next turn
		}
		t.next = watch.Due(site, begun, since, now)
	}
	return t, nil
}

// readRuns reads a site's newest run that began no later than a time, and the turns since
// that had none.
func (t *turnStatus) readRuns(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, name string, until time.Time) error {
	runs, err := c.RunsUntil(ctx, name, until, 1)
	if err != nil {
		return err
	}
	for _, r := range runs {
		t.last, t.status = readLastRun(r), r.Status
		if t.last.Unfinished && ar.SiteLocked(name) {
			t.status, t.last.Unfinished = statusRunning, false
		} else if r.End.IsZero() {
			t.status = statusKilled
		}
		var sum keep.Summary
		if t.status == r.Status && len(r.Counts) > 0 && json.Unmarshal(r.Counts, &sum) == nil {
			t.sum = &sum
		}
	}
	const recent = 50
	history, err := c.HistoryUntil(ctx, name, until, recent)
	if err != nil {
		return err
	}
	for _, r := range history {
		if r.Status != catalog.StatusSkipped {
			break
		}
		var skipped keep.Skipped
		if json.Unmarshal(r.Counts, &skipped) == nil {
			t.skipped += skipped.Turns
			if t.reason == "" {
				t.reason = skipped.Reason
			}
			if t.tried.IsZero() && (skipped.Reason == keep.SkippedFailed || skipped.Reason == keep.SkippedBusy) {
				t.tried = skipped.From
			}
		}
	}
	return nil
}

// result says how the last run ended, and what it found.
func (t turnStatus) result() string {
	text := t.status // "" if there was no run
	if t.sum != nil {
		text = fmt.Sprintf("%s: %s, %d new, %d changed", summaryHead(t.sum), count(t.sum.Pages, "page"), t.sum.New, t.sum.Changed)
		if t.sum.Gone > 0 {
			text += fmt.Sprintf(", %d gone", t.sum.Gone)
		}
		if t.sum.Failed > 0 {
			text += ", " + count(t.sum.Failed, "error")
		}
	}
	switch skipped := count(t.skipped, "turn") + " without a run"; {
	case t.skipped == 0 && text == "":
		return "-"
	case t.skipped == 0:
		return text
	case text == "":
		return fmt.Sprintf("%s (%s)", skipped, skipReasons[t.reason])
	default:
		return fmt.Sprintf("%s; %s since (%s)", text, skipped, skipReasons[t.reason])
	}
}

// skipReasons say why turns had no run.
var skipReasons = map[string]string{
	keep.SkippedBusy: "crawled by another process", keep.SkippedOverlap: "the run before was still going on", keep.SkippedKeepOut: "keep-out hours",
	keep.SkippedDown: "newsmorgue watch was not running", keep.SkippedSlots: "too many other runs at that time", keep.SkippedFailed: "the run could not begin",
}
