package pgclock

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// InBubble makes clocks whose time is that of the caller's synctest bubble, over a pool
// from outside of it; call runs a function outside.
func InBubble(pool *pgxpool.Pool, o Options, call func(func())) *Clocks {
	c := fromPool(pool, o)
	c.now = func() *time.Time {
		now := time.Now()
		return &now
	}
	c.call = func(_ context.Context, do func(context.Context) error) (err error) {
		call(func() { err = do(context.Background()) })
		return err
	}
	c.start()
	return c
}

// Pool is the connections of clocks.
func (c *Clocks) Pool() *pgxpool.Pool { return c.pool }
