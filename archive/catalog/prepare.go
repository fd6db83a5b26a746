package catalog

import (
	"context"
	"runtime"
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/parsers/article"
)

// A Read is an article whose record was just made of it, so that it need not be read
// from the record again, or one that Prepare has read.
type Read struct {
	Record      *archive.Record
	Article     *article.Article // what the record's payload was marshaled from
	Fingerprint Fingerprint      // of Article at the record's URL

	prepared *prepared // nil if the rest is not worked out yet
}

// prepared is what the rows of a reading need besides.
type prepared struct {
	content []byte // the first bytes of the content digest
	words   int
	columns columns
}

// Prepare reads the article of a record and works out its rows, which takes as long as
// writing them does, and can be done in many goroutines at the same time. It returns nil
// if the record is not that of an article.
func Prepare(r *archive.Record) *Read {
	at := archive.Capture{URL: r.TargetURI(), Type: r.Type(), ContentType: r.Get("Content-Type")}
	if !isReading(at) {
		return nil
	}
	read := readingOf(at, r, nil)
	read.prepare()
	return read
}

func (r *Read) prepare() *prepared {
	if r.prepared == nil {
		content := r.Article.ContentDigest()
		r.prepared = &prepared{[]byte(content[:8]), countWords(r.Article.Text), columnsOf(r.Article)}
	}
	return r.prepared
}

// prepareAll prepares records in as many goroutines as there are processors.
func prepareAll(recs []*archive.Record) []*Read {
	reads := make([]*Read, len(recs))
	workers := runtime.GOMAXPROCS(0)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for i := w; i < len(recs); i += workers {
				reads[i] = Prepare(recs[i])
			}
		})
	}
	wg.Wait()
	return reads
}

// IndexReads is Index for records of which some were prepared: reads are these, in any
// order, and may have nil.
func (c *Catalog) IndexReads(ctx context.Context, caps []archive.Capture, recs []*archive.Record, reads []*Read) error {
	return c.index(ctx, &addition{caps: caps, recs: recs, reads: reads})
}

// The settings of a connection that writes many records at once. SQLite's own suit small
// transactions: pages that fall out of a cache of 2 MB are read and written again and
// again, and the log is copied into the file after 4 MB, with many of the same pages.
const (
	manyRecords  = 200
	manySettings = "PRAGMA cache_size = -32768; PRAGMA wal_autocheckpoint = 4096" // KiB; pages of 4 KiB
)

// forMany sets a transaction's connection up for many records.
func (t *transaction) forMany(ctx context.Context, all []*addition) error {
	n := 0
	for _, a := range all {
		n += len(a.recs)
	}
	if n < manyRecords {
		return nil
	}
	_, err := t.Tx.ExecContext(ctx, manySettings)
	return err
}
