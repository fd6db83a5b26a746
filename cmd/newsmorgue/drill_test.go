//go:build linux

package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/storetest/s3test"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster/drill"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// A field is where machines are drilled: newspapers, a database, a store, a program.
type field struct {
	*testing.T
	dir      string // of the machines' folders
	town     *drill.Town
	pg       *pgtest.Server
	s3       *s3test.Server // nil if the store is a folder
	store    string
	program  string
	tune     testTuning
	machines []*drillMachine // also those that have ended
	secrets  []string
	args     []string // more of them for each machine
	env      []string // more variables of the program's environment
	toml     string   // more settings for each site
	via      string   // host:port by which machines reach the store's server, if it is another one
}

// A drillMachine is a machine of the cluster. It reaches the database and the store over
// wires of its own.
type drillMachine struct {
	*drill.Process
	name, dir string
	db, net   *drill.Wire // net goes to the store, nil if that is a folder
	gone      bool        // it is not expected to do anything anymore
}

const (
	drillDelay = 300 * time.Millisecond
	drillLease = 5 * time.Second
	drillSlack = 15 * time.Millisecond
	// patience is for a machine that has other things to do, too.
	patience = 3 * time.Minute
)

// newField makes a cluster of some shards in a folder or on a server, and newspapers on
// twelve hosts.
func newField(t *testing.T, stories int, onServer bool) *field {
	t.Helper()
	return newFieldOf(t, 6, stories, onServer, sharedDatabase)
}

// newFieldOf is newField with a number of shards, and a database that is shared or its own.
func newFieldOf(t *testing.T, shards, stories int, onServer bool, database func(testing.TB) *pgtest.Server) *field {
	t.Helper()
	if testing.Short() {
		t.Skip("a drill takes half a minute")
	}
	t.Parallel()
	f := &field{T: t, dir: t.TempDir(), town: &drill.Town{Stories: stories, Answer: 20 * time.Millisecond}}
	f.pg = database(t)
	f.store = filepath.Join(t.TempDir(), "store")
	if onServer {
		s3test.Environment()
		f.s3 = s3test.Start(t)
		f.store = f.s3.URL("news")
		f.secrets = append(f.secrets, f.s3.SecretKey)
	}
	if u, err := url.Parse(f.pg.URL); err == nil {
		if password, ok := u.User.Password(); ok {
			f.secrets = append(f.secrets, password)
		}
	}
	if err := f.town.Open(12); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.town.Close)
	f.tune = testTuning{Lease: drillLease, Silence: drillLease, Poll: time.Second, Dial: f.town.Dial()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f.program = filepath.Join(t.TempDir(), "newsmorgue")
	if err := os.Symlink(self, f.program); err != nil {
		t.Fatal(err)
	}
	f.do("cluster", "init", "--shards", fmt.Sprint(shards))
	return f
}

// drillServer is one server of databases for most drills.
var drillServer struct {
	once   sync.Once
	server *pgtest.Server
	err    error
}

// sharedDatabase is an empty database on the drills' server.
func sharedDatabase(t testing.TB) *pgtest.Server {
	t.Helper()
	drillServer.once.Do(func() {
		drillServer.server, drillServer.err = pgtest.Run("max_connections=600")
		if drillServer.err == nil {
			atEnd = append(atEnd, drillServer.server.Close)
		}
	})
	if drillServer.err != nil {
		pgtest.Missing(t, drillServer.err)
	}
	return drillServer.server.Database(t)
}

// ownDatabase is that of a server for one drill, which stops it or changes its settings.
func ownDatabase(t testing.TB) *pgtest.Server {
	t.Helper()
	return pgtest.Start(t)
}

// environment is what the program gets: the database's URL is in it, so that nobody sees
// its password in the list of processes.
func (f *field) environment(database string) []string {
	text, err := json.Marshal(f.tune)
	if err != nil {
		f.Fatal(err)
	}
	return append([]string{tuneVariable + "=" + string(text), "NEWSMORGUE_DATABASE=" + database, "XDG_CONFIG_HOME=" + filepath.Join(f.dir, "config")}, f.env...)
}

// run runs a command on the cluster; it returns what it printed and how it ended.
func (f *field) run(args ...string) (out string, code int) {
	f.Helper()
	return f.runOn(f.pg.URL, f.store, args...)
}

func (f *field) runOn(database, store string, args ...string) (out string, code int) {
	f.Helper()
	p, err := drill.Start(f.program, f.environment(database), append(args, "-a", store)...)
	if err != nil {
		f.Fatal(err)
	}
	f.keepQuiet(p)
	_ = p.Wait() // the code says how it ended
	f.quiet(args[0], p)
	return p.Output(), p.Code()
}

// do runs a command on the cluster that must not fail.
func (f *field) do(args ...string) string {
	f.Helper()
	out, code := f.run(args...)
	if code != 0 {
		f.Fatalf("newsmorgue %s: exit code %d\n%s", strings.Join(args, " "), code, out)
	}
	return out
}

// schedule makes the newspapers the sites of the cluster.
func (f *field) schedule() {
	f.Helper()
	text := strings.ReplaceAll(papersTOML(f.town, drillDelay), "max-depth", f.toml+"max-depth")
	if _, err := f.open().Put(context.Background(), "sites.toml", strings.NewReader(text), int64(len(text))); err != nil {
		f.Fatal(err)
	}
}

func papersTOML(town *drill.Town, delay time.Duration) string {
	var toml strings.Builder
	for _, p := range town.Papers() {
		fmt.Fprintf(&toml, "[site.%q]\nseeds = [%q]\nscope = \"site\"\nevery = \"1h\"\ndelay = %q\nassets = \"style\"\nmax-depth = 200\n\n", p.Host, "http://"+p.Host+"/", delay)
	}
	return toml.String()
}

// open opens the store.
func (f *field) open() archive.Store {
	f.Helper()
	s, err := openStore(f.store)
	if err != nil {
		f.Fatal(err)
	}
	return s
}

// machine starts a machine of the cluster, in a folder of its own. Of an earlier machine of
// that name, the wires and the folder stay.
func (f *field) machine(name string, args ...string) *drillMachine {
	f.Helper()
	m := &drillMachine{name: name, dir: filepath.Join(f.dir, name)}
	for _, before := range f.machines {
		if before.name == name {
			before.gone = true
			m.db, m.net, m.dir = before.db, before.net, before.dir
		}
	}
	wire := func(to string) *drill.Wire {
		w, err := drill.NewWire(to)
		if err != nil {
			f.Fatal(err)
		}
		f.Cleanup(w.Close)
		return w
	}
	database, err := url.Parse(f.pg.URL)
	if err != nil {
		f.Fatal("the URL of the database is not valid")
	}
	if m.db == nil {
		m.db = wire(database.Host)
	}
	database.Host = m.db.Addr()
	store := f.store
	if f.s3 != nil {
		if m.net == nil {
			m.net = wire(cmp.Or(f.via, f.s3.Addr))
		}
		store = strings.Replace(store, f.s3.Addr, m.net.Addr(), 1)
	}
	args = append([]string{"watch", "--json", "-a", store, "--dir", m.dir, "--machine", name, "--ship-every", "1s", "--sites-at-once", "12"}, append(f.args, args...)...)
	m.Process, err = drill.Start(f.program, f.environment(database.String()), args...)
	if err != nil {
		f.Fatal(err)
	}
	f.machines = append(f.machines, m)
	f.keepQuiet(m.Process)
	f.Cleanup(func() {
		m.Kill()
		f.quiet(name, m.Process)
		if f.Failed() {
			f.Logf("machine %s:\n%s", name, m.log())
		}
	})
	return m
}

// log is what a machine printed but for the notices of what changed.
func (m *drillMachine) log() string {
	var log strings.Builder
	for line := range strings.Lines(m.Output()) {
		if !strings.HasPrefix(line, `{"schema":`) {
			log.WriteString(line)
		}
	}
	return log.String()
}

// keepQuiet checks that the list of processes shows no secret.
func (f *field) keepQuiet(p *drill.Process) {
	line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", p.PID())) // it may have ended
	f.secret("the command line", string(line))
}

func (f *field) quiet(name string, p *drill.Process) { f.secret("what "+name+" printed", p.Output()) }

// secret fails if a text has one of the secrets.
func (f *field) secret(where, text string) {
	f.Helper()
	for _, s := range f.secrets {
		if s != "" && strings.Contains(text, s) {
			f.Errorf("%s has a password or key", where)
		}
	}
}

// start starts machines, and gives them sites when each has its share of the shards.
func (f *field) start(names ...string) map[string]*drillMachine {
	f.Helper()
	all := map[string]*drillMachine{}
	for _, name := range names {
		all[name] = f.machine(name)
	}
	f.until("each machine has its share", func() bool {
		share := 6 / len(names)
		holders := map[string]int{}
		for _, s := range f.status().Shards {
			holders[s.Holder]++
		}
		for _, name := range names {
			if holders[name] != share {
				return false
			}
		}
		return true
	})
	f.schedule()
	return all
}

// status is what the database says.
func (f *field) status() (st cluster.Status) {
	f.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	db, err := cluster.Connect(ctx, f.pg.URL)
	if err != nil {
		f.Log(err)
		return st
	}
	defer db.Close()
	info, err := cluster.ReadInfo(ctx, f.open())
	if err == nil {
		st, err = cluster.ReadStatus(ctx, db, info, cluster.Times{Lease: drillLease})
	}
	if err != nil {
		f.Log(err)
	}
	return st
}
