package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"strconv"
	"strings"

	"github.com/minio/minio-go/v7"

	"github.com/newsmorgue/newsmorgue/archive"
)

// ReadRange implements archive.Store. A range that begins behind the end of the object
// costs a second request, for what the object is.
func (s *Store) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if err := archive.CheckObjectName(name); err != nil {
		return nil, archive.Object{}, s.failed("read", name, err)
	}
	var r *reader
	var o archive.Object
	err := s.try(ctx, func() error {
		var err error
		if length == 0 {
			o, err = s.stat(ctx, name)
			r = &reader{}
			return err
		}
		r, o, err = s.get(ctx, name, offset, length)
		if resp, ok := response(err); ok && resp.StatusCode == http.StatusRequestedRangeNotSatisfiable {
			r, o, err = s.unsatisfiable(ctx, name, offset, length)
		}
		return err
	})
	if resp, ok := response(err); ok && resp.Code == minio.NoSuchKey {
		err = archive.ErrNoObject
	}
	if err != nil {
		return nil, archive.Object{}, s.failed("read", name, err)
	}
	r.fail = func(err error) error { return s.failed("read", name, err) }
	return r, o, nil
}

// unsatisfiable has an object of which the server cannot send a range.
func (s *Store) unsatisfiable(ctx context.Context, name string, offset, length int64) (*reader, archive.Object, error) {
	o, err := s.stat(ctx, name)
	switch {
	case err == nil && offset < 0 && o.Size > 0:
		// Some servers do not send the last 10 bytes of 5.
		return s.get(ctx, name, max(offset, -o.Size), length)
	case err == nil && offset >= 0 && o.Size > offset:
		return nil, archive.Object{}, fmt.Errorf("the server refuses to send bytes from %d of %d bytes", offset, o.Size)
	}
	return &reader{}, o, err
}

func (s *Store) stat(ctx context.Context, name string) (archive.Object, error) {
	info, err := s.core.StatObject(ctx, s.bucket, s.key(name), minio.StatObjectOptions{})
	if err != nil {
		return archive.Object{}, err
	}
	return described(info, name, info.Size)
}

func described(info minio.ObjectInfo, name string, size int64) (archive.Object, error) {
	if size < 0 || info.ETag == "" {
		return archive.Object{}, errors.New("the server did not say how long the object is, or its ETag")
	}
	return archive.Object{Name: name, Size: size, ETag: info.ETag, Modified: info.LastModified.UTC()}, nil
}

// rangeHeader is the Range of a request, or "" for all of the object.
func rangeHeader(offset, length int64) string {
	switch {
	case offset == math.MinInt64, offset == 0 && length < 0:
		return ""
	case offset < 0:
		return fmt.Sprintf("bytes=%d", offset)
	case length < 0 || length > math.MaxInt64-offset:
		return fmt.Sprintf("bytes=%d-", offset)
	}
	return fmt.Sprintf("bytes=%d-%d", offset, offset+length-1)
}

func (s *Store) get(ctx context.Context, name string, offset, length int64) (*reader, archive.Object, error) {
	var opts minio.GetObjectOptions
	asked := rangeHeader(offset, length)
	if asked != "" {
		opts.Set("Range", asked)
	}
	body, info, header, err := s.core.GetObject(ctx, s.bucket, s.key(name), opts)
	if err != nil {
		return nil, archive.Object{}, err
	}
	first, n, size, err := sentRange(header)
	if err == nil {
		err = checkRange(asked, offset, length, first, n, size)
	}
	var o archive.Object
	if err == nil {
		o, err = described(info, name, size)
	}
	if err != nil {
		body.Close()
		return nil, archive.Object{}, err
	}
	r := &reader{body: body, left: n, ctx: ctx}
	if length >= 0 {
		r.left = min(length, n)
	}
	return r, o, nil
}

// sentRange reads which bytes an answer has: n from first, of size.
func sentRange(h http.Header) (first, n, size int64, err error) {
	cr := h.Get("Content-Range")
	if cr == "" {
		size, err = strconv.ParseInt(h.Get("Content-Length"), 10, 64)
		if err != nil || size < 0 {
			return 0, 0, 0, errors.New("the server did not say how long the object is")
		}
		return 0, size, size, nil
	}
	wrong := fmt.Errorf("the server sent the range %.100q", cr)
	r, ok := strings.CutPrefix(cr, "bytes ")
	r, total, ok2 := strings.Cut(r, "/")
	from, to, ok3 := strings.Cut(r, "-")
	if !ok || !ok2 || !ok3 {
		return 0, 0, 0, wrong
	}
	first, err1 := strconv.ParseInt(from, 10, 64)
	last, err2 := strconv.ParseInt(to, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	if errors.Join(err1, err2, err3) != nil || first < 0 || last < first || last >= size {
		return 0, 0, 0, wrong
	}
	return first, last - first + 1, size, nil
}

// checkRange tests that an answer has the bytes that were asked for, or those of them that
// the object has.
func checkRange(asked string, offset, length, first, n, size int64) error {
	want := offset
	if offset < 0 {
		want = max(0, size+offset) // no overflow: size is not negative
	}
	end := size
	if offset >= 0 && length >= 0 && length < size-want {
		end = want + length
	}
	if first != want || n != end-want {
		if asked == "" {
			asked = "all"
		}
		return fmt.Errorf("the server sent %d bytes from %d of %d bytes, asked for %s", n, first, size, asked)
	}
	return nil
}

// A reader reads a body of which the length is known. One that ends before is an error.
type reader struct {
	body io.ReadCloser // nil if nothing is left
	left int64
	ctx  context.Context
	fail func(error) error
}

func (r *reader) Read(p []byte) (int, error) {
	if r.left <= 0 {
		return 0, io.EOF
	}
	if int64(len(p)) > r.left {
		p = p[:r.left]
	}
	n, err := r.body.Read(p)
	r.left -= int64(n)
	switch {
	case r.left == 0:
		err = nil
	case err == io.EOF:
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		if r.ctx.Err() != nil {
			err = r.ctx.Err()
		}
		err = r.fail(fmt.Errorf("%d bytes before the end: %w", r.left, err))
	}
	return n, err
}

func (r *reader) Close() error {
	if r.body == nil {
		return nil
	}
	return r.body.Close()
}
