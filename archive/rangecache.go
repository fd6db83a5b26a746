package archive

import (
	"container/list"
	"context"
	"errors"
	"sync"
)

// DefaultCache is the size of an archive's cache of what it read from stores, in bytes.
const DefaultCache = 64 << 20

// extentCost is what a cached range costs besides its bytes, so that many short ones are
// bounded, too.
const extentCost = 4 << 10

// A Cache keeps ranges of stored segments in memory, as they are in the store, up to a
// number of bytes: those that were used last. It may serve several archives, and is safe
// for concurrent use.
type Cache struct {
	mu    sync.Mutex
	limit int64
	bytes int64
	order list.List // of *extent, the most recently used first
	held  map[*storedSegment][]*list.Element
}

// NewCache returns a Cache that keeps up to a number of bytes.
func NewCache(bytes int64) *Cache {
	return &Cache{limit: bytes, held: map[*storedSegment][]*list.Element{}}
}

// Bytes returns how much memory the cache takes.
func (c *Cache) Bytes() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.bytes
}

// An extent is a range of a stored segment that is in memory, or on its way.
type extent struct {
	of   *storedSegment
	at   int64
	len  int64
	done chan struct{} // closed when data or err is set
	data []byte
	err  error
}

// A span is a range of bytes.
type span struct{ at, end int64 }

// read returns the cached range that has the byte at an offset. If there is none, choose
// says which range from there to fetch, and fetch does so; of several goroutines that want
// a range at the same time, one fetches it.
func (c *Cache) read(ctx context.Context, of *storedSegment, at int64, choose func() span, fetch func(context.Context, span) ([]byte, error)) (*extent, error) {
	for {
		c.mu.Lock()
		e, next := c.holding(of, at)
		if e == nil {
			s := choose()
			if next >= 0 {
				s.end = min(s.end, next)
			}
			e = c.insert(of, s)
			c.mu.Unlock()
			e.data, e.err = fetch(ctx, s)
			if e.err != nil {
				c.remove(e)
			}
			close(e.done)
			return e, e.err
		}
		c.mu.Unlock()
		select {
		case <-e.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if e.err == nil {
			return e, nil
		}
		if !errors.Is(e.err, context.Canceled) && !errors.Is(e.err, context.DeadlineExceeded) {
			return nil, e.err
		}
		if err := ctx.Err(); err != nil { // else it was the time of the one who fetched it
			return nil, err
		}
	}
}

// holding returns the range that has the byte at an offset, or nil and where the next
// range begins, -1 if there is none.
func (c *Cache) holding(of *storedSegment, at int64) (found *extent, next int64) {
	next = -1
	for _, el := range c.held[of] {
		e := el.Value.(*extent)
		if e.at <= at && at < e.at+e.len {
			c.order.MoveToFront(el)
			return e, 0
		}
		if e.at > at && (next < 0 || e.at < next) {
			next = e.at
		}
	}
	return nil, next
}

func (c *Cache) insert(of *storedSegment, s span) *extent {
	e := &extent{of: of, at: s.at, len: s.end - s.at, done: make(chan struct{})}
	c.held[of] = append(c.held[of], c.order.PushFront(e))
	c.bytes += e.len + extentCost
	for el := c.order.Back(); el != nil && c.bytes > c.limit; {
		old, before := el.Value.(*extent), el.Prev()
		if old != e {
			c.forget(el, old)
		}
		el = before
	}
	return e
}

// forget removes a range; who has it may still use it.
func (c *Cache) forget(el *list.Element, e *extent) {
	c.order.Remove(el)
	c.bytes -= e.len + extentCost
	kept := c.held[e.of][:0]
	for _, other := range c.held[e.of] {
		if other != el {
			kept = append(kept, other)
		}
	}
	clear(c.held[e.of][len(kept):])
	if c.held[e.of] = kept; len(kept) == 0 {
		delete(c.held, e.of)
	}
}

func (c *Cache) remove(e *extent) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, el := range c.held[e.of] {
		if el.Value.(*extent) == e {
			c.forget(el, e)
			return
		}
	}
}

// drop removes all ranges of a segment.
func (c *Cache) drop(of *storedSegment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.held[of]) > 0 {
		el := c.held[of][0]
		c.forget(el, el.Value.(*extent))
	}
}
