package watch

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
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

	ends       map[string][]time.Time
	unfinished map[string]bool      // the last run was stopped
	ahead      map[string]time.Time // starts of runs while the clock was ahead
	plans      map[string]string
	planned    map[string]time.Time
	skipped    []keep.Skipped
}

func (d *diary) last(_ context.Context, name string, until time.Time) (LastRun, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	s, e := d.starts[name], d.ends[name]
	if at := d.ahead[name]; !at.IsZero() && !at.After(until) {
		s, e = append(slices.Clone(s), d.ahead[name]), nil
	}
	if len(s) == 0 || d.fail[name] {
		return LastRun{}, nil
	}
	last := LastRun{Start: s[len(s)-1], Unfinished: d.unfinished[name]}
	if len(e) == len(s) {
		last.End = e[len(e)-1]
	}
	return last, nil
}

func (d *diary) since(_ context.Context, name, plan string) (time.Time, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.plans[name] != plan || d.planned[name].After(time.Now()) {
		d.plans[name], d.planned[name] = plan, time.Now()
	}
	return d.planned[name], nil
}

func (d *diary) skip(_ context.Context, s keep.Skipped) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.skipped = append(d.skipped, s)
	return nil
}

// turns counts the turns of a site without a run, by reason.
func (d *diary) turns(name string) map[string]int {
	n := map[string]int{}
	for _, s := range d.skipped {
		if s.Site == name {
			n[s.Reason] += s.Turns
		}
	}
	return n
}

func newDiary(takes time.Duration) *diary {
	return &diary{
		starts: map[string][]time.Time{}, ends: map[string][]time.Time{}, now: map[string]int{}, most: map[string]int{}, takes: takes,
		fail: map[string]bool{}, unfinished: map[string]bool{}, ahead: map[string]time.Time{}, plans: map[string]string{}, planned: map[string]time.Time{},
	}
}

// daemon follows the schedules of a diary.
func (d *diary) daemon(sites func() ([]Site, error)) *Daemon {
	return &Daemon{Sites: sites, Last: d.last, Since: d.since, Run: d.run, Skip: d.skip, Logger: slog.New(slog.DiscardHandler)}
}

// serve lets a daemon work for some time.
func serve(t *testing.T, d *Daemon, long time.Duration) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), long)
	defer cancel()
	if err := d.Serve(ctx); err != nil {
		t.Fatal(err)
	}
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
	d.ends[name] = append(d.ends[name], time.Now())
	d.unfinished[name] = ctx.Err() != nil
	d.mu.Unlock()
	if d.fail[name] {
		return errors.New("no answer")
	}
	return nil
}

func every(t *testing.T, s string) schedule.Plan {
	t.Helper()
	e, err := schedule.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return schedule.Plan{Every: e, Zone: time.UTC}
}

func cron(t *testing.T, line string) schedule.Plan {
	t.Helper()
	c, err := schedule.ParseCron(line)
	if err != nil {
		t.Fatal(err)
	}
	return schedule.Plan{Cron: c, Zone: time.UTC}
}

func keepOut(t *testing.T, p schedule.Plan, hours string) schedule.Plan {
	t.Helper()
	k, err := schedule.ParseKeepOut(hours)
	if err != nil {
		t.Fatal(err)
	}
	p.KeepOut = append(p.KeepOut, k)
	return p
}

func TestServeRunsWhatIsDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newDiary(2 * time.Hour)
		book.fail["bad.example"] = true
		all := []Site{
			{Name: "slow.example", Plan: every(t, "1h")}, // a run takes longer than its interval
			{Name: "calm.example", Plan: every(t, "6h")},
			{Name: "bad.example", Plan: every(t, "6h")},
			{Name: "off.example", Plan: every(t, "1h"), Paused: true},
			{Name: "dawn.example", Plan: cron(t, "0 6 * * *")},
		}
		serve(t, book.daemon(func() ([]Site, error) { return all, nil }), 24*time.Hour+time.Minute)
		for name, want := range map[string]int{"calm.example": 5, "bad.example": 5, "off.example": 0, "slow.example": 13, "dawn.example": 1} {
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
		if got := book.turns("slow.example"); got[keep.SkippedOverlap] != 12 || len(got) != 1 {
			t.Errorf("slow.example: got %v, want the turns within its runs", got)
		}
		if got := book.turns("bad.example"); got[keep.SkippedFailed] != 5 || len(got) != 1 {
			t.Errorf("bad.example: got %v", got)
		}
	})
}

func TestServeTakesEditsAndSurvivesABrokenFile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newDiary(time.Minute)
		begin := time.Now()
		serve(t, book.daemon(func() ([]Site, error) {
			switch age := time.Since(begin); {
			case age < time.Hour:
				return []Site{{Name: "a.example", Plan: every(t, "1h")}}, nil
			case age < 3*time.Hour:
				return nil, errors.New("line 3: bad value")
			}
			return []Site{{Name: "b.example", Plan: every(t, "1h")}}, nil
		}), 5*time.Hour-time.Minute)
		if got := len(book.starts["a.example"]); got != 3 {
			t.Errorf("a.example: got %d runs, want 3: while it stood there and while the file was broken", got)
		}
		if got := len(book.starts["b.example"]); got != 2 {
			t.Errorf("b.example: got %d runs, want 2", got)
		}
	})
}

// What was missed while nobody followed the schedule is caught up by one run, and
// recorded; what was never promised is not.
func TestServeCatchesUpOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newDiary(time.Minute)
		all := func() ([]Site, error) {
			return []Site{{Name: "a.example", Plan: every(t, "1h")}, {Name: "b.example", Plan: cron(t, "30 * * * *")}}, nil
		}
		// Runs of long ago, by hand, were before the schedule.
		book.starts["a.example"], book.ends["a.example"] = []time.Time{time.Now().Add(-99 * time.Hour)}, []time.Time{time.Now().Add(-98 * time.Hour)}
		serve(t, book.daemon(all), 3*time.Hour+10*time.Minute)
		if len(book.skipped) > 0 {
			t.Fatalf("got %+v", book.skipped)
		}
		ran := len(book.starts["a.example"])
		time.Sleep(10 * time.Hour)
		serve(t, book.daemon(all), time.Minute)
		if got := len(book.starts["a.example"]) - ran; got != 1 {
			t.Errorf("got %d runs after ten hours without the daemon, want 1", got)
		}
		for _, name := range []string{"a.example", "b.example"} {
			if got := book.turns(name); got[keep.SkippedDown] != 9 || len(got) != 1 {
				t.Errorf("%s: got %v, want nine turns", name, got)
			}
		}
	})
}

func TestServeWhilePaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begin := newDiary(time.Minute), time.Now()
		serve(t, book.daemon(func() ([]Site, error) {
			age := time.Since(begin)
			return []Site{{Name: "a.example", Plan: every(t, "1h"), Paused: 90*time.Minute < age && age < 300*time.Minute}}, nil
		}), 310*time.Minute)
		// At 0, 1 and, resumed, 5 hours.
		if got := len(book.starts["a.example"]); got != 3 || len(book.skipped) > 0 {
			t.Errorf("got %d runs and %v, want 3 and no turn that was promised", got, book.skipped)
		}
	})
}

// A run ends when the keep-out hours begin, and continues after them.
func TestServeKeepsOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, midnight := newDiary(7*time.Hour), time.Now() // bubbles begin at midnight, UTC
		serve(t, book.daemon(func() ([]Site, error) {
			return []Site{{Name: "a.example", Plan: keepOut(t, every(t, "1d"), "05:00-22:00")}}, nil
		}), 30*time.Hour)
		want := []time.Duration{0, 22 * time.Hour}
		if len(book.starts["a.example"]) != len(want) {
			t.Fatalf("got runs at %v, want %v", book.starts["a.example"], want)
		}
		for i, s := range book.starts["a.example"] {
			if got := s.Sub(midnight); got != want[i] {
				t.Errorf("run %d: got %s, want %s", i, got, want[i])
			}
		}
		if got := book.ends["a.example"][0].Sub(midnight); got != 5*time.Hour {
			t.Errorf("the first run ended after %s, want 5 h", got)
		}
	})
}

// Whoever waited longest is next, so that each site has its turn where the slots do
// not suffice.
func TestServeIsFair(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newDiary(30 * time.Minute)
		d := book.daemon(func() ([]Site, error) {
			var all []Site
			for _, name := range []string{"a", "b", "c", "d", "e"} {
				all = append(all, Site{Name: name, Plan: every(t, "1h")})
			}
			return all, nil
		})
		d.AtOnce = 1
		serve(t, d, 25*time.Hour)
		for name, starts := range book.starts {
			if len(starts) < 9 || len(starts) > 11 {
				t.Errorf("%s: got %d runs of 50", name, len(starts))
			}
			if got := book.turns(name); got[keep.SkippedSlots] == 0 {
				t.Errorf("%s: got %v, want turns without a slot", name, got)
			}
		}
	})
}

// Runs that were recorded while the clock was months ahead neither hold up a site nor
// make it run all the time.
func TestServeAfterTheClockWasAhead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book := newDiary(time.Minute)
		ahead := time.Now().Add(90 * 24 * time.Hour)
		sites := []Site{{Name: "a.example", Plan: every(t, "6h")}, {Name: "b.example", Plan: cron(t, "30 */6 * * *")}, {Name: "c.example", Plan: cron(t, "30 */6 * * *")}}
		for _, s := range sites {
			book.ahead[s.Name] = ahead
			book.plans[s.Name], book.planned[s.Name] = s.Follows(), time.Now().Add(-100*24*time.Hour)
		}
		book.planned["c.example"] = ahead // it was added while the clock was ahead
		old := time.Now().Add(-time.Hour)
		book.starts["b.example"], book.ends["b.example"] = []time.Time{old}, []time.Time{old}
		serve(t, book.daemon(func() ([]Site, error) { return sites, nil }), 24*time.Hour-time.Minute)
		for name, want := range map[string]int{"a.example": 4, "b.example": 1 + 4, "c.example": 4} {
			if got := len(book.starts[name]); got != want {
				t.Errorf("%s: got %d runs, want %d: %v", name, got, want, book.starts[name])
			}
		}
	})
}

// While another process crawls a site, it is not asked again and again whether its run
// may continue: only turns of the schedule are recorded.
func TestServeWhileAnotherProcessCrawls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begin := newDiary(time.Minute), time.Now()
		other := func() bool { return time.Since(begin) < 5*time.Hour }
		d := book.daemon(func() ([]Site, error) { return []Site{{Name: "a.example", Plan: every(t, "2h")}}, nil })
		d.Last = func(ctx context.Context, name string, until time.Time) (LastRun, error) {
			if other() {
				return LastRun{Start: begin, Unfinished: true}, nil
			}
			if len(book.starts[name]) == 0 {
				return LastRun{Start: begin, End: begin.Add(5 * time.Hour)}, nil
			}
			return book.last(ctx, name, until)
		}
		d.Busy = func(string) bool { return other() }
		d.Run = func(ctx context.Context, name string) error {
			if other() {
				return archive.ErrBusy
			}
			return book.run(ctx, name)
		}
		serve(t, d, 7*time.Hour)
		if got := book.turns("a.example"); got[keep.SkippedBusy] != 2 || len(got) != 1 {
			t.Errorf("got %v, want the turns after two and four hours", got)
		}
		if got := len(book.starts["a.example"]); got != 1 {
			t.Errorf("got %d runs, want one after the other process", got)
		}
	})
}

// A turn that is due while an editor saves the file is not lost.
func TestServeWhileTheFileIsEmpty(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begin := newDiary(time.Minute), time.Now()
		serve(t, book.daemon(func() ([]Site, error) {
			if age := time.Since(begin) - 30*time.Minute; -5*time.Second < age && age < 20*time.Second {
				return nil, nil
			}
			return []Site{{Name: "a.example", Plan: cron(t, "30 * * * *")}}, nil
		}), time.Hour)
		if got := len(book.starts["a.example"]); got != 1 {
			t.Errorf("got %d runs, want 1", got)
		}
	})
}

// The turns between the removal of a schedule and its return were not promised.
func TestServeForgetsWhatIsRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begin := newDiary(time.Minute), time.Now()
		serve(t, book.daemon(func() ([]Site, error) {
			if age := time.Since(begin); 2*time.Hour < age && age < 20*time.Hour {
				return nil, nil
			}
			return []Site{{Name: "a.example", Plan: cron(t, "30 * * * *")}}, nil
		}), 22*time.Hour)
		if got := len(book.starts["a.example"]); got != 4 || len(book.skipped) > 0 {
			t.Errorf("got %d runs and %v, want 4 and no turn that was promised", got, book.skipped)
		}
	})
}

// Turns while the machine slept, or that the clock jumped over, were not those of other runs.
func TestMissedDuringASleep(t *testing.T) {
	now := time.Now()
	a := turn{Site: Site{Name: "a.example", Plan: every(t, "1h")}}
	d := &Daemon{begun: now.Add(-24 * time.Hour), looked: now.Add(-10 * time.Second)}
	for _, want := range []string{keep.SkippedSlots, keep.SkippedDown} {
		d.look(now, 5*time.Second)
		if got := d.missedBecause(a, now.Add(-time.Hour)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		d.looked = now.Add(-10 * time.Hour)
	}
}

// Keep-out hours that are written while a run goes on end it.
func TestServeTakesKeepOutHoursDuringARun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		book, begin := newDiary(7*time.Hour), time.Now()
		serve(t, book.daemon(func() ([]Site, error) {
			p := every(t, "1d")
			if time.Since(begin) >= 2*time.Hour {
				p = keepOut(t, p, "01:00-22:00")
			}
			return []Site{{Name: "a.example", Plan: p}}, nil
		}), 20*time.Hour)
		ends := book.ends["a.example"]
		if len(ends) != 1 || ends[0].Sub(begin) > 2*time.Hour+5*time.Second {
			t.Errorf("got ends at %v, want one after two hours", ends)
		}
	})
}
