package extsort_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/extsort"
)

// pairs returns entries with unique keys of different lengths, and a few large values.
func pairs(n int) (all [][2][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range n {
		size := r.IntN(60)
		if i%101 == 0 {
			size = 5000
		}
		value := bytes.Repeat([]byte{byte(i)}, size)
		all = append(all, [2][]byte{fmt.Appendf(nil, "%x-%d", r.Uint32()>>r.IntN(32), i), value})
	}
	return all
}

func sorted(t *testing.T, s *extsort.Sorter) (got [][2][]byte) {
	t.Helper()
	for e, err := range s.Merge(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, [2][]byte{bytes.Clone(e.Key), bytes.Clone(e.Value)})
	}
	return got
}

// TestMemory sorts with buffers from a few entries, which give hundreds of runs and
// several rounds of merges, to all of them.
func TestMemory(t *testing.T) {
	all := pairs(1200)
	want := slices.Clone(all)
	slices.SortFunc(want, func(a, b [2][]byte) int { return bytes.Compare(a[0], b[0]) })
	for _, test := range []struct{ memory, writers int }{{1, 1}, {600, 1}, {600, 3}, {20_000, 2}, {0, 1}, {0, 8}} {
		s := extsort.New(t.TempDir(), test.memory)
		var wg sync.WaitGroup
		for n := range test.writers {
			wg.Go(func() {
				w := s.Writer()
				key := []byte(nil) // is overwritten after Add
				for i := n; i < len(all); i += test.writers {
					key = append(key[:0], all[i][0]...)
					if err := w.Add(key, all[i][1]); err != nil {
						t.Error(err)
					}
				}
				if err := w.Close(); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		got := sorted(t, s)
		if !slices.EqualFunc(got, want, func(a, b [2][]byte) bool { return bytes.Equal(a[0], b[0]) && bytes.Equal(a[1], b[1]) }) {
			t.Errorf("memory %d, %d writers: %d entries are not those that were added, in order", test.memory, test.writers, len(got))
		}
	}
}

func TestEmpty(t *testing.T) {
	s := extsort.New(t.TempDir(), 0)
	if err := s.Writer().Close(); err != nil {
		t.Fatal(err)
	}
	if got := sorted(t, s); len(got) != 0 {
		t.Errorf("got %d entries", len(got))
	}
}

func TestCancel(t *testing.T) {
	s := filled(t, t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, err := range s.Merge(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		return
	}
	t.Error("nothing was yielded")
}

// filled returns a sorter with many runs in a folder.
func filled(t *testing.T, dir string) *extsort.Sorter {
	t.Helper()
	s := extsort.New(dir, 2000)
	w := s.Writer()
	for _, p := range pairs(1000) {
		if err := w.Add(p[0], p[1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return s
}

// TestDamage changes and cuts a temporary file: the merge returns an error.
func TestDamage(t *testing.T) {
	for name, damage := range map[string]func(b []byte) []byte{
		"cut":     func(b []byte) []byte { return b[:len(b)/2] },
		"changed": func(b []byte) []byte { b[len(b)/2] ^= 0x55; return b },
	} {
		dir := t.TempDir()
		s := filled(t, dir)
		file := filepath.Join(dir, "run-000003")
		b, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, damage(b), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, err = range s.Merge(t.Context()) {
			if err != nil {
				break
			}
		}
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
