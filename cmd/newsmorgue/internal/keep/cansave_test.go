package keep_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

func TestCanSave(t *testing.T) {
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer ar.Close()
	before, _ := os.ReadDir(ar.Dir())
	if err := keep.CanSave(ar); err != nil {
		t.Error(err)
	}
	if after, _ := os.ReadDir(ar.Dir()); len(after) != len(before) {
		t.Errorf("a file was left: %v", after)
	}
	if err := os.RemoveAll(ar.Dir()); err != nil {
		t.Fatal(err)
	}
	if keep.CanSave(ar) == nil {
		t.Error("of an archive that is gone, got no error")
	}
}
