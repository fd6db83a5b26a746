package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// An endsAfter is a context that is canceled when it was asked so many times whether
// it is.
type endsAfter struct {
	context.Context
	cancel func()
	left   atomic.Int64 // several goroutines ask
}

func (c *endsAfter) Err() error {
	if c.left.Add(-1) == 0 {
		c.cancel()
	}
	return c.Context.Err()
}

// TestInterruptedOpening: opening that rebuilds the catalog ends with its context, in the
// middle of the records. Nothing of it is used or left behind, and the next one has all.
func TestInterruptedOpening(t *testing.T) {
	const n = 700 // more than are added in one transaction
	age := func(t *testing.T, path string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec("PRAGMA user_version = 1"); err != nil {
			t.Fatal(err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(t *testing.T, path string) {
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
	}
	s := newFixture(t)
	for i := range n {
		s.keep(fmt.Sprintf("https://a.example/%d", i), "Story", "", day, true)
	}
	path := filepath.Join(s.a.Dir(), "catalog.sqlite")
	for _, c := range []struct {
		name  string
		spoil func(*testing.T, string)
		open  func(context.Context, *archive.Archive) (*catalog.Catalog, error)
	}{
		{"an earlier schema", age, catalog.Open},
		{"missing", remove, catalog.Open},
		{"read only, an earlier schema", age, catalog.OpenReadOnly},
		{"read only, missing", remove, catalog.OpenReadOnly},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := s.c.Close(); err != nil {
				t.Fatal(err)
			}
			c.spoil(t, path)
			parent, cancel := context.WithCancel(context.Background())
			defer cancel()
			// Each article has two records; most are in the catalog by then.
			ctx := &endsAfter{Context: parent, cancel: cancel}
			ctx.left.Store(3 * n / 2)
			var err error
			if s.c, err = c.open(ctx, s.a); !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that it is canceled", err)
			}
			if left := ctx.left.Load(); left > 0 {
				t.Errorf("it was asked %d times too few: nothing was interrupted", left)
			}
			if left, err := filepath.Glob(filepath.Join(s.a.Dir(), ".catalog-*")); err != nil || len(left) > 0 {
				t.Errorf("it left %q, %v", left, err)
			}
			if s.c, err = c.open(context.Background(), s.a); err != nil {
				t.Fatal(err)
			}
			if _, err := s.c.CatchUp(context.Background()); err != nil {
				t.Fatal(err)
			}
			if got := s.titles(catalog.Filter{}); len(got) != n {
				t.Errorf("the next one has %d stories, want %d", len(got), n)
			}
		})
	}
}

// TestInterruptedWait: who waits for the rebuild of another process can be interrupted.
func TestInterruptedWait(t *testing.T) {
	s := newFixture(t)
	if err := os.Remove(filepath.Join(s.a.Dir(), "catalog.sqlite")); err != nil {
		t.Fatal(err)
	}
	unlock, err := s.a.LockDerived(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error)
	go func() {
		c, err := catalog.Open(ctx, s.a)
		if err == nil {
			c.Close()
		}
		ended <- err
	}()
	select {
	case err := <-ended:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	cancel()
	if err := <-ended; !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it is canceled", err)
	}
	unlock()
	c, err := catalog.Open(context.Background(), s.a)
	if err != nil {
		t.Fatal(err)
	}
	c.Close()
}
