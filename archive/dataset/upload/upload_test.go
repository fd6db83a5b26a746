package upload_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dataset/folder"
	"github.com/newsmorgue/newsmorgue/archive/dataset/upload"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

// dataset writes a folder with some parts.
func dataset(t *testing.T, body string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "out")
	f, err := folder.Create(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"month=2026-01/shard=00/articles.parquet", "month=2026-01/shard=07/articles.parquet", "month=2026-02/shard=00/articles.parquet", "datapackage.json", "README.md"} {
		path, err := f.Path(name)
		if err == nil {
			err = os.WriteFile(path, []byte(name+body), 0o644)
		}
		if err == nil {
			err = f.Add(folder.File{Name: name})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Commit(); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestUpload stores parts, then what describes them, then the checksums; again, it stores
// nothing.
func TestUpload(t *testing.T) {
	dir := dataset(t, "")
	var mu sync.Mutex
	var puts []string
	m := &storetest.Memory{Fail: func(kind, name string) error {
		mu.Lock()
		defer mu.Unlock()
		if kind == "put" {
			puts = append(puts, name)
		}
		return nil
	}}
	r, err := upload.Upload(t.Context(), m, dir)
	if err != nil || r.Files != 6 || r.Had != 0 || r.Bytes == 0 {
		t.Fatalf("got %+v, %v", r, err)
	}
	for i, name := range puts {
		if part := strings.HasPrefix(name, "month="); part != (i < 3) || (name == folder.Sums) != (i == 5) {
			t.Errorf("stored in the order %q", puts)
		}
	}
	for _, name := range m.Names() {
		want, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
		if err != nil || string(m.Bytes(name)) != string(want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if r, err := upload.Upload(t.Context(), m, dir); err != nil || r.Files != 0 || r.Had != 6 || len(puts) != 6 {
		t.Errorf("again: got %+v, %v", r, err)
	}
}

// TestInterrupted: an upload that failed goes on, and readers see no checksums before all
// is there.
func TestInterrupted(t *testing.T) {
	dir := dataset(t, "")
	away := errors.New("away")
	for _, fails := range []string{"month=2026-02/shard=00/articles.parquet", "README.md", folder.Sums} {
		m := &storetest.Memory{Fail: func(kind, name string) error {
			if kind == "put" && name == fails {
				return away
			}
			return nil
		}}
		if _, err := upload.Upload(t.Context(), m, dir); !errors.Is(err, away) {
			t.Errorf("got %v", err)
		}
		if slices.Contains(m.Names(), folder.Sums) {
			t.Error("the checksums are stored")
		}
		before := len(m.Names())
		m.Fail = nil
		if r, err := upload.Upload(t.Context(), m, dir); err != nil || r.Files+r.Had != 6 || r.Had != before || len(m.Names()) != 6 {
			t.Errorf("again: got %+v, %v", r, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := upload.Upload(ctx, &storetest.Memory{}, dir); !errors.Is(err, context.Canceled) {
		t.Errorf("canceled: got %v", err)
	}
}

// TestOther: what is in the store stays.
func TestOther(t *testing.T) {
	dir := dataset(t, "")
	for _, c := range []struct {
		name string
		set  func(m *storetest.Memory)
	}{
		{"another dataset", func(m *storetest.Memory) {
			if _, err := upload.Upload(t.Context(), m, dataset(t, "other")); err != nil {
				t.Fatal(err)
			}
		}},
		{"another file", func(m *storetest.Memory) { m.Set("archive.json", []byte("{}")) }},
		{"another part", func(m *storetest.Memory) { m.Set("month=2026-01/shard=00/articles.parquet", []byte("x")) }},
		{"longer checksums", func(m *storetest.Memory) { m.Set(folder.Sums, make([]byte, 1<<20)) }},
	} {
		m := &storetest.Memory{}
		c.set(m)
		before := m.Names()
		if _, err := upload.Upload(t.Context(), m, dir); !errors.Is(err, upload.ErrOther) {
			t.Errorf("%s: got %v", c.name, err)
		}
		if c.name != "another part" && !slices.Equal(m.Names(), before) {
			t.Errorf("%s: stored %q", c.name, m.Names())
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "README.md"), []byte("changed"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := upload.Upload(t.Context(), &storetest.Memory{}, dir); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("a file that was changed since: got %v", err)
	}
	if _, err := upload.Upload(t.Context(), &storetest.Memory{}, t.TempDir()); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no dataset: got %v", err)
	}
}
