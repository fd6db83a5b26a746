package main

import (
	"context"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) scheduleRemove() *cobra.Command {
	var forget bool
	cmd := &cobra.Command{
		Use:   "remove SITE",
		Short: "Remove a site from the schedule, or with --forget from the archive's sites",
		Long: `Removes a site's schedule from sites.toml. Its settings and its archived pages stay, and newsmorgue update
still refreshes it. With --forget, the site is no longer one of the archive: its table in sites.toml and its
URLs in the crawl queue are removed, with or without a schedule, so that no run visits it again. Its archived
pages stay even then (newsmorgue suppress hides or erases pages).

` + exitHelp,
		Example: `  newsmorgue schedule remove example.org
  newsmorgue schedule remove exmaple.org --forget`,
		Args: args(1, 1, "one site"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if forget {
				return a.forget(cmd, argv[0])
			}
			values := map[string]any{}
			for _, key := range planKeys {
				values[key] = nil
			}
			return a.changeSchedule(cmd.Context(), argv[0], values, "no longer scheduled")
		},
	}
	cmd.Flags().BoolVar(&forget, "forget", false, "remove the site itself from sites.toml and the crawl queue, for example a mistyped one; archived pages stay")
	return cmd
}

// forget removes a site from sites.toml and the frontier, unless it is being crawled.
func (a *app) forget(cmd *cobra.Command, ref string) error {
	ctx := cmd.Context()
	if store, _, err := a.clusterSites(ctx); store != nil || err != nil {
		if err != nil {
			return clusterError(err)
		}
		return a.forgetClusterSite(store, ref)
	}
	ar, err := a.open(ctx)
	if err != nil {
		return err
	}
	defer ar.Close()
	store := a.siteStore(ar)
	sites, err := store.load()
	if err != nil {
		return err
	}
	front, err := keep.OpenFrontier(ar)
	if err != nil {
		return err
	}
	defer front.Close()
	// A site whose table was removed by hand still has a queue.
	queued, err := front.Sites(ctx)
	if err != nil {
		return err
	}
	for _, name := range queued {
		if _, ok := sites[name]; !ok {
			sites[name] = siteSettings{}
		}
	}
	name, err := pickSite(sites, ref)
	if err != nil {
		return err
	}
	unlock, err := ar.LockSite(name)
	if err != nil {
		return err
	}
	defer unlock()
	// The queue goes first: if the second step fails, the site is still listed, and
	// the same command works again.
	urls, err := front.Forget(ctx, name)
	if err != nil {
		return err
	}
	inFile, err := store.remove(name)
	if err != nil {
		return err
	}
	if _, err := front.Followed(ctx, name, "", time.Now()); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"site": name, "status": "forgotten", "urls": urls, "settings": inFile})
	}
	from := "its table was removed from sites.toml"
	if !inFile {
		from = "it had no table in sites.toml"
	}
	fmt.Fprintf(a.stdout, "%s: forgotten; %s, and %s from the crawl queue. Its archived pages, if any, stay\n", plain(name), from, count(urls, "URL"))
	return nil
}

func (a *app) schedulePause() *cobra.Command {
	var resume bool
	cmd := &cobra.Command{
		Use:   "pause SITE",
		Short: "Pause a site's schedule, or resume it with --resume",
		Long:  "Pauses a site's schedule until it is resumed with schedule pause --resume.\n\n" + exitHelp,
		Args:  args(1, 1, "one site"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if resume {
				return a.changeSchedule(cmd.Context(), argv[0], map[string]any{"paused": nil}, "resumed")
			}
			return a.changeSchedule(cmd.Context(), argv[0], map[string]any{"paused": true}, "paused")
		},
	}
	cmd.Flags().BoolVar(&resume, "resume", false, "resume the schedule")
	return cmd
}

// changeSchedule edits a site's schedule in sites.toml and prints its new status.
func (a *app) changeSchedule(ctx context.Context, site string, values map[string]any, status string) error {
	store, ar, err := a.scheduleSites(ctx, a.open)
	if err != nil {
		return err
	}
	if ar != nil {
		defer ar.Close()
	}
	sites, err := store.load()
	if err != nil {
		return err
	}
	name, err := pickSite(sites, site)
	if err != nil {
		return err
	}
	if !sites[name].scheduled() {
		return fail(exitFailed, "newsmorgue schedule list shows the schedules; newsmorgue schedule remove "+name+" --forget removes the site itself", "%s has no schedule", name)
	}
	if err := store.set(name, values); err != nil {
		return err
	}
	if _, ok := values["every"]; ok && ar != nil {
		if err := unfollow(ctx, ar, name); err != nil {
			return err
		}
	}
	if a.json {
		return a.printJSON(map[string]any{"site": name, "status": status})
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", name, status)
	return nil
}

// unfollow forgets since when a schedule that was removed is followed: if it is added
// again, its turns until then were not promised. A running newsmorgue watch does the same.
func unfollow(ctx context.Context, ar *archive.Archive, name string) error {
	front, err := keep.OpenFrontier(ar)
	if err != nil {
		return err
	}
	defer front.Close()
	_, err = front.Followed(ctx, name, "", time.Now())
	return err
}
