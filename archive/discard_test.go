package archive_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
)

// Only an archive without a record, and without anything of others, is removed.
func TestDiscard(t *testing.T) {
	for _, c := range []struct {
		name  string
		fill  func(t *testing.T, a *archive.Archive)
		isNew bool // the folder
		want  bool
	}{
		{"empty", func(*testing.T, *archive.Archive) {}, true, true},
		{"in a folder that was there", func(*testing.T, *archive.Archive) {}, false, true},
		{"a lock of an import", func(t *testing.T, a *archive.Archive) {
			unlock, err := a.LockImport()
			if err != nil {
				t.Fatal(err)
			}
			unlock()
		}, true, true},
		{"an import goes on", func(t *testing.T, a *archive.Archive) {
			unlock, err := a.LockImport()
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(unlock)
		}, true, false},
		{"a site was crawled", func(t *testing.T, a *archive.Archive) {
			unlock, err := a.LockSite("a.example")
			if err != nil {
				t.Fatal(err)
			}
			unlock()
		}, true, false},
		{"a record", func(t *testing.T, a *archive.Archive) {
			w, err := a.NewWriter()
			if err != nil {
				t.Fatal(err)
			}
			rec := archive.NewRecord("warcinfo", time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC))
			rec.Set("Content-Type", "application/warc-fields")
			if _, err := w.Append(t.Context(), rec); err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
		}, true, false},
		{"settings", func(t *testing.T, a *archive.Archive) {
			if err := os.WriteFile(filepath.Join(a.Dir(), "sites.toml"), nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "news")
			if !c.isNew {
				if err := os.Mkdir(dir, 0o700); err != nil {
					t.Fatal(err)
				}
			}
			a, err := archive.Create(dir, "newsmorgue/test")
			if err != nil {
				t.Fatal(err)
			}
			c.fill(t, a)
			if err := a.Close(); err != nil {
				t.Fatal(err)
			}
			got, err := archive.Discard(dir, c.isNew)
			if err != nil || got != c.want {
				t.Errorf("got %v, %v", got, err)
			}
			_, err = archive.Open(dir)
			if (err == nil) != !c.want {
				t.Errorf("the archive is there: %v", err)
			}
			left, err := os.ReadDir(dir)
			if c.want && (len(left) > 0 || (err == nil) == c.isNew) {
				t.Errorf("left: %v, %v", left, err)
			}
		})
	}
}
