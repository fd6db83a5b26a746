package formats

import (
	"errors"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

// A stream is a file that is written from its start to its end through a buffer. Once the
// buffer is full, a goroutine compresses, digests and writes it while the next one is
// filled; so errors may come one buffer later.
type stream struct {
	f   *folder.Writer
	z   compressor // nil if the file is not compressed
	buf []byte

	full    chan []byte  // to the goroutine; nil until the first buffer is full
	written chan written // from it, as many as there were full ones, and one before
}

// written is a buffer that was written, to be used again.
type written struct {
	buf []byte
	err error
}

// A compressor writes into the file of its stream.
type compressor interface {
	Write([]byte) (int, error)
	Close() error
}

const streamBuffer = 256 << 10 // bytes

// flush writes the buffer if it is full.
func (s *stream) flush() error {
	if len(s.buf) < streamBuffer {
		return nil
	}
	if s.full == nil {
		s.full, s.written = make(chan []byte), make(chan written, 2)
		s.written <- written{}
		go s.writeAll()
	}
	s.full <- s.buf
	next := <-s.written
	s.buf = next.buf[:0]
	return next.err
}

// writeAll writes full buffers until there are no more. After an error it writes none.
func (s *stream) writeAll() {
	defer close(s.written)
	var err error
	for b := range s.full {
		if err == nil {
			err = s.write(b)
		}
		s.written <- written{b, err}
	}
}

func (s *stream) write(b []byte) (err error) {
	if s.z != nil {
		_, err = s.z.Write(b)
	} else {
		_, err = s.f.Write(b)
	}
	return err
}

// wait ends the goroutine, and returns its error.
func (s *stream) wait() (err error) {
	if s.full == nil {
		return nil
	}
	close(s.full)
	for w := range s.written {
		err = w.err
	}
	s.full = nil
	return err
}

func (s *stream) close() error {
	err := s.wait()
	if err == nil {
		err = s.write(s.buf)
	}
	if s.z != nil {
		err = errors.Join(err, s.z.Close())
	}
	return errors.Join(err, s.f.Close())
}

// abandon ends a stream whose file will be discarded.
func (s *stream) abandon() { _ = s.wait() }
