package watch

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// diary is a stand-in for the runs of an archive.
type diary struct {
	mu     sync.Mutex
	starts map[string][]time.Time
	now    map[string]int
	most   map[string]int
	takes  time.Duration
	fail   map[string]bool
}

func (d *diary) last(_ context.Context, name string) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s := d.starts[name]; len(s) > 0 && !d.fail[name] {
		return s[len(s)-1], nil
	}
	return time.Time{}, nil
}

func (d *diary) run(ctx context.Context, name string) error {
	d.mu.Lock()
	d.starts[name] = append(d.starts[name], time.Now())
	d.now[name]++
	d.most[name] = max(d.most[name], d.now[name])
	d.mu.Unlock()
	select {
	case <-time.After(d.takes):
	case <-ctx.Done():
	}
	d.mu.Lock()
	d.now[name]--
	d.mu.Unlock()
	if d.fail[name] {
		return errors.New("no answer")
	}
	return nil
}

func every(t *testing.T, s string) schedule.Every {
	t.Helper()
	e, err := schedule.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestServeRunsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &diary{starts: map[string][]time.Time{}, now: map[string]int{}, most: map[string]int{}, takes: 2 * time.Hour, fail: map[string]bool{"bad.example": true}}
		d := &Daemon{
			Sites: func() ([]Site, error) {
				return []Site{
					{Name: "slow.example", Every: every(t, "1h")}, // a run takes longer than its interval
					{Name: "calm.example", Every: every(t, "6h")},
					{Name: "bad.example", Every: every(t, "6h")},
					{Name: "off.example", Every: every(t, "1h"), Paused: true},
				}, nil
			},
			Last: book.last, Run: book.run, Logger: slog.New(slog.DiscardHandler),
		}
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour+time.Minute)
		defer cancel()
		if err := d.Serve(ctx); err != nil {
			t.Fatal(err)
		}
		for name, want := range map[string]int{"calm.example": 5, "bad.example": 5, "off.example": 0, "slow.example": 13} {
			if got := len(book.starts[name]); got != want {
				t.Errorf("%s: got %d runs in a day, want %d", name, got, want)
			}
			if book.most[name] > 1 {
				t.Errorf("%s: %d runs at a time, want one", name, book.most[name])
			}
			if book.now[name] != 0 {
				t.Errorf("%s: a run outlived the daemon", name)
			}
		}
	})
}

func TestServeTakesEditsAndSurvivesABrokenFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := &diary{starts: map[string][]time.Time{}, now: map[string]int{}, most: map[string]int{}, takes: time.Minute}
		begin := time.Now()
		d := &Daemon{
			Sites: func() ([]Site, error) {
				switch age := time.Since(begin); {
				case age < time.Hour:
					return []Site{{Name: "a.example", Every: every(t, "1h")}}, nil
				case age < 3*time.Hour:
					return nil, errors.New("line 3: bad value")
				}
				return []Site{{Name: "b.example", Every: every(t, "1h")}}, nil
			},
			Last: book.last, Run: book.run, Logger: slog.New(slog.DiscardHandler),
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Hour-time.Minute)
		defer cancel()
		if err := d.Serve(ctx); err != nil {
			t.Fatal(err)
		}
		if got := len(book.starts["a.example"]); got != 3 {
			t.Errorf("a.example: got %d runs, want 3: while it stood there and while the file was broken", got)
		}
		if got := len(book.starts["b.example"]); got != 2 {
			t.Errorf("b.example: got %d runs, want 2", got)
		}
	})
}
