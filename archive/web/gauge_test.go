package web

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// TestGauge: the last value is shown while the next is computed, one computation runs at a
// time, and all of them take a bounded share of the time.
func TestGauge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var b background
		var g gauge[int]
		at, most, runs := 0, 0, 0
		how := gauging[int]{least: time.Second, share: 20, timeout: time.Minute, compute: func(_ context.Context, old int) (int, error) {
			at++
			most = max(most, at)
			time.Sleep(2 * time.Second)
			at--
			runs++
			if runs == 3 {
				return 0, errors.New("failed")
			}
			return old + 1, nil
		}}
		read := func(wait time.Duration) (int, bool, error) {
			v, when, err := g.read(t.Context(), &b, how, wait)
			return v, !when.IsZero(), err
		}
		if v, ok, err := read(100 * time.Millisecond); ok || err != nil {
			t.Errorf("got %d, %v before the first computation", v, err)
		}
		for range 10 {
			read(0)
		}
		if v, ok, _ := read(5 * time.Second); v != 1 || !ok || most != 1 {
			t.Errorf("got %d, %v; %d computations at once", v, ok, most)
		}
		for range 400 { // 40 s: the pause after the first
			time.Sleep(99 * time.Millisecond)
			read(0)
		}
		if runs != 1 {
			t.Errorf("got %d computations, want one within the pause", runs)
		}
		time.Sleep(time.Second)
		if v, _, _ := read(3 * time.Second); v != 2 {
			t.Errorf("got %d after the pause", v)
		}
		time.Sleep(time.Minute)
		if v, ok, err := read(3 * time.Second); v != 2 || !ok || err == nil {
			t.Errorf("got %d, %v, want the last value with the error", v, err)
		}
		time.Sleep(time.Minute)
		read(0)
		b.close() // waits
		if at != 0 {
			t.Error("a computation runs after the end")
		}
		if _, _, err := g.read(t.Context(), &b, how, time.Second); err != nil {
			t.Errorf("got %v", err)
		}
	})
}
