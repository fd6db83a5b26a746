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
		Long: `Crawls each site, keeps every response, and reads the article out of every page. The same command again
continues what was interrupted; if the site is complete, it refreshes it as newsmorgue update does.
The flags are kept in the archive's sites.toml, so that the next run is the same crawl.

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
			// Wrong settings are told before a folder is made.
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
			names, err := a.keepSettings(cmd, ar, &c, seeds)
			if err != nil {
				return err
			}
			return a.crawl(cmd.Context(), ar, names, crawlOptions{header: c.Header})
		},
	}
	c.register(cmd)
	cmd.Flags().StringVarP(&input, "input-file", "i", "", "archive the URLs of this `file`, one a line; or a CSV with a column url, whose other columns are kept as labels of the site (- is stdin)")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "ask only for what announces pages, and a few pages; print what a crawl would find and take, keep nothing")
	return cmd
}

// keepSettings writes seeds and given flags into the stanzas of sites.toml and
// returns their names, in the order of the seeds.
func (a *app) keepSettings(cmd *cobra.Command, ar *archive.Archive, c *crawlFlags, seeds []seed) ([]string, error) {
	book := a.siteBook(ar)
	var names []string
	for _, seed := range seeds {
		name, kept, err := a.stanzaFor(cmd, book, c, seed.url)
		if err != nil {
			return nil, err
		}
		values := c.given(cmd)
		values["seeds"] = withSeed(kept.Seeds, seed.url.String())
		if len(seed.labels) > 0 {
			values["labels"] = seed.labels
		}
		if err := book.set(name, values); err != nil {
			return nil, err
		}
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names, nil
}

// crawlOptions are what differs between the commands that crawl.
type crawlOptions struct {
	refresh keep.Refresh
	dial    map[string]string // host → address, for the demo
	seal    bool              // seal the journal at the end, however small
	header  []string          // header fields of this call alone
	many    bool              // several sites at once: no status block
	budget  *scraper.Budget
	// frontier keeps the clocks of all hosts, which the sites may share.
	frontier *frontier.Frontier
}

// sitesAtOnce is how many sites are crawled side by side; their hosts differ.
const sitesAtOnce = 8

// crawl runs the named sites, several at a time, shows how it goes and prints
// what came of each.
func (a *app) crawl(ctx context.Context, ar *archive.Archive, names []string, o crawlOptions) error {
	sites, err := a.siteBook(ar).load()
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
	turns := make(chan struct{}, sitesAtOnce)
	for _, name := range names {
		turns <- struct{}{}
		if ctx.Err() != nil {
			break
		}
		wg.Go(func() {
			defer func() { <-turns }()
			sum, err := a.crawlSite(ctx, ar, name, sites[name], o)
			mu.Lock()
			defer mu.Unlock()
			if sum != nil {
				err = errors.Join(err, a.printSummary(sum, ar.Dir()))
				worst = max(worst, sumCode(sum))
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
	if len(errs) > 0 {
		return errs[0]
	}
	if ctx.Err() != nil {
		return ctx.Err()
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
		return nil, err
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

// sumCode is the exit code of a run, as every command's help lists them.
func sumCode(s *keep.Summary) int {
	switch {
	case s.Status == keep.StatusInterrupted:
		return exitInterrupted
	case s.Pages == 0 && s.Revisits == 0 && s.SeedsFailed > 0:
		return exitFailed
	case s.SeedsFailed > 0, s.HostsGivenUp > 0, s.Failed*20 > s.Asked:
		return exitPartly
	}
	return exitDone
}

func (a *app) updateCommand() *cobra.Command {
	var refresh string
	cmd := &cobra.Command{
		Use:   "update [SITE...]",
		Short: "Refresh sites: fronts, feeds, sitemaps, and what is due",
		Long: `Refreshes the named sites, or all of the archive: asks for fronts, feeds and sitemaps again, for the pages
they announce, and for articles that are due another look. --refresh all asks for every page again.
This is what cron calls; newsmorgue watch is the same with a clock of its own.

` + exitHelp,
		Example: `  newsmorgue update
  newsmorgue update example.org --refresh all`,
		Args: args(0, -1, "sites"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if refresh != "due" && refresh != "all" {
				return usage("refresh is %q; it is due or all", refresh)
			}
			ar, err := a.open()
			if err != nil {
				return err
			}
			defer ar.Close()
			sites, err := a.siteBook(ar).load()
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
	cmd.Flags().StringVar(&refresh, "refresh", "due", "ask again for what is `due|all`")
	return cmd
}
