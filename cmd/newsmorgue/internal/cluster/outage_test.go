package cluster

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// TestDatabaseGone kills the database for longer than a lease: the machines stop to work,
// and continue their own shards when it is back.
func TestDatabaseGone(t *testing.T) {
	t.Parallel()
	srv := pgtest.Start(t)
	srv.Need(t)
	f := newField(t, srv.URL, 8)
	a, b := f.start("a"), f.start("b")
	f.has(20*time.Second, map[*unit]int{a: 4, b: 4})
	// A moment without it costs nothing. On a busy machine it may be more than a moment: then
	// it is tried again, and left out in the end.
	held := func() []*Lease { return append(a.Held(), b.Held()...) }
	before := held()
	for range 3 {
		start := time.Now()
		if err := srv.Kill(); err != nil {
			t.Fatal(err)
		}
		if err := srv.Again(); err != nil {
			t.Fatal(err)
		}
		if took := time.Since(start); took > scaled.Lease/3 {
			t.Logf("the database took %s to start", took)
			time.Sleep(scaled.Lease)
			f.has(20*scaled.Lease, map[*unit]int{a: 4, b: 4})
			before = held()
			continue
		}
		time.Sleep(scaled.Lease)
		for _, l := range before {
			if err := l.Err(); err != nil {
				t.Errorf("after a restart of the database: %v", err)
			}
		}
		break
	}
	owners, tokens := map[int]string{}, map[int]int64{}
	for _, l := range before {
		owners[l.Shard], tokens[l.Shard] = l.member.Name, l.Token
	}

	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	took := f.has(2*scaled.Lease, map[*unit]int{a: 0, b: 0})
	if took > scaled.Lease {
		t.Errorf("leases ended after %s; they last %s", took, scaled.Lease)
	}
	for _, l := range before {
		if cause := context.Cause(l.Context()); !errors.Is(cause, ErrLapsed) {
			t.Errorf("cause: got %v; want ErrLapsed", cause)
		}
	}
	if since, err := a.Waiting(); err == nil || time.Since(since) < scaled.Lease/2 {
		t.Errorf("waiting: got %v since %s", err, since)
	}
	time.Sleep(scaled.Lease)
	if err := srv.Again(); err != nil {
		t.Fatal(err)
	}
	f.has(3*scaled.Lease, map[*unit]int{a: 4, b: 4})
	for _, u := range []*unit{a, b} {
		for _, l := range u.Held() {
			if owners[l.Shard] != u.Name || l.Token != tokens[l.Shard] || !l.Continued {
				t.Errorf("shard %d: %s has it under token %d (continued: %v); before, %s under %d", l.Shard, u.Name, l.Token, l.Continued, owners[l.Shard], tokens[l.Shard])
			}
		}
	}
	f.wait("it waits for nothing", scaled.Lease, func() bool { _, err := a.Waiting(); return err == nil })
}

// TestStopWhileGone stops a machine while there is no database.
func TestStopWhileGone(t *testing.T) {
	t.Parallel()
	srv := pgtest.Start(t)
	srv.Need(t)
	f := newField(t, srv.URL, 2)
	a := f.start("a")
	f.has(20*time.Second, map[*unit]int{a: 2})
	if err := srv.Kill(); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	if err := a.halt(); err != nil {
		t.Errorf("got %v", err)
	}
	if took := time.Since(begun); took > 3*scaled.Lease {
		t.Errorf("took %s", took)
	}
}

// TestEmptied empties the database under the machines, in different ways.
func TestEmptied(t *testing.T) {
	for name, statements := range map[string][]string{
		"tables dropped": {"drop table newsmorgue_cluster, newsmorgue_machine, newsmorgue_shard"},
		"rows removed":   {"delete from newsmorgue_cluster", "delete from newsmorgue_machine", "delete from newsmorgue_shard"},
		"shards removed": {"delete from newsmorgue_shard"},
		"one table":      {"drop table newsmorgue_shard"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newField(t, freshURL(t), 8)
			a, b := f.machine("a"), f.machine("b")
			const floor = int64(1) << 40
			a.Floor = func(_ context.Context, shard int) (int64, error) {
				if shard != 5 {
					return 0, nil
				}
				f.mu.Lock() // as if the owners had written heads, one of them by a wrong clock
				defer f.mu.Unlock()
				return max(floor, slices.Max(append(f.tokens[5], 0))), nil
			}
			b.Floor = a.Floor
			f.run(a)
			f.run(b)
			f.has(20*time.Second, map[*unit]int{a: 4, b: 4})
			before := append(a.Held(), b.Held()...)
			begun := time.Now()
			f.sql(statements...)
			f.wait("all leases end", 2*scaled.Lease, func() bool {
				for _, l := range before {
					if l.Context().Err() == nil {
						return false
					}
				}
				return true
			})
			f.has(4*scaled.Lease, map[*unit]int{a: 4, b: 4})
			if took := time.Since(begun); took < scaled.Lease {
				t.Errorf("shards were given again after %s; leases may last %s", took, scaled.Lease)
			}
			for shard, tokens := range f.tokens {
				if len(tokens) < 2 || tokens[len(tokens)-1] <= tokens[0] {
					t.Errorf("shard %d: tokens %v do not grow", shard, tokens)
				}
			}
			if got := f.tokens[5][0]; got != floor+1 {
				t.Errorf("token over a floor: got %d, want %d", got, floor+1)
			}
		})
	}
}

// TestOtherDatabase puts another cluster's tables in place of the machine's.
func TestOtherDatabase(t *testing.T) {
	t.Parallel()
	for statement, want := range map[string]error{
		"update newsmorgue_cluster set id = 'other'":         ErrOtherCluster,
		"update newsmorgue_cluster set schema_version = 99":  ErrNewerSchema,
		"update newsmorgue_cluster set shards = shards + 10": ErrOtherShards,
	} {
		f := newField(t, freshURL(t), 2)
		a := f.start("a")
		f.has(20*time.Second, map[*unit]int{a: 2})
		f.sql(statement)
		select {
		case err := <-a.done:
			a.done <- err
			if !errors.Is(err, want) {
				t.Errorf("%s: got %v; want %v", statement, err, want)
			}
		case <-time.After(2 * scaled.Lease):
			t.Errorf("%s: the machine goes on", statement)
		}
	}
}

// TestFloor has a store whose heads cannot be read, or have impossible tokens.
func TestFloor(t *testing.T) {
	t.Parallel()
	f := newField(t, freshURL(t), 3)
	a := f.machine("a")
	a.Floor = func(_ context.Context, shard int) (int64, error) {
		switch shard {
		case 0:
			return 0, errors.New("the store is away")
		case 1:
			return 1<<63 - 1, nil
		}
		return 5, nil
	}
	f.run(a)
	f.has(20*time.Second, map[*unit]int{a: 1})
	time.Sleep(scaled.Lease / 4)
	if held := a.Held(); len(held) != 1 || held[0].Shard != 2 {
		t.Errorf("got %v; want shard 2 alone", held)
	}
}
