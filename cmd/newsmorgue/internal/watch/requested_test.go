package watch

import (
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// TestRequested asks for runs outside of any schedule.
func TestRequested(t *testing.T) {
	now := time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)
	every, err := schedule.Parse("6h")
	if err != nil {
		t.Fatal(err)
	}
	night, err := schedule.ParseKeepOut("11:00-13:00")
	if err != nil {
		t.Fatal(err)
	}
	daily := schedule.Plan{Every: every, Zone: time.UTC}
	before, after := now.Add(-time.Hour), now.Add(-time.Minute)
	for _, c := range []struct {
		name string
		site Site
		last LastRun
		want time.Time
	}{
		{"no schedule, never run", Site{Requested: after}, LastRun{}, now},
		{"no schedule, run before it", Site{Requested: after}, LastRun{Start: before, End: before}, now},
		{"no schedule, run since", Site{Requested: before}, LastRun{Start: after, End: after}, time.Time{}},
		{"run since, but stopped", Site{Requested: before}, LastRun{Start: after, End: after, Unfinished: true}, after.Add(schedule.Least)},
		{"not due yet", Site{Plan: daily, Requested: after}, LastRun{Start: before, End: before}, now},
		{"paused", Site{Plan: daily, Paused: true, Requested: after}, LastRun{Start: before, End: before}, now},
		{"paused since", Site{Plan: daily, Paused: true, Requested: before}, LastRun{Start: after, End: after, Unfinished: true}, time.Time{}},
		{"keep-out hours", Site{Plan: schedule.Plan{KeepOut: []schedule.KeepOut{night}, Zone: time.UTC}, Requested: after}, LastRun{}, now.Add(time.Hour)},
		{"a wrong clock", Site{Requested: now.Add(time.Hour)}, LastRun{}, time.Time{}},
	} {
		if got := Due(c.site, c.last, time.Time{}, now); !got.Equal(c.want) {
			t.Errorf("%s: due at %s, want %s", c.name, got, c.want)
		}
	}
}
