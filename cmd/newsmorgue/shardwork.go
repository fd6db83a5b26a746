package main

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// shardCrawler crawls the sites of the shards that a machine holds.
type shardCrawler struct {
	app    *app
	name   string // of the machine
	clocks *pgclock.Clocks
	log    *slog.Logger
	budget *scraper.Budget
	cache  *archive.Cache // of frames, shared by the shards

	runs      chan struct{} // has one element for each run that goes on
	shipEvery time.Duration
	unstored  int64         // bytes, from which crawls wait for the store
	keepLocal int64         // bytes of sealed segments that stay on the disk; negative for all
	lastWords time.Duration // for what is stored at the end of a lease

	tells watchTells

	shards  shardSet
	folders folderLocks
}

// work crawls the sites of a shard until ctx ends, or between two runs after the shard
// has to be given back.
func (m *shardCrawler) work(ctx context.Context, o shardWork) error {
	log := m.log.With("shard", cluster.ShardName(o.lease.Shard))
	begun := time.Now()
	unlock, err := m.folders.lock(ctx, o.lease.Shard)
	if err != nil {
		return err
	}
	defer unlock()
	s, err := takeShard(ctx, o, m.name, m.cache, log)
	if err != nil {
		return err
	}
	defer s.ar.Close()
	w := &watcher{app: m.app, ar: s.ar, store: o.sites, log: log, budget: m.budget, only: o.has, machine: m.name, taken: time.Now(),
		holdBack: mirror.Gate(m.shards.unstored, "", m.unstored), wrap: m.wrap, dial: m.app.tune.dial, turns: m.runs}
	if w.cat, err = catalog.Open(ctx, s.ar); err != nil {
		return err
	}
	if _, err := w.cat.CatchUp(ctx); err != nil {
		return errors.Join(err, w.cat.Close())
	}
	if w.front, err = keep.OpenFrontier(s.ar); err != nil {
		return errors.Join(err, w.cat.Close())
	}
	d := w.daemon(m.perShard())
	d.Hold = func() bool { return closed(o.lease.GiveBack()) }
	d.Poll = m.app.tune.poll
	log.Info("shard opened", "token", o.lease.Token, "seconds", time.Since(begun).Seconds())
	err = m.crawl(ctx, o, s, w, d)
	err = errors.Join(err, w.front.Close(), w.cat.Close())
	if s.lease.Err() != nil {
		return err // another machine may own it: what is not stored is, when this one comes back
	}
	// The context has ended, or the shard is given back between two runs.
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.lastWords)
	defer cancel()
	return errors.Join(err, s.finish(end, !errors.Is(context.Cause(ctx), cluster.ErrWanted)))
}

func closed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

// perShard is how many runs a shard may have at a time: those of all shards take turns.
func (m *shardCrawler) perShard() int { return cap(m.runs) }

func (m *shardCrawler) wrap(f scraper.Frontier) scraper.Frontier { return m.clocks.Wrap(f) }

// crawl follows the schedules until ctx ends or the shard is given back, and keeps the
// store up to date meanwhile.
func (m *shardCrawler) crawl(ctx context.Context, o shardWork, s *heldShard, w *watcher, d *watch.Daemon) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m.shards.add(o.lease.Shard, &shardState{daemon: d, mirror: s.mirror})
	defer m.shards.remove(o.lease.Shard)
	stop, err := w.startTelling(ctx, m.tells, d)
	if err != nil {
		return err
	}
	defer stop()
	shipped := make(chan struct{})
	go func() {
		defer close(shipped)
		s.mirror.Run(ctx, m.shipEvery)
	}()
	kept := make(chan struct{})
	go func() {
		defer close(kept)
		m.keepUp(ctx, o, s, w)
	}()
	go func() {
		select {
		case <-o.lease.GiveBack():
			for d.AnyRunning() {
				if pause(ctx, time.Second) != nil {
					return
				}
			}
			cancel() // between two runs
		case <-ctx.Done():
		}
	}()
	err = d.Serve(ctx)
	cancel()
	<-shipped
	<-kept
	return err
}

// keepUp looks for what came late every hour, saves a snapshot a day, and removes old
// segments from the disk.
func (m *shardCrawler) keepUp(ctx context.Context, o shardWork, s *heldShard, w *watcher) {
	daily := cmp.Or(m.app.tune.daily, 24*time.Hour)
	// Shards that were taken together do not save their snapshots together.
	next := time.Now().Add(daily/24 + time.Duration(o.lease.Shard%16)*daily/64)
	if s.head.Catalog != nil {
		next = next.Add(max(0, daily-time.Since(s.head.Catalog.Time())))
	}
	for pause(ctx, min(daily/24, max(0, time.Until(next)))) == nil {
		if err := readLate(ctx, s.ar, w.cat, w.front); err != nil && ctx.Err() == nil {
			s.log.Error("what former owners stored late is not read", "error", err)
		}
		if time.Now().Before(next) {
			continue
		}
		next = time.Now().Add(daily)
		if err := s.saveSnapshots(ctx, w.cat, w.front); err != nil {
			next = time.Now().Add(daily / 24)
			if ctx.Err() == nil {
				s.log.Error("no snapshot was saved", "error", err)
			}
		}
		if m.keepLocal >= 0 {
			if _, err := s.mirror.Evict(ctx, m.keepLocal); err != nil && ctx.Err() == nil {
				s.log.Error("old segments stay on the disk", "error", err)
			}
		}
	}
}

// readLate adds to the catalog what former owners of the shard have stored since it was
// taken, and tells the queue of their runs: the next run of the site takes the answers from
// the records.
func readLate(ctx context.Context, ar *archive.Archive, cat *catalog.Catalog, front *frontier.Frontier) error {
	before, err := ar.Segments()
	if err != nil {
		return err
	}
	if err := ar.Refresh(ctx); err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range before {
		known[s.Name] = true
	}
	now, err := ar.Segments()
	if err != nil {
		return err
	}
	for _, s := range now {
		if known[s.Name] || s.Local {
			continue
		}
		runs := map[string]bool{}
		for e, err := range ar.Records(ctx, s.Name, 0) {
			if err != nil {
				return err
			}
			runs[e.Record.Get("WARC-Warcinfo-ID")] = true
		}
		for run := range runs {
			if err := front.ReopenRun(ctx, run); err != nil {
				return err
			}
		}
	}
	// It comes last: if it fails, the next look, or a run of the site, does it.
	_, err = cat.CatchUp(ctx)
	return err
}

// pause waits; it returns an error if ctx ends before that.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// shardFloor is the token in the head of a stored shard, 0 if it has none.
func shardFloor(ctx context.Context, store archive.Store) (int64, error) {
	h, _, err := mirror.ReadHead(ctx, store)
	return h.Token, err
}
