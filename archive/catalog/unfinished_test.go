package catalog_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

// A build that is killed leaves a catalog with the words of pages, which may be erased
// later. The next build removes it.
func TestBuildsRemoveUnfinishedOnes(t *testing.T) {
	s := newFixture(t)
	s.keep("https://a.example/1", "Story", "2026-01-01", day, true)
	left := filepath.Join(s.a.Dir(), ".catalog-123")
	leave := func() {
		t.Helper()
		if err := os.Mkdir(left, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(left, "catalog.sqlite"), []byte("words"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	leave()
	if err := s.c.Rebuild(context.Background()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("a rebuild left it")
		os.RemoveAll(left)
	}
	leave()
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(s.a.Dir(), "catalog.sqlite")); err != nil {
		t.Fatal(err)
	}
	var err error
	if s.c, err = catalog.Open(context.Background(), s.a); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); err == nil {
		t.Error("opening a catalog that was missing left it")
	}
}
