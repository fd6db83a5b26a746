package schedule

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/netresearch/go-cron"
)

// Cron is a cron line: minute, hour, day of the month, month and day of the week as
// in crontab(5), or a name such as @daily. The zero Cron has no times.
//
// Its times are wall-clock times of a zone. One that daylight saving skips is due when
// the clock goes on; one that the clock shows twice is due the first time only, unless
// the line is for every hour.
type Cron struct {
	text      string
	times     *cron.SpecSchedule // in UTC, which has no daylight saving
	everyHour bool
}

// searchYears is how far ahead the next time is looked for: 29 February is eight
// years away at most.
const searchYears = 9

var cronFields = []struct{ name, values string }{
	{"minute", "0-59"}, {"hour", "0-23"}, {"day of the month", "1-31 or L"}, {"month", "1-12 or JAN-DEC"}, {"day of the week", "0-7 or SUN-SAT"},
}

// As in crontab(5), a line with both a day of the month and a day of the week is for
// the days that match either.
var cronParser = cron.MustNewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor |
	cron.DowNth | cron.DowLast | cron.DomL | cron.DomW | cron.DowOrDom).WithMaxSearchYears(searchYears)

// ParseCron reads a cron line. It refuses a line that is never due, or sometimes twice
// within less than Least.
func ParseCron(line string) (Cron, error) {
	line = strings.Join(strings.Fields(line), " ")
	fields := strings.Fields(line)
	switch {
	case line == "":
		return Cron{}, errors.New(`the cron line is empty; write for example "0 6 * * *" for six o'clock every day`)
	case len(line) > 300:
		return Cron{}, errors.New("the cron line is too long")
	case strings.Contains(fields[0], "TZ="):
		return Cron{}, fmt.Errorf("%q: the time zone is a setting of its own, timezone", line)
	case strings.HasPrefix(strings.ToLower(line), "@every"):
		return Cron{}, fmt.Errorf("%q is an interval; give it as every", line)
	case strings.HasPrefix(line, "@"):
		if !cronNames[strings.ToLower(line)] {
			return Cron{}, fmt.Errorf("%q is not one of @hourly, @daily, @midnight, @weekly, @monthly, @yearly", line)
		}
	case len(fields) != len(cronFields):
		return Cron{}, fmt.Errorf("%q has %d fields; a cron line has five: minute, hour, day of the month, month, day of the week", line, len(fields))
	}
	times, err := cronParser.Parse(line)
	if err != nil {
		return Cron{}, badField(line, fields, err)
	}
	spec, ok := times.(*cron.SpecSchedule)
	if !ok {
		return Cron{}, fmt.Errorf("%q is not a cron line", line)
	}
	spec.Location = time.UTC
	const hours = 1<<24 - 1
	c := Cron{text: line, times: spec, everyHour: spec.Hour&hours == hours}
	return c, c.check()
}

var cronNames = map[string]bool{"@hourly": true, "@daily": true, "@midnight": true, "@weekly": true, "@monthly": true, "@yearly": true, "@annually": true}

// badField is the error of a line that does not parse: of its first wrong field.
func badField(line string, fields []string, err error) error {
	for i, f := range cronFields {
		if i >= len(fields) {
			break
		}
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = fields[i]
		if _, ferr := cronParser.Parse(strings.Join(alone, " ")); ferr != nil {
			return fmt.Errorf("%q: %s %q is not valid; write %s, *, lists (1,15), ranges (1-5) or steps (*/2)", line, f.name, fields[i], f.values)
		}
	}
	return fmt.Errorf("%q is not a valid cron line: %w", line, err)
}

// check refuses what is never due or too often.
func (c Cron) check() error {
	t := c.times.Next(time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC))
	if t.IsZero() {
		return fmt.Errorf("%q is never due: there is no such day", c.text)
	}
	// A day whose times are too close together is within the first hundreds: a line
	// of five fields has the same minutes in each of its hours.
	for range 300 {
		next := c.times.Next(t)
		if next.IsZero() {
			break
		}
		if gap := next.Sub(t); gap < Least {
			return fmt.Errorf("%q is due at %s and again at %s; the shortest interval is %s", c.text, t.Format("15:04"), next.Format("15:04"), Every{Least})
		}
		t = next
	}
	return nil
}

// String is the line as it was given.
func (c Cron) String() string { return c.text }

// IsZero reports whether there is no line.
func (c Cron) IsZero() bool { return c.times == nil }

// Next is the first time after an instant that is due on the clocks of a zone; zero if
// there is none.
func (c Cron) Next(after time.Time, zone *time.Location) time.Time {
	if c.IsZero() {
		return time.Time{}
	}
	after = after.In(zone)
	// The line is asked for wall-clock times alone, so that its search never meets a
	// gap: the library would pass over a whole day without a midnight.
	wall := wallClock(after)
	const around = 26 * time.Hour // a zone that changes sides of the date line moves by a day
	if !sameOffset(after.Add(-around), after.Add(around)) {
		wall = wall.Add(-around)
	}
	best := time.Time{}
	for {
		wall = c.times.Next(wall)
		if wall.IsZero() {
			return best
		}
		first, second := instants(wall, zone)
		for _, t := range []time.Time{first, second} {
			if t.After(after) && (best.IsZero() || t.Before(best)) && (t == first || c.everyHour) {
				best = t
			}
		}
		// Later wall-clock times are not earlier instants but where the clock was set
		// back, which first, the earlier of the two, leaves behind.
		if !best.IsZero() && !first.Before(best) {
			return best
		}
	}
}

// wallClock is what a clock shows at an instant, as a time in UTC.
func wallClock(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
}

func sameOffset(a, b time.Time) bool {
	_, x := a.Zone()
	_, y := b.Zone()
	return x == y
}

// instants are the instants at which the clocks of a zone show a time: the same twice
// mostly, two where the clock is set back over it, and where the clock skips it, the
// instant from which it goes on.
func instants(wall time.Time, zone *time.Location) (first, second time.Time) {
	// The instant is among those that the offsets of the days around give.
	naive := wall.Unix()
	for _, days := range []time.Duration{-26, 26} {
		_, offset := time.Unix(naive, 0).Add(days * time.Hour).In(zone).Zone()
		t := time.Unix(naive-int64(offset), 0).In(zone)
		if !wallClock(t).Equal(wall) {
			continue
		}
		if first.IsZero() || t.Before(first) {
			first, second = t, first
		} else if !t.Equal(first) {
			second = t
		}
	}
	if first.IsZero() {
		first = endOfGap(wall, zone)
	}
	if second.IsZero() {
		second = first
	}
	return first, second
}

// endOfGap is the instant at which a clock that skips a time goes on.
func endOfGap(wall time.Time, zone *time.Location) time.Time {
	// Between these two the clock jumps over the time; the jump is found by halving.
	low, high := time.Unix(wall.Unix(), 0).Add(-26*time.Hour).In(zone), time.Unix(wall.Unix(), 0).Add(26*time.Hour).In(zone)
	for high.Sub(low) > time.Second {
		mid := low.Add(high.Sub(low) / 2)
		if wallClock(mid).Before(wall) {
			low = mid
		} else {
			high = mid
		}
	}
	return high.Truncate(time.Second)
}
