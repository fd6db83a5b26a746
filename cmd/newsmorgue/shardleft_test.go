package main

import (
	"context"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/dirstore"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// TestLastLook: a machine that is stopped stores what it has of a shard that another one
// owns by now, though it was not time to look for that.
func TestLastLook(t *testing.T) {
	ctx := t.Context()
	dir, shared := t.TempDir(), filepath.Join(t.TempDir(), "store")
	store, err := dirstore.Open(shared)
	if err != nil {
		t.Fatal(err)
	}
	ar, err := archive.Create(cluster.ShardDir(dir, 0), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	w, err := ar.NewWriter()
	if err != nil {
		t.Fatal(err)
	}
	put := func() string {
		rec := archive.NewRecord("metadata", time.Now())
		rec.Payload = []byte("a note")
		if _, err := w.Append(ctx, rec); err != nil {
			t.Fatal(err)
		}
		return rec.ID()
	}
	put()
	if err := (&mirror.Mirror{Archive: ar, Store: store}).Ship(ctx); err != nil {
		t.Fatal(err)
	}
	late := put() // it is cut off
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := ar.Close(); err != nil {
		t.Fatal(err)
	}
	own := heldShard{dir: cluster.ShardDir(dir, 0), name: "a", lease: &cluster.Lease{Token: 1}}
	if err := own.writeNote(); err != nil {
		t.Fatal(err)
	}
	if _, err := mirror.PutHead(ctx, store, mirror.Head{Token: 2, Machine: "b"}, ""); err != nil {
		t.Fatal(err)
	}

	stopped, stop := context.WithCancel(ctx)
	stop()
	m := &shardCrawler{log: slog.New(slog.DiscardHandler), lastWords: time.Minute}
	m.returnLeft(stopped, dir, cluster.Info{Shards: 1}, func(int) archive.Store { return store }, time.Hour)

	back, err := archive.Create(filepath.Join(t.TempDir(), "back"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	defer back.Close()
	if err := back.Attach(ctx, store); err != nil {
		t.Fatal(err)
	}
	segments, err := back.Segments()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range segments {
		for c, err := range back.Captures(ctx, s.Name) {
			if err != nil {
				t.Fatal(err)
			}
			if c.ID == late {
				return
			}
		}
	}
	t.Error("the record that only the machine had is not stored")
}
