package watch

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/watch/watchtest"
	"github.com/newsmorgue/newsmorgue/scraper/frontier"
)

// monitored is a monitor of a daemon that follows one site every hour, whose last run
// began at a time.
func monitored(t *testing.T, f *watchtest.News, last time.Time) *Monitor {
	t.Helper()
	w := newTeller(t, f)
	d := &Daemon{Last: func(context.Context, string, time.Time) (LastRun, error) {
		return LastRun{Start: last, End: last.Add(time.Minute)}, nil
	}}
	m := &Monitor{
		Daemon: d, Archive: f.Archive, Catalog: f.Catalog, Frontier: w.Frontier, Figures: NewFigures(), Version: "1.2", Begun: last, OnlyLocal: true,
		Feeds: &Feeds{Archive: f.Archive, Author: w.Author()}, Logger: slog.New(slog.DiscardHandler),
	}
	m.Sites = func() ([]Site, error) { return []Site{{Name: watchtest.Site, Plan: every(t, "1h")}}, nil }
	return m
}

func ask(m *Monitor, method, target, host string) (status int, body string, header http.Header) {
	req := httptest.NewRequest(method, target, nil)
	req.Host = host
	res := httptest.NewRecorder()
	m.Handler().ServeHTTP(res, req)
	return res.Code, res.Body.String(), res.Header()
}

func TestMonitor(t *testing.T) {
	f := watchtest.New(t)
	f.TwoRuns()
	m := monitored(t, f, time.Now())
	m.Figures.Run(&keep.Summary{Site: watchtest.Site, Status: "complete", Pages: 4, Failed: 1}, nil)
	m.Figures.Skipped(keep.Skipped{Site: watchtest.Site, Reason: keep.SkippedDown, Turns: 3})
	m.Figures.Notice(true)
	_, err := m.Frontier.Tell(t.Context(), frontier.Telling{
		Begin: []frontier.Warning{{Site: watchtest.Site, Kind: "wall", Since: f.Now}}, Send: []frontier.Message{{Receiver: "r", ID: "1", Body: []byte("{}"), Created: f.Now}}})
	if err != nil {
		t.Fatal(err)
	}
	status, body, header := ask(m, "GET", "/metrics", "127.0.0.1:9464")
	if status != 200 || header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8" {
		t.Errorf("got %d, %v", status, header)
	}
	for _, want := range []string{
		`newsmorgue_runs_total{site="a.example",status="complete"} 1`, `newsmorgue_pages_total{site="a.example"} 4`, `newsmorgue_request_errors_total{site="a.example"} 1`,
		`newsmorgue_skipped_turns_total{site="a.example",reason="down"} 3`, `newsmorgue_notices_total{result="sent"} 1`, `newsmorgue_warnings{site="a.example",kind="wall"} 1`,
		`newsmorgue_outbox_messages 1`, `newsmorgue_run_in_progress{site="a.example"} 0`, `newsmorgue_build_info{version="1.2",go_version="go`,
		`newsmorgue_next_run_timestamp_seconds{site="a.example"} `, `newsmorgue_last_good_run_age_seconds{site="a.example"} `, "# TYPE newsmorgue_disk_free_bytes gauge",
	} {
		if !strings.Contains(body, "\n"+want) {
			t.Errorf("no %s in\n%s", want, body)
		}
	}
	tried := time.Now().Truncate(time.Second).Add(30 * time.Minute) // a run that could not begin
	m.Daemon.tried = map[string]time.Time{watchtest.Site: tried}
	if next, err := m.next(t.Context(), Site{Name: watchtest.Site, Plan: every(t, "1h")}, tried); err != nil || !next.Equal(tried.Add(time.Hour)) {
		t.Errorf("the next run after one that could not begin: got %s, %v, want %s", next, err, tried.Add(time.Hour))
	}
	for _, c := range []struct {
		method, target, host string
		status               int
		has                  string
	}{
		{"GET", "/healthz", "localhost:9464", 200, `{"status":"ok"}`},
		{"HEAD", "/healthz", "[::1]:9464", 200, ""},
		{"GET", "/changes.atom", "127.0.0.1", 200, "<title>Edited: "},
		{"GET", "/changes/a.example.atom", "127.0.0.1", 200, `href="/changes/a.example.atom"`},
		{"GET", "/changes/b.example.atom", "127.0.0.1", 404, ""},
		{"GET", "/changes/..%2f..%2farchive.json", "127.0.0.1", 404, ""},
		{"GET", "/", "127.0.0.1", 404, ""},
		{"GET", "/debug/pprof/", "127.0.0.1", 404, ""},
		{"POST", "/metrics", "127.0.0.1", 405, ""},
		{"GET", "/changes.atom", "evil.example", 421, ""},
	} {
		if status, body, _ := ask(m, c.method, c.target, c.host); status != c.status || !strings.Contains(body, c.has) {
			t.Errorf("%s %s of %s: got %d %s, want %d", c.method, c.target, c.host, status, body, c.status)
		}
	}
	m.OnlyLocal = false
	if status, _, _ := ask(m, "GET", "/healthz", "news.example"); status != 200 {
		t.Errorf("got %d", status)
	}
}

func TestHealth(t *testing.T) {
	f := watchtest.New(t)
	start := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	m := monitored(t, f, start)
	hour := Site{Name: watchtest.Site, Plan: every(t, "1h")}
	paused, kept := hour, Site{Name: watchtest.Site, Plan: keepOut(t, every(t, "1h"), "07:30-20:30")}
	paused.Paused = true
	nightly := Site{Name: watchtest.Site, Plan: cron(t, "0 6 * * *")}
	for _, c := range []struct {
		name string
		site Site
		late time.Duration // since the last run
		ok   bool
	}{
		{"in time", hour, 30 * time.Minute, true},
		{"late", hour, 3*time.Hour + 30*time.Minute, true},
		{"overdue", hour, 4*time.Hour + 30*time.Minute, false},
		{"paused", paused, 50 * time.Hour, true},
		{"keep-out hours", kept, 14 * time.Hour, true},
		{"after keep-out hours", kept, 19 * time.Hour, false},
		{"a cron line", nightly, 3*24*time.Hour + time.Hour, true},
		{"a cron line, overdue", nightly, 5 * 24 * time.Hour, false},
	} {
		m.Sites = func() ([]Site, error) { return []Site{c.site}, nil }
		h := m.Health(t.Context(), start.Add(c.late))
		if (h.Status == "ok") != c.ok || len(h.Problems) != map[bool]int{true: 0, false: 1}[c.ok] {
			t.Errorf("%s: got %+v", c.name, h)
		}
	}
	// A daemon that has just begun has its turn first, and one that crawls is not late.
	m.Sites = func() ([]Site, error) { return []Site{hour}, nil }
	late := start.Add(100 * time.Hour)
	m.Begun = late.Add(-time.Hour)
	if h := m.Health(t.Context(), late); h.Status != "ok" {
		t.Errorf("got %+v", h)
	}
	m.Begun = start
	m.Daemon.tried = map[string]time.Time{watchtest.Site: late.Add(-time.Hour)} // it could not begin
	if h := m.Health(t.Context(), late); h.Status != "ok" {
		t.Errorf("got %+v", h)
	}
	m.Daemon.tried = nil
	m.Daemon.running = map[string]context.CancelCauseFunc{watchtest.Site: func(error) {}}
	if h := m.Health(t.Context(), late); h.Status != "ok" {
		t.Errorf("got %+v", h)
	}
	m.Daemon.running = nil
	unlock, err := f.Archive.LockSite(watchtest.Site)
	if err != nil {
		t.Fatal(err)
	}
	if h := m.Health(t.Context(), late); h.Status != "ok" {
		t.Errorf("while another process crawls it: got %+v", h)
	}
	unlock()
	m.Sites = func() ([]Site, error) { return []Site{hour}, errors.New("line 3: unknown setting") }
	if h := m.Health(t.Context(), start); len(h.Problems) != 1 || !strings.Contains(h.Problems[0], "line 3") {
		t.Errorf("got %+v", h)
	}
	m.Sites = func() ([]Site, error) { return nil, nil }
	f.Catalog.Close()
	if h := m.Health(t.Context(), start); len(h.Problems) != 1 || !strings.Contains(h.Problems[0], "the catalog cannot be written") {
		t.Errorf("got %+v", h)
	}
}

// The server ends with its context, after the answers that it began.
func TestMonitorEnds(t *testing.T) {
	f := watchtest.New(t)
	m := monitored(t, f, time.Now())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- m.Serve(ctx, l) }()
	res, err := http.Get("http://" + l.Addr().String() + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(res.Body); err != nil || res.StatusCode != 200 {
		t.Errorf("got %d, %v", res.StatusCode, err)
	}
	res.Body.Close()
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := http.Get("http://" + l.Addr().String() + "/healthz"); err == nil {
		t.Error("it still answers")
	}
}

// TestHealthAgain asks as soon as there is an answer, as a client that waits does.
func TestHealthAgain(t *testing.T) {
	f := watchtest.New(t)
	start := time.Date(2026, 11, 23, 6, 0, 0, 0, time.UTC)
	m := monitored(t, f, start)
	for range 500 {
		if h := m.Health(t.Context(), start); h.Status != "ok" {
			t.Fatalf("got %+v", h)
		}
	}
}
