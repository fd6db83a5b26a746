package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// isStored reports whether -a names an archive in a store: a URL, or the folder that the
// machines of a cluster share.
func (a *app) isStored() bool {
	ref := a.folder()
	if isRemote(ref) {
		return true
	}
	if _, err := os.Stat(filepath.Join(ref, "archive.json")); err == nil {
		return false
	}
	_, err := os.Stat(filepath.Join(ref, "cluster.json"))
	return err == nil
}

// refuseStored is the error of a command that needs an archive on this disk; nil if -a
// names one.
func (a *app) refuseStored() error {
	if !a.isStored() {
		return nil
	}
	return fail(exitUsage, "run it where the archive's folder is; list, show, search, export, serve and other commands that read take the URL of a store",
		"this command changes the archive, and %s is a store", a.archiveName(nil))
}

// archiveName says where the archive is, for people: the store, or the folder.
func (a *app) archiveName(ar *archive.Archive) string {
	switch {
	case a.stored != nil:
		return a.stored.store.String()
	case ar != nil:
		return absolute(ar.Dir())
	}
	ref := a.folder()
	if store, err := openStore(ref); isRemote(ref) && err == nil {
		return store.String()
	}
	return absolute(ref)
}

// openToRead opens the archive that -a names for reading: a folder, or an archive or a
// cluster in a store. What of that is damaged is an error.
func (a *app) openToRead(ctx context.Context) (*archive.Archive, error) {
	if !a.isStored() {
		return a.open(ctx)
	}
	damaged, err := a.openStored(ctx, catalogCurrent)
	if err == nil && damaged != nil {
		err = fail(exitDamaged, "newsmorgue verify lists all damage", "%w", damaged)
		err = errors.Join(err, a.stored.ar.Close())
	}
	if err != nil {
		return nil, err
	}
	return a.stored.ar, nil
}

// openToReindex is openToRead for a command that rebuilds the catalog.
func (a *app) openToReindex(ctx context.Context) (*archive.Archive, error) {
	if !a.isStored() {
		return a.open(ctx)
	}
	damaged, err := a.openStored(ctx, catalogAsItIs)
	if err != nil {
		return nil, err
	}
	if damaged != nil {
		return nil, errors.Join(damaged, a.stored.ar.Close())
	}
	return a.stored.ar, nil
}

// openToVerify is openToRead for a command that lists what is damaged.
func (a *app) openToVerify(ctx context.Context) (*archive.Archive, []archive.Damage, error) {
	if !a.isStored() {
		ar, err := a.open(ctx)
		return ar, nil, err
	}
	damaged, err := a.openStored(ctx, catalogFetched)
	if err != nil {
		return nil, nil, err
	}
	var found []archive.Damage
	if damaged != nil {
		for line := range strings.SplitSeq(damaged.Error(), "\n") {
			found = append(found, archive.Damage{Kind: archive.DamageFile, What: line})
		}
	}
	return a.stored.ar, found, nil
}

// What a command needs of the catalog of an archive in a store.
const (
	catalogAsItIs  = iota // it is rebuilt
	catalogFetched        // from the snapshots in the store, if it lacks much
	catalogCurrent
)

// openStored opens an archive in a store, and brings its folder in the cache up to date,
// and its catalog as far as that is needed.
func (a *app) openStored(ctx context.Context, needs int) (damaged, err error) {
	ref := a.folder()
	if err := a.checkFolder(ref); err != nil {
		return nil, err
	}
	store, err := openStore(ref)
	if err != nil {
		return nil, usage("-a: %v", err)
	}
	s, err := a.findStored(ctx, ref, store)
	if err != nil {
		return nil, err
	}
	unlock, err := s.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := s.removeStale(); err != nil {
		return nil, err
	}
	if damaged, err = s.prepare(ctx); err != nil {
		return damaged, err
	}
	if needs >= catalogFetched {
		err = s.fetchCatalog(ctx)
	}
	if needs >= catalogCurrent && err == nil {
		err = s.updateCatalog(ctx)
	}
	if err != nil {
		return damaged, errors.Join(err, s.ar.Close())
	}
	a.stored = s
	return damaged, nil
}

// checkFolder refuses a file:// URL of a folder that does not exist, which opening a store
// would make.
func (a *app) checkFolder(ref string) error {
	path, ok, err := filePath(ref)
	if err != nil || !ok {
		return err
	}
	st, err := os.Stat(path)
	if errors.Is(err, os.ErrNotExist) || err == nil && !st.IsDir() {
		return fail(exitNoArchive, "check the path: it is that of the folder in which a store is", "%w in %s", archive.ErrNotArchive, path)
	}
	return err
}

// updateCatalog brings the catalog up to date, under the lock of the cache: what two
// commands need is read once.
func (s *storedArchive) updateCatalog(ctx context.Context) error {
	c, err := s.app.catalogOf(ctx, s.ar)
	if err != nil {
		return err
	}
	return c.Close()
}

// followEvery is how often a command that goes on looks for what is new in the store.
const followEvery = 30 * time.Second

// follow keeps an open archive and its catalog up to date until ctx is done. Errors are
// told to say, the same one once.
func (s *storedArchive) follow(ctx context.Context, c *catalog.Catalog, every time.Duration, say func(error)) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	said := ""
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		err := s.followOnce(ctx, c)
		switch {
		case ctx.Err() != nil:
			return
		case err == nil:
			said = ""
		case err.Error() != said:
			said = err.Error()
			say(err)
		}
	}
}

// followStored keeps what is shown of an archive in a store up to date until stop is called.
func (a *app) followStored(ctx context.Context, c *catalog.Catalog) (stop func()) {
	if a.stored == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	log := a.logger(slog.LevelWarn, true)
	done := make(chan struct{})
	go func() {
		defer close(done)
		a.stored.follow(ctx, c, followEvery, func(err error) { log.Warn("what is new in the store is not shown", "error", err) })
	}()
	return func() { cancel(); <-done }
}

func (s *storedArchive) followOnce(ctx context.Context, c *catalog.Catalog) error {
	unlock, err := s.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	damaged, err := s.prepare(ctx)
	if err != nil {
		return err
	}
	if err := s.fetchCatalog(ctx); err != nil {
		return err
	}
	if _, err := c.CatchUp(ctx); err != nil {
		return err
	}
	if damaged != nil {
		return fmt.Errorf("the rest is shown: %w", damaged)
	}
	return nil
}
