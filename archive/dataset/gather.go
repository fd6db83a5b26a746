package dataset

import (
	"context"
	"encoding/binary"
	"errors"
	"hash/fnv"
	"sync"
	"sync/atomic"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/dataset/neardup"
	"github.com/newsmorgue/newsmorgue/archive/dataset/table"
	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// A batch of picks is read by one worker. Picks of one frame stay together, so that it
// is decoded once. It has a few frames, as the first article of a frame often has its
// response in the frame before.
const (
	minBatch = 160
	maxBatch = 512
)

// gather reads all articles in stored order, with workers in parallel, and hands their
// rows to the sorter.
func (e *exporter) gather(ctx context.Context) error {
	wanted, err := e.presample(ctx)
	if err != nil {
		return err
	}
	unwanted := leftSample
	if e.recipe.Choice.Sample == 0 {
		unwanted = leftLimit
	}
	if e.chosen, err = e.newChoice(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	total, err := e.view.CountScope(ctx, e.picks.Filter)
	if err != nil {
		return err
	}
	if e.wantsMedia && !e.DryRun {
		if e.captured, err = e.view.URLFilter(ctx); err != nil {
			return err
		}
	}
	var done atomic.Int64
	batches := make(chan []catalog.Pick, e.Workers)
	var wg sync.WaitGroup
	for range e.Workers {
		wg.Go(func() {
			w := e.newWorker()
			for batch := range batches {
				for _, p := range batch {
					if ctx.Err() != nil {
						break // what waits is dropped
					}
					if err := w.take(ctx, p); err != nil {
						cancel(err)
						break
					}
					done.Add(1)
				}
			}
			if err := w.close(); err != nil {
				cancel(err)
			}
		})
	}
	var batch []catalog.Pick
	send := func() {
		select {
		case batches <- batch:
		case <-ctx.Done():
		}
		batch = nil
	}
	e.tell("selecting", 0, 0)
	for p, err := range e.view.Picks(ctx, e.picks, e.ledger.pick) {
		if err != nil {
			cancel(err)
			break
		}
		if wanted != nil && !wanted[p.Key] {
			if p.Last {
				if err := e.ledger.pick(p, unwanted); err != nil {
					cancel(err)
					break
				}
			}
			continue
		}
		if n := len(batch); n >= maxBatch || n >= minBatch && (batch[n-1].Reading.Frame != p.Reading.Frame || batch[n-1].Reading.Segment != p.Reading.Segment) {
			send()
			e.tell("reading", done.Load(), total)
		}
		batch = append(batch, p)
	}
	if len(batch) > 0 {
		send()
	}
	e.tell("reading", done.Load(), total)
	close(batches)
	wg.Wait()
	return context.Cause(ctx)
}

// A worker reads articles.
type worker struct {
	*exporter
	source   *source
	rows     *extsort.Writer
	choices  *chooser
	key, row []byte
	values   []table.Value
	columns  []func(s *story) table.Value // of the articles
	saying   []table.Column               // what the page says,
	pages    []int                        // where that is in a row,
	said     []table.Value                // and its values
}

func (e *exporter) newWorker() *worker {
	w := &worker{exporter: e, source: newSource(e.archive, e.catalog), choices: e.chosen.chooser()}
	for _, c := range e.plan.articles.Columns {
		w.columns = append(w.columns, articleValues[c.Name])
	}
	w.saying, w.pages = pageColumns(e.plan.articles)
	if e.sorter != nil {
		w.rows = e.sorter.Writer()
	}
	return w
}

func (w *worker) close() error {
	w.source.close()
	err := w.choices.close()
	if w.rows != nil {
		err = errors.Join(err, w.rows.Close())
	}
	return err
}

// take reads one article and hands on its rows.
func (w *worker) take(ctx context.Context, p catalog.Pick) error {
	if w.rows == nil && !w.needsText() && !w.clusters() {
		return w.choices.add(&story{pick: p})
	}
	s, err := w.source.read(ctx, p, w.wantBody)
	if errors.Is(err, archive.ErrNotFound) || errors.Is(err, archive.ErrDamaged) {
		return w.ledger.unreadable(p)
	}
	if err != nil {
		return err
	}
	s.optouts, s.reserves = w.optoutsOf(s)
	if w.recipe.Rights.RespectOptouts && s.reserves {
		return w.ledger.optout(s)
	}
	if err := w.choices.add(s); err != nil || w.rows == nil {
		return err
	}
	if s.textSHA == "" && s.article.Text != "" { // no sketch was made
		s.textSHA = neardup.TextDigestHex(s.article.Text)
	}
	if err := w.source.compare(ctx, s); err != nil {
		return err
	}
	if !w.wantBody {
		s.article.Body = nil
	}
	if err := w.findMedia(ctx, s); err != nil {
		return err
	}
	w.redact(s)
	return w.rows.Add(w.sortKey(s), w.encode(s))
}

// sortKey orders rows by partition, site, time of publication, ID and version.
func (w *worker) sortKey(s *story) []byte {
	b := w.key[:0]
	if w.recipe.Partition {
		b = append(append(b, monthOf(s.pick.Published)...), 0)
		b = binary.BigEndian.AppendUint32(b, uint32(w.shardOf(s.pick.Site)))
	}
	b = append(append(b, s.pick.Site...), 0)
	b = binary.BigEndian.AppendUint64(b, uint64(s.pick.Sorted.UnixMicro())^1<<63) // times before 1970 come first
	b = binary.BigEndian.AppendUint64(b, s.pick.Key)
	b = binary.BigEndian.AppendUint32(b, uint32(s.pick.Version))
	w.key = b
	return b
}

// shards is how many folders a partitioned dataset has for each month, unless the options
// have shards of their own.
const shards = 16

// shardOf is the folder of a site.
func (e *exporter) shardOf(site string) int {
	if e.Shard != nil {
		return e.Shard(site)
	}
	h := fnv.New32a()
	h.Write([]byte(site))
	return int(h.Sum32() % shards)
}

// monthOf is the month of a publication date; "" if it is not known.
func monthOf(published string) string {
	if len(published) < 7 {
		return ""
	}
	return published[:7]
}

// meta are the columns of what is known of an article when its rows are written,
// whatever columns the dataset has.
var meta = []table.Column{
	{Name: "key", Type: table.Int}, {Name: "version", Type: table.Int}, {Name: "id", Type: table.String}, {Name: "site", Type: table.String},
	{Name: "url", Type: table.String}, {Name: "kind", Type: table.String}, {Name: "language", Type: table.String}, {Name: "extractor", Type: table.String},
	{Name: "published", Type: table.String}, {Name: "captured", Type: table.Time}, {Name: "optouts", Type: table.Strings}, {Name: "run", Type: table.String},
	{Name: "redacted", Type: table.Strings},
}

// encode writes the rows of an article, those of its children included: what is in meta,
// the digest of what the page says, the article, and each child's rows after their number.
func (w *worker) encode(s *story) []byte {
	b := table.AppendRow(w.row[:0], meta, []table.Value{
		table.OfInt(int64(s.pick.Key)), table.OfInt(int64(s.pick.Version)), table.Of(s.pick.ID), table.Of(s.pick.Site),
		table.Of(s.pick.URL), table.Of(s.pick.Kind), table.Of(s.article.Language), table.Of(s.article.Extractor),
		table.Of(s.article.Published), table.OfTime(s.pick.Captured), table.OfList(s.optouts), table.Of(s.pick.Run), table.OfList(s.redacted),
	})
	w.values = w.values[:0]
	for _, value := range w.columns {
		w.values = append(w.values, value(s))
	}
	b = w.appendDigest(b, w.values)
	b = table.AppendRow(b, w.articles.Columns, w.values)
	for _, c := range w.children {
		n := c.count(s)
		b = binary.AppendUvarint(b, uint64(n))
		for i := range n {
			w.values = w.values[:0]
			for _, col := range c.table.Columns {
				w.values = append(w.values, c.value(s, i, col.Name))
			}
			b = table.AppendRow(b, c.table.Columns, w.values)
		}
	}
	w.row = b
	return b
}

func (e *exporter) tell(doing string, done, total int64) {
	if e.Progress != nil {
		e.Progress(Progress{Doing: doing, Done: done, Total: total})
	}
}
