package main

import (
	"bufio"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A statsReport is what stats --json prints.
type statsReport struct {
	catalog.Stats
	By     string       `json:"by"`     // "day", "week" or "month"
	Series []periodLine `json:"series"` // only periods with articles, in order
}

// A periodLine is how many articles were published in a period.
type periodLine struct {
	From     string `json:"from"` // its first day; weeks begin on Monday
	Articles int    `json:"articles"`
}

func (a *app) statsCommand() *cobra.Command {
	var f filterFlags
	var by string
	var top int
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "Show figures about the articles: per day, site, section, language, length, fields",
		Long: `Shows figures about the articles of an archive: how many were published per day, by site, section, language
and kind; how long they are; how many have each field; how many of the announced pages are archived; and days
without articles of sites that publish daily. Flags select articles as they do for newsmorgue list;
--limit takes the newest.

Days are those that the pages show, each in its own time zone. A text counts as filled from 25 words, where
two letters of Chinese, Japanese or Thai are a word; lengths are counts of words between spaces. The coverage is
that of whole sites, as their last runs counted it. A site publishes daily if it has articles on 14 days or more
and, nine times of ten, also on the day after.

With --json, one object: articles; published and captured (first, last); by and series (from, articles: periods
with articles); sites, sections, languages and kinds (values with articles and share, other_values,
other_articles, missing); words (quartiles and a histogram); fields (articles, share); gaps; coverage.

` + exitHelp,
		Example: `  newsmorgue stats -a newsmorgue-demo
  newsmorgue stats --site example.org --since 2026 --by month
  newsmorgue stats --json | jq -r '.fields[] | [.field, .share] | @tsv'`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			filter, err := f.filter()
			switch {
			case err != nil:
				return err
			case !slices.Contains(units[:3], by):
				return usage("--by is %q; it must be one of %s", by, strings.Join(units[:3], ", "))
			case top < 1 || top > maxTop:
				return usage("--top is %d; it must be from 1 to %d", top, maxTop)
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
			s, err := c.Stats(cmd.Context(), filter, top)
			switch {
			case err != nil:
				return err
			case a.json:
				return a.printJSON(reportOf(s, by))
			case s.Articles == 0:
				if a.quiet {
					return nil
				}
				return a.explainEmptyList(cmd, c)
			}
			out := bufio.NewWriter(a.stdout)
			for _, line := range statsText(s, countedNoun(filter), by, top, a.columns()) {
				if _, err := out.WriteString(line + "\n"); err != nil {
					return err
				}
			}
			if err := out.Flush(); err != nil || filter.Limit > 0 {
				return err
			}
			return a.sayUnlisted(cmd.Context(), c, filter, "counted")
		},
	}
	f.register(cmd)
	f.registerQuery(cmd)
	cmd.Flags().StringVar(&by, "by", "day", "count publications by this `period`: day, week or month; a chart of a long time takes the next longer one that fits")
	cmd.Flags().IntVar(&top, "top", 10, "list at most this many sites, sections, languages and gaps")
	return cmd
}

// countedNoun is what a filter selects: articles, or pages of any kind.
func countedNoun(f catalog.Filter) string {
	if f.All || slices.ContainsFunc(f.Kinds, func(k string) bool { return !article.Kind(k).Story() }) {
		return "page"
	}
	return "article"
}

// maxTop bounds the lists of stats, which are kept in memory.
const maxTop = 100_000

func reportOf(s catalog.Stats, by string) statsReport {
	r := statsReport{Stats: s, By: by, Series: []periodLine{}}
	for _, p := range byPeriod(s.Days, by) {
		r.Series = append(r.Series, periodLine{p.Day.Format("2006-01-02"), p.Articles})
	}
	return r
}
