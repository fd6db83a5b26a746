package cluster

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Instance returns the identity of a machine's folder and locks the folder for this
// process until unlock is called: the lock proves that an earlier process of the same
// machine is dead. If another process has it, the error is archive.ErrBusy. The folder is
// that of one cluster; that of another is refused with ErrOtherCluster.
func Instance(dir string, info Info) (instance string, unlock func(), err error) {
	release, err := archive.TryLock(filepath.Join(dir, "locks", "machine.lock"))
	if err != nil {
		return "", nil, err
	}
	defer func() {
		if err != nil {
			release()
		}
	}()
	path := filepath.Join(dir, "machine.json")
	var f struct {
		Cluster  string `json:"cluster"`
		Instance string `json:"instance"`
	}
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		f.Cluster, f.Instance = info.ID, uuid.NewString()
		if err := writeFile(path, f); err != nil {
			return "", nil, err
		}
		return f.Instance, release, nil
	}
	if err != nil {
		return "", nil, err
	}
	if err := json.Unmarshal(text, &f); err != nil || f.Instance == "" {
		return "", nil, fmt.Errorf("%s is damaged; remove it: %w", path, archive.ErrDamaged)
	}
	if f.Cluster != info.ID {
		return "", nil, fmt.Errorf("folder %s %w (%.36q)", dir, ErrOtherCluster, f.Cluster)
	}
	return f.Instance, release, nil
}

func writeFile(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(path), ".machine-*.json")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	_, err = tmp.Write(append(text, '\n'))
	if err := errors.Join(err, tmp.Sync(), tmp.Close()); err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return os.Rename(tmp.Name(), path)
}

// LocalShard reports whether a shard's archive lies in a machine's folder.
func LocalShard(dir string, shard int) bool {
	_, err := os.Stat(filepath.Join(ShardDir(dir, shard), "archive.json"))
	return err == nil
}

// ShardDir is the archive folder of a shard in a machine's folder.
func ShardDir(dir string, shard int) string { return filepath.Join(dir, "shards", ShardName(shard)) }
