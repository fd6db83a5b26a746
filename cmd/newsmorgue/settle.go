package main

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// maxChecks is how many seeds are checked at a time before a crawl.
const maxChecks = 16

// maxNamed is how many URLs are named one by one in messages about lists of them.
const maxNamed = 5

// settle decides about new seeds before anything is saved or fetched. A seed whose
// host name does not exist is left out, so that a typo does not become a site of the
// archive; skipped reports whether there were any. A URL without a scheme means
// https, or http if no TLS connection is possible and http answers. Seeds of sites
// that are saved already stay as they are, with the saved scheme.
func (a *app) settle(cmd *cobra.Command, c *crawlFlags, seeds []seed) (settled []seed, skipped bool, err error) {
	saved, err := a.savedSites(cmd.Context())
	if err != nil {
		return nil, false, err
	}
	checks := make([]seedCheck, len(seeds))
	var wg sync.WaitGroup
	slots := make(chan struct{}, maxChecks)
	guessed := 0
	j := a.newJob()
	defer j.end()
	for i, s := range seeds {
		k := &checks[i]
		k.seed = s
		scope, err := scraper.NewScope(c.Scope, s.url)
		if err != nil {
			return nil, false, usage("%v", err)
		}
		site, known := saved[crawlName(s.url, scope)]
		if known && len(site.Seeds) > 0 {
			k.url = withSavedScheme(s, site.Seeds)
			j.step(len(seeds), "looking up hosts", "URL")
			continue
		}
		settings, err := c.merged(cmd, site).settings()
		if err != nil {
			return nil, false, err
		}
		if s.guessed {
			guessed++
			if guessed <= maxNamed && !a.quiet {
				j.say(s.url.Host + ": no scheme given; trying https")
			}
		}
		run := &keep.Run{Settings: settings}
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			k.check(cmd.Context(), run)
			j.step(len(seeds), "looking up hosts", "URL")
		})
	}
	wg.Wait()
	j.end()
	if cmd.Context().Err() != nil {
		return nil, false, fail(exitInterrupted, "nothing was fetched or saved", "%w", errInterrupted)
	}
	if guessed > maxNamed && !a.quiet {
		fmt.Fprintf(a.stderr, "%d more have no scheme; trying https\n", guessed-maxNamed)
	}
	return a.settled(checks)
}

// settled reports what the checks found and returns the seeds that stay.
func (a *app) settled(checks []seedCheck) (seeds []seed, skipped bool, err error) {
	var missing, plainHTTP []string
	for _, k := range checks {
		switch {
		case k.noHost:
			missing = append(missing, plain(k.url.Host))
			continue
		case k.why != "" && !a.quiet:
			plainHTTP = append(plainHTTP, fmt.Sprintf("%s: https: %s; using http", plain(k.url.Host), plain(k.why)))
		}
		seeds = append(seeds, k.seed)
	}
	printSome(a, plainHTTP, "use http, too")
	const hint = "check the spelling, and the network; nothing was saved about it"
	if len(seeds) == 0 {
		return nil, true, fail(exitFailed, hint, "host name not found: %s", someOf(missing))
	}
	if len(missing) > 0 {
		fmt.Fprintf(a.stderr, "newsmorgue: host name not found: %s\n", someOf(missing))
		a.hint(hint)
	}
	return seeds, len(missing) > 0, nil
}

// printSome prints the first lines of a list, and how many more there are.
func printSome(a *app, lines []string, what string) {
	for i, l := range lines {
		if i == maxNamed {
			fmt.Fprintf(a.stderr, "%d more %s\n", len(lines)-i, what)
			return
		}
		fmt.Fprintln(a.stderr, l)
	}
}

func someOf(names []string) string {
	text := strings.Join(names[:min(len(names), maxNamed)], ", ")
	if more := len(names) - maxNamed; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// savedSites reads sites.toml; there are no sites if there is no archive yet.
func (a *app) savedSites(ctx context.Context) (map[string]siteSettings, error) {
	if sites, _, err := a.clusterSites(ctx); sites != nil || err != nil {
		if err != nil {
			return nil, clusterError(err)
		}
		return sites.load()
	}
	dir := a.folder()
	if _, err := os.Stat(filepath.Join(dir, "archive.json")); err != nil {
		return nil, nil // whatever is wrong with the folder, creating or opening it says so
	}
	return (&siteStore{path: filepath.Join(dir, "sites.toml")}).load()
}

// withSavedScheme returns the URL of a seed without a scheme as a site has it saved.
func withSavedScheme(s seed, saved []string) *url.URL {
	if !s.guessed || slices.Contains(saved, s.url.String()) {
		return s.url
	}
	other := *s.url
	other.Scheme = "http"
	if slices.Contains(saved, other.String()) {
		return &other
	}
	return s.url
}

// A seedCheck is a seed and what a look at its server found.
type seedCheck struct {
	seed
	noHost bool
	why    string // why http is used instead of the guessed https
}

// check looks the host up and, if the scheme is a guess, connects to the server.
// Certificates are not checked here: the crawl reports what is wrong with one.
func (k *seedCheck) check(ctx context.Context, run *keep.Run) {
	if err := run.Resolve(ctx, k.url); errors.Is(err, scraper.ErrNoHost) {
		k.noHost = true
		return
	}
	if !k.guessed {
		return
	}
	err := run.Reach(ctx, k.url)
	if err == nil {
		return
	}
	other := *k.url
	other.Scheme = "http"
	if run.Reach(ctx, &other) != nil {
		return // the crawl will say what is wrong with https
	}
	k.why = "no connection"
	var classed interface{ Reason() string }
	if errors.As(err, &classed) {
		k.why = classed.Reason()
	}
	k.url = &other
}
