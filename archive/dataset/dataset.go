// Package dataset exports the articles of an archive as datasets: rows of several
// tables, documents that describe them, and checksums. The same archive and the same
// recipe give the same bytes, however many workers read.
//
// Articles are read in the order in which they are stored, as rows in another order
// would decompress a frame of the archive for each; the rows are then sorted outside
// memory (package extsort), and written in the order of the table. What depends on other
// articles, such as duplicates, is decided between the two.
package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/docs"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/formats"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
	"github.com/newsmorgue/newsmorgue/archive/dataset/redact"
	"github.com/newsmorgue/newsmorgue/archive/dataset/release"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// Options say what to export, and where.
type Options struct {
	Recipe   recipe.Recipe
	Dir      string // new, empty, or with an earlier export in the same format, which is replaced
	DryRun   bool   // counts what would be exported and writes nothing; Dir may be empty
	Previous string // the folder of an earlier release to compare with; "" for none

	Software   string                       // "newsmorgue/0.1.0"
	Labels     map[string]map[string]string // of the sites
	RedactList io.Reader                    // words to redact; nil for none
	Precision  []docs.Precision             // of the fields, as measured on this archive
	Workers    int                          // that read articles; one for each processor if 0
	Memory     int                          // bytes in which each of them sorts; 0 for 32 MiB
	Shard      func(site string) int        // of a partitioned dataset, the shard of a site, as of a cluster; nil for one of 16 by its hash
	Progress   func(Progress)               // may be nil; it is called from one goroutine at a time
}

// A Progress says how far an export is.
type Progress struct {
	Doing       string // "selecting", "reading", "comparing", "writing"
	Done, Total int64  // articles; Total is 0 if it is not known
}

// A Summary describes what an export wrote, or would write.
type Summary struct {
	Articles int64            `json:"articles"`
	Sites    int64            `json:"sites"`
	Dir      string           `json:"dir,omitempty"`
	Files    []string         `json:"files,omitempty"`
	Bytes    int64            `json:"bytes,omitempty"`
	Left     map[string]int64 `json:"left_out,omitempty"` // articles, by reason
	Splits   map[string]int64 `json:"splits,omitempty"`   // articles
	Clusters *docs.Duplicates `json:"duplicates,omitempty"`
	Leaks    *int             `json:"leaks,omitempty"` // clusters that are in more than one split
	Release  *docs.Release    `json:"release,omitempty"`
}

// ErrOtherFormat means that the folder has an export in another format, which an
// export never replaces.
var ErrOtherFormat = errors.New("the folder has an export in another format")

// Export writes a dataset. Its memory does not grow with what it exports, but for some
// 150 bytes an article. If it fails or is interrupted, the folder is as it was.
func Export(ctx context.Context, a *archive.Archive, c *catalog.Catalog, o Options) (sum Summary, err error) {
	view, err := c.Snapshot(ctx)
	if err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	defer view.Close()
	p, err := newPlan(o.Recipe, func(id string) (time.Time, error) { return endOfRun(ctx, view, id) })
	if err != nil {
		return sum, err
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	e := &exporter{Options: o, plan: p, archive: a, catalog: c, view: view}
	if e.newest, err = view.Newest(ctx); err != nil {
		return sum, fmt.Errorf("export: %w", err)
	}
	if err := e.run(ctx); err != nil {
		return e.summary(), fmt.Errorf("export: %w", err)
	}
	return e.summary(), nil
}

// endOfRun is the time until which a run is in a dataset as of it.
func endOfRun(ctx context.Context, c *catalog.Catalog, id string) (time.Time, error) {
	r, ok, err := c.Run(ctx, id)
	switch {
	case err != nil:
		return time.Time{}, err
	case !ok:
		return time.Time{}, fmt.Errorf("%q is neither a date nor a run of this archive", id)
	case r.End.IsZero():
		return time.Time{}, fmt.Errorf("run %s has no end: it is not finished, or was killed", id)
	}
	return r.End, nil
}

// An exporter makes one dataset.
type exporter struct {
	Options
	*plan
	archive *archive.Archive
	catalog *catalog.Catalog // for single records
	view    *catalog.Catalog // for everything else: it stays as it is

	folder  *folder.Folder // nil in a dry run
	scratch string         // a folder for temporary files of a dry run
	sink    table.Sink
	sorter  *extsort.Sorter // of the rows; nil in a dry run
	digests *extsort.Sorter // of what the pages say, by ID
	// captured tells captions whose files were not archived, without a query for each.
	captured *catalog.URLFilter
	ledger   *ledger
	chosen   *choice
	facts    *facts
	earlier  *release.Earlier // nil if there is none

	redactor *redact.Redactor // nil if nothing is redacted
	newest   time.Time        // capture of the archive
	report   docs.Description
}

func (e *exporter) run(ctx context.Context) (err error) {
	if e.redactor, err = e.newRedactor(); err != nil {
		return err
	}
	if e.Previous != "" {
		if e.earlier, err = release.Open(e.Previous); err != nil {
			return err
		}
		defer e.earlier.Close()
	}
	if !e.DryRun {
		if err := e.prepare(); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				err = errors.Join(err, e.folder.Discard())
			}
		}()
	}
	defer func() {
		if e.scratch != "" {
			err = errors.Join(err, os.RemoveAll(e.scratch))
		}
	}()
	if e.ledger, err = e.newLedger(); err != nil {
		return err
	}
	if err = e.gather(ctx); err != nil {
		return errors.Join(err, e.chosen.close())
	}
	if err = errors.Join(e.choose(ctx), e.chosen.close()); err != nil {
		return err
	}
	if e.DryRun {
		return e.count(ctx)
	}
	if err = e.write(ctx); err != nil {
		return err
	}
	if err = e.document(ctx); err != nil {
		return err
	}
	return e.folder.Commit()
}

// prepare begins the folder and the sink.
func (e *exporter) prepare() (err error) {
	if err := e.sameFormat(); err != nil {
		return err
	}
	if e.folder, err = folder.Create(e.Dir); err != nil {
		return err
	}
	rows, err := e.temp("rows")
	digests, derr := e.temp("digests")
	if err = errors.Join(err, derr); err == nil {
		e.sorter, e.digests = extsort.New(rows, e.Memory), extsort.New(digests, 8<<20)
		e.sink, err = formats.Open(e.folder, e.recipe.Format, formats.Options{Excel: e.recipe.Excel, FullText: true, Software: e.Software,
			Metadata: map[string]string{"newsmorgue.archive": e.archive.Info().ID, "newsmorgue.recipe": e.recipeText()}})
	}
	if err != nil {
		return errors.Join(err, e.folder.Discard())
	}
	return nil
}

// sameFormat checks that an export in the folder is in the same format.
func (e *exporter) sameFormat() error {
	format, err := earlierFormat(e.Dir)
	if err == nil && format != "" && format != e.recipe.Format {
		return fmt.Errorf("%w: %s is in %s", ErrOtherFormat, e.Dir, format)
	}
	return err
}

// recipeText is the recipe, for files that carry it along.
func (e *exporter) recipeText() string {
	var b strings.Builder
	if err := e.recipe.Write(&b); err != nil {
		return "" // cannot happen: it was checked
	}
	return b.String()
}
