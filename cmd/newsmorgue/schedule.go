package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func (a *app) scheduleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Manage which sites are crawled periodically, and how often",
		Long: `Manages which sites are crawled periodically, and how often. Schedules are stored in the archive's sites.toml,
which you may also edit; newsmorgue watch runs them.

` + exitHelp,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				return nil
			}
			hint := "newsmorgue schedule --help lists the commands"
			var names []string
			for _, c := range cmd.Commands() {
				names = append(names, c.Name())
			}
			if best := nearest(args[0], names); best != "" {
				hint = "did you mean newsmorgue schedule " + best + "?"
			}
			return fail(exitUsage, hint, "unknown schedule command %q", args[0])
		},
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(a.scheduleAdd(), a.scheduleEdit(), a.scheduleList(), a.scheduleRemove(), a.schedulePause())
	return cmd
}

func (a *app) scheduleAdd() *cobra.Command {
	var c crawlFlags
	cmd := &cobra.Command{
		Use:   "add URL [--every 6h | --cron LINE]",
		Short: "Add a site to the schedule",
		Long: `Adds a site to the schedule, at an interval or by a cron line. The other flags are those of newsmorgue archive.
A time that daylight saving skips is due when the clock goes on; one that the clock shows twice is due once.

` + exitHelp,
		Example: `  newsmorgue schedule add https://example.org/ --every 6h --max-pages 500
  newsmorgue schedule add https://example.org/ --cron "0 6,18 * * mon-fri" --timezone Africa/Lagos
  newsmorgue schedule add https://example.org/ --every 1h --keep-out 08:00-20:00`,
		Args: args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if err := c.checkPlan(cmd); err != nil {
				return err
			}
			u, err := parseSeed(argv[0])
			if err != nil {
				return err
			}
			settled, _, err := a.settle(cmd, &c, []seed{{url: u, guessed: withoutScheme(argv[0])}})
			if err != nil {
				return err
			}
			u = settled[0].url
			sites, ar, err := a.scheduleSites(cmd.Context(), a.create)
			if err != nil {
				return err
			}
			if ar != nil {
				defer ar.Close()
			}
			name, saved, err := a.settingsFor(cmd, sites, &c, u)
			if err != nil {
				return err
			}
			values := c.given(cmd)
			values["seeds"] = withSeed(saved.Seeds, u.String())
			if c.Every == "" && c.Cron == "" && !saved.scheduled() {
				values["every"] = "6h"
			}
			if err := c.savePlan(sites, name, values); err != nil {
				return err
			}
			if !a.quiet && ar != nil {
				fmt.Fprintf(a.stderr, "newsmorgue watch -a %s runs the schedule\n", ar.Dir())
			}
			return a.printSchedule(cmd.Context(), ar, sites, name)
		},
	}
	c.register(cmd)
	c.registerPlan(cmd)
	return cmd
}

func (a *app) scheduleEdit() *cobra.Command {
	var c crawlFlags
	var unset []string
	cmd := &cobra.Command{
		Use:   "edit SITE",
		Short: "Change a site's schedule or crawl settings",
		Long: `Changes a site's schedule or crawl settings: those of the flags that are given, while the others stay.
newsmorgue watch takes them within seconds. Any editor does the same with the archive's sites.toml.

` + exitHelp,
		Example: `  newsmorgue schedule edit example.org --every 1h
  newsmorgue schedule edit example.org --cron "30 5 * * *" --unset max-pages`,
		Args: args(1, 1, "one site"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if err := c.checkPlan(cmd); err != nil {
				return err
			}
			sites, ar, err := a.scheduleSites(cmd.Context(), a.open)
			if err != nil {
				return err
			}
			if ar != nil {
				defer ar.Close()
			}
			all, err := sites.load()
			if err != nil {
				return err
			}
			name, err := pickSite(all, argv[0])
			if err != nil {
				return err
			}
			if _, err := c.merged(cmd, all[name]).settings(); err != nil {
				return err
			}
			values := c.given(cmd)
			for _, key := range unset {
				if settingShape(key) == "" || key == "seeds" {
					return fail(exitUsage, unsetHint(key), "--unset %s: there is no such setting", key)
				}
				values[key] = nil
			}
			if len(values) == 0 {
				return fail(exitUsage, "name a setting, as in newsmorgue schedule edit "+name+" --every 1h; or edit "+sites.path, "nothing to change")
			}
			if err := c.savePlan(sites, name, values); err != nil {
				return err
			}
			return a.printSchedule(cmd.Context(), ar, sites, name)
		},
	}
	c.register(cmd)
	c.registerPlan(cmd)
	cmd.Flags().StringArrayVar(&unset, "unset", nil, "remove this `setting`, so that its default applies (may be repeated)")
	return cmd
}

// unsetHint is what may have been meant by a setting that does not exist.
func unsetHint(key string) string {
	if best := nearest(key, settingNames()); best != "" {
		return "did you mean " + best + "?"
	}
	return "settings are the flags without the dashes in front"
}

// checkPlan refuses flags of a schedule that are wrong by themselves.
func (c *crawlFlags) checkPlan(cmd *cobra.Command) error {
	flags := cmd.Flags()
	if flags.Changed("every") && flags.Changed("cron") {
		return usage("--every and --cron exclude each other")
	}
	for _, key := range []string{"every", "cron"} {
		if flags.Changed(key) && strings.TrimSpace(flags.Lookup(key).Value.String()) == "" {
			return usage("--%s is empty", key)
		}
	}
	if _, err := c.plan(); err != nil {
		return usage("--%v", err)
	}
	for _, h := range c.Header {
		if !strings.HasPrefix(h, "@") {
			return fail(exitUsage, "write it into a file: --header @FILE", "header fields on the command line are never saved, so that scheduled runs would not have them")
		}
	}
	return nil
}

// savePlan writes settings of a site into sites.toml. An interval replaces a cron line,
// and the reverse.
func (c *crawlFlags) savePlan(sites *siteStore, name string, values map[string]any) error {
	if every, ok := values["every"].(string); ok {
		e, err := schedule.Parse(every)
		if err != nil {
			return usage("--every: %v", err)
		}
		values["every"], values["cron"] = e.String(), nil
	}
	if _, ok := values["cron"].(string); ok {
		values["every"] = nil
	}
	all, err := sites.load()
	if err != nil {
		return err
	}
	// Together with what is saved, the new settings may be wrong: keep-out hours that
	// leave nothing.
	merged := all[name]
	for key, text := range map[string]*string{"every": &merged.Every, "cron": &merged.Cron, "timezone": &merged.Timezone, "jitter": &merged.Jitter} {
		if value, ok := values[key]; ok {
			*text, _ = value.(string)
		}
	}
	if value, ok := values["keep-out"]; ok {
		merged.KeepOut, _ = value.([]string)
	}
	if _, err := merged.plan(); err != nil {
		return usage("--%v", err)
	}
	return sites.set(name, values)
}

// scheduleSites opens the sites.toml of the cluster that -a names, else that of the
// archive that open returns. Of a cluster, the archive is nil.
func (a *app) scheduleSites(ctx context.Context, open func(context.Context) (*archive.Archive, error)) (*siteStore, *archive.Archive, error) {
	if sites, _, err := a.clusterSites(ctx); sites != nil || err != nil {
		return sites, nil, clusterError(err)
	}
	ar, err := open(ctx)
	if err != nil {
		return nil, nil, err
	}
	return a.siteStore(ar), ar, nil
}

// printSchedule prints a site's schedule and, of an archive, its next turn.
func (a *app) printSchedule(ctx context.Context, ar *archive.Archive, store *siteStore, name string) error {
	sites, err := store.load()
	if err != nil {
		return err
	}
	if ar == nil {
		return a.printPlan(sites, name)
	}
	c, err := catalog.OpenReadOnly(ctx, ar)
	if err != nil {
		return err
	}
	defer c.Close()
	front, err := keep.ReadFrontier(ar)
	if err != nil {
		return err
	}
	defer front.Close()
	s := sites[name]
	t, err := s.turnStatus(ctx, ar, c, front, name, time.Now())
	if err != nil {
		return store.wrong(name, err)
	}
	if a.json {
		return a.printJSON(s.scheduleJSON(name, t))
	}
	fmt.Fprintf(a.stdout, "%s %s", name, s.planText())
	if s.scheduled() {
		fmt.Fprintf(a.stdout, ", next run: %s", nextText(s, t, time.Now()))
	}
	fmt.Fprintln(a.stdout)
	return nil
}

// scheduleJSON is a site's schedule as --json prints it.
func (s siteSettings) scheduleJSON(name string, t turnStatus) map[string]any {
	line := map[string]any{"site": name, "seeds": s.Seeds, "every": s.Every, "paused": s.Paused}
	for key, value := range map[string]string{"cron": s.Cron, "timezone": s.Timezone, "jitter": s.Jitter, "last_status": t.status} {
		if value != "" {
			line[key] = value
		}
	}
	if len(s.KeepOut) > 0 {
		line["keep_out"] = s.KeepOut
	}
	for key, at := range map[string]time.Time{"last": t.last.Start, "last_ended": t.last.End, "due": t.next} {
		if !at.IsZero() {
			line[key] = at.UTC().Format(time.RFC3339)
		}
	}
	if t.sum != nil {
		line["last_run"] = t.sum
	}
	if t.skipped > 0 {
		line["skipped"], line["skipped_reason"] = t.skipped, t.reason
	}
	return line
}

// settingsFor finds the saved settings of the crawl that a seed with these flags
// belongs to. It checks that the flags and these settings go together.
func (a *app) settingsFor(cmd *cobra.Command, sites *siteStore, c *crawlFlags, seed *url.URL) (name string, saved siteSettings, err error) {
	all, err := sites.load()
	if err != nil {
		return "", saved, err
	}
	scope, err := scraper.NewScope(c.Scope, seed)
	if err != nil {
		return "", saved, usage("%v", err)
	}
	name = crawlName(seed, scope)
	saved = all[name]
	_, err = c.merged(cmd, saved).settings()
	return name, saved, err
}

func withSeed(seeds []string, seed string) []string {
	if slices.Contains(seeds, seed) {
		return seeds
	}
	return append(slices.Clone(seeds), seed)
}

func (a *app) scheduleList() *cobra.Command {
	return &cobra.Command{
		Use:   "list",
		Short: "List the sites, when each is due, and how its last run ended",
		Long:  "Lists the sites of the archive with their schedules, when the next run is due, and when the last one was and how it\nended. Times are those of this machine's zone.\n\n" + exitHelp,
		Args:  args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			// A stored archive of one machine has no sites.toml, and is listed as one without sites.
			if sites, info, err := a.clusterSites(cmd.Context()); !errors.Is(err, cluster.ErrNotCluster) && (sites != nil || err != nil) {
				if err != nil {
					return clusterError(err)
				}
				return a.listClusterSites(sites, info)
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			store := a.siteStore(ar)
			sites, err := store.load()
			if err != nil {
				return err
			}
			front, _, err := a.readQueue(cmd.Context(), ar, "")
			if err != nil {
				return err
			}
			defer front.Close()
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			if !a.json {
				fmt.Fprintln(w, "SITE\tSCHEDULE\tLAST\tNEXT\tRESULT")
			}
			now := time.Now()
			for _, name := range slices.Sorted(maps.Keys(sites)) {
				s := sites[name]
				if s.scheduled() { // newsmorgue watch does not take the file otherwise
					if _, err := store.scheduled(name, s); err != nil {
						return err
					}
				}
				t, err := s.turnStatus(cmd.Context(), ar, c, front, name, now)
				if err != nil {
					return store.wrong(name, err)
				}
				if a.json {
					if err := a.printJSON(s.scheduleJSON(name, t)); err != nil {
						return err
					}
					continue
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", name, s.planText(), formatTime(t.last.Start, "never"), nextText(s, t, now), t.result())
			}
			return w.Flush()
		},
	}
}

// formatTime prints a time to the minute, or none if it is zero.
func formatTime(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.Local().Format("2006-01-02 15:04")
}

// nextText says when a site's next run begins.
func nextText(s siteSettings, t turnStatus, now time.Time) string {
	switch {
	case !s.scheduled():
		return "-"
	case s.Paused:
		return "paused"
	case t.next.IsZero():
		return "never"
	case !t.next.After(now):
		return "now"
	}
	return formatTime(t.next, "-")
}
