package main

import (
	"bytes"
	"log/slog"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch"
	"github.com/newsmorgue/newsmorgue/scraper"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

func requestOf(t *testing.T, raw string) *scraper.Request {
	t.Helper()
	u, err := url.Parse(raw)
	if err != nil {
		t.Fatal(err)
	}
	return &scraper.Request{URL: u}
}

// TestProgressSaysWhatIsWaitedFor: without a terminal, a line every ten seconds.
func TestProgressSaysWhatIsWaitedFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		a := &app{stderr: &out}
		p := a.newProgress(1, nil)
		v := p.view("a.example")
		until := time.Now().Add(64 * time.Second)
		v.begin(keep.Plan{Scope: "the site a.example", Kind: "site", Mode: "new", Assets: "style",
			Queued: func() (int, error) { return 3, nil },
			Queues: func() ([]frontier.HostQueue, error) {
				return []frontier.HostQueue{{Host: "a.example", Pending: 3, Next: until, Retries: []frontier.Retry{{Reason: "asked to wait (Retry-After)", Count: 1, Due: until}}}}, nil
			}})
		page := requestOf(t, "https://a.example/x")
		v.watch(scraper.Event{Kind: scraper.EventStarted, Request: page})
		v.watch(scraper.Event{Kind: scraper.EventDone, Request: page, WireBytes: 1500, Outcome: scraper.Outcome{Result: scraper.ResultKept, Status: 200, Kind: "article"}})
		slow := requestOf(t, "https://b.example/y")
		v.watch(scraper.Event{Kind: scraper.EventStarted, Request: slow})
		time.Sleep(9 * time.Second)
		v.watch(scraper.Event{Kind: scraper.EventReceiving, Request: slow, WireBytes: 2_100_000})
		time.Sleep(time.Second + time.Millisecond)
		v.watch(scraper.Event{Kind: scraper.EventDone, Request: slow, Outcome: scraper.Outcome{Result: scraper.ResultFailed, Reason: "timeout"}})
		v.watch(scraper.Event{Kind: scraper.EventPaused, Reason: "the disk is full"})
		v.watch(scraper.Event{Kind: scraper.EventResting, Request: requestOf(t, "https://c.example/"), Until: time.Now().Add(time.Minute)})
		time.Sleep(10 * time.Second)
		v.close()
		p.end()
		want := `archiving the site a.example; assets: style
a.example: 1 page, 1 article, 0.1/s, 3 queued, 0 errors, 1.5 kB, 10.0s; waiting 54 s: a.example asked for it (Retry-After); receiving a slow answer from b.example (10 s, 2.1 MB)
a.example: 1 page, 1 article, 0.1/s, 3 queued, 1 error, 1.5 kB, 20.0s; paused: the disk is full; waiting 44 s: a.example asked for it (Retry-After); waiting 51 s: delay of c.example
`
		if got := out.String(); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestProgressOfManySites: one line for all of them.
func TestProgressOfManySites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		a := &app{stderr: &out}
		p := a.newProgress(600, nil)
		done := p.view("a.example")
		page := requestOf(t, "https://a.example/x")
		done.watch(scraper.Event{Kind: scraper.EventDone, Request: page, Outcome: scraper.Outcome{Result: scraper.ResultKept, Status: 200, Kind: "home"}})
		done.close()
		for _, site := range []string{"b.example", "c.example"} {
			v := p.view(site)
			v.begin(keep.Plan{Scope: site, Kind: "page"})
			v.watch(scraper.Event{Kind: scraper.EventStarted, Request: requestOf(t, "https://"+site+"/")})
		}
		time.Sleep(10*time.Second + time.Millisecond)
		p.end()
		want := "1 of 600 sites done, 2 running: 1 page, 0 articles, 0.1/s, 0 errors, 0 B, 10.0s; waiting for an answer from b.example (10 s); waiting for an answer from c.example (10 s)\n"
		if got := strings.NewReplacer("(11 s)", "(10 s)").Replace(out.String()); got != want {
			t.Errorf("got\n%s\nwant\n%s", got, want)
		}
	})
}

// TestProseLog: log lines read like the program's other messages, and what comes
// from the web cannot leave its line.
func TestProseLog(t *testing.T) {
	var out bytes.Buffer
	a := &app{stderr: &out}
	log := a.logger(slog.LevelWarn, false)
	log.Warn("host given up for this run", "host", "https://cdn.example", "reason", "connection refused")
	log.With("site", "a.example").Error("run failed", "error", "x\ny \x1b[31m")
	log.Info("not shown")
	log.Warn("plain", "n", 3, "long", strings.Repeat("a", 1000))
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	want := []string{
		"newsmorgue: host given up for this run: https://cdn.example (connection refused)",
		"newsmorgue: run failed: a.example (x y  [31m)",
		"newsmorgue: plain (n 3, long " + strings.Repeat("a", maxLogValue-1) + "…)",
	}
	if strings.Join(lines, "\n") != strings.Join(want, "\n") {
		t.Errorf("got\n%q\nwant\n%q", lines, want)
	}
	out.Reset()
	a.json = true
	a.logger(slog.LevelWarn, false).Warn("m", "site", "s")
	if !strings.HasPrefix(out.String(), `{"time":`) || !strings.Contains(out.String(), `"site":"s"`) {
		t.Errorf("with --json: got %s", out.String())
	}
	out.Reset()
	a.json = false
	a.logger(slog.LevelInfo, true).Info("run starts", "site", "s")
	if got := out.String(); len(got) < 20 || got[19:] != " run starts: s\n" {
		t.Errorf("with the time: got %q", got)
	}
}

// TestSettled: what the checks before a crawl found is said, briefly for long lists.
func TestSettled(t *testing.T) {
	check := func(host string, noHost bool, why string) seedCheck {
		return seedCheck{seed: seed{url: &url.URL{Scheme: "https", Host: host, Path: "/"}}, noHost: noHost, why: why}
	}
	var out bytes.Buffer
	a := &app{stderr: &out}
	seeds, skipped, err := a.settled([]seedCheck{check("a.example", false, ""), check("typo.exmaple", true, ""), check("b.example", false, "connection refused")})
	if err != nil || !skipped || len(seeds) != 2 || seeds[1].url.Host != "b.example" {
		t.Errorf("got %v, %t, %v", seeds, skipped, err)
	}
	want := "b.example: https: connection refused; using http\nnewsmorgue: host name not found: typo.exmaple\nnewsmorgue: hint: check the spelling, and the network; nothing was saved about it\n"
	if out.String() != want {
		t.Errorf("got\n%s\nwant\n%s", out.String(), want)
	}
	_, _, err = a.settled([]seedCheck{check("typo.exmaple", true, "")})
	if code, hint := exitCode(err); err == nil || err.Error() != "host name not found: typo.exmaple" || code != exitFailed || hint == "" {
		t.Errorf("got %v, code %d, hint %q", err, code, hint)
	}
	out.Reset()
	var many []seedCheck
	for range 9 {
		many = append(many, check("h.example", false, "timeout"))
	}
	if _, skipped, err := a.settled(many); err != nil || skipped || strings.Count(out.String(), "\n") != maxNamed+1 || !strings.Contains(out.String(), "4 more use http, too") {
		t.Errorf("got %t, %v\n%s", skipped, err, out.String())
	}
}

// TestWatchHead: a daemon without anything to do says so.
func TestWatchHead(t *testing.T) {
	tests := []struct {
		sites []watch.Site
		want  string
	}{
		{nil, "nothing is scheduled in /news: waiting for a schedule; Ctrl-C stops cleanly"},
		{[]watch.Site{{Name: "a", Paused: true}}, "nothing to do in /news: all schedules are paused (1 site); waiting for a change; Ctrl-C stops cleanly"},
		{[]watch.Site{{Name: "a"}, {Name: "b", Paused: true}}, "watching /news: 1 site scheduled, 1 paused; Ctrl-C stops cleanly"},
		{[]watch.Site{{Name: "a"}, {Name: "b"}}, "watching /news: 2 sites scheduled; Ctrl-C stops cleanly"},
	}
	for _, tt := range tests {
		if got := watchHead("/news", tt.sites); got != tt.want {
			t.Errorf("got %q, want %q", got, tt.want)
		}
	}
}
