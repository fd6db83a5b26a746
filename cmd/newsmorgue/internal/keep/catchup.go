package keep

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A frontier may be behind the records: its process was killed between the two, or it is
// lost, or a snapshot of another machine's. Before a run asks for anything, the records of
// all runs that the frontier does not know whole are gone through in the order of time, as
// if their answers came now: their links are queued, and their URLs are done, with the
// outcomes and at the times that they had. So exactly those URLs are done whose records are
// stored. Nothing is asked, and no host rests but one that still has asked to wait.
//
// A frontier names the runs that it knows: see frontier.Runs. A run is named after its last
// outcome is written, in the same file, so that every copy of the frontier names what it
// has and nothing else. Where records are, in which segments and in which order, plays no
// part. Of a run that is not named, the answers that the frontier has are known by the time
// of the last visit, and passed over.

// catchUp brings the frontier up to the records of the site. It returns how many answers
// it lacked.
func (c *crawl) catchUp(ctx context.Context) (n int, err error) {
	begin := time.Now()
	runs, err := unknownRuns(ctx, c.cat, c.front, c.Name)
	if err != nil || len(runs) == 0 {
		return 0, err
	}
	if c.articlesBefore, err = c.front.Articles(ctx, c.Name); err != nil {
		return 0, err
	}
	for i, run := range runs {
		until := run.End
		if until.IsZero() && i+1 < len(runs) {
			until = runs[i+1].Start
		}
		did, err := c.catchUpRun(ctx, run, until)
		n += did
		if err != nil {
			return n, fmt.Errorf("records of run %s: %w", run.ID, err)
		}
	}
	if c.Logger != nil && n > 0 {
		c.Logger.Info("the crawl queue was brought up to date from the records", "site", c.Name, "runs", len(runs), "answers", n, "seconds", time.Since(begin).Seconds())
	}
	return n, nil
}

// CatchUp brings the frontier up to the records of the site, as Do does before its first
// request, and returns how many answers it lacked. Nothing is asked of the site.
func (r *Run) CatchUp(ctx context.Context) (n int, err error) {
	err = r.open(ctx, func(c *crawl) error {
		n, err = c.catchUp(ctx)
		return err
	})
	return n, err
}

// An unknownRun is a run that a frontier does not know whole.
type unknownRun struct {
	catalog.Run
	begun bool // the frontier has queued what it visits again
}

// unknownRuns lists the runs of a site that its frontier does not know whole, the oldest
// first.
func unknownRuns(ctx context.Context, cat *catalog.Catalog, front *frontier.Frontier, site string) (unknown []unknownRun, err error) {
	known, err := front.Runs(ctx, site)
	if err != nil {
		return nil, err
	}
	killed, err := cat.Killed(ctx, site)
	if err != nil {
		return nil, err
	}
	for run, err := range cat.EachRun(ctx, []string{site}, time.Time{}) {
		if err != nil {
			return nil, err
		}
		early := run.Start.Before(known.Since)
		whole, begun := known.Known[run.ID]
		if whole || run.Status == catalog.StatusSkipped || early && !killed[run.ID] || run.Start.Before(known.Forgotten) {
			continue
		}
		unknown = append(unknown, unknownRun{run, begun || early})
	}
	return unknown, nil
}

// catchUpRun takes the records of one run. No record of it is later than a time; zero is
// not known.
func (c *crawl) catchUpRun(ctx context.Context, run unknownRun, until time.Time) (n int, err error) {
	if !run.begun {
		if err := c.requeueAs(ctx, run); err != nil {
			return 0, err
		}
	}
	var reqs []*scraper.Request
	for _, u := range c.seeds {
		reqs = append(reqs, &scraper.Request{URL: u, Site: c.Name})
	}
	again, err := c.crawler(nil, nil).Replay(ctx, reqs...)
	if err != nil {
		return 0, err
	}
	p := &replayer{crawl: c, again: again, waiting: map[string]waiting{},
		keeper: &Keeper{Writer: c.writer, Catalog: c.cat, Logger: c.Logger, RunID: run.ID, Started: run.Start, NoExtract: c.Settings.NoExtract}}
	err = c.cat.CapturesBy(ctx, run.ID, run.Start, until, func(caps []archive.Capture) error { return p.takeAll(ctx, caps) })
	if err != nil {
		return p.taken, err
	}
	if run.Status == StatusComplete || run.Status == StatusNothing {
		if _, err := c.front.Settle(ctx, c.Name, run.End); err != nil {
			return p.taken, err
		}
	}
	// More of its records may come, late, from another machine: see frontier.ReopenRun.
	return p.taken, c.front.EndRun(ctx, c.Name, run.ID)
}

// requeueAs queues what a run visited again, as the run did at its start.
func (c *crawl) requeueAs(ctx context.Context, run unknownRun) error {
	start, err := c.cat.Record(ctx, run.ID)
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		start = &archive.Record{}
	} else if err != nil {
		return err
	}
	if err := c.front.Unqueue(ctx, c.Name); err != nil {
		return err
	}
	fields := warcinfo(start.Payload)
	switch {
	case fields["newsmorgue-mode"] == modeContinue:
		err = c.front.RequeueAt(ctx, c.Name, frontier.Failed, run.Start)
	case fields["newsmorgue-mode"] != modeUpdate:
	case fields["newsmorgue-refresh"] == string(RefreshAll):
		err = c.front.RequeueAt(ctx, c.Name, frontier.Everything, run.Start)
	default:
		err = c.front.RequeueAt(ctx, c.Name, frontier.Announcers, run.Start)
	}
	if err != nil {
		return err
	}
	return c.front.BeginRun(ctx, c.Name, run.ID)
}

// warcinfo reads the lines of a warcinfo record.
func warcinfo(body []byte) map[string]string {
	fields := map[string]string{}
	for line := range strings.Lines(string(body)) {
		if name, value, ok := strings.Cut(line, ":"); ok {
			fields[strings.ToLower(strings.TrimSpace(name))] = strings.TrimSpace(value)
		}
	}
	return fields
}
