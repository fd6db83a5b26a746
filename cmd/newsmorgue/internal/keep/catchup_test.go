package keep

import (
	"database/sql"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/catalog"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/sitetest"
)

// A frontierRow is a URL in a frontier. Its place in the queue is not compared: it differs
// after any start of the program, which does not remember what pages have led to.
type frontierRow struct {
	text          string // all but times
	state         int
	visited, next int64
}

// frontierRows reads the URLs of a frontier.
func frontierRows(t *testing.T, path string) map[string]frontierRow {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	rows, err := db.Query(`SELECT url, state, visited, next, printf('%s kind %s via %s hop %s hops %s depth %d attempt %d state %d status %d %s read %s announced %d article %d gone %d edited %d interval %d ifnew %d %s',
		host, kind, via, hop, hops, depth, attempt, state, status, reason, read, announced, article, gone, edited > 0, interval, ifnew, hints) FROM urls`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]frontierRow{}
	for rows.Next() {
		var url string
		var r frontierRow
		if err := rows.Scan(&url, &r.state, &r.visited, &r.next, &r.text); err != nil {
			t.Fatal(err)
		}
		all[url] = r
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

// copyRecords copies the records of an archive as they are now to another folder.
func copyRecords(t *testing.T, from, to string) {
	t.Helper()
	for _, dir := range []string{"", "segments"} {
		if err := os.MkdirAll(filepath.Join(to, dir), 0o755); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(filepath.Join(from, dir))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.IsDir() || dir == "" && f.Name() != "archive.json" {
				continue
			}
			b, err := os.ReadFile(filepath.Join(from, dir, f.Name()))
			if err == nil {
				err = os.WriteFile(filepath.Join(to, dir, f.Name()), b, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
}

// storedURLs lists the URLs of an archive's captures.
func storedURLs(t *testing.T, ar *archive.Archive) map[string]bool {
	t.Helper()
	cat, err := catalog.Open(t.Context(), ar)
	if err != nil {
		t.Fatal(err)
	}
	defer cat.Close()
	if _, err := cat.CatchUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	urls := map[string]bool{}
	if err := cat.CapturedURLs(t.Context(), "", "~", func(u catalog.CountedURL) { urls[u.URL] = true }); err != nil {
		t.Fatal(err)
	}
	return urls
}

// A takeover is a copy of the records at some time, which another machine continues with
// older snapshots of the frontier.
type takeover struct {
	*refreshBench
	dir       string   // with the records
	snapshots []string // files; "" is an empty frontier
}

// watched crawls once with one worker, takes snapshots after so many requests, and then copies
// the records, as if the machine died while an answer was on its way into the frontier.
func (b *refreshBench) watched(die int, snapshots ...int) *takeover {
	b.Helper()
	temp := b.TempDir()
	o := &takeover{refreshBench: b, dir: filepath.Join(temp, "died")}
	front, err := OpenFrontier(b.ar)
	if err != nil {
		b.Fatal(err)
	}
	defer front.Close()
	run := b.run
	run.Frontier = front
	n := 0
	run.Watch = func(e scraper.Event) {
		if e.Kind != scraper.EventDone {
			return
		}
		n++
		if slices.Contains(snapshots, n) {
			path := filepath.Join(temp, fmt.Sprintf("snapshot-%d", n))
			if err := front.Snapshot(b.Context(), path); err != nil {
				b.Error(err)
			}
			o.snapshots = append(o.snapshots, path)
		}
		if n == die {
			copyRecords(b.T, b.ar.Dir(), o.dir)
		}
	}
	sum, err := run.Do(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	synctest.Wait()
	if n <= die {
		b.Fatalf("the crawl ended after %d requests, before it was to die", n)
	}
	b.asked = len(b.site.Hits())
	b.Logf("crawl: %d requests, %d pages", n, sum.Pages)
	return o
}

// taken is the archive as another machine finds it: the records and a snapshot.
func (o *takeover) taken(snapshot string) *archive.Archive {
	o.Helper()
	dir := filepath.Join(o.TempDir(), "taken")
	copyRecords(o.T, o.dir, dir)
	if snapshot != "" {
		b, err := os.ReadFile(snapshot)
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, "frontier.sqlite"), b, 0o644)
		}
		if err != nil {
			o.Fatal(err)
		}
	}
	ar, err := archive.Open(dir)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { ar.Close() })
	return ar
}

// continued takes over with a snapshot and crawls. It checks that only what is not stored
// is asked for, without a rest for what is replayed, and that the frontier is what it would
// be if nobody had died: before the run as visited, and after it as rows. Either may be nil.
// It returns what they are.
func (o *takeover) continued(snapshot string, visited, rows map[string]frontierRow) (caughtUp, after map[string]frontierRow) {
	o.Helper()
	ar := o.taken(snapshot)
	before := storedURLs(o.T, ar)
	run := o.run
	run.Archive = ar
	begin := time.Now()
	n, err := run.CatchUp(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	if took := time.Since(begin); took > 0 {
		o.Errorf("the replay of %d answers waited for %v", n, took)
	}
	caughtUp = frontierRows(o.T, filepath.Join(ar.Dir(), "frontier.sqlite"))
	for url, r := range caughtUp {
		want := visited[url]
		switch {
		case before[url] != (r.state == 1) && r.state != 3:
			o.Errorf("%s: its record is stored: %v; it is %s", url, before[url], r.text)
		case visited != nil && r.state == 1 && (want.visited != r.visited || want.next != r.next):
			o.Errorf("%s was visited at %d, and is due at %d; want %d, %d", url, r.visited, r.next, want.visited, want.next)
		}
	}
	if again, err := run.CatchUp(o.Context()); err != nil || again != 0 {
		o.Errorf("a second time it lacks %d answers, %v", again, err)
	}
	sum, err := run.Do(o.Context())
	if err != nil {
		o.Fatal(err)
	}
	synctest.Wait()
	var again []string
	hits := o.site.Hits()
	for _, h := range hits[o.asked:] {
		if before["http://"+h.Host+h.Path] && h.Path != "/robots.txt" {
			again = append(again, h.Path)
		}
	}
	o.Logf("%s: %d answers replayed, then %d requests; %s, %s", filepath.Base(snapshot), n, len(hits)-o.asked, sum.Mode, sum.Status)
	o.asked = len(hits)
	if len(again) > 0 {
		o.Errorf("asked for again: %q", again)
	}
	got := frontierRows(o.T, filepath.Join(ar.Dir(), "frontier.sqlite"))
	for _, url := range slices.Sorted(maps.Keys(rows)) {
		if got[url].text != rows[url].text {
			o.Errorf("%s: got %q, want %q", url, got[url].text, rows[url].text)
		}
	}
	for url, r := range got {
		if rows != nil && rows[url].text == "" {
			o.Errorf("%s: nobody else knows it: %s", url, r.text)
		}
	}
	return caughtUp, got
}

// TestTakeover: a machine dies in the middle of a crawl or of a refresh. With the records,
// and a frontier of any earlier time or none at all, another one goes on as if nothing had
// happened.
func TestTakeover(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 24)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		b.run.Settings.Delay, b.run.Settings.Concurrency = 2*time.Second, 1
		o := b.watched(60, 1, 5, 30, 59)
		rows := frontierRows(t, filepath.Join(b.ar.Dir(), "frontier.sqlite"))
		for _, snapshot := range append(o.snapshots, "") {
			o.continued(snapshot, rows, rows)
		}
	})
}

// TestTakeoverOfRefresh: likewise, of a site whose crawl is complete; the frontier may be
// from before the refresh, which visits pages again, or from before the first crawl.
func TestTakeoverOfRefresh(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		wp := sitetest.NewWordPress("http://a.example", 24)
		b := newRefreshBench(t, &sitetest.Site{Handler: wp})
		b.run.Settings.Delay, b.run.Settings.Concurrency = 2*time.Second, 1
		first := b.watched(20, 30, 60)
		complete := filepath.Join(b.TempDir(), "complete")
		front, err := ReadFrontier(b.ar)
		if err != nil {
			t.Fatal(err)
		}
		if err := front.Snapshot(t.Context(), complete); err != nil {
			t.Fatal(err)
		}
		front.Close()
		time.Sleep(36 * time.Hour)
		wp.Edit(3)
		wp.Edit(20)
		wp.Publish()
		wp.Trash(7, true)
		o := b.watched(20, 1, 10, 20)
		// As if the process had been killed on one machine, with nothing lost.
		visited, rows := o.continued(o.snapshots[2], nil, nil)
		for _, snapshot := range append(append(o.snapshots, complete, ""), first.snapshots...) {
			o.continued(snapshot, visited, rows)
		}
	})
}

// TestMachine: a run's record names the machine that made it, and none if it has no name.
func TestMachine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRefreshBench(t, &sitetest.Site{Handler: sitetest.NewWordPress("http://a.example", 1)})
		for _, want := range []string{"", "north-1"} {
			b.run.Machine, b.run.Refresh = want, RefreshAll
			sum, _ := b.crawl()
			cat, err := catalog.Open(t.Context(), b.ar)
			if err != nil {
				t.Fatal(err)
			}
			rec, err := cat.Record(t.Context(), sum.Run)
			if err != nil {
				t.Fatal(err)
			}
			cat.Close()
			got, named := warcinfo(rec.Payload)["newsmorgue-machine"]
			if got != want || named != (want != "") {
				t.Errorf("got %q, %v; want %q", got, named, want)
			}
			time.Sleep(time.Hour)
		}
	})
}

// TestForgottenRuns: a site that was removed and added again begins anew, whatever records
// there are of it.
func TestForgottenRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newRefreshBench(t, &sitetest.Site{Handler: sitetest.NewWordPress("http://a.example", 10)})
		_, asked := b.crawl()
		time.Sleep(time.Hour)
		front, err := OpenFrontier(b.ar)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := front.Forget(t.Context(), "a.example"); err != nil {
			t.Fatal(err)
		}
		front.Close()
		time.Sleep(time.Hour)
		if sum, again := b.crawl(); len(again) != len(asked) || sum.Mode != modeNew {
			t.Errorf("got %d requests, %s; want %d, new: %s", len(again), sum.Mode, len(asked), strings.Join(again, "\n"))
		}
	})
}
