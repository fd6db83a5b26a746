package main

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
)

// storeFlags say where a copy of the archive is kept, and how.
type storeFlags struct {
	url         string
	every       string
	maxUnstored string
	keepLocal   string
}

func (s *storeFlags) register(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&s.url, "store", "", "keep a copy of the archive in this `store`: s3://bucket/prefix or a folder")
	f.StringVar(&s.every, "ship-every", "60s", "store what is new each time this `time` has passed")
	f.StringVar(&s.maxUnstored, "max-unstored", "10GB", "pause while more than this `size` is not stored yet")
	f.StringVar(&s.keepLocal, "keep-local", "", "remove the oldest sealed segments from the disk while they have more than this `size` in all, each after its stored copy was read back (default: keep all)")
}

// storeSettings are the flags, parsed.
type storeSettings struct {
	every       time.Duration
	maxUnstored int64
	keepLocal   int64 // -1: all
}

func (s *storeFlags) check() (storeSettings, error) {
	p := storeSettings{keepLocal: -1}
	var err error
	if p.every, err = parseTime(s.every); err != nil || p.every < time.Second {
		return p, usage("--ship-every is %q; write a time of at least 1s, such as 60s or 5m", s.every)
	}
	size := func(flag, text string) (int64, error) {
		n, percent, err := parseSize(text)
		if err != nil || percent > 0 {
			return 0, usage("--%s is %q; write a size such as 10GB", flag, text)
		}
		return n, nil
	}
	if p.maxUnstored, err = size("max-unstored", s.maxUnstored); err != nil {
		return p, err
	}
	if s.keepLocal != "" {
		p.keepLocal, err = size("keep-local", s.keepLocal)
	}
	return p, err
}

// A storing keeps the copy of an archive while a command works. The nil one does nothing.
type storing struct {
	app      *app
	m        *mirror.Mirror
	settings storeSettings
	cancel   context.CancelFunc
	done     sync.WaitGroup

	snapshotting sync.Mutex
}

// startStoring begins to keep the copy of an archive; without --store, it returns nil.
// end must be called.
func (a *app) startStoring(ctx context.Context, ar *archive.Archive, f *storeFlags, log *slog.Logger) (*storing, error) {
	settings, err := f.check()
	if err != nil || f.url == "" {
		return nil, err
	}
	address := storeAddress(f.url)
	store, attached := a.evicted, a.evicted != nil && a.evictedTo == address
	if !attached {
		if store, err = openStore(f.url); err != nil {
			return nil, err
		}
	}
	s := &storing{app: a, m: &mirror.Mirror{Archive: ar, Store: store, Logger: log, Address: address}, settings: settings}
	// The first pass says at once whether the store is there and is this archive's.
	if err := s.ship(ctx); err != nil {
		return nil, fail(exitFailed, "check the store's address, the network and the credentials", "store %s: %w", store, err)
	}
	if !attached {
		if err := ar.Attach(ctx, store); err != nil {
			return nil, err
		}
	}
	ctx, s.cancel = context.WithCancel(ctx)
	s.done.Go(func() { s.m.Run(ctx, settings.every) })
	s.done.Go(func() { s.keepSnapshots(ctx) })
	if settings.keepLocal >= 0 {
		s.done.Go(func() { s.evict(ctx) })
	}
	return s, nil
}

func (s *storing) ship(ctx context.Context) error { return s.m.Ship(ctx) }

// evict removes from the disk what is over --keep-local, again and again.
func (s *storing) evict(ctx context.Context) {
	tick := time.NewTicker(s.settings.every)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.evictNow(ctx)
		}
	}
}

func (s *storing) evictNow(ctx context.Context) {
	if _, err := s.m.Evict(ctx, s.settings.keepLocal); err != nil && ctx.Err() == nil && s.m.Logger != nil {
		s.m.Logger.Warn("segments stay on the disk", "error", err)
	}
}

// hold is what a crawl waits for before a request, or nil.
func (s *storing) hold() func(ctx context.Context, say func(reason string)) error {
	if s == nil {
		return nil
	}
	return s.m.Gate(s.settings.maxUnstored)
}

// wait says what is not stored yet, if that is more than a pass takes to store.
func (s *storing) wait(now time.Time) (wait, bool) {
	if s == nil {
		return wait{}, false
	}
	u := s.m.Unstored()
	if u.Bytes == 0 {
		return wait{}, false
	}
	return wait{waitStore, "not stored yet: " + unstoredText(u, now)}, true
}

func unstoredText(u mirror.Unstored, now time.Time) string {
	return fmt.Sprintf("%s, since %s", size(u.Bytes), shortTime(now.Sub(u.Since)))
}

// endTime bounds the last pass after an interruption.
const endTime = 30 * time.Second

// end stores the rest, and says what could not be stored.
func (s *storing) end(ctx context.Context) {
	if s == nil {
		return
	}
	s.cancel()
	s.done.Wait()
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	if interrupted {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, endTime)
		defer cancel()
	}
	err := s.ship(ctx)
	if err == nil && s.settings.keepLocal >= 0 && !interrupted {
		s.evictNow(ctx)
	}
	if err == nil && !interrupted {
		err = s.putSnapshots(ctx)
	}
	u := s.m.Unstored()
	switch {
	case u.Bytes > 0:
		fmt.Fprintf(s.app.stderr, "newsmorgue: not stored in %s yet: %s\n", s.m.Store, unstoredText(u, time.Now()))
	case err == nil && !s.app.quiet:
		fmt.Fprintf(s.app.stderr, "stored in %s\n", s.m.Store)
	}
	if err != nil {
		fmt.Fprintf(s.app.stderr, "newsmorgue: store %s: %s\n", s.m.Store, plain(err.Error()))
		s.app.hint("nothing is lost: the next run with --store %s stores the rest", s.m.Store)
	}
}
