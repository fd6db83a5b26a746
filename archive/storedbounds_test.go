package archive_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"math/rand/v2"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// TestStoredMany reads 64 stores by one archive with a small cache, in many goroutines.
func TestStoredMany(t *testing.T) {
	const stores = 64
	m := &storetest.Memory{}
	want := map[string]archive.Digest{}
	var parts []archive.Store
	r := rand.New(rand.NewPCG(4, 4))
	for i := range stores {
		prefix := fmt.Sprintf("shards/%02d/", i)
		a, err := archive.Create(t.TempDir(), "test")
		if err != nil {
			t.Fatal(err)
		}
		w, err := a.NewWriter()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Append(t.Context(), aPage(r, fmt.Sprintf("https://%d.example/", i), 30<<10)...); err != nil {
			t.Fatal(err)
		}
		name, err := w.Seal(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(segmentPath(a, name, ".jsonl.zst"))
		if err != nil {
			t.Fatal(err)
		}
		m.Set(prefix+archive.StoredName(name), b)
		maps.Copy(want, everything(t, a))
		parts = append(parts, archive.SubStore(m, prefix))
	}
	a, err := archive.Create(t.TempDir(), "test")
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	cache := archive.NewCache(200 << 10)
	a.UseCache(cache)
	if err := a.Attach(t.Context(), parts...); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if got := everything(t, a); !maps.Equal(got, want) {
				t.Errorf("got %d records, want %d", len(got), len(want))
			}
		})
	}
	wg.Wait()
	if n := cache.Bytes(); n > 200<<10 {
		t.Errorf("the cache has %d bytes", n)
	}
	if err := a.Refresh(t.Context()); err != nil || len(namesOf(t, a)) != stores {
		t.Errorf("%d segments, %v", len(namesOf(t, a)), err)
	}
	// One of many that is denied: the listing stays as it was.
	m.Fail = func(kind, name string) error {
		if kind == "list" && strings.HasPrefix(name, "shards/40/") {
			return archive.ErrDenied
		}
		return nil
	}
	if err := a.Refresh(t.Context()); !errors.Is(err, archive.ErrDenied) || !strings.Contains(err.Error(), "shards/40") || len(namesOf(t, a)) != stores {
		t.Errorf("%d segments, %v", len(namesOf(t, a)), err)
	}
}

// A liar is a store that claims sizes, and sends zeros or what it is told.
type liar struct {
	*storetest.Memory
	size int64
	tail []byte // the last bytes
}

const lied = "20261123T180000Z-5f1c09ab"

func (s liar) object() archive.Object {
	return archive.Object{Name: archive.StoredName(lied), Size: s.size, ETag: "1"}
}

func (s liar) List(context.Context, string) iter.Seq2[archive.Object, error] {
	return func(yield func(archive.Object, error) bool) { yield(s.object(), nil) }
}

func (s liar) ReadRange(_ context.Context, _ string, offset, length int64) (io.ReadCloser, archive.Object, error) {
	if from := s.size - int64(len(s.tail)); offset <= from && from < offset+length {
		return io.NopCloser(io.MultiReader(io.LimitReader(zeros{}, from-offset), bytes.NewReader(s.tail))), s.object(), nil
	}
	return io.NopCloser(io.LimitReader(zeros{}, min(length, 1<<20))), s.object(), nil // and no more
}

type zeros struct{}

func (zeros) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestStoredClaims: what a store or an index claims takes neither memory nor time.
func TestStoredClaims(t *testing.T) {
	le := func(n uint64, bytes int) (b []byte) {
		for range bytes {
			b, n = append(b, byte(n)), n>>8
		}
		return b
	}
	trailer := func(size, index uint64) []byte {
		return slices.Concat(le(index, 8), le(size, 8), le(0, 4), []byte("NMX1"))
	}
	for what, s := range map[string]liar{
		"a terabyte":               {size: 1 << 40},
		"a gigabyte of zeros":      {size: 1 << 30},
		"an index of a gigabyte":   {size: 2 << 30, tail: trailer(2<<30, 1<<30)},
		"an index of an exabyte":   {size: 2 << 30, tail: trailer(2<<30, 1<<60)},
		"an index of all its size": {size: 2 << 30, tail: trailer(2<<30, 2<<30-32)},
	} {
		s.Memory = &storetest.Memory{}
		a := elsewhere(t, s)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := a.Record(t.Context(), lied, "x")
		runtime.ReadMemStats(&after)
		if err == nil {
			t.Errorf("%s: no error", what)
		}
		if n := after.TotalAlloc - before.TotalAlloc; n > 200<<20 {
			t.Errorf("%s: took %d bytes of memory", what, n)
		}
	}
}
