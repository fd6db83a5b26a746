package cluster

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/newsmorgue/newsmorgue/archive"
)

func TestInstance(t *testing.T) {
	dir, info := t.TempDir(), Info{ID: "c1", Shards: 4}
	first, unlock, err := Instance(dir, info)
	if err != nil || first == "" {
		t.Fatalf("got %q, %v", first, err)
	}
	if _, _, err := Instance(dir, info); !errors.Is(err, archive.ErrBusy) {
		t.Errorf("a second process: got %v; want ErrBusy", err)
	}
	unlock()
	again, unlock, err := Instance(dir, info)
	if err != nil || again != first {
		t.Errorf("restarted: got %q, %v; want %q", again, err, first)
	}
	unlock()
	for range 2 { // a refusal releases the lock
		if _, _, err := Instance(dir, Info{ID: "c2"}); !errors.Is(err, ErrOtherCluster) {
			t.Errorf("another cluster's folder: got %v", err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "machine.json"), []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Instance(dir, info); !errors.Is(err, archive.ErrDamaged) {
		t.Errorf("damaged: got %v", err)
	}
	if LocalShard(dir, 3) {
		t.Error("there is no shard 03")
	}
	if err := os.MkdirAll(ShardDir(dir, 3), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "shards", "03", "archive.json"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if !LocalShard(dir, 3) {
		t.Error("shard 03 is there")
	}
}
