package archive

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
)

// Errors of a Store that callers distinguish. Any other error may be gone at the next
// try: the store was not reached, or did not answer as it should.
var (
	ErrNoObject = errors.New("no such object")
	ErrExists   = errors.New("object exists already")
	ErrChanged  = errors.New("object was changed by somebody else")
	ErrDenied   = errors.New("access to the store is denied")
	// ErrUnsafeStore is what ProbeStore returns for a store that breaks its promises.
	ErrUnsafeStore = errors.New("the store ignores the conditions of writes")
)

// An Object is what a Store says about one of its objects.
type Object struct {
	Name     string
	Size     int64     // bytes
	ETag     string    // differs after each change; not a digest of the content
	Modified time.Time // by the store's clock
}

// A Store keeps objects by name, as an S3 bucket or a folder does. It is safe for use by
// many goroutines and processes. Package storetest is its conformance suite.
type Store interface {
	// Put stores an object if there is none of that name, with one request. It returns
	// ErrExists if there is one, which may be what an earlier try of the same Put has
	// stored. It reads size bytes from the beginning of body, perhaps more than once.
	Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (Object, error)
	// Replace replaces the object that has an ETag. It returns ErrChanged if the object
	// has another one by now, or if there is none.
	Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (Object, error)
	// ReadRange reads length bytes of an object from an offset, with one request. A
	// negative offset counts from the end; a negative length is everything from there.
	// Less comes where the object ends, also nothing. The Object is the whole one. It
	// returns ErrNoObject if there is none. The reader must be closed.
	ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, Object, error)
	// List lists the objects whose names begin with prefix, in the order of the bytes of
	// their names. It leaves out those whose names CheckObjectName does not accept.
	List(ctx context.Context, prefix string) iter.Seq2[Object, error]
	// Remove removes an object. It is no error if there is none.
	Remove(ctx context.Context, name string) error
	// String says where the store is, without credentials: "s3://bucket/prefix".
	String() string
}

// maxObjectName is the longest name of an object, in bytes. S3 allows 1024, the prefix
// of the store included.
const maxObjectName = 512

// CheckObjectName returns an error for a name that an object of a Store must not have.
// Names are parts of letters, digits and "._=-", joined by slashes; no part begins with
// a full stop.
func CheckObjectName(name string) error {
	if len(name) == 0 || len(name) > maxObjectName {
		return fmt.Errorf("object name of %d bytes: 1 to %d are allowed", len(name), maxObjectName)
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || part[0] == '.' {
			return fmt.Errorf("object name %q: a part is empty or begins with a full stop", name)
		}
		for _, c := range []byte(part) {
			if c|0x20 < 'a' || c|0x20 > 'z' {
				if (c < '0' || c > '9') && !strings.ContainsRune("._=-", rune(c)) {
					return fmt.Errorf("object name %q: only letters, digits and ._=- are allowed", name)
				}
			}
		}
	}
	return nil
}

// SubStore returns the part of a store whose names begin with prefix, such as
// "shards/07/", as a store of its own.
func SubStore(s Store, prefix string) Store { return subStore{s, prefix} }

type subStore struct {
	s      Store
	prefix string
}

func (s subStore) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (Object, error) {
	return s.named(s.s.Put(ctx, s.prefix+name, body, size))
}

func (s subStore) Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (Object, error) {
	return s.named(s.s.Replace(ctx, s.prefix+name, etag, body, size))
}

func (s subStore) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, Object, error) {
	r, o, err := s.s.ReadRange(ctx, s.prefix+name, offset, length)
	o, err = s.named(o, err)
	return r, o, err
}

func (s subStore) List(ctx context.Context, prefix string) iter.Seq2[Object, error] {
	return func(yield func(Object, error) bool) {
		for o, err := range s.s.List(ctx, s.prefix+prefix) {
			if !yield(s.named(o, err)) {
				return
			}
		}
	}
}

func (s subStore) Remove(ctx context.Context, name string) error {
	return s.s.Remove(ctx, s.prefix+name)
}

func (s subStore) String() string {
	return strings.TrimSuffix(s.s.String(), "/") + "/" + strings.TrimSuffix(s.prefix, "/")
}

// named gives an object the name that it has in the part.
func (s subStore) named(o Object, err error) (Object, error) {
	o.Name = strings.TrimPrefix(o.Name, s.prefix)
	return o, err
}
