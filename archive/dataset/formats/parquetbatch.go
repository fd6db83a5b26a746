package formats

import (
	"fmt"
	"sync"

	"github.com/parquet-go/parquet-go"
)

// Limits of a batch.
const (
	batchRows  = 512
	batchBytes = 256 << 10 // of texts
)

// A parquetBatch is the values of some rows, by column.
type parquetBatch struct {
	values [][]parquet.Value
	rows   int
	bytes  int64  // of their texts
	texts  []byte // of small ones
	users  sync.WaitGroup
}

func newParquetBatch(columns int) *parquetBatch {
	return &parquetBatch{values: make([][]parquet.Value, columns)}
}

// keep copies a text to where it stays until the batch is written.
func (b *parquetBatch) keep(s string) []byte {
	b.bytes += int64(len(s))
	if len(s) > batchBytes/4 {
		return []byte(s)
	}
	if len(b.texts)+len(s) > cap(b.texts) {
		// Values still refer to the last one. It has room for the row that fills a batch.
		b.texts = make([]byte, 0, 2*batchBytes)
	}
	start := len(b.texts)
	b.texts = append(b.texts, s...)
	return b.texts[start:len(b.texts):len(b.texts)]
}

// clear makes a batch ready for other rows.
func (b *parquetBatch) clear() {
	for i, values := range b.values {
		clear(values)
		b.values[i] = values[:0]
	}
	b.rows, b.bytes, b.texts = 0, 0, b.texts[:0]
}

// maxQueued is how many full batches wait at most: one goroutine compresses a page of the
// long texts while the other, and whoever makes the rows, go on.
const maxQueued = 4

// A batchQueue has the batches that are being written. Two goroutines take all of them in
// order, one for the columns of long texts and one for the others: a column's writer
// shares nothing with those of others until the row group is complete.
type batchQueue struct {
	queues  [2]chan *parquetBatch
	ready   chan *parquetBatch // to be filled
	pending sync.WaitGroup     // batches, twice

	mu  sync.Mutex
	err error // the first
}

// newQueue begins a queue.
func (w *parquetWriter) newQueue() *batchQueue {
	q := &batchQueue{ready: make(chan *parquetBatch, maxQueued+2)}
	for range maxQueued {
		q.ready <- newParquetBatch(len(w.columns))
	}
	var columns [2][]int
	for i, c := range w.t.Columns {
		of := 0
		if c.Long {
			of = 1
		}
		columns[of] = append(columns[of], i)
	}
	for n := range q.queues {
		q.queues[n] = make(chan *parquetBatch, maxQueued+1)
		go func() {
			for b := range q.queues[n] {
				q.fail(w.writeColumns(b, columns[n], q.failed() == nil))
				b.users.Done()
				if n == 0 {
					b.users.Wait()
					b.clear()
					q.ready <- b
				}
				q.pending.Done()
			}
		}()
	}
	return q
}

func (q *batchQueue) fail(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err == nil {
		q.err = err
	}
}

func (q *batchQueue) failed() error {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.err
}

// queueBatch hands on a full batch, and begins the next one.
func (w *parquetWriter) queueBatch() error {
	if w.queue == nil {
		w.queue = w.newQueue()
	}
	q, b := w.queue, w.batch
	w.bytes += b.bytes
	b.users.Add(2)
	q.pending.Add(2)
	for _, queue := range q.queues {
		queue <- b
	}
	w.batch = <-q.ready
	return q.failed()
}

// wait waits until all batches are written.
func (w *parquetWriter) wait() error {
	if w.queue == nil {
		return nil
	}
	w.queue.pending.Wait()
	return w.queue.failed()
}

// lastBatch writes what is left.
func (w *parquetWriter) lastBatch() error {
	if err := w.wait(); err != nil {
		return err
	}
	w.bytes += w.batch.bytes
	all := make([]int, len(w.columns))
	for i := range all {
		all[i] = i
	}
	err := w.writeColumns(w.batch, all, true)
	w.batch.clear()
	return err
}

// abandon ends the goroutines.
func (w *parquetWriter) abandon() {
	if w.queue == nil {
		return
	}
	w.queue.pending.Wait()
	for _, queue := range w.queue.queues {
		close(queue)
	}
	w.queue = nil
}

// writeColumns writes some columns of a batch, and adds them to their checksums.
func (w *parquetWriter) writeColumns(b *parquetBatch, columns []int, wanted bool) error {
	if !wanted {
		return nil // after an error
	}
	for _, i := range columns {
		values := b.values[i]
		if len(values) == 0 {
			continue
		}
		if n, err := w.writers[i].WriteRowValues(values); err != nil {
			return err
		} else if n != b.rows {
			return fmt.Errorf("column %s: wrote %d rows of %d", w.t.Columns[i].Name, n, b.rows)
		}
		w.sums[i].add(values)
	}
	return nil
}
