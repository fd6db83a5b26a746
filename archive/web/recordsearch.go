package web

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// What looking for a record in the segments may cost. The index of each segment must be
// read, so that a large archive takes a minute: an address of a record that is nowhere must
// not keep the machine busy.
const (
	searchTime  = 4 * time.Second
	missingTime = time.Minute // in which nothing is looked for again
	maxMissing  = 1000        // that are remembered
)

// A recordSearch looks for records in the segments, one at a time.
type recordSearch struct {
	once sync.Once
	busy chan struct{} // has an element while one searches

	mu      sync.Mutex
	missing map[string]notFound // by ID
	limit   time.Duration       // searchTime if zero
}

// A notFound is how a search ended.
type notFound struct {
	at  time.Time
	err error
}

// errUnsearched is for a record that is not where it could be looked for in time.
var errUnsearched = errors.New("this is not in the catalog, and not all segments could be looked through")

// locate looks for a record in the segments, those named first at first. It returns
// errMissing if it is in none, and errUnsearched if that took too long.
func (r *recordSearch) locate(ctx context.Context, a *archive.Archive, first []string, id string) (at archive.Capture, err error) {
	if err := r.known(id); err != nil { // no need to wait for others
		return at, err
	}
	r.once.Do(func() { r.busy = make(chan struct{}, 1) })
	select {
	case r.busy <- struct{}{}:
		defer func() { <-r.busy }()
	case <-ctx.Done():
		return at, ctx.Err()
	}
	if err := r.known(id); err != nil {
		return at, err
	}
	limit := searchTime
	if r.limit != 0 {
		limit = r.limit
	}
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	found, err := a.Locate(bounded, first, id)
	switch {
	case err == nil:
		return found[0], nil
	case ctx.Err() != nil:
		return at, ctx.Err()
	case errors.Is(err, archive.ErrNotFound):
		err = fmt.Errorf("record %s: %w", id, errMissing)
	case bounded.Err() != nil:
		err = fmt.Errorf("record %s: %w", id, errUnsearched)
	default:
		return at, err
	}
	r.remember(id, err)
	return at, err
}

// known returns how a search ended that was a short time ago; nil if there was none.
func (r *recordSearch) known(id string) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if m, ok := r.missing[id]; ok && time.Since(m.at) < missingTime {
		return m.err
	}
	return nil
}

func (r *recordSearch) remember(id string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.missing == nil || len(r.missing) >= maxMissing {
		r.missing = map[string]notFound{}
	}
	r.missing[id] = notFound{time.Now(), err}
}

// unsearchedRecord is the page of a record that could not be looked for everywhere.
func unsearchedRecord(err error, id string) *page {
	return &page{Title: "Not found", Section: "/articles", Template: "error", Status: http.StatusNotFound, Data: errorData{
		Error: sentence(err.Error()),
		Hint:  fmt.Sprintf("newsmorgue cat %q looks through all segments.", id),
	}}
}
