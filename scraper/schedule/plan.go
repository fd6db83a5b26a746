package schedule

import (
	"errors"
	"fmt"
	"hash/fnv"
	"iter"
	"strings"
	"time"
)

// A Plan says when a site is crawled: at an interval or by a cron line, outside of its
// keep-out hours. The zero Plan has no times.
type Plan struct {
	Every   Every
	Cron    Cron
	Zone    *time.Location // of the cron line and the keep-out hours; time.Local if nil
	KeepOut []KeepOut
	// Jitter is the most that a turn is moved. Below zero it is the default: a tenth of
	// the interval, at most 15 minutes; by a cron line, a tenth of the time to the next
	// turn, at most 2 minutes.
	Jitter time.Duration
}

// LoadZone finds a time zone by its name in the IANA database, such as Africa/Lagos,
// or UTC; "" and "local" are that of this machine.
func LoadZone(name string) (*time.Location, error) {
	switch {
	case name == "" || strings.EqualFold(name, "local"):
		return time.Local, nil
	case strings.EqualFold(name, "utc"):
		return time.UTC, nil
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return nil, fmt.Errorf("%q is not a known time zone; write a name of the IANA database such as Europe/Berlin, or UTC", name)
	}
	return zone, nil
}

// Check refuses a plan that is never due: its keep-out hours are the whole week. Where
// they include every time of a cron line, its turns are moved to their end.
func (p Plan) Check() error {
	if len(p.KeepOut) == 0 || p.IsZero() {
		return nil
	}
	// Weeks of both halves of a year, for daylight saving moves hours.
	for _, month := range []time.Month{time.January, time.July} {
		t := time.Date(2024, month, 8, 0, 0, 0, 0, p.zone())
		if s := spans(p.KeepOut, t, p.zone()); len(s) > 0 && s[0][1].Sub(s[0][0]) >= 7*24*time.Hour {
			return errors.New("the keep-out hours are the whole week")
		}
	}
	return nil
}

// IsZero reports whether there is neither an interval nor a cron line.
func (p Plan) IsZero() bool { return p.Every.d == 0 && p.Cron.IsZero() }

func (p Plan) zone() *time.Location {
	if p.Zone == nil {
		return time.Local
	}
	return p.Zone
}

// String says how often, for people: "every 6h", or the cron line with its zone.
func (p Plan) String() string {
	switch {
	case !p.Cron.IsZero():
		return p.Cron.String() + " " + p.zone().String()
	case p.Every.d > 0:
		return "every " + p.Every.String()
	}
	return ""
}

// Next is when a site is due, whose last crawl began at last: at the first turn after
// it, moved by the jitter and out of the keep-out hours. If that time has passed the
// site is due now, once, however many turns were missed. A site that was never crawled
// is due now, by a cron line at its next turn. Next is zero if there is no turn.
//
// A last crawl in the future means that the clock was set back. One after Latest does
// not delay the site: give the newest crawl that is not.
func (p Plan) Next(site string, last, now time.Time) time.Time {
	turn := p.turn(last, now)
	if turn.IsZero() {
		return turn
	}
	due := turn
	if turn != now { // a turn at once is that of no other site
		due = turn.Add(p.jitter(site, turn))
	}
	if due.Before(now) {
		due = now
	}
	return p.Open(due)
}

// turn is the turn that comes after the last crawl.
func (p Plan) turn(last, now time.Time) time.Time {
	if last.After(now) && last.After(p.Latest(now)) {
		last = time.Time{}
	}
	switch {
	case !p.Cron.IsZero() && last.IsZero():
		return p.Cron.Next(now, p.zone())
	case !p.Cron.IsZero():
		return p.Cron.Next(last, p.zone())
	case p.Every.d == 0:
		return time.Time{}
	case last.IsZero():
		return now
	}
	return last.Add(p.Every.d)
}

// Latest is the latest time that is believed of a crawl in the past: the clock may have
// been set back over a turn since, which is not to have another run. What is further
// ahead than the time between two turns was recorded while the clock was wrong, and says
// nothing about the turns until then.
func (p Plan) Latest(now time.Time) time.Time {
	if p.Cron.IsZero() {
		return now.Add(p.Every.d)
	}
	next := p.Cron.Next(now, p.zone())
	after := p.Cron.Next(next, p.zone())
	if next.IsZero() || after.IsZero() {
		return now
	}
	return now.Add(after.Sub(next))
}

// jitter moves a turn by an amount that depends on the site and the turn alone, so
// that sites with the same schedule are not all asked at one moment. A turn at an
// interval moves either way, one of a cron line is never early.
func (p Plan) jitter(site string, turn time.Time) time.Duration {
	period, most := p.Every.d, 15*time.Minute
	if !p.Cron.IsZero() {
		period, most = p.Cron.Next(turn, p.zone()).Sub(turn), 2*time.Minute
	}
	width := min(period/10, most)
	if p.Jitter >= 0 {
		width = min(p.Jitter, period/4)
	}
	if width <= 0 {
		return 0
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "%s %d", site, turn.Unix()/60)
	share := float64(mix(h.Sum64())>>11) / (1 << 53)
	if p.Cron.IsZero() {
		share = 2*share - 1
	}
	return time.Duration(share * float64(width)).Truncate(time.Second)
}

// mix spreads a hash over all its bits (the finalizer of SplitMix64): FNV leaves those
// of similar texts alike.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Open is the first instant from t on that is in no keep-out hours; zero if there is
// none within a week.
func (p Plan) Open(t time.Time) time.Time {
	for _, s := range spans(p.KeepOut, t, p.zone()) {
		if !t.Before(s[0]) && t.Before(s[1]) {
			if s[1].Sub(t) >= 7*24*time.Hour {
				return time.Time{}
			}
			return s[1]
		}
	}
	return t
}

// Until is when a run that goes on at an instant has to stop: where the next keep-out
// hours begin. It is zero if there are none.
func (p Plan) Until(t time.Time) time.Time {
	for _, s := range spans(p.KeepOut, t, p.zone()) {
		switch {
		case !t.Before(s[0]) && t.Before(s[1]):
			return t
		case s[0].After(t):
			return s[0]
		}
	}
	return time.Time{}
}

// Turns lists the turns after one instant and before another, without jitter; at most
// some, the last ones, and how many there are in all.
func (p Plan) Turns(after, before time.Time, most int) (turns []time.Time, n int) {
	for t := range p.Each(after, before) {
		n++
		turns = append(turns, t)
		if len(turns) > most {
			turns = turns[1:]
		}
	}
	return turns, n
}

// Each gives the turns after one instant and before another, without jitter, the
// earliest first.
func (p Plan) Each(after, before time.Time) iter.Seq[time.Time] {
	const bound = 1 << 20 // ten years of five-minute intervals pass it, and count as that many
	return func(yield func(time.Time) bool) {
		n := 0
		for t := p.after(after); !t.IsZero() && t.Before(before) && n < bound && yield(t); t = p.after(t) {
			n++
		}
	}
}

// after is the turn that follows a turn.
func (p Plan) after(t time.Time) time.Time {
	if !p.Cron.IsZero() {
		return p.Cron.Next(t, p.zone())
	}
	if p.Every.d == 0 {
		return time.Time{}
	}
	return t.Add(p.Every.d)
}
