package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// readQueue opens the queue of an archive for reading. Of an archive in a store it is the
// newest snapshot there; of a cluster, that of the shard to which a host belongs, and with
// "" for the host an empty one. at is when the snapshot was made, zero if it is none.
func (a *app) readQueue(ctx context.Context, ar *archive.Archive, host string) (front *frontier.Frontier, at time.Time, err error) {
	s := a.stored
	if s == nil {
		front, err = keep.ReadFrontier(ar)
		return front, at, err
	}
	path := ""
	if host != "" || s.info.Shards == 0 {
		part := s.whole.parts[0]
		if s.info.Shards > 0 {
			part = s.whole.parts[cluster.ShardOf(host, s.info.Shards)]
		}
		if path, at, err = s.fetchQueue(ctx, part); err != nil {
			return nil, at, err
		}
	}
	if path == "" { // a missing file is an empty queue
		path = filepath.Join(s.dir, "no-queue.sqlite")
	}
	front, err = frontier.OpenReadOnly(path)
	return front, at, err
}

// snapshotStamp matches the time in the name of a snapshot.
var snapshotStamp = regexp.MustCompile(`-(\d{8}T\d{6}Z)-[0-9a-f]{8}\.sqlite\.zst$`)

// fetchQueue makes a file of the newest snapshot of a part's queue, unless it is there. The
// path is "" if there is none.
func (s *storedArchive) fetchQueue(ctx context.Context, part *storedPart) (path string, at time.Time, err error) {
	unlock, err := s.lock(ctx)
	if err != nil {
		return "", at, err
	}
	defer unlock()
	for try := 0; ; try++ {
		head, _, err := mirror.ReadHead(ctx, part)
		if err != nil || head.Frontier == nil {
			return "", at, err
		}
		name := head.Frontier.Name
		if m := snapshotStamp.FindStringSubmatch(name); m != nil {
			at, _ = time.Parse("20060102T150405Z", m[1])
		}
		folder := filepath.Join(s.dir, "queues", cluster.ShardName(part.number))
		path = filepath.Join(folder, strings.TrimSuffix(filepath.Base(name), ".zst"))
		if _, err := os.Stat(path); err == nil {
			return path, at, nil
		}
		older, _ := filepath.Glob(filepath.Join(folder, "*"))
		if head.Frontier.Size > worthTelling {
			s.say("fetching the queue: %s…", size(head.Frontier.Size))
		}
		err = mirror.FetchSnapshot(ctx, part, *head.Frontier, path)
		if errors.Is(err, archive.ErrNoObject) && try < 2 {
			continue // a newer one has replaced it
		}
		if err != nil {
			return "", at, err
		}
		for _, o := range older {
			os.RemoveAll(o) // a system may keep it while it is open; the next time removes it
		}
		return path, at, nil
	}
}
