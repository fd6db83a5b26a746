package dataset_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive/dataset"
	"github.com/newsmorgue/newsmorgue/archive/dataset/recipe"
)

// TestFullDisk exports to a disk that is too small for the temporary files, or only for
// the dataset.
func TestFullDisk(t *testing.T) {
	a, c := small(t)
	for _, size := range []string{"64k", "256k", "700k"} {
		disk := t.TempDir()
		if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size="+size); err != nil {
			t.Skip("cannot mount a small disk:", err)
		}
		t.Cleanup(func() {
			if err := syscall.Unmount(disk, 0); err != nil {
				t.Error(err)
			}
		})
		for _, format := range []string{"jsonl", "parquet", "sqlite", "csv"} {
			dir := filepath.Join(disk, "out")
			_, err := dataset.Export(t.Context(), a, c, dataset.Options{Recipe: recipe.Recipe{Format: format, Choice: recipe.Choice{Clusters: true}}, Dir: dir, Memory: 20_000})
			if err == nil {
				t.Errorf("%s on %s: no error", format, size)
			} else if !errors.Is(err, syscall.ENOSPC) && !strings.Contains(err.Error(), "full") {
				t.Errorf("%s on %s: %v", format, size, err)
			}
			if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("%s on %s: %s is still there", format, size, dir)
			}
		}
	}
}
