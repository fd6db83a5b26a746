package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// shardOf is the shard of a site of a cluster: that of its first seed's host.
func (s siteSettings) shardOf(name string, shards int) int {
	host, _, _ := strings.Cut(name, "/")
	if len(s.Seeds) > 0 {
		if u, err := url.Parse(s.Seeds[0]); err == nil && u.Hostname() != "" {
			host = u.Hostname()
		}
	}
	return cluster.ShardOf(host, shards)
}

// requestRuns adds sites to a cluster, and asks the machines that own them for runs.
func (a *app) requestRuns(cmd *cobra.Command, sites *siteStore, info cluster.Info, c *crawlFlags, seeds []seed) error {
	for _, h := range c.Header {
		if !strings.HasPrefix(h, "@") {
			return fail(exitUsage, "write it into a file on each machine: --header @FILE", "header fields on the command line are never saved, and another machine makes the requests")
		}
	}
	requested := time.Now().UTC().Format(time.RFC3339)
	names, err := a.saveSettings(cmd, sites, c, seeds, map[string]any{"requested": requested})
	if err != nil {
		return err
	}
	all, err := sites.load()
	if err != nil {
		return err
	}
	for _, name := range names {
		shard := all[name].shardOf(name, info.Shards)
		if a.json {
			if err := a.printJSON(map[string]any{"site": name, "status": "requested", "requested": requested, "shard": shard}); err != nil {
				return err
			}
			continue
		}
		fmt.Fprintf(a.stdout, "%s: requested; the machine that owns shard %s crawls it\n", plain(name), cluster.ShardName(shard))
	}
	if !a.quiet && !a.json {
		a.hint("newsmorgue cluster status shows the machines and their shards")
	}
	return nil
}

// printPlan prints the schedule of a site of a cluster.
func (a *app) printPlan(sites map[string]siteSettings, name string) error {
	s := sites[name]
	if a.json {
		return a.printJSON(s.scheduleJSON(name, turnStatus{}))
	}
	_, err := fmt.Fprintf(a.stdout, "%s %s\n", plain(name), s.planText())
	return err
}

// listClusterSites prints the schedules of a cluster's sites, and their shards.
func (a *app) listClusterSites(store *siteStore, info cluster.Info) error {
	sites, err := store.load()
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	if !a.json {
		fmt.Fprintln(w, "SITE\tSCHEDULE\tSHARD\tREQUESTED")
	}
	for _, name := range slices.Sorted(maps.Keys(sites)) {
		s := sites[name]
		if _, err := store.scheduled(name, s); err != nil {
			return err
		}
		shard := s.shardOf(name, info.Shards)
		if a.json {
			line := s.scheduleJSON(name, turnStatus{})
			line["shard"] = shard
			if s.Requested != "" {
				line["requested"] = s.Requested
			}
			if err := a.printJSON(line); err != nil {
				return err
			}
			continue
		}
		requested, err := s.requested()
		if err != nil {
			return store.wrong(name, err)
		}
		plan := s.planText()
		if s.Paused {
			plan += ", paused"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", plain(name), plain(plan), cluster.ShardName(shard), formatTime(requested, "-"))
	}
	return w.Flush()
}

// forgetClusterSite removes a site from the sites.toml of a cluster. Its queue stays on
// the machine that owns it, where no run visits it.
func (a *app) forgetClusterSite(store *siteStore, ref string) error {
	sites, err := store.load()
	if err != nil {
		return err
	}
	name, err := pickSite(sites, ref)
	if err != nil {
		return err
	}
	if _, err := store.remove(name); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"site": name, "status": "forgotten", "settings": true})
	}
	_, err = fmt.Fprintf(a.stdout, "%s: forgotten; its table was removed from sites.toml. Its archived pages, if any, stay\n", plain(name))
	return err
}
