package scraper

import "context"

// A Holder is a Frontier whose leases may be lost before Done, as where machines share
// their hosts and one was suspended for long.
type Holder interface {
	Frontier
	// Hold returns a context for the requests of a lease. It is done when the host may
	// not be asked any more; a request that is under way then counts as never made. It
	// also has a check: see WithCheck. The Crawler calls cancel when it has asked.
	Hold(ctx context.Context, l *Lease) (held context.Context, cancel context.CancelFunc)
}

type checkKey struct{}

// WithCheck returns a context with a function that looks, before the first byte of a
// request is written, whether it may still be made. remote is the "ip:port" that it goes to;
// "" if that is not known, as behind a proxy.
func WithCheck(ctx context.Context, check func(remote string) error) context.Context {
	return context.WithValue(ctx, checkKey{}, check)
}

// Check is for Fetchers: it calls the context's function, if it has one.
func Check(ctx context.Context, remote string) error {
	if check, ok := ctx.Value(checkKey{}).(func(string) error); ok {
		return check(remote)
	}
	return nil
}

type heldKey struct{}

// hold returns a context with that in which a lease's requests are made.
func (r *run) hold(ctx context.Context, l *Lease) (context.Context, context.CancelFunc) {
	holder, ok := r.Frontier.(Holder)
	if !ok {
		return ctx, func() {}
	}
	held, cancel := holder.Hold(ctx, l)
	return context.WithValue(ctx, heldKey{}, held), cancel
}

// asking is the context in which requests are made: everything else of a visit goes on
// when the host may not be asked any more.
func asking(ctx context.Context) context.Context {
	if held, ok := ctx.Value(heldKey{}).(context.Context); ok {
		return held
	}
	return ctx
}
