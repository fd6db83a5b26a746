// Package dirstore keeps the objects of an archive.Store as files of a folder, which may
// lie on a network share that several machines use.
//
// An object is a file of its name below the folder. What the store needs besides lies in
// the folder .store: an ID, the files of locks, and files that are being written. A
// folder cannot keep an object "a" together with "a/b"; and where the file system does
// not distinguish upper from lower case, neither does the store.
//
// Each step is durable before the next, so that a crash leaves the old version of an
// object or the new one, whole:
//
//   - Put writes a file in .store/tmp, flushes it, and links it to its name, which fails
//     if there is one. Then it flushes the folders.
//   - Replace writes such a file, too. Under a lock it compares the ETag and renames the
//     file to the object's name.
//
// The lock is one of the system (flock; LockFileEx), which ends with its process. On file
// systems without, it is a file that is created exclusively, and expires. A file system
// whose locks are not seen by other machines (sshfs, or NFS mounted with local_lock)
// must be used for Replace by one machine alone.
package dirstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/newsmorgue/newsmorgue/archive"
)

const (
	own     = ".store"
	idName  = own + "/id"
	tmpDir  = own + "/tmp"
	lockDir = own + "/locks"
)

// A Store is an archive.Store in a folder.
type Store struct {
	dir     string
	cleaned atomic.Bool // old temporary files were removed
	sys     steps

	mu sync.Mutex
	id string // of the folder; empty before it was read
}

// steps are the operations that not every file system has, or that tests let fail.
type steps struct {
	link  func(root *os.Root, from, to string) error
	flock func(f *os.File) error // errHeld if another holds the lock
	done  func(step string) error
}

// Open opens the store in a folder. It creates the folder if its parent exists: that of
// a share that is not mounted does not.
func Open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("open the store %s: %w", dir, denied(err))
	}
	s := &Store{dir: dir, sys: steps{link: (*os.Root).Link, flock: tryFlock, done: func(string) error { return nil }}}
	root, err := s.root(context.Background(), false)
	if err != nil {
		return nil, err
	}
	return s, root.Close()
}

// String implements archive.Store.
func (s *Store) String() string { return s.dir }

// root opens the folder. A folder without the ID of the one that was opened first is
// another one: that below a share that is no longer mounted, whose objects nobody would
// find again.
func (s *Store) root(ctx context.Context, write bool) (*os.Root, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(s.dir)
	if err != nil {
		return nil, fmt.Errorf("open the store %s: %w", s.dir, denied(err))
	}
	if err := s.identify(ctx, root, write); err != nil {
		root.Close()
		return nil, fmt.Errorf("the store %s: %w", s.dir, denied(err))
	}
	return root, nil
}

func (s *Store) identify(ctx context.Context, root *os.Root, write bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	id, err := readID(root)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case s.id != "" && id != s.id:
		return errors.New("the folder is not the one that was opened\nhint: is the share still mounted?")
	case id == "" && write:
		if id, err = s.createID(ctx, root); err != nil {
			return err
		}
	}
	s.id = id
	return nil
}

func readID(root *os.Root) (string, error) {
	f, err := root.Open(idName)
	if err != nil {
		return "", err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, 100))
	return strings.TrimSpace(string(b)), err
}

// createID gives the folder an ID, or returns that which another process gave it meanwhile.
func (s *Store) createID(ctx context.Context, root *os.Root) (string, error) {
	text := rand.Text() + "\n"
	tmp, err := s.writeTemp(ctx, root, strings.NewReader(text), int64(len(text)))
	if err != nil {
		return "", err
	}
	defer root.Remove(tmp)
	if err := ignore(s.linkNew(ctx, root, tmp, idName), archive.ErrExists); err != nil {
		return "", err
	}
	return readID(root)
}

// Put implements archive.Store.
func (s *Store) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	o, err := s.put(ctx, name, body, size)
	if err != nil {
		return archive.Object{}, fmt.Errorf("put %s: %w", name, denied(err))
	}
	return o, nil
}

func (s *Store) put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if err := checkName(name); err != nil {
		return archive.Object{}, err
	}
	root, err := s.root(ctx, true)
	if err != nil {
		return archive.Object{}, err
	}
	defer root.Close()
	if s.cleaned.CompareAndSwap(false, true) {
		cleanTemp(root)
	}
	// Most who put an object that exists can be told so before its body is written.
	if _, err := root.Lstat(filepath.FromSlash(name)); err == nil {
		return archive.Object{}, errors.Join(archive.ErrExists, syncDirs(root, name))
	}
	tmp, err := s.writeTemp(ctx, root, body, size)
	if err != nil {
		return archive.Object{}, err
	}
	defer root.Remove(tmp)
	o, err := stat(root, tmp, name)
	if err != nil {
		return archive.Object{}, err
	}
	if err := s.linkNew(ctx, root, tmp, name); err != nil {
		return archive.Object{}, err
	}
	return o, nil
}

// linkNew gives a file the name of an object, if there is none.
func (s *Store) linkNew(ctx context.Context, root *os.Root, tmp, name string) error {
	var err error
	// The folder may be removed as empty between the two steps, and between those of MkdirAll:
	// it is there when it is made, and not there when it is looked at.
	for range 100 {
		err = root.MkdirAll(filepath.FromSlash(path.Dir(name)), 0o777)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, fs.ErrExist) {
			return err
		}
		err = s.sys.link(root, tmp, filepath.FromSlash(name))
		if noLinks(err) {
			err = s.renameNew(ctx, root, tmp, name)
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	if err == nil {
		err = s.sys.done("link")
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	// Also what another process has put, and did not flush before it crashed.
	if errors.Is(err, fs.ErrExist) {
		return errors.Join(archive.ErrExists, syncDirs(root, name))
	}
	return syncDirs(root, name)
}

// renameNew is linkNew for file systems without hard links: no two processes rename to
// a name at the same time.
func (s *Store) renameNew(ctx context.Context, root *os.Root, tmp, name string) error {
	l, err := s.lock(ctx, root, name)
	if err != nil {
		return err
	}
	defer l.unlock()
	_, err = root.Lstat(filepath.FromSlash(name))
	if err == nil {
		return fs.ErrExist
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := l.check(); err != nil {
		return err
	}
	return rename(root, tmp, name)
}

// Replace implements archive.Store.
func (s *Store) Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (archive.Object, error) {
	o, err := s.replace(ctx, name, etag, body, size)
	if err != nil {
		return archive.Object{}, fmt.Errorf("replace %s: %w", name, denied(err))
	}
	return o, nil
}

func (s *Store) replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if err := checkName(name); err != nil {
		return archive.Object{}, err
	}
	root, err := s.root(ctx, true)
	if err != nil {
		return archive.Object{}, err
	}
	defer root.Close()
	// Most who come too late can be told so before their body is written.
	if _, err := unchanged(root, name, etag); err != nil {
		return archive.Object{}, err
	}
	tmp, err := s.writeTemp(ctx, root, body, size)
	if err != nil {
		return archive.Object{}, err
	}
	defer root.Remove(tmp)
	l, err := s.lock(ctx, root, name)
	if err != nil {
		return archive.Object{}, err
	}
	defer l.unlock()
	old, err := unchanged(root, name, etag)
	if err != nil {
		return archive.Object{}, err
	}
	o, err := setTime(root, tmp, name, old.Modified)
	if err != nil {
		return archive.Object{}, err
	}
	if o.ETag == old.ETag {
		return archive.Object{}, errors.New("the file system does not keep the times of files, by which versions are told apart")
	}
	if err := l.check(); err != nil {
		return archive.Object{}, err
	}
	if err := rename(root, tmp, name); err != nil {
		return archive.Object{}, err
	}
	return o, errors.Join(s.sys.done("rename"), syncDirs(root, name))
}

// unchanged describes an object that has an ETag. Another one is archive.ErrChanged.
func unchanged(root *os.Root, name, etag string) (archive.Object, error) {
	o, err := stat(root, filepath.FromSlash(name), name)
	if errors.Is(err, archive.ErrNoObject) || err == nil && o.ETag != etag {
		return archive.Object{}, archive.ErrChanged
	}
	return o, err
}

// ReadRange implements archive.Store.
func (s *Store) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	r, o, err := s.readRange(ctx, name, offset, length)
	if err != nil {
		return nil, archive.Object{}, fmt.Errorf("read %s: %w", name, denied(err))
	}
	return r, o, nil
}

func (s *Store) readRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if err := checkName(name); err != nil {
		return nil, archive.Object{}, err
	}
	root, err := s.root(ctx, false)
	if err != nil {
		return nil, archive.Object{}, err
	}
	defer root.Close()
	// What is no file may wait for ever when it is opened, such as a pipe.
	if _, err := stat(root, filepath.FromSlash(name), name); err != nil {
		return nil, archive.Object{}, err
	}
	f, err := root.Open(filepath.FromSlash(name))
	if err != nil {
		return nil, archive.Object{}, noObject(err)
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = archive.ErrNoObject
	}
	if err != nil {
		f.Close()
		return nil, archive.Object{}, err
	}
	// The object is of the file that was opened, which a replacement leaves as it is.
	o := object(info, name)
	if offset < 0 {
		offset = max(0, o.Size+offset)
	}
	offset = min(offset, o.Size)
	if length < 0 || length > o.Size-offset {
		length = o.Size - offset
	}
	return &reader{f: f, ctx: ctx, left: length, r: io.NewSectionReader(f, offset, length)}, o, nil
}

// A reader reads a part of a file. A file that became shorter meanwhile is an error.
type reader struct {
	f    *os.File
	ctx  context.Context
	r    io.Reader
	left int64
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	if r.left -= int64(n); err == io.EOF && r.left > 0 {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

func (r *reader) Close() error { return r.f.Close() }

// Remove implements archive.Store.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := s.remove(ctx, name); err != nil {
		return fmt.Errorf("remove %s: %w", name, denied(err))
	}
	return nil
}

func (s *Store) remove(ctx context.Context, name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	root, err := s.root(ctx, true)
	if err != nil {
		return err
	}
	defer root.Close()
	if _, err := stat(root, filepath.FromSlash(name), name); err != nil {
		return ignore(err, archive.ErrNoObject)
	}
	if err := ignore(root.Remove(filepath.FromSlash(name)), fs.ErrNotExist); err != nil {
		return err
	}
	// Folders that are left empty would be read with each list.
	dir := path.Dir(name)
	for ; dir != "." && root.Remove(filepath.FromSlash(dir)) == nil; dir = path.Dir(dir) {
	}
	return ignore(syncDir(root, dir), fs.ErrNotExist)
}

func ignore(err, harmless error) error {
	if errors.Is(err, harmless) {
		return nil
	}
	return err
}

// denied adds archive.ErrDenied to the errors that it is for.
func denied(err error) error {
	if errors.Is(err, fs.ErrPermission) || readOnly(err) {
		return fmt.Errorf("%w: %w", archive.ErrDenied, err)
	}
	return err
}
