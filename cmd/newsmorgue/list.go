package main

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper/weburl"
)

// filterFlags select articles, for list and export.
type filterFlags struct {
	sites, kinds      []string
	since, until      string
	sections, authors []string
	languages         []string
	query             string
	minWords          int
	limit             int
}

func (f *filterFlags) register(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringArrayVar(&f.sites, "site", nil, "only this `site` (may be repeated)")
	fs.StringSliceVar(&f.kinds, "kind", nil, "only these `kinds` of pages, or all (default: article,live,gallery,video)")
	fs.StringVar(&f.since, "since", "", "published on or after this `date`")
	fs.StringVar(&f.until, "until", "", "published on or before this `date`")
	fs.StringArrayVar(&f.sections, "section", nil, "only this `section` (may be repeated)")
	fs.StringArrayVar(&f.authors, "author", nil, "only articles by this `name` (may be repeated)")
	fs.StringSliceVar(&f.languages, "language", nil, "only these `languages`; en is also en-GB")
	fs.IntVar(&f.minWords, "min-words", 0, "only articles with at least this many words")
	fs.IntVar(&f.limit, "limit", 0, "at most this many (0: all)")
}

// registerQuery adds the flag that selects by words, for commands whose arguments are no
// words.
func (f *filterFlags) registerQuery(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.query, "query", "", "only articles with these `words`, as newsmorgue search finds them")
}

var allKinds = []string{"article", "live", "gallery", "video", "section", "home", "author", "other", "blocked"}

func (f *filterFlags) filter() (catalog.Filter, error) {
	c := catalog.Filter{Sections: f.sections, Authors: f.authors, Languages: f.languages, MinWords: f.minWords, Query: f.query, Limit: f.limit}
	if f.limit < 0 {
		return c, usage("--limit is %d; it cannot be negative", f.limit)
	}
	if f.query != "" {
		if err := checkWords(c); err != nil {
			return c, err
		}
	}
	for _, s := range f.sites {
		c.Sites = append(c.Sites, siteName(s))
	}
	for _, k := range f.kinds {
		switch {
		case k == "all":
			c.All = true
		case slices.Contains(allKinds, k):
			c.Kinds = append(c.Kinds, k)
		default:
			return c, usage("--kind is %q; it must be one of %s, all", k, strings.Join(allKinds, ", "))
		}
	}
	var err error
	if c.Since, err = parseDay(f.since, false); err != nil {
		return c, err
	}
	c.Until, err = parseDay(f.until, true)
	return c, err
}

// siteName returns the name of a site that a person may also give as a URL.
func siteName(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	if _, rest, ok := strings.Cut(s, "://"); ok {
		s = rest
	}
	s = strings.TrimSuffix(s, "/")
	host, port, _ := strings.Cut(s, ":")
	if ascii, err := weburl.Host(host); err == nil && ascii != host {
		if s = ascii; port != "" {
			s += ":" + port
		}
	}
	return strings.TrimPrefix(s, "www.")
}

// parseDay reads a date, month or year: its first instant or, with end, its last.
func parseDay(s string, end bool) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, form := range []struct {
		layout  string
		y, m, d int
	}{{time.DateOnly, 0, 0, 1}, {"2006-01", 0, 1, 0}, {"2006", 1, 0, 0}} {
		if t, err := time.Parse(form.layout, s); err == nil {
			if end {
				t = t.AddDate(form.y, form.m, form.d).Add(-time.Nanosecond)
			}
			return t, nil
		}
	}
	return time.Time{}, usage("%q is not a valid date; write 2026-11-23, 2026-11 or 2026", s)
}

func (a *app) listCommand() *cobra.Command {
	var f filterFlags
	var sites, contacts, changed, gone bool
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the articles of an archive; or what changed, what is gone, its sites, or contacts",
		Long: `Lists the articles of an archive, newest first: ID, date, site, title. With --sites, lists the sites. With
--contacts, lists the contacts of publishers and departments that the sites publish: each contact once per
site, with the dates of the first and last capture that shows it.

With --changed, lists what happened to articles, newest first: edited, moved to another URL, gone, restored,
hidden by a paywall. With --gone, lists those that are gone and have not come back: error 404 or 410, a redirect
to the front page, another page in their place. Times and --since and --until are then those of the captures
that show it; newsmorgue diff shows an edit.

` + exitHelp,
		Example: `  newsmorgue list --site example.org --since 2026-11
  newsmorgue list --json | jq -r .title
  newsmorgue list --changed --since 2026-11-23
  newsmorgue list --contacts --site example.org`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter()
			if err != nil {
				return err
			}
			for _, other := range []struct {
				name string
				on   bool
			}{{"--sites", sites}, {"--changed", changed}, {"--gone", gone}} {
				if other.on && contacts {
					return usage("%s and --contacts cannot be combined", other.name)
				}
			}
			if changed || gone {
				switch {
				case sites || changed && gone:
					return usage("--changed, --gone and --sites cannot be combined")
				case len(f.sections)+len(f.authors)+len(f.languages)+len(f.kinds)+len(f.query)+f.minWords > 0:
					return usage("--changed and --gone can only be combined with --site, --since, --until and --limit")
				}
			}
			if contacts {
				switch {
				case f.since != "" || f.until != "" || len(f.sections)+len(f.authors)+len(f.languages)+len(f.kinds)+len(f.query)+f.minWords+f.limit > 0:
					return usage("--contacts can only be combined with --site, no other filter")
				}
			}
			ar, c, err := a.catalog(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			defer c.Close()
			if err := a.checkSites(cmd.Context(), ar, c, filter); err != nil {
				return err
			}
			if contacts {
				return a.listContacts(cmd, c, filter.Sites)
			}
			if changed || gone {
				return a.listChanges(cmd, c, filter, gone)
			}
			if sites {
				settings, err := a.siteStore(ar).load()
				if err != nil {
					return err
				}
				return a.listSites(cmd, c, settings)
			}
			return a.listStories(cmd, c, filter)
		},
	}
	f.register(cmd)
	f.registerQuery(cmd)
	cmd.Flags().BoolVar(&sites, "sites", false, "list sites instead")
	cmd.Flags().BoolVar(&changed, "changed", false, "list what happened to articles instead")
	cmd.Flags().BoolVar(&gone, "gone", false, "list the articles that are gone instead")
	cmd.Flags().BoolVar(&contacts, "contacts", false, "list the contacts of the sites instead")
	return cmd
}

// catalog opens an archive and its catalog for reading.
func (a *app) catalog(ctx context.Context) (*archive.Archive, *catalog.Catalog, error) {
	ar, err := a.openToRead(ctx)
	if err != nil {
		return nil, nil, err
	}
	c, err := a.catalogOf(ctx, ar)
	if err != nil {
		ar.Close()
		return nil, nil, err
	}
	if n, err := c.Unreadable(ctx); err == nil && n > 0 && !a.quiet {
		fmt.Fprintf(a.stderr, "%s of this archive cannot be read, and %s left out; newsmorgue verify lists the damage\n", count(n, "record"), map[bool]string{true: "is", false: "are"}[n == 1])
	}
	return ar, c, nil
}

// sayAfter is how long a catalog may take to open before the user is told why.
const sayAfter = 3 * time.Second

// catalogOf opens an archive's catalog for reading. Where that takes long, it says why:
// one of an earlier version is rebuilt, at about a thousand articles a second.
func (a *app) catalogOf(ctx context.Context, ar *archive.Archive) (*catalog.Catalog, error) {
	opened, told := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(told)
		select {
		case <-opened:
		case <-time.After(sayAfter):
			if !a.quiet {
				fmt.Fprintln(a.stderr, "bringing the catalog up to date, which may take minutes after an upgrade or a crash…")
			}
		}
	}()
	c, err := catalog.OpenReadOnly(ctx, ar)
	close(opened)
	<-told
	return c, err
}

// A listLine is an article of a list in JSON.
type listLine struct {
	ID        string   `json:"id"`
	URL       string   `json:"url"`
	Site      string   `json:"site"`
	Kind      string   `json:"kind"`
	Title     string   `json:"title,omitempty"`
	Byline    string   `json:"byline,omitempty"`
	Authors   []string `json:"authors,omitempty"`
	Section   string   `json:"section,omitempty"`
	Language  string   `json:"language,omitempty"`
	Published string   `json:"published,omitempty"`
	Modified  string   `json:"modified,omitempty"`
	Captured  string   `json:"captured"`
	Words     int      `json:"words"`
}

func (a *app) listStories(cmd *cobra.Command, c *catalog.Catalog, filter catalog.Filter) error {
	out := bufio.NewWriter(a.stdout)
	defer out.Flush()
	b := *a
	b.stdout = out
	n := 0
	for s, err := range c.Stories(cmd.Context(), filter) {
		if err != nil {
			return err
		}
		n++
		if a.json {
			err = b.printJSON(listLine{s.ID, s.URL, s.Site, s.Kind, s.Title, s.Byline, s.Authors, s.Section, s.Language,
				s.Published, s.Modified, s.Captured.UTC().Format(time.RFC3339), s.Words})
			if err != nil {
				return err
			}
			continue
		}
		day := s.Published
		if len(day) > 10 {
			day = day[:10]
		}
		title := s.Title
		if title == "" {
			title = s.URL
		}
		if !article.Kind(s.Kind).Story() || s.Kind != string(article.KindArticle) {
			title = "[" + s.Kind + "] " + title
		}
		fmt.Fprintf(out, "%s  %-10s  %-24s  %s\n", s.ID, day, clip(plain(s.Site), 24), clip(plain(title), 100))
	}
	if n == 0 && !a.json && !a.quiet {
		return a.explainEmptyList(cmd, c)
	}
	if err := out.Flush(); err != nil || filter.Limit > 0 {
		return err
	}
	return a.sayUnlisted(cmd.Context(), c, filter, "listed")
}

// sayUnlisted says how many pages of other kinds a list or an export leaves out.
func (a *app) sayUnlisted(ctx context.Context, c *catalog.Catalog, filter catalog.Filter, done string) error {
	if a.json || a.quiet {
		return nil
	}
	kinds, err := c.Unlisted(ctx, filter)
	if err != nil || len(kinds) == 0 {
		return err
	}
	n, parts := 0, []string(nil)
	for _, k := range sortedCounts(kinds) {
		n += k.n
		parts = append(parts, fmt.Sprintf("%d %s", k.n, k.key))
	}
	fmt.Fprintf(a.stderr, "not %s: %s of other kinds (%s); --kind all\n", done, count(n, "page"), strings.Join(parts, ", "))
	return nil
}

const noArticlesYet = "this archive has no articles yet; newsmorgue archive URL adds some"

// explainEmptyList says why a list may have no articles.
func (a *app) explainEmptyList(cmd *cobra.Command, c *catalog.Catalog) error {
	sites, err := c.SiteNames(cmd.Context())
	if err != nil {
		return err
	}
	if len(sites) == 0 {
		fmt.Fprintln(a.stderr, noArticlesYet)
	} else {
		fmt.Fprintln(a.stderr, "no matching articles; newsmorgue list --kind all lists other pages, too")
	}
	return nil
}

// checkSites reports a site of a filter that the archive does not have: neither pages
// of it nor settings.
func (a *app) checkSites(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, filter catalog.Filter) error {
	if len(filter.Sites) == 0 {
		return nil
	}
	known, err := a.siteStore(ar).load()
	if err != nil {
		return err
	}
	sites, err := c.SiteNames(ctx)
	if err != nil {
		return err
	}
	for _, name := range sites {
		known[name] = siteSettings{}
	}
	for _, s := range filter.Sites {
		if _, err := pickSite(known, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) listSites(cmd *cobra.Command, c *catalog.Catalog, settings map[string]siteSettings) error {
	sites, err := c.Sites(cmd.Context())
	if err != nil {
		return err
	}
	if a.json {
		for _, s := range sites {
			line := map[string]any{"site": s.Name, "title": s.Title, "articles": s.Articles, "pages": s.Pages,
				"bytes": s.Bytes, "first": s.First.UTC().Format(time.RFC3339), "last": s.Last.UTC().Format(time.RFC3339)}
			if labels := settings[s.Name].Labels; len(labels) > 0 {
				line["labels"] = labels
			}
			if err := a.printJSON(line); err != nil {
				return err
			}
		}
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "SITE\tARTICLES\tPAGES\tSIZE\tFIRST\tLAST")
	for _, s := range sites {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\t%s\n", plain(s.Name), s.Articles, s.Pages, size(s.Bytes), day(s.First), day(s.Last))
	}
	return w.Flush()
}

func day(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.Local().Format(time.DateOnly)
}
