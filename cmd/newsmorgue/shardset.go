package main

import (
	"sync"

	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
)

// A shardSet is the shards that a machine works on now.
type shardSet struct {
	mu     sync.Mutex
	shards map[int]*shardState
}

// A shardState is what others than its work need of a shard.
type shardState struct {
	daemon *watch.Daemon
	mirror *mirror.Mirror
}

func (s *shardSet) add(shard int, st *shardState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shards == nil {
		s.shards = map[int]*shardState{}
	}
	s.shards[shard] = st
}

func (s *shardSet) remove(shard int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.shards, shard)
}

// idle reports whether no run of a shard goes on.
func (s *shardSet) idle(shard int) bool {
	s.mu.Lock()
	st := s.shards[shard]
	s.mu.Unlock()
	return st == nil || !st.daemon.AnyRunning()
}

// unstored adds up what of the shards is not stored yet.
func (s *shardSet) unstored() (sum mirror.Unstored) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.shards {
		u := st.mirror.Unstored()
		sum.Bytes += u.Bytes
		sum.Segments += u.Segments
		if !u.Since.IsZero() && (sum.Since.IsZero() || u.Since.Before(sum.Since)) {
			sum.Since = u.Since
		}
	}
	return sum
}
