package archive

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Discard removes an archive that has no record: one that was made for records that did
// not come. It reports whether it did so. An archive with records, with files of other
// commands (settings, a queue, their locks), or in which another process works, is left as
// it is. The folder itself is removed only if folder is set, and if nothing else is in it.
func Discard(dir string, folder bool) (removed bool, err error) {
	if ok, err := isUnused(dir); err != nil || !ok {
		return false, err
	}
	// Records are written there: if there is one now, nothing else was removed yet.
	if err := os.Remove(filepath.Join(dir, "segments")); err != nil {
		return false, nil
	}
	for _, name := range []string{"archive.json", "catalog.sqlite-wal", "catalog.sqlite-shm", "catalog.sqlite"} {
		err = errors.Join(err, removeOld(filepath.Join(dir, name)))
	}
	for _, name := range discardedLocks {
		err = errors.Join(err, removeOld(filepath.Join(dir, "locks", name)))
	}
	if err == nil {
		err = removeOld(filepath.Join(dir, "locks"))
	}
	if err == nil && folder {
		err = os.Remove(dir)
	}
	if err != nil {
		return false, fmt.Errorf("remove the empty archive in %s: %w", dir, err)
	}
	return true, nil
}

// discardedLocks are the files of the locks of an import.
var discardedLocks = []string{"_derived.lock", importLock + ".lock"}

// removeOld removes a file that may be missing.
func removeOld(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// isUnused reports whether an archive has no record and no other file than those that an
// import makes, and that nobody imports.
func isUnused(dir string) (bool, error) {
	a, err := Open(dir)
	if err != nil {
		return false, err
	}
	defer a.Close()
	if held, err := a.Locked(); err != nil || len(held) > 0 {
		return false, err
	}
	for _, folder := range []struct {
		path string
		mine func(name string) bool
	}{
		{a.segmentsDir(), func(string) bool { return false }},
		{filepath.Join(dir, "locks"), func(name string) bool { return slices.Contains(discardedLocks, name) }},
		{dir, func(name string) bool {
			return name == "archive.json" || name == "segments" || name == "locks" || strings.HasPrefix(name, "catalog.sqlite")
		}},
	} {
		entries, err := os.ReadDir(folder.path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return false, err
		}
		for _, e := range entries {
			if !folder.mine(e.Name()) {
				return false, nil
			}
		}
	}
	return true, nil
}
