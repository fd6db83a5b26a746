package pgclock

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"time"
)

// A held is a clock that this process has taken, or is about to. Its fields are guarded by
// Clocks.mu.
type held struct {
	key    string
	token  int64     // 0 while it is being taken
	asked  time.Time // before it was taken or renewed; the lease counts from here
	since  time.Time // when it was taken
	rested time.Time // the host rests until then
	owner  *Frontier
	grips  []*grip
	lost   bool
	timer  *time.Timer // cancels requests before the lease ends
}

// A grip is the clocks of one lease of a frontier. Its fields are guarded by Clocks.mu.
type grip struct {
	c      *Clocks
	f      *Frontier
	host   string
	limit  int // of requests that may share a clock
	helds  []*held
	cancel context.CancelCauseFunc // of the request; nil before
	lost   bool
	wait   time.Duration // the host's address turned out to be somebody else's for so long
}

const (
	pollHeld = time.Second            // how often a clock is asked for that is held elsewhere
	pollOurs = 250 * time.Millisecond // or by another crawl of this process
	pollRest = time.Minute            // or rests: a crawl does not end for it
)

var errLost = errors.New("the lease of the host's clock has ended")

// late reports whether a lease is so near to its end that nothing may begin.
func (c *Clocks) late(h *held) bool {
	now := time.Now()
	// Monotonic time stops while some machines sleep, wall time may be set back.
	passed := max(now.Sub(h.asked), now.Round(0).Sub(h.asked.Round(0)))
	return h.lost || passed >= c.Lease-c.Margin
}

// take takes the clocks for a grip, all or none. If it gets none, wait is when to ask again.
func (c *Clocks) take(ctx context.Context, g *grip, keys []string) (wait time.Duration, err error) {
	slices.Sort(keys)
	keys = slices.Compact(keys)
	fresh, shared, ok := c.reserve(g, keys)
	if !ok {
		return pollOurs, nil
	}
	x := &taking{keys: fresh}
	undo := func() { c.unreserve(g, fresh, shared, x.taken) }
	if len(fresh) > 0 && !c.takeTogether(ctx, x, undo) {
		return 0, ctx.Err()
	}
	if err = x.err; sqlState(err) == "42P01" { // emptied
		err = nil
	}
	if err != nil || len(x.taken) < len(fresh) {
		undo()
		if err == nil {
			wait, err = c.until(ctx, fresh, x.taken)
		}
		return wait, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for key, token := range x.taken {
		h := c.held[key]
		h.token, h.asked, h.since, h.grips = token, x.asked, x.asked, []*grip{g}
		h.timer = time.AfterFunc(c.Lease-c.Margin-time.Since(x.asked), c.drop)
		g.helds = append(g.helds, h)
	}
	return 0, nil
}

// reserve sees to it that only one worker of this process asks for a clock. shared are
// clocks that the grip's frontier has already and may use several times at once.
func (c *Clocks) reserve(g *grip, keys []string) (fresh []string, shared []*held, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, key := range keys {
		h := c.held[key]
		_, waits := c.pending[key]
		switch {
		case waits:
			return nil, nil, false
		case h == nil:
			fresh = append(fresh, key)
		case h.token != 0 && h.owner == g.f && len(h.grips) < g.limit && !c.late(h) && time.Since(h.since) < c.Lease:
			shared = append(shared, h)
		default:
			return nil, nil, false
		}
	}
	for _, key := range fresh {
		c.held[key] = &held{key: key, owner: g.f}
	}
	for _, h := range shared {
		h.grips = append(h.grips, g)
		g.helds = append(g.helds, h)
	}
	return fresh, shared, true
}

// unreserve undoes reserve; what was taken goes back.
func (c *Clocks) unreserve(g *grip, fresh []string, shared []*held, taken map[string]int64) {
	c.mu.Lock()
	now := time.Now()
	for _, key := range fresh {
		delete(c.held, key)
		if token := taken[key]; token != 0 {
			c.later(giving{key: key, token: token, from: now})
		}
	}
	gs := []giving(nil)
	for _, h := range shared {
		gs = append(gs, c.loosen(g, h)...)
	}
	for _, x := range gs {
		c.later(x)
	}
	c.mu.Unlock()
	c.write()
}

// loosen takes a clock out of a grip; if it was the last, the clock is to be given back.
func (c *Clocks) loosen(g *grip, h *held) []giving {
	g.helds = slices.DeleteFunc(g.helds, func(o *held) bool { return o == h })
	h.grips = slices.DeleteFunc(h.grips, func(o *grip) bool { return o == g })
	if len(h.grips) > 0 {
		return nil
	}
	h.timer.Stop()
	if c.held[h.key] == h {
		delete(c.held, h.key)
	}
	now := time.Now()
	return []giving{{h.key, h.token, max(0, h.rested.Sub(now)), now}}
}

// until is how long to wait for clocks that were not given.
func (c *Clocks) until(ctx context.Context, keys []string, taken map[string]int64) (time.Duration, error) {
	found, err := c.look(ctx, keys)
	if err != nil {
		return 0, err
	}
	wait := min(max(found[""].next, 0), pollRest)
	for _, key := range keys {
		s, ok := found[key]
		if _, mine := taken[key]; mine || !ok {
			continue
		}
		if s.until > 0 {
			wait = max(wait, min(s.until, pollHeld))
		}
		wait = max(wait, min(s.next, pollRest))
	}
	return wait + 5*time.Millisecond, nil // never none, or Next would spin
}

// slack is how long what is to be written may wait for more. It is less than the rest of
// such a host, so that nobody else could ask it meanwhile.
const slack = 100 * time.Millisecond

// give ends a grip: its host rests from now on, and so does the address that answered. That
// is written when give returns, or soon if it can wait: until then the clock is ours, and if
// we die, until the end of its lease.
func (c *Clocks) give(g *grip, rest time.Duration, addr string, canWait bool) {
	c.note(g, rest, addr)
	c.mu.Lock()
	// Of an address whose clock we have not, others know nothing yet.
	canWait = canWait && rest >= 2*slack && (addr == "" || slices.ContainsFunc(g.helds, func(h *held) bool { return h.key == addr }))
	for _, h := range slices.Clone(g.helds) {
		for _, x := range c.loosen(g, h) {
			c.later(x)
		}
	}
	c.mu.Unlock()
	if !canWait {
		c.write()
		return
	}
	select {
	case c.soon <- struct{}{}:
	default:
	}
}

// note takes how long a host rests from now on. An address that was not known before
// rests, too.
func (c *Clocks) note(g *grip, rest time.Duration, addr string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	now := time.Now()
	for _, h := range g.helds {
		if at := now.Add(rest); at.After(h.rested) {
			h.rested = at
		}
	}
	if addr == "" {
		return
	}
	c.learn(g.host, addr)
	if !slices.ContainsFunc(g.helds, func(h *held) bool { return h.key == addr }) && rest > 0 {
		c.later(giving{key: addr, rest: rest, from: now})
	}
}

// maxAddrs bounds how many hosts' addresses are remembered.
const maxAddrs = 1 << 16

func (c *Clocks) learn(host, addr string) {
	if len(c.addrs) >= maxAddrs {
		clear(c.addrs)
	}
	c.addrs[host] = addr
}

// later notes what is to be written; of two for one clock, the longer rest.
func (c *Clocks) later(g giving) {
	if o, ok := c.pending[g.key]; ok {
		g.token = max(g.token, o.token)
		if o.from.Add(o.rest).After(g.from.Add(g.rest)) {
			g.rest, g.from = o.rest, o.from
		}
	}
	c.pending[g.key] = g
}

// write writes what is pending, with what others have, unless the database is gone: then it
// stays.
func (c *Clocks) write() { <-c.writing().done }

func (c *Clocks) writing() *turn {
	return c.gives.join(func() {
		c.mu.Lock()
		down := c.down != ""
		c.mu.Unlock()
		if down {
			return
		}
		if err := c.flush(context.Background()); err != nil {
			c.gone(err)
		}
	})
}

// flush writes what is pending. What it is about to write stays pending meanwhile, so that
// nobody of this process takes these clocks.
func (c *Clocks) flush(ctx context.Context) error {
	c.mu.Lock()
	gs := slices.SortedFunc(maps.Values(c.pending), func(a, b giving) int { return cmp.Compare(a.key, b.key) })
	c.mu.Unlock()
	for part := range slices.Chunk(gs, 1000) {
		err := c.giveRows(ctx, true, part)
		if sqlState(err) == "42P01" {
			if err = c.setup(ctx, c.Silence); err == nil {
				err = c.giveRows(ctx, true, part)
			}
		}
		if err != nil {
			return err
		}
		c.mu.Lock()
		for _, g := range part {
			if c.pending[g.key] == g {
				delete(c.pending, g.key)
			}
		}
		c.mu.Unlock()
	}
	return nil
}

// renew renews all leases at once if one is a quarter over.
func (c *Clocks) renew(ctx context.Context) error {
	c.mu.Lock()
	var hs []*held
	due := false
	for _, h := range c.held {
		if h.token != 0 && !h.lost {
			hs = append(hs, h)
			due = due || time.Since(h.asked) >= c.Lease/4-c.Margin/2
		}
	}
	c.mu.Unlock()
	if !due {
		return nil
	}
	slices.SortFunc(hs, func(a, b *held) int { return cmp.Compare(a.key, b.key) })
	for part := range slices.Chunk(hs, 5000) {
		keys, tokens := make([]string, len(part)), make([]int64, len(part))
		for i, h := range part {
			keys[i], tokens[i] = h.key, h.token
		}
		asked := time.Now()
		renewed, err := c.renewRows(ctx, keys, tokens)
		if sqlState(err) == "42P01" {
			err = nil // emptied: all are lost
		}
		if err != nil {
			return err
		}
		c.mu.Lock()
		for _, h := range part {
			if renewed[h.key] {
				h.asked = asked
				h.timer.Reset(c.Lease - c.Margin - time.Since(asked))
			} else {
				h.lost = true
			}
		}
		c.mu.Unlock()
	}
	c.drop()
	return nil
}

// drop cancels the requests whose leases end soon.
func (c *Clocks) drop() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, h := range c.held {
		if h.token == 0 || !c.late(h) {
			continue
		}
		h.lost = true
		for _, g := range h.grips {
			g.lose()
		}
	}
}

func (g *grip) lose() {
	g.lost = true
	if g.cancel != nil {
		g.cancel(errLost)
	}
}
