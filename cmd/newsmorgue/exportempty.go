package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
)

// selectingFlags are the reasons for which articles are left out that are flags, too.
var selectingFlags = []string{catalog.LeftSince, catalog.LeftUntil, catalog.LeftSection, catalog.LeftAuthor, catalog.LeftLanguage, catalog.LeftWords, catalog.LeftQuery}

// sayEmpty says that a dataset has no article, and what to try.
func (a *app) sayEmpty(ctx context.Context, c *catalog.Catalog, sum dataset.Summary) error {
	if sum.Articles > 0 {
		return nil
	}
	sites, err := c.SiteNames(ctx)
	if err != nil {
		return err
	}
	if !a.quiet {
		fmt.Fprintln(a.stderr, "no article is selected")
	}
	small := map[string]int{}
	for reason, n := range sum.Left {
		small[reason] = int(n)
	}
	switch counts := sortedCounts(small); {
	case len(sites) == 0:
		a.hint("this archive has no articles yet; newsmorgue archive URL adds some")
	case len(counts) == 0:
		a.hint("newsmorgue list --sites lists the sites; --kind all exports other pages than articles, too")
	case slices.Contains(selectingFlags, counts[0].key):
		a.hint("--%s leaves %s out: try without it, or another value", counts[0].key, count(counts[0].n, "article"))
	default:
		a.hint("left-out.csv lists the articles that were left out, each with its reason")
	}
	return nil
}

// nothingSelected is the hint of an export of records that has none.
func nothingSelected(o exchange.Options) string {
	switch {
	case o.Previous != "":
		return "with --previous, nothing may be new: export without it for all records"
	case !o.Since.IsZero() || !o.Until.IsZero():
		return "try other dates: --captured-since and --captured-until select by the time of the capture, which newsmorgue list --sites lists"
	case len(o.Sites) > 0:
		return "newsmorgue list --sites lists the sites of the archive; newsmorgue archive URL adds pages"
	}
	return "this archive has no records yet; newsmorgue archive URL adds some, newsmorgue import those of other programs"
}
