// Package frontiertest holds what every scraper.Frontier must keep to. A
// frontier's own tests call Run.
package frontiertest

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
)

// Open opens a frontier in a folder of a test's; the same folder again is the
// same frontier, as after a crash if close was not called.
type Open func(t *testing.T, dir string) (f scraper.Frontier, close func())

const site = "s.example"

// Run tests a frontier.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, s *suite)
	}{
		{"Order", order}, {"KnownOnce", knownOnce}, {"DueAgain", dueAgain}, {"OneRequestAHost", oneRequestAHost}, {"HostRests", hostRests},
		{"RetryAfter", retryAfter}, {"SharedAddress", sharedAddress}, {"RetryLater", retryLater}, {"LaterIsNeverLeased", putBack}, {"PutBackElsewhere", putBackElsewhere},
		{"CrashKeepsAll", crash}, {"SitesApart", sitesApart}, {"CrawlsShareHosts", crawlsShareHosts}, {"NextEndsWithContext", cancelled}, {"ManyWorkers", manyWorkers},
		{"ChainIsNotInterrupted", chainIsNotInterrupted}, {"ChainComesBack", chainComesBack}, {"ChainEnds", chainEnds}, {"ChainSurvivesCrash", chainSurvivesCrash},
		{"ListInPages", listInPages}, {"ListThatIsWrong", listThatIsWrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			synctest.Test(t, func(t *testing.T) {
				s := &suite{T: t, open: open, dir: dir}
				s.f, s.close = open(t, dir)
				defer func() { s.close() }()
				c.test(t, s)
			})
		})
	}
}

type suite struct {
	*testing.T
	open  Open
	dir   string
	f     scraper.Frontier
	close func()
}

func (s *suite) request(raw string, priority, depth int) *scraper.Request {
	s.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		s.Fatal(err)
	}
	return &scraper.Request{URL: u, Site: site, Priority: priority, Depth: depth}
}

func (s *suite) add(reqs ...*scraper.Request) {
	s.Helper()
	if err := s.f.Add(context.Background(), reqs...); err != nil {
		s.Fatal(err)
	}
}

func (s *suite) next() *scraper.Lease {
	s.Helper()
	l, err := s.f.Next(context.Background(), site)
	if err != nil {
		s.Fatalf("next: %v", err)
	}
	return l
}

func (s *suite) done(l *scraper.Lease, o scraper.Outcome) {
	s.Helper()
	if err := s.f.Done(context.Background(), l, o); err != nil {
		s.Fatal(err)
	}
}

func (s *suite) drained() {
	s.Helper()
	if l, err := s.f.Next(context.Background(), site); !errors.Is(err, scraper.ErrDrained) {
		s.Errorf("got %v, %v, want ErrDrained", l, err)
	}
}

// noLease checks that nothing is leased for a while.
func (s *suite) noLease(d time.Duration) {
	s.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	if l, err := s.f.Next(ctx, site); err == nil {
		s.Fatalf("leased %s, want nothing within %s", l.URL, d)
	}
}

var kept = scraper.Outcome{Result: scraper.ResultKept, Status: 200}

func order(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/3", 30, 1), s.request("https://a.example/1", 10, 5), s.request("https://a.example/4", 30, 2), s.request("https://a.example/2", 30, 0))
	for _, want := range []string{"/1", "/2", "/3", "/4"} {
		l := s.next()
		if l.URL.Path != want {
			t.Errorf("got %s, want %s", l.URL.Path, want)
		}
		s.done(l, kept)
	}
	s.drained()
}

// putBackElsewhere: a request may get another place in the queue without an attempt.
func putBackElsewhere(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/first", 30, 1), s.request("https://a.example/second", 30, 2), s.request("https://a.example/third", 30, 3))
	s.done(s.next(), scraper.Outcome{Result: scraper.ResultRetry, Priority: 200})
	for _, want := range []string{"/second", "/third", "/first"} {
		l := s.next()
		if l.URL.Path != want || l.Attempt != 0 || !l.Visited.IsZero() {
			t.Errorf("got %s, attempt %d, visited %s; want %s, as if it had never been leased", l.URL.Path, l.Attempt, l.Visited, want)
		}
		if want == "/first" && l.Priority != 200 {
			t.Errorf("got priority %d, want 200", l.Priority)
		}
		s.done(l, kept)
	}
	s.drained()
}

func knownOnce(t *testing.T, s *suite) {
	for range 3 {
		s.add(s.request("https://a.example/x", 30, 1), s.request("https://a.example/x", 20, 1))
	}
	l := s.next()
	if l.Priority != 20 {
		t.Errorf("got priority %d, want the best one that was named", l.Priority)
	}
	s.add(s.request("https://a.example/x", 0, 0)) // while it is under way
	s.done(l, kept)
	s.add(s.request("https://a.example/x", 0, 0))
	s.drained()
}

func dueAgain(t *testing.T, s *suite) {
	r := s.request("https://a.example/x", 30, 1)
	s.add(r)
	s.done(s.next(), kept)
	old := *r
	old.Due = time.Now().Add(-time.Hour)
	s.add(&old)
	s.drained()
	time.Sleep(time.Minute)
	fresh := *r
	fresh.Due = time.Now()
	s.add(&fresh)
	l := s.next()
	if l.Visited.IsZero() {
		t.Error("the visit before is forgotten")
	}
	s.done(l, kept)
	s.drained()
}

func oneRequestAHost(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://a.example/2", 0, 0), s.request("https://b.example/1", 0, 0))
	one, two := s.next(), s.next()
	if one.URL.Host == two.URL.Host {
		t.Fatalf("two leases of %s at a time", one.URL.Host)
	}
	s.noLease(time.Hour)
	s.done(one, kept)
	s.done(two, kept)
	s.done(s.next(), kept)
	s.drained()
}

func hostRests(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://a.example/2", 0, 0))
	l := s.next()
	time.Sleep(3 * time.Second) // the answer
	rest := kept
	rest.HostRest = 7 * time.Second
	s.done(l, rest)
	start := time.Now()
	l = s.next()
	if got := time.Since(start); got < rest.HostRest || got > rest.HostRest+time.Second {
		t.Errorf("the host rested %s, want %s", got, rest.HostRest)
	}
	s.done(l, kept)
}

func retryAfter(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://a.example/2", 0, 0))
	o := scraper.Outcome{Result: scraper.ResultRetry, Status: 429, HostRest: time.Second, RetryAfter: 5 * time.Minute, NextVisit: time.Now().Add(5 * time.Minute)}
	s.done(s.next(), o)
	start := time.Now()
	l := s.next()
	if got := time.Since(start); got < o.RetryAfter {
		t.Errorf("the host was asked after %s, want %s", got, o.RetryAfter)
	}
	s.done(l, kept)
	s.done(s.next(), kept)
	s.drained()
}

func sharedAddress(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://b.example/1", 0, 0))
	o := kept
	o.RemoteAddr, o.HostRest = "203.0.113.9:443", 10*time.Second
	for range 2 {
		s.done(s.next(), o)
	}
	time.Sleep(time.Minute)
	s.add(s.request("https://a.example/2", 0, 0), s.request("https://b.example/2", 0, 0))
	l := s.next()
	s.noLease(time.Minute) // the other one is at the same address
	s.done(l, o)
	start := time.Now()
	s.done(s.next(), o)
	if got := time.Since(start); got < o.HostRest {
		t.Errorf("the address rested %s, want %s", got, o.HostRest)
	}
}

func retryLater(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0))
	s.done(s.next(), scraper.Outcome{Result: scraper.ResultRetry, Reason: "timeout", NextVisit: time.Now().Add(time.Minute)})
	start := time.Now()
	l := s.next()
	if got := time.Since(start); got < time.Minute-time.Second {
		t.Errorf("asked again after %s, want a minute", got)
	}
	if l.Attempt != 1 {
		t.Errorf("got attempt %d, want 1", l.Attempt)
	}
	s.done(l, scraper.Outcome{Result: scraper.ResultFailed, Reason: "timeout"})
	s.drained()
}

func putBack(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0))
	s.done(s.next(), scraper.Outcome{Result: scraper.ResultRetry})
	l := s.next()
	if l.Attempt != 0 {
		t.Errorf("got attempt %d, want it as never leased", l.Attempt)
	}
	s.done(l, kept)
}

func crash(t *testing.T, s *suite) {
	for i := range 10 {
		s.add(s.request(fmt.Sprintf("https://a.example/%d", i), i, 0))
	}
	for range 3 {
		s.done(s.next(), kept)
	}
	s.next() // under way when it happened
	f, closeSecond := s.open(t, s.dir)
	s.close()
	s.f, s.close = f, closeSecond
	for i := 3; i < 10; i++ {
		l := s.next()
		if want := fmt.Sprintf("/%d", i); l.URL.Path != want {
			t.Errorf("got %s, want %s", l.URL.Path, want)
		}
		s.done(l, kept)
	}
	s.drained()
}

func sitesApart(t *testing.T, s *suite) {
	other := s.request("https://a.example/x", 0, 0)
	other.Site = "other"
	s.add(other)
	s.drained()
	s.add(s.request("https://a.example/x", 0, 0))
	s.done(s.next(), kept)
	l, err := s.f.Next(context.Background(), "other")
	if err != nil {
		t.Fatal(err)
	}
	s.done(l, kept)
}

// crawlsShareHosts: two crawls that have URLs of one host take turns, rests
// included, and neither thinks that it has ended while the other holds the host.
func crawlsShareHosts(t *testing.T, s *suite) {
	const rest = 5 * time.Second
	for i := range 4 {
		mine, theirs := s.request(fmt.Sprintf("https://a.example/%d", i), 0, 0), s.request(fmt.Sprintf("https://a.example/other/%d", i), 0, 0)
		theirs.Site = "other"
		s.add(mine, theirs)
	}
	var mu sync.Mutex
	var free time.Time
	busy, done := false, map[string]int{}
	var wg sync.WaitGroup
	for _, name := range []string{site, "other"} {
		wg.Go(func() {
			for {
				l, err := s.f.Next(context.Background(), name)
				if err != nil {
					if !errors.Is(err, scraper.ErrDrained) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				if busy || time.Now().Before(free) {
					t.Errorf("%s was leased while the host was busy or at rest", l.URL)
				}
				busy = true
				mu.Unlock()
				time.Sleep(time.Second)
				mu.Lock()
				busy, free = false, time.Now().Add(rest)
				done[name]++
				mu.Unlock()
				o := kept
				o.HostRest = rest
				s.done(l, o)
			}
		})
	}
	wg.Wait()
	if done[site] != 4 || done["other"] != 4 {
		t.Errorf("got %v, want 4 each", done)
	}
}

func cancelled(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://a.example/2", 0, 0))
	l := s.next()
	ctx, cancel := context.WithCancel(context.Background())
	time.AfterFunc(time.Second, cancel)
	if _, err := s.f.Next(ctx, site); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	s.done(l, kept)
	s.done(s.next(), kept)
}

// manyWorkers: whoever works, each URL is leased once, a host never twice at a
// time, and never before it has rested.
func manyWorkers(t *testing.T, s *suite) {
	const hosts, pages, workers, rest = 20, 15, 8, 2 * time.Second
	var mu sync.Mutex
	free := map[string]time.Time{}
	busy := map[string]bool{}
	seen := map[string]int{}
	for i := range hosts {
		s.add(s.request(fmt.Sprintf("https://h%d.example/0", i), 0, 0))
	}
	var wg sync.WaitGroup
	for range workers {
		wg.Go(func() {
			for {
				l, err := s.f.Next(context.Background(), site)
				if err != nil {
					if !errors.Is(err, scraper.ErrDrained) {
						t.Error(err)
					}
					return
				}
				mu.Lock()
				host := l.URL.Host
				if busy[host] || time.Now().Before(free[host]) {
					t.Errorf("%s was leased too early", l.URL)
				}
				busy[host] = true
				seen[l.URL.String()]++
				mu.Unlock()
				time.Sleep(time.Second)
				var n int
				if _, err := fmt.Sscanf(l.URL.Path, "/%d", &n); err == nil && n+1 < pages {
					s.add(s.request(fmt.Sprintf("https://%s/%d", host, n+1), 0, n+1))
				}
				mu.Lock()
				busy[host], free[host] = false, time.Now().Add(rest)
				mu.Unlock()
				o := kept
				o.HostRest = rest
				s.done(l, o)
			}
		})
	}
	wg.Wait()
	if len(seen) != hosts*pages {
		t.Errorf("got %d URLs, want %d", len(seen), hosts*pages)
	}
	for u, n := range seen {
		if n != 1 {
			t.Errorf("%s was leased %d times", u, n)
		}
	}
}

var moved = scraper.Outcome{Result: scraper.ResultKept, Status: 302}

// follow ends a lease and goes on with a URL; nil if it is not leased.
func (s *suite) follow(l *scraper.Lease, o scraper.Outcome, raw string) *scraper.Lease {
	s.Helper()
	next := s.request(raw, l.Priority, l.Depth)
	next.Hop, next.Hops = scraper.HopRedirect, l.Hops+"R"
	l, err := s.f.Follow(context.Background(), l, o, next)
	if err != nil {
		s.Fatal(err)
	}
	return l
}

// chainIsNotInterrupted: a URL that redirects to itself gets the next request to its
// host, after the rest, whoever else waits for that host.
func chainIsNotInterrupted(t *testing.T, s *suite) {
	const rest = 5 * time.Second
	s.add(s.request("https://a.example/1", 0, 0), s.request("https://a.example/2", 0, 0))
	other := s.request("https://a.example/3", 0, 0)
	other.Site = "other"
	s.add(other)
	l := s.next()
	free := make(chan time.Time, 2)
	var wg sync.WaitGroup
	for _, name := range []string{site, "other"} {
		wg.Go(func() { // waits for the same host
			l, err := s.f.Next(context.Background(), name)
			if err != nil {
				t.Error(err)
				return
			}
			free <- time.Now()
			s.done(l, kept)
		})
	}
	o := moved
	o.HostRest = rest
	start := time.Now()
	again := s.follow(l, o, "https://a.example/1")
	if again == nil || again.URL.Path != "/1" || time.Since(start) < rest {
		t.Fatalf("got %v after %s, want the same URL after %s", again, time.Since(start), rest)
	}
	time.Sleep(time.Minute) // the answer
	select {
	case <-free:
		t.Error("another URL was leased within the chain")
	default:
	}
	s.done(again, kept)
	wg.Wait()
	s.drained()
}

// chainComesBack: by way of another host, whose rest counts, to a URL that was
// answered with a redirect.
func chainComesBack(t *testing.T, s *suite) {
	busy := kept
	busy.HostRest = time.Minute
	s.add(s.request("https://b.example/", 0, 0))
	s.done(s.next(), busy)
	start := time.Now()
	s.add(s.request("https://a.example/1", 0, 0))
	l := s.follow(s.next(), moved, "https://b.example/check")
	if l == nil || l.URL.Host != "b.example" || time.Since(start) < busy.HostRest {
		t.Fatalf("got %v after %s, want the other host after its rest", l, time.Since(start))
	}
	if l = s.follow(l, moved, "https://a.example/1"); l == nil || l.URL.Host != "a.example" {
		t.Fatalf("got %v, want the first URL again", l)
	}
	s.done(l, kept)
	s.drained()
	for _, u := range []string{"https://a.example/1", "https://b.example/check"} {
		s.add(s.request(u, 0, 0))
	}
	s.drained() // both are done
}

// chainEnds: at what is done, at what somebody else asks for, at a host that rests for
// long, and with the run.
func chainEnds(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/done", 0, 0))
	s.done(s.next(), kept)
	s.add(s.request("https://a.example/1", 0, 0))
	if l := s.follow(s.next(), moved, "https://a.example/done"); l != nil {
		t.Errorf("%s was leased, although it is done", l.URL)
	}
	s.add(s.request("https://a.example/2", 0, 0), s.request("https://b.example/2", 0, 0))
	one, two := s.next(), s.next()
	if f, ok := s.f.(interface{ SetPerHost(string, int) }); ok {
		f.SetPerHost(site, 2) // else the host itself is busy
	}
	if l := s.follow(one, moved, two.URL.String()); l != nil {
		t.Errorf("%s was leased twice at a time", l.URL)
	}
	long := moved
	long.HostRest = 50 * time.Minute
	if l := s.follow(two, long, "https://"+two.URL.Host+"/3"); l != nil {
		t.Errorf("%s was leased while its host rests", l.URL)
	}
	time.Sleep(time.Hour)
	l := s.next() // it was queued
	if l.URL.Path != "/3" {
		t.Errorf("got %s, want /3", l.URL)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	o := moved
	o.HostRest = time.Minute
	if l, err := s.f.Follow(ctx, l, o, s.request(l.URL.String(), 0, 0)); l != nil || err != nil {
		t.Errorf("got %v, %v after the run was stopped", l, err)
	}
	if l = s.next(); l.URL.Path != "/3" || l.Attempt != 0 {
		t.Errorf("got %s, attempt %d, want /3 as if never leased", l.URL, l.Attempt)
	}
	s.done(l, kept)
	s.drained()
}

// chainSurvivesCrash: what the chain came to is queued.
func chainSurvivesCrash(t *testing.T, s *suite) {
	s.add(s.request("https://a.example/1", 0, 0))
	l := s.follow(s.next(), moved, "https://a.example/1")
	l = s.follow(l, moved, "https://a.example/2")
	if l == nil {
		t.Fatal("the chain ended")
	}
	f, closeSecond := s.open(t, s.dir)
	s.close()
	s.f, s.close = f, closeSecond
	if l = s.next(); l.URL.Path != "/2" {
		t.Errorf("got %s, want /2", l.URL)
	}
	s.done(l, kept)
	s.drained()
}
