package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func (a *app) archiveCommand() *cobra.Command {
	var c crawlFlags
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
			if dry {
				return a.dryRun(cmd, &c, seeds)
			}
			ar, err := a.create()
			if err != nil {
				return err
			}
			defer ar.Close()
			names, err := a.saveSettings(cmd, ar, &c, seeds)
			if err != nil {
				return err
			}
			return a.crawl(cmd.Context(), ar, names, crawlOptions{header: c.Header})
		},
	}
	c.register(cmd)
	cmd.Flags().StringVarP(&input, "input-file", "i", "", "archive the URLs in this `file` (- is stdin), one per line; or a CSV file with a column url, whose other columns become labels of the site")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "fetch only feeds, sitemaps and a few sample pages; print what a crawl would find and how long it would take; keep nothing")
	return cmd
}

// saveSettings writes the seeds and the flags that were given into sites.toml. It
// returns the names of their tables, in the order of the seeds.
func (a *app) saveSettings(cmd *cobra.Command, ar *archive.Archive, c *crawlFlags, seeds []seed) ([]string, error) {
	sites := a.siteStore(ar)
	var names []string
	for _, seed := range seeds {
		name, saved, err := a.settingsFor(cmd, sites, c, seed.url)
		if err != nil {
			return nil, err
		}
		values := c.given(cmd)
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
	many    bool              // several sites in parallel: no status block
	budget  *scraper.Budget
	// frontier is shared, since several sites may use the same hosts.
	frontier *frontier.Frontier
}

// maxParallelSites is how many sites are crawled in parallel.
const maxParallelSites = 8

// crawl runs the named sites, several in parallel, shows progress and prints a
// summary of each.
func (a *app) crawl(ctx context.Context, ar *archive.Archive, names []string, o crawlOptions) error {
	sites, err := a.siteStore(ar).load()
	if err != nil {
		return err
	}
	worst := exitDone
	var mu sync.Mutex
	var wg sync.WaitGroup
	var errs []error
	o.many, o.budget = len(names) > 1, keep.MemoryBudget()
	if o.frontier, err = keep.OpenFrontier(ar); err != nil {
		return err
	}
	defer o.frontier.Close()
	slots := make(chan struct{}, maxParallelSites)
	for _, name := range names {
		slots <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-slots }()
			sum, err := a.crawlSite(ctx, ar, name, sites[name], o)
			mu.Lock()
			defer mu.Unlock()
			if sum != nil {
				s := sites[name]
				if o.dial != nil {
					s.Seeds = nil // no other run could reach the demo's host
				}
				err = errors.Join(err, a.printSummary(sum, ar.Dir(), s, o.many))
				worst = max(worst, summaryExitCode(sum))
			}
			switch {
			case err == nil:
			case o.many && ctx.Err() == nil:
				fmt.Fprintf(a.stderr, "newsmorgue: %s: %v\n", plain(name), err)
				worst = max(worst, exitPartly)
			default:
				errs = append(errs, err)
			}
		})
	}
	wg.Wait()
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
	settings, err := s.settings()
	if err != nil {
		return nil, fmt.Errorf("sites.toml, site %s: %w", name, err)
	}
	run := &keep.Run{
		Archive: ar, Name: name, Seeds: s.Seeds, Scope: s.Scope, Settings: settings,
		Refresh: o.refresh, Dial: o.dial, Seal: o.seal, Budget: o.budget, Frontier: o.frontier,
	}
	show := a.newProgress(name, o.many)
	run.Logger, run.Watch = show.logger(), show.watch
	if !a.quiet {
		run.Begin = show.begin
	}
	sum, err := run.Do(ctx)
	show.end()
	return sum, err
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
	var refresh string
	cmd := &cobra.Command{
		Use:   "update [SITE...]",
		Short: "Refresh sites: front pages, feeds, sitemaps and articles that are due",
		Long: `Refreshes the named sites, or all sites of the archive: fetches front pages, feeds and sitemaps again, new
pages that they link to, and articles that are due for another visit. --refresh all fetches every page
again. Use it from cron; newsmorgue watch does the same on its own schedule.

` + exitHelp,
		Example: `  newsmorgue update
  newsmorgue update example.org --refresh all`,
		Args: args(0, -1, "sites"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if refresh != "due" && refresh != "all" {
				return usage("--refresh is %q; it must be due or all", refresh)
			}
			ar, err := a.open()
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
			return a.crawl(cmd.Context(), ar, names, crawlOptions{refresh: keep.Refresh(refresh)})
		},
	}
	cmd.Flags().StringVar(&refresh, "refresh", "due", "which articles to fetch again: those that are `due|all`")
	return cmd
}
