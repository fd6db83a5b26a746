package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

var errNotDir = syscall.ENOTDIR

// errLocked says that another process, or another open file of this one, holds
// the lock.
var errLocked = errors.New("locked by another process")

// withFd is an open file, to the functions that lock it for each system.
type withFd interface{ Fd() uintptr }

// A BusyError says who crawls a site already, or mends the archive (Site is
// empty then). It wraps ErrBusy.
type BusyError struct {
	Site string
	PID  int // 0 if unknown
}

func (e *BusyError) Error() string {
	what := e.Site + " is being crawled"
	switch {
	case e.Site == "":
		what = "the archive is being repaired"
	case e.Site == rereadLock:
		what = "the archive is being read again"
	case e.Site == watchLock:
		what = "the schedules of the archive are being followed"
	case e.Site == importLock:
		what = "files are being imported into the archive"
	case strings.HasPrefix(e.Site, "segment "):
		what = e.Site + " is being written"
	}
	if e.PID == 0 {
		return what + " by another process"
	}
	return fmt.Sprintf("%s by pid %d", what, e.PID)
}

// Unwrap makes it an ErrBusy.
func (e *BusyError) Unwrap() error { return ErrBusy }

// LockDerived waits for the lock under which a file that is derived from the
// segments is made anew. Two processes, or two goroutines, that made the same
// file side by side would each write into what the other has thrown away. As that may
// take minutes, the wait ends with ctx.
func (a *Archive) LockDerived(ctx context.Context) (unlock func(), err error) {
	return a.waitLock(ctx, "_derived", "lock derived files")
}

// waitLock waits for the lock of a name until ctx is done. what says in errors what it does.
func (a *Archive) waitLock(ctx context.Context, name, what string) (unlock func(), err error) {
	f, err := openLock(a.lockPath(name))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", what, err)
	}
	// A system's own wait for a lock cannot be ended, so the lock is tried again and again.
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		err := tryLock(f)
		if err == nil {
			return func() { f.Close() }, nil
		}
		if errors.Is(err, errLocked) {
			select {
			case <-time.After(wait):
				continue
			case <-ctx.Done():
				err = ctx.Err()
			}
		}
		f.Close()
		return nil, fmt.Errorf("%s: %w", what, err)
	}
}

// WaitLock waits for the lock of a file that is there for nothing else, and
// makes the file and its folder where they are missing.
func WaitLock(path string) (unlock func(), err error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	if err := waitLock(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// TryLock is WaitLock, but returns ErrBusy if another holds the lock.
func TryLock(path string) (unlock func(), err error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close()
		if errors.Is(err, errLocked) {
			err = ErrBusy
		}
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { f.Close() }, nil
}

// openLock opens the file of a lock, and makes it and its folder where they are missing.
func openLock(path string) (*os.File, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o644)
}

// mendLock is held by who rewrites sealed segments. No site is named so.
const mendLock = "_mend"

// rereadLock is held by who reads the archived pages again. No site is named so.
const rereadLock = "_reextract"

// LockReread takes the lock of who reads the archived pages again until unlock is
// called. Crawls go on meanwhile. If it is taken, it returns a *BusyError.
func (a *Archive) LockReread() (unlock func(), err error) { return a.lock(rereadLock, rereadLock) }

// importLock is held by who imports files. No site is named so.
const importLock = "_import"

// LockImport takes the lock of who imports files until unlock is called: two imports of
// one file would write its records twice. If it is taken, it returns a *BusyError.
func (a *Archive) LockImport() (unlock func(), err error) { return a.lock(importLock, importLock) }

// watchLock is held by who follows the schedules. No site is named so.
const watchLock = "_watch"

// LockWatch takes the lock of who follows the archive's schedules until unlock is
// called: of two, each would crawl each site. If it is taken, it returns a *BusyError.
func (a *Archive) LockWatch() (unlock func(), err error) { return a.lock(watchLock, watchLock) }

func (a *Archive) lockPath(name string) string {
	return filepath.Join(a.dir, "locks", name+".lock")
}

// LockSite takes the lock of a site's run until unlock is called. A lock whose
// process died is free by itself, since the system holds it.
// A site that is locked is a *BusyError.
func (a *Archive) LockSite(site string) (unlock func(), err error) {
	return a.lock(FileName(site), site)
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
	// Locked holds a lock for a moment too; a run does not fail of that.
	for wait := time.Millisecond; ; wait *= 4 {
		if err = tryLock(f); !errors.Is(err, errLocked) || wait > 100*time.Millisecond {
			break
		}
		time.Sleep(wait)
	}
	if err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, fmt.Errorf("lock %s: %w", name, err)
		}
		_, pid := lockHolder(f)
		return nil, &BusyError{Site: site, PID: pid}
	}
	// The text is for people; the lock itself is the system's.
	if err := errors.Join(f.Truncate(0), writeAt(f, strconv.Itoa(os.Getpid())+"\n"+site+"\n")); err != nil {
		f.Close()
		return nil, fmt.Errorf("lock %s: %w", name, err)
	}
	return func() { f.Close() }, nil
}

// lockHolder reads what a lock's file says of who holds it: 0 if it does not.
func lockHolder(r io.Reader) (site string, pid int) {
	text, err := io.ReadAll(io.LimitReader(r, 4096))
	if err != nil {
		return "", 0
	}
	first, rest, _ := strings.Cut(string(text), "\n")
	if pid, err = strconv.Atoi(first); err != nil {
		return "", 0
	}
	return strings.TrimSuffix(rest, "\n"), pid
}

// Locked lists the sites that are being crawled right now, by any process, and,
// with an empty Site, who mends the archive.
func (a *Archive) Locked() ([]BusyError, error) {
	entries, err := os.ReadDir(filepath.Join(a.dir, "locks"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var held []BusyError
	for _, e := range entries {
		f, err := os.Open(filepath.Join(a.dir, "locks", e.Name()))
		if err != nil {
			continue // removed by hand, or not ours to read
		}
		if !strings.HasPrefix(e.Name(), "_derived") && e.Name() != rereadLock+".lock" && e.Name() != watchLock+".lock" && e.Name() != storeLock+".lock" && e.Name() != "sites.toml.lock" && errors.Is(tryLock(f), errLocked) {
			site, pid := lockHolder(f)
			if site == "" && e.Name() != mendLock+".lock" {
				site = strings.TrimSuffix(e.Name(), ".lock")
			}
			held = append(held, BusyError{site, pid})
		}
		f.Close()
	}
	return held, nil
}

// SiteLocked reports whether a run of a site is going on, of any process.
func (a *Archive) SiteLocked(site string) bool {
	f, err := os.Open(a.lockPath(FileName(site)))
	if err != nil {
		return false // it was never locked
	}
	defer f.Close()
	return errors.Is(tryLock(f), errLocked)
}

func writeAt(f *os.File, s string) error {
	_, err := f.WriteAt([]byte(s), 0)
	return err
}

// FileName makes a file name, without an ending, of a crawl's name: readable, and
// different for different names.
func FileName(site string) string {
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
