package pgclock

import (
	"testing"
	"time"
	"unsafe"
)

// jump moves the wall clock of a time that also has a monotonic one, which stays. It is for
// whole seconds. See the fields of time.Time.
func jump(t *testing.T, at time.Time, d time.Duration) time.Time {
	t.Helper()
	moved := at
	fields := (*struct {
		wall uint64
		ext  int64
		loc  *time.Location
	})(unsafe.Pointer(&moved))
	fields.wall += uint64(d/time.Second) << 30
	if moved.Sub(at) != 0 || moved.Round(0).Sub(at.Round(0)) != d {
		t.Fatalf("the fields of time.Time are others: %s became %s", at, moved)
	}
	return moved
}

// TestWallClockJumps: a lease is over when either clock says so. A machine that slept may
// have a monotonic clock that stood still, and a wall clock may be set back.
func TestWallClockJumps(t *testing.T) {
	var o Options
	o.fill()
	c := &Clocks{Options: o}
	now := time.Now()
	for _, tt := range []struct {
		name  string
		asked time.Time
		late  bool
	}{
		{"just taken", now, false},
		{"near its end", now.Add(-o.Lease + o.Margin), true},
		{"slept for a lease", jump(t, now, -o.Lease), true},
		{"slept for half of it", jump(t, now, -o.Lease/2), false},
		{"set forward by an hour", jump(t, now, -time.Hour), true},
		{"set back by an hour", jump(t, now, time.Hour), false},
		{"set back by an hour, and near its end", jump(t, now.Add(-o.Lease+o.Margin), time.Hour), true},
	} {
		if got := c.late(&held{asked: tt.asked}); got != tt.late {
			t.Errorf("%s: late is %t, want %t", tt.name, got, tt.late)
		}
	}
}
