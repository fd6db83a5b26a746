package web

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// background is the work of a server that no request waits for. Its zero value works.
type background struct {
	mu     sync.Mutex
	closed bool
	ctx    context.Context
	cancel context.CancelFunc
	wg     sync.WaitGroup
	slow   sync.Mutex // held by what computes for long, of which there is one at a time
}

// start runs a function in a goroutine of the server. It reports false once the server is
// closed.
func (b *background) start(f func(ctx context.Context)) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return false
	}
	if b.cancel == nil {
		b.ctx, b.cancel = context.WithCancel(context.Background())
	}
	ctx := b.ctx
	b.wg.Go(func() { f(ctx) })
	return true
}

// done is closed with the server.
func (b *background) done() <-chan struct{} {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.cancel == nil {
		b.ctx, b.cancel = context.WithCancel(context.Background())
		if b.closed {
			b.cancel()
		}
	}
	return b.ctx.Done()
}

func (b *background) close() {
	b.mu.Lock()
	b.closed = true
	if b.cancel != nil {
		b.cancel()
	}
	b.mu.Unlock()
	b.wg.Wait()
}

// A gauge has a value that takes long to compute. Requests get the last one, with its
// time, while the next is computed in the background, never two at once.
type gauge[T any] struct {
	mu      sync.Mutex
	value   T
	at      time.Time // when the value was true; zero if there is none yet
	err     error     // of the last computation
	ended   time.Time // the last computation
	cost    time.Duration
	running chan struct{} // closed at the end of the computation that runs; nil if none does
}

// A gauging says how a gauge is computed.
type gauging[T any] struct {
	least   time.Duration // between computations
	share   int           // a computation that took t is followed by a pause of share*t
	slow    bool          // no other slow one runs at the same time
	timeout time.Duration
	compute func(ctx context.Context, old T) (T, error)
}

// read returns the value of a gauge. If it may be old, a new one is computed, for which
// read waits so long at most. Without a value, at is zero.
func (g *gauge[T]) read(ctx context.Context, b *background, how gauging[T], wait time.Duration) (value T, at time.Time, err error) {
	g.mu.Lock()
	if g.running == nil && (g.ended.IsZero() || time.Since(g.ended) >= max(how.least, time.Duration(how.share)*g.cost)) {
		running := make(chan struct{})
		if b.start(func(ctx context.Context) { g.compute(ctx, b, how, running) }) {
			g.running = running
		}
	}
	running := g.running
	g.mu.Unlock()
	if running != nil && wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-running:
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.value, g.at, g.err
}

// safely computes a value; a fault of the program is an error, so that the server goes on.
func safely[T any](ctx context.Context, old T, compute func(context.Context, T) (T, error)) (value T, err error) {
	defer func() {
		if v := recover(); v != nil {
			err = fmt.Errorf("fault of the program: %v", v)
		}
	}()
	return compute(ctx, old)
}

func (g *gauge[T]) compute(ctx context.Context, b *background, how gauging[T], running chan struct{}) {
	if how.slow {
		b.slow.Lock()
		defer b.slow.Unlock()
	}
	ctx, cancel := context.WithTimeout(ctx, how.timeout)
	defer cancel()
	g.mu.Lock()
	old := g.value
	g.mu.Unlock()
	start := time.Now()
	value, err := safely(ctx, old, how.compute)
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.err = err; err == nil {
		g.value, g.at = value, start
	}
	g.ended, g.cost, g.running = time.Now(), time.Since(start), nil
	close(running)
}
