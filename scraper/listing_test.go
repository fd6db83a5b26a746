package scraper

import (
	"testing"
	"time"
)

// TestAreStamps: the times of a sitemap's own making are told from those of its pages.
func TestAreStamps(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	many := func(n int, at func(i int) time.Duration) (times []time.Time) {
		for i := range n {
			if d := at(i); d >= 0 {
				times = append(times, now.Add(-d))
			} else {
				times = append(times, time.Time{})
			}
		}
		return times
	}
	for _, tt := range []struct {
		name  string
		times []time.Time
		want  bool
	}{
		{"now", many(50, func(int) time.Duration { return 0 }), true},
		{"today", many(50, func(int) time.Duration { return 12 * time.Hour }), true},
		{"while it was made", many(50, func(i int) time.Duration { return time.Duration(i) * time.Second }), true},
		{"all but a few", many(50, func(i int) time.Duration { return time.Duration(i/46) * 1000 * time.Hour }), true},
		{"when the site was made", many(50, func(int) time.Duration { return 1000 * time.Hour }), false},
		{"the last days", many(50, func(i int) time.Duration { return time.Duration(i) * time.Hour }), false},
		{"a few", many(3, func(int) time.Duration { return 0 }), false},
		{"a few of many", many(50, func(i int) time.Duration { return time.Duration(i/10) * 1000 * time.Hour }), false},
		{"missing", many(50, func(int) time.Duration { return -1 }), false},
		{"a few, the others missing", many(50, func(i int) time.Duration { return 10*time.Minute - time.Duration(i)*time.Minute }), false},
		{"empty", nil, false},
	} {
		if got := areStamps(tt.times, now); got != tt.want {
			t.Errorf("%s: got %t", tt.name, got)
		}
	}
}
