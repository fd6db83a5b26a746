package frontier_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

var snapshotURLs = flag.Int("snapshot-urls", 20_000, "how many URLs TestSnapshot has")

// TestSnapshot: a copy made while a crawl goes on is consistent, and a frontier like any
// other wherever it is copied to. What is leased is queued in it.
func TestSnapshot(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	f := open(t, filepath.Join(dir, "frontier.sqlite"))
	for n := 0; n < *snapshotURLs; n += 1000 {
		var reqs []*scraper.Request
		for i := n; i < n+1000; i++ {
			reqs = append(reqs, &scraper.Request{URL: &url.URL{Scheme: "https", Host: fmt.Sprintf("h%d.example", i%50), Path: fmt.Sprintf("/2026/11/23/a-story-of-some-length-%d.html", i)},
				Via: &url.URL{Scheme: "https", Host: "a.example", Path: "/sitemap.xml"}, Site: "s", Priority: 30, Hints: scraper.Hints{Source: "sitemap", Modified: time.Now()}})
		}
		add(t, f, reqs...)
	}
	leased := next(t, f)
	var wg sync.WaitGroup
	stop := make(chan struct{})
	wg.Go(func() { // a crawl
		for {
			select {
			case <-stop:
				return
			default:
			}
			l, err := f.Next(ctx, "s")
			if err == nil {
				err = f.Done(ctx, l, kept)
			}
			if err != nil {
				t.Error(err)
				return
			}
		}
	})
	path := filepath.Join(dir, "snapshot")
	start := time.Now()
	err := f.Snapshot(ctx, path)
	took := time.Since(start)
	close(stop)
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(path)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "copy"), b, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	g := open(t, filepath.Join(dir, "copy"))
	t.Logf("%d URLs: %v, %d bytes; opened in %v", *snapshotURLs, took, info.Size(), time.Since(start))
	s, err := g.Stats(ctx, "s")
	if err != nil || s.Known != *snapshotURLs || s.Pending == 0 {
		t.Errorf("got %+v, %v", s, err)
	}
	l, err := g.Recall(ctx, "s", leased.URL.String())
	if err != nil || l == nil || !l.Visited.IsZero() {
		t.Errorf("what was leased: got %+v, %v", l, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "copy.damaged")); err == nil {
		t.Error("the copy was taken for a damaged one")
	}
	if err := f.Snapshot(ctx, path); err == nil {
		t.Error("a snapshot replaced another file")
	}
}

// TestRuns: a copy names the runs that it knows, and no later ones.
func TestRuns(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	f := open(t, filepath.Join(dir, "f"))
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(f.BeginRun(ctx, "s", "<1>"))
	do(f.EndRun(ctx, "s", "<1>"))
	do(f.BeginRun(ctx, "s", "<2>"))
	do(f.Snapshot(ctx, filepath.Join(dir, "old")))
	do(f.EndRun(ctx, "s", "<2>"))
	do(f.EndRun(ctx, "other", "<3>"))
	for name, want := range map[string]string{"old": "map[<1>:true <2>:false]", "f": "map[<1>:true <2>:true]"} {
		g := f
		if name == "old" {
			g = open(t, filepath.Join(dir, name))
		}
		r, err := g.Runs(ctx, "s")
		if got := fmt.Sprint(r.Known); err != nil || got != want || !r.Since.IsZero() {
			t.Errorf("%s: got %s, %+v, %v; want %s", name, got, r, err, want)
		}
	}
	do(f.ReopenRun(ctx, "<1>"))
	if r, err := f.Runs(ctx, "s"); err != nil || r.Known["<1>"] {
		t.Errorf("records came late: got %+v, %v", r, err)
	}
	_, err := f.Forget(ctx, "s")
	do(err)
	if r, err := f.Runs(ctx, "s"); err != nil || len(r.Known) > 0 || r.Forgotten.IsZero() {
		t.Errorf("forgotten: got %+v, %v", r, err)
	}
}

// TestDoneAt: an outcome of the past has its own time, and leaves the host alone.
func TestDoneAt(t *testing.T) {
	ctx := context.Background()
	f := open(t, filepath.Join(t.TempDir(), "f"))
	add(t, f, request(t, "http://a.example/1", 0), request(t, "http://a.example/2", 1), request(t, "http://a.example/3", 2))
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	l, err := f.Recall(ctx, "s", "http://a.example/1")
	if err != nil || l == nil {
		t.Fatal(l, err)
	}
	o := scraper.Outcome{Result: scraper.ResultKept, Status: 200, HostRest: time.Hour, RetryAfter: time.Hour, NextVisit: at.Add(time.Hour)}
	if err := f.DoneAt(ctx, l, o, at); err != nil {
		t.Fatal(err)
	}
	if l, err = f.Recall(ctx, "s", "http://a.example/1"); err != nil || !l.Visited.Equal(at) {
		t.Errorf("got %+v, %v", l, err)
	}
	if l := next(t, f); l.URL.Path != "/2" { // at once
		t.Errorf("got %s, want what was not visited", l.URL.Path)
	} else {
		done(t, f, l, kept)
	}
	if n, err := f.Settle(ctx, "s", time.Now()); err != nil || n != 1 {
		t.Errorf("settled %d, %v; want what is left", n, err)
	}
	drained(t, f)
	if err := f.Requeue(ctx, "s", frontier.Failed); err != nil {
		t.Fatal(err)
	}
	if l := next(t, f); l.URL.Path != "/3" {
		t.Errorf("got %s, want what was settled", l.URL.Path)
	}
}

// TestDoneAtRests: a host that asked to wait for longer than until now does.
func TestDoneAtRests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx := context.Background()
		f := open(t, filepath.Join(t.TempDir(), "f"))
		add(t, f, request(t, "http://a.example/1", 0), request(t, "http://a.example/2", 1))
		l, err := f.Recall(ctx, "s", "http://a.example/1")
		if err != nil || l == nil {
			t.Fatal(l, err)
		}
		begin := time.Now()
		o := scraper.Outcome{Result: scraper.ResultKept, Status: 503, RetryAfter: time.Minute}
		if err := f.DoneAt(ctx, l, o, begin.Add(-58*time.Second)); err != nil {
			t.Fatal(err)
		}
		l = next(t, f)
		if d := time.Since(begin).Round(time.Second); l.URL.Path != "/2" || d != 2*time.Second {
			t.Errorf("got %s after %s, want the next after the rest of the minute", l.URL.Path, d)
		}
	})
}
