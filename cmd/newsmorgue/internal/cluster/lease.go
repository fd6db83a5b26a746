package cluster

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// Why the context of a lease ended: context.Cause returns an *EndError that wraps one of
// these.
var (
	ErrLapsed   = errors.New("the lease could not be renewed in time")
	ErrLost     = errors.New("the lease is no longer in the database, or another machine's")
	ErrWanted   = errors.New("another process asks for the shard")
	ErrDraining = errors.New("the machine is being drained")
	ErrStopping = errors.New("the machine is stopping")
)

// An EndError is why a lease ended or has to be given back.
type EndError struct {
	Shard  int
	Reason error
	By     string // who wants the shard, if somebody does
}

func (e *EndError) Error() string {
	by := ""
	if e.By != "" {
		by = " (" + e.By + ")"
	}
	return fmt.Sprintf("shard %s: %v%s", ShardName(e.Shard), e.Reason, by)
}

func (e *EndError) Unwrap() error { return e.Reason }

// A Lease is the right to write a shard. Whoever gets one has to call Release.
type Lease struct {
	Shard int
	Token int64 // larger than that of any lease of the shard before
	// Continued says that the shard was this machine's until the lease lapsed and nobody
	// else's since: what lies on the disk is the newest.
	Continued bool

	ctx      context.Context
	cancel   context.CancelCauseFunc
	giveBack chan struct{} // closed when the machine has more than its share
	member   *Member

	mu       sync.Mutex
	asked    instant // before the database was asked last
	over     bool    // giveBack is closed
	released bool
	ended    error // why the context ended, nil if it did not
}

// Context ends when the lease does, Times.Margin before another machine may get it, or
// when the shard has to be given back at once. Its cause is an *EndError.
func (l *Lease) Context() context.Context { return l.ctx }

// GiveBack is closed when the machine has more than its share: the shard should be given
// back between two runs.
func (l *Lease) GiveBack() <-chan struct{} { return l.giveBack }

// Err returns nil if the lease is valid right now. It looks at the clocks: after the
// process stood still, the context may end a moment later than the lease. It is to be
// asked before anything is written that a later owner must not find changed.
func (l *Lease) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.released:
		return &EndError{Shard: l.Shard, Reason: errReleased}
	case !l.gone() && l.member.clock().since(l.asked) >= l.member.times.Lease-l.member.times.Margin:
		l.end(&EndError{Shard: l.Shard, Reason: ErrLapsed})
	}
	// Who has to give the shard back may still write: the lease is valid.
	if l.gone() {
		return l.ended
	}
	return nil
}

var errReleased = errors.New("the lease was released")

// gone reports whether the lease is no longer valid.
func (l *Lease) gone() bool { return errors.Is(l.ended, ErrLapsed) || errors.Is(l.ended, ErrLost) }

// end ends the context. A lease that is gone is that before anything else.
func (l *Lease) end(why *EndError) {
	if l.ended == nil || errors.Is(why, ErrLost) || errors.Is(why, ErrLapsed) && !l.gone() {
		l.ended = why
	}
	l.cancel(why)
}

// stop ends the context of a lease from outside.
func (l *Lease) stop(reason error, by string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.end(&EndError{Shard: l.Shard, Reason: reason, By: by})
}

// Release gives the shard back. It must be called once nothing writes to the shard
// anymore, also after the lease ended.
func (l *Lease) Release() {
	l.mu.Lock()
	l.released = true
	l.mu.Unlock()
	l.cancel(&EndError{Shard: l.Shard, Reason: errReleased})
	l.member.wake()
}
