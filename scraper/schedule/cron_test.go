package schedule_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	_ "time/tzdata" // the same rules on each machine

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

func cronLine(t testing.TB, line string) schedule.Cron {
	t.Helper()
	c, err := schedule.ParseCron(line)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	z, err := schedule.LoadZone(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

// Times on the days on which clocks change.
func TestCronDaylightSaving(t *testing.T) {
	tests := []struct {
		name, line, zone, after string
		want                    []string
	}{
		{"skipped", "30 2 * * *", "Europe/Berlin", "2027-03-27T12:00:00+01:00",
			[]string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:30:00+02:00"}},
		{"shown twice", "30 2 * * *", "Europe/Berlin", "2027-10-30T12:00:00+02:00",
			[]string{"2027-10-31T02:30:00+02:00", "2027-11-01T02:30:00+01:00"}},
		{"shown twice, every hour", "30 * * * *", "Europe/Berlin", "2027-10-31T01:00:00+02:00",
			[]string{"2027-10-31T01:30:00+02:00", "2027-10-31T02:30:00+02:00", "2027-10-31T02:30:00+01:00", "2027-10-31T03:30:00+01:00"}},
		{"a day without midnight", "0 0 * * *", "Africa/Cairo", "2026-04-23T12:00:00+02:00",
			[]string{"2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"}},
		{"half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00+10:30",
			[]string{"2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"}},
		{"half an hour back", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00:00+11:00",
			[]string{"2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"}},
		{"a day that is skipped", "0 12 * * *", "Pacific/Apia", "2011-12-28T13:00:00-10:00",
			[]string{"2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00"}},
		{"two skipped times are one", "0,30 2 * * *", "Europe/Berlin", "2027-03-28T00:00:00+01:00",
			[]string{"2027-03-28T03:00:00+02:00", "2027-03-29T02:00:00+02:00"}},
		{"asked within the second hour", "30 2 * * *", "America/New_York", "2026-11-01T01:30:00-05:00",
			[]string{"2026-11-01T02:30:00-05:00"}},
		{"a day of the month or of the week", "0 6 13 * 5", "UTC", "2026-11-10T00:00:00Z",
			[]string{"2026-11-13T06:00:00Z", "2026-11-20T06:00:00Z", "2026-11-27T06:00:00Z", "2026-12-04T06:00:00Z", "2026-12-11T06:00:00Z", "2026-12-13T06:00:00Z"}},
		{"the last day", "0 0 L 2 *", "UTC", "2027-01-01T00:00:00Z", []string{"2027-02-28T00:00:00Z", "2028-02-29T00:00:00Z"}},
		{"leap years around 2100", "0 0 29 2 *", "UTC", "2096-03-01T00:00:00Z", []string{"2104-02-29T00:00:00Z"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, z := cronLine(t, tt.line), zone(t, tt.zone)
			at, err := time.Parse(time.RFC3339, tt.after)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range tt.want {
				at = c.Next(at, z)
				if got := at.Format(time.RFC3339); got != want {
					t.Fatalf("got %s, want %s", got, want)
				}
			}
		})
	}
}

// Next agrees with somebody who looks at the clock each minute for days.
func TestCronAgainstAClock(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	changes := []struct{ zone, day string }{
		{"Europe/Berlin", "2027-03-27"}, {"Europe/Berlin", "2027-10-30"}, {"Africa/Cairo", "2026-04-23"}, {"Africa/Cairo", "2026-10-29"},
		{"Australia/Lord_Howe", "2026-10-03"}, {"Australia/Lord_Howe", "2026-04-04"}, {"America/St_Johns", "2026-03-07"},
		{"Asia/Beirut", "2026-03-28"}, {"Pacific/Apia", "2011-12-29"}, {"Asia/Kathmandu", "1985-12-31"}, {"Africa/Lagos", "2026-05-05"},
	}
	for range 300 {
		line := fmt.Sprintf("%s %s %s * %s", pick("0", "30", "15,45", "*/20", "7"), pick("*", "0", "1", "2", "3", "*/2", "0-5", "23"),
			pick("*", "*", "*", "*/2"), pick("*", "*", "*", "0,6"))
		at := changes[r.IntN(len(changes))]
		c, z := cronLine(t, line), zone(t, at.zone)
		start, err := time.ParseInLocation(time.DateOnly, at.day, z)
		if err != nil {
			t.Fatal(err)
		}
		end := start.Add(4 * 24 * time.Hour)
		var got []string
		for next := c.Next(start, z); !next.IsZero() && next.Before(end); next = c.Next(next, z) {
			got = append(got, next.Format(time.RFC3339))
		}
		want := lookAtClock(t, line, z, start, end)
		if strings.Join(got, " ") != strings.Join(want, " ") {
			t.Fatalf("%s in %s from %s:\ngot  %v\nwant %v", line, at.zone, at.day, got, want)
		}
	}
}

// lookAtClock lists the minutes after start at which the clock shows a time of the line
// that was not due yet, or has just jumped over one.
func lookAtClock(t *testing.T, line string, z *time.Location, start, end time.Time) []string {
	const minute = "2006-01-02 15:04"
	// In UTC there is no daylight saving: all wall-clock times of the line.
	c, times := cronLine(t, line), map[string]bool{}
	wall := time.Date(start.Year(), start.Month(), start.Day()-1, 0, 0, 0, 0, time.UTC)
	for w := c.Next(wall, time.UTC); w.Before(wall.Add(7 * 24 * time.Hour)); w = c.Next(w, time.UTC) {
		times[w.Format(minute)] = true
	}
	everyHour := strings.Fields(line)[1] == "*"
	var due []string
	shown := map[string]bool{}
	for at := start.Add(-24 * time.Hour); at.Before(end); at = at.Add(time.Minute) {
		is := times[at.Format(minute)] && (everyHour || !shown[at.Format(minute)])
		before, _ := time.Parse(minute, at.Add(-time.Minute).Format(minute))
		now, _ := time.Parse(minute, at.Format(minute))
		for w := before.Add(time.Minute); w.Before(now); w = w.Add(time.Minute) {
			is = is || times[w.Format(minute)]
		}
		shown[at.Format(minute)] = true
		if is && at.After(start) {
			due = append(due, at.Format(time.RFC3339))
		}
	}
	return due
}

func TestParseCronErrors(t *testing.T) {
	tests := map[string]string{
		"":                           "empty",
		"0 6 * *":                    "4 fields",
		"0 6 * * * *":                "6 fields",
		"60 6 * * *":                 `minute "60"`,
		"0 24 * * *":                 `hour "24"`,
		"0 6 32 * *":                 `day of the month "32"`,
		"0 6 * Foo *":                `month "Foo"`,
		"0 6 * * Monday":             `day of the week "Monday"`,
		"*/0 6 * * *":                `minute "*/0"`,
		"H 6 * * *":                  `minute "H"`,
		"0 0 30 2 *":                 "never due",
		"* * * * *":                  "shortest interval",
		"*/7 * * * *":                "shortest interval",
		"0,2 0 29 2 *":               "shortest interval",
		"TZ=0":                       "time zone is a setting",
		"CRON_TZ=Asia/Tokyo 0 6 * *": "time zone is a setting",
		"@every 5m":                  "interval",
		"@reboot":                    "@hourly",
		strings.Repeat("1,", 200):    "too long",
	}
	for line, want := range tests {
		if _, err := schedule.ParseCron(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want an error with %q", line, err, want)
		}
	}
	if got := cronLine(t, " 0  6 * *\tmon-fri ").String(); got != "0 6 * * mon-fri" {
		t.Errorf("got %q", got)
	}
}

func FuzzParseCron(f *testing.F) {
	for _, line := range []string{"0 6 * * *", "@daily", "*/15 0-5 L * 5#2", "0 22-2 15W jan,mar 7"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		c, err := schedule.ParseCron(line)
		if err != nil {
			return
		}
		at := time.Date(2027, 3, 27, 12, 0, 0, 0, time.UTC)
		for range 3 {
			next := c.Next(at, zone(t, "Europe/Berlin"))
			if next.IsZero() {
				return
			}
			if !next.After(at) {
				t.Fatalf("%q: %s is not after %s", line, next, at)
			}
			at = next
		}
	})
}
