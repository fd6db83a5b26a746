package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// A heldShard is a shard's archive on the disk of its owner, with what keeps the store up
// to date.
type heldShard struct {
	lease *cluster.Lease
	dir   string
	store archive.Store
	name  string         // of the machine
	cache *archive.Cache // shared by the shards of a machine
	log   *slog.Logger

	// Of a command that borrows the shard: whose it was before.
	lent *mirror.Lent

	ar     *archive.Archive
	mirror *mirror.Mirror
	head   mirror.Head
	etag   string // of the head
}

// An ownerNote is what a machine leaves in a shard's folder: under which token it wrote
// the head of the stored archive. While the head has that token nobody else owned the shard
// since, and what lies on the disk is the newest.
type ownerNote struct {
	Token   int64  `json:"token"`
	Machine string `json:"machine"`
	Catalog string `json:"catalog,omitempty"` // the snapshot that the catalog was made of, or a command stored
}

const ownerFile = "owner.json"

// takeShard makes the folder of a shard the newest state of its archive, and says so in
// the head of the stored archive, which a former owner cannot write from then on.
func takeShard(ctx context.Context, o shardWork, machine string, cache *archive.Cache, log *slog.Logger) (s *heldShard, err error) {
	s = &heldShard{lease: o.lease, dir: o.dir, store: o.store, name: machine, cache: cache, log: log}
	if err := os.MkdirAll(o.dir, 0o755); err != nil {
		return nil, err
	}
	if s.head, s.etag, err = mirror.ReadHead(ctx, o.store); err != nil {
		return nil, err
	}
	note := readNote(o.dir)
	own := isOwn(note, s.head, s.etag)
	if o.borrowed {
		s.lent = lentBy(s.head, s.etag)
	}
	if !own {
		if err := returnShard(ctx, o.dir, o.store, o.lease.Shard, s.stale(o.borrowed, note), log); err != nil {
			return nil, err
		}
		if err := os.MkdirAll(o.dir, 0o755); err != nil { // it may have been removed
			return nil, err
		}
	}
	// The head comes first: whoever owned the shard before is fenced from here on, and
	// what it shipped before is found below.
	if err := s.putHead(ctx); err != nil {
		return nil, err
	}
	if err := s.open(ctx, own, !o.borrowed || o.queue); err != nil {
		return nil, err
	}
	if err := s.writeNote(); err != nil {
		return nil, errors.Join(err, s.ar.Close())
	}
	return s, nil
}

// isOwn reports whether a shard's folder, which has a note, has the newest state of its
// stored archive.
func isOwn(note ownerNote, head mirror.Head, etag string) bool {
	return etag != "" && note.is(head.Token, head.Machine)
}

// readNote reads the note in a shard's folder; it is zero if there is none.
func readNote(dir string) (note ownerNote) {
	body, err := os.ReadFile(filepath.Join(dir, ownerFile))
	if err != nil || json.Unmarshal(body, &note) != nil {
		return ownerNote{}
	}
	return note
}

// is reports whether the note is about a token and a machine.
func (n ownerNote) is(token int64, machine string) bool {
	return n.Token == token && n.Machine == machine && n.Token > 0
}

// writeNote says in the folder whose head the stored archive has.
func (s *heldShard) writeNote() error {
	note := ownerNote{Token: s.lease.Token, Machine: s.name}
	if s.head.Catalog != nil {
		note.Catalog = s.head.Catalog.Name
	}
	return writeJSONFile(filepath.Join(s.dir, ownerFile), note)
}

// lentBy says from whom a command borrows a shard with this head.
func lentBy(h mirror.Head, etag string) *mirror.Lent {
	if h.Lent != nil || etag == "" {
		return h.Lent
	}
	return &mirror.Lent{Token: h.Token, Machine: h.Machine}
}

// What in a shard's folder is not made of its segments alone, or takes long to make.
const (
	catalogFile = "catalog.sqlite"
	queueFile   = "frontier.sqlite"
)

// stale lists what in the folder of a former owner is older than the store's.
func (s *heldShard) stale(borrowed bool, note ownerNote) []string {
	lent := s.head.Lent
	switch {
	case !borrowed && lent != nil && note.is(lent.Token, lent.Machine):
		// Only commands had the shard since. They crawl nothing, and what they added, the
		// catalog finds in the segments.
		if lent.Erased {
			return []string{catalogFile}
		}
		return nil
	case borrowed && s.head.Catalog != nil && note.Catalog == s.head.Catalog.Name:
		return []string{queueFile}
	}
	return []string{catalogFile, queueFile}
}

// writeJSONFile replaces a file by a value in JSON.
func writeJSONFile(path string, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	tmp := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".tmp")
	if err := os.WriteFile(tmp, append(body, '\n'), 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}

// returnShard stores what the folder of a former owner has and the store lacks, and removes
// what is older than the store's: the stale files. Sealed segments stay.
func returnShard(ctx context.Context, dir string, store archive.Store, shard int, stale []string, log *slog.Logger) error {
	ar, err := archive.Open(dir)
	if errors.Is(err, archive.ErrNotArchive) {
		return nil
	}
	if err != nil {
		return err
	}
	back, err := mirror.Return(ctx, ar, store)
	if errors.Is(err, mirror.ErrOtherArchive) {
		// Two machines made the archive, of which one lost the shard before it stored that.
		if files, ferr := ar.SegmentFiles(); ferr == nil && len(files) == 0 {
			return errors.Join(ar.Close(), os.RemoveAll(dir))
		}
	}
	if err = errors.Join(err, ar.Close()); err != nil {
		return fmt.Errorf("store what this machine had of the shard: %w", err)
	}
	if n := len(back.Segments); n > 0 {
		log.Info("stored what only this machine had", "shard", cluster.ShardName(shard), "segments", n)
	}
	for _, name := range stale {
		for _, end := range []string{"", "-wal", "-shm"} {
			if err := os.Remove(filepath.Join(dir, name+end)); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// putHead writes the head under the token of the lease.
func (s *heldShard) putHead(ctx context.Context) error {
	if err := s.lease.Err(); err != nil {
		return err
	}
	h := s.head
	h.Token, h.Machine, h.At, h.Lent = s.lease.Token, s.name, time.Now().UTC(), s.lent
	etag, err := mirror.PutHead(ctx, s.store, h, s.etag)
	if err != nil {
		return err
	}
	s.head, s.etag = h, etag
	return nil
}

// open opens the shard's archive: as it lies on the disk, or else as it is in the store,
// with or without the crawl queue.
func (s *heldShard) open(ctx context.Context, own, queue bool) (err error) {
	if own {
		s.ar, err = archive.Open(s.dir)
	} else {
		_, err = mirror.Fetch(ctx, s.store, s.dir)
		if errors.Is(err, archive.ErrDamaged) {
			// The damaged part stays in the store, for a repair; everything else is here.
			s.log.Error("a part of what a former owner stored is damaged", "error", err)
			err = nil
		}
		if err == nil {
			s.ar, err = archive.Open(s.dir)
		}
	}
	created := false
	if errors.Is(err, archive.ErrNotArchive) { // nobody ever owned it
		s.ar, err = archive.Create(s.dir, software())
		created = true
	}
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			s.ar.Close()
		}
	}()
	s.ar.UseCache(s.cache)
	if err = s.ar.Attach(ctx, s.store); err != nil {
		return err
	}
	s.mirror = &mirror.Mirror{Archive: s.ar, Store: s.store, Logger: s.log}
	if created {
		// Its archive.json is stored before there is a record: whoever takes the shard next
		// must not make another archive.
		return s.mirror.Ship(ctx)
	}
	if own {
		return nil
	}
	// Journals of a former owner are sealed, never continued: it may still ship lines of
	// its own.
	files, err := s.ar.SegmentFiles()
	if err != nil {
		return err
	}
	for _, f := range files {
		if f.Sealed {
			continue
		}
		if err := s.ar.SealJournal(ctx, f.Name); err != nil {
			return err
		}
	}
	return s.install(ctx, queue)
}

// install puts the snapshots of catalog and queue in place. Without one, the catalog is
// made from the records, and the queue from their links.
func (s *heldShard) install(ctx context.Context, queue bool) error {
	if err := fetchCatalog(ctx, s.ar, s.store, s.head, s.log); err != nil || !queue {
		return err
	}
	path := filepath.Join(s.dir, "frontier.sqlite")
	if _, err := os.Stat(path); err == nil || s.head.Frontier == nil {
		return nil
	}
	err := mirror.FetchSnapshot(ctx, s.store, *s.head.Frontier, path)
	if errors.Is(err, archive.ErrNoObject) || errors.Is(err, archive.ErrDamaged) {
		s.log.Warn("the snapshot of the queue cannot be used; it is made from the records", "shard", cluster.ShardName(s.lease.Shard), "error", err)
		return nil
	}
	return err
}

// fetchCatalog makes the snapshot in a head the catalog of an archive that has none. A
// snapshot that cannot be used costs time: the catalog is made from the records then.
func fetchCatalog(ctx context.Context, ar *archive.Archive, store archive.Store, head mirror.Head, log *slog.Logger) error {
	if _, err := os.Stat(filepath.Join(ar.Dir(), "catalog.sqlite")); err == nil || head.Catalog == nil {
		return nil
	}
	tmp := filepath.Join(ar.Dir(), ".catalog.fetched")
	err := mirror.FetchSnapshot(ctx, store, *head.Catalog, tmp)
	if err == nil {
		err = catalog.Install(ctx, ar, tmp)
	}
	if err != nil {
		os.Remove(tmp) // it is useless
	}
	if errors.Is(err, archive.ErrNoObject) || errors.Is(err, archive.ErrDamaged) || errors.Is(err, catalog.ErrSnapshot) {
		log.Warn("the snapshot of the catalog cannot be used; it is made from the records", "store", store.String(), "error", err)
		return nil
	}
	return err
}

// saveSnapshots stores snapshots of catalog and queue and makes them those of the head.
func (s *heldShard) saveSnapshots(ctx context.Context, cat *catalog.Catalog, front *frontier.Frontier) error {
	queue, known, err := storeSnapshots(ctx, s.mirror, front.Snapshot, cat.SaveSnapshot)
	if err != nil {
		return err
	}
	s.head.Frontier, s.head.Catalog = queue, known
	if err := s.putHead(ctx); err != nil {
		return err
	}
	return mirror.RemoveOldSnapshots(ctx, s.store)
}

// saveCatalog stores a snapshot of the catalog and makes it the one of the head. If records
// were erased, no older one may stay.
func (s *heldShard) saveCatalog(ctx context.Context, erased bool) error {
	cat, err := catalog.Open(ctx, s.ar)
	if err != nil {
		return err
	}
	defer cat.Close()
	if _, err := cat.CatchUp(ctx); err != nil {
		return err
	}
	known, err := storeSnapshot(ctx, s.mirror, "catalog", cat.SaveSnapshot)
	if err == nil {
		err = s.mirror.Ship(ctx) // the snapshot must not know more than the store has
	}
	if err != nil {
		return err
	}
	s.head.Catalog = known
	if s.lent != nil && erased {
		s.lent.Erased = true
	}
	if err := errors.Join(s.putHead(ctx), s.writeNote()); err != nil {
		return err
	}
	if erased {
		return mirror.RemoveOtherSnapshots(ctx, s.store, "catalog")
	}
	return mirror.RemoveOldSnapshots(ctx, s.store)
}

// finish stores what is not stored yet, at the end of the ownership.
func (s *heldShard) finish(ctx context.Context, snapshots bool) error {
	if err := s.mirror.Ship(ctx); err != nil {
		return err
	}
	if !snapshots {
		return nil
	}
	cat, err := catalog.Open(ctx, s.ar)
	if err != nil {
		return err
	}
	defer cat.Close()
	front, err := keep.OpenFrontier(s.ar)
	if err != nil {
		return err
	}
	defer front.Close()
	return s.saveSnapshots(ctx, cat, front)
}
