package cluster

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// asker is a command that asks for a shard.
func (f *field) asker(name string) *Member {
	return &Member{DB: connect(f.t, f.url), Info: f.info, Times: scaled, Name: name}
}

func (f *field) borrow(name string, shard int, patience time.Duration, do func(ctx context.Context, l *Lease) error) error {
	wait, cancel := context.WithTimeout(f.t.Context(), patience)
	defer cancel()
	return Borrow(f.t.Context(), wait, f.asker(name), shard, do)
}

func TestBorrow(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 4)
	a := f.machine("a")
	a.Local = func(int) bool { return true }
	a.linger.Store(int64(100 * time.Millisecond)) // its runs take a moment to end
	f.run(a)
	f.has(20*time.Second, map[*unit]int{a: 4})
	f.mu.Lock()
	owner := f.last[2]
	f.mu.Unlock()
	begun := time.Now()
	err := f.borrow("host-123", 2, scaled.Lease/2, func(ctx context.Context, l *Lease) error {
		took := time.Since(begun)
		if took > scaled.Lease/2 {
			t.Errorf("got the shard after %s; that is %s of a lease of a minute", took, took*time.Minute/scaled.Lease)
		}
		f.given(l)
		var end *EndError
		if cause := context.Cause(owner.Context()); !errors.As(cause, &end) || end.Reason != ErrWanted || end.By != "host-123" {
			t.Errorf("the owner's cause: got %v", cause)
		}
		// Longer than a lease: it is renewed, and the owner does not get it back meanwhile.
		time.Sleep(scaled.Lease + scaled.Lease/2)
		if err := l.Err(); err != nil {
			t.Error(err)
		}
		if a.valid() != 3 {
			t.Errorf("the owner has %d shards", a.valid())
		}
		// Who asks next waits and fails; it does not end this.
		if err := f.borrow("host-124", 2, scaled.Lease/3, nil); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), "host-123") {
			t.Errorf("the second: got %v; want ErrHeld by host-123", err)
		}
		return ctx.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	f.has(scaled.Lease, map[*unit]int{a: 4})
	st, err := ReadStatus(t.Context(), a.db, f.info, scaled)
	if err != nil || len(st.Machines) != 1 {
		t.Errorf("status: got %+v, %v; want one machine", st.Machines, err)
	}
	boom := errors.New("boom")
	if err := f.borrow("host-125", 1, scaled.Lease, func(context.Context, *Lease) error { return boom }); !errors.Is(err, boom) {
		t.Errorf("got %v; want the error of the work", err)
	}
	if err := f.borrow("host-126", 4, scaled.Lease, nil); err == nil {
		t.Error("a shard that does not exist was borrowed")
	}
}

// TestBorrowBusy asks an owner that cannot let go, and gives up.
func TestBorrowBusy(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 1)
	a := f.machine("a")
	a.linger.Store(int64(scaled.Lease))
	f.run(a)
	f.has(20*time.Second, map[*unit]int{a: 1})
	if err := f.borrow("host-1", 0, scaled.Lease/2, nil); !errors.Is(err, ErrHeld) || !strings.Contains(err.Error(), `"a"`) {
		t.Errorf("got %v; want ErrHeld by a", err)
	}
	st, err := ReadStatus(t.Context(), a.db, f.info, scaled)
	if err != nil || st.Shards[0].Wanted != "" {
		t.Errorf("the wish stays: %+v, %v", st.Shards, err)
	}
}

// TestBorrowDead asks for a shard whose owner died.
func TestBorrowDead(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 2)
	a := f.start("a")
	f.has(20*time.Second, map[*unit]int{a: 2})
	a.kill()
	err := f.borrow("host-1", 0, 2*scaled.Lease, func(_ context.Context, l *Lease) error {
		f.given(l)
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

func TestDrain(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 6)
	a, b := f.start("a"), f.start("b")
	f.has(20*time.Second, map[*unit]int{a: 3, b: 3})
	lease := a.Held()[0]
	if err := Drain(t.Context(), b.db, "nobody", true); !errors.Is(err, ErrNoMachine) {
		t.Errorf("got %v; want ErrNoMachine", err)
	}
	if err := Drain(t.Context(), b.db, "a", true); err != nil {
		t.Fatal(err)
	}
	f.has(2*scaled.Lease, map[*unit]int{a: 0, b: 6})
	if cause := context.Cause(lease.Context()); !errors.Is(cause, ErrDraining) {
		t.Errorf("cause: got %v; want ErrDraining", cause)
	}
	// It heeds that after a restart, too.
	if err := a.halt(); err != nil {
		t.Fatal(err)
	}
	a2 := f.start("a")
	f.wait("it joins", scaled.Lease, func() bool {
		st, err := ReadStatus(t.Context(), b.db, f.info, scaled)
		if err != nil {
			t.Fatal(err)
		}
		m, _ := st.Machine("a")
		return m.Alive && m.Draining && m.Shards == 0
	})
	time.Sleep(scaled.Lease / 4)
	f.has(0, map[*unit]int{a2: 0, b: 6})
	if err := Drain(t.Context(), b.db, "a", false); err != nil {
		t.Fatal(err)
	}
	f.has(2*scaled.Lease, map[*unit]int{a2: 3, b: 3})
}

func TestForget(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 4)
	a, b := f.start("a"), f.start("b")
	f.has(20*time.Second, map[*unit]int{a: 2, b: 2})
	if _, err := Forget(t.Context(), b.db, "nobody", scaled, true); !errors.Is(err, ErrNoMachine) {
		t.Errorf("got %v; want ErrNoMachine", err)
	}
	a.kill()
	if _, err := Forget(t.Context(), b.db, "a", scaled, false); !errors.Is(err, ErrAlive) {
		t.Errorf("got %v; want ErrAlive", err)
	}
	if !f.hasMachine(b.db, "a") {
		t.Error("a refused forget removed the machine")
	}
	f.wait("it is dead", 2*scaled.Lease, func() bool { return a.valid() == 0 })
	if freed, err := Forget(t.Context(), b.db, "a", scaled, true); err != nil {
		t.Errorf("got %d, %v", freed, err)
	}
	f.has(2*scaled.Lease, map[*unit]int{b: 4})
	if f.hasMachine(b.db, "a") {
		t.Error("the machine is still there")
	}
	// One that runs after all loses its shards and joins again.
	if freed, err := Forget(t.Context(), connect(t, f.url), "b", scaled, true); err != nil || freed != 4 {
		t.Errorf("got %d, %v; want 4 shards freed", freed, err)
	}
	f.wait("it joins again", 2*scaled.Lease, func() bool { return f.hasMachine(b.db, "b") && b.valid() == 4 })
}

func (f *field) hasMachine(db *DB, name string) bool {
	f.t.Helper()
	st, err := ReadStatus(f.t.Context(), db, f.info, scaled)
	if err != nil {
		f.t.Fatal(err)
	}
	_, ok := st.Machine(name)
	return ok
}

func TestNames(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 4)
	a := f.start("a")
	f.has(20*time.Second, map[*unit]int{a: 4})
	for _, instance := range []string{"another disk", a.Instance, ""} {
		twin := f.machine("a")
		twin.Instance = instance
		begun := time.Now()
		f.run(twin)
		if err := <-twin.done; !errors.Is(err, ErrNameTaken) {
			t.Errorf("a second machine with %q: got %v; want ErrNameTaken", instance, err)
		} else {
			twin.done <- err
		}
		if took := time.Since(begun); took > scaled.Lease {
			t.Errorf("refused after %s", took)
		}
	}
	if a.valid() != 4 {
		t.Errorf("the first has %d shards; want 4", a.valid())
	}
	// The same machine, restarted after a crash, does not wait for the end of its leases.
	a.kill()
	time.Sleep(scaled.Poll)
	old := a.Held()
	for _, l := range old {
		l.stop(ErrLost, "") // its process is dead
	}
	again := f.start("a")
	if took := f.has(scaled.Lease, map[*unit]int{again: 4}); took > scaled.Lease*2/3 {
		t.Errorf("restarted, it has its shards after %s", took)
	}
	// On an empty disk, it waits until the first is certainly dead.
	again.kill()
	fresh := f.machine("a")
	fresh.Instance = "new disk"
	f.run(fresh)
	if took := f.has(3*scaled.Lease, map[*unit]int{fresh: 4}); took < scaled.Lease/2 {
		t.Errorf("on a new disk, it has its shards after %s", took)
	}
	for name, ok := range map[string]bool{"a": true, "crawler-7.example.org": true, "": false, "a b": false, "ä": false, strings.Repeat("a", 101): false} {
		if err := CheckName(name); (err == nil) != ok {
			t.Errorf("CheckName(%q): %v", name, err)
		}
	}
}
