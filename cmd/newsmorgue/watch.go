package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func (a *app) watchCommand() *cobra.Command {
	var atOnce int
	cmd := &cobra.Command{
		Use:   "watch",
		Short: "Run all schedules until stopped (the daemon)",
		Long: `Runs all schedules of the archive until it is stopped: whenever a site is due, it is refreshed as with
newsmorgue update. A site never has two runs at the same time, and an archive no second newsmorgue watch;
newsmorgue archive and update work beside it. Edits of sites.toml take effect within seconds; while the file
has an error, the last good settings stay. Turns that were missed are caught up by one run, and recorded with
the reason. SIGTERM and Ctrl-C stop it cleanly: requests in flight are finished and kept, and the next run
continues with the rest.

` + exitHelp,
		Example: `  newsmorgue watch -a /srv/news`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if atOnce < 1 {
				return usage("--sites-at-once is %d; it must be at least 1", atOnce)
			}
			ar, err := a.open()
			if err != nil {
				return err
			}
			defer ar.Close()
			unlock, err := ar.LockWatch()
			if err != nil {
				return err
			}
			defer unlock()
			w := &watcher{app: a, ar: ar, store: a.siteStore(ar), log: a.logger(slog.LevelInfo, true), budget: keep.MemoryBudget()}
			scheduled, err := w.schedules()
			if err != nil {
				return err
			}
			if w.cat, err = catalog.Open(ar); err != nil {
				return err
			}
			defer w.cat.Close()
			if w.front, err = keep.OpenFrontier(ar); err != nil {
				return err
			}
			defer w.front.Close()
			d := &watch.Daemon{
				Sites: w.schedules,
				Last:  func(ctx context.Context, name string) (watch.LastRun, error) { return lastRun(ctx, w.cat, name) },
				Since: func(ctx context.Context, name, plan string) (time.Time, error) {
					return w.front.Followed(ctx, name, plan, time.Now())
				},
				Run:    w.run,
				Skip:   func(ctx context.Context, s keep.Skipped) error { return s.Record(ctx, ar, w.cat) },
				Logger: w.log, AtOnce: atOnce,
			}
			if !a.quiet {
				fmt.Fprintln(a.stderr, watchHead(absolute(ar.Dir()), scheduled))
			}
			if active(scheduled) == 0 {
				a.hint("newsmorgue schedule add URL -a %s --every 6h adds a schedule; it takes effect within seconds", ar.Dir())
			}
			return d.Serve(cmd.Context())
		},
	}
	cmd.Flags().IntVar(&atOnce, "sites-at-once", 4, "crawl up to this many sites at a time")
	return cmd
}

// A watcher is what the daemon needs of an archive.
type watcher struct {
	app    *app
	ar     *archive.Archive
	store  *siteStore
	cat    *catalog.Catalog
	front  *frontier.Frontier
	log    *slog.Logger
	budget *scraper.Budget

	mu   sync.Mutex
	good map[string]siteSettings // the settings, as they were valid last

	text  string // of sites.toml, read last
	sites []watch.Site
	err   error
}

// schedules reads the sites that have a schedule, paused ones included. The settings of
// a file in which all sites are valid are those of the runs from now on.
func (w *watcher) schedules() ([]watch.Site, error) {
	text, err := w.store.read()
	if err != nil {
		return nil, err
	}
	if text != w.text || w.sites == nil {
		w.text = text
		w.sites, w.err = w.readSchedules(text)
	}
	return w.sites, w.err
}

func (w *watcher) readSchedules(text string) ([]watch.Site, error) {
	sites, err := parseSites(text, w.store.path)
	if err != nil {
		return nil, err
	}
	res := []watch.Site{}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		s := sites[name]
		if !s.scheduled() {
			continue
		}
		if _, err := w.store.settings(name, s); err != nil {
			return nil, err
		}
		plan, err := s.plan()
		if err != nil {
			return nil, w.store.wrong(name, err)
		}
		res = append(res, watch.Site{Name: name, Plan: plan, Paused: s.Paused})
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.good = sites
	return res, nil
}

// run is one run of a site.
func (w *watcher) run(ctx context.Context, name string) error {
	w.mu.Lock()
	s := w.good[name]
	w.mu.Unlock()
	settings, err := w.store.settings(name, s)
	if err != nil {
		return err
	}
	run := &keep.Run{Archive: w.ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings, Refresh: keep.RefreshAuto, Logger: w.log, Budget: w.budget, Frontier: w.front}
	run.Watch = func(e scraper.Event) {
		if e.Kind == scraper.EventNotice {
			w.log.Info(e.Reason, "site", name)
		}
	}
	sum, err := run.Do(ctx)
	if sum != nil {
		w.log.Info("run ended", "site", name, "status", summaryHead(sum), "pages", sum.Pages, "articles", sum.Articles,
			"new", sum.New, "changed", sum.Changed, "failed", sum.Failed, "seeds_failed", sum.SeedsFailed, "took", formatDuration(sum.Took))
	}
	return err
}

// watchHead says what a daemon is about to do.
func watchHead(dir string, scheduled []watch.Site) string {
	const end = "; Ctrl-C stops cleanly"
	n, paused := active(scheduled), len(scheduled)-active(scheduled)
	switch {
	case n == 0 && paused == 0:
		return "nothing is scheduled in " + dir + ": waiting for a schedule" + end
	case n == 0:
		return fmt.Sprintf("nothing to do in %s: all schedules are paused (%s); waiting for a change%s", dir, count(paused, "site"), end)
	case paused > 0:
		return fmt.Sprintf("watching %s: %s scheduled, %d paused%s", dir, count(n, "site"), paused, end)
	}
	return fmt.Sprintf("watching %s: %s scheduled%s", dir, count(n, "site"), end)
}

// active is how many schedules are not paused.
func active(sites []watch.Site) int {
	n := 0
	for _, s := range sites {
		if !s.Paused {
			n++
		}
	}
	return n
}
