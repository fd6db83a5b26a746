package main

import (
	"context"
	"fmt"

	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// An auditReport is a report in JSON; with --by-site, there is one for each site.
type auditReport struct {
	Site string `json:"site,omitempty"`
	*audit.Report
}

// printAudit prints the precision of each field, of all articles or site by site.
func (a *app) printAudit(ctx context.Context, c *catalog.Catalog, filter catalog.Filter, bySite bool) error {
	if !bySite {
		return a.printPrecision(ctx, c, filter, "")
	}
	sites, err := c.SiteNames(ctx)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, s := range filter.Sites {
		wanted[s] = true
	}
	for _, s := range sites {
		if len(wanted) > 0 && !wanted[s] {
			continue
		}
		filter.Sites = []string{s}
		if err := a.printPrecision(ctx, c, filter, s); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) printPrecision(ctx context.Context, c *catalog.Catalog, filter catalog.Filter, site string) error {
	r, err := audit.Results(ctx, c, filter)
	if err != nil {
		return err
	}
	if a.json {
		return a.printJSON(auditReport{site, r})
	}
	if site != "" {
		if len(r.Fields) == 0 {
			return nil
		}
		fmt.Fprintf(a.stdout, "%s:\n", plain(site))
	}
	if len(r.Fields) > 0 {
		fmt.Fprintf(a.stdout, "%s judged\n", count(r.Articles, "article"))
		fmt.Fprintf(a.stdout, "%-20s %6s %6s %6s %10s   %s\n", "FIELD", "RIGHT", "WRONG", "UNSURE", "PRECISION", "95 % INTERVAL")
		for _, p := range r.Fields {
			name := p.Field
			if p.Absent {
				name += ", if empty"
			}
			share, interval := "-", "-"
			if p.Yes+p.No > 0 {
				share = fmt.Sprintf("%.1f %%", 100*p.Share)
				interval = fmt.Sprintf("%.1f to %.1f %%", 100*p.Low, 100*p.High)
			}
			fmt.Fprintf(a.stdout, "%-20s %6d %6d %6d %10s   %s\n", name, p.Yes, p.No, p.Unsure, share, interval)
		}
	}
	if !a.quiet {
		a.sayUncounted(r)
	}
	return nil
}

// sayUncounted says which answers the results leave out.
func (a *app) sayUncounted(r *audit.Report) {
	if r.Articles == 0 && r.Outdated+r.Hidden+r.Another == 0 {
		fmt.Fprintln(a.stderr, "nothing was judged yet; newsmorgue audit asks")
	}
	if r.Outdated > 0 {
		fmt.Fprintf(a.stderr, "not counted: %s about values that are no longer current\n", count(r.Outdated, "answer"))
	}
	if r.Hidden > 0 {
		fmt.Fprintf(a.stderr, "not counted: %s suppressed or no longer in this selection\n", count(r.Hidden, "judged article"))
	}
	if r.Another > 0 {
		fmt.Fprintf(a.stderr, "not counted: %s of samples of other articles; the filter of such a sample, or --by-site, prints its results\n", count(r.Another, "judged article"))
	}
}
