//go:build unix

package archive

import (
	"errors"
	"syscall"
)

// tryLock takes an exclusive lock on an open file, or fails with errLocked if
// another holds it. The lock ends when the file is closed, or the process.
func tryLock(f withFd) error {
	err := flock(f, syscall.LOCK_EX|syscall.LOCK_NB)
	if errors.Is(err, syscall.EWOULDBLOCK) {
		return errLocked
	}
	return err
}

// waitLock is tryLock, but waits for another to let go.
func waitLock(f withFd) error { return flock(f, syscall.LOCK_EX) }

func flock(f withFd, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
