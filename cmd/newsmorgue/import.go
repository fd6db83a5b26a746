package main

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// importFlags are the flags of import.
type importFlags struct {
	sites        []string
	since, until string
	urlPrefix    string
	maxArticles  int
	noExtract    bool
	operator     string
	pages        keep.SavedOptions
	manifest     string
}

func (a *app) importCommand() *cobra.Command {
	var f importFlags
	var shared borrowFlags
	cmd := &cobra.Command{
		Use:   "import FILE|DIR...",
		Short: "Add WARC, ARC and WACZ files, saved pages, or another archive",
		Long: `Adds the records of files that other programs made, and extracts the articles of the pages among them:
  WARC and ARC files (.warc, .arc, with .gz or .zst), "-" for one on standard input; WACZ files
  a folder of such files, with all folders in it
  the folder of another newsmorgue archive, so that the two become one
  pages that a browser saved, HTML or MHTML: with --manifest, a CSV file with the columns file, url, date (the file's
  own date if empty) and, if known, charset; without, if the file says its URL

Records are kept byte for byte. What the archive has already is left out: importing a file twice adds nothing, and an
import that was interrupted or killed is resumed by running it again. A damaged member of a file is skipped and
named, of a damaged MHTML file what is left is imported; records of more than 64 MiB are left out. Pages that were
suppressed are not imported again. The archive is created if there is none, and something to import.

Articles, captures and versions are as if the pages had been crawled on their dates. An article in several pages is
joined if all are in the archive; not so for saved pages. The readings of another archive are taken as they are:
newsmorgue reextract makes them comparable if another version of newsmorgue wrote them. So are those in the files
of newsmorgue export, if this version wrote them. Another archive's settings (sites.toml) and crawl queue are not
imported; its time stamps come along, but are about its own segments and cover none here.

` + borrowHelp + `There, each record goes into the shard of its URL's host, and what has no URL into each shard that gets records
of the file. The files are read once to find the shards, and once for each of these; standard input is kept in
a file meanwhile.

Exit code 4 says that something was damaged, 3 that a file or record could not be imported, or that there was nothing
in the files.

` + exitHelp,
		Example: `  newsmorgue import crawl-00000.warc.gz crawl-00001.warc.gz
  newsmorgue import CC-NEWS-20240101.warc.gz --site example.org --since 2024-01-01
  newsmorgue import saved/ --manifest saved/pages.csv
  curl -s https://example.org/a.warc.gz | newsmorgue import -`,
		Args: args(1, -1, "a file or folder"),
		RunE: func(cmd *cobra.Command, argv []string) error {
			b, err := a.borrower(cmd.Context(), &shared)
			if err != nil {
				return err
			}
			if b != nil {
				defer b.close()
				return b.importFiles(cmd.Context(), f, argv)
			}
			return a.importFiles(cmd.Context(), f, argv)
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVar(&f.sites, "site", nil, "only records of this `site` (may be repeated)")
	fs.StringVar(&f.since, "since", "", "only records captured on or after this `date`")
	fs.StringVar(&f.until, "until", "", "only records captured on or before this `date`")
	fs.StringVar(&f.urlPrefix, "url-prefix", "", "only records whose `URL` begins so")
	fs.IntVar(&f.maxArticles, "max-articles", 0, "stop after this many articles (0: no limit)")
	fs.BoolVar(&f.noExtract, "no-extract", false, "archive records and extract no articles")
	fs.StringVar(&f.operator, "operator", "", "who imports: `\"Name <mail>\"`, recorded in the archive")
	fs.StringVar(&f.manifest, "manifest", "", "a CSV `file` with the URLs and dates of saved pages")
	fs.BoolVar(&f.pages.GuessURLs, "guess-urls", false, "take the URL of a saved page that is not in a manifest from its canonical link")
	shared.register(cmd)
	return cmd
}

func (f *importFlags) filter() (keep.ImportFilter, error) {
	filter := keep.ImportFilter{URLPrefix: f.urlPrefix, MaxArticles: f.maxArticles}
	if f.maxArticles < 0 {
		return filter, usage("--max-articles is %d; it cannot be negative", f.maxArticles)
	}
	if f.noExtract && f.maxArticles > 0 {
		return filter, usage("--no-extract and --max-articles cannot be combined")
	}
	for _, s := range f.sites {
		filter.Sites = append(filter.Sites, siteName(s))
	}
	var err error
	if filter.Since, err = parseDay(f.since, false); err != nil {
		return filter, err
	}
	filter.Until, err = parseDay(f.until, true)
	return filter, err
}

func (a *app) importFiles(ctx context.Context, f importFlags, argv []string) error {
	filter, err := f.filter()
	if err != nil {
		return err
	}
	sources, err := a.importSources(&f, argv)
	if err != nil {
		return err
	}
	ar, err := a.create(ctx)
	if err != nil {
		return err
	}
	report, err := a.importInto(ctx, ar, f, filter, sources)
	err = errors.Join(err, ar.Close())
	removed, rerr := a.discardEmpty()
	if err = errors.Join(err, rerr); report == nil {
		return err
	}
	if removed {
		report.Archive = ""
	}
	if a.json {
		if perr := a.printJSON(report); perr != nil {
			return errors.Join(err, perr)
		}
	} else {
		a.printImported(report)
	}
	if report.CatalogInUse {
		a.noteCatalogInUse()
	}
	return a.importResult(ctx, report, err)
}

// importInto imports sources into an open archive, and shows the progress.
func (a *app) importInto(ctx context.Context, ar *archive.Archive, f importFlags, filter keep.ImportFilter, sources []*keep.ImportSource) (*keep.Imported, error) {
	show := a.newJob()
	defer show.end()
	said := 0
	im := &keep.Import{
		Archive: ar, Sources: sources, Filter: filter, NoExtract: f.noExtract, Software: software(), Operator: f.operator, Logger: a.logger(slog.LevelWarn, false),
		Watch: func(done, total int64, what string) {
			if done >= 0 {
				show.read(done, total, "importing "+filepath.Base(what))
			} else {
				show.done(-1-done, total, what, "page")
			}
		},
		Problem: func(p keep.ImportProblem) {
			if said++; said <= maxSaid && !a.quiet {
				show.say(p.String())
			} else if said == maxSaid+1 && !a.quiet {
				show.say("…; more such lines are not printed")
			}
		},
	}
	return im.Do(ctx)
}

// maxSaid bounds the problems that are printed.
const maxSaid = 20

// importResult is the error of an import that has a report.
func (a *app) importResult(ctx context.Context, r *keep.Imported, err error) error {
	switch {
	case err != nil && ctx.Err() != nil:
		return fail(exitInterrupted, "run the same command to resume", "%w", errInterrupted)
	case err != nil:
		return err
	case r.Damaged > 0:
		return fail(exitDamaged, "the rest was imported; get the damaged files again if you can, and import them again", "%s in the files", count(r.Damaged, "damaged place"))
	case r.LeftOutCount() > 0:
		hint := a.whereProblemsAre() + " what was not, and why"
		if r.Written() > 0 {
			hint = "the rest was imported; " + hint
		}
		what := "files or records"
		if r.LeftOutCount() == 1 {
			what = "file or record"
		}
		return fail(exitPartly, hint, "%d %s not imported", r.LeftOutCount(), what)
	case r.Written()+r.Known+r.Duplicates+r.Suppressed == 0:
		return fail(exitPartly, "check the filters: --site, --since, --until, --url-prefix", "nothing was imported")
	}
	return nil
}

// whereProblemsAre begins a hint that leads to what was said, or would be.
func (a *app) whereProblemsAre() string {
	switch {
	case a.json:
		return "problems in the output says"
	case a.quiet:
		return "the same command without --quiet says"
	}
	return "the lines above say"
}

// importSources finds out what each argument is.
func (a *app) importSources(f *importFlags, argv []string) (sources []*keep.ImportSource, err error) {
	var saved, folders []string
	for _, arg := range expandGlobs(argv) {
		if arg == "-" {
			sources = append(sources, keep.WARCReader("standard input", bufio.NewReader(a.stdin)))
			continue
		}
		st, err := os.Stat(arg)
		if err != nil {
			return nil, fail(exitFailed, "name files or folders, or - for standard input", "%w", err)
		}
		if !st.IsDir() {
			s, isPage, err := importSource(arg)
			switch {
			case err != nil:
				return nil, err
			case isPage:
				saved = append(saved, arg)
			default:
				sources = append(sources, s)
			}
			continue
		}
		more, pages, err := a.importFolder(arg)
		if err != nil {
			return nil, err
		}
		sources, saved = append(sources, more...), append(saved, pages...)
		if len(more) == 0 || len(pages) > 0 {
			folders = append(folders, arg)
		}
	}
	if f.manifest != "" {
		dir := filepath.Dir(f.manifest)
		if len(folders) == 1 {
			dir = folders[0]
		}
		s, err := keep.SavedManifest(f.manifest, dir, f.pages)
		if err != nil {
			return nil, fail(exitFailed, "the manifest is a CSV file whose first line has the columns file,url,date and perhaps charset", "%w", err)
		}
		sources, saved = append(sources, s), s.Unnamed(saved, dir)
	}
	if len(saved) > 0 {
		sources = append(sources, keep.SavedFiles(saved, f.pages))
	}
	if len(sources) == 0 {
		return nil, fail(exitFailed, "import reads WARC, ARC and WACZ files, HTML and MHTML, and archives of newsmorgue", "no file that can be imported in %s", strings.Join(argv, ", "))
	}
	return sources, nil
}

// expandGlobs expands patterns that the shell left as they are.
func expandGlobs(argv []string) (files []string) {
	for _, arg := range argv {
		if _, err := os.Lstat(arg); err != nil && strings.ContainsAny(arg, "*?[") {
			if found, err := filepath.Glob(arg); err == nil && len(found) > 0 {
				files = append(files, found...)
				continue
			}
		}
		files = append(files, arg)
	}
	return files
}

// importSource opens a file as what it is.
func importSource(file string) (s *keep.ImportSource, isPage bool, err error) {
	name := strings.ToLower(file)
	switch {
	case strings.HasSuffix(name, ".wacz"):
		s, err = keep.WACZFile(file)
		return s, false, err
	case keep.IsWARCName(name):
		s, err = keep.WARCFile(file)
		return s, false, err
	case keep.IsSavedName(name):
		return nil, true, nil
	}
	f, err := os.Open(file)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	begin, _ := bufio.NewReader(f).Peek(9)
	if !keep.IsWARC(begin) {
		return nil, false, fail(exitFailed, "import reads WARC, ARC and WACZ files, HTML and MHTML, and archives of newsmorgue", "%s is not a file that can be imported", file)
	}
	s, err = keep.WARCFile(file)
	return s, false, err
}

// importFolder opens another archive, or all files of a folder that can be imported,
// sorted by name.
func (a *app) importFolder(dir string) (sources []*keep.ImportSource, saved []string, err error) {
	other, err := archive.Open(dir)
	if err == nil {
		here, _ := os.Stat(a.folder())
		if there, serr := os.Stat(dir); serr == nil && here != nil && os.SameFile(here, there) {
			return nil, nil, fail(exitUsage, "name the other archive as an argument, and this one with -a", "an archive cannot be imported into itself")
		}
		s, err := keep.ArchiveFolder(other)
		return []*keep.ImportSource{s}, nil, err
	}
	if !errors.Is(err, archive.ErrNotArchive) {
		return nil, nil, err
	}
	err = filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name := strings.ToLower(d.Name())
		switch {
		case keep.IsSavedName(name):
			saved = append(saved, file)
		case keep.IsWARCName(name), strings.HasSuffix(name, ".wacz"):
			s, _, err := importSource(file)
			if err != nil {
				return err
			}
			sources = append(sources, s)
		}
		return nil
	})
	return sources, saved, err
}

func (a *app) printImported(r *keep.Imported) {
	w := a.stdout
	head := "imported"
	if r.Status != keep.StatusComplete {
		head = r.Status
	}
	fmt.Fprintf(w, "%s in %s: %s (%s), %s, %s", head, formatDuration(durationOf(r.Seconds)), count(r.Written(), "record"), size(r.Payload), count(r.Pages, "page"), count(r.Articles, "article"))
	if r.New > 0 && r.New < r.Articles {
		fmt.Fprintf(w, " (%d new)", r.New)
	}
	fmt.Fprintln(w)
	if len(r.Records) > 0 {
		fmt.Fprintf(w, "  records: %s\n", countsOf(r.Records))
	}
	if len(r.Kinds) > 0 {
		fmt.Fprintf(w, "  pages: %s\n", countsOf(r.Kinds))
	}
	for _, c := range []struct {
		n    int
		noun string
		what string
	}{
		{r.Known, "record", "in the archive already"},
		{r.Duplicates, "record", "of captures that the archive has under other record IDs"},
		{r.Filtered, "record", "not selected by the filters"},
		{r.Suppressed, "record", "of suppressed pages left out"},
		{r.Erased, "record", "erased, as in the imported archive"},
		{r.Unresolved, "revisit", "of pages that are not in the archive"},
	} {
		if c.n > 0 {
			fmt.Fprintf(w, "  %s %s\n", count(c.n, c.noun), c.what)
		}
	}
	if len(r.NoArticle) > 0 {
		fmt.Fprintf(w, "  pages without an article: %s\n", countsOf(r.NoArticle))
	}
	if r.Damaged > 0 {
		fmt.Fprintf(w, "  %s\n", count(r.Damaged, "damaged place"))
	}
	for _, l := range r.LeftOut {
		fmt.Fprintf(w, "  not imported: %s: %d\n", plain(l.Reason), l.Count)
	}
	if len(r.Notes) > 0 {
		fmt.Fprintf(w, "  unusual records, imported: %s\n", countsOf(r.Notes))
	}
	if r.Archive != "" {
		fmt.Fprintf(w, "  archive: %s\n", r.Archive)
	}
}

// countsOf writes counts by name, the largest first.
func countsOf(counts map[string]int) string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int { return cmp.Or(counts[b]-counts[a], strings.Compare(a, b)) })
	var parts []string
	for _, n := range names {
		parts = append(parts, fmt.Sprintf("%d %s", counts[n], plain(n)))
	}
	return strings.Join(parts, ", ")
}
