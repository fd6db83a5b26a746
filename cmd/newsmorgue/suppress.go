package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func (a *app) suppressCommand() *cobra.Command {
	var s catalog.Suppression
	var list bool
	var shared borrowFlags
	cmd := &cobra.Command{
		Use:   "suppress URL|ID --reason TEXT",
		Short: "Hide a page from lists, exports and crawls, or erase it with --erase",
		Long: `Hides a page, named by its URL or the ID that newsmorgue list prints, or one record, named by its
WARC-Record-ID: list, show, cat and export leave it out, and crawls no longer fetch it. A ledger in the
archive records what was suppressed, when and why (--list). --lift ends the suppression. Where an article was moved,
its other URLs are printed: each is a page of its own.

--erase also erases the records from the segments, permanently. Each is replaced by a tombstone with the hash
of the record, so that verify can distinguish erasure from damage. Other pages with the same content keep it.
Backups, exports and free disk space must be cleaned separately. The catalog is rebuilt, and what was in its file is
overwritten, unless another process is reading it: a warning says so.

` + borrowHelp + `There, the suppression is written into the shard of the URL's site and into each shard whose stored records have
the URL or ID, such as an image in a page of another site, or the target of a redirect. Readers have it at once.
After --erase, copies may remain in the caches of readers until they read the archive again.

` + exitHelp,
		Example: `  newsmorgue suppress https://example.org/story --reason "court order 12/2026"
  newsmorgue suppress 3f9a21d07c55 --reason "requested by the person named" --erase
  newsmorgue suppress --list`,
		Args: args(0, 1, "one URL or ID"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			if list && len(argv) == 0 {
				return a.listLedger(cmd.Context(), &shared)
			}
			s.Reason = strings.TrimSpace(s.Reason)
			switch {
			case len(argv) == 0 || list:
				return usage("suppress needs one URL or ID, or --list alone")
			case s.Reason == "":
				return fail(exitUsage, `add --reason TEXT; it is recorded in the ledger`, "suppress needs a reason")
			case s.Lift && s.Erase:
				return usage("--lift and --erase cannot be combined; erasure is permanent")
			}
			return a.suppress(cmd.Context(), &shared, s, argv[0])
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&s.Reason, "reason", "", "the reason, recorded in the ledger: a `text`")
	fs.BoolVar(&s.Erase, "erase", false, "also erase the records from the archive, permanently")
	fs.BoolVar(&s.Lift, "lift", false, "end the suppression")
	fs.BoolVar(&list, "list", false, "print the ledger")
	shared.register(cmd)
	return cmd
}

func (a *app) suppress(ctx context.Context, shared *borrowFlags, s catalog.Suppression, ref string) error {
	b, err := a.borrower(ctx, shared)
	if err != nil {
		return err
	}
	if b != nil {
		defer b.close()
		return b.suppress(ctx, s, ref)
	}
	if err := a.refuseStored(); err != nil {
		return err
	}
	ar, c, err := a.catalog(ctx)
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	return a.suppressIn(ctx, ar, c, s, ref)
}

// suppressIn suppresses a page or a record in an archive, and prints what that did.
func (a *app) suppressIn(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, s catalog.Suppression, ref string) (err error) {
	if s.URL, s.Record, err = a.target(ctx, c, ref); err != nil {
		return err
	}
	res, err := keep.Suppress(ctx, ar, c, s)
	if res == nil {
		return err
	}
	if res.CatalogInUse {
		defer a.noteCatalogInUse()
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
		fmt.Fprintf(a.stdout, "%s is no longer suppressed: %s\n", plain(name), count(res.Captures, "capture"))
	case res.Erased > 0 || s.Erase && err == nil:
		fmt.Fprintf(a.stdout, "%s is suppressed: %s hidden, %s erased\n", plain(name), count(res.Captures, "capture"), count(res.Erased, "record"))
	default:
		fmt.Fprintf(a.stdout, "%s is suppressed: %s hidden\n", plain(name), count(res.Captures, "capture"))
	}
	if res.Saved > 0 {
		fmt.Fprintf(a.stdout, "  %s with the same content not erased\n", count(res.Saved, "other page"))
	}
	for _, u := range res.OtherURLs {
		fmt.Fprintf(a.stdout, "  the same article is still shown at %s; suppress that URL, too\n", plain(u))
	}
	for _, f := range res.OtherFiles {
		fmt.Fprintf(a.stdout, "  this file may still contain the erased data; check it, and delete it if so: %s\n", f)
	}
	return err
}

// noteCatalogInUse says that erased words may remain in the catalog, and how to remove
// them. It is said with --quiet, too: else they would be thought gone.
func (a *app) noteCatalogInUse() {
	fmt.Fprintf(a.stderr, "newsmorgue: warning: another process reads the catalog: erased words may remain in catalog.sqlite and catalog.sqlite-wal\n"+
		"newsmorgue: hint: end that process (an export, an audit) or wait for it, then run newsmorgue reindex, which overwrites them\n")
}

// target finds what a reference names: a page, by its URL, or one record.
func (a *app) target(ctx context.Context, c *catalog.Catalog, ref string) (url, record string, err error) {
	known := func(ref string) (bool, error) {
		found, err := c.Lookup(ctx, ref)
		return len(found) > 0, err
	}
	if id := fullRecordID(ref); id != ref || strings.HasPrefix(ref, "<urn:") {
		ok, err := known(id)
		if err == nil && !ok {
			err = fail(exitFailed, "newsmorgue cat prints records with their IDs", "%w", noPage("no record "+ref+" in this archive"))
		}
		return "", id, err
	}
	usual := spelling(ref)
	for _, spelled := range []string{ref, usual} {
		if ok, err := known(spelled); err != nil || ok {
			return spelled, "", err
		}
	}
	// A page that is suppressed already is only in the ledger.
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return "", "", err
	}
	for _, l := range ledger {
		if l.URL != "" && (l.URL == ref || l.URL == usual || catalog.StoryID(l.URL) == ref) {
			return l.URL, "", nil
		}
	}
	found, err := find(ctx, c, ref)
	if err != nil {
		return "", "", err
	}
	if len(found) == 1 && found[0].ID == ref {
		return found[0].URL, "", nil
	}
	hint := "newsmorgue list --kind all prints IDs, newsmorgue cat prints URLs"
	if len(found) > 0 {
		hint = "suppress needs the complete URL or ID; did you mean " + plain(found[0].URL) + "?"
	}
	return "", "", fail(exitFailed, hint, "%w", noPage(fmt.Sprintf("no page %q in this archive", ref)))
}

// errNoPage is what all errors wrap that say that an archive does not have a page or record.
var errNoPage = errors.New("not in this archive")

// noPage is such an error.
type noPage string

func (e noPage) Error() string        { return string(e) }
func (e noPage) Is(target error) bool { return target == errNoPage }

func (a *app) listLedger(ctx context.Context, shared *borrowFlags) error {
	b, err := a.borrower(ctx, shared)
	if err != nil {
		return err
	}
	if b != nil {
		defer b.close()
		return b.ledger(ctx)
	}
	ar, c, err := a.catalog(ctx)
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return err
	}
	return a.printLedger(ledger)
}

func (a *app) printLedger(ledger []catalog.Suppression) error {
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
		fmt.Fprintln(a.stderr, "the ledger is empty: nothing was ever suppressed in this archive")
	}
	return nil
}

// suppressed returns an error if a page is not shown because it is suppressed.
func (a *app) suppressed(ctx context.Context, c *catalog.Catalog, ref string) error {
	hidden, err := c.Hidden(ctx)
	if err != nil {
		return err
	}
	usual := spelling(ref)
	for url := range hidden.URLs {
		if url != ref && url != usual && catalog.StoryID(url) != ref {
			continue
		}
		if s, ok, err := c.Suppressed(ctx, url); err != nil || ok {
			return errors.Join(err, suppressedSince(url, s))
		}
	}
	return a.recordSuppressed(ctx, c, ref)
}

// recordSuppressed returns an error if a record of a page is suppressed: one by its ID,
// or the newest one of a page by the page's URL or ID.
func (a *app) recordSuppressed(ctx context.Context, c *catalog.Catalog, ref string) error {
	ledger, err := c.Ledger(ctx)
	if err != nil {
		return err
	}
	usual := spelling(ref)
	for _, s := range slices.Backward(ledger) {
		now, ok, err := c.SuppressedRecord(ctx, s.Record)
		if err != nil {
			return err
		}
		if s.Record == "" || !ok || now.ID != s.ID {
			continue
		}
		if s.Record == fullRecordID(ref) {
			return suppressedSince("record "+ref, s)
		}
		at, err := c.Lookup(ctx, s.Record)
		if err != nil {
			return err
		}
		for _, r := range at {
			if r.URL != "" && (r.URL == ref || r.URL == usual || catalog.StoryID(r.URL) == ref) {
				return suppressedSince("record "+strings.Trim(strings.TrimPrefix(s.Record, "<urn:uuid:"), ">")+" of "+r.URL, s)
			}
		}
	}
	return nil
}

func suppressedSince(what string, s catalog.Suppression) error {
	return fail(exitFailed, "newsmorgue suppress --lift ends the suppression; erased pages stay erased",
		"%s is suppressed since %s: %s", plain(what), s.Date.Local().Format(time.DateOnly), plain(s.Reason))
}
