package folder_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
)

// written makes a dataset of some files, each with its own name as content.
func written(t *testing.T, dir string, names ...string) *folder.Folder {
	t.Helper()
	d, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if err := d.WriteFile(name, []byte(name)); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

// files lists the files of a folder, hidden ones, too.
func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(p string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			var name string
			name, err = filepath.Rel(dir, p)
			names = append(names, filepath.ToSlash(name))
		}
		return err
	})
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return names
}

func TestCommit(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	d := written(t, dir, "a.csv", "media/12/x.png")
	if visible := files(t, dir); slices.Contains(visible, "a.csv") {
		t.Errorf("before Commit: %q", visible)
	}
	if err := d.Rename("a.csv", "b.csv"); err != nil {
		t.Fatal(err)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), []string{"SHA256SUMS", "b.csv", "media/12/x.png"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n, wrong, err := folder.Verify(dir); n != 2 || len(wrong) > 0 || err != nil {
		t.Errorf("verify: got %d, %q, %v", n, wrong, err)
	}

	// The next one replaces it; empty folders go.
	d = written(t, dir, "c.csv")
	if got := d.Earlier(); !slices.Equal(got, []string{"b.csv", "media/12/x.png"}) {
		t.Errorf("earlier: got %q", got)
	}
	if err := d.Commit(); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, dir), []string{"SHA256SUMS", "c.csv"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := os.Stat(filepath.Join(dir, "media")); err == nil {
		t.Error("an empty folder was left")
	}
}

// What is not committed leaves nothing, and no folder that was not there.
func TestDiscard(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := written(t, dir, "a.csv").Discard(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); err == nil {
		t.Error("the folder was left")
	}
	if err := written(t, dir, "a.csv").Commit(); err != nil {
		t.Fatal(err)
	}
	before := files(t, dir)
	if err := written(t, dir, "a.csv", "b.csv").Discard(); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !slices.Equal(got, before) {
		t.Errorf("got %q, want %q", got, before)
	}
}

// A link to a folder stays, as does the folder.
func TestLink(t *testing.T) {
	real, link := filepath.Join(t.TempDir(), "data"), filepath.Join(t.TempDir(), "link")
	if err := written(t, real, "a.csv").Commit(); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(real, link); err != nil {
		t.Skip(err)
	}
	if err := written(t, link, "b.csv").Commit(); err != nil {
		t.Fatal(err)
	}
	if got, want := files(t, link+"/."), []string{"SHA256SUMS", "b.csv"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestForeign(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "thesis.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Create(dir); !errors.Is(err, folder.ErrForeign) || !strings.Contains(err.Error(), "thesis.txt") {
		t.Errorf("got %v", err)
	}
	if got := files(t, dir); !slices.Equal(got, []string{"thesis.txt"}) {
		t.Errorf("got %q", got)
	}
}

func TestVerify(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := written(t, dir, "changed", "lost", "same").Commit(); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"changed": "x", "more": "x"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(dir, "lost")); err != nil {
		t.Fatal(err)
	}
	n, wrong, err := folder.Verify(dir)
	if want := []string{"changed differs from what was exported", "lost is missing", "more was not exported"}; n != 3 || err != nil || !slices.Equal(wrong, want) {
		t.Errorf("got %d, %q, %v", n, wrong, err)
	}
	// Checksums of another place are no files of the dataset.
	sums := strings.Repeat("0", 64) + "  ../secret\n"
	if err := os.WriteFile(filepath.Join(dir, folder.Sums), []byte(sums), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, wrong, err := folder.Verify(dir); err != nil || len(wrong) != 1 || !strings.Contains(wrong[0], "../secret") {
		t.Errorf("got %q, %v", wrong, err)
	}
	if _, err := folder.Create(dir); err == nil {
		t.Error("a folder with such checksums was taken for an export")
	}
}
