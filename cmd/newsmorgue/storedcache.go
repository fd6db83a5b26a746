package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

const (
	cacheNote    = "reader.json"
	cacheFormat  = "newsmorgue-reader"
	cacheVersion = 1

	// farBehind is how many bytes of segments are read into a catalog rather than a newer
	// snapshot is fetched.
	farBehind = 64 << 20
	// snapshotsAtOnce is how many snapshots are fetched at a time.
	snapshotsAtOnce = 4
	// worthTelling is from how many bytes on the user is told what is fetched.
	worthTelling = 8 << 20
)

// A storedArchive is an archive in a store, which is read by way of a folder in the user's
// cache: an archive folder with the journals and the catalog, while sealed segments are
// read from the store. Nothing in the folder is lost if it is removed.
type storedArchive struct {
	app   *app
	store archive.Store
	info  cluster.Info // of a cluster; Shards is 0 if it is none
	dir   string       // in the cache
	whole *storedParts
	ar    *archive.Archive // nil before refresh
}

// readerNote says what a cache folder was made by, and of which snapshots. Another
// version's folder is made anew.
type readerNote struct {
	Format    string            `json:"format"`
	Version   int               `json:"version"`
	Store     string            `json:"store"`
	Snapshots map[string]string `json:"snapshots"` // of the catalog, by the part
}

// findStored finds out what archive a store has.
func (a *app) findStored(ctx context.Context, ref string, store archive.Store) (*storedArchive, error) {
	store = readStore{store}
	s := &storedArchive{app: a, store: store}
	info, err := cluster.ReadInfo(ctx, store)
	body := []byte(nil)
	switch {
	case err == nil:
		s.info = info
		body, err = json.Marshal(archive.Info{Format: "newsmorgue-archive", Version: archive.FormatVersion, ID: info.ID, Created: info.Created, Software: software()})
	case errors.Is(err, cluster.ErrNotCluster):
		body, err = readArchiveJSON(ctx, store)
	}
	if err != nil {
		return nil, clusterError(err)
	}
	ar, err := archive.ParseInfo(body, store.String())
	if err != nil {
		return nil, err
	}
	id, err := uuid.Parse(ar.ID) // it becomes the name of a folder
	if err != nil {
		return nil, fmt.Errorf("%w: the id in archive.json of %s is not a UUID", archive.ErrDamaged, store)
	}
	root, err := cacheFolder()
	if err != nil {
		return nil, fail(exitFailed, "name a folder for it in $NEWSMORGUE_CACHE", "no folder for the cache: %w", err)
	}
	// The same archive may be in several stores, whose journals may differ.
	sum := sha256.Sum256([]byte(store.String() + "\x00" + queryOf(ref)))
	s.dir = filepath.Join(root, id.String()+"-"+hex.EncodeToString(sum[:4]))
	s.whole = &storedParts{name: store.String(), info: append(bytes.TrimSpace(body), '\n'), parts: partsOf(store, s.info.Shards)}
	return s, nil
}

func queryOf(ref string) string {
	if u, err := url.Parse(ref); err == nil && isRemote(ref) {
		return u.RawQuery
	}
	return ""
}

// readArchiveJSON reads the archive.json of a store.
func readArchiveJSON(ctx context.Context, store archive.Store) ([]byte, error) {
	r, o, err := store.ReadRange(ctx, "archive.json", 0, -1)
	if errors.Is(err, archive.ErrNoObject) {
		return nil, fail(exitNoArchive, "check the bucket and the prefix: an archive's store has an archive.json, a cluster's a cluster.json", "%w in %s", archive.ErrNotArchive, store)
	}
	if err != nil {
		return nil, err
	}
	defer r.Close()
	if o.Size > archive.MaxInfo {
		return nil, fmt.Errorf("%w: archive.json in %s has %d bytes", archive.ErrDamaged, store, o.Size)
	}
	body, err := io.ReadAll(io.LimitReader(r, archive.MaxInfo))
	if err == nil && int64(len(body)) != o.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, &archive.StoreError{Store: store.String(), Name: "archive.json", Err: err}
	}
	return body, nil
}

// lock waits until no other process changes the cache folder.
func (s *storedArchive) lock(ctx context.Context) (unlock func(), err error) {
	for wait, began, told := 10*time.Millisecond, time.Now(), false; ; wait = min(2*wait, 200*time.Millisecond) {
		unlock, err := archive.TryLock(s.dir + ".lock")
		if !errors.Is(err, archive.ErrBusy) {
			return unlock, err
		}
		if time.Since(began) > sayAfter && !told && !s.app.quiet {
			fmt.Fprintln(s.app.stderr, "waiting for another command, which brings the cache of this archive up to date…")
			told = true
		}
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(wait):
		}
	}
}

// prepare makes the cache folder what the store has now. The caller holds the lock.
// damaged has the parts of journals that cannot be read; everything else can.
func (s *storedArchive) prepare(ctx context.Context) (damaged, err error) {
	note, known := s.readNote()
	if !known {
		if err := s.forget(); err != nil {
			return nil, err
		}
		if err := s.writeNote(note); err != nil {
			return nil, err
		}
	}
	damaged, err = s.fetch(ctx)
	if errors.Is(err, mirror.ErrUnstored) || errors.Is(err, mirror.ErrOtherArchive) || errors.Is(err, archive.ErrForeign) {
		// The folder has what the store does not, as after the store was restored from a
		// copy: the store counts.
		if err = s.forget(); err == nil {
			err = s.writeNote(note)
		}
		if err == nil {
			damaged, err = s.fetch(ctx)
		}
	}
	if err != nil {
		return nil, err
	}
	if s.ar == nil {
		ar, err := archive.Open(s.dir)
		if err != nil {
			return nil, err
		}
		parts := make([]archive.Store, len(s.whole.parts))
		for i, p := range s.whole.parts {
			parts[i] = p
		}
		if err := ar.Attach(ctx, parts...); err != nil {
			return nil, errors.Join(err, ar.Close())
		}
		s.ar = ar
	} else if err := s.ar.Refresh(ctx); err != nil {
		return nil, err
	}
	return damaged, s.fetchSites(ctx)
}

// fetch brings the journals in the folder up to date.
func (s *storedArchive) fetch(ctx context.Context) (damaged, err error) {
	res, err := mirror.Fetch(ctx, s.whole, s.dir)
	told := new(archive.StoreError)
	if errors.Is(err, archive.ErrDamaged) && !errors.As(err, &told) && !errors.Is(err, mirror.ErrUnstored) && res.Info.ID != "" && ctx.Err() == nil {
		damaged, err = err, nil
	}
	for _, gap := range res.Gaps {
		damaged = errors.Join(damaged, fmt.Errorf("%w: %s is missing in %s, and later parts are there", archive.ErrDamaged, gap, s.store))
	}
	return damaged, err
}

// forget removes the cache folder.
func (s *storedArchive) forget() error {
	if err := os.RemoveAll(s.dir); err != nil {
		return fail(exitFailed, "remove that folder, which is a cache", "the cache cannot be made anew: %w", err)
	}
	return os.MkdirAll(s.dir, 0o755)
}

// maxNote bounds the note of a cache folder, in bytes.
const maxNote = 4 << 20

func (s *storedArchive) readNote() (note readerNote, known bool) {
	fresh := readerNote{Format: cacheFormat, Version: cacheVersion, Store: s.store.String(), Snapshots: map[string]string{}}
	path := filepath.Join(s.dir, cacheNote)
	if st, err := os.Stat(path); err != nil || st.Size() > maxNote {
		return fresh, false
	}
	body, err := os.ReadFile(path)
	if err != nil || json.Unmarshal(body, &note) != nil || note.Format != fresh.Format || note.Version != fresh.Version || note.Store != fresh.Store {
		return fresh, false
	}
	if note.Snapshots == nil {
		note.Snapshots = fresh.Snapshots
	}
	return note, true
}

// writeNote writes the note. CreateCopy makes an archive only in a folder that is empty,
// but for segments and hidden files: so archive.json is made first.
func (s *storedArchive) writeNote(note readerNote) error {
	body, err := json.Marshal(note)
	if err != nil {
		return err
	}
	ar, err := archive.CreateCopy(s.dir, s.whole.info)
	if err == nil {
		err = ar.Close()
	}
	if err != nil {
		return err
	}
	return writeWhole(filepath.Join(s.dir, cacheNote), append(body, '\n'))
}

// writeWhole writes a file so that others see the old one or the new one.
func writeWhole(path string, body []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".tmp-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // or it was renamed
	_, err = tmp.Write(body)
	if err = errors.Join(err, tmp.Chmod(0o644), tmp.Close()); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}

// fetchSites makes sites.toml what the cluster has.
func (s *storedArchive) fetchSites(ctx context.Context) error {
	if s.info.Shards == 0 {
		return nil
	}
	text, _, err := (&cluster.Sites{Store: s.store}).Read(ctx)
	if err != nil {
		return err
	}
	path := filepath.Join(s.dir, "sites.toml")
	if was, err := os.ReadFile(path); err == nil && string(was) == text {
		return nil
	}
	return writeWhole(path, []byte(text))
}

// fetchCatalog makes snapshots the catalog of the folder if it has none, or if reading what
// it lacks takes longer. Without snapshots, and with those that cannot be used, the catalog
// is made from the records.
func (s *storedArchive) fetchCatalog(ctx context.Context) error {
	lacks, none, err := catalog.Lacking(ctx, s.ar)
	if err != nil {
		return err
	}
	if !none && lacks <= farBehind {
		return nil
	}
	note, _ := s.readNote()
	snapshots, isNewer, err := s.snapshots(ctx, note)
	if err != nil {
		return err
	}
	if len(snapshots) > 0 && (none || isNewer) {
		if err := s.install(ctx, snapshots); err != nil {
			return err
		}
		note.Snapshots = map[string]string{}
		for _, p := range snapshots {
			note.Snapshots[p.part.Store.String()] = p.Name
		}
		if err := s.writeNote(note); err != nil {
			return err
		}
		if lacks, _, err = catalog.Lacking(ctx, s.ar); err != nil {
			return err
		}
	}
	if lacks > worthTelling {
		s.say("reading %s of records that no snapshot of the catalog has…", size(lacks))
	}
	return nil
}

func (s *storedArchive) say(format string, args ...any) {
	if !s.app.quiet {
		fmt.Fprintf(s.app.stderr, format+"\n", args...)
	}
}

// A partSnapshot is the snapshot that the head of a part names.
type partSnapshot struct {
	mirror.Snapshot
	part *storedPart
}

// snapshots lists the newest snapshots of the catalogs of all parts.
func (s *storedArchive) snapshots(ctx context.Context, note readerNote) (all []partSnapshot, isNewer bool, err error) {
	heads := make([]mirror.Head, len(s.whole.parts))
	err = eachOf(ctx, len(heads), listingAtOnce, func(ctx context.Context, i int) (err error) {
		heads[i], _, err = mirror.ReadHead(ctx, s.whole.parts[i])
		return err
	})
	if err != nil {
		return nil, false, err
	}
	for i, h := range heads {
		if h.Catalog != nil {
			part := s.whole.parts[i]
			all = append(all, partSnapshot{*h.Catalog, part})
			isNewer = isNewer || note.Snapshots[part.Store.String()] != h.Catalog.Name
		}
	}
	return all, isNewer, nil
}

// install fetches snapshots and makes them the catalog.
func (s *storedArchive) install(ctx context.Context, snapshots []partSnapshot) error {
	var packed, raw int64
	for _, p := range snapshots {
		packed, raw = packed+p.Size, raw+p.Raw
	}
	// They are there twice while one catalog is made of them.
	if free, _, err := keep.DiskSpace(s.dir); err == nil && raw > free/2 {
		return fail(exitFailed, "free some space, or name a folder on another disk in $NEWSMORGUE_CACHE", "the catalog needs %s in %s, where %s are free", size(2*raw), s.dir, size(free))
	}
	if packed > worthTelling {
		s.say("fetching the catalog: %s in %s…", size(packed), count(len(snapshots), "snapshot"))
	}
	tmp, err := os.MkdirTemp(s.dir, ".fetched-*")
	if err != nil {
		return err
	}
	defer os.RemoveAll(tmp)
	paths := make([]string, len(snapshots))
	err = eachOf(ctx, len(snapshots), snapshotsAtOnce, func(ctx context.Context, i int) error {
		p := snapshots[i]
		path := filepath.Join(tmp, fmt.Sprintf("%04d.sqlite", p.part.number))
		err := mirror.FetchSnapshot(ctx, p.part, p.Snapshot, path)
		if errors.Is(err, archive.ErrDamaged) || errors.Is(err, archive.ErrNoObject) {
			s.say("a snapshot of the catalog cannot be used; what it has is read from the records: %v", err)
			return nil
		}
		paths[i] = path
		return err
	})
	if err != nil {
		return err
	}
	var usable []string
	for _, path := range paths {
		if path != "" {
			usable = append(usable, path)
		}
	}
	switch len(usable) {
	case 0:
		return nil
	case 1:
		err = catalog.Install(ctx, s.ar, usable[0])
		if errors.Is(err, catalog.ErrSnapshot) {
			s.say("a snapshot of the catalog cannot be used; what it has is read from the records: %v", err)
			return nil
		}
		return err
	}
	refused, err := catalog.Merge(ctx, s.ar, usable)
	for _, r := range refused {
		s.say("a snapshot of the catalog cannot be used; what it has is read from the records: %v", r)
	}
	return err
}

// removeStale removes what a killed process left in the folder. The caller holds the lock.
func (s *storedArchive) removeStale() error {
	left, err := filepath.Glob(filepath.Join(s.dir, ".fetched-*"))
	for _, path := range left {
		err = errors.Join(err, os.RemoveAll(path))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
