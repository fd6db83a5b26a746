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

// A BusyError says who crawls a site already, or mends the archive (Site is
// empty then). It wraps ErrBusy.
type BusyError struct {
	Site string
	PID  int // 0 if unknown
}

func (e *BusyError) Error() string {
	what := e.Site + " is being crawled"
	if e.Site == "" {
		what = "the archive is being mended"
	}
	if e.PID == 0 {
		return what + " by another process"
	}
	return fmt.Sprintf("%s by pid %d", what, e.PID)
}

// Unwrap makes it an ErrBusy.
func (e *BusyError) Unwrap() error { return ErrBusy }

// mendLock is held by who rewrites sealed segments. No site is named so.
const mendLock = "_mend"

func (a *Archive) lockPath(name string) string {
	return filepath.Join(a.dir, "locks", name+".lock")
}

// LockSite takes the lock of a site's run until unlock is called. A lock whose
// process died is free by itself, since the system holds it (flock).
// A site that is locked is a *BusyError.
func (a *Archive) LockSite(site string) (unlock func(), err error) {
	return a.lock(lockName(site), site)
}

func (a *Archive) lock(name, site string) (unlock func(), err error) {
	path := a.lockPath(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := flock(f); err != nil {
		defer f.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		text, _ := io.ReadAll(io.LimitReader(f, 32))
		pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
		return nil, &BusyError{Site: site, PID: pid}
	}
	// The number is for people; the lock itself is the system's.
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
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
