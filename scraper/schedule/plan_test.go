package schedule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func every(t testing.TB, s string) schedule.Every {
	t.Helper()
	e, err := schedule.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func keepOut(t testing.TB, s ...string) (all []schedule.KeepOut) {
	t.Helper()
	for _, s := range s {
		k, err := schedule.ParseKeepOut(s)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, k)
	}
	return all
}

func at(t testing.TB, s string) time.Time {
	t.Helper()
	if s == "" {
		return time.Time{}
	}
	v, err := time.Parse("2006-01-02 15:04:05", s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPlanNext(t *testing.T) {
	six := schedule.Plan{Every: every(t, "6h"), Zone: time.UTC}
	daily := schedule.Plan{Cron: cronLine(t, "0 6 * * *"), Zone: time.UTC}
	night := schedule.Plan{Every: every(t, "1h"), Zone: time.UTC, KeepOut: keepOut(t, "08:00-20:00", "20:00-22:00")}
	over := schedule.Plan{Every: every(t, "1h"), Zone: time.UTC, KeepOut: keepOut(t, "Fri 22:00-06:00")}
	tests := []struct {
		name            string
		plan            schedule.Plan
		last, now, want string
	}{
		{"never crawled", six, "", "2026-11-23 12:00:00", "2026-11-23 12:00:00"},
		{"in time", six, "2026-11-23 11:00:00", "2026-11-23 12:00:00", "2026-11-23 17:00:00"},
		{"many missed", six, "2026-11-01 11:00:00", "2026-11-23 12:00:00", "2026-11-23 12:00:00"},
		{"clock set back by a year", six, "2027-11-23 11:00:00", "2026-11-23 12:00:00", "2026-11-23 12:00:00"},
		{"clock set back by a minute", six, "2026-11-23 12:01:00", "2026-11-23 12:00:00", "2026-11-23 18:01:00"},
		{"cron, never crawled", daily, "", "2026-11-23 12:00:00", "2026-11-24 06:00:00"},
		{"cron, in time", daily, "2026-11-23 06:00:03", "2026-11-23 12:00:00", "2026-11-24 06:00:00"},
		{"cron, missed", daily, "2026-11-20 06:00:03", "2026-11-23 12:00:00", "2026-11-23 12:00:00"},
		{"cron, clock set back over its turn", daily, "2026-11-23 06:00:03", "2026-11-23 05:59:58", "2026-11-24 06:00:00"},
		{"cron, clock set back by a year", daily, "2027-11-23 06:00:03", "2026-11-23 05:59:58", "2026-11-23 06:00:00"},
		{"keep-out hours that touch", night, "2026-11-23 07:30:00", "2026-11-23 07:35:00", "2026-11-23 22:00:00"},
		{"before keep-out hours", night, "2026-11-23 06:00:00", "2026-11-23 07:35:00", "2026-11-23 07:35:00"},
		{"on the morning after", over, "2026-11-21 01:00:00", "2026-11-21 03:00:00", "2026-11-21 06:00:00"},
		{"on another day", over, "2026-11-20 01:00:00", "2026-11-20 03:00:00", "2026-11-20 03:00:00"},
		{"no plan", schedule.Plan{}, "", "2026-11-20 03:00:00", ""},
	}
	for _, tt := range tests {
		tt.plan.Jitter = 0
		if got, want := tt.plan.Next("a.example", at(t, tt.last), at(t, tt.now)), at(t, tt.want); !got.Equal(want) {
			t.Errorf("%s: got %v, want %v", tt.name, got, want)
		}
	}
}

// Sites with one schedule are spread, the same on each computation, within its bounds.
func TestPlanJitter(t *testing.T) {
	if now := at(t, "2026-11-23 12:00:00"); !(schedule.Plan{Every: every(t, "6h"), Jitter: -1}).Next("a.example", time.Time{}, now).Equal(now) {
		t.Error("a site that was never crawled waits")
	}
	now := at(t, "2026-11-23 12:00:00")
	tests := []struct {
		name      string
		plan      schedule.Plan
		from, to  time.Duration // from the turn
		turnAfter time.Duration
	}{
		{"interval", schedule.Plan{Every: every(t, "1h"), Jitter: -1}, -6 * time.Minute, 6 * time.Minute, time.Hour},
		{"long interval", schedule.Plan{Every: every(t, "7d"), Jitter: -1}, -15 * time.Minute, 15 * time.Minute, 7 * 24 * time.Hour},
		{"cron line", schedule.Plan{Cron: cronLine(t, "0 18 * * *"), Zone: time.UTC, Jitter: -1}, 0, 2 * time.Minute, 6 * time.Hour},
		{"given", schedule.Plan{Cron: cronLine(t, "0 18 * * *"), Zone: time.UTC, Jitter: time.Hour}, 0, time.Hour, 6 * time.Hour},
		{"given, too long", schedule.Plan{Every: every(t, "1h"), Jitter: 2 * time.Hour}, -15 * time.Minute, 15 * time.Minute, time.Hour},
	}
	for _, tt := range tests {
		seen := map[time.Duration]bool{}
		least, most := tt.to, tt.from
		for i := range 400 {
			site := fmt.Sprintf("site%d.example", i)
			due := tt.plan.Next(site, now, now)
			if again := tt.plan.Next(site, now, now.Add(time.Second)); !due.Equal(again) {
				t.Fatalf("%s: %s became %s", tt.name, due, again)
			}
			d := due.Sub(now.Add(tt.turnAfter))
			seen[d], least, most = true, min(least, d), max(most, d)
		}
		width := tt.to - tt.from
		if least < tt.from || most > tt.to || least > tt.from+width/20 || most < tt.to-width/20 || len(seen) < 50 {
			t.Errorf("%s: %d different, from %s to %s; want %s to %s", tt.name, len(seen), least, most, tt.from, tt.to)
		}
	}
}

// A run that begins when a turn is due never has the same turn again, whatever the
// jitter; none is left out.
func TestPlanTurnsOnce(t *testing.T) {
	for _, plan := range []schedule.Plan{
		{Cron: cronLine(t, "*/30 * * * *"), Zone: zone(t, "Europe/Berlin"), Jitter: -1},
		{Cron: cronLine(t, "30 2 * * *"), Zone: zone(t, "Europe/Berlin"), Jitter: -1},
		{Cron: cronLine(t, "0 0,12 * * *"), Zone: zone(t, "Africa/Cairo"), Jitter: time.Hour},
	} {
		now := at(t, "2027-03-20 00:00:00")
		end := now.Add(20 * 24 * time.Hour)
		turns, n := plan.Turns(now, end, 1<<20)
		if n != len(turns) {
			t.Fatalf("%d turns, but %d", n, len(turns))
		}
		last, runs := now, 0
		for {
			due := plan.Next("a.example", last, last)
			if !due.Before(end) {
				break
			}
			if runs >= len(turns) || due.Before(turns[runs]) || due.Sub(turns[runs]) > time.Hour {
				t.Fatalf("%s: run %d at %s is not for its turn", plan, runs, due)
			}
			last = due
			runs++
		}
		if runs < len(turns)-1 {
			t.Errorf("%s: %d runs for %d turns", plan, runs, len(turns))
		}
	}
}

func TestPlanUntil(t *testing.T) {
	p := schedule.Plan{Every: every(t, "1h"), Zone: zone(t, "Europe/Berlin"), KeepOut: keepOut(t, "Mon-Fri 08:00-20:00")}
	for now, want := range map[string]string{
		"2026-11-23 03:00:00": "2026-11-23 07:00:00", // Monday, 08:00 in Berlin
		"2026-11-23 12:00:00": "2026-11-23 12:00:00",
		"2026-11-27 20:00:00": "2026-11-30 07:00:00",
	} {
		if got := p.Until(at(t, now)); !got.Equal(at(t, want)) {
			t.Errorf("%s: got %s, want %s", now, got.UTC(), want)
		}
	}
	p.KeepOut = nil
	if got := p.Until(at(t, "2026-11-23 03:00:00")); !got.IsZero() {
		t.Errorf("got %s without keep-out hours", got)
	}
}

func TestPlanCheck(t *testing.T) {
	p := schedule.Plan{Every: every(t, "1h"), Zone: time.UTC, KeepOut: keepOut(t, "00:00-12:00", "12:00-24:00")}
	if err := p.Check(); err == nil {
		t.Error("hours of the whole week were accepted")
	}
	p.KeepOut = keepOut(t, "00:00-12:00", "12:30-24:00")
	if err := p.Check(); err != nil {
		t.Error(err)
	}
}

func TestParseKeepOut(t *testing.T) {
	for in, want := range map[string]string{
		"8:00-20:00": "08:00-20:00", "22:00-06:00": "22:00-06:00", "sat,SUN 00:00-24:00": "Sun,Sat 00:00-24:00",
		"Fri-Mon 09:00-17:30": "Sun,Mon,Fri,Sat 09:00-17:30", "monday 1:00-2:00": "Mon 01:00-02:00",
	} {
		k, err := schedule.ParseKeepOut(in)
		if err != nil || k.String() != want {
			t.Errorf("%q: got %s, %v, want %s", in, k, err, want)
		}
	}
	for _, in := range []string{"", "8-20", "08:00", "08:00-08:00", "24:00-08:00", "08:60-09:00", "25:00-26:00", "Foo 08:00-09:00", "Mon Tue 08:00-09:00", "-1:00-09:00", "08:0-09:00"} {
		if k, err := schedule.ParseKeepOut(in); err == nil {
			t.Errorf("%q was accepted as %s", in, k)
		}
	}
}

func TestLoadZone(t *testing.T) {
	for _, name := range []string{"Africa/Lagos", "UTC", "utc", "", "local", "Asia/Kolkata"} {
		if _, err := schedule.LoadZone(name); err != nil {
			t.Error(err)
		}
	}
	for _, name := range []string{"Africa/Nowhere", "TZ=0", "../etc/passwd", "+01:00", strings.Repeat("x/", 5000)} {
		if z, err := schedule.LoadZone(name); err == nil {
			t.Errorf("%q was accepted as %s", name, z)
		}
	}
}

func TestPlanLatest(t *testing.T) {
	now := at(t, "2026-11-27 12:00:00") // a Friday
	for _, tt := range []struct {
		plan schedule.Plan
		want time.Duration
	}{
		{schedule.Plan{Every: every(t, "6h"), Zone: time.UTC}, 6 * time.Hour},
		{schedule.Plan{Cron: cronLine(t, "0 6 * * mon-fri"), Zone: time.UTC}, 24 * time.Hour},
		{schedule.Plan{}, 0},
	} {
		if got := tt.plan.Latest(now).Sub(now); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.plan, got, tt.want)
		}
	}
}
