package warc

import (
	"bytes"
	"errors"
	"io"
)

const (
	sourceSize    = 1 << 19
	sourceHistory = 1 << 17 // bytes before the current one that are remembered
)

// A source reads a file. It counts bytes and remembers the last ones, so that reading
// can go back after data that does not decode: a decoder may have read beyond the end
// of its damaged data.
type source struct {
	r       io.Reader
	buf     []byte
	at, end int   // buf[at:end] is to be read
	base    int64 // offset of buf[0] in the file
	err     error // of r, io.EOF at the end
}

// newSource returns a source whose first byte is at an offset of the file.
func newSource(r io.Reader, offset int64) *source {
	return &source{r: r, base: offset, buf: make([]byte, sourceSize/16)}
}

// pos is the offset of the next byte.
func (s *source) pos() int64 { return s.base + int64(s.at) }

// fill reads more. It returns false at the end of the file, or after an error.
func (s *source) fill() bool {
	if s.err != nil {
		return false
	}
	if drop := s.at - sourceHistory; s.end == sourceSize && drop > 0 {
		copy(s.buf, s.buf[drop:s.end])
		s.at, s.end, s.base = s.at-drop, s.end-drop, s.base+int64(drop)
	}
	if s.end == len(s.buf) { // a small file needs no large buffer
		s.buf = append(s.buf, make([]byte, min(3*len(s.buf), sourceSize-len(s.buf)))...)
	}
	for range 100 {
		n, err := s.r.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// failure is the error of reading the file; nil at its end.
func (s *source) failure() error {
	if s.at < s.end || errors.Is(s.err, io.EOF) {
		return nil
	}
	return s.err
}

// peek returns the next bytes without consuming them: n, at most 128 KiB, or fewer at
// the end of the file.
func (s *source) peek(n int) []byte {
	for s.end-s.at < n && s.fill() {
	}
	return s.buf[s.at:min(s.end, s.at+n)]
}

// skip consumes n bytes and returns how many there were.
func (s *source) skip(n int64) int64 {
	left := n
	for left > 0 && (s.at < s.end || s.fill()) {
		step := min(left, int64(s.end-s.at))
		s.at += int(step)
		left -= step
	}
	return n - left
}

func (s *source) Read(p []byte) (int, error) {
	if s.at == s.end && !s.fill() {
		return 0, s.err
	}
	n := copy(p, s.buf[s.at:s.end])
	s.at += n
	return n, nil
}

// ReadByte makes decoders of gzip stop at the end of their data.
func (s *source) ReadByte() (byte, error) {
	if s.at == s.end && !s.fill() {
		return 0, s.err
	}
	c := s.buf[s.at]
	s.at++
	return c, nil
}

// back makes the byte at an offset the next one, or the first one that is remembered.
func (s *source) back(pos int64) { s.at = int(max(0, min(int64(s.at), pos-s.base))) }

// seek skips to the next bytes that are one of the magic numbers, or to the end.
func (s *source) seek(magic ...[]byte) {
	for {
		b := s.peek(sourceHistory)
		first := len(b)
		for _, m := range magic {
			if n := bytes.Index(b, m); n >= 0 {
				first = min(first, n)
			}
		}
		switch {
		case first < len(b):
			s.at += first
			return
		case len(b) < sourceHistory:
			s.at += len(b)
			return
		}
		s.at += len(b) - 8 // a magic number may be cut
	}
}
