package cluster

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"
)

// A Worker works on the shards that a machine holds.
type Worker struct {
	// Work does what there is to do on a shard until ctx ends, whose cause is an
	// *EndError, or until nothing is going on after lease.GiveBack was closed. It returns
	// once nothing writes to the shard anymore. If it returns before that, it is called
	// again after a pause.
	Work   func(ctx context.Context, lease *Lease) error
	Logger *slog.Logger
	// Pause is the wait after the first failure; it doubles up to 64 times that. 1 s if
	// zero.
	Pause time.Duration

	wg sync.WaitGroup
}

// Run keeps a machine in its cluster and works on its shards until ctx is done; then it
// waits for the work to end, and gives the shards back. It returns what Member.Run does.
func (w *Worker) Run(ctx context.Context, m *Member) error {
	if w.Logger == nil {
		w.Logger = slog.New(slog.DiscardHandler)
	}
	m.Start = func(l *Lease) { w.wg.Go(func() { w.shard(l) }) }
	defer w.wg.Wait()
	return m.Run(ctx)
}

func (w *Worker) shard(l *Lease) {
	defer l.Release()
	pause := w.Pause
	if pause == 0 {
		pause = time.Second
	}
	most := 64 * pause
	for {
		begun := time.Now()
		err := w.Work(l.ctx, l)
		select {
		case <-l.giveBack:
			if err == nil {
				return
			}
		default:
		}
		if l.ctx.Err() != nil {
			if err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, context.Cause(l.ctx)) {
				w.Logger.Error("the work on a shard ended with an error", "shard", ShardName(l.Shard), "error", err)
			}
			return
		}
		if time.Since(begun) > most {
			pause = most / 64
		}
		w.Logger.Error("the work on a shard ended; it begins again", "shard", ShardName(l.Shard), "after", pause, "error", err)
		timer := time.NewTimer(pause)
		select {
		case <-l.ctx.Done():
			timer.Stop()
			return
		case <-l.giveBack:
			timer.Stop()
			return
		case <-timer.C:
		}
		pause = min(2*pause, most)
	}
}
