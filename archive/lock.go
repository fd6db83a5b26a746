package archive

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

var errNotDir = syscall.ENOTDIR

// A BusyError says who crawls a site already. It wraps ErrBusy.
type BusyError struct {
	Site string
	PID  int // 0 if unknown
}

func (e *BusyError) Error() string {
	if e.PID == 0 {
		return e.Site + " is being crawled by another process"
	}
	return fmt.Sprintf("%s is being crawled by pid %d", e.Site, e.PID)
}

// Unwrap makes it an ErrBusy.
func (e *BusyError) Unwrap() error { return ErrBusy }

// LockSite takes the lock of a site's run until unlock is called. A lock whose
// process died is free by itself, since the system holds it (flock).
// A site that is locked is a *BusyError.
func (a *Archive) LockSite(site string) (unlock func(), err error) {
	dir := filepath.Join(a.dir, "locks")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName(site)+".lock"), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", site, err)
		}
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return nil, &BusyError{Site: site, PID: pid}
	}
	// The number is for people; the lock itself is the system's.
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", site, err)
	}
	return func() { f.Close() }, nil
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// lockName makes a file name of a crawl's name: readable, and different for
// different names.
func lockName(site string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '.' || r == '-' {
			return r
		}
		return '_'
	}, site)
	clean = strings.TrimLeft(clean, ".")
	if clean != site || len(clean) > 100 {
		clean = clean[:min(len(clean), 100)] + "-" + string(SHA256([]byte(site)))[7:15]
	}
	return clean
}

func flock(f *os.File) error {
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
