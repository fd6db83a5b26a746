package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) suppressCommand() *cobra.Command {
	var s catalog.Suppression
	var list bool
	cmd := &cobra.Command{
		Use:   "suppress URL|ID --reason TEXT",
		Short: "Take a page out of lists, exports and crawls; with --erase its bytes too",
		Long: `Hides a page, by its URL or the id that list prints, or one record, by its WARC-Record-ID: lists, show,
exports and the viewer leave it out, and no crawl asks for it again. A ledger in the archive keeps who was
suppressed when and why (--list). --lift shows it again.

--erase also takes the bytes out of the segments, for good. In their place stays a tombstone with the hash
of each record, so that verify can tell erasure from damage. Pages with the same bytes keep theirs. Bytes in
backups, in exports and in free space of the disk are yours to remove.

` + exitHelp,
		Example: `  newsmorgue suppress https://example.org/story --reason "court order 12/2026"
  newsmorgue suppress 3f9a21d07c55 --reason "asked by the person named" --erase
  newsmorgue suppress --list`,
		Args: args(0, 1, "one URL or id"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if list && len(argv) == 0 {
				return a.listLedger(cmd.Context())
			}
			s.Reason = strings.TrimSpace(s.Reason)
			switch {
			case len(argv) == 0 || list:
				return usage("suppress needs one URL or id, or --list alone")
			case s.Reason == "":
				return fail(exitUsage, `--reason "why", which the ledger keeps`, "suppress needs a reason")
			case s.Lift && s.Erase:
				return usage("--lift and --erase exclude each other; what is erased stays so")
			}
			return a.suppress(cmd.Context(), s, argv[0])
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&s.Reason, "reason", "", "why, for the ledger: a `text`")
	fs.BoolVar(&s.Erase, "erase", false, "take the bytes out of the archive too, for good")
	fs.BoolVar(&s.Lift, "lift", false, "show it again")
	fs.BoolVar(&list, "list", false, "print the ledger")
	return cmd
}

func (a *app) suppress(ctx context.Context, s catalog.Suppression, ref string) error {
	ar, c, err := a.catalog()
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	if s.URL, s.Record, err = a.target(ctx, c, ref); err != nil {
		return err
	}
	res, err := keep.Suppress(ctx, ar, c, s)
	if res == nil {
		return err
	}
	if a.json {
		if perr := a.printJSON(res); perr != nil {
			return perr
		}
		return err
	}
	name := s.URL + s.Record
	switch {
	case s.Lift:
		fmt.Fprintf(a.stdout, "%s is shown again: %s\n", plain(name), count(res.Captures, "capture"))
	case res.Erased > 0 || s.Erase && err == nil:
		fmt.Fprintf(a.stdout, "%s is suppressed: %s hidden, %s erased\n", plain(name), count(res.Captures, "capture"), count(res.Erased, "record"))
	default:
		fmt.Fprintf(a.stdout, "%s is suppressed: %s hidden\n", plain(name), count(res.Captures, "capture"))
	}
	if res.Saved > 0 {
		fmt.Fprintf(a.stdout, "  %s with the same bytes kept theirs\n", count(res.Saved, "other page"))
	}
	for _, f := range res.Besides {
		fmt.Fprintf(a.stdout, "  may hold its bytes too, remove it if it must not: %s\n", f)
	}
	return err
}

// target finds what a reference means: the URL of a page, or one record.
func (a *app) target(ctx context.Context, c *catalog.Catalog, ref string) (url, record string, err error) {
	known := func(ref string) (bool, error) {
		found, err := c.Lookup(ctx, ref)
		return len(found) > 0, err
	}
	if id := recordRef(ref); id != ref || strings.HasPrefix(ref, "<urn:") {
		ok, err := known(id)
		if err == nil && !ok {
			err = fail(exitFailed, "newsmorgue cat prints records with their ids", "no page or reading here has the id %s", ref)
		}
		return "", id, err
	}
	if ok, err := known(ref); err != nil || ok {
		return ref, "", err
	}
	// What is hidden already is in no list.
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return "", "", err
	}
	for _, l := range ledger {
		if l.URL == ref || l.URL != "" && catalog.StoryID(l.URL) == ref {
			return l.URL, "", nil
		}
	}
	found, err := c.Find(ctx, ref)
	if err != nil {
		return "", "", err
	}
	if len(found) == 1 && found[0].ID == ref {
		return found[0].URL, "", nil
	}
	hint := "newsmorgue list --kind all prints ids and newsmorgue cat URLs"
	if len(found) > 0 {
		hint = "the whole URL or the whole id is needed; did you mean " + plain(found[0].URL)
	}
	return "", "", fail(exitFailed, hint, "nothing here is named %q", ref)
}

func (a *app) listLedger(ctx context.Context) error {
	ar, c, err := a.catalog()
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return err
	}
	for _, s := range ledger {
		if a.json {
			if err := a.printJSON(s); err != nil {
				return err
			}
			continue
		}
		what := "hidden"
		switch {
		case s.Lift:
			what = "shown"
		case s.Erase:
			what = "erased"
		}
		fmt.Fprintf(a.stdout, "%s  %-6s  %s  %s\n", s.Date.Local().Format(time.DateTime), what, plain(s.URL+s.Record), plain(s.Reason))
	}
	if len(ledger) == 0 && !a.json && !a.quiet {
		fmt.Fprintln(a.stderr, "nothing was ever suppressed here")
	}
	return nil
}

// suppressed says why a page is not shown, if a suppression is the reason.
func (a *app) suppressed(ctx context.Context, c *catalog.Catalog, ref string) error {
	hidden, err := c.Hidden(ctx)
	if err != nil {
		return err
	}
	for url := range hidden.URLs {
		if url != ref && catalog.StoryID(url) != ref {
			continue
		}
		if s, ok, err := c.Suppressed(ctx, url); err != nil || ok {
			return errors.Join(err, fail(exitFailed, "newsmorgue suppress --lift shows it again, unless it was erased",
				"%s is suppressed since %s: %s", plain(url), s.Date.Local().Format(time.DateOnly), plain(s.Reason)))
		}
	}
	return nil
}
