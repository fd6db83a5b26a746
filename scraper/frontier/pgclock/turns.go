package pgclock

import (
	"context"
	"slices"
	"sync"
	"time"
)

// Turns have a statement run for many goroutines: what they want while one runs goes into
// the next, together. So each costs the database less, the more there is to do, and no two
// statements wait for each other's rows.
type turns struct {
	mu   sync.Mutex
	last *turn // the newest; nil before the first
}

type turn struct {
	begun bool          // guarded by the mutex of turns
	done  chan struct{} // closed when it is over
}

// join has do called after now, in a goroutine of its own and once for all who join
// meanwhile. The turn that it returns ends after that.
func (t *turns) join(do func()) *turn {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last != nil && !t.last.begun {
		return t.last
	}
	before, now := t.last, &turn{done: make(chan struct{})}
	t.last = now
	go func() {
		defer close(now.done)
		if before != nil {
			<-before.done
		}
		t.mu.Lock()
		now.begun = true
		t.mu.Unlock()
		do()
	}()
	return now
}

// A taking is a grip that waits for its clocks.
type taking struct {
	keys  []string
	asked time.Time // before the statement
	taken map[string]int64
	err   error
}

// takeTogether takes clocks which nobody else of this process takes: see turns. If ctx ends
// first, left is called when it is known what was taken.
func (c *Clocks) takeTogether(ctx context.Context, x *taking, left func()) (inTime bool) {
	c.mu.Lock()
	c.taking = append(c.taking, x)
	c.mu.Unlock()
	now := c.takes.join(c.takeAll)
	select {
	case <-now.done:
		return true
	case <-ctx.Done():
		c.ended.Go(func() {
			<-now.done
			left()
		})
		return false
	}
}

// takeAll takes the clocks of all who wait.
func (c *Clocks) takeAll() {
	c.mu.Lock()
	all := c.taking
	c.taking = nil
	c.mu.Unlock()
	if len(all) == 0 { // the turn before took theirs, too
		return
	}
	var keys []string
	for _, x := range all {
		keys = append(keys, x.keys...)
	}
	slices.Sort(keys)
	asked := time.Now()
	taken, err := c.takeRows(context.Background(), keys)
	for _, x := range all {
		x.asked, x.err, x.taken = asked, err, map[string]int64{}
		for _, key := range x.keys {
			if token, ok := taken[key]; ok {
				x.taken[key] = token
			}
		}
	}
}
