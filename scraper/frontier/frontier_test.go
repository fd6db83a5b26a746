package frontier_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func open(t testing.TB, path string) *frontier.Frontier {
	t.Helper()
	f, err := frontier.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func request(t testing.TB, raw string, priority int) *scraper.Request {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &scraper.Request{URL: u, Site: "s", Priority: priority}
}

func add(t testing.TB, f *frontier.Frontier, reqs ...*scraper.Request) {
	t.Helper()
	if err := f.Add(context.Background(), reqs...); err != nil {
		t.Fatal(err)
	}
}

func next(t testing.TB, f *frontier.Frontier) *scraper.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	l, err := f.Next(ctx, "s")
	if err != nil {
		t.Fatalf("next: %v", err)
	}
	return l
}

func done(t testing.TB, f *frontier.Frontier, l *scraper.Lease, o scraper.Outcome) {
	t.Helper()
	if err := f.Done(context.Background(), l, o); err != nil {
		t.Fatal(err)
	}
}

func drained(t testing.TB, f *frontier.Frontier) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if l, err := f.Next(ctx, "s"); !errors.Is(err, scraper.ErrDrained) {
		t.Errorf("got %v, %v, want ErrDrained", l, err)
	}
}

var kept = scraper.Outcome{Result: scraper.ResultKept, Status: 200}

func TestOrderAndSeen(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f"))
	add(t, f, request(t, "http://a.example/late", 9), request(t, "http://a.example/early", 1), request(t, "http://a.example/mid", 5), request(t, "http://a.example/late", 9))
	add(t, f, request(t, "http://a.example/late", 0)) // announced: comes forward
	for _, want := range []string{"/late", "/early", "/mid"} {
		l := next(t, f)
		if l.URL.Path != want {
			t.Errorf("got %s, want %s", l.URL.Path, want)
		}
		done(t, f, l, kept)
	}
	add(t, f, request(t, "http://a.example/mid", 0))
	drained(t, f)
	again := request(t, "http://a.example/mid", 5)
	again.Due = time.Now().Add(time.Millisecond)
	add(t, f, again)
	if l := next(t, f); l.URL.Path != "/mid" {
		t.Errorf("a later due date: got %s", l.URL.Path)
	}
}

func TestHostsRestAndShareAddresses(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f"))
	add(t, f, request(t, "http://a.example/1", 0), request(t, "http://a.example/2", 0), request(t, "http://b.example/1", 0), request(t, "http://b.example/2", 0))
	first, second := next(t, f), next(t, f)
	if first.URL.Host == second.URL.Host {
		t.Fatalf("two leases of %s at once", first.URL.Host)
	}
	const rest = 80 * time.Millisecond
	same := scraper.Outcome{Result: scraper.ResultKept, HostRest: rest, RemoteAddr: "203.0.113.7:80"}
	done(t, f, first, same)
	end := time.Now()
	done(t, f, second, same)
	third := next(t, f)
	if gap := time.Since(end); gap < rest-2*time.Millisecond {
		t.Errorf("asked again after %v, want %v", gap, rest)
	}
	// Both hosts are at one address now: one lease at a time.
	ctx, cancel := context.WithTimeout(context.Background(), 3*rest)
	defer cancel()
	if l, err := f.Next(ctx, "s"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v while a host of that address is asked", l, err)
	}
	done(t, f, third, same)
	done(t, f, next(t, f), same)
	drained(t, f)
}

func TestReopenContinues(t *testing.T) {
	path := filepath.Join(t.TempDir(), "f")
	f := open(t, path)
	add(t, f, request(t, "http://a.example/1", 0), request(t, "http://a.example/2", 1))
	done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept, HostRest: 150 * time.Millisecond})
	begin := time.Now()
	next(t, f) // leased when the process dies
	f.Close()
	g := open(t, path)
	l := next(t, g)
	if l.URL.Path != "/2" {
		t.Errorf("got %s, want what was leased", l.URL.Path)
	}
	if time.Since(begin) < 100*time.Millisecond {
		t.Error("the host's clock was lost")
	}
	done(t, g, l, kept)
	drained(t, g)
}

func TestRetry(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f"))
	add(t, f, request(t, "http://a.example/1", 0))
	l := next(t, f)
	done(t, f, l, scraper.Outcome{Result: scraper.ResultRetry})
	if l = next(t, f); l.Attempt != 0 {
		t.Errorf("given back: got attempt %d, want 0", l.Attempt)
	}
	done(t, f, l, scraper.Outcome{Result: scraper.ResultRetry, NextVisit: time.Now().Add(50 * time.Millisecond), Reason: "timeout"})
	if l = next(t, f); l.Attempt != 1 {
		t.Errorf("got attempt %d, want 1", l.Attempt)
	}
	done(t, f, l, scraper.Outcome{Result: scraper.ResultRetry, NextVisit: time.Now().Add(time.Hour)})
	drained(t, f) // an hour is not waited for
	if s, err := f.Stats(context.Background(), "s"); err != nil || s.Pending != 1 {
		t.Errorf("got %+v, %v", s, err)
	}
}

func TestRequeue(t *testing.T) {
	ctx := context.Background()
	f := open(t, filepath.Join(t.TempDir(), "f"))
	link := request(t, "http://a.example/story", 5)
	link.Hop, link.Depth = scraper.HopLink, 1
	failed := request(t, "http://a.example/failed", 6)
	failed.Hop = scraper.HopLink
	add(t, f, request(t, "http://a.example/", 0), link, failed)
	done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept})
	done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept, Article: true, NextVisit: time.Now().Add(time.Hour)})
	done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultFailed, Reason: "timeout"})
	for what, want := range map[frontier.What]int{frontier.Failed: 1, frontier.Announcers: 2, frontier.Everything: 3} {
		if err := f.Requeue(ctx, "s", what); err != nil {
			t.Fatal(err)
		}
		n := 0
		for ; ; n++ {
			l, err := f.Next(ctx, "s")
			if errors.Is(err, scraper.ErrDrained) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			o := scraper.Outcome{Result: scraper.ResultKept}
			switch l.URL.Path {
			case "/":
			case "/story":
				o.NextVisit = time.Now().Add(time.Hour)
			default:
				o.Result = scraper.ResultFailed
			}
			done(t, f, l, o)
		}
		if n != want {
			t.Errorf("%d: got %d URLs due, want %d", what, n, want)
		}
	}
}

// TestUpgrade: a file of an earlier schema keeps what is scheduled and what was read.
// What was visited in each run has a date after that.
func TestUpgrade(t *testing.T) {
	ctx := context.Background()
	const to6 = "DROP INDEX tally; DROP INDEX starts; DROP INDEX visits; "
	const to5 = to6 + "DROP TABLE runs; DROP TABLE known_since; "
	const to4 = "DROP TABLE spent; ALTER TABLE urls ADD COLUMN front INTEGER NOT NULL DEFAULT 0; ALTER TABLE urls DROP COLUMN gone; ALTER TABLE urls DROP COLUMN edited; ALTER TABLE urls DROP COLUMN interval; ALTER TABLE urls DROP COLUMN ifnew; DROP TABLE documents; DROP TABLE entries; " + to5
	for version, downgrade := range map[int]string{
		6: to6 + "UPDATE urls SET article = read = 'article', next = iif(read = 'section', visited + 86400000, 0) WHERE read != ''; PRAGMA user_version = 6",
		5: to5 + "UPDATE urls SET article = read = 'article', next = iif(read = 'section', visited + 86400000, 0) WHERE read != ''; PRAGMA user_version = 5",
		4: to4 + "UPDATE urls SET article = read = 'article', front = read = 'section'; PRAGMA user_version = 4",
		3: to4 + "DROP TABLE schedules; UPDATE urls SET article = read = 'article', front = read = 'section'; PRAGMA user_version = 3",
		2: to4 + "DROP TABLE schedules; ALTER TABLE urls DROP COLUMN article; ALTER TABLE urls DROP COLUMN front; PRAGMA user_version = 2",
		1: to4 + "DROP TABLE schedules; ALTER TABLE urls DROP COLUMN article; ALTER TABLE urls DROP COLUMN front; DROP TABLE home; PRAGMA user_version = 1",
	} {
		path := filepath.Join(t.TempDir(), "f")
		f := open(t, path)
		front, story := request(t, "http://a.example/section", 0), request(t, "http://a.example/story", 1)
		front.Hop, front.Depth, story.Hop, story.Hints.Source = scraper.HopLink, 1, scraper.HopLink, "feed"
		add(t, f, front, story, request(t, "http://a.example/queued", 2))
		done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept, Status: 200, Kind: "section"})
		done(t, f, next(t, f), scraper.Outcome{Result: scraper.ResultKept, Status: 200, Kind: "article"})
		f.Close()
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := db.Exec(downgrade); err != nil {
			t.Fatal(err)
		}
		db.Close()

		if f, err = frontier.OpenReadOnly(path); err != nil {
			t.Fatal(err)
		}
		if s, err := f.Stats(ctx, "s"); err != nil || s.Known != 3 || s.Pending != 1 {
			t.Errorf("schema %d, read only: got %+v, %v", version, s, err)
		}
		f.Close()
		f = open(t, path)
		if all, err := f.Coverage(ctx, "s"); err != nil || len(all) != 1 || all[0].Articles != 1 {
			t.Errorf("schema %d: got coverage %+v, %v", version, all, err)
		}
		if l := next(t, f); l.URL.Path != "/queued" {
			t.Errorf("schema %d: got %s, want what was queued", version, l.URL.Path)
		} else {
			done(t, f, l, kept)
		}
		for hours, want := range map[int]int{23: 0, 25: 1} {
			if n, err := f.RequeueDue(ctx, "s", time.Now().Add(time.Duration(hours)*time.Hour)); err != nil || n != want {
				t.Errorf("schema %d: %d URLs are due after %d hours, %v; want the section within a day", version, n, hours, err)
			}
			if err := f.Unqueue(ctx, "s"); err != nil {
				t.Fatal(err)
			}
		}
	}
}

func TestFollowed(t *testing.T) {
	ctx := context.Background()
	f := open(t, filepath.Join(t.TempDir(), "f"))
	monday := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		plan        string
		after, want time.Duration // from monday
	}{
		{"every 6h", 0, 0}, {"every 6h", time.Hour, 0}, {"paused", 2 * time.Hour, 2 * time.Hour}, {"every 6h", 3 * time.Hour, 3 * time.Hour},
		{"", 4 * time.Hour, 4 * time.Hour}, {"every 6h", 9000 * time.Hour, 9000 * time.Hour}, {"every 6h", 5 * time.Hour, 5 * time.Hour}, // the clock was set back
	} {
		got, err := f.Followed(ctx, "a.example", step.plan, monday.Add(step.after))
		if err != nil || !got.Equal(monday.Add(step.want)) {
			t.Errorf("%q after %s: got %s, %v", step.plan, step.after, got, err)
		}
	}
	if plan, since, err := f.Following(ctx, "a.example"); err != nil || plan != "every 6h" || !since.Equal(monday.Add(5*time.Hour)) {
		t.Errorf("got %q, %s, %v", plan, since, err)
	}
	if plan, since, err := f.Following(ctx, "b.example"); err != nil || plan != "" || !since.IsZero() {
		t.Errorf("never followed: got %q, %s, %v", plan, since, err)
	}
}

func TestManyWorkers(t *testing.T) {
	f := open(t, filepath.Join(t.TempDir(), "f"))
	const hosts, each = 20, 10
	for h := range hosts {
		var reqs []*scraper.Request
		for i := range each {
			reqs = append(reqs, request(t, fmt.Sprintf("http://h%d.example/%d", h, i), 0))
		}
		add(t, f, reqs...)
	}
	var mu sync.Mutex
	seen, busy := map[string]int{}, map[string]int{}
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				l, err := f.Next(context.Background(), "s")
				if err != nil {
					if !errors.Is(err, scraper.ErrDrained) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				seen[l.URL.String()]++
				if busy[l.URL.Host]++; busy[l.URL.Host] > 1 {
					t.Errorf("two leases of %s at once", l.URL.Host)
				}
				mu.Unlock()
				mu.Lock()
				busy[l.URL.Host]--
				mu.Unlock()
				if err := f.Done(context.Background(), l, kept); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if len(seen) != hosts*each {
		t.Errorf("got %d URLs, want %d", len(seen), hosts*each)
	}
	for u, n := range seen {
		if n != 1 {
			t.Errorf("%s was leased %d times", u, n)
		}
	}
}

func BenchmarkAddKnownLinks(b *testing.B) {
	f := open(b, filepath.Join(b.TempDir(), "f"))
	var reqs []*scraper.Request
	for i := range 100 {
		reqs = append(reqs, request(b, fmt.Sprintf("http://a.example/%d", i), 30))
	}
	b.ReportAllocs()
	for b.Loop() {
		add(b, f, reqs...)
	}
}
