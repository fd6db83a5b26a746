package schedule_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

const day = 24 * time.Hour

func TestArticle(t *testing.T) {
	for age, want := range map[time.Duration]time.Duration{0: time.Hour, time.Hour: time.Hour, 10 * time.Hour: 5 * time.Hour, 10 * day: 5 * day, 60 * day: 30 * day, 4000 * day: 30 * day} {
		if got := schedule.Article(age); got != want {
			t.Errorf("age %v: got %v, want %v", age, got, want)
		}
	}
	for since, want := range map[time.Duration]time.Duration{0: 12 * time.Hour, 12 * time.Hour: 18 * time.Hour, 100 * day: 30 * day} {
		if got := schedule.Undated(since); got != want {
			t.Errorf("visited %v ago: got %v, want %v", since, got, want)
		}
	}
}

// TestListing: one that brings something is soon visited each hour, one that does not
// each month.
func TestListing(t *testing.T) {
	for _, near := range []bool{true, false} {
		eager, idle := time.Duration(0), time.Duration(0)
		for i := range 8 {
			_, eager = schedule.Listing(eager, near, "https://a.example/tag/x")
			idle, _ = schedule.Listing(idle, near, "https://a.example/tag/x")
			if i == 0 && near && (idle < day/2 || idle > 3*day/2) || i == 0 && !near && (idle < 7*day || idle > 30*day) {
				t.Errorf("near %t: begins with %v", near, idle)
			}
		}
		if eager != time.Hour || idle != 30*day {
			t.Errorf("near %t: got %v and %v, want an hour and 30 days", near, eager, idle)
		}
	}
	if a, b := schedule.Listing(0, false, "https://a.example/tag/x"); b != a/8 {
		t.Errorf("got %v after %v", b, a)
	}
}

func TestSitemap(t *testing.T) {
	d := time.Duration(0)
	for _, want := range []time.Duration{time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour, 16 * time.Hour, day, day} {
		if d = schedule.Sitemap(d, true); d != want {
			t.Errorf("got %v, want %v", d, want)
		}
	}
	if got := schedule.Sitemap(d, false); got != 0 {
		t.Errorf("changed: got %v", got)
	}
}

// TestSpread: pages that are due after the same interval are not due at once.
func TestSpread(t *testing.T) {
	if got := schedule.Spread(time.Hour, "x"); got != 57*time.Minute {
		t.Errorf("got %v", got)
	}
	most := map[int]int{}
	for i := range 1000 {
		d := schedule.Spread(30*day, fmt.Sprint("https://a.example/", i))
		if d > 30*day*95/100 || d < 24*day {
			t.Fatalf("got %v", d)
		}
		most[int(d/day)]++
	}
	for d, n := range most {
		if n > 300 {
			t.Errorf("%d of 1000 pages are due on day %d", n, d)
		}
	}
}
