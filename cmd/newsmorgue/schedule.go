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

	"github.com/newsmorgue/newsmorgue/archive/catalog"
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
	cmd.AddCommand(a.scheduleAdd(), a.scheduleList(), a.scheduleRemove(), a.schedulePause())
	return cmd
}

func (a *app) scheduleAdd() *cobra.Command {
	var c crawlFlags
	var every string
	cmd := &cobra.Command{
		Use:   "add URL --every 6h",
		Short: "Add a site to the schedule, or change its interval",
		Long: `Adds a site to the schedule, or changes its interval. The flags are those of newsmorgue archive.

` + exitHelp,
		Example: `  newsmorgue schedule add https://example.org/ --every 6h --max-pages 500`,
		Args:    args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			e, err := schedule.Parse(every)
			if err != nil {
				return usage("--every: %v", err)
			}
			u, err := parseSeed(argv[0])
			if err != nil {
				return err
			}
			for _, h := range c.Header {
				if !strings.HasPrefix(h, "@") {
					return fail(exitUsage, "write it into a file: --header @FILE", "header fields on the command line are never saved, so that scheduled runs would not have them")
				}
			}
			settled, _, err := a.settle(cmd, &c, []seed{{url: u, guessed: withoutScheme(argv[0])}})
			if err != nil {
				return err
			}
			u = settled[0].url
			ar, err := a.create()
			if err != nil {
				return err
			}
			defer ar.Close()
			sites := a.siteStore(ar)
			name, saved, err := a.settingsFor(cmd, sites, &c, u)
			if err != nil {
				return err
			}
			values := c.given(cmd)
			values["seeds"], values["every"] = withSeed(saved.Seeds, u.String()), e.String()
			if err := sites.set(name, values); err != nil {
				return err
			}
			if !a.quiet {
				fmt.Fprintf(a.stderr, "newsmorgue watch -a %s runs the schedule\n", ar.Dir())
			}
			if a.json {
				return a.printJSON(map[string]any{"site": name, "every": e.String()})
			}
			fmt.Fprintf(a.stdout, "%s every %s\n", name, e)
			return nil
		},
	}
	c.register(cmd)
	cmd.Flags().StringVar(&every, "every", "6h", "the `interval`: 30m, 6h, 1d, hourly, daily, weekly; at least 5m")
	return cmd
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
		Short: "List the sites and when each is due",
		Long:  "Lists the sites of the archive with their schedules, the time of their last run, and when the next is due.\n\n" + exitHelp,
		Args:  args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, c, err := a.catalog()
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
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			if !a.json {
				fmt.Fprintln(w, "SITE\tEVERY\tLAST\tDUE")
			}
			for _, name := range slices.Sorted(maps.Keys(sites)) {
				s := sites[name]
				last, due, err := lastAndDue(cmd, c, store, name, s)
				if err != nil {
					return err
				}
				if a.json {
					line := map[string]any{"site": name, "seeds": s.Seeds, "every": s.Every, "paused": s.Paused}
					if !last.IsZero() {
						line["last"] = last.UTC().Format(time.RFC3339)
					}
					if !due.IsZero() {
						line["due"] = due.UTC().Format(time.RFC3339)
					}
					if err := a.printJSON(line); err != nil {
						return err
					}
					continue
				}
				every := s.Every
				if every == "" {
					every = "-"
				}
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, every, formatTime(last, "never"), dueText(s, due))
			}
			return w.Flush()
		},
	}
}

func lastAndDue(cmd *cobra.Command, c *catalog.Catalog, store *siteStore, name string, s siteSettings) (last, due time.Time, err error) {
	runs, err := c.Runs(cmd.Context(), name, 1)
	if err != nil {
		return last, due, err
	}
	if len(runs) > 0 {
		last = runs[0].Start
	}
	if s.Every == "" || s.Paused {
		return last, due, nil
	}
	every, err := schedule.Parse(s.Every)
	if err != nil {
		return last, due, store.wrong(name, badEvery(err))
	}
	return last, every.Next(last, time.Now()), nil
}

// badEvery is the error of an interval in sites.toml.
func badEvery(err error) error {
	return fail(exitFailed, "write every = \"6h\" in sites.toml", "every: %w", err)
}

// formatTime prints a time to the minute, or none if it is zero.
func formatTime(t time.Time, none string) string {
	if t.IsZero() {
		return none
	}
	return t.Local().Format("2006-01-02 15:04")
}

func dueText(s siteSettings, due time.Time) string {
	switch {
	case s.Paused:
		return "paused"
	case due.IsZero():
		return "-"
	case !due.After(time.Now()):
		return "now"
	}
	return formatTime(due, "-")
}

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
			return a.changeSchedule(argv[0], map[string]any{"every": nil, "paused": nil}, "no longer scheduled")
		},
	}
	cmd.Flags().BoolVar(&forget, "forget", false, "remove the site itself from sites.toml and the crawl queue, for example a mistyped one; archived pages stay")
	return cmd
}

// forget removes a site from sites.toml and the frontier, unless it is being crawled.
func (a *app) forget(cmd *cobra.Command, ref string) error {
	ctx := cmd.Context()
	ar, err := a.open()
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
		RunE: func(_ *cobra.Command, argv []string) error {
			if resume {
				return a.changeSchedule(argv[0], map[string]any{"paused": nil}, "resumed")
			}
			return a.changeSchedule(argv[0], map[string]any{"paused": true}, "paused")
		},
	}
	cmd.Flags().BoolVar(&resume, "resume", false, "resume the schedule")
	return cmd
}

// changeSchedule edits a site's schedule in sites.toml and prints its new status.
func (a *app) changeSchedule(site string, values map[string]any, status string) error {
	ar, err := a.open()
	if err != nil {
		return err
	}
	defer ar.Close()
	store := a.siteStore(ar)
	sites, err := store.load()
	if err != nil {
		return err
	}
	name, err := pickSite(sites, site)
	if err != nil {
		return err
	}
	if sites[name].Every == "" {
		return fail(exitFailed, "newsmorgue schedule list shows the schedules; newsmorgue schedule remove "+name+" --forget removes the site itself", "%s has no schedule", name)
	}
	if err := store.set(name, values); err != nil {
		return err
	}
	if a.json {
		return a.printJSON(map[string]any{"site": name, "status": status})
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", name, status)
	return nil
}

// pickSite finds the site of sites.toml that a person means, by its name or a URL.
func pickSite(sites map[string]siteSettings, ref string) (string, error) {
	_, rest, hasScheme := strings.Cut(ref, "://")
	if !hasScheme {
		rest = ref
	}
	// The names of crawls of a page have its path, which may have capitals.
	for _, name := range []string{ref, rest, siteName(ref)} {
		if _, ok := sites[name]; ok {
			return name, nil
		}
	}
	hint := "newsmorgue archive URL adds one"
	known := slices.Sorted(maps.Keys(sites))
	if best := nearest(siteName(ref), known); best != "" {
		hint = "did you mean " + best + "?"
	} else if len(known) > 0 {
		hint = "its sites: " + someOf(known)
	}
	return "", fail(exitFailed, hint, "no site %q in this archive", ref)
}
