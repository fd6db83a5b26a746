package pgclock_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
)

// TestLeftWhileTaken: who does not wait for clocks any more leaves none behind.
func TestLeftWhileTaken(t *testing.T) {
	s := server(t)
	c := open(t, s.Fresh(t), pgclock.Options{})
	f := c.Wrap(hosts(1))
	left := 0
	for i := range 200 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i%20)*100*time.Microsecond)
		l, err := f.Next(ctx)
		cancel()
		switch {
		case errors.Is(err, context.DeadlineExceeded):
			left++
		case err != nil:
			t.Fatal(err)
		default:
			if err := f.Done(context.Background(), l, scraper.Outcome{Result: scraper.ResultKept}); err != nil {
				t.Fatal(err)
			}
		}
	}
	if left == 0 {
		t.Fatal("nobody left")
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if _, err := f.Next(ctx); err != nil {
		t.Errorf("%d left: %v; want the clock to be free", left, err)
	}
}
