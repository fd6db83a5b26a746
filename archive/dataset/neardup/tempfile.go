package neardup

import (
	"bufio"
	"fmt"
	"os"
)

// file is what is needed of a temporary file.
type file interface {
	Write(b []byte) (int, error)
	ReadAt(b []byte, off int64) (int, error)
	Close() error
}

func createFile(path string) (file, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
}

// output is a temporary file that is written from start to end and then read.
type output struct {
	f    file
	w    *bufio.Writer
	size int64
}

func (o *output) write(b []byte) error {
	n, err := o.w.Write(b)
	o.size += int64(n)
	if err != nil {
		return fmt.Errorf("near duplicates: writing a temporary file: %w", err)
	}
	return nil
}

func (o *output) flush() error {
	if err := o.w.Flush(); err != nil {
		return fmt.Errorf("near duplicates: writing a temporary file: %w", err)
	}
	return nil
}

// readAt fills b from off.
func (o *output) readAt(b []byte, off int64) error {
	if _, err := o.f.ReadAt(b, off); err != nil {
		return fmt.Errorf("near duplicates: reading a temporary file: %w", err)
	}
	return nil
}
