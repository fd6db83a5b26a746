package cluster

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// Borrow runs f while it holds the lease of a shard, which its owner gives back for that.
// The context of f ends with the lease. M is a Member without Start whose name nobody else
// has, and which is not running; ctx bounds all, and patience in addition the wait for the lease.
func Borrow(ctx, patience context.Context, m *Member, shard int, f func(ctx context.Context, l *Lease) error) error {
	if m.Start != nil {
		return errors.New("a machine takes its share and borrows nothing")
	}
	m.init()
	running, cancel := context.WithCancel(context.WithoutCancel(ctx))
	done := make(chan error, 1)
	go func() { done <- m.Run(running) }()
	err := func() error {
		l, err := m.Ask(patience, shard)
		if err != nil {
			return err
		}
		defer l.Release()
		fctx, stop := context.WithCancelCause(ctx)
		defer stop(nil)
		defer context.AfterFunc(l.Context(), func() { stop(context.Cause(l.Context())) })()
		return f(fctx, l)
	}()
	cancel()
	return errors.Join(err, <-done)
}

// Ask takes a shard, and asks its owner to give it back where there is one. It tries until
// ctx is done; then the error is ErrHeld and says who has it, or what failed last. Run
// must be running. Whoever gets the lease has to release it.
func (m *Member) Ask(ctx context.Context, shard int) (*Lease, error) {
	m.init()
	if shard < 0 || shard >= m.Info.Shards {
		return nil, fmt.Errorf("there is no shard %d: the cluster has %d", shard, m.Info.Shards)
	}
	last := fmt.Errorf("shard %s: %w", ShardName(shard), ErrHeld)
	for {
		l, err := m.askOnce(ctx, shard)
		switch {
		case l != nil:
			return l, nil
		case errors.Is(err, ErrHeld):
			last = err
		case ctx.Err() == nil && !mayPass(err) && !errors.Is(err, errNotSetUp):
			return nil, err
		case ctx.Err() == nil:
			last = err
		}
		m.pause(ctx, m.times.Poll/5)
		if ctx.Err() != nil {
			m.withdraw(shard)
			return nil, last
		}
	}
}

func (m *Member) askOnce(ctx context.Context, shard int) (*Lease, error) {
	m.asking.Lock()
	defer m.asking.Unlock()
	l, err := m.take(ctx, shard)
	if l != nil {
		return l, nil
	}
	var holder string
	if err == nil {
		err = m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
			// Of two that ask, the second waits for the first.
			_, err := c.Exec(ctx, `update newsmorgue_shard set wanted = $2::text, wanted_until = clock_timestamp() + $3::float8 * interval '1 second'
				where shard = $1::int and (wanted in ('', $2::text) or wanted_until <= clock_timestamp())`, shard, m.Name, m.times.Lease.Seconds())
			if err != nil {
				return err
			}
			return c.QueryRow(ctx, "select holder from newsmorgue_shard where shard = $1::int", shard).Scan(&holder)
		})
	}
	switch {
	case code(err) == codeNoTable, errors.Is(err, pgx.ErrNoRows):
		return nil, errNotSetUp // Run sets it up
	case err != nil:
		return nil, err
	case holder == "":
		return nil, fmt.Errorf("shard %s is not free yet: %w", ShardName(shard), ErrHeld)
	}
	return nil, fmt.Errorf("shard %s: %w: %.100q", ShardName(shard), ErrHeld, holder)
}

// withdraw takes back that the shard is wanted.
func (m *Member) withdraw(shard int) {
	ctx, cancel := context.WithTimeout(context.Background(), m.times.Poll)
	defer cancel()
	// Where it fails, the wish ends by itself.
	_ = m.DB.do(ctx, func(ctx context.Context, c *pgx.Conn) error {
		_, err := c.Exec(ctx, "update newsmorgue_shard set wanted = '' where shard = $1::int and wanted = $2::text", shard, m.Name)
		return err
	})
}
