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
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func (a *app) watchCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "watch",
		Short: "The daemon: run every schedule",
		Long: `Runs every schedule of the archive until it is told to stop: the refresh of newsmorgue update whenever a site
is due, one run of a site at a time. Edits of sites.toml take effect within seconds. SIGTERM and
Ctrl-C end it cleanly: what is being fetched is kept, the rest is done by the next run.

` + exitHelp,
		Example: `  newsmorgue watch -a /srv/news`,
		Args:    args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, err := a.open()
			if err != nil {
				return err
			}
			defer ar.Close()
			book := a.siteBook(ar)
			if _, err := watched(book); err != nil {
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
				Sites: func() ([]watch.Site, error) { return watched(book) },
				Last: func(ctx context.Context, name string) (time.Time, error) {
					runs, err := cat.Runs(ctx, name, 1)
					if err != nil || len(runs) == 0 {
						return time.Time{}, err
					}
					return runs[0].Start, nil
				},
				Run: func(ctx context.Context, name string) error {
					sites, err := book.load()
					if err != nil {
						return err
					}
					s := sites[name]
					settings, err := s.settings()
					if err != nil {
						return err
					}
					run := &keep.Run{Archive: ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings, Refresh: keep.RefreshAuto, Logger: log, Budget: budget, Frontier: front}
					sum, err := run.Do(ctx)
					if sum != nil {
						log.Info("run ended", "site", name, "status", sum.Status, "pages", sum.Pages, "articles", sum.Articles,
							"new", sum.New, "changed", sum.Changed, "failed", sum.Failed, "took", took(sum.Took))
					}
					return err
				},
				Logger: log,
			}
			if !a.quiet {
				fmt.Fprintf(a.stderr, "watching %s; Ctrl-C ends it cleanly\n", absolute(ar.Dir()))
			}
			return d.Serve(cmd.Context())
		},
	}
}

// watched are the stanzas that have a schedule.
func watched(book *siteBook) ([]watch.Site, error) {
	sites, err := book.load()
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
			return nil, fail(exitFailed, "write every = \"6h\" in sites.toml", "site %s: every is %q: %v", name, s.Every, err)
		}
		res = append(res, watch.Site{Name: name, Every: every, Paused: s.Paused})
	}
	return res, nil
}
