package warc

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Reader reads the records of a WARC or ARC file. It finds out by itself how the
// file is compressed. Its memory does not grow with the file: it holds one block.
type Reader struct {
	o       ReaderOptions
	u       *units
	in      *input
	arc     arcState
	pending []*Entry
	trusted int64 // bytes that may be put back before lengths are distrusted
}

// NewReader returns a Reader of a file, or of a part that begins with a record. It
// reads nothing yet.
func NewReader(r io.Reader, o ReaderOptions) *Reader {
	if o.MaxBlock <= 0 {
		o.MaxBlock = defaultMaxBlock
	}
	u := &units{src: newSource(r, o.Offset), from: o.Offset, dict: o.Dictionary, limit: min(o.MaxBlock, 1<<60) + bombSize}
	return &Reader{o: o, u: u, in: newInput(u), trusted: o.MaxBlock}
}

// Offset returns how much of the file was read, in bytes from its beginning: for a
// progress bar. Reading can begin again at the end of an entry.
func (r *Reader) Offset() int64 { return r.u.src.pos() }

// Dictionary returns the zstd dictionary of the file; nil if it has none, or if nothing
// was read yet.
func (r *Reader) Dictionary() []byte { return r.u.dict }

// Records reads the file from where it is, once. Whatever is wrong with the file is an
// Entry with a Note, and reading goes on after it. An error, after which it does not,
// is that of the underlying reader or of ctx, or says that the file's zstd dictionary
// is unreadable.
func (r *Reader) Records(ctx context.Context) iter.Seq2[*Entry, error] {
	return func(yield func(*Entry, error) bool) {
		defer r.u.closeDecoder()
		for {
			e, err := r.next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, fmt.Errorf("at offset %d: %w", r.u.src.pos(), err))
				return
			}
			if !yield(e, nil) {
				return
			}
		}
	}
}

// next returns the next entry, or io.EOF.
func (r *Reader) next(ctx context.Context) (*Entry, error) {
	for {
		if len(r.pending) > 0 {
			e := r.pending[0]
			r.pending = r.pending[1:]
			return e, nil
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if r.in.atEnd() {
			if err := r.nextUnit(); err != nil {
				return nil, err
			}
			continue
		}
		e, err := r.entry(ctx)
		if err != nil {
			return nil, err
		}
		if e == nil {
			continue
		}
		if err := r.fatal(); err != nil && (e.Record == nil || e.HasKind(KindCut)) {
			return nil, err // it is not the file that ends here
		}
		r.pending = append(r.pending, e)
	}
}

// fatal is the error of the underlying reader.
func (r *Reader) fatal() error { return r.u.src.failure() }

// nextUnit begins the next unit, and reports what was wrong with the last one and what
// is between the two.
func (r *Reader) nextUnit() error {
	in, failed, bad := r.in, r.u.failed, r.in.err
	start := r.u.start
	err := in.nextUnit()
	skipped := in.skipped
	in.skipped = 0
	if err != nil && !errors.Is(err, io.EOF) {
		return err
	}
	switch {
	case bad != nil:
		r.pending = append(r.pending, &Entry{Offset: start, Length: r.u.start - start, Notes: []Note{r.u.damage(start, bad)}})
	case failed: // a record has the note
	case skipped > 0:
		at := r.u.start - skipped
		r.pending = append(r.pending, &Entry{Offset: at, Length: skipped, Notes: []Note{{KindGarbage, fmt.Sprintf("%d bytes at offset %d are not %s", skipped, at, r.u.unitName())}}})
	}
	if errors.Is(err, io.EOF) && len(r.pending) > 0 {
		return nil // once more, when they are read
	}
	return err
}

func (u *units) unitName() string {
	if u.coding == codingZstd {
		return "a zstd frame"
	}
	return "a gzip member"
}

// damage is the note of a unit that does not decode.
func (u *units) damage(start int64, err error) Note {
	return Note{KindDamaged, fmt.Sprintf("%s at offset %d is damaged: %v; get the file again if you can", u.unitName(), start, err)}
}

// entry reads what is next in the current unit. It returns nil for line ends alone.
func (r *Reader) entry(ctx context.Context) (*Entry, error) {
	m := r.mark()
	line := r.firstLine()
	var e *Entry
	var err error
	switch {
	case isVersion(line):
		e, err = r.warcRecord(ctx, m)
	case r.arc.begins(line), m.pos == 0 && r.arc.mayBegin(line):
		e, err = r.arcRecord(ctx, line)
	default:
		return r.garbage(ctx, m, 0)
	}
	if e == nil || e.Record == nil || err != nil {
		return e, err
	}
	r.place(e, m)
	if r.in.err != nil && r.in.atEnd() {
		e.Notes = append(e.Notes, r.u.damage(r.u.start, r.in.err))
		r.in.err = nil // it is reported
	}
	return e, nil
}

// maxJoins bounds the members that a header is cut into.
const maxJoins = 256

// maxLine bounds the lines that can begin a record.
const maxLine = 64 << 10

// firstLine returns the next line, without its end.
func (r *Reader) firstLine() []byte {
	n, joins := 512, 0
	for {
		b := r.in.peek(n)
		end := bytes.IndexByte(b, '\n')
		switch {
		case end >= 0:
			return bytes.TrimRight(b[:end], "\r")
		case len(b) == n && n < maxLine:
			n *= 2
		case len(b) == 0 || len(b) == n || joins == maxJoins || !r.in.join():
			return bytes.TrimRight(r.in.buf[r.in.at:min(r.in.end, r.in.at+n)], "\r")
		default:
			joins++
		}
	}
}

// A mark is where an entry begins.
type mark struct {
	unit int64 // where the unit begins
	pos  int64 // in the unit's data
}

func (r *Reader) mark() mark { return mark{r.u.start, r.in.pos} }

// place sets the offset and the length of an entry that ends here.
func (r *Reader) place(e *Entry, m mark) {
	e.Offset, e.Length = -1, -1
	switch {
	case r.u.coding == codingPlain:
		e.Offset, e.Length = m.unit+m.pos, r.in.pos-m.pos
	case m.pos != 0:
	case r.in.pos == 0 && r.u.start != m.unit: // it was cut by the next unit
		e.Offset, e.Length = m.unit, r.u.start-m.unit
	case r.in.atEnd():
		e.Offset, e.Length = m.unit, r.u.src.pos()-m.unit
	}
}

// warcRecord reads the record that begins here.
func (r *Reader) warcRecord(ctx context.Context, m mark) (*Entry, error) {
	head, skipped, why := r.header()
	if why != "" {
		e, err := r.garbage(ctx, m, skipped)
		if e != nil {
			e.Notes = append(e.Notes, Note{KindHeader, why})
		}
		return e, err
	}
	h := parseHeader(head)
	length, ok := contentLength(h.fields)
	e := &Entry{}
	switch {
	case !ok:
		h.notes = append(h.notes, Note{KindLength, "Content-Length is not a length: " + printable((&archive.Record{Fields: h.fields}).Get("Content-Length")) + "; the block was taken up to the next record"})
		block := r.untilNext(r.o.MaxBlock)
		e.Record, e.Notes = raw{head, block, nil, true}.record(h)
		return e, nil
	case length > r.o.MaxBlock:
		done, err := r.in.skip(length, ctx.Err)
		if err != nil {
			return nil, err
		}
		e.TooLarge = true
		e.Record, e.Notes = tooLarge(h, length, r.o.MaxBlock)
		if done < length {
			e.Notes = append(e.Notes, Note{KindCut, fmt.Sprintf("only %d bytes of it are there", done)})
		}
		r.recordEnd()
		return e, nil
	}
	w := r.block(head, length)
	if w.cut {
		h.notes = append(h.notes, Note{KindCut, fmt.Sprintf("the block has %d bytes, not %d as declared%s", len(w.block), length, r.because())})
	}
	e.Record, e.Notes = w.record(h)
	return e, nil
}

// block reads the block that follows a header.
func (r *Reader) block(head []byte, length int64) raw {
	if r.isDistrusted() {
		if block, ok := r.before(length); ok {
			return raw{head: head, block: block, cut: true}
		}
	}
	block := r.in.read(length)
	w := raw{head: head, block: block, cut: int64(len(block)) < length}
	if !w.cut {
		w.end = r.recordEnd()
	}
	if w.cut || len(w.end) == 0 && !r.in.atEnd() {
		r.swallowed(&w)
	}
	return w
}

func (r *Reader) because() string {
	if r.in.err != nil {
		return ": " + r.in.err.Error()
	}
	return ""
}

// header reads a header, up to its empty line. why says why there is none, and skipped
// how many bytes were skipped then.
func (r *Reader) header() (head []byte, skipped int64, why string) {
	n, joins := 4<<10, 0
	for {
		b := r.in.peek(n)
		end, cut := headerEnd(b)
		switch {
		case end > 0 && bytes.Count(b[:end], []byte("\n")) > maxFields:
			skipped, why = int64(end), fmt.Sprintf("its header has more than %d lines", maxFields)
		case end > 0:
			head = bytes.Clone(b[:end])
			r.in.advance(end)
			return head, 0, ""
		case cut > 0:
			skipped, why = int64(cut), "its header is cut by that of another record"
		case len(b) == n && n < maxHeader:
			n *= 2
			continue
		case len(b) == n || joins == maxJoins:
			skipped, why = int64(len(b)), fmt.Sprintf("its header has more than %d bytes, or is in more than %d members", maxHeader, maxJoins)
		case !r.in.join():
			skipped, why = int64(len(b)), "its header is cut"+r.because()
		default:
			joins++
			continue
		}
		r.in.advance(int(skipped))
		return nil, skipped, why
	}
}

// lineEnds appends the line ends that are next.
func (r *Reader) lineEnds(end []byte) []byte {
	b := r.in.peek(16)
	n := 0
	for n < len(b) && (b[n] == '\r' || b[n] == '\n') {
		n++
	}
	end = append(end, b[:n]...)
	r.in.advance(n)
	return end
}
