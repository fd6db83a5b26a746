package pgclock

import (
	"context"
	"errors"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// A Frontier is a scraper.Frontier whose leases have the clocks of their hosts.
type Frontier struct {
	scraper.Frontier
	c *Clocks

	mu      sync.Mutex
	grips   map[leaseKey]*grip
	perHost map[string]int // by site
}

type leaseKey struct {
	site string
	id   int64
}

func joinPort(ip string) string { return net.JoinHostPort(ip, "0") }

func keyOf(l *scraper.Lease) leaseKey { return leaseKey{l.Site, l.ID} }

var _ scraper.Holder = (*Frontier)(nil)

// Wrap makes a frontier share its hosts with those of all other machines. The frontier is
// closed by the caller, before the clocks.
func (c *Clocks) Wrap(inner scraper.Frontier) *Frontier {
	return &Frontier{Frontier: inner, c: c, grips: map[leaseKey]*grip{}, perHost: map[string]int{}}
}

// SetPerHost sets how many requests a crawl may make to a host at a time: see the package.
func (f *Frontier) SetPerHost(site string, n int) {
	if inner, ok := f.Frontier.(interface{ SetPerHost(string, int) }); ok {
		inner.SetPerHost(site, n)
	}
	f.mu.Lock()
	f.perHost[site] = n
	f.mu.Unlock()
}

// postponed puts a lease back as if it had never been given.
var postponed = scraper.Outcome{Result: scraper.ResultRetry}

// Next waits until a host may be asked, here and by all other machines: see scraper.Frontier.
func (f *Frontier) Next(ctx context.Context, sites ...string) (*scraper.Lease, error) {
	for {
		l, err := f.Frontier.Next(ctx, sites...)
		if err != nil {
			return nil, err
		}
		wait, err := f.take(ctx, l)
		if err == nil && wait == 0 {
			return l, nil
		}
		// Other hosts go on; this one is asked for again later.
		back := postponed
		back.HostRest = wait
		if derr := f.Frontier.Done(context.WithoutCancel(ctx), l, back); derr != nil {
			return nil, derr
		}
		if err == nil {
			continue
		}
		if err = f.missing(ctx, err); err != nil {
			return nil, err
		}
	}
}

// missing waits for the database after it did not answer.
func (f *Frontier) missing(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f.c.gone(err)
	return f.c.await(ctx)
}

// take takes the clocks of a lease; if there is a time to wait, it has none.
func (f *Frontier) take(ctx context.Context, l *scraper.Lease) (wait time.Duration, err error) {
	if f.c.Replayed != nil && f.c.Replayed(l.Request) {
		return 0, nil
	}
	g := &grip{c: f.c, f: f, host: hostKey(l.URL.Host)}
	f.mu.Lock()
	g.limit = max(1, f.perHost[l.Site])
	f.mu.Unlock()
	keys, err := f.keys(ctx, l.Request)
	if err == nil {
		wait, err = f.c.take(ctx, g, keys)
	}
	if err != nil || wait > 0 {
		return wait, err
	}
	f.mu.Lock()
	f.grips[keyOf(l)] = g
	f.mu.Unlock()
	return 0, nil
}

// keys are the clocks that a request needs, as far as is known.
func (f *Frontier) keys(ctx context.Context, r *scraper.Request) ([]string, error) {
	host := hostKey(r.URL.Host)
	f.c.mu.Lock()
	addr, known := f.c.addrs[host]
	f.c.mu.Unlock()
	if inner, ok := f.Frontier.(interface {
		Address(ctx context.Context, host string) (string, error)
	}); ok && !known {
		ip, err := inner.Address(ctx, r.URL.Host)
		if err != nil {
			return nil, err
		}
		addr = f.c.address(joinPort(ip))
		f.c.mu.Lock()
		f.c.learn(host, addr)
		f.c.mu.Unlock()
	}
	if addr == "" {
		return []string{host}, nil
	}
	return []string{host, addr}, nil
}

func (f *Frontier) release(l *scraper.Lease) *grip {
	f.mu.Lock()
	defer f.mu.Unlock()
	g := f.grips[keyOf(l)]
	delete(f.grips, keyOf(l))
	return g
}

// settle is what an outcome means for a grip: whose request was cancelled is not asked at
// once.
func (g *grip) settle(o *scraper.Outcome) (rest time.Duration, addr string) {
	g.c.mu.Lock()
	defer g.c.mu.Unlock()
	if o.Result == scraper.ResultRetry && o.NextVisit.IsZero() {
		if g.lost {
			o.HostRest = max(o.HostRest, pollHeld)
		}
		o.HostRest = max(o.HostRest, g.wait)
	}
	return max(o.HostRest, o.RetryAfter), g.c.address(o.RemoteAddr)
}

// Done ends a lease and gives its clocks back: see scraper.Frontier.
func (f *Frontier) Done(ctx context.Context, l *scraper.Lease, o scraper.Outcome) error {
	// The clocks go back first, so that they are free when the inner frontier hands out
	// the host again. If we die in between, the URL is asked for twice, after the rest.
	if g := f.release(l); g != nil {
		rest, addr := g.settle(&o)
		f.c.give(g, rest, addr, o.RetryAfter == 0)
	}
	return f.Frontier.Done(ctx, l, o)
}

// chainWait is how long a chain of redirects waits for a host.
const chainWait = 10 * time.Minute

// Follow ends a lease and leases the next URL of a chain of redirects: see
// scraper.Frontier. Within a host the clock is kept, so that no other machine comes between.
func (f *Frontier) Follow(ctx context.Context, l *scraper.Lease, o scraper.Outcome, next *scraper.Request) (*scraper.Lease, error) {
	kept := context.WithoutCancel(ctx)
	g := f.release(l)
	same := g != nil && next.URL.Host == l.URL.Host && (f.c.Replayed == nil || !f.c.Replayed(next))
	if g != nil {
		rest, addr := g.settle(&o)
		if same {
			f.c.noteKept(kept, g, rest, addr)
		} else {
			f.c.give(g, rest, addr, o.RetryAfter == 0)
		}
	}
	lease, err := f.Frontier.Follow(ctx, l, o, next)
	if lease != nil && same && f.c.covers(g) {
		f.mu.Lock()
		f.grips[keyOf(lease)] = g
		f.mu.Unlock()
		return lease, err
	}
	if same {
		f.c.give(g, 0, "", false)
	}
	if lease == nil || err != nil {
		return lease, err
	}
	return f.chain(ctx, lease)
}

// chain takes the clocks of the next lease of a chain; nil if that takes too long.
func (f *Frontier) chain(ctx context.Context, l *scraper.Lease) (*scraper.Lease, error) {
	limit, cancel := context.WithTimeout(ctx, chainWait)
	defer cancel()
	for {
		wait, err := f.take(limit, l)
		switch {
		case err == nil && wait == 0:
			return l, nil
		case err != nil:
			err = f.missing(limit, err)
		default:
			timer := time.NewTimer(wait)
			select {
			case <-timer.C:
			case <-limit.Done():
				err = limit.Err()
			}
			timer.Stop()
		}
		if err == nil {
			continue
		}
		if limit.Err() != nil {
			err = nil
		}
		return nil, errors.Join(err, f.Frontier.Done(context.WithoutCancel(ctx), l, postponed))
	}
}

// noteKept writes that a host rests whose clocks are kept meanwhile.
func (c *Clocks) noteKept(ctx context.Context, g *grip, rest time.Duration, addr string) {
	c.note(g, rest, addr)
	if rest <= 0 {
		return
	}
	c.mu.Lock()
	down := c.down != ""
	var gs []giving
	for _, h := range g.helds {
		gs = append(gs, giving{h.key, h.token, rest, time.Now()})
	}
	c.mu.Unlock()
	if down {
		return // it is written when the clock is given back
	}
	slices.SortFunc(gs, func(a, b giving) int { return slices.Compare([]byte(a.key), []byte(b.key)) })
	if err := c.giveRows(ctx, false, gs); err != nil {
		c.gone(err)
	}
	c.write()
}

// covers reports whether a grip still has all the clocks that its host needs.
func (c *Clocks) covers(g *grip) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	addr := c.addrs[g.host]
	return !g.lost && !slices.ContainsFunc(g.helds, c.late) &&
		(addr == "" || slices.ContainsFunc(g.helds, func(h *held) bool { return h.key == addr }))
}

// Hold returns a context for the requests of a lease: see scraper.Holder.
func (f *Frontier) Hold(ctx context.Context, l *scraper.Lease) (context.Context, context.CancelFunc) {
	f.mu.Lock()
	g := f.grips[keyOf(l)]
	f.mu.Unlock()
	if g == nil { // replayed
		return context.WithCancel(ctx)
	}
	held, cancel := context.WithCancelCause(ctx)
	f.c.mu.Lock()
	g.cancel = cancel
	if g.lost {
		cancel(errLost)
	}
	f.c.mu.Unlock()
	held = scraper.WithCheck(held, func(remote string) error { return g.check(held, remote) })
	return held, func() { cancel(nil) }
}

// check looks once more before a request is written. The address that it goes to may be
// another one than was known, and its clock somebody else's.
func (g *grip) check(ctx context.Context, remote string) error {
	c := g.c
	c.mu.Lock()
	late := g.lost || slices.ContainsFunc(g.helds, c.late)
	if late {
		g.lose()
	}
	addr := c.address(remote)
	has := addr == "" || slices.ContainsFunc(g.helds, func(h *held) bool { return h.key == addr })
	if !has {
		c.learn(g.host, addr)
	}
	c.mu.Unlock()
	if late {
		return errLost
	}
	if has {
		return nil
	}
	wait, err := c.take(ctx, g, []string{addr})
	if err != nil {
		if ctx.Err() == nil {
			c.gone(err)
		}
		wait = pollHeld
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if g.wait = wait; wait > 0 {
		g.cancel(errBusy)
		return errBusy
	}
	if slices.ContainsFunc(g.helds, c.late) {
		g.lose()
		return errLost
	}
	return nil
}

var errBusy = errors.New("the host's address is asked by another crawl, or rests")
