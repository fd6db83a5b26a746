// Package archivetest makes archives of invented articles, as large as wanted, for tests
// and measurements. They have what archives of real sites have: runs, edited and moved
// articles, revisits, wire copies on several sites, paywalls, truncated pages and
// publishers' reservations. The articles are made as the parser would write them; no page
// is parsed.
//
// The same options give the same records in the same order. Only the ID of the archive
// and the names of its segments differ.
package archivetest

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// Options say what to make. The zero value makes a thousand articles of ten sites.
type Options struct {
	Articles int    // URLs of articles; 1,000 if 0. Moved ones come on top
	Sites    int    // 10 if 0
	Seed     uint64 // other seeds give other articles
	Text     int    // bytes of an article's text, about; 4,000 if 0
	Markup   int    // bytes of HTML around it, about; 12,000 if 0
	PerRun   int    // articles that a run of a site finds; 250 if 0, fewer if there are few for each site
	Workers  int    // goroutines that make pages; one for each processor if 0

	Progress func(articles int) // after each run; may be nil
}

func (o Options) withDefaults() Options {
	for _, d := range []struct {
		at    *int
		value int
	}{{&o.Articles, 1000}, {&o.Sites, 10}, {&o.Text, 4000}, {&o.Markup, 12_000}, {&o.PerRun, min(250, max(o.Articles/max(o.Sites, 1)/4, 10))}, {&o.Workers, runtime.GOMAXPROCS(0)}} {
		if *d.at <= 0 {
			*d.at = d.value
		}
	}
	return o
}

// Create makes an archive in a new folder. All its segments are sealed.
func Create(ctx context.Context, dir string, o Options) (err error) {
	a, err := archive.Create(dir, "archivetest")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, a.Close()) }()
	c, err := catalog.Open(ctx, a)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.Close()) }()
	w, err := a.NewWriter()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, w.Close()) }()
	if err := Fill(ctx, w, c, o); err != nil {
		return err
	}
	if _, err := w.Seal(ctx); err != nil {
		return err
	}
	_, err = c.CatchUp(ctx)
	return err
}

// Fill appends the records of all runs to an archive, and indexes them. Runs are made in
// parallel and written in order.
func Fill(ctx context.Context, w *archive.Writer, c *catalog.Catalog, o Options) error {
	o = o.withDefaults()
	p := newPress(o)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	runs := make(chan chan *run, o.Workers) // in order; each is filled by one goroutine
	var wg sync.WaitGroup
	wg.Go(func() {
		defer close(runs)
		for n := range p.runs() {
			made := make(chan *run, 1)
			select {
			case runs <- made:
			case <-ctx.Done():
				return
			}
			wg.Go(func() { made <- p.run(n) })
		}
	})
	indexed := make(chan *run, 1)
	wg.Go(func() {
		done := 0
		for r := range indexed {
			if err := r.index(ctx, c); err != nil {
				cancel(err)
				continue
			}
			done += r.articles
			if o.Progress != nil {
				o.Progress(done)
			}
		}
	})
	batch := &run{}
	write := func() {
		if ctx.Err() == nil && len(batch.pages) > 0 {
			if err := batch.append(ctx, w); err != nil {
				cancel(err)
			} else {
				indexed <- batch
			}
		}
		batch = &run{}
	}
	for made := range runs {
		r := <-made
		if r.failed != nil {
			cancel(r.failed)
		}
		batch.pages = append(batch.pages, r.pages...)
		if batch.articles += r.articles; batch.articles >= perBatch {
			write()
		}
	}
	write()
	close(indexed)
	wg.Wait()
	return context.Cause(ctx)
}

// perBatch is how many articles are written at a time: the disk is waited for after each.
const perBatch = 1000

// A run is the records of one run of one site. Those of one page are indexed together.
type run struct {
	pages    []page
	articles int // with a new URL
	failed   error
}

// A page is one capture with what was read from it.
type page struct {
	recs []*archive.Record
	caps []archive.Capture
	read *catalog.Read // nil if nothing was
}

func (r *run) append(ctx context.Context, w *archive.Writer) error {
	var all []*archive.Record
	for _, p := range r.pages {
		all = append(all, p.recs...)
	}
	caps, err := w.Append(ctx, all...)
	if err != nil {
		return fmt.Errorf("archivetest: %w", err)
	}
	for i := range r.pages {
		n := len(r.pages[i].recs)
		r.pages[i].caps, caps = caps[:n], caps[n:]
	}
	return nil
}

// index adds all pages at the same time, for the catalog to write them in one transaction.
func (r *run) index(ctx context.Context, c *catalog.Catalog) error {
	errs := make([]error, len(r.pages))
	var wg sync.WaitGroup
	for i, p := range r.pages {
		wg.Go(func() { errs[i] = c.IndexRead(ctx, p.caps, p.recs, p.read) })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// start and span are the time in which the runs are.
var start = time.Date(2019, 1, 1, 0, 0, 0, 0, time.UTC)

const span = 6 * 365 * 24 * time.Hour
