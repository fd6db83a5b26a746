package schedule_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper/schedule"
)

// A press is a newspaper as its visitors do not see it: when each article is published,
// edited and removed. Edits come soon after the publication or never: the time to an
// edit is spread evenly over its magnitude, from minutes to years (a hazard that falls
// as one over the age), with a few more late ones; removals are rare.
type press struct {
	articles []simArticle
	now, end time.Duration
}

type simArticle struct {
	published time.Duration
	events    []time.Duration // edits, ascending
	removed   time.Duration   // 0 if never
}

// newPress publishes so many articles a day, the archive included, up to the end. What
// happens before now is known to nobody and counts for nothing.
func newPress(seed uint64, perDay int, archive, watched time.Duration) *press {
	r := rand.New(rand.NewPCG(seed, 1))
	p := &press{now: archive, end: archive + watched}
	for at := time.Duration(0); at < p.end; at += day / time.Duration(perDay) {
		a := simArticle{published: at}
		// A third of the articles are edited within hours, one or more times.
		if r.Float64() < 0.35 {
			for n := 1 + int(r.ExpFloat64()*0.8); n > 0; n-- {
				a.events = append(a.events, at+magnitude(r, 5*time.Minute, 2*day))
			}
		}
		// One in twenty is edited later.
		if r.Float64() < 0.05 {
			a.events = append(a.events, at+magnitude(r, 2*day, 700*day))
		}
		if r.Float64() < 0.01 {
			a.removed = at + magnitude(r, time.Hour, 700*day)
		}
		slices.Sort(a.events)
		p.articles = append(p.articles, a)
	}
	return p
}

// magnitude is a time of any magnitude between two.
func magnitude(r *rand.Rand, least, most time.Duration) time.Duration {
	return time.Duration(float64(least) * math.Pow(float64(most)/float64(least), r.Float64()))
}

// A tally is what visits found. An edit is caught if a visit falls between it and the
// next one: a version that nobody saw is lost for ever. A removal is caught by the end.
type tally struct {
	visits, edits, caught, removals, noticed int
	delays                                   []time.Duration // from an edit or removal to its visit
}

// watch visits every article after the time that next gives by its age since it was
// published or last found edited. Each run is at a multiple of tick.
func (p *press) watch(tick time.Duration, next func(age time.Duration, url string) time.Duration) (t tally) {
	for i, a := range p.articles {
		start := a.published
		if start < p.now {
			start = p.now - p.now%max(tick, 1)
		}
		if a.removed != 0 && a.removed < p.now {
			continue
		}
		url, edited, seen := fmt.Sprint("https://a.example/", i), a.published, start
		for _, e := range a.events {
			if e > p.now && e < p.end && e > a.published {
				t.edits++
			}
		}
		if a.removed > p.now && a.removed < p.end {
			t.removals++
		}
		for at := start; ; {
			at = max(at+next(at-edited, url), at+1)
			at = (at + tick - 1) / tick * tick // the next run
			if at >= p.end {
				break
			}
			t.visits++
			if a.removed != 0 && at >= a.removed {
				if a.removed > p.now {
					t.noticed++
					t.delays = append(t.delays, at-a.removed)
				}
				break // it is looked at again each month
			}
			// The last edit since the visit before is seen, those before it never are.
			last := time.Duration(0)
			for _, e := range a.events {
				if e > seen && e <= at {
					last = e
				}
			}
			if last > p.now {
				t.caught++
				t.delays = append(t.delays, at-last)
			}
			if last > 0 {
				edited = at
			}
			seen = at
		}
	}
	return t
}

func (t tally) median() time.Duration {
	slices.Sort(t.delays)
	if len(t.delays) == 0 {
		return 0
	}
	return t.delays[len(t.delays)/2]
}

// perRequest is how many edits and removals a thousand requests find.
func (t tally) perRequest() float64 {
	return 1000 * float64(t.caught+t.noticed) / float64(max(1, t.visits))
}

// TestSimulation compares visits by age with visits at fixed intervals, on a newspaper
// with sixty articles a day and two years of archive, in a month of hourly runs. Fixed
// intervals visit all articles alike, or, as many do, only those of the last days. It
// prints what the package comment says.
func TestSimulation(t *testing.T) {
	p := newPress(7, 60, 730*day, 30*day)
	fixed := func(d time.Duration) func(time.Duration, string) time.Duration {
		return func(time.Duration, string) time.Duration { return d }
	}
	byAge := func(age time.Duration, url string) time.Duration {
		return schedule.Spread(schedule.Article(age), url)
	}
	results := []struct {
		name string
		tally
	}{
		{"by age", p.watch(time.Hour, byAge)},
		{"each hour", p.watch(time.Hour, fixed(time.Hour))},
		{"each 6 h", p.watch(time.Hour, fixed(6*time.Hour))},
		{"each day", p.watch(time.Hour, fixed(day))},
		{"each week", p.watch(time.Hour, fixed(7*day))},
	}
	age := results[0].tally
	t.Logf("%-10s %10s %15s %10s %12s %9s %s", "visits", "a day", "edits caught", "removals", "per 1,000", "median", "by age finds")
	for _, r := range results {
		t.Logf("%-10s %10d %6d of %5d %4d of %3d %12.2f %9s %.1f times as many per request", r.name, r.visits/30, r.caught, r.edits, r.noticed, r.removals, r.perRequest(),
			r.median().Round(time.Minute), age.perRequest()/r.perRequest())
	}
	// As many requests, spent at one interval for all, find less.
	best := slices.MaxFunc(results[1:], func(a, b struct {
		name string
		tally
	}) int {
		return cmp.Compare(a.perRequest(), b.perRequest())
	})
	if age.perRequest() < 3*best.perRequest() {
		t.Errorf("by age: %.2f per 1,000 requests, %s: %.2f", age.perRequest(), best.name, best.perRequest())
	}
	if daily := results[3]; age.caught < daily.caught {
		t.Errorf("by age, %d edits were caught, once a day %d", age.caught, daily.caught)
	}
}
