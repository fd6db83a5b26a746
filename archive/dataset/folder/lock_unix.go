//go:build unix

package folder

import (
	"errors"
	"os"
	"syscall"
)

// tryLock takes an exclusive lock on an open file, and reports whether it did. The lock
// ends when the file is closed, or the process.
func tryLock(f *os.File) (bool, error) {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EWOULDBLOCK):
			return false, nil
		}
		return err == nil, err
	}
}
