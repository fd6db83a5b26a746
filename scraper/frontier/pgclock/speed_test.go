package pgclock_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

// endless is a frontier of many hosts that always has something due.
type endless struct {
	scraper.Frontier
	mu    sync.Mutex
	hosts []*url.URL
	id    int64
}

func (e *endless) Next(context.Context, ...string) (*scraper.Lease, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.id++
	u := e.hosts[int(e.id)%len(e.hosts)]
	return &scraper.Lease{ID: e.id, Request: &scraper.Request{URL: u, Site: "s.example"}}, nil
}

func (e *endless) Done(context.Context, *scraper.Lease, scraper.Outcome) error { return nil }

func hosts(n int) *endless {
	e := &endless{}
	for i := range n {
		e.hosts = append(e.hosts, &url.URL{Scheme: "https", Host: fmt.Sprintf("h%05d.example", i), Path: "/"})
	}
	return e
}

// BenchmarkCycle takes and gives back clocks of 10,000 hosts over 16 connections.
func BenchmarkCycle(b *testing.B) {
	s := pgtest.Start(b, "fsync=on", "full_page_writes=on")
	c := open(b, s.URL+"&pool_max_conns=16", pgclock.Options{})
	f := c.Wrap(hosts(10_000))
	ctx := context.Background()
	cycle := func() {
		l, err := f.Next(ctx)
		if err == nil {
			err = f.Done(ctx, l, scraper.Outcome{Result: scraper.ResultKept, HostRest: time.Millisecond, RemoteAddr: ""})
		}
		if err != nil {
			b.Error(err)
		}
	}
	var mu sync.Mutex
	var took []time.Duration
	run := func(n int) {
		var wg sync.WaitGroup
		for range 16 {
			wg.Go(func() {
				mine := make([]time.Duration, 0, n/16+1)
				for range n/16 + 1 {
					start := time.Now()
					cycle()
					mine = append(mine, time.Since(start))
				}
				mu.Lock()
				took = append(took, mine...)
				mu.Unlock()
			})
		}
		wg.Wait()
	}
	run(10_000) // the rows are made
	took = took[:0]
	before := updates(b, c)
	b.ResetTimer()
	run(b.N)
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "cycles/s")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	time.Sleep(1500 * time.Millisecond) // the server's statistics are late
	after := updates(b, c)
	if n := after[0] - before[0]; n > 0 {
		b.ReportMetric(float64(after[1]-before[1])/float64(n)*100, "%HOT")
	}
}

// updates counts the updates of the clocks' table, and those that touched no index.
func updates(t testing.TB, c *pgclock.Clocks) (n [2]int64) {
	t.Helper()
	ctx := context.Background()
	time.Sleep(1500 * time.Millisecond)
	if _, err := c.Pool().Exec(ctx, "SELECT pg_stat_clear_snapshot()"); err != nil {
		t.Fatal(err)
	}
	err := c.Pool().QueryRow(ctx, "SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_user_tables WHERE relname = 'newsmorgue_clock'").Scan(&n[0], &n[1])
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestUpdatesAreHot: no clock update touches an index, so that the table stays small.
func TestUpdatesAreHot(t *testing.T) {
	s := server(t)
	c := open(t, s.URL, pgclock.Options{})
	f := c.Wrap(hosts(200))
	ctx := context.Background()
	for range 4000 {
		l, err := f.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Done(ctx, l, scraper.Outcome{Result: scraper.ResultKept}); err != nil {
			t.Fatal(err)
		}
	}
	n := updates(t, c)
	if n[0] < 7000 || n[1] < n[0] {
		t.Errorf("%d of %d updates are HOT, want all", n[1], n[0])
	}
}
