package main

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// shell runs the program and checks its exit code.
func shell(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	if got := run(t.Context(), args, strings.NewReader(""), &out, &errs); got != want {
		t.Errorf("newsmorgue %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), got, want, &out, &errs)
	}
	return out.String(), errs.String()
}

func contains(t *testing.T, got string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in:\n%s", want, got)
		}
	}
}

// TestClusterCommands makes a cluster on a shared folder and runs a machine in it.
func TestClusterCommands(t *testing.T) {
	srv := pgtest.Start(t)
	dir := filepath.Join(t.TempDir(), "share")
	u, err := url.Parse(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := u.User.Password()
	var all strings.Builder
	sh := func(want int, args ...string) string {
		t.Helper()
		out, errs := shell(t, want, append(args, "-a", dir)...)
		all.WriteString(out + errs)
		return out + errs
	}
	db := func(args ...string) []string { return append(args, "--database", srv.URL) }
	sh(exitNoArchive, db("cluster", "status")...)
	contains(t, sh(exitDone, db("cluster", "init", "--shards", "4")...), "created: 4 shards in ")
	contains(t, sh(exitDone, db("cluster", "init")...), "exists already")
	contains(t, sh(exitFailed, db("cluster", "init", "--shards", "8")...), "fixed for life", "hint: leave out --shards")
	sh(exitUsage, db("cluster", "init", "--shards", "0")...)
	contains(t, sh(exitDone, db("cluster", "status")...), "0 of 4 shards held", "free")
	contains(t, sh(exitFailed, db("cluster", "drain", "nobody")...), "no such machine", "cluster status lists")
	wrong := *u
	wrong.User = url.UserPassword(u.User.Username(), "Sesam-Oeffne")
	contains(t, sh(exitFailed, "cluster", "status", "--database", wrong.String()), "refused the login", ".pgpass")

	// One sites.toml for all machines.
	contains(t, sh(exitDone, "schedule", "add", "http://127.0.0.1:1/", "--every", "1h"), "every 1h")
	contains(t, sh(exitDone, "archive", "http://127.0.0.2:1/", "--max-pages", "5"), "requested; the machine that owns shard 0")
	contains(t, sh(exitUsage, "archive", "http://127.0.0.3:1/", "--header", "Cookie: secret"), "never saved")
	sh(exitDone, "schedule", "edit", "127.0.0.1:1", "--every", "2h")
	sh(exitDone, "schedule", "pause", "127.0.0.1:1")
	contains(t, sh(exitDone, "schedule", "list"), "every 2h, paused", "127.0.0.2:1")
	text, err := os.ReadFile(filepath.Join(dir, "sites.toml"))
	if err != nil {
		t.Fatal(err)
	}
	contains(t, string(text), `every = "2h"`, "paused = true", "max-pages = 5", "requested = ")

	// A machine.
	machine := &clusterMachine{dir: t.TempDir(), name: "m1", log: slog.New(slog.DiscardHandler)}
	machine.flags = clusterFlags{database: srv.URL, times: cluster.Times{Lease: 3 * time.Second}}
	machine.floor = func(_ context.Context, shard archive.Store) (int64, error) {
		if !strings.Contains(shard.String(), "/shards/0") {
			t.Errorf("the store of a shard is %s", shard)
		}
		return 0, nil
	}
	var working, sitesSeen atomic.Int64
	machine.work = func(ctx context.Context, o shardWork) error {
		for ctx.Err() == nil {
			if all, err := o.sites.load(); err == nil {
				sitesSeen.Add(int64(len(o.of(all))))
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		working.Add(1)
		<-ctx.Done()
		working.Add(-1)
		return context.Cause(ctx)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- machine.run(ctx, &app{dir: dir}) }()
	for begun := time.Now(); working.Load() < 4; time.Sleep(10 * time.Millisecond) {
		if time.Since(begun) > 20*time.Second {
			t.Fatal("the machine has no shards")
		}
	}
	if got := sitesSeen.Load(); got != 2 {
		t.Errorf("the shards have %d sites; want 2", got)
	}
	var status struct {
		Machines []struct{ Machine, State string }
		Shards   []struct {
			Holder string
			Held   bool
		}
	}
	if err := json.Unmarshal([]byte(sh(exitDone, db("cluster", "status", "--json")...)), &status); err != nil {
		t.Fatal(err)
	}
	if len(status.Machines) != 1 || status.Machines[0].State != "alive" || len(status.Shards) != 4 || status.Shards[3].Holder != "m1" || !status.Shards[3].Held {
		t.Errorf("status: got %+v", status)
	}
	contains(t, sh(exitBusy, db("cluster", "forget", "m1")...), "is alive", "--force")
	contains(t, sh(exitDone, db("cluster", "drain", "m1")...), "m1: drained")
	if working.Load() != 0 {
		t.Errorf("a drained machine works on %d shards", working.Load())
	}
	contains(t, sh(exitDone, db("cluster", "status")...), "draining")
	contains(t, sh(exitDone, db("cluster", "drain", "m1", "--undo")...), "takes its share again")
	cancel()
	if err := <-done; err != nil {
		t.Errorf("got %v", err)
	}
	contains(t, sh(exitDone, db("cluster", "status")...), "stopped")
	contains(t, sh(exitDone, db("cluster", "forget", "m1")...), "m1: forgotten")
	contains(t, sh(exitDone, "schedule", "remove", "127.0.0.1:1", "--forget"), "forgotten")
	srv.Exec(t, "update newsmorgue_cluster set schema_version = 2")
	contains(t, sh(exitNewer, db("cluster", "status")...), "newer version")
	if strings.Contains(all.String(), "Sesam") || password != "" && strings.Contains(all.String(), password) {
		t.Errorf("a password was printed:\n%s", &all)
	}
}
