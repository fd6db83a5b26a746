package catalog_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/catalog"
)

func TestLacking(t *testing.T) {
	s := newFixture(t)
	lacks := func(what string, some, none bool) {
		t.Helper()
		bytes, gotNone, err := catalog.Lacking(t.Context(), s.a)
		if err != nil || bytes > 0 != some || gotNone != none {
			t.Errorf("%s: %d bytes, none %t, %v", what, bytes, gotNone, err)
		}
	}
	day := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	s.keep("https://a.example/1", "One", "2026-11-23", day, true)
	lacks("a journal", false, false)
	if _, err := s.w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	lacks("its segment, of which only the index is read", false, false)
	if _, err := s.c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.keep("https://a.example/2", "Two", "2026-11-24", day.Add(time.Hour), false)
	if _, err := s.w.Seal(t.Context()); err != nil {
		t.Fatal(err)
	}
	lacks("a segment", true, false)
	if _, err := s.c.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	lacks("nothing", false, false)
	segs, err := s.a.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{".jsonl.zst", ".journal"} { // until a writer cleans up, it has both names
		if err := os.Remove(filepath.Join(s.a.Dir(), "segments", segs[0].Name+end)); err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
	}
	lacks("a segment less", true, false)
	if err := s.c.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.a.Dir(), "catalog.sqlite"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	lacks("a damaged catalog", true, true)
}
