package wacz

import (
	"bytes"
	"context"
	"iter"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/warc"
)

// encoded is a record as a gzip member of a WARC file.
type encoded struct {
	rec    *archive.Record
	bytes  []byte
	digest archive.Digest // of bytes
	page   *Page          // of a conversion record
	home   bool
	err    error
	ready  chan struct{}
}

// A coder encodes one record after another. Which file a record is in is decided
// afterwards, by the sizes of those before it: so it does not depend on how many are
// encoded at a time.
type coder struct {
	b bytes.Buffer
	w *warc.Writer
}

func (c *coder) encode(e *encoded) {
	if c.w == nil {
		c.w = warc.NewWriter(&c.b, warc.Options{Workers: 1})
	}
	c.b.Reset()
	at, err := c.w.Write(e.rec)
	e.bytes, e.digest, e.err = bytes.Clone(c.b.Bytes()), at.Digest, err
	if p, home, ok := PageOf(e.rec); ok {
		e.page, e.home = &p, home
	}
}

// encodeAll encodes records with several workers and calls done for each, in order, from
// the caller's goroutine. It stops at the first error.
func encodeAll(ctx context.Context, workers int, recs iter.Seq2[*archive.Record, error], done func(*encoded) error) error {
	ctx, cancel := context.WithCancel(ctx)
	jobs, ordered := make(chan *encoded), make(chan *encoded, 2*workers)
	var wait sync.WaitGroup
	for range workers {
		wait.Go(func() {
			var c coder
			for e := range jobs {
				c.encode(e)
				close(e.ready)
			}
		})
	}
	var readErr error
	wait.Go(func() {
		defer close(ordered)
		defer close(jobs)
		for rec, err := range recs {
			if err != nil {
				readErr = err
				return
			}
			e := &encoded{rec: rec, ready: make(chan struct{})}
			for _, to := range []chan<- *encoded{jobs, ordered} {
				select {
				case to <- e:
				case <-ctx.Done():
					readErr = ctx.Err()
					return
				}
			}
		}
	})
	var err error
	for e := range ordered {
		<-e.ready
		if err == nil {
			if err = done(e); err != nil {
				cancel()
			}
		}
	}
	cancel()
	wait.Wait()
	if err != nil {
		return err
	}
	return readErr
}
