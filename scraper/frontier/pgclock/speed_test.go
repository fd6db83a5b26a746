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

func (e *endless) Next(ctx context.Context, _ ...string) (*scraper.Lease, error) {
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
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

// BenchmarkCycle takes and gives back clocks of 10,000 hosts by 16 workers over 16
// connections: of one machine, and of 16, each with a connection of its own.
func BenchmarkCycle(b *testing.B) {
	for _, machines := range []int{1, 16} {
		b.Run(fmt.Sprintf("machines=%d", machines), func(b *testing.B) {
			s := pgtest.Start(b, "fsync=on", "full_page_writes=on")
			all := hosts(10_000)
			var fs []*pgclock.Frontier
			var first *pgclock.Clocks
			for range machines {
				c := open(b, fmt.Sprintf("%s&pool_max_conns=%d", s.URL, 16/machines), pgclock.Options{})
				fs = append(fs, c.Wrap(all))
				if first == nil {
					first = c
				}
			}
			cycles(b, fs, 10_000) // the rows are made
			before := updates(b, first)
			b.ResetTimer()
			took := cycles(b, fs, b.N)
			b.StopTimer()
			slices.Sort(took)
			b.ReportMetric(float64(len(took))/b.Elapsed().Seconds(), "cycles/s")
			b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
			time.Sleep(1500 * time.Millisecond) // the server's statistics are late
			after := updates(b, first)
			if n := after[0] - before[0]; n > 0 {
				b.ReportMetric(float64(after[1]-before[1])/float64(n)*100, "%HOT")
			}
		})
	}
}

// cycles takes and gives back n clocks or a few more, by 16 workers. It returns how long
// each took.
func cycles(b *testing.B, fs []*pgclock.Frontier, n int) (took []time.Duration) {
	ctx := context.Background()
	var mu sync.Mutex
	var wg sync.WaitGroup
	for worker := range 16 {
		f := fs[worker%len(fs)]
		wg.Go(func() {
			mine := make([]time.Duration, 0, n/16+1)
			for range n/16 + 1 {
				start := time.Now()
				l, err := f.Next(ctx)
				if err == nil {
					err = f.Done(ctx, l, scraper.Outcome{Result: scraper.ResultKept, HostRest: time.Millisecond})
				}
				if err != nil {
					b.Error(err)
				}
				mine = append(mine, time.Since(start))
			}
			mu.Lock()
			took = append(took, mine...)
			mu.Unlock()
		})
	}
	wg.Wait()
	return took
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
