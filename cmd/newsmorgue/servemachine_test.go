package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/newsmorgue/newsmorgue/archive"
	"github.com/newsmorgue/newsmorgue/archive/archivetest"
	"github.com/newsmorgue/newsmorgue/archive/web"
	"github.com/newsmorgue/newsmorgue/cmd/newsmorgue/internal/keep"
)

// TestMachine: the viewer learns of runs, schedules and crawls of other processes what
// newsmorgue status and schedule list say.
func TestMachine(t *testing.T) {
	f := archivetest.New(t)
	a := &app{}
	m := &machine{f.Archive, f.Catalog, a.siteStore(f.Archive)}
	run := func(site string, start time.Time, end map[string]any) string {
		begin := archive.NewRecord("warcinfo", start)
		begin.Set("Content-Type", "application/warc-fields")
		begin.Payload = []byte("newsmorgue-site: " + site + "\r\n")
		f.Add(begin)
		if end != nil {
			rec := archive.NewRecord("metadata", start.Add(time.Minute))
			rec.Set("WARC-Refers-To", begin.ID())
			rec.Set("Content-Type", "application/json; profile=newsmorgue.run/1")
			end["site"] = site
			rec.Payload, _ = json.Marshal(end)
			f.Add(rec)
		}
		return begin.ID()
	}
	now := time.Now().UTC()
	run("a.example", now.Add(-4*time.Hour), map[string]any{"status": "complete", "pages": 3, "new": 2})
	killed := run("b.example", now.Add(-time.Hour), nil)
	running := run("c.example", now.Add(-time.Minute), nil)
	unlock, err := f.Archive.LockSite("c.example")
	if err != nil {
		t.Fatal(err)
	}
	defer unlock()
	toml := "[site.\"a.example\"]\nseeds = [\"https://a.example/\"]\nevery = \"6h\"\njitter = \"0\"\n\n[site.\"d.example\"]\nseeds = [\"https://d.example/\"]\nevery = \"1h\"\npaused = true\n"
	path := filepath.Join(f.Archive.Dir(), "sites.toml")
	if err := os.WriteFile(path, []byte(toml), 0o644); err != nil {
		t.Fatal(err)
	}
	status := func() *web.Status {
		t.Helper()
		s, err := m.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	s := status()
	if len(s.Sites) != 4 || s.Bytes == 0 || s.Free == 0 || s.Problem != "" {
		t.Fatalf("got %+v", s)
	}
	if got := s.Sites[0]; got.LastStatus != "complete" || got.Schedule != "every 6h" || got.Next.Sub(now) < time.Hour || got.Overdue || !strings.Contains(got.LastResult, "3 pages, 2 new") {
		t.Errorf("got %+v", got)
	}
	if got := s.Sites[1]; got.LastStatus != web.RunKilled || got.LastID != killed || got.Running {
		t.Errorf("got %+v", got)
	}
	if got := s.Sites[2]; got.LastStatus != web.RunRunning || got.LastID != running || !got.Running || got.PID != os.Getpid() || got.Since.IsZero() {
		t.Errorf("got %+v", got)
	}
	if got := s.Sites[3]; !got.Paused || !got.Next.IsZero() || got.LastID != "" {
		t.Errorf("got %+v", got)
	}

	// A daemon followed the schedule a day ago, and was not there since.
	front, err := keep.OpenFrontier(f.Archive)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := front.Followed(t.Context(), "a.example", "every 6h", now.Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	front.Close()
	if status().Sites[0].Overdue {
		t.Error("a run four hours ago is overdue by turns each six hours")
	}
	if err := os.WriteFile(path, []byte(strings.Replace(toml, `"6h"`, `"30m"`, 1)), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := status(); !s.Sites[0].Overdue {
		t.Errorf("got %+v, want it overdue by turns each half hour", s.Sites[0])
	}

	// Schedules that cannot be read hide nothing else.
	if err := os.WriteFile(path, []byte("[site.\"a.example\"]\nevery = 6\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if s := status(); !strings.Contains(s.Problem, "every") || len(s.Sites) != 3 {
		t.Errorf("got %+v", s)
	}
}
