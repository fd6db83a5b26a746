package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

func namesIn(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

// TestTwoExports begins an export where another one is being written.
func TestTwoExports(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	first, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := first.WriteFile("a.txt", []byte("a")); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Create(dir); !errors.Is(err, folder.ErrBusy) {
		t.Errorf("the second export got %v, want ErrBusy", err)
	}
	if err := first.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := namesIn(t, dir); len(got) != 2 || got[0] != "SHA256SUMS" || got[1] != "a.txt" {
		t.Errorf("the folder has %v", got)
	}
	second, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Discard(); err != nil {
		t.Fatal(err)
	}
	if n, wrong, err := folder.Verify(dir); n != 1 || len(wrong) > 0 || err != nil {
		t.Errorf("after a discarded export: %d files, %v, %v", n, wrong, err)
	}
}

// TestKilled begins an export where a killed one left its hidden folder and its lock file.
func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	left := filepath.Join(dir, ".newsmorgue-export-123")
	if err := os.MkdirAll(left, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{filepath.Join(left, "half.jsonl"), filepath.Join(dir, ".newsmorgue-export.lock")} {
		if err := os.WriteFile(name, []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	d, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(left); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is still there", left)
	}
	if err := d.Discard(); err != nil {
		t.Fatal(err)
	}
	if got := namesIn(t, dir); len(got) > 0 {
		t.Errorf("the folder has %v", got)
	}
}
