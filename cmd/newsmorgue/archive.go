package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func (a *app) archiveCommand() *cobra.Command {
	var c crawlFlags
	var store storeFlags
	var input string
	var dry bool
	cmd := &cobra.Command{
		Use:   "archive URL...",
		Short: "Crawl sites, keep every response, extract every article",
		Long: `Crawls each site, keeps every response, and extracts the article from every page. Run the same command
again to resume an interrupted crawl; if the site is complete, it is refreshed as with newsmorgue update.
The flags are saved in the archive's sites.toml, so that the next run uses the same settings.

` + exitHelp,
		Example: `  newsmorgue archive https://example.org/
  newsmorgue archive https://example.org/ --max-articles 200 --exclude '/tag/'
  newsmorgue archive https://example.org/2026/11/story.html`,
		Args: args(0, -1, "URLs"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			seeds, err := a.seeds(argv, input, c.Scope)
			if err != nil {
				return err
			}
			// Report wrong settings before a folder is created.
			if _, err := c.merged(cmd, siteSettings{}).settings(); err != nil {
				return err
			}
			if _, err := store.check(); err != nil {
				return err
			}
			seeds, skipped, err := a.settle(cmd, &c, seeds)
			if err != nil {
				return err
			}
			if dry {
				return a.dryRun(cmd, &c, seeds, skipped)
			}
			if sites, info, err := a.clusterSites(cmd.Context()); sites != nil || err != nil {
				if err != nil {
					return clusterError(err)
				}
				return a.requestRuns(cmd, sites, info, &c, seeds)
			}
			ar, err := a.create(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			names, err := a.saveSettings(cmd, a.siteStore(ar), &c, seeds, nil)
			if err != nil {
				return err
			}
			return a.crawl(cmd.Context(), ar, names, crawlOptions{header: c.Header, skipped: skipped, store: &store})
		},
	}
	c.register(cmd)
	store.register(cmd)
	cmd.Flags().StringVarP(&input, "input-file", "i", "", "archive the URLs in this `file` (- is stdin), one per line; or a CSV file with a column url, whose other columns become labels of the site")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "fetch only feeds, sitemaps and a few sample pages; print what a crawl would find and how long it would take; keep nothing")
	return cmd
}

// saveSettings writes the seeds, the flags that were given and other values into
// sites.toml. It returns the names of their tables, in the order of the seeds.
func (a *app) saveSettings(cmd *cobra.Command, sites *siteStore, c *crawlFlags, seeds []seed, more map[string]any) ([]string, error) {
	var names []string
	for _, seed := range seeds {
		name, saved, err := a.settingsFor(cmd, sites, c, seed.url)
		if err != nil {
			return nil, err
		}
		values := c.given(cmd)
		maps.Copy(values, more)
		values["seeds"] = withSeed(saved.Seeds, seed.url.String())
		if len(seed.labels) > 0 {
			values["labels"] = seed.labels
		}
		if err := sites.set(name, values); err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// crawlOptions is what differs between the commands that crawl.
type crawlOptions struct {
	refresh keep.Refresh
	dial    map[string]string // host → address, for the demo
	seal    bool              // seal the journal at the end, however small
	header  []string          // extra header fields, for this run only
	skipped bool              // a seed was left out before the first request
	budget  *scraper.Budget
	show    *progress
	// frontier is shared, since several sites may use the same hosts.
	frontier *frontier.Frontier
	notices  bool // say what changed
	store    *storeFlags
	storing  *storing
	teller   *teller
}

// maxParallelSites is how many sites are crawled in parallel.
const maxParallelSites = 8

// maxFullSummaries is up to how many sites each gets a whole summary; of more, each
// gets a line.
const maxFullSummaries = 4

// crawl runs the named sites, several in parallel, shows progress and prints a
// summary of each.
func (a *app) crawl(ctx context.Context, ar *archive.Archive, names []string, o crawlOptions) error {
	sites, err := a.siteStore(ar).load()
	if err != nil {
		return err
	}
	if o.frontier, err = keep.OpenFrontier(ar); err != nil {
		return err
	}
	defer o.frontier.Close()
	if o.store != nil {
		if o.storing, err = a.startStoring(ctx, ar, o.store, nil); err != nil {
			return err
		}
		defer o.storing.end(ctx)
	}
	if o.notices {
		if o.teller, err = a.newTeller(ctx, ar, o.frontier); err != nil {
			return err
		}
		defer o.teller.close()
	}
	many := len(names) > 1
	b := *a
	b.hints = &hintSet{hold: many}
	o.budget, o.show = keep.MemoryBudget(), b.newProgress(len(names), o.storing)
	if o.show.compact() && !a.quiet {
		fmt.Fprintf(a.stderr, "crawling %d sites, %d at a time\n", len(names), maxParallelSites)
	}
	worst := exitDone
	if o.skipped {
		worst = exitPartly
	}
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	total := totals{sites: len(names)}
	slots := make(chan struct{}, maxParallelSites)
	for _, name := range names {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			sum, err := b.crawlSite(ctx, ar, name, sites[name], o)
			lines := o.teller.after(ctx, name, sum, sites[name])
			mu.Lock()
			defer mu.Unlock()
			if sum != nil {
				s := sites[name]
				if o.dial != nil {
					s.Seeds = nil // no other run could reach the demo's host
				}
				if o.teller.prints(&b, sum) {
					err = errors.Join(err, b.printResult(sum, ar.Dir(), s, o.show))
				}
				worst = max(worst, summaryExitCode(sum))
				total.add(sum)
			}
			if len(lines) > 0 && !a.json {
				o.show.above(a.stdout, []byte(strings.Join(lines, "\n")+"\n"))
			}
			switch {
			case err == nil:
			case many && ctx.Err() == nil:
				fmt.Fprintf(o.show, "newsmorgue: %s: %v\n", plain(name), err)
				worst = max(worst, exitPartly)
			default:
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
	o.show.end()
	if o.show.compact() && !a.json && !(a.quiet && o.notices) {
		total.print(&b, ar.Dir())
	}
	b.flushHints()
	if ctx.Err() != nil {
		return fail(exitInterrupted, "run the same command to resume", "%w", errInterrupted)
	}
	if len(errs) > 0 {
		return errs[0]
	}
	if worst != exitDone {
		return &exitError{code: worst, err: errReported}
	}
	return nil
}

func (a *app) crawlSite(ctx context.Context, ar *archive.Archive, name string, s siteSettings, o crawlOptions) (*keep.Summary, error) {
	if len(o.header) > 0 {
		s.Header = o.header
	}
	settings, err := a.siteStore(ar).settings(name, s)
	if err != nil {
		return nil, err
	}
	run := &keep.Run{
		Archive: ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings,
		Refresh: o.refresh, Dial: o.dial, Seal: o.seal, Budget: o.budget, Frontier: o.frontier, Hold: o.storing.hold(),
	}
	show := o.show.view(name)
	defer show.close()
	run.Logger, run.Watch, run.Begin = show.logger(), show.watch, show.begin
	return run.Do(ctx)
}

// summaryExitCode is the exit code that a run's summary calls for. What concerns
// assets only never changes it.
func summaryExitCode(s *keep.Summary) int {
	switch {
	case s.Status == keep.StatusInterrupted:
		return exitInterrupted
	case s.Nothing, s.SeedsFailed > 0, s.HostsGivenUp > 0, s.PagesFailed*20 > s.PagesAsked:
		return exitPartly
	}
	return exitDone
}

func (a *app) updateCommand() *cobra.Command {
	var c crawlFlags
	var store storeFlags
	var refresh string
	cmd := &cobra.Command{
		Use:   "update [SITE...]",
		Short: "Refresh sites: what announces pages, what that calls new or changed, and what is due",
		Long: `Refreshes the named sites, or all sites of the archive: fetches front pages, feeds and sitemaps again, the
pages that they call new or changed, articles that they no longer name, and pages that are due for another
visit. --refresh all fetches every page again. Use it from cron; newsmorgue watch does the same on its own
schedule. --max-requests-per-day is saved in sites.toml, like the flags of newsmorgue archive.

What changed is printed with the summary: new articles, edits with old and new headlines, articles that are gone,
and warnings. With --quiet, that is all, and nothing is printed if nothing changed and nothing went wrong: cron
then sends no mail.

Of a cluster, it asks the machines that own the sites for runs, as newsmorgue archive does.

` + exitHelp,
		Example: `  newsmorgue update
  newsmorgue update --quiet
  newsmorgue update example.org --refresh all`,
		Args: args(0, -1, "sites"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if refresh != "due" && refresh != "all" {
				return usage("--refresh is %q; it must be due or all", refresh)
			}
			if _, err := store.check(); err != nil {
				return err
			}
			if sites, info, err := a.clusterSites(cmd.Context()); sites != nil || err != nil {
				switch {
				case err != nil:
					return clusterError(err)
				case refresh == "all":
					return usage("--refresh all is for an archive of one machine; the machines of a cluster fetch what is due")
				case store.url != "":
					return usage("--store is for an archive of one machine; -a names the store of the cluster")
				}
				return a.requestUpdates(cmd, sites, info, &c, argv)
			}
			ar, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			sites, err := a.siteStore(ar).load()
			if err != nil {
				return err
			}
			var names []string
			for _, ref := range argv {
				name, err := pickSite(sites, ref)
				if err != nil {
					return err
				}
				names = append(names, name)
			}
			if len(argv) == 0 {
				for _, name := range slices.Sorted(maps.Keys(sites)) {
					if !sites[name].Paused {
						names = append(names, name)
					}
				}
			}
			if len(names) == 0 {
				return fail(exitFailed, "newsmorgue archive URL adds a site", "this archive has no sites to update")
			}
			if values := c.given(cmd); len(values) > 0 {
				if c.maxPerDay < 0 {
					return usage("%s is %d; it cannot be negative", maxPerDayFlag, c.maxPerDay)
				}
				for _, name := range names {
					if err := a.siteStore(ar).set(name, values); err != nil {
						return err
					}
				}
			}
			return a.crawl(cmd.Context(), ar, names, crawlOptions{refresh: keep.Refresh(refresh), notices: true, store: &store})
		},
	}
	cmd.Flags().StringVar(&refresh, "refresh", "due", "which pages to fetch again: those that are `due|all`")
	c.registerMaxPerDay(cmd)
	store.register(cmd)
	return cmd
}
