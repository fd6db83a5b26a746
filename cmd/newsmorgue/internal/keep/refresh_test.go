package keep

import (
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// A bench is a site in memory and an archive of it. Time passes as the test says.
type refreshBench struct {
	*testing.T
	site  *sitetest.Site
	ar    *archive.Archive
	run   Run
	asked int // requests of all runs so far
}

// newRefreshBench must be called in a bubble of synctest. The site is at http://a.example/.
func newRefreshBench(t *testing.T, site *sitetest.Site) *refreshBench {
	t.Helper()
	ar, err := archive.Create(filepath.Join(t.TempDir(), "news"), "newsmorgue/test")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ar.Close(); site.Close() })
	return &refreshBench{T: t, site: site, ar: ar, run: Run{Archive: ar, Name: "a.example", Scope: "site", Seeds: []string{"http://a.example/"}, Connect: site.Dial,
		Settings: Settings{DelaySet: true, MaxDepth: 20, Assets: "style", Software: "newsmorgue/test"}}}
}

// crawl runs once and returns the summary and what was asked for.
func (b *refreshBench) crawl() (*Summary, []string) {
	b.Helper()
	run := b.run
	sum, err := run.Do(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	synctest.Wait()
	var paths []string
	hits := b.site.Hits()
	for _, h := range hits[b.asked:] {
		paths = append(paths, h.Path)
	}
	b.asked = len(hits)
	return sum, paths
}

// edits has the site change as it does within some hours: three edits, three new posts,
// two in the trash. It returns the URLs of each.
func edits(wp *sitetest.WordPress) (edited, published, trashed []string) {
	for _, i := range []int{3, 99, 250} {
		edited = append(edited, wp.Edit(i))
	}
	for range 3 {
		published = append(published, wp.Publish())
	}
	for _, i := range []int{7, 200} {
		trashed = append(trashed, wp.Trash(i, true))
	}
	return edited, published, trashed
}

// TestRefreshOfWordPress: a refresh costs what changed, and finds it in one run.
func TestRefreshOfWordPress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 256)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		sum, asked := b.crawl()
		t.Logf("first crawl: %d requests, %d pages, %d articles", len(asked), sum.Pages, sum.New)
		if sum.New != 256 {
			t.Fatalf("got %d articles, want 256", sum.New)
		}

		time.Sleep(time.Hour)
		sum, asked = b.crawl()
		t.Logf("nothing changed: %d requests, %d kB", len(asked), sum.WireBytes/1000)
		if len(asked) > 40 || sum.New+sum.Changed+sum.Gone != 0 {
			t.Errorf("got %d requests, %d new, %d changed, %d gone: %s", len(asked), sum.New, sum.Changed, sum.Gone, strings.Join(asked, "\n"))
		}

		edited, published, trashed := edits(wp)
		time.Sleep(5 * time.Hour)
		sum, asked = b.crawl()
		t.Logf("3 edits, 3 new, 2 trashed: %d requests, %d kB", len(asked), sum.WireBytes/1000)
		if len(asked) > 60 || sum.New != 3 || sum.Changed != 3 || sum.Gone != 2 {
			t.Errorf("got %d requests, %d new, %d changed, %d gone: %s", len(asked), sum.New, sum.Changed, sum.Gone, strings.Join(asked, "\n"))
		}
		for _, u := range slices.Concat(edited, published, trashed) {
			if !slices.Contains(asked, strings.TrimPrefix(u, "http://a.example")) {
				t.Errorf("%s was not asked for", u)
			}
		}

		// What is gone is not asked for again, until it may have been restored.
		time.Sleep(5 * time.Hour)
		sum, asked = b.crawl()
		for _, u := range trashed {
			if slices.Contains(asked, strings.TrimPrefix(u, "http://a.example")) || sum.Gone != 0 {
				t.Errorf("%s was asked for again; %d gone", u, sum.Gone)
			}
		}
	})
}

// TestTwoWeeksOfWordPress: in a run each six hours, changes are found by the next run,
// and no run costs much more than another.
func TestTwoWeeksOfWordPress(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	if testing.Short() {
		t.Skip("56 runs")
	}
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 256)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		b.crawl()
		total, most, changes := 0, 0, 0
		for i := range 14 * 4 {
			time.Sleep(6 * time.Hour)
			want := [3]int{}
			if i%8 == 3 {
				n := 250 - 4*i
				wp.Edit(n)
				wp.Publish()
				wp.Trash(n+1, true)
				want = [3]int{1, 1, 1}
				changes += 3
			}
			sum, asked := b.crawl()
			if got := [3]int{sum.New, sum.Changed, sum.Gone}; got != want {
				t.Errorf("run %d: got %v new, changed, gone; want %v", i, got, want)
			}
			total += len(asked)
			most = max(most, len(asked))
		}
		t.Logf("56 runs with %d changes: %d requests, %.1f a run, at most %d", changes, total, float64(total)/56, most)
		if most > 60 || total > 56*40 {
			t.Errorf("got %d requests in a run, %d in all", most, total)
		}
	})
}

// TestSuddenLoss: where much is no longer announced at once, a sample of it says whether
// that is so.
func TestSuddenLoss(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	for _, gone := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			wp := sitetest.NewWordPress("http://a.example", 60)
			b := newRefreshBench(t, &sitetest.Site{Handler: wp})
			b.crawl()
			for i := range 40 {
				if gone {
					wp.Trash(i, true)
				} else {
					wp.Hide(i)
				}
			}
			time.Sleep(time.Hour)
			for run, want := range []int{lostSample, 0} {
				sum, asked := b.crawl()
				if gone {
					want *= 4
				}
				n := 0
				for i := range 40 {
					if slices.Contains(asked, strings.TrimPrefix(wp.URL(i), "http://a.example")) {
						n++
					}
				}
				if gone && sum.Gone != want || !gone && sum.Gone != 0 || n != want {
					t.Errorf("gone %t, run %d: asked for %d of them, %d gone; want %d", gone, run, n, sum.Gone, want)
				}
				time.Sleep(time.Hour)
			}
		})
	}
}

// TestLatestOnly: a list that names the latest articles only is soon known as one.
func TestLatestOnly(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 60)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		b.crawl()
		for run, want := range []int{6, fewLost, fewLost} {
			hidden := map[string]bool{}
			for i := 6 * run; i < 6*run+6; i++ {
				wp.Hide(i)
				hidden[strings.TrimPrefix(wp.URL(i), "http://a.example")] = true
			}
			time.Sleep(time.Hour)
			_, asked := b.crawl()
			n := 0
			for _, p := range asked {
				if hidden[p] {
					n++
				}
			}
			if n != want {
				t.Errorf("run %d: asked for %d of the 6 that are not named any more, want %d", run, n, want)
			}
		}
	})
}

// TestBudgetOfTheDay: the runs of a day make no more requests than they may together. The
// next day does what they left, what is new and lost first.
func TestBudgetOfTheDay(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 60)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		b.crawl()
		time.Sleep(45 * 24 * time.Hour) // everything is due
		most := 50
		b.run.Settings.MaxRequestsPerDay = &most
		wp.Edit(30)
		wp.Publish()
		wp.Trash(20, true)
		sum, asked := b.crawl()
		if len(asked) != most || sum.Status != StatusLimited || sum.Reason != "budget of the day reached" || sum.New != 1 || sum.Changed != 1 || sum.Gone != 1 {
			t.Errorf("got %d requests, %q, %q, %d new, %d changed, %d gone", len(asked), sum.Status, sum.Reason, sum.New, sum.Changed, sum.Gone)
		}
		time.Sleep(5 * time.Minute)
		if sum, asked := b.crawl(); len(asked) != 0 || sum.Status != StatusLimited || sum.Nothing {
			t.Errorf("a second run: got %d requests, %q, nothing %t", len(asked), sum.Status, sum.Nothing)
		}
		wp.Publish()
		time.Sleep(24 * time.Hour)
		if sum, asked := b.crawl(); len(asked) != most || sum.Mode != "update" || sum.New != 1 {
			t.Errorf("on the next day: got %d requests, %q, %d new", len(asked), sum.Mode, sum.New)
		}
	})
}

// TestWrongSitemap: a sitemap that calls everything modified makes nothing due: at once
// if all times are those of its own making, else when its pages were found unchanged.
func TestWrongSitemap(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	for _, tt := range []struct {
		span time.Duration
		most []int
	}{{0, []int{20, 20, 20}}, {50 * time.Minute, []int{120, 20, 20}}} {
		synctest.Test(t, func(t *testing.T) {
			wp := sitetest.NewWordPress("http://a.example", 140)
			wp.Stamp, wp.StampSpan = true, tt.span
			b := newRefreshBench(t, &sitetest.Site{Handler: wp})
			b.crawl()
			for run, most := range tt.most {
				time.Sleep(time.Hour)
				if _, asked := b.crawl(); len(asked) > most {
					t.Errorf("over %v, run %d: got %d requests", tt.span, run, len(asked))
				}
			}
		})
	}
}

// TestManyEdits: all of many edits that a sitemap names are found in one run, though
// nobody knows at first whether to believe it.
func TestManyEdits(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 140)
		b := newRefreshBench(t, &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/wp-json/") {
				http.NotFound(w, r)
				return
			}
			wp.ServeHTTP(w, r)
		})})
		b.crawl()
		for i := range 140 {
			time.Sleep(time.Minute)
			wp.Edit(i)
		}
		if sum, asked := b.crawl(); sum.Changed != 140 || len(asked) > 170 {
			t.Errorf("got %d changed by %d requests", sum.Changed, len(asked))
		}
	})
}

// TestFeedOnly: of a site that has a feed and no list, edits and removals are found when
// a visit is due.
func TestFeedOnly(t *testing.T) {
	if underRace {
		t.Skip("slow under the race detector; .ci/run runs it without")
	}
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 60)
		b := newRefreshBench(t, &sitetest.Site{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/robots.txt" || strings.HasPrefix(r.URL.Path, "/wp-") {
				http.NotFound(w, r)
				return
			}
			wp.ServeHTTP(w, r)
		})})
		b.crawl()
		wp.Edit(59)        // an hour old
		wp.Trash(58, true) // twelve days old
		wp.Edit(57)        // a month old
		total, changed, gone := 0, 0, 0
		for range 12 {
			time.Sleep(day / 2)
			sum, asked := b.crawl()
			total, changed, gone = total+len(asked), changed+sum.Changed, gone+sum.Gone
		}
		t.Logf("12 runs: %d requests", total)
		if changed != 1 || gone != 1 {
			t.Errorf("after six days: got %d changed, %d gone; want 1, 1", changed, gone)
		}
		for range 7 {
			time.Sleep(2 * day)
			sum, _ := b.crawl()
			changed, gone = changed+sum.Changed, gone+sum.Gone
		}
		if changed != 2 || gone != 1 {
			t.Errorf("after three weeks: got %d changed, %d gone; want 2, 1", changed, gone)
		}
	})
}

const day = 24 * time.Hour
