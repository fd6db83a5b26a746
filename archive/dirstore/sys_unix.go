//go:build unix

package dirstore

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
)

var errNotDir error = syscall.ENOTDIR

// tryFlock takes the system's lock of a file, which ends when the file is closed, or the
// process.
func tryFlock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errHeld
		case isOneOf(err, syscall.ENOSYS, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOLCK, syscall.EINVAL):
			return errNoFlock
		}
		return err
	}
}

func isOneOf(err error, errnos ...syscall.Errno) bool {
	for _, errno := range errnos {
		if errors.Is(err, errno) {
			return true
		}
	}
	return false
}

// noLinks reports whether an error says that the file system has no hard links.
func noLinks(err error) bool {
	return isOneOf(err, syscall.EPERM, syscall.ENOSYS, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.EXDEV, syscall.EMLINK, syscall.EINVAL)
}

func readOnly(err error) bool { return isOneOf(err, syscall.EROFS) }

// syncDir makes the names in a folder durable. Some shares refuse to flush a folder.
func syncDir(root *os.Root, dir string) error {
	f, err := root.Open(filepath.FromSlash(dir))
	if err != nil {
		return err
	}
	err = f.Sync()
	if isOneOf(err, syscall.EINVAL, syscall.ENOTSUP, syscall.EOPNOTSUPP, syscall.ENOSYS) {
		err = nil
	}
	return errors.Join(err, f.Close())
}
