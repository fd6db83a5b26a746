// Package storetest tests implementations of archive.Store, and has one in memory for
// the tests of what stands on it.
package storetest

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// A Memory is an archive.Store in memory. The zero value is an empty one.
type Memory struct {
	// Fail is called before each request with its kind, "put", "replace", "read", "list"
	// or "remove", and the name or prefix. What it returns is the answer. It may be nil.
	Fail func(kind, name string) error

	mu       sync.Mutex
	objects  map[string]object
	changes  int
	requests map[string]int
}

type object struct {
	archive.Object
	body []byte
}

// Requests counts the requests so far by kind.
func (m *Memory) Requests() map[string]int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return maps.Clone(m.requests)
}

// Names lists the names of all objects.
func (m *Memory) Names() []string {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.objects))
}

// Set stores an object, whatever is there: what somebody else did to the store.
func (m *Memory) Set(name string, body []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.set(name, bytes.Clone(body))
}

// Bytes returns the content of an object, nil if there is none.
func (m *Memory) Bytes(name string) []byte {
	m.mu.Lock()
	defer m.mu.Unlock()
	return bytes.Clone(m.objects[name].body)
}

func (m *Memory) set(name string, body []byte) archive.Object {
	if m.objects == nil {
		m.objects = map[string]object{}
	}
	m.changes++
	o := archive.Object{Name: name, Size: int64(len(body)), ETag: fmt.Sprintf("\"%d\"", m.changes), Modified: time.Now()}
	m.objects[name] = object{o, body}
	return o
}

func (m *Memory) begin(ctx context.Context, kind, name string) error {
	m.mu.Lock()
	if m.requests == nil {
		m.requests = map[string]int{}
	}
	m.requests[kind]++
	m.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	if m.Fail != nil {
		if err := m.Fail(kind, name); err != nil {
			return fmt.Errorf("%s %s: %w", kind, name, err)
		}
	}
	return nil
}

func readBody(name string, body io.ReadSeeker, size int64) ([]byte, error) {
	if err := archive.CheckObjectName(name); err != nil {
		return nil, err
	}
	if size < 0 {
		return nil, fmt.Errorf("object %s of %d bytes", name, size)
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(body, size))
	if err == nil && int64(len(b)) < size {
		err = io.ErrUnexpectedEOF
	}
	return b, err
}

// Put implements archive.Store.
func (m *Memory) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if err := m.begin(ctx, "put", name); err != nil {
		return archive.Object{}, err
	}
	b, err := readBody(name, body, size)
	if err != nil {
		return archive.Object{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.objects[name]; ok {
		return archive.Object{}, fmt.Errorf("put %s: %w", name, archive.ErrExists)
	}
	return m.set(name, b), nil
}

// Replace implements archive.Store.
func (m *Memory) Replace(ctx context.Context, name, etag string, body io.ReadSeeker, size int64) (archive.Object, error) {
	if err := m.begin(ctx, "replace", name); err != nil {
		return archive.Object{}, err
	}
	b, err := readBody(name, body, size)
	if err != nil {
		return archive.Object{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if o, ok := m.objects[name]; !ok || o.ETag != etag {
		return archive.Object{}, fmt.Errorf("replace %s: %w", name, archive.ErrChanged)
	}
	return m.set(name, b), nil
}

// ReadRange implements archive.Store.
func (m *Memory) ReadRange(ctx context.Context, name string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if err := m.begin(ctx, "read", name); err != nil {
		return nil, archive.Object{}, err
	}
	if err := archive.CheckObjectName(name); err != nil {
		return nil, archive.Object{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	o, ok := m.objects[name]
	if !ok {
		return nil, archive.Object{}, fmt.Errorf("read %s: %w", name, archive.ErrNoObject)
	}
	if offset < 0 {
		offset = max(0, o.Size+offset)
	}
	b := o.body[min(offset, o.Size):]
	if length >= 0 {
		b = b[:min(length, int64(len(b)))]
	}
	return io.NopCloser(bytes.NewReader(b)), o.Object, nil
}

// List implements archive.Store.
func (m *Memory) List(ctx context.Context, prefix string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) {
		if err := m.begin(ctx, "list", prefix); err != nil {
			yield(archive.Object{}, err)
			return
		}
		for _, name := range m.Names() {
			m.mu.Lock()
			o, ok := m.objects[name]
			m.mu.Unlock()
			if ok && strings.HasPrefix(name, prefix) && archive.CheckObjectName(name) == nil && !yield(o.Object, nil) {
				return
			}
		}
	}
}

// Remove implements archive.Store.
func (m *Memory) Remove(ctx context.Context, name string) error {
	if err := m.begin(ctx, "remove", name); err != nil {
		return err
	}
	if err := archive.CheckObjectName(name); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.objects, name)
	return nil
}

// String implements archive.Store.
func (m *Memory) String() string { return "memory" }
