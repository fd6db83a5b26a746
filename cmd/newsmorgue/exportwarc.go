package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/cdxj"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/exchange"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// recordFormats are the formats of export that have records and not rows.
var recordFormats = []string{"warc", "wacz"}

// recordFlags are the flags that such an export takes.
var recordFlags = []string{"format", "output", "site", "captured-since", "captured-until", "previous", "workers", "title", "index-keys"}

// exportRecords exports records as WARC files or as a WACZ package.
func (a *app) exportRecords(cmd *cobra.Command, f *exportFlags) error {
	o, err := recordOptions(cmd, f)
	if err != nil {
		return err
	}
	ar, c, err := a.catalog(cmd.Context())
	if err != nil {
		return err
	}
	defer ar.Close()
	defer c.Close()
	out, err := a.storedOutput(f)
	if err != nil {
		return err
	}
	defer out.close()
	show := a.newJob()
	o.Progress = func(done, total int64) { show.bytes(done, total, "exporting") }
	sum, err := a.writeRecords(cmd.Context(), ar, c, f, o)
	show.end()
	if err == nil {
		err = out.put(cmd.Context())
	}
	if err != nil {
		return err
	}
	return a.printRecords(sum, f.dir, out)
}

// recordOptions are the options of an export of records by its flags.
func recordOptions(cmd *cobra.Command, f *exportFlags) (o exchange.Options, err error) {
	for _, name := range changedFlags(cmd) {
		if !slices.Contains(recordFlags, name) && cmd.InheritedFlags().Lookup(name) == nil {
			return o, fail(exitUsage, "it takes --"+strings.Join(recordFlags[2:], ", --"), "--format %s exports records, and cannot be combined with --%s", f.Format, name)
		}
	}
	switch {
	case f.dir == "":
		return o, fail(exitUsage, "newsmorgue export --format warc -o FOLDER; --format wacz -o FILE.wacz", "export needs an output")
	case f.Format == "wacz" && !strings.HasSuffix(f.dir, ".wacz"):
		return o, fail(exitUsage, "newsmorgue export --format wacz -o "+strings.TrimSuffix(f.dir, "/")+".wacz", "a WACZ package is one file whose name ends in .wacz")
	}
	o = exchange.Options{Previous: f.previous, Software: software(), Workers: f.workers, Title: f.title, SiteOf: siteOfURL}
	for _, s := range f.sites {
		o.Sites = append(o.Sites, siteName(s))
	}
	switch f.keys {
	case "ia":
	case "wabac":
		o.Key = cdxj.WabacSURT
	default:
		return o, usage("--index-keys is %q; it must be ia or wabac", f.keys)
	}
	if o.Since, err = parseDay(f.Filter.CapturedSince, false); err != nil {
		return o, err
	}
	o.Until, err = parseDay(f.Filter.CapturedUntil, true)
	return o, err
}

// writeRecords writes records as WARC files or as a WACZ package.
func (a *app) writeRecords(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, f *exportFlags, o exchange.Options) (sum exchange.Summary, err error) {
	if err := a.checkSites(ctx, ar, c, catalog.Filter{Sites: o.Sites}); err != nil {
		return sum, err
	}
	if f.Format == "wacz" {
		o.Title = cmp.Or(o.Title, "News pages archived by newsmorgue")
		sum, err = exchange.WACZ(ctx, ar, c, f.dir, o)
	} else if err = onlyWARCs(f.dir); err == nil {
		sum, err = exchange.WARC(ctx, ar, c, f.dir, o)
	}
	switch {
	case errors.Is(err, exchange.ErrNothing):
		err = fail(exitFailed, nothingSelected(o), "%w", err)
	case errors.Is(err, folder.ErrForeign):
		err = fail(exitFailed, "choose another folder: an export needs one of its own", "%w", err)
	}
	return sum, err
}

// onlyWARCs refuses a folder with an export in another format.
func onlyWARCs(dir string) error {
	files, err := folder.Check(dir)
	if err != nil {
		return err
	}
	for _, name := range files {
		if !strings.HasSuffix(name, ".warc.gz") && name != "index.cdxj" && name != "record-ids.bin" {
			return fail(exitFailed, "choose another folder, or delete that one first", "%s has an export in another format: %s", dir, name)
		}
	}
	return nil
}

// changedFlags are the names of the flags that were given.
func changedFlags(cmd *cobra.Command) (names []string) {
	cmd.Flags().Visit(func(f *pflag.Flag) { names = append(names, f.Name) })
	return names
}

// siteOfURL is the name of a URL's site; "" if it is not a valid URL.
func siteOfURL(raw string) string {
	u, err := url.Parse(raw)
	if err != nil || u.Host == "" {
		return ""
	}
	return scraper.SiteOf(u)
}

func (a *app) printRecords(sum exchange.Summary, dir string, out *storedOutput) error {
	if a.json {
		return a.printJSON(sum)
	}
	small := map[string]int64{}
	for typ, n := range sum.Types {
		small[typ] = n
	}
	fmt.Fprintf(a.stdout, "%s in %s\n", count(int(sum.Records), "record"), out.where(dir))
	if a.quiet {
		return nil
	}
	fmt.Fprintf(a.stdout, "  %s\n", countsText(small))
	for _, line := range []struct {
		n    int64
		what string
	}{
		{sum.Originals, "from outside the selection, as revisits refer to them"},
		{sum.Had, "left out, as the earlier export has them"},
		{sum.Invalid, "left out, as a WARC file cannot have them"},
		{sum.Outside, "left out: revisits of what cannot be exported"},
	} {
		if line.n > 0 {
			fmt.Fprintf(a.stdout, "  %s %s\n", count(int(line.n), "record"), line.what)
		}
	}
	for _, l := range sum.LeftOut {
		fmt.Fprintf(a.stderr, "left out: revisit %s of %s: %s\n", plain(l.ID), plain(l.URL), l.Why)
	}
	if more := sum.Outside - int64(len(sum.LeftOut)); more > 0 {
		fmt.Fprintf(a.stderr, "left out: %s more\n", count(int(more), "revisit"))
	}
	fmt.Fprintf(a.stdout, "  %s, %s\n", count(len(sum.Files), "file"), size(sum.Bytes))
	if sum.Damaged > 0 {
		return fail(exitDamaged, "newsmorgue verify lists all damage; newsmorgue repair saves the rest", "%s could not be read and are not in the export", count(int(sum.Damaged), "record"))
	}
	if out == nil {
		fmt.Fprintf(a.stdout, "  newsmorgue verify %s checks it\n", filepath.Clean(dir))
	}
	return nil
}
