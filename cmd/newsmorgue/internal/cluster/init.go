package cluster

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
)

const (
	clusterFile   = "cluster.json"
	clusterFormat = "newsmorgue-cluster"
	formatVersion = 1
	maxFile       = 64 << 10 // bytes of cluster.json that are read
)

// Info is what cluster.json says. It never changes.
type Info struct {
	ID      string // a UUID
	Shards  int
	Created time.Time
}

type infoJSON struct {
	Format  string    `json:"format"`
	Version int       `json:"version"`
	ID      string    `json:"id"`
	Shards  int       `json:"shards"`
	Created time.Time `json:"created"`
}

// ReadInfo reads the cluster.json of a store. Where there is none, the error is
// ErrNotCluster.
func ReadInfo(ctx context.Context, store archive.Store) (Info, error) {
	r, _, err := store.ReadRange(ctx, clusterFile, 0, maxFile)
	if errors.Is(err, archive.ErrNoObject) {
		return Info{}, fmt.Errorf("%s: %w", store, ErrNotCluster)
	}
	if err != nil {
		return Info{}, fmt.Errorf("%s: %w", store, err)
	}
	defer r.Close()
	text, err := io.ReadAll(io.LimitReader(r, maxFile))
	if err != nil {
		return Info{}, fmt.Errorf("%s: read %s: %w", store, clusterFile, err)
	}
	info, err := parseInfo(text)
	if err != nil {
		return Info{}, fmt.Errorf("%s: %s: %w", store, clusterFile, err)
	}
	return info, nil
}

func parseInfo(text []byte) (Info, error) {
	var f infoJSON
	if err := json.Unmarshal(text, &f); err != nil {
		return Info{}, fmt.Errorf("%w: %w", archive.ErrDamaged, err)
	}
	switch {
	case f.Format != clusterFormat:
		return Info{}, fmt.Errorf("%w: its format is %.40q", ErrNotCluster, f.Format)
	case f.Version > formatVersion:
		return Info{}, fmt.Errorf("version %d: %w", f.Version, ErrNewerSchema)
	case f.Shards < 1 || f.Shards > MaxShards:
		return Info{}, fmt.Errorf("%w: %d shards", archive.ErrDamaged, f.Shards)
	}
	id, err := uuid.Parse(f.ID)
	if err != nil {
		return Info{}, fmt.Errorf("%w: the id is not a UUID", archive.ErrDamaged)
	}
	return Info{id.String(), f.Shards, f.Created}, nil
}

// Init makes a cluster of a store and a database, both of which have to be empty. On a
// cluster it repeats what is missing, and else does nothing. It refuses a store that
// ignores the conditions of writes, one with something else in it, a database of another
// cluster, and another number of shards than the cluster has. Shards 0 is as many as there
// are, or 64. Times must be those of the machines.
func Init(ctx context.Context, store archive.Store, db *DB, shards int, times Times) (info Info, created bool, err error) {
	if shards < 0 || shards > MaxShards {
		return info, false, fmt.Errorf("%d shards: 1 to %d are possible", shards, MaxShards)
	}
	row, dbErr := db.readCluster(ctx)
	if dbErr != nil && !errors.Is(dbErr, errNotSetUp) {
		return info, false, dbErr
	}
	info, err = ReadInfo(ctx, store)
	switch {
	case errors.Is(err, ErrNotCluster):
		if dbErr == nil {
			return info, false, fmt.Errorf("the database %w (%.36q), and %s has no %s", ErrOtherCluster, row.id, store, clusterFile)
		}
		if info, err = create(ctx, store, shards); err != nil {
			return info, false, err
		}
		created = true
	case err != nil:
		return info, false, err
	case shards != 0 && info.Shards != shards:
		return info, false, fmt.Errorf("%s has %d shards: %w", store, info.Shards, ErrOtherShards)
	}
	if dbErr == nil {
		return info, created, row.check(info)
	}
	silence := times.withDefaults().Lease
	if created { // nobody can have had a lease
		silence = 0
	}
	return info, created, db.setUp(ctx, info, silence)
}

// create puts cluster.json into a store that is fit for a cluster.
func create(ctx context.Context, store archive.Store, shards int) (Info, error) {
	if err := vacant(ctx, store); err != nil {
		return Info{}, err
	}
	if err := archive.ProbeStore(ctx, store); err != nil {
		return Info{}, err
	}
	if shards == 0 {
		shards = 64
	}
	info := Info{ID: uuid.NewString(), Shards: shards, Created: time.Now().UTC().Truncate(time.Second)}
	text, err := json.Marshal(infoJSON{clusterFormat, formatVersion, info.ID, info.Shards, info.Created})
	if err != nil {
		return Info{}, err
	}
	text = append(text, '\n')
	_, err = store.Put(ctx, clusterFile, bytes.NewReader(text), int64(len(text)))
	if errors.Is(err, archive.ErrExists) { // another cluster init was faster, or an earlier try of this one
		stored, err := ReadInfo(ctx, store)
		if err == nil && stored.Shards != shards {
			err = fmt.Errorf("%s has %d shards: %w", store, stored.Shards, ErrOtherShards)
		}
		return stored, err
	}
	if err != nil {
		return Info{}, fmt.Errorf("%s: %w", store, err)
	}
	return info, nil
}

// vacant refuses a store in which something else lies.
func vacant(ctx context.Context, store archive.Store) error {
	for o, err := range store.List(ctx, "") {
		switch {
		case err != nil:
			return fmt.Errorf("%s: %w", store, err)
		case o.Name == "archive.json":
			return fmt.Errorf("%s is an archive of one machine: %w", store, archive.ErrForeign)
		case !strings.HasPrefix(o.Name, archive.ProbePrefix) && o.Name != sitesFile && o.Name != clusterFile:
			return fmt.Errorf("%s has other objects in it, such as %q: %w", store, o.Name, archive.ErrForeign)
		}
	}
	return nil
}

// Open reads what cluster a store belongs to, and checks that the database belongs to the
// same. An emptied database is set up by the machines, so that it is no error.
func Open(ctx context.Context, store archive.Store, db *DB) (Info, error) {
	info, err := ReadInfo(ctx, store)
	if err != nil {
		return Info{}, err
	}
	row, err := db.readCluster(ctx)
	if errors.Is(err, errNotSetUp) {
		return info, nil
	}
	if err != nil {
		return Info{}, err
	}
	return info, row.check(info)
}
