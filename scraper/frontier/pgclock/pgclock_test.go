package pgclock_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock"
	"github.com/newsmorgue/newsmorgue/scraper/frontier/pgclock/pgtest"
)

const site = "s.example"

// shared is one server for most tests, each of which has a database of its own.
var shared struct {
	once   sync.Once
	server *pgtest.Server
	err    error
}

func TestMain(m *testing.M) {
	code := m.Run()
	if shared.server != nil {
		shared.server.Close()
	}
	os.Exit(code)
}

func server(t testing.TB) *pgtest.Server {
	t.Helper()
	shared.once.Do(func() { shared.server, shared.err = pgtest.Run() })
	if shared.err != nil {
		pgtest.Missing(t, shared.err)
	}
	return shared.server.Database(t)
}

// open opens clocks of a database that is set up.
func open(t testing.TB, u string, o pgclock.Options) *pgclock.Clocks {
	t.Helper()
	ctx := context.Background()
	if err := pgclock.Setup(ctx, u); err != nil {
		t.Fatal(err)
	}
	c, err := pgclock.Open(ctx, u, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// machine is a frontier with its own queue, as of one machine.
func machine(t *testing.T, c *pgclock.Clocks, urls ...string) *pgclock.Frontier {
	t.Helper()
	inner, err := frontier.Open(filepath.Join(t.TempDir(), "frontier.sqlite"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { inner.Close() })
	f := c.Wrap(inner)
	for _, raw := range urls {
		u, err := url.Parse(raw)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Add(context.Background(), &scraper.Request{URL: u, Site: site}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// next leases a URL within a time; nil if there is none.
func next(t *testing.T, f *pgclock.Frontier, d time.Duration) *scraper.Lease {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), d)
	defer cancel()
	l, err := f.Next(ctx, site)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Fatal(err)
	}
	return l
}

func done(t *testing.T, f *pgclock.Frontier, l *scraper.Lease, o scraper.Outcome) {
	t.Helper()
	if l == nil {
		t.Fatal("no lease")
	}
	if err := f.Done(context.Background(), l, o); err != nil {
		t.Fatal(err)
	}
}

var kept = scraper.Outcome{Result: scraper.ResultKept, Status: 200}

const soon = 20 * time.Second // long enough for a slow machine

// TestHostIsShared: what one machine asks or lets rest, the others do not ask, and their
// other hosts go on.
func TestHostIsShared(t *testing.T) {
	s := server(t)
	a := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/1")
	b := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/2", "https://b.example/")
	l := next(t, a, soon)
	other := next(t, b, soon)
	if other == nil || other.URL.Host != "b.example" {
		t.Fatalf("got %v, want the other host", other)
	}
	done(t, b, other, kept)
	if l := next(t, b, 1500*time.Millisecond); l != nil {
		t.Fatalf("%s was leased while its host is asked", l.URL)
	}
	o := kept
	o.HostRest = 2 * time.Second
	done(t, a, l, o)
	start := time.Now()
	l = next(t, b, soon)
	if rested := time.Since(start); rested < o.HostRest-100*time.Millisecond {
		t.Errorf("the host rested %s, want %s", rested, o.HostRest)
	}
	done(t, b, l, kept)
	if _, err := b.Next(context.Background(), site); !errors.Is(err, scraper.ErrDrained) {
		t.Errorf("got %v, want ErrDrained", err)
	}
}

// TestAddressIsShared: also of hosts that another machine asks, but for shared front ends.
func TestAddressIsShared(t *testing.T) {
	s := server(t)
	o := kept
	o.RemoteAddr, o.HostRest = "203.0.113.9:443", 1500*time.Millisecond
	for _, c := range []struct {
		name   string
		shared []netip.Prefix
	}{{"own", nil}, {"front end", []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24")}}} {
		t.Run(c.name, func(t *testing.T) {
			u := s.Fresh(t)
			options := pgclock.Options{SharedAddresses: c.shared}
			a := machine(t, open(t, u, options), "https://a.example/1", "https://a.example/2")
			b := machine(t, open(t, u, options), "https://b.example/1", "https://b.example/2")
			done(t, a, next(t, a, soon), o)
			done(t, b, next(t, b, soon), o)
			l := next(t, a, soon)
			got := next(t, b, 3*time.Second)
			if shared := c.shared != nil; (got != nil) != shared {
				t.Errorf("b is leased: %t, want %t", got != nil, shared)
			}
			done(t, a, l, o)
			if got == nil {
				start := time.Now()
				done(t, b, next(t, b, soon), o)
				if time.Since(start) < o.HostRest-100*time.Millisecond {
					t.Errorf("the address rested %s", time.Since(start))
				}
			}
		})
	}
}

// TestFirstRequestToAddress: the address of a host that was never asked is known when the
// connection stands; the request is not written if the address is busy.
func TestFirstRequestToAddress(t *testing.T) {
	s := server(t)
	a := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/")
	b := machine(t, open(t, s.URL, pgclock.Options{}), "https://b.example/")
	la, lb := next(t, a, soon), next(t, b, soon)
	ha, cancelA := a.Hold(context.Background(), la)
	defer cancelA()
	hb, cancelB := b.Hold(context.Background(), lb)
	defer cancelB()
	if err := scraper.Check(ha, "203.0.113.9:443"); err != nil {
		t.Fatal(err)
	}
	if err := scraper.Check(hb, "203.0.113.9:443"); err == nil || hb.Err() == nil {
		t.Fatal("two hosts of one address are asked at a time")
	}
	done(t, b, lb, scraper.Outcome{Result: scraper.ResultRetry})
	o := kept
	o.RemoteAddr, o.HostRest = "203.0.113.9:443", time.Second
	done(t, a, la, o)
	start := time.Now()
	lb = next(t, b, soon)
	if lb == nil || time.Since(start) < o.HostRest-100*time.Millisecond {
		t.Errorf("got %v after %s", lb, time.Since(start))
	}
	done(t, b, lb, kept)
}

// TestLeaseIsLost: whoever was stopped for longer than a lease asks nothing more, and what
// it says later moves the rest, and not the lease of the next one.
func TestLeaseIsLost(t *testing.T) {
	s := server(t)
	o := pgclock.Options{Lease: 3 * time.Second}
	a := machine(t, open(t, s.URL, o), "https://a.example/1")
	b := machine(t, open(t, s.URL, o), "https://a.example/2")
	l := next(t, a, soon)
	held, cancel := a.Hold(context.Background(), l)
	defer cancel()
	time.Sleep(o.Lease + time.Second)
	if held.Err() != nil || scraper.Check(held, "") != nil {
		t.Fatal("the lease was not renewed")
	}
	// As if a's lease had ended and another machine had taken and lost it.
	s.Exec(t, "UPDATE newsmorgue_clock SET token = token + 1, holder = 'x', until = clock_timestamp() WHERE key = 'a.example'")
	select {
	case <-held.Done():
	case <-time.After(o.Lease):
		t.Fatal("the request goes on")
	}
	if scraper.Check(held, "") == nil {
		t.Error("another request may be written")
	}
	lb := next(t, b, soon)
	hb, cancelB := b.Hold(context.Background(), lb)
	defer cancelB()
	late := kept
	late.HostRest = 2 * time.Second
	done(t, a, l, late)
	time.Sleep(o.Lease + 500*time.Millisecond)
	if hb.Err() != nil {
		t.Error("an outcome under a stale token has ended the lease")
	}
	done(t, b, lb, kept)
}

// TestStaleTokenMovesRest: see TestLeaseIsLost.
func TestStaleTokenMovesRest(t *testing.T) {
	s := server(t)
	a := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/1")
	l := next(t, a, soon)
	s.Exec(t, "UPDATE newsmorgue_clock SET token = token + 1, holder = 'x', until = '2100-01-01', next = '2000-01-01' WHERE key = 'a.example'")
	o := kept
	o.RetryAfter = time.Hour
	done(t, a, l, o)
	s.Exec(t, `DO $$ BEGIN ASSERT (SELECT holder = 'x' AND until = '2100-01-01' AND next > clock_timestamp() + interval '59 minutes'
		FROM newsmorgue_clock WHERE key = 'a.example'); END $$`)
}

// TestLongRestElsewhere: a crawl does not end because its host rests for another one.
func TestLongRestElsewhere(t *testing.T) {
	s := server(t)
	f := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/1")
	s.Exec(t, "INSERT INTO newsmorgue_clock VALUES ('a.example', '', 1, clock_timestamp(), clock_timestamp() + interval '1 hour')")
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if l, err := f.Next(ctx, site); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v, %v, want to wait", l, err)
	}
}

// TestReplayed: what is answered from the archive takes no clock.
func TestReplayed(t *testing.T) {
	s := server(t)
	a := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/1")
	b := machine(t, open(t, s.URL, pgclock.Options{Replayed: func(r *scraper.Request) bool { return r.URL.Path == "/2" }}), "https://a.example/2")
	la := next(t, a, soon)
	lb := next(t, b, soon)
	if lb == nil {
		t.Fatal("what is replayed waits for its host")
	}
	held, cancel := b.Hold(context.Background(), lb)
	defer cancel()
	if err := scraper.Check(held, "203.0.113.9:443"); err != nil {
		t.Error(err)
	}
	done(t, b, lb, kept)
	done(t, a, la, kept)
}

// TestSeveralPerHost share a clock, and it goes back with the last of them.
func TestSeveralPerHost(t *testing.T) {
	s := server(t)
	a := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/1", "https://a.example/2", "https://a.example/3")
	a.SetPerHost(site, 2)
	b := machine(t, open(t, s.URL, pgclock.Options{}), "https://a.example/4")
	one, two := next(t, a, soon), next(t, a, soon)
	if one == nil || two == nil {
		t.Fatal("the clock is not shared")
	}
	if l := next(t, a, time.Second); l != nil {
		t.Fatal("three at a time")
	}
	done(t, a, one, scraper.Outcome{Result: scraper.ResultKept, HostRest: 3 * time.Second})
	if l := next(t, b, time.Second); l != nil {
		t.Fatal("another machine asks at the same time")
	}
	done(t, a, two, kept)
	start := time.Now()
	done(t, b, next(t, b, soon), kept)
	if time.Since(start) > 4*time.Second {
		t.Errorf("it took %s", time.Since(start))
	}
}

// TestOddHosts: whatever a page links to does not stop the clocks.
func TestOddHosts(t *testing.T) {
	s := server(t)
	e := &endless{}
	for _, host := range []string{"\x00", "a\x00b", "\xff\xfe", "", "@203.0.113.9", strings.Repeat("x", 100_000), "ÄÖ.example", "'; DROP TABLE newsmorgue_clock; --"} {
		e.hosts = append(e.hosts, &url.URL{Scheme: "https", Host: host})
	}
	f := open(t, s.URL, pgclock.Options{}).Wrap(e)
	for range 3 * len(e.hosts) {
		l, err := f.Next(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		done(t, f, l, kept)
	}
}

// TestManyMachines: whoever asks, a host is never asked twice at a time, and never before
// its rest, also under the strictest isolation.
func TestManyMachines(t *testing.T) {
	const machines, hosts, pages, rest = 3, 6, 4, 200 * time.Millisecond
	s := server(t)
	var mu sync.Mutex
	busy, free, asked := map[string]bool{}, map[string]time.Time{}, map[string]int{}
	var wg sync.WaitGroup
	for m := range machines {
		c := open(t, s.URL+"&default_transaction_isolation=serializable", pgclock.Options{})
		var urls []string
		for h := range hosts {
			for p := range pages {
				urls = append(urls, fmt.Sprintf("https://h%d.example/%d/%d", h, m, p))
			}
		}
		f := machine(t, c, urls...)
		for range 3 {
			wg.Go(func() {
				for {
					l, err := f.Next(context.Background(), site)
					if errors.Is(err, scraper.ErrDrained) {
						return
					}
					if err != nil {
						t.Error(err)
						return
					}
					mu.Lock()
					host := l.URL.Host
					if busy[host] || time.Now().Before(free[host]) {
						t.Errorf("%s was asked too early", l.URL)
					}
					busy[host] = true
					asked[l.URL.String()]++
					mu.Unlock()
					time.Sleep(10 * time.Millisecond)
					mu.Lock()
					busy[host], free[host] = false, time.Now().Add(rest)
					mu.Unlock()
					o := kept
					o.HostRest = rest
					done(t, f, l, o)
				}
			})
		}
	}
	wg.Wait()
	if len(asked) != machines*hosts*pages {
		t.Errorf("%d URLs were asked, want %d", len(asked), machines*hosts*pages)
	}
}

func TestReadAddresses(t *testing.T) {
	got, err := pgclock.ReadAddresses(strings.NewReader("# front ends\n203.0.113.7/24 # one\n\n2001:db8::1\n198.51.100.4\n"))
	if err != nil || fmt.Sprint(got) != "[203.0.113.0/24 2001:db8::1/128 198.51.100.4/32]" {
		t.Errorf("got %v, %v", got, err)
	}
	for _, bad := range []string{"x", "203.0.113.0/33", "fe80::1%eth0", "::ffff:203.0.113.0/120", strings.Repeat("1.1.1.1\n", 10_001), strings.Repeat("1", 100_000)} {
		if _, err := pgclock.ReadAddresses(strings.NewReader(bad)); err == nil {
			t.Errorf("%.30q is accepted", bad)
		}
	}
}
