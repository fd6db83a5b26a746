package catalog

import (
	"sync"

	"github.com/newsmorgue/newsmorgue/archive"
)

// An addition is the records of one call of Index.
type addition struct {
	caps  []archive.Capture
	recs  []*archive.Record
	reads []*Read // the articles of some of them that are at hand; may have nil

	done chan error    // gets the result; has room for it
	turn chan struct{} // says that it is this caller's turn to write what waits
}

// batches joins additions that wait into one transaction: workers whose records
// were flushed together come together. Its zero value is ready to use.
type batches struct {
	mu      sync.Mutex
	waiting []*addition
	writing bool // a caller is writing, and gives the turn to one that waits
}

// add writes an addition, alone or with others, and returns when it is written.
func (b *batches) add(a *addition, write func([]*addition) error) error {
	a.done, a.turn = make(chan error, 1), make(chan struct{}, 1)
	b.mu.Lock()
	b.waiting = append(b.waiting, a)
	if b.writing {
		b.mu.Unlock()
		select {
		case err := <-a.done:
			return err
		case <-a.turn:
		}
		b.mu.Lock()
	}
	b.writing = true
	all := b.waiting
	b.waiting = nil
	b.mu.Unlock()
	writeBatch(all, write)
	b.mu.Lock()
	if b.writing = len(b.waiting) > 0; b.writing {
		b.waiting[0].turn <- struct{}{}
	}
	b.mu.Unlock()
	return <-a.done
}

// writeBatch writes additions together; if that fails, one by one, so that each
// gets the error of its own records alone.
func writeBatch(all []*addition, write func([]*addition) error) {
	err := write(all)
	for _, a := range all {
		if err != nil && len(all) > 1 {
			a.done <- write([]*addition{a})
			continue
		}
		a.done <- err
	}
}
