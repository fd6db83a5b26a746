package warc

import (
	"bytes"
	"errors"
	"io"
)

// input is the decoded data of a file, with the places where its units begin.
type input struct {
	u       *units
	buf     []byte
	at, end int
	ended   bool  // the current unit was read to its end
	err     error // why the current unit could not be read to its end
	pos     int64 // offset of buf[at] in the data of the current unit
	skipped int64 // bytes before the current unit that are not one
	moved   int64 // bytes that were copied so far: what reading again costs
	putBack int64 // bytes that were copied because blocks ended before their declared length
}

func newInput(u *units) *input {
	return &input{u: u, buf: make([]byte, 64<<10), ended: true}
}

// nextUnit begins the next unit. Nothing of the current one must be left.
func (in *input) nextUnit() error {
	in.ended, in.err, in.pos = true, nil, 0
	skipped, err := in.u.next()
	in.skipped += skipped
	if err == nil {
		in.ended = false
	}
	return err
}

// fill reads more of the current unit. It returns false at its end.
func (in *input) fill() bool {
	if in.ended {
		return false
	}
	if in.end == len(in.buf) { // move the rest only if much was consumed since the last time
		buf := in.buf
		if in.at < len(buf)/2 {
			buf = make([]byte, 2*len(buf))
		}
		n := copy(buf, in.buf[in.at:in.end])
		in.buf, in.at, in.end = buf, 0, n
		in.moved += int64(n)
	}
	for {
		n, err := in.u.Read(in.buf[in.end:])
		in.end += n
		if err != nil {
			in.stop(err)
		}
		if n > 0 || err != nil {
			return n > 0
		}
	}
}

func (in *input) stop(err error) {
	in.ended = true
	if !errors.Is(err, io.EOF) {
		in.err = err
	}
}

// peek returns the next bytes of the current unit: n, or fewer at its end.
func (in *input) peek(n int) []byte {
	for in.end-in.at < n && in.fill() {
	}
	return in.buf[in.at:min(in.end, in.at+n)]
}

func (in *input) advance(n int) {
	in.at += n
	in.pos += int64(n)
	if in.at == in.end {
		in.at, in.end = 0, 0
		if len(in.buf) > 1<<20 { // a long header, or bytes that were put back
			in.buf = make([]byte, 64<<10)
		}
	}
}

// atEnd reports whether nothing of the current unit is left.
func (in *input) atEnd() bool { return len(in.peek(1)) == 0 }

// join begins the next unit if the current one ended in the middle of a record and the
// next one continues it: some programs compress files in parts of equal size. It
// returns false if the record is cut; the next unit may have begun then, too.
func (in *input) join() bool {
	if in.err != nil || in.u.coding == codingPlain {
		return false
	}
	before := in.end - in.at
	if err := in.nextUnit(); err != nil {
		return false
	}
	in.pos = -int64(before)
	next := in.peek(before + len(warcMagic))
	return len(next) > before && !bytes.HasPrefix(next[before:], warcMagic)
}

// read reads the next n bytes, also of units that follow. It returns fewer if there are
// no more. It allocates as data arrives.
func (in *input) read(n int64) []byte {
	b := make([]byte, 0, min(n, 1<<20))
	for int64(len(b)) < n {
		if in.at == in.end && in.ended && !in.join() {
			return b
		}
		if len(b) == cap(b) {
			b = append(make([]byte, 0, min(n, int64(2*cap(b)))), b...)
			in.moved += int64(len(b))
		}
		want := int(min(n, int64(cap(b)))) - len(b)
		if in.at < in.end {
			got := copy(b[len(b):len(b)+want], in.buf[in.at:in.end])
			b = b[:len(b)+got]
			in.advance(got)
			in.moved += int64(got)
			continue
		}
		got, err := in.u.Read(b[len(b) : len(b)+want])
		b = b[:len(b)+got]
		in.pos += int64(got)
		if err != nil {
			in.stop(err)
		}
	}
	return b
}

// skip is read for bytes that are not needed; stop is asked from time to time.
func (in *input) skip(n int64, stop func() error) (done int64, err error) {
	for done < n {
		if in.at == in.end {
			if err := stop(); err != nil {
				return done, err
			}
			if !in.fill() {
				if in.join() {
					continue
				}
				return done, nil
			}
		}
		step := int(min(n-done, int64(in.end-in.at)))
		in.advance(step)
		done += int64(step)
	}
	return done, nil
}

// unread puts bytes of the current unit back, before the others.
func (in *input) unread(b []byte) {
	in.pos -= int64(len(b))
	if in.at >= len(b) { // it was read from there
		in.at -= len(b)
		in.copied(copy(in.buf[in.at:], b))
		return
	}
	rest := in.buf[in.at:in.end]
	buf := make([]byte, max(64<<10, len(b)+len(rest)))
	n := copy(buf, b)
	n += copy(buf[n:], rest)
	in.buf, in.at, in.end = buf, 0, n
	in.copied(n)
}

func (in *input) copied(n int) {
	in.moved += int64(n)
	in.putBack += int64(n)
}
