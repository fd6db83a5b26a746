package cluster

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive/storetest"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// scaled are the times of the tests: a lease of a minute takes a few seconds.
var scaled = Times{Lease: testLease}

// A field is a cluster with its machines, and a judge of who holds what.
type field struct {
	t     *testing.T
	url   string
	info  Info
	store *storetest.Memory

	mu     sync.Mutex
	last   map[int]*Lease   // of each shard, the lease that was given last
	tokens map[int][]int64  // of each shard, in the order in which they were given
	all    map[string]*unit // the machines by name
}

// A unit is a machine of a field.
type unit struct {
	*Member
	db     *DB
	stop   context.CancelFunc
	done   chan error
	ended  sync.WaitGroup
	linger atomic.Int64 // how long its work takes to end
	busy   atomic.Bool  // it gives nothing back between runs
}

func newField(t *testing.T, url string, shards int) *field {
	t.Helper()
	f := &field{t: t, url: url, store: &storetest.Memory{}, last: map[int]*Lease{}, tokens: map[int][]int64{}, all: map[string]*unit{}}
	var err error
	if f.info, _, err = Init(t.Context(), f.store, connect(t, url), shards, scaled); err != nil {
		t.Fatal(err)
	}
	return f
}

// machine makes a machine that does not run yet.
func (f *field) machine(name string) *unit {
	db := connect(f.t, f.url)
	u := &unit{db: db, done: make(chan error, 1)}
	u.Member = &Member{DB: db, Info: f.info, Times: scaled, Name: name, Instance: "disk of " + name, Version: "test"}
	u.Member.Start = func(l *Lease) {
		f.given(l)
		u.ended.Go(func() { u.work(l) })
	}
	return u
}

// work is that of a shard that is given back when it has to be, or when it is asked for.
func (u *unit) work(l *Lease) {
	giveBack := l.GiveBack()
	if u.busy.Load() {
		giveBack = nil
	}
	select {
	case <-l.Context().Done():
	case <-giveBack:
	}
	time.Sleep(time.Duration(u.linger.Load()))
	l.Release()
}

// given judges a lease that is given: nobody else may have a valid one.
func (f *field) given(l *Lease) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if before := f.last[l.Shard]; before != nil {
		if before.Err() == nil {
			f.t.Errorf("shard %d was given to %s under token %d while %s has it under token %d", l.Shard, l.member.Name, l.Token, before.member.Name, before.Token)
		}
		if l.Token < before.Token || l.Token == before.Token && !(l.Continued && l.member == before.member) {
			f.t.Errorf("shard %d: token %d follows %d", l.Shard, l.Token, before.Token)
		}
	}
	f.last[l.Shard] = l
	f.tokens[l.Shard] = append(f.tokens[l.Shard], l.Token)
}

// run starts a machine.
func (f *field) run(u *unit) *unit {
	ctx, cancel := context.WithCancel(context.Background())
	u.stop = cancel
	u.init()
	f.mu.Lock()
	f.all[u.Name] = u
	f.mu.Unlock()
	go func() { u.done <- u.Run(ctx) }()
	f.t.Cleanup(func() { u.halt() })
	return u
}

func (f *field) start(name string) *unit { return f.run(f.machine(name)) }

// halt stops a machine in order, and returns what Run returned.
func (u *unit) halt() error {
	u.stop()
	err := <-u.done
	u.done <- err
	u.ended.Wait()
	return err
}

// kill cuts a machine off from the database for good, so that nothing is given back.
func (u *unit) kill() { u.db.Close() }

// valid is how many valid leases a machine has.
func (u *unit) valid() (n int) {
	for _, l := range u.Held() {
		if l.Err() == nil {
			n++
		}
	}
	return n
}

// wait waits until something is so.
func (f *field) wait(what string, limit time.Duration, ok func() bool) time.Duration {
	f.t.Helper()
	begun := time.Now()
	for !ok() {
		if time.Since(begun) > limit {
			f.t.Fatalf("%s: not within %s; %s", what, limit, f.describe())
		}
		time.Sleep(10 * time.Millisecond)
	}
	return time.Since(begun)
}

func (f *field) describe() (s string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name, u := range f.all {
		_, err := u.Waiting()
		s += fmt.Sprintf(" %s: %d valid, waits for %v;", name, u.valid(), err)
	}
	return s
}

// has waits until machines hold so many shards.
func (f *field) has(limit time.Duration, want map[*unit]int) time.Duration {
	f.t.Helper()
	return f.wait(fmt.Sprint("shares ", len(want)), limit, func() bool {
		for u, n := range want {
			if u.valid() != n {
				return false
			}
		}
		return true
	})
}

func (f *field) sql(statements ...string) {
	f.t.Helper()
	if err := pgtest.Exec(f.url, statements...); err != nil {
		f.t.Fatal(err)
	}
}

// TestShares has machines come and go, at both levels of isolation.
func TestShares(t *testing.T) {
	for _, isolation := range []string{"read committed", "serializable"} {
		t.Run(isolation, func(t *testing.T) {
			t.Parallel()
			url := freshURL(t)
			if isolation == "serializable" {
				url = withOption(t, url, "default_transaction_isolation=serializable")
			}
			f := newField(t, url, 64)
			a := f.start("a")
			f.has(20*time.Second, map[*unit]int{a: 64})
			b := f.start("b")
			f.has(20*time.Second, map[*unit]int{a: 32, b: 32})
			c := f.start("c")
			f.wait("shares of three", 20*time.Second, func() bool {
				return a.valid() <= 22 && b.valid() <= 22 && c.valid() <= 22 && a.valid()+b.valid()+c.valid() == 64
			})
			if err := b.halt(); err != nil {
				t.Errorf("Run: got %v; want nil", err)
			}
			// What was given back in order is taken without waiting for the end of leases.
			if took := f.has(scaled.Lease, map[*unit]int{a: 32, b: 0, c: 32}); took > scaled.Lease/2 {
				t.Errorf("given back in order, but taken after %s", took)
			}
			c.kill()
			took := f.has(3*scaled.Lease, map[*unit]int{a: 64, c: 0})
			if took < scaled.Lease/2 {
				t.Errorf("the killed machine's shards were taken after %s", took)
			}
			t.Logf("taken over %s after the kill; leases are %s", took, scaled.Lease)
		})
	}
}

// TestStart has machines start at the same time.
func TestStart(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 64)
	var units []*unit
	for _, name := range []string{"a", "b", "c"} {
		units = append(units, f.start(name))
	}
	f.wait("shares", 15*time.Second, func() bool {
		sum, most := 0, 0
		for _, u := range units {
			sum, most = sum+u.valid(), max(most, u.valid())
		}
		return sum == 64 && most <= 22
	})
}

// TestBusy has a machine keep its shards until its runs have ended.
func TestBusy(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 4)
	a := f.machine("a")
	a.busy.Store(true)
	a.Idle = func(shard int) bool { return shard == 2 }
	f.run(a)
	f.has(20*time.Second, map[*unit]int{a: 4})
	b := f.start("b")
	f.wait("two shards are asked for", 20*time.Second, func() bool {
		n := 0
		for _, l := range a.Held() {
			select {
			case <-l.GiveBack():
				n++
			default:
				if l.Shard == 2 {
					return false // the idle one is the first
				}
			}
		}
		return n == 2
	})
	if a.valid() != 4 || b.valid() != 0 {
		t.Errorf("got %d and %d; want 4 and 0 until the runs end", a.valid(), b.valid())
	}
}

// TestLocal has each machine take what lies on its disk.
func TestLocal(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 16)
	a, b := f.machine("a"), f.machine("b")
	a.Local = func(shard int) bool { return shard%2 == 0 }
	b.Local = func(shard int) bool { return shard%2 == 1 }
	// Both are alive before a shard is free.
	f.sql("update newsmorgue_shard set until = clock_timestamp() + interval '3 seconds'")
	f.run(a)
	f.run(b)
	f.has(20*time.Second, map[*unit]int{a: 8, b: 8})
	for _, l := range a.Held() {
		if l.Shard%2 != 0 {
			t.Errorf("shard %d lies on the disk of b, but a has it", l.Shard)
		}
	}
}

// TestClocks has a machine stand still for longer than a lease: as a stopped process, for
// which both clocks go on; as a sleeping computer, for which only the one that can be set
// goes on; and with that one set back.
func TestClocks(t *testing.T) {
	for _, c := range []struct {
		name       string
		mono, wall time.Duration
		ends       bool
	}{
		{"stopped", scaled.Lease, scaled.Lease, true},
		{"asleep", 0, scaled.Lease, true},
		{"set back", scaled.Lease, -time.Hour, true},
		{"5 s before the end", scaled.Lease - scaled.Lease/12, 0, true},
		{"before that", scaled.Lease / 2, scaled.Lease / 2, false},
		{"set back alone", 0, -time.Hour, false},
	} {
		now := readClocks()
		m := &Member{clock: func() instant { return now }, Times: scaled}
		m.init()
		l := m.begin(3, 7, now, false)
		now = instant{now.mono + c.mono, now.wall.Add(c.wall)}
		err := l.Err()
		if got := errors.Is(err, ErrLapsed); got != c.ends || !c.ends && err != nil {
			t.Errorf("%s: got %v; want an end: %v", c.name, err, c.ends)
		}
		if got := errors.Is(context.Cause(l.Context()), ErrLapsed); got != c.ends {
			t.Errorf("%s: the context's cause is %v", c.name, context.Cause(l.Context()))
		}
	}
}

// TestStopped stops a machine longer than a lease and lets it go on: its shards are
// another's, and it must notice before it writes.
func TestStopped(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 4)
	a := f.machine("a")
	var mu sync.Mutex
	var frozen *instant
	a.clock = func() instant {
		mu.Lock()
		defer mu.Unlock()
		if frozen != nil {
			return *frozen
		}
		return readClocks()
	}
	f.run(a)
	f.has(20*time.Second, map[*unit]int{a: 4})
	leases := a.Held()
	// A stopped process reads no clock and talks to no database.
	<-a.db.turn
	mu.Lock()
	now := readClocks()
	frozen = &now
	mu.Unlock()
	b := f.machine("b")
	taken := make(chan *Lease, 4)
	b.Start = func(l *Lease) { taken <- l } // the first one's clock cannot be asked
	f.run(b)
	t.Cleanup(func() {
		for range len(b.Held()) {
			(<-taken).Release()
		}
	})
	f.has(4*scaled.Lease, map[*unit]int{b: 4})
	mu.Lock()
	frozen = nil
	mu.Unlock()
	for _, l := range leases {
		if err := l.Err(); !errors.Is(err, ErrLapsed) {
			t.Errorf("shard %d after the stop: got %v; want ErrLapsed", l.Shard, err)
		}
	}
	a.db.turn <- struct{}{}
	f.wait("the machine joins again", 2*scaled.Lease, func() bool { _, err := a.Waiting(); return err == nil && len(a.Held()) == 0 })
	for _, l := range b.Held() {
		if err := l.Err(); err != nil || l.Token <= f.tokens[l.Shard][0] {
			t.Errorf("shard %d of the other machine: token %d after %d, %v", l.Shard, l.Token, f.tokens[l.Shard], err)
		}
	}
}

// TestTwoOwners forces a second owner by editing a row.
func TestTwoOwners(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 2)
	a := f.start("a")
	f.has(20*time.Second, map[*unit]int{a: 2})
	before := a.Held()
	slices.SortFunc(before, func(x, y *Lease) int { return x.Shard - y.Shard })
	f.sql("update newsmorgue_shard set holder = 'other', token = token + 1, until = clock_timestamp() + interval '3 seconds' where shard = 0")
	f.wait("the lease ends", scaled.Lease, func() bool { return before[0].Context().Err() != nil })
	var end *EndError
	if cause := context.Cause(before[0].Context()); !errors.Is(cause, ErrLost) || !errors.As(cause, &end) || end.Shard != 0 {
		t.Errorf("cause: got %v; want ErrLost of shard 0", cause)
	}
	if err := before[0].Err(); !errors.Is(err, ErrLost) && !errors.Is(err, errReleased) {
		t.Errorf("got %v; want ErrLost", err)
	}
	if before[1].Err() != nil {
		t.Errorf("the other shard: %v", before[1].Err())
	}
	f.has(3*scaled.Lease, map[*unit]int{a: 2}) // the other one does not renew
	if got := f.tokens[0]; len(got) != 2 || got[1] < got[0]+2 {
		t.Errorf("tokens: got %v", got)
	}
}

// TestWorker runs work that fails, and ends it with the lease.
func TestWorker(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 2)
	db := connect(t, f.url)
	var calls, running atomic.Int64
	causes := make(chan error, 2)
	w := &Worker{Pause: time.Millisecond, Work: func(ctx context.Context, l *Lease) error {
		if calls.Add(1) <= 3 {
			return errors.New("disk full")
		}
		running.Add(1)
		defer running.Add(-1)
		<-ctx.Done()
		causes <- context.Cause(ctx)
		return context.Cause(ctx)
	}}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- w.Run(ctx, &Member{DB: db, Info: f.info, Times: scaled, Name: "w", Instance: "w"})
	}()
	f.wait("the work begins again", 20*time.Second, func() bool { return running.Load() == 2 })
	cancel()
	if err := <-done; err != nil || running.Load() != 0 {
		t.Errorf("got %v, %d still running", err, running.Load())
	}
	for range 2 {
		if cause := <-causes; !errors.Is(cause, ErrStopping) {
			t.Errorf("cause: got %v; want ErrStopping", cause)
		}
	}
	st, err := ReadStatus(t.Context(), db, f.info, scaled)
	if err != nil || st.Shards[0].Holder+st.Shards[1].Holder != "" || !st.Machines[0].Stopped {
		t.Errorf("status: got %+v, %v; want two free shards", st, err)
	}
}
