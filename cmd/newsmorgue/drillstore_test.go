//go:build linux

package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
)

// TestDrillStore takes the store away for some time, and later refuses the credentials.
// Crawls go on until --max-unstored, then wait, and go on when the store is back.
func TestDrillStore(t *testing.T) {
	f := newField(t, 24, true)
	// Credentials expire for a proxy between the machines and the server.
	target := &url.URL{Scheme: "http", Host: f.s3.Addr}
	var expired atomic.Bool
	proxy := &httputil.ReverseProxy{ErrorLog: log.New(io.Discard, "", 0), Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host // it is signed
	}}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if expired.Load() {
			w.Header().Set("Content-Type", "application/xml")
			w.WriteHeader(http.StatusForbidden)
			fmt.Fprint(w, `<?xml version="1.0" encoding="UTF-8"?><Error><Code>ExpiredToken</Code><Message>The provided token has expired.</Message></Error>`)
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(front.Close)
	f.args = []string{"--max-unstored", "60KB"}
	f.via = strings.TrimPrefix(front.URL, "http://")
	f.start("a", "b", "c")
	f.untilPart(3)
	f.s3.Stop()
	since := f.town.Count()
	m := f.busiest()
	f.until("a machine waits for the store", func() bool { return strings.Contains(m.waiting(), "the store") })
	f.until("crawls wait", func() bool {
		n := f.town.Count()
		time.Sleep(3 * time.Second)
		return f.town.Count() == n
	})
	if f.town.Count() == since {
		t.Error("the crawls did not go on without the store")
	}
	f.s3.Restart()
	stored := f.fault()
	f.untilPart(7)
	expired.Store(true)
	m = f.busiest()
	f.until("a machine waits for the store again", func() bool { return strings.Contains(m.waiting(), "the store") })
	if !strings.Contains(m.log(), "expired") {
		t.Error("the log does not say that the credentials have expired")
	}
	expired.Store(false)
	f.check(stored)
}

// TestDrillDisk fills the disk of a machine: it says so, the others go on, and when there
// is space again nothing is missing.
func TestDrillDisk(t *testing.T) {
	f := newField(t, 20, false)
	dir := filepath.Join(f.dir, "a")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := syscall.Mount("none", dir, "tmpfs", 0, "size=24m"); err != nil {
		t.Skipf("no small disk can be made: %v", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	f.toml = "min-free = \"1KB\"\n"
	all := f.start("a", "b", "c")
	f.untilPart(3)
	x := f.fault()
	ballast := filepath.Join(dir, "ballast")
	big, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	for block := make([]byte, 64<<10); ; {
		if _, err := big.Write(block); err != nil {
			if !errors.Is(err, syscall.ENOSPC) {
				t.Fatal(err)
			}
			break
		}
	}
	big.Close()
	f.until("the machine says that its disk is full", func() bool { return strings.Contains(all["a"].log(), "no space left") })
	time.Sleep(drillLease)
	if all["a"].Ended() {
		t.Error("the machine has ended")
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	// A run that failed is tried again after a rest, or when the machine starts again.
	if err := all["a"].Stop(time.Minute); err != nil {
		t.Error(err)
	}
	f.machine("a")
	f.check(x)
}

// TestDrillTwoOwners makes two machines owners of a shard, by an edit of the database: no
// head of the older one is accepted, and no record of either is lost.
func TestDrillTwoOwners(t *testing.T) {
	f := newField(t, 20, true)
	f.tune.Daily = 2 * time.Second // a machine writes its heads often
	all := f.start("a", "b")
	f.untilPart(3)
	a := all["a"]
	// What a knows of the database stays as it is; in the database the shards become b's.
	a.db.Cut(true)
	x := f.fault()
	f.pg.Exec(t, "update newsmorgue_shard set until = clock_timestamp(), holder = '' where holder = 'a'")
	f.until("the other machine has all shards", func() bool {
		for _, s := range f.status().Shards {
			if s.Holder != "b" {
				return false
			}
		}
		return true
	})
	ctx := context.Background()
	store := f.open()
	// An older owner writes the head late: it is refused, whatever the ETag.
	for shard := range 6 {
		sub := archive.SubStore(store, cluster.ShardPrefix(shard))
		var head mirror.Head
		var etag string
		f.until("the other machine has written the head", func() bool {
			var err error
			head, etag, err = mirror.ReadHead(ctx, sub)
			return err == nil && head.Machine == "b"
		})
		old := head
		old.Token, old.Machine = head.Token-1, "a"
		if _, err := mirror.PutHead(ctx, sub, old, etag); err == nil {
			t.Errorf("shard %d: the head of an older owner was accepted", shard)
		}
		if now, _, err := mirror.ReadHead(ctx, sub); err != nil || now.Machine != "b" || now.Token < head.Token {
			t.Errorf("shard %d: the head is %+v, %v", shard, now, err)
		}
	}
	a.db.Cut(false)
	f.check(x)
}
