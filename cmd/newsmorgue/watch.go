package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch",
		Short: "Run all schedules until stopped (the daemon)",
		Long: `Runs all schedules of the archive until it is stopped: whenever a site is due, it is refreshed as with
newsmorgue update. A site never has two runs at the same time. Edits of sites.toml take effect within
seconds. SIGTERM and Ctrl-C stop it cleanly: requests in flight are finished and kept, and the next run
continues with the rest.

` + exitHelp,
		Example: `  newsmorgue watch -a /srv/news`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, err := a.open()
			if err != nil {
				return err
			}
			defer ar.Close()
			store := a.siteStore(ar)
			scheduled, err := scheduledSites(store)
			if err != nil {
				return err
			}
			cat, err := catalog.Open(ar)
			if err != nil {
				return err
			}
			defer cat.Close()
			front, err := keep.OpenFrontier(ar)
			if err != nil {
				return err
			}
			defer front.Close()
			log, budget := a.logger(slog.LevelInfo, true), keep.MemoryBudget()
			d := &watch.Daemon{
				Sites: func() ([]watch.Site, error) { return scheduledSites(store) },
				Last: func(ctx context.Context, name string) (time.Time, error) {
					runs, err := cat.Runs(ctx, name, 1)
					if err != nil || len(runs) == 0 {
						return time.Time{}, err
					}
					return runs[0].Start, nil
				},
				Run: func(ctx context.Context, name string) error {
					sites, err := store.load()
					if err != nil {
						return err
					}
					s := sites[name]
					settings, err := store.settings(name, s)
					if err != nil {
						return err
					}
					run := &keep.Run{Archive: ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings, Refresh: keep.RefreshAuto, Logger: log, Budget: budget, Frontier: front}
					run.Watch = func(e scraper.Event) {
						if e.Kind == scraper.EventNotice {
							log.Info(e.Reason, "site", name)
						}
					}
					sum, err := run.Do(ctx)
					if sum != nil {
						log.Info("run ended", "site", name, "status", summaryHead(sum), "pages", sum.Pages, "articles", sum.Articles,
							"new", sum.New, "changed", sum.Changed, "failed", sum.Failed, "seeds_failed", sum.SeedsFailed, "took", formatDuration(sum.Took))
					}
					return err
				},
				Logger: log,
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

// scheduledSites reads the sites that have a schedule, paused ones included.
func scheduledSites(store *siteStore) ([]watch.Site, error) {
	sites, err := store.load()
	if err != nil {
		return nil, err
	}
	var res []watch.Site
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		s := sites[name]
		if s.Every == "" {
			continue
		}
		every, err := schedule.Parse(s.Every)
		if err != nil {
			return nil, store.wrong(name, badEvery(err))
		}
		res = append(res, watch.Site{Name: name, Every: every, Paused: s.Paused})
	}
	return res, nil
}
