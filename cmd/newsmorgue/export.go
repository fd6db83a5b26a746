package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/audit"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/formats"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
)

// exportFlags are the flags of export. Those of the recipe replace what a recipe's file
// says.
type exportFlags struct {
	filterFlags
	recipe.Recipe
	file, list string // --recipe, --redact-list
	dir        string
	previous   string
	title      string
	keys       string
	dryRun     bool
	workers    int
}

func (f *exportFlags) register(cmd *cobra.Command) {
	f.filterFlags.register(cmd)
	f.registerQuery(cmd)
	fs := cmd.Flags()
	fs.StringVarP(&f.dir, "output", "o", "", "the output `folder` or store (s3://…): a new or empty one, or that of an earlier export in the same format, which is replaced")
	fs.StringVar(&f.file, "recipe", "", "export by the recipe in this `file`: the recipe.toml of another dataset, or your own; flags replace what it says")
	fs.StringVar(&f.Format, "format", "jsonl", "the format: `"+strings.Join(append(formats.Names(), recordFormats...), "|")+"`")
	fs.StringSliceVar(&f.Tables, "tables", nil, "only these `tables`, or all (default: all but contacts)")
	fs.StringSliceVar(&f.Fields, "fields", nil, "only these `columns` of articles, or all (default: all but body)")
	fs.BoolVar(&f.Excel, "excel", false, "csv for spreadsheets: with a byte order mark, guarded formulas and cells cut at their limit")
	fs.BoolVar(&f.Partition, "partition", false, "parquet, jsonl, csv: folders by month of publication and by hash of the site")
	fs.BoolVar(&f.Media, "media", false, "with the archived pictures of the articles")
	fs.StringVar(&f.Filter.CapturedSince, "captured-since", "", "captured on or after this `date`")
	fs.StringVar(&f.Filter.CapturedUntil, "captured-until", "", "captured on or before this `date`")
	fs.StringVar(&f.Choice.Version, "version", "latest", "which versions of the articles: `first|latest|all`")
	fs.StringVar(&f.Choice.AsOf, "as-of", "", "the archive as it was at this `date`, or at the end of this run (its ID)")
	fs.StringVar(&f.Choice.Dedupe, "dedupe", "none", "leave out duplicates: `none|exact|near`; the one published first stays")
	fs.BoolVar(&f.Choice.Clusters, "clusters", false, "find near-duplicates, as columns, and leave none out")
	fs.IntVar(&f.Choice.Sample, "sample", 0, "a random sample of this `number` of articles")
	fs.Uint64Var(&f.Choice.Seed, "seed", 0, "the seed of the sample and the splits")
	fs.StringVar(&f.Choice.Split, "split", "", "splits for training: `hash:80/10/10|time:DATE,DATE|site:80/10/10`")
	fs.StringVar(&f.Rights.Tier, "tier", "full", "`full|pointers`: pointers have URLs, dates and digests, and no text")
	fs.BoolVar(&f.Rights.RespectOptouts, "respect-optouts", false, "leave out articles whose publishers reserve such uses")
	fs.StringSliceVar(&f.Rights.Redact, "redact", nil, "replace `emails,phones` in the texts")
	fs.StringVar(&f.list, "redact-list", "", "replace the words and names in this `file`, one per line")
	fs.StringVar(&f.previous, "previous", "", "compare with the earlier release in this `folder`: what was added, changed, withdrawn; with warc and wacz: leave out what that export has")
	fs.StringVar(&f.title, "title", "", "the `title` of a WACZ package")
	fs.StringVar(&f.keys, "index-keys", "ia", "how the index of WARC files and WACZ packages writes its keys: as the Internet Archive's tools or as wabac.js, `ia|wabac`")
	fs.BoolVar(&f.dryRun, "dry-run", false, "count what would be exported, and write nothing")
	fs.IntVar(&f.workers, "workers", 0, "parallel readers (0: one per processor); the files are the same")
}

func (a *app) exportCommand() *cobra.Command {
	var f exportFlags
	cmd := &cobra.Command{
		Use:   "export -o DIR",
		Short: "Export the articles as a dataset, or the records as WARC or WACZ",
		Long: `Exports the articles as a dataset into a folder: tables of articles, authors, captions, versions, runs, coverage
and sites, a data card (README.md), a codebook, machine-readable descriptions (croissant.json, datapackage.json),
the recipe, what was left out and why (left-out.csv), and checksums. The same archive and the same recipe give
the same files, byte for byte; newsmorgue verify DIR checks them.

--format warc and wacz export the records instead, for other tools: pages as they were sent, the articles and
the runs, as WARC files with a CDXJ index, or as one WACZ package. They take --site, --captured-since,
--captured-until and --previous: what an earlier export has is left out.

-o s3://BUCKET/PREFIX and file:///FOLDER put the export into a store, checksums last: whoever sees SHA256SUMS sees all
of it. It is made in a temporary folder ($TMPDIR) first. What is in a store is not replaced: each export needs a
prefix of its own. Of a cluster, parquet has a part for each month and shard there, under month=…/shard=…/.

Texts belong to their publishers: the data card says "for private research use" unless the recipe states a
licence. Suppressed articles are never exported. Contacts are exported only with --tables.

` + exitHelp,
		Example: `  newsmorgue export --format csv -o articles-2026 --since 2026
  newsmorgue export --format parquet -o corpus --language en --min-words 100 --dedupe near --split hash:80/10/10
  newsmorgue export --recipe corpus/recipe.toml -o corpus-2 --previous corpus
  newsmorgue export --format wacz -o november.wacz --captured-since 2026-11
  newsmorgue export --format parquet -a s3://news/morgue -o s3://news-datasets/2026`,
		Args: args(0, 0, "no argument"),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if slices.Contains(recordFormats, f.Format) {
				return a.exportRecords(cmd, &f)
			}
			return a.export(cmd, &f)
		},
	}
	f.register(cmd)
	return cmd
}

func (a *app) export(cmd *cobra.Command, f *exportFlags) error {
	if f.dir == "" && !f.dryRun {
		return fail(exitUsage, "newsmorgue export -o articles", "export needs an output folder")
	}
	if known := append(formats.Names(), recordFormats...); !slices.Contains(known, f.Format) {
		hint := "newsmorgue export --help lists what is possible"
		if best := nearest(f.Format, known); best != "" {
			hint = fmt.Sprintf("did you mean %s?", best)
		}
		return fail(exitUsage, hint, "--format is %q; it must be one of %s", f.Format, strings.Join(known, ", "))
	}
	r, err := f.recipe(cmd)
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
	if out != nil && r.Format == "parquet" && a.shardOfSite() != nil {
		r.Partition = true // a part for each month and shard
	}
	if !f.dryRun && within(f.dir, ar.Dir()) {
		return fail(exitUsage, "choose a folder outside the archive", "%s is in the folder of the archive", f.dir)
	}
	o, filter, err := a.datasetOptions(cmd.Context(), ar, c, r)
	if err != nil {
		return err
	}
	o.Dir, o.DryRun, o.Previous, o.Workers = f.dir, f.dryRun, f.previous, f.workers
	if f.list != "" {
		list, err := os.Open(f.list)
		if err != nil {
			return fail(exitUsage, "", "--redact-list: %v", err)
		}
		defer list.Close()
		o.RedactList = list
	}
	sum, err := a.runExport(cmd.Context(), ar, c, o)
	if err != nil {
		return exportError(err)
	}
	if err := out.put(cmd.Context()); err != nil {
		return err
	}
	if err := a.printExported(sum, f, out); err != nil {
		return err
	}
	if err := a.sayEmpty(cmd.Context(), c, sum); err != nil {
		return err
	}
	if n := sum.Left[dataset.LeftUnreadable]; n > 0 {
		return fail(exitDamaged, "newsmorgue verify lists all damage; newsmorgue repair saves the rest", "%s could not be read and are not in the dataset", count(int(n), "article"))
	}
	if r.Choice.Limit > 0 || r.Choice.Sample > 0 || slices.Contains(r.Filter.Kinds, "all") {
		return nil
	}
	return a.sayUnlisted(cmd.Context(), c, filter, "exported")
}

// datasetOptions are the options of an export by a recipe, with what this archive knows
// for it, and the recipe's filter.
func (a *app) datasetOptions(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, r recipe.Recipe) (o dataset.Options, filter catalog.Filter, err error) {
	if filter, err = dataset.FilterOf(r); err != nil {
		return o, filter, exportError(err)
	}
	if err := a.checkSites(ctx, ar, c, filter); err != nil {
		return o, filter, err
	}
	o = dataset.Options{Recipe: r, Software: software(), Labels: map[string]map[string]string{}, Shard: a.shardOfSite()}
	settings, err := a.siteStore(ar).load()
	if err != nil {
		return o, filter, err
	}
	for name, s := range settings {
		o.Labels[name] = s.Labels
	}
	o.Precision, err = precisionOf(ctx, c, filter)
	return o, filter, err
}

// precisionOf is what audits have measured of the articles that a filter selects, for
// the data card: of the fields that have a value, and of those that have none.
func precisionOf(ctx context.Context, c *catalog.Catalog, filter catalog.Filter) (all []docs.Precision, err error) {
	report, err := audit.Results(ctx, c, filter)
	if err != nil {
		return nil, err
	}
	for _, f := range report.Fields {
		name := f.Field
		if f.Absent {
			name += ", where it is missing"
		}
		if f.Yes+f.No > 0 {
			all = append(all, docs.Precision{Field: name, Yes: f.Yes, No: f.No, Low: f.Low, High: f.High})
		}
	}
	return all, nil
}

// runExport exports with a line of progress.
func (a *app) runExport(ctx context.Context, ar *archive.Archive, c *catalog.Catalog, o dataset.Options) (dataset.Summary, error) {
	show := a.newJob()
	defer show.end()
	o.Progress = func(p dataset.Progress) { show.done(p.Done, p.Total, p.Doing, "article") }
	return dataset.Export(ctx, ar, c, o)
}

// recipe is the recipe of the file, with what the flags say.
func (f *exportFlags) recipe(cmd *cobra.Command) (recipe.Recipe, error) {
	var r recipe.Recipe
	if f.file != "" {
		in, err := os.Open(f.file)
		if err != nil {
			return r, fail(exitUsage, "", "--recipe: %v", err)
		}
		defer in.Close()
		if r, err = recipe.Parse(in); err != nil {
			return r, fail(exitUsage, "newsmorgue export --help lists the flags that a recipe has, too", "%s: %v", f.file, err)
		}
	}
	if _, err := f.filter(); err != nil { // checks the values, with hints
		return r, err
	}
	given := func(name string) bool { return f.file == "" || cmd.Flags().Changed(name) }
	set := func(name string, apply func()) {
		if given(name) {
			apply()
		}
	}
	set("format", func() { r.Format = f.Format })
	set("tables", func() { r.Tables = f.Tables })
	set("fields", func() { r.Fields = f.Fields })
	set("excel", func() { r.Excel = f.Excel })
	set("partition", func() { r.Partition = f.Partition })
	set("media", func() { r.Media = f.Media })
	set("site", func() {
		r.Filter.Sites = nil
		for _, s := range f.sites {
			r.Filter.Sites = append(r.Filter.Sites, siteName(s))
		}
	})
	set("section", func() { r.Filter.Sections = f.sections })
	set("author", func() { r.Filter.Authors = f.authors })
	set("language", func() { r.Filter.Languages = f.languages })
	set("kind", func() { r.Filter.Kinds = f.kinds })
	set("since", func() { r.Filter.Since = f.since })
	set("until", func() { r.Filter.Until = f.until })
	set("captured-since", func() { r.Filter.CapturedSince = f.Filter.CapturedSince })
	set("captured-until", func() { r.Filter.CapturedUntil = f.Filter.CapturedUntil })
	set("query", func() { r.Filter.Query = f.query })
	set("min-words", func() { r.Filter.MinWords = f.minWords })
	set("version", func() { r.Choice.Version = f.Choice.Version })
	set("as-of", func() { r.Choice.AsOf = f.Choice.AsOf })
	set("dedupe", func() { r.Choice.Dedupe = f.Choice.Dedupe })
	set("clusters", func() { r.Choice.Clusters = f.Choice.Clusters })
	set("sample", func() { r.Choice.Sample = f.Choice.Sample })
	set("seed", func() { r.Choice.Seed = f.Choice.Seed })
	set("limit", func() { r.Choice.Limit = f.limit })
	set("split", func() { r.Choice.Split = f.Choice.Split })
	set("tier", func() { r.Rights.Tier = f.Rights.Tier })
	set("respect-optouts", func() { r.Rights.RespectOptouts = f.Rights.RespectOptouts })
	set("redact", func() { r.Rights.Redact = f.Rights.Redact })
	r.Format = cmp.Or(r.Format, "jsonl")
	if err := r.Validate(); err != nil {
		return r, fail(exitUsage, "newsmorgue export --help lists what is possible", "%w", err)
	}
	if r.Rights.RedactList != "" && f.list == "" {
		return r, fail(exitUsage, "give it with --redact-list FILE; a dataset never has it", "the recipe needs the list of words to redact whose SHA-256 is %s", r.Rights.RedactList)
	}
	return r, nil
}

// within reports whether a folder, which need not exist, is in another and is not that.
func within(dir, other string) bool {
	other, err := filepath.EvalSymlinks(absolute(other))
	if err != nil {
		return false
	}
	at := absolute(dir)
	real, err := filepath.EvalSymlinks(at)
	for err != nil && at != filepath.Dir(at) { // it does not exist
		at = filepath.Dir(at)
		real, err = filepath.EvalSymlinks(at)
	}
	rel, err := filepath.Rel(other, real)
	return err == nil && filepath.IsLocal(rel) && (rel != "." || at != absolute(dir))
}

// exportError gives errors of an export their hints.
func exportError(err error) error {
	var unknown *table.UnknownError
	var wrong *recipe.Error
	switch {
	case errors.As(err, &unknown):
		hint := fmt.Sprintf("its %ss: %s", unknown.What, strings.Join(unknown.Known, ", "))
		if best := nearest(unknown.Name, unknown.Known); best != "" {
			hint = fmt.Sprintf("did you mean %s? %s", best, hint)
		}
		return fail(exitUsage, hint, "%w", err)
	case errors.As(err, &wrong):
		return fail(exitUsage, "newsmorgue export --help lists what is possible", "%w", err)
	case errors.Is(err, dataset.ErrOtherFormat):
		return fail(exitFailed, "choose another folder, or delete that one first", "%w", err)
	case errors.Is(err, folder.ErrForeign):
		return fail(exitFailed, "choose another folder: an export needs one of its own", "%w", err)
	case errors.Is(err, fs.ErrExist), errors.Is(err, syscall.ENOTDIR):
		return fail(exitFailed, "choose another folder", "%w", err)
	}
	return err
}

// printExported says what was exported, or would be.
func (a *app) printExported(sum dataset.Summary, f *exportFlags, out *storedOutput) error {
	if a.json {
		return a.printJSON(sum)
	}
	where := "in " + out.where(f.dir)
	if f.dryRun {
		where = "would be exported"
	}
	fmt.Fprintf(a.stdout, "%s from %s %s\n", count(int(sum.Articles), "article"), count(int(sum.Sites), "site"), where)
	if a.quiet {
		return nil
	}
	if d := sum.Clusters; d != nil {
		fmt.Fprintf(a.stdout, "  near-duplicates: %s of %s, %d across sites; %d exact copies\n", count(int(d.Clusters), "cluster"), count(int(d.Articles), "article"), d.AcrossSites, d.Exact)
	}
	if len(sum.Left) > 0 {
		fmt.Fprintf(a.stdout, "  left out: %s\n", countsText(sum.Left))
	}
	if sum.Leaks != nil {
		fmt.Fprintf(a.stdout, "  splits: train %d, validation %d, test %d; stories in more than one split: %d\n", sum.Splits["train"], sum.Splits["validation"], sum.Splits["test"], *sum.Leaks)
	}
	if r := sum.Release; r != nil {
		fmt.Fprintf(a.stdout, "  since %s: %d added, %d changed, %d withdrawn\n", plain(r.Name), r.Added, r.Changed, r.Withdrawn)
	}
	if !f.dryRun {
		checks := "; newsmorgue verify checks them"
		if out != nil {
			checks = ""
		}
		fmt.Fprintf(a.stdout, "  %s, %s%s\n", count(len(sum.Files), "file"), size(sum.Bytes), checks)
	}
	return nil
}

// countsText lists counts, the largest first.
func countsText(counts map[string]int64) string {
	small := map[string]int{}
	for k, n := range counts {
		small[k] = int(n)
	}
	var parts []string
	for _, c := range sortedCounts(small) {
		parts = append(parts, fmt.Sprintf("%d %s", c.n, c.key))
	}
	return strings.Join(parts, ", ")
}
