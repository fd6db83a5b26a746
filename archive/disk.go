package archive

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// file has the methods of *os.File that the package uses.
type file interface {
	io.Reader
	io.Writer
	io.Seeker
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
	Sync() error
	Chmod(mode fs.FileMode) error
	Stat() (fs.FileInfo, error)
	Name() string
	Fd() uintptr
}

// disk has the operations that change the file system. Tests inject faults into it.
type disk interface {
	OpenFile(name string, flag int, mode fs.FileMode) (file, error)
	Rename(from, to string) error
	Link(from, to string) error
	Remove(name string) error
	SyncDir(name string) error
}

// system is the operating system's file system.
type system struct{}

func (system) OpenFile(name string, flag int, mode fs.FileMode) (file, error) {
	f, err := os.OpenFile(name, flag, mode)
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (system) Rename(from, to string) error { return os.Rename(from, to) }
func (system) Link(from, to string) error   { return os.Link(from, to) }
func (system) Remove(name string) error     { return os.Remove(name) }

// removeIfThere removes a file; that it is gone already is no error.
func removeIfThere(d disk, name string) error {
	if err := d.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
