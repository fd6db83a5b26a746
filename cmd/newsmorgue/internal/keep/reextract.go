package keep

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"net/url"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/parsers"
	"github.com/newsmorgue/newsmorgue/parsers/article"
	"github.com/newsmorgue/newsmorgue/parsers/tree"
	"github.com/newsmorgue/newsmorgue/scraper"
)

// A Reextract reads the pages of an archive again with the current extractor and each
// site's newest template profile, and archives the readings that differ from the newest
// one of the same capture. It fetches nothing. Crawls may run meanwhile.
type Reextract struct {
	Archive  *archive.Archive
	Sites    []string // none means all
	DryRun   bool     // report only
	Software string
	Workers  int // one per processor if zero
	// Watch is called for each capture that is done, with the number of all; it must
	// be fast.
	Watch func(total int)
}

// maxBatch is how many readings are written with one flush, and maxBatchBytes of how
// many bytes; the next ones are made meanwhile.
const (
	maxBatch      = 64
	maxBatchBytes = 8 << 20
)

// Do reads the pages. A report comes with every error that happened after the first
// page; an interrupted run has done what it reports, and the next one does the rest.
func (r *Reextract) Do(ctx context.Context) (*Reextracted, error) {
	started := time.Now().UTC()
	open := catalog.OpenReadOnly
	if !r.DryRun {
		unlock, err := r.Archive.LockReread()
		if err != nil {
			return nil, err
		}
		defer unlock()
		open = catalog.Open
	}
	cat, err := open(ctx, r.Archive)
	if err != nil {
		return nil, err
	}
	defer cat.Close()
	k := &Keeper{Catalog: cat}
	run := archive.NewRecord("warcinfo", started)
	if !r.DryRun {
		if k.Writer, err = r.Archive.NewWriter(); err != nil {
			return nil, err
		}
		defer k.Writer.Close()
		if _, err := cat.CatchUp(ctx); err != nil {
			return nil, err
		}
		k.RunID = run.ID()
	}
	x := &reextraction{Reextract: r, keeper: k, run: run, memory: MemoryBudget()}
	if x.hidden, err = cat.Hidden(ctx); err != nil {
		return nil, err
	}
	x.report = &Reextracted{Extractor: article.Extractor, DryRun: r.DryRun, Sites: r.Sites, Started: started, Archive: absolute(r.Archive.Dir())}
	err = x.do(ctx)
	x.report.finish(ctx.Err() != nil, err)
	if err == nil || ctx.Err() != nil {
		err = errors.Join(ctx.Err(), x.recordEnd(context.WithoutCancel(ctx)))
	}
	if !r.DryRun && x.report.Written > 0 && err == nil {
		_, err = cat.CatchUp(ctx)
	}
	return x.report, err
}

// A reextraction is a Reextract with everything open.
type reextraction struct {
	*Reextract
	keeper *Keeper
	run    *archive.Record // its warcinfo record, written with the first reading
	hidden *catalog.Hidden
	memory *scraper.Budget
	report *Reextracted
}

// A storedPage is a capture to read; seq is its place in the order of segments.
type storedPage struct {
	seq int
	rec *archive.Record
	err error // of reading the record
}

// do reads captures in the order of segments, in which neighbours share a frame, by
// several workers; one goroutine, this one, writes and counts.
func (x *reextraction) do(ctx context.Context) error {
	total, err := x.count(ctx)
	if err != nil {
		return err
	}
	work, cancel := context.WithCancel(ctx)
	defer cancel()
	pages, results := make(chan storedPage), make(chan outcome, maxBatch)
	var workers sync.WaitGroup
	workers.Go(func() {
		defer close(pages)
		for p := range x.captures(work) {
			select {
			case pages <- p:
			case <-work.Done():
				return
			}
		}
	})
	n := x.Workers
	if n == 0 {
		n = runtime.GOMAXPROCS(0)
	}
	for range n {
		workers.Go(func() {
			for p := range pages {
				results <- x.readPage(work, p)
			}
		})
	}
	go func() {
		workers.Wait()
		close(results)
	}()
	var failed error
	for batch := range batches(results) {
		if failed != nil {
			continue // let the workers end
		}
		if failed = x.keep(ctx, batch, total); failed != nil {
			cancel()
		}
	}
	return failed
}

// batches are the results that are there, as long as they are not too many.
func batches(results <-chan outcome) iter.Seq[[]outcome] {
	return func(yield func([]outcome) bool) {
		for first := range results {
			batch, bytes := []outcome{first}, first.bytes()
			for more := true; more && len(batch) < maxBatch && bytes < maxBatchBytes; {
				select {
				case o, ok := <-results:
					if more = ok; ok {
						batch, bytes = append(batch, o), bytes+o.bytes()
					}
				default:
					more = false
				}
			}
			if !yield(batch) {
				return
			}
		}
	}
}

// keep writes the readings of a batch and counts it. Write order: journal, catalog.
func (x *reextraction) keep(ctx context.Context, batch []outcome, total int) error {
	// Pages may be suppressed and erased while others are read: their readings must not
	// be written afterwards.
	hidden, err := x.keeper.Catalog.Hidden(context.WithoutCancel(ctx))
	if err != nil {
		return err
	}
	var recs []*archive.Record
	for i := range batch {
		o := &batch[i]
		if o.err != nil && ctx.Err() != nil {
			continue
		}
		if o.err != nil {
			return o.err
		}
		if o.record != nil && hidden.Hides(captureOf(o.record)) {
			o.class, o.record = suppressed, nil
		}
		if o.record != nil {
			recs = append(recs, o.record)
		}
	}
	// A run that was stopped keeps what it has read.
	if err := x.write(context.WithoutCancel(ctx), recs); err != nil {
		return err
	}
	for _, o := range batch {
		if o.err == nil {
			x.report.add(o)
		}
		if x.Watch != nil {
			x.Watch(total)
		}
	}
	return nil
}

func (x *reextraction) write(ctx context.Context, recs []*archive.Record) error {
	if x.DryRun || len(recs) == 0 {
		return nil
	}
	if x.report.Written == 0 {
		x.run.Set("Content-Type", "application/warc-fields")
		x.run.Payload = warcFields(
			"software", x.Software,
			"format", "WARC file version 1.1",
			"conformsTo", "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
			"newsmorgue-mode", "reextract",
			"newsmorgue-sites", strings.Join(x.Sites, " "),
			"newsmorgue-extractor", article.Extractor,
		)
		recs = append([]*archive.Record{x.run}, recs...)
	}
	caps, err := x.keeper.Writer.Append(ctx, recs...)
	if err != nil {
		return err
	}
	for _, rec := range recs {
		if rec != x.run {
			x.report.Written++
		}
	}
	return x.keeper.Catalog.Index(ctx, caps, recs)
}

// recordEnd writes the counts of a run that wrote readings.
func (x *reextraction) recordEnd(ctx context.Context) error {
	if x.report.Written == 0 {
		return nil
	}
	body, err := json.Marshal(x.report.recorded())
	if err != nil {
		return err
	}
	rec := archive.NewRecord("metadata", x.report.Ended)
	rec.Set("WARC-Refers-To", x.run.ID())
	rec.Set("WARC-Warcinfo-ID", x.run.ID())
	rec.Set("Content-Type", "application/json; profile="+reextractSchema)
	rec.Payload = body
	return keepRecord(ctx, x.keeper.Catalog, x.keeper.Writer, rec)
}

// wants reports whether a capture may be a page of the sites, by its index row.
func (x *reextraction) wants(c archive.Capture) bool {
	is := c.Type == "response" && c.Status >= 200 && c.Status <= 299 || c.Type == "resource" ||
		c.Type == "revisit" && (c.Status >= 200 && c.Status <= 299 || c.Status == 304)
	if !is || !mayBeHTML(c.ContentType) {
		return false
	}
	if len(x.Sites) == 0 {
		return true
	}
	u, err := url.Parse(c.URL)
	return err == nil && slices.Contains(x.Sites, scraper.SiteOf(u))
}

// mayBeHTML reports whether a Content-Type does not exclude a page; see tree.IsHTML.
func mayBeHTML(contentType string) bool {
	essence, _, _ := strings.Cut(strings.ToLower(contentType), ";")
	return !strings.Contains(essence, "/") || strings.Contains(essence, "html") || strings.Contains(essence, "xml") || strings.Contains(essence, "unknown")
}

// count counts the captures that x wants, from the indexes alone.
func (x *reextraction) count(ctx context.Context) (n int, err error) {
	segs, err := x.Archive.Segments()
	if err != nil {
		return 0, err
	}
	for _, s := range segs {
		for c, err := range x.Archive.Captures(ctx, s.Name) {
			if err != nil {
				break // reported when the segment is read
			}
			if x.wants(c) {
				n++
			}
		}
	}
	return n, ctx.Err()
}

// captures reads the captures that x wants. What is damaged has an error.
func (x *reextraction) captures(ctx context.Context) iter.Seq[storedPage] {
	return func(yield func(storedPage) bool) {
		seq := 0
		for e, err := range x.Archive.Select(ctx, x.wants) {
			if ctx.Err() != nil {
				return
			}
			seq++
			if !yield(storedPage{seq, e.Record, err}) {
				return
			}
		}
	}
}

// An outcome is what became of one capture.
type outcome struct {
	seq    int
	url    string
	class  outcomeClass
	stored catalog.Stored
	was    *article.Article // nil if it was never read
	now    *article.Article // nil if it was not read again
	record *archive.Record  // of the reading, if it differs
	err    error
}

func (o *outcome) bytes() int {
	if o.record == nil {
		return 0
	}
	return len(o.record.Payload)
}

type outcomeClass int

const (
	notAPage    outcomeClass = iota
	suppressed               // left alone
	damaged                  // the page or its reading
	readAlready              // its reading is by this extractor
	unchanged
	changed
	newlyRead
	noLongerRead
)

func (x *reextraction) readPage(ctx context.Context, p storedPage) outcome {
	o := outcome{seq: p.seq}
	if p.err != nil || p.rec == nil {
		o.class = damaged
		return o
	}
	o.url = p.rec.TargetURI()
	o.err = x.read(ctx, p.rec, &o)
	if errors.Is(o.err, archive.ErrNotFound) || errors.Is(o.err, archive.ErrDamaged) {
		o.class, o.err = damaged, nil // verify reports it
	}
	if o.err != nil {
		o.err = fmt.Errorf("read %s again: %w", o.url, o.err)
	}
	return o
}

func (x *reextraction) read(ctx context.Context, rec *archive.Record, o *outcome) (err error) {
	if x.hidden.Hides(captureOf(rec)) {
		o.class = suppressed
		return nil
	}
	k := x.keeper
	if o.stored, err = k.Catalog.Stored(ctx, rec); err != nil {
		return err
	}
	own := o.stored.Of == rec.ID()
	switch {
	case o.stored.ID != "" && x.hidden.Hides(archive.Capture{ID: o.stored.ID, Type: "conversion", RefersTo: o.stored.Of, URL: o.url}):
		o.class = suppressed
		return nil
	case rec.Type() == "revisit" && !own && rec.Get(catalog.SameArticle) == "" && (o.stored.ID != "" || rec.Get("WARC-Refers-To-Target-URI") == o.url):
		return nil // the response that it refers to is read
	}
	u, err := url.Parse(o.url)
	if err != nil {
		return nil
	}
	parser, err := k.parser(ctx, u)
	if err != nil {
		return err
	}
	if own && o.stored.Extractor == parsers.ExtractorFor(parser.Site) {
		o.class = readAlready
		return nil
	}
	if o.stored.ID != "" {
		if o.was, err = k.articleOf(ctx, o.stored.ID); err != nil {
			return err
		}
	}
	full := rec
	if rec.Type() == "revisit" {
		if full, err = k.Catalog.Payload(ctx, rec.ID()); err != nil {
			return err
		}
	}
	if len(full.Payload) >= x.memory.LargeBody() {
		release, err := x.memory.Large(ctx)
		if err != nil {
			return err
		}
		defer release()
	}
	page := pageIn(full, u, rec.Date())
	if page == nil || o.was == nil && !isUnreadPage(rec, page) {
		return nil
	}
	if o.now, err = x.again(ctx, rec, page, o); err != nil {
		return err
	}
	return x.compare(ctx, rec, own, o)
}

func captureOf(rec *archive.Record) archive.Capture {
	return archive.Capture{ID: rec.ID(), Type: rec.Type(), URL: rec.TargetURI(), Time: rec.Date(), RefersTo: rec.Get("WARC-Refers-To")}
}

// again reads a page; nil if there is no article. A page that was never read may be a
// further page of the article that links to it.
func (x *reextraction) again(ctx context.Context, rec *archive.Record, page *article.Page, o *outcome) (*article.Article, error) {
	stitch := x.keeper.stitch
	if o.stored.Kind != "" && !o.stored.IsCurrent {
		stitch = func(ctx context.Context, head *article.Article) error { return x.stitchAsThen(ctx, head, rec) }
	}
	if o.was != nil {
		return x.keeper.readAgain(ctx, page, o.was, stitch)
	}
	return x.keeper.readAgain(ctx, page, &article.Article{}, func(ctx context.Context, a *article.Article) error {
		if a.Further {
			head, err := x.headOf(ctx, rec)
			if err != nil {
				return err
			}
			if head != "" {
				asPage(a, head)
				return nil
			}
		}
		return stitch(ctx, a)
	})
}

// compare says what became of a page that was read again, and makes its record.
func (x *reextraction) compare(ctx context.Context, rec *archive.Record, own bool, o *outcome) (err error) {
	switch {
	case o.now == nil && o.was == nil:
		return nil
	case o.now == nil:
		o.class = noLongerRead
		return nil
	case o.was == nil:
		o.class = newlyRead
	case own:
		o.class = changed
		if o.was.ContentDigest() == o.now.ContentDigest() {
			o.class = unchanged
		}
	default:
		// The capture has the article of another one, which is read again as well.
		base, err := x.base(ctx, o)
		if err != nil {
			return err
		}
		o.class = changed
		if base.ContentDigest() == o.now.ContentDigest() {
			o.class = unchanged
		}
	}
	if o.class == unchanged {
		return nil
	}
	o.record, err = x.keeper.laterReading(o.now, rec, o.stored.ID, own)
	return err
}

// base is the article of the capture that o has its article from, by the current
// extractor.
func (x *reextraction) base(ctx context.Context, o *outcome) (*article.Article, error) {
	rec, err := x.keeper.Catalog.Record(ctx, o.stored.Of)
	if err != nil {
		return nil, err
	}
	if o.stored.Extractor == o.now.Extractor {
		return o.was, nil
	}
	page, err := pageOfRecord(ctx, x.keeper.Catalog, rec.ID(), rec.TargetURI(), rec.Date())
	if err != nil || page == nil {
		return o.was, err
	}
	then := outcome{was: o.was}
	if then.stored, err = x.keeper.Catalog.Stored(ctx, rec); err != nil {
		return nil, err
	}
	now, err := x.again(ctx, rec, page, &then)
	if now == nil {
		now = o.was
	}
	return now, err
}

// isUnreadPage reports whether a response without a reading is a page that a crawl asked
// for as a page. What was asked for as robots.txt, a sitemap or a part of another page
// may be answered with a page, too.
func isUnreadPage(rec *archive.Record, page *article.Page) bool {
	hops := fetchField(rec, "hops")
	if page.URL.Path == "/robots.txt" || strings.HasSuffix(hops, string(scraper.HopEmbed)) || hops == scraper.HopsNamed || hops == scraper.HopsGuessed {
		return false
	}
	resp := &scraper.Response{URL: page.URL, Status: 200, Header: page.Header, Body: page.HTML}
	return tree.IsHTML(resp.ContentType(), page.HTML)
}

// fetchField is a part of the field Newsmorgue-Fetch.
func fetchField(rec *archive.Record, name string) string {
	for part := range strings.SplitSeq(rec.Get("Newsmorgue-Fetch"), "; ") {
		if n, value, ok := strings.Cut(part, "="); ok && n == name {
			return value
		}
	}
	return ""
}

// headOf returns the URL of the article that an archived page continues, "" if none, as
// Keeper.continued does, from the pages alone: their readings may be made only now.
func (x *reextraction) headOf(ctx context.Context, rec *archive.Record) (string, error) {
	for range 50 {
		raw, via := rec.TargetURI(), fetchField(rec, "via")
		if via == "" || via == raw {
			return "", nil
		}
		if u, err := url.Parse(raw); err != nil {
			return "", nil
		} else if v, err := url.Parse(via); err != nil || u.Host != v.Host {
			return "", nil
		}
		held, before, err := x.keeper.reread(ctx, via)
		if err != nil || before == nil {
			return "", err
		}
		if !slices.ContainsFunc(before.Pages, func(p article.PageRef) bool { return p.URL == raw || Spelling(p.URL) == raw }) {
			return "", nil
		}
		if !before.Further {
			return via, nil
		}
		if rec, err = x.keeper.Catalog.Record(ctx, held.CaptureID); err != nil {
			return "", err
		}
	}
	return "", nil
}

// stitchAsThen appends the further pages to an article that is no longer the current
// version: as they were until its URL was captured again.
func (x *reextraction) stitchAsThen(ctx context.Context, head *article.Article, rec *archive.Record) error {
	if len(head.Pages) == 0 {
		return nil
	}
	all, err := x.keeper.Catalog.Captured(ctx, rec.TargetURI())
	if err != nil {
		return err
	}
	var until time.Time // of the next capture
	for _, c := range all {
		if c.Time.After(rec.Date()) {
			until = c.Time
			break
		}
	}
	return stitchWith(head, func(raw string) (*article.Article, error) {
		pages, err := x.keeper.Catalog.Captured(ctx, raw)
		if err != nil {
			return nil, err
		}
		for _, c := range slices.Backward(pages) {
			if !until.IsZero() && !c.Time.Before(until) || c.Status < 200 || c.Status > 299 {
				continue
			}
			page, err := pageOfRecord(ctx, x.keeper.Catalog, c.ID, raw, c.Time)
			if err != nil || page == nil {
				return nil, err
			}
			return x.keeper.readAgain(ctx, page, &article.Article{}, func(context.Context, *article.Article) error { return nil })
		}
		return nil, nil
	})
}
