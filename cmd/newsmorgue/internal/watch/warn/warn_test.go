package warn

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

var monday = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)

// history makes runs: first a crawl of the whole site, then four a day, with as many new
// articles on a day as the function says; below zero there are no runs.
func history(days int, perDay func(d int) int) []Run {
	runs := []Run{{Start: monday, End: monday.Add(time.Hour), Status: keep.StatusComplete, New: 20000, Pages: 21000}}
	for d := range days {
		n := perDay(d)
		for i := range 4 {
			if n < 0 {
				continue
			}
			at := monday.AddDate(0, 0, d).Add(time.Duration(6*i+1) * time.Hour)
			share := n / 4
			if i == 3 {
				share = n - 3*(n/4)
			}
			runs = append(runs, Run{Start: at, End: at.Add(time.Minute), Status: keep.StatusComplete, IsUpdate: true, New: share, Pages: share + 5, Answered: share + 5,
				Filled: Filled{share, share, share, share}})
		}
	}
	return runs
}

// weekdays is a site with few articles on weekends.
func weekdays(n, weekend int) func(int) int {
	noise := rand.New(rand.NewPCG(1, 2))
	return func(d int) int {
		base := n
		if d%7 > 4 {
			base = weekend
		}
		return max(0, base+int(noise.NormFloat64()*float64(base)/8))
	}
}

// then is one function up to a day, and another from it on.
func then(a func(int) int, from int, b func(int) int) func(int) int {
	return func(d int) int {
		n := a(d) // always, for its noise
		if d >= from {
			return b(d)
		}
		return n
	}
}

func always(n int) func(int) int { return func(int) int { return n } }

// followed checks a site after each run, and tells on which days warnings began (+) and
// ended (-).
func followed(runs []Run, check func(runs []Run, now, began time.Time) Finding) string {
	var active []frontier.Warning
	var told []string
	for i, r := range runs {
		f := check(runs[:i+1], r.End, since(active, "a", KindYield))
		f.Kind = KindYield
		begin, end := Compare(active, "a", []Finding{f}, r.End)
		d := int(r.End.Sub(monday) / day)
		for _, w := range begin {
			told, active = append(told, fmt.Sprintf("+%d", d)), append(active, w)
		}
		if len(end) > 0 {
			told, active = append(told, fmt.Sprintf("-%d", d)), nil
		}
	}
	return strings.Join(told, " ")
}

func TestYield(t *testing.T) {
	for _, c := range []struct {
		name   string
		days   int
		perDay func(int) int
		want   string // the day after a low one is when it is known
	}{
		{"steady", 120, weekdays(40, 10), ""},
		{"many articles", 120, weekdays(400, 200), ""},
		{"few articles", 200, weekdays(2, 1), ""},
		{"a quiet day is none", 120, then(weekdays(40, 10), 80, func(d int) int {
			if d == 80 {
				return 28
			}
			return 40
		}), ""},
		{"a drop on a Monday, for a day", 120, then(weekdays(40, 10), 77, func(d int) int {
			if d == 77 {
				return 2
			}
			return weekdays(40, 10)(d)
		}), "+78 -79"},
		{"a drop to nothing on a weekend is seen", 90, then(weekdays(40, 20), 75, always(0)), "+76"},
		{"a lower level becomes usual", 220, then(weekdays(40, 40), 77, weekdays(8, 8)), "+78 -129"},
		{"few articles, then none", 120, then(weekdays(5, 5), 80, always(0)), "+85"},
		{"a young site", 13, then(weekdays(40, 40), 10, always(0)), ""},
		{"two weeks", 20, then(weekdays(40, 40), 16, always(0)), "+17"},
		{"two weeks, and the second weekend is as quiet as the first", 20, weekdays(40, 4), ""},
		{"days without runs are no drop", 120, func(d int) int {
			if d%30 > 26 {
				return -1
			}
			return 30
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := followed(history(c.days, c.perDay), func(runs []Run, now, began time.Time) Finding { return Yield(runs, time.UTC, now, began) })
			if got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	f := Yield(history(79, then(weekdays(40, 10), 77, always(2))), time.UTC, monday.AddDate(0, 0, 78).Add(time.Hour), time.Time{})
	if want := "2 new articles on Monday 2026-08-17; "; f.Level != Bad || !strings.HasPrefix(f.Text, want) || !strings.Contains(f.Text, "are usual on this weekday, and less than") {
		t.Errorf("got %+v, want %q", f, want)
	}
}

// Where nothing changes but chance, a warning is seldom: about once in two years of a
// site whose days vary by a fifth.
func TestYieldRarelyFalse(t *testing.T) {
	noise := rand.New(rand.NewPCG(3, 4))
	n := 0
	for range 10 {
		runs := history(182, func(d int) int {
			base := 60.0
			if d%7 > 4 {
				base = 25
			}
			return max(0, int(base+noise.NormFloat64()*base/5))
		})
		n += strings.Count(followed(runs, func(runs []Run, now, began time.Time) Finding { return Yield(runs, time.UTC, now, began) }), "+")
	}
	if n > 4 {
		t.Errorf("got %d warnings in 5 years", n)
	}
}

func TestExtraction(t *testing.T) {
	dates := func(days int, share func(d int) int) []Run { // of 20 articles a day
		runs := history(days, always(20))
		for i := range runs {
			d := int(runs[i].Start.Sub(monday) / day)
			if i > 0 {
				runs[i].Filled.Published = runs[i].Filled.Read * share(d) / 20
			}
		}
		return runs
	}
	check := func(runs []Run, now, began time.Time) Finding { return Extraction(runs, now, began) }
	for _, c := range []struct {
		name  string
		days  int
		share func(int) int
		want  string
	}{
		{"all have one", 60, always(20), ""},
		{"none ever had one", 60, always(0), ""},
		{"half have one", 60, always(12), ""},
		{"a new design", 50, then(always(20), 30, always(0)), "+30"},
		{"a new design that is learned", 60, then(always(20), 30, func(d int) int {
			if d < 35 {
				return 0
			}
			return 20
		}), "+30 -36"},
		{"a young site", 13, then(always(20), 9, always(0)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := followed(dates(c.days, c.share), check); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
	runs := dates(32, then(always(20), 30, always(0)))
	f := Extraction(runs, runs[len(runs)-1].End, time.Time{})
	if want := "of the last 30 articles, 0 % have a date (usually 100 %)"; f.Text != want {
		t.Errorf("got  %s\nwant %s", f.Text, want)
	}
}

func TestRunsInARow(t *testing.T) {
	good := Run{Status: keep.StatusComplete, Pages: 9, Answered: 9}
	none := Run{Status: keep.StatusNothing}
	broken := Run{Status: keep.StatusFailed}
	down := Run{Status: catalog.StatusSkipped, Reason: keep.SkippedDown}
	busy := Run{Status: catalog.StatusSkipped, Reason: keep.SkippedFailed}
	keptOut := Run{Status: catalog.StatusSkipped, Reason: keep.SkippedKeepOut}
	stopped := Run{Status: keep.StatusInterrupted, Pages: 1}
	wall := Run{Status: keep.StatusComplete, Pages: 1, Answered: 6, Blocked: 5}
	one := Run{Status: keep.StatusNothing, Answered: 1, Blocked: 1}
	for _, c := range []struct {
		name  string
		check func([]Run) Finding
		runs  []Run
		level Level
		text  string
	}{
		{"good", Failing, []Run{none, none, none, good}, Fine, ""},
		{"two failed", Failing, []Run{good, none, none}, Unknown, ""},
		{"three failed", Failing, []Run{good, none, broken, none}, Bad, "3 runs in a row failed (nothing archived)"},
		{"stopped ones do not count", Failing, []Run{good, none, stopped, broken, busy}, Bad, "3 runs in a row failed (the run could not begin)"},
		{"no run", Failing, nil, Unknown, ""},
		{"missed", Missed, []Run{good, down}, Bad, "a turn had no run: newsmorgue watch was not running"},
		{"missed, and a run that failed", Missed, []Run{good, down, none}, Bad, ""},
		{"caught up", Missed, []Run{good, down, good}, Unknown, ""},
		{"in time again", Missed, []Run{good, down, good, good}, Fine, ""},
		{"keep-out hours", Missed, []Run{good, keptOut}, Fine, ""},
		{"could not begin", Missed, []Run{good, busy}, Fine, ""},
		{"walls", Wall, []Run{good, wall}, Bad, "a bot wall in place of 5 of 6 pages"},
		{"one wall", Wall, []Run{good, one}, Unknown, ""},
		{"no walls", Wall, []Run{wall, good}, Fine, ""},
		{"walls, and no answer since", Wall, []Run{wall, none}, Bad, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := c.check(c.runs)
			if f.Level != c.level || c.text != "" && f.Text != c.text {
				t.Errorf("got %+v, want %d %q", f, c.level, c.text)
			}
		})
	}
}

func TestDisk(t *testing.T) {
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.UTC)
	segment := func(daysAgo int, mb int64) archive.SegmentInfo {
		return archive.SegmentInfo{Name: now.AddDate(0, 0, -daysAgo).Format("20060102T150405Z") + "-5f1c09ab", Bytes: mb * 1e6, Local: true}
	}
	young := []archive.SegmentInfo{segment(10, 900), segment(1, 10)}
	if _, ok := Growth(young, now); ok {
		t.Error("growth of an archive of ten days")
	}
	old := []archive.SegmentInfo{segment(24, 50000), segment(16, 700), segment(9, 700), segment(8, 7), segment(2, 700), {Name: "odd"}}
	stored := segment(3, 9000)
	stored.Local = false // it takes no place on the disk
	old = append(old, stored)
	perDay, ok := Growth(old, now)
	if !ok || perDay < 99e6 || perDay > 102e6 {
		t.Errorf("got %.0f, %t, want about 100 MB a day: the first crawl does not count", perDay, ok)
	}
	const gb = 1e9
	for _, c := range []struct {
		name   string
		free   int64
		growth float64
		known  bool
		want   Level
		text   string
	}{
		{"enough", 50 * gb, 1e8, true, Fine, ""},
		{"soon full", 2 * gb, 1e8, true, Bad, "the disk will be full in 10 days: 1000 MB are left until crawls pause, and the archive grows by 100 MB a day"},
		{"between", 2.8 * gb, 1e8, true, Unknown, ""},
		{"full", gb / 2, 0, false, Bad, "500 MB are free on the disk, and crawls pause under 1000 MB"},
		{"no growth", 2 * gb, 0, true, Fine, ""},
		{"not known", 2 * gb, 0, false, Fine, ""},
	} {
		if f := Disk(c.free, gb, c.growth, c.known); f.Level != c.want || c.text != "" && f.Text != c.text {
			t.Errorf("%s: got %+v", c.name, f)
		}
	}
}

// A warning is told once, and once more when it has ended.
func TestCompare(t *testing.T) {
	now := monday
	bad := []Finding{{KindWall, Bad, "walls"}, {Kind: KindYield}}
	begin, end := Compare(nil, "a", bad, now)
	if len(begin) != 1 || len(end) != 0 || begin[0] != (frontier.Warning{Site: "a", Kind: KindWall, Text: "walls", Since: now}) {
		t.Fatalf("got %+v, %+v", begin, end)
	}
	active := begin
	if begin, end = Compare(active, "a", bad, now.Add(day)); len(begin)+len(end) != 0 {
		t.Errorf("told again: %+v, %+v", begin, end)
	}
	if begin, _ = Compare(active, "b", bad, now); len(begin) != 1 {
		t.Error("another site's warning counts")
	}
	if begin, end = Compare(active, "a", []Finding{{Kind: KindWall}}, now); len(begin)+len(end) != 0 {
		t.Error("what is not known changes something")
	}
	_, end = Compare(active, "a", []Finding{{KindWall, Fine, "pages"}}, now.Add(day))
	if len(end) != 1 || !end[0].Since.Equal(now) || end[0].Text != "pages" {
		t.Errorf("got %+v", end)
	}
}
