package archive

import (
	"errors"

	"golang.org/x/sys/windows"
)

// The locks of Windows are mandatory: nobody else can read bytes that are
// locked. The lock is therefore on one byte far behind the end of any file, so
// that readers need no lock and a lock's file shows who holds it.
const lockAt = 1 << 30 // of OffsetHigh: 2^62 bytes

// tryLock takes an exclusive lock on an open file, or fails with errLocked if
// another holds it. The lock ends when the file is closed, or the process.
func tryLock(f withFd) error {
	err := lockFileEx(f, windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) || errors.Is(err, windows.ERROR_IO_PENDING) {
		return errLocked
	}
	return err
}

// waitLock is tryLock, but waits for another to let go.
func waitLock(f withFd) error { return lockFileEx(f, windows.LOCKFILE_EXCLUSIVE_LOCK) }

func lockFileEx(f withFd, flags uint32) error {
	return windows.LockFileEx(windows.Handle(f.Fd()), flags, 0, 1, 0, &windows.Overlapped{OffsetHigh: lockAt})
}
