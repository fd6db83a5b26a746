//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestDrillLost kills a machine in mid-crawl and removes its folder: the others go on,
// ask for nothing that is stored, and everything is stored once.
func TestDrillLost(t *testing.T) {
	f := newField(t, 12, true)
	f.start("a", "b", "c")
	f.untilPart(4)
	lost := f.busiest()
	f.askToWait(lost)
	lost.Kill()
	lost.gone = true
	if err := os.RemoveAll(lost.dir); err != nil {
		t.Fatal(err)
	}
	f.check(f.fault())
}

// TestDrillStopped stops a machine for longer than a lease. When it goes on, others have
// its shards, and it stores what only it has.
func TestDrillStopped(t *testing.T) {
	f := newField(t, 14, false)
	f.tune.Daily = 4 * time.Second // others begin with a snapshot
	f.start("a", "b", "c")
	f.untilPart(4)
	m := f.busiest()
	f.askToWait(m)
	if err := m.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	x := f.fault()
	time.Sleep(drillLease + 3*time.Second)
	if err := m.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	f.check(x)
}

// TestDrillCut cuts machines off: one from the database, one from the store, one from
// both, each for longer than a lease.
func TestDrillCut(t *testing.T) {
	f := newField(t, 26, true)
	f.start("a", "b", "c")
	var faults []fault
	for i, cut := range []func(m *drillMachine, cut bool){
		func(m *drillMachine, cut bool) { m.db.Cut(cut) },
		func(m *drillMachine, cut bool) { m.net.Cut(cut) },
		func(m *drillMachine, cut bool) { m.db.Cut(cut); m.net.Cut(cut) },
	} {
		f.untilPart(2 + 3*i)
		m := f.busiest()
		f.askToWait(m)
		cut(m, true)
		faults = append(faults, f.fault())
		time.Sleep(drillLease + 3*time.Second)
		cut(m, false)
	}
	f.check(faults...)
}

// TestDrillDatabase kills the database and starts it again, and later empties it. Crawls
// go on by themselves.
func TestDrillDatabase(t *testing.T) {
	f := newFieldOf(t, 6, 24, false, ownDatabase)
	f.pg.Need(t)
	all := f.start("a", "b", "c")
	f.untilPart(3)
	f.askToWait(f.busiest())
	if err := f.pg.Kill(); err != nil {
		t.Fatal(err)
	}
	killed := f.fault()
	time.Sleep(drillLease) // answers under way are kept
	quiet := f.town.Count()
	f.until("the machines say what they wait for", func() bool {
		return strings.Contains(all["a"].waiting(), "the database") && strings.Contains(all["a"].log(), `"msg":"waiting"`)
	})
	time.Sleep(drillLease / 2)
	if n := f.town.Count(); n != quiet {
		t.Errorf("%d requests came while the database was gone", n-quiet)
	}
	if err := f.pg.Again(); err != nil {
		t.Fatal(err)
	}
	f.untilPart(6)
	f.askToWaitFor(f.busiest(), drillLease-time.Second) // not longer than the silence: what the tables had is lost
	f.pg.Exec(t, "drop table newsmorgue_clock", "drop table newsmorgue_shard", "drop table newsmorgue_machine", "drop table newsmorgue_cluster")
	f.check(killed, f.fault())
}

// waiting is what the machine waits for, as its folder says.
func (m *drillMachine) waiting() string {
	body, err := os.ReadFile(filepath.Join(m.dir, waitingFile))
	var r machineReport
	if err != nil || json.Unmarshal(body, &r) != nil {
		return ""
	}
	return strings.Join(r.Waiting, "; ")
}

// TestDrillDrain adds a machine in mid-crawl and drains another one; later it kills one that
// starts again with its folder.
func TestDrillDrain(t *testing.T) {
	f := newField(t, 20, false)
	f.start("a", "b", "c")
	f.untilPart(3)
	m := f.busiest()
	f.askToWait(m)
	x := f.fault()
	f.machine("d")
	f.do("cluster", "drain", m.name)
	if st, ok := f.status().Machine(m.name); !ok || st.Shards > 0 || !st.Draining {
		t.Errorf("drained: %+v", st)
	}
	f.untilPart(7)
	y := f.fault()
	if err := m.Stop(time.Minute); err != nil {
		t.Errorf("a drained machine, stopped: %v\n%s", err, m.log())
	}
	m.gone = true
	f.do("cluster", "forget", m.name)
	again := f.busiest()
	again.Kill()
	f.machine(again.name)
	f.check(x, y)
}
