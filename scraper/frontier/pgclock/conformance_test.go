package pgclock_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/frontiertest"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// outside returns a function that has others called outside of any bubble that it is used
// in: by goroutines and over channels that were made before. A bubble's time stands still
// while it waits for them.
func outside(t *testing.T, n int) func(func()) {
	type worker struct {
		do   chan func()
		done chan struct{}
	}
	free := make(chan worker, n)
	for range n {
		w := worker{make(chan func()), make(chan struct{})}
		go func() {
			for do := range w.do {
				do()
				w.done <- struct{}{}
			}
		}()
		t.Cleanup(func() { close(w.do) })
		free <- w
	}
	return func(do func()) {
		w := <-free
		w.do <- do
		<-w.done
		free <- w
	}
}

// TestConformance runs with the fake time of synctest, which each statement has as its
// parameter, over a real database.
func TestConformance(t *testing.T) {
	s := server(t)
	for _, isolation := range []string{"read committed", "serializable"} {
		t.Run(isolation, func(t *testing.T) {
			ctx := context.Background()
			u := s.Fresh(t)
			if err := pgclock.Setup(ctx, u); err != nil {
				t.Fatal(err)
			}
			config, err := pgxpool.ParseConfig(u)
			if err != nil {
				t.Fatal(err)
			}
			config.ConnConfig.RuntimeParams["default_transaction_isolation"] = isolation
			pool, err := pgxpool.NewWithConfig(ctx, config)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(pool.Close)
			call := outside(t, 20)
			last := ""
			frontiertest.Run(t, func(t *testing.T, dir string) (scraper.Frontier, func()) {
				if dir != last { // each test begins on the first day of the year 2000
					last = dir
					call(func() {
						if _, err := pool.Exec(ctx, "DELETE FROM newsmorgue_clock"); err != nil {
							t.Error(err)
						}
						if _, err := pool.Exec(ctx, "INSERT INTO newsmorgue_clock VALUES ('', '', 1, '1999-01-01', '1999-01-01')"); err != nil {
							t.Error(err)
						}
					})
				}
				f, err := frontier.Open(filepath.Join(dir, "frontier.sqlite"))
				if err != nil {
					t.Fatal(err)
				}
				c := pgclock.InBubble(pool, pgclock.Options{}, call)
				return c.Wrap(f), func() {
					c.Close()
					f.Close()
				}
			})
		})
	}
}
