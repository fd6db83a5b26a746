package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A catalog whose file is damaged is no loss: commands say how to rebuild it, and it can
// be.
func TestDamagedCatalogIsRebuilt(t *testing.T) {
	dir := demoArchive(t)
	path := filepath.Join(dir, "catalog.sqlite")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) / 2; i < len(b); i++ { // a catalog that cannot be opened would be rebuilt at once
		b[i] ^= 0x55
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_TRUNC, 0)
	if err == nil {
		_, err = f.Write(b)
	}
	if err != nil || f.Close() != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"search", "harbour"}, {"stats"}, {"verify"}} {
		_, errs, code := newsmorgue(t, append(args, "-a", dir)...)
		if code != exitDamaged || !strings.Contains(errs, "hint: newsmorgue reindex rebuilds the catalog") {
			t.Errorf("%s: got exit %d, %s", args, code, errs)
		}
	}
	if _, errs, code := newsmorgue(t, "reindex", "-a", dir); code != exitDone {
		t.Fatalf("reindex: exit %d, %s", code, errs)
	}
	if out, errs, code := newsmorgue(t, "search", "harbour", "-a", dir); code != exitDone || !strings.Contains(out, "harbour") {
		t.Errorf("search: got exit %d, %s, %s", code, out, errs)
	}
	if _, errs, code := newsmorgue(t, "verify", "-a", dir); code != exitDone {
		t.Errorf("verify: got exit %d, %s", code, errs)
	}
}

// demoArchive is the archive of the demo site.
func demoArchive(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "demo")
	if _, errs, code := newsmorgue(t, "demo", "-a", dir, "-q"); code != 0 {
		t.Fatalf("demo: exit %d: %s", code, errs)
	}
	return dir
}

// Records that could not be read when the catalog was built are missing in it: who reads
// the archive is told so, until it is repaired.
func TestUnreadableRecordsAreSaid(t *testing.T) {
	dir := demoArchive(t)
	segments, err := filepath.Glob(filepath.Join(dir, "segments", "*.zst"))
	if err != nil || len(segments) == 0 {
		t.Fatalf("got %q, %v", segments, err)
	}
	if _, errs, code := newsmorgue(t, "list", "-a", dir); code != exitDone || strings.Contains(errs, "cannot be read") {
		t.Errorf("before: got exit %d, %s", code, errs)
	}
	b, err := os.ReadFile(segments[0])
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 {
		b[len(b)/3+i] ^= 0x55
	}
	if err := os.Remove(segments[0]); err != nil { // it is read-only
		t.Fatal(err)
	}
	if err := os.WriteFile(segments[0], b, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "catalog.sqlite")); err != nil {
		t.Fatal(err)
	}
	for range 2 { // also when it is not built anew
		if _, errs, code := newsmorgue(t, "list", "-a", dir); code != exitDone || !strings.Contains(errs, "of this archive cannot be read, and are left out; newsmorgue verify lists the damage") {
			t.Errorf("got exit %d, %s", code, errs)
		}
	}
	if _, errs, _ := newsmorgue(t, "list", "-q", "-a", dir); errs != "" {
		t.Errorf("with -q: got %s", errs)
	}
	_, _, _ = newsmorgue(t, "repair", "-a", dir)
	if _, errs, _ := newsmorgue(t, "list", "-a", dir); strings.Contains(errs, "cannot be read") {
		t.Errorf("after the repair: got %s", errs)
	}
}
