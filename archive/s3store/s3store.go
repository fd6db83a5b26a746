// Package s3store keeps the objects of an archive.Store in a bucket of Amazon S3, or of
// another server with its API that has conditional writes: If-None-Match and If-Match of
// PUT requests. archive.ProbeStore finds those that ignore the conditions.
//
// Each object is put with one PUT request, never in parts: the conditions get lost there.
// That limits an object to 5 GiB.
package s3store

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Options are settings of a store. The zero value has the usual ones.
type Options struct {
	// Tries is how often a request is made before its error is returned; 6 if zero.
	Tries int
	// Wait is the time before the second try; 200 ms if zero. It doubles with each.
	Wait time.Duration
	// Stall is how long a connection may transfer nothing before it is closed; a minute
	// if zero.
	Stall time.Duration
}

// A Store is an archive.Store in a bucket.
type Store struct {
	location
	o     Options
	core  minio.Core
	creds *credentials.Credentials
}

// Open returns the store of a URL, s3://BUCKET/PREFIX?endpoint=URL&region=NAME. It makes
// no request. The URL's parameters are:
//
//   - endpoint, the server: a host, or a URL of one. Else it is that of the variables
//     AWS_ENDPOINT_URL_S3 or AWS_ENDPOINT_URL, else Amazon's.
//   - region; else AWS_REGION or AWS_DEFAULT_REGION; else Amazon is asked for that of the
//     bucket, and other servers are in us-east-1.
//   - style=path or virtual: whether the bucket is in the path or in the name of the host.
//     Else the servers that are known to want the latter get it.
//   - insecure=true, which allows http:// to other machines than this one.
//
// Credentials are looked for in the variables AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and
// AWS_SESSION_TOKEN; MINIO_ACCESS_KEY (or MINIO_ROOT_USER) and its secret; in the profile
// AWS_PROFILE of ~/.aws/credentials and ~/.aws/config; and then in the services of EC2,
// ECS and EKS. They are read again when they expire, and when the server denies access.
func Open(rawURL string, o Options) (*Store, error) {
	l, err := parseURL(rawURL)
	if err != nil {
		return nil, err
	}
	if o.Tries <= 0 {
		o.Tries = 6
	}
	if o.Wait <= 0 {
		o.Wait = 200 * time.Millisecond
	}
	if o.Stall <= 0 {
		o.Stall = time.Minute
	}
	s := &Store{location: l, o: o, creds: newCredentials()}
	core, err := minio.NewCore(l.host, &minio.Options{
		Creds: s.creds, Secure: l.secure, Region: l.region, BucketLookup: l.lookup,
		Transport:  newTransport(o.Stall),
		MaxRetries: 1, // this package tries again itself
	})
	if err != nil {
		return nil, fmt.Errorf("open %s at %s: %w", s, l.host, err)
	}
	s.core = *core
	return s, nil
}

// String implements archive.Store.
func (s *Store) String() string { return strings.TrimSuffix("s3://"+s.bucket+"/"+s.prefix, "/") }

// Put implements archive.Store.
func (s *Store) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	var opts minio.PutObjectOptions
	opts.SetMatchETagExcept("*")
	return s.put(ctx, "put", name, body, size, opts)
}

// Replace implements archive.Store. When the answer to a request is lost, the object may
// have been replaced by it: then the next try finds ErrChanged.
func (s *Store) Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if !validETag(etag) {
		return archive.Object{}, s.failed("replace", name, archive.ErrChanged)
	}
	var opts minio.PutObjectOptions
	opts.SetMatchETag(etag)
	return s.put(ctx, "replace", name, body, size, opts)
}

// validETag reports whether an ETag can be that of an object. Others would be patterns or
// lists in a header.
func validETag(etag string) bool {
	for _, c := range []byte(etag) {
		if c <= ' ' || c > '~' || c == '"' || c == ',' || c == '*' {
			return false
		}
	}
	return etag != ""
}

func (s *Store) put(ctx context.Context, op, name string, body io.ReadSeeker, size int64, opts minio.PutObjectOptions) (archive.Object, error) {
	if err := archive.CheckObjectName(name); err != nil {
		return archive.Object{}, s.failed(op, name, err)
	}
	sums, err := hashBody(ctx, body, size)
	if err != nil {
		return archive.Object{}, s.failed(op, name, err)
	}
	opts.ContentType = "application/octet-stream"
	// The digests are sent, so that the server refuses a body that was altered on the way.
	// Other than the library's own ones, they are no trailers, which not all servers know.
	opts.DisableContentSha256 = true
	var info minio.UploadInfo
	err = s.try(ctx, func() error {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return bodyError{err}
		}
		b := &lentBody{r: io.LimitReader(body, size)}
		// The transport may read on after it has returned.
		defer b.takeBack()
		var err error
		info, err = s.core.PutObject(ctx, s.bucket, s.key(name), b, size, sums.md5, sums.sha256, opts)
		if err := b.takeBack(); err != nil {
			return bodyError{err}
		}
		return err
	})
	if err != nil {
		return archive.Object{}, s.failed(op, name, putError(op, err))
	}
	if info.ETag == "" {
		return archive.Object{}, s.failed(op, name, errors.New("the server stored the object, but returned no ETag"))
	}
	return archive.Object{Name: name, Size: size, ETag: info.ETag, Modified: time.Now().UTC()}, nil
}

// putError translates the answers to a condition that does not hold.
func putError(op string, err error) error {
	r, ok := response(err)
	switch {
	case !ok:
		return err
	case op == "put" && (r.StatusCode == 412 || r.Code == "PreconditionFailed"):
		return archive.ErrExists
	case op == "replace" && (r.StatusCode == 412 || r.Code == "PreconditionFailed" || r.Code == "NoSuchKey"):
		return archive.ErrChanged
	}
	return err
}

type bodySums struct{ md5, sha256 string }

// hashBody reads a body once before it is sent: one that is too short is not sent at all.
func hashBody(ctx context.Context, body io.ReadSeeker, size int64) (bodySums, error) {
	if size < 0 || size > maxObject {
		return bodySums{}, fmt.Errorf("an object of %d bytes: 0 to %d are allowed", size, int64(maxObject))
	}
	if err := ctx.Err(); err != nil {
		return bodySums{}, err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return bodySums{}, err
	}
	m, h := md5.New(), sha256.New()
	n, err := io.Copy(io.MultiWriter(m, h), io.LimitReader(body, size))
	if err == nil && n < size {
		err = fmt.Errorf("the body ends after %d of %d bytes: %w", n, size, io.ErrUnexpectedEOF)
	}
	return bodySums{base64.StdEncoding.EncodeToString(m.Sum(nil)), hex.EncodeToString(h.Sum(nil))}, err
}

// maxObject is what S3 takes with one request.
const maxObject = 5 << 30

// List implements archive.Store. A request that fails is made again from the last name.
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		if archive.CheckObjectName(prefix+"x") != nil && archive.CheckObjectName(prefix) != nil && prefix != "" {
			if err := ctx.Err(); err != nil {
				yield(archive.Object{}, s.failed("list", prefix, err))
			}
			return // no object has such a name
		}
		last, stopped := "", false
		for {
			before := last
			err := s.try(ctx, func() error {
				return s.listFrom(ctx, prefix, &last, func(o archive.Object) bool {
					stopped = !yield(o, nil)
					return !stopped
				})
			})
			if stopped || err == nil {
				return
			}
			// Each part of a long list has all tries.
			if last == before || !retryable(ctx, err) {
				yield(archive.Object{}, s.failed("list", prefix, err))
				return
			}
		}
	}
}

// maxEmptyPages bounds the answers to list requests that have no object.
const maxEmptyPages = 100

// listFrom lists the objects after last, which it advances. Names that are not in order are
// an error, so that a server cannot make it go on for ever.
func (s *Store) listFrom(ctx context.Context, prefix string, last *string, yield func(archive.Object) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	pages := &pageCount{left: maxEmptyPages}
	opts := minio.ListObjectsOptions{Prefix: s.key(prefix), Recursive: true, StartAfter: *last, FetchOwner: new(bool)}
	for info := range s.core.ListObjectsIter(context.WithValue(ctx, pageKey{}, pages), s.bucket, opts) {
		if info.Err != nil {
			return info.Err
		}
		pages.reset()
		if info.Key <= *last {
			return fmt.Errorf("the server lists the name %.200q after %.200q", info.Key, *last)
		}
		name, ok := strings.CutPrefix(info.Key, s.key(""))
		if !ok || !strings.HasPrefix(name, prefix) {
			return fmt.Errorf("the server lists the name %.200q, which does not begin with %q", info.Key, s.key(prefix))
		}
		*last = info.Key
		if archive.CheckObjectName(name) != nil {
			continue
		}
		if info.Size < 0 {
			return fmt.Errorf("the server lists %s with %d bytes", name, info.Size)
		}
		if !yield(archive.Object{Name: name, Size: info.Size, ETag: info.ETag, Modified: info.LastModified.UTC()}) {
			return nil
		}
	}
	return ctx.Err()
}

// Remove implements archive.Store.
func (s *Store) Remove(ctx context.Context, name string) error {
	if err := archive.CheckObjectName(name); err != nil {
		return s.failed("remove", name, err)
	}
	err := s.try(ctx, func() error {
		return s.core.RemoveObject(ctx, s.bucket, s.key(name), minio.RemoveObjectOptions{})
	})
	if r, ok := response(err); ok && (r.StatusCode == 200 || r.Code == minio.NoSuchKey) {
		err = nil
	}
	if err != nil {
		return s.failed("remove", name, err)
	}
	return nil
}

// key is the name in the bucket.
func (s *Store) key(name string) string { return s.prefix + name }
