package warc

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"runtime"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Compression is how a file is written.
type Compression int

// The compressions. One record is one gzip member or one zstd frame, so that readers
// can begin at any record.
const (
	Gzip Compression = iota
	Zstd
	None
)

// Options are the options of a Writer. The zero value writes .warc.gz files.
type Options struct {
	Compression Compression
	// Dictionary is a zstd dictionary with which records are compressed. It is written at
	// the beginning of the file.
	Dictionary []byte
	Workers    int // that compress for WriteAll; GOMAXPROCS if zero
}

// gzipLevel is that of crawlers: smaller files take twice the time for a few percent.
const gzipLevel = 6

// Written is where a record is in a file: what an index has of it.
type Written struct {
	Offset, Length int64
	Digest         archive.Digest // SHA-256 of these bytes of the file
}

// A Writer writes a file. It is not safe for use by several goroutines.
type Writer struct {
	w      io.Writer
	o      Options
	offset int64
	begun  bool
	coders []*coder // as many as were needed at the same time so far
	err    error    // of an earlier write: the file ends in the middle of a record
}

// NewWriter returns a Writer of a file that begins at the start of w.
func NewWriter(w io.Writer, o Options) *Writer {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	return &Writer{w: w, o: o}
}

// Offset is how many bytes were written.
func (w *Writer) Offset() int64 { return w.offset }

// Write writes a record. It returns an error that wraps ErrInvalid if a WARC file cannot
// have the record; the file can be continued then.
func (w *Writer) Write(rec *archive.Record) (Written, error) {
	if err := w.begin(); err != nil {
		return Written{}, err
	}
	if err := w.needCoders(1); err != nil {
		return Written{}, err
	}
	b, digest, err := w.coders[0].encode(rec)
	if err != nil {
		return Written{}, err
	}
	return w.put(b, digest)
}

// needCoders makes coders until there are n. Each has the buffers of a compressor, which
// are large, so that they are used again.
func (w *Writer) needCoders(n int) error {
	for len(w.coders) < n {
		c, err := newCoder(w.o)
		if err != nil {
			return err
		}
		w.coders = append(w.coders, c)
	}
	return nil
}

func (w *Writer) put(b []byte, digest archive.Digest) (Written, error) {
	at := w.offset
	if err := w.write(b); err != nil {
		return Written{}, err
	}
	return Written{at, int64(len(b)), digest}, nil
}

func (w *Writer) write(b []byte) error {
	if w.err != nil {
		return w.err
	}
	n, err := w.w.Write(b)
	w.offset += int64(n)
	w.err = err
	return err
}

// begin writes the dictionary.
func (w *Writer) begin() error {
	if w.begun || w.o.Compression != Zstd || len(w.o.Dictionary) == 0 {
		return w.err
	}
	if len(w.o.Dictionary) > maxDictionary || !bytes.HasPrefix(w.o.Dictionary, dictMagic) {
		return fmt.Errorf("the dictionary is not a zstd dictionary of at most %d bytes", maxDictionary)
	}
	w.begun = true
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	data := enc.EncodeAll(w.o.Dictionary, nil)
	b := binary.LittleEndian.AppendUint32(nil, dictionaryFrame)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(data)))
	return w.write(append(b, data...))
}

// WriteAll writes records in order, compressing several at the same time. It calls done
// for each in order, from the caller's goroutine, if done is not nil: with the error that
// wraps ErrInvalid if a WARC file cannot have the record, which is left out if done
// returns nil. It stops at the first error of recs, done, the file or ctx.
func (w *Writer) WriteAll(ctx context.Context, recs iter.Seq2[*archive.Record, error], done func(*archive.Record, Written, error) error) error {
	if err := w.begin(); err != nil {
		return err
	}
	if err := w.needCoders(w.o.Workers); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	jobs := make(chan *job)
	ordered := make(chan *job, 2*w.o.Workers)
	var workers sync.WaitGroup
	for _, c := range w.coders[:w.o.Workers] {
		workers.Go(func() {
			for j := range jobs {
				j.bytes, j.digest, j.err = c.encode(j.rec)
				close(j.ready)
			}
		})
	}
	var readErr error
	workers.Go(func() {
		defer close(ordered)
		defer close(jobs)
		readErr = feed(ctx, recs, jobs, ordered)
	})
	err := w.drain(ordered, done)
	cancel()
	for range ordered { // what is left after an error
	}
	workers.Wait()
	if err == nil {
		err = readErr
	}
	return err
}

// A job is a record that is compressed.
type job struct {
	rec    *archive.Record
	ready  chan struct{}
	bytes  []byte
	digest archive.Digest
	err    error
}

// feed gives records to the workers, and in order to the one that writes.
func feed(ctx context.Context, recs iter.Seq2[*archive.Record, error], jobs, ordered chan<- *job) error {
	for rec, err := range recs {
		if err != nil {
			return err
		}
		j := &job{rec: rec, ready: make(chan struct{})}
		select {
		case jobs <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case ordered <- j:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return ctx.Err()
}

func (w *Writer) drain(ordered <-chan *job, done func(*archive.Record, Written, error) error) error {
	for j := range ordered {
		<-j.ready
		var at Written
		err := j.err
		if err == nil {
			if at, err = w.put(j.bytes, j.digest); err != nil {
				return err
			}
		}
		if done != nil {
			err = done(j.rec, at, err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A coder compresses one record after another.
type coder struct {
	o    Options
	gz   *gzip.Writer
	zs   *zstd.Encoder
	text []byte
}

func newCoder(o Options) (c *coder, err error) {
	c = &coder{o: o}
	switch o.Compression {
	case Gzip:
		c.gz, err = gzip.NewWriterLevel(nil, gzipLevel)
	case Zstd:
		opts := []zstd.EOption{zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithWindowSize(8 << 20), zstd.WithZeroFrames(true)}
		if len(o.Dictionary) > 0 {
			opts = append(opts, zstd.WithEncoderDict(o.Dictionary))
		}
		c.zs, err = zstd.NewWriter(nil, opts...)
	}
	return c, err
}

// encode returns the bytes of a record in the file.
func (c *coder) encode(rec *archive.Record) ([]byte, archive.Digest, error) {
	text, err := Append(c.text[:0], rec)
	if err != nil {
		return nil, "", err
	}
	if cap(text) <= 4<<20 {
		c.text = text
	}
	var b []byte
	switch c.o.Compression {
	case Gzip:
		out := bytes.NewBuffer(make([]byte, 0, len(text)/3+256))
		c.gz.Reset(out)
		if _, err := c.gz.Write(text); err != nil {
			return nil, "", err
		}
		if err := c.gz.Close(); err != nil {
			return nil, "", err
		}
		b = out.Bytes()
	case Zstd:
		b = c.zs.EncodeAll(text, make([]byte, 0, len(text)/3+256))
	default:
		b = bytes.Clone(text)
	}
	sum := sha256.Sum256(b)
	return b, archive.Digest("sha256:" + hex.EncodeToString(sum[:])), nil
}

// Append appends a record as a WARC file has it, without compression. The header is the
// one that the record was read with, if its length is still that of the block; otherwise
// it is made of the fields, in WARC 1.1. The error wraps ErrInvalid: Content-Length is
// not that of the block (Record.Finish sets it), or a field has a line break.
func Append(b []byte, rec *archive.Record) ([]byte, error) {
	length := int64(blockLength(rec))
	end := recordEnd
	if head, rest := splitHead(rec.Head); len(head) > 0 && fits(head, length) {
		b, end = append(b, head...), rest
	} else {
		var err error
		if b, err = appendFields(b, rec, length); err != nil {
			return nil, err
		}
	}
	for _, p := range blockParts(rec) {
		b = append(b, p...)
	}
	return append(b, end...), nil
}

// Header is the header with which Append writes a record that has no header of its own. Its
// errors are those of Append.
func Header(rec *archive.Record) ([]byte, error) {
	return appendFields(nil, rec, int64(blockLength(rec)))
}

func appendFields(b []byte, rec *archive.Record, length int64) ([]byte, error) {
	if n, ok := contentLength(rec.Fields); !ok || n != length {
		return nil, fmt.Errorf("%w: Content-Length of %s is %s, but its block has %d bytes", ErrInvalid, printable(rec.ID()), printable(rec.Get("Content-Length")), length)
	}
	if err := checkFields(rec.Fields); err != nil {
		return nil, err
	}
	return appendHeader(b, rec.Fields), nil
}

// fits reports whether a header declares this length.
func fits(head []byte, length int64) bool {
	if n, _ := headerEnd(head); n != len(head) {
		return false
	}
	n, ok := contentLength(parseHeader(head).fields)
	return ok && n == length
}
