// Package watch is the daemon: it starts a site's refresh when its schedule
// says so, one run of a site at a time, and ends cleanly.
package watch

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// A Site is one schedule.
type Site struct {
	Name   string
	Plan   schedule.Plan
	Paused bool
	// Requested asks for a run, whatever the schedule says: if none began since, one is
	// due. Zero asks for none.
	Requested time.Time
}

// A LastRun is the newest run of a site; the zero LastRun is that there is none.
type LastRun struct {
	Start, End time.Time // End is zero if the run goes on or was killed
	// Unfinished says that the run was stopped or killed: it continues at once.
	Unfinished bool
	Failed     bool // by an error in the program or on the disk: the next turn tries again
	// AtOnce says that an unfinished run continues without a rest: its machine was lost,
	// nobody stopped it.
	AtOnce bool
}

// A Daemon runs what is due.
type Daemon struct {
	// Sites gives the schedules. It is asked before every decision, so that an
	// edit takes effect without a restart. An error keeps the last good ones.
	Sites func() ([]Site, error)
	// Last finds a site's newest run that began no later than a time, whoever ran it.
	Last func(ctx context.Context, name string, until time.Time) (LastRun, error)
	// Busy reports whether another process crawls a site; nil for never.
	Busy func(name string) bool
	// Since says since when a site's schedule is followed, given as text: turns before
	// that were never promised. It remembers when the text was another one last. An
	// empty text forgets the site.
	Since func(ctx context.Context, name, plan string) (time.Time, error)
	// Run refreshes a site. It stops early, keeping what it has, when ctx is done.
	Run func(ctx context.Context, name string) error
	// Skip records turns that had no run.
	Skip func(ctx context.Context, s keep.Skipped) error
	// Hold reports whether no run may begin now; nil for never.
	Hold   func() bool
	Logger *slog.Logger
	Poll   time.Duration // how often Sites is asked; 5 s if zero
	AtOnce int           // runs at a time; 4 if zero

	begun  time.Time      // since when it has looked at the schedules without a break
	looked time.Time      // when it did so last
	wg     sync.WaitGroup // of the runs
	ended  chan struct{}

	mu      sync.Mutex
	running map[string]context.CancelCauseFunc
	tried   map[string]time.Time // starts since the daemon began, failed ones too
	sites   []Site
	problem string // that Sites had last
	since   map[string]followed
}

// errKeepOut is why a run stops when the keep-out hours begin.
var errKeepOut = errors.New("keep-out hours")

// Serve runs until ctx is done, then waits for the runs that it started.
func (d *Daemon) Serve(ctx context.Context) error {
	d.mu.Lock()
	d.running, d.tried = map[string]context.CancelCauseFunc{}, map[string]time.Time{}
	d.mu.Unlock()
	d.since, d.ended = map[string]followed{}, make(chan struct{}, 1)
	poll := d.Poll
	if poll == 0 {
		poll = 5 * time.Second
	}
	d.looked = time.Time{}
	defer d.wg.Wait()
	for ctx.Err() == nil {
		d.look(time.Now().Round(0), poll)
		next := d.start(ctx)
		d.looked = time.Now().Round(0)
		wait := poll
		if !next.IsZero() {
			// Times are compared as the clock shows them, which may be set meanwhile.
			wait = min(poll, max(0, next.Round(0).Sub(time.Now().Round(0))))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-d.ended:
			timer.Stop()
		case <-timer.C:
		}
	}
	return nil
}

// look notices that the machine slept since the last look, or that the clock was set
// forward: nobody followed the schedules until now.
func (d *Daemon) look(now time.Time, poll time.Duration) {
	if now.Sub(d.looked) > poll+time.Minute {
		d.begun = now
	}
}

// Running reports whether the daemon crawls a site now.
func (d *Daemon) Running(name string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.running[name] != nil
}

// AnyRunning reports whether the daemon crawls any site now.
func (d *Daemon) AnyRunning() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.running) > 0
}

// turn is a site that is not being crawled, with its newest run.
type turn struct {
	Site
	last  LastRun
	tried time.Time // when the daemon began a run last
	since time.Time // when the schedule began to be followed
	due   time.Time
}

// start starts what is due and returns when the next site will be; zero if unknown.
func (d *Daemon) start(ctx context.Context) time.Time {
	now := time.Now().Round(0)
	var waiting []turn
	sites := d.schedules()
	d.forget(ctx, sites, now)
	for _, s := range sites {
		d.mu.Lock()
		stop := d.running[s.Name]
		d.mu.Unlock()
		if stop != nil && s.Plan.Open(now).After(now) {
			stop(errKeepOut) // they were edited, or the clock was set, since the run began
		}
		since, err := d.follow(ctx, s)
		if err != nil {
			d.Logger.Error("since when the schedule is followed is not known", "site", s.Name, "error", err)
		}
		if stop != nil || (s.Paused || s.Plan.IsZero()) && s.Requested.IsZero() {
			continue
		}
		latest := s.Plan.Latest(now)
		last, err := d.newest(ctx, s, latest)
		if err != nil {
			d.Logger.Error("last run is not known", "site", s.Name, "error", err)
			continue
		}
		tried := d.triedLast(s, latest)
		// A run that failed before it began has no record; it is not tried in a
		// loop but at its next turn.
		begun := last
		begun.Start = later(last.Start, tried)
		if due := Due(s, begun, since, now); !due.IsZero() {
			waiting = append(waiting, turn{s, last, tried, since, due})
		}
	}
	// Whoever waited longest is first: where all slots are always taken, names late in
	// the alphabet have their turn too.
	slices.SortStableFunc(waiting, func(a, b turn) int {
		return cmp.Or(a.due.Compare(b.due), a.last.Start.Compare(b.last.Start))
	})
	for _, t := range waiting {
		if t.due.After(now) {
			return t.due
		}
		if d.Hold != nil && d.Hold() {
			return time.Time{}
		}
		runCtx, ok := d.take(ctx, t.Name, now)
		if !ok {
			return time.Time{} // the end of a run asks again
		}
		d.recordMissed(ctx, t, now)
		d.wg.Go(func() { d.run(runCtx, t) })
	}
	return time.Time{}
}

// newest is a site's newest run that began no later than a time. One that goes on is not
// unfinished.
func (d *Daemon) newest(ctx context.Context, s Site, until time.Time) (LastRun, error) {
	last, err := d.Last(ctx, s.Name, until)
	if last.Unfinished && (d.Running(s.Name) || d.Busy != nil && d.Busy(s.Name)) {
		last.Unfinished = false
	}
	return last, err
}

// triedLast is when the daemon began a run of a site last, one that failed before it had
// a record, too; zero if that is after a time, for the clock was set back since.
func (d *Daemon) triedLast(s Site, until time.Time) time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if tried := d.tried[s.Name]; !tried.After(until) {
		return tried
	}
	return time.Time{}
}

// Follows is a schedule as text, for Daemon.Since.
func (s Site) Follows() string {
	if s.Paused {
		return "paused"
	}
	return s.Plan.String()
}

// followed is since when a schedule is followed.
type followed struct {
	plan    string
	since   time.Time
	missing time.Time // since when the schedule is missing; zero if it is not
}

// removedAfter is how long a schedule has to be missing to be removed: an editor that
// saves the file may empty it first.
const removedAfter = time.Minute

// forget forgets the schedules that were removed: if one is added again, its turns until
// then were not promised.
func (d *Daemon) forget(ctx context.Context, sites []Site, now time.Time) {
	if len(d.since) == 0 {
		return
	}
	kept := make(map[string]bool, len(sites))
	for _, s := range sites {
		kept[s.Name] = true
	}
	for name, f := range d.since {
		switch {
		case kept[name]:
			f.missing = time.Time{}
		case f.missing.IsZero():
			f.missing = now
		}
		d.since[name] = f
		if f.missing.IsZero() || now.Sub(f.missing) < removedAfter {
			continue
		}
		if _, err := d.Since(ctx, name, ""); err != nil {
			d.Logger.Error("a schedule that was removed is not forgotten", "site", name, "error", err)
			continue
		}
		delete(d.since, name)
	}
}

// follow returns since when a site's schedule is followed.
func (d *Daemon) follow(ctx context.Context, s Site) (time.Time, error) {
	plan := s.Follows()
	if f, ok := d.since[s.Name]; ok && f.plan == plan && !f.since.After(time.Now()) {
		return f.since, nil
	}
	since, err := d.Since(ctx, s.Name, plan)
	if err == nil {
		d.since[s.Name] = followed{plan: plan, since: since}
	}
	return since, err
}

// schedules are the schedules as they are now, or the last good ones.
func (d *Daemon) schedules() []Site {
	sites, err := d.Sites()
	if err == nil {
		if d.problem != "" {
			d.Logger.Info("schedules are readable again")
		}
		d.sites, d.problem = sites, ""
		return sites
	}
	if err.Error() != d.problem { // else it was said before
		d.problem = err.Error()
		d.Logger.Error("schedules are not readable; using the last good ones", "error", err)
	}
	return d.sites
}

// requestAhead is how far the clock of who asks for a run may be ahead.
const requestAhead = 10 * time.Minute

// Due is when the run after a site's last one begins, zero if never. The times of a
// cron line count since the schedule is followed.
func Due(s Site, last LastRun, since, now time.Time) time.Time {
	from := last.Start
	if !s.Plan.Cron.IsZero() {
		from = later(from, since)
	}
	due := s.Plan.Next(s.Name, from, now)
	// A request for later than now was written by a clock that is ahead, or by mistake.
	if !s.Requested.IsZero() && s.Requested.After(last.Start) && !s.Requested.After(now.Add(requestAhead)) {
		return s.Plan.Open(now)
	}
	if s.Paused {
		return time.Time{}
	}
	if last.Unfinished {
		// Not at once: someone may have stopped it, to start it in another way.
		rested := s.Plan.Open(now)
		if !last.AtOnce {
			rested = s.Plan.Open(later(now, later(last.Start, last.End).Add(schedule.Least)))
		}
		if due.IsZero() || rested.Before(due) {
			due = rested
		}
	}
	return due
}

func later(a, b time.Time) time.Time {
	if a.Before(b) {
		return b
	}
	return a
}

// take marks a site as running, if a slot is free, and gives the context of its run.
func (d *Daemon) take(ctx context.Context, name string, now time.Time) (context.Context, bool) {
	atOnce := d.AtOnce
	if atOnce == 0 {
		atOnce = 4
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.running) >= atOnce {
		return nil, false
	}
	ctx, cancel := context.WithCancelCause(ctx)
	d.running[name], d.tried[name] = cancel, now
	return ctx, true
}

// run is one run of a site, up to its keep-out hours.
func (d *Daemon) run(ctx context.Context, t turn) {
	defer func() {
		d.mu.Lock()
		d.running[t.Name](nil)
		delete(d.running, t.Name)
		d.mu.Unlock()
		select {
		case d.ended <- struct{}{}:
		default: // one wake-up is enough
		}
	}()
	now := time.Now()
	runCtx, cancel := ctx, context.CancelFunc(func() {})
	if until := t.Plan.Until(now); !until.IsZero() {
		runCtx, cancel = context.WithDeadlineCause(ctx, until, errKeepOut)
	}
	defer cancel()
	d.Logger.Info("run starts", "site", t.Name)
	err := d.Run(runCtx, t.Name)
	if context.Cause(runCtx) == errKeepOut {
		d.Logger.Info("run stopped for the keep-out hours; it continues after them", "site", t.Name)
	}
	if err == nil {
		return
	}
	d.Logger.Error("run failed", "site", t.Name, "error", err)
	last, lastErr := d.Last(context.WithoutCancel(ctx), t.Name, t.Plan.Latest(time.Now()))
	if lastErr == nil && last.Start.After(t.last.Start) {
		return // it began, and its own record says what happened
	}
	s := keep.Skipped{Site: t.Name, Reason: keep.SkippedFailed, Turns: 1, From: now, Until: now, Error: err.Error()}
	if errors.Is(err, archive.ErrBusy) {
		s.Reason = keep.SkippedBusy
	}
	d.skip(ctx, s)
}

// mostTurns is how many missed turns of a site are looked at one by one.
const mostTurns = 1000

// recordMissed records the turns since a site's last run that had none, but the last
// one: that is caught up now.
func (d *Daemon) recordMissed(ctx context.Context, t turn, now time.Time) {
	from := later(later(t.last.Start, t.tried), t.since)
	turns, n := t.Plan.Turns(from, now.Add(time.Nanosecond), mostTurns)
	if n < 2 || t.Paused { // paused, it runs because somebody asked for it
		return
	}
	earlier := n - len(turns) // that are not listed
	var group keep.Skipped
	for _, at := range turns[:len(turns)-1] {
		reason := d.missedBecause(t, at)
		if reason != group.Reason {
			d.skip(ctx, group)
			group = keep.Skipped{Site: t.Name, Reason: reason, From: at, Turns: earlier}
			earlier = 0
		}
		group.Turns++
		group.Until = at
	}
	d.skip(ctx, group)
}

// missedBecause is why a turn had no run.
func (d *Daemon) missedBecause(t turn, at time.Time) string {
	switch {
	case !at.After(t.last.End):
		return keep.SkippedOverlap
	case t.Plan.Open(at).After(at):
		return keep.SkippedKeepOut
	case at.Before(d.begun):
		return keep.SkippedDown
	}
	return keep.SkippedSlots
}

func (d *Daemon) skip(ctx context.Context, s keep.Skipped) {
	if s.Turns == 0 {
		return
	}
	d.Logger.Warn("turns without a run", "site", s.Site, "reason", s.Reason, "turns", s.Turns, "from", s.From.UTC().Format(time.RFC3339), "until", s.Until.UTC().Format(time.RFC3339))
	if err := d.Skip(context.WithoutCancel(ctx), s); err != nil {
		d.Logger.Error("turns without a run are not recorded", "site", s.Site, "error", err)
	}
}
