// Package watch is the daemon: it starts a site's refresh when its schedule
// says so, one run of a site at a time, and ends cleanly.
package watch

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// A Site is one schedule.
type Site struct {
	Name   string
	Every  schedule.Every
	Paused bool
}

// A Daemon runs what is due.
type Daemon struct {
	// Sites gives the schedules. It is asked before every decision, so that an
	// edit takes effect without a restart. An error keeps the last good ones.
	Sites func() ([]Site, error)
	// Last is when a site's newest run started; zero if it has none.
	Last func(ctx context.Context, name string) (time.Time, error)
	// Run refreshes a site. It stops early, keeping what it has, when ctx is done.
	Run    func(ctx context.Context, name string) error
	Logger *slog.Logger
	Poll   time.Duration // how often Sites is asked; 15 s if zero
	AtOnce int           // runs at a time; 4 if zero

	mu      sync.Mutex
	running map[string]bool
	tried   map[string]time.Time // starts since the daemon began, failed ones too
	sites   []Site
}

// Serve runs until ctx is done, then waits for the runs that it started.
func (d *Daemon) Serve(ctx context.Context) error {
	d.running, d.tried = map[string]bool{}, map[string]time.Time{}
	poll := d.Poll
	if poll == 0 {
		poll = 15 * time.Second
	}
	atOnce := d.AtOnce
	if atOnce == 0 {
		atOnce = 4
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	ended := make(chan struct{}, 1)
	for {
		next := d.start(ctx, &wg, atOnce, ended)
		wait := poll
		if !next.IsZero() {
			wait = min(poll, max(0, time.Until(next)))
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return nil
		case <-ended:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// start starts what is due and returns when the next site will be; zero if unknown.
func (d *Daemon) start(ctx context.Context, wg *sync.WaitGroup, atOnce int, ended chan<- struct{}) time.Time {
	sites, err := d.Sites()
	if err != nil {
		d.Logger.Error("schedules are not readable; using the last good ones", "error", err)
		sites = d.sites
	}
	d.sites = sites
	var soonest time.Time
	now := time.Now()
	for _, s := range sites {
		d.mu.Lock()
		busy, full := d.running[s.Name], len(d.running) >= atOnce
		tried := d.tried[s.Name]
		d.mu.Unlock()
		if s.Paused || busy {
			continue
		}
		last, err := d.Last(ctx, s.Name)
		if err != nil {
			d.Logger.Error("last run is not known", "site", s.Name, "error", err)
			continue
		}
		// A run that failed before it began has no record; it is not tried in a
		// loop but at its next turn.
		if tried.After(last) {
			last = tried
		}
		due := s.Every.Next(last, now)
		if due.After(now) {
			if soonest.IsZero() || due.Before(soonest) {
				soonest = due
			}
			continue
		}
		if full {
			continue // the end of a run asks again
		}
		d.mu.Lock()
		d.running[s.Name], d.tried[s.Name] = true, now
		d.mu.Unlock()
		wg.Go(func() {
			d.Logger.Info("run starts", "site", s.Name)
			if err := d.Run(ctx, s.Name); err != nil {
				d.Logger.Error("run failed", "site", s.Name, "error", err)
			}
			d.mu.Lock()
			delete(d.running, s.Name)
			d.mu.Unlock()
			select {
			case ended <- struct{}{}:
			default: // one wake-up is enough
			}
		})
	}
	return soonest
}
