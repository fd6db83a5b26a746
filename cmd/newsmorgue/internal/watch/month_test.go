package watch

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	_ "time/tzdata"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/schedule"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// A post is what truly happened to one post of the newspaper.
type post struct {
	url       string
	published time.Time
	edits     int
	trashed   bool
}

// A paper is a newspaper in memory, and the truth about it.
type paper struct {
	*sitetest.WordPress
	rand  *rand.Rand
	posts []post
	down  atomic.Int32 // 1: no connection, 2: HTTP 503
}

func (p *paper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if p.down.Load() == 2 {
		http.Error(w, "Service Unavailable", http.StatusServiceUnavailable)
		return
	}
	p.WordPress.ServeHTTP(w, r)
}

// hour is what happens in an hour: a story now and then; edits, mostly of young
// stories; and rarely a story that is taken down or comes back.
func (p *paper) hour() {
	if p.rand.IntN(6) == 0 {
		p.posts = append(p.posts, post{url: p.Publish(), published: time.Now()})
	}
	for i := range p.posts {
		s := &p.posts[i]
		chance := 0.02 / (1 + time.Since(s.published).Hours()/12)
		switch x := p.rand.Float64(); {
		case s.trashed && x < 0.01, !s.trashed && x < 0.0003:
			s.trashed = !s.trashed
			p.Trash(i, s.trashed)
		case !s.trashed && x < chance:
			s.edits++
			p.Edit(i)
		}
	}
}

// state is what a reader sees of each post at one time.
func (p *paper) state() map[string]post {
	seen := map[string]post{}
	for _, s := range p.posts {
		seen[s.url] = s
	}
	return seen
}

// between lists what a run must find that comes after another one: what happened to an
// article, and its URL.
func between(before, now map[string]post) (rows []string) {
	for url, s := range now {
		old, known := before[url]
		was := known && !old.trashed
		switch {
		case !was && !known && !s.trashed:
			rows = append(rows, catalog.ChangeNew+" "+url)
		case !was && known && !s.trashed:
			rows = append(rows, catalog.ChangeRestored+" "+url)
		case was && s.trashed:
			rows = append(rows, catalog.ChangeGone+" "+url)
		case was && s.edits > old.edits:
			rows = append(rows, catalog.ChangeEdited+" "+url)
		}
	}
	slices.Sort(rows)
	return rows
}

// TestMonth has the daemon follow a newspaper for a month, with hundreds of stories,
// edits, removals, outages, the night in which daylight saving begins, and a day on which
// the daemon does not run. What the archive says of it is compared with the truth row by
// row.
func TestMonth(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		berlin, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Until(time.Date(2000, 3, 8, 0, 30, 0, 0, berlin)))
		begin := time.Now()
		at := func(day, hour int) time.Duration {
			return time.Date(2000, 3, day, hour, 0, 0, 0, berlin).Sub(begin)
		}

		p := &paper{WordPress: sitetest.NewWordPress("http://a.example", 150), rand: rand.New(rand.NewPCG(3, 26))}
		for _, url := range p.URLs() {
			p.posts = append(p.posts, post{url: url, published: begin.AddDate(-1, 0, 0)})
		}
		site := &sitetest.Site{Handler: p, Down: func(string) bool { return p.down.Load() == 1 }}
		ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
		if err != nil {
			t.Fatal(err)
		}
		cat, err := catalog.Open(context.Background(), ar)
		if err != nil {
			t.Fatal(err)
		}
		front, err := keep.OpenFrontier(ar)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { front.Close(); cat.Close(); ar.Close(); site.Close() }()

		plan := cron(t, "30 2,8,14,20 * * *")
		plan.Zone, plan.Jitter = berlin, -1
		m := &month{t: t, paper: p, site: site, ar: ar, cat: cat, front: front, plan: plan}

		// The paper lives its own life: three quarters past each hour.
		ended := make(chan struct{})
		var life sync.WaitGroup
		life.Go(func() {
			hours := time.NewTicker(time.Hour)
			for time.Sleep(15 * time.Minute); ; {
				p.hour()
				select {
				case <-hours.C:
				case <-ended:
					return
				}
			}
		})
		time.AfterFunc(at(13, 7), func() { p.down.Store(2) })
		time.AfterFunc(at(13, 22), func() { p.down.Store(0) })
		time.AfterFunc(at(20, 1), func() { p.down.Store(1) })
		time.AfterFunc(at(20, 15), func() { p.down.Store(0) })

		m.watch(at(29, 0)) // the daylight saving night is that of 26 March
		time.Sleep(30 * time.Hour)
		m.watch(10 * 24 * time.Hour)
		close(ended)
		life.Wait()
		m.compareRuns(begin)
		m.compareChanges()
	})
}

// A month is what the test knows of its runs.
type month struct {
	t     *testing.T
	paper *paper
	site  *sitetest.Site
	ar    *archive.Archive
	cat   *catalog.Catalog
	front *frontier.Frontier
	plan  schedule.Plan

	down [2]time.Time // while the daemon did not run
	runs []monthRun
}

// A monthRun is a run, and what was true at its time.
type monthRun struct {
	start, end time.Time
	reached    bool // the site answered
	true       map[string]post
	sum        *keep.Summary
}

// watch follows the schedule for some time.
func (m *month) watch(long time.Duration) {
	m.t.Helper()
	if len(m.runs) > 0 {
		m.down[1] = time.Now()
	}
	d := &Daemon{
		Sites: func() ([]Site, error) { return []Site{{Name: "a.example", Plan: m.plan}}, nil },
		Last: func(ctx context.Context, name string, until time.Time) (LastRun, error) {
			runs, err := m.cat.RunsUntil(ctx, name, until, 1)
			if err != nil || len(runs) == 0 {
				return LastRun{}, err
			}
			return LastRun{Start: runs[0].Start, End: runs[0].End, Unfinished: runs[0].End.IsZero()}, nil
		},
		Since: func(ctx context.Context, name, plan string) (time.Time, error) {
			return m.front.Followed(ctx, name, plan, time.Now())
		},
		Skip: func(ctx context.Context, s keep.Skipped) error { return s.Record(ctx, m.ar, m.cat) },
		Run:  m.run, Logger: slog.New(slog.DiscardHandler), Poll: 5 * time.Minute,
	}
	ctx, cancel := context.WithTimeout(m.t.Context(), long)
	defer cancel()
	if err := d.Serve(ctx); err != nil {
		m.t.Fatal(err)
	}
	m.down[0] = time.Now()
}

func (m *month) run(ctx context.Context, name string) error {
	r := monthRun{start: time.Now(), reached: m.paper.down.Load() == 0, true: m.paper.state()}
	run := &keep.Run{Archive: m.ar, Name: name, Scope: "site", Seeds: []string{"http://a.example/"}, Connect: m.site.Dial, Frontier: m.front,
		Settings: keep.Settings{DelaySet: true, MaxDepth: 20, Assets: "none", Software: "newsmorgue/test"}}
	var err error
	r.sum, err = run.Do(ctx)
	r.end = time.Now()
	m.runs = append(m.runs, r)
	return err
}

// compareRuns compares when runs began, and the turns without one, with the schedule.
func (m *month) compareRuns(begin time.Time) {
	t := m.t
	turns, _ := m.plan.Turns(begin, time.Now(), 1000)
	history, err := m.cat.History(t.Context(), "a.example", 0)
	if err != nil {
		t.Fatal(err)
	}
	slices.Reverse(history)
	skipped, next := 0, 0
	var down []time.Time
	for _, turn := range turns {
		if turn.After(m.down[0].Add(-40*24*time.Hour)) && turn.After(m.firstEnd()) && turn.Before(m.down[1]) {
			down = append(down, turn)
		}
	}
	for _, h := range history {
		if h.Status == catalog.StatusSkipped {
			skipped++
			if want := down[:len(down)-1]; !strings.Contains(string(h.Counts), fmt.Sprintf(`"reason":"down","turns":%d`, len(want))) {
				t.Errorf("got %s, want %d turns while the daemon did not run", h.Counts, len(want))
			}
			continue
		}
		for next < len(turns) && slices.Contains(down[:len(down)-1], turns[next]) {
			next++
		}
		if next >= len(turns) {
			t.Fatalf("a run at %s is for no turn", h.Start)
		}
		late := h.Start.Sub(turns[next])
		if catchUp := turns[next].Equal(down[len(down)-1]); late < 0 || late > 2*time.Minute+time.Second && !catchUp {
			t.Errorf("a run at %s for the turn of %s", h.Start.In(m.plan.Zone), turns[next])
		}
		next++
	}
	if skipped != 1 || next < len(turns) {
		t.Errorf("%d records of turns without a run, want 1; %d turns of %d had their run", skipped, next, len(turns))
	}
	if len(history)-skipped != len(m.runs) {
		t.Errorf("%d runs are recorded, %d ran", len(history)-skipped, len(m.runs))
	}
	t.Logf("%d runs for %d turns, %d while the daemon did not run", len(m.runs), len(turns), len(down))
}

// firstEnd is when the daemon stopped for the first time.
func (m *month) firstEnd() time.Time { return m.down[1].Add(-30 * time.Hour) }

// compareChanges compares what the archive says that happened, run by run.
func (m *month) compareChanges() {
	t := m.t
	all := []string{catalog.ChangeNew, catalog.ChangeEdited, catalog.ChangeMoved, catalog.ChangeGone, catalog.ChangeRestored, catalog.ChangePaywalled}
	var before map[string]post
	total, requests := map[string]int{}, 0
	for i, r := range m.runs {
		got := []string(nil)
		changes, err := m.cat.Changes(t.Context(), catalog.ChangeFilter{What: all, Since: r.start, Until: r.end.Add(time.Second)})
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			got = append(got, c.What+" "+c.URL)
			total[c.What]++
		}
		slices.Sort(got)
		var want []string
		if r.reached {
			want = between(before, r.true)
			before = r.true
		}
		if !slices.Equal(got, want) {
			t.Errorf("run %d of %s: got\n  %s\nwant\n  %s", i, r.start.In(m.plan.Zone), strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		if i > 0 && r.sum != nil {
			requests += r.sum.Asked
		}
	}
	t.Logf("changes: %v; %d requests in %d refreshes", total, requests, len(m.runs)-1)
}
