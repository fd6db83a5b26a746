package keep

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// An Import adds the records of files that other programs made to an archive, and
// extracts the articles of the pages among them. It fetches nothing. Records that the
// archive has are left out, so that importing twice, or again after a crash, adds what
// is missing and nothing else. Crawls may run meanwhile.
type Import struct {
	Archive   *archive.Archive
	Sources   []*ImportSource
	Filter    ImportFilter
	NoExtract bool // archive records and extract no article
	Software  string
	Operator  string
	Workers   int          // that extract articles; one per processor if zero
	Logger    *slog.Logger // nil is silent
	// Watch is called while files are read, with the bytes that were read and those of
	// all files, 0 if that is unknown; it must be fast.
	Watch func(done, total int64, what string)
	// Problem is called for each record that is damaged or left out; it must be fast.
	Problem func(ImportProblem)
}

// An ImportFilter selects records of files. Its zero value selects all. It does not
// apply to records of another archive's folder.
type ImportFilter struct {
	Sites        []string  // as in articles
	Since, Until time.Time // of capture
	URLPrefix    string
	MaxArticles  int // the import ends after so many articles; 0 is no limit
	// Hosts reports whether records of a host belong into this archive; nil is all. It
	// applies to another archive's folder, too. What has no URL belongs into all.
	Hosts func(host string) bool
}

// isZero reports whether a filter selects all records.
func (f *ImportFilter) isZero() bool {
	return f.Hosts == nil && f.selectsAll()
}

// selectsAll is isZero but for Hosts.
func (f *ImportFilter) selectsAll() bool {
	return len(f.Sites) == 0 && f.Since.IsZero() && f.Until.IsZero() && f.URLPrefix == ""
}

// Do imports the files. A report comes with every error that happened after the first
// record; an interrupted import has done what it reports, and the next one does the rest.
func (im *Import) Do(ctx context.Context) (*Imported, error) {
	started := time.Now().UTC()
	unlock, err := im.Archive.LockImport()
	if err != nil {
		return nil, err
	}
	defer unlock()
	cat, err := catalog.Open(ctx, im.Archive)
	if err != nil {
		return nil, err
	}
	defer cat.Close()
	writer, err := im.Archive.NewWriter()
	if err != nil {
		return nil, err
	}
	defer writer.Close()
	if _, err := cat.CatchUp(ctx); err != nil {
		return nil, err
	}
	run := archive.NewRecord("warcinfo", started)
	x := &importing{
		Import: im, run: run, runID: run.ID(), memory: newByteBudget(importMemory), large: MemoryBudget(),
		keeper: &Keeper{Writer: writer, Catalog: cat, Logger: im.Logger, RunID: run.ID(), Started: started, NoExtract: im.NoExtract, imported: map[string]int{}},
		report: &Imported{Schema: importSchema, Extractor: article.Extractor, Started: started, Archive: absolute(im.Archive.Dir())},
	}
	if im.NoExtract {
		x.report.Extractor = ""
	}
	if x.hidden, err = cat.Hidden(ctx); err != nil {
		return nil, err
	}
	if x.ids, err = knownRecords(ctx, im.Archive); err != nil {
		return nil, err
	}
	for _, s := range im.Sources {
		if s.Bytes <= 0 {
			x.total = -1
		} else if x.total >= 0 {
			x.total += s.Bytes
		}
	}
	if err := x.recall(ctx); err != nil {
		return nil, err
	}
	err = x.do(ctx)
	if err == nil {
		err = x.conclude(ctx)
	}
	x.report.finish(ctx.Err() != nil, err)
	if err == nil || ctx.Err() != nil {
		err = errors.Join(ctx.Err(), x.recordEnd(context.WithoutCancel(ctx)))
	}
	if err != nil {
		return x.report, err
	}
	_, sealErr := writer.SealIfLarge(ctx)
	if err := errors.Join(sealErr, writer.Close()); err != nil {
		return x.report, err
	}
	if err := x.eraseAsThere(ctx); err != nil {
		return x.report, err
	}
	_, err = cat.CatchUp(ctx)
	if err == nil && x.report.Erased > 0 {
		var emptied bool
		emptied, err = cat.EmptyLog(ctx)
		x.report.CatalogInUse = err == nil && !emptied
	}
	return x.report, err
}

// An importing is an Import with everything open.
type importing struct {
	*Import
	keeper *Keeper
	run    *archive.Record // its warcinfo record, written with the first record
	runID  string          // of that: readers need it while the record is written
	hidden *catalog.Hidden // when the import began
	ids    *recordIDs
	memory *byteBudget
	large  *scraper.Budget
	total  int64 // bytes of all files; -1 if unknown
	read   atomic.Int64

	mu     sync.Mutex // of report, while files are read
	report *Imported
	done   bool // as many articles as the filter allows

	later     later
	erasures  []catalog.Suppression // of another archive, that came along
	erased    map[string]bool       // what this archive erased, by URL or record ID; nil before it was read
	isWritten bool                  // the warcinfo record of this import
}

// importMemory bounds the blocks of the records in flight, in bytes.
const importMemory = 128 << 20

// do reads the files in one goroutine, extracts articles in several, and writes in this
// one, in the order of the files.
func (x *importing) do(ctx context.Context) error {
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	n := x.Workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	jobs, ordered := make(chan *importGroup, n), make(chan *importGroup, 2*maxImportBatch)
	var readErr error
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(jobs)
		defer close(ordered)
		readErr = x.readAll(work, func(g *importGroup) bool {
			if x.memory.take(work, g.bytes) != nil {
				return false
			}
			for _, to := range []chan *importGroup{ordered, jobs} {
				select {
				case to <- g:
				case <-work.Done():
					return false
				}
			}
			return true
		})
	})
	for range n {
		workers.Go(func() {
			for g := range jobs {
				if g.err = x.extract(work, g); g.err == nil {
					g.prepare()
				}
				close(g.ready)
			}
		})
	}
	writeErr := x.writeAll(ctx, work, ordered)
	cancel()
	workers.Wait()
	switch {
	case writeErr != nil:
		return writeErr
	case ctx.Err() != nil:
		return ctx.Err()
	case x.done: // the rest was not wanted
		return nil
	}
	return readErr
}

// note remembers what the end of the import needs to know of a group.
func (x *importing) note(g *importGroup) {
	for _, rec := range g.recs {
		if g.source.whole {
			x.noteWhole(rec)
		}
	}
	if g.unresolved != "" {
		x.later.revisits = append(x.later.revisits, g.unresolved)
	}
	if g.unreadYet {
		x.later.pages = append(x.later.pages, laterPage{cmp.Or(g.main, g.archived).ID(), g.isNew})
	}
	if g.page == nil {
		return
	}
	x.noteRead(g)
}

// noteRead remembers a page that was read.
func (x *importing) noteRead(g *importGroup) {
	k := x.keeper
	k.mu.Lock()
	if g.page.a.Kind.Story() {
		k.imported[g.page.a.Site]++
	}
	k.mu.Unlock()
	k.lessons.note(g.page)
	if len(g.page.a.Pages) > 0 && !g.page.a.Further {
		x.later.heads = append(x.later.heads, g.page.captured.TargetURI())
	}
}

// recordStart completes the import's warcinfo record. It has no line newsmorgue-site:
// the import is not a run of a site.
func (x *importing) recordStart() {
	x.run.Set("Content-Type", "application/warc-fields")
	pairs := []string{
		"software", x.Software,
		"format", "WARC file version 1.1",
		"conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
		"operator", x.Operator,
		"newsmorgue-mode", "import",
		"newsmorgue-extractor", x.report.Extractor,
	}
	for i, s := range x.Sources {
		if i == maxImportNames {
			break
		}
		pairs = append(pairs, "newsmorgue-file", s.Name)
	}
	x.run.Payload = warcFields(pairs...)
}

// maxImportNames bounds the file names in a record.
const maxImportNames = 1000

// recordEnd writes the counts of an import that wrote records.
func (x *importing) recordEnd(ctx context.Context) error {
	if !x.isWritten {
		return nil
	}
	body, err := json.Marshal(x.report.recorded())
	if err != nil {
		return err
	}
	rec := archive.NewRecord("metadata", x.report.Ended)
	rec.Set("WARC-Refers-To", x.run.ID())
	rec.Set("WARC-Warcinfo-ID", x.run.ID())
	rec.Set("Content-Type", "application/json; profile="+importSchema)
	rec.Payload = body
	if err := keepRecord(ctx, x.keeper.Catalog, x.keeper.Writer, rec); err != nil {
		return fmt.Errorf("end of the import: %w", err)
	}
	return nil
}

// A byteBudget bounds bytes in flight. What is larger than all of it passes alone.
type byteBudget struct {
	most, used int64
	mu         sync.Mutex
	freed      chan struct{}
}

func newByteBudget(most int64) *byteBudget {
	return &byteBudget{most: most, freed: make(chan struct{}, 1)}
}

// take waits until there is room for n bytes. Only one goroutine may take.
func (b *byteBudget) take(ctx context.Context, n int64) error {
	for {
		b.mu.Lock()
		if b.used == 0 || b.used+n <= b.most {
			b.used += n
			b.mu.Unlock()
			return nil
		}
		b.mu.Unlock()
		select {
		case <-b.freed:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (b *byteBudget) give(n int64) {
	b.mu.Lock()
	b.used -= n
	b.mu.Unlock()
	select {
	case b.freed <- struct{}{}:
	default:
	}
}
