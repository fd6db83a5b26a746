package folder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrBusy means that another export is writing into the folder.
var ErrBusy = errors.New("another export is writing there")

// lockName is the file that an export locks. A killed process releases its lock.
const lockName = ".newsmorgue-export.lock"

// maxLockTries bounds how often a lock file is opened again that another export has just removed.
const maxLockTries = 100

// lock locks a folder for one export.
func lock(dir string) (*os.File, error) {
	name := filepath.Join(dir, lockName)
	for range maxLockTries {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
		if err != nil {
			return nil, err
		}
		switch locked, err := tryLock(f); {
		case err != nil:
			return nil, errors.Join(fmt.Errorf("lock %s: %w", name, err), f.Close())
		case !locked:
			return nil, errors.Join(fmt.Errorf("%s: %w", dir, ErrBusy), f.Close())
		}
		// Whoever held it may have removed the file after it was opened here.
		own, err := f.Stat()
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		if now, err := os.Stat(name); err == nil && os.SameFile(own, now) {
			return f, nil
		} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, errors.Join(err, f.Close())
		}
		f.Close()
	}
	return nil, fmt.Errorf("%s: %w", dir, ErrBusy)
}

// unlock removes a lock file and releases the lock.
func unlock(f *os.File) error {
	err := os.Remove(f.Name())
	errClose := f.Close()
	if err != nil { // Windows does not remove open files
		err = os.Remove(f.Name())
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return errors.Join(err, errClose)
}
