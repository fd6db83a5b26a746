package main

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// folderLocks see to it that one part of the program at a time works in a shard's folder.
type folderLocks struct {
	mu    sync.Mutex
	turns map[int]chan struct{} // has one element while somebody works there
}

func (l *folderLocks) turn(shard int) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns == nil {
		l.turns = map[int]chan struct{}{}
	}
	if l.turns[shard] == nil {
		l.turns[shard] = make(chan struct{}, 1)
	}
	return l.turns[shard]
}

func (l *folderLocks) lock(ctx context.Context, shard int) (unlock func(), err error) {
	turn := l.turn(shard)
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// tryLock is lock; it returns nil if somebody works there.
func (l *folderLocks) tryLock(shard int) (unlock func()) {
	turn := l.turn(shard)
	select {
	case turn <- struct{}{}:
		return func() { <-turn }
	default:
		return nil
	}
}

// leftEvery is how often a machine looks for what it has of shards that others own.
const leftEvery = 30 * time.Second

// returnLeft stores, until ctx ends and then once more, what this machine has of shards that
// others own by now, and the store lacks: it may never own them again. Shards that the
// machine left in order have nothing of that kind.
func (m *shardCrawler) returnLeft(ctx context.Context, dir string, info cluster.Info, store func(shard int) archive.Store, every time.Duration) {
	failed := map[int]bool{}
	look := func(ctx context.Context) {
		for shard := range info.Shards {
			if !cluster.LocalShard(dir, shard) {
				continue
			}
			err := m.returnOne(ctx, cluster.ShardDir(dir, shard), store(shard), shard)
			if errors.Is(ctx.Err(), context.Canceled) {
				return
			}
			if err != nil && !failed[shard] {
				m.log.Warn("what this machine has of a shard of another one is not stored yet", "shard", cluster.ShardName(shard), "error", err)
			}
			failed[shard] = err != nil
		}
	}
	for pause(ctx, every) == nil {
		look(ctx)
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), m.lastWords)
	defer cancel()
	look(end)
}

// returnOne is returnLeft for one shard.
func (m *shardCrawler) returnOne(ctx context.Context, dir string, store archive.Store, shard int) error {
	unlock := m.folders.tryLock(shard)
	if unlock == nil {
		return nil // it is this machine's
	}
	defer unlock()
	if left, err := hasLeft(dir, store); !left || err != nil {
		return err
	}
	head, etag, err := mirror.ReadHead(ctx, store)
	note := readNote(dir)
	if err != nil || etag == "" || isOwn(note, head, etag) || head.Lent != nil && note.is(head.Lent.Token, head.Lent.Machine) {
		return err // nobody else has owned it since
	}
	return returnShard(ctx, dir, store, shard, []string{catalogFile, queueFile}, m.log)
}

// hasLeft reports whether a folder has anything that is not known to be stored.
func hasLeft(dir string, store archive.Store) (bool, error) {
	ar, err := archive.Open(dir)
	if err != nil {
		return false, err
	}
	defer ar.Close()
	files, err := ar.SegmentFiles()
	if err != nil {
		return false, err
	}
	for _, f := range files {
		if !f.Sealed {
			return true, nil
		}
	}
	return (&mirror.Mirror{Archive: ar, Store: store}).Unstored().Bytes > 0, nil
}
