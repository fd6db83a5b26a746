package frontier_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// TestOrderInMemory: what is in memory of a queue is its best part, whatever is
// added, put off or put back meanwhile. Another frontier does the same and reads
// its queue from the table each time.
func TestOrderInMemory(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 9))
	paths := []string{filepath.Join(t.TempDir(), "a.sqlite"), filepath.Join(t.TempDir(), "b.sqlite")}
	both := make([]*frontier.Frontier, 2)
	reopen := func() {
		for i, path := range paths {
			if both[i] != nil {
				if err := both[i].Close(); err != nil {
					t.Fatal(err)
				}
			}
			both[i] = open(t, path)
			both[i].SetPerHost("s", 5)
		}
	}
	reopen()
	start := time.Now()
	var leased [][2]*scraper.Lease
	added, compared := 0, 0
	for step := range 600 {
		if step%100 == 99 {
			reopen()
			leased = nil
		}
		a, b := both[0], both[1]
		switch op := random.IntN(10); {
		case op < 3 || step == 0:
			for range 1 + random.IntN(step%40+5) {
				k := added
				if random.IntN(3) == 0 {
					k = random.IntN(added + 1) // known already
				}
				added = max(added, k+1)
				priority, depth, due, announced := 30+random.IntN(4), random.IntN(3), time.Time{}, random.IntN(20) == 0
				switch random.IntN(30) {
				case 0:
					due = start.Add(time.Hour)
				case 1:
					due = start.Add(-time.Second)
				}
				for _, f := range both {
					r := request(t, fmt.Sprintf("https://a.example/%d", k), priority)
					r.Depth, r.Due = depth, due
					if announced {
						r.Hints.Source = "sitemap"
					}
					add(t, f, r)
				}
			}
		case op < 7 && len(leased) < 4:
			if err := b.Requeue(t.Context(), "s", frontier.Failed); err != nil { // nothing has failed; but the queue is read again
				t.Fatal(err)
			}
			stats, err := a.Stats(t.Context(), "s")
			if err != nil {
				t.Fatal(err)
			}
			if stats.Pending <= len(leased)+40 {
				continue // what is left may be due in an hour
			}
			la, lb := next(t, a), next(t, b)
			if la.URL.String() != lb.URL.String() {
				t.Fatalf("step %d: leased %s (%d, %d), want %s (%d, %d)", step, la.URL, la.Priority, la.Depth, lb.URL, lb.Priority, lb.Depth)
			}
			leased = append(leased, [2]*scraper.Lease{la, lb})
			compared++
		case len(leased) > 0:
			i := random.IntN(len(leased))
			o := scraper.Outcome{Result: scraper.ResultKept, Status: 200}
			switch random.IntN(8) {
			case 0:
				o = scraper.Outcome{Result: scraper.ResultRetry}
			case 1:
				o = scraper.Outcome{Result: scraper.ResultRetry, NextVisit: start.Add(time.Duration(random.IntN(2)*2-1) * time.Hour)}
			}
			for k, f := range both {
				done(t, f, leased[i][k], o)
			}
			leased = append(leased[:i], leased[i+1:]...)
		}
	}
	if compared < 100 {
		t.Errorf("only %d leases compared", compared)
	}
}

// TestDueWhileInMemory: a URL that becomes due while others of its host wait in
// memory gets its turn soon.
func TestDueWhileInMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "frontier.sqlite")
		f, err := frontier.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 50 {
			add(t, f, request(t, fmt.Sprintf("https://a.example/%d", i), 30))
		}
		feed := request(t, "https://a.example/feed", 10)
		feed.Due = time.Now().Add(time.Minute)
		add(t, f, feed)
		first := next(t, f)
		done(t, f, first, scraper.Outcome{Result: scraper.ResultRetry, NextVisit: time.Now().Add(30 * time.Second)})
		if err := f.Close(); err != nil { // what was known of the queue in memory is lost
			t.Fatal(err)
		}
		f = open(t, path)
		due := map[string]time.Duration{"https://a.example/feed": time.Minute, first.URL.String(): 30 * time.Second}
		begun := time.Now()
		for range 40 {
			l := next(t, f)
			if at, late := due[l.URL.String()]; late {
				if since := time.Since(begun); since < at || since > at+12*time.Second {
					t.Errorf("%s: leased after %v, due after %v", l.URL, since, at)
				}
				delete(due, l.URL.String())
			}
			done(t, f, l, kept)
			time.Sleep(2 * time.Second)
		}
		if len(due) > 0 {
			t.Errorf("never leased: %v", due)
		}
		retried := next(t, f)
		done(t, f, retried, scraper.Outcome{Result: scraper.ResultRetry, NextVisit: time.Now().Add(3 * time.Second)})
		time.Sleep(3 * time.Second)
		if l := next(t, f); l.URL.String() != retried.URL.String() {
			t.Errorf("leased %s, want %s at the moment it is due", l.URL, retried.URL)
		}
	})
}
