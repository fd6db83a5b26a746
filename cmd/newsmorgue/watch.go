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
			log, budget := a.logger(slog.LevelInfo), keep.MemoryBudget()
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
					settings, err := s.settings()
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
						log.Info("run ended", "site", name, "status", sum.Status, "pages", sum.Pages, "articles", sum.Articles,
							"new", sum.New, "changed", sum.Changed, "failed", sum.Failed, "seeds_failed", sum.SeedsFailed, "took", formatDuration(sum.Took))
					}
					return err
				},
				Logger: log,
			}
			if !a.quiet {
				fmt.Fprintf(a.stderr, "watching %s, %s scheduled; Ctrl-C stops cleanly\n", absolute(ar.Dir()), count(len(scheduled), "site"))
				if len(scheduled) == 0 {
					fmt.Fprintf(a.stderr, "hint: newsmorgue schedule add URL -a %s --every 6h adds a schedule, also while this runs\n", ar.Dir())
				}
			}
			return d.Serve(cmd.Context())
		},
	}
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
			return nil, badEvery(name, err)
		}
		res = append(res, watch.Site{Name: name, Every: every, Paused: s.Paused})
	}
	return res, nil
}
