package pgclock_test

import (
	"context"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// TestWrittenTogether: that hosts rest is written for many by one statement, before they
// have rested, and at once if a host asked to wait.
func TestWrittenTogether(t *testing.T) {
	s := server(t)
	c := open(t, s.Fresh(t), pgclock.Options{})
	f := c.Wrap(hosts(20))
	ctx := context.Background()
	held := func() (n int) {
		if err := c.Pool().QueryRow(ctx, "SELECT count(*) FROM newsmorgue_clock WHERE key <> '' AND until > clock_timestamp()").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	give := func(n int, o scraper.Outcome) {
		for range n {
			l, err := f.Next(ctx)
			if err == nil {
				err = f.Done(ctx, l, o)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	begin := time.Now()
	give(5, scraper.Outcome{Result: scraper.ResultKept, HostRest: 2 * time.Second})
	if n := held(); n == 0 && time.Since(begin) < 80*time.Millisecond {
		t.Error("each was written by itself")
	}
	for held() > 0 {
		if time.Since(begin) > 1500*time.Millisecond {
			t.Fatal("not written before the hosts have rested")
		}
		time.Sleep(10 * time.Millisecond)
	}
	give(1, scraper.Outcome{Result: scraper.ResultKept, HostRest: time.Second, RetryAfter: time.Minute})
	if held() > 0 {
		t.Error("a clock is held, want what its host asks for to be written at once")
	}
}
