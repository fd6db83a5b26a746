package mirror

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
)

func TestHead(t *testing.T) {
	ctx, store := t.Context(), &storetest.Memory{}
	if h, etag, err := ReadHead(ctx, store); h != (Head{}) || etag != "" || err != nil {
		t.Errorf("none: %+v %q %v", h, etag, err)
	}
	put := func(token int64, etag string) (string, error) {
		return PutHead(ctx, store, Head{Token: token, Machine: fmt.Sprint("m", token), At: time.Now().UTC()}, etag)
	}
	first, err := put(5, "")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := put(4, first); !errors.Is(err, ErrFenced) {
		t.Errorf("a lower token: %v", err)
	}
	if _, err := put(5, "other"); !errors.Is(err, archive.ErrChanged) {
		t.Errorf("changed under the same token: %v", err)
	}
	second, err := put(5, first)
	if err != nil {
		t.Fatal(err)
	}
	third, err := put(7, first) // it did not see the second one
	if err != nil || third == second {
		t.Error(err)
	}
	if h, etag, err := ReadHead(ctx, store); h.Token != 7 || etag != third || err != nil {
		t.Errorf("%+v %q %v", h, etag, err)
	}
	for _, bad := range []string{"", "{}", `{"format":"newsmorgue-head","version":1,"catalog":{"name":"../../x"}}`} {
		store.Set(headName, []byte(bad))
		if _, _, err := ReadHead(ctx, store); !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	store.Set(headName, []byte(`{"format":"newsmorgue-head","version":2}`))
	if _, _, err := ReadHead(ctx, store); !errors.Is(err, archive.ErrNewerFormat) {
		t.Errorf("newer: %v", err)
	}
}

// TestHeadFaults loses the answers to requests.
func TestHeadFaults(t *testing.T) {
	for n := 1; n <= 4; n++ {
		mem := &storetest.Memory{}
		store := &faulty{Store: mem, fail: n, late: true}
		h := Head{Token: 1, At: time.Now().UTC()}
		for range 3 {
			if _, err := PutHead(t.Context(), store, h, ""); err == nil {
				break
			}
		}
		if got, _, err := ReadHead(t.Context(), mem); err != nil || got.Token != 1 {
			t.Errorf("%+v %v", got, err)
		}
	}
}

func TestSnapshot(t *testing.T) {
	ctx, store, dir := t.Context(), &storetest.Memory{}, t.TempDir()
	path := filepath.Join(dir, "catalog.sqlite")
	body := bytes.Repeat([]byte("SQLite format 3 and so on\n"), 1000)
	if err := os.WriteFile(path, body, 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := PutSnapshot(ctx, store, "catalog", path)
	if err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(dir, "to", "c.sqlite")
	if err := FetchSnapshot(ctx, store, s, to); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(to); err != nil || !bytes.Equal(got, body) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	stored := store.Bytes(s.Name)
	for what, bad := range map[string]func() Snapshot{
		"cut off": func() Snapshot { store.Set(s.Name, stored[:len(stored)-1]); return s },
		"altered": func() Snapshot {
			b := bytes.Clone(stored)
			b[len(b)/2] ^= 1
			store.Set(s.Name, b)
			return s
		},
		"longer than it says":  func() Snapshot { x := s; x.Raw = 10; return x },
		"shorter than it says": func() Snapshot { x := s; x.Raw++; return x },
		"impossible":           func() Snapshot { x := s; x.Raw = 1 << 50; return x },
		"name":                 func() Snapshot { x := s; x.Name = "head.json"; return x },
	} {
		store.Set(s.Name, stored)
		if err := FetchSnapshot(ctx, store, bad(), to); !errors.Is(err, archive.ErrDamaged) {
			t.Errorf("%s: %v", what, err)
		}
		if got, _ := os.ReadFile(to); !bytes.Equal(got, body) {
			t.Errorf("%s: the file was replaced", what)
		}
	}
	if entries, err := os.ReadDir(filepath.Dir(to)); err != nil || len(entries) != 1 {
		t.Errorf("files left: %v, %v", entries, err)
	}
}

func TestRemoveOldSnapshots(t *testing.T) {
	ctx, store := t.Context(), &storetest.Memory{}
	name := func(kind string, day int) string {
		return fmt.Sprintf("snapshots/%s-202611%02dT000000Z-0000000a.sqlite.zst", kind, day)
	}
	for day := 1; day <= 9; day++ {
		store.Set(name("catalog", day), []byte("x"))
		store.Set(name("frontier", day), []byte("x"))
	}
	if err := RemoveOldSnapshots(ctx, store); err != nil || len(store.Names()) != 18 {
		t.Errorf("without a head: %v, %v", err, store.Names())
	}
	snap := func(n string) *Snapshot { return &Snapshot{Name: n, Size: 1, SHA256: strings.Repeat("0", 64)} }
	if _, err := PutHead(ctx, store, Head{Catalog: snap(name("catalog", 8)), Frontier: snap(name("frontier", 2))}, ""); err != nil {
		t.Fatal(err)
	}
	if err := RemoveOldSnapshots(ctx, store); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(store.Names(), " ")
	for day := 1; day <= 9; day++ {
		if has := strings.Contains(got, name("catalog", day)); has != (day >= 6) {
			t.Errorf("catalog of day %d: %t", day, has)
		}
		if !strings.Contains(got, name("frontier", day)) {
			t.Errorf("frontier of day %d is gone", day)
		}
	}
}
