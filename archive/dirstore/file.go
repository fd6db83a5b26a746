package dirstore

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/big"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// checkName is archive.CheckObjectName, and refuses what this system cannot name.
func checkName(name string) error {
	if err := archive.CheckObjectName(name); err != nil {
		return err
	}
	for part := range strings.SplitSeq(name, "/") {
		// Windows leaves out full stops at the end, and has names such as COM1 for devices.
		if runtime.GOOS == "windows" && (part[len(part)-1] == '.' || !filepath.IsLocal(part)) {
			return fmt.Errorf("object name %q: Windows has no such file", name)
		}
	}
	return nil
}

// object describes a file as an object. The ETag is its time and size: see newTime.
func object(info fs.FileInfo, name string) archive.Object {
	m := info.ModTime()
	return archive.Object{Name: name, Size: info.Size(), ETag: fmt.Sprintf("%x-%x", m.UnixNano()/100, info.Size()), Modified: m.UTC()}
}

// stat describes the file of an object. What is no file, also a symbolic link to one, is
// no object.
func stat(root *os.Root, file, name string) (archive.Object, error) {
	info, err := root.Lstat(file)
	if err != nil {
		return archive.Object{}, noObject(err)
	}
	if !info.Mode().IsRegular() {
		return archive.Object{}, fmt.Errorf("%w: it is not a file", archive.ErrNoObject)
	}
	return object(info, name), nil
}

func noObject(err error) error {
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, errNotDir) {
		return archive.ErrNoObject
	}
	return err
}

// tick is the coarsest time that a file system keeps: that of FAT.
const tick = 2 * time.Second

// newTime returns the time that a new version of an object gets, whose last one was of
// time old. It is in another tick than old and later, so that the two have different
// ETags on any file system, whatever its clock and contents. Within the tick it is random:
// so are two objects that had the same name one after the other.
func newTime(now, old time.Time) (time.Time, error) {
	t := now.Truncate(tick)
	if last := old.Truncate(tick); !old.IsZero() && !t.After(last) {
		t = last.Add(tick)
	}
	n, err := rand.Int(rand.Reader, big.NewInt(int64(tick/100)))
	if err != nil {
		return time.Time{}, err
	}
	return t.Add(100 * time.Duration(n.Int64())), nil
}

// writeTemp writes a file with the size bytes of a body, and flushes it.
func (s *Store) writeTemp(ctx context.Context, root *os.Root, body io.ReadSeeker, size int64) (name string, err error) {
	if size < 0 {
		return "", fmt.Errorf("an object of %d bytes", size)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	name = filepath.FromSlash(tmpDir + "/" + rand.Text())
	f, err := createTemp(root, name)
	if err != nil {
		return "", err
	}
	n, err := io.Copy(f, &ctxReader{ctx, io.LimitReader(body, size)})
	if err == nil && n < size {
		err = fmt.Errorf("the body ends after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		_, err = setTime(root, name, name, time.Time{})
	}
	if err == nil {
		err = s.sys.done("temp")
	}
	if err != nil {
		root.Remove(name)
		return "", err
	}
	return name, nil
}

// setTime gives a temporary file the time of a version after one of time old, by the clock
// of the share, and flushes it.
func setTime(root *os.Root, tmp, name string, old time.Time) (archive.Object, error) {
	info, err := root.Lstat(tmp)
	if err != nil {
		return archive.Object{}, err
	}
	t, err := newTime(info.ModTime(), old)
	if err != nil {
		return archive.Object{}, err
	}
	if err := root.Chtimes(tmp, t, t); err != nil {
		return archive.Object{}, err
	}
	f, err := root.OpenFile(tmp, os.O_RDWR, 0) // Windows flushes no file that is open for reading
	if err != nil {
		return archive.Object{}, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return archive.Object{}, err
	}
	return stat(root, tmp, name)
}

func createTemp(root *os.Root, name string) (*os.File, error) {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := root.OpenFile(name, flags, 0o644)
	if errors.Is(err, fs.ErrNotExist) { // somebody has tidied up
		if err := root.MkdirAll(filepath.FromSlash(tmpDir), 0o777); err != nil {
			return nil, err
		}
		f, err = root.OpenFile(name, flags, 0o644)
	}
	return f, err
}

// A ctxReader ends with its context.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// tempAge is the age from which a temporary file is one that a crash has left.
const tempAge = 24 * time.Hour

// cleanTemp removes old temporary files, by the clock of the share. It is no error that
// it cannot: they only take space.
func cleanTemp(root *os.Root) {
	name := filepath.FromSlash(tmpDir + "/" + rand.Text())
	f, err := createTemp(root, name)
	if err != nil {
		return
	}
	defer root.Remove(name)
	now, err := f.Stat()
	f.Close()
	if err != nil {
		return
	}
	dir, err := root.Open(filepath.FromSlash(tmpDir))
	if err != nil {
		return
	}
	defer dir.Close()
	for {
		entries, err := dir.ReadDir(1000)
		for _, e := range entries {
			if info, err := e.Info(); err == nil && info.Mode().IsRegular() && now.ModTime().Sub(info.ModTime()) > tempAge {
				root.Remove(filepath.Join(filepath.FromSlash(tmpDir), e.Name()))
			}
		}
		if err != nil {
			return
		}
	}
}

// rename renames a temporary file to that of an object. Windows refuses it as long as a
// virus scanner, or a reader of an older program, has the object open.
func rename(root *os.Root, tmp, name string) error {
	var err error
	for wait := time.Millisecond; wait < time.Second; wait *= 2 {
		if err = root.Rename(tmp, filepath.FromSlash(name)); err == nil || runtime.GOOS != "windows" || !errors.Is(err, fs.ErrPermission) {
			break
		}
		time.Sleep(wait)
	}
	return err
}

// syncDirs makes a name durable: that of the file in its folder, and of each folder.
// One that was created by another process may not be durable yet.
func syncDirs(root *os.Root, name string) error {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if err := syncDir(root, dir); err != nil {
			return err
		}
		if dir == "." {
			return nil
		}
	}
}
