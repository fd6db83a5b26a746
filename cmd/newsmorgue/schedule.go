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
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func (a *app) scheduleCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schedule",
		Short: "Say which sites are crawled again, and how often",
		Long: `Says which sites are crawled again, and how often. Schedules are kept in the archive's sites.toml, for people
to edit; newsmorgue watch runs them.

` + exitHelp,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) > 0 {
				return fail(exitUsage, "newsmorgue schedule --help lists them", "schedule knows no %q", args[0])
			}
			return nil
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
		Short: "Crawl a site again and again",
		Long: `Adds a schedule, or changes the one that a site has. The flags of archive set how it is crawled.

` + exitHelp,
		Example: `  newsmorgue schedule add https://example.org/ --every 6h --max-pages 500`,
		Args:    args(1, 1, "one URL"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			e, err := schedule.Parse(every)
			if err != nil {
				return usage("every is %q: %v", every, err)
			}
			seed, err := parseSeed(argv[0])
			if err != nil {
				return err
			}
			for _, h := range c.Header {
				if !strings.HasPrefix(h, "@") {
					return fail(exitUsage, "write it into a file and name that: --header @FILE", "a header field of the command line is never kept, and a schedule needs it each time")
				}
			}
			ar, err := a.create()
			if err != nil {
				return err
			}
			defer ar.Close()
			book := a.siteBook(ar)
			name, kept, err := a.stanzaFor(cmd, book, &c, seed)
			if err != nil {
				return err
			}
			values := c.given(cmd)
			values["seeds"], values["every"] = withSeed(kept.Seeds, seed.String()), e.String()
			if err := book.set(name, values); err != nil {
				return err
			}
			fmt.Fprintf(a.stdout, "%s every %s\n", name, e)
			if !a.quiet {
				fmt.Fprintf(a.stderr, "newsmorgue watch -a %s runs it\n", ar.Dir())
			}
			return nil
		},
	}
	c.register(cmd)
	cmd.Flags().StringVar(&every, "every", "6h", "how `often`: 30m, 6h, 1d, hourly, daily, weekly")
	return cmd
}

// stanzaFor finds the stanza that a seed with these flags belongs to, and
// checks that the settings that come out are good ones.
func (a *app) stanzaFor(cmd *cobra.Command, book *siteBook, c *crawlFlags, seed *url.URL) (name string, kept siteSettings, err error) {
	all, err := book.load()
	if err != nil {
		return "", kept, err
	}
	scope, err := scraper.NewScope(c.Scope, seed)
	if err != nil {
		return "", kept, usage("%v", err)
	}
	name = crawlName(seed, scope)
	kept = all[name]
	_, err = c.merged(cmd, kept).settings()
	return name, kept, err
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
		Long:  "Lists the sites of the archive, their schedules, and when each ran last and is due.\n\n" + exitHelp,
		Args:  args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			ar, c, err := a.catalog()
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			sites, err := a.siteBook(ar).load()
			if err != nil {
				return err
			}
			w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
			if !a.json {
				fmt.Fprintln(w, "SITE\tEVERY\tLAST\tDUE")
			}
			for _, name := range slices.Sorted(maps.Keys(sites)) {
				s := sites[name]
				last, due, err := lastAndDue(cmd, c, name, s)
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
				fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", name, every, moment(last, "never"), dueText(s, due))
			}
			return w.Flush()
		},
	}
}

func lastAndDue(cmd *cobra.Command, c *catalog.Catalog, name string, s siteSettings) (last, due time.Time, err error) {
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
		return last, due, fail(exitFailed, "write every = \"6h\" in sites.toml", "site %s: every is %q: %v", name, s.Every, err)
	}
	return last, every.Next(last, time.Now()), nil
}

func moment(t time.Time, none string) string {
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
	return moment(due, "-")
}

func (a *app) scheduleRemove() *cobra.Command {
	return &cobra.Command{
		Use:   "remove SITE",
		Short: "Stop crawling a site; what is archived stays",
		Long:  "Takes a site's schedule out of sites.toml. Its settings and all that is archived stay.\n\n" + exitHelp,
		Args:  args(1, 1, "one site"),
		RunE: func(_ *cobra.Command, argv []string) error {
			return a.changeSchedule(argv[0], map[string]any{"every": nil, "paused": nil}, "no longer scheduled")
		},
	}
}

func (a *app) schedulePause() *cobra.Command {
	var resume bool
	cmd := &cobra.Command{
		Use:   "pause SITE",
		Short: "Leave a site's schedule out for a while; --resume ends that",
		Long:  "Leaves a site's schedule out until pause --resume.\n\n" + exitHelp,
		Args:  args(1, 1, "one site"),
		RunE: func(_ *cobra.Command, argv []string) error {
			if resume {
				return a.changeSchedule(argv[0], map[string]any{"paused": nil}, "goes on")
			}
			return a.changeSchedule(argv[0], map[string]any{"paused": true}, "paused")
		},
	}
	cmd.Flags().BoolVar(&resume, "resume", false, "let it run again")
	return cmd
}

func (a *app) changeSchedule(site string, values map[string]any, now string) error {
	ar, err := a.open()
	if err != nil {
		return err
	}
	defer ar.Close()
	book := a.siteBook(ar)
	sites, err := book.load()
	if err != nil {
		return err
	}
	name, err := pickSite(sites, site)
	if err != nil {
		return err
	}
	if sites[name].Every == "" {
		return fail(exitFailed, "newsmorgue schedule list shows what there is", "%s has no schedule", name)
	}
	if err := book.set(name, values); err != nil {
		return err
	}
	fmt.Fprintf(a.stdout, "%s: %s\n", name, now)
	return nil
}

// pickSite finds the stanza that a person means.
func pickSite(sites map[string]siteSettings, ref string) (string, error) {
	name := siteName(ref)
	if _, ok := sites[name]; ok {
		return name, nil
	}
	hint := "newsmorgue archive URL adds one"
	if known := slices.Sorted(maps.Keys(sites)); len(known) > 0 {
		hint = "the sites here: " + strings.Join(known[:min(len(known), 8)], ", ")
	}
	return "", fail(exitFailed, hint, "no site %q in this archive", ref)
}
