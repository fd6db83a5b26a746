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
