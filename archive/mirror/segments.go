package mirror

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"github.com/newsmorgue/newsmorgue/archive"
)

// maxSegment bounds a stored segment, in bytes. One is made of a journal of about 512 MiB.
const maxSegment = 4 << 30

// trailerSize is the length of what ends a sealed segment: it has the checksum of the
// index, and the index has the root of all records.
const trailerSize = 24

// A lie is an object that is not what was put there.
type lie struct{ name, store string }

func (e lie) Error() string {
	return fmt.Sprintf("%s in %s is not what was put there", e.name, e.store)
}
func (e lie) Unwrap() error { return archive.ErrDamaged }

// hashObject reads a whole object and returns its digest; what it reads goes to w, too.
func hashObject(ctx context.Context, store archive.Store, name string, most int64, w io.Writer) (string, archive.Object, error) {
	r, o, err := store.ReadRange(ctx, name, 0, -1)
	if err != nil {
		return "", o, err
	}
	defer r.Close()
	if o.Size > most {
		return "", o, fmt.Errorf("%w: %s in %s has %d bytes, over the %d that are allowed", archive.ErrDamaged, name, store, o.Size, most)
	}
	h := sha256.New()
	n, err := io.Copy(io.MultiWriter(h, w), io.LimitReader(r, most+1))
	if err == nil && n != o.Size {
		err = fmt.Errorf("%d of %d bytes came: %w", n, o.Size, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return "", o, fmt.Errorf("read %s: %w", name, err)
	}
	return hex.EncodeToString(h.Sum(nil)), o, nil
}

// A contents is which records a sealed segment has.
type contents struct {
	erased map[string]bool // by record ID: whether a tombstone is in its place
}

// readContents reads the IDs of all records of a sealed segment, from its frames: the index
// is derived from these.
func readContents(path string) (*contents, error) {
	c := &contents{map[string]bool{}}
	return c, eachRecord(path, func(_ []byte, rec archive.Capture) error {
		c.erased[rec.ID] = rec.IsErased()
		return nil
	})
}

// eachRecord calls visit with the JSON of each record of a sealed segment.
func eachRecord(path string, visit func(body []byte, rec archive.Capture) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	dec, err := zstd.NewReader(bufio.NewReaderSize(f, 1<<20), zstd.WithDecoderMaxMemory(maxPart), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer dec.Close()
	br := bufio.NewReaderSize(dec, 1<<20)
	var long []byte
	for {
		line, err := br.ReadSlice('\n')
		if errors.Is(err, bufio.ErrBufferFull) {
			if long = append(long, line...); len(long) > archive.MaxLine {
				return fmt.Errorf("%w: record of over %d bytes", archive.ErrDamaged, archive.MaxLine)
			}
			continue
		}
		if errors.Is(err, io.EOF) && len(line) == 0 && len(long) == 0 {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%w: %w", archive.ErrDamaged, err)
		}
		if len(long) > 0 {
			long = append(long, line...)
			line = long
		}
		body := bytes.TrimSuffix(line, []byte("\n"))
		rec, err := archive.Describe(body)
		if err != nil {
			return err
		}
		if err := visit(body, rec); err != nil {
			return err
		}
		long = long[:0]
	}
}

// differences says how two files of a segment differ in their records.
type differences struct {
	mine, theirs         int // records that only one of them has
	myErased, theyErased int // records that only one of them has erased
}

func compare(mine, theirs *contents) differences {
	var d differences
	for id, erased := range mine.erased {
		other, ok := theirs.erased[id]
		switch {
		case !ok:
			d.mine++
		case erased && !other:
			d.myErased++
		case other && !erased:
			d.theyErased++
		}
	}
	for id := range theirs.erased {
		if _, ok := mine.erased[id]; !ok {
			d.theirs++
		}
	}
	return d
}

// download reads an object into a temporary file, flushed, and returns its path and digest.
func download(ctx context.Context, dir string, store archive.Store, name string) (path, sum string, o archive.Object, err error) {
	f, err := tempFile(dir)
	if err != nil {
		return "", "", o, err
	}
	sum, o, err = hashObject(ctx, store, name, maxSegment, f)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return "", "", o, errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), sum, o, nil
}

// trailer reads the last bytes of an object.
func trailer(ctx context.Context, store archive.Store, name string) ([]byte, archive.Object, error) {
	r, o, err := store.ReadRange(ctx, name, -trailerSize, trailerSize)
	if err != nil {
		return nil, o, err
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, trailerSize))
	return b, o, err
}

func localTrailer(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, trailerSize)
	if _, err := f.Seek(-trailerSize, io.SeekEnd); err != nil {
		return nil, err
	}
	_, err = io.ReadFull(f, b)
	return b, err
}
