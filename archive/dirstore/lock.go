package dirstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

var (
	errHeld    = errors.New("the lock is held by another process")
	errNoFlock = errors.New("the file system has no locks")
)

// lockAge is the age at which a lock that is a file has expired: its holder has crashed.
// It has it for some milliseconds, or as long as a body takes.
const lockAge = 5 * time.Minute

// A lock is held by one process on one machine.
type lock struct {
	f     *os.File // locked by the system, if not nil
	root  *os.Root
	name  string // of the file that is the lock itself
	token string // its content
}

// lock waits for the lock of an object, which it shares with others.
func (s *Store) lock(ctx context.Context, root *os.Root, name string) (*lock, error) {
	h := fnv.New32a()
	io.WriteString(h, name)
	file := filepath.FromSlash(fmt.Sprintf("%s/%02x", lockDir, h.Sum32()%256))
	if err := root.MkdirAll(filepath.FromSlash(lockDir), 0o777); err != nil {
		return nil, err
	}
	for wait := time.Millisecond; ; wait = min(2*wait, 100*time.Millisecond) {
		l, err := s.tryLock(root, file)
		if !errors.Is(err, errHeld) {
			return l, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil, fmt.Errorf("wait for the lock of %s: %w", name, ctx.Err())
		}
	}
}

func (s *Store) tryLock(root *os.Root, file string) (*lock, error) {
	f, err := root.OpenFile(file, os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return nil, err
	}
	err = s.sys.flock(f)
	if err == nil {
		return &lock{f: f}, nil
	}
	f.Close()
	if !errors.Is(err, errNoFlock) {
		return nil, err
	}
	return tryFileLock(root, file+".held")
}

// tryFileLock takes a lock that is a file: who creates it has it.
func tryFileLock(root *os.Root, name string) (*lock, error) {
	l := &lock{root: root, name: name, token: rand.Text()}
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if errors.Is(err, fs.ErrExist) {
		if err := breakLock(root, name); err != nil {
			return nil, err
		}
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(l.token)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		root.Remove(name)
		return nil, err
	}
	return l, l.check()
}

// breakLock removes a lock that has expired by the share's clock. Of several that try, one
// renames it.
func breakLock(root *os.Root, name string) error {
	info, err := root.Lstat(name)
	if err != nil {
		return ignore(err, fs.ErrNotExist)
	}
	probe := filepath.FromSlash(tmpDir + "/" + rand.Text())
	f, err := createTemp(root, probe)
	if err != nil {
		return err
	}
	defer root.Remove(probe)
	now, err := f.Stat()
	f.Close()
	if err != nil || now.ModTime().Sub(info.ModTime()) < lockAge {
		return err
	}
	moved := probe + ".lock"
	if err := root.Rename(name, moved); err != nil {
		return ignore(err, fs.ErrNotExist)
	}
	defer root.Remove(moved)
	// Another may have broken it and taken it since: it gets its lock back. If that fails,
	// it sees so before it renames.
	if got, err := root.Lstat(moved); err == nil && !os.SameFile(got, info) {
		root.Rename(moved, name)
	}
	return nil
}

// check tests that the lock is still held, right before what it is for.
func (l *lock) check() error {
	if l.f != nil {
		return nil
	}
	f, err := l.root.Open(l.name)
	if err != nil {
		return ignoreAs(err, fs.ErrNotExist, errors.New("the lock has expired"))
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 100))
	if err == nil && strings.TrimSpace(string(b)) != l.token {
		err = errors.New("the lock has expired")
	}
	return err
}

func ignoreAs(err, harmless, instead error) error {
	if errors.Is(err, harmless) {
		return instead
	}
	return err
}

func (l *lock) unlock() {
	if l.f != nil {
		l.f.Close()
		return
	}
	if l.check() == nil {
		l.root.Remove(l.name)
	}
}
