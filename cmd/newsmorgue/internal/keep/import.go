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
}

// isZero reports whether a filter selects all records.
func (f *ImportFilter) isZero() bool {
	return len(f.Sites) == 0 && f.Since.IsZero() && f.Until.IsZero() && f.URLPrefix == ""
}

// maxImportBatch bounds the groups that are written with one flush, and
// maxImportBytes the bytes of their records.
const (
	maxImportBatch = 256
	maxImportBytes = 16 << 20
)

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
				g.err = x.extract(work, g)
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

// maxImportWait is how long a group waits for others to be written with.
const maxImportWait = 300 * time.Millisecond

// writeAll writes groups in order, many together: each flush costs the same.
func (x *importing) writeAll(ctx, work context.Context, ordered <-chan *importGroup) error {
	for first := range ordered {
		batch, bytes := []*importGroup{first}, first.bytes
		if !wait(work, first) {
			return work.Err()
		}
		enough := time.NewTimer(maxImportWait)
		for more := true; more && len(batch) < maxImportBatch && bytes < maxImportBytes; {
			select {
			case g, ok := <-ordered:
				if more = ok && wait(work, g); more {
					batch, bytes = append(batch, g), bytes+g.bytes
				}
			case <-enough.C:
				more = false
			}
		}
		enough.Stop()
		// An import that is stopped keeps what it has read.
		err := x.write(context.WithoutCancel(ctx), batch)
		x.memory.give(bytes)
		if err != nil || x.done {
			return err
		}
	}
	return nil
}

// wait waits until a group is ready to be written.
func wait(ctx context.Context, g *importGroup) bool {
	select {
	case <-g.ready:
		return true
	case <-ctx.Done():
		return false
	}
}

// write writes groups. Write order: journal, catalog.
func (x *importing) write(ctx context.Context, batch []*importGroup) (err error) {
	// Pages may be suppressed and erased while others are read.
	hidden, err := x.keeper.Catalog.Hidden(ctx)
	if err != nil {
		return err
	}
	recs, kept, err := x.choose(batch, hidden)
	if err != nil {
		return err
	}
	defer func() {
		if err == nil {
			x.noteAll(kept)
		}
	}()
	if len(recs) == 0 {
		return nil
	}
	if !x.isWritten {
		x.recordStart()
		recs = append([]*archive.Record{x.run}, recs...)
	}
	caps, err := x.keeper.Writer.Append(ctx, recs...)
	if err != nil {
		return err
	}
	x.isWritten = true
	return x.keeper.Catalog.Index(ctx, caps, recs)
}

func (x *importing) noteAll(groups []*importGroup) {
	for _, g := range groups {
		x.note(g)
	}
}

// choose returns the records of a batch that are to be written, with their groups, and
// counts all.
func (x *importing) choose(batch []*importGroup, hidden *catalog.Hidden) (recs []*archive.Record, kept []*importGroup, err error) {
	x.mu.Lock()
	defer x.mu.Unlock()
	for _, g := range batch {
		if g.err != nil {
			return nil, nil, g.err
		}
		if x.done || !g.source.whole && x.dropHidden(g, hidden) {
			continue
		}
		if g.isDuplicate || x.isCopy(g) {
			x.report.Duplicates += len(g.recs)
			continue
		}
		recs, kept = append(append(recs, g.recs...), g.readings...), append(kept, g)
		x.done = x.report.take(g) && x.Filter.MaxArticles > 0 && x.report.Articles >= x.Filter.MaxArticles
	}
	return recs, kept, nil
}

// dropHidden reports whether a group's page was suppressed while it was read.
func (x *importing) dropHidden(g *importGroup, hidden *catalog.Hidden) bool {
	for _, rec := range g.recs {
		if hides(hidden, rec) {
			x.report.Suppressed += len(g.recs)
			return true
		}
	}
	return false
}

// isCopy reports whether the capture of a group was imported before under another ID.
func (x *importing) isCopy(g *importGroup) bool {
	if g.main == nil {
		return false
	}
	return !x.ids.addCapture(g.main)
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
