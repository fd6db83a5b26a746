package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/cluster/drill"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// tuneVariable has the tuning of the program in drills, as JSON.
const tuneVariable = "NEWSMORGUE_TEST_TUNING"

type testTuning struct {
	Lease, Silence, Daily time.Duration
	Dial                  string // "host=address", by commas
}

// tunedMain is main of the program in tests.
func tunedMain() {
	text := os.Getenv(tuneVariable)
	if text == "" {
		main()
	}
	var t testTuning
	if err := json.Unmarshal([]byte(text), &t); err != nil {
		fmt.Fprintln(os.Stderr, tuneVariable, err)
		os.Exit(exitUsage)
	}
	a := &app{stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr}
	a.tune = tuning{times: cluster.Times{Lease: t.Lease}, silence: t.Silence, daily: t.Daily, dial: map[string]string{}}
	for pair := range strings.SplitSeq(t.Dial, ",") {
		if host, addr, ok := strings.Cut(pair, "="); ok {
			a.tune.dial[host] = addr
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	os.Exit(a.run(ctx, os.Args[1:]))
}

// A field is where machines are drilled: newspapers, a database, a store, a program.
type field struct {
	*testing.T
	town     *drill.Town
	database string // URL of it
	store    string
	program  string
	env      []string
	tune     testTuning
	machines []*drill.Process
}

const (
	drillDelay = 300 * time.Millisecond
	drillLease = 4 * time.Second
)

// newField makes a cluster of some shards, and newspapers on twelve hosts.
func newField(t *testing.T, shards, stories int) *field {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("the drills need the loopback addresses of Linux")
	}
	f := &field{T: t, town: &drill.Town{Stories: stories, Answer: 20 * time.Millisecond}}
	if err := f.town.Open(12); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.town.Close)
	f.database, f.store = pgtest.Start(t).URL, filepath.Join(t.TempDir(), "store")
	f.tune = testTuning{Lease: drillLease, Silence: drillLease, Dial: f.town.Dial()}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	f.program = filepath.Join(t.TempDir(), "newsmorgue")
	if err := os.Symlink(self, f.program); err != nil {
		t.Fatal(err)
	}
	f.do("cluster", "init", "--database", f.database, "--shards", fmt.Sprint(shards))
	var toml strings.Builder
	for _, p := range f.town.Papers() {
		fmt.Fprintf(&toml, "[site.%q]\nseeds = [%q]\nscope = \"site\"\nevery = \"1h\"\ndelay = %q\nassets = \"style\"\nmax-depth = 200\n\n", p.Host, "http://"+p.Host+"/", drillDelay)
	}
	if err := os.WriteFile(filepath.Join(f.store, "sites.toml"), []byte(toml.String()), 0o644); err != nil {
		t.Fatal(err)
	}
	return f
}

func (f *field) tuning() []string {
	text, err := json.Marshal(f.tune)
	if err != nil {
		f.Fatal(err)
	}
	return append([]string{tuneVariable + "=" + string(text)}, f.env...)
}

// do runs a command on the cluster and returns what it printed.
func (f *field) do(args ...string) string {
	f.Helper()
	p, err := drill.Start(f.program, f.tuning(), append(args, "-a", f.store)...)
	if err != nil {
		f.Fatal(err)
	}
	if err := p.Wait(); err != nil {
		f.Fatalf("newsmorgue %s: %v\n%s", strings.Join(args, " "), err, p.Output())
	}
	return p.Output()
}

// machine starts a machine of the cluster, in a folder of its own.
func (f *field) machine(name, dir string, args ...string) *drill.Process {
	f.Helper()
	args = append([]string{"watch", "-a", f.store, "--database", f.database, "--dir", dir, "--machine", name, "--ship-every", "1s", "--sites-at-once", "12"}, args...)
	p, err := drill.Start(f.program, f.tuning(), args...)
	if err != nil {
		f.Fatal(err)
	}
	f.machines = append(f.machines, p)
	f.Cleanup(func() {
		p.Kill()
		if f.Failed() {
			f.Logf("machine %s:\n%s", name, p.Output())
		}
	})
	return p
}

// until waits until something is so.
func (f *field) until(what string, within time.Duration, is func() bool) {
	f.Helper()
	for end := time.Now().Add(within); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			f.Fatalf("not within %s: %s; %d requests came", within, what, f.town.Count())
		}
		for _, p := range f.machines {
			_ = p
		}
	}
}

// stories is how many different stories were asked for.
func (f *field) asked() int {
	seen := map[string]bool{}
	for _, r := range f.town.Requests() {
		if strings.HasPrefix(r.Path, "/2026/") && r.Wait == 0 {
			seen[r.Host+r.Path] = true
		}
	}
	return len(seen)
}

func (f *field) all() int { return len(f.town.Papers()) * f.town.Stories }

// TestDrillKill kills a machine in mid-crawl and removes its folder: the others go on, ask
// for nothing that is stored, and everything is stored once.
func TestDrillKill(t *testing.T) {
	f := newField(t, 8, 12)
	dir := t.TempDir()
	a := f.machine("a", filepath.Join(dir, "a"))
	f.machine("b", filepath.Join(dir, "b"))
	f.machine("c", filepath.Join(dir, "c"))
	f.until("a third of the stories were asked for", time.Minute, func() bool { return f.asked() > f.all()/3 })
	a.Kill()
	if err := os.RemoveAll(filepath.Join(dir, "a")); err != nil {
		t.Fatal(err)
	}
	f.until("all stories were asked for", 2*time.Minute, func() bool { return f.asked() == f.all() })
	for _, wrong := range f.town.Impolite(drillDelay, 15*time.Millisecond) {
		t.Error(wrong)
	}
	t.Logf("asked twice: %v", f.town.Twice(0))
}
