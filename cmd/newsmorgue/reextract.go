package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) reextractCommand() *cobra.Command {
	var sites []string
	var dryRun bool
	var shared borrowFlags
	cmd := &cobra.Command{
		Use:   "reextract",
		Short: "Read all stored pages again with this version's extractor",
		Long: `Reads every stored page with the extractor of this version and the newest template profile of its site, old
captures of an article as well. Where the article differs from the last reading of the same capture, the new
reading is added to the archive; nothing is fetched, replaced or deleted. A new reading is not an edit of the
page: update counts nothing as new or changed because of it.

The report says what changed, by field and with examples. --dry-run prints the same report and writes nothing.
Crawls may run meanwhile. An interrupted reextract is resumed by running it again.

` + borrowHelp + `There, one shard is read after the other, with a report for each; --dry-run asks for the shards, too.

` + exitHelp,
		Example: `  newsmorgue reextract --dry-run
  newsmorgue reextract --site example.org
  newsmorgue reextract --dry-run --json | jq '.fields[] | {field, count}'`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			var names []string
			for _, s := range sites {
				names = append(names, siteName(s))
			}
			b, err := a.borrower(cmd.Context(), &shared)
			if err != nil {
				return err
			}
			if b != nil {
				defer b.close()
				return b.reextract(cmd.Context(), names, dryRun)
			}
			ar, err := a.open(cmd.Context())
			if err != nil {
				return err
			}
			defer ar.Close()
			r := &keep.Reextract{Archive: ar, Sites: names, DryRun: dryRun, Software: software()}
			if err := a.checkCaptured(cmd.Context(), ar, r.Sites); err != nil {
				return err
			}
			_, err = a.reextract(cmd.Context(), r, "")
			return err
		},
	}
	cmd.Flags().StringArrayVar(&sites, "site", nil, "only this `site` (may be repeated)")
	cmd.Flags().BoolVar(&dryRun, "dry-run", false, "report what would change, and write nothing")
	shared.register(cmd)
	return cmd
}

// checkCaptured returns an error if there is nothing of one of the sites.
func (a *app) checkCaptured(ctx context.Context, ar *archive.Archive, sites []string) error {
	if len(sites) == 0 {
		return nil
	}
	c, err := catalog.OpenReadOnly(ctx, ar)
	if err != nil {
		return err
	}
	defer c.Close()
	return a.checkSites(ctx, ar, c, catalog.Filter{Sites: sites})
}

// reextract reads pages again and prints the report, with another name of the archive if
// one is given. It returns how many readings were written.
func (a *app) reextract(ctx context.Context, r *keep.Reextract, archive string) (written int, err error) {
	show := a.newJob()
	r.Watch = func(total int) { show.items(total, "reading again", "page") }
	report, err := r.Do(ctx)
	show.end()
	if report == nil {
		return 0, err
	}
	report.Archive = cmp.Or(archive, report.Archive)
	if a.json {
		if perr := a.printJSON(report); perr != nil {
			return report.Written, errors.Join(err, perr)
		}
	} else {
		a.printReextracted(report)
	}
	switch {
	case err != nil && ctx.Err() != nil:
		err = fail(exitInterrupted, "run the same command to resume", "%w", errInterrupted)
	case err == nil && report.Damaged > 0:
		err = fail(exitDamaged, "newsmorgue verify lists all damage; newsmorgue repair saves the rest and queues lost pages again",
			"%s could not be read", count(report.Damaged, "page"))
	}
	return report.Written, err
}

func (a *app) printReextracted(r *keep.Reextracted) {
	w := a.stdout
	verb, end := "read again", ""
	if r.DryRun {
		verb, end = "compared", ", nothing written"
	}
	if r.Status != keep.StatusComplete {
		end += ", " + r.Status
	}
	fmt.Fprintf(w, "%s %s by %s in %s%s\n", count(r.Pages, "stored page"), verb, r.Extractor, formatDuration(durationOf(r.Seconds)), end)
	parts := []string{fmt.Sprintf("%d unchanged", r.Unchanged), fmt.Sprintf("%d changed", r.Changed), fmt.Sprintf("%d newly read", r.New), fmt.Sprintf("%d no longer read", r.Lost)}
	if r.Already > 0 {
		parts = append(parts, fmt.Sprintf("%d already read by this extractor", r.Already))
	}
	fmt.Fprintf(w, "  %s\n", strings.Join(parts, ", "))
	if r.Suppressed > 0 {
		fmt.Fprintf(w, "  %s left alone\n", count(r.Suppressed, "suppressed capture"))
	}
	for _, k := range r.Kinds {
		fmt.Fprintf(w, "  kind %s → %s: %d, for example %s\n", cmp.Or(k.From, "unread"), k.To, k.Count, clip(plain(k.Example), 120))
	}
	if r.Shown+r.Hidden > 0 {
		fmt.Fprintf(w, "  list and export: %d more shown, %d no longer shown\n", r.Shown, r.Hidden)
	}
	for _, u := range r.LostURLs {
		fmt.Fprintf(w, "  no longer read: %s (its last reading stays)\n", clip(plain(u), 120))
	}
	if len(r.Fields) > 0 {
		fmt.Fprintln(w, "changed fields, by number of pages:")
	}
	for _, f := range r.Fields {
		a.printField(f)
	}
	if !r.DryRun {
		fmt.Fprintf(w, "%s written to %s\n", count(r.Written, "reading"), r.Archive)
	}
}

func (a *app) printField(f keep.FieldChanges) {
	line := fmt.Sprintf("  %-13s %5d", f.Field, f.Count)
	if f.Added > 0 {
		line += fmt.Sprintf(", %d added", f.Added)
	}
	if f.Removed > 0 {
		line += fmt.Sprintf(", %d removed", f.Removed)
	}
	fmt.Fprintln(a.stdout, line)
	for i, e := range f.Examples {
		if i > 0 && !a.verbose {
			break
		}
		fmt.Fprintf(a.stdout, "    %s\n      - %s\n      + %s\n", clip(plain(e.URL), 120), plain(cmp.Or(e.Before, "(none)")), plain(cmp.Or(e.After, "(none)")))
	}
}
