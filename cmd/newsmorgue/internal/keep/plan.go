package keep

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A Plan is what a run is about to do.
type Plan struct {
	Scope   string // for people
	Kind    string // of the scope: "page", "section", "site" or "domain"
	Mode    string // "new", "continue" or "update"
	Pending int    // URLs that wait from before
	Assets  string
	// While the run lasts: how many URLs are queued, and the queues of hosts, those
	// with URLs that are tried again first.
	Queued func() (int, error)
	Queues func() ([]frontier.HostQueue, error)
}

// The modes of a run.
const (
	modeNew      = "new"
	modeContinue = "continue"
	modeUpdate   = "update"
)

// plan prepares the frontier: an interrupted crawl resumes, a complete site is
// refreshed.
func (c *crawl) plan(ctx context.Context) (Plan, error) {
	p := Plan{Scope: c.scope.String(), Kind: c.scope.Kind, Mode: modeNew}
	if c.Settings.MaxRequestsPerDay != nil {
		c.mostPerDay = *c.Settings.MaxRequestsPerDay
	}
	// The run decides anew what is due, of what an earlier one had no time for.
	if err := c.front.Unqueue(ctx, c.Name); err != nil {
		return p, err
	}
	stats, err := c.front.Stats(ctx, c.Name)
	if err != nil {
		return p, err
	}
	p.Pending = stats.Pending
	if !c.Settings.NoExtract { // nothing new would count as an article
		if c.articlesBefore, err = c.front.Articles(ctx, c.Name); err != nil {
			return p, err
		}
	}
	switch {
	case stats.Known == 0:
		// Another process may have removed the site since an earlier run of this one.
		_, err := c.front.Forget(ctx, c.Name)
		return p, err
	case c.Refresh == RefreshAuto && stats.Pending > 0:
		if over, err := c.refreshLeft(ctx); err != nil || !over {
			p.Mode = modeContinue
			return p, errors.Join(err, c.front.Requeue(ctx, c.Name, frontier.Failed))
		}
	case c.Refresh == RefreshAll:
		p.Mode = modeUpdate
		return p, c.front.Requeue(ctx, c.Name, frontier.Everything)
	}
	p.Mode, c.dueOnly = modeUpdate, true
	if c.Settings.MaxRequestsPerDay == nil {
		c.mostPerDay = DayOfRefreshes
	}
	return p, c.front.Requeue(ctx, c.Name, frontier.Announcers)
}

// refreshLeft reports whether what is queued was left by a refresh that had used up the
// requests of its day, so that the next run is another refresh.
func (c *crawl) refreshLeft(ctx context.Context) (bool, error) {
	runs, err := c.cat.Runs(ctx, c.Name, 1)
	if err != nil || len(runs) == 0 || len(runs[0].Counts) == 0 {
		return false, err
	}
	var last Summary
	if err := json.Unmarshal(runs[0].Counts, &last); err != nil {
		return false, nil // written by another version
	}
	return last.Mode == "update" && last.Status == StatusLimited && last.Reason == scraper.LimitDay, nil
}

// shownQueues is how many hosts with queued URLs are told to whoever watches a run.
const shownQueues = 100

// begin tells whoever watches what the run is about to do.
func (c *crawl) begin(ctx context.Context, plan Plan) {
	if c.Begin == nil {
		return
	}
	ctx = context.WithoutCancel(ctx)
	plan.Queued = func() (int, error) {
		stats, err := c.front.Stats(ctx, c.Name)
		return stats.Pending, err
	}
	plan.Queues = func() ([]frontier.HostQueue, error) { return c.front.Queues(ctx, c.Name, shownQueues) }
	c.Begin(plan)
}
