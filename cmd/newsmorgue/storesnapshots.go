package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

const (
	// snapshotsAge is how old snapshots get before newer ones are stored.
	snapshotsAge = 24 * time.Hour
	// snapshotsLook is how often a long run looks at their age.
	snapshotsLook = time.Hour
)

// A snapshotter writes a consistent copy of its file while it is used: a catalog or a
// frontier.
type snapshotter func(ctx context.Context, path string) error

// storeSnapshots stores snapshots of queue and catalog, and then what is in the segments
// and journals by then: nobody finds a snapshot that knows records which the store lacks.
// The caller makes them those of the head. The queue's snapshot comes first: the catalog
// may know more than the queue, never less.
func storeSnapshots(ctx context.Context, m *mirror.Mirror, queue, cat snapshotter) (queueSnap, catSnap *mirror.Snapshot, err error) {
	if queueSnap, err = storeSnapshot(ctx, m, "frontier", queue); err != nil {
		return nil, nil, err
	}
	if catSnap, err = storeSnapshot(ctx, m, "catalog", cat); err != nil {
		return nil, nil, err
	}
	return queueSnap, catSnap, m.Ship(ctx)
}

func storeSnapshot(ctx context.Context, m *mirror.Mirror, kind string, save snapshotter) (*mirror.Snapshot, error) {
	tmp := filepath.Join(m.Archive.Dir(), "."+kind+".snapshot")
	defer os.Remove(tmp) // it is stored, or useless
	if err := os.Remove(tmp); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	if err := save(ctx, tmp); err != nil {
		return nil, fmt.Errorf("snapshot of the %s: %w", kind, err)
	}
	s, err := mirror.PutSnapshot(ctx, m.Store, kind, tmp)
	return &s, err
}

// putSnapshots stores snapshots of catalog and queue of an archive of one machine, if the
// last ones are older than a day.
func (s *storing) putSnapshots(ctx context.Context) error {
	s.snapshotting.Lock()
	defer s.snapshotting.Unlock()
	head, etag, err := mirror.ReadHead(ctx, s.m.Store)
	if err != nil {
		return err
	}
	if age := time.Since(head.At); head.Catalog != nil && head.Frontier != nil && age >= 0 && age < snapshotsAge {
		return nil
	}
	cat, err := catalog.Open(ctx, s.m.Archive)
	if err != nil {
		return err
	}
	defer cat.Close()
	front, err := keep.ReadFrontier(s.m.Archive)
	if err != nil {
		return err
	}
	defer front.Close()
	if head.Frontier, head.Catalog, err = storeSnapshots(ctx, s.m, front.Snapshot, cat.SaveSnapshot); err != nil {
		return err
	}
	head.At = time.Now().UTC()
	if _, err := mirror.PutHead(ctx, s.m.Store, head, etag); err != nil {
		return err
	}
	return mirror.RemoveOldSnapshots(ctx, s.m.Store)
}

// keepSnapshots stores snapshots daily while a command works.
func (s *storing) keepSnapshots(ctx context.Context) {
	tick := time.NewTicker(snapshotsLook)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.putSnapshots(ctx); err != nil && ctx.Err() == nil && s.m.Logger != nil {
				s.m.Logger.Warn("no snapshots of catalog and queue are stored", "store", s.m.Store.String(), "error", err)
			}
		}
	}
}

// storeAddress is the name of a store as another process can open it, from any folder.
func storeAddress(ref string) string {
	if isRemote(ref) {
		return ref
	}
	return absolute(ref)
}
