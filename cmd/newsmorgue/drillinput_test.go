//go:build linux

package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/mirror"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// refuses checks that a command ends with a code and says why.
func (f *field) refuses(what, database, store string, want int, says string, args ...string) {
	f.Helper()
	out, code := f.runOn(database, store, args...)
	if code != want || !strings.Contains(out, says) {
		f.Errorf("%s: exit code %d, want %d and %q in\n%s", what, code, want, says, out)
	}
}

// TestDrillWrongSettings starts machines with a database or a store that are not theirs,
// and changes these while a machine runs.
func TestDrillWrongSettings(t *testing.T) {
	f := newFieldOf(t, 6, 1, false, ownDatabase)
	watch := func(name string) []string {
		return []string{"watch", "--dir", filepath.Join(f.dir, name), "--machine", name}
	}
	second, secondStore := f.pg.Fresh(t), filepath.Join(t.TempDir(), "second")
	if out, code := f.runOn(second, secondStore, "cluster", "init", "--shards", "2"); code != 0 {
		t.Fatal(out)
	}
	f.refuses("another cluster's database", second, f.store, exitDamaged, "belongs to another cluster", watch("x")...)
	f.refuses("a new store and a used database", second, filepath.Join(t.TempDir(), "third"), exitDamaged, "belongs to another cluster", "cluster", "init")
	f.refuses("another number of shards", f.pg.URL, f.store, exitFailed, "fixed for life", "cluster", "init", "--shards", "8")

	// The bucket of an archive of one machine, and one with something else.
	for name, says := range map[string]string{"archive.json": "an archive of one machine", "holiday.jpg": "holiday.jpg"} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o644); err != nil {
			t.Fatal(err)
		}
		f.refuses("a store with "+name, f.pg.Fresh(t), dir, exitFailed, says, "cluster", "init")
		f.refuses("a machine on a store with "+name, second, "file://"+dir, exitNoArchive, "not a cluster", watch("x")...)
	}

	// Passwords: wrong, and in a file.
	u, err := url.Parse(f.pg.URL)
	if err != nil {
		t.Fatal("the URL of the database is not valid")
	}
	password, _ := u.User.Password()
	f.secrets = append(f.secrets, "Sesam-oeffne-dich")
	wrong := *u
	wrong.User = url.UserPassword(u.User.Username(), "Sesam-oeffne-dich")
	f.refuses("a wrong password", wrong.String(), f.store, exitFailed, ".pgpass", watch("x")...)
	pass := filepath.Join(t.TempDir(), "pgpass")
	if err := os.WriteFile(pass, fmt.Appendf(nil, "%s:%s:*:%s:%s\n", u.Hostname(), u.Port(), u.User.Username(), password), 0o600); err != nil {
		t.Fatal(err)
	}
	f.env = append(f.env, "PGPASSFILE="+pass)
	bare := *u
	bare.User = url.User(u.User.Username())
	f.refuses("a password in a file", bare.String(), f.store, exitDone, "0 of 6 shards held", "cluster", "status")
	readOnly := *u
	q := readOnly.Query()
	q.Set("default_transaction_read_only", "on")
	readOnly.RawQuery = q.Encode()
	f.refuses("a read-only database", readOnly.String(), f.store, exitFailed, "read-only", watch("x")...)

	// Two machines of one name, and two processes on one folder.
	m := f.machine("a")
	f.until("the machine has all shards", func() bool { st, _ := f.status().Machine("a"); return st.Shards == 6 })
	f.refuses("a second machine of the name", f.pg.URL, f.store, exitBusy, "has this name", "watch", "--dir", filepath.Join(f.dir, "other"), "--machine", "a")
	f.refuses("a second process on the folder", f.pg.URL, f.store, exitBusy, "another process uses", watch("a")...)

	// The database becomes read-only, as one that is now a standby, and then is not.
	f.pg.Exec(t, "alter database postgres set default_transaction_read_only = on",
		"select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'newsmorgue%' or query like '%newsmorgue%' and pid <> pg_backend_pid()")
	f.until("the machine waits for a database that it may write", func() bool { return strings.Contains(m.waiting(), "read-only") })
	if err := pgtest.Exec(withOption(f.pg.URL, "default_transaction_read_only=off"), "alter database postgres reset default_transaction_read_only"); err != nil {
		t.Fatal(err)
	}
	f.until("the machine has all shards again", func() bool {
		st, _ := f.status().Machine("a")
		return st.Shards == 6 && m.waiting() == ""
	})

	// A newer program changes the tables: the machine ends, and no other begins.
	for _, change := range []string{"update newsmorgue_cluster set schema_version = %d", "update newsmorgue_clock set token = %d where key = ''"} {
		f.pg.Exec(t, fmt.Sprintf(change, 2))
		f.refuses("a newer schema", f.pg.URL, f.store, exitNewer, "newer", watch("x")...)
		if strings.Contains(change, "cluster") {
			m.gone = true
			f.until("the machine has ended", m.Ended)
			if code := m.Code(); code != exitNewer {
				t.Errorf("a machine that runs: exit code %d, want %d", code, exitNewer)
			}
		}
		f.pg.Exec(t, fmt.Sprintf(change, 1))
	}
}

func withOption(u, option string) string { return u + "&" + option }

// TestDrillHostileStore has objects in the store that nobody put in good faith. They are
// ignored or named, and the crawl goes on.
func TestDrillHostileStore(t *testing.T) {
	f := newField(t, 4, false)
	ctx := context.Background()
	store := f.open()
	garbage := make([]byte, 100<<10)
	_, _ = rand.Read(garbage) // never fails
	put := func(name string, body []byte) {
		t.Helper()
		if _, err := store.Put(ctx, name, bytes.NewReader(body), int64(len(body))); err != nil {
			t.Fatal(err)
		}
	}
	const damaged = "20260101T000000Z-deadbeef"
	for shard := range 6 {
		prefix := cluster.ShardPrefix(shard)
		for _, name := range []string{
			"segments/x", "segments/" + strings.Repeat("long", 50), "segments/20260101T000000Z-DEADBEEF.jsonl.zst", "segments/20260101T000000Z-00000000.jsonl.zst/in",
			"journals/x/000001.zst", "journals/20260101T000000Z-00000001/x.zst", "journals/20260101T000000Z-00000001/999999999999999999999.zst",
			"snapshots/catalog-x.sqlite.zst", "locks/watch.lock", "archive.json.tmp",
		} {
			put(prefix+name, garbage)
		}
	}
	first := cluster.ShardPrefix(0)
	put(first+archive.StoredName(damaged), garbage)
	all := f.start("a")
	f.untilDone()
	for shard := range 6 {
		saved := archive.SubStore(store, cluster.ShardPrefix(shard))
		if _, _, err := mirror.ReadHead(ctx, saved); err != nil {
			t.Errorf("shard %d: %v", shard, err)
		}
	}
	f.stop()
	f.polite()
	// The damaged segment is named, and nothing else is damaged.
	for i, c := range f.copies() {
		v, err := c.Verify(ctx, archive.VerifyOptions{})
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, d := range v.Damage {
			if d.Segment != damaged || d.Store == "" {
				t.Errorf("%s: %s", c.store, d)
			}
			found = found || d.Segment == damaged
		}
		if i == 0 && !found {
			t.Error("the damaged segment was not found")
		}
	}
	articles := 0
	for _, c := range f.copies() {
		articles += len(f.articles(c.Archive))
	}
	if want, _ := f.byOneMachine(); articles != len(want) {
		t.Errorf("%d articles, want %d", articles, len(want))
	}

	// Heads, snapshots and archives that are not what they should be: the machine names
	// them, and crawls the others.
	if err := os.RemoveAll(all["a"].dir); err != nil {
		t.Fatal(err)
	}
	alter := func(name string, body []byte) {
		t.Helper()
		path := filepath.Join(f.store, filepath.FromSlash(name))
		if err := os.WriteFile(path, body, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	alter(cluster.ShardPrefix(1)+"head.json", []byte(`{"format":"newsmorgue-head","version":1,"token":-5}`))
	alter(cluster.ShardPrefix(2)+"archive.json", garbage[:500])
	for o, err := range store.List(ctx, cluster.ShardPrefix(3)+"snapshots/") {
		if err != nil {
			t.Fatal(err)
		}
		alter(o.Name, garbage[:50]) // cut short
	}
	part := ""
	for o, err := range store.List(ctx, cluster.ShardPrefix(4)+"journals/") {
		if err != nil {
			t.Fatal(err)
		}
		if name, number, ok := strings.Cut(strings.TrimPrefix(o.Name, cluster.ShardPrefix(4)+"journals/"), "/"); ok && number == "000001.zst" && archive.IsSegmentName(name) {
			alter(o.Name, []byte(f.readAll(store, o.Name))[:o.Size/2])
			part = name
		}
	}
	if part == "" {
		t.Fatal("shard 4 has no journal in the store")
	}
	m := f.machine("b")
	f.until("the machine names what is wrong", func() bool {
		log := m.log()
		return strings.Contains(log, part) && strings.Contains(log, "head cannot be read") && strings.Contains(log, "archive.json") && strings.Contains(log, "snapshot of the catalog cannot be used")
	})
	f.until("the machine has the other shards", func() bool { st, _ := f.status().Machine("b"); return st.Shards == 5 })
	time.Sleep(2 * time.Second)
	if m.Ended() {
		t.Error("the machine has ended")
	}
}
