package cluster

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

var (
	server    *pgtest.Server
	serverErr error
)

func TestMain(m *testing.M) {
	// The tests wait for leases to end; they do that side by side.
	_ = flag.Set("test.parallel", "8")
	server, serverErr = pgtest.Run()
	code := m.Run()
	if server != nil {
		server.Close()
	}
	os.Exit(code)
}

// freshURL is the URL of an empty database.
func freshURL(t *testing.T) string {
	t.Helper()
	switch {
	case errors.Is(serverErr, pgtest.ErrMissing) && os.Getenv("CI") == "":
		t.Skip(serverErr)
	case serverErr != nil:
		t.Fatal(serverErr)
	}
	return server.Fresh(t)
}

func connect(t *testing.T, url string) *DB {
	t.Helper()
	db, err := Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(db.Close)
	return db
}

// withOption is a database's URL with a setting of its sessions.
func withOption(t *testing.T, raw, setting string) string {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	name, value, _ := strings.Cut(setting, "=")
	q.Set(name, value)
	u.RawQuery = q.Encode()
	return u.String()
}

func TestShardOf(t *testing.T) {
	// Fixed for the life of all clusters: a change would lose every site.
	for host, want := range map[string]int{
		"example.org":          17,
		"www.example.org":      17,
		"WWW.Example.ORG.":     17,
		"a.b.example.org":      17,
		"example.com":          6,
		"www.bbc.co.uk":        44,
		"news.bbc.co.uk":       44,
		"xn--mnchen-3ya.de":    57,
		"192.0.2.7":            10,
		"2001:db8::1":          39,
		"[2001:db8::1]":        39,
		"localhost":            58,
		"co.uk":                35,
		"":                     37,
		"capitalpost.ng":       6,
		"politics.punchng.com": 3,
	} {
		if got := ShardOf(host, 64); got != want {
			t.Errorf("ShardOf(%q, 64): got %d, want %d", host, got, want)
		}
	}
	if got := ShardOf("example.org", 1); got != 0 {
		t.Errorf("of one shard: got %d, want 0", got)
	}
	if got := ShardPrefix(7) + ShardPrefix(123); got != "shards/07/shards/123/" {
		t.Errorf("got %s", got)
	}
	counts := make([]int, 64)
	for i := range 6400 {
		counts[ShardOf(fmt.Sprintf("site%d.example%d.com", i%3, i), 64)]++
	}
	for shard, n := range counts {
		if n < 60 || n > 150 {
			t.Errorf("shard %d has %d of 6400 sites; want about 100", shard, n)
		}
	}
}

func TestInit(t *testing.T) {
	ctx := t.Context()
	url := freshURL(t)
	db, store := connect(t, url), &storetest.Memory{}
	info, created, err := Init(ctx, store, db, 8, Times{})
	if err != nil || !created || info.Shards != 8 {
		t.Fatalf("got %+v, %v, %v", info, created, err)
	}
	if got := strings.Join(store.Names(), " "); got != "cluster.json" {
		t.Errorf("the store has %s; want cluster.json", got)
	}
	for _, shards := range []int{8, 0} {
		again, created, err := Init(ctx, store, db, shards, Times{})
		if err != nil || created || again != info {
			t.Errorf("again with %d: got %+v, %v, %v; want %+v", shards, again, created, err, info)
		}
	}
	if got, err := Open(ctx, store, db); err != nil || got != info {
		t.Errorf("Open: got %+v, %v", got, err)
	}
	st, err := ReadStatus(ctx, db, info, Times{})
	if err != nil || len(st.Shards) != 8 || st.Shards[7].Until.After(st.Now) {
		t.Errorf("status: got %+v, %v; want 8 free shards", st, err)
	}

	other, otherStore := connect(t, freshURL(t)), &storetest.Memory{}
	if _, _, err := Init(ctx, otherStore, other, 8, Times{}); err != nil {
		t.Fatal(err)
	}
	oneMachine, foreign, damaged, newer := &storetest.Memory{}, &storetest.Memory{}, &storetest.Memory{}, &storetest.Memory{}
	oneMachine.Set("archive.json", []byte("{}"))
	foreign.Set("holidays/beach.jpg", []byte("x"))
	damaged.Set("cluster.json", []byte(`{"format":"newsmorgue-cluster","version":1,"id":"`+info.ID+`","shards":99999}`))
	newer.Set("cluster.json", []byte(`{"format":"newsmorgue-cluster","version":2}`))
	empty := connect(t, freshURL(t))
	for _, c := range []struct {
		name   string
		store  archive.Store
		db     *DB
		shards int
		want   error
	}{
		{"another number of shards", store, db, 16, ErrOtherShards},
		{"another cluster's database", store, other, 8, ErrOtherCluster},
		{"another cluster's store", otherStore, db, 8, ErrOtherCluster},
		{"an empty store", &storetest.Memory{}, db, 8, ErrOtherCluster},
		{"an archive of one machine", oneMachine, empty, 8, archive.ErrForeign},
		{"foreign objects", foreign, empty, 8, archive.ErrForeign},
		{"ignores If-None-Match", careless{&storetest.Memory{}, true}, empty, 8, archive.ErrUnsafeStore},
		{"ignores If-Match", careless{&storetest.Memory{}, false}, empty, 8, archive.ErrUnsafeStore},
		{"a hostile number of shards", damaged, empty, 8, archive.ErrDamaged},
		{"a newer format", newer, empty, 8, ErrNewerSchema},
	} {
		if _, created, err := Init(ctx, c.store, c.db, c.shards, Times{}); !errors.Is(err, c.want) || created {
			t.Errorf("%s: got %v; want %v", c.name, err, c.want)
		}
	}
	if _, err := empty.readCluster(ctx); !errors.Is(err, errNotSetUp) {
		t.Errorf("a refused init wrote to the database: %v", err)
	}
	if err := pgtest.Exec(url, "update newsmorgue_cluster set schema_version = 2"); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(ctx, store, db); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("newer tables: got %v", err)
	}
	if _, _, err := Init(ctx, store, db, 8, Times{}); !errors.Is(err, ErrNewerSchema) {
		t.Errorf("init with newer tables: got %v", err)
	}
}

// careless is a store that ignores the conditions of writes.
type careless struct {
	*storetest.Memory
	put bool
}

func (c careless) Put(ctx context.Context, name string, body readSeeker, size int64) (archive.Object, error) {
	if c.put {
		_ = c.Remove(ctx, name)
	}
	return c.Memory.Put(ctx, name, body, size)
}

func (c careless) Replace(ctx context.Context, name, _ string, body readSeeker, size int64) (archive.Object, error) {
	_ = c.Remove(ctx, name)
	return c.Memory.Put(ctx, name, body, size)
}

// TestInitAfterLoss sets up a database that was emptied: leases of before may last.
func TestInitAfterLoss(t *testing.T) {
	ctx := t.Context()
	store := &storetest.Memory{}
	info, _, err := Init(ctx, store, connect(t, freshURL(t)), 4, Times{})
	if err != nil {
		t.Fatal(err)
	}
	db := connect(t, freshURL(t))
	if _, created, err := Init(ctx, store, db, 4, Times{}); err != nil || created {
		t.Fatalf("got %v, %v", created, err)
	}
	st, err := ReadStatus(ctx, db, info, Times{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range st.Shards {
		if wait := s.Until.Sub(st.Now); wait < 50*time.Second || wait > time.Minute {
			t.Errorf("shard %d is free in %s; want a minute", s.Shard, wait)
		}
	}
}

func TestConnect(t *testing.T) {
	raw := freshURL(t)
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	wrong := *u
	wrong.User = url.UserPassword(u.User.Username(), "Sesam-Oeffne")
	nobody := *u
	nobody.Host = "127.0.0.1:1"
	for _, c := range []struct {
		name, url string
		want      error
	}{
		{"wrong password", wrong.String(), ErrLogin},
		{"read-only", withOption(t, raw, "default_transaction_read_only=on"), ErrReadOnly},
		{"nobody there", nobody.String(), nil},
		{"not a URL", "postgres://me:Sesam-Oeffne@[::1", nil},
		{"not a port", "postgres://me:Sesam-Oeffne@host:port/x", nil},
		{"a pair without a key", "host=h password=Sesam-Oeffne =x", nil},
		{"a wrong setting", "host=h password=Sesam-Oeffne sslmode=perhaps", nil},
	} {
		db, err := Connect(t.Context(), c.url)
		if err == nil {
			db.Close()
			t.Errorf("%s: connected", c.name)
			continue
		}
		if c.want != nil && !errors.Is(err, c.want) {
			t.Errorf("%s: got %v; want %v", c.name, err, c.want)
		}
		if password, _ := u.User.Password(); strings.Contains(err.Error(), "Sesam") || password != "" && strings.Contains(err.Error(), password) {
			t.Errorf("%s: the error has the password: %v", c.name, err)
		}
	}
	if db := connect(t, raw); strings.Contains(db.String(), "@") {
		t.Errorf("got %s", db)
	}
}
