package warc

import (
	"bytes"
	"context"
	"fmt"
)

// garbage skips what is not a record, up to the next one or the end of the unit. size
// is how much of it was skipped already.
func (r *Reader) garbage(ctx context.Context, m mark, size int64) (*Entry, error) {
	blank := size == 0
	if old := -r.in.pos; old > 0 { // the rest of the unit before this one
		blank = blank && isBlank(r.in.peek(int(old)))
		size += old
		r.in.advance(int(old))
	}
	for steps := 0; ; steps++ {
		if steps%64 == 63 {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
		}
		b := r.in.peek(32 << 10)
		n := r.nextStart(b, size == 0)
		found := n >= 0
		if !found {
			n = len(b)
			if last := bytes.LastIndexByte(b, '\n'); last > 0 && !r.in.ended {
				n = last // the line after it may begin a record
			}
		}
		blank = blank && isBlank(b[:n])
		size += int64(n)
		r.in.advance(n)
		if found || len(b) == 0 {
			break
		}
	}
	if blank {
		return nil, nil
	}
	e := &Entry{}
	r.place(e, m)
	where := fmt.Sprintf("at offset %d", m.unit)
	if r.u.coding == codingPlain {
		where = fmt.Sprintf("at offset %d", m.unit+m.pos)
	}
	e.Notes = []Note{{KindGarbage, fmt.Sprintf("%d bytes %s are not a WARC or ARC record", size, where)}}
	return e, nil
}

func isBlank(b []byte) bool { return len(bytes.Trim(b, "\r\n")) == 0 }

// nextStart finds the line at which a record begins; -1 if there is none. The first
// line does not count at the beginning of what is skipped, unless it is empty.
func (r *Reader) nextStart(b []byte, first bool) int {
	for at := 0; at < len(b); {
		n := bytes.IndexByte(b[at:], '\n')
		line := b[at:]
		if n >= 0 {
			line = b[at : at+n]
		}
		line = bytes.TrimRight(line, "\r")
		if zeros := len(line) - len(bytes.TrimLeft(line, "\x00")); zeros > 0 && isVersion(line[zeros:]) { // a disk lost what was before
			return at + zeros
		}
		if (at > 0 || !first) && (isVersion(line) || r.arc.begins(line)) {
			return at
		}
		if n < 0 {
			return -1
		}
		at += n + 1
	}
	return -1
}

// maxEnd bounds what can follow a block besides line ends.
const maxEnd = 64

// recordEnd reads what follows a block: the line ends, or a few bytes up to the next
// record, as when Content-Length is a little too small.
func (r *Reader) recordEnd() []byte {
	end := r.lineEnds(nil)
	if len(end) == 0 && !r.in.atEnd() {
		b := r.in.peek(maxEnd)
		if n := r.endBefore(b); n > 0 {
			end = append(end, b[:n]...)
			r.in.advance(n)
		}
	}
	if len(end) < len(recordEnd) && r.in.atEnd() && r.in.join() { // cut into members of equal size
		end = r.lineEnds(end)
	}
	return end
}

// endBefore is the length of the few bytes up to the next record, or to the end of the
// unit; 0 or less if there are more than a few.
func (r *Reader) endBefore(b []byte) int {
	n := r.nextStart(b, true)
	if n < 0 && len(b) < maxEnd {
		n = len(b)
	}
	return n
}

// swallowed looks for another record in a block that is not followed by an empty line:
// its Content-Length was too large. What follows is put back.
func (r *Reader) swallowed(w *raw) {
	at := recordIn(w.block)
	if at < 0 {
		return
	}
	r.in.unread(w.end)
	r.in.unread(w.block[at:])
	w.block, w.end, w.cut = withoutEnd(bytes.Clone(w.block[:at])), nil, true
}

// recordIn finds the line at which another record begins in a block; -1 if there is none.
func recordIn(block []byte) int {
	for at := 0; ; {
		n := bytes.Index(block[at:], []byte("\nWARC/"))
		if n < 0 {
			return -1
		}
		at += n + 1
		line := block[at:min(len(block), at+maxVersion)]
		if line, _, _ = bytes.Cut(line, []byte("\n")); isVersion(line) {
			return at
		}
	}
}

// maxVersion bounds the first line of a record that is looked for.
const maxVersion = 256

// withoutEnd is a block without the empty line after it.
func withoutEnd(block []byte) []byte {
	for range 2 {
		block = bytes.TrimSuffix(bytes.TrimSuffix(block, []byte("\n")), []byte("\r"))
	}
	return block
}

// isDistrusted reports whether so many blocks ended before their declared length that
// the next ones are looked at before they are read. A file in which every length is wrong
// would be read again and again otherwise.
func (r *Reader) isDistrusted() bool { return r.in.putBack > r.trusted }

// before is swallowed for a block that was not read yet: it returns the part before
// another record, if the declared length does not end with that of this record. It
// consumes nothing else, so that a file of wrong lengths takes time in proportion to its
// size; the bytes that are looked at stay in memory meanwhile, which are at most as many
// as a block may have, and as many again.
func (r *Reader) before(length int64) (block []byte, ok bool) {
	b := r.in.peek(int(length) + maxEnd)
	if int64(len(b)) >= length {
		end := b[length:]
		if len(end) == 0 || end[0] == '\r' || end[0] == '\n' || r.endBefore(end) > 0 {
			return nil, false
		}
		b = b[:length]
	}
	n := recordIn(b)
	if n < 0 {
		return nil, false
	}
	block = withoutEnd(bytes.Clone(b[:n]))
	r.in.advance(n)
	return block, true
}

// untilNext reads a block of unknown length: up to the next record or the end of the
// unit, without the empty line. Of a longer one than limit, it reads the beginning.
func (r *Reader) untilNext(limit int64) []byte {
	var block []byte
	for {
		b := r.in.peek(32 << 10)
		n := r.nextStart(b, false)
		found := n >= 0
		if !found {
			n = len(b)
			if last := bytes.LastIndexByte(b, '\n'); last > 0 && !r.in.ended {
				n = last + 1
			}
		}
		n = int(min(int64(n), limit-int64(len(block))))
		block = append(block, b[:n]...)
		r.in.advance(n)
		if found || len(b) == 0 || int64(len(block)) >= limit {
			break
		}
	}
	return withoutEnd(block)
}
