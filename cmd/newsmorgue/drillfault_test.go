package main

import (
	"os"
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
	time.Sleep(time.Second)
	lost.Kill()
	lost.gone = true
	if err := os.RemoveAll(lost.dir); err != nil {
		t.Fatal(err)
	}
	f.check(f.fault())
}

// TestDrillStopped stops a machine for longer than a lease. When it goes on, others have
// its shards; what it had is stored, and it writes no head of theirs.
func TestDrillStopped(t *testing.T) {
	f := newField(t, 14, false)
	f.start("a", "b", "c")
	f.untilPart(4)
	m := f.busiest()
	f.askToWait(m)
	if err := m.Signal(syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	x := f.fault()
	time.Sleep(2 * drillLease)
	if err := m.Signal(syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	f.check(x)
}
